"""Figures of shares of a whole: where spells are after so many weeks, and how caseworkers' time is spread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.reporting.figures import ABOVE_ONE, UNDER, UNDER_ONE, WIDE, finish, number_of, room_beside
from simulator.reporting.style import (
    BLUE,
    COLOURS,
    FAINT,
    INK,
    MARGIN,
    SHADE,
    SOFT,
    End,
    colour,
    darker,
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
def lorenz_figure(table: pd.DataFrame, words: Words) -> Figure:
    """Draw which share of the caseworkers' time goes to which share of the weeks on benefit.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `share_of_client_weeks, share_of_minutes, low, high`, from 0 to 1.
    words : Words
        The language.
    """
    figure = sheet(
        WIDE, MARGIN + UNDER_ONE + SQUARE + ABOVE_ONE, words("figures.lorenz"), words("figures.lorenz_note")
    )
    axes = panel(figure, MARGIN + 0.45, MARGIN + UNDER_ONE, SQUARE, SQUARE)
    x, y, low, high = (100 * table[name].to_numpy(float) for name in LORENZ)
    axes.fill_between(x, low, high, color=BLUE, alpha=SHADE, linewidth=0)
    axes.plot([0, 100], [0, 100], color=SOFT, linestyle="--", linewidth=1.0, gid="equal")
    axes.plot(x, y, color=BLUE)
    axes.set(xlim=(0, 100), ylim=(0, 100))
    axes.set_xlabel(words("figures.lorenz_across"), loc="left")
    axes.set_ylabel(words("figures.lorenz_up"), rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / SQUARE)
    place: Any = {"xytext": (-6, 6), "textcoords": "offset points", "ha": "right"}
    axes.annotate(words("figures.lorenz_equal"), (60, 60), color=INK, **place)
    middle = int(np.searchsorted(x, 80))
    place = {"xytext": (8, -6), "textcoords": "offset points", "va": "top", "annotation_clip": False}
    text = words.percent(y[middle] / 100)
    axes.annotate(text, (x[middle], y[middle]), color=darker(BLUE), **place)
    axes.plot(x[middle], y[middle], "o", color=BLUE, markersize=4, gid="point")
    return figure


LORENZ = ("share_of_client_weeks", "share_of_minutes", "low", "high")
