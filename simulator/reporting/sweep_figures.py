"""The picture of a sweep, as its points lie: a line, a heat map, small multiples, or parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from simulator.reporting.console import HEADLINE
from simulator.reporting.style import (
    BLUE,
    FAINT,
    INK,
    MARGIN,
    SHADE,
    SMALL,
    panel,
    plain,
    sheet,
    widest,
    wrap,
)

WIDTH, HEIGHT = 7.5, 3.8
BELOW, BAR, GAP = 0.75, 1.1, 0.35
"""Inches below the axes, for the scale of colours beside them, and between two of them."""

COLOURS = "viridis"
MOST_CELLS = 12
"""Values of a setting that a heat map can show with its numbers in it."""

HALF = 0.5
LINE, PLANE, PLANES = 1, 2, 3


def sweep_figure(table: pd.DataFrame, settings: Sequence[str], outcome: str | None = None) -> Figure:
    """Return the picture of one outcome of a sweep.

    Parameters
    ----------
    table : DataFrame
        As in `sweep.parquet`.
    settings : sequence of str
        The columns that are varied.
    outcome : str, optional
        Which outcome; the mean time on benefit if not given.
    """
    name = outcome or headline(table)
    rows = table[table["outcome"] == name].assign(half=lambda one: (one["high"] - one["low"]) / 2.0)
    varied = [key for key in settings if rows[key].nunique() > 1] or list(settings[:1])
    title, unit = f"{name[:1].upper()}{name[1:]}", str(rows["unit"].iloc[0])
    is_grid = len(rows) == prod(rows[key].nunique() for key in varied)
    is_small = all(rows[key].nunique() <= MOST_CELLS for key in varied)
    if len(varied) == LINE:
        return _line(rows, varied[0], title, unit)
    if is_grid and is_small and len(varied) in {PLANE, PLANES}:
        return _planes(rows, varied, title, unit)
    return _parallel(rows, varied, title, unit)


def headline(table: pd.DataFrame) -> str:
    """Return the outcome that is drawn if nobody names one."""
    names = table["outcome"].drop_duplicates()
    wanted = names[names.str.startswith(HEADLINE)]
    return str((wanted if len(wanted) else names).iloc[0])


def _line(rows: pd.DataFrame, key: str, title: str, unit: str) -> Figure:
    rows = rows.sort_values(key) if _is_number(rows[key]) else rows
    figure = sheet(WIDTH, HEIGHT, title, f"by {key}; shaded or barred: 95 % Monte Carlo interval")
    axes = panel(figure, 0.85, BELOW, WIDTH - 0.85 - 2 * MARGIN, HEIGHT - BELOW - 0.1)
    axes.set_xlabel(key)
    axes.set_ylabel(unit)
    axes.grid(axis="y", color=FAINT)
    if _is_number(rows[key]):
        axes.plot(rows[key], rows["value"], color=BLUE, marker="o", markersize=4)
        axes.fill_between(rows[key], rows["low"], rows["high"], color=BLUE, alpha=SHADE, linewidth=0)
        return figure
    places = np.arange(len(rows))
    axes.errorbar(places, rows["value"], yerr=np.nan_to_num(rows["half"]), fmt="o", color=BLUE, capsize=4)
    room = (WIDTH - 0.85 - 2 * MARGIN) / max(1, len(rows)) * 0.95
    axes.set_xticks(places, [wrap(plain(value), room, size=SMALL) for value in rows[key]], size=SMALL)
    axes.set_xlim(-HALF, len(rows) - HALF)
    return figure


def _planes(rows: pd.DataFrame, varied: Sequence[str], title: str, unit: str) -> Figure:
    """Return heat maps of two settings, one for each value of the third, if there is one."""
    keys = sorted(varied, key=lambda key: rows[key].nunique(), reverse=True)
    across, up, rest = keys[0], keys[1], keys[2:]
    values = list(rows[rest[0]].drop_duplicates()) if rest else [None]
    note = f"{unit} with 95 % Monte Carlo interval, by {across} (across) and {up} (up)"
    figure = sheet(WIDTH, len(values) * HEIGHT * (0.75 if rest else 1.0), title, note)
    scale = Normalize(rows["value"].min(), rows["value"].max())
    left = 0.4 + widest([plain(value) for value in rows[up].drop_duplicates()], size=SMALL)
    body = HEIGHT * (0.75 if rest else 1.0)
    for number, value in enumerate(reversed(values)):
        axes = panel(figure, left, number * body + BELOW, WIDTH - left - BAR, body - BELOW - GAP)
        part = rows if value is None else rows[rows[rest[0]] == value]
        if rest:
            axes.set_title(f"{rest[0]}: {plain(value)}", size=SMALL, loc="left")
        _heat(axes, _cells(part, "value", up, across), _cells(part, "half", up, across), scale)
        axes.set_xlabel(across, size=SMALL)
    bar = panel(figure, WIDTH - BAR + 0.15, BELOW, 0.15, min(body, HEIGHT) - BELOW - GAP)
    figure.colorbar(ScalarMappable(scale, COLOURS), cax=bar, label=unit)
    return figure


def _cells(rows: pd.DataFrame, column: str, up: str, across: str) -> pd.DataFrame:
    """Return a column as a table, numbers in their order and words in that of the points."""
    grid = rows.set_index([up, across])[column].unstack(sort=False)
    grid = grid.sort_index(axis="index") if _is_number(rows[up]) else grid
    return grid.sort_index(axis="columns") if _is_number(rows[across]) else grid


def _heat(axes: Axes, grid: pd.DataFrame, half: pd.DataFrame, scale: Normalize) -> None:
    """Colour and write the value of each cell, with half the width of its interval."""
    cells, widths = grid.to_numpy(), half.to_numpy()
    axes.imshow(cells, cmap=COLOURS, norm=scale, aspect="auto", origin="lower")
    axes.set_xticks(range(cells.shape[1]), [plain(value) for value in grid.columns], size=SMALL)
    axes.set_yticks(range(cells.shape[0]), [plain(value) for value in grid.index], size=SMALL)
    for (row, column), value in np.ndenumerate(cells):
        ink = "white" if scale(value) < HALF else INK
        axes.text(
            column,
            row,
            _with_half(float(value), float(widths[row, column])),
            ha="center",
            va="center",
            color=ink,
            size=SMALL,
        )


def _with_half(value: float, half: float) -> str:
    return f"{value:.3g}" if np.isnan(half) else f"{value:.3g}\n±{half:.2g}"


def _parallel(rows: pd.DataFrame, varied: Sequence[str], title: str, unit: str) -> Figure:
    """Return one line a point, across an axis for each setting; the colour is the outcome."""
    widest_half = rows["half"].max()
    sure = "" if np.isnan(widest_half) else f", each ±{widest_half:.2g} at most (95 % Monte Carlo interval)"
    note = f"One line a point, across what is varied; right, and by colour: {unit}{sure}"
    figure = sheet(WIDTH, HEIGHT, title, note)
    axes = panel(figure, 0.9, 1.15, WIDTH - 0.9 - BAR, HEIGHT - 1.25)
    scale = Normalize(rows["value"].min(), rows["value"].max())
    heights = np.column_stack([_heights(rows[key]) for key in varied] + [_heights(rows["value"])])
    shades = matplotlib.colormaps[COLOURS](scale(rows["value"].to_numpy()))
    for line, shade in zip(heights, shades, strict=True):
        axes.plot(line, color=shade, alpha=0.7, linewidth=1.0)
    room = (WIDTH - 0.9 - BAR) / len(varied) * 0.95
    names = [wrap(plain(key).replace(".", ". "), room, size=SMALL) for key in varied]
    axes.set_xticks(range(len(varied) + 1), [*names, "outcome"], size=SMALL)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    for place, key in enumerate(varied):
        _write_values(axes, place, rows[key])
    figure.colorbar(
        ScalarMappable(scale, COLOURS), cax=panel(figure, WIDTH - BAR + 0.35, 1.15, 0.15, HEIGHT - 1.25)
    )
    return figure


def _heights(values: pd.Series) -> np.ndarray:
    """Return where values stand on an axis from 0 to 1: numbers by their size, words in their order."""
    numbers = values.to_numpy(float) if _is_number(values) else pd.factorize(values)[0].astype(float)
    width = np.ptp(numbers)
    return np.asarray((numbers - numbers.min()) / width if width else np.full(len(numbers), HALF))


def _write_values(axes: Axes, place: int, values: pd.Series) -> None:
    """Mark an axis with its words, or the ends of its numbers."""
    axes.axvline(place, color=INK, linewidth=0.8)
    ends = values.agg(["min", "max"]) if _is_number(values) else values.drop_duplicates()
    names = [f"{value:.3g}" if _is_number(values) else plain(value) for value in ends]
    style: Any = {
        "size": SMALL,
        "ha": "right",
        "va": "center",
        "bbox": {"fc": "white", "ec": "none", "pad": 1},
    }
    for name, height in zip(names, np.linspace(0.0, 1.0, len(names)), strict=True):
        axes.annotate(name, (place, height), xytext=(-3, 0), textcoords="offset points", **style)


def _is_number(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values))
