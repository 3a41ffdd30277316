"""Definitions of a spell: which spells count, and how months on assistance are counted in a calendar year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simulator.vocabulary import MONTHS_PER_YEAR, WEEKS_PER_YEAR

TEN_MONTHS = 10
FLOW = [("entry_week", ">=", 0)]
"""Of which spells `flow_spells` are, as a condition on stored ones."""


def flow_spells(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells that began in the reported weeks (flow sample): each is seen from its first week."""
    return spells[spells["entry_week"] >= 0]


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
    start = year * WEEKS_PER_YEAR
    end_week = spells["entry_week"] + spells["weeks"]
    within = spells[(spells["entry_week"] < start + WEEKS_PER_YEAR) & (end_week > start)]
    people = within.groupby(["replication", "client"], sort=True)
    number = people.ngroup().to_numpy()
    months = np.zeros((people.ngroups, MONTHS_PER_YEAR), dtype=bool)
    first, last = within["entry_week"].to_numpy(), (within["entry_week"] + within["weeks"]).to_numpy()
    for month in range(MONTHS_PER_YEAR):
        begins = start + month * WEEKS_PER_YEAR / MONTHS_PER_YEAR
        on_benefit = (first < begins + WEEKS_PER_YEAR / MONTHS_PER_YEAR) & (last > begins)
        months[number[on_benefit], month] = True
    index: Any = people.size().index
    return pd.Series(months.sum(axis=1), index=index, name="months")


def calendar_year(spells: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return mean months and the share with ten months or more, by replication, averaged over whole years.

    Columns: months, share_ten_months; index: replication.
    """
    parts = []
    for year in range(years):
        months = months_in_year(spells, year).groupby("replication")
        parts.append(
            pd.DataFrame(
                {
                    "months": months.mean(),
                    "share_ten_months": months.apply(lambda m: float((m >= TEN_MONTHS).mean())),
                }
            )
        )
    return pd.concat(parts).groupby("replication").mean()
