"""What a plan is judged by: the measure of its goal, and the conditions that have to hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.errors import Mistake, nearest
from simulator.outcomes.criteria import (
    COST_OF_BOTH,
    COST_OF_EFFORT,
    COST_TO_ALL,
    COST_TO_MUNICIPALITY,
    COST_TO_SOCIETY,
    WAITED_WEEKS,
)
from simulator.parameters.plan import Plan
from simulator.study_vocabulary import Goal

FORM = "'MEASURE <= NUMBER' or 'MEASURE >= NUMBER', with 'within NUMBER' behind or not"
WRITTEN = re.compile(r"\s*(.+?)\s*([<>]=)\s*(\S+)(?:\s+within\s+(\S+))?\s*")
MEAN_TIME = "mean time on benefit within the first "
COSTS: Mapping[Goal, str] = {
    Goal.SOCIETY: COST_TO_SOCIETY,
    Goal.ALL_PAYERS: COST_TO_ALL,
    Goal.MUNICIPALITY: COST_TO_MUNICIPALITY,
    Goal.EFFORT_AND_BENEFIT: COST_OF_BOTH,
    Goal.EFFORT: COST_OF_EFFORT,
}
CLIENTS = "clients on benefit"
SHOWN = 6
"""Measures that a message names."""

SHORT = 0.6
"""How much of a name has to be like another's that begins otherwise."""


@dataclass(frozen=True)
class Condition:
    """A measure that must not be beyond a bound.

    Attributes
    ----------
    measure : str
        Its name.
    sign : float
        1 if it is to be at most the bound, -1 if at least.
    bound, tolerance : float
        In the unit of the measure; the tolerance is above nought.
    """

    measure: str
    sign: float
    bound: float
    tolerance: float

    def __str__(self) -> str:
        return f"{self.measure} {'<=' if self.sign > 0 else '>='} {self.bound:g}"


def read_conditions(plan: Plan) -> tuple[list[Condition], list[Mistake]]:
    """Return the conditions of a plan, and everything in them that cannot be read."""
    found: list[Condition] = []
    mistakes: list[Mistake] = []
    for text in plan.subject_to:
        written = WRITTEN.fullmatch(text)
        if written is None:
            mistakes.append(Mistake("study.subject_to", f"'{text}' cannot be read", FORM))
            continue
        bound, tolerance = (_number(part) for part in written.group(3, 4))
        wrong = [(written[3], "a number")] if bound is None else []
        wrong += [(written[4], "a number above 0")] if written[4] and (tolerance or 0.0) <= 0.0 else []
        mistakes += [
            Mistake("study.subject_to", f"'{text}': '{part}' is not allowed", allowed)
            for part, allowed in wrong
        ]
        if wrong or bound is None:
            continue
        tolerance = tolerance or plan.tolerance * max(1.0, abs(bound))
        found.append(Condition(written[1], 1.0 if written[2] == "<=" else -1.0, bound, tolerance))
    twice = [str(one) for place, one in enumerate(found) if one in found[:place]]
    mistakes += [Mistake("study.subject_to", f"'{one}' stands there twice") for one in dict.fromkeys(twice)]
    return found, mistakes


def _number(text: str | None) -> float | None:
    """Return a finite number, or None if it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def time_measure(names: Sequence[str]) -> str:
    """Return the name of the mean time on benefit, whose horizon follows from the weeks of the run."""
    return next((name for name in names if name.startswith(MEAN_TIME)), MEAN_TIME)


def goal_measure(goal: Goal, names: Sequence[str]) -> str:
    """Return the name of the measure that a goal makes as small as possible."""
    if goal == Goal.TIME_ON_BENEFIT:
        return time_measure(names)
    return COSTS.get(goal, CLIENTS)


def check_measures(conditions: Sequence[Condition], names: Sequence[str]) -> list[Mistake]:
    """Return which conditions name no measure of the run, with the nearest name that there is."""
    return [
        Mistake(
            "study.subject_to",
            f"'{one.measure}' is no measure of this run",
            f"an outcome as summary.csv names it, or a measure of docs/plan.md, such as: {_few(names)}"
            f"{_waits() if one.measure.startswith('waited') else ''}",
            _alike(one.measure, names),
        )
        for one in conditions
        if one.measure not in names
    ]


def _waits() -> str:
    return f"; of waits, N is {', '.join(map(str, WAITED_WEEKS[:-1]))} or {WAITED_WEEKS[-1]} weeks"


def _few(names: Sequence[str]) -> str:
    wanted = [
        name
        for name in names
        if name.startswith(("median time", "cost", "caseworkers", "creaming", "waited"))
    ]
    return "; ".join([*wanted[:: max(1, len(wanted) // SHOWN)]][:SHOWN])


def _alike(name: str, names: Sequence[str]) -> str:
    """Return the name that has most words of this one, or else looks most like it."""
    words = set(re.findall(r"\w+", name.lower()))
    shared = {one: len(words & set(re.findall(r"\w+", one.lower()))) / len(words | {""}) for one in names}
    best = max(shared.values(), default=0.0)
    if best < SHORT:
        return nearest(name, names)
    return nearest(name, [one for one, share in shared.items() if share == best], 0.0)
