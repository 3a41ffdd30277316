"""The tables that a run answers with, reckoned while it is drawn: by a thread, or by another process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.experiments.execution import engaged
from simulator.experiments.store import TABLES, join_parts
from simulator.files import write_bytes
from simulator.outcomes.measures import Tables
from simulator.outcomes.outcome import Outcome
from simulator.parameters.execution import Processes, Threads

MEASURES = "tables"

MANY = 100_000
"""Spells from which on it is a process: one takes a second to begin, their tables twice that (measured)."""


@contextmanager
def measured(folder: Path, manifest: Mapping[str, Any], total: int, workers: int) -> Iterator[Tables]:
    """Begin to reckon a run's tables from its parts; give what waits for one. Afterwards all are written.

    Parameters
    ----------
    folder : Path
        The run's folder.
    manifest : mapping
        Its manifest, with the rows of each table.
    total : int
        Replications.
    workers : int
        Those of the run: with a single one, there is no other process.
    """
    aside = workers != 1 and manifest["rows"]["spells.parquet"] >= MANY
    with engaged(Processes(kind="processes") if aside else Threads(kind="threads"), 1, 1) as crew:
        writing = crew.executor.submit(write_measures, folder, dict(manifest), total)

        def table(name: str) -> pd.DataFrame:
            writing.result()
            return read_measure(folder, name)

        yield table
        writing.result()


def write_measures(folder: Path, manifest: dict[str, Any], total: int) -> None:
    """Write the tables that a run answers with beside its summary, one CSV file each."""
    spells, weekly, programmes = (join_parts(folder, name, range(total)).to_pandas() for name in TABLES)
    tables = Outcome(spells, weekly, programmes, manifest).written_tables()
    (folder / MEASURES).mkdir(exist_ok=True)
    for name, table in tables.items():
        write_bytes(folder / MEASURES / f"{name}.csv", table.to_csv(index=False).encode())


def read_measure(folder: Path, name: str) -> pd.DataFrame:
    """Return one of the tables in a run's folder."""
    return pd.read_csv(folder / MEASURES / f"{name}.csv")
