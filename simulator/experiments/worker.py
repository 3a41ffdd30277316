"""One piece of work: some replications of a scenario, from settings to the bytes of their tables.

Whoever runs this, a thread, a process or a machine far away, gets plain settings, gives back plain bytes, and
writes nothing. The same piece gives the same bytes wherever and however often it is done.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import parent_process
from typing import Any

from simulator.config import read_scenario
from simulator.errors import SimulatorError
from simulator.interrupting import Interrupted


@dataclass(frozen=True)
class Done:
    """What came of a piece of work.

    Attributes
    ----------
    files : dict of str to bytes
        Each table as a Parquet file.
    rows : dict of str to int
        Rows of each table.
    client_weeks : float
        Clients times weeks simulated, for those who wait.
    """

    files: dict[str, bytes]
    rows: dict[str, int]
    client_weeks: float


@dataclass(frozen=True)
class Failed:
    """Why a piece of work came to nothing."""

    error: str
    traceback: str = field(repr=False, default="")


@dataclass(frozen=True)
class Piece:
    """What is to be simulated.

    Attributes
    ----------
    settings : mapping
        A whole scenario, as plain values.
    code : str
        Hash of the sources that are to do it.
    tables : tuple of str
        Names of the tables that are wanted.
    again : bool
        Whether other pieces may have the same people, so that it pays to keep them in memory.
    columns : tuple of str
        Columns of spells beside those of every run.
    of_offices : tuple of mapping
        The rules of each office, as whole scenarios, if offices differ.
    """

    settings: Mapping[str, Any]
    code: str
    tables: tuple[str, ...]
    again: bool = False
    columns: tuple[str, ...] = ()
    of_offices: tuple[Mapping[str, Any], ...] = ()


def simulate_piece(piece: Piece, numbers: range) -> Done | Failed:
    """Simulate replications of a scenario one after the other, and return their tables as Parquet files."""
    try:
        scenario = read_scenario(piece.settings)  # names a file of own rules before the model is imported
        if own_code() != piece.code:
            return Failed(
                "This worker has another version of the simulator, Python, Numba or NumPy than the process "
                "that hands out the work; install the same."
            )
        from simulator.experiments.tabulating import tables_of  # noqa: PLC0415  (as above)
        from simulator.population import DRAWN, ROOM_FOR_PEOPLE  # noqa: PLC0415  (as above)

        if piece.again:
            DRAWN.make_room(ROOM_FOR_PEOPLE)
        of_offices = [read_scenario(one) for one in piece.of_offices]
        return tables_of(scenario, numbers, piece.tables, piece.columns, of_offices)
    except Interrupted:
        raise
    except Exception as error:
        return Failed(f"{type(error).__name__}: {error}".removesuffix(": "), traceback.format_exc())


def files_of(result: Done | Failed) -> dict[str, bytes]:
    """Return the files of a piece of work.

    Raises
    ------
    SimulatorError
        If it came to nothing; its traceback is told first.
    """
    if isinstance(result, Failed):
        print(result.traceback, end="", file=sys.stderr)
        raise SimulatorError(f"The run failed: {result.error}")
    return result.files


@cache
def own_code() -> str:
    """Return the hash of the sources of this process, as they were when it was first asked for."""
    from simulator.compiled import source_hash  # noqa: PLC0415  (own rules have to be known before)

    return source_hash()


def end_with_parent() -> None:
    """Let this process end when the one that started it is gone, however it went."""
    parent = parent_process()
    if parent is not None:

        def wait() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=wait, daemon=True).start()
