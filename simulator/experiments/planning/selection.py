"""Selection of the best option in a few looks, with a stated probability of being right under common luck.

What is promised, for normally distributed replications and whatever their spread and their correlation
between options, with at least the probability asked for, everything together:

- no option that meets a condition by its tolerance or more is told to miss it, and none that misses it by its
  tolerance or more is let in;
- no option is called *worse* that is the best of those allowed;
- the option that is named costs at most the indifference more than the best of those allowed.

The first and the last are promised where the looks before have seen enough, or the last may have as many
replications as it needs (`Look.wanted`), or the intervals in the end tell it all the same; where they do not,
that is said, with what further replications could tell (`Unsettled`). An option within the tolerance of a
bound may be called either.

How. All options have the same people with the same luck, so they are compared by the differences of each
replication. A glance at very few replications leaves out what clearly misses a condition, or is clearly
beaten by an option that clearly meets them (Nelson and others 2001; feasibility before selection as in
Andradóttir and Kim 2010); often nothing else is left to ask. If something is, a first look at more
replications of what is left does the same. Its standard deviations fix how many replications those that are
still left need for half-widths of the indifference and the tolerances (Stein 1945; pairwise under common
luck: Clark and Yang 1986). The last look uses the mean of all replications and the spread of the first look
alone, which is what the promise rests on; where all replications vary more, intervals are made as wide as
theirs. The error is shared out evenly (Bonferroni): half to the conditions if there are any, an equal part of
that to each look, and within it to each statement that could be wrong, also of what was left out before:
option and condition, or the best against each other option, as in multiple comparisons with the best (Hsu
1984; Nelson and Matejcik 1995). What was left out is told by its difference from what was not (`levels`).

References
----------
Andradóttir, S. & Kim, S.-H. (2010). Fully sequential procedures for comparing constrained systems via
simulation. Naval Research Logistics 57, 403-421.
Clark, G. M. & Yang, W. (1986). A Bonferroni selection procedure when using common random numbers with unknown
variances. Proceedings of the Winter Simulation Conference, 313-315.
Hsu, J. C. (1984). Constrained simultaneous confidence intervals for multiple comparisons with the best.
Annals of Statistics 12, 1136-1144.
Nelson, B. L. & Matejcik, F. J. (1995). Using common random numbers for indifference-zone selection and
multiple comparisons in simulation. Management Science 41, 1935-1945.
Nelson, B. L., Swann, J., Goldsman, D. & Song, W. (2001). Simple procedures for selecting the best simulated
system when the number of alternatives is large. Operations Research 49, 950-963.
Stein, C. (1945). A two-sample test for a linear hypothesis whose power is independent of the variance. Annals
of Mathematical Statistics 16, 243-258.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simulator.experiments.planning.levels import Array, Counts, levels_of

Flags = NDArray[np.bool_]

GLANCE = 4
"""Replications of the glance (assumed): with fewer, quantiles of Student's t double; with more, what is clear
takes as much longer."""

BEST, ALIKE, WORSE = "best", "cannot be told apart", "worse"
OPEN, MISSES = "not settled", "misses a condition"
STANDINGS = (BEST, ALIKE, WORSE, OPEN, MISSES)
"""What is said of an option, in the order in which a reader gets them. Not settled: it seems to miss a
condition, but too few replications tell so."""

LET_IN = (BEST, ALIKE, WORSE)
"""Among which the best is looked for."""


@dataclass(frozen=True)
class Standard:
    """What is promised.

    Attributes
    ----------
    confidence : float
        Probability of everything that is promised.
    indifference : float
        Smallest difference of the goal that matters.
    tolerances : array of float, shape (conditions,)
        How far beyond its bound each measure may be before it matters.
    looks : int
        Over how many looks the error is shared out.
    """

    confidence: float
    indifference: float
    tolerances: Array
    looks: int

    def quantiles(self, options: int, replications: int) -> tuple[float, float]:
        """Return Student's quantiles of a comparison with the best and of a condition, at one look."""
        conditions = len(self.tolerances)
        error = (1.0 - self.confidence) / self.looks / (2 if conditions else 1)
        numbers = (max(1, options - 1), max(1, options * conditions))
        compare, meet = (float(stdtrit(replications - 1, 1.0 - error / number)) for number in numbers)
        return compare, meet


@dataclass(frozen=True)
class Look:
    """What has been seen before the last look.

    Attributes
    ----------
    replications : int
        Replications of every option that was left.
    left : array of bool, shape (options,)
        Options that may still be the best.
    wanted : int
        Replications that those need in all; at least `replications`.
    meets, misses : array of bool, shape (options, conditions)
        Conditions that are clearly met or missed.
    beats : array of bool, shape (options, options)
        Whether an option (row) is clearly worse than one that is clearly allowed (column).
    reach : array, shape (options, options)
        Half-width of a paired difference of the goal, times the root of its replications.
    spans : array, shape (options, conditions)
        The same of how far a measure is beyond its bound.
    standard : Standard
        What is promised.
    """

    replications: int
    left: Flags
    wanted: int
    meets: Flags
    misses: Flags
    beats: Flags
    reach: Array
    spans: Array
    standard: Standard

    @property
    def beaten(self) -> Flags:
        """Whether each option is clearly worse than one that is clearly allowed, shape (options,)."""
        return np.asarray(self.beats.any(axis=1))


