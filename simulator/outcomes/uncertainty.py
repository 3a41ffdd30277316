"""Two layers of uncertainty, never mixed: luck (replications) and what nobody knows (draws of parameters)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from simulator.errors import SimulatorError
from simulator.outcomes.intervals import FEWEST

WANTED = ["draw", "replication", "outcome", "unit", "value"]


def layers(values: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return each outcome's two intervals, from runs of several draws of the parameters.

    The variance of the values is parted in two (one-way analysis of variance, draws as random groups). The
    Monte Carlo interval is that of the mean over these draws, if only luck were drawn anew. The parameter
    interval holds the given share of draws: the draws' means, drawn together so that their variance is the
    one between draws alone, without the luck that is left in them.

    Parameters
    ----------
    values : DataFrame
        Columns draw, replication, outcome, unit, value.
    level : float
        Coverage of both intervals.

    Returns
    -------
    DataFrame
        Columns outcome, value, monte_carlo_low, monte_carlo_high, parameter_low, parameter_high,
        monte_carlo_sd (of one replication), parameter_sd, share_monte_carlo (luck's share of the variance of
        a draw's mean), draws, replications, unit. A layer that cannot be told is null: one replication a draw
        hides luck, one draw hides the parameters.

    Raises
    ------
    SimulatorError
        If a column is missing.

    References
    ----------
    Searle, S. R., Casella, G. & McCulloch, C. E. (1992). Variance Components. Wiley, chapter 3.
    O'Hagan, A., Stevenson, M. & Madan, J. (2007). Monte Carlo probabilistic sensitivity analysis for patient
    level simulation models. Health Economics 16, 1009-1023.
    """
    if not isinstance(values, pd.DataFrame):
        raise SimulatorError(f"A table of draws is wanted here, not {type(values).__name__}.")
    missing = [name for name in WANTED if name not in values]
    if missing:
        raise SimulatorError(f"The table of draws has no column {', '.join(missing)}. Columns: {WANTED}")
    present = values.dropna(subset=["value"])
    rows = [
        {"outcome": outcome, **_split(own, level), "unit": unit}
        for (outcome, unit), own in present.groupby(["outcome", "unit"], sort=False)
    ]
    return pd.DataFrame(rows)


class Parts(NamedTuple):
    """The variance of one outcome, parted: `means` of the draws, shape (draws,), and `number` of values.

    `luck` is the variance of a replication within its draw, `noise` what luck leaves in a draw's mean, and
    `between` the variance between draws alone; missing where it cannot be told.
    """

    means: np.ndarray
    number: int
    luck: float
    noise: float
    between: float


def part(values: pd.Series, draw: str = "draw") -> Parts:
    """Part the variance of an outcome's values into luck and draws (unweighted means, draws at random).

    Parameters
    ----------
    values : Series of float
        None missing; `draw` names a level of the index.
    draw : str
        That level.
    """
    groups = values.groupby(level=draw)
    size, means = groups.size().to_numpy(dtype=float), groups.mean().to_numpy()
    freedom = len(values) - len(means)
    inner = float(((values - groups.transform("mean")) ** 2).sum())
    luck = inner / freedom if freedom > 0 else float("nan")
    noise = luck * float(np.mean(1.0 / size)) if len(size) else luck
    between = float(np.maximum(0.0, means.var(ddof=1) - noise)) if len(means) >= FEWEST else float("nan")
    return Parts(means, len(values), luck, noise, between)


def _split(values: pd.DataFrame, level: float) -> dict[str, float]:
    """Return the two layers of one outcome."""
    parts = part(values.set_index("draw")["value"])
    draws, freedom = len(parts.means), parts.number - len(parts.means)
    overall = float(parts.means.mean())
    error = np.sqrt(parts.noise / draws)
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error if freedom > 0 else float("nan")
    low, high = _spread(parts, overall, level)
    together = parts.between + parts.noise
    return {
        "value": overall,
        "monte_carlo_low": overall - half,
        "monte_carlo_high": overall + half,
        "parameter_low": low,
        "parameter_high": high,
        "monte_carlo_sd": float(np.sqrt(parts.luck)),
        "parameter_sd": float(np.sqrt(parts.between)),
        "share_monte_carlo": parts.noise / together if together > 0 else float("nan"),
        "draws": draws,
        "replications": parts.number / draws,
    }


def _spread(parts: Parts, overall: float, level: float) -> tuple[float, float]:
    """Return the interval that holds a share of draws, luck taken out of their means."""
    if np.isnan(parts.between):
        return float("nan"), float("nan")
    seen = parts.between + parts.noise
    shrunk = overall + (parts.means - overall) * (np.sqrt(parts.between / seen) if seen > 0 else 0.0)
    low, high = np.quantile(shrunk, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
