"""How far the work is, on one line of the terminal; nothing where nobody looks on."""

from __future__ import annotations

import os
import sys
import time
from typing import NoReturn

from tqdm import tqdm


def is_watched() -> bool:
    """Whether somebody is likely to look on: a terminal, and no automatic build."""
    return sys.stderr.isatty() and not os.environ.get("CI")


def progress_bar(total: int, unit: str) -> tqdm[NoReturn]:
    """Return a bar for so many pieces of work."""
    return tqdm(total=total, unit=unit, desc="Simulating", disable=not is_watched(), file=sys.stderr)


class SweepProgress:
    """Points done, client-weeks a second, time left, failures.

    Parameters
    ----------
    points : int
        Points in all.
    replications : int
        Replications that are still to be simulated.
    """

    def __init__(self, points: int, replications: int) -> None:
        self.points, self.done, self.failed = points, points, 0
        self.client_weeks, self.start = 0.0, time.perf_counter()
        layout = "{desc} {percentage:3.0f} % |{bar}| {remaining} left{postfix}"
        self.bar = tqdm(total=replications, bar_format=layout, disable=not is_watched(), file=sys.stderr)

    def show(self, replications: int = 0, client_weeks: float = 0.0) -> None:
        """Move on by what was simulated."""
        self.client_weeks += client_weeks
        rate = self.client_weeks / max(time.perf_counter() - self.start, 1e-9)
        self.bar.set_description_str(f"{self.done} of {self.points} points", refresh=False)
        self.bar.set_postfix_str(
            f"{rate / 1e6:.1f} million client-weeks/s, {self.failed} failed", refresh=False
        )
        self.bar.update(replications)

    def close(self) -> None:
        """Leave the line as it is."""
        self.bar.close()
