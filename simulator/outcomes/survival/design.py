"""From a user's table to what a regression works on: columns of numbers, and alike rows put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.errors import nearest
from simulator.outcomes.survival.columns import (
    Numbers,
    SpellsError,
    read_flags,
    read_groups,
    read_weeks,
    read_weights,
)
from simulator.outcomes.survival.counts import Floats, check

TOLERANCE = 1e-9
"""A column whose part that the others do not explain is smaller than this, of itself, adds nothing."""

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Roles:
    """Which columns of a table are what."""

    weeks: str
    exited: str
    covariates: Sequence[str]
    entry: str | None = None
    strata: Names = None
    cluster: Names = None
    weights: str | None = None


@dataclass(frozen=True)
class Design:
    """What a regression is made from: cells of alike spells, and to which cell each spell belongs.

    Attributes
    ----------
    names : list of str
        Covariates; a label of a text or categorical column is one, but for its first.
    x : ndarray, shape (cells, covariates)
        Their values.
    begin, end : ndarray, shape (cells,)
        Weeks between which spells are at risk.
    exited, stratum, number : ndarray of int, shape (cells,)
        Whether they ended, to which stratum they belong, and how many they are.
    weight : ndarray, shape (cells,)
        Weight of each of them.
    cell : ndarray of int, shape (spells,)
        Cell of each spell.
    cluster : ndarray of int, shape (spells,), or None
        Whom each spell belongs to.
    """

    names: list[str]
    x: Floats
    begin: Numbers
    end: Numbers
    exited: Numbers
    stratum: Numbers
    number: Numbers
    weight: Numbers
    cell: Numbers
    cluster: Numbers | None


def build_design(table: pd.DataFrame, roles: Roles) -> Design:
    """Return the design that a table holds.

    Raises
    ------
    SpellsError
        If a column is missing, cannot be read, does not vary, or follows from the others.
    """
    _check_columns(table, roles)
    end, exited = read_weeks(roles.weeks, table[roles.weeks]), read_flags(table[roles.exited])
    late = None if roles.entry is None else read_weeks(roles.entry, table[roles.entry])
    check(end, late, {})
    begin = np.full(1, -1.0).repeat(len(end)) if late is None else late
    weight = read_weights(None if roles.weights is None else table[roles.weights], len(end))
    stratum = _labels(table, roles.strata)
    names, patterns, values = _patterns(table, roles.covariates)
    first, cell = _distinct([stratum, begin, end, exited, weight, patterns])
    x = values[patterns[first]]
    _check_covariates(names, x)
    own = None if roles.cluster is None else _labels(table, roles.cluster)
    if own is None and weight.dtype.kind == "f":
        own = np.arange(len(end))
    begin, end, exited, stratum, weight = (col[first] for col in (begin, end, exited, stratum, weight))
    return Design(names, x, begin, end, exited, stratum, np.bincount(cell), weight, cell, own)


def _check_columns(table: pd.DataFrame, roles: Roles) -> None:
    if not isinstance(table, pd.DataFrame):
        raise SpellsError(f"table: a pandas DataFrame is needed, not {type(table).__name__}")
    if isinstance(roles.covariates, str) or not len(roles.covariates):
        raise SpellsError("covariates: a list of at least one column's name is needed")
    asked = [roles.weeks, roles.exited, *roles.covariates, roles.entry, roles.weights]
    asked += [*_listed(roles.strata), *_listed(roles.cluster)]
    mistakes = []
    for name in dict.fromkeys(name for name in asked if name is not None and name not in table.columns):
        hint = nearest(str(name), [str(column) for column in table.columns])
        mistakes.append(f"there is no column {name!r}" + (f"; did you mean '{hint}'?" if hint else ""))
    if mistakes:
        raise SpellsError("table: " + "; ".join(mistakes))


def _listed(names: Names) -> list[str]:
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def _labels(table: pd.DataFrame, names: Names) -> Numbers:
    """Return a number for each different combination of values in columns."""
    columns = [read_groups(table[name], len(table))[0] for name in _listed(names)]
    return _distinct(columns)[1] if columns else np.zeros(len(table), np.int64)


def _distinct(columns: list[Numbers]) -> tuple[Numbers, Numbers]:
    """Return the first row of each different combination of values, and the combination of each row."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        own, labels = pd.factorize(column)
        codes = pd.factorize(codes * len(labels) + own)[0]
    first = np.empty(codes.max() + 1, np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first, codes


def _patterns(table: pd.DataFrame, covariates: Sequence[str]) -> tuple[list[str], Numbers, Floats]:
    """Return names, the pattern of covariates of each row, and the values of each pattern."""
    codes = [read_groups(table[name], len(table))[0] for name in covariates]
    first, patterns = _distinct(codes)
    names: list[str] = []
    columns: list[Floats] = []
    for name in covariates:
        own, values = _expand(name, table[name].iloc[first])
        names += own
        columns += values
    return names, patterns, np.column_stack(columns)


def _expand(name: str, column: pd.Series) -> tuple[list[str], list[Floats]]:
    """Return a numeric column as it is, any other as one column of 0 and 1 for each label but the first."""
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(np.float64)
        if not np.all(np.isfinite(values)):
            raise SpellsError(f"{name}: holds values that are infinite")
        return [name], [values]
    codes, labels = read_groups(column, len(column))
    shown = [f"{name}={label}" for label in labels[1:]]
    return shown, [(codes == code).astype(np.float64) for code in range(1, len(labels))]


def _check_covariates(names: list[str], x: Floats) -> None:
    """Raise SpellsError if a covariate does not vary or is a sum of multiples of those before it."""
    if not names:
        raise SpellsError("covariates: none of them varies")
    centred = x - x.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    rest = np.abs(np.diag(np.linalg.qr(centred / np.where(size > 0, size, 1), mode="r")))
    rest = np.append(rest, np.zeros(len(names) - len(rest)))
    if wrong := [name for name, left in zip(names, rest, strict=True) if left < TOLERANCE]:
        raise SpellsError(f"covariates: {', '.join(wrong)} do not vary, or follow from those before them")
