"""The figure of a comparison: what the second scenario changes, each outcome with its interval."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.console import possible_difference
from simulator.reporting.style import (
    BLUE,
    FAINT,
    GREY,
    MARGIN,
    SOFT,
    TEXT,
    darker,
    panel,
    sheet,
    styled,
    widest,
)
from simulator.reporting.words import Words, is_share

WIDE, NARROWEST = 9.0, 2.6
"""Inches of the figure, and of the axes at least."""

ROW, BETWEEN, UNDER = 0.34, 0.3, 0.45
"""Inches from one outcome to the next, between two panels, and under a panel for numbers and unit."""


@styled()
def forest_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str = "") -> Figure:
    """Draw differences with their intervals, a panel for each unit; those that leave out nought stand out.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `outcome, difference, low, high, unit`; shares as shares of 1. Rows of one unit come together.
    words : Words
        The language.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        What is subtracted from what, and the number of replications.
    """
    rows = forest_rows(table, words)
    panels = [(unit, list(part)) for unit, part in groupby(rows, key=lambda row: row[3])]
    names = widest([row[0] for row in rows], TEXT) + MARGIN + 0.15
    notes = widest([row[2] for row in rows], TEXT) + MARGIN + 0.15
    width = max(WIDE, names + NARROWEST + notes)
    heights = [ROW * len(part) + UNDER for _, part in panels]
    body = MARGIN + sum(heights) + BETWEEN * max(len(panels) - 1, 0)
    figure = sheet(width, body, title, subtitle)
    y = body
    for (unit, part), height in zip(panels, heights, strict=True):
        axes = panel(figure, names, y - height + UNDER, width - names - notes, height - UNDER)
        _draw(axes, part, unit, words)
        y -= height + BETWEEN
    return figure


SMALLEST = 1e-6
"""Differences below it are none, and would give an axis whose marks all read nought."""

Row = tuple[str, tuple[float, float, float], str, str]
"""Outcome in words, difference with its interval, the same in writing, and unit in words."""


def forest_rows(table: pd.DataFrame, words: Words) -> list[Row]:
    """Return what is drawn of each difference, those of a unit one after the other."""
    rows = []
    for row in table.itertuples():
        value: Any = row.difference
        name, unit = str(row.outcome), str(row.unit)
        scale = 100.0 if is_share(unit) else 1.0
        difference, low, high = (scale * end for end in (float(value), *possible_difference(row)))
        note = words.interval(words.signed(difference), words.signed(low), words.signed(high))
        told = words("figures.forest_share") if is_share(unit) else words.unit(unit)
        rows.append((words.outcome(name), (difference, low, high), note, told))
    order = {unit: number for number, unit in enumerate(dict.fromkeys(row[3] for row in rows))}
    return sorted(rows, key=lambda row: order[row[3]])


def _draw(axes: Axes, rows: list[Row], unit: str, words: Words) -> None:
    axes.axvline(0.0, color=SOFT, linewidth=1.0, gid="zero")
    farthest = max(0.0, *(float(np.nanmax(np.abs(numbers))) for _, numbers, *_ in rows))
    reach = farthest if farthest > SMALLEST else 1.0
    for place, (_, (value, low, high), note, _) in enumerate(rows):
        ink = BLUE if low > 0.0 or high < 0.0 else GREY
        axes.plot([low, high], [place, place], color=ink, linewidth=2.2, gid="interval")
        axes.plot(value, place, "o", color=ink, markersize=5, gid="difference")
        beside: Any = {"xytext": (8, 0), "textcoords": "offset points", "va": "center", "size": TEXT}
        where: Any = {"xycoords": axes.get_yaxis_transform(), "annotation_clip": False}
        axes.annotate(note, (1.0, place), color=darker(ink), **where, **beside)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows], size=TEXT)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-1.08 * reach, 1.08 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.tick(value)))
    axes.set_xlabel(f"{unit[:1].upper()}{unit[1:]}", loc="left")
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x", color=FAINT)
    axes.grid(visible=False, axis="y")
