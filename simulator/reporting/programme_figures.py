"""The figure of the programmes: places in use and empty, and who waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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

WIDE = 8.0
"""Inches."""

NARROWEST = 3.0
"""Inches that the bars are drawn over at least, however long the titles."""

ROW = 0.44
"""Inches from one programme to the next."""

UNDER, ABOVE = 0.45, 0.32
"""Inches under the bars for numbers and their name, and above them for the key."""

KEY = (("places in use", BLUE), ("empty places", FAINT), ("persons waiting for a place", VERMILION))


@styled()
def programmes_figure(
    programmes: pd.DataFrame, title: str = "Which places are used, and who waits for one?", subtitle: str = ""
) -> Figure:
    """Draw for each programme its places, in use and empty, and under them its queue.

    Parameters
    ----------
    programmes : pandas.DataFrame
        Columns `replication, week, programme, title, places_used, places_empty, queued`: a row for each
        replication, week and programme. Bars are means over all of them.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of weeks and replications; written here if empty.
    """
    rows = mean_places(programmes)
    names, notes = list(rows["title"]), [_note(*row) for row in rows[PLACES].to_numpy()]
    height = ROW * max(len(rows), 1)
    left, right = (MARGIN + widest(texts, size=TEXT) + 0.15 for texts in (names, notes))
    width = max(WIDE, left + NARROWEST + right)
    figure = sheet(width, MARGIN + UNDER + height + ABOVE, title, subtitle or _over(programmes))
    axes = panel(figure, left, MARGIN + UNDER, width - left - right, height)
    for number, (row, note) in enumerate(zip(rows[PLACES].to_numpy().tolist(), notes, strict=True)):
        _bars(axes, number, row, note)
    axes.set_yticks(range(len(names)), names, size=TEXT)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_xlim(0, max(1.0, (rows["places_used"] + rows["places_empty"]).max(), rows["queued"].max()))
    axes.set_xlabel("Places or persons, mean of the weeks", loc="left")
    axes.grid(visible=False)
    _write_key(axes, height, width - left - right)
    return figure


PLACES = ["places_used", "places_empty", "queued"]


def mean_places(programmes: pd.DataFrame) -> pd.DataFrame:
    """Return title, places in use, empty places and queue of each programme, means over weeks."""
    groups = programmes.groupby("programme", sort=False, observed=True)
    return groups[PLACES].mean().assign(title=groups["title"].first())


def _over(programmes: pd.DataFrame) -> str:
    weeks, count = (programmes[name].nunique() for name in ("week", "replication"))
    return f"Mean of {weeks} weeks and {count} replication{'s' if count != 1 else ''}"


def _note(used: float, empty: float, queued: float) -> str:
    return f"{used:.1f} of {used + empty:.1f} places used, {queued:.1f} waiting"


def _bars(axes: Axes, number: int, row: Sequence[float], note: str) -> None:
    used, empty, queued = row
    axes.barh(number - 0.12, used, height=0.36, color=BLUE)
    axes.barh(number - 0.12, empty, left=used, height=0.36, color=FAINT)
    axes.barh(number + 0.19, queued, height=0.2, color=VERMILION)
    place: Any = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "size": TEXT}
    axes.annotate(note, (max(used + empty, queued), number), annotation_clip=False, **place)


def _write_key(axes: Axes, height: float, width: float) -> None:
    """Write above the bars what their colours mean, each word after a patch of its colour."""
    x, y = 0.0, 1.0 + 0.5 * ABOVE / height
    side = SMALL * LINE_HEIGHT / POINTS_PER_INCH
    for words, ink in KEY:
        patch: Any = {"color": ink, "markersize": SMALL, "clip_on": False, "transform": axes.transAxes}
        axes.plot(x + 0.5 * side / width, y, "s", **patch)
        start = x + 1.2 * side / width
        axes.text(start, y, words, size=SMALL, color=INK, va="center", transform=axes.transAxes)
        x = start + (text_width(words, size=SMALL) + 0.25) / width
