"""How sure a run is of its headline outcomes, and what twice as narrow intervals would take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import pandas as pd

from simulator.outcomes.measures import more_for_half
from simulator.reporting.console import HEADLINE
from simulator.reporting.page import Block, Prose, Section, Table
from simulator.reporting.words import Words, is_share

HEADLINES = (
    HEADLINE, "median time on benefit", "off benefit within 52 weeks", "left by work within",
    "clients on benefit", "clients per caseworker", "weeks between talks", "wait for the first talk",
    "wait for a place", "all of it, per year",
)  # fmt: skip
"""How the outcomes begin whose certainty is told."""


def headlines(names: Iterable[str]) -> list[str]:
    """Return the outcomes whose certainty is told, of those there are, the main one first."""
    known = list(names)
    return [name for begins in HEADLINES for name in known if name.startswith(begins)]


def sure_section(summary: pd.DataFrame, values: pd.DataFrame, words: Words) -> Section:
    """Return the Monte Carlo intervals of the headline outcomes, and what narrower ones would take.

    Parameters
    ----------
    summary, values : DataFrame
        Outcomes of a run with their intervals, and in each replication.
    words : Words
        The language.
    """
    rows = list(_rows(summary, words))
    blocks: list[Block] = [Prose(words("report.no_interval"))]
    if rows:
        heads = [words(f"report.{head}") for head in ("outcome", "value", "plus_minus", "unit", "relative")]
        count, more = values["replication"].nunique(), _more(values)
        blocks = [
            Prose(words("report.sure_note", count=count, more=words.number(more, 0))),
            Table(words("report.sure_table"), heads, rows, (3,)),
        ]
    return Section("sure", words("report.sure"), blocks)


def _more(values: pd.DataFrame) -> int:
    """Return how many more replications make intervals half as wide, by the first outcome that has one.

    Judged by their own spread, it is the same for all outcomes that every replication has.
    """
    needed = (more_for_half(values, name) for name in headlines(map(str, values["outcome"].unique())))
    return next(more for more in needed if more is not None)


def _rows(summary: pd.DataFrame, words: Words) -> Iterator[tuple[str, ...]]:
    known = summary.set_index("outcome").to_dict("index")
    for name in headlines(map(str, known)):
        row = known[name]
        if math.isnan(row["low"]):
            continue
        scale = 100.0 if is_share(str(row["unit"])) else 1.0
        half = scale * (float(row["high"]) - float(row["low"])) / 2.0
        relative = words.number(100.0 * half / abs(scale * row["value"]), 1) if row["value"] else ""
        numbers = words.number(scale * float(row["value"])), f"± {words.number(half)}"
        yield words.outcome(name), *numbers, words.unit(str(row["unit"])), relative
