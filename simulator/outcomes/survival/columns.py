"""What somebody hands in: columns of values, numbers and words, each checked, all mistakes told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from numbers import Real
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from simulator.errors import Mistake, SimulatorError, nearest

Column: TypeAlias = "Sequence[Any] | NDArray[Any] | pd.Series[Any] | ExtensionArray"
Numbers: TypeAlias = NDArray[Any]

LARGEST_WHOLE = 2**53
"""Beyond this a sum of whole numbers is no longer exact."""

LOST = 1e-12
"""A weight that is a smaller part of all than this is lost in their sum."""

TIED = float(np.sqrt(np.finfo(float).eps))
"""Times that differ by no more, or by no more of the mean time, are one: 1.1 + 2.2 is 3.3."""

NOT_DOORS = (
    "", "nan", "none", "null", "na", "n/a", "<na>", "nat", "censored", "0", "0.0", "-0.0", "false",
)  # fmt: skip
"""What missing values, 0 and False are called when they are made texts, and what censoring is: no doors."""


class SpellsError(SimulatorError, ValueError):
    """What was handed in cannot be read; the message says which argument, and what is wrong with it.

    Parameters
    ----------
    *mistakes : Mistake or str
        Everything that was found wrong.
    """

    def __init__(self, *mistakes: Mistake | str) -> None:
        self.mistakes = tuple(dict.fromkeys(map(str, mistakes)))
        lines = [f"  {number}. {one}" for number, one in enumerate(self.mistakes, 1)]
        several = "\n".join([f"{len(lines)} mistakes:", *lines])
        super().__init__(several if len(lines) > 1 else "".join(self.mistakes))


def all_of(*reads: Callable[[], Any]) -> list[Any]:
    """Return what each of them gives.

    Raises
    ------
    SpellsError
        With the mistakes of all.
    """
    found: list[Any] = []
    mistakes: list[str] = []
    for read in reads:
        try:
            found.append(read())
        except SpellsError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise SpellsError(*mistakes)
    return found


def check_number(name: str, value: object, below: float, what: str, *, nought: bool = False) -> None:
    """Raise SpellsError if a value is not a number above 0 (or 0, if that may be) and below a bound."""
    is_number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    number = float(value) if is_number else -1.0  # type: ignore[arg-type]
    if not (0 < number < below or (nought and number == 0)):
        raise SpellsError(f"{name}: {value!r} is not {what}")


def check_level(level: object) -> None:
    """Raise SpellsError if a level of confidence is not a share."""
    check_number("level", level, 1.0, "a share between 0 and 1")


def one_of(name: str, value: object, allowed: Iterable[str], called: Mapping[str, str] | None = None) -> str:
    """Return a word if it is allowed.

    Parameters
    ----------
    name : str
        The argument.
    value : object
        What was handed in for it.
    allowed : iterable of str
        The words.
    called : mapping, optional
        Other names under which they are known, to be pointed from.

    Raises
    ------
    SpellsError
        If it is not; with the word that was probably meant.
    """
    words = list(allowed)
    if isinstance(value, str) and value in words:
        return value
    others = {**{word: word for word in words}, **(called or {})}
    near = nearest(str(value).lower().replace("_", "-").replace(" ", "-"), others)
    raise SpellsError(Mistake(name, f"{value!r} is not one of {', '.join(words)}", "", others.get(near, "")))


def check_known(where: str, what: str, name: object, known: Iterable[object]) -> None:
    """Raise SpellsError if a name is not one of those that are there; with the nearest, and all of them."""
    names = [str(one) for one in known]
    if not isinstance(name, str) or name not in names:
        near = nearest(str(name), names)
        hint = f" (did you mean {near!r}?)" if near else ""
        raise SpellsError(Mistake(where, f"there is no {what} {name!r}{hint}", ", ".join(names)))


def missing_columns(columns: Iterable[object], asked: Iterable[tuple[str, object]]) -> list[Mistake]:
    """Return a mistake for every column, asked for in a role, that is not there or there more than once."""
    there = list(columns)
    mistakes = []
    for role, name in asked:
        times = there.count(name)
        if times > 1:
            mistakes.append(Mistake(role, f"{times} columns are named {name!r}"))
        elif not times:
            near = nearest(str(name), map(str, there))
            mistakes.append(Mistake(role, f"there is no column {name!r}", "", near))
    return mistakes


def listed(names: Sequence[str]) -> str:
    """Return names as a list to be read, the first five if there are many."""
    few = names[:5]
    return ", ".join(few) + (f" and {len(names) - len(few):,} more" if len(names) > len(few) else "")


def verb(names: Sequence[str], word: str) -> str:
    """Return a verb for one or several names."""
    return {"do": "does", "have": "has", "follow": "follows"}[word] if len(names) == 1 else word


def counted(number: int, what: str) -> str:
    """Return a number with its noun: 1 value, 2 values."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def called(table: object) -> str:
    """Return what a table that is none of pandas is called, and how it becomes one."""
    home = type(table).__module__.partition(".")[0]
    if home == "builtins":
        return type(table).__name__
    how = next((f" ({name}() makes one)" for name in ("to_pandas", "toPandas") if hasattr(table, name)), "")
    return f"{type(table).__name__} of {home}{how}"


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


