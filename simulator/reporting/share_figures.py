"""Figures of shares of a whole: where spells are after so many weeks, and how caseworkers' time is spread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.reporting.figures import ABOVE_ONE, UNDER, UNDER_ONE, WIDE, finish, number_of, room_beside
from simulator.reporting.style import (
    COLOURS,
    FAINT,
    MARGIN,
    SHADE,
    SOFT,
    End,
    colour,
    label_ends,
    panel,
    sheet,
    styled,
)
from simulator.reporting.words import Words, in_order
from simulator.vocabulary import Door

SOLID = 0.85
"""Opacity of a stacked area."""

SQUARE = 4.6
"""Inches."""


@styled()
def stacked_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str = "") -> Figure:
    """Draw where spells are by weeks since they began: left by each door, or still on assistance.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `week, door, incidence` of one group, as `cumulative_incidence` makes it.
    words : Words
        The language.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications.
    """
    shares, weeks = _shares(table)
    names = [words.label("door", door) for door in shares]
    right = MARGIN + room_beside([*names, words("figures.still_on")])
    plot = 3.9
    figure = sheet(WIDE, MARGIN + UNDER + plot + ABOVE_ONE, title, subtitle)
    axes = panel(figure, MARGIN + 0.45, MARGIN + UNDER, WIDE - MARGIN - 0.45 - right, plot)
    ends, below = [], np.zeros(len(weeks))
    for (door, share), name in zip(shares.items(), names, strict=True):
        ink = colour(number_of(door, list(shares)))
        _area(axes, (weeks, below, below + share), ink)
        ends.append(End(name, float(weeks[-1]), float(below[-1] + share[-1] / 2), ink))
        below = below + share
    _area(axes, (weeks, below, np.full(len(weeks), 100.0)), FAINT)
    ends.append(End(words("figures.still_on"), float(weeks[-1]), float(50 + below[-1] / 2), SOFT))
    finish(axes, (float(weeks[-1]), 100), "since_spell", "stacked_axis", words)
    axes.grid(visible=False)
    label_ends(axes, ends)
    return figure


def _shares(table: pd.DataFrame) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the per cent that have left by each door in each week, and the weeks."""
    if table.empty:
        return {}, np.array([0.0, 1.0])
    wide = table.pivot_table(index="week", columns="door", values="incidence", observed=True) * 100
    doors = in_order(wide.columns, Door.labels())
    return {str(door): wide[door].to_numpy(float) for door in doors}, wide.index.to_numpy(float)


def _area(axes: Axes, band: tuple[np.ndarray, np.ndarray, np.ndarray], ink: str) -> None:
    week, low, high = band
    style: Any = {"facecolor": ink, "linewidth": 0.4, "edgecolor": "white", "gid": "area"}
    axes.fill_between(week, low, high, alpha=SOLID if ink in COLOURS else 1.0, **style)


@styled()
def lorenz_figure(table: pd.DataFrame, words: Words, note: str) -> Figure:
    """Draw which share of the caseworkers' time goes to which share of the weeks on benefit.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `of, share_of_client_weeks, share_of_minutes, low, high`, from 0 to 1.
    words : Words
        The language.
    note : str
        Of what, and what is shaded.
    """
    figure = sheet(WIDE, MARGIN + UNDER_ONE + SQUARE + ABOVE_ONE, words("figures.lorenz"), note)
    axes = panel(figure, MARGIN + 0.45, MARGIN + UNDER_ONE, SQUARE, SQUARE)
    axes.plot([0, 100], [0, 100], color=SOFT, linestyle="--", linewidth=1.0, gid="equal")
    ends = []
    for number, (what, own) in enumerate(table.groupby("of", sort=False)):
        x, y, low, high = (100 * own[name].to_numpy(float) for name in LORENZ)
        axes.fill_between(x, low, high, color=colour(number), alpha=SHADE, linewidth=0)
        axes.plot(x, y, color=colour(number))
        ends.append((words.label("time", what), (x, y), colour(number)))
    axes.set(xlim=(0, 100), ylim=(0, 100))
    axes.set_xlabel(words("figures.lorenz_across"), loc="left")
    axes.set_ylabel(words("figures.lorenz_up"), rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / SQUARE)
    _name_lorenz(axes, ends, words)
    return figure


def _name_lorenz(
    axes: Axes, ends: list[tuple[str, tuple[np.ndarray, np.ndarray], str]], words: Words
) -> None:
    """Write the names of the curves at the right, each at the height at which its tie leaves the curve."""
    heights = [float(np.interp(LEAVES, *curve)) for _, curve, _ in ends]
    rows = [End(words("figures.lorenz_equal"), LEAVES, LEAVES, SOFT)]
    rows += [End(name, LEAVES, height, ink) for (name, _, ink), height in zip(ends, heights, strict=True)]
    label_ends(axes, rows)


LEAVES = 92.0
"""Per cent of the weeks at which the names are tied to the curves."""

LORENZ = ("share_of_client_weeks", "share_of_minutes", "low", "high")
