"""The report of a comparison: what the second scenario changes, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.experiments.comparison import Comparison
from simulator.experiments.run import FIGURES, REPORT
from simulator.files import write_bytes
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.survival import kaplan_meier
from simulator.reporting.comparison_figures import forest_figure, forest_rows
from simulator.reporting.console import possible_difference, within_run
from simulator.reporting.money_sections import draw_effect, worth_tables
from simulator.reporting.page import Page, Section, render
from simulator.reporting.pair_words import changes_blocks, question_of, titles_of
from simulator.reporting.run_figures import Drawing, draw_survival, save_all
from simulator.reporting.run_report import picture_section
from simulator.reporting.sections import (
    default_settings,
    differences_section,
    limits_section,
    methods_section,
    provenance_section,
    settings_section,
)
from simulator.reporting.words import Words, has_intervals, words_in

TABLES = ("comparison.csv", "baseline/", "alternative/")
PICTURED = {"differences": ("differences",), "how_long": ("survival",)}
"""Sections of pictures, in the order of reading."""

FIRST_LOOK = (
    "mean time on benefit",
    "off benefit within",
    "left by work",
    "ten months or more",
    "back within a year after work",
    "clients on benefit",
    "caseworkers",
    "weeks between talks",
    "length of a talk",
    "wait for the first activity",
    "reductions",
    "all of it, per year",
)
"""How the names of the outcomes begin whose differences are drawn; the table has all."""

WHOLE = ("caseworkers", "reductions", "clients on benefit")
"""Those of them that are whole names."""

MEAN_TIME, MONEY = "mean time on benefit within the first ", "all of it, per year"

LONGEST_TITLE = 28
"""Characters that fit beside a curve."""

Settings = Mapping[str, Any]


def write_comparison(folder: Path, effect: Comparison) -> None:
    """Write the pictures of a comparison into its folder's `figures`, and its report beside them.

    Parameters
    ----------
    folder : Path
        Folder of the comparison.
    effect : Comparison
        The two runs and their differences.
    """
    baseline, alternative, table = effect.baseline, effect.alternative, effect.table
    effectiveness = effect.cost_effectiveness()
    shown = within_run(table, baseline.manifest["settings"]["weeks"])
    settings: tuple[Settings, Settings] = (baseline.manifest["settings"], alternative.manifest["settings"])
    words = words_in(settings[0]["output"]["language"])
    titles = titles_of(*settings, words)
    drawings = [*draw_comparison(effect, titles, words), *draw_effect(effect, effectiveness, words)]
    save_all(drawings, folder / FIGURES)
    pictures = {drawing.name: drawing.picture() for drawing in drawings}
    drawn = [pictures[name] for name in ("plane", "acceptability") if name in pictures]
    sections: list[Section] = [
        *(picture_section(name, shown, pictures, words) for name, shown in PICTURED.items()),
        Section("worth", words("report.worth"), [*drawn, *worth_tables(effect, effectiveness, words)]),
        differences_section(shown, words),
        methods_section(settings[0], words, paired=True),
        settings_section(titles, default_settings(), settings, words, changes_blocks(*settings, words)),
        provenance_section(baseline.manifest, TABLES, words),
        limits_section(words),
    ]
    asked, own = question_of(*settings, words)
    lead = words("report.compared", first=titles[0], second=titles[1])
    page = Page(
        settings[0]["about"]["title"], asked, lead, answer(table, words), sections, is_own_question=own
    )
    write_bytes(folder / REPORT, render(page, words))


def draw_comparison(effect: Comparison, titles: Sequence[str], words: Words) -> Iterator[Drawing]:
    """Yield the pictures of differences and of both curves."""
    baseline, alternative, table = effect.baseline, effect.alternative, effect.table
    count = baseline.weekly["replication"].nunique()
    rows = first_look(table)
    if len(rows):
        note = words.over("figures.forest_note", count, replications=count)
        yield draw_differences("differences", rows, words, words("figures.forest"), note)
    flows = [flow_spells(run.spells[["entry_week", "weeks", "exited"]]) for run in (baseline, alternative)]
    names = curve_names(titles, words)
    spells = pd.concat([flow.assign(scenario=name) for name, flow in zip(names, flows, strict=True)])
    if len(spells):
        order = pd.Categorical(spells["scenario"], categories=names, ordered=True)
        curves = kaplan_meier(spells["weeks"], spells["exited"], groups=order)
        note = words("figures.paired_note", replications=count)
        yield draw_survival("survival", curves, words, words("figures.survival"), note)


def draw_differences(name: str, rows: pd.DataFrame, words: Words, title: str, note: str) -> Drawing:
    """Return the drawing of differences with their intervals, as `paired_differences` gives them."""
    points = [
        words("figures.forest_point", outcome=f"{named[:1].upper()}{named[1:]}", value=told, unit=unit)
        for named, _, told, unit in forest_rows(rows, words)
    ]
    return Drawing(name, forest_figure(rows, words, title, note), title, note, points)


def curve_names(titles: Sequence[str], words: Words) -> list[str]:
    """Return what stands beside the curves: the titles if they are short, or first and second."""
    if max(map(len, titles)) <= LONGEST_TITLE:
        return list(titles)
    return [words("report.first"), words("report.second")]


def first_look(table: pd.DataFrame) -> pd.DataFrame:
    """Return the differences that are drawn; the table has all."""
    return table[[_is_drawn(str(name)) for name in table["outcome"]]].dropna(subset=["difference"])


def _is_drawn(name: str) -> bool:
    return name in WHOLE or name.startswith(tuple(one for one in FIRST_LOOK if one not in WHOLE))


def answer(table: pd.DataFrame, words: Words) -> list[str]:
    """Return what a comparison answers: whether time on benefit and cost rise or fall, and how much."""
    said = list(_answers(table, words)) or [words("report.answer_nobody")]
    return said if has_intervals(table) else [*said, words("report.no_interval")]


def _answers(table: pd.DataFrame, words: Words) -> Iterator[str]:
    for row in table.itertuples():
        name = str(row.outcome)
        if name.startswith(MEAN_TIME):
            weeks = name.removeprefix(MEAN_TIME).removesuffix(" weeks")
            yield _direction(
                row, ("answer_shorter", "answer_longer", "answer_unclear", "answer_same"), words, weeks
            )
        elif name == MONEY:
            yield _direction(
                row, ("answer_cheaper", "answer_dearer", "answer_cost_unclear", "answer_cost_same"), words
            )


def _direction(row: Any, keys: tuple[str, str, str, str], words: Words, weeks: str = "") -> str:  # noqa: ANN401
    """Return the sentence for less, more, not known or the same; columns are attributes of `row`."""
    less, more, unclear, same = (f"report.{key}" for key in keys)
    numbers = (float(row.difference), *possible_difference(row))
    if not any(numbers):
        return words(same, weeks=weeks)
    if row.low > 0.0 or row.high < 0.0:
        key, sizes = (more, numbers) if row.low > 0.0 else (less, tuple(-number for number in numbers))
        return words(
            key, weeks=weeks, value=words.interval(*(words.number(n) for n in (sizes[0], *sorted(sizes[1:]))))
        )
    return words(unclear, weeks=weeks, value=words.interval(*(words.signed(number) for number in numbers)))
