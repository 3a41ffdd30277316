"""Definitions of a spell: which spells count, when a break ends one, and how months are counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simulator.vocabulary import MONTHS_PER_YEAR, WEEKS_PER_YEAR

TEN_MONTHS = 10
LONG_TERM_MONTHS, WINDOW_MONTHS = 27, 36
"""Very long-term assistance: at least 27 of the last 36 months."""

WEEKS_PER_MONTH = WEEKS_PER_YEAR / MONTHS_PER_YEAR
PERSON = ["replication", "client"]


def flow_spells(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells that began in the reported weeks (flow sample): each is seen from its first week."""
    return spells[spells["entry_week"] >= 0]


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
    """
    ordered = spells.sort_values([*PERSON, "entry_week"], kind="stable").reset_index(drop=True)
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
    """
    first, last = spells["entry_week"], spells["entry_week"] + spells["weeks"]
    start, end = first_month * WEEKS_PER_MONTH, (first_month + months) * WEEKS_PER_MONTH
    here = (first < end) & (last > start)
    within, begins, ends = spells[here], first[here].to_numpy(), last[here].to_numpy()
    people = within.groupby(PERSON, sort=True)
    number = people.ngroup().to_numpy()
    grid = np.zeros((people.ngroups, months), dtype=bool)
    for month in range(months):
        week = start + month * WEEKS_PER_MONTH
        grid[number[(begins < week + WEEKS_PER_MONTH) & (ends > week)], month] = True
    index: Any = people.size().index
    return pd.DataFrame(grid, index=index, columns=range(first_month, first_month + months))


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
    """
    months = months_on(spells, year * MONTHS_PER_YEAR, MONTHS_PER_YEAR)
    return months.sum(axis=1).rename("months")


def calendar_year(spells: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return mean months and the share with ten months or more, by replication, averaged over whole years.

    Columns: months, share_ten_months; index: replication.
    """
    parts = []
    for year in range(years):
        months = months_in_year(spells, year)
        both = pd.DataFrame({"months": months, "share_ten_months": months >= TEN_MONTHS})
        parts.append(both.groupby("replication").mean())
    return pd.concat(parts).groupby("replication").mean()


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
    recipients = months[months.iloc[:, -MONTHS_PER_YEAR:].any(axis=1)]
    return (recipients.sum(axis=1) >= LONG_TERM_MONTHS).groupby("replication").mean()


def weeks_within(spells: pd.DataFrame, start: pd.Series, horizon: int) -> pd.Series:
    """Return each spell's weeks within so many weeks from a start week of its own."""
    end = spells["entry_week"] + spells["weeks"]
    upper, lower = np.minimum(end, start + horizon), np.maximum(spells["entry_week"], start)
    return pd.Series(np.maximum(upper - lower, 0), index=spells.index)


def next_entry(spells: pd.DataFrame) -> pd.Series:
    """Return the week in which the same person's next spell begins, NaN if there is none."""
    ordered = spells.sort_values([*PERSON, "entry_week"], kind="stable")
    return ordered.groupby(PERSON, sort=False)["entry_week"].shift(-1).astype(float)
