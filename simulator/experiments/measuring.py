"""The tables that a run answers with, reckoned while it is drawn: by a thread, or by another process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.experiments.execution import engaged
from simulator.experiments.store import TABLES, join_parts
from simulator.files import write_bytes
from simulator.outcomes.measures import Tables
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.parameters.execution import Processes, Threads

MEASURES = "tables"

MANY = 50_000
"""People from which on it is a process: one takes a second to begin, their tables twice that (measured)."""


@contextmanager
def measurer(scenario: Scenario) -> Iterator[Executor]:
    """Engage who will reckon a run's tables; a process loads what that takes while the run is simulated."""
    aside = scenario.workers != 1 and scenario.replications * scenario.population.size >= MANY
    with engaged(Processes(kind="processes") if aside else Threads(kind="threads"), 1, 1) as crew:
        crew.executor.submit(import_module, __name__)
        yield crew.executor


@contextmanager
def measured(executor: Executor, folder: Path, manifest: Mapping[str, Any], total: int) -> Iterator[Tables]:
    """Begin to reckon a run's tables from its parts; give what waits for one. Afterwards all are written.

    Parameters
    ----------
    executor : Executor
        Reckons them.
    folder : Path
        The run's folder.
    manifest : mapping
        Its manifest.
    total : int
        Replications.
    """
    writing = executor.submit(write_measures, folder, dict(manifest), total)

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
