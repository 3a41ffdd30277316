"""Who: outcomes by group of clients, how the groups differ, and what the near to work get before the far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from simulator.outcomes.distance import DISTANCE, FAMILY
from simulator.reporting.comparison_figures import forest_figure, forest_rows
from simulator.reporting.page import Block, Section, Table
from simulator.reporting.run_figures import Drawing, bracket, upper
from simulator.reporting.who_figures import who_figure
from simulator.reporting.words import Words, has_intervals, is_share
from simulator.vocabulary import Door

TRAITS = (DISTANCE, FAMILY, "age_group")
SHOWN = (
    "mean time on benefit", "off benefit within", f"left by {Door.WORK.label} within",
    "minutes of a caseworker", "weeks in programmes", "reductions",
)  # fmt: skip
"""How the outcomes that are drawn and told begin."""

GAP_UNIT = "per cent of the mean of all"


def draw_who(who: pd.DataFrame, gaps: pd.DataFrame, replications: int, words: Words) -> Iterator[Drawing]:
    """Yield the drawing of outcomes by group, told by how the last group of a trait differs from the first.

    Parameters
    ----------
    who, gaps : DataFrame
        Tables of a run.
    replications : int
        How many the intervals are over.
    words : Words
        The language.
    """
    shown = _shown(who)
    if not len(shown):
        return
    rows = [
        (
            words.label(row["by"], row["group"]),
            words.outcome(row["outcome"]),
            *_cells(row, ("value", "low", "high"), words),
        )
        for _, row in shown.iterrows()
    ]
    title, note = words("figures.who"), words.over("figures.who_note", replications, count=replications)
    heads = [words(f"report.{head}") for head in ("group", "outcome", "value", "interval", "unit")]
    table = Table(f"{words('report.numbers')}: {title}", heads, rows, (1, 4), folded=True)
    points = [_gap_point(own.iloc[-1], words) for _, own in _time(gaps).groupby("by", sort=False)]
    yield Drawing("who", who_figure(shown, words, note), title, note, points, table)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the traits and outcomes that are shown, in their order."""
    known = table[table["by"].isin(TRAITS) & table["outcome"].str.startswith(SHOWN)]
    known = known[~known["outcome"].str.startswith("reductions and")]
    place = known["outcome"].map(lambda name: next(n for n, one in enumerate(SHOWN) if name.startswith(one)))
    trait = known["by"].map(TRAITS.index)
    return known.assign(trait=trait, place=place).sort_values(["trait", "place"], kind="stable")


def _time(gaps: pd.DataFrame) -> pd.DataFrame:
    shown = _shown(gaps)
    return shown[shown["place"] == 0].dropna(subset=["difference"])


def _gap_point(row: pd.Series, words: Words) -> str:
    pair = {name: words.label(row["by"], row[name]) for name in ("group", "reference")}
    value = words.interval(*(words.signed(float(row[name])) for name in ("difference", "low", "high")))
    return upper(
        words("report.gap_point", **pair, outcome=words.outcome(row["outcome"]), value=value,
              unit=words.unit(row["unit"]))
    )  # fmt: skip


def _cells(row: Any, names: Sequence[str], words: Words) -> tuple[str, str, str]:  # noqa: ANN401  (a row)
    """Return value, interval and unit."""
    scale = 100.0 if is_share(str(row["unit"])) else 1.0
    value, low, high = (words.number(scale * float(row[name])) for name in names)
    return value, words("to", low=low, high=high) if low and high else "", words.unit(str(row["unit"]))


def gap_table(gaps: pd.DataFrame, words: Words) -> Table:
    """Return how the groups of each trait differ from its first, as differences and ratios."""
    rows = []
    for _, row in _shown(gaps).dropna(subset=["difference"]).iterrows():
        scale = 100.0 if is_share(str(row["unit"])) else 1.0
        difference = words.interval(
            *(words.signed(scale * float(row[name])) for name in ("difference", "low", "high"))
        )
        ratio = words.ratio([float(row[f"ratio{end}"]) for end in ("", "_low", "_high")], 2)
        names = (words.label(row["by"], row[name]) for name in ("group", "reference"))
        unit = words("figures.forest_share") if is_share(str(row["unit"])) else words.unit(str(row["unit"]))
        rows.append((*names, words.outcome(row["outcome"]), difference, unit, ratio))
    heads = ("group", "compared_with", "outcome", "difference", "unit", "ratio_of_groups")
    return Table(
        words("report.gap_table" if has_intervals(gaps) else "report.gap_table_one"),
        [words(f"report.{head}") for head in heads],
        rows,
        (1, 2, 4),
        folded=True,
    )


def draw_creaming(creaming: pd.DataFrame, replications: int, words: Words) -> Iterator[Drawing]:
    """Yield the drawing of what the near to work get and become, less the far, over the mean of all."""
    known = creaming.dropna(subset=["gap"])
    if not len(known):
        return
    table = (
        (known[["gap", "low", "high"]] * 100.0)
        .rename(columns={"gap": "difference"})
        .assign(outcome=known["outcome"], unit=GAP_UNIT)
    )
    title, note = (
        words("figures.creaming"),
        words.over("figures.creaming_note", replications, count=replications),
    )
    told = {name: value for name, _, value, _ in forest_rows(table, words)}
    rows, points = [], []
    for _, row in known.iterrows():
        name, scale = words.outcome(row["outcome"]), 100.0 if is_share(str(row["unit"])) else 1.0
        parts = {who: words.number(scale * float(row[who])) for who in ("near", "far", "everybody")}
        gap = _before(told[name]), bracket(told[name])
        rows.append((name, *parts.values(), words.unit(row["unit"]), *gap))
        points.append(
            words("report.creaming_point", outcome=upper(name), value=told[name], **parts,
                  unit=words.unit(row["unit"]))
        )  # fmt: skip
    heads = ("outcome", "near", "far", "everybody", "unit", "gap", "interval")
    caption, written = f"{words('report.numbers')}: {title}", [words(f"report.{head}") for head in heads]
    numbers = Table(caption, written, rows, (4,), folded=True)
    yield Drawing("creaming", forest_figure(table, words, title, note), title, note, points, numbers)


def _before(text: str) -> str:
    return text.partition(" (")[0]


def with_gaps(section: Section, gaps: pd.DataFrame, words: Words) -> Section:
    """Return the section of who with the table of gaps behind its first picture."""
    blocks: list[Block] = list(section.blocks)
    return replace(section, blocks=[*blocks[:1], gap_table(gaps, words), *blocks[1:]])
