"""The figure of the programmes: places in use and empty, and who waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from simulator.reporting.style import (
    BLUE,
    FAINT,
    INK,
    LINE_HEIGHT,
    MARGIN,
    POINTS_PER_INCH,
    SMALL,
    TEXT,
    VERMILION,
    panel,
    sheet,
    styled,
    text_width,
    widest,
)
from simulator.reporting.words import Words

WIDE = 8.0
"""Inches."""

NARROWEST = 3.0
"""Inches that the bars are drawn over at least, however long the titles."""

ROW = 0.44
"""Inches from one programme to the next."""

UNDER, ABOVE = 0.45, 0.32
"""Inches under the bars for numbers and their name, and above them for the key."""

KEY = (("places_in_use", BLUE), ("places_empty", FAINT), ("places_queue", VERMILION))


@styled()
def programmes_figure(programmes: pd.DataFrame, words: Words) -> Figure:
    """Draw for each programme its places, in use and empty, and under them its queue.

    Parameters
    ----------
    programmes : pandas.DataFrame
        Columns `replication, week, programme, title, places_used, places_empty, queued`: a row for each
        replication, week and programme. Bars are means over all of them.
    words : Words
        The language.
    """
    rows = mean_places(programmes)
    names = [words.programme(title) for title in rows["title"]]
    notes = [_note(row, words) for row in rows[PLACES].to_numpy().tolist()]
    height = ROW * max(len(rows), 1)
    left, right = (MARGIN + widest(texts, TEXT) + 0.15 for texts in (names, notes))
    width = max(WIDE, left + NARROWEST + right)
    figure = sheet(width, MARGIN + UNDER + height + ABOVE, *_titles(programmes, words))
    axes = panel(figure, left, MARGIN + UNDER, width - left - right, height)
    for number, (row, note) in enumerate(zip(rows[PLACES].to_numpy().tolist(), notes, strict=True)):
        _bars(axes, number, row, note)
    axes.set_yticks(range(len(names)), names, size=TEXT)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_xlim(0, max(1.0, (rows["places_used"] + rows["places_empty"]).max(), rows["queued"].max()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
    axes.set_xlabel(words("figures.programmes_axis"), loc="left")
    axes.grid(visible=False)
    _write_key(axes, height, width - left - right, words)
    return figure


PLACES = ["places_used", "places_empty", "queued"]


def mean_places(programmes: pd.DataFrame) -> pd.DataFrame:
    """Return title, places in use, empty places and queue of each programme, means over weeks."""
    groups = programmes.groupby("programme", sort=False, observed=True)
    return groups[PLACES].mean().assign(title=groups["title"].first())


def _titles(programmes: pd.DataFrame, words: Words) -> tuple[str, str]:
    weeks, count = (programmes[name].nunique() for name in ("week", "replication"))
    return words("figures.programme_places"), words("figures.programmes_note", weeks=weeks, count=count)


def _note(places: Sequence[float], words: Words) -> str:
    used, empty, queued = places
    numbers = {"used": used, "all": used + empty, "queued": queued}
    return words("figures.places_of", **{name: words.number(number, 1) for name, number in numbers.items()})


def _bars(axes: Axes, number: int, row: Sequence[float], note: str) -> None:
    used, empty, queued = row
    axes.barh(number - 0.12, used, height=0.36, color=BLUE)
    axes.barh(number - 0.12, empty, left=used, height=0.36, color=FAINT)
    axes.barh(number + 0.19, queued, height=0.2, color=VERMILION)
    place: Any = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "size": TEXT}
    axes.annotate(note, (max(used + empty, queued), number), annotation_clip=False, **place)


def _write_key(axes: Axes, height: float, width: float, words: Words) -> None:
    """Write above the bars what their colours mean, each word after a patch of its colour."""
    x, y = 0.0, 1.0 + 0.5 * ABOVE / height
    side = SMALL * LINE_HEIGHT / POINTS_PER_INCH
    for key, ink in KEY:
        text = words(f"figures.{key}")
        patch: Any = {"color": ink, "markersize": SMALL, "clip_on": False, "transform": axes.transAxes}
        axes.plot(x + 0.5 * side / width, y, "s", **patch)
        start = x + 1.2 * side / width
        axes.text(start, y, text, size=SMALL, color=INK, va="center", transform=axes.transAxes)
        x = start + (text_width(text, SMALL) + 0.25) / width
