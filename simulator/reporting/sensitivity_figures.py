"""Pictures of a sensitivity study: a tornado, and the indices with their intervals."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.setting_words import LONGEST, setting_name
from simulator.reporting.style import FAINT, INK, MARGIN, SMALL, TEXT, colour, panel, sheet, styled, widest
from simulator.reporting.words import Words

MOST = 15
"""Settings that a picture shows, the strongest first."""

ROW, HALF = 0.5, 0.19
"""Inches from one setting to the next, and how far its two bars lie from its middle."""

UNDER, WIDTH = 0.5, 9.5
"""Inches under the axes, and of the whole picture."""

CENTRES = ("mean change", "alone", "in all")
"""Measures that are drawn."""


def strongest(tornado: pd.DataFrame) -> list[str]:
    """Return the settings of a tornado, the one that moves the outcome farthest first."""
    size = tornado["difference"].abs().groupby(tornado["setting"]).max()
    return list(size.sort_values(ascending=False, kind="stable").index)


@styled()
def tornado_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str) -> Figure:
    """Draw what each setting does alone, from its value in the scenario to either end of its range.

    Parameters
    ----------
    table : DataFrame
        Columns `setting, at, difference, low, high, unit`, two rows a setting, of one outcome; shares in per
        cent, and the unit in words.
    words : Words
        The language.
    title, subtitle : str
        What is asked, and how to read it.
    """
    chosen = strongest(table)[:MOST]
    figure, axes = _axes([_name(path, words) for path in chosen], words, title, subtitle)
    for row, path in enumerate(chosen):
        ends = table[table["setting"] == path]
        for number, end in enumerate(ends.itertuples()):
            _bar(axes, row, number, end, words)
    axes.axvline(0.0, color=INK, linewidth=1.0)
    axes.margins(x=0.14)
    axes.set_xlabel(words("sensitivity.difference", unit=table["unit"].iloc[0]), loc="left")
    return figure


def _bar(axes: Axes, row: int, number: int, end: Any, words: Words) -> None:  # noqa: ANN401  (columns are its attributes)
    """Draw the bar of one end of a setting's range, with its interval, and write the value beside it."""
    difference, low, high, at = (getattr(end, name) for name in ("difference", "low", "high", "at"))
    line = row - HALF + 2 * HALF * number  # one below the other: both ends may move it the same way
    axes.barh(line, difference, height=2 * HALF - 0.04, color=colour(number), gid="end")
    if not math.isnan(low):  # no interval with a single replication
        axes.plot([low, high], [line, line], color=INK, linewidth=1.2, gid="interval")
    if difference:
        side = "left" if difference > 0 else "right"
        shift = (4, 0) if difference > 0 else (-4, 0)
        known = [bound for bound in (difference, low, high) if not math.isnan(bound)]
        farthest = max(known) if difference > 0 else min(known)
        axes.annotate(
            words.plain_number(float(f"{at:.3g}")), (farthest, line), shift, textcoords="offset points",
            ha=side, va="center", size=SMALL,
        )  # fmt: skip


@styled()
def indices_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str, by_luck: float) -> Figure:
    """Draw the indices of the settings with their intervals, the strongest setting first.

    Parameters
    ----------
    table : DataFrame
        Columns `setting, measure, value, low, high, unit` of one outcome, in the order of the ranking; shares
        in per cent, and the unit in words.
    words : Words
        The language.
    title, subtitle : str
        What is asked, and how to read it.
    by_luck : float
        How large the index of a setting that does nothing would be; NaN if that is not known.
    """
    chosen = list(dict.fromkeys(table["setting"]))[:MOST]
    figure, axes = _axes([_name(path, words) for path in chosen], words, title, subtitle)
    measures = [one for one in CENTRES if one in set(table["measure"])]
    for number, measure in enumerate(measures):
        part = table[table["measure"] == measure].set_index("setting").loc[chosen]
        rows = [row + 0.16 * (2 * number - len(measures) + 1) for row in range(len(chosen))]
        axes.hlines(rows, part["low"], part["high"], color=colour(number), linewidth=1.6)
        label = words.label("measure", measure)
        axes.plot(part["value"], rows, "o", color=colour(number), markersize=5, label=label, gid=measure)
    axes.axvline(0.0, color=INK, linewidth=1.0)
    if not math.isnan(by_luck):
        axes.axvline(by_luck, color=INK, linewidth=1.0, linestyle="--", label=words("sensitivity.floor"))
    unit = table["unit"].iloc[0]
    named = words.label("measure", measures[-1])
    axes.set_xlabel(f"{named[:1].upper()}{named[1:]} ({unit})" if len(measures) == 1 else unit, loc="left")
    axes.legend(loc="lower right", frameon=False, fontsize=SMALL)
    return figure


def _axes(names: list[str], words: Words, title: str, subtitle: str) -> tuple[Figure, Axes]:
    plot = ROW * max(len(names), 1)
    figure = sheet(WIDTH, MARGIN + UNDER + plot + 0.1, title, subtitle)
    left = MARGIN + widest([line for name in names for line in name.split("\n")], size=TEXT) + 0.15
    axes = panel(figure, left, MARGIN + UNDER, WIDTH - left - MARGIN, plot)
    axes.set_yticks(range(len(names)), names, size=SMALL)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
    axes.grid(visible=True, axis="x", color=FAINT)
    axes.grid(visible=False, axis="y")
    return figure, axes


def _name(path: str, words: Words) -> str:
    """Return what a setting is called where that is short, and below it how it is typed."""
    named = setting_name(path, words)
    return f"{named[:1].upper()}{named[1:]}\n{path}" if len(named) <= LONGEST else path
