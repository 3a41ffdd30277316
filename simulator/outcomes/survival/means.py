"""Mean weeks on assistance up to a horizon, and the week by which a share has left."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from simulator.outcomes.survival.bands import (
    band_of,
    column,
    greenwood,
    influence_of_hazard,
    product_of_influences,
    relative_variance,
    survival_of,
)
from simulator.outcomes.survival.columns import Column, all_of, check_number, read_level
from simulator.outcomes.survival.counts import ROUNDING, LifeTable, Spells, columns_or_counts, stack


def restricted_mean(
    weeks: Spells,
    exited: Column | None = None,
    horizon: float | None = None,
    groups: Column | None = None,
    level: float = 0.95,
    entry: Column | None = None,
    *,
    weights: Column | None = None,
) -> pd.DataFrame:
    """Estimate the mean weeks on assistance, counted up to a horizon: the area under the survival curve.

    Parameters
    ----------
    weeks, exited, groups, level, entry, weights
        As in `kaplan_meier`.
    horizon : float
        Weeks up to which time on assistance is counted, above 0; always needed.

    Returns
    -------
    pandas.DataFrame
        Columns `group, horizon, mean, low, high` in weeks, one row a group. The interval is the normal one
        with the variance of Klein & Moeschberger (2003, equation 4.5.2), with sampling weights the robust
        one, cut at 0 and the horizon. All three are missing where watching ended before the horizon with
        somebody still on assistance.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also if the horizon is not a number above 0.

    Examples
    --------
    >>> restricted_mean([1, 2, 4, 4], [True, True, True, False], horizon=4)["mean"].item()
    2.75
    """
    _, z, counts = all_of(
        lambda: check_number("horizon", horizon, np.inf, "a number of weeks above 0"),
        lambda: read_level(level),
        lambda: columns_or_counts(weeks, exited=exited, entry=entry, groups=groups, weights=weights),
    )
    end, parts = float(horizon or 0), []
    for table in counts.tables():
        mean, variance = _area(table, end)
        low, high = np.clip([mean - z * np.sqrt(variance), mean + z * np.sqrt(variance)], 0, end)
        parts.append((table.label, [column(value) for value in (end, mean, low, high)]))
    return stack(parts, ["horizon", "mean", "low", "high"])


def quantile(
    weeks: Spells,
    exited: Column | None = None,
    q: float = 0.5,
    groups: Column | None = None,
    level: float = 0.95,
    entry: Column | None = None,
    *,
    interval: Literal["log-log", "log", "plain"] = "log-log",
    weights: Column | None = None,
) -> pd.DataFrame:
    """Estimate the week by which a share of the spells has ended.

    Parameters
    ----------
    weeks, exited, groups, level, entry, interval, weights
        As in `kaplan_meier`.
    q : float
        Share that has ended, between 0 and 1; 0.5 gives the median.

    Returns
    -------
    pandas.DataFrame
        Columns `group, quantile, week, low, high`, one row a group: the first week in which survival, or a
        bound of its band, is at most 1 - q (Brookmeyer & Crowley 1982, Biometrics 38, 29-41); missing if it
        never is.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also if q is not between 0 and 1.

    Examples
    --------
    >>> quantile([1, 2, 2, 3], [True, True, False, True])["week"].item()
    2.0
    """
    _, make_band, z, counts = all_of(
        lambda: check_number("q", q, 1.0, "a share between 0 and 1"),
        lambda: band_of(interval),
        lambda: read_level(level),
        lambda: columns_or_counts(weeks, exited=exited, entry=entry, groups=groups, weights=weights),
    )
    parts = []
    for table in counts.tables():
        survival = survival_of(table)
        curves = [survival, *make_band(survival, relative_variance(table), z)]
        crossings = [next(iter(table.week[curve <= 1 - q + ROUNDING]), np.nan) for curve in curves]
        first, low, high = crossings
        parts.append((table.label, [column(value) for value in (q, first, low, high)]))
    return stack(parts, ["quantile", "week", "low", "high"])


def _area(table: LifeTable, horizon: float) -> tuple[float, float]:
    """Return the area under the survival curve up to the horizon and its variance, or missing if unknown."""
    survival = survival_of(table)
    if table.week[-1] < horizon and survival[-1] > 0:
        return np.nan, np.nan
    strips = survival * np.diff(np.minimum(np.append(table.week, np.inf), horizon))
    ahead = np.cumsum(strips[::-1])[::-1]
    if not table.weighted:
        return float(ahead[0]), float(np.sum(ahead**2 * greenwood(table)))
    drift, jump = influence_of_hazard(table)
    cells = table.cells
    pair = drift * ahead, np.where(cells.door > 0, (jump * ahead)[cells.end], 0.0)
    return float(ahead[0]), float(product_of_influences(cells, pair, pair)[-1])