@dataclass(frozen=True)
class Unsettled:
    """What the replications did not tell, and how many it would take in all: 0 where it is told.

    Attributes
    ----------
    goal : float
        To tell that no option let in is better than the one named by more than the indifference.
    conditions : array, shape (options, conditions)
        To tell whether an option that may be the best meets a condition. Infinite where its measure is within
        the tolerance of the bound, so that more replications may tell as little.
    """

    goal: float
    conditions: Array

    @property
    def wanted(self) -> int:
        """How many replications would tell what replications can tell; 0 if nothing."""
        return int(max(self.goal, self.conditions.max(initial=0.0, where=np.isfinite(self.conditions))))


@dataclass(frozen=True)
class Choice:
    """What is chosen, and what is said of every option.

    Attributes
    ----------
    best : int or None
        The option that is named; None if none is allowed.
    nearest : int
        It, or if none is allowed the one that misses its conditions least, in tolerances.
    standing : list of str
        One of `STANDINGS` for each option.
    references : list of int
        From which option each one's level is reckoned (`levels.levels_of`).
    difference, low, high : array, shape (options,)
        Level of the goal less that of `nearest`, and the bounds of its simultaneous interval.
    allowed : array of bool, shape (options, conditions)
        Whether each condition is met.
    unsettled : Unsettled
        What further replications would have to tell.
    """

    best: int | None
    nearest: int
    standing: list[str]
    references: list[int]
    difference: Array
    low: Array
    high: Array
    allowed: Flags
    unsettled: Unsettled

    @property
    def reached(self) -> bool:
        """Whether what was promised of the indifference and the tolerances holds."""
        return not self.unsettled.goal and not self.unsettled.conditions.any()


def take_look(goal: Array, excess: Array, standard: Standard, before: Look | None = None) -> Look:
    """Return what replications of the options tell already, and how many more are needed.

    Parameters
    ----------
    goal : array, shape (options, replications)
        What is to be least; a replication has the same luck for all options. NaN where an option that was
        left out has none.
    excess : array, shape (options, conditions, replications)
        What is to be at most nought on average.
    standard : Standard
        What is promised.
    before : Look, optional
        At fewer of the same replications; what it says stands.
    """
    options, replications = goal.shape
    compare, meet = standard.quantiles(options, replications)
    own = meet * excess.std(axis=2, ddof=1)
    mean, half = excess.mean(axis=2), own / math.sqrt(replications)
    meets, misses = mean + half <= 0.0, mean - half > 0.0
    reach = compare * (goal[:, None] - goal[None]).std(axis=2, ddof=1)
    if before is not None:
        meets, misses = (  # what was clear once stays so
            before.meets | (meets & ~before.misses),
            before.misses | (misses & ~before.meets),
        )
        reach = np.where(np.isnan(reach), before.reach, reach)
        own = np.where(np.isnan(own), before.spans, own)
    level = goal.mean(axis=1)
    sure = meets.all(axis=1)
    beats = (level[:, None] - level[None] > reach / math.sqrt(replications)) & sure[None]
    if before is not None:
        beats |= before.beats
    left = ~misses.any(axis=1) & ~beats.any(axis=1)
    pairs = reach[np.ix_(left, left)] / standard.indifference
    unsettled = np.where(meets, 0.0, own / standard.tolerances)[left]
    most = max(float(pairs.max(initial=0.0)), float(unsettled.max(initial=0.0)))
    alone = left.sum() == 1 and bool(sure[left].all())
    wanted = replications if alone else max(replications, math.ceil(most**2))
    return Look(replications, left, wanted, meets, misses, beats, reach, own, standard)


