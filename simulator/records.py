"""What a record is: one row of a NumPy record array, read and written by field name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

Record = Any
"""A row of a record array; compiled code and plain Python both read `record.field`."""

Columns: TypeAlias = dict[str, np.ndarray[Any, Any]]
"""Fields of records, each in memory of its own; the last axis is that of the records."""

CACHE_LINE = 64


def padded(fields: list[tuple[Any, ...]]) -> np.dtype[Any]:
    """Return a record type of a whole number of cache lines, so that hot fields share lines in every row."""
    dtype = np.dtype(fields, align=True)
    filler = -dtype.itemsize % CACHE_LINE
    return np.dtype([*fields, ("unused", "u1", (filler,))], align=True) if filler else dtype


def table(rows: int, dtype: np.dtype[Any]) -> np.recarray[Any, Any]:
    """Return `rows` records on a cache line boundary, all fields zero."""
    size = rows * dtype.itemsize
    memory = np.zeros(size + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + size].view(dtype).view(np.recarray)


def copied(records: np.ndarray[Any, Any]) -> np.recarray[Any, Any]:
    """Return a copy of a table of records."""
    again = table(records.size, records.dtype)
    again.view(whole(records.dtype))[:] = records.view(whole(records.dtype))
    return again


def whole(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type of such records as bytes: to move them field by field takes ten times as long."""
    return np.dtype(f"V{dtype.itemsize}")


def joined(parts: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """Return a new array with the records of all parts, one after the other; there is at least one part."""
    dtype = parts[0].dtype
    return np.concatenate([np.asarray(part).view(whole(dtype)) for part in parts]).view(dtype)


def columns_of(
    parts: Sequence[np.ndarray[Any, Any]], names: Sequence[str], order: np.ndarray[Any, Any]
) -> Columns:
    """Return some fields of all parts, one after the other and then in another order."""
    return {name: np.concatenate([part[name].T for part in parts], axis=-1)[..., order] for name in names}


def side_by_side(parts: Sequence[Columns]) -> Columns:
    """Return the columns of all parts, one after the other."""
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
