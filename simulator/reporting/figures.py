"""The figures of a run: how long people stay, by which door they leave, the weeks, a caseworker's week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.style import (
    BLUE,
    FAINT,
    GREY,
    INK,
    LINE_HEIGHT,
    MARGIN,
    POINTS_PER_INCH,
    SHADE,
    SMALL,
    TEXT,
    TIE,
    End,
    colour,
    darker,
    dash,
    in_years,
    label_ends,
    panel,
    sheet,
    size_inches,
    styled,
    widest,
    year_ticks,
)
from simulator.reporting.words import Words, in_order, plain
from simulator.vocabulary import Door, Task

NOT_USED = "not_used"

Panels = tuple[tuple[str, str, dict[str, str]], ...]
"""Words for title, unit and lines (column of the weekly panel: name beside it) of each small picture."""

WEEK_PANELS: Panels = (
    ("on_benefit", "persons", {"clients": ""}),
    ("coming", "persons_weekly", {"arrivals": "came", "exits": "went"}),
    ("programmes", "places_or_persons", {"places": "places", "places_used": "in_use"}),
    ("talks", "talks_weekly", {"meetings": ""}),
)
WORKLOAD_PANELS: Panels = (
    ("each_has", "clients", {"clients_each": ""}),
    ("caseworkers", "persons", {"caseworkers": ""}),
    ("without_caseworker", "persons", {"waiting": ""}),
    ("for_a_place", "persons", {"queued": ""}),
    ("paid_time", "percent_of_paid", {"percent_used": ""}),
    ("overdue", "minutes_each", {"overdue_each": ""}),
)

WIDE, WIDEST = 8.0, 11.0
"""Inches; the second for panels side by side."""

UNDER = 0.62
"""Inches under an axis that its numbers, the years and its name take."""

ABOVE = 0.55
"""Inches above a small picture that its title and unit take."""

ABOVE_ONE, UNDER_ONE = 0.36, 0.45
"""The same with a unit, or a row of numbers and a name, alone."""

ROW = SMALL * LINE_HEIGHT * 1.15 / POINTS_PER_INCH
"""Inches from one row of small text to the next."""

BAR = 0.34
"""Inches from one bar to the next."""

LAST_TICK = 0.45
"""Inches at the right of a small picture that the words under its last tick may take."""

NARROWEST = 5.2
"""Inches that a curve is drawn over at least, however long the names beside it."""

MOST_INK = 0.9
"""Opacity that all bands of one picture have together, at most."""


@styled()
def survival_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str = "") -> Figure:
    """Draw the share still on assistance by weeks since the spell began, with the numbers at risk below.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `group, week, at_risk, survival, low, high`, as `kaplan_meier` makes it.
    words : Words
        The language.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications, and what is shaded.
    """
    curves = dict(list(table.groupby("group", sort=False)))
    names = [plain(label) for label in curves]
    foot, plot = MARGIN + UNDER + ROW * (len(curves) + 1), 3.6
    left = MARGIN + widest([*names, words("figures.at_risk")], SMALL, "bold") + 0.3
    right = MARGIN + room_beside(names if len(names) > 1 else [])
    width = max(WIDE, left + NARROWEST + right)
    figure = sheet(width, foot + plot + ABOVE_ONE, title, subtitle)
    axes = panel(figure, left, foot, width - left - right, plot)
    drawn = zip(names, curves.values(), strict=True)
    ends = [
        draw_curve(axes, _percent(curve, "survival"), number, name)
        for number, (name, curve) in enumerate(drawn)
    ]
    finish(axes, (table["week"].max(), 100), "since_spell", "still", words)
    label_ends(axes, ends if len(ends) > 1 else [])
    _write_at_risk(axes, names, list(curves.values()), words)
    return figure


@styled()
def incidence_figure(table: pd.DataFrame, words: Words, title: str, subtitle: str = "") -> Figure:
    """Draw the share that has left by each door by weeks since the spell began, a panel for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `group, week, door, incidence, low, high`, as `cumulative_incidence` makes it.
    words : Words
        The language.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications, and what is shaded.
    """
    groups = dict(list(table.groupby("group", sort=False))) or {"all": table}
    doors = in_order(table["door"].unique(), Door.labels())
    names = [words.label("door", door) for door in doors]
    single = len(groups) == 1
    rows, columns = -(-len(groups) // 2), 1 if single else 2
    plot, above = (3.9, ABOVE_ONE) if single else (2.8, ABOVE)
    figure = sheet(WIDE if single else WIDEST, MARGIN + rows * (plot + UNDER + above), title, subtitle)
    grid = _grid(figure, rows, columns, plot, room_beside(names))
    last, top = _limits(table)
    for (group, part), axes in zip(groups.items(), grid, strict=False):
        ends = [
            draw_curve(axes, _percent(part[part["door"] == door], "incidence"), number_of(door, doors), name)
            for door, name in zip(doors, names, strict=True)
        ]
        finish(axes, (last, top), "since_spell", "left_by", words)
        axes.set_title("" if single else plain(group), pad=ABOVE * POINTS_PER_INCH / 2)
        label_ends(axes, ends)
    return figure


@styled()
def week_figure(weekly: pd.DataFrame, words: Words) -> Figure:
    """Draw clients, who comes and goes, programmes and talks over the weeks of a run.

    Parameters
    ----------
    weekly : pandas.DataFrame
        Columns `replication, week, clients, arrivals, exits, places, places_used, meetings`: a row for each
        replication and week. Lines are means over replications; the middle 95 % of them are shaded.
    words : Words
        The language.
    """
    return _panels_figure(weekly, WEEK_PANELS, words("figures.weeks"), words)


@styled()
def workload_figure(weekly: pd.DataFrame, words: Words) -> Figure:
    """Draw over the weeks of a run how many clients a caseworker has, who waits, and how full the time is.

    Parameters
    ----------
    weekly : pandas.DataFrame
        Columns `replication, week` and those of `WORKLOAD_PANELS`, as `workload_of` makes them.
    words : Words
        The language.
    """
    return _panels_figure(weekly, WORKLOAD_PANELS, words("figures.workload"), words)


def _panels_figure(weekly: pd.DataFrame, panels: Panels, title: str, words: Words) -> Figure:
    """Draw columns of the weekly panel in small pictures, two in a row."""
    count, plot, rows = weekly["replication"].nunique(), 1.9, -(-len(panels) // 2)
    subtitle = words("figures.weeks_note", count=count) if count > 1 else words("figures.weeks_note_one")
    figure = sheet(WIDEST, MARGIN + rows * (plot + UNDER + ABOVE), title, subtitle)
    named = [words(f"figures.{name}") for _, _, lines in panels for name in lines.values() if name]
    grid = _grid(figure, rows, 2, plot, max(room_beside(named), LAST_TICK))
    for (name, unit, lines), axes in zip(panels, grid, strict=True):
        tables = [_over_replications(weekly, column) for column in lines]
        labels = [words(f"figures.{line}") if line else "" for line in lines.values()]
        drawn = enumerate(zip(tables, labels, strict=True))
        ends = [draw_curve(axes, line, number, label, steps=False) for number, (line, label) in drawn]
        top = 1.08 * max(1.0, *(float(line["high"].max()) for line in tables))
        finish(axes, (weekly["week"].max() + 1, top), "since_run", unit, words)
        axes.set_title(words(f"figures.{name}"), pad=ABOVE * POINTS_PER_INCH / 2)
        label_ends(axes, [end for end in ends if end.label])
    return figure


@styled()
def caseworker_week_figure(
    hours: Mapping[str, tuple[float, float, float]], words: Words, subtitle: str = ""
) -> Figure:
    """Draw how many hours of a caseworker's week each task takes, the longest first and the rest last.

    Parameters
    ----------
    hours : mapping of str to (float, float, float)
        Hours a week and their interval by task, named as in the vocabulary, and `not_used`; a bound that is
        missing is not drawn.
    words : Words
        The language.
    subtitle : str
        Number of caseworkers, weeks and replications, and what the thin lines are.
    """
    tasks = sorted(hours, key=lambda task: (task == NOT_USED, -hours[task][0]))
    names = [words.label("task", task) for task in tasks]
    notes = [interval_text(words, hours[task]) for task in tasks]
    plot = BAR * max(len(tasks), 1)
    figure = sheet(WIDE, MARGIN + UNDER_ONE + plot + 0.1, words("figures.hours"), subtitle)
    left, right = (MARGIN + widest(texts, TEXT) + 0.15 for texts in (names, notes))
    axes = panel(figure, left, MARGIN + UNDER_ONE, WIDE - left - right, plot)
    for row, task in enumerate(tasks):
        _bar(axes, row, task, hours[task], notes[row])
    axes.set_yticks(range(len(tasks)), names, size=TEXT)
    axes.set_ylim(len(tasks) - 0.5, -0.5)
    axes.set_xlim(0, max(1.0, *(np.nanmax(values) for values in hours.values())))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.plain_number(value)))
    axes.set_xlabel(words("figures.hours_axis"), loc="left")
    axes.grid(visible=False)
    return figure


def draw_curve(axes: Axes, table: pd.DataFrame, number: int, name: str, steps: bool = True) -> End:
    """Draw one line with its band from columns week, value, low, high, and return where it ends."""
    week, value, low, high = (table[column].to_numpy(float) for column in ("week", "value", "low", "high"))
    ink = colour(number)
    axes.fill_between(week, low, high, step="post" if steps else None, color=ink, linewidth=0)
    style = "steps-post" if steps else "default"
    axes.plot(week, value, drawstyle=style, color=ink, linestyle=dash(number), label=name)
    return End(name, float(week[-1]), float(value[-1]), ink)


def _percent(table: pd.DataFrame, share: str) -> pd.DataFrame:
    """Return week and, in per cent, a share with its bounds."""
    values = table.rename(columns={share: "value"})[["value", "low", "high"]] * 100
    return values.assign(week=table["week"])


def finish(axes: Axes, ends: tuple[float, float], below: str, beside: str, words: Words) -> None:
    """Set limits, ticks and names of the axes; the vertical one is named at its head, to be read upright."""
    (width, height), (last, top) = size_inches(axes), ends
    bands = [band for band in axes.collections if band.get_gid() is None]
    for band in bands:
        band.set_alpha(min(SHADE, MOST_INK / len(bands)))
    axes.set_xlim(0, max(float(last), 1.0))
    axes.set_ylim(0, top)
    ticks = year_ticks(last, most=int(width / 0.6))
    axes.set_xticks(ticks, [f"{week:.0f}\n{in_years(week, words)}" for week in ticks])
    marks = MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]).tick_values(0.0, top)
    axes.set_yticks([mark for mark in marks if mark <= top])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 0)))
    axes.set_xlabel(words(f"figures.{below}"), loc="left")
    axes.set_ylabel(words(f"figures.{beside}"), rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / height)


def _grid(figure: Figure, rows: int, columns: int, plot: float, room: float) -> Iterator[Axes]:
    """Yield axes of a height, row by row, each with room in inches at its right for words."""
    cell = (figure.get_size_inches()[0] - 2 * MARGIN) / columns
    number_room = 0.45
    for row in reversed(range(rows)):
        for column in range(columns):
            left, bottom = MARGIN + column * cell + number_room, MARGIN + row * (plot + UNDER + ABOVE) + UNDER
            yield panel(figure, left, bottom, cell - number_room - room, plot)


def room_beside(names: Sequence[str]) -> float:
    """Return the inches that names beside the lines need."""
    return TIE + 0.1 + widest(names, TEXT)


def _limits(incidence: pd.DataFrame) -> tuple[float, float]:
    """Return the last week, and the tens of per cent above all curves and bands; some of each if empty."""
    if incidence.empty:
        return 1.0, 10.0
    return float(incidence["week"].max()), min(100.0, 10 * np.ceil(10 * incidence["high"].max() + 0.01))


def _write_at_risk(axes: Axes, names: Sequence[str], curves: Sequence[pd.DataFrame], words: Words) -> None:
    """Write under the axis how many spells of each group are at risk at each tick."""
    width, height = size_inches(axes)
    heads = [
        (words("figures.at_risk"), INK),
        *((name, darker(colour(number))) for number, name in enumerate(names)),
    ]
    for row, (head, ink) in enumerate(heads):
        y = -(UNDER + ROW * (row + 0.5)) / height
        font: Any = {"size": SMALL, "va": "center", "weight": "normal" if row else "bold"}
        axes.text(-0.3 / width, y, head, transform=axes.transAxes, ha="right", color=ink, **font)
        for week in axes.get_xticks() if row else []:
            number = _at_risk(curves[row - 1], float(week))
            axes.text(
                week, y, words.number(number, 0), transform=axes.get_xaxis_transform(), ha="center", **font
            )


def _at_risk(curve: pd.DataFrame, week: float) -> int:
    """Return how many are at risk in a week: as many as in the next one in which anything happened."""
    later = curve["at_risk"][curve["week"] >= week]
    return int(later.iloc[0]) if len(later) else 0


def _over_replications(weekly: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return week, mean (value) and the bounds of the middle 95 % of replications."""
    wide = weekly.pivot_table(index="week", columns="replication", values=column)
    low, high = wide.quantile(0.025, axis=1), wide.quantile(0.975, axis=1)
    return pd.DataFrame({"value": wide.mean(axis=1), "low": low, "high": high}).reset_index()


def _bar(axes: Axes, row: int, task: str, hours: tuple[float, float, float], note: str) -> None:
    value, low, high = hours
    ink = {Task.MEETING.label: BLUE, NOT_USED: FAINT}.get(task, GREY)
    axes.barh(row, value, height=0.68, color=ink)
    axes.plot([low, high], [row, row], color=INK, linewidth=1.1, gid="interval")
    end = np.nanmax(hours)
    axes.annotate(note, (end, row), xytext=(5, 0), textcoords="offset points", va="center", size=TEXT)


def interval_text(words: Words, numbers: tuple[float, float, float]) -> str:
    """Return a number with its interval, each with one decimal."""
    return words.interval(*(words.number(number, 1) for number in numbers))


def number_of(door: object, doors: Sequence[object]) -> int:
    """Return the number that gives a door its colour, the same in every figure if the vocabulary has it."""
    known = Door.labels()
    return known.index(str(door)) if door in known else list(doors).index(door)
