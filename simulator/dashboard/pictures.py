"""From digests to what stands on the page: the pictures and tables of the reports, as fragments of HTML."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from simulator.dashboard.caseworker import Cases
from simulator.dashboard.digest import (
    Digest,
    counts_of,
    differences,
    group_differences,
    spells_of,
    weekly_of,
)
from simulator.outcomes.summary import HORIZON_WEEKS, summarise_outcomes
from simulator.outcomes.survival import cumulative_incidence, kaplan_meier
from simulator.reporting.case_figures import case_rows, cases_figure
from simulator.reporting.comparison_report import answer, draw_differences, first_look
from simulator.reporting.console import within_run
from simulator.reporting.figures import incidence_figure
from simulator.reporting.page import Block, Picture, Prose, Table, fragment
from simulator.reporting.run_figures import (
    Drawing,
    draw_hours,
    draw_survival,
    draw_weeks,
    incidence_points,
    incidence_table,
)
from simulator.reporting.run_report import answer as answer_of_one
from simulator.reporting.sections import difference_cells, explanations, outcome_cells
from simulator.reporting.words import Words

DRAWING = threading.Lock()
"""Matplotlib's settings are those of the whole process, so one thread draws at a time."""

TOPICS = {
    "waits": (
        "wait",
        "weeks to the first caseworker",
        "without a caseworker",
        "with a plan",
        "weeks between talks",
    ),
    "sanctions": (
        "warnings",
        "reductions",
        "denials",
        "wrong sanctions",
        "emergency tests",
        "ended without work",
    ),
    "money": ("benefit, per", "caseworkers, per", "programme places, per", "all of it, per"),
}
"""How the names of the outcomes begin that a section of the page lists."""

TOPIC_ORDER = ("waits", "sanctions", "money")


SHORT = 8
"""Cases of a week that are listed without a list to scroll in."""

QUICK = 1
"""How hard a section is packed, from 0 to 9: an eighth of its size in some milliseconds."""


@dataclass(frozen=True)
class Section:
    """A part of the page that is ready: its HTML, and name and title of each picture in it.

    It holds no figure: one takes more than a megabyte, and can be drawn again (`draw_again`).
    """

    name: str
    packed: bytes
    pictures: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, name: str, blocks: Sequence[Block], words: Words) -> Section:
        """Return the section that consists of these blocks."""
        html = fragment(blocks, words)
        named = tuple((block.name, block.title) for block in blocks if isinstance(block, Picture))
        return cls(name, zlib.compress(html.encode(), QUICK), named)

    @property
    def html(self) -> str:
        """The section as it stands on the page."""
        return zlib.decompress(self.packed).decode()


