"""Where results are kept: one folder a run, every file written aside and renamed, the manifest last."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.errors import ResultsError, SimulatorError
from simulator.experiments.lock import LOCK, TAKE_OVER, locked
from simulator.files import write_bytes

MANIFEST = "manifest.json"
PLAN = "plan.json"
PARTS = "parts"
SHOWN = 3
"""Names of files that a message lists."""

ASIDE = re.compile(r"\..+\.(json|csv|parquet|png)\.\d+")
"""Names of files that are not yet what they are to be; see `write_bytes`."""

MOST_SHOWN, LONGEST = 8, 40
"""Differences of two plans that a message lists, and characters of a value that it shows."""

TABLES = ("spells", "weekly", "programmes")
OUTCOMES = "outcomes"
"""The table of headline outcomes by replication."""

ESTIMATES = "estimates"
"""The table of what a run's own study estimates, by replication."""

MEASURES = "measures"
"""The table of what a plan can judge a run by beside its outcomes, by replication."""

BUDGET = "budget"
"""The table of each payer's result, by replication."""


def table_bytes(table: pa.Table) -> bytes:
    """Return a table as a Parquet file (zstd), the same bytes each time.

    Real numbers are seldom twice the same: to look for those that are takes longer, and more room.
    """
    sink = pa.BufferOutputStream()
    repeated = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    pq.write_table(table, sink, compression="zstd", use_dictionary=repeated)
    return bytes(sink.getvalue().to_pybytes())


def write_table(path: Path, table: pd.DataFrame | pa.Table) -> None:
    """Write a table as Parquet, whole or not at all."""
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    write_bytes(path, table_bytes(arrow))


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
    SimulatorError
        What is raised inside. Where nothing but the plan has come of it, that goes, too, and so does a folder
        that was made for it: the folder is free for what is asked next.
    """
    check_plan(folder, plan)
    was_there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(
            f"Cannot make the folder {folder}: {error.strerror}. Choose another output.dir."
        ) from error
    try:
        with locked(folder):
            check_plan(folder, plan)  # another run may have begun meanwhile
            _clear_asides(folder)
            if not (folder / PLAN).exists():
                write_json(folder / PLAN, plan)
            with _freed(folder):
                yield
    except SimulatorError:
        if not was_there:
            with suppress(OSError):  # something is in it
                folder.rmdir()
        raise


@contextmanager
def _freed(folder: Path) -> Iterator[None]:
    """Remove the plan from a folder that holds nothing else, if what is done there cannot be done."""
    try:
        yield
    except SimulatorError:
        if {path.name for path in folder.iterdir()} <= {PLAN, LOCK}:
            (folder / PLAN).unlink(missing_ok=True)
        raise


def _clear_asides(folder: Path) -> None:
    """Remove what a run that was killed in the middle of writing has left beside its files."""
    for path in folder.rglob(".*"):
        if ASIDE.fullmatch(path.name):
            path.unlink(missing_ok=True)


def check_plan(folder: Path, plan: dict[str, Any]) -> None:
    """Raise ResultsError if a folder holds another run, or files of somebody else."""
    if not folder.is_dir():
        return
    if not (folder / PLAN).exists():
        _check_empty(folder)
        return
    differing = list(differences(read_json(folder / PLAN), json.loads(json.dumps(plan))))
    if differing:
        more = f", and {len(differing) - MOST_SHOWN} more" if len(differing) > MOST_SHOWN else ""
        raise ResultsError(
            f"{folder} holds another run (it differs in: {', '.join(differing[:MOST_SHOWN])}{more}). "
            "Nothing was changed; choose another output.dir."
        )


def differences(there: Any, now: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401  (any JSON)
    """Yield where two plans differ, with both values where they are short: `weeks (260 there, 52 now)`.

    Parameters
    ----------
    there, now : mapping, list or plain value
        As read from JSON.
    path : str
        Where in the plan they stand.
    """
    if isinstance(there, dict) and isinstance(now, dict):
        for name in {**now, **there}:
            below = f"{path}.{name}".lstrip(".")
            if name not in there or name not in now:
                yield below
            else:
                yield from differences(there[name], now[name], below)
    elif there != now:
        short = not any(isinstance(one, (dict, list)) or len(str(one)) > LONGEST for one in (there, now))
        yield f"{path} ({there} there, {now} now)" if short else path


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


def read_json(path: Path) -> dict[str, Any]:
    """Return what a JSON file of ours holds; raise ResultsError if that cannot be read."""
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


def part_path(folder: Path, table: str, first: int) -> Path:
    """Return where rows of a table are kept until the run is complete: those from one replication on."""
    return folder / PARTS / f"{table}-{first:06d}.parquet"


def write_part(folder: Path, first: int, files: Mapping[str, bytes]) -> None:
    """Keep the tables of some replications, from the first of them on."""
    for table, content in files.items():
        write_bytes(part_path(folder, table, first), content)


def has_part(folder: Path, first: int, tables: Iterable[str] = TABLES) -> bool:
    """Whether all tables of some replications are there and can be read."""
    for table in tables:
        path = part_path(folder, table, first)
        try:
            pq.read_metadata(path)
        except (OSError, pa.ArrowInvalid):
            return False
    return True


def read_part(folder: Path, replication: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return spells and weekly panel of one replication."""
    spells, weekly = (pd.read_parquet(part_path(folder, name, replication)) for name in TABLES[:2])
    return spells, weekly


def join_parts(folder: Path, table: str, firsts: Iterable[int]) -> pa.Table:
    """Return the parts of a table joined in the order of replications."""
    parts = [pq.read_table(part_path(folder, table, first)) for first in firsts]
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks()


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


def sum_of(content: bytes) -> dict[str, Any]:
    """Return size and SHA-256 of what a file is to hold."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def check_sizes(folder: Path) -> None:
    """Raise ResultsError if a file of a finished run is missing or has another size; reads none of them."""
    for path, written in _files_of(folder, read_json(folder / MANIFEST)):
        size = path.stat().st_size
        if size != written["bytes"]:
            sizes = f"{size} bytes, {written['bytes']} when written"
            raise _damage(path, f"is not what the finished run wrote ({sizes})", folder)


def _files_of(folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each file of a finished run with what was written; raise ResultsError if one is missing."""
    for name, written in manifest.get("files", {}).items():
        path = folder / name
        if not path.is_file():
            raise _damage(path, "is missing, though the run was finished", folder)
        yield path, written


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
    manifest = read_json(folder / MANIFEST)
    for path, written in _files_of(folder, manifest):
        found = _sum(path)
        if found != written:
            sizes = f"{found['bytes']} bytes, {written['bytes']} when written"
            how = sizes if found["bytes"] != written["bytes"] else "as long, but other contents"
            raise _damage(path, f"is not what the finished run wrote ({how})", folder)
    return manifest
