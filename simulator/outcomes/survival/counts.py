"""Spells counted by group, week of entry, last week and door: all that an estimator asks for.

A million weekly spells are some thousand counts, and counts can be added up from files that do not fit into
memory. Ties are counted, never broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from simulator.outcomes.survival.columns import (
    Column,
    Numbers,
    SpellsError,
    all_of,
    check_indexes,
    counted,
    read_amounts,
    read_doors,
    read_flags,
    read_groups,
    read_repeats,
    read_weights,
    tie,
)

ROUNDING = 1e-12
"""What sums and products of shares may be off."""

DENSE = 1 << 22
"""Up to so many possible cells, each is counted; beyond, those that occur are sorted."""

Floats: TypeAlias = Numbers


class Cells(NamedTuple):
    """Alike spells of one group or of all, each array of shape (cells,).

    `entry` and `end` are places in a list of weeks, `door` is 0 for censored, `number` how many there are (or
    the sum of their weights), `squares` the sum of the squared weights.
    """

    entry: Numbers
    end: Numbers
    door: Numbers
    number: Numbers
    squares: Numbers


class LifeTable(NamedTuple):
    """One group: weeks from 0 on, how many are at risk, how many leave by each door (weeks, doors)."""

    label: object
    week: Numbers
    at_risk: Numbers
    exits: Numbers
    cells: Cells
    weighted: bool


@dataclass(frozen=True)
class Counts:
    """Spells counted by group, week of entry, last week and door.

    Any estimator takes it in the place of `weeks`, alone: `kaplan_meier(counts)`.

    Attributes
    ----------
    labels : ndarray, shape (groups,)
        Labels of the groups.
    weeks : ndarray, shape (weeks,)
        Every week in which something happened, in order; the first is 0.
    doors : ndarray, shape (doors,)
        Labels of the doors; door 1 of a cell is the first.
    group : ndarray of int, shape (cells,)
        Place of each cell's group; cells are in the order of groups.
    cells : Cells
        What was counted.
    weighted : bool
        Whether spells have sampling weights, so that variances rest on each one's influence.

    Examples
    --------
    >>> counts = count_spells([1, 2, 2, 3], ["work", "study", None, "work"])
    >>> counts.spells
    4
    """

    labels: Numbers
    weeks: Numbers
    doors: Numbers
    group: Numbers
    cells: Cells
    weighted: bool = False

    @property
    def spells(self) -> int | float:
        """Number of spells, or the sum of their weights."""
        total: int | float = self.cells.number.sum().item()
        return total

    def tables(self) -> Iterator[LifeTable]:
        """Yield each group's table of who is at risk and who leaves in each of its weeks."""
        edges = np.searchsorted(self.group, np.arange(len(self.labels) + 1))
        for label, first, last in zip(self.labels, edges[:-1], edges[1:], strict=True):
            yield self._table(label, Cells(*(column[first:last] for column in self.cells)))

    def _table(self, label: object, cells: Cells) -> LifeTable:
        places = np.unique(np.concatenate([[0], cells.entry, cells.end]))
        entry, end = (np.searchsorted(places, column) for column in (cells.entry, cells.end))
        at_risk, exits = tally(cells._replace(entry=entry, end=end), len(places), len(self.doors))
        own = cells._replace(entry=entry, end=end)
        return LifeTable(label, self.weeks[places], at_risk, exits, own, self.weighted)


Spells: TypeAlias = "Column | Counts | Callable[[], Counts]"
"""What an estimator takes as `weeks`: a column, counts in the place of all columns, or what makes them."""


def tally(cells: Cells, weeks: int, doors: int) -> tuple[Numbers, Numbers]:
    """Return how many are at risk (weeks,) and how many leave by each door (weeks, doors)."""
    size = weeks * (doors + 1)
    kind = cells.number.dtype
    exits = np.bincount(cells.end * (doors + 1) + cells.door, cells.number, size).astype(kind)
    entered, left = (np.bincount(at, cells.number, weeks).astype(kind) for at in (cells.entry, cells.end))
    at_risk = np.cumsum(entered - left) - (entered - left)
    at_risk[0] = entered[0]
    if kind.kind == "f":
        at_risk[at_risk < ROUNDING * cells.number.sum()] = 0
    return at_risk, exits.reshape(weeks, -1)[:, 1:]


def count_spells(
    weeks: Column,
    door: Column,
    entry: Column | None = None,
    groups: Column | None = None,
    weights: Column | None = None,
    *,
    repeats: Column | None = None,
) -> Counts:
    """Count spells, once for several estimators.

    Parameters
    ----------
    weeks, entry, groups, weights
        As in `kaplan_meier`.
    repeats : array-like of int, shape (rows,), optional
        How many alike spells a row stands for, 1 or more; one by default. With `weights`, too, each of them
        has the row's.
    door : array-like of int, str or bool, shape (spells,)
        Door by which the spell ended, or whether it did; 0, False, a missing value or an empty text
        is censored.

    Returns
    -------
    Counts
        What every estimator takes in the place of `weeks`.

    Raises
    ------
    SpellsError
        If the arguments differ in length, or hold missing, negative or otherwise impossible values.

    Examples
    --------
    >>> counts = count_spells([3, 5, 5], [True, True, False])
    >>> [table.at_risk.tolist() for table in counts.tables()]
    [[3, 3, 2]]
    """
    others = {"entry": entry, "groups": groups, "weights": weights, "repeats": repeats}
    return _count(weeks, {"door": door}, read_doors, **others)


