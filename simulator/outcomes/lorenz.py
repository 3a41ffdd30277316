"""How caseworkers' time is spread over clients: Lorenz curve and Gini coefficient."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.outcomes.definitions import spells_begun
from simulator.outcomes.intervals import with_intervals

TIME = {"all minutes": "staff_minutes", "minutes of talks": "meeting_minutes"}
"""What is spread over clients, and the columns that count it."""


def lorenz(spells: pd.DataFrame, level: float = 0.95, points: int = 21) -> pd.DataFrame:
    """Return the Lorenz curve of caseworkers' minutes over client-weeks.

    Spells that began in the run, from those with the fewest minutes a week on benefit to those with the most;
    each counts by its weeks, so that the curve shows how time is spread and not how long people stay.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    level : float
        Coverage of the pointwise Monte Carlo interval.
    points : int
        Points of the curve, from 0 to 1.

    Returns
    -------
    DataFrame
        Columns of (all minutes, or those of talks), share_of_client_weeks, share_of_minutes, low, high.
    """
    grid = np.linspace(0.0, 1.0, points)
    rows = [
        {"of": of, "replication": replication, "share_of_client_weeks": x, "value": y}
        for of, column in TIME.items()
        for replication, own in spells_begun(spells).groupby("replication")
        for x, y in zip(grid, np.interp(grid, *_curve(own, column)), strict=True)
    ]
    table = with_intervals(pd.DataFrame(rows), ["of", "share_of_client_weeks"], level)
    return table.rename(columns={"value": "share_of_minutes"})


def gini(spells: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the Gini coefficients of the same curves: of, value, low, high, unit."""
    rows = []
    for of, column in TIME.items():
        for replication, own in spells_begun(spells).groupby("replication"):
            x, y = _curve(own, column)
            rows.append(
                {"of": of, "replication": replication, "value": 1.0 - 2.0 * float(np.trapezoid(y, x))}
            )
    return with_intervals(pd.DataFrame(rows), ["of"], level).assign(unit="0 (alike) to 1")


def _curve(spells: pd.DataFrame, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Return cumulated shares of weeks and of minutes, in order of minutes a week."""
    weeks = spells["weeks"].to_numpy(dtype=float)
    minutes = spells[column].to_numpy(dtype=float)[weeks > 0]
    weeks = weeks[weeks > 0]
    order = np.argsort(minutes / weeks, kind="stable")
    x, y = np.cumsum(weeks[order]), np.cumsum(minutes[order])
    nought = np.zeros(1)
    if not len(x) or y[-1] <= 0.0:  # nobody got anything: all got alike
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    return np.concatenate([nought, x / x[-1]]), np.concatenate([nought, y / y[-1]])
