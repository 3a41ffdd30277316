"""What somebody hands in to an estimator: columns of values, each checked and read as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from simulator.errors import SimulatorError

Column: TypeAlias = "Sequence[Any] | NDArray[Any] | pd.Series[Any] | ExtensionArray"
Numbers: TypeAlias = NDArray[Any]


class SpellsError(SimulatorError, ValueError):
    """The spells handed in cannot be read; the message says which argument, and what is wrong with it."""


def check_number(name: str, value: object, below: float, what: str) -> None:
    """Raise SpellsError if a value is not a number above 0 and below a bound."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 < float(value) < below:  # type: ignore[arg-type]
        raise SpellsError(f"{name}: {value!r} is not {what}")


def _column(name: str, values: Any) -> pd.Series[Any]:  # noqa: ANN401  (anything may be handed in)
    """Return values as a column; a table or a single value is none."""
    if values is None or np.isscalar(values):
        raise SpellsError(f"{name}: {values!r} is not a column of values, one for each spell")
    try:
        return pd.Series(values)
    except (ValueError, TypeError) as error:
        raise SpellsError(f"{name}: cannot be read as one column of values ({error})") from error


def _labelled(name: str, values: Column) -> tuple[Numbers, Any]:
    """Return each value's code, -1 if it is missing, and the different values in order."""
    try:
        return pd.factorize(_column(name, values), sort=True)
    except TypeError as error:  # lists within a list, or what cannot be put in order
        raise SpellsError(f"{name}: holds values that are no labels ({error})") from error


def read_weeks(name: str, values: Column) -> Numbers:
    """Return weeks as whole or real numbers, whichever they are."""
    numbers = _numbers(name, _column(name, values))
    if len(wrong := numbers[~np.isfinite(numbers) | (numbers < 0)]):
        raise SpellsError(f"{name}: {len(wrong)} values negative or infinite, the first is {wrong[0]}")
    return numbers


def read_flags(values: Column) -> Numbers:
    """Return exits as 1 and censored as 0."""
    column = _column("exited", values)
    numbers = _numbers("exited", column.astype("Int8") if pd.api.types.is_bool_dtype(column) else column)
    if not np.all((numbers == 0) | (numbers == 1)):
        raise SpellsError("exited: holds values other than true and false (or 1 and 0)")
    return numbers.astype(np.int64)


def _numbers(name: str, column: pd.Series[Any]) -> Numbers:
    if column.isna().any():
        raise SpellsError(f"{name}: {column.isna().sum()} values missing")
    if len(column) and (not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        raise SpellsError(f"{name}: holds values of type {column.dtype}, not numbers")
    return column.to_numpy(np.int64 if pd.api.types.is_integer_dtype(column) else np.float64)


def read_doors(values: Column) -> tuple[Numbers, Numbers]:
    """Return each spell's code, from 1 on and 0 for censored, and the doors in order of code."""
    codes, labels = _labelled("door", values)
    real = [place for place, label in enumerate(labels) if label not in (0, "")]
    doors = np.asarray(labels)[real]
    if doors.dtype.kind in "if" and np.any(doors < 0):
        raise SpellsError("door: holds negative numbers; a censored spell has door 0 or none")
    if doors.dtype.kind == "f" and np.all(doors == np.floor(doors)):
        doors = doors.astype(np.int64)
    recoded = np.zeros(len(labels) + 1, np.int64)
    recoded[real] = np.arange(1, len(real) + 1)
    return recoded[codes], doors


def read_groups(values: Column | None, spells: int) -> tuple[Numbers, Numbers]:
    """Return each spell's code of its group, and the groups' labels in order of code."""
    if values is None:
        return np.zeros(spells, np.int64), np.array(["all"], dtype=object)
    codes, labels = _labelled("groups", values)
    if np.any(codes < 0):
        raise SpellsError(f"groups: {np.count_nonzero(codes < 0)} values missing")
    return codes, np.asarray(labels)


def read_level(level: float) -> float:
    """Return the normal quantile that belongs to a level of confidence."""
    check_number("level", level, 1.0, "a share between 0 and 1")
    return NormalDist().inv_cdf((1 + level) / 2)


def read_weights(values: Column | None, spells: int) -> Numbers:
    """Return each spell's weight, whole numbers as such; 1 by default."""
    if values is None:
        return np.ones(spells, np.int64)
    weights = _numbers("weights", _column("weights", values))
    if len(wrong := weights[~np.isfinite(weights) | (weights <= 0)]):
        raise SpellsError(f"weights: {len(wrong)} values not above 0 or infinite, the first is {wrong[0]}")
    return weights.astype(np.int64) if np.all(weights == np.floor(weights)) else weights
