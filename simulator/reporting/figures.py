"""The figures of a run: how long people stay, by which door they leave, the weeks, a caseworker's week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    plain,
    save,
    sheet,
    size_inches,
    styled,
    widest,
    year_ticks,
)
from simulator.vocabulary import Door, Task

__all__ = ["caseworker_week_figure", "incidence_figure", "save", "survival_figure", "week_figure"]

DOOR_WORDS = {
    Door.WORK.label: "regular work",
    Door.SUBSIDISED_WORK.label: "subsidised work",
    Door.STUDY.label: "studies",
    Door.OTHER_BENEFIT.label: "other benefit",
    Door.MOVED.label: "moved away",
    Door.WITHDRAWAL.label: "gave up benefit",
    Door.OTHER.label: "other reasons",
}

NOT_USED = "not_used"
TASK_WORDS = {
    Task.OVERHEAD.label: "staff meetings, training, breaks",
    Task.DECISION.label: "benefit decisions",
    Task.EMERGENCY.label: "emergencies",
    Task.INQUIRY.label: "inquiries into absence",
    Task.COORDINATION.label: "coordination with other services",
    Task.ASSESSMENT.label: "assessments",
    Task.PLAN.label: "individual plans",
    Task.MEETING.label: "talks, with preparing and noting",
    NOT_USED: "not used",
}

WEEK_PANELS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Clients on benefit", "Persons", {"clients": ""}),
    ("Clients without a caseworker", "Persons", {"waiting": ""}),
    ("Programmes", "Places or persons", {"places": "places", "places_used": "in use", "queued": "queue"}),
    ("Talks with clients", "Talks a week", {"meetings": ""}),
)
"""Title, unit and lines (column of the weekly panel: name beside the line) of each small picture."""

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

AT_RISK = "Spells at risk"

NARROWEST = 5.2
"""Inches that a curve is drawn over at least, however long the names beside it."""

MOST_INK = 0.9
"""Opacity that all bands of one picture have together, at most."""


@styled()
def survival_figure(
    table: pd.DataFrame, title: str = "How many are still on assistance?", subtitle: str = ""
) -> Figure:
    """Draw the share still on assistance by weeks since the spell began, with the numbers at risk below.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `group, week, at_risk, survival, low, high`, as `kaplan_meier` makes it.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications, and what is shaded.
    """
    curves = dict(list(table.groupby("group", sort=False)))
    names = [plain(label) for label in curves]
    foot, plot = MARGIN + UNDER + ROW * (len(curves) + 1), 3.6
    left = MARGIN + widest([*names, AT_RISK], size=SMALL, weight="bold") + 0.3
    right = MARGIN + _room(names if len(names) > 1 else [])
    width = max(WIDE, left + NARROWEST + right)
    figure = sheet(width, foot + plot + ABOVE_ONE, title, subtitle)
    axes = panel(figure, left, foot, width - left - right, plot)
    drawn = zip(names, curves.values(), strict=True)
    ends = [
        _curve(axes, _percent(curve, "survival"), number, name) for number, (name, curve) in enumerate(drawn)
    ]
    _finish(axes, table["week"].max(), 100, "Weeks since the spell began", "Still on assistance (%)")
    label_ends(axes, ends if len(ends) > 1 else [])
    _write_at_risk(axes, names, list(curves.values()))
    return figure


@styled()
def incidence_figure(
    table: pd.DataFrame, title: str = "By which door do people leave assistance?", subtitle: str = ""
) -> Figure:
    """Draw the share that has left by each door by weeks since the spell began, a panel for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `group, week, door, incidence, low, high`, as `cumulative_incidence` makes it.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications, and what is shaded.
    """
    groups = dict(list(table.groupby("group", sort=False))) or {"all": table}
    doors = _in_order(table["door"].unique(), list(DOOR_WORDS))
    names = [_words(door, DOOR_WORDS) for door in doors]
    single = len(groups) == 1
    rows, columns = -(-len(groups) // 2), 1 if single else 2
    plot, above = (3.9, ABOVE_ONE) if single else (2.8, ABOVE)
    figure = sheet(WIDE if single else WIDEST, MARGIN + rows * (plot + UNDER + above), title, subtitle)
    grid = _grid(figure, rows, columns, plot, _room(names))
    last, top = _limits(table)
    for (group, part), axes in zip(groups.items(), grid, strict=False):
        ends = [
            _curve(axes, _percent(part[part["door"] == door], "incidence"), _number(door, doors), name)
            for door, name in zip(doors, names, strict=True)
        ]
        _finish(axes, last, top, "Weeks since the spell began", "Left by this door (%)")
        axes.set_title("" if single else plain(group), pad=ABOVE * POINTS_PER_INCH / 2)
        label_ends(axes, ends)
    return figure


@styled()
def week_figure(
    weekly: pd.DataFrame, title: str = "What happened week by week?", subtitle: str = ""
) -> Figure:
    """Draw clients, those without a caseworker, programmes and talks over the weeks of a run.

    Parameters
    ----------
    weekly : pandas.DataFrame
        Columns `replication, week, clients, waiting, places, places_used, queued, meetings`: a row for each
        replication and week. Lines are means over replications; the middle 95 % of them are shaded.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of replications and what is shaded; written here if empty.
    """
    count, plot = weekly["replication"].nunique(), 1.9
    shaded = "; line: mean, shaded: the middle 95 % of replications" if count > 1 else ""
    subtitle = subtitle or f"{count} replication{'s' if count > 1 else ''}{shaded}"
    figure = sheet(WIDEST, MARGIN + 2 * (plot + UNDER + ABOVE), title, subtitle)
    grid = _grid(figure, 2, 2, plot, _room(list(WEEK_PANELS[2][2].values())))
    for (name, unit, lines), axes in zip(WEEK_PANELS, grid, strict=True):
        tables = [_over_replications(weekly, column) for column in lines]
        drawn = enumerate(zip(tables, lines.values(), strict=True))
        ends = [_curve(axes, line, number, label, steps=False) for number, (line, label) in drawn]
        top = 1.08 * max(1.0, *(float(line["high"].max()) for line in tables))
        _finish(axes, weekly["week"].max() + 1, top, "Weeks since the run began", unit)
        axes.set_title(name, pad=ABOVE * POINTS_PER_INCH / 2)
        label_ends(axes, [end for end in ends if end.label])
    return figure


@styled()
def caseworker_week_figure(
    hours: Mapping[str, tuple[float, float, float]],
    title: str = "Where do the hours of a caseworker's week go?",
    subtitle: str = "",
) -> Figure:
    """Draw how many hours of a caseworker's week each task takes, the longest first and the rest last.

    Parameters
    ----------
    hours : mapping of str to (float, float, float)
        Hours a week and their interval by task, named as in the vocabulary, and `not_used`; a bound that is
        missing is not drawn.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of caseworkers, weeks and replications, and what the thin lines are.
    """
    tasks = sorted(hours, key=lambda task: (task == NOT_USED, -hours[task][0]))
    names = [_words(task, TASK_WORDS) for task in tasks]
    notes = [_with_interval(*hours[task]) for task in tasks]
    plot = BAR * max(len(tasks), 1)
    figure = sheet(WIDE, MARGIN + UNDER_ONE + plot + 0.1, title, subtitle)
    left, right = (MARGIN + widest(texts, size=TEXT) + 0.15 for texts in (names, notes))
    axes = panel(figure, left, MARGIN + UNDER_ONE, WIDE - left - right, plot)
    for row, task in enumerate(tasks):
        _bar(axes, row, task, hours[task], notes[row])
    axes.set_yticks(range(len(tasks)), names, size=TEXT)
    axes.set_ylim(len(tasks) - 0.5, -0.5)
    axes.set_xlim(0, max(1.0, *(np.nanmax(values) for values in hours.values())))
    axes.set_xlabel("Hours a week of one caseworker", loc="left")
    axes.grid(visible=False)
    return figure


def _curve(axes: Axes, table: pd.DataFrame, number: int, name: str, steps: bool = True) -> End:
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


def _finish(axes: Axes, last: float, top: float, below: str, beside: str) -> None:
    """Set limits, ticks and names of the axes; the vertical one is named at its head, to be read upright."""
    width, height = size_inches(axes)
    for band in axes.collections:
        band.set_alpha(min(SHADE, MOST_INK / len(axes.collections)))
    axes.set_xlim(0, max(float(last), 1.0))
    axes.set_ylim(0, top)
    ticks = year_ticks(last, most=int(width / 0.6))
    axes.set_xticks(ticks, [f"{week:.0f}\n{in_years(week)}" for week in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(below, loc="left")
    axes.set_ylabel(beside, rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(0, 1 + 0.06 / height)


def _grid(figure: Figure, rows: int, columns: int, plot: float, room: float) -> Iterator[Axes]:
    """Yield axes of a height, row by row, each with room in inches at its right for words."""
    cell = (figure.get_size_inches()[0] - 2 * MARGIN) / columns
    number_room = 0.45
    for row in reversed(range(rows)):
        for column in range(columns):
            left, bottom = MARGIN + column * cell + number_room, MARGIN + row * (plot + UNDER + ABOVE) + UNDER
            yield panel(figure, left, bottom, cell - number_room - room, plot)


def _room(names: Sequence[str]) -> float:
    """Return the inches that names beside the lines need."""
    return TIE + 0.1 + widest(names, size=TEXT)


def _limits(incidence: pd.DataFrame) -> tuple[float, float]:
    """Return the last week, and the tens of per cent above all curves and bands; some of each if empty."""
    if incidence.empty:
        return 1.0, 10.0
    return float(incidence["week"].max()), min(100.0, 10 * np.ceil(10 * incidence["high"].max() + 0.01))


def _write_at_risk(axes: Axes, names: Sequence[str], curves: Sequence[pd.DataFrame]) -> None:
    """Write under the axis how many spells of each group are at risk at each tick."""
    width, height = size_inches(axes)
    heads = [(AT_RISK, INK), *((name, darker(colour(number))) for number, name in enumerate(names))]
    for row, (head, ink) in enumerate(heads):
        y = -(UNDER + ROW * (row + 0.5)) / height
        font: Any = {"size": SMALL, "va": "center", "weight": "normal" if row else "bold"}
        axes.text(-0.3 / width, y, head, transform=axes.transAxes, ha="right", color=ink, **font)
        for week in axes.get_xticks() if row else []:
            number = _at_risk(curves[row - 1], float(week))
            axes.text(week, y, f"{number:,}", transform=axes.get_xaxis_transform(), ha="center", **font)


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


def _with_interval(value: float, low: float, high: float) -> str:
    return f"{value:.1f}" if np.isnan(low + high) else f"{value:.1f} ({low:.1f} – {high:.1f})"


def _in_order(found: Iterable[object], order: Sequence[str]) -> list[object]:
    """Return labels in the vocabulary's order, and after them those it does not know."""
    return sorted(found, key=lambda label: order.index(str(label)) if label in order else len(order))


def _number(door: object, doors: Sequence[object]) -> int:
    """Return the number that gives a door its colour, the same in every figure if the vocabulary has it."""
    known = list(DOOR_WORDS)
    return known.index(str(door)) if door in known else list(doors).index(door)


def _words(label: object, words: Mapping[str, str]) -> str:
    return words.get(str(label), plain(label))
