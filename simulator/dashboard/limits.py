"""How much one visitor, and all of them together, may ask of this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What the page allows.

    Attributes
    ----------
    persons : int
        Largest `population.size`; a replication of 20,000 takes some three seconds of one core.
    replications : int
        Most replications of each of the two runs.
    visitors : int
        Most pages open at the same time; a further one is told to come back.
    workers : int
        Pieces of work done at the same time for all visitors together.
    hosts : tuple of str
        Names under which other machines reach the page, besides its address; pages that come from
        elsewhere are not let in.
    """

    persons: int = 20_000
    replications: int = 50
    visitors: int = 40
    workers: int = os.cpu_count() or 1
    hosts: tuple[str, ...] = ()

    @property
    def fewest(self) -> int:
        """Fewest replications that can be asked for: two, or the single one that is allowed."""
        return min(2, self.replications)
