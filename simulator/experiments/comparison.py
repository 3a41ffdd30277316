"""Two scenarios under the same luck: what the second changes, with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from simulator.errors import Mistake, SettingsError, SimulatorError
from simulator.experiments.effects import Effects
from simulator.experiments.persons import TRAITS, pair_spells, who_gained
from simulator.experiments.precision import Spent, spent_on, stages, values_of
from simulator.experiments.runner import (
    check_scenario,
    join,
    simulate_parts,
    values_of_parts,
    with_luck,
)
from simulator.outcomes.intervals import half_width, where_reached
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import HORIZON_WEEKS, replication_outcomes
from simulator.outcomes.survival.columns import SpellsError, check_level
from simulator.parameters import Scenario
from simulator.provenance import now

ROUNDING = 1e-20
"""Share of the variance of two runs below which that of their difference is rounding."""


@dataclass(frozen=True)
class Comparison(Effects):
    """Two runs under the same luck.

    Attributes
    ----------
    table : DataFrame
        Columns outcome, baseline, alternative, difference, low, high, unit: means over replications, and the
        interval of the difference; `variance_cut`, how many times less the difference varies over
        replications than it would if the two runs had independent luck, NaN where it does not vary; and
        `replications`, in how many both had something to measure: all columns are over these. A median that
        one of both did not reach in some replication has no difference.
    baseline, alternative : Outcome
        The two runs.
    precision : Spent or None
        What a wished precision of a difference took, if one was wished.
    """

    table: pd.DataFrame
    baseline: Outcome
    alternative: Outcome
    precision: Spent | None = None

    def pairs(self, horizon: int = HORIZON_WEEKS) -> pd.DataFrame:
        """Return every spell that both runs have, side by side; see `persons.pair_spells`."""
        weeks = int(self.baseline.weekly["week"].max()) + 1
        return pair_spells(self.baseline.spells, self.alternative.spells, weeks, horizon)

    def persons(
        self, by: str | None = None, horizon: int = HORIZON_WEEKS, level: float = 0.95
    ) -> pd.DataFrame:
        """Return who gained and who lost weeks, and how many, in all or by a trait; see `who_gained`."""
        return who_gained(self.pairs(horizon), by, level, self.baseline.settings)

    def persons_by_trait(self) -> pd.DataFrame:
        """Return the same in all and by each trait, one below the other; the column `by` holds the trait."""
        pairs = self.pairs()
        parts = [who_gained(pairs, trait).assign(by=trait or "") for trait in (None, *TRAITS)]
        return pd.concat([part.astype({"group": str}) for part in parts if len(part)] or [pd.DataFrame()])


def compare(
    baseline: Scenario,
    alternative: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    level: float = 0.95,
) -> Comparison:
    """Simulate two scenarios for the same people with the same luck, and return the differences.

    Replication by replication, every person meets the same luck in both, so the interval of a difference is
    that of paired replications (Student's t). If the baseline wishes a precision, it is that of the
    difference, and there are as many replications as it needs.

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
    SettingsError
        If the outcome whose precision is wished is none of both runs.
    SimulatorError
        If the scenarios differ in population, number of offices, weeks or (unless one is given) seed.
    """
    check_arguments(baseline, alternative, (replications, seed), level)
    check_same_people(baseline, alternative, seed)
    replications = baseline.replications if replications is None else replications
    seed = baseline.seed if seed is None else seed
    started = now()
    wish = baseline.precision
    scenarios = [with_luck(scenario, replications, seed) for scenario in (baseline, alternative)]
    runs = [simulate_parts(scenario, range(replications)) for scenario in scenarios]
    if wish.outcome is not None:
        first, second = (values_of_parts(parts, wish.outcome) for parts in runs)
        total = stages(second - first, wish)
        for scenario, parts in zip(scenarios, runs, strict=True):
            parts.update(simulate_parts(scenario, range(replications, total)))
    pair = [join(scenario, parts, started) for scenario, parts in zip(scenarios, runs, strict=True)]
    return compared(pair[0], pair[1], scenarios[0], level)


def check_arguments(
    baseline: object, alternative: object, luck: tuple[int | None, int | None], level: object
) -> None:
    """Raise SimulatorError with all that is wrong with what `compare` is given."""
    checks: list[Callable[[], object]] = [partial(check_scenario, one) for one in (baseline, alternative)]
    known = next((one for one in (baseline, alternative) if isinstance(one, Scenario)), None)
    if known is not None:
        checks.append(partial(with_luck, known, *luck))
    checks.append(partial(check_level, level))
    errors = []
    for check in checks:
        try:
            check()
        except SimulatorError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SpellsError(*(str(line) for one in errors for line in getattr(one, "mistakes", (one,))))


def compared(baseline: Outcome, alternative: Outcome, scenario: Scenario, level: float = 0.95) -> Comparison:
    """Return the comparison of two runs about the same people, with what the precision of `scenario` took."""
    wish, spent = scenario.precision, None
    if wish.outcome is not None:
        values = [values_of(run.spells, run.weekly, wish.outcome) for run in (baseline, alternative)]
        spent = spent_on(values[1] - values[0], scenario.replications, wish)
    return Comparison(difference_table(baseline, alternative, level), baseline, alternative, spent)


def reopened(baseline: Outcome, alternative: Outcome, manifest: Mapping[str, Any]) -> Comparison:
    """Return the comparison of two finished runs in a folder, with what a wished precision took."""
    spent = manifest.get("precision")
    known = None if spent is None else Spent(**{name: spent[name] for name in Spent.__dataclass_fields__})
    return Comparison(difference_table(baseline, alternative), baseline, alternative, known)


def check_same_people(baseline: Scenario, alternative: Scenario, seed: int | None = None) -> None:
    """Raise SettingsError if two scenarios are not about the same people in the same weeks.

    Parameters
    ----------
    baseline, alternative : Scenario
        Complete settings.
    seed : int, optional
        The seed of both, if it is not their own.
    """
    first, second = _people(baseline, seed), _people(alternative, seed)
    differing = [name for name in first if first[name] != second[name]]
    if differing:
        listed = ", ".join(f"{name}{_pair(first[name], second[name])}" for name in differing)
        problem = f"the scenarios are not about the same people in the same weeks; they differ in {listed}"
        raise SettingsError([Mistake("", problem, "these alike in both")])


def is_about_the_same(first: Scenario, second: Scenario) -> bool:
    """Whether two scenarios are about the same people in the same weeks."""
    return _people(first, None) == _people(second, None)


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
    """Return outcome, baseline, alternative, difference and more of two paired runs; see `Comparison.table`.

    With independent luck a difference would vary as both runs together; `variance_cut` is the ratio of that
    variance to the one of the paired difference; NaN where that is nought, so that there is nothing to cut.
    """
    first, second = (replication_outcomes(run.spells, run.weekly) for run in (baseline, alternative))
    return paired_differences(first, second, level)


def paired_differences(
    baseline: pd.DataFrame, alternative: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """Return the same from the outcomes of each replication, as `replication_outcomes` gives them."""
    keys = ["outcome", "unit", "replication"]
    pair = [run.set_index(keys)["value"] for run in (baseline, alternative)]
    both = pd.concat(pair, axis=1, keys=["baseline", "alternative"], join="inner")
    both[both.isna().any(axis=1)] = np.nan
    number = both["baseline"].groupby(["outcome", "unit"], sort=False).count()
    for name in both:
        both[name] = where_reached(both[name].rename("value").reset_index())["value"].to_numpy()
    both["difference"] = both["alternative"] - both["baseline"]
    groups = both.groupby(["outcome", "unit"], sort=False)
    table, spread = groups.mean(), groups.var()
    half = groups["difference"].agg(lambda d: half_width(d.dropna().to_numpy(), level))
    table["low"], table["high"] = table["difference"] - half, table["difference"] + half
    alone = spread["baseline"] + spread["alternative"]
    table["variance_cut"] = alone / spread["difference"].where(spread["difference"] > ROUNDING * alone)
    table["replications"] = number
    order = ["outcome", "baseline", "alternative", "difference", "low", "high", "unit", "variance_cut"]
    return table.reset_index()[[*order, "replications"]]
