"""What it all costs: benefit, staff, places used and empty, by client, exit and exit to work."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.outcomes.intervals import with_intervals
from simulator.vocabulary import WEEKS_PER_YEAR, Door

BENEFIT, CASEWORKERS = "benefit", "caseworkers"
USED, EMPTY = "places used", "places empty"
ASSESSORS, SERVICE = "assessors at providers", "employment service"
ITEMS = (BENEFIT, CASEWORKERS, USED, EMPTY, ASSESSORS, SERVICE)
EFFORT = (CASEWORKERS, USED, EMPTY, ASSESSORS, SERVICE)
"""What is done for clients, as against the benefit that is paid to them."""

ALL = "all of it"
OF_THE_PANEL = {
    BENEFIT: "benefit_sek", CASEWORKERS: "staff_sek", ASSESSORS: "provider_sek",
    SERVICE: "employment_service_sek",
}  # fmt: skip


def weekly_costs(weekly: pd.DataFrame, programmes: pd.DataFrame) -> pd.DataFrame:
    """Return what each item cost in each week, SEK.

    A place costs the same used or empty, so a programme's money is parted in the proportion of its places.

    Returns
    -------
    DataFrame
        Indexed by replication and week; one column an item of `ITEMS`.
    """
    keys = ["replication", "week"]
    table = weekly.set_index(keys)[list(OF_THE_PANEL.values())]
    table.columns = pd.Index(OF_THE_PANEL)
    money = programmes["programme_sek"]
    places = programmes["places"].to_numpy(dtype=float)
    share = np.divide(programmes["places_used"], places, out=np.zeros(len(places)), where=places > 0)
    parts = programmes[keys].assign(**{USED: money * share, EMPTY: money * (1.0 - share)})
    by_week = parts.groupby(keys)[[USED, EMPTY]].sum().reindex(table.index, fill_value=0.0)
    return table.join(by_week)[list(ITEMS)]


def discount_factors(weeks: pd.Index, rate: float) -> np.ndarray:
    """Return what a krona in each week is worth in the first year; the first year is not discounted."""
    return np.asarray((1.0 + rate) ** -(np.asarray(weeks) // WEEKS_PER_YEAR).astype(float))


def costs(
    weekly: pd.DataFrame, programmes: pd.DataFrame, discount_yearly: float, level: float = 0.95
) -> pd.DataFrame:
    """Return what each item costs, on every basis.

    Parameters
    ----------
    weekly, programmes : DataFrame
        Tables of a run.
    discount_yearly : float
        Discount rate of the present value.
    level : float
        Coverage of the Monte Carlo interval.

    Returns
    -------
    DataFrame
        Columns item, basis, value, low, high, unit. Bases: a year, a client-year, an exit, an exit to work
        (the door *work*), and the present value of the whole run.
    """
    values = cost_values(weekly, programmes, discount_yearly)
    table = with_intervals(values, ["item", "basis", "unit"], level)
    return table[["item", "basis", "value", "low", "high", "unit"]]


def cost_values(weekly: pd.DataFrame, programmes: pd.DataFrame, discount_yearly: float) -> pd.DataFrame:
    """Return item, basis, unit and value of each replication."""
    by_week = weekly_costs(weekly, programmes)
    by_week[ALL] = by_week.sum(axis=1)
    totals = by_week.groupby("replication").sum()
    factor = discount_factors(by_week.index.get_level_values("week"), discount_yearly)
    present = by_week.mul(factor, axis=0).groupby("replication").sum()
    counts = weekly.groupby("replication")[["clients", "exits", f"exits_{Door.WORK.label}"]].sum()
    counts["clients"] += counts["exits"]  # whoever leaves in a week had benefit in it, too
    counts = counts.where(counts > 0)  # a cost an exit is not defined where nobody left
    length = weekly.groupby("replication").size()
    millions = 1e6
    bases = {
        ("a year", "million SEK"): totals.mul(WEEKS_PER_YEAR / length / millions, axis=0),
        ("a client-year", "SEK"): totals.div(counts["clients"] / WEEKS_PER_YEAR, axis=0),
        ("an exit", "SEK"): totals.div(counts["exits"], axis=0),
        ("an exit to work", "SEK"): totals.div(counts[f"exits_{Door.WORK.label}"], axis=0),
        ("the whole run, present value", "million SEK"): present / millions,
    }
    parts = [
        table.melt(ignore_index=False, var_name="item").reset_index().assign(basis=basis, unit=unit)
        for (basis, unit), table in bases.items()
    ]
    return pd.concat(parts, ignore_index=True)