def choose(look: Look, goal: Array, excess: Array) -> Choice:
    """Return the option that does best, and what can be said of the others.

    Parameters
    ----------
    look : Look
        The one before.
    goal : array, shape (options, replications)
        The goal in all replications; NaN where an option that was left out has none.
    excess : array, shape (options, conditions, replications)
        The same of what is to be at most nought.
    """
    counts = (~np.isnan(goal)).sum(axis=1)
    mean = np.nanmean(excess, axis=2)
    met = np.where(look.left[:, None], look.meets | ((mean <= 0.0) & ~look.misses), ~look.misses)
    allowed = look.left & met.all(axis=1)
    level = np.nanmean(goal, axis=1)
    best = int(np.flatnonzero(allowed)[level[allowed].argmin()]) if allowed.any() else None
    missing = np.where(counts == counts.max(), _shortfall(mean, look.standard), np.inf)
    root = best if best is not None else int(missing.argmin())
    references = [_reference(number, root, look, level, counts) for number in range(len(goal))]
    levels = levels_of(np.concatenate([goal[:, None], excess], axis=1), references).values
    nearest = best if best is not None else int(_shortfall(levels[:, 1:], look.standard).argmin())
    difference = levels[:, 0] - levels[nearest, 0]
    direct, half = _direct(goal, nearest, look)
    is_worse = (direct > half) | look.beaten
    is_open = _is_open(look, mean, counts)
    is_out = np.asarray((~met & ~is_open).any(axis=1))
    in_doubt = ~met.all(axis=1) & ~(is_worse & allowed.any())
    standing = [
        BEST if number == best else _standing(*flags)
        for number, flags in enumerate(zip(is_out, in_doubt, is_worse, strict=True))
    ]
    low, high = np.minimum(direct - half, difference), np.maximum(direct + half, difference)
    low = np.where(look.beaten, np.maximum(low, 0.0), low)  # surely not the best: Hsu's constraint
    rivals = allowed & (np.arange(len(goal)) != nearest)
    unsettled = Unsettled(
        _to_tell_goal(direct[rivals], half[rivals], counts[rivals], look.standard),
        _to_tell_conditions(look, mean, counts, is_open, is_worse & allowed.any()),
    )
    return Choice(best, nearest, standing, references, difference, low, high, met, unsettled)


def _to_tell_goal(apart: Array, half: Array, counts: Counts, standard: Standard) -> float:
    """Return how many replications tell that no rival is better by the indifference; 0 if that is told."""
    room = apart + standard.indifference
    return float(np.ceil(counts * (half / room) ** 2).max(initial=0.0, where=half > room))


def _is_open(look: Look, mean: Array, counts: Counts) -> Flags:
    """Whether it is not told of each option and condition that it is met or missed, by the tolerance."""
    half, tolerances = look.spans / np.sqrt(counts)[:, None], look.standard.tolerances
    return np.asarray(~look.meets & ~look.misses & (half > np.maximum(np.abs(mean), tolerances)))


def _to_tell_conditions(look: Look, mean: Array, counts: Counts, is_open: Flags, is_worse: Flags) -> Array:
    """Return how many replications it takes to judge conditions, of options for which that may matter.

    What seems to miss several is out as soon as one of them is told.
    """
    if not mean.size:
        return np.zeros(mean.shape)
    half = look.spans / np.sqrt(counts)[:, None]
    tolerances = np.broadcast_to(look.standard.tolerances, mean.shape)
    misses = look.misses | (~is_open & (mean > 0.0))
    matters = look.left & ~misses.any(axis=1) & ~is_worse
    wanted = np.divide(half, mean, out=np.full(mean.shape, np.inf), where=np.abs(mean) > tolerances) ** 2
    missed = np.where(is_open & (mean > 0.0), wanted, np.inf)
    first = np.arange(mean.shape[1]) == missed.argmin(axis=1)[:, None]
    asked = is_open & (first | ~np.isfinite(missed).any(axis=1, keepdims=True))
    return np.where(asked & matters[:, None], np.ceil(counts[:, None] * wanted), 0.0)


def _shortfall(excess: Array, standard: Standard) -> Array:
    """Return how far options miss their conditions in all, in tolerances."""
    return np.asarray((np.maximum(excess, 0.0) / standard.tolerances).sum(axis=1))


def _reference(number: int, root: int, look: Look, level: Array, counts: Counts) -> int:
    """Return from which option another's level is reckoned: from one that beat it, or else from the root."""
    beaters = np.flatnonzero(look.beats[number])
    if not len(beaters) or root in beaters or number == root:
        return root
    return int(max(beaters, key=lambda beater: (counts[beater], -level[beater])))


def _direct(goal: Array, nearest: int, look: Look) -> tuple[Array, Array]:
    """Return mean paired differences from an option, and the half-widths of their simultaneous intervals.

    The spread of the first look is what the promise rests on; where all replications vary more than that,
    theirs is taken, so that no verdict is surer than what is shown.
    """
    paired = goal - goal[nearest]
    common = (~np.isnan(paired)).sum(axis=1)
    quantiles = np.array([look.standard.quantiles(len(goal), number)[0] for number in common])
    reach = np.maximum(look.reach[:, nearest], quantiles * np.nanstd(paired, axis=1, ddof=1))
    return np.nanmean(paired, axis=1), reach / np.sqrt(common)


def _standing(is_out: bool, in_doubt: bool, is_worse: bool) -> str:
    """Return what is said of an option that is not the best."""
    if is_out:
        return MISSES
    if in_doubt:
        return OPEN
    return WORSE if is_worse else ALIKE