def _count(
    weeks: Column,
    ends: dict[str, Column],
    read_ends: Callable[[Column], tuple[Numbers, Numbers]],
    *,
    entry: Column | None = None,
    groups: Column | None = None,
    weights: Column | None = None,
    repeats: Column | None = None,
) -> Counts:
    """Count spells, with what reads by which door each ended: codes, 0 for censored, and labels."""
    ((ended, by),) = ends.items()
    others = {"entry": entry, "groups": groups, "weights": weights, "repeats": repeats}
    _, end, start, (door, doors), grouped, weight, number = all_of(
        lambda: check_indexes(weeks=weeks, **ends, **others),
        lambda: read_amounts("weeks", weeks),
        lambda: None if entry is None else read_amounts("entry", entry),
        lambda: read_ends(by),
        lambda: None if groups is None else read_groups(groups),
        lambda: None if weights is None else read_weights(weights),
        lambda: None if repeats is None else read_repeats(repeats),
    )
    codes, labels = grouped or (np.zeros(len(end), np.int64), np.array(["all"], dtype=object))
    end, start = (tie(end)[0], None) if start is None else tie(end, start)
    given = {"weights": weight, "repeats": number}
    given = {name: values for name, values in given.items() if values is not None}
    check(end, start, {ended: door, "groups": codes, **given})
    begin = np.zeros(1, end.dtype) if start is None else start
    moments, times = pd.factorize(np.concatenate([np.zeros(1, end.dtype), end, begin]), sort=True)
    place = moments[1 : len(end) + 1], moments[len(end) + 1 :]
    starts, span = (len(times), place[1]) if start is not None else (1, 0)
    keys = ((codes * starts + span) * len(times) + place[0]) * (len(doors) + 1) + door
    cells, group = _collapse(keys, (len(labels), starts, len(times), len(doors) + 1), weight, number)
    return Counts(labels, times, doors, group, cells, weight is not None)


def _collapse(
    keys: Numbers, shape: tuple[int, ...], weight: Numbers | None, repeats: Numbers | None
) -> tuple[Cells, Numbers]:
    """Return the cells that occur, and each one's group."""
    size = int(np.prod(np.array(shape, dtype=object)))
    present, place = (None, keys) if size <= DENSE else np.unique(keys, return_inverse=True)
    length = size if present is None else len(present)
    if weight is None:
        number = squares = np.bincount(place, repeats, length).astype(np.int64)
    else:
        mass = weight if repeats is None else weight * repeats
        number, squares = (np.bincount(place, one, length) for one in (mass, mass * weight))
    if present is None:
        present = np.flatnonzero(number)
        number, squares = number[present], squares[present]
    group, entry, end, door = np.unravel_index(present, shape)
    return Cells(entry, end, door, number, squares), group


def check(end: Numbers, start: Numbers | None, others: dict[str, Numbers]) -> None:
    """Raise SpellsError unless there are spells, columns are equally long, and each spell lasts."""
    if not len(end):
        raise SpellsError("weeks: there are no spells")
    columns = {**({} if start is None else {"entry": start}), **others}
    mistakes = [
        f"{name}: {counted(len(values), 'value')} for the {counted(len(end), 'spell')} in weeks"
        for name, values in columns.items()
        if len(values) != len(end)
    ]
    if start is not None and len(start) == len(end) and len(at := np.flatnonzero(start >= end)):
        pair = f"{start[at[0]]} and {end[at[0]]}"
        mistakes.append(f"entry: not before weeks in {counted(len(at), 'spell')}, first {pair}")
    if mistakes:
        raise SpellsError(*mistakes)


def stack(parts: list[tuple[object, list[Numbers]]], names: list[str]) -> pd.DataFrame:
    """Join the groups' columns, each group with its label in front."""
    own = pd.Index([label for label, _ in parts], tupleize_cols=False)
    labels = own.repeat([len(columns[0]) for _, columns in parts])
    joined = (np.concatenate(column) for column in zip(*(columns for _, columns in parts), strict=True))
    return pd.DataFrame({"group": labels} | dict(zip(names, joined, strict=True)))


def columns_or_counts(weeks: Spells, **columns: Any) -> Counts:  # noqa: ANN401
    """Return counts as they are or are made, or count columns; `door` or `exited` says which spells ended.

    Raises
    ------
    SpellsError
        If columns are handed in beside counts.
    """
    if isinstance(weeks, Counts) or callable(weeks):
        if more := [name for name, values in columns.items() if values is not None]:
            raise SpellsError(*(f"{name}: not taken beside counts, which hold it already" for name in more))
        return weeks if isinstance(weeks, Counts) else weeks()
    if "exited" in columns:
        ends = {"exited": columns.pop("exited")}
        return _count(weeks, ends, lambda values: (read_flags(values), np.array([True])), **columns)
    return count_spells(weeks, columns.pop("door"), **columns)


def with_doors(counts: Counts) -> Counts:
    """Return counts as they are, or raise SpellsError if no door is known, since nobody leaves."""
    if not len(counts.doors):
        raise SpellsError(
            "door: nobody leaves, so that no door is known; a categorical column says which there are"
        )
    return counts
