"""The picture of a sweep, as its points lie: a line, a heat map, small multiples, or parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.console import HEADLINE
from simulator.reporting.setting_words import setting_name, value_text
from simulator.reporting.style import (
    BLUE,
    INK,
    MARGIN,
    SHADE,
    SMALL,
    panel,
    sheet,
    styled,
    widest,
    wrap,
)
from simulator.reporting.words import Words, is_share

WIDTH, HEIGHT = 9.0, 3.8
LEFT, BELOW, GAP = 0.85, 0.75, 0.45
"""Inches left of the axes and below them, and above a map for what it is of."""

MOST_CELLS = 12
"""Values of a setting that a heat map can show with its numbers in it."""

PALEST, DEEPEST = 0.06, 0.55
"""Opacity of the colour where the outcome is least and most; numbers can be read on all of it."""

FAINTEST = 0.15
"""Opacity of the line of the least outcome among many lines."""

HALF = 0.5
LINE, PLANE, PLANES = 1, 2, 3


@styled()
def sweep_figure(
    table: pd.DataFrame, settings: Sequence[str], words: Words, outcome: str | None = None, note: str = ""
) -> Figure:
    """Return the picture of one outcome of a sweep.

    Parameters
    ----------
    table : DataFrame
        As in `sweep.parquet`.
    settings : sequence of str
        The columns that are varied.
    words : Words
        The language.
    outcome : str, optional
        Which outcome; the mean time on benefit if not given.
    note : str
        What is drawn, and of how many replications.
    """
    name = outcome or headline(table)
    rows = rows_of(table, name)
    varied = varied_in(rows, settings)
    title, unit = sentence(words.outcome(name)), words.unit(str(rows["unit"].iloc[0]))
    is_grid = len(rows) == prod(rows[key].nunique() for key in varied)
    is_small = all(rows[key].nunique() <= MOST_CELLS for key in varied)
    if len(varied) == LINE:
        return _line(rows, varied[0], words, (title, note, unit))
    if is_grid and is_small and len(varied) in {PLANE, PLANES}:
        return _planes(rows, varied, words, (title, note, unit))
    return _parallel(rows, varied, words, (title, note, unit))


def headline(table: pd.DataFrame) -> str:
    """Return the outcome that is drawn if nobody names one."""
    names = table["outcome"].drop_duplicates()
    wanted = names[names.str.startswith(HEADLINE)]
    return str((wanted if len(wanted) else names).iloc[0])


def rows_of(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return an outcome at each point that has it, shares in per cent, with half the interval's width."""
    rows = table[(table["outcome"] == outcome) & table["value"].notna()]
    scale = 100.0 if len(rows) and is_share(str(rows["unit"].iloc[0])) else 1.0
    rows = rows.assign(**{name: scale * rows[name] for name in ("value", "low", "high")})
    return rows.assign(half=(rows["high"] - rows["low"]) / 2.0)


def varied_in(rows: pd.DataFrame, settings: Sequence[str]) -> list[str]:
    """Return the settings that differ between points, or the first if none does."""
    return [key for key in settings if rows[key].nunique() > 1] or list(settings[:1])


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"


Texts = tuple[str, str, str]
"""Title, note and unit of the picture."""


def _line(rows: pd.DataFrame, key: str, words: Words, texts: Texts) -> Figure:
    title, note, unit = texts
    rows = rows.sort_values(key) if is_number(rows[key]) else rows
    figure = sheet(WIDTH, HEIGHT, title, note)
    axes = panel(figure, LEFT, BELOW, WIDTH - LEFT - 2 * MARGIN, HEIGHT - BELOW - 0.4)
    axes.set_xlabel(setting_name(key, words), loc="left")
    axes.set_ylabel(sentence(unit), rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1.03)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
    if is_number(rows[key]):
        axes.plot(rows[key], rows["value"], color=BLUE, marker="o", markersize=4)
        axes.fill_between(rows[key], rows["low"], rows["high"], color=BLUE, alpha=SHADE, linewidth=0)
        axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
        return figure
    places = np.arange(len(rows))
    axes.errorbar(places, rows["value"], yerr=np.nan_to_num(rows["half"]), fmt="o", color=BLUE, capsize=4)
    room = (WIDTH - LEFT - 2 * MARGIN) / max(1, len(rows)) * 0.95
    names = [wrap(value_text(key, value, words), room, size=SMALL) for value in rows[key]]
    axes.set_xticks(places, names, size=SMALL)
    axes.set_xlim(-HALF, len(rows) - HALF)
    return figure


