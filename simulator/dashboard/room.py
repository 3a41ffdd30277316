"""What all pages of one server share: limits, workers, what was worked out before, and who is there."""

from __future__ import annotations

import threading
from pathlib import Path

from simulator.dashboard.crew import Crew
from simulator.dashboard.limits import Limits
from simulator.dashboard.working import Bench


class Room:
    """The shared part of a server.

    Attributes
    ----------
    limits : Limits
        What the page allows.
    bench : Bench
        Folders of settings, and what was worked out before.
    crew : Crew
        Who works.
    """

    def __init__(self, limits: Limits, folders: tuple[Path, ...] = ()) -> None:
        self.limits = limits
        self.bench = Bench(folders)
        self.crew = Crew(limits.workers)
        self._visitors: set[object] = set()
        self._lock = threading.Lock()

    def enter(self, visitor: object) -> bool:
        """Let a visitor in, if there is room; return whether there is."""
        with self._lock:
            if len(self._visitors) >= self.limits.visitors:
                return False
            self._visitors.add(visitor)
            return True

    def leave(self, visitor: object) -> None:
        """Let a visitor go, and stop what was simulated for them."""
        with self._lock:
            self._visitors.discard(visitor)
        self.crew.leave(visitor)

    @property
    def visitors(self) -> int:
        """How many are there."""
        return len(self._visitors)
