"""The report of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.experiments.run import FIGURES, REPORT
from simulator.files import write_bytes
from simulator.outcomes.measures import Tables
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import summarise_outcomes
from simulator.reporting.capacity_sections import caseworker_wait, draw_lorenz, draw_waits, draw_workload
from simulator.reporting.console import possible_interval, within_run
from simulator.reporting.money_sections import costs_section
from simulator.reporting.page import Page, Picture, Prose, Section, render
from simulator.reporting.run_figures import Drawing, draw_run
from simulator.reporting.sections import (
    default_settings,
    limits_section,
    methods_section,
    outcomes_section,
    provenance_section,
    settings_section,
)
from simulator.reporting.style import save
from simulator.reporting.sure_section import sure_section
from simulator.reporting.who_sections import draw_creaming, draw_who, with_gaps
from simulator.reporting.words import Words, has_intervals, words_in
from simulator.vocabulary import WEEKS_PER_YEAR

TABLES = ("spells.parquet", "weekly.parquet", "programmes.parquet", "summary.csv", "tables/")

PICTURED = {
    "how_long": ("survival",),
    "doors": ("exits_by_door", "exits_by_door_and_age"),
    "groups": tuple(
        f"survival_by_{column}" for column in ("age_group", "sex", "foreign_born", "education", "hindrance")
    ),
    "who": ("who", "creaming"),
    "weeks": ("weeks", "workload"),
    "waits": ("waits",),
    "casework": ("caseworker_week", "caseworker_time_shared"),
    "programmes": ("programmes",),
}
"""Sections of pictures, in the order of reading."""


def write_report(outcome: Outcome, folder: Path, tables: Tables | None = None) -> None:
    """Write the pictures of a run into its folder's `figures`, and its report beside them.

    Parameters
    ----------
    outcome : Outcome
        The run.
    folder : Path
        Where to write.
    tables : callable, optional
        Gives the tables that are written beside the summary, if somebody has reckoned them already.
    """
    settings = outcome.manifest["settings"]
    words = words_in(settings["output"]["language"])
    known = tables or outcome.written_tables().__getitem__
    pictures = {}
    workload = draw_workload(outcome.weekly, words)
    for drawing in chain(draw_run(outcome, words), [workload], draw_tables(outcome, known, words)):
        save(drawing.figure, folder / FIGURES / f"{drawing.name}.png")
        pictures[drawing.name] = drawing.picture()
    summary = summarise_outcomes(known("outcomes"))
    about = settings["about"]
    sections = run_sections(outcome, summary, known, pictures, words)
    told = answer(within_run(summary, settings["weeks"]), words)
    page = Page(about["title"], about["question"], "", told, sections)
    write_bytes(folder / REPORT, render(page, words))


def draw_tables(outcome: Outcome, tables: Tables, words: Words) -> Iterator[Drawing]:
    """Yield the pictures of the tables that are written beside the summary; the first waits for them."""
    count = outcome.weekly["replication"].nunique()
    if outcome.spells["entry_week"].ge(0).any():
        yield draw_waits(
            tables("waits"), outcome.weeks, count, words, caseworker_wait(tables("capacity"), words)
        )
        yield draw_lorenz(tables("lorenz"), tables("gini"), count, words)
        yield from draw_who(tables("who"), tables("gaps"), count, words)
        yield from draw_creaming(tables("creaming"), count, words)


def run_sections(
    outcome: Outcome, summary: pd.DataFrame, tables: Tables, pictures: Mapping[str, Picture], words: Words
) -> list[Section]:
    """Return the sections of a run's report, in the order of reading."""
    settings = outcome.manifest["settings"]
    default = default_settings()
    pictured = {name: picture_section(name, shown, pictures, words) for name, shown in PICTURED.items()}
    if pictured["how_long"].blocks:
        both = Prose(words("report.two_intervals", outcomes=words("report.outcomes")))
        pictured["how_long"] = replace(pictured["how_long"], blocks=[*pictured["how_long"].blocks, both])
    if "who" in pictures:
        pictured["who"] = with_gaps(pictured["who"], tables("gaps"), words)
    return [
        *pictured.values(),
        costs_section(tables("costs"), tables("budget"), settings, words),
        sure_section(summary, tables("outcomes"), words),
        outcomes_section(within_run(summary, settings["weeks"]), words),
        methods_section(settings, words),
        settings_section([words("report.here")], default, [settings], words),
        provenance_section(outcome.manifest, TABLES, words),
        limits_section(words),
    ]


def picture_section(
    name: str, shown: Sequence[str], pictures: Mapping[str, Picture], words: Words
) -> Section:
    """Return a section of pictures, of those that there are."""
    return Section(
        name.replace("_", "-"), words(f"report.{name}"), [pictures[one] for one in shown if one in pictures]
    )


def answer(summary: pd.DataFrame, words: Words) -> list[str]:
    """Return what a run answers: how long half of them stay, how many are off in a year, by which door."""
    rows = {str(row.outcome): row for row in summary.itertuples()}
    said = list(_answers(rows, words)) or [words("report.answer_nobody")]
    return said if has_intervals(summary) else [*said, words("report.no_interval")]


def _answers(rows: Mapping[str, Any], words: Words) -> Iterator[str]:
    median = rows.get("median time on benefit")
    if median is not None and pd.isna(median.value):
        yield _no_median(int(median.replications), max(int(row.replications) for row in rows.values()), words)
    elif median is not None:
        numbers = (words.number(value) for value in (median.value, *possible_interval(median)))
        yield words("report.answer_median", value=words.interval(*numbers))
    off = rows.get(f"off benefit within {WEEKS_PER_YEAR} weeks")
    if off is not None:
        yield words("report.answer_year", weeks=WEEKS_PER_YEAR, value=_percents(off, words))
    doors = [(name, row) for name, row in rows.items() if name.startswith("left by ")]
    if doors:
        name, row = max(doors, key=lambda pair: pair[1].value)
        door, _, weeks = name.removeprefix("left by ").removesuffix(" weeks").partition(" within ")
        value = _percents(row, words)
        yield words("report.answer_door", door=words.label("door", door), weeks=weeks, value=value)


def _no_median(reached: int, replications: int, words: Words) -> str:
    """Return why there is no median: none of the replications has one, or not all of them."""
    if not reached:
        return words("report.answer_no_median")
    return words("report.answer_some_median", missing=replications - reached, replications=replications)


def _percents(row: Any, words: Words) -> str:  # noqa: ANN401  (columns are its attributes)
    return words.percents(row.value, *possible_interval(row))
