"""A rule that comes into force in some offices before others: difference-in-differences, beside the truth.

In the simulation the truth is known: the same offices with the same people and luck in a world in which the
rule never comes. What an estimator misses of it is shown beside the estimate.

References
----------
Callaway, B. & Sant'Anna, P. (2021). Difference-in-differences with multiple time periods. Journal of
Econometrics 225, 200-230.
Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. Journal of
Econometrics 225, 254-277.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.composing.pairing import Load
from simulator.errors import Mistake, ResultsError, SettingsError, nearest
from simulator.experiments.studies.arms import load_arms, reformed
from simulator.experiments.studies.layers import NOBODY
from simulator.experiments.studies.subgroups import check_columns, of_subgroup
from simulator.experiments.studies.worlds import Draw, Plan, World, empty_spells
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.regression import least_squares
from simulator.outcomes.status import DOORS_TO_WORK
from simulator.parameters import Scenario
from simulator.parameters.designs import RolloutStudy
from simulator.vocabulary import Door

Numbers = NDArray[np.float64]
Panel = NDArray[np.float64]
"""An outcome by replication, office and period."""

KEYS = ("estimator", "period", "outcome", "unit")
ROLLOUT, NEVER_TREATED = "rollout", "without"
TWO_WAY = "two-way fixed effects"
GROUP_TIME = "group-time effects, not yet treated as controls"
TRUTH = "true effect on the treated"
NO_WAVE = 2**30


RATE = "exits per 100 weeks on benefit"


class OfOffices(NamedTuple):
    """What can be measured in an office and period: its clients, or exits through some doors (None: all)."""

    unit: str
    is_rate: bool = True
    doors: Sequence[str] | None = None


OUTCOMES = {
    "exits_per_100_weeks": OfOffices(RATE),
    "exits_to_work_per_100_weeks": OfOffices(RATE, doors=DOORS_TO_WORK),
    **{f"exits_through_{door.label}_per_100_weeks": OfOffices(RATE, doors=(door.label,)) for door in Door},
    "clients": OfOffices("clients an office", is_rate=False),
}


def plan_rollout(scenario: Scenario, design: RolloutStudy, load: Load, draw: Draw = ()) -> Plan:
    """Return the worlds with and without the rule, checked.

    Raises
    ------
    SettingsError
        If the design cannot be carried out.
    """
    offices = f"population.offices={design.offices}"
    arms = {NEVER_TREATED: offices, ROLLOUT: f"{offices} {design.rule}"}
    checks = [
        lambda: check_columns(empty_spells(scenario), design.subgroup),
        lambda: _check(scenario, design),
    ]
    worlds = load_arms(scenario, arms, load, draw, "study.rule", checks)
    never = worlds[NEVER_TREATED]
    waves = {"share_offices": design.share_offices, "waves": design.waves, "wave_weeks": design.wave_weeks}
    treated = reformed(never, worlds[ROLLOUT], design.first_week, "study.rule", **waves)
    return Plan({ROLLOUT: World(treated), NEVER_TREATED: World(never)})


def _check(scenario: Scenario, design: RolloutStudy) -> None:
    mistakes = [*_wrong_waves(scenario, design)]
    if design.outcome not in OUTCOMES:
        problem, allowed = f"there is no '{design.outcome}'", ", ".join(OUTCOMES)
        mistakes.append(Mistake("study.outcome", problem, allowed, nearest(design.outcome, OUTCOMES)))
    if not design.share_offices > 0.0:
        mistakes.append(Mistake("study.share_offices", "is 0, so that the rule reaches no office", "above 0"))
    if design.share_offices >= 1.0 and design.waves == 1:
        mistakes.append(Mistake("study.share_offices", "leaves no office to compare with", "below 1"))
    if mistakes:
        raise SettingsError(mistakes)


def _wrong_waves(scenario: Scenario, design: RolloutStudy) -> Iterator[Mistake]:
    period, latest = design.period_weeks, scenario.weeks - design.period_weeks
    if design.wave_weeks % period:
        problem = f"{design.wave_weeks} is no multiple of the period of {period} weeks"
        yield Mistake("study.wave_weeks", problem, "whole periods")
    if design.waves > 1 and design.wave_weeks == 0:
        yield Mistake("study.wave_weeks", "is 0, so that all waves are one", "1 or more periods")
    if not period <= design.first_week <= latest:
        bounds = f"{period} to {latest}"
        yield Mistake("study.first_week", "leaves no period before, or none after", bounds)
    elif (last := design.first_week + (design.waves - 1) * design.wave_weeks) > latest:
        problem = f"the last of {design.waves} comes in week {last}, with no period of the run after it"
        yield Mistake("study.waves", problem, "fewer waves, or more weeks")


def rollout_rows(
    plan: Plan, worlds: Mapping[str, Outcome], design: RolloutStudy
) -> Iterator[dict[str, object]]:
    """Yield the estimates of a roll-out, replication by replication.

    Each has estimator, period (after the rule came, 0 the first; missing: average), outcome, unit, effect and
    study_error (standard error of one such study, clustered by office; two-way only).

    Raises
    ------
    ResultsError
        If nobody is of the subgroup.
    """
    if not any(of_subgroup(world.spells, design.subgroup).any() for world in worlds.values()):
        raise ResultsError(NOBODY)
    scenarios = {name: world.scenario for name, world in plan.worlds.items()}
    panels = {name: panel_of(world.spells, design, scenarios[name]) for name, world in worlds.items()}
    starts = starts_of(scenarios[ROLLOUT], design)
    for row in _rows(panels[ROLLOUT], panels[NEVER_TREATED], starts, design):
        yield {**row, "outcome": design.outcome, "unit": OUTCOMES[design.outcome].unit}


def starts_of(scenario: Scenario, design: RolloutStudy) -> NDArray[np.int64]:
    """Return in which period the rule comes to each office (0: that of the first wave; NO_WAVE: never)."""
    weeks = [scenario.reform.week_of_office(number, design.offices) for number in range(design.offices)]
    return np.array(
        [NO_WAVE if week is None else (week - design.first_week) // design.period_weeks for week in weeks]
    )


def panel_of(spells: pd.DataFrame, design: RolloutStudy, scenario: Scenario) -> Panel:
    """Return the outcome by replication, office and whole period, from the first to the last whole one.

    Period 0 begins in the first wave's week; those before are counted back from there.
    """
    chosen = spells[of_subgroup(spells, design.subgroup)]
    shape = (scenario.replications, design.offices, scenario.weeks)
    entry = chosen["entry_week"].clip(lower=0).to_numpy(np.int64)
    end = (chosen["entry_week"] + chosen["weeks"]).to_numpy(np.int64)
    cell = chosen["replication"].to_numpy(), chosen["office"].to_numpy()
    change = np.zeros((*shape[:2], shape[2] + 1))
    np.add.at(change, (*cell, entry), 1.0)
    np.add.at(change, (*cell, np.minimum(end, shape[2])), -1.0)
    clients = change.cumsum(axis=2)[:, :, :-1]
    weeks = _by_period(clients, design)
    outcome = OUTCOMES[design.outcome]
    if not outcome.is_rate:
        return weeks / design.period_weeks
    counted = chosen["exited"].to_numpy(bool)
    if outcome.doors is not None:
        counted = counted & chosen["door"].isin(outcome.doors).to_numpy()
    exits = np.zeros(shape)
    np.add.at(exits, (cell[0][counted], cell[1][counted], end[counted] - 1), 1.0)
    return 100.0 * _by_period(exits, design) / np.where(weeks > 0, weeks, np.nan)


def _by_period(values: Numbers, design: RolloutStudy) -> Numbers:
    """Return sums over whole periods, aligned so that one begins in the first wave's week."""
    first = design.first_week % design.period_weeks
    periods = (values.shape[2] - first) // design.period_weeks
    whole = values[:, :, first : first + periods * design.period_weeks]
    return np.asarray(whole.reshape(*values.shape[:2], periods, design.period_weeks).sum(axis=3))


