"""Definitions of a spell: which spells count, when a break ends one, and how months are counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionDtype

from simulator.errors import Mistake
from simulator.outcomes.contents import roomy
from simulator.outcomes.survival import SpellsError
from simulator.outcomes.survival.columns import (
    all_of,
    called,
    check_number,
    counted,
    missing_columns,
    read_whole,
)
from simulator.vocabulary import MONTHS_PER_YEAR, WEEKS_PER_YEAR

TEN_MONTHS = 10
FLOW = [("entry_week", ">=", 0)]
"""Of which spells `flow_spells` are, as a condition on stored ones."""

LONG_TERM_MONTHS, WINDOW_MONTHS = 27, 36
"""Very long-term assistance: at least 27 of the last 36 months."""

WEEKS_PER_MONTH = WEEKS_PER_YEAR / MONTHS_PER_YEAR
PERSON = ["replication", "client"]
MOST_MONTHS = 12_000
CLIENT_BITS, REPLICATION_BITS, WEEK_BITS = 40, 23, 31
CLIENT_MASK = (1 << CLIENT_BITS) - 1

READERS: dict[str, Callable[[str, Any], np.ndarray]] = {
    "replication": partial(read_whole, lowest=0, most=1 << REPLICATION_BITS),
    "client": partial(read_whole, lowest=0, most=1 << CLIENT_BITS),
    "entry_week": partial(read_whole, lowest=-(1 << WEEK_BITS), most=1 << WEEK_BITS),
    "weeks": partial(read_whole, lowest=0, most=1 << WEEK_BITS),
}
"""What the columns of a table of spells have to hold for months and persons to be counted."""


def check_spells(spells: pd.DataFrame, *settings: Callable[[], object]) -> None:
    """Check a table of spells of which persons and months are to be told, and settings beside it.

    Parameters
    ----------
    spells : DataFrame
        Spells with `replication, client, entry_week, weeks`, all whole numbers.
    *settings : callable
        What raises SpellsError if a setting is wrong.

    Raises
    ------
    SpellsError
        With all that is wrong: columns that are not there or cannot be read, settings, and spells of one
        person that overlap.
    """
    all_of(lambda: _check_columns(spells), *settings)
    keys, entry = person_keys(spells), spells["entry_week"].to_numpy(np.int64)
    order = _order_of(keys, entry)
    end = entry + spells["weeks"].to_numpy(np.int64)
    begun, same = entry[order[1:]], keys[order[1:]] == keys[order[:-1]]
    if len(at := np.flatnonzero(same & (begun < end[order[:-1]]))):
        one, other = order[at[0]], order[at[0] + 1]
        first, then = (f"{entry[place]} to {end[place]}" for place in (one, other))
        raise SpellsError(
            f"spells: {counted(len(at), 'spell')} of somebody begin before the last has ended; first of "
            f"client {keys[one] & CLIENT_MASK} in replication {keys[one] >> CLIENT_BITS}, "
            f"weeks {first} and {then}; join what overlaps"
        )


def _check_columns(spells: pd.DataFrame) -> None:
    if not isinstance(spells, pd.DataFrame):
        raise SpellsError(f"spells: a pandas DataFrame is needed, not {called(spells)}")
    missing: list[Mistake | str] = [*missing_columns(spells.columns, [("spells", name) for name in READERS])]
    there = [name for name in READERS if list(spells.columns).count(name) == 1]

    def tell() -> None:
        if missing:
            raise SpellsError(*missing)

    all_of(tell, *(partial(READERS[name], name, spells[name]) for name in there))


def flow_spells(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells that began in the reported weeks (flow sample): each is seen from its first week."""
    return spells[spells["entry_week"] >= 0]