def _planes(rows: pd.DataFrame, varied: Sequence[str], words: Words, texts: Texts) -> Figure:
    """Return heat maps of two settings, one for each value of the third, if there is one."""
    title, note, unit = texts
    keys = sorted(varied, key=lambda key: rows[key].nunique(), reverse=True)
    across, up, rest = keys[0], keys[1], keys[2:]
    values = list(rows[rest[0]].drop_duplicates()) if rest else [None]
    body = HEIGHT * (0.75 if rest else 1.0)
    figure = sheet(WIDTH, len(values) * body, title, note)
    names = [value_text(up, value, words) for value in rows[up].drop_duplicates()]
    left = MARGIN + 0.15 + widest(names, size=SMALL)
    ends = (float(rows["value"].min()), float(rows["value"].max()))
    for number, value in enumerate(reversed(values)):
        axes = panel(figure, left, number * body + BELOW, WIDTH - left - MARGIN, body - BELOW - GAP)
        part = rows if value is None else rows[rows[rest[0]] == value]
        head = [f"{setting_name(rest[0], words)}: {value_text(rest[0], value, words)}"] if rest else []
        axes.set_title("; ".join([*head, f"{sentence(setting_name(up, words))}, {unit}"]), size=SMALL)
        _heat(axes, part, (up, across), ends, words)
        axes.set_xlabel(setting_name(across, words), loc="left")
    return figure


def _heat(
    axes: Axes, rows: pd.DataFrame, keys: tuple[str, str], ends: tuple[float, float], words: Words
) -> None:
    """Colour and write the value of each cell, with half the width of its interval."""
    up, across = (list(_ordered(rows[key])) for key in keys)
    axes.grid(visible=False)
    for row in rows.to_dict("records"):
        x, y, value = across.index(row[keys[1]]), up.index(row[keys[0]]), float(row["value"])
        depth = (value - ends[0]) / (ends[1] - ends[0]) if ends[1] > ends[0] else HALF
        shade = PALEST + depth * (DEEPEST - PALEST)
        axes.add_patch(Rectangle((x - HALF, y - HALF), 1.0, 1.0, facecolor=BLUE, alpha=shade, linewidth=0))
        axes.text(x, y, _with_half(value, row["half"], words), ha="center", va="center", size=SMALL)
    axes.set_xlim(-HALF, len(across) - HALF)
    axes.set_ylim(-HALF, len(up) - HALF)
    axes.set_xticks(range(len(across)), [value_text(keys[1], value, words) for value in across], size=SMALL)
    axes.set_yticks(range(len(up)), [value_text(keys[0], value, words) for value in up], size=SMALL)
    axes.spines[:].set_visible(False)


def _ordered(values: pd.Series) -> pd.Series:
    """Return each value once, numbers by their size and words in the order of the points."""
    once = values.drop_duplicates()
    return once.sort_values() if is_number(values) else once


def _with_half(value: float, half: float, words: Words) -> str:
    return words.number(value) if np.isnan(half) else f"{words.number(value)}\n±{words.number(half)}"


def _parallel(rows: pd.DataFrame, varied: Sequence[str], words: Words, texts: Texts) -> Figure:
    """Return one line a point, across an axis for each setting and the outcome; the deeper, the more."""
    title, note, unit = texts
    figure = sheet(WIDTH, HEIGHT, title, note)
    axes = panel(figure, 0.9, 1.15, WIDTH - 0.9 - 2 * MARGIN, HEIGHT - 1.25)
    last = _heights(rows["value"])
    heights = np.column_stack([*(_heights(rows[key]) for key in varied), last])
    for line, depth in zip(heights, last, strict=True):
        axes.plot(line, color=BLUE, alpha=FAINTEST + (1.0 - FAINTEST) * depth, linewidth=1.0)
    room = (WIDTH - 0.9 - 2 * MARGIN) / len(varied) * 0.95
    names = [wrap(sentence(setting_name(key, words)), room, size=SMALL) for key in varied]
    axes.set_xticks(range(len(varied) + 1), [*names, sentence(unit)], size=SMALL)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    for place, key in enumerate([*varied, "value"]):
        _write_values(axes, place, rows[key], key, words)
    return figure


def _heights(values: pd.Series) -> np.ndarray:
    """Return where values stand on an axis from 0 to 1: numbers by their size, words in their order."""
    numbers = values.to_numpy(float) if is_number(values) else pd.factorize(values)[0].astype(float)
    width = np.ptp(numbers)
    return np.asarray((numbers - numbers.min()) / width if width else np.full(len(numbers), HALF))


def _write_values(axes: Axes, place: int, values: pd.Series, key: str, words: Words) -> None:
    """Mark an axis with its words, or the ends of its numbers."""
    axes.axvline(place, color=INK, linewidth=0.8)
    ends = values.agg(["min", "max"]) if is_number(values) else values.drop_duplicates()
    names = [
        words.plain_number(float(f"{value:.3g}")) if is_number(values) else value_text(key, value, words)
        for value in ends
    ]
    style: Any = {"xytext": (-3, 0), "textcoords": "offset points", "size": SMALL, "ha": "right"}
    style["bbox"] = {"fc": "white", "ec": "none", "pad": 1}
    for name, height in zip(names, np.linspace(0.0, 1.0, len(names)), strict=True):
        axes.annotate(name, (place, height), va="center", **style)


def is_number(values: pd.Series) -> bool:
    """Whether a setting that is varied is a number."""
    return bool(pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values))
