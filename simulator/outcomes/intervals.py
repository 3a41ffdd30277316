"""Intervals over replications: of a mean, of a ratio of means, and how many replications a width needs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from simulator.outcomes.survival.columns import SpellsError, all_of, check_known, check_level, check_number

FEWEST = 2
"""Replications without which there is no interval."""

MEDIANS = ("median time on benefit", "median", "median weeks to exit")
"""Outcomes that a replication may not reach."""

MOST = 10**15
"""More replications than this are not reckoned: numbers of that size are no longer exact."""


def half_width(values: np.ndarray, level: float = 0.95) -> float:
    """Return half the width of the interval of a mean (Student's t), NaN for fewer than two values."""
    check_level(level)
    if len(values) < FEWEST:
        return float("nan")
    return float(stdtrit(len(values) - 1, 0.5 + level / 2.0) * values.std(ddof=1) / np.sqrt(len(values)))


def with_intervals(values: pd.DataFrame, keys: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Return mean and interval over replications of whatever the keys name.

    Parameters
    ----------
    values : DataFrame
        Columns `replication`, `value` and the keys; one row a replication and combination of keys. A missing
        value (nobody to measure in that replication) is left out.
    keys : sequence of str
        Columns that say what the value is of; their first order is kept.
    level : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        The keys, then value, low, high (Student's t; null with fewer than two replications).
    """
    check_level(level)
    groups = values.groupby(list(keys), sort=False, observed=True, dropna=False)["value"]
    table = groups.agg(value="mean", spread="std", number="count").reset_index()
    number = table["number"].to_numpy(dtype=float)
    enough = number >= FEWEST
    quantile = stdtrit(np.where(enough, number - 1, np.nan), 0.5 + level / 2.0)
    half = quantile * table["spread"] / np.sqrt(np.where(enough, number, np.nan))
    table["low"], table["high"] = table["value"] - half, table["value"] + half
    return table[[*keys, "value", "low", "high"]]


def where_reached(values: pd.DataFrame, keys: Sequence[str] = ("outcome",)) -> pd.DataFrame:
    """Return values, none of a median that some replications did not reach.

    A median is missing where fewer than half have left: it is not unknown but late. The mean of the others
    would be that of the replications with the shortest times.

    Parameters
    ----------
    values : DataFrame
        Columns `outcome`, `value` and the keys.
    keys : sequence of str
        Columns that say what the value is of.
    """
    late = values["outcome"].isin(MEDIANS) & values["value"].isna()
    if not late.any():
        return values
    anywhere = late.groupby([values[key] for key in keys], sort=False, dropna=False).transform("any")
    return values.assign(value=values["value"].mask(anywhere))


def check_reached(values: pd.DataFrame, outcome: str) -> None:
    """Raise SpellsError if an outcome is a median that some replications did not reach."""
    own = values[values["outcome"] == outcome]
    reached = int(own["value"].count())
    if outcome in MEDIANS and reached < len(own):
        raise SpellsError(
            f"outcome: {outcome!r} is reached in {reached:,} of {len(own):,} replications, so that it has no "
            "mean and no interval; longer runs (weeks) may reach it, more replications do not"
        )


def ratio_interval(above: np.ndarray, below: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Return a ratio of two means and its interval, from pairs of values (Fieller 1954).

    Where the mean below cannot be told from nought, every ratio is possible, or all but some in the middle:
    the interval is then given as from minus to plus infinity.

    Parameters
    ----------
    above, below : array of float, shape (replications,)
        Paired values; a pair with a missing value is left out.
    level : float
        Coverage.

    Returns
    -------
    ratio, low, high : float
        NaN bounds with fewer than two pairs.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. JRSS B 16, 175-185.

    Examples
    --------
    >>> ratio_interval(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    (2.0, 2.0, 2.0)
    """
    there = ~(np.isnan(above) | np.isnan(below))
    above, below, number = above[there], below[there], int(there.sum())
    if not number or below.mean() == 0.0:
        return float("nan"), float("nan"), float("nan")
    x, y = float(above.mean()), float(below.mean())
    if number < FEWEST:
        return x / y, float("nan"), float("nan")
    covariance = np.cov(above, below) / number
    return ratio_of_means(np.array([x, y]), covariance, number - 1, level)


def ratio_of_means(
    means: np.ndarray, covariance: np.ndarray, freedom: int, level: float = 0.95
) -> tuple[float, float, float]:
    """Return a ratio of two means and its interval as `ratio_interval` does, from what is known of them.

    Parameters
    ----------
    means : array of float, shape (2,)
        The mean above and the one below.
    covariance : array of float, shape (2, 2)
        Of the means.
    freedom : int
        Degrees of freedom of the covariance.
    level : float
        Coverage.
    """
    x, y = (float(mean) for mean in means)
    if y == 0.0:
        return float("nan"), float("nan"), float("nan")
    square = float(stdtrit(freedom, 0.5 + level / 2.0)) ** 2
    a = y * y - square * covariance[1, 1]
    b = x * y - square * covariance[0, 1]
    c = x * x - square * covariance[0, 0]
    if a <= 0.0:
        return x / y, float("-inf"), float("inf")
    root = np.sqrt(max(0.0, b * b - a * c))
    return x / y, float((b - root) / a), float((b + root) / a)


def replications_for(values: np.ndarray, width: float, level: float = 0.95) -> int:
    """Return how many replications make the interval of a mean at most so wide.

    Parameters
    ----------
    values : array of float, shape (replications,)
        What the replications so far gave; their spread stands for that of the others.
    width : float
        Wished width, from `low` to `high`, in the outcome's unit.
    level : float
        Coverage.

    Returns
    -------
    int
        The smallest number (at least two) whose interval, with the spread seen so far, is no wider.

    Raises
    ------
    SpellsError
        If that takes more than 10^15.
    """
    spread = float(values.std(ddof=1))

    def width_of(number: int) -> float:
        return 2.0 * float(stdtrit(number - 1, 0.5 + level / 2.0)) * spread / float(np.sqrt(number))

    return fewest_so_narrow(width_of, width)


def fewest_so_narrow(width_of: Callable[[int], float], width: float) -> int:
    """Return the smallest number, at least two, for which an interval is no wider than wished.

    Parameters
    ----------
    width_of : callable
        The width for a number of replications; it falls with the number.
    width : float
        Wished width.

    Raises
    ------
    SpellsError
        If that takes more than 10^15.
    """
    if width_of(MOST) > width:
        raise SpellsError(f"width: {width!r} takes more than 10^15 replications; wish for a wider interval")
    return bisect_left(range(MOST), True, FEWEST, key=lambda number: width_of(number) <= width)


def check_wish(values: pd.DataFrame, outcome: str, width: float, level: float) -> None:
    """Raise SpellsError with all that is wrong in the wish for so narrow an interval of an outcome."""
    all_of(
        lambda: check_level(level),
        lambda: check_number("width", width, float("inf"), "a width above 0"),
        lambda: check_known("outcome", "outcome", outcome, list(dict.fromkeys(values["outcome"]))),
    )
