"""Two scenarios under the same luck: what the second changes, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from simulator.errors import SimulatorError
from simulator.experiments.runner import check_scenario, simulate
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import half_width, replication_outcomes
from simulator.outcomes.survival.columns import check_number
from simulator.parameters import Scenario


@dataclass(frozen=True)
class Comparison:
    """Two runs under the same luck.

    Attributes
    ----------
    table : DataFrame
        Columns outcome, baseline, alternative, difference, low, high, unit: means over replications, and the
        interval of the difference.
    baseline, alternative : Outcome
        The two runs.
    """

    table: pd.DataFrame
    baseline: Outcome
    alternative: Outcome


def compare(
    baseline: Scenario,
    alternative: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    level: float = 0.95,
) -> Comparison:
    """Simulate two scenarios for the same people with the same luck, and return the differences.

    Replication by replication, every person meets the same luck in both, so the interval of a difference is
    that of paired replications (Student's t).

    Parameters
    ----------
    baseline, alternative : Scenario
        Complete settings.
    replications, seed : int, optional
        For both; the baseline's own if not given.
    level : float
        Coverage of the interval.

    Raises
    ------
    SimulatorError
        If the scenarios differ in population, number of offices, weeks or (unless one is given) seed.
    """
    check_number("level", level, 1.0, "a share between 0 and 1")
    check_scenario(baseline)
    check_scenario(alternative)
    check_same_people(baseline, alternative, seed)
    replications = baseline.replications if replications is None else replications
    seed = baseline.seed if seed is None else seed
    first, second = (simulate(scenario, replications, seed) for scenario in (baseline, alternative))
    return Comparison(difference_table(first, second, level), first, second)


def check_same_people(baseline: Scenario, alternative: Scenario, seed: int | None = None) -> None:
    """Raise SimulatorError if two scenarios are not about the same people in the same weeks.

    Parameters
    ----------
    baseline, alternative : Scenario
        Complete settings.
    seed : int, optional
        The seed of both, if it is not their own.
    """
    first, second = _people(baseline, seed), _people(alternative, seed)
    differing = [name for name in first if first[name] != second[name]]
    differences = [f"{name}{_pair(first[name], second[name])}" for name in differing]
    if differences:
        raise SimulatorError(
            "The two scenarios are not about the same people in the same weeks, so their difference would "
            f"not be that of the policy. They differ in: {', '.join(differences)}. Set these alike in both."
        )


def _pair(first: object, second: object) -> str:
    """Return two values in brackets, if they are short."""
    return "" if isinstance(first, dict) else f" ({first} and {second})"


def _people(scenario: Scenario, seed: int | None) -> dict[str, object]:
    """Return the settings on which people, their luck and the weeks depend, by their names."""
    population = {f"population.{name}": value for name, value in scenario.population.model_dump().items()}
    return {
        **population,
        "population.offices": scenario.number_of_offices(),  # left open, it follows from other settings
        "weeks": scenario.weeks,
        "seed": scenario.seed if seed is None else seed,
    }


def difference_table(baseline: Outcome, alternative: Outcome, level: float = 0.95) -> pd.DataFrame:
    """Return outcome, baseline, alternative, difference, low, high, unit of two runs, paired."""
    keys = ["outcome", "unit", "replication"]
    pair = [
        replication_outcomes(run.spells, run.weekly).set_index(keys)["value"]
        for run in (baseline, alternative)
    ]
    both = pd.concat(pair, axis=1, keys=["baseline", "alternative"], join="inner")
    both["difference"] = both["alternative"] - both["baseline"]
    groups = both.groupby(["outcome", "unit"], sort=False)
    table = groups.mean()
    half = groups["difference"].agg(lambda d: half_width(d.dropna().to_numpy(), level))
    table["low"], table["high"] = table["difference"] - half, table["difference"] + half
    order = ["outcome", "baseline", "alternative", "difference", "low", "high", "unit"]
    return table.reset_index()[order]
