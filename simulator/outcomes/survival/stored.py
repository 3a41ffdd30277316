"""Spells counted from Parquet, batch by batch: as many as a disk holds, in the memory of a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import union_categoricals

from simulator.errors import Mistake
from simulator.outcomes.survival.columns import SpellsError, all_of, missing_columns, one_of, read_repeats
from simulator.outcomes.survival.counts import Counts, count_spells

BATCH = 1 << 20
"""Rows that are read at a time."""

OPERATORS = ("==", "=", "!=", "<", "<=", ">", ">=", "in", "not in")

Conditions = Sequence[tuple[str, str, Any]]


def count_parquet(
    path: str | Path | Sequence[str | Path],
    weeks: str = "weeks",
    door: str = "door",
    entry: str | None = None,
    groups: str | None = None,
    where: Conditions | None = None,
    *,
    repeats: str | None = None,
) -> Counts:
    """Count the spells of Parquet files without holding all rows in memory.

    Parameters
    ----------
    path : path or sequence of paths
        File, folder of files, or several files.
    weeks, door, entry, groups : str
        Names of columns; what is in them as in `count_spells`. `door` may also say whether a spell ended.
    where : sequence of (column, operator, value), optional
        Which rows count, all conditions together, such as `[("entry_week", ">=", 0)]`. Operators are ==, !=,
        <, <=, >, >=, and, with a list of values, in and not in.
    repeats : str, optional
        Column that says how many alike spells a row stands for.

    Returns
    -------
    Counts
        What every estimator takes in the place of `weeks`.

    Raises
    ------
    SpellsError
        If there is no such file, or no such column in one of them, if a condition cannot be read or does not
        go with its column, or as `count_spells`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = pd.DataFrame({"weeks": [1, 2, 2], "door": ["work", None, "study"]})
    ...     table.to_parquet(f"{folder}/spells.parquet")
    ...     counts = count_parquet(f"{folder}/spells.parquet")
    >>> counts.spells, counts.doors.tolist()
    (3, ['study', 'work'])
    """
    chosen = {"entry": entry, "groups": groups}
    used = {"weeks": weeks, "door": door, **{role: name for role, name in chosen.items() if name is not None}}
    data, conditions = all_of(lambda: _open(path), lambda: _read_conditions(where))
    asked = [*used.items(), *([] if repeats is None else [("repeats", repeats)])]
    asked += [("where", one[0]) for one in conditions]
    data, _ = all_of(lambda: _same_columns(data, asked), lambda: _check_kinds(data, conditions, repeats))
    parts = list(_batches(data, used, conditions, repeats))
    if not parts:
        raise SpellsError("weeks: there are no spells")
    table = _add_up(_join(parts), list(used))
    columns = {role: table[role] for role in used}
    return count_spells(**columns, repeats=table["n"])


def _open(path: Any) -> Any:  # noqa: ANN401  (anything may be handed in; pyarrow publishes no types)
    """Return the data set of one or several paths."""
    import pyarrow as pa  # noqa: PLC0415  (only what is read from disk needs it)
    import pyarrow.dataset as ds  # noqa: PLC0415

    single = isinstance(path, str | Path)
    if not single and (not isinstance(path, Sequence) or not path):
        raise SpellsError(f"path: {path!r} is not a path, or a list of paths")
    if single and (Path(path) / "manifest.json").is_file():
        raise SpellsError(
            f"path: {path} is a results folder, which holds other tables, too; give the file spells.parquet "
            "in it, or open it by simulator.open_results"
        )
    try:
        data = ds.dataset(path if single else list(path), format="parquet")
    except (OSError, pa.ArrowInvalid, TypeError) as error:
        raise SpellsError(f"path: {path!s:.200} cannot be read as Parquet ({error})") from error
    if not data.files:
        raise SpellsError(f"path: there are no Parquet files in {path!s:.200}")
    return data


def _read_conditions(where: Any) -> list[tuple[str, str, Any]]:  # noqa: ANN401  (anything may be handed in)
    """Return conditions as they are, if they are some."""
    if where is None:
        return []
    if not isinstance(where, list | tuple):
        raise SpellsError(f"where: {where!r} is not a list of conditions (column, operator, value)")
    return all_of(*(partial(_read_condition, one) for one in where))


def _read_condition(one: Any) -> tuple[str, str, Any]:  # noqa: ANN401  (anything may be handed in)
    if not isinstance(one, list | tuple) or len(one) != len(("column", "operator", "value")):
        raise SpellsError(f"where: {one!r} is not a condition (column, operator, value)")
    column, operator, value = one
    one_of("where", operator, OPERATORS)
    if operator in ("in", "not in") and not isinstance(value, list | tuple | set | frozenset):
        raise SpellsError(f"where: {one!r} needs a list of values")
    return column, operator, value


def _same_columns(data: Any, asked: list[tuple[str, str]]) -> Any:  # noqa: ANN401
    """Return the data set with columns as all its files can be read: the first file's may be too narrow.

    Raises
    ------
    SpellsError
        If a file has not all columns that are asked for, or another kind of values in one.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.dataset as ds  # noqa: PLC0415

    files = [(part.path, part.physical_schema) for part in data.get_fragments()]
    mistakes: list[Mistake | str] = [*missing_columns(data.schema.names, asked)]
    for path, schema in files[1:]:
        there = [(role, name) for role, name in asked if data.schema.names.count(name) == 1]
        lacking = missing_columns(schema.names, there)
        mistakes += [Mistake(f"{one.where} in {path}", one.problem, "", one.nearest) for one in lacking]
    if mistakes:
        raise SpellsError(*mistakes)
    fields = {}
    for name in dict.fromkeys(name for _, name in asked):
        try:
            fields[name] = _common_kind(name, [schema.field(name).type for _, schema in files])
        except pa.ArrowException as error:
            mistakes.append(f"path: the files hold different kinds of {name!r} ({error})")
    if mistakes:
        raise SpellsError(*mistakes)
    return ds.dataset(data.files, format="parquet", schema=pa.schema(fields))


