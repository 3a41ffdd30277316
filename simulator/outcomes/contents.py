"""What the tables of a run have to hold, so that no number comes out wrong without a word.

Columns are looked at when they are read: those of a run are right, but anybody can make an `Outcome` of
tables that were filtered, joined, or read from a file of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as kinds

from simulator.outcomes.survival.columns import Numbers, SpellsError, called, counted, listed, read_flags
from simulator.outcomes.tables import NULLABLE

ONE_DRAW = (
    "An Outcome is of one draw, so that its intervals hold nothing but luck: make one of each draw, and "
    "give outcomes().assign(draw=...) of all, one below the other, to simulator.outcomes.uncertainty.layers"
)
OF_A_RUN = (
    "This takes a whole run, of sim.simulate or sim.open_results; spells alone have survival and its like"
)
WORDS = ("door", "hindrance", "programme", "owner", "title", "kind", "tier")
"""Columns that hold words."""

EXITED, DOOR = "exited", "door"
NULLABLES = {
    *NULLABLE, "exit_week", "first_served_week", "passed_on_week", "intensive_served_week", "entry_wage",
    "belief_error",
}  # fmt: skip
"""Numbers that may be missing: weeks of what has not come, and what was not measured."""

KEYS = ("replication", "week", "client")
"""Numbers that are names, or places in an order: whole."""

MONEY = ("_sek", "_wage")
"""How columns of money end. They are what was paid or spent, never a balance: less than nothing is a slip."""

SMALL = ("spell", "office", "children")
"""Whole numbers that stay small, and are written so."""

TABLES = ("spells", "weekly", "programmes")
Needed = Mapping[str, tuple[pd.DataFrame, Iterable[str]]]


def check_tables(needed: Needed) -> None:
    """Raise SpellsError if tables lack columns that are read, or these do not hold what they should.

    Parameters
    ----------
    needed : mapping of str to (DataFrame, iterable of str)
        By the name of each table: itself, and the columns that are read.

    Raises
    ------
    SpellsError
        With all that is wrong: columns that are not there, there twice, no numbers, missing or infinite.
    """
    mistakes = [
        f"{name}: no column {', '.join(missing)}"
        for name, (table, columns) in needed.items()
        if (missing := [one for one in columns if one not in table])
    ]
    if mistakes:
        raise SpellsError(*mistakes[:-1], f"{mistakes[-1]}. {OF_A_RUN}")
    wrong = [
        mistake
        for name, (table, columns) in needed.items()
        for mistake in _wrong_columns(name, table, [*dict.fromkeys(columns)])
    ]
    if wrong:
        raise SpellsError(*wrong)


def _wrong_columns(name: str, table: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    there = list(table.columns)
    for column in columns:
        if (times := there.count(column)) > 1:
            yield f"{name}: {times} columns are named {column!r}"
        elif column == EXITED:
            yield from _wrong_flags(name, table[column])
        elif column not in WORDS:
            yield from wrong_numbers(name, table[column])
    if {EXITED, DOOR} <= {*columns} and there.count(EXITED) == there.count(DOOR) == 1:
        yield from _at_odds(name, table)


def _wrong_flags(name: str, column: pd.Series) -> Iterator[str]:
    if column.dtype != bool:
        try:
            read_flags(column, f"{name}: {column.name}")
        except SpellsError as error:
            yield from error.mistakes


def _at_odds(name: str, table: pd.DataFrame) -> Iterator[str]:
    exited = table[EXITED]
    if kinds.is_numeric_dtype(exited) and (odd := int((exited.astype(bool) != table[DOOR].notna()).sum())):
        yield (
            f"{name}: 'exited' and 'door' disagree in {counted(odd, 'row')} of {len(table):,}; a spell that "
            "has ended has a door, and no other has"
        )


def wrong_numbers(name: str, column: pd.Series) -> Iterator[str]:
    """Yield what keeps a column of a table from being read as numbers."""
    known = column.infer_objects() if column.dtype == object else column
    where = f"{name}: {column.name!r}"
    is_number = kinds.is_numeric_dtype(known) and not kinds.is_bool_dtype(known)
    if len(column) and (not is_number or kinds.is_complex_dtype(known)):
        strange = next((f", such as {one!r:.50}" for one in known if not isinstance(one, Real)), "")
        yield f"{where} holds values of type {column.dtype}, not numbers{strange}; see pandas.to_numeric"
        return
    if column.name not in NULLABLES and (missing := int(column.isna().sum())):
        yield f"{where} is missing in {counted(missing, 'row')} of {len(column):,}"
    is_money = str(column.name).endswith(MONEY)
    if is_money and (below := int((known < 0).sum())):
        least = f"the least is {known.min()}"
        yield f"{where} is below nought in {counted(below, 'row')} of {len(column):,}, {least}"
    if kinds.is_float_dtype(known):
        yield from _odd_reals(where, column.name in KEYS, known.to_numpy(float, na_value=0.0))


def _odd_reals(where: str, is_key: bool, numbers: Numbers) -> Iterator[str]:
    if endless := int(np.isinf(numbers).sum()):
        yield f"{where} is infinite in {counted(endless, 'row')}"
    elif is_key and (odd := numbers[numbers != np.floor(numbers)]).size:
        yield f"{where} is not whole in {counted(odd.size, 'row')}, the first is {odd[0]}"


def roomy(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose whole numbers have room for sums and differences.

    Weeks of a byte end at 127, and those without a sign have none below nought: sums would begin anew.
    """
    if not table.columns.is_unique:
        return table
    narrow = {
        name: "Int64" if table[name].hasnans else np.int64
        for name, kind in table.dtypes.items()
        if name not in SMALL and kinds.is_integer_dtype(kind) and _is_narrow(kind)
    }
    return table.astype(narrow) if narrow else table