def _rows(
    panel: Panel, never: Panel, starts: NDArray[np.int64], design: RolloutStudy
) -> Iterator[dict[str, object]]:
    before = design.first_week // design.period_weeks
    periods = np.arange(panel.shape[2]) - before
    for replication, values in enumerate(panel):
        without = never[replication]
        estimates = {GROUP_TIME: group_time(values, starts, periods, design)}
        estimates[TRUTH] = truth(values, without, starts, periods, design)
        effect, error = two_way(values, starts, periods)
        first = {"replication": replication, "study_error": np.nan}
        yield {**first, "estimator": TWO_WAY, "period": np.nan, "effect": effect, "study_error": error}
        for estimator, found in estimates.items():
            for period, value in found:
                yield {**first, "estimator": estimator, "period": period, "effect": value}


def two_way(values: Numbers, starts: NDArray[np.int64], periods: NDArray[np.int64]) -> tuple[float, float]:
    """Return the coefficient of the rule in a regression with levels of offices and periods, and its error.

    Parameters
    ----------
    values : array, shape (offices, periods)
        The outcome.
    starts : array of int, shape (offices,)
        Period in which the rule comes.
    periods : array of int, shape (periods,)
        Their numbers.
    """
    office, place = np.indices(values.shape)
    table = pd.DataFrame(
        {
            "y": values.ravel(),
            "rule": (periods[place] >= starts[office]).ravel().astype(float),
            "office": office.ravel(),
            "period": place.ravel(),
        }
    )
    found = least_squares(table, "y", ["rule"], ["office", "period"], "office")
    return (
        (float(found["coefficient"].iloc[0]), float(found["se"].iloc[0])) if len(found) else (np.nan, np.nan)
    )


