"""Calibration: waves of points, an emulator of what facts measure, and draws of all that agrees with them.

The first wave is spread over the prior. Each further wave is drawn where, as far as the emulator knows, no
fact is missed by far (misfits divided by `widening`, as in history matching, and by less in each wave that
follows), so that the emulator is surest where it matters, and not trusted where it was only hopeful. The
posterior is sampled with the last emulator. Points are those of a sweep: a calibration that was stopped goes
on, and who does the work changes nothing.

References
----------
Craig, P. S. et al. (1997). Pressure matching for hydrocarbon reservoirs: a case study in the use of Bayes
linear strategies for large computer experiments. In Case Studies in Bayesian Statistics 3, 37-93.
Andrianakis, I. et al. (2015). Bayesian history matching of complex infectious disease models using emulation.
PLOS Computational Biology 11(1), e1003968.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.composing.pairing import Load
from simulator.errors import Mistake, SettingsError, checked
from simulator.experiments.fitting.emulator import Array, Emulator, fit_emulator, surprise
from simulator.experiments.fitting.facts import Fact, facts_to_fit
from simulator.experiments.fitting.priors import Free, free_settings, points_at, read_free
from simulator.experiments.fitting.published import Measure, Tables, held_back, measures_of, worlds_of
from simulator.experiments.fitting.sampling import Intervals, Targets, sample_posterior, sobol_shares
from simulator.experiments.fitting.worlds import check_estimates, compose_worlds, simulate_worlds
from simulator.parameters import Scenario
from simulator.parameters.fitting import Calibrate

WAVE = "wave"


@dataclass(frozen=True)
class Plan:
    """What is fitted to what.

    Attributes
    ----------
    facts : tuple of Fact
        One for each column of the emulator.
    measures : tuple of Measure
        What is held against each.
    free : tuple of Free
        What is fitted.
    """

    facts: tuple[Fact, ...]
    measures: tuple[Measure, ...]
    free: tuple[Free, ...]


@dataclass
class Known:
    """What has been simulated so far.

    Attributes
    ----------
    shares : array, shape (points, settings)
        Where points lie in the priors.
    values : array, shape (points, facts)
        Mean of each measure over replications, on the scale of comparison.
    errors : array, shape (points, facts)
        Standard error of that mean.
    waves : array of int, shape (points,)
        The wave of each point.
    """

    shares: Array
    values: Array
    errors: Array
    waves: Array
    foreseen: list[pd.DataFrame] = field(default_factory=list)

    def add(self, wave: int, shares: Array, values: Array, errors: Array) -> None:
        """Add the points of a wave."""
        self.shares = np.vstack([self.shares, shares])
        self.values = np.vstack([self.values, values])
        self.errors = np.vstack([self.errors, errors])
        self.waves = np.concatenate([self.waves, np.full(len(shares), wave)])


@dataclass(frozen=True)
class Fit:
    """A finished calibration.

    Attributes
    ----------
    plan : Plan
        What was fitted to what.
    known : Known
        The points.
    emulator : Emulator
        The last one.
    targets : Targets
        The facts, with what luck does to all points.
    posterior : array, shape (draws, settings)
        Shares of the priors.
    """

    plan: Plan
    known: Known
    emulator: Emulator
    targets: Targets
    posterior: Array


def plan_fit(scenario: Scenario, study: Calibrate) -> Plan:
    """Return what a study fits to what.

    Raises
    ------
    SettingsError
        If a fact is for validation, cannot be measured or has no number, a setting cannot be fitted, or the
        first points cannot be spread evenly.
    """
    pairs: list[tuple[Fact, Measure]] = []
    free: list[Free] = []
    checked(
        [
            lambda: _check_points(study),
            lambda: pairs.extend(_pairs(study)),
            lambda: free.extend(free_settings(scenario, read_free(study.free))),
        ]
    )
    return Plan(tuple(fact for fact, _ in pairs), tuple(one for _, one in pairs), tuple(free))


def _check_points(study: Calibrate) -> None:
    if study.first_points & (study.first_points - 1):
        problem = f"{study.first_points} is no power of two, as points spread evenly have to be"
        raise SettingsError([Mistake("study.first_points", problem, "8, 16, 32, 64, 128, ...")])


def _pairs(study: Calibrate) -> Iterator[tuple[Fact, Measure]]:
    """Yield every fact with each of its measures."""
    facts = facts_to_fit(Path(study.facts) if study.facts else None, study.only)
    for fact, found in zip(facts, checked(partial(_to_fit, fact) for fact in facts), strict=True):
        yield from ((fact, one) for one in found)


def _to_fit(fact: Fact) -> list[Measure]:
    """Return the measures of a fact; raise SettingsError if there is none, or one kept for validation."""
    found = list(measures_of(fact).values())
    mistakes = [
        Mistake(
            f"fact {fact.id}, measure", f"is that of {kept}, which is for validation and never enters a fit"
        )
        for one in found
        if fact.measure and (kept := held_back(one))
    ]
    if not found:
        problem, allowed = "nothing in a run is held against it", "a column measure: WORLD | ESTIMATE"
        mistakes.append(Mistake(f"fact {fact.id}", problem, allowed))
    if mistakes:
        raise SettingsError(mistakes)
    return found


def targets_of(facts: Sequence[Fact], study: Calibrate, luck: Array) -> Targets:
    """Return what the facts say: published interval, or what stands for it, and discrepancy (in squares)."""
    sides = np.array([fact.sds() for fact in facts])
    values = np.array([fact.on_scale(fact.value) for fact in facts])
    sizes = np.abs(np.array([1.0 if fact.is_ratio else fact.value for fact in facts]))
    sides = np.where(np.isnan(sides), study.share_unknown * sizes[:, None], sides)
    sides = np.sqrt(sides**2 + (study.share_discrepancy * sizes[:, None]) ** 2)
    return Targets(values, sides[:, 0], sides[:, 1], luck, _intervals(facts, study))


def _intervals(facts: Sequence[Fact], study: Calibrate) -> Intervals | None:
    if study.share_outside is None:
        return None
    there = np.array([fact.has_interval for fact in facts])
    low, high = (
        np.array([fact.on_scale(one) for fact, one in zip(facts, bounds, strict=True)])
        for bounds in ([fact.low for fact in facts], [fact.high for fact in facts])
    )
    softness = np.where(there & (high > low), study.share_outside * (high - low) / 2.0, np.inf)
    return Intervals(np.where(there, low, -np.inf), np.where(there, high, np.inf), softness)


def calibrate(scenario: Scenario, study: Calibrate, folder: Path, load: Load) -> Fit:
    """Fit a scenario to the facts; what is there already of its points is not simulated again.

    Parameters
    ----------
    scenario : Scenario
        The municipality, with seed and replications.
    study : Calibrate
        What is fitted, and how.
    folder : Path
        Where the waves go.
    load : callable
        Loads scenarios under the overrides of the command.

    Raises
    ------
    SettingsError
        If something cannot be fitted, a world cannot be made, or a point is not allowed.
    SimulatorError
        If an optional library is missing, or a measure has no value at nearly all points.
    """
    plan = plan_fit(scenario, study)
    worlds = compose_worlds(scenario, worlds_of(plan.facts), load)
    if not (folder / f"{WAVE}=0").exists():
        check_estimates(zip(plan.facts, plan.measures, strict=True), worlds)
    size, facts = len(plan.free), len(plan.facts)
    known = Known(np.empty((0, size)), np.empty((0, facts)), np.empty((0, facts)), np.empty(0))
    shares = sobol_shares(size, study.first_points, scenario.seed)
    for wave in range(study.waves + 1):
        if wave:
            emulator = fit_emulator(known.shares, known.values, scenario.seed)
            targets = targets_of(plan.facts, study, luck_of(known))
            drawn_with = scenario.seed + wave
            widening = widening_of(wave, study)
            shares = sample_posterior(emulator, targets, study.wave_points, drawn_with, widening)
            means, sds = emulator.predict(shares)
        draws = points_at(plan.free, shares)
        tables = simulate_worlds(scenario, folder / f"{WAVE}={wave}", worlds, draws)
        values, errors = measured(plan, tables)
        if wave:
            seen = pd.DataFrame(surprise(means, sds, emulator.noise, values))
            known.foreseen.append(seen.assign(wave=wave, fact=[fact.id for fact in plan.facts]))
        known.add(wave, shares, values, errors)
    emulator = fit_emulator(known.shares, known.values, scenario.seed)
    targets = targets_of(plan.facts, study, luck_of(known))
    posterior = sample_posterior(emulator, targets, study.draws, scenario.seed)
    return Fit(plan, known, emulator, targets, posterior)


def widening_of(wave: int, study: Calibrate) -> float:
    """Return what misfits are divided by in a further wave: `widening` in the first, then less by one factor.

    The wave after the last would have the posterior's 1.
    """
    return float(study.widening ** (1.0 - (wave - 1) / study.waves))


def measured(plan: Plan, tables: Sequence[Tables]) -> tuple[Array, Array]:
    """Return mean and standard error over replications of every measure at every point."""
    rows = [[one.of(point).to_numpy(float) for one in plan.measures] for point in tables]
    means = np.array([[_mean(values) for values in row] for row in rows])
    errors = np.array([[_error(values) for values in row] for row in rows])
    return means, errors


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _error(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")


def luck_of(known: Known) -> Array:
    """Return the standard error of what luck does to all points alike: the points' own, averaged in squares.

    With a single replication it cannot be told, and is taken for nought.
    """
    squares = np.where(np.isfinite(known.errors), known.errors**2, np.nan)
    there = np.isfinite(squares).any(axis=0)
    return np.sqrt(np.where(there, np.nanmean(np.where(there, squares, 0.0), axis=0), 0.0))


def settings_of_draws(fit: Fit) -> list[Mapping[str, float | int]]:
    """Return the posterior's draws as settings."""
    return list(points_at(fit.plan.free, fit.posterior))
