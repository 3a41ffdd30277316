"""What a plan can be judged by beside the headline outcomes: costs by perspective, waits too long, creaming.

Each is one number a replication, so that options can be paired replication by replication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes.budget import EFFORT, MUNICIPALITY, net_results, weeks_off, year_edges
from simulator.outcomes.capacity import WAITS
from simulator.outcomes.costs import BENEFIT
from simulator.outcomes.creaming import monthly_rates
from simulator.outcomes.definitions import WEEKS_PER_MONTH, flow_spells
from simulator.outcomes.distance import distance_from_work
from simulator.outcomes.who import GOT
from simulator.parameters.costs import Accounts
from simulator.vocabulary import WEEKS_PER_YEAR

COST_TO_SOCIETY, COST_TO_ALL, COST_TO_MUNICIPALITY = (
    "cost to society", "cost to all public payers", "cost to the municipality"
)  # fmt: skip
COST_OF_EFFORT, COST_OF_BOTH = "cost of the effort", "cost of effort and benefit"
MONEY = "million SEK"

WAITED_WEEKS = (1, 2, 4, 8, 13, 26)
"""Weeks after which a wait may be called too long."""

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
Lines = Iterator[tuple[str, pd.Series, str]]
"""Name, values by replication, unit."""


def criteria(tables: Tables, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return what a plan can be judged by, of each replication.

    Costs are those of a year: present values over the run, spread evenly over its years.

    Parameters
    ----------
    tables : tuple of DataFrame
        Spells, weekly panel and programmes of replications that are equally long.
    settings : mapping
        Their settings in full.

    Returns
    -------
    DataFrame
        Columns replication, outcome, value, unit; what nobody was there to measure is NaN.
    """
    spells, weekly, _ = tables
    flow, weeks = flow_spells(spells), int(weekly["week"].max()) + 1
    replications = pd.Index(sorted(weekly["replication"].unique()), name="replication")
    lines = [
        *_costs(tables, weeks, Accounts(**settings["accounts"])),
        *_waits(flow, weeks),
        *_gaps(flow, settings),
    ]
    parts = [
        values.reindex(replications).rename("value").reset_index().assign(outcome=name, unit=unit)
        for name, values, unit in lines
    ]
    return pd.concat(parts, ignore_index=True)[["replication", "outcome", "value", "unit"]]


def _costs(tables: Tables, weeks: int, accounts: Accounts) -> Lines:
    edges = year_edges(weeks)
    values = net_results(tables, edges, accounts)
    effort = values["part"] == EFFORT
    of_effort = _cost(values[effort])
    work = work_done(tables[0], edges, accounts).reindex(of_effort.index, fill_value=0.0)
    costs = {
        COST_TO_SOCIETY: of_effort - work,
        COST_TO_ALL: _cost(values),
        COST_TO_MUNICIPALITY: _cost(values[values["payer"] == MUNICIPALITY]),
        COST_OF_BOTH: _cost(values[effort | (values["item"] == BENEFIT)]),
        COST_OF_EFFORT: of_effort,
    }
    for name, cost in costs.items():
        yield name, _a_year(cost, edges, accounts.discount_yearly) / 1e6, MONEY


def _cost(values: pd.DataFrame) -> pd.Series:
    """Return the sums of what payers bear, by replication and period."""
    return -values.groupby(["replication", "period"])["value"].sum()


def work_done(spells: pd.DataFrame, edges: Sequence[float], a: Accounts) -> pd.Series:
    """Return what those who left by work produce, SEK by replication and period.

    It is valued at what it costs their employers: pay and contributions, of a subsidised job without the part
    that the subsidy pays. Benefits, taxes and subsidies are no cost to society: what one pays another gets.
    """
    months = weeks_off(spells, edges, a.work_kept_yearly) / WEEKS_PER_MONTH
    own = months["work"] + months["subsidised work"] * (1.0 - a.wage_subsidy)
    return own * a.earnings_sek_monthly * (1.0 + a.payroll_state + a.payroll_insurance)


def _a_year(cost: pd.Series, edges: Sequence[float], rate: float) -> pd.Series:
    """Return the present value of each replication, spread evenly over the years of the run."""
    by_period = cost.unstack("period")
    factor = (1.0 + rate) ** -np.arange(len(edges) - 1, dtype=float)
    years = np.diff(edges) / WEEKS_PER_YEAR
    return (by_period * factor).sum(axis=1) / float(factor @ years)


def _waits(flow: pd.DataFrame, weeks: int) -> Lines:
    """Yield which share was on benefit for longer than so many weeks without having come to a thing.

    Of spells that began so early that it can be known; whoever left before never waited so long.
    """
    for what, column in WAITS.items():
        if column not in flow:
            continue
        wait = (flow[column] - flow["entry_week"]).astype("Float64").to_numpy(float, na_value=np.nan)
        waited = pd.Series(np.where(np.isnan(wait), flow["weeks"], np.maximum(wait, 0.0)), flow.index)
        for limit in WAITED_WEEKS:
            seen = flow["entry_week"] + limit < weeks
            share = (waited[seen] > limit).groupby(flow["replication"][seen]).mean()
            yield f"waited more than {limit} weeks for the {what}", share, "share of spells"


def _gaps(flow: pd.DataFrame, settings: Mapping[str, Any]) -> Lines:
    """Yield the creaming gap of what clients are given: near less far over everybody, as in `creaming`.

    Thirds by distance from work are made within each replication, so that its gap is its own.
    """
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in GOT}
    for _, own in flow.groupby("replication"):
        distance = distance_from_work(own, settings)
        for name, column in GOT.items():
            found[name].append(monthly_rates(own, column, distance))
    for name, parts in found.items():
        if parts:
            rates = pd.concat(parts).astype(float)
            gap = (rates["near"] - rates["far"]) / rates["everybody"].where(rates["everybody"] > 0)
            yield f"creaming gap: {name}", gap, "share of the mean of all"
