"""The pictures of one run, each with what it shows in sentences and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.intervals import half_width
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import cumulative_incidence, kaplan_meier
from simulator.reporting.figures import (
    NOT_USED,
    WEEK_PANELS,
    Panels,
    caseworker_week_figure,
    incidence_figure,
    interval_text,
    survival_figure,
    week_figure,
)
from simulator.reporting.page import Picture, Table
from simulator.reporting.programme_figures import mean_places, programmes_figure
from simulator.reporting.share_figures import stacked_figure
from simulator.reporting.style import save
from simulator.reporting.svg import inline
from simulator.reporting.words import Words, in_order
from simulator.vocabulary import WEEKS_PER_YEAR, Door, Task

GROUPS = ("age_group", "sex", "foreign_born", "education", "hindrance")
"""Columns by which every run's survival is drawn."""

MOMENTS = (WEEKS_PER_YEAR // 2, WEEKS_PER_YEAR, 2 * WEEKS_PER_YEAR)
"""Weeks since a spell began at which curves are also told in numbers."""

FEW_SPELLS = 20
"""Spells at risk below which a curve is not told in numbers (assumed: each is more than 5 % of them)."""

MINUTES_PER_HOUR = 60.0
QUARTER = WEEKS_PER_YEAR // 4


@dataclass(frozen=True)
class Drawing:
    """A figure, its words, and the numbers behind it; see `simulator.reporting.page.Picture`."""

    name: str
    figure: Figure
    title: str
    note: str
    points: Sequence[str]
    table: Table | None = None

    def picture(self) -> Picture:
        """Return it as it stands in a report."""
        svg = inline(self.figure, self.name)
        return Picture(self.name, self.title, self.note, svg, self.points, self.table)


def save_all(drawings: Sequence[Drawing], folder: Path) -> None:
    """Write every figure into a folder as a PNG file."""
    for drawing in drawings:
        save(drawing.figure, folder / f"{drawing.name}.png")


def draw_run(outcome: Outcome, words: Words) -> Iterator[Drawing]:
    """Yield every picture of a run that is drawn of its spells, weeks and programmes."""
    columns = [*GROUPS, "weeks", "exited", "door", "entry_week"]
    flow = flow_spells(outcome.spells[columns])
    if len(flow):
        note = spells_note(outcome, len(flow), words)
        curve = kaplan_meier(flow["weeks"], flow["exited"])
        yield draw_survival("survival", curve, words, words("figures.survival"), note)
        yield from _by_group(flow, words, note)
        yield from _by_door(flow, words, note)
    yield draw_weeks(outcome.weekly, words)
    if len(outcome.programmes):
        yield draw_programmes(outcome.programmes, words)
    yield draw_hours(outcome.weekly, words)


def _by_group(flow: pd.DataFrame, words: Words, note: str) -> Iterator[Drawing]:
    for column in GROUPS:
        groups = words.labelled(flow[column], column)
        curve = kaplan_meier(flow["weeks"], flow["exited"], groups=groups)
        title = words("figures.survival_by", by=words(f"by.{column}"))
        yield draw_survival(f"survival_by_{column}", curve, words, title, note)


def _by_door(flow: pd.DataFrame, words: Words, note: str) -> Iterator[Drawing]:
    table = cumulative_incidence(flow["weeks"], flow["door"])
    title, points = words("figures.stacked"), incidence_points(table, words)
    figure, numbers = stacked_figure(table, words, title), incidence_table(table, words, title)
    yield Drawing("exits_by_door", figure, title, "", points, numbers)
    groups = words.labelled(flow["age_group"], "age_group")
    table = cumulative_incidence(flow["weeks"], flow["door"], groups=groups)
    title = words("figures.incidence_by", by=words("by.age_group"))
    name, figure = "exits_by_door_and_age", incidence_figure(table, words, title, note)
    points = incidence_points(table[table["door"] == Door.WORK.label], words)
    yield Drawing(name, figure, title, note, points, incidence_table(table, words, title))


def spells_note(outcome: Outcome, spells: int, words: Words) -> str:
    """Return of how many spells and replications a curve is."""
    replications = outcome.weekly["replication"].nunique()
    return words("figures.spells_note", spells=words.number(spells, 0), replications=replications)


def draw_survival(name: str, curve: pd.DataFrame, words: Words, title: str, note: str) -> Drawing:
    """Return the drawing of a Kaplan-Meier table, whose groups are in words already."""
    rows, points = [], []
    single = curve["group"].nunique() == 1
    for group, own in curve.groupby("group", sort=False, observed=True):
        weeks = moments(own)
        told = max([week for week in weeks if week <= WEEKS_PER_YEAR], default=weeks[0])
        for week in weeks:
            row = own[own["week"] <= week].iloc[-1]
            value = words.percents(row["survival"], row["low"], row["high"])
            who = words("all") if single else str(group)
            at_risk = int((own["at_risk"][own["week"] >= week]).max())
            rows.append((who, str(week), words.percent(row["survival"]), value, words.number(at_risk, 0)))
            if single or week == told:
                points.append(_survival_point("" if single else who, week, value, words))
    heads = [words(f"report.{head}") for head in ("group", "week", "still_on", "interval_spells", "at_risk")]
    cells = [(who, week, value, bracket(text), risk) for who, week, value, text, risk in rows]
    table = Table(f"{words('report.numbers')}: {title}", heads, cells, (), folded=True)
    return Drawing(name, survival_figure(curve, words, title, note), title, note, points, table)


def _survival_point(group: str, week: int, value: str, words: Words) -> str:
    """Return the sentence that tells of a moment; of a group only one is told."""
    if not group:
        return words("figures.survival_point", weeks=week, value=value)
    return upper(words("figures.survival_point_of", group=group, weeks=week, value=value))


def bracket(text: str) -> str:
    """Return what stands in the brackets of a number with its interval."""
    return text.partition("(")[2].rstrip(")")


def moments(table: pd.DataFrame) -> list[int]:
    """Return the weeks at which a curve is told in numbers: of `MOMENTS` those with more than a few spells.

    Where there are few from the first one on, it is told where they last are more, or at its end.
    """
    enough = table[table["at_risk"] >= FEW_SPELLS]["week"] if "at_risk" in table else table["week"]
    last = int((enough if len(enough) else table["week"]).max())
    return [week for week in MOMENTS if week <= last] or [last]


def incidence_points(table: pd.DataFrame, words: Words) -> list[str]:
    """Return one sentence for each group and door: how many have left by it at the last moment."""
    week = moments(table)[-1] if len(table) else 0
    key = "figures.incidence_point_of" if table["group"].nunique() > 1 else "figures.incidence_point"
    return [
        words(key, group=group, weeks=week, value=value, door=door)
        for group, at, door, value in _incidence_rows(table, words)
        if at == week
    ]


def incidence_table(table: pd.DataFrame, words: Words, title: str) -> Table:
    """Return what has left by each door, with intervals, at the moments."""
    rows = [
        (door, group, str(week), value.partition(" (")[0], bracket(value))
        for group, week, door, value in _incidence_rows(table, words)
    ]
    heads = [words(f"report.{head}") for head in ("door", "group", "week", "left", "interval_spells")]
    return Table(f"{words('report.numbers')}: {title}", heads, rows, (1,), folded=True)


def _incidence_rows(table: pd.DataFrame, words: Words) -> Iterator[tuple[str, int, str, str]]:
    for group, part in table.groupby("group", sort=False, observed=True):
        for door in in_order(part["door"].unique(), Door.labels()):
            own = part[part["door"] == door]
            for week in moments(part):
                row = own[own["week"] <= week].iloc[-1]
                value = words.percents(row["incidence"], row["low"], row["high"])
                who = words("all") if str(group) == "all" else str(group)
                yield who, week, words.label("door", door), value


def draw_weeks(weekly: pd.DataFrame, words: Words) -> Drawing:
    """Return the drawing of the weekly panel."""
    count = weekly["replication"].nunique()
    note = words("figures.weeks_note", count=count) if count > 1 else words("figures.weeks_note_one")
    points = panel_points(weekly, WEEK_PANELS, words)
    title, numbers = words("figures.weeks"), panel_table(weekly, WEEK_PANELS, "figures.weeks", words)
    return Drawing("weeks", week_figure(weekly, words), title, note, points, numbers)


def panel_points(weekly: pd.DataFrame, panels: Panels, words: Words) -> list[str]:
    """Return one sentence for each line of small pictures: what it is in the first week and in the last."""
    means, points = weekly.groupby("week").mean(numeric_only=True), []
    for name, _, lines in panels:
        for column, line in lines.items():
            what = words(f"figures.{name}") + (f", {words(f'figures.{line}')}" if line else "")
            first, last = (words.number(means[column].iloc[end], 0) for end in (0, -1))
            points.append(words("figures.weeks_point", what=what, first=first, last=last))
    return points


def panel_table(weekly: pd.DataFrame, panels: Panels, title: str, words: Words) -> Table:
    """Return the lines of small pictures in numbers: their means over quarters of a year and replications."""
    first = weekly["week"] // QUARTER * QUARTER
    means = weekly.groupby(first).mean(numeric_only=True)
    lines = [
        (column, words(f"figures.{name}") + (f", {words(f'figures.{line}')}" if line else ""))
        for name, _, columns in panels
        for column, line in columns.items()
    ]
    last = int(weekly["week"].max())
    rows = [
        (
            words("to", low=week, high=min(week + QUARTER - 1, last)),
            *(words.number(float(means[column].to_numpy(float)[place]), 1) for column, _ in lines),
        )
        for place, week in enumerate(map(int, means.index))
    ]
    heads = [words("report.week"), *(name for _, name in lines)]
    return Table(f"{words('report.numbers')}: {words(title)}", heads, rows, (), folded=True)


def draw_programmes(programmes: pd.DataFrame, words: Words) -> Drawing:
    """Return the drawing of places used, empty and waited for."""
    weeks, count = (programmes[name].nunique() for name in ("week", "replication"))
    rows = [
        (
            words.programme(title),
            *(words.number(number, 1) for number in (used + empty, used, empty, queue)),
        )
        for used, empty, queue, title in mean_places(programmes).itertuples(index=False)
    ]
    heads = [words(f"report.{head}") for head in ("programme", "places", "used", "empty", "queued")]
    title = words("figures.programme_places")
    table = Table(f"{words('report.numbers')}: {title}", heads, rows, (), folded=True)
    note = words("figures.programmes_note", weeks=weeks, count=count)
    points = [
        f"{name}: {words('figures.places_of', used=used, all=places, queued=queued)}."
        for name, places, used, _, queued in rows
    ]
    return Drawing("programmes", programmes_figure(programmes, words), title, note, points[:3], table)


def draw_hours(weekly: pd.DataFrame, words: Words) -> Drawing:
    """Return the drawing of a caseworker's week."""
    hours = hours_of_a_week(weekly)
    weeks, count = (weekly[name].nunique() for name in ("week", "replication"))
    note = words.over("figures.hours_note", count, weeks=weeks, count=count)
    heads = [words(f"report.{head}") for head in ("task", "hours", "interval")]
    told = {task: interval_text(words, numbers) for task, numbers in hours.items()}
    ranked = sorted(told, key=lambda task: -hours[task][0])
    rows = [
        (words.label("task", task), told[task].partition(" (")[0], bracket(told[task])) for task in ranked
    ]
    title = words("figures.hours")
    table = Table(f"{words('report.numbers')}: {title}", heads, rows, (), folded=True)
    chosen = [*ranked[:2], *(task for task in (Task.MEETING.label,) if task not in ranked[:2])]
    points = [f"{upper(words.label('task', task))}: {told[task]} {words('units.hours')}." for task in chosen]
    return Drawing("caseworker_week", caseworker_week_figure(hours, words, note), title, note, points, table)


def upper(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def hours_of_a_week(weekly: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Return the hours of a caseworker's week by task, each with its 95 % interval over replications."""
    total = weekly.groupby("replication").sum()
    weeks = total["caseworkers"] * MINUTES_PER_HOUR
    paid = float((total["minutes_available"] / weeks).mean())
    hours = {task.label: total[f"minutes_{task.label}"] / weeks for task in Task}
    hours[NOT_USED] = (total["minutes_available"] - total["minutes_used"]).clip(lower=0.0) / weeks
    return {task: _with_interval(values, paid) for task, values in hours.items()}


def _with_interval(values: pd.Series, most: float) -> tuple[float, float, float]:
    """Return the mean of hours with its interval, which is within nought and the hours that are paid."""
    mean, half = float(values.mean()), half_width(values.to_numpy())
    return mean, mean - min(half, mean), mean + min(half, max(most - mean, 0.0))