def _common_kind(name: str, kinds: list[Any]) -> Any:  # noqa: ANN401
    """Return the kind of values that holds those of all files; words in a list are words where others are."""
    import pyarrow as pa  # noqa: PLC0415

    if any(kind != kinds[0] for kind in kinds):
        kinds = [kind.value_type if pa.types.is_dictionary(kind) else kind for kind in kinds]
    schemas = [pa.schema({name: kind}) for kind in kinds]
    return pa.unify_schemas(schemas, promote_options="permissive").field(name).type


def _check_kinds(data: Any, conditions: list[tuple[str, str, Any]], repeats: str | None) -> None:  # noqa: ANN401
    """Raise SpellsError if conditions, or a column of repeats, do not go with the kind of values there."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    mistakes, there = [], data.schema.names
    for one in conditions:
        if there.count(one[0]) != 1:
            continue
        kind = data.schema.field(one[0]).type
        try:
            data.scanner(columns=[], filter=pq.filters_to_expression([one]))
        except (pa.ArrowException, ValueError, TypeError) as error:
            why = str(error).splitlines()[0]
            mistakes.append(Mistake("where", f"{one!r} does not go with a column of {kind} ({why})"))
    if repeats is not None and there.count(repeats) == 1:
        kind = data.schema.field(repeats).type
        if not pa.types.is_integer(kind):
            mistakes.append(Mistake("repeats", f"a column of {kind} does not say how many"))
    if mistakes:
        raise SpellsError(*mistakes)


def _batches(
    data: Any,  # noqa: ANN401
    used: dict[str, str],
    conditions: list[tuple[str, str, Any]],
    repeats: str | None,
) -> Iterator[pd.DataFrame]:
    """Yield the counts of each batch of rows, columns named by their roles."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    asked = [*used.values(), *([] if repeats is None else [repeats])]
    rows = pq.filters_to_expression(conditions) if conditions else None
    for batch in data.to_batches(columns=list(dict.fromkeys(asked)), filter=rows, batch_size=BATCH):
        if batch.num_rows:
            yield _count(pa.Table.from_batches([batch]), used, repeats)


def _count(rows: Any, used: dict[str, str], repeats: str | None) -> pd.DataFrame:  # noqa: ANN401
    """Return how often each combination occurs in some rows."""
    keys = list(dict.fromkeys(used.values()))
    if repeats is not None:
        read_repeats(rows[repeats].to_pandas())
    what: Any = ([], "count_all") if repeats is None else (repeats, "sum")
    counted = rows.group_by(keys, use_threads=False).aggregate([what]).to_pandas()
    n = counted.columns.difference(keys)[0]
    return pd.DataFrame({**{role: counted[name] for role, name in used.items()}, "n": counted[n]})


def _join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put parts below one another; words keep the order of their list."""
    columns = {}
    for name in parts[0]:
        pieces = [part[name] for part in parts]
        if all(isinstance(piece.dtype, pd.CategoricalDtype) for piece in pieces):
            columns[name] = pd.Series(union_categoricals(pieces, ignore_order=True))
        else:
            columns[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(columns)


def _add_up(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    total: pd.DataFrame = (
        table.groupby(keys, dropna=False, sort=False, observed=True)["n"].sum().reset_index()
    )
    return total
