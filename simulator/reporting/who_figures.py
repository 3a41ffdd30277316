"""The figure of who: outcomes of groups of clients side by side, each a dot with its interval."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulator.reporting.figures import UNDER_ONE, WIDEST
from simulator.reporting.style import (
    BLUE,
    FAINT,
    LINE_HEIGHT,
    MARGIN,
    POINTS_PER_INCH,
    TEXT,
    panel,
    sheet,
    size_inches,
    styled,
    widest,
    wrap,
)
from simulator.reporting.words import Words, is_share

ACROSS = 3
"""Small pictures in a row."""

ROW, BETWEEN, ABOVE = 0.25, 0.4, 0.16
"""Inches from one group to the next, between two small pictures, and over one besides its title."""


@styled()
def who_figure(table: pd.DataFrame, words: Words, note: str) -> Figure:
    """Draw outcomes by group, a small picture for each outcome and a row for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `by, group, outcome, value, low, high, unit`, as `outcomes.who.who` makes it; shares as shares
        of 1.
    words : Words
        The language.
    note : str
        Of what, and number of replications.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    lines = list(_lines(table, words))
    left = MARGIN + widest([name for name, _ in lines], TEXT, "bold") + 0.15
    width = (WIDEST - left - MARGIN - (ACROSS - 1) * BETWEEN) / ACROSS
    titles = [wrap(_upper(words.outcome(name)), width, TEXT, "bold") for name in outcomes]
    head = ABOVE + LINE_HEIGHT * TEXT / POINTS_PER_INCH * max(title.count("\n") + 1 for title in titles)
    plot, rows = ROW * len(lines), -(-len(outcomes) // ACROSS)
    figure = sheet(WIDEST, MARGIN + rows * (head + plot + UNDER_ONE), words("figures.who"), note)
    for number, (outcome, title) in enumerate(zip(outcomes, titles, strict=True)):
        row, column = divmod(number, ACROSS)
        bottom = MARGIN + (rows - 1 - row) * (head + plot + UNDER_ONE) + UNDER_ONE
        axes = panel(figure, left + column * (width + BETWEEN), bottom, width, plot)
        _draw(axes, table[table["outcome"] == outcome], lines, words)
        _name(axes, title, lines if column == 0 else [])
    return figure


Line = tuple[str, tuple[str, str] | None]
"""What is written beside a row, and trait and group that it is of; none for the name of a trait."""


def _lines(table: pd.DataFrame, words: Words) -> Iterator[Line]:
    for by, own in table.groupby("by", sort=False):
        yield _upper(words(f"by.{by}")), None
        for group in dict.fromkeys(own["group"]):
            yield words.label(str(by), group), (str(by), str(group))


def _draw(axes: Axes, own: pd.DataFrame, lines: list[Line], words: Words) -> None:
    """Draw the dots of one outcome, with room for the largest from nought on."""
    unit = str(own["unit"].iloc[0])
    scale = 100.0 if is_share(unit) else 1.0
    spans = scale * own[["value", "low", "high"]].to_numpy(float)
    numbers = dict(zip(zip(own["by"], own["group"], strict=True), spans, strict=True))
    for place, (_, key) in enumerate(lines):
        if key is None or key not in numbers:
            continue
        value, low, high = numbers[key]
        axes.plot([low, high], [place, place], color=BLUE, linewidth=2.2, gid="interval")
        axes.plot(value, place, "o", color=BLUE, markersize=5, gid="value")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    most = 1.08 * max(1e-9, float(np.nanmax(spans)))
    ticks = [tick for tick in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0.0, most) if tick <= most]
    axes.set_xticks(ticks, [words.plain_number(tick) for tick in ticks])
    axes.set_xlim(0.0, most)
    axes.set_xlabel(_upper(words.unit(unit)), loc="left")
    axes.grid(visible=True, axis="x", color=FAINT)
    axes.grid(visible=False, axis="y")


def _name(axes: Axes, title: str, lines: list[Line]) -> None:
    """Write what the small picture is of at its head, and the names of the rows, if any, at its left."""
    axes.set_ylabel(title, rotation=0, ha="left", va="bottom", weight="bold")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / size_inches(axes)[1])
    axes.set_yticks(range(len(lines)), [name for name, _ in lines], size=TEXT)
    for label, (_, key) in zip(axes.get_yticklabels(), lines, strict=True):
        label.set_fontweight("normal" if key else "bold")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