@dataclass(frozen=True)
class Pair:
    """Replications of the baseline and of what is set now; the same objects if the two are alike."""

    baseline: Sequence[Digest]
    now: Sequence[Digest]
    alike: bool

    @property
    def size(self) -> int:
        """Number of replications."""
        return len(self.now)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every headline outcome of both, and the paired difference."""
        return within_run(differences(self.baseline, self.now), self.weeks)

    @property
    def weeks(self) -> int:
        """Weeks of a run."""
        return int(self.now[0].weekly["week"].max()) + 1

    def summary(self) -> pd.DataFrame:
        """Return every headline outcome of what is set now."""
        outcomes = summarise_outcomes(pd.concat([digest.outcomes for digest in self.now]))
        return within_run(outcomes, self.weeks)


def sections_of(pair: Pair, by: str, words: Words) -> Iterator[Section]:
    """Yield the sections of the page in the order in which they are drawn, the most asked for first."""
    for name in ("how_long", "answer", "doors", "differences", "groups", "casework", "numbers", "weeks"):
        yield section_of(name, pair, by, words)


def section_of(name: str, pair: Pair, by: str, words: Words) -> Section:
    """Return one section of the page."""
    if name == "answer":
        return _answer(pair, words)
    if name == "numbers":
        return _topics(pair, words)
    if name == "differences" and not _has_differences(pair):
        return Section.of(name, [Prose(words("dashboard.no_difference"))], words)
    return _drawn(name, DRAWN[name](pair, by, words), words)


def draw_again(section: str, picture: str, pair: Pair, by: str, words: Words) -> Drawing | None:
    """Return a picture of a section anew, or None if these runs have none of that name."""
    return next((drawing for drawing in DRAWN[section](pair, by, words) if drawing.name == picture), None)


def _drawn(name: str, drawings: Iterable[Drawing], words: Words) -> Section:
    return Section.of(name, [_picture(drawing) for drawing in drawings], words)


def _picture(drawing: Drawing) -> Picture:
    with DRAWING:
        return drawing.picture()


def _has_differences(pair: Pair) -> bool:
    return not pair.alike and pair.size > 1


def _names(words: Words) -> tuple[str, str]:
    return words("dashboard.baseline"), words("dashboard.now")


def _together(pair: Pair, words: Words) -> tuple[pd.DataFrame, pd.Series | None]:
    """Return the counted spells of both runs and whose each is, or of one run if they are alike."""
    if pair.alike:
        return spells_of(pair.now), None
    names = _names(words)
    runs = zip((pair.baseline, pair.now), names, strict=True)
    spells = pd.concat([spells_of(run).assign(run=name) for run, name in runs], ignore_index=True)
    return spells, pd.Series(pd.Categorical(spells["run"], categories=list(names), ordered=True))


def _note(spells: pd.DataFrame, pair: Pair, words: Words) -> str:
    key = "figures.spells_note" if pair.alike else "figures.paired_note"
    return words(key, spells=words.number(float(spells["number"].sum()), 0), replications=pair.size)


def _curves(pair: Pair, _by: str, words: Words) -> Iterator[Drawing]:
    spells, runs = _together(pair, words)
    curve = kaplan_meier(counts_of(spells, runs))
    note = _note(spells, pair, words)
    with DRAWING:
        drawing = draw_survival("survival", curve, words, words("figures.survival"), note)
    yield drawing


def _doors(pair: Pair, _by: str, words: Words) -> Iterator[Drawing]:
    spells, runs = _together(pair, words)
    table = cumulative_incidence(counts_of(spells, runs))
    title, note = words("figures.incidence"), _note(spells, pair, words)
    with DRAWING:
        figure = incidence_figure(table, words, title, note)
    points = incidence_points(table, words)
    yield Drawing("doors", figure, title, note, points, incidence_table(table, words, title))


def _differences(pair: Pair, _by: str, words: Words) -> Iterator[Drawing]:
    if _has_differences(pair):
        yield _forest("differences", first_look(pair.table), "forest", pair, words)


def _groups(pair: Pair, by: str, words: Words) -> Iterator[Drawing]:
    """Yield time to exit by a trait, and what the levers change for each of its groups."""
    spells = spells_of(pair.now, by)
    labels = words.labelled(spells["group"], by)
    title = words("figures.survival_by", by=words(f"by.{by}"))
    curve = kaplan_meier(counts_of(spells, labels))
    note = words(
        "figures.spells_note", spells=words.number(float(spells["number"].sum()), 0), replications=pair.size
    )
    with DRAWING:
        drawing = draw_survival("survival_by_group", curve, words, title, note)
    yield drawing
    if _has_differences(pair):
        table = group_differences(pair.baseline, pair.now, by, HORIZON_WEEKS)
        named = [words.label(by, name) for name in table["outcome"]]
        possible = table[["low", "high"]].clip(-HORIZON_WEEKS, HORIZON_WEEKS)
        rows = table.assign(outcome=named, **possible).dropna(subset=["difference"])
        yield _forest("differences_by_group", rows, "forest_groups", pair, words)


def _forest(name: str, rows: pd.DataFrame, title: str, pair: Pair, words: Words) -> Drawing:
    note = words.over("dashboard.forest_note", pair.size, replications=pair.size)
    with DRAWING:
        return draw_differences(name, rows, words, words(f"figures.{title}", weeks=HORIZON_WEEKS), note)


def _hours(pair: Pair, _by: str, words: Words) -> Iterator[Drawing]:
    runs = [pair.now] if pair.alike else [pair.now, pair.baseline]
    for name, run, told in zip(("now", "baseline"), runs, reversed(_names(words)), strict=False):
        with DRAWING:
            drawn = draw_hours(weekly_of(run), words)
        title = drawn.title if pair.alike else f"{drawn.title} ({told})"
        yield Drawing(f"{drawn.name}_{name}", drawn.figure, title, drawn.note, drawn.points, drawn.table)


def _weeks(pair: Pair, _by: str, words: Words) -> Iterator[Drawing]:
    with DRAWING:
        drawing = draw_weeks(weekly_of(pair.now), words)
    yield drawing


DRAWN: dict[str, Callable[[Pair, str, Words], Iterator[Drawing]]] = {
    "how_long": _curves,
    "doors": _doors,
    "differences": _differences,
    "groups": _groups,
    "casework": _hours,
    "weeks": _weeks,
}
"""What draws the pictures of each section that has any, of the runs and a trait."""


def _answer(pair: Pair, words: Words) -> Section:
    if pair.alike:
        told = answer_of_one(pair.summary(), words)
    elif pair.size == 1:
        told = [words("dashboard.too_early")]
    else:
        told = answer(pair.table, words)
    return Section.of("answer", [Prose(text) for text in told], words)


def _topics(pair: Pair, words: Words) -> Section:
    """Return waits, sanctions and cost as tables, and all outcomes in one that a reader opens."""
    table = pair.table
    chosen = [(topic, table[table["outcome"].str.startswith(TOPICS[topic])]) for topic in TOPIC_ORDER]
    blocks: list[Block] = [Prose(words("report.difference_note"))] if _has_differences(pair) else []
    for topic, rows in chosen:
        blocks.append(_table(pair, rows, words(f"dashboard.{topic}"), words))
        blocks += explanations(rows["outcome"], words)
    blocks.append(_table(pair, table, words("report.outcomes"), words, folded=True))
    return Section.of("numbers", blocks, words)


def _table(pair: Pair, rows: pd.DataFrame, caption: str, words: Words, folded: bool = False) -> Table:
    if pair.alike:
        summary = pair.summary()
        summary = summary[summary["outcome"].isin(rows["outcome"])]
        heads = [words(f"report.{head}") for head in ("outcome", "value", "interval", "unit")]
        return Table(
            caption, heads, [outcome_cells(row, words) for row in summary.itertuples()], (3,), folded
        )
    heads = [words("report.outcome"), *_names(words)]
    heads += [words(f"report.{head}") for head in ("difference", "interval", "unit")]
    return Table(caption, heads, [difference_cells(row, words) for row in rows.itertuples()], (5,), folded)


def cases_section(cases: Cases, seat: int, words: Words) -> Section:
    """Return the section that shows one caseworker's cases over the weeks."""
    return _drawn("cases", [draw_cases(cases, seat, words)], words)


