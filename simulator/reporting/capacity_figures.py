"""Figures of capacity: how soon clients come to what they wait for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from simulator.reporting.figures import ABOVE_ONE, UNDER, WIDE, draw_curve, finish, room_beside
from simulator.reporting.style import MARGIN, label_ends, panel, sheet, styled
from simulator.reporting.words import Words

HIGH, NUMBERS = 3.9, 0.45
"""Inches of the axes, and at their left for numbers."""


@styled()
def waits_figure(table: pd.DataFrame, order: Sequence[str], words: Words, note: str) -> Figure:
    """Draw the share of spells that has come to each thing by each week since the spell began.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `wait, week, share, low, high`, as `outcomes.capacity.waits` makes it.
    order : sequence of str
        Everything that may be waited for; its place gives a line its colour, whatever else is drawn.
    words : Words
        The language.
    note : str
        Of what, number of replications, and what is shaded.
    """
    drawn = [wait for wait in order if wait in set(table["wait"])]
    right = MARGIN + room_beside([words.label("wait", wait) for wait in drawn])
    figure = sheet(WIDE, MARGIN + UNDER + HIGH + ABOVE_ONE, words("figures.waits"), note)
    axes = panel(figure, MARGIN + NUMBERS, MARGIN + UNDER, WIDE - MARGIN - NUMBERS - right, HIGH)
    ends = []
    for wait in drawn:
        own = table[table["wait"] == wait]
        line = (own[["share", "low", "high"]] * 100).rename(columns={"share": "value"})
        name = words.label("wait", wait)
        ends.append(draw_curve(axes, line.assign(week=own["week"]), order.index(wait), name, steps=True))
    finish(axes, (float(table["week"].max()), 100), "since_spell", "came_to", words)
    label_ends(axes, ends)
    return figure
