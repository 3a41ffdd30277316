"""The figure of one caseworker's cases: who is there, and what happens to each, week by week."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from simulator.reporting.figures import ABOVE_ONE, UNDER, WIDEST
from simulator.reporting.style import MARGIN, panel, sheet, styled
from simulator.reporting.words import Words
from simulator.vocabulary import SanctionStep

STATES = {
    "case": "#DEDEDD",
    "queue": "#E69F01",
    "programme": "#009E74",
    "sanction": "#D55E01",
    "talk": "#0072B3",
}
"""What a case can be in a week, the later before the earlier where several hold, and its colour.

The colours are a hair off those of the other figures: a page in the dark exchanges those, and could not do so
within the picture that the rows are.
"""

ROW = 0.055
"""Inches of a case."""

LEGEND = 0.35
"""Inches above the axes for what the colours mean."""


def case_rows(table: pd.DataFrame) -> pd.Series:
    """Return the row of each case in the picture, from 0: the first to come at the top."""
    order = table.groupby("case")["week"].min().sort_values(kind="stable").index
    return pd.Series(range(len(order)), index=order)


@styled()
def cases_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str = "") -> Figure:
    """Draw each case of a caseworker as a row over the weeks, coloured by what the week holds for it.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `week, case, talked, programme, queued, step`: a row for each week and case.
    words : Words
        The language.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Whose cases they are.
    """
    places = case_rows(table)
    weeks = int(table["week"].max()) + 1 if len(table) else 1
    states = np.full((max(len(places), 1), weeks), np.nan)
    states[places[table["case"]].to_numpy(int), table["week"].to_numpy(int)] = states_of(table)
    plot = max(1.5, ROW * len(places))
    figure = sheet(WIDEST, MARGIN + UNDER + plot + ABOVE_ONE + LEGEND, title, subtitle)
    axes = panel(figure, MARGIN + 0.45, MARGIN + UNDER, WIDEST - 2 * MARGIN - 0.45, plot)
    colours = ListedColormap([to_rgba(ink) for ink in STATES.values()])
    where = (0, weeks, len(states), 0)
    axes.imshow(
        states,
        cmap=colours,
        vmin=-0.5,
        vmax=len(STATES) - 0.5,
        aspect="auto",
        extent=where,
        interpolation="none",
    )
    axes.grid(visible=False)
    axes.set_xlabel(words("figures.since_run"), loc="left")
    axes.set_ylabel(words("figures.cases"), rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / plot)
    named = [Patch(color=ink, label=words(f"figures.case_{state}")) for state, ink in STATES.items()]
    axes.legend(
        handles=named,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(named),
        frameon=False,
        handlelength=1,
    )
    return figure


def states_of(table: pd.DataFrame) -> np.ndarray:
    """Return the place in `STATES` of what each row's week holds for the case."""
    held = [
        table["queued"] != "",
        table["programme"] != "",
        table["step"].isin([SanctionStep.REDUCTION.label, SanctionStep.DENIAL.label]),
        table["talked"],
    ]
    state = np.zeros(len(table))
    for number, holds in enumerate(held, start=1):
        state[holds.to_numpy(bool)] = number
    return state
