"""One run at a time in a folder: a file that says which process is at work there."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from simulator.errors import ResultsError

LOCK = "run.lock"
TAKE_OVER = "run.lock.taking-over"
"""Held for the moment in which a lock is taken over from a process that is gone."""

_HELD: set[Path] = set()
_GUARD = threading.Lock()


class Holder(NamedTuple):
    """Who holds a lock."""

    host: str
    process: int


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder.

    Raises
    ------
    ResultsError
        If another run holds it, or it cannot be written. A lock that a process of this computer left behind
        when it was killed is taken over.
    """
    path = (folder / LOCK).resolve()
    with _GUARD:  # threads of one process have the same number, so they are told apart here
        _acquire(path)
        _HELD.add(path)
    try:
        yield
    finally:
        with _GUARD:
            _HELD.discard(path)
            path.unlink(missing_ok=True)


def _acquire(path: Path) -> None:
    if _create(path):
        return
    holder = _read(path)
    if holder is None or not _is_gone(holder, path) or not _take_over(path):
        raise ResultsError(_refusal(path, holder))


def _create(path: Path) -> bool:
    """Make the file, unless it is there already."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    except OSError as error:
        raise ResultsError(
            f"Cannot write into the folder {path.parent}: {error.strerror}. Choose another output.dir."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"host": socket.gethostname(), "process": os.getpid()}, file)
    return True


def _read(path: Path) -> Holder | None:
    """Return who holds a lock, or None if that cannot be read (or it has just been given back)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Holder(str(content["host"]), int(content["process"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _is_gone(holder: Holder, path: Path) -> bool:
    """Whether a process is known to run no more; of another computer's nothing is known."""
    if holder.host != socket.gethostname():
        return False
    if holder.process == os.getpid():
        return path not in _HELD  # left by an earlier process that had the same number
    return os.name != "nt" and not _is_running(holder.process)  # on Windows, asking would stop it


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is there, but is somebody else's
        return True
    return True


def _take_over(path: Path) -> bool:
    """Put this process in the place of one that is gone, unless another process does so first.

    Between reading a lock and removing it, somebody else may have taken it over; so it is read again and
    removed by whoever holds a second lock.
    """
    second = path.with_name(TAKE_OVER)
    if not _create(second):
        return False
    try:
        holder = _read(path)
        if holder is not None and _is_gone(holder, path):
            path.unlink(missing_ok=True)
        return _create(path)
    finally:
        second.unlink(missing_ok=True)


def _refusal(path: Path, holder: Holder | None) -> str:
    who = f"process {holder.process} on {holder.host}" if holder else "it cannot be read which"
    return (
        f"Another run is at work in {path.parent} ({who}). Wait for it, or choose another output.dir. "
        f"If it is there no more, delete {path} and start again."
    )
