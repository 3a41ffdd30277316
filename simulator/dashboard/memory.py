"""What some visitor has already waited for, and the others need not; the oldest is forgotten."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """What was worked out before, by key; safe to be used by several threads.

    Parameters
    ----------
    most : int
        Bytes that all of it may take; what is larger by itself is not kept.
    size_of : callable
        Tells how many bytes a thing takes.
    """

    def __init__(self, most: int, size_of: Callable[[T], int]) -> None:
        self._most, self._size_of = most, size_of
        self._taken = 0
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> T | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, made: T) -> T:
        """Keep something under a key, and return it."""
        with self._lock:
            size = self._size_of(made)
            if key in self._kept:
                self._taken -= self._size_of(self._kept.pop(key))
            if size > self._most:
                return made
            self._kept[key] = made
            self._taken += size
            while self._taken > self._most:
                self._taken -= self._size_of(self._kept.popitem(last=False)[1])
        return made

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)


def give_back() -> None:
    """Give memory that is free back to the system, where the library that holds it can (glibc).

    Figures are knots that only a full collection unties, and threads free what others asked for; left alone,
    the holes between what is kept grow for hours.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
