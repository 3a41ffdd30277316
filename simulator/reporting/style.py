"""One look for every figure: colours that all can tell apart, words beside the lines, sizes in inches.

Figures are made of matplotlib's objects alone. Nothing here imports pyplot, opens a window or leaves a
setting changed behind it.

References
----------
Okabe, M. & Ito, K. (2008). Color Universal Design: how to make figures and presentations that are friendly to
colorblind people.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulator.files import write_bytes
from simulator.reporting.words import Words
from simulator.vocabulary import MONTHS_PER_YEAR, WEEKS_PER_YEAR

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, GREY = "#E69F00", "#56B4E9", "#7F7F7F"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GREY)
"""Okabe and Ito's colours without yellow, which is lost on white, and with grey for black, which is ink."""

INK, SOFT, FAINT = "#262626", "#555555", "#DEDEDE"
SHADE = 0.18
"""Opacity of a band."""

MARGIN = 0.25
"""Inches left free around a figure."""

TIE = 0.14
"""Inches between the axes and the names of their lines."""

LONG = 0.1
"""Share of the width from which what ties a name to a line that ends early is dotted."""

POINTS_PER_INCH = 72
DPI = 150
TITLE, TEXT, SMALL = 13.0, 9.5, 8.5
"""Font sizes in points."""

QUICK = 2
"""How hard a PNG file is packed, from 0 to 9; more takes longer and gains little."""

LINE_HEIGHT = 1.3
"""Height of a line of text over its font size."""

_RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.labelsize": TEXT,
    "axes.titlesize": TEXT,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "ytick.major.size": 0,
}


class End(NamedTuple):
    """The end of a line, and what is written beside it: x and y in the units of the axes."""

    label: str
    x: float
    y: float
    colour: str


@contextmanager
def styled() -> Iterator[None]:
    """Draw with matplotlib's defaults and the house's changes to them; afterwards all is as before."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def colour(number: int) -> str:
    """Return the colour of the line with that number, from 0."""
    return COLOURS[number % len(COLOURS)]


def dash(number: int) -> str:
    """Return the line style of the line with that number: solid until the colours are used up."""
    return ("-", "--", ":")[number // len(COLOURS) % 3]


def darker(shade: str) -> str:
    """Return a colour as it is used for text, dark enough to be read on white."""
    red, green, blue = to_rgb(shade)
    return to_hex((0.7 * red, 0.7 * green, 0.7 * blue))


def plain(label: object) -> str:
    """Return a name from the tables as a reader would write it."""
    return str(label).replace("_", " ")


def sheet(width: float, body: float, title: str, subtitle: str) -> Figure:
    """Return a figure with its title and subtitle, and an empty body under them.

    Parameters
    ----------
    width, body : float
        Inches; the head comes on top of the body's height, as high as its lines need.
    title, subtitle : str
        Wrapped to the width.
    """
    room = width - 2 * MARGIN
    lines = [(wrap(title, room, size=TITLE, weight="bold"), TITLE, "bold", INK)]
    lines += [(wrap(subtitle, room, size=TEXT), TEXT, "normal", SOFT)] if subtitle else []
    heights = [text.count("\n") * size + size for text, size, *_ in lines]
    head = MARGIN + sum(heights) * LINE_HEIGHT / POINTS_PER_INCH
    figure = Figure(figsize=(width, body + head), dpi=DPI)
    y = body + head - MARGIN
    for (text, size, weight, ink), height in zip(lines, heights, strict=True):
        font: Any = {"size": size, "weight": weight, "color": ink, "linespacing": 1.2}
        figure.text(MARGIN / width, y / (body + head), text, va="top", ha="left", **font)
        y -= height * LINE_HEIGHT / POINTS_PER_INCH
    return figure


def write_foot(figure: Figure, lines: Sequence[str]) -> None:
    """Write lines under a figure, wrapped to its width; it becomes as much higher as they need."""
    width, height = map(float, figure.get_size_inches())
    text = "\n".join(wrap(line, width - 2 * MARGIN, SMALL) for line in lines)
    foot = MARGIN + (text.count("\n") + 1) * SMALL * LINE_HEIGHT / POINTS_PER_INCH
    for axes in figure.axes:
        box = axes.get_position()
        up = (box.y0 * height + foot) / (height + foot)
        axes.set_position((box.x0, up, box.width, box.height * height / (height + foot)))
    for own in figure.texts:
        own.set_y((own.get_position()[1] * height + foot) / (height + foot))
    figure.set_size_inches(width, height + foot)
    font: Any = {"size": SMALL, "color": SOFT, "linespacing": 1.2, "va": "bottom", "ha": "left"}
    figure.text(MARGIN / width, MARGIN / (height + foot), text, **font)


def panel(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes placed by inches from the figure's lower left corner."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


@lru_cache(maxsize=20_000)  # the page draws for days, and most texts hold numbers of one run
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return how many inches a text is wide; `size` in points and `weight` as for `Figure.text`."""
    figure, renderer = _measure()
    probe = Text(0, 0, text, figure=figure, size=size, weight=weight)
    return float(probe.get_window_extent(renderer).width / figure.dpi)