def check_indexes(**columns: Column | None) -> None:
    """Raise SpellsError if columns of pandas name their rows differently: values are matched by place."""
    labelled = {name: one.index for name, one in columns.items() if isinstance(one, pd.Series)}
    first, *others = labelled or [""]
    all_of(*(partial(_check_index, name, labelled[name], first, labelled[first]) for name in others))


def _check_index(name: str, index: pd.Index[Any], first: str, own: pd.Index[Any]) -> None:
    if len(index) == len(own) and not index.equals(own):
        raise SpellsError(
            f"{name}: its rows have other labels than those of {first}, while values are matched by place; "
            "hand in columns of one table, or .to_numpy() of each"
        )


def read_amounts(name: str, values: Column) -> Numbers:
    """Return weeks, or other numbers from 0 on, as whole or real numbers, whichever they are."""
    return _numbers(
        name,
        _column(name, values),
        lambda numbers: (numbers >= 0) & (numbers < np.inf),
        "negative or infinite",
    )


def tie(*times: Numbers) -> list[Numbers]:
    """Return times, of those that differ by rounding alone the first for all, as `aeqSurv` of R does.

    Parameters
    ----------
    *times : ndarray
        Columns of finite times on one scale; whole numbers differ by more.

    References
    ----------
    Therneau, T. M. (2024). Roundoff error and tied times. Vignette of the R package survival.
    """
    if all(column.dtype.kind != "f" for column in times):
        return list(times)
    known = np.sort(pd.unique(np.concatenate(times)))
    steps = np.diff(known)
    if not len(steps) or not (one := steps <= TIED * max(1.0, float(np.abs(known).mean()))).any():
        return list(times)
    first = known[np.append(True, ~one)]
    return [first[np.searchsorted(first, column, side="right") - 1] for column in times]


def read_whole(name: str, values: Column, lowest: int, most: int) -> Numbers:
    """Return whole numbers from a lowest on, and below a bound."""
    numbers = _numbers(
        name,
        _column(name, values),
        lambda numbers: (numbers >= lowest) & (numbers < most) & (numbers == np.floor(numbers)),
        f"not whole, or not from {lowest:,} to {most - 1:,}",
    )
    return numbers.astype(np.int64)


def read_flags(values: Column, name: str = "exited") -> Numbers:
    """Return exits as 1 and censored as 0."""
    column = _column(name, values)
    if column.dtype == object and pd.api.types.is_bool_dtype(column.dropna().infer_objects()):
        column = column.astype("boolean")
    column = column.astype("Int8") if pd.api.types.is_bool_dtype(column) else column
    numbers = _numbers(
        name,
        column,
        lambda numbers: (numbers == 0) | (numbers == 1),
        "other than true and false (or 1 and 0)",
    )
    return numbers.astype(np.int64)


