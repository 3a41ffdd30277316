"""What a record is: one row of a NumPy record array, read and written by field name."""

from __future__ import annotations

from typing import Any

import numpy as np

Record = Any
"""A row of a record array; compiled code and plain Python both read `record.field`."""

CACHE_LINE = 64


def padded(fields: list[tuple[Any, ...]]) -> np.dtype[Any]:
    """Return a record type of a whole number of cache lines, so that hot fields share lines in every row."""
    dtype = np.dtype(fields, align=True)
    filler = -dtype.itemsize % CACHE_LINE
    return np.dtype([*fields, ("unused", "u1", (filler,))], align=True) if filler else dtype


def table(rows: int, dtype: np.dtype[Any]) -> np.recarray[Any, Any]:
    """Return `rows` records on a cache line boundary, all fields zero."""
    memory = np.zeros(rows * dtype.itemsize + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + rows * dtype.itemsize].view(dtype).view(np.recarray)
