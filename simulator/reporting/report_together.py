"""Studies at several points for a person: one folder with all of them, one table, a page, and what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.levers import WORDS
from simulator.composing.session import key_of
from simulator.composing.tabled import Points
from simulator.errors import SimulatorError
from simulator.experiments.run import REPORT
from simulator.experiments.sweep_tables import DESIGN, FAILURES, POINT, TABLE, varied_columns
from simulator.experiments.together import ESTIMATES, RunAll, Together, carry_out_together
from simulator.files import write_bytes
from simulator.provenance import manifest_of
from simulator.reporting import commands
from simulator.reporting.page import Block, Facts, Page, Prose, Section, Table, render
from simulator.reporting.sections import limits_section, provenance_section
from simulator.reporting.setting_words import setting_name, value_text
from simulator.reporting.sweep_report import alike_section, lever_table
from simulator.reporting.sweep_sections import failures_section
from simulator.reporting.words import Words, plain, words_in

MOST_ROWS = 400
"""Estimates that the page shows; the table has all."""

ENDS = ("low", "high")
CENTRES = ("effect", "difference", "value")
"""What an interval can be of."""

LEFT_OUT = {"se_luck", "se_settings", "spread", "estimates", "variance_cut"}
"""Columns about the estimator, which the tables on disk keep."""


def report_together(points: Points, run_all: RunAll) -> Path:
    """Carry out a study at several points, say which failed, and return the folder.

    Parameters
    ----------
    points : Points
        The points, all of one kind of study.
    run_all : callable
        Carries out the study at every point.

    Raises
    ------
    SimulatorError
        If points failed; all others are there.
    """
    run = Together(points)
    failures = carry_out_together(run, run_all, partial(write_together, command=command_of(run)))
    done = len(points.table) - len(failures)
    agreed, every = words_in("en").agreed, f"of {len(points.table)} points"
    print(f"{agreed(f'{done} {every}')}; all estimates: {run.folder / TABLE}.csv", flush=True)
    if len(failures):
        raise SimulatorError(f"{agreed(f'{len(failures)} {every}')} failed; {run.folder} has the others.")
    return run.folder


def command_of(run: Together) -> str:
    """Return the command that asks for these studies."""
    points, first = run.points, run.points.scenarios[0]
    kept = [one for one in points.common if key_of(one).partition(".")[0] == "study"]
    named = [] if "scenario" in points.table[0] else [f"scenario={first.scenario}"]
    asked = [*WORDS.findall(points.vary), *named, *kept]
    return commands.command_of(asked, first, points.common, points.folders, "-m")


def write_together(run: Together, table: pd.DataFrame, failures: pd.DataFrame, command: str) -> None:
    """Write the page of several studies into their folder.

    Parameters
    ----------
    run : Together
        The studies.
    table, failures : DataFrame
        Their estimates, and the points that failed.
    command : str
        What makes them again.
    """
    first, keys = run.points.scenarios[0], list(run.points.table[0])
    words = words_in(first.output.language.label)
    levers = "; ".join(setting_name(key, words) for key in keys)
    counts = {"points": words.number(len(run.points.table), 0), "replications": first.replications}
    tables = (f"{TABLE}.parquet", f"{TABLE}.csv", DESIGN, FAILURES, f"{POINT}=…/")
    manifest = manifest_of(first, source_hash(), "", {})
    sections = [
        Section(
            "design", words("sweep.design"), [lever_table(varied_columns(run.points.table), keys, words)]
        ),
        Section("outcomes", words("sweep.outcomes"), list(_estimates(run, table, keys, words))),
        failures_section(failures, keys, words),
        alike_section(run.points.scenarios, words),
        Section("again", words("sweep.again"), [Facts([(words("sweep.command"), command)])]),
        provenance_section(manifest, tables, words),
        limits_section(words),
    ]
    lead = words("sweep.lead", levers=levers, **counts)
    said = words("sweep.together", kind=plain(run.kind), count=words.number(len(table), 0))
    write_bytes(
        run.folder / REPORT,
        render(Page(first.about.title, first.about.question, lead, [said], sections), words),
    )


def _estimates(run: Together, table: pd.DataFrame, keys: Sequence[str], words: Words) -> Iterator[Block]:
    """Yield the estimates of all points as one table, as many as a reader can take in."""
    yield Prose(words("sweep.together_note", file=ESTIMATES[run.kind]))
    if len(table) > MOST_ROWS:
        yield Prose(words("sweep.together_first", count=MOST_ROWS, all=words.number(len(table), 0)))
    columns = list(_columns(table, keys))
    heads = [words("sweep.point"), *(setting_name(key, words) for key in keys)]
    heads += [words.texts.get(f"report.{name}", plain(name)) for name in columns]
    rows = [_row(row, keys, columns, words) for row in table.head(MOST_ROWS).to_dict("records")]
    numbers = {"interval", *(name for name in table if pd.api.types.is_numeric_dtype(table[name]))}
    texts = [*range(1, len(keys) + 1)]
    texts += [place for place, name in enumerate(columns, len(keys) + 1) if name not in numbers]
    yield Table(words("sweep.together_table"), heads, rows, tuple(texts))


def _columns(table: pd.DataFrame, keys: Sequence[str]) -> Iterator[str]:
    """Yield the columns that tell anything, with the interval behind what it is of."""
    for name in table:
        if name in {POINT, *keys, *ENDS, *LEFT_OUT} or table[name].isna().all():
            continue
        if pd.api.types.is_numeric_dtype(table[name]) or table[name].nunique() > 1:
            yield str(name)
        if name in CENTRES and set(ENDS) <= set(table):
            yield "interval"


def _row(
    row: Mapping[Any, Any], keys: Sequence[str], columns: Sequence[str], words: Words
) -> tuple[str, ...]:
    low, high = (words.number(float(row.get(end, "nan"))) for end in ENDS)
    told = {**row, "interval": words("to", low=low, high=high) if low and high else ""}
    cells = [str(row[POINT]), *(value_text(key, row[key], words) for key in keys)]
    return (*cells, *(_cell(name, told[name], words) for name in columns))


def _cell(name: str, value: Any, words: Words) -> str:  # noqa: ANN401  (any cell of a table)
    if isinstance(value, str):
        if name == "interval":
            return value
        return words.outcome(value) if name == "outcome" else plain(value)
    if pd.isna(value):
        return ""
    return words.number(float(value)) if isinstance(value, float) else str(value)
