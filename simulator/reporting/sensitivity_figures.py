"""Pictures of a sensitivity study: a tornado, and the indices with their intervals."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.describing import find_setting, number_text
from simulator.reporting.style import INK, MARGIN, SMALL, TEXT, colour, panel, sheet, styled, widest

MOST = 15
"""Settings that a picture shows, the strongest first."""

ROW, HALF = 0.46, 0.19
"""Inches from one setting to the next, and how far its two bars lie from its middle."""

UNDER, WIDTH = 0.5, 9.5
"""Inches under the axes, and of the whole picture."""


@styled()
def tornado_figure(table: pd.DataFrame, title: str, subtitle: str) -> Figure:
    """Draw what each setting does alone, from its value in the scenario to either end of its range.

    Parameters
    ----------
    table : DataFrame
        Columns `setting, at, difference, low, high, unit`, two rows a setting, of one outcome.
    title, subtitle : str
        What is asked, and how to read it.
    """
    size = table["difference"].abs().groupby(table["setting"]).max().sort_values(ascending=False)
    chosen = list(size.index[:MOST])
    names = [_name(path) for path in chosen]
    figure, axes = _axes(names, title, subtitle)
    for row, path in enumerate(chosen):
        ends = table[table["setting"] == path]
        for number, end in enumerate(ends.itertuples()):
            _bar(axes, row, number, end)
    axes.axvline(0.0, color=INK, linewidth=1.0)
    axes.margins(x=0.14)
    axes.set_xlabel(f"Difference to the scenario as it is ({table['unit'].iloc[0]})", loc="left")
    return figure


def _bar(axes: Axes, row: int, number: int, end: Any) -> None:  # noqa: ANN401  (columns are its attributes)
    """Draw the bar of one end of a setting's range, with its interval, and write the value beside it."""
    difference, low, high, at = (getattr(end, name) for name in ("difference", "low", "high", "at"))
    line = row - HALF + 2 * HALF * number  # one below the other: both ends may move it the same way
    axes.barh(line, difference, height=2 * HALF - 0.04, color=colour(number))
    if not math.isnan(low):  # no interval with a single replication
        axes.plot([low, high], [line, line], color=INK, linewidth=1.2)
    if difference:
        side = "left" if difference > 0 else "right"
        shift = (4, 0) if difference > 0 else (-4, 0)
        farthest = max(difference, high) if difference > 0 else min(difference, low)
        axes.annotate(
            number_text(float(f"{at:.3g}")), (farthest, line), shift, textcoords="offset points",
            ha=side, va="center", size=SMALL,
        )  # fmt: skip


@styled()
def indices_figure(table: pd.DataFrame, title: str, subtitle: str) -> Figure:
    """Draw the indices of the settings with their intervals, the strongest setting first.

    Parameters
    ----------
    table : DataFrame
        Columns `setting, measure, value, low, high` of one outcome.
    title, subtitle : str
        What is asked, and how to read it.
    """
    first = table["measure"].iloc[-1] if "in all" in set(table["measure"]) else table["measure"].iloc[0]
    ranked = table[table["measure"] == first].sort_values("value", ascending=False)
    chosen = list(ranked["setting"][:MOST])
    figure, axes = _axes([_name(path) for path in chosen], title, subtitle)
    measures = [one for one in table["measure"].unique() if one in {"mean change", "alone", "in all"}]
    for number, measure in enumerate(measures):
        part = table[table["measure"] == measure].set_index("setting").loc[chosen]
        rows = [row + 0.16 * (2 * number - len(measures) + 1) for row in range(len(chosen))]
        axes.hlines(rows, part["low"], part["high"], color=colour(number), linewidth=1.6)
        axes.plot(part["value"], rows, "o", color=colour(number), markersize=5, label=measure)
    axes.axvline(0.0, color=INK, linewidth=1.0)
    unit = "share of the variance" if "in all" in measures else str(table["unit"].iloc[0])
    axes.set_xlabel(f"{' and '.join(measures).capitalize()} ({unit})", loc="left")
    if len(measures) > 1:
        axes.legend(loc="lower right", frameon=False, fontsize=SMALL)
    return figure


def _axes(names: list[str], title: str, subtitle: str) -> tuple[Figure, Axes]:
    plot = ROW * max(len(names), 1)
    figure = sheet(WIDTH, MARGIN + UNDER + plot + 0.1, title, subtitle)
    left = MARGIN + widest(names, size=TEXT) + 0.15
    axes = panel(figure, left, MARGIN + UNDER, WIDTH - left - MARGIN, plot)
    axes.set_yticks(range(len(names)), names, size=TEXT)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    return figure, axes


def _name(path: str) -> str:
    """Return a setting's path with its unit."""
    setting = find_setting(path)
    unit = setting.unit if setting is not None and setting.unit not in {"", "1"} else ""
    return f"{path} ({unit})" if unit else path
