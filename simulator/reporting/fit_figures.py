"""Pictures of calibration and validation: prior and posterior of settings, facts against the simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.describing import number_text
from simulator.experiments.fitting.facts import CALIBRATE
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

ACROSS, HEAD, UNDER = 4.2, 0.75, 0.35
"""Inches: of a panel of facts, from one panel to the next, and under the last."""

HEADS = ("Figures: deviation from what was published", "Signs: simulated, by its own size, and nought")
LONGEST = 90
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
    """Draw published figures against simulated ones, and signs against nought, those never fitted first.

    Parameters
    ----------
    table : DataFrame
        From `fitting.validate.validate`; rows with nothing simulated are left out.
    title, subtitle : str
        What is asked, and how to read it.
    """
    seen = table[table["simulated"].notna()].sort_values("use", ascending=False, kind="stable")
    parts = [seen[seen["published"].notna()], seen[seen["published"].isna()]]
    names = [[_name(row) for row in part.itertuples()] for part in parts]
    sides = [[_sides(row) for row in part.itertuples()] for part in parts]
    left, right = (widest([*texts[0], *texts[1]], TEXT) for texts in (names, sides))
    heights = [ROW * len(part) for part in parts]
    width = left + right + 0.45 + ACROSS + 2 * MARGIN
    figure = sheet(width, sum(height + HEAD for height in heights if height) + UNDER, title, subtitle)
    bottom = UNDER
    for number in (1, 0):
        if heights[number]:
            axes = panel(figure, MARGIN + left + 0.2, bottom, ACROSS, heights[number])
            _facts(axes, parts[number], names[number], sides[number])
            axes.set_title(HEADS[number])
            bottom += heights[number] + HEAD
    return figure


def _facts(axes: Axes, part: pd.DataFrame, names: Sequence[str], sides: Sequence[str]) -> None:
    """Draw facts line by line, with their names on the left and what came out on the right."""
    for line, row in enumerate(part.itertuples()):
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
    if part["published"].isna().all():
        axes.set_xticks([0.0, 1.0], ["nought", "as simulated"])
    else:
        axes.set_xticks([-2.0, -1.0, 0.0, 1.0, 2.0])
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.0f} %" if value else "as published")


def _name(row: Any) -> str:  # noqa: ANN401  (columns are its attributes)
    name = f"{row.id}  {row.says or row.fact}"
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _sides(row: Any) -> str:  # noqa: ANN401  (columns are its attributes)
    numbers = [row.simulated] if math.isnan(row.published) else [row.published, row.simulated]
    told = " → ".join(number_text(float(f"{value:.3g}")) for value in numbers)
    unit = "" if math.isnan(row.published) else f" {row.unit.partition('(')[0].strip()}"
    fitted = " (open to the fit)" if row.use == CALIBRATE else ""
    return f"{told}{unit}: {row.verdict}{fitted}"


def _fact(axes: Axes, line: int, row: Any) -> None:  # noqa: ANN401  (columns are its attributes)
    """Draw one fact: published interval as a band, simulated value with both layers."""
    if not math.isnan(row.low):
        low, high = (_share(one, row) for one in (row.low, row.high))
        axes.barh(line, high - low, left=low, height=0.62, color=FAINT)
    shade = SHADES.get(row.verdict, GREY)
    for low, high, wide in (
        (row.parameter_low, row.parameter_high, 1.3), (row.monte_carlo_low, row.monte_carlo_high, 4.0)
    ):  # fmt: skip
        if not math.isnan(low):
            ends = np.clip([_share(low, row), _share(high, row)], -FARTHEST, FARTHEST)
            axes.plot(ends, [line, line], color=shade, linewidth=wide, solid_capstyle="butt")
    at = _share(row.simulated, row)
    beyond = abs(at) > FARTHEST
    mark = ("<" if at < 0 else ">") if beyond else "o"
    axes.plot(float(np.clip(at, -FARTHEST, FARTHEST)), line, mark, color=shade, markersize=6, clip_on=False)


def _share(value: float, row: Any) -> float:  # noqa: ANN401  (columns are its attributes)
    """Return how far a number is above the published one, as a share; of a sign, above nought."""
    middle, size = (0.0, row.simulated) if math.isnan(row.published) else (row.published, row.published)
    return (value - middle) / abs(size) if size else 0.0
