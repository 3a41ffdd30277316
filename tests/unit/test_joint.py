"""Correlations behind two-way tables: exact where the answer is known, and with an honest error."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from simulator.composing.joint import bivariate, interval, polychoric


@pytest.mark.parametrize("correlation", [-0.98, -0.5, 0.0, 0.3, 0.9])
@pytest.mark.parametrize("thresholds", [(0.0, 0.0), (1.2, -0.3), (-2.5, 0.7), (3.0, 3.0)])
def test_the_bivariate_normal_is_that_of_scipy(correlation, thresholds):
    ours = bivariate(*(np.array(one) for one in thresholds), correlation)
    theirs = multivariate_normal.cdf(thresholds, cov=[[1.0, correlation], [correlation, 1.0]])
    assert float(ours) == pytest.approx(float(theirs), abs=1e-7)


def expected(first, second, correlation, people=1000.0):
    """Return the counts to be expected of normals cut at thresholds."""
    a, b = (np.array([-np.inf, *cuts, np.inf]) for cuts in (first, second))
    below = np.array([[_below(x, y, correlation) for y in b] for x in a])
    return people * np.diff(np.diff(below, axis=0), axis=1)


def _below(x, y, correlation):
    if np.isinf(x) or np.isinf(y):
        return norm.cdf(x) * norm.cdf(y)
    return float(bivariate(np.array(x), np.array(y), correlation))


@pytest.mark.parametrize("correlation", [-0.9, -0.35, 0.0, 0.2, 0.7])
@pytest.mark.parametrize("first", [[0.4], [-0.25, 1.17]])
def test_the_correlation_behind_expected_counts_is_found_again(correlation, first):
    found, error = polychoric(expected(first, [-0.8], correlation))
    assert found == pytest.approx(correlation, abs=1e-5)
    assert 0.0 < error < 0.2


def test_the_error_is_what_samples_vary_by():
    """Thresholds and correlation known; 300 samples give their spread within 4 standard errors (16 %)."""
    draws = np.random.default_rng(11)
    chances = expected([0.3], [-0.5], 0.4, people=1.0).ravel()
    found = [polychoric(draws.multinomial(800, chances).reshape(2, 2).astype(float)) for _ in range(300)]
    estimates, errors = np.array(found).T
    assert estimates.mean() == pytest.approx(0.4, abs=4.0 * estimates.std() / np.sqrt(300))
    assert errors.mean() == pytest.approx(estimates.std(ddof=1), rel=4.0 / np.sqrt(2 * 299))


def test_an_interval_stays_within_minus_one_and_one():
    low, high = interval(0.95, 0.1)
    assert -1.0 < low < 0.95 < high < 1.0
