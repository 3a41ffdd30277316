"""Pointwise intervals on three scales, and the variances behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from simulator.outcomes.survival.columns import Numbers, one_of
from simulator.outcomes.survival.counts import ROUNDING, Cells, Floats, LifeTable

Band: TypeAlias = Callable[[Floats, Floats, float], tuple[Floats, Floats]]


def hazards(table: LifeTable) -> Floats:
    """Return the share of those at risk who leave in each week, by any door."""
    shares = table.exits.sum(axis=1) / np.where(table.at_risk > 0, table.at_risk, 1)
    whole: Floats = np.where(shares > 1 - ROUNDING, 1.0, shares)
    return whole


def survival_of(table: LifeTable) -> Floats:
    """Return the Kaplan-Meier survival after each week."""
    survival: Floats = np.cumprod(1 - hazards(table))
    return survival


def greenwood(table: LifeTable) -> Floats:
    """Return each week's term of Greenwood's sum; nought where everybody leaves and survival is nought."""
    hazard = hazards(table)
    left = np.where(hazard < 1, table.at_risk * (1 - hazard), np.inf)
    return hazard / np.where(left > 0, left, np.inf)


def relative_variance(table: LifeTable) -> Floats:
    """Return the variance of survival over survival squared: Greenwood's, or with weights the robust one."""
    if not table.weighted:
        return np.cumsum(greenwood(table))
    drift, jump = influence_of_hazard(table)
    whole = np.where(table.cells.door > 0, jump[table.cells.end], 0.0)
    return product_of_influences(table.cells, (drift, whole), (drift, whole))


def influence_of_hazard(table: LifeTable) -> tuple[Floats, Floats]:
    """Return what a week at risk takes from, and an exit in it adds to, -log survival, per unit of weight."""
    drift = greenwood(table)
    stayed = np.where(hazards(table) < 1, table.at_risk * (1 - hazards(table)), np.inf)
    return drift, 1 / np.where(stayed > 0, stayed, np.inf)


def product_of_influences(cells: Cells, one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> Floats:
    """Return, after each week, the sum over spells of squared weight times the product of two influences.

    An influence is a pair: what each week at risk takes, shape (weeks,), and what its end adds to a spell of
    each cell, shape (cells,). It grows while a spell is at risk and stays as it is after its end.
    """
    weeks = len(one[0])
    begins = np.where(cells.entry > 0, cells.entry + 1, 0)
    sums = [np.cumsum(drift) for drift, _ in (one, other)]
    before = [np.where(cells.entry > 0, total[cells.entry], 0.0) for total in sums]
    final = [
        jump - total[cells.end] + start
        for (_, jump), total, start in zip((one, other), sums, before, strict=True)
    ]
    ended = np.bincount(cells.end, cells.squares * final[0] * final[1], weeks)

    def watched(values: Floats) -> Floats:
        """Return the sum over the spells begun and not yet ended."""
        added, taken = (np.bincount(at, cells.squares * values, weeks)[:weeks] for at in (begins, cells.end))
        return np.cumsum(added - taken)

    going = sums[0] * sums[1] * watched(np.ones_like(before[0])) + watched(before[0] * before[1])
    going -= sums[0] * watched(before[1]) + sums[1] * watched(before[0])
    return np.maximum(np.cumsum(ended) + going, 0)


def log_log_band(survival: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Return bounds symmetric on the scale of log(-log survival), from the variance over survival squared."""
    inside = (survival > ROUNDING) & (survival < 1 - ROUNDING)
    share = np.where(inside, survival, 0.5)
    width = np.where(inside, z * np.sqrt(variance) / -np.log(share), 0)
    low, high = (np.where(inside, share ** np.exp(w), survival) for w in (width, -width))
    return low, _carry_to_nought(survival, high)


def log_band(survival: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Return bounds symmetric on the scale of log survival, the upper one cut at 1."""
    width = z * np.sqrt(variance)
    high = np.minimum(survival * np.exp(width), 1)
    return survival * np.exp(-width), _carry_to_nought(survival, high)


def plain_band(survival: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Return bounds symmetric on survival's own scale, cut at 0 and 1."""
    margin = z * survival * np.sqrt(variance)
    return np.maximum(survival - margin, 0), _carry_to_nought(survival, np.minimum(survival + margin, 1))


def band_of(interval: str) -> Band:
    """Return the kind of band that has a name.

    Raises
    ------
    SpellsError
        If there is none of that name.
    """
    bands = {"log-log": log_log_band, "plain": plain_band, "log": log_band}
    called = {
        "greenwood": "plain",
        "linear": "plain",
        "exponential-greenwood": "log-log",
        "cloglog": "log-log",
    }
    return bands[one_of("interval", interval, bands, called)]


def _carry_to_nought(survival: Floats, high: Floats) -> Floats:
    """Keep the last upper bound where survival is nought; 1 if it never was anything else."""
    alive = survival > ROUNDING
    last = np.take_along_axis(high, np.maximum(alive.sum(axis=0, keepdims=True) - 1, 0), axis=0)
    return np.where(alive, high, np.where(alive.any(axis=0), last, 1.0))


def column(value: float) -> Numbers:
    """Return one value as a column of one row."""
    return np.array([float(value)])