def spells_begun(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the same, or raise SpellsError if no spell began in the reported weeks."""
    flow = flow_spells(spells)
    if not len(flow):
        raise SpellsError("spells: none began in the reported weeks, so that there is nobody to tell of")
    return flow


def periods(spells: pd.DataFrame, gap_months: float = 1.0) -> pd.DataFrame:
    """Return each person's periods on assistance: spells joined over breaks that are shorter than so long.

    Parameters
    ----------
    spells : DataFrame
        Spells with `replication, client, entry_week, weeks, exited, door`.
    gap_months : float
        Shortest break that ends a period; official statistics take one month. With 0 every spell is a period.

    Returns
    -------
    DataFrame
        One row a period: the columns of its first spell, with `weeks` from its beginning to its end,
        short breaks included, `weeks_on` without them, `spells`, and how and when its last spell ended.

    Raises
    ------
    SpellsError
        As `check_spells`; also if the gap is not a number from 0 on.
    """
    months = "a number of months, 0 or more"
    check_spells(spells, lambda: check_number("gap_months", gap_months, np.inf, months, nought=True))
    wide = roomy(spells)
    plain = wide.astype({name: np.int64 for name in READERS if isinstance(wide[name].dtype, ExtensionDtype)})
    ordered = plain.sort_values([*PERSON, "entry_week"], kind="stable").reset_index(drop=True)
    end = ordered["entry_week"] + ordered["weeks"]
    same = (ordered[PERSON] == ordered[PERSON].shift()).all(axis=1)
    joined = same & (ordered["entry_week"] - end.shift() < gap_months * WEEKS_PER_MONTH)
    number = (~joined).cumsum() - 1
    groups = ordered.assign(end=end).groupby(number, sort=False)
    first, last = ordered[~joined].reset_index(drop=True), groups.tail(1).reset_index(drop=True)
    endings = {name: last[name] for name in ("exited", "exit_week", "door") if name in last}
    return first.assign(
        weeks=last["end"] - first["entry_week"],
        weeks_on=groups["weeks"].sum().to_numpy(),
        spells=groups.size().to_numpy(),
        **endings,
    )


def months_on(spells: pd.DataFrame, first_month: int, months: int) -> pd.DataFrame:
    """Return in which months each person had assistance in at least one week.

    Parameters
    ----------
    spells : DataFrame
        Spells with `replication, client, entry_week, weeks`.
    first_month, months : int
        Months counted from the first reported week, a twelfth of a year each.

    Returns
    -------
    DataFrame of bool, shape (persons with at least one month, months)
        Indexed by replication and client; columns are numbers of months.

    Raises
    ------
    SpellsError
        As `check_spells`; also if months are not whole.
    """
    check_spells(
        spells,
        lambda: read_whole("first_month", [first_month], -MOST_MONTHS, MOST_MONTHS),
        lambda: read_whole("months", [months], 1, MOST_MONTHS),
    )
    first, after = _months_of(spells, first_month, months)
    here = first < after
    people, number = _in_order(person_keys(spells)[here])
    steps = np.zeros(
        (len(people), months + 1), dtype=np.int8
    )  # one up where a spell begins, one down after it
    np.add.at(steps, (number, first[here]), 1)
    np.add.at(steps, (number, after[here]), -1)
    grid = np.cumsum(steps[:, :months], axis=1, dtype=np.int8) > 0
    index = pd.MultiIndex.from_arrays([people >> CLIENT_BITS, people & CLIENT_MASK], names=PERSON)
    return pd.DataFrame(grid, index=index, columns=range(first_month, first_month + months))


def _months_of(spells: pd.DataFrame, first_month: int, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each spell's first month of a window and the month after its last; not before it if none is."""
    entry = spells["entry_week"].to_numpy(np.int64)
    end = entry + spells["weeks"].to_numpy(np.int64)
    first = np.maximum(entry * MONTHS_PER_YEAR // WEEKS_PER_YEAR - first_month, 0)
    after = np.minimum(-(-end * MONTHS_PER_YEAR // WEEKS_PER_YEAR) - first_month, months)
    return first, after


def _in_order(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different keys in order, and the place of each; quickly where they come in order."""
    if not len(keys) or np.any(keys[1:] < keys[:-1]):
        return np.unique(keys, return_inverse=True)
    new = np.concatenate([[True], keys[1:] != keys[:-1]])
    return keys[new], np.cumsum(new) - 1


def person_keys(spells: pd.DataFrame) -> np.ndarray:
    """Return one whole number for each person of each replication, in their order."""
    return np.asarray(
        spells["replication"].to_numpy(np.int64) << CLIENT_BITS | spells["client"].to_numpy(np.int64)
    )


def months_in_year(spells: pd.DataFrame, year: int) -> pd.Series:
    """Return in how many months of a year each person had assistance in at least one week.

    Parameters
    ----------
    spells : DataFrame
        Spells with `replication, client, entry_week, weeks`.
    year : int
        0 for weeks 0-51, 1 for weeks 52-103, and so on.

    Returns
    -------
    Series of int, shape (persons with at least one month,)
        Indexed by replication and client.

    Raises
    ------
    SpellsError
        As `check_spells`; also if the year is not a whole number.
    """
    most = MOST_MONTHS // MONTHS_PER_YEAR
    check_spells(spells, lambda: read_whole("year", [year], -most, most))
    grid = months_on(spells, year * MONTHS_PER_YEAR, MONTHS_PER_YEAR)
    return months_of_year(grid, 0)


def calendar_year(spells: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return mean months and the share with ten months or more, by replication, averaged over whole years.

    Columns: months, share_ten_months; index: replication. Spells are checked as by `check_spells`, and so is
    the number of years, 1 or more.
    """
    check_spells(spells, lambda: _check_years(years))
    return calendar_year_of_run(spells, years)


def calendar_year_of_run(spells: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the same as `calendar_year`, without a check of spells and years."""
    people, months = _months_by_year(spells, years)
    numbers, first = np.unique(people >> CLIENT_BITS, return_index=True)
    columns = {"months": months, "share_ten_months": months >= TEN_MONTHS}

    def per_year(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, first, axis=1, dtype=np.int64)

    with np.errstate(invalid="ignore"):  # a year with nobody is left out of the mean over years
        shares = {name: per_year(values) / per_year(months > 0) for name, values in columns.items()}
    means = {name: pd.DataFrame(values).mean().to_numpy() for name, values in shares.items()}
    return pd.DataFrame(means, index=pd.Index(numbers, name="replication"))


def _check_years(years: object) -> None:
    if isinstance(years, bool) or not isinstance(years, Integral) or years < 1:
        raise SpellsError(f"years: {years!r} is not a whole number of years, 1 or more")


def _months_by_year(spells: pd.DataFrame, years: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of persons with assistance in these years, and each one's months: (years, persons).

    Spell by spell in order of time; a month in which one ends and the next begins counts with the first.
    """
    span = years * MONTHS_PER_YEAR
    first, after = _months_of(spells, 0, span)
    keys, entry = person_keys(spells), spells["entry_week"].to_numpy()
    order = _order_of(keys, entry)
    order = order[(first < after)[order]]
    first, after = first[order], after[order]
    people, number = _in_order(keys[order])
    offset = number * (span + 1)
    counted = np.maximum.accumulate(offset + after)[:-1] - offset[1:]  # below 0 if of somebody before
    first[1:] = np.maximum(first[1:], counted)
    months = np.zeros((years, len(people)), np.int64)
    for year in range(years):
        begin, end = year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR
        own = np.flatnonzero((first < end) & (after > begin))
        of_year = np.minimum(after[own], end) - np.maximum(first[own], begin)
        months[year] = np.bincount(number[own], np.maximum(of_year, 0), len(people))
    return people, months


def months_of_year(grid: pd.DataFrame, year: int) -> pd.Series:
    """Return in how many months of a year each person had assistance, of those who had any."""
    months = pd.Series(
        grid.to_numpy()[:, year * MONTHS_PER_YEAR :][:, :MONTHS_PER_YEAR].sum(axis=1), grid.index
    )
    return months[months > 0].rename("months")


def share_long_term(spells: pd.DataFrame, weeks: int) -> pd.Series:
    """Return the share with 27 or more of the last 36 months, of those with any in the last twelve.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    weeks : int
        Weeks of the run; the window ends with them.

    Returns
    -------
    Series of float
        By replication; empty if the run is shorter than 36 months, as spells before it are not all known.
    """
    first = int(weeks / WEEKS_PER_MONTH) - WINDOW_MONTHS
    if first < 0:
        return pd.Series(dtype=float)
    months = months_on(spells, first, WINDOW_MONTHS)
    grid = months.to_numpy()
    recipient: Any = grid[:, -MONTHS_PER_YEAR:].any(axis=1)
    long_term = pd.Series(grid.sum(axis=1) >= LONG_TERM_MONTHS, months.index)
    return long_term[recipient].groupby("replication").mean()


def weeks_within(spells: pd.DataFrame, start: pd.Series, horizon: int) -> pd.Series:
    """Return each spell's weeks within so many weeks from a start week of its own."""
    end = spells["entry_week"] + spells["weeks"]
    upper, lower = np.minimum(end, start + horizon), np.maximum(spells["entry_week"], start)
    return pd.Series(np.maximum(upper - lower, 0), index=spells.index)


def next_entry(spells: pd.DataFrame) -> pd.Series:
    """Return the week in which the same person's next spell begins, NaN if there is none."""
    keys, entry = person_keys(spells), spells["entry_week"].to_numpy()
    order = _order_of(keys, entry)
    following = np.full(len(keys), np.nan)
    same = keys[order][1:] == keys[order][:-1]
    following[order[:-1][same]] = entry[order[1:][same]]
    return pd.Series(following, index=spells.index)


def first_of_each(spells: pd.DataFrame) -> np.ndarray:
    """Return which spells are the first ones of their persons among these, in whatever order they stand."""
    keys = person_keys(spells)
    order = _order_of(keys, spells["entry_week"].to_numpy())
    first = np.zeros(len(keys), dtype=bool)
    first[order] = np.diff(keys[order], prepend=-1) != 0
    return first


def _order_of(keys: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """Return the order of spells by person and week of entry: that of a run, where they come in it."""
    same = keys[1:] == keys[:-1]
    if np.all((keys[1:] > keys[:-1]) | (same & (entry[1:] >= entry[:-1]))):
        return np.arange(len(keys))
    return np.lexsort((entry, keys))
