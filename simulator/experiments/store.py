"""Where results are kept: one folder a run, every file written aside and renamed, the manifest last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.errors import ResultsError
from simulator.experiments.lock import LOCK, TAKE_OVER, locked
from simulator.files import write_bytes
from simulator.outcomes.definitions import FLOW
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import Counts, count_parquet

MANIFEST = "manifest.json"
PLAN = "plan.json"
PARTS = "parts"
SHOWN = 3
"""Names of files that a message lists."""

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


@contextmanager
def open_folder(folder: Path, plan: dict[str, Any]) -> Iterator[None]:
    """Hold a results folder for a plan: a new one, or one in which the same plan was begun.

    Raises
    ------
    ResultsError
        If the folder cannot be written, holds another run or other files, or another run is at work in it;
        nothing in it is changed.
    """
    check_plan(folder, plan)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(
            f"Cannot make the folder {folder}: {error.strerror}. Choose another output.dir."
        ) from error
    with locked(folder):
        check_plan(folder, plan)  # another run may have begun meanwhile
        if not (folder / PLAN).exists():
            write_json(folder / PLAN, plan)
        yield


def check_plan(folder: Path, plan: dict[str, Any]) -> None:
    """Raise ResultsError if a folder holds another run, or files of somebody else."""
    if not folder.is_dir():
        return
    if not (folder / PLAN).exists():
        _check_empty(folder)
        return
    other = _read_json(folder / PLAN)
    if other != plan:
        names = [name for name in {**plan, **other} if other.get(name) != plan.get(name)]
        raise ResultsError(
            f"{folder} holds another run (it differs in: {', '.join(names)}). "
            "Nothing was changed; choose another output.dir."
        )


def _check_empty(folder: Path) -> None:
    """Raise ResultsError if a folder holds more than what a run leaves that was killed at its very start."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise ResultsError(
            f"Cannot read the folder {folder}: {error.strerror}. Choose another output.dir."
        ) from error
    foreign = [name for name in names if name not in {LOCK, TAKE_OVER} and not name.startswith(f".{PLAN}.")]
    if foreign:
        shown = ", ".join(foreign[:SHOWN]) + (", …" if len(foreign) > SHOWN else "")
        raise ResultsError(
            f"{folder} holds files that are not of a run ({shown}). "
            "Nothing was changed; choose another output.dir."
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damage(path, "cannot be read") from error
    if not isinstance(content, dict):
        raise _damage(path, "cannot be read")
    return content


def _damage(path: Path, what: str, folder: Path | None = None) -> ResultsError:
    return ResultsError(
        f"{path} {what}. Delete the folder {folder or path.parent} and start the run again, "
        "or choose another output.dir."
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


def has_parts(folder: Path) -> bool:
    """Whether there are still parts."""
    return (folder / PARTS).exists()


def remove_parts(folder: Path) -> None:
    """Remove the parts, if there are any, once all that is made of them is safe."""
    if not has_parts(folder):
        return
    for part in sorted((folder / PARTS).glob("*")):
        part.unlink()
    (folder / PARTS).rmdir()


def is_complete(folder: Path) -> bool:
    """Whether a run's manifest is there, and so all the rest."""
    return (folder / MANIFEST).exists()


def sums_of(folder: Path, paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Return size and SHA-256 of files, by their names within a folder."""
    return {path.relative_to(folder).as_posix(): _sum(path) for path in paths}


def _sum(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished run whose files are what the run wrote.

    Raises
    ------
    ResultsError
        If one of them is missing or has changed since.
    """
    manifest = _read_json(folder / MANIFEST)
    for name, written in manifest.get("files", {}).items():
        path = folder / name
        if not path.is_file():
            raise _damage(path, "is missing, though the run was finished", folder)
        found = _sum(path)
        if found != written:
            sizes = f"{found['bytes']} bytes, {written['bytes']} when written"
            raise _damage(path, f"is not what the finished run wrote ({sizes})", folder)
    return manifest


class StoredOutcome(Outcome):
    """A run on disk: a table is read when it is asked for, and spells are counted without being held."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        vars(self).update(folder=folder, manifest=manifest)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """One row a spell."""
        return self._read("spells")

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """One row a replication and week."""
        return self._read("weekly")

    @cached_property
    def programmes(self) -> pd.DataFrame:
        """One row a replication, week and programme."""
        return self._read("programmes")

    def counts(self, by: str | None = None) -> Counts:
        """Return the spells counted by group, weeks and door, read a million rows at a time."""
        groups = None if by is None else self._known(by)
        return count_parquet(self._path("spells"), groups=groups, where=FLOW)

    def _spell_columns(self) -> list[str]:
        return list(pq.read_schema(self._path("spells")).names)

    def _path(self, table: str) -> Path:
        return Path(vars(self)["folder"]) / f"{table}.parquet"

    def _read(self, table: str) -> pd.DataFrame:
        return pd.read_parquet(self._path(table))


def open_results(folder: str | Path) -> Outcome:
    """Return a finished run from its folder.

    Raises
    ------
    ResultsError
        If the folder holds no finished run, or one whose files have changed since.
    """
    try:
        path = Path(folder)
    except TypeError as error:
        raise ResultsError(f"A folder is named by a text, not by {type(folder).__name__}.") from error
    if not is_complete(path):
        state = (
            "holds a run that is not finished: start it again to go on"
            if (path / PLAN).exists()
            else "holds no run"
        )
        raise ResultsError(f"{path} {state}.")
    manifest = read_manifest(path)
    if any(not (path / f"{table}.parquet").exists() for table in TABLES):
        raise ResultsError(f"{path} holds no single run; the folders in it may.")
    return StoredOutcome(path, manifest)
