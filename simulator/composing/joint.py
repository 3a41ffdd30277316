"""From a two-way table to a correlation: the standard normals behind two traits that were only counted.

A table of traits that are cut into values is taken for standard normals cut at thresholds. The thresholds
come from the table's margins, the correlation is the one under which the counts are likeliest (Olsson's two
steps); with two values each that is the tetrachoric correlation, and the table is met exactly.

References
----------
Olsson (1979), Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika 44,
443-460.
Drezner & Wesolowsky (1990), On the computation of the bivariate normal integral. J. Statist. Comput. Simul.
35, 101-107.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import fixed_quad
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

Numbers = np.ndarray[Any, np.dtype[np.float64]]

MOST = 0.99
"""Correlations beyond are taken for no more than a sign that a cell is empty."""

NODES = 40
TINY = 1e-300
NUDGE = 1e-4
PRECISION = 1e-9


def bivariate(first: Numbers, second: Numbers, correlation: float) -> Numbers:
    """Return the chance that two standard normals both stay below thresholds.

    Parameters
    ----------
    first, second : array of float
        Thresholds, of shapes that go together.
    correlation : float
        Between -0.99 and 0.99.

    Examples
    --------
    >>> float(bivariate(np.array(0.0), np.array(0.0), 0.5).round(6))
    0.333333
    """
    h, k = first[..., None], second[..., None]

    def density(angle: Numbers) -> Numbers:
        return np.exp(-(h * h + k * k - 2.0 * h * k * np.sin(angle)) / (2.0 * np.cos(angle) ** 2))

    joined, _ = fixed_quad(density, 0.0, np.arcsin(correlation), n=NODES)
    return ndtr(first) * ndtr(second) + joined / (2.0 * np.pi)


def polychoric(counts: Numbers) -> tuple[float, float]:
    """Return the correlation behind a two-way table, and its standard error.

    Parameters
    ----------
    counts : array of float, shape (values of the first trait, values of the second)
        How many people have both values, each from less to more; no row and no column is empty.

    Returns
    -------
    correlation, error : float
        The error is that of a random sample of so many people (delta method).

    Examples
    --------
    Where both cut at their medians, a third in the cells that agree is a correlation of a half:

    >>> correlation, error = polychoric(np.array([[200.0, 100.0], [100.0, 200.0]]))
    >>> round(correlation, 3), round(error, 3)
    (0.5, 0.052)
    """
    correlation = _likeliest(counts)
    total = counts.sum()
    slopes = np.zeros(counts.shape)
    for cell in np.ndindex(counts.shape):
        more = counts.copy()
        more[cell] += NUDGE * total
        slopes[cell] = (_likeliest(more) - correlation) / NUDGE
    shares = counts / total
    spread = (shares * slopes**2).sum() - (shares * slopes).sum() ** 2
    return correlation, float(np.sqrt(max(spread, 0.0) / total))


def interval(correlation: float, error: float, quantile: float = 1.959964) -> tuple[float, float]:
    """Return an interval of a correlation, within -1 and 1 (Fisher's transformation)."""
    centre, half = np.arctanh(correlation), quantile * error / (1.0 - correlation**2)
    return float(np.tanh(centre - half)), float(np.tanh(centre + half))


def _likeliest(counts: Numbers) -> float:
    """Return the correlation under which counts are likeliest, with thresholds from their margins."""
    shares = counts / counts.sum()
    first, second = (ndtri(np.cumsum(shares.sum(axis=axis))[:-1]) for axis in (1, 0))
    low, high = np.cumsum(shares.sum(axis=1)), np.cumsum(shares.sum(axis=0))

    def surprise(correlation: float) -> float:
        below = np.zeros((len(low) + 1, len(high) + 1))
        below[1:, -1], below[-1, 1:] = low, high
        below[1:-1, 1:-1] = bivariate(first[:, None], second[None, :], correlation)
        cells = np.diff(np.diff(below, axis=0), axis=1)
        return float(-(shares * np.log(np.maximum(cells, TINY))).sum())

    found = minimize_scalar(surprise, bounds=(-MOST, MOST), method="bounded", options={"xatol": PRECISION})
    return float(np.clip(found.x, -MOST, MOST))
