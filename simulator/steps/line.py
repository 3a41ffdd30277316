"""The line of the week: who in it is most urgent.

Urgencies are first compared as whole numbers of small steps, which a core does for many places at a time; only
those who are alike then are told apart by what is left of urgency, and by who applied first.
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import behaviour, part
from simulator.office import LAST, Office, whole_places
from simulator.vocabulary import NOBODY

STEPS_PER_WEEK = 2.0**20
MOST_WEEKS = 2.0**40
"""Urgencies beyond count as alike at first."""


@behaviour
def rank(urgencies: np.ndarray, ranks: np.ndarray, length: int) -> None:
    """Write the whole steps of so many urgencies into `ranks`, and fill them up to whole places."""
    for place in range(length):
        urgency = urgencies[place]
        urgency = urgency if urgency < MOST_WEEKS else MOST_WEEKS
        urgency = urgency if urgency > -MOST_WEEKS else -MOST_WEEKS
        ranks[place] = int(urgency * STEPS_PER_WEEK)
    for place in range(length, whole_places(length)):
        ranks[place] = LAST


@part
def form_line(office: Office, length: int) -> None:
    """Rank those who stand in the line."""
    rank(office.line_urgency, office.line_rank, length)


@part
def most_urgent(office: Office, length: int) -> int:
    """Return the place of the most urgent client in the line; among equals, the earlier applicant's."""
    ranks, places = office.line_rank, whole_places(length)
    top = LAST
    for place in range(places):
        top = max(top, ranks[place])
    best = 0
    for place in range(places):
        best = place if ranks[place] == top else best
    alike = 0
    for place in range(places):
        alike += 1 if ranks[place] == top else 0
    return best if alike == 1 else first_of(office, length, top)


@part
def first_of(office: Office, length: int, top: int) -> int:
    """Return the place of the most urgent among those of a rank."""
    best = NOBODY
    for place in range(length):
        if office.line_rank[place] == top and (best == NOBODY or is_before(office, place, best)):
            best = place
    return best


@part
def is_before(office: Office, place: int, other: int) -> bool:
    """Whether who is in a place is more urgent than who is in another, or applied first among equals."""
    urgency, others = office.line_urgency[place], office.line_urgency[other]
    if urgency != others:
        return urgency > others
    return office.clients[office.line[place]].id < office.clients[office.line[other]].id


@part
def step_out(office: Office, place: int, last: int) -> None:
    """Let whoever is in a place leave the line; who is in the last place takes it."""
    office.line[place] = office.line[last]
    office.line_urgency[place] = office.line_urgency[last]
    office.line_rank[place] = office.line_rank[last]
    office.line_rank[last] = LAST
