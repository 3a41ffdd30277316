"""A trial: arms drawn at random, the same follow-up and estimators as a published one would use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from simulator.composing.pairing import Load
from simulator.experiments.studies.arms import as_worlds, check_trial, inside, load_arms
from simulator.experiments.studies.estimates import (
    Level,
    effects,
    followed,
    hazard_ratios,
    levels,
)
from simulator.experiments.studies.subgroups import check_columns, groups_of, of_subgroup
from simulator.experiments.studies.worlds import Draw, Plan, World, empty_spells
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.parameters.designs import TrialStudy
from simulator.vocabulary import Placing

KEYS = ("saturation", "quantity", "group", "arm", "outcome", "unit")
EVERYBODY = "all"


@dataclass(frozen=True)
class TrialPlan(Plan):
    """The worlds of a trial under one draw of settings.

    Attributes
    ----------
    saturations : mapping of str to float
        Share of people in the second arm, for the worlds in which that is varied.
    """

    saturations: Mapping[str, float]


def plan_trial(scenario: Scenario, design: TrialStudy, load: Load, draw: Draw = ()) -> TrialPlan:
    """Return the worlds that a trial simulates, checked; nothing is simulated.

    Raises
    ------
    SettingsError
        If the design cannot be carried out, with every mistake.
    """
    columns = [("split", design.split)] if design.split else []
    checks = [
        lambda: check_trial(scenario, design),
        lambda: check_columns(empty_spells(scenario), design.subgroup, *columns),
    ]
    rules = load_arms(scenario, design.arms_by_name(), load, draw, "study.arms.{}", checks)
    baseline = load_arms(scenario, {EVERYBODY: ""}, load, draw)[EVERYBODY]
    if design.placing == Placing.WORLDS:
        apart = as_worlds(baseline, rules, design.start_week)
        return TrialPlan({name: World(one) for name, one in apart.items()}, {})

    def world(order: Sequence[str], shares: Sequence[float]) -> World:
        turned = {name: rules[name] for name in order}
        return World(inside(baseline, turned, shares, design))

    names = list(rules)
    shares = design.shares or [1.0 / len(names)] * len(names)
    turns = range(len(names) if design.rotate else 1)
    worlds = {f"turn {turn + 1}": world(names[turn:] + names[:turn], shares) for turn in turns}
    varied = {f"{share:g} treated": share for share in sorted({0.0, 1.0, *design.saturations})}
    varied = varied if design.saturations else {}
    worlds.update({name: world(names, (1.0 - share, share)) for name, share in varied.items()})
    return TrialPlan(worlds, varied)


def trial_rows(
    plan: TrialPlan, worlds: Mapping[str, Outcome], design: TrialStudy
) -> Iterator[dict[str, object]]:
    """Yield the effects of a trial, replication by replication.

    Each has saturation, quantity (effect; direct, displaced, net where saturation is varied), group, arm,
    outcome, unit, people (of both arms; everybody once a turn), control and treated (mean levels), effect,
    and single: what one turn alone would find.
    """
    arms = list(design.arms_by_name())
    more = {"quantity": "effect", "saturation": float("nan")}
    if design.placing == Placing.WORLDS:
        parts = [_people(worlds[name], design, plan.worlds[name].scenario, name) for name in arms]
        yield from _compared(parts, arms, design, more)
        return
    turns = [name for name in plan.worlds if name not in plan.saturations]
    parts = [_people(worlds[name], design, plan.worlds[name].scenario) for name in turns]
    yield from _compared(parts, arms, design, more, one_trial=True)
    if plan.saturations:
        yield from _saturation_rows(plan, worlds, design)


Measured = tuple[pd.DataFrame, list[Level]]


def _people(world: Outcome, design: TrialStudy, scenario: Scenario, arm: str | None = None) -> Measured:
    """Return who is followed in a world, and what is measured of them; `arm` is everybody's, if given."""
    people = followed(world.spells, design, scenario.weeks)
    people = people[of_subgroup(people, design.subgroup)]
    names = dict(enumerate(scenario.trial.arms))
    people = people.assign(arm_name=arm if arm else people["arm"].map(names)).dropna(subset=["arm_name"])
    return people, list(levels(people, world.spells, design))


def _compared(
    parts: Sequence[Measured],
    arms: Sequence[str],
    design: TrialStudy,
    more: Mapping[str, object],
    one_trial: bool = False,
) -> Iterator[dict[str, object]]:
    """Yield the effects between people of several worlds put together.

    With `one_trial` each part is a trial of its own, and what the first alone would find stands beside.
    """
    people = pd.concat([one for one, _ in parts], ignore_index=True)
    joined = [
        Level(
            first.outcome, first.unit, pd.concat([one[place].values for _, one in parts], ignore_index=True)
        )
        for place, first in enumerate(parts[0][1])
    ]
    groups = groups_of(people, design.split)
    ratios = hazard_ratios(design)
    rows = list(effects(people, joined, arms, groups, ratios))
    singles = {_key(row): row["effect"] for row in rows}
    if one_trial and len(parts) > 1:
        first = people.index < len(parts[0][0])
        alone = [Level(one.outcome, one.unit, one.values[first]) for one in joined]
        singles = {
            _key(row): row["effect"] for row in effects(people[first], alone, arms, groups[first], ratios)
        }
    for row in rows:
        yield {**row, **more, "single": singles.get(_key(row), float("nan"))}


def _key(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("replication", "group", "arm", "outcome"))


def _saturation_rows(
    plan: TrialPlan, worlds: Mapping[str, Outcome], design: TrialStudy
) -> Iterator[dict[str, object]]:
    """Yield direct, displaced and net effects at each share of people treated, against nobody treated."""
    control, treated = design.arms_by_name()
    measured = {name: _people(worlds[name], design, plan.worlds[name].scenario) for name in plan.saturations}
    nobody = next(name for name, share in plan.saturations.items() if share == 0.0)
    for name, share in plan.saturations.items():
        if 0.0 < share < 1.0:
            more = {"quantity": "direct", "saturation": share}
            yield from _compared([measured[name]], [control, treated], design, more)
        if share > 0.0:
            for quantity, arm in (("displaced", control), ("net", None)):
                now = _as_arm(measured[name], arm, treated)
                if len(now[0]):
                    parts = [_as_arm(measured[nobody], None, control), now]
                    more = {"quantity": quantity, "saturation": share}
                    yield from _compared(parts, [control, treated], design, more)


def _as_arm(measured: Measured, only: str | None, name: str) -> Measured:
    """Return the people of one arm, or all, under another name."""
    people, values = measured
    kept = people["arm_name"] == only if only else pd.Series(data=True, index=people.index)
    chosen = [Level(one.outcome, one.unit, one.values[kept]) for one in values]
    return people[kept].assign(arm_name=name), chosen
