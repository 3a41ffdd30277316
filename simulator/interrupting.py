"""Ctrl-C reaches the main thread only; this tells it to threads that simulate, between two pieces of work."""

from __future__ import annotations

import threading

_MINE = threading.local()


class Interrupted(Exception):  # noqa: N818  (it says what happened, and is no error)
    """The work of this thread is no longer wanted."""


def heed(stop: threading.Event) -> None:
    """Let this thread stop at its next `stop_if_interrupted` once the event is set."""
    _MINE.stop = stop


def stop_if_interrupted() -> None:
    """Raise Interrupted if this thread is to stop; the main thread is interrupted by Python itself."""
    stop = getattr(_MINE, "stop", None)
    if stop is not None and stop.is_set():
        raise Interrupted