def _is_narrow(kind: Any) -> bool:  # noqa: ANN401  (numpy's kinds and those of pandas)
    plain = getattr(kind, "numpy_dtype", kind)
    return bool(plain.kind == "u" or plain.itemsize < np.dtype(np.int32).itemsize)


def check_one_run(
    spells: pd.DataFrame,
    weekly: pd.DataFrame,
    programmes: pd.DataFrame,
    manifest: object,
) -> None:
    """Raise SpellsError if tables are not those of one run.

    Raises
    ------
    SpellsError
        If they are no tables; of several draws of the parameters; tell a week twice or not at all; or hold
        spells of replications that have no weeks.
    """
    tables: dict[str, Any] = dict(zip(TABLES, (spells, weekly, programmes), strict=True))
    mistakes = [
        f"{name}: a pandas DataFrame is needed, not {called(one)}"
        for name, one in tables.items()
        if not isinstance(one, pd.DataFrame)
    ]
    if not isinstance(manifest, Mapping):
        mistakes.append(
            f"manifest: a dictionary is needed, not {type(manifest).__name__}; {{}} where there is none"
        )
    if mistakes:
        raise SpellsError(*mistakes)
    for name, table in tables.items():
        draws = table["draw"].nunique() if list(table.columns).count("draw") == 1 else 1
        if draws > 1:
            mistakes.append(f"{name}: holds {draws:,} draws of the parameters (column 'draw'). {ONE_DRAW}")
    if wrong := mistakes or [*_odd_weeks(spells, weekly, programmes)]:
        raise SpellsError(*wrong)


def _odd_weeks(spells: pd.DataFrame, weekly: pd.DataFrame, programmes: pd.DataFrame) -> Iterator[str]:
    """Yield what is wrong with the weeks of replications, where they can be read."""
    keys = ["replication", "week"]
    if len(weekly) and _has_whole(weekly, keys):
        if weekly.duplicated(keys).any():
            yield "weekly: tells some weeks of a replication twice; number replications of several runs apart"
        else:
            yield from _lost_weeks(weekly)
        if _has_whole(spells, keys[:1]):
            yield from _strangers(spells["replication"].unique(), weekly["replication"].unique())
    named = [*keys, "programme"]
    once = _has_whole(programmes, keys) and list(programmes.columns).count("programme") == 1
    if once and programmes.duplicated(named).any():
        yield "programmes: tells a programme twice in some weeks of a replication"


def _strangers(replications: Iterable[Any], known: Iterable[Any]) -> Iterator[str]:
    if strange := sorted({*map(int, replications)} - {*map(int, known)}):
        yield (
            f"spells: of replications that weekly does not have: {listed([str(one) for one in strange])}; "
            "take the same ones of all tables"
        )


def _lost_weeks(weekly: pd.DataFrame) -> Iterator[str]:
    weeks = weekly.groupby("replication")["week"].agg(["min", "max", "size"])
    odd = weeks[(weeks["min"] != 0) | (weeks["max"] + 1 != weeks["size"])]
    if len(odd):
        one = odd.iloc[0]
        yield (
            f"weekly: not all weeks from 0 on are there in {counted(len(odd), 'replication')}, first in "
            f"{odd.index[0]} ({one['size']:,} rows for weeks {one['min']} to {one['max']}); means and sums "
            "would be of another run"
        )


def _has_whole(table: pd.DataFrame, columns: list[str]) -> bool:
    there = list(table.columns)
    return all(
        there.count(one) == 1 and kinds.is_integer_dtype(table[one]) and not table[one].isna().any()
        for one in columns
    )
