"""Luck for many clients at once."""

from __future__ import annotations

import numpy as np

from simulator.compiled import part
from simulator.office import Office
from simulator.randomness import uniforms


@part
def draw_for(office: Office, slots: np.ndarray, count: int, purpose: int) -> None:
    """Let the first `count` clients of a list of slots draw for this week, into `office.draws`."""
    week = office.state[0].week
    for place in range(count):
        office.drawn[place] = office.clients[slots[place]].id
        office.drawn_week[place] = week
    uniforms(office.luck, office.drawn, office.drawn_week, count, purpose, office.draws)
