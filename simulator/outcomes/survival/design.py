"""From a user's table to what a regression works on: columns of numbers, and alike rows put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from simulator.errors import Mistake
from simulator.outcomes.survival.columns import (
    Numbers,
    SpellsError,
    all_of,
    listed,
    missing_columns,
    read_amounts,
    read_flags,
    read_groups,
    read_weights,
    verb,
)
from simulator.outcomes.survival.counts import Floats, check

TOLERANCE = 1e-9
"""A column whose part that the others do not explain is smaller than this, of itself, adds nothing."""

HUGE = 1e100
"""Beyond this, numbers can no longer be squared."""

LARGEST = 50_000_000
"""Most numbers in the table of covariates."""

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Roles:
    """Which columns of a table are what."""

    weeks: str
    exited: str
    covariates: Names
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
    covariates = _check_columns(table, roles)
    end, exited, late, weight, stratum, own, (names, patterns, values) = all_of(
        lambda: read_amounts(roles.weeks, table[roles.weeks]),
        lambda: read_flags(table[roles.exited], roles.exited),
        lambda: None if roles.entry is None else read_amounts(roles.entry, table[roles.entry]),
        lambda: None if roles.weights is None else read_weights(table[roles.weights], roles.weights),
        lambda: _labels(table, roles.strata),
        lambda: None if roles.cluster is None else _clusters(table, roles.cluster),
        lambda: _patterns(table, covariates),
    )
    check(end, late, {})
    begin = np.full(1, -1.0).repeat(len(end)) if late is None else late
    weight = np.ones(len(end), np.int64) if weight is None else weight
    first, cell = _distinct([stratum, begin, end, exited, weight, patterns])
    x = values[patterns[first]]
    _check_covariates(names, x)
    if own is None and weight.dtype.kind == "f":
        own = np.arange(len(end))
    begin, end, exited, stratum, weight = (col[first] for col in (begin, end, exited, stratum, weight))
    return Design(names, x, begin, end, exited, stratum, np.bincount(cell), weight, cell, own)


def _check_columns(table: pd.DataFrame, roles: Roles) -> list[str]:
    """Return the covariates, or raise SpellsError if they or other columns are not there."""
    if not isinstance(table, pd.DataFrame):
        raise SpellsError(f"table: a pandas DataFrame is needed, not {type(table).__name__}")
    covariates, strata, cluster = all_of(
        lambda: _listed("covariates", roles.covariates),
        lambda: _listed("strata", roles.strata),
        lambda: _listed("cluster", roles.cluster),
    )
    single = {"weeks": roles.weeks, "exited": roles.exited, "entry": roles.entry, "weights": roles.weights}
    asked = [(role, name) for role, name in single.items() if name is not None or role in ("weeks", "exited")]
    several = {"covariates": covariates, "strata": strata, "cluster": cluster}
    asked += [(role, name) for role, names in several.items() for name in names]
    mistakes: list[Mistake | str] = [*missing_columns(table.columns, asked)]
    mistakes += [
        f"covariates: {name!r} is what is explained, and explains nothing"
        for name in covariates
        if name in (roles.weeks, roles.exited)
    ]
    if not covariates:
        mistakes.append("covariates: the name of at least one column is needed")
    if not len(table):
        mistakes.append("table: there are no spells")
    if mistakes:
        raise SpellsError(*mistakes)
    return covariates


def _listed(role: str, names: Any) -> list[str]:  # noqa: ANN401  (anything may be handed in)
    """Return one name, or several, as a list."""
    if names is None or isinstance(names, str):
        return [] if names is None else [names]
    if isinstance(names, Sequence | pd.Index) and all(pd.api.types.is_scalar(name) for name in names):
        return list(names)
    raise SpellsError(f"{role}: {names!r} is not the name of a column, or a list of names")


def _clusters(table: pd.DataFrame, names: Names) -> Numbers:
    labels = _labels(table, names)
    if len(table) and not labels.any():
        raise SpellsError(
            "cluster: all spells are of one and the same; how clusters differ takes several, better dozens"
        )
    return labels


def _labels(table: pd.DataFrame, names: Names) -> Numbers:
    """Return a number for each different combination of values in columns."""
    columns = [read_groups(table[name], name)[0] for name in _listed("", names)]
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
    codes = [codes for codes, _ in all_of(*(partial(read_groups, table[name], name) for name in covariates))]
    first, patterns = _distinct(codes)
    names: list[str] = []
    columns: list[Floats] = []
    for name in covariates:
        own, values = _expand(name, table[name].iloc[first])
        names += own
        columns += values
    if not columns:
        raise SpellsError(f"covariates: {listed(covariates)} {verb(covariates, 'do')} not vary")
    return names, patterns, np.column_stack(columns)


def _expand(name: str, column: pd.Series) -> tuple[list[str], list[Floats]]:
    """Return a numeric column as it is, any other as one column of 0 and 1 for each label but the first."""
    kind = pd.api.types
    if kind.is_complex_dtype(column) or kind.is_datetime64_any_dtype(column):
        raise SpellsError(f"{name}: holds values of type {column.dtype}, neither numbers nor words")
    if kind.is_numeric_dtype(column):
        values = column.to_numpy(np.float64)
        if not np.all(np.abs(values) < HUGE):
            raise SpellsError(f"{name}: holds values that are infinite or too large")
        return [name], [values]
    codes, labels = read_groups(column, name)
    if len(column) * len(labels) > LARGEST:
        raise SpellsError(f"{name}: {len(labels):,} different values, each with a ratio, are too many")
    shown = [f"{name}={label}" for label in labels[1:]]
    return shown, [(codes == code).astype(np.float64) for code in range(1, len(labels))]


def _check_covariates(names: list[str], x: Floats) -> None:
    """Raise SpellsError if a covariate does not vary or is a sum of multiples of those before it."""
    centred = x - x.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    rest = np.abs(np.diag(np.linalg.qr(centred / np.where(size > 0, size, 1), mode="r")))
    rest = np.append(rest, np.zeros(len(names) - len(rest)))
    if wrong := [name for name, left in zip(names, rest, strict=True) if left < TOLERANCE]:
        raise SpellsError(
            f"covariates: {listed(wrong)} {verb(wrong, 'do')} not vary, or {verb(wrong, 'follow')} "
            "from those before"
        )
