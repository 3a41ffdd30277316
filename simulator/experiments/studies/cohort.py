"""An entry cohort: where it is year by year, and how much of its falling exit rate is sorting.

Those who leave early are those who leave easily, so the exit rate of those who remain falls even if nobody's
does. A second world in which true duration dependence is switched off shows how far it falls then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.composing.pairing import Load
from simulator.errors import Mistake, SettingsError, inside_of
from simulator.experiments.comparison import check_same_people
from simulator.experiments.studies.arms import load_arms
from simulator.experiments.studies.event_study import pseudo_values
from simulator.experiments.studies.subgroups import check_columns, groups_of, of_subgroup
from simulator.experiments.studies.worlds import Draw, Plan, World, empty_spells
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.status import STATUSES, status_after
from simulator.parameters import Scenario
from simulator.parameters.designs import CohortStudy
from simulator.vocabulary import WEEKS_PER_YEAR

KEYS = ("outcome", "group", "year", "unit")
WITH, WITHOUT = "with", "without"
KEYS_OF_RATES = ["outcome", "year", "unit"]
HALF_YEAR = WEEKS_PER_YEAR // 2
RATE, FALL, SORTING = (
    "exits per 100 weeks at risk",
    "fall of the exit rate, log",
    "share of the fall that is sorting",
)


def plan_cohort(scenario: Scenario, design: CohortStudy, load: Load, draw: Draw = ()) -> Plan:
    """Return the two worlds of a cohort study, checked.

    Raises
    ------
    SettingsError
        If the design cannot be carried out, or the two worlds are not about the same people.
    """
    by = [("by", design.by)] if design.by else []
    arms = {WITH: "", WITHOUT: design.without}
    checks = [
        lambda: check_columns(empty_spells(scenario), design.subgroup, *by),
        lambda: _check_years(scenario, design),
    ]
    worlds = load_arms(scenario, arms, load, draw, "study.without", checks)
    with inside_of("study.without"):
        check_same_people(worlds[WITH], worlds[WITHOUT])
    return Plan({name: World(one) for name, one in worlds.items()})


def _check_years(scenario: Scenario, design: CohortStudy) -> None:
    needed = design.entry_weeks + design.years * WEEKS_PER_YEAR
    if needed > scenario.weeks:
        problem = f"{design.years} years after the last entry, the run of {scenario.weeks} weeks has ended"
        raise SettingsError([Mistake("study.years", problem, f"fewer years, or weeks={needed} or more")])


def cohort_rows(_: Plan, worlds: Mapping[str, Outcome], design: CohortStudy) -> Iterator[dict[str, object]]:
    """Yield where the cohort is, replication by replication.

    Each row has outcome (a status of STATUSES, or of the exit rate), group, year (at the end of which; rates
    are of half-years of the first spell), unit, people, with, without, and effect (with less
    without).
    """
    cohorts = {name: cohort_of(world.spells, design) for name, world in worlds.items()}
    number = cohorts[WITH].groupby(["replication", "group"]).size()
    levels = {name: cohort_levels(people, worlds[name].spells, design) for name, people in cohorts.items()}
    both = pd.concat([levels[WITH], levels[WITHOUT]], axis=1, keys=[WITH, WITHOUT])
    for key, row in both.iterrows():
        names = dict(zip(both.index.names, key, strict=True))  # type: ignore[call-overload]
        people = number.loc[names["replication"], names["group"]]
        levels_of = {"people": people, WITH: row[WITH], WITHOUT: row[WITHOUT]}
        yield {**names, **levels_of, "effect": row[WITH] - row[WITHOUT]}
    for one in _sorting(both):
        yield {**one, "people": number.loc[(one["replication"], one["group"])]}  # type: ignore[index]


def _sorting(both: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield the share of the fall of the exit rate that is there without true duration dependence.

    It is the ratio of the mean falls over replications with both; pseudo-values about it tell its interval.
    """
    falls = both[both.index.get_level_values("outcome") == FALL]
    for key, part in falls.groupby(list(KEYS), sort=False):
        names = {**dict(zip(KEYS, key, strict=True)), "outcome": SORTING, "unit": "share"}
        known = part.dropna()
        shares = pd.Series(_about_ratio(known.to_numpy(float)), known.index).reindex(part.index)
        for replication, share in zip(part.index.get_level_values("replication"), shares, strict=True):
            yield {**names, "replication": replication, WITH: np.nan, WITHOUT: np.nan, "effect": share}


