"""How many have left by each door by each week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.outcomes.survival.bands import (
    greenwood,
    influence_of_hazard,
    log_log_band,
    product_of_influences,
    survival_of,
)
from simulator.outcomes.survival.columns import Column, all_of, read_level
from simulator.outcomes.survival.counts import (
    ROUNDING,
    Floats,
    LifeTable,
    Spells,
    columns_or_counts,
    stack,
    with_doors,
)


def cumulative_incidence(
    weeks: Spells,
    door: Column | None = None,
    entry: Column | None = None,
    groups: Column | None = None,
    level: float = 0.95,
    weights: Column | None = None,
) -> pd.DataFrame:
    """Estimate the share that has left by each door by each week (Aalen & Johansen 1978).

    In every week the incidences of all doors and the Kaplan-Meier survival add up to one, also with ties.

    Parameters
    ----------
    weeks, entry, groups, level, weights
        As in `kaplan_meier`.
    door : array-like of int or str, shape (spells,)
        Door by which the spell ended; 0, a missing value or an empty text is censored.

    Returns
    -------
    pandas.DataFrame
        Columns `group, week, door, incidence, low, high`: for each row of `kaplan_meier` one row a door, also
        for doors that nobody of the group took; with nobody leaving at all, for the categories of the column
        (True, of a column of true and false), all at nought. The variance is that of the delta method for the
        multinomial exits of each week (Dinse & Larson 1986, Biometrika 73, 379-386), the Greenwood-type one
        of Allignol, Schumacher & Beyersmann (2010, Biometrical Journal 52, 126-137); with sampling weights
        the robust one.
        The interval is symmetric on the scale of log(-log(1 - incidence)). With a single door both are those
        of `kaplan_meier`.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also if a door is a negative number, or if nobody leaves and the column does not
        say which doors there are.

    Examples
    --------
    >>> table = cumulative_incidence([1, 2, 2, 3], ["work", "study", None, "work"])
    >>> table.groupby("door")["incidence"].last().to_dict()
    {'study': 0.25, 'work': 0.75}
    """
    z, counts = all_of(
        lambda: read_level(level),
        lambda: with_doors(columns_or_counts(weeks, door=door, entry=entry, groups=groups, weights=weights)),
    )
    parts = []
    for table in counts.tables():
        incidence, variance = incidence_of(table)
        away = np.maximum(1 - incidence, 0)
        low, high = log_log_band(away, variance / np.maximum(away, ROUNDING) ** 2, z)
        keys = [np.repeat(table.week, len(counts.doors)), np.tile(counts.doors, len(table.week))]
        parts.append((table.label, [*keys, incidence.ravel(), 1 - high.ravel(), 1 - low.ravel()]))
    return stack(parts, ["week", "door", "incidence", "low", "high"])


def incidence_of(table: LifeTable) -> tuple[Floats, Floats]:
    """Return incidence and its variance, both of shape (weeks, doors).

    The sum over weeks i of (F(t) - F(i))^2 g(i), and its like, is had from three running sums.
    """
    at_risk = np.where(table.at_risk > 0, table.at_risk, 1)[:, None]
    hazard = table.exits / at_risk
    before = np.concatenate([[1.0], survival_of(table)[:-1]])[:, None]
    incidence = np.cumsum(before * hazard, axis=0)
    if table.weighted:
        return incidence, _robust(table, incidence, before / at_risk)
    own, leaving = before * hazard / at_risk, greenwood(table)[:, None]
    linear = leaving * incidence + own
    constant = leaving * incidence**2 + own * (2 * incidence + before * (1 - hazard))
    square, linear, constant = (np.cumsum(term, axis=0) for term in (leaving, linear, constant))
    return incidence, np.maximum(incidence**2 * square - 2 * incidence * linear + constant, 0)


def _robust(table: LifeTable, incidence: Floats, share: Floats) -> Floats:
    """Return the variance from each spell's influence on the incidence, which is P(t) - F(t) Q(t).

    Q adds up a spell's part in the hazard of leaving, P that times the incidence so far and its part in the
    door's own exits; `share` is survival before the week over the number at risk.
    """
    drift, jump = influence_of_hazard(table)
    cells, columns = table.cells, []
    leaves = cells.door > 0
    all_doors = drift, np.where(leaves, jump[cells.end], 0.0)
    square = product_of_influences(cells, all_doors, all_doors)
    for number, curve in enumerate(incidence.T, start=1):
        own = share[:, 0] * table.exits[:, number - 1] / np.where(table.at_risk > 0, table.at_risk, 1)
        end = all_doors[1] * curve[cells.end] + np.where(cells.door == number, share[cells.end, 0], 0.0)
        this = drift * curve + own, end
        mixed = product_of_influences(cells, this, all_doors)
        columns.append(product_of_influences(cells, this, this) - 2 * curve * mixed + curve**2 * square)
    return np.maximum(np.stack(columns, axis=1), 0) if columns else np.zeros_like(incidence)