@cache
def _measure() -> tuple[Figure, Any]:
    """Return a figure that is never shown, and what measures texts in it."""
    figure = Figure(dpi=DPI)
    return figure, FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]


def widest(texts: Sequence[str], size: float, weight: str = "normal") -> float:
    """Return the width in inches of the widest text, nought without any."""
    return max((text_width(text, size, weight) for text in texts), default=0.0)


def wrap(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Break a text into lines of at most `width` inches."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart as little as possible, keeping their order.

    Parameters
    ----------
    wanted : sequence of float, shape (labels,)
        Where the labels would be by themselves, in any order.
    gap : float
        Smallest distance of two labels, in the same unit.
    low, high : float
        Where the lowest and the highest label may be; `high` gives way if there are too many labels.

    Returns
    -------
    list of float
        Positions in the order of `wanted`: the least-squares ones, found by pooling neighbours.
    """
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(order))
    pools: list[list[float]] = []
    for value in np.asarray(wanted, float)[order] - steps:
        pools.append([float(value), 1.0])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (second, n), (first, m) = pools.pop(), pools.pop()
            pools.append([(first * m + second * n) / (m + n), m + n])
    level = np.repeat([mean for mean, _ in pools], [int(count) for _, count in pools])
    top = max(high - steps[-1], low) if len(steps) else low
    placed = np.empty(len(order))
    placed[order] = np.clip(level, low, top) + steps
    return [float(value) for value in placed]


def label_ends(axes: Axes, ends: Sequence[End], size: float = TEXT) -> list[Text]:
    """Write the names of lines at the right of the axes, apart from each other, each tied to its line."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    width, height = size_inches(axes)
    beside = right + TIE * (right - left) / width
    gap = size * LINE_HEIGHT / POINTS_PER_INCH * (high - low) / height
    place: Any = {"xytext": (3, 0), "textcoords": "offset points", "annotation_clip": False, "va": "center"}
    texts: list[Text] = []
    for end, y in zip(ends, spread([end.y for end in ends], gap, low, high), strict=True):
        how = ":" if right - end.x > LONG * (right - left) else "-"  # not to be taken for the line itself
        axes.plot([end.x, beside], [end.y, y], how, color=end.colour, linewidth=0.7, clip_on=False, gid="tie")
        texts.append(axes.annotate(end.label, (beside, y), color=darker(end.colour), size=size, **place))
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    return texts


def size_inches(axes: Axes) -> tuple[float, float]:
    """Return the width and height of axes in inches."""
    box, figure = axes.get_position(), axes.get_figure(root=True)
    across, up = figure.get_size_inches() if figure else (1.0, 1.0)
    return box.width * across, box.height * up


def year_ticks(last: float, most: int = 8) -> list[float]:
    """Return the weeks at which to mark an axis: whole years, quarters or weeks if two or more fit."""
    unit = next(unit for unit in (WEEKS_PER_YEAR, WEEKS_PER_YEAR // 4, 1) if last >= 2 * unit or unit == 1)
    fitting = (factor for factor in (1, 2, 4, 5, 10, 20, 50, 100) if last / (unit * factor) < most)
    return [float(week) for week in np.arange(0, last + 1, unit * next(fitting, 1000))]


def in_years(week: float, words: Words) -> str:
    """Return a number of weeks in words, if it is so many quarters: 52 is a year, 13 are 3 months."""
    months = MONTHS_PER_YEAR * week / WEEKS_PER_YEAR
    if week <= 0 or months % 3:
        return ""
    if months % MONTHS_PER_YEAR:
        return words("time.months", count=f"{months:.0f}")
    years = week / WEEKS_PER_YEAR
    return words("time.years", count=f"{years:.0f}") if years > 1 else words("time.year")


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG picture, the same bytes each time."""
    buffer = io.BytesIO()
    saving: Any = {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": QUICK}}
    with styled():
        figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", **saving)
    return buffer.getvalue()


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure as a PNG file, which is there whole or not at all; return its path."""
    write_bytes(Path(path), png(figure))
    return Path(path)