def _about_ratio(falls: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the jackknife's pseudo-values of the share that is sorting, moved to have it as their mean."""
    if not len(falls):
        return np.empty(0)
    values = pseudo_values(falls, share_of_fall, -np.inf)
    if np.isnan(values).any():
        return values
    return values + share_of_fall(falls.sum(axis=0)) - values.mean()


def share_of_fall(falls: NDArray[np.float64]) -> float:
    """Return the fall without true duration dependence over that with it, missing where there is none."""
    with_it, without = falls
    return float(without / with_it) if with_it < 0.0 else float("nan")


def cohort_of(spells: pd.DataFrame, design: CohortStudy) -> pd.DataFrame:
    """Return the spells of a cohort: the first ever of those whose first began in the entry weeks."""
    first = spells[(spells["spell"] == 1) & spells["entry_week"].between(0, design.entry_weeks - 1)]
    first = first[of_subgroup(first, design.subgroup)]
    return first.assign(origin=first["entry_week"], group=groups_of(first, design.by))


def cohort_levels(people: pd.DataFrame, spells: pd.DataFrame, design: CohortStudy) -> pd.Series:
    """Return what is measured of a cohort, indexed by replication, group, outcome, year and unit.

    Parameters
    ----------
    people : DataFrame
        From `cohort_of`.
    spells : DataFrame
        All spells of the world.
    design : CohortStudy
        For how long.
    """
    parts = [_statuses(people, spells, year) for year in range(1, design.years + 1)]
    rates = [_rate(people, half) for half in range(2 * design.years)]
    logs = [np.log(rate.where(rate > 0.0)).reset_index(KEYS_OF_RATES, drop=True) for rate in rates]
    falls = [one - logs[0] for one in logs]
    named = [_named(fall, FALL, (half + 1) / 2, "log ratio") for half, fall in enumerate(falls) if half]
    return pd.concat([*parts, *rates, *named])


def _statuses(people: pd.DataFrame, spells: pd.DataFrame, year: int) -> pd.Series:
    """Return the share in each status at the end of a year."""
    there = status_after(spells, people, year * WEEKS_PER_YEAR)
    keys = [people["replication"], people["group"]]
    shares = {name: (there == name).astype(float).groupby(keys).mean() for name in STATUSES}
    return pd.concat([_named(share, name, float(year), "share") for name, share in shares.items()])


def _rate(people: pd.DataFrame, half: int) -> pd.Series:
    """Return exits per 100 weeks at risk in a half-year of first spells, missing where nobody is at risk."""
    begin = half * HALF_YEAR
    at_risk = (people["weeks"] - begin).clip(lower=0, upper=HALF_YEAR)
    gone = people["exited"] & people["weeks"].between(begin + 1, begin + HALF_YEAR)
    keys = [people["replication"], people["group"]]
    rate = 100.0 * gone.groupby(keys).sum() / at_risk.groupby(keys).sum().replace(0, np.nan)
    return _named(rate, RATE, (half + 1) / 2, "exits")


def _named(values: pd.Series, outcome: str, year: float, unit: str) -> pd.Series:
    """Return values indexed by replication, group, outcome, year and unit."""
    index = values.index.to_frame(index=False).assign(outcome=outcome, year=year, unit=unit)
    return pd.Series(values.to_numpy(), index=pd.MultiIndex.from_frame(index))
