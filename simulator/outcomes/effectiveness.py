"""Cost-effectiveness of one policy against another: ratio, plane, acceptability, and when it has paid back.

All from paired replications: costs and gains are differences, alternative less baseline, under the same luck.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from simulator.outcomes.intervals import FEWEST, half_width, ratio_interval
from simulator.outcomes.survival.columns import (
    Column,
    SpellsError,
    all_of,
    counted,
    one_of,
    read_amounts,
)

QUADRANTS = {
    (True, True): "costs more, gains more",
    (True, False): "costs more, gains less",
    (False, True): "costs less, gains more",
    (False, False): "costs less, gains less",
}
UNTOLD = "cannot be told"
"""The quadrant where the interval of the cost or of the gain does not leave out nought."""


def cost_effectiveness(costs: pd.DataFrame, gains: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return what one more unit of each gain costs, from each perspective.

    Parameters
    ----------
    costs, gains : DataFrame, shape (replications, perspectives) and (replications, gains)
        Differences by replication; a column each, named; a gain above nought is good.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Columns perspective, gain, cost_difference, cost_low, cost_high, gain_difference, gain_low, gain_high
        (Student's t), ratio, low, high (Fieller; minus to plus infinity if the gain cannot be told from
        nought), quadrant ("cannot be told" unless both intervals leave out nought), unit. A ratio says
        little outside the first quadrant; the plane shows why.
    """
    rows = []
    for perspective in costs:
        for gain in gains:
            cost, gained = costs[perspective].to_numpy(dtype=float), gains[gain].to_numpy(dtype=float)
            ends = {**_difference("cost", cost, level), **_difference("gain", gained, level)}
            rows.append(
                {
                    "perspective": perspective,
                    "gain": gain,
                    **ends,
                    **dict(zip(("ratio", "low", "high"), ratio_interval(cost, gained, level), strict=True)),
                    "quadrant": _quadrant(ends),
                    "unit": f"SEK per {gain}",
                }
            )
    return pd.DataFrame(rows)


def _quadrant(ends: dict[str, float]) -> str:
    """Return in which quadrant a policy lies; intervals that are not there leave it open too."""
    known = [ends[f"{name}_low"] > 0.0 or ends[f"{name}_high"] < 0.0 for name in ("cost", "gain")]
    more = (ends["cost_difference"] > 0.0, ends["gain_difference"] > 0.0)
    return QUADRANTS[more] if all(known) else UNTOLD


def _difference(name: str, values: np.ndarray, level: float) -> dict[str, float]:
    mean, half = float(values.mean()), half_width(values, level)
    return {f"{name}_difference": mean, f"{name}_low": mean - half, f"{name}_high": mean + half}


def plane(cost: pd.Series, gain: pd.Series) -> pd.DataFrame:
    """Return the points of the cost-effectiveness plane: replication, gain, cost (SEK)."""
    return pd.DataFrame({"gain": gain, "cost": cost}).rename_axis("replication").reset_index()


def acceptability(
    cost: Column, gain: Column, willingness: Column | float | None = None, of: str = "mean"
) -> pd.DataFrame:
    """Return how probable it is that the alternative is worth its cost, by what a unit of gain is worth.

    Parameters
    ----------
    cost, gain : array of float, shape (replications,) or (draws,)
        Differences.
    willingness : array of float, optional
        What one unit of gain is worth, SEK; by default from nought to three times the ratio.
    of : {"mean", "points"}
        "mean": that the mean net benefit is above nought, given replications of one and the same scenario
        (Student's t; Monte Carlo only). "points": the share of points with a net benefit above nought, for
        points that are draws of uncertain parameters.

    Returns
    -------
    DataFrame
        Columns willingness (SEK), probability.

    References
    ----------
    Fenwick, E., O'Brien, B. J. & Briggs, A. (2004). Cost-effectiveness acceptability curves: facts, fallacies
    and frequently asked questions. Health Economics 13, 405-415.
    """
    _, pair, worth = all_of(
        lambda: one_of("of", of, ("mean", "points"), {"draws": "points", "replications": "mean"}),
        lambda: _pairs(cost, gain),
        lambda: None if willingness is None else read_willingness(willingness),
    )
    costs, gains = pair
    if worth is None:
        ratio = abs(costs.mean() / gains.mean()) if gains.mean() else 0.0
        worth = np.linspace(0.0, 3.0 * ratio if ratio > 0.0 else 1.0, 61)
    net = np.multiply.outer(worth, gains) - costs
    share = (net > 0.0).mean(axis=1) if of == "points" else _probability_of_mean(net)
    return pd.DataFrame({"willingness": worth, "probability": share})


