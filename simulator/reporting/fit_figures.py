"""Pictures of calibration and validation: prior and posterior of settings, facts against the simulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.describing import number_text
from simulator.reporting.style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    MARGIN,
    SMALL,
    SOFT,
    TEXT,
    VERMILION,
    panel,
    sheet,
    styled,
    widest,
)

WIDTH, COLUMNS, TALL, GAP, BELOW = 10.0, 3, 1.15, 0.55, 0.35
"""Inches: of the picture, of a small panel and between panels."""

BINS = 24
ROW, FARTHEST = 0.34, 2.2
"""Inches from one fact to the next; how far from the published figure is drawn, as a share of it."""

LONGEST = 62
"""Letters of a fact that are written beside it."""

SHADES = {"met": GREEN, "missed": VERMILION}


@styled()
def beliefs_figure(table: pd.DataFrame, prior: pd.DataFrame, posterior: pd.DataFrame) -> Figure:
    """Draw prior and posterior of every setting that was fitted.

    Parameters
    ----------
    table : DataFrame
        From `fitting.learnt.settings_table`.
    prior, posterior : DataFrame
        Draws, a column a setting.
    """
    rows = -(-len(table) // COLUMNS)
    title = "What the facts say of what nobody knows"
    subtitle = (
        "Grey: believed before (prior). Blue: what agrees with the facts (posterior). Line: value in the "
        "scenario. Contraction: share of the prior's variance that is gone"
    )
    figure = sheet(WIDTH, rows * (TALL + GAP) + BELOW + 0.2, title, subtitle)
    wide = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * 0.3) / COLUMNS
    for number, row in enumerate(table.itertuples()):
        down, across = divmod(number, COLUMNS)
        bottom = BELOW + (rows - 1 - down) * (TALL + GAP)
        axes = panel(figure, MARGIN + across * (wide + 0.3), bottom, wide, TALL)
        _belief(axes, row, prior[row.setting], posterior[row.setting])
    return figure


def _belief(axes: Axes, row: Any, prior: pd.Series, posterior: pd.Series) -> None:  # noqa: ANN401  (columns)
    ends = np.quantile(prior, [0.002, 0.998])
    edges = np.linspace(min(ends[0], posterior.min()), max(ends[1], posterior.max()), BINS + 1)
    axes.hist(prior, bins=list(edges), density=True, color=FAINT)
    axes.hist(posterior, bins=list(edges), density=True, color=BLUE, alpha=0.65)
    axes.axvline(row.now, color=INK, linewidth=1.0)
    unit = f" ({row.unit})" if row.unit not in {"", "1"} else ""
    axes.set_title(f"{row.setting}{unit}", loc="left", size=SMALL)
    axes.text(
        0.99, 0.97, f"{row.verdict}; {100 * row.contraction:.0f} %", transform=axes.transAxes, ha="right",
        va="top", size=SMALL, color=SOFT,
    )  # fmt: skip
    axes.set_yticks([])
    axes.grid(visible=False)


@styled()
def forest_figure(table: pd.DataFrame, title: str, subtitle: str) -> Figure:
    """Draw published figures against simulated ones, each as a deviation from the published one.

    Parameters
    ----------
    table : DataFrame
        From `fitting.validate.validate`; rows without a published number are left out.
    title, subtitle : str
        What is asked, and how to read it.
    """
    shown = table[table["published"].notna() & table["simulated"].notna()].reset_index(drop=True)
    names = [f"{row.id}  {row.fact}" for row in shown.itertuples()]
    names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    sides = [_sides(row) for row in shown.itertuples()]
    left, right = widest(names, TEXT) + 0.2, widest(sides, SMALL) + 0.25
    plot = ROW * max(1, len(shown))
    width = left + right + 4.2 + 2 * MARGIN
    figure = sheet(width, plot + 0.75, title, subtitle)
    axes = panel(figure, MARGIN + left, 0.55, 4.2, plot)
    for line, row in enumerate(shown.itertuples()):
        _fact(axes, line, row)
        axes.annotate(
            sides[line], (1.0, line), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", size=SMALL, annotation_clip=False,
        )  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=1.0)
    axes.set_yticks(range(len(names)), names, size=TEXT)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(-FARTHEST, FARTHEST)
    axes.grid(visible=False, axis="y")
    axes.set_xticks([-2.0, -1.0, 0.0, 1.0, 2.0])
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.0f} %" if value else "as published")
    return figure


def _sides(row: Any) -> str:  # noqa: ANN401  (columns are its attributes)
    pair = (number_text(float(f"{value:.3g}")) for value in (row.published, row.simulated))
    return f"{' → '.join(pair)} {row.unit.partition('(')[0].strip()}: {row.verdict}"


def _fact(axes: Axes, line: int, row: Any) -> None:  # noqa: ANN401  (columns are its attributes)
    """Draw one fact: published interval as a band, simulated value with both layers."""
    if not math.isnan(row.low):
        low, high = (_share(one, row.published) for one in (row.low, row.high))
        axes.barh(line, high - low, left=low, height=0.62, color=FAINT)
    shade = SHADES.get(row.verdict, GREY)
    for low, high, wide in (
        (row.parameter_low, row.parameter_high, 1.3), (row.monte_carlo_low, row.monte_carlo_high, 4.0)
    ):  # fmt: skip
        if not math.isnan(low):
            ends = np.clip([_share(low, row.published), _share(high, row.published)], -FARTHEST, FARTHEST)
            axes.plot(ends, [line, line], color=shade, linewidth=wide, solid_capstyle="butt")
    at = _share(row.simulated, row.published)
    beyond = abs(at) > FARTHEST
    mark = ("<" if at < 0 else ">") if beyond else "o"
    axes.plot(float(np.clip(at, -FARTHEST, FARTHEST)), line, mark, color=shade, markersize=6, clip_on=False)


def _share(value: float, published: float) -> float:
    """Return how far a number is above the published one, as a share of its size."""
    return (value - published) / abs(published)
