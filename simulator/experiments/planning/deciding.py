"""From what options give in each replication to what is said of them: one table, one choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from simulator.experiments.planning.chances import Chances, chances_of, in_order, over_draws, shared_out
from simulator.experiments.planning.conditions import Condition, goal_measure
from simulator.experiments.planning.levels import Array, Counts, Levels, levels_of
from simulator.experiments.planning.selection import (
    GLANCE,
    LET_IN,
    OPEN,
    STANDINGS,
    WORSE,
    Choice,
    Look,
    Standard,
    choose,
    take_look,
)
from simulator.outcomes.criteria import COST_OF_BOTH, MONEY
from simulator.parameters.plan import Plan

Simulate = Callable[[Sequence[int], int, int], Array]
"""Gives the measures of some options from one replication up to another."""


@dataclass(frozen=True)
class Decision:
    """What was simulated, and what is chosen.

    Attributes
    ----------
    values : array, shape (options, measures, replications)
        The goal, what the conditions are about, and whatever else was read; NaN where an option that was left
        out has no such replication. Over draws, a replication is the mean of a draw.
    look : Look
        The one before the last, which fixes how many replications that has.
    chosen : Choice
        What is said in the end.
    levels : Levels
        What every option comes to in each measure.
    chances : Chances
        Over luck (over draws, over luck and draws together).
    of_draws : Chances or None
        Over draws, without the luck that is left in them.
    conditions : tuple of Condition
        What has to hold.
    """

    values: Array
    look: Look
    chosen: Choice
    levels: Levels
    chances: Chances
    of_draws: Chances | None
    conditions: tuple[Condition, ...]

    @property
    def order(self) -> Counts:
        """The options as a reader gets them: the best or nearest first, others by standing and value."""
        return order_of(self.chosen, self.levels)

    @property
    def twins(self) -> list[list[int]]:
        """Options that came out the same in all that was read of every replication, in groups."""
        return twins_of(self.values)

    @property
    def value_of_knowing(self) -> float:
        """What knowing the settings before choosing would be worth, in the goal's unit; NaN without draws."""
        if self.of_draws is None or self.chosen.best is None:
            return float("nan")
        return float(self.of_draws.regret[self.chosen.best])


def excess_of(values: Array, conditions: Sequence[Condition]) -> Array:
    """Return what is to be at most nought: how far each condition's measure is beyond its bound.

    Parameters
    ----------
    values : array, shape (options, measures, ...)
        The goal first, then the measures of the conditions, then any others.
    conditions : sequence of Condition
        What has to hold.
    """
    sign, bound = (np.array([getattr(one, name) for one in conditions]) for name in ("sign", "bound"))
    ends = (1, len(conditions), *(1,) * (values.ndim - 2))
    own = values[:, 1 : 1 + len(conditions)]
    return np.asarray(sign.reshape(ends) * (own - bound.reshape(ends)))


def indifference_of(plan: Plan, values: pd.Series, unit: str, caseworker_sek: float) -> float:
    """Return the smallest difference of the goal that matters, in its unit.

    What costs leave after income may be nought or less, so that a share is taken of effort and benefit; and
    nothing less than a caseworker can be hired.

    Parameters
    ----------
    plan : Plan
        What is asked.
    values : Series
        Every measure by name, of the scenario as it is.
    unit : str
        Of the goal.
    caseworker_sek : float
        What a caseworker costs a year.
    """
    if plan.indifference is not None:
        return plan.indifference
    if unit == MONEY:
        return float(max(plan.indifference_share * values[COST_OF_BOTH], caseworker_sek / 1e6))
    return float(plan.indifference_share * values[goal_measure(plan.goal, list(values.index))])


def standard_of(
    plan: Plan, conditions: Sequence[Condition], indifference: float, replications: int
) -> Standard:
    """Return what a plan promises, with so many replications of the first look."""
    tolerances = np.array([one.tolerance for one in conditions], float)
    return Standard(plan.confidence, indifference, tolerances, 3 if replications > GLANCE else 2)


def decide(
    simulate: Simulate,
    options: int,
    standard: Standard,
    conditions: Sequence[Condition],
    seed: int,
    sizes: tuple[int, int],
) -> Decision:
    """Choose among options, with as many replications as that takes and the plan allows.

    Parameters
    ----------
    simulate : callable
        Simulates further replications.
    options : int
        How many there are.
    standard : Standard
        What is promised.
    conditions : sequence of Condition
        What has to hold; their measures come after the goal.
    seed : int
        Of the sequence that probabilities are made with.
    sizes : (int, int)
        Replications of the first look, and the most of an option.
    """
    return _decision(*look_on(simulate, options, standard, conditions, sizes), conditions, seed)


