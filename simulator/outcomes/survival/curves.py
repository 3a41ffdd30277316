"""How many are still on assistance after each week, and the hazard that has added up by then."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from simulator.outcomes.survival.bands import (
    band_of,
    product_of_influences,
    relative_variance,
    survival_of,
)
from simulator.outcomes.survival.columns import Column, all_of, one_of, read_level
from simulator.outcomes.survival.counts import Floats, LifeTable, Spells, columns_or_counts, stack


def kaplan_meier(
    weeks: Spells,
    exited: Column | None = None,
    entry: Column | None = None,
    groups: Column | None = None,
    level: float = 0.95,
    interval: Literal["log-log", "log", "plain"] = "log-log",
    *,
    weights: Column | None = None,
) -> pd.DataFrame:
    """Estimate the share still on assistance after each week (Kaplan & Meier 1958).

    Parameters
    ----------
    weeks : array-like of number, shape (spells,), or Counts
        Weeks from the beginning of the spell to its end, or to the end of watching. Counts, or a function
        that makes them, stand for all columns. Columns are matched by place; those of pandas need the same
        index.
    exited : array-like of bool, shape (spells,)
        Whether the spell ended; False (or 0) is censored.
    entry : array-like of number, shape (spells,), optional
        Week of the spell in which watching began (left truncation); nought by default.
    groups : array-like, shape (spells,), optional
        Label of each spell's group; a single one, "all", by default.
    level : float
        Confidence level of the pointwise interval, between 0 and 1.
    interval : {"log-log", "log", "plain"}
        The variance on the scale of log(-log survival) (Kalbfleisch & Prentice 2002, section 1.4), of
        log survival, or as it is; the last two are cut at 1, the last at 0 (Klein & Moeschberger 2003,
        section 4.3).
    weights : array-like of number, shape (spells,), optional
        Sampling weights, whole or not; the variance is then the robust one, from each spell's influence. For
        rows that stand for several alike spells, see `repeats` of `count_spells`.

    Returns
    -------
    pandas.DataFrame
        Columns `group, week, at_risk, exits, survival, low, high`: a row for week 0 (survival 1, unless some
        left in it) and each week with an exit, censoring or late entry. Before the first exit the interval
        is a point; at survival 0, where its variance is undefined, `high` stays at the bound before.

    Raises
    ------
    SpellsError
        If the arguments differ in length, or hold missing, negative or otherwise impossible values.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True])["survival"].tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    make_band, z, counts = all_of(
        lambda: band_of(interval),
        lambda: read_level(level),
        lambda: columns_or_counts(weeks, exited=exited, entry=entry, groups=groups, weights=weights),
    )
    parts = []
    for table in counts.tables():
        curve = survival_of(table)
        band = make_band(curve, relative_variance(table), z)
        parts.append((table.label, [table.week, table.at_risk, table.exits.sum(axis=1), curve, *band]))
    return stack(parts, ["week", "at_risk", "exits", "survival", "low", "high"])


def nelson_aalen(
    weeks: Spells,
    exited: Column | None = None,
    entry: Column | None = None,
    groups: Column | None = None,
    level: float = 0.95,
    interval: Literal["log", "plain"] = "log",
    *,
    weights: Column | None = None,
) -> pd.DataFrame:
    """Estimate the hazard that has added up after each week (Nelson 1972; Aalen 1978).

    Parameters
    ----------
    weeks, exited, entry, groups, level, weights
        As in `kaplan_meier`.
    interval : {"log", "plain"}
        Symmetric on the scale of the logarithm, or as it is and cut at 0. The variance is the sum of exits
        over squared numbers at risk (Klein & Moeschberger 2003, equation 4.2.4); with sampling weights the
        robust one.

    Returns
    -------
    pandas.DataFrame
        Columns `group, week, at_risk, exits, hazard, low, high`, rows as in `kaplan_meier`.

    Raises
    ------
    SpellsError
        As `kaplan_meier`.

    Examples
    --------
    >>> nelson_aalen([1, 2, 2, 3], [True, True, False, True])["hazard"].round(3).tolist()
    [0.0, 0.25, 0.583, 1.583]
    """
    kind, z, counts = all_of(
        lambda: one_of("interval", interval, ("log", "plain")),
        lambda: read_level(level),
        lambda: columns_or_counts(weeks, exited=exited, entry=entry, groups=groups, weights=weights),
    )
    parts = []
    for table in counts.tables():
        exits = table.exits.sum(axis=1)
        hazard = np.cumsum(exits / _somebody(table))
        margin = z * np.sqrt(_variance_of_hazard(table))
        if kind == "log":
            factor = np.exp(np.divide(margin, hazard, out=np.zeros_like(hazard), where=hazard > 0))
            low, high = hazard / factor, hazard * factor
        else:
            low, high = np.maximum(hazard - margin, 0), hazard + margin
        parts.append((table.label, [table.week, table.at_risk, exits, hazard, low, high]))
    return stack(parts, ["week", "at_risk", "exits", "hazard", "low", "high"])


def _somebody(table: LifeTable) -> Floats:
    at_risk: Floats = np.where(table.at_risk > 0, table.at_risk, 1).astype(float)
    return at_risk


def _variance_of_hazard(table: LifeTable) -> Floats:
    exits, at_risk = table.exits.sum(axis=1), _somebody(table)
    if not table.weighted:
        return np.cumsum(exits / at_risk**2)
    jump = np.where(table.cells.door > 0, 1 / at_risk[table.cells.end], 0.0)
    return product_of_influences(table.cells, (exits / at_risk**2, jump), (exits / at_risk**2, jump))
