"""How probable it is that an option is the best, and what choosing it may cost: over luck, and over draws.

Over luck, the level of every option is what it would be after endless replications, as the replications so
far tell (`levels.Levels.worlds`). The best is looked for among the options that were let in; how probable it
is that each condition holds is told for itself, so that no option that was judged worse is called likelier.
What is judged worse has a chance that is too small to mean anything, and may stand in another order than the
values where spreads differ; such chances are shared out in the order of the options (`in_order`).

Over draws of settings that nobody knows, every draw is a world that may be the true one. What choosing an
option costs is its regret: how much more it costs there than the best of that world. The mean regret of the
option that is best on average is what it would be worth to know the settings before choosing, the expected
value of perfect information. Luck that is left in a draw's mean would make winners look better than they are,
so differences are first drawn together to the spread that draws have without luck, as `outcomes.uncertainty`
does it.

References
----------
Raiffa, H. & Schlaifer, R. (1961). Applied Statistical Decision Theory. Harvard.
Claxton, K. (1999). The irrelevance of inference: a decision-making approach to the stochastic evaluation of
health care technologies. Journal of Health Economics 18, 341-364.
Chick, S. E. & Inoue, K. (2001). New procedures to select the best simulated system using common random
numbers. Management Science 47, 1133-1149.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from simulator.experiments.planning.levels import Array, Counts
from simulator.experiments.planning.selection import Flags

FEWEST = 2


class Chances(NamedTuple):
    """What is probable of every option.

    Attributes
    ----------
    best : array, shape (options,)
        Probability of being the best of those let in, or share of draws of being the best of those that meet
        every condition there; options that tie share it.
    allowed : array, shape (options,)
        Probability, or share, of meeting every condition.
    regret : array, shape (options,)
        Mean of how much more it costs than the best of those, never below nought; NaN if there are none.
    holding : array, shape (options, conditions)
        Probability, or share, of meeting each condition.
    """

    best: Array
    allowed: Array
    regret: Array
    holding: Array


def chances_of(goal: Array, excess: Array, let_in: Flags) -> Chances:
    """Return what is probable of the options, over worlds that are as likely as each other.

    Parameters
    ----------
    goal : array, shape (worlds, options)
        What is to be least.
    excess : array, shape (worlds, options, conditions)
        What is to be at most nought.
    let_in : array of bool, shape (worlds, options)
        Among which options the best is looked for.
    """
    level = np.where(let_in, goal, np.inf)
    some: Flags = np.any(let_in, axis=1)
    least = level[some].min(axis=1, keepdims=True)
    first = level[some] == least
    best = (first / first.sum(axis=1, keepdims=True)).sum(axis=0) / len(goal)
    regret = (
        np.maximum(goal[some] - least, 0.0).mean(axis=0) if some.any() else np.full(goal.shape[1], np.nan)
    )
    holds: Flags = excess <= 0.0
    return Chances(best, holds.all(axis=2).mean(axis=0), regret, holds.mean(axis=0))


def shared_out(chances: Chances, twins: Sequence[Sequence[int]]) -> Chances:
    """Return chances that options which are the same have in common; rounding alone may tell them apart."""
    own = {name: values.copy() for name, values in chances._asdict().items()}
    for group in twins:
        for values in own.values():
            values[group] = values[group].mean(axis=0)
    return Chances(**own)


def in_order(best: Array, order: Counts, is_worse: Flags) -> Array:
    """Return chances of being best of which those as small as a worse option's never rise along an order.

    Neighbours that stand in another order share theirs (isotonic regression), so that all add up as before.

    Parameters
    ----------
    best : array, shape (options,)
        Chances.
    order : array of int, shape (options,)
        The options as a reader gets them.
    is_worse : array of bool, shape (options,)
        Which were judged worse than the best.
    """
    small = order[best[order] <= best[is_worse].max(initial=0.0)]
    shared = best.copy()
    if len(small):
        shared[small] = isotonic_regression(best[small], increasing=False).x
    return shared


def over_draws(goal: Array, excess: Array, reference: int) -> Chances:
    """Return how the options do in each draw of the settings, without the luck that is left in it.

    Parameters
    ----------
    goal : array, shape (options, draws, replications)
        Every draw with its own luck, the same for all options.
    excess : array, shape (options, conditions, draws, replications)
        What is to be at most nought.
    reference : int
        The option from which differences are reckoned.
    """
    apart = _without_luck(goal - goal[reference])
    level = goal[reference].mean(axis=1) + apart
    beyond = _without_luck(excess).transpose(2, 0, 1)
    return chances_of(level.T, beyond, np.all(beyond <= 0.0, axis=2))


def _without_luck(values: Array) -> Array:
    """Return means over the last axis, drawn together by what luck adds to the spread of the one before."""
    mean = values.mean(axis=-1)
    replications = values.shape[-1]
    if replications < FEWEST or values.shape[-2] < FEWEST:
        return np.asarray(mean)
    noise = values.var(axis=-1, ddof=1).mean(axis=-1) / replications
    seen = mean.var(axis=-1, ddof=1)
    share = np.divide(np.maximum(seen - noise, 0.0), seen, out=np.zeros_like(seen), where=seen > 0.0)
    middle = mean.mean(axis=-1, keepdims=True)
    return np.asarray(middle + (mean - middle) * np.sqrt(share)[..., None])