def look_on(
    simulate: Simulate,
    options: int,
    standard: Standard,
    conditions: Sequence[Condition],
    sizes: tuple[int, int],
) -> tuple[Array, Look]:
    """Simulate until the options can be told apart or the plan allows no more; as for `decide`.

    Returns
    -------
    array, shape (options, measures, replications), and Look
        NaN where an option that was left out has no such replication.
    """
    first, most = sizes
    glance = min(first, GLANCE)
    values = simulate(range(options), 0, glance)
    look = take_look(values[:, 0], excess_of(values, conditions), standard)
    if look.wanted > glance and glance < first:
        values = _with_more(values, look, first, simulate)
        look = take_look(values[:, 0], excess_of(values, conditions), standard, look)
    total = min(look.wanted, max(most, look.replications))
    return (_with_more(values, look, total, simulate) if total > look.replications else values), look


def _with_more(values: Array, look: Look, total: int, simulate: Simulate) -> Array:
    """Return values with further replications of the options that are left, up to so many in all."""
    left = np.flatnonzero(look.left)
    added = np.full((*values.shape[:2], total - look.replications), np.nan)
    added[left] = simulate([int(number) for number in left], look.replications, total)
    return np.concatenate([values, added], axis=2)


def decide_over_draws(
    drawn: Array, standard: Standard, conditions: Sequence[Condition], seed: int
) -> Decision:
    """Choose among options by what they give on average over draws of the settings.

    Parameters
    ----------
    drawn : array, shape (options, measures, draws, replications)
        Every option at every draw.
    standard, conditions, seed
        As for `decide`.
    """
    values = drawn.mean(axis=3)
    look = take_look(values[:, 0], excess_of(values, conditions), standard)
    found = _decision(values, look, conditions, seed)
    chances = over_draws(drawn[:, 0], excess_of(drawn, conditions), found.chosen.nearest)
    return replace(found, of_draws=shared_out(chances, found.twins))


def order_of(choice: Choice, levels: Levels) -> Counts:
    """Return the options as a reader gets them."""
    places = np.array([STANDINGS.index(one) for one in choice.standing])
    places[choice.nearest] = -1
    return np.lexsort((levels.values[:, 0], places))


def twins_of(values: Array) -> list[list[int]]:
    """Return the options with the same values in all the replications that every option has, in groups."""
    common = ~np.isnan(values).any(axis=(0, 1))
    alike: dict[bytes, list[int]] = {}
    for number, own in enumerate(values[:, :, common]):
        alike.setdefault(own.tobytes(), []).append(number)
    return [group for group in alike.values() if len(group) > 1]


def _decision(values: Array, look: Look, conditions: Sequence[Condition], seed: int) -> Decision:
    choice = choose(look, values[:, 0], excess_of(values, conditions))
    levels = levels_of(values, choice.references)
    worlds = levels.worlds(1 + len(conditions), seed)
    standing = np.array(choice.standing)
    excess = excess_of(worlds.transpose(1, 2, 0), conditions).transpose(2, 0, 1)
    let_in = np.broadcast_to(np.isin(standing, LET_IN), worlds.shape[:2])
    chances = shared_out(chances_of(worlds[:, :, 0], excess, let_in), twins_of(values))
    best = in_order(chances.best, order_of(choice, levels), standing == WORSE)
    chances = chances._replace(best=best)
    return Decision(values, look, choice, levels, chances, None, tuple(conditions))


def plan_table(decision: Decision, names: Sequence[str], level: float) -> pd.DataFrame:
    """Return what is said of every option, in their own order.

    Parameters
    ----------
    decision : Decision
        What was chosen.
    names : sequence of str
        Of the measures that come after the goal and those of the conditions.
    level : float
        Coverage of the intervals of each option for itself; those of differences hold all together with the
        confidence of the plan.

    Returns
    -------
    DataFrame
        Columns standing, replications, goal, goal_low, goal_high, difference, difference_low,
        difference_high; value, low, high and chance of each condition; each further measure with its bounds;
        chance_best (none of what is not settled), chance_met, regret; over draws also wins_of_draws,
        met_in_draws, regret_of_draws.
    """
    choice, chances = decision.chosen, decision.chances
    told = _told(decision.levels, level)
    columns: dict[str, object] = {
        "standing": choice.standing,
        "replications": decision.levels.counts,
        **told("goal", 0),
        "difference": choice.difference,
        "difference_low": choice.low,
        "difference_high": choice.high,
    }
    for place, one in enumerate(decision.conditions):
        columns |= {**told(str(one), 1 + place), f"{one}_chance": chances.holding[:, place]}
    for place, name in enumerate(names, 1 + len(decision.conditions)):
        columns |= told(name, place)
    best = np.where(np.array(choice.standing) == OPEN, np.nan, chances.best)
    columns |= {"chance_best": best, "chance_met": chances.allowed, "regret": chances.regret}
    if decision.of_draws is not None:
        own = decision.of_draws
        columns |= {"wins_of_draws": own.best, "met_in_draws": own.allowed, "regret_of_draws": own.regret}
    return pd.DataFrame(columns)


def _told(levels: Levels, level: float) -> Callable[[str, int], dict[str, Array]]:
    """Return what gives the level of each option in a measure, with its interval."""
    values, halves = levels.values, levels.halves(level)

    def columns(name: str, place: int) -> dict[str, Array]:
        value, half = values[:, place], halves[:, place]
        return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}

    return columns
