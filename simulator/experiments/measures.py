"""What an experiment measures: one number for each replication of a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from simulator.outcomes.creaming import monthly_rates
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.distance import distance_from_work
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import restricted_mean
from simulator.rules.duty import AGE_LIMIT
from simulator.rules.referral import YOUNG
from simulator.vocabulary import WEEKS_PER_YEAR

Measure = Callable[[Outcome], np.ndarray]
"""Gives one number a replication, in the order of replications; NaN where there is nothing to measure."""

HORIZON_WEEKS = 2 * WEEKS_PER_YEAR


def replications(outcome: Outcome) -> pd.Index:
    """Return the numbers of the replications of a run."""
    return pd.Index(np.sort(outcome.weekly["replication"].unique()))


def per_replication(outcome: Outcome, values: pd.Series) -> np.ndarray:
    """Return values that are indexed by replication as an array, NaN where one is missing."""
    return values.reindex(replications(outcome)).to_numpy(dtype=float)


def time_on_benefit(first_week: int = 0, last_week: int = 10**6, young: bool | None = None) -> Measure:
    """Return the measure: restricted mean weeks on benefit (two years) of those who came in these weeks."""

    def measure(outcome: Outcome) -> np.ndarray:
        spells = flow_spells(outcome.spells)
        spells = _of_age(spells[spells["entry_week"].between(first_week, last_week)], young)
        groups = spells["replication"]
        table = restricted_mean(spells["weeks"], spells["exited"], HORIZON_WEEKS, groups=groups)
        return per_replication(outcome, table.set_index("group")["mean"])

    return measure


def _of_age(spells: pd.DataFrame, young: bool | None) -> pd.DataFrame:
    return spells if young is None else spells[(spells["age"] < YOUNG) == young]


def denials(children: bool) -> Measure:
    """Return the measure: denials in households with, or without, children."""

    def measure(outcome: Outcome) -> np.ndarray:
        spells = outcome.spells[(outcome.spells["children"] > 0) == children]
        return np.nan_to_num(per_replication(outcome, spells.groupby("replication")["denials"].sum()))

    return measure


def activity_of_the_young() -> Measure:
    """Return the measure: weeks of activity of clients under 25, a week on benefit."""

    def measure(outcome: Outcome) -> np.ndarray:
        spells = flow_spells(outcome.spells)
        young = spells[spells["age"] < AGE_LIMIT]
        return _ratio_of_sums(outcome, young, "programme_weeks", "weeks")

    return measure


def _ratio_of_sums(outcome: Outcome, rows: pd.DataFrame, above: str, below: str) -> np.ndarray:
    sums = rows.groupby("replication")[[above, below]].sum()
    return per_replication(outcome, sums[above] / sums[below].where(sums[below] > 0))


def ratio(above: str, below: str) -> Measure:
    """Return the measure: the sum of one column of the weekly panel over that of another."""

    def measure(outcome: Outcome) -> np.ndarray:
        return _ratio_of_sums(outcome, outcome.weekly, above, below)

    return measure


def total(column: str) -> Measure:
    """Return the measure: the sum of a column of the weekly panel."""
    return lambda outcome: per_replication(outcome, outcome.weekly.groupby("replication")[column].sum())


def in_week(column: str, week: int) -> Measure:
    """Return the measure: a column of the weekly panel in the last week up to `week` that has a value."""

    def measure(outcome: Outcome) -> np.ndarray:
        rows = outcome.weekly[outcome.weekly["week"] <= week].dropna(subset=[column])
        return per_replication(outcome, rows.groupby("replication")[column].last())

    return measure


def share_of_spells(above: str, below: str) -> Measure:
    """Return the measure: the sum of one column over that of another, over spells that began in the run."""

    def measure(outcome: Outcome) -> np.ndarray:
        return _ratio_of_sums(outcome, flow_spells(outcome.spells), above, below)

    return measure


def wait_for(column: str, quantile: float | None = None, young: bool | None = None) -> Measure:
    """Return the measure: mean (or quantile) of the weeks from entry to a week, of those who came to it."""

    def measure(outcome: Outcome) -> np.ndarray:
        spells = _of_age(flow_spells(outcome.spells), young)
        wait = (spells[column] - spells["entry_week"]).astype(float)
        groups = wait.groupby(spells["replication"])
        return per_replication(outcome, groups.mean() if quantile is None else groups.quantile(quantile))

    return measure


def gap_near_far(column: str, least_weeks: int) -> Measure:
    """Return the measure: a column's amount a month, near third less far third, over the mean.

    Thirds are by barriers alone; see `simulator.outcomes.creaming.monthly_rates`.
    """

    def measure(outcome: Outcome) -> np.ndarray:
        spells = flow_spells(outcome.spells)
        distance = distance_from_work(spells, outcome.manifest["settings"], traits=False)
        rates = monthly_rates(spells, column, distance, least_weeks)
        return per_replication(outcome, (rates["near"] - rates["far"]) / rates["everybody"])

    return measure


def attendance(fitting: bool) -> Measure:
    """Return the measure: share of weeks attended, where all referrals (or none) met the largest barrier."""

    def measure(outcome: Outcome) -> np.ndarray:
        spells = flow_spells(outcome.spells)
        met = spells["fitting_referrals"]
        chosen = spells[(spells["referrals"] > 0) & (met == (spells["referrals"] if fitting else 0))]
        sums = chosen.groupby("replication")[["programme_weeks", "absences"]].sum()
        return per_replication(outcome, sums["programme_weeks"] / sums.sum(axis=1))

    return measure


def share_planned(weeks: int) -> Measure:
    """Return the measure: share with a plan so many weeks after entry, of those then still on benefit."""

    def measure(outcome: Outcome) -> np.ndarray:
        spells = flow_spells(outcome.spells)
        still = spells[spells["weeks"] >= weeks]
        planned = ((still["plan_week"] - still["entry_week"]) <= weeks).fillna(value=False).astype(float)
        return per_replication(outcome, planned.groupby(still["replication"]).mean())

    return measure
