"""Replications side by side: sums and means of each, from one pass over the rows of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from simulator.vocabulary import WEEKS_PER_YEAR

Numbers: TypeAlias = np.ndarray[Any, np.dtype[Any]]


class Headline(NamedTuple):
    """An outcome of several replications.

    `value` has one number a replication, NaN where nobody was there to measure; `there` says which
    replications have the outcome at all (None: each).
    """

    outcome: str
    value: Numbers
    unit: str
    there: Numbers | None = None


Rows = Iterator[Headline]


def weeks_with_benefit(weekly: pd.DataFrame) -> pd.Series[Any]:
    """Return how many clients had benefit in each week: those at its end, and those who left in it."""
    return weekly["clients"] + weekly["exits"]


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """Return a ratio of each replication, NaN where nothing is below the line."""
    out = np.full(np.shape(below), np.nan)
    return np.divide(above, below, out=out, where=np.asarray(below) != 0)


@dataclass(frozen=True)
class Weeks:
    """The weekly panels of replications that are equally long, one after the other."""

    panel: pd.DataFrame
    replications: int

    @property
    def number(self) -> int:
        """Weeks of each replication."""
        return len(self.panel) // self.replications

    def each(self, column: str) -> Numbers:
        """Return a column as real numbers, shape (replications, weeks)."""
        return self.panel[column].to_numpy(float).reshape(self.replications, -1)

    def total(self, column: str) -> Numbers:
        """Return each replication's sum over weeks."""
        return self.each(column).sum(axis=1)

    def mean(self, column: str) -> Numbers:
        """Return each replication's mean over weeks."""
        return self.each(column).mean(axis=1)

    @cached_property
    def client_weeks(self) -> Numbers:
        """Weeks counted at their end, of all clients of each replication, at least 1: for shares of these."""
        return np.maximum(self.total("clients"), 1.0)

    @cached_property
    def client_years(self) -> Numbers:
        """Years for which clients had benefit: whoever leaves in a week had that week's, too."""
        return np.maximum(self.total("clients") + self.total("exits"), 1.0) / WEEKS_PER_YEAR


@dataclass(frozen=True)
class Spells:
    """Spells of several replications; `place` says which one each row belongs to, from 0 on.

    `rows` are those of the table, all if none are named; their columns are `taken` when they are asked for.
    """

    table: pd.DataFrame
    place: Numbers
    replications: int
    rows: Numbers | None = None
    taken: dict[str, pd.Series[Any]] = field(default_factory=dict)

    def __contains__(self, column: str) -> bool:
        """Whether the table has a column."""
        return column in self.table

    def __getitem__(self, column: str) -> pd.Series[Any]:
        """Return a column of the rows."""
        if self.rows is None:
            return self.table[column]
        if column not in self.taken:
            self.taken[column] = self.table[column].take(self.rows)
        return self.taken[column]

    def part(self, *columns: str) -> pd.DataFrame:
        """Return some columns of the rows."""
        return pd.DataFrame({column: self[column] for column in columns}, copy=False)

    def numbers(self, column: str) -> Numbers:
        """Return a column as real numbers, NaN where it is null."""
        values = self[column]
        return values.to_numpy(float, na_value=np.nan) if values.hasnans else values.to_numpy(float)

    def where(self, chosen: Numbers) -> Spells:
        """Return some of the rows."""
        rows = np.flatnonzero(chosen) if self.rows is None else self.rows[chosen]
        return Spells(self.table, self.place[chosen], self.replications, rows)

    @cached_property
    def count(self) -> Numbers:
        """Rows of each replication."""
        return np.bincount(self.place, minlength=self.replications)

    def total(self, values: Numbers) -> Numbers:
        """Return the sum over each replication's rows, or how many of them are chosen."""
        if values.dtype == bool:
            return np.bincount(self.place[values], minlength=self.replications)
        return np.bincount(self.place, values, self.replications)

    def mean(self, values: Numbers) -> Numbers:
        """Return the mean over each replication's rows; missing values are left out, NaN if none is left."""
        present = ~np.isnan(values)
        place = self.place[present]
        total = np.bincount(place, values[present], self.replications)
        return ratio(total, np.bincount(place, minlength=self.replications))

    def share(self, chosen: Numbers, among: Numbers | None = None) -> Numbers:
        """Return the share of each replication's rows (or of those among them) that are chosen."""
        some = chosen if among is None else chosen & among
        return ratio(self.total(some), self.count if among is None else self.total(among))


class Block(NamedTuple):
    """Replications that are equally long: their numbers in order, their spells and their weeks."""

    numbers: Numbers
    spells: Spells
    weeks: Weeks


def blocks_of(spells: pd.DataFrame, weekly: pd.DataFrame) -> Iterator[Block]:
    """Yield the replications of a weekly panel with their spells, those of the same length together."""
    numbers, place, length = np.unique(
        weekly["replication"].to_numpy(np.int64), return_inverse=True, return_counts=True
    )
    panel = (
        weekly if _in_order(place, weekly["week"].to_numpy()) else weekly.sort_values(["replication", "week"])
    )
    place = np.sort(place)
    for weeks in np.unique(length):
        alike = length == weeks
        own = panel if alike.all() else panel[alike[place]]
        yield Block(numbers[alike], _spells_of(spells, numbers[alike]), Weeks(own, int(alike.sum())))


def _in_order(place: Numbers, week: Numbers) -> bool:
    """Whether weeks stand by replication, and in the order in which they came."""
    next_one, later = np.diff(place), np.diff(week) > 0
    return bool(np.all((next_one > 0) | ((next_one == 0) & later)))


def _spells_of(spells: pd.DataFrame, numbers: Numbers) -> Spells:
    """Return the spells of these replications."""
    replication = spells["replication"].to_numpy(np.int64)
    place = np.minimum(np.searchsorted(numbers, replication), len(numbers) - 1)
    known = numbers[place] == replication
    if known.all():
        return Spells(spells, place, len(numbers))
    return Spells(spells[known], place[known], len(numbers))


def as_table(block: Block, rows: Rows) -> pd.DataFrame:
    """Return outcomes as rows: replication, outcome, value, unit; by replication, then in their order."""
    headlines = list(rows)
    everywhere = np.ones(len(block.numbers), dtype=bool)
    there = np.stack([everywhere if one.there is None else one.there for one in headlines], axis=1)
    number, place = np.nonzero(there)
    names, units = (
        np.array([getattr(one, field) for one in headlines], object) for field in ("outcome", "unit")
    )
    values = np.stack([one.value for one in headlines], axis=1)
    return pd.DataFrame(
        {
            "replication": block.numbers[number],
            "outcome": names[place],
            "value": values[number, place],
            "unit": units[place],
        }
    )
