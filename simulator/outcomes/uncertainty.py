"""Two layers of uncertainty, never mixed: luck (replications) and what nobody knows (draws of parameters)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from simulator.outcomes.intervals import FEWEST, check_reached, check_wish, fewest_so_narrow, where_reached
from simulator.outcomes.survival.columns import (
    SpellsError,
    all_of,
    check_level,
    counted,
    missing_columns,
)

DRAWS_OF_95 = 39
"""Draws from which on quantiles hold 95 % of further ones; see `layers`."""

WANTED = ["draw", "replication", "outcome", "unit", "value"]


def layers(values: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return each outcome's two intervals, from runs of several draws of the parameters.

    The variance of the values is parted in two (one-way analysis of variance, draws as random groups). The
    Monte Carlo interval is that of the mean over these draws, if only luck were drawn anew. The parameter
    interval is where further draws are expected: quantiles of the draws' means, drawn together so that their
    variance is the one between draws alone, without the luck that is left in them. With n draws at most
    (n - 1) / (n + 1) of further ones are expected in it, whatever their law: 95 % takes `DRAWS_OF_95`.

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
        monte_carlo_sd (of one replication), parameter_sd, parameter_covers (share of further draws that the
        parameter interval is expected to hold), share_monte_carlo (luck's share of the variance of a draw's
        mean), draws, replications, unit. A layer that cannot be told is null: one replication a draw hides
        luck, one draw hides the parameters, and so does luck that is as large as all that is seen
        (`parameter_sd` is then 0). An outcome without a value, or a median that some runs did not reach, is
        left out.

    Raises
    ------
    SpellsError
        If a column is missing, holds what is no number, or no value; if a value is told twice.

    References
    ----------
    Searle, S. R., Casella, G. & McCulloch, C. E. (1992). Variance Components. Wiley, chapter 3.
    O'Hagan, A., Stevenson, M. & Madan, J. (2007). Monte Carlo probabilistic sensitivity analysis for patient
    level simulation models. Health Economics 16, 1009-1023.
    Makkonen, L. (2006). Plotting positions in extreme value analysis. Journal of Applied Meteorology and
    Climatology 45, 334-340.
    """
    all_of(lambda: check_level(level), lambda: _check(values))
    present = where_reached(values).dropna(subset=["value"])
    rows = [
        {"outcome": outcome, **_split(own, level), "unit": unit}
        for (outcome, unit), own in present.groupby(["outcome", "unit"], sort=False)
    ]
    return pd.DataFrame(rows)


def _check(values: object) -> None:
    """Raise SpellsError if something is no table of draws, with all that is wrong."""
    if not isinstance(values, pd.DataFrame):
        raise SpellsError(f"values: a table of draws is wanted here, not {type(values).__name__}")
    if mistakes := missing_columns(values.columns, [("values", name) for name in WANTED]):
        raise SpellsError(*mistakes)
    all_of(lambda: _check_numbers(values["value"]), lambda: _check_rows(values))


def _check_numbers(column: pd.Series) -> None:
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise SpellsError(f"value: holds values of type {column.dtype}, not numbers")
    if wrong := int(np.isinf(column).sum()):
        raise SpellsError(f"value: {counted(wrong, 'value')} infinite")
    if column.isna().all():
        raise SpellsError("value: there is none")


def _check_rows(values: pd.DataFrame) -> None:
    keys = [name for name in WANTED if name != "value"]
    nameless = [f"{name}: {counted(number, 'value')} missing" for name in keys
                if (number := int(values[name].isna().sum()))]  # fmt: skip
    twice = int(values.duplicated(keys).sum())
    if twice:
        nameless.append(f"values: {counted(twice, 'row')} of a draw, replication and outcome told before")
    if nameless:
        raise SpellsError(*nameless)


def more_a_draw(values: pd.DataFrame, outcome: str, width: float, level: float = 0.95) -> int:
    """Return how many more replications of each draw make the Monte Carlo interval of `layers` so narrow.

    The interval over the settings is not narrowed by that; it takes other draws, or facts.

    Parameters
    ----------
    values : DataFrame
        As in `layers`.
    outcome : str
        Its name.
    width : float
        Wished width, from low to high.
    level : float
        Coverage.

    Raises
    ------
    SpellsError
        If there is no such outcome, each draw has one replication, it is a median that some runs did not
        reach, or more than 10^15 would be needed.
    """
    check_wish(values, outcome, width, level)
    check_reached(values, outcome)
    own = values[values["outcome"] == outcome].dropna(subset=["value"])
    parts = part(own.set_index("draw")["value"])
    draws, each = len(parts.means), parts.number // max(1, len(parts.means))
    if np.isnan(parts.luck):
        raise SpellsError(f"outcome: {outcome!r} has one replication a draw; its luck takes two")

    def width_of(number: int) -> float:
        error = np.sqrt(parts.luck / number / draws)
        return float(2.0 * stdtrit(draws * (number - 1), 0.5 + level / 2.0) * error)

    return max(0, fewest_so_narrow(width_of, width) - each)


ROUNDING = 1e-9
"""A variance between draws that is a smaller part of luck's is what reckoning leaves of none."""


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
    between = float(means.var(ddof=1)) - noise if len(means) >= FEWEST else float("nan")
    between = 0.0 if between <= ROUNDING * noise else between
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
        "parameter_covers": float("nan") if np.isnan(low) else min(level, (draws - 1) / (draws + 1)),
        "share_monte_carlo": parts.noise / together if together > 0 else float("nan"),
        "draws": draws,
        "replications": parts.number / draws,
    }


def _spread(parts: Parts, overall: float, level: float) -> tuple[float, float]:
    """Return the interval that holds a share of further draws, luck taken out of the means of these."""
    if np.isnan(parts.between) or (parts.between == 0.0 and parts.noise > 0.0):
        return float("nan"), float("nan")
    seen = parts.between + parts.noise
    shrunk = overall + (parts.means - overall) * (np.sqrt(parts.between / seen) if seen > 0 else 0.0)
    low, high = np.quantile(shrunk, [0.5 - level / 2, 0.5 + level / 2], method="weibull")
    return float(low), float(high)
