"""How probable it is that an option is the best, and what choosing it may cost: over luck, and over draws.

Over luck, the mean of every option is what it would be after endless replications, as the replications so far
tell (a flat prior): normal around their mean, with the covariance that common luck gives, widened as
Student's t. It is spread out by a Sobol sequence, so that nothing is drawn.

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

from typing import NamedTuple

import numpy as np
from scipy.special import chdtri, ndtri, stdtr

from simulator.experiments.designs import sobol
from simulator.experiments.planning.selection import Array, Flags

POINTS = 2048
"""Points of the Sobol sequence, a power of two: a probability within about a hundredth."""

FEWEST = 2


class Chances(NamedTuple):
    """What is probable of every option.

    Attributes
    ----------
    best : array, shape (options,)
        Probability, or share of draws, of being the best of those that meet every condition.
    allowed : array, shape (options,)
        Probability, or share, of meeting every condition.
    regret : array, shape (options,)
        Mean of how much more it costs than the best of those allowed, never below nought.
    nobody : float
        Probability, or share, that no option meets every condition.
    """

    best: Array
    allowed: Array
    regret: Array
    nobody: float


def over_luck(goal: Array, excess: Array, seed: int) -> Chances:
    """Return what is probable of the options, given their replications.

    Parameters
    ----------
    goal : array, shape (options, replications)
        NaN where an option has no such replication.
    excess : array, shape (options, conditions, replications)
        What is to be at most nought.
    seed : int
        Of the scrambling of the sequence.
    """
    values = np.concatenate([goal[:, None], excess], axis=1)
    means = _means(values, sobol(values.shape[2] + 1, POINTS, seed % 2**32))
    return _chances(means[:, :, 0], means[:, :, 1:])


def _means(values: Array, places: Array) -> Array:
    """Return possible means of everything, shape (points, options, measures)."""
    deviates = ndtri(np.clip(places[:, 1:], 1e-9, 1.0 - 1e-9))
    found = []
    for own in values:
        there = ~np.isnan(own[0])
        count = int(there.sum())
        mean = own[:, there].mean(axis=1)
        apart = (own[:, there] - mean[:, None]) / np.sqrt(count * (count - 1.0))
        wide = np.sqrt((count - 1.0) / chdtri(count - 1.0, places[:, :1]))
        found.append(mean + wide * (deviates[:, there] @ apart.T))
    return np.stack(found, axis=1)


def _chances(goal: Array, excess: Array) -> Chances:
    """Return chances from worlds: goal of shape (worlds, options), excess (worlds, options, conditions)."""
    allowed: Flags = np.all(excess <= 0.0, axis=2)
    level = np.where(allowed, goal, np.inf)
    some: Flags = np.any(allowed, axis=1)
    first = level.argmin(axis=1)[some]
    best = np.bincount(first, minlength=goal.shape[1]) / len(goal)
    least = level[some].min(axis=1, keepdims=True)
    regret = (
        np.maximum(goal[some] - least, 0.0).mean(axis=0) if some.any() else np.full(goal.shape[1], np.nan)
    )
    return Chances(best, allowed.mean(axis=0), regret, float(1.0 - some.mean()))


def chance_of_holding(excess: Array) -> Array:
    """Return how probable it is that each measure is at most nought on average, shape (options, conditions).

    Parameters
    ----------
    excess : array, shape (options, conditions, replications)
        NaN where an option has no such replication.
    """
    count = (~np.isnan(excess)).sum(axis=2)
    mean, error = np.nanmean(excess, axis=2), np.nanstd(excess, axis=2, ddof=1) / np.sqrt(count)
    t = np.divide(-mean, error, out=np.zeros_like(mean), where=error > 0.0)
    return np.where(error > 0.0, stdtr(count - 1, t), np.where(mean <= 0.0, 1.0, 0.0))


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
    return _chances(level.T, _without_luck(excess).transpose(2, 0, 1))


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
