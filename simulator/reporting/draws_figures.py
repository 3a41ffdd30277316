"""The picture of runs over draws: how far luck and the settings carry each headline outcome."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.figures import WIDE
from simulator.reporting.style import BLUE, FAINT, GREY, MARGIN, SOFT, TEXT, panel, sheet, styled, wrap
from simulator.reporting.words import Words, is_share

NAMES, TALL, PLOT = 3.0, 0.72, 0.3
"""Inches for names, from one outcome to the next, and of the axes of one."""


@styled()
def draws_figure(
    values: pd.DataFrame, layers: pd.DataFrame, words: Words, note: str, signed: bool = False
) -> Figure:
    """Draw each outcome at every draw, with both intervals; a row for each outcome, on a scale of its own.

    Parameters
    ----------
    values : pandas.DataFrame
        Columns `draw, replication, outcome, value`.
    layers : pandas.DataFrame
        The outcomes that are drawn, as `outcomes.uncertainty.layers` gives them.
    words : Words
        The language.
    note : str
        What the dots and lines are.
    signed : bool
        Whether they are differences.
    """
    means = values.groupby(["outcome", "draw"])["value"].mean()
    rows = [{str(name): value for name, value in row.items()} for row in layers.to_dict("records")]
    figure = sheet(WIDE, MARGIN + TALL * len(rows) + 0.15, words("draws.figure"), note)
    width = WIDE - 2 * MARGIN - NAMES
    for number, row in enumerate(rows):
        bottom = MARGIN + (len(rows) - 1 - number) * TALL + TALL - PLOT
        axes = panel(figure, MARGIN + NAMES, bottom, width, PLOT)
        share = is_share(str(row["unit"]))
        unit = words("figures.forest_share") if share and signed else words.unit(str(row["unit"]))
        name = words.outcome(str(row["outcome"]))
        axes.set_yticks([0.0], [wrap(f"{name[:1].upper()}{name[1:]} ({unit})", NAMES - 0.2, TEXT)])
        _draw(axes, row, means[row["outcome"]], words)
    return figure


def _draw(axes: Any, row: dict[str, Any], means: pd.Series, words: Words) -> None:  # noqa: ANN401  (axes and a row)
    scale = 100.0 if is_share(str(row["unit"])) else 1.0
    for layer, height, thick in (("monte_carlo", 0.55, 3.0), ("parameter", -0.55, 1.4)):
        ends = [scale * row[f"{layer}_{end}"] for end in ("low", "high")]
        if not math.isnan(ends[0]):
            axes.plot(ends, [height, height], color=BLUE, linewidth=thick, solid_capstyle="butt", gid=layer)
    axes.plot(scale * means, [0.0] * len(means), "o", color=GREY, alpha=0.55, markersize=4.5, gid="draws")
    low, high = axes.get_xlim()
    if low < 0.0 < high:
        axes.axvline(0.0, color=SOFT, linewidth=1.0, gid="zero")
    axes.set_ylim(-1.0, 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
    axes.grid(visible=True, axis="x", color=FAINT)
    axes.grid(visible=False, axis="y")
