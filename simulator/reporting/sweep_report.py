"""The report of a sweep: what was varied and how, what came out at each point, and how surely it differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from simulator.experiments.comparison import is_about_the_same
from simulator.experiments.run import REPORT
from simulator.experiments.sweep_tables import SweepRun, Swept, manifest_of_sweep, varied_settings
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.provenance import settings_of
from simulator.reporting.comparison_report import draw_differences
from simulator.reporting.console import HEADLINE
from simulator.reporting.page import Facts, Page, Prose, Section, Table, render
from simulator.reporting.run_figures import Drawing
from simulator.reporting.sections import (
    default_settings,
    leaves,
    limits_section,
    provenance_section,
    settings_section,
)
from simulator.reporting.setting_words import point_text, setting_name, value_text
from simulator.reporting.style import save
from simulator.reporting.sweep_figures import headline, is_number, rows_of, sentence, sweep_figure, varied_in
from simulator.reporting.sweep_sections import failures_section, outcomes_section, sure_section
from simulator.reporting.words import Words, words_in

PICTURE = "sweep.png"
DRAWN = (HEADLINE, "off benefit within 52 weeks", "all of it, per year")
"""How the outcomes begin that are drawn, the first of which is also a file."""

TABLES = (
    "sweep.parquet", "sweep.csv", "differences.csv", "design.csv", "index.csv", "failures.csv", "point=…/"
)  # fmt: skip
MOST_DIFFERENCES = 24
"""Points whose differences a picture shows."""

FEW_VALUES = 8
"""Values that are listed one by one."""


def write_sweep(run: SweepRun, swept: Swept, command: str) -> None:
    """Write the picture of a sweep into its folder, and its report beside it.

    Parameters
    ----------
    run : SweepRun
        The sweep.
    swept : Swept
        What came out of it.
    command : str
        What makes it again.
    """
    words = words_in(run.common.output.language.label)
    pictures = list(_pictures(run, swept, words))
    save(pictures[0].figure, run.folder / PICTURE)
    about = run.common.about
    lead = words(
        "sweep.lead", levers="; ".join(setting_name(key, words) for key in run.keys),
        points=words.number(len(run.points), 0), replications=_replications(run, words),
    )  # fmt: skip
    sections = [
        design_section(run, words),
        Section("pictures", words("sweep.pictures"), [drawing.picture() for drawing in pictures]),
        outcomes_section(run, swept, words),
        sure_section(run, swept, words),
        failures_section(swept.failures, run.keys, words),
        _methods(run, words),
        alike_section([point.scenario for point in run.points], words),
        Section("again", words("sweep.again"), [Facts([(words("sweep.command"), command)])]),
        provenance_section(manifest_of_sweep(run, "", {}), TABLES, words),
        limits_section(words),
    ]
    page = Page(about.title, about.question, lead, list(answer(run, swept, words)), sections)
    write_bytes(run.folder / REPORT, render(page, words))


def _replications(run: SweepRun, words: Words) -> str:
    counts = sorted({point.scenario.replications for point in run.points})
    return words("to", low=counts[0], high=counts[-1]) if len(counts) > 1 else words.number(counts[0], 0)


def answer(run: SweepRun, swept: Swept, words: Words) -> Iterator[str]:
    """Yield where the main outcome is least and most, what differs from the baseline, and what is missing."""
    name = headline(swept.outcomes)
    rows = rows_of(swept.outcomes, name)
    yield from extremes(rows, run.keys, words)
    own = swept.differences[swept.differences["outcome"] == name]
    if len(own):
        less, more = int((own["high"] < 0.0).sum()), int((own["low"] > 0.0).sum())
        yield words(
            "sweep.against", outcome=words.outcome(name), less=less, more=more, rest=len(own) - less - more
        )
    if len(swept.failures):
        yield words("sweep.failed_some", failed=len(swept.failures), points=len(run.points))


def extremes(rows: pd.DataFrame, keys: Sequence[str], words: Words) -> Iterator[str]:
    """Yield at which point an outcome is least and at which it is most; `rows` as `rows_of` gives them."""
    if not len(rows):
        return
    for key, place in (("least", rows["value"].idxmin()), ("most", rows["value"].idxmax())):
        row = rows.loc[[place]].to_dict("records")[0]
        value = words.interval(*(words.number(float(row[name])) for name in ("value", "low", "high")))
        named = sentence(words.outcome(str(row["outcome"])))
        point = point_text(row, keys, words)
        yield words(
            f"sweep.{key}", outcome=named, value=value, unit=words.unit(str(row["unit"])), point=point
        )


def design_section(run: SweepRun, words: Words) -> Section:
    """Return what is varied, how the points lie, and which of them the others are held against."""
    table = varied_settings(run)
    return Section("design", words("sweep.design"), [
        Prose(words(f"sweep.design_{run.settings.design.label}", draw=run.settings.draw)),
        lever_table(table, run.keys, words),
        Prose(words("sweep.luck_common" if _is_same_people(run) else "sweep.luck_apart")),
        Prose(_baseline(run, table, words)),
    ])  # fmt: skip


def lever_table(table: pd.DataFrame, keys: Sequence[str], words: Words) -> Table:
    """Return the settings that are varied with their values; `table` has a column for each, a row a point."""
    heads = [words("report.setting"), words("report.meaning"), words("sweep.levels")]
    rows = [(key, setting_name(key, words), _levels(key, table[key], words)) for key in keys]
    return Table(words("sweep.lever_table"), heads, rows, (1, 2))


def _levels(key: str, values: pd.Series, words: Words) -> str:
    once = values.drop_duplicates()
    if len(once) <= FEW_VALUES or not is_number(values):
        return ", ".join(value_text(key, value, words) for value in once)
    ends = (words.plain_number(float(f"{end:.4g}")) for end in (once.min(), once.max()))
    return words("sweep.many_levels", count=len(once), low=next(ends), high=next(ends))


def _is_same_people(run: SweepRun) -> bool:
    first = run.points[0].scenario
    return all(is_about_the_same(first, point.scenario) for point in run.points)


def _baseline(run: SweepRun, table: pd.DataFrame, words: Words) -> str:
    if run.baseline is None:
        return words("sweep.baseline_none")
    point = point_text(table.loc[[run.baseline]].to_dict("records")[0], run.keys, words)
    return words("sweep.baseline_own" if run.is_base else "sweep.baseline_first", point=point)


def _pictures(run: SweepRun, swept: Swept, words: Words) -> Iterator[Drawing]:
    """Yield the pictures of the outcomes that are drawn, and of the differences in the main one."""
    table, main = swept.outcomes, headline(swept.outcomes)
    known = table["outcome"].drop_duplicates()
    names = dict.fromkeys([main, *(name for begins in DRAWN for name in known[known.str.startswith(begins)])])
    note = words("sweep.figure_note", replications=_replications(run, words))
    for number, name in enumerate(names):
        rows = rows_of(table, name)
        if not len(rows):
            continue
        figure = sweep_figure(table, run.keys, words, name, note)
        points = list(extremes(rows, varied_in(rows, run.keys), words))
        yield Drawing(f"sweep{number}", figure, sentence(words.outcome(name)), note, points)
    own = swept.differences[swept.differences["outcome"] == main].dropna(subset=["difference"])
    if 0 < len(own) <= MOST_DIFFERENCES:
        labels = [point_text(row, varied_in(own, run.keys), words) for row in own.to_dict("records")]
        title = words("sweep.differences", outcome=words.outcome(main))
        note = words("sweep.differences_note")
        yield draw_differences("differences", own.assign(outcome=labels), words, title, note)


def _methods(run: SweepRun, words: Words) -> Section:
    scenario = run.points[0].scenario
    told = words(
        "report.method_run", weeks=words.number(scenario.weeks, 0), replications=_replications(run, words),
        burn_in=words.number(scenario.population.burn_in_weeks, 0),
    )  # fmt: skip
    texts = [told, words("report.method_interval"), words("sweep.method_paired")]
    return Section("methods", words("report.methods"), [Prose(text) for text in texts])


def alike_section(scenarios: Sequence[Scenario], words: Words) -> Section:
    """Return the settings that differ from the default scenario's at all points alike."""
    default = default_settings()
    known = dict(leaves(default))
    first, *others = (dict(leaves(settings_of(scenario))) for scenario in scenarios)
    paths = {path for one in (known, first, *others) for path in one}
    differing = {path for path in paths if any(one.get(path) != first.get(path) for one in others)}
    common = {path: (known if path in differing else first).get(path) for path in paths}
    return settings_section([words("sweep.here")], default, [common], words)