def _pairs(cost: Column, gain: Column) -> list[np.ndarray]:
    """Return costs and gains as numbers, both as long."""
    pair = all_of(lambda: read_finite("cost", cost), lambda: read_finite("gain", gain))
    if len(pair[0]) != len(pair[1]) or not len(pair[0]):
        raise SpellsError(
            f"cost, gain: have {len(pair[0]):,} and {len(pair[1]):,} values, where pairs are wanted"
        )
    return pair


def read_finite(name: str, values: Column) -> np.ndarray:
    """Return a column of numbers, or raise SpellsError if one is missing or infinite."""
    if isinstance(values, str) or not np.iterable(values):
        raise SpellsError(f"{name}: {values!r} is not a column of numbers")
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise SpellsError(f"{name}: holds values that are no numbers") from None
    if numbers.ndim != 1:
        raise SpellsError(f"{name}: is no single column of numbers")
    if wrong := int((~np.isfinite(numbers)).sum()):
        raise SpellsError(f"{name}: {counted(wrong, 'value')} missing or infinite")
    return numbers


def read_willingness(willingness: Any) -> np.ndarray:  # noqa: ANN401  (anything may be handed in)
    """Return what a unit of gain may be worth, SEK: numbers from 0 on, or one of them."""
    one = isinstance(willingness, Real) and not isinstance(willingness, bool)
    return np.asarray(read_amounts("willingness", [willingness] if one else willingness), dtype=float)


def _probability_of_mean(net: np.ndarray) -> np.ndarray:
    """Return the probability that each row's mean is above nought (a flat prior gives Student's t)."""
    number = net.shape[1]
    if number < FEWEST:
        return np.full(len(net), np.nan)
    mean, error = net.mean(axis=1), net.std(axis=1, ddof=1) / np.sqrt(number)
    certain = np.where(mean > 0.0, 1.0, np.where(mean < 0.0, 0.0, 0.5))
    t = np.divide(mean, error, out=np.zeros_like(mean), where=error > 0.0)
    return np.where(error > 0.0, stdtr(number - 1, t), certain)


def balance(net_costs: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the cumulated net cost month by month.

    Parameters
    ----------
    net_costs : DataFrame, shape (replications, months)
        Net cost of each month, alternative less baseline, SEK.

    Returns
    -------
    DataFrame
        Columns month (1, 2, ...), value, low, high, unit: cumulated net cost with its pointwise interval.
    """
    sums = net_costs.cumsum(axis=1)
    half = np.array([half_width(sums[month].to_numpy(), level) for month in sums])
    mean = sums.mean().to_numpy()
    return pd.DataFrame(
        {
            "month": np.arange(1, len(mean) + 1),
            "value": mean / 1e6,
            "low": (mean - half) / 1e6,
            "high": (mean + half) / 1e6,
            "unit": "million SEK",
        }
    )


def pay_back_month(cumulated: pd.DataFrame) -> tuple[float, float, float]:
    """Return the month from which the cumulated net cost stays at or below nought, with its interval.

    Parameters
    ----------
    cumulated : DataFrame
        From `balance`.

    Returns
    -------
    month, earliest, latest : float
        Of the mean, of its lower and of its upper bound; infinity if not within the run, 0 if it never cost
        anything on balance.
    """
    month, earliest, latest = (
        _settled_below(cumulated[name].to_numpy()) for name in ("value", "low", "high")
    )
    return month, earliest, latest


def _settled_below(cumulated: np.ndarray) -> float:
    if np.isnan(cumulated).any():
        return float("nan")
    above = np.flatnonzero(cumulated > 0.0)
    if not len(above):
        return 0.0
    return float("inf") if above[-1] == len(cumulated) - 1 else float(above[-1] + 2)
