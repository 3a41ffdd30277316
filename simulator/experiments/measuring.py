"""The tables that a run answers with, written beside its summary; by another process, if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.experiments import store
from simulator.files import write_bytes
from simulator.outcomes.outcome import Outcome

MEASURES = "tables"


def measure_parts(folder: Path, total: int, settings: Mapping[str, Any]) -> None:
    """Write the tables of a run of which there are only the parts of its replications so far.

    Parameters
    ----------
    folder : Path
        The run's folder.
    total : int
        Its replications.
    settings : mapping
        Its settings in full.
    """
    joined = (store.join_parts(folder, name, range(total)).to_pandas() for name in store.TABLES)
    outcome = Outcome(*joined, {"settings": dict(settings), "replications": total})
    write_measures(outcome, outcome.outcomes(), folder)


def write_measures(outcome: Outcome, values: pd.DataFrame, folder: Path) -> None:
    """Write the tables that a run answers with beside its summary, one CSV file each.

    Parameters
    ----------
    outcome : Outcome
        The run.
    values : DataFrame
        Its headline outcomes in each replication.
    folder : Path
        The run's folder.
    """
    (folder / MEASURES).mkdir(exist_ok=True)
    for name, table in outcome.written_tables(values).items():
        write_bytes(folder / MEASURES / f"{name}.csv", table.to_csv(index=False).encode())


def read_measure(folder: Path, name: str) -> pd.DataFrame:
    """Return one of the tables in a run's folder."""
    return pd.read_csv(folder / MEASURES / f"{name}.csv")
