"""Figures of what a second scenario costs and gains: cost-effectiveness plane and acceptability curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.figures import ABOVE_ONE, UNDER_ONE, WIDE
from simulator.reporting.page import Table
from simulator.reporting.style import BLUE, GREY, MARGIN, SOFT, panel, sheet, styled
from simulator.reporting.words import Words

MILLION = 1e6
HIGH = 4.0
"""Inches of the axes."""

TOLD = 10
"""Steps in which the acceptability curve is told in numbers."""

NUMBERS = 0.55
"""Inches at the left of the axes for their numbers."""

CORNERS = {
    (1, 1): "costs more, gains more",
    (0, 1): "costs more, gains less",
    (1, 0): "costs less, gains more",
    (0, 0): "costs less, gains less",
}
"""What is written in each corner of the plane, from the lower left one: right, up."""


def plane_table(points: pd.DataFrame, of: str, words: Words) -> Table:
    """Return the points of the plane in numbers; `of` is the column that names them, draw or replication."""
    rows = [
        (str(int(one)), words.signed(float(gain)), words.signed(float(cost) / MILLION))
        for one, gain, cost in points[[of, "gain", "cost"]].itertuples(index=False)
    ]
    heads = [words(f"report.{of}"), words("figures.plane_across"), words("figures.plane_up")]
    return Table(f"{words('report.numbers')}: {words('figures.plane')}", heads, rows, (), folded=True)


def acceptability_table(curve: pd.DataFrame, words: Words) -> Table:
    """Return the acceptability curve in numbers, at every tenth of its points or so."""
    step = max(len(curve) // TOLD, 1)
    rows = [
        (words.number(float(worth), 0), words.percent(float(probability)))
        for worth, probability in curve[["willingness", "probability"]].iloc[::step].itertuples(index=False)
    ]
    heads = [words("figures.acceptability_across"), words("figures.acceptability_up")]
    return Table(f"{words('report.numbers')}: {words('figures.acceptability')}", heads, rows, (), folded=True)


@styled()
def plane_figure(points: pd.DataFrame, means: dict[str, float], words: Words, note: str) -> Figure:
    """Draw the cost-effectiveness plane: a dot for each replication, their mean with its intervals.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns `gain, cost` (SEK).
    means : dict of str to float
        `gain_difference, gain_low, gain_high, cost_difference, cost_low, cost_high`.
    words : Words
        The language.
    note : str
        What is subtracted from what, and the number of replications.
    """
    figure = sheet(WIDE, MARGIN + UNDER_ONE + HIGH + ABOVE_ONE, words("figures.plane"), note)
    axes = panel(figure, MARGIN + NUMBERS, MARGIN + UNDER_ONE, WIDE - 2 * MARGIN - NUMBERS, HIGH)
    gain, cost = points["gain"].to_numpy(float), points["cost"].to_numpy(float) / MILLION
    axes.plot(gain, cost, "o", color=GREY, alpha=0.6, markersize=4, markeredgewidth=0, gid="points")
    ends = {name: value / (MILLION if name.startswith("cost") else 1.0) for name, value in means.items()}
    x, y = ends["gain_difference"], ends["cost_difference"]
    axes.plot([ends["gain_low"], ends["gain_high"]], [y, y], color=BLUE, gid="interval")
    axes.plot([x, x], [ends["cost_low"], ends["cost_high"]], color=BLUE, gid="interval")
    axes.plot(x, y, "o", color=BLUE, markersize=6, gid="mean")
    drawn = [value for value in ends.values() if np.isfinite(value)]
    _around_nought(axes, np.append(gain, drawn[:3]), np.append(cost, drawn[3:]))
    _name_axes(axes, "plane", words)
    for (right, up), text in CORNERS.items():
        corner: Any = {"ha": "right" if right else "left", "va": "top" if up else "bottom", "color": SOFT}
        place = (0.99 if right else 0.01, 0.98 if up else 0.02)
        axes.text(*place, words.label("quadrant", text), transform=axes.transAxes, **corner)
    return figure


def _around_nought(axes: Axes, across: np.ndarray, up: np.ndarray) -> None:
    """Set limits alike on both sides of nought, and draw the lines through it."""
    for reach, limit in ((across, axes.set_xlim), (up, axes.set_ylim)):
        most = 1.25 * max(float(np.nanmax(np.abs(reach))), 1e-9)
        limit(-most, most)
    axes.axhline(0.0, color=SOFT, linewidth=1.0, gid="zero")
    axes.axvline(0.0, color=SOFT, linewidth=1.0, gid="zero")


@styled()
def acceptability_figure(table: pd.DataFrame, words: Words, note: str) -> Figure:
    """Draw how probable it is that the gain is worth its cost, by what a unit of it is worth.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `willingness` (SEK) and `probability`.
    words : Words
        The language.
    note : str
        What the probability is of.
    """
    title = words("figures.acceptability")
    figure = sheet(WIDE, MARGIN + UNDER_ONE + HIGH + ABOVE_ONE, title, note)
    axes = panel(figure, MARGIN + NUMBERS, MARGIN + UNDER_ONE, WIDE - 2 * MARGIN - NUMBERS - 0.3, HIGH)
    axes.plot(table["willingness"], 100 * table["probability"], color=BLUE)
    axes.set_xlim(0, float(table["willingness"].max()))
    axes.set_ylim(0, 101)
    _name_axes(axes, "acceptability", words)
    return figure


def _name_axes(axes: Axes, name: str, words: Words) -> None:
    axes.set_xlabel(words(f"figures.{name}_across"), loc="left")
    axes.set_ylabel(words(f"figures.{name}_up"), rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / HIGH)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
