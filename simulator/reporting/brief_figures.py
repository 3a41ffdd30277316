"""The picture of a policy brief: all questions side by side, in time, ways out and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    LINE_HEIGHT,
    MARGIN,
    ORANGE,
    POINTS_PER_INCH,
    PURPLE,
    SMALL,
    SOFT,
    TEXT,
    VERMILION,
    darker,
    panel,
    sheet,
    styled,
    widest,
    wrap,
)
from simulator.reporting.words import Words

Interval = tuple[float, float, float]
"""Difference, low, high."""

WIDE, NAMES, BETWEEN, UNDER = 10.5, 2.2, 0.35, 0.45
"""Inches of the figure, of the names of the questions, between two panels, and under them for scales."""

HEAD_LINE = TEXT * LINE_HEIGHT / POINTS_PER_INCH
"""Inches of a line above a panel."""

KEY = 0.18
"""Inches from the left edge of a panel to the names in its key."""

ROW, LEAST = 0.26, 0.78
"""Inches of one interval, and of a question at least."""

COLOURS = ((BLUE,), (BLUE, ORANGE, VERMILION), (PURPLE, GREEN, GREY))
"""Of the kinds of each panel: time; ways out; payers."""

MARKS = ("o", "s", "^")
WHITE = "#ffffff"
PAPER: Any = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.0}
"""What is behind a text that stands across a line."""


@dataclass(frozen=True)
class Panel:
    """One panel of the picture.

    Attributes
    ----------
    title : str
        What is told, with its unit.
    kinds : mapping of str to sequence of (float, float, float)
        For each kind (a way out, a payer) the difference with its interval in each question.
    """

    title: str
    kinds: Mapping[str, Sequence[Interval]]


@styled()
def overview_figure(
    names: Sequence[str], panels: Sequence[Panel], words: Words, title: str, note: str
) -> Figure:
    """Draw differences of all questions side by side; filled where the interval leaves out nought.

    Parameters
    ----------
    names : sequence of str
        The questions, in short.
    panels : sequence of Panel
        From left to right; three at most.
    words : Words
        The language.
    title, note : str
        As in every figure.
    """
    height = max(LEAST, ROW * (1 + max(len(one.kinds) for one in panels)))
    gaps = NAMES + 2 * MARGIN + BETWEEN * (len(panels) - 1)
    keys = [kind for one in panels for kind in one.kinds]
    width = max((WIDE - gaps) / len(panels), KEY + widest(keys, TEXT))
    heads = [_head(one, width) for one in panels]
    above = max(len(lines) for lines in heads) * HEAD_LINE + 0.1
    body = height * len(names) + UNDER + above + MARGIN
    figure = sheet(gaps + width * len(panels), body, title, note)
    for place, (one, lines) in enumerate(zip(panels, heads, strict=True)):
        left = MARGIN + NAMES + place * (width + BETWEEN)
        axes = panel(figure, left, UNDER + MARGIN, width, height * len(names))
        _draw(axes, one, COLOURS[place], words)
        head = _head_axes(figure, left, UNDER + MARGIN + height * len(names), width, above)
        _write_head(head, lines, COLOURS[place], len(one.kinds))
        if not place:
            told = [wrap(name, NAMES - 0.15, size=TEXT) for name in names]
            axes.set_yticks(range(len(names)), told, size=TEXT)
        else:
            axes.set_yticks([])
    return figure


def _head(one: Panel, width: float) -> list[str]:
    """Return the lines above a panel: its title, then its kinds if they are several."""
    title = wrap(one.title, width, size=TEXT, weight="bold").split("\n")
    return [*title, *one.kinds] if len(one.kinds) > 1 else title


def _write_head(axes: Axes, lines: Sequence[str], colours: Sequence[str], kinds: int) -> None:
    """Write the title of a panel, and the key to its marks if it has several kinds, from the bottom up.

    The head has axes of its own, in inches.
    """
    several = kinds if kinds > 1 else 0
    for place, line in enumerate(reversed(lines)):
        kind, y = several - 1 - place, HEAD_LINE * (place + 0.5) + 0.08
        if kind < 0:
            axes.text(0.0, y, line, size=TEXT, weight="bold", va="center")
            continue
        axes.plot(0.05, y, MARKS[kind], color=colours[kind], clip_on=False, markersize=5, gid="key")
        axes.text(KEY, y, line, size=TEXT, color=darker(colours[kind]), va="center")


def _head_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    axes = panel(figure, left, bottom, width, height)
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, height)
    return axes


def _draw(axes: Axes, one: Panel, colours: Sequence[str], words: Words) -> None:
    axes.axvline(0.0, color=SOFT, linewidth=1.0, gid="zero")
    count = len(next(iter(one.kinds.values())))
    for kind, (values, ink) in enumerate(zip(one.kinds.values(), colours, strict=False)):
        shift = (kind - (len(one.kinds) - 1) / 2) * 0.24
        for place, (value, low, high) in enumerate(values):
            face = ink if low > 0.0 or high < 0.0 else WHITE
            y = place + shift + (0.08 if len(one.kinds) == 1 else 0.0)
            axes.plot([low, high], [y, y], color=ink, linewidth=2.0, gid="interval")
            axes.plot(value, y, MARKS[kind], color=ink, markerfacecolor=face, markersize=6, gid="difference")
            if len(one.kinds) == 1:
                _tell(axes, (value, low, high), y, words)
    reach = _reach([value for values in one.kinds.values() for value in values])
    axes.set_xlim(-1.08 * reach, 1.08 * reach)
    axes.set_ylim(count - 0.5, -0.5)
    for edge in np.arange(0.5, count - 1):
        axes.axhline(edge, color=FAINT, linewidth=0.7)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.tick(value)))
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x", color=FAINT)
    axes.grid(visible=False, axis="y")


def _tell(axes: Axes, interval: Interval, y: float, words: Words) -> None:
    """Write a difference and its interval above its mark, in the middle of the panel."""
    text = words.interval(*(words.signed(number) for number in interval))
    place: Any = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(text, (0.5, y), xytext=(0, 8), ha="center", va="bottom", size=SMALL, bbox=PAPER, **place)


def _reach(values: Sequence[Interval]) -> float:
    """Return how far a scale has to reach to either side."""
    numbers = np.abs(np.array(values, dtype=float))
    known = numbers[~np.isnan(numbers)]
    return float(known.max()) if known.size and known.max() > 0.0 else 1.0
