"""Files that are there whole or not at all: written aside, made durable, renamed."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.errors import ResultsError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a crash.

    Raises
    ------
    ResultsError
        If it cannot be written; what was there before is kept.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _make_durable(path.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise ResultsError(
            f"Cannot write {path}: {error.strerror}. What was written before is kept."
        ) from error


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