def draw_cases(cases: Cases, seat: int, words: Words) -> Drawing:
    """Return the picture of one caseworker's cases over the weeks."""
    table, title = cases.table, words("figures.cases_title")
    note = words("figures.cases_note", number=min(seat, cases.seats - 1) + 1, seats=cases.seats)
    with DRAWING:
        figure = cases_figure(table, words, title, note)
    weekly = table.groupby("week")
    points = [
        words(
            "figures.cases_point",
            cases=words.number(float(weekly.size().mean()), 1),
            talks=words.number(float(weekly["talked"].sum().mean()), 1),
            people=words.number(float(table["case"].nunique()), 0),
        )
    ]
    return Drawing("cases", figure, title, note, points)


def week_table(cases: Cases, week: int, words: Words) -> str:
    """Return the cases of one week as a table in HTML, those longest on benefit first.

    A case is named by its row in the picture, counted from 1.
    """
    numbers = case_rows(cases.table) + 1
    rows = cases.table[cases.table["week"] == week]
    heads = ("case", "age", "hindrance", "weeks_on", "talks", "plan", "activity", "step")
    cells = [
        _cells(number, row, words)
        for number, row in zip(numbers[rows["case"]], rows.itertuples(), strict=True)
    ]
    caption = words("dashboard.week_caption", week=week, cases=len(rows), talks=int(rows["talked"].sum()))
    table = Table(caption, [words(f"dashboard.{head}") for head in heads], cells, (1, 2, 5, 6, 7))
    html, kinds = fragment([table], words), "wide rows cases"
    if len(rows) > SHORT:
        hint = f'<p class="more" aria-hidden="true">{words("dashboard.long_list", cases=len(rows))}</p>'
        html, kinds = html.replace("</table>", f"</table>{hint}", 1), f"{kinds} long"
    return html.replace('class="wide rows"', f'class="{kinds}"', 1)


def _cells(number: int, row: object, words: Words) -> tuple[str, ...]:
    case: dict[str, object] = row._asdict()  # type: ignore[attr-defined]
    activity = words.programme(str(case["programme"]))
    if not case["programme"] and case["queued"]:
        activity = words("dashboard.waits_for", programme=words.programme(str(case["queued"])))
    talks = str(case["talks"]) + (f" ({words('dashboard.this_week')})" if case["talked"] else "")
    return (
        f"{number}" + (f" ({words('dashboard.new')})" if case["new"] else ""),
        words.label("age_group", case["age_group"]),
        words.label("hindrance", case["hindrance"]),
        str(case["weeks"]),
        talks,
        words("report.is_so") if case["planned"] else words("report.is_not"),
        activity,
        words.label("sanction_step", case["step"]),
    )