def group_time(
    values: Numbers, starts: NDArray[np.int64], periods: NDArray[np.int64], design: RolloutStudy
) -> Iterator[tuple[float, float]]:
    """Yield the effect by period since the rule came, and (missing period) its average over those after.

    The change of each wave since its last period without the rule is compared with that of the offices which
    do not have it yet; waves are weighed by their offices.
    """
    after: list[tuple[float, int]] = []
    for since in range(-design.leads, design.lags + 1):
        found = list(_changes(values, starts, periods, since))
        if found:
            numbers = [number for _, number in found]
            effect = float(np.average([one for one, _ in found], weights=numbers))
            yield float(since), effect
            after += [(effect, sum(numbers))] if since >= 0 else []
    if after:
        yield (
            float("nan"),
            float(np.average([one for one, _ in after], weights=[number for _, number in after])),
        )


def _changes(
    values: Numbers, starts: NDArray[np.int64], periods: NDArray[np.int64], since: int
) -> Iterator[tuple[float, int]]:
    """Yield for each wave the change up to a period against that of the not yet treated, and its offices."""
    for start in np.unique(starts[starts < NO_WAVE]):
        now, base = start + since - periods[0], start - 1 - periods[0]
        if since == -1 or not 0 <= now < len(periods) or base < 0:
            continue
        treated, control = starts == start, starts > max(start, start + since)
        if control.any():
            change = values[:, now] - values[:, base]
            yield float(np.nanmean(change[treated]) - np.nanmean(change[control])), int(treated.sum())


def truth(
    values: Numbers,
    never: Numbers,
    starts: NDArray[np.int64],
    periods: NDArray[np.int64],
    design: RolloutStudy,
) -> Iterator[tuple[float, float]]:
    """Yield the difference from the world without the rule, where and when there are estimates."""
    after: list[float] = []
    for since in range(design.lags + 1):
        places = np.where(starts < NO_WAVE, starts + since - periods[0], -1)
        inside = (places >= 0) & (places < len(periods))
        inside &= np.array([bool((starts > start + since).any()) for start in starts])
        if inside.any():
            offices = np.flatnonzero(inside)
            differences = (values - never)[offices, places[offices]]
            yield float(since), float(np.nanmean(differences))
            after += differences.tolist()
    if after:
        yield float("nan"), float(np.nanmean(after))
