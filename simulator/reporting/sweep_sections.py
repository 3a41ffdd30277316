"""The sections of a sweep's report that are tables: outcomes point by point, how sure they are, failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from simulator.experiments import store
from simulator.experiments.sweep_tables import POINT, SweepRun, Swept
from simulator.outcomes.measures import more_for_half
from simulator.reporting.console import possible_interval
from simulator.reporting.page import Block, Prose, Section, Table
from simulator.reporting.setting_words import setting_name, value_text
from simulator.reporting.sure_section import headlines
from simulator.reporting.sweep_figures import headline, rows_of, sentence
from simulator.reporting.words import Words, is_share

MOST_ROWS = 100
"""Points that a table shows; of more, those with the least and the most."""


def outcomes_section(run: SweepRun, swept: Swept, words: Words) -> Section:
    """Return the headline outcomes at each point with their intervals, and differences from the baseline."""
    table = swept.outcomes
    names = headlines(table["outcome"].drop_duplicates())
    note = words("report.no_interval" if table["low"].isna().all() else "report.outcome_note")
    blocks: list[Block] = [Prose(note)]
    if len(swept.differences):
        blocks.append(Prose(words("sweep.differences_note")))
    shown = _shown(rows_of(table, headline(table)))
    if shown is not None:
        blocks.append(Prose(words("sweep.shown", count=len(shown) // 2)))
    columns = ["value", "interval", *(["difference", "interval"] if len(swept.differences) else [])]
    heads = [words("sweep.point"), *(setting_name(key, words) for key in run.keys)]
    heads += [words(f"report.{column}") for column in columns]
    texts = tuple(range(1, len(run.keys) + 1))
    for number, name in enumerate(names):
        rows = _outcome_rows(run, swept, name, shown, words)
        unit = words.unit(str(table.loc[table["outcome"] == name, "unit"].iloc[0]))
        caption = words("sweep.outcome_table", outcome=sentence(words.outcome(name)), unit=unit)
        blocks.append(Table(caption, heads, rows, texts, folded=number > 0))
    blocks.append(Prose(words("sweep.rest")))
    return Section("outcomes", words("sweep.outcomes"), blocks)


def _shown(rows: pd.DataFrame) -> set[int] | None:
    """Return the points that the tables show, None for all."""
    if len(rows) <= MOST_ROWS:
        return None
    ranked = rows.sort_values("value", kind="stable")[POINT]
    return {*ranked.head(MOST_ROWS // 2), *ranked.tail(MOST_ROWS // 2)}


def _outcome_rows(
    run: SweepRun, swept: Swept, name: str, shown: set[int] | None, words: Words
) -> list[tuple[str, ...]]:
    own = swept.outcomes[swept.outcomes["outcome"] == name]
    paired = swept.differences[swept.differences["outcome"] == name].set_index(POINT).to_dict("index")
    rows = []
    for row in own.itertuples(index=False, name=None):
        cells = dict(zip(own.columns, row, strict=True))
        if shown is not None and cells[POINT] not in shown:
            continue
        settings = (value_text(key, cells[key], words) for key in run.keys)
        more = _difference_cells(paired.get(cells[POINT]), words) if len(swept.differences) else ()
        rows.append((str(cells[POINT]), *settings, *_value_cells(cells, words), *more))
    return rows


def _value_cells(cells: Mapping[str, Any], words: Words) -> tuple[str, str]:
    scale = 100.0 if is_share(str(cells["unit"])) else 1.0
    low, high = (words.number(scale * bound) for bound in possible_interval(pd.Series(cells)))
    return words.number(scale * cells["value"]), words("to", low=low, high=high) if low and high else ""


def _difference_cells(row: Mapping[Any, Any] | None, words: Words) -> tuple[str, str]:
    """Return a difference and its interval, with a star where that leaves out nought."""
    if row is None:
        return "", ""
    scale = 100.0 if is_share(str(row["unit"])) else 1.0
    low, high = (words.signed(scale * row[bound]) for bound in ("low", "high"))
    star = " *" if row["low"] > 0.0 or row["high"] < 0.0 else ""
    return words.signed(scale * row["difference"]), words(
        "to", low=low, high=high
    ) + star if low and high else ""


def sure_section(run: SweepRun, swept: Swept, words: Words) -> Section:
    """Return the widest interval of each headline outcome, and what one half as wide would take."""
    rows = [
        row
        for name in headlines(swept.outcomes["outcome"].drop_duplicates())
        if (row := _sure_row(run, swept, name, words))
    ]
    if not rows:
        return Section("sure", words("report.sure"), [Prose(words("report.no_interval"))])
    heads = [words(f"report.{head}") for head in ("outcome", "plus_minus", "unit", "relative")]
    heads += [words("sweep.widest_difference"), words("sweep.more")]
    table = Table(words("sweep.sure_table"), heads, rows, (2,))
    return Section("sure", words("report.sure"), [Prose(words("sweep.sure_note")), table])


def _sure_row(run: SweepRun, swept: Swept, name: str, words: Words) -> tuple[str, ...] | None:
    rows = rows_of(swept.outcomes, name)
    if not len(rows) or rows["half"].isna().all():
        return None
    widest: dict[Any, Any] = rows.nlargest(1, "half").to_dict("records")[0]
    folder = run.points[int(widest[POINT])].folder
    more = more_for_half(pd.read_parquet(folder / f"{store.OUTCOMES}.parquet"), name)
    own = rows_of(swept.differences, name)["half"].max() if len(swept.differences) else float("nan")
    relative = 100.0 * widest["half"] / abs(widest["value"]) if widest["value"] else float("nan")
    return (
        words.outcome(name), f"± {words.number(widest['half'])}", words.unit(str(widest["unit"])),
        words.number(relative, 1), f"± {words.number(own)}" if own == own else "",  # noqa: PLR0124  (not NaN)
        "" if more is None else words.number(more, 0),
    )  # fmt: skip


def failures_section(failures: pd.DataFrame, keys: Sequence[str], words: Words) -> Section:
    """Return the points that failed, each with its message; nothing if none did."""
    rows = [
        (str(row[POINT]), *(value_text(key, row[key], words) for key in keys), str(row["error"]))
        for row in failures.to_dict("records")
    ]
    heads = [words("sweep.point"), *(setting_name(key, words) for key in keys), words("sweep.message")]
    table = Table(words("sweep.failures"), heads, rows, tuple(range(1, len(heads))))
    return Section(
        "failures", words("sweep.failures"), [Prose(words("sweep.failures_note")), table] if rows else []
    )
