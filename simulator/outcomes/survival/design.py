"""From a user's table to what a regression works on: columns of numbers, and alike rows put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from simulator.errors import Mistake
from simulator.outcomes.survival.columns import (
    Numbers,
    SpellsError,
    all_of,
    called,
    counted,
    listed,
    missing_columns,
    read_amounts,
    read_flags,
    read_groups,
    read_weights,
    tie,
    verb,
)
from simulator.outcomes.survival.counts import Floats, check

TOLERANCE = 1e-9
"""A column whose part that the others do not explain is smaller than this, of itself, adds nothing."""

HUGE = 1e100
"""Beyond this, numbers can no longer be squared."""

LARGEST = 50_000_000
"""Most numbers in the table of covariates."""

FEWEST_CLUSTERS = 3
"""Two clusters say by one difference how much they differ."""

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
    if not isinstance(table, pd.DataFrame):
        raise SpellsError(f"table: a pandas DataFrame is needed, not {called(table)}")
    single = {
        "weeks": [roles.weeks],
        "exited": [roles.exited],
        "entry": roles.entry,
        "weights": roles.weights,
    }
    several = {"covariates": roles.covariates, "strata": roles.strata, "cluster": roles.cluster}
    lists = all_of(*(partial(_listed, role, names) for role, names in {**single, **several}.items()))
    names = dict(zip([*single, *several], lists, strict=True))
    _, columns = all_of(lambda: _check_columns(table, names), lambda: _read_columns(table, names))
    end, late, weight, own = (columns[role] for role in ("weeks", "entry", "weights", "cluster"))
    covariates, patterns, values = columns["covariates"]
    end, late = (tie(end)[0], None) if late is None else tie(end, late)
    check(end, late, {})
    _check_clusters(own, covariates)
    begin = np.full(1, -1.0).repeat(len(end)) if late is None else late
    if own is None and weight is not None:
        own = np.arange(len(end))
    weight = np.ones(len(end), np.int64) if weight is None else weight
    keys = [columns["strata"], begin, end, columns["exited"], weight]
    first, cell = _distinct([*keys, patterns])
    x = values[patterns[first]]
    _check_covariates(covariates, x)
    stratum, begin, end, exited, weight = (column[first] for column in keys)
    return Design(covariates, x, begin, end, exited, stratum, np.bincount(cell), weight, cell, own)


def about_middle(design: Design) -> tuple[Design, Floats, Floats]:
    """Return a design whose covariates lie about nought and differ by about one, their middles and units.

    A year, or seconds since some day, is otherwise lost in rounding: what a covariate adds is told from how
    its values differ. Units are powers of two, which round nothing.
    """
    middle = design.x.mean(axis=0)
    unit = np.exp2(np.round(np.log2(np.sqrt(((design.x - middle) ** 2).mean(axis=0)))))
    return replace(design, x=(design.x - middle) / unit), middle, unit


def _check_columns(table: pd.DataFrame, names: dict[str, list[str]]) -> None:
    """Raise SpellsError if columns are not there, or are what is explained."""
    asked = [(role, name) for role, several in names.items() for name in several]
    mistakes: list[Mistake | str] = [*missing_columns(table.columns, asked)]
    mistakes += [
        f"covariates: {name!r} is what is explained, and explains nothing"
        for name in names["covariates"]
        if name in (*names["weeks"], *names["exited"])
    ]
    if not names["covariates"]:
        mistakes.append("covariates: the name of at least one column is needed")
    if not len(table):
        mistakes.append("table: there are no spells")
    if mistakes:
        raise SpellsError(*mistakes)


def _read_columns(table: pd.DataFrame, names: dict[str, list[str]]) -> dict[str, Any]:
    """Return what is read for each role; None where nothing is asked for, or is there to be read."""
    there = list(table.columns)
    known = {role: [name for name in several if there.count(name) == 1] for role, several in names.items()}
    known = {role: several for role, several in known.items() if len(table)}

    def single(role: str, read: Callable[[str, pd.Series], Numbers]) -> Numbers | None:
        return read(known[role][0], table[known[role][0]]) if known.get(role) else None

    values = all_of(
        lambda: single("weeks", read_amounts),
        lambda: single("exited", lambda name, column: read_flags(column, name)),
        lambda: single("entry", read_amounts),
        lambda: single("weights", lambda name, column: read_weights(column, name)),
        lambda: _labels(table, known["strata"]) if "strata" in known else None,
        lambda: _labels(table, known["cluster"]) if known.get("cluster") else None,
        lambda: _patterns(table, known["covariates"]) if known.get("covariates") else None,
    )
    return dict(
        zip(("weeks", "exited", "entry", "weights", "strata", "cluster", "covariates"), values, strict=True)
    )


def _listed(role: str, names: Any) -> list[str]:  # noqa: ANN401  (anything may be handed in)
    """Return one name, or several, as a list."""
    if names is None or isinstance(names, str):
        return [] if names is None else [names]
    if isinstance(names, Sequence | pd.Index) and all(pd.api.types.is_scalar(name) for name in names):
        return list(names)
    raise SpellsError(f"{role}: {names!r} is not the name of a column, or a list of names")


def _check_clusters(cluster: Numbers | None, covariates: list[str]) -> None:
    """Raise SpellsError if there are too few clusters for what they say of each covariate to differ."""
    if cluster is None:
        return
    number, least = int(cluster.max()) + 1, max(FEWEST_CLUSTERS, len(covariates) + 1)
    if number < least:
        few = f"{counted(number, 'cluster')} for {counted(len(covariates), 'ratio')}"
        raise SpellsError(f"cluster: {few}; how clusters differ takes {least}, better some dozens")


def _labels(table: pd.DataFrame, names: list[str]) -> Numbers:
    """Return a number for each different combination of values in columns."""
    columns = [codes for codes, _ in all_of(*(partial(read_groups, table[name], name) for name in names))]
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
    parts = all_of(*(partial(_expand, name, table[name].iloc[first]) for name in covariates))
    names = [one for own, _ in parts for one in own]
    return names, patterns, np.column_stack([column for _, values in parts for column in values])


def _expand(name: str, column: pd.Series) -> tuple[list[str], list[Floats]]:
    """Return a numeric column as it is, any other as one column of 0 and 1 for each label but the first."""
    kind, column = pd.api.types, column.infer_objects()
    dates = (kind.is_datetime64_any_dtype, kind.is_timedelta64_dtype, kind.is_complex_dtype)
    if any(is_kind(column) for is_kind in dates):
        raise SpellsError(f"{name}: holds values of type {column.dtype}, neither numbers nor words")
    if kind.is_numeric_dtype(column):
        values = column.to_numpy(np.float64)
        if not np.all(np.abs(values) < HUGE):
            raise SpellsError(f"{name}: holds values that are infinite or too large")
        return [name], [values]
    codes, labels = read_groups(column, name)
    if len(labels) == 1:
        raise SpellsError(f"covariates: {name} does not vary")
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
