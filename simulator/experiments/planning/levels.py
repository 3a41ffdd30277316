"""What every option comes to, from replications of which some options have more than others.

Luck is common, so an option that was left out early is told by its difference from one that was not: its
level is that of its reference over all the reference's replications, plus the mean difference over the
replications that both have (a control variate whose coefficient is one). The reference of an option that was
beaten is the one that beat it; of any other it is the option with most replications, the root. Levels,
differences, their intervals and chances are all made of these links, so that none can contradict another.

References
----------
Lavenberg, S. S. & Welch, P. D. (1981). A perspective on the use of control variables to increase the
efficiency of Monte Carlo simulations. Management Science 27, 322-335.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri, stdtrit

from simulator.experiments.designs import sobol

Array = NDArray[np.float64]
Counts = NDArray[np.int_]

POINTS = 2048
"""Points of the Sobol sequence, a power of two: a probability within about a hundredth."""


@dataclass(frozen=True)
class Levels:
    """What options come to in each measure, and how well that is known.

    Attributes
    ----------
    values : array, shape (options, measures)
        The levels.
    links : array, shape (options, measures, replications)
        How far each replication's difference from the reference (of the root: its value) is from their mean,
        over the root of n (n - 1): the sum of squares is the variance of the mean. Nought where there is
        none.
    counts : array of int, shape (options,)
        Replications of each option.
    paths : tuple of tuple of int
        Each option, its reference, the reference of that, and so on up to the root.
    """

    values: Array
    links: Array
    counts: Counts
    paths: tuple[tuple[int, ...], ...]

    def halves(self, level: float) -> Array:
        """Return half-widths of the intervals of the levels, shape (options, measures).

        Student's t with the freedom of the option's own replications, which is cautious where the reference
        has more.
        """
        return self._halves(self._noise(), self.counts, level)

    def apart(self, reference: int, level: float) -> tuple[Array, Array]:
        """Return all levels less those of an option, and the half-widths of their intervals."""
        noise, counts = self._noise(), np.minimum(self.counts, self.counts[reference])
        return self.values - self.values[reference], self._halves(noise - noise[reference], counts, level)

    def moments(self, pair: tuple[int, int], places: Sequence[int]) -> tuple[Array, Array, int]:
        """Return how a second option differs from a first in some measures: means, covariance, freedom."""
        first, second = pair
        noise = self._noise()[:, list(places)]
        noise = noise[second] - noise[first]
        means = self.values[second, list(places)] - self.values[first, list(places)]
        return means, noise @ noise.T, int(self.counts[[first, second]].min()) - 1

    def worlds(self, measures: int, seed: int) -> Array:
        """Return what the first measures may come to with endless replications (a flat prior).

        Each link is normal around its mean with the covariance that common luck gives, widened as Student's
        t. It is spread out by a Sobol sequence, so that nothing is drawn.

        Returns
        -------
        array, shape (points, options, measures)
        """
        links = self.links[:, :measures]
        factor = np.linalg.qr(
            links.reshape(-1, links.shape[2]).T, mode="r"
        )  # the same covariance, fewer deviates
        places = sobol(len(factor) + 1, POINTS, seed % 2**32)
        deviates = ndtri(np.clip(places[:, 1:], 1e-9, 1.0 - 1e-9))
        noise = (deviates @ factor).reshape(POINTS, *links.shape[:2])
        free = self.counts - 1.0
        wide = np.sqrt(free / chdtri(free, places[:, :1]))
        noise *= wide[:, :, None]
        return np.stack(
            [self.values[path[0], :measures] + noise[:, list(path)].sum(axis=1) for path in self.paths],
            axis=1,
        )

    def _noise(self) -> Array:
        return np.stack([self.links[list(path)].sum(axis=0) for path in self.paths])

    @staticmethod
    def _halves(noise: Array, counts: Counts, level: float) -> Array:
        quantiles = stdtrit(counts - 1.0, 0.5 + level / 2.0)
        return np.asarray(quantiles[:, None] * np.sqrt((noise**2).sum(axis=2)))


def levels_of(values: Array, references: Sequence[int]) -> Levels:
    """Return what every option comes to.

    Parameters
    ----------
    values : array, shape (options, measures, replications)
        At least two replications of each option; NaN where it has none, and then its reference may have one,
        but not the other way round.
    references : sequence of int
        Of each option; the root is its own.
    """
    paths = tuple(_path(number, references) for number in range(len(references)))
    base = np.where((np.arange(len(values)) == references)[:, None, None], 0.0, values[list(references)])
    apart = values - base
    counts = (~np.isnan(values[:, 0])).sum(axis=1)
    means = np.nanmean(apart, axis=2)
    wide = np.sqrt(counts * (counts - 1.0))[:, None, None]
    links = np.nan_to_num((apart - means[:, :, None]) / wide)
    return Levels(np.stack([means[list(path)].sum(axis=0) for path in paths]), links, counts, paths)


def _path(number: int, references: Sequence[int]) -> tuple[int, ...]:
    path = [number]
    while references[path[-1]] != path[-1]:
        path.append(references[path[-1]])
    return tuple(path)
