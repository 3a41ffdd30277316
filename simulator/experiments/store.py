"""Where results are kept: one folder a run, every file written aside and renamed, the manifest last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.errors import ResultsError
from simulator.files import write_bytes
from simulator.outcomes.outcome import Outcome

MANIFEST = "manifest.json"
PLAN = "plan.json"
PARTS = "parts"
TABLES = ("spells", "weekly", "programmes")


def write_table(path: Path, table: pd.DataFrame | pa.Table) -> None:
    """Write a table as Parquet (zstd), whole or not at all."""
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    sink = pa.BufferOutputStream()
    pq.write_table(arrow, sink, compression="zstd")
    write_bytes(path, sink.getvalue().to_pybytes())


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a mapping as JSON, whole or not at all."""
    write_bytes(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def open_folder(folder: Path, plan: dict[str, Any]) -> None:
    """Make a results folder for a plan, or go on in one that holds the same plan.

    Raises
    ------
    ResultsError
        If the folder cannot be written, or holds another run; nothing in it is changed.
    """
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(
            f"Cannot make the folder {folder}: {error.strerror}. Choose another output.dir."
        ) from error
    written = folder / PLAN
    if not written.exists():
        write_json(written, plan)
        return
    other = json.loads(written.read_text(encoding="utf-8"))
    if other != plan:
        names = [name for name in plan if other.get(name) != plan[name]]
        raise ResultsError(
            f"{folder} holds another run (it differs in: {', '.join(names)}). "
            "Nothing was changed; choose another output.dir."
        )


def part_path(folder: Path, table: str, replication: int) -> Path:
    """Return where one replication's rows of a table are kept until the run is complete."""
    return folder / PARTS / f"{table}-{replication:06d}.parquet"


def has_part(folder: Path, replication: int) -> bool:
    """Whether all rows of a replication are there and can be read."""
    for table in TABLES:
        path = part_path(folder, table, replication)
        try:
            pq.read_metadata(path)
        except (OSError, pa.ArrowInvalid):
            return False
    return True


def join_parts(folder: Path, table: str, replications: int) -> pa.Table:
    """Return the parts of a table joined in the order of replications."""
    parts = [pq.read_table(part_path(folder, table, number)) for number in range(replications)]
    return pa.concat_tables(parts).unify_dictionaries()


def remove_parts(folder: Path) -> None:
    """Remove the parts, once all that is made of them is safe."""
    for part in sorted((folder / PARTS).glob("*")):
        part.unlink()
    (folder / PARTS).rmdir()


def is_complete(folder: Path) -> bool:
    """Whether a run's manifest is there, and so all the rest."""
    return (folder / MANIFEST).exists()


def open_results(folder: str | Path) -> Outcome:
    """Return a finished run from its folder.

    Raises
    ------
    ResultsError
        If the folder holds no finished run.
    """
    path = Path(folder)
    if not is_complete(path):
        state = (
            "holds a run that is not finished: start it again to go on"
            if (path / PLAN).exists()
            else "holds no run"
        )
        raise ResultsError(f"{path} {state}.")
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    spells, weekly, programmes = (pd.read_parquet(path / f"{table}.parquet") for table in TABLES)
    return Outcome(spells, weekly, programmes, manifest)
