"""The posterior: how well settings agree with the facts, and draws from all that agree.

The affine-invariant ensemble sampler (emcee) walks over the shares of the priors, in which the prior is even;
the emulator takes the place of the simulator. All its luck comes from one seed.

References
----------
Goodman, J. & Weare, J. (2010). Ensemble samplers with affine invariance. Communications in Applied
Mathematics and Computational Science 5, 65-80.
Foreman-Mackey, D. et al. (2013). emcee: the MCMC hammer. PASP 125, 306-312.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from simulator.errors import SimulatorError
from simulator.experiments.fitting.emulator import MISSING_LIBRARY, Emulator, one_thread

Array = NDArray[np.float64]
WALKERS_PER_SETTING, FEWEST_WALKERS = 4, 48
STEPS, STEPS_PER_SETTING = 1000, 50
BURN_IN, BURN_IN_PER_SETTING = 1000, 100
"""Steps of the walkers that count, and those before: with two dozen settings they settle after 2,000; with
three and 300, what is known best came out a tenth too narrow (measured)."""

STARTS = 11
"""Power of two of points among which walkers start at the best."""


class Intervals(NamedTuple):
    """Published intervals that are to hold the measures, all of shape (facts,), infinite where there is none.

    `softness` is the standard deviation of a measure that lies outside.
    """

    low: Array
    high: Array
    softness: Array

    def outside(self, means: Array) -> Array:
        """Return the squared distance of each point and fact from the interval, in variances."""
        beyond = np.maximum(np.maximum(self.low - means, means - self.high), 0.0)
        return np.asarray((beyond / self.softness) ** 2)


@dataclass(frozen=True)
class Targets:
    """What the facts say of the measures.

    Attributes
    ----------
    values : array, shape (facts,)
        Published, on the scale of comparison.
    below, above : array, shape (facts,)
        Standard deviations to either side.
    luck : array, shape (facts,)
        Standard error of what luck does to all points alike.
    intervals : Intervals, optional
        What is to hold the measures besides.
    """

    values: Array
    below: Array
    above: Array
    luck: Array
    intervals: Intervals | None = None

    def misfit(self, means: Array, sds: Array, widening: float = 1.0) -> Array:
        """Return the squared distance of each point and fact, in variances times `widening` squared."""
        squares = self._distance(means, sds) ** 2
        if self.intervals is not None:
            squares = squares + self.intervals.outside(means)
        return np.asarray(squares / widening**2)

    def implausibility(self, means: Array, sds: Array) -> Array:
        """Return how many standard deviations each point misses each fact by, shape (points, facts)."""
        return np.abs(self._distance(means, sds))

    def log_likelihood(self, means: Array, sds: Array, widening: float = 1.0) -> Array:
        """Return the log-likelihood of points, up to a constant (two-piece normal)."""
        below, above = self._spread(sds)
        constant = np.log((below + above) / 2.0)
        return -(0.5 * self.misfit(means, sds, widening) + constant).sum(axis=1)

    def _spread(self, sds: Array) -> tuple[Array, Array]:
        more = sds**2 + self.luck**2
        return np.sqrt(self.below**2 + more), np.sqrt(self.above**2 + more)

    def _distance(self, means: Array, sds: Array) -> Array:
        below, above = self._spread(sds)
        off = means - self.values
        return np.asarray(off / np.where(off < 0.0, below, above))


def sobol_shares(settings: int, points: int, seed: int) -> Array:
    """Return points spread evenly over the priors, shape (points, settings)."""
    return np.asarray(qmc.Sobol(settings, seed=seed % 2**32).random(points))


def sample_posterior(
    emulator: Emulator, targets: Targets, draws: int, seed: int, widening: float = 1.0
) -> Array:
    """Return draws from the settings that agree with the facts.

    Parameters
    ----------
    emulator : Emulator
        Of the facts' measures.
    targets : Targets
        The facts.
    draws : int
        How many.
    seed : int
        Of all luck in it; the same seed gives the same draws.
    widening : float
        Misfits are divided by it: 1 for the posterior, more for what is not far from it.

    Returns
    -------
    array, shape (draws, settings)
        Shares of the priors.

    Raises
    ------
    SimulatorError
        If emcee is not installed.
    """
    settings = emulator.trends.shape[1] - 1

    def log_posterior(shares: Array) -> Array:
        inside = np.all((shares > 0.0) & (shares < 1.0), axis=1)
        means, sds = emulator.predict(np.clip(shares, 0.0, 1.0))
        return np.where(inside, targets.log_likelihood(means, sds, widening), -np.inf)

    with one_thread():
        return _drawn(log_posterior, settings, draws, seed, widening > 1.0)


def _drawn(
    log_posterior: Callable[[Array], Array], settings: int, draws: int, seed: int, distinct: bool
) -> Array:
    """Return draws, evenly from what walkers visit; `distinct` counts a walker that stood still once."""
    walkers = max(FEWEST_WALKERS, WALKERS_PER_SETTING * settings)
    spread = sobol_shares(settings, 2**STARTS, seed)
    best = np.argsort(-log_posterior(spread), kind="stable")[:walkers]
    chain = _walk(log_posterior, spread[best], seed)
    flat = chain.reshape(-1, settings)
    if distinct:
        flat = flat[np.sort(np.unique(flat, axis=0, return_index=True)[1])]
    return flat[np.linspace(0, len(flat) - 1, draws).round().astype(int)]


def _walk(log_posterior: Callable[[Array], Array], starts: Array, seed: int) -> Array:
    """Return what walkers visit after the burn-in, shape (steps, walkers, settings)."""
    try:
        import emcee  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise SimulatorError(MISSING_LIBRARY) from error
    walkers, settings = starts.shape
    sampler = emcee.EnsembleSampler(
        walkers, settings, log_posterior, vectorize=True,
        moves=[(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)],
    )  # fmt: skip
    state = emcee.State(starts, random_state=np.random.RandomState(seed % 2**32).get_state())
    burn_in = max(BURN_IN, BURN_IN_PER_SETTING * settings)
    steps = max(STEPS, STEPS_PER_SETTING * settings)
    sampler.run_mcmc(state, burn_in + steps, skip_initial_state_check=True)
    return np.asarray(sampler.get_chain(discard=burn_in))
