"""Options too many to be all simulated: a surrogate learns from some of them which others to try.

The surrogate is the emulator of calibration: a Gaussian process for the goal and for each condition, over the
places of an option's values in their lists. Options are tried where the expected improvement times the
probability of meeting every condition is largest. All are simulated with the same luck, so that what is
learnt is smooth. What it has found is no more than a list of finalists: they are compared anew, with luck
that the search has not seen, and what is promised holds among them.

References
----------
Jones, D. R., Schonlau, M. & Welch, W. J. (1998). Efficient global optimization of expensive black-box
functions. Journal of Global Optimization 13, 455-492.
Gardner, J. R. and others (2014). Bayesian optimization with inequality constraints. ICML 31, 937-945.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import ndtr

from simulator.composing.levers import Lever, Row
from simulator.errors import Mistake, SettingsError
from simulator.experiments.designs import scaled, sobol
from simulator.experiments.fitting.emulator import fit_emulator
from simulator.experiments.planning.levels import Array
from simulator.extras import missing_text
from simulator.parameters.plan import Plan

MOST_POINTS = 2**14
"""Points of the Sobol sequence among which different options are looked for."""

Try = Callable[[Sequence[int], int], Array]
"""Simulates options in a wave: means of shape (options, 1 + conditions), the goal first."""


def places_of(levers: Sequence[Lever], rows: Sequence[Row]) -> Array:
    """Return where every option lies, from 0 to 1: numbers by their size, words a column each.

    Returns
    -------
    array, shape (options, columns)
    """
    columns = []
    for lever in levers:
        own = [row[lever.key] for row in rows]
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in lever.values):
            low, high = min(lever.values), max(lever.values)
            columns.append([(value - low) / ((high - low) or 1.0) for value in own])
        else:
            columns += [[float(value == word) for value in own] for word in lever.values[1:]]
    return np.array(columns, float).reshape(len(columns), len(rows)).T


def first_options(levers: Sequence[Lever], rows: Sequence[Row], number: int, seed: int) -> list[int]:
    """Return options spread evenly over all."""
    place = {tuple(map(str, row.values())): n for n, row in enumerate(rows)}
    unit = sobol(len(levers), MOST_POINTS, seed % 2**32)
    found = dict.fromkeys(place[tuple(map(str, row.values()))] for row in scaled(levers, unit))
    return list(found)[:number]


def improvement(means: Array, sds: Array, best: float) -> Array:
    """Return the expected improvement on the best so far, times the probability of meeting every condition.

    Parameters
    ----------
    means, sds : array, shape (options, 1 + conditions)
        What the surrogate foresees of the goal and of what is to be at most nought.
    best : float
        Least goal of an option that meets every condition; infinity if none does.
    """
    sd = np.maximum(sds, 1e-12)
    allowed = ndtr(-means[:, 1:] / sd[:, 1:]).prod(axis=1)
    if not np.isfinite(best):
        return np.asarray(allowed)
    better = (best - means[:, 0]) / sd[:, 0]
    density = np.exp(-0.5 * better**2) / np.sqrt(2.0 * np.pi)
    return np.asarray(sd[:, 0] * (better * ndtr(better) + density) * allowed)


def search(levers: Sequence[Lever], rows: Sequence[Row], plan: Plan, seed: int, simulate: Try) -> list[int]:
    """Return the options that are worth comparing with fresh luck, the one foreseen best first.

    Parameters
    ----------
    levers : sequence of Lever
        What makes an option.
    rows : sequence of mapping
        All options.
    plan : Plan
        How many are tried.
    seed : int
        Of the first options and of the surrogate.
    simulate : callable
        Simulates options.
    """
    places = places_of(levers, rows)
    tried = first_options(levers, rows, plan.first_options, seed)
    values = simulate(tried, 0)
    for wave in range(1, plan.waves + 1):
        surrogate = fit_emulator(places[tried], values, seed)
        gain = improvement(*surrogate.predict(places), _least(values))
        gain[tried] = -np.inf
        named = [int(n) for n in np.argsort(-gain, kind="stable")[: plan.wave_options] if gain[n] > 0.0]
        if not named:
            break
        values = np.concatenate([values, simulate(named, wave)])
        tried += named
    return _finalists(tried, values, plan.finalists)


def _least(values: Array) -> float:
    allowed = (values[:, 1:] <= 0.0).all(axis=1)
    return float(values[allowed, 0].min(initial=np.inf))


def _finalists(tried: Sequence[int], values: Array, number: int) -> list[int]:
    """Return the options that did best: allowed ones by their goal, then others by how far they miss."""
    spread = values[:, 1:].std(axis=0)
    misses = (np.maximum(values[:, 1:], 0.0) / np.where(spread > 0.0, spread, 1.0)).sum(axis=1)
    order = np.lexsort((values[:, 0], misses))
    return [tried[place] for place in order[:number]]


def check_library() -> None:
    """Raise SettingsError if what the surrogate needs is not installed."""
    try:
        import sklearn  # noqa: F401, PLC0415  (an extra)
    except ImportError as error:
        what = "a choice among more than study.most_compared options"
        raise SettingsError([Mistake("", missing_text(what, ["scikit-learn"], "calibrate"))]) from error
