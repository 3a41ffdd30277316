"""What is kept of a replication, a fraction of its tables: counted spells, weeks, headline outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from simulator.dashboard.view import GROUPINGS
from simulator.experiments.comparison import paired_differences
from simulator.experiments.runner import run_replication
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.summary import replication_outcomes
from simulator.outcomes.survival import Counts, count_spells, restricted_mean
from simulator.parameters import Scenario
from simulator.reporting.figures import WEEK_PANELS

ALL = "all"
"""Name of the counts of all spells, whatever their traits."""

KEPT = ("week", "replication", "caseworkers", *(name for _, _, lines in WEEK_PANELS for name in lines))
"""Columns of the weekly panel that are drawn, besides those of minutes."""


@dataclass(frozen=True)
class Digest:
    """One replication in short.

    Attributes
    ----------
    spells : dict of str to DataFrame
        For each trait, and for all, how many spells ended so: columns group, weeks, door, number.
    weekly : DataFrame
        Columns of the weekly panel that are drawn.
    outcomes : DataFrame
        Columns replication, outcome, value, unit.
    """

    spells: dict[str, pd.DataFrame]
    weekly: pd.DataFrame
    outcomes: pd.DataFrame

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return sum(map(table_size, (*self.spells.values(), self.weekly, self.outcomes)))


def table_size(table: pd.DataFrame) -> int:
    """Return the bytes that a table takes."""
    return int(table.memory_usage().sum())


def simulate_digest(scenario: Scenario, replication: int) -> Digest:
    """Simulate one replication, and keep what the page shows."""
    spells, weekly, _ = run_replication(scenario, replication)
    flow = flow_spells(spells[[*GROUPINGS, "weeks", "exited", "door", "entry_week"]]).assign(all=ALL)
    minutes = [name for name in weekly.columns if name.startswith("minutes_")]
    counted = {by: _count(flow, by) for by in (ALL, *GROUPINGS)}
    kept = weekly[[*KEPT, *minutes]].copy()
    return Digest(counted, kept, replication_outcomes(spells, weekly))


def _count(flow: pd.DataFrame, by: str) -> pd.DataFrame:
    keys = flow[[by, "weeks", "door"]].rename(columns={by: "group"})
    return (
        keys.groupby(["group", "weeks", "door"], observed=True, dropna=False)
        .size()
        .reset_index(name="number")
    )


def spells_of(digests: Sequence[Digest], by: str = ALL) -> pd.DataFrame:
    """Return the spells of several replications together: group, weeks, door, number."""
    return pd.concat([digest.spells[by] for digest in digests], ignore_index=True)


def counts_of(spells: pd.DataFrame, groups: pd.Series | None = None) -> Counts:
    """Return counted spells as every estimator takes them; `groups` instead of their own."""
    labels = spells["group"] if groups is None else groups
    return count_spells(spells["weeks"], spells["door"], groups=labels, repeats=spells["number"])


def weekly_of(digests: Sequence[Digest]) -> pd.DataFrame:
    """Return the weeks of several replications."""
    return pd.concat([digest.weekly for digest in digests], ignore_index=True)


def differences(first: Sequence[Digest], second: Sequence[Digest]) -> pd.DataFrame:
    """Return every headline outcome of both runs, and the paired difference; see `paired_differences`."""
    baseline, now = (pd.concat([digest.outcomes for digest in run]) for run in (first, second))
    return paired_differences(baseline, now)


def group_differences(
    first: Sequence[Digest], second: Sequence[Digest], by: str, horizon: int
) -> pd.DataFrame:
    """Return the same of mean weeks on assistance within a horizon, for each group of a trait."""
    return paired_differences(_means(first, by, horizon), _means(second, by, horizon))


def _means(run: Sequence[Digest], by: str, horizon: int) -> pd.DataFrame:
    parts = []
    for number, digest in enumerate(run):
        table = restricted_mean(counts_of(digest.spells[by]), None, horizon)
        parts.append(table.rename(columns={"group": "outcome", "mean": "value"}).assign(replication=number))
    return pd.concat(parts)[["replication", "outcome", "value"]].assign(unit="weeks")
