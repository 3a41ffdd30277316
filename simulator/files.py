"""Files that are there whole or not at all: written aside, made durable, renamed."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from simulator.errors import ResultsError

LONGEST_NAME = 100
"""Characters of a file's name; most file systems take 255 bytes."""


def safe_name(text: str) -> str:
    """Return a text as the name of a file or folder, with nothing in it that a file system or shell minds.

    A text that has to be changed or cut gets a hash at its end, so that two texts never share a name.

    >>> safe_name("caseload.limit=60 sanctions=strict")
    'caseload.limit=60,sanctions=strict'
    """
    plain = re.sub(r"[^\w.,=+-]+", "-", text.replace(" ", ","), flags=re.ASCII).lstrip(".-")
    if plain == text.replace(" ", ",") and "," not in text and len(plain) <= LONGEST_NAME:
        return plain
    return f"{plain[:LONGEST_NAME]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


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
