"""Two layers of uncertainty, never mixed: luck (replications) and what nobody knows (draws of parameters)."""

from __future__ import annotations

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
    missing = [name for name in WANTED if name not in values]
    if missing:
        raise SimulatorError(f"The table of draws has no column {', '.join(missing)}. Columns: {WANTED}")
    present = values.dropna(subset=["value"])
    rows = [
        {"outcome": outcome, **_split(own, level), "unit": unit}
        for (outcome, unit), own in present.groupby(["outcome", "unit"], sort=False)
    ]
    return pd.DataFrame(rows)


def _split(values: pd.DataFrame, level: float) -> dict[str, float]:
    """Return the two layers of one outcome."""
    groups = values.groupby("draw")["value"]
    size, mean = groups.size().to_numpy(dtype=float), groups.mean().to_numpy()
    total, draws = float(size.sum()), len(size)
    overall = float(mean.mean())
    inner = float(groups.apply(lambda v: ((v - v.mean()) ** 2).sum()).sum())
    freedom = total - draws
    luck = inner / freedom if freedom > 0 else float("nan")
    between = _between(size, mean, luck) if draws >= FEWEST else float("nan")
    noise = luck * float(np.mean(1.0 / size))
    half = float(stdtrit(freedom, 0.5 + level / 2)) * np.sqrt(noise / draws) if freedom > 0 else float("nan")
    low, high = _spread(mean, overall, between, noise, level)
    together = between + noise
    return {
        "value": overall,
        "monte_carlo_low": overall - half,
        "monte_carlo_high": overall + half,
        "parameter_low": low,
        "parameter_high": high,
        "monte_carlo_sd": float(np.sqrt(luck)),
        "parameter_sd": float(np.sqrt(between)),
        "share_monte_carlo": noise / together if together > 0 else float("nan"),
        "draws": draws,
        "replications": total / draws,
    }


def _between(size: np.ndarray, mean: np.ndarray, luck: float) -> float:
    """Return the variance between draws (unweighted means, whose luck is taken out), at least nought."""
    return float(np.maximum(0.0, mean.var(ddof=1) - luck * np.mean(1.0 / size)))


def _spread(
    mean: np.ndarray, overall: float, between: float, noise: float, level: float
) -> tuple[float, float]:
    """Return the interval that holds a share of draws, luck taken out of their means."""
    if np.isnan(between):
        return float("nan"), float("nan")
    seen = between + noise
    shrunk = overall + (mean - overall) * (np.sqrt(between / seen) if seen > 0 else 0.0)
    low, high = np.quantile(shrunk, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
