"""Spells counted from Parquet, batch by batch: as many as a disk holds, in the memory of a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import union_categoricals

from simulator.errors import nearest
from simulator.outcomes.survival.columns import SpellsError
from simulator.outcomes.survival.counts import Counts, count_spells

BATCH = 1 << 20
"""Rows that are read at a time."""

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
        Which rows count, all conditions together, such as `[("entry_week", ">=", 0)]`.
    repeats : str, optional
        Column that says how many alike spells a row stands for.

    Returns
    -------
    Counts
        What every estimator takes in the place of `weeks`.

    Raises
    ------
    SpellsError
        If there is no such file or column, or as `count_spells`.

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
    names = {"weeks": weeks, "door": door, "entry": entry, "groups": groups}
    used = {role: name for role, name in names.items() if name is not None}
    parts = list(_batches(path, used, where, repeats))
    if not parts:
        raise SpellsError("weeks: there are no spells")
    table = _add_up(_join(parts), list(used))
    columns = {role: table[role] for role in used}
    return count_spells(**columns, weights=table["n"])


def _batches(
    path: str | Path | Sequence[str | Path],
    used: dict[str, str],
    where: Conditions | None,
    repeats: str | None,
) -> Iterator[pd.DataFrame]:
    """Yield the counts of each batch of rows, columns named by their roles."""
    import pyarrow as pa  # noqa: PLC0415  (only what is read from disk needs it)
    import pyarrow.dataset as ds  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        data = ds.dataset(path if isinstance(path, str | Path) else list(path), format="parquet")
    except (OSError, pa.ArrowInvalid, TypeError) as error:
        raise SpellsError(f"{path}: cannot be read as Parquet ({error})") from error
    conditions = [] if where is None else list(where)
    asked = [*used.values(), *([] if repeats is None else [repeats])]
    _check_columns(data.schema.names, [*asked, *(column for column, *_ in conditions)])
    rows = pq.filters_to_expression(conditions) if conditions else None
    for batch in data.to_batches(columns=list(dict.fromkeys(asked)), filter=rows, batch_size=BATCH):
        if batch.num_rows:
            yield _count(pa.Table.from_batches([batch]), used, repeats)


def _count(rows: Any, used: dict[str, str], repeats: str | None) -> pd.DataFrame:  # noqa: ANN401
    """Return how often each combination occurs in some rows."""
    keys = list(dict.fromkeys(used.values()))
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


def _check_columns(there: Sequence[str], asked: Sequence[str]) -> None:
    mistakes = []
    for name in dict.fromkeys(name for name in asked if name not in there):
        hint = nearest(str(name), there)
        mistakes.append(f"there is no column {name!r}" + (f"; did you mean '{hint}'?" if hint else ""))
    if mistakes:
        raise SpellsError("table: " + "; ".join(mistakes))
