"""The picture of a plan: what each option costs against how long people stay, and which are worth it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.experiments.planning.selection import ALIKE, BEST, LET_IN
from simulator.reporting.figures import ABOVE_ONE, UNDER_ONE, WIDE
from simulator.reporting.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LINE_HEIGHT,
    MARGIN,
    POINTS_PER_INCH,
    SMALL,
    SOFT,
    darker,
    panel,
    sheet,
    size_inches,
    spread,
    styled,
    widest,
    wrap,
)
from simulator.reporting.words import Words

HIGH = 4.2
NUMBERS = 0.55
"""Inches: of the axes, and at their left for numbers."""

WIDEST_NAME = 2.6
"""Inches of a line of an option's name."""

MOST_NAMED = 14
"""Options up to which all are named; of more, those that may be the best and those on the frontier."""

SHADES = {BEST: BLUE, ALIKE: GREEN}


def frontier(table: pd.DataFrame) -> pd.DataFrame:
    """Return the options than which none that is allowed is both cheaper and shorter, the shortest first.

    Parameters
    ----------
    table : DataFrame
        Columns time, difference, standing.
    """
    allowed = table[table["standing"].isin(LET_IN)].sort_values(["time", "difference"])
    before = allowed["difference"].cummin().shift(fill_value=np.inf)
    return allowed[allowed["difference"] < before]


@styled()
def frontier_figure(table: pd.DataFrame, words: Words, title: str, note: str, up: str) -> Figure:
    """Draw cost against time, each option with its intervals and its name.

    Parameters
    ----------
    table : DataFrame
        Columns name, standing, time, time_half (weeks), difference, difference_low, difference_high.
    words : Words
        The language.
    title, note, up : str
        Title and subtitle, and what stands over the axis of costs.
    """
    worth = frontier(table)
    named = table if len(table) <= MOST_NAMED else table[_matters(table) | table.index.isin(worth.index)]
    named = named.assign(name=[_wrapped(row) for row in named.to_dict("records")])
    room = widest([line for name in named["name"] for line in name.splitlines()], SMALL, "bold") + 0.3
    wide, high = WIDE - 2 * MARGIN - NUMBERS - room, max(HIGH, len(named) * _tallest(named))
    figure = sheet(WIDE, MARGIN + UNDER_ONE + high + ABOVE_ONE, title, note)
    axes = panel(figure, MARGIN + NUMBERS, MARGIN + UNDER_ONE, wide, high)
    axes.plot(worth["time"], worth["difference"], color=SOFT, linewidth=1.0, gid="frontier")
    for row in table.to_dict("records"):
        shade = SHADES.get(str(row["standing"]), GREY)
        bounds = [row["difference_low"], row["difference_high"]]
        axes.plot([row["time"]] * 2, bounds, color=shade, linewidth=1.2, gid="interval")
        across = [row["time"] - row["time_half"], row["time"] + row["time_half"]]
        axes.plot(across, [row["difference"]] * 2, color=shade, linewidth=1.2, gid="interval")
        face = shade if row["standing"] in LET_IN else "white"
        size = 9 if row["standing"] == BEST else 6
        axes.plot(row["time"], row["difference"], "o", color=shade, mfc=face, markersize=size, gid="option")
    axes.margins(x=0.06, y=0.08)
    _name(axes, named)
    _name_axes(axes, words, up)
    return figure


def _wrapped(row: Mapping[Any, Any]) -> str:
    return wrap(str(row["name"]), WIDEST_NAME, SMALL, "bold" if row["standing"] == BEST else "normal")


def _tallest(named: pd.DataFrame) -> float:
    """Return how many inches the name with most lines takes."""
    lines = max(name.count("\n") + 1 for name in named["name"])
    return float(lines * SMALL * LINE_HEIGHT / POINTS_PER_INCH)


def _matters(table: pd.DataFrame) -> pd.Series:
    """Whether an option may be the best, or is the one that the others are held against."""
    return table["standing"].isin([BEST, ALIKE]) | (table["difference"] == 0.0)


def _name(axes: Axes, named: pd.DataFrame) -> None:
    """Write the names of options at the right, apart from each other, each tied to its point."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    gap = _tallest(named) * (high - low) / size_inches(axes)[1]
    beside = right + 0.02 * (right - left)
    places = spread(list(named["difference"]), gap, low, high)
    for row, y in zip(named.to_dict("records"), places, strict=True):
        shade = darker(SHADES[str(row["standing"])]) if row["standing"] in SHADES else SOFT
        axes.plot(
            [row["time"], beside], [row["difference"], y], color=SOFT, linewidth=0.5, alpha=0.5,
            clip_on=False, gid="tie", zorder=1,
        )  # fmt: skip
        weight = "bold" if row["standing"] == BEST else "normal"
        axes.annotate(
            row["name"], (beside, y), xytext=(3, 0), textcoords="offset points", va="center", size=SMALL,
            color=shade, weight=weight, annotation_clip=False,
        )  # fmt: skip
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)


def _name_axes(axes: Axes, words: Words, up: str) -> None:
    axes.axhline(0.0, color=INK, linewidth=0.8, gid="zero")
    axes.set_xlabel(words("plan.across"), loc="left")
    axes.set_ylabel(up, rotation=0, ha="left", va="bottom")
    high = size_inches(axes)[1]
    axes.yaxis.set_label_coords(-NUMBERS / high / 2, 1 + 0.06 / high)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10], min_n_ticks=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.tick(value)))
