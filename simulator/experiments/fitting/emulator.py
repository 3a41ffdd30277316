"""An emulator: what a fact's measure would be at any settings, learnt from the points that were simulated.

Since all points share their luck, a measure is a smooth function of the settings, and a Gaussian process
learns it from some hundred points. What luck still does from point to point is learnt with it as white noise;
what it does to all points alike is told apart by replications, and belongs to the misfit.

References
----------
Kennedy, M. C. & O'Hagan, A. (2001). Bayesian calibration of computer models. JRSS B 63, 425-464.
Rasmussen, C. E. & Williams, C. K. I. (2006). Gaussian Processes for Machine Learning. MIT Press.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.errors import SimulatorError
from simulator.extras import missing_text

Array = NDArray[np.float64]
MISSING_LIBRARY = missing_text("Calibration", ("scikit-learn", "emcee"), "calibrate")
SHORTEST, LONGEST = 0.3, 100.0
"""Bounds of a length scale, in standard deviations of the prior: wiggly, or a setting that does nothing."""

OUTERMOST = 1e-4
"""Shares of the prior nearer to its ends than this are taken for it."""

FEWEST_POINTS = 8


@dataclass(frozen=True)
class Emulator:
    """Emulators of several measures.

    Attributes
    ----------
    processes : tuple
        A Gaussian process a measure, for what a linear trend leaves.
    trends : array, shape (measures, settings + 1)
        Linear trends over the normal scores of the shares; the constant first.
    noise : array, shape (measures,)
        Standard deviation of what luck does to a single point.
    """

    processes: tuple[Any, ...]
    trends: Array
    noise: Array

    def predict(self, shares: Array) -> tuple[Array, Array]:
        """Return mean and standard deviation of every measure, shape (points, measures) each.

        The standard deviation is that of the smooth function, without the luck of single points.
        """
        means, sds = [], []
        scores = normal_scores(shares)
        for process, trend, noise in zip(self.processes, self.trends, self.noise, strict=True):
            mean, sd = process.predict(scores, return_std=True)
            means.append(mean + _with_one(scores) @ trend)
            sds.append(np.sqrt(np.maximum(sd**2 - noise**2, 0.0)))
        return np.stack(means, axis=1), np.stack(sds, axis=1)


def fit_emulator(shares: Array, values: Array, seed: int) -> Emulator:
    """Return emulators of measures at points.

    Parameters
    ----------
    shares : array, shape (points, settings)
        Where each point lies in the priors, from 0 to 1.
    values : array, shape (points, measures)
        What came out; points at which something is NaN are left out of that measure.
    seed : int
        Of the search for length scales.

    Raises
    ------
    SimulatorError
        If scikit-learn is not installed, or a measure has too few points.
    """
    with one_thread():
        fitted = [_fit_one(normal_scores(shares), column, seed) for column in values.T]
    processes, trends, noises = zip(*fitted, strict=True)
    return Emulator(tuple(processes), np.array(trends), np.array(noises))


def normal_scores(shares: Array) -> Array:
    """Return the standard normal's quantiles of shares of the priors.

    Priors are normal, of the setting or of its logarithm, and measures are nearly linear in those; over the
    shares themselves they would bend most where the prior is thinnest.
    """
    return np.asarray(ndtri(np.clip(shares, OUTERMOST, 1.0 - OUTERMOST)))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let linear algebra run in one thread: small matrices are faster so, and sums come in the same order."""
    try:
        from threadpoolctl import threadpool_limits  # noqa: PLC0415  (comes with scikit-learn)
    except ImportError as error:
        raise SimulatorError(MISSING_LIBRARY) from error
    with threadpool_limits(1):
        yield


def _fit_one(scores: Array, values: Array, seed: int) -> tuple[Any, Array, float]:
    known = np.isfinite(values)
    if known.sum() < FEWEST_POINTS:
        raise SimulatorError(
            f"Only {known.sum()} points have a value of a measure; {FEWEST_POINTS} are needed."
        )
    places, heights = scores[known], values[known]
    trend = _ridge(_with_one(places), heights)
    rest = heights - _with_one(places) @ trend
    process = _process(places.shape[1], seed)
    with warnings.catch_warnings():  # a setting that does nothing has a length scale at its bound
        warnings.simplefilter("ignore")
        process.fit(places, rest)
    scale = float(process._y_train_std)  # the noise is learnt in units of what is left
    return process, trend, float(np.sqrt(process.kernel_.k2.noise_level)) * scale


def _process(settings: int, seed: int) -> Any:  # noqa: ANN401  (an optional library's)
    try:
        from sklearn.gaussian_process import GaussianProcessRegressor, kernels  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise SimulatorError(MISSING_LIBRARY) from error
    smooth = kernels.ConstantKernel(1.0, (1e-3, 1e3)) * kernels.Matern(
        np.full(settings, 4.0), (SHORTEST, LONGEST), nu=2.5
    )
    kernel = smooth + kernels.WhiteKernel(0.1, (1e-6, 2.0))
    return GaussianProcessRegressor(kernel, normalize_y=True, random_state=seed % 2**32)


def _with_one(shares: Array) -> Array:
    return np.column_stack([np.ones(len(shares)), shares])


def _ridge(columns: Array, values: Array, weight: float = 1e-3) -> Array:
    """Return the coefficients of a linear trend, held back a little where points are few."""
    penalty = weight * len(values) * np.eye(columns.shape[1])
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(columns.T @ columns + penalty, columns.T @ values))


def surprise(means: Array, sds: Array, noise: Array, values: Array) -> Sequence[dict[str, float]]:
    """Return how well new points were foreseen, measure by measure.

    Parameters
    ----------
    means, sds : array, shape (points, measures)
        Foreseen before the points were simulated.
    noise : array, shape (measures,)
        Luck of a single point.
    values : array, shape (points, measures)
        What then came out.

    Returns
    -------
    sequence of dict
        `explained` (1 less the share of the variance that was not foreseen) and `covered` (share of points
        within the 95 % interval foreseen).
    """
    errors = values - means
    wide = np.sqrt(sds**2 + noise**2)
    explained = 1.0 - np.nanmean(errors**2, axis=0) / np.nanvar(values, axis=0)
    covered = np.nanmean(np.where(np.isnan(errors), np.nan, np.abs(errors) <= 1.96 * wide), axis=0)
    return [{"explained": float(a), "covered": float(b)} for a, b in zip(explained, covered, strict=True)]
