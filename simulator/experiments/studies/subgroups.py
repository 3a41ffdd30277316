"""Whose spells count: a subgroup by columns of the table of spells, and groups to show apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from simulator.errors import Mistake, SettingsError, nearest
from simulator.outcomes.distance import COURSE, ENDINGS

Bounds = Sequence[str | float | bool]
PAIR = 2

DURING = (
    *COURSE, *ENDINGS, "planned_talk_week", "talk_cancelled", "search_effort", "due_weeks", "missed_weeks",
)  # fmt: skip
"""Columns of spells that say what happens in a spell or at its end: no study chooses people by them."""
NUMBERS = ("replication", "client")
"""Columns that only tell one from another."""


def check_columns(spells: pd.DataFrame, subgroup: Mapping[str, Bounds], *others: tuple[str, str]) -> None:
    """Raise SettingsError if a subgroup, or another setting, names what is no trait of spells at entry.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    subgroup : mapping of str to list
        By column: [lowest, highest) of numbers, else values.
    *others : (str, str)
        Further settings and the column that each names.
    """
    traits = traits_of(spells)
    named = [("subgroup", name) for name in subgroup] + list(others)
    mistakes = [no_trait(f"study.{key}", name, spells, traits) for key, name in named if name not in traits]
    for name, bounds in subgroup.items():
        if name in traits:
            mistakes += _bad_bounds(name, bounds, spells[name])
    if mistakes:
        raise SettingsError(mistakes)


def traits_of(spells: pd.DataFrame) -> list[str]:
    """Return the columns of spells that are known at entry: of people, their office and caseworker."""
    return [str(name) for name in spells.columns if name not in (*DURING, *NUMBERS)]


def no_trait(key: str, name: str, spells: pd.DataFrame, traits: Sequence[str]) -> Mistake:
    """Return that a setting names what is none of the traits at entry that it may name."""
    there = f"'{name}' is no trait at entry" if name in spells else f"spells have no column '{name}'"
    return Mistake(key, there, ", ".join(traits), nearest(name, traits))


def _bad_bounds(name: str, bounds: Bounds, column: pd.Series) -> list[Mistake]:
    where = f"study.subgroup.{name}"
    if _is_number(column):
        numbers = [one for one in bounds if isinstance(one, int | float) and not isinstance(one, bool)]
        good = len(bounds) == PAIR and len(numbers) == PAIR and numbers[0] < numbers[1]
        return [] if good else [Mistake(where, f"{list(bounds)} is no range", "[lowest, highest)")]
    words = [True, False] if column.dtype == bool else list(column.cat.categories)
    wrong = [one for one in bounds if one not in words]
    allowed = ", ".join(str(word) for word in words)
    if not bounds:
        return [Mistake(where, "names no value", allowed)]
    return [
        Mistake(where, f"'{one}' is not one of the values", allowed, nearest(str(one), map(str, words)))
        for one in wrong
    ]


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column)) and column.dtype != bool


def of_subgroup(spells: pd.DataFrame, subgroup: Mapping[str, Bounds]) -> pd.Series:
    """Return which spells are of a subgroup, as true or false."""
    inside = pd.Series(data=True, index=spells.index)
    for name, bounds in subgroup.items():
        column = spells[name]
        if _is_number(column):
            low, high = bounds
            inside &= ((column >= low) & (column < high)).fillna(value=False).astype(bool)
        else:
            inside &= column.isin(list(bounds))
    return inside


def groups_of(spells: pd.DataFrame, column: str | None) -> pd.Series:
    """Return the group of every spell: the column's value, of numbers the half about the median; or `all`."""
    if column is None:
        return pd.Series("all", index=spells.index)
    values = spells[column]
    if not _is_number(values) or values.nunique() <= PAIR:
        return values.astype(str)
    above = (values > values.median()).fillna(value=False).astype(bool)
    return above.map({False: "lower half", True: "upper half"})
