"""Luck for many clients at once."""

from __future__ import annotations

import numpy as np

from simulator.compiled import part
from simulator.office import Office
from simulator.randomness import uniforms


@part
def draw_for(office: Office, slots: np.ndarray, count: int, purpose: int) -> None:
    """Let the first `count` clients of a list of slots draw for this week, into `office.draws`."""
    who, when = office.drawn[0], office.drawn[1]
    for place in range(count):
        who[place], when[place] = office.clients[slots[place]].id, office.state[0].week
    uniforms(office.luck, who, when, count, purpose, office.draws)