def _numbers(
    name: str, column: pd.Series[Any], allowed: Callable[[Numbers], Numbers], otherwise: str
) -> Numbers:
    """Return a column as whole or real numbers.

    Raises
    ------
    SpellsError
        With all that is wrong: values missing, no numbers, or not allowed.
    """
    mistakes = []
    if missing := int(column.isna().sum()):
        mistakes.append(f"{name}: {counted(missing, 'value')} missing")
    known, kind = (column.dropna() if missing else column).infer_objects(), pd.api.types
    is_number = kind.is_numeric_dtype(known) and not kind.is_bool_dtype(known)
    if len(known) and (not is_number or kind.is_complex_dtype(known)):
        strange = (one for one in known if not isinstance(one, Real))
        which = next((f", such as {one!r:.50}" for one in strange), "")
        mistakes.append(f"{name}: holds values of type {column.dtype}, not numbers{which}")
    elif len(known):
        numbers = known.to_numpy(np.int64 if kind.is_integer_dtype(known) else np.float64)
        if len(wrong := numbers[~allowed(numbers)]):
            mistakes.append(f"{name}: {counted(len(wrong), 'value')} {otherwise}, the first is {wrong[0]}")
    if mistakes:
        raise SpellsError(*mistakes)
    return numbers if len(known) else np.zeros(0, np.int64 if kind.is_integer_dtype(column) else np.float64)


def read_doors(values: Column) -> tuple[Numbers, Numbers]:
    """Return each spell's code, from 1 on and 0 for censored, and the doors in order of code.

    Where nobody leaves, doors are those that the kind of column knows of: its categories, or True.
    """
    codes, labels = _labelled("door", values)
    real = [place for place, label in enumerate(labels) if label not in (0, "")]
    doors = np.asarray(labels)[real]
    if lost := [door for door in doors if isinstance(door, str) and door.strip().lower() in NOT_DOORS]:
        raise SpellsError(
            f"door: {lost[0]!r} would be a door by which people leave; whoever is censored has a missing "
            "value, an empty text or 0 (a missing value or a 0 made a text, as by str, is none any more)"
        )
    if doors.dtype.kind in "if" and not np.all((doors > 0) & (doors < np.inf)):
        raise SpellsError("door: holds negative or infinite numbers; a censored spell has door 0 or none")
    if doors.dtype.kind == "f":
        if len(odd := doors[doors != np.floor(doors)]):
            raise SpellsError(f"door: holds numbers that are not whole, such as {odd[0]}")
        doors = doors.astype(np.int64)
    if not len(doors):
        doors = _doors_known(_column("door", values))
    recoded = np.zeros(len(labels) + 1, np.int64)
    recoded[real] = np.arange(1, len(real) + 1)
    return recoded[codes], doors


def _doors_known(column: pd.Series[Any]) -> Numbers:
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = column.cat.categories
        return np.asarray(labels)[[label not in (0, "") for label in labels]]
    return np.array([True] if pd.api.types.is_bool_dtype(column) else [])


def read_groups(values: Column, name: str = "groups") -> tuple[Numbers, Numbers]:
    """Return each spell's code of its group, and the groups' labels in order of code."""
    codes, labels = _labelled(name, values)
    if missing := int(np.count_nonzero(codes < 0)):
        raise SpellsError(f"{name}: {counted(missing, 'value')} missing")
    return codes, np.asarray(labels)


def read_level(level: float) -> float:
    """Return the normal quantile that belongs to a level of confidence."""
    check_level(level)
    return NormalDist().inv_cdf((1 + level) / 2)


def read_weights(values: Column, name: str = "weights") -> Numbers:
    """Return each spell's sampling weight."""
    weights = _numbers(
        name,
        _column(name, values),
        lambda numbers: (numbers > 0) & (numbers < np.inf),
        "not above 0 or infinite",
    ).astype(np.float64)
    _check_sum(name, weights)
    if len(weights) and weights.min() < LOST * weights.sum():
        raise SpellsError(f"{name}: {weights.min():.3g} is too small beside their sum of {weights.sum():.3g}")
    return weights


def read_repeats(values: Column, name: str = "repeats") -> Numbers:
    """Return how many alike spells each row stands for."""
    repeats = read_whole(name, values, 1, LARGEST_WHOLE)
    _check_sum(name, repeats)
    return repeats


def _check_sum(name: str, values: Numbers) -> None:
    total = values.sum(dtype=np.float64)
    if total > LARGEST_WHOLE:
        raise SpellsError(f"{name}: they add up to {total:.3g}; more than 2^53 cannot be reckoned exactly")
