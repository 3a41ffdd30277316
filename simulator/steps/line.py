"""The line of the week: who in it is most urgent.

A rank is the urgency in small steps and, behind it, who applied first: a whole number, and a core compares
many of them at a time. Only where urgencies differ within a step does the difference decide.
"""

from __future__ import annotations

from simulator.compiled import behaviour, part
from simulator.office import LAST, Office, whole_places
from simulator.vocabulary import NOBODY

STEPS_PER_WEEK = 2.0**16
MOST_WEEKS = 2.0**14
"""Urgencies beyond, of some three hundred years, share a step."""

IDS = 2**32
"""More than there are ids of persons."""


@behaviour
def step_of(urgency: float) -> int:
    """Return the step of an urgency in weeks."""
    within = urgency if urgency < MOST_WEEKS else MOST_WEEKS
    within = within if within > -MOST_WEEKS else -MOST_WEEKS
    return int(within * STEPS_PER_WEEK)


@part
def form_line(office: Office, length: int) -> None:
    """Rank those who stand in the line."""
    for place in range(length):
        behind = IDS - 1 - office.clients[office.line[place]].id
        office.line_rank[place] = step_of(office.line_urgency[place]) * IDS + behind
    for place in range(length, whole_places(length)):
        office.line_rank[place] = LAST


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
    step = top // IDS * IDS
    near = 0
    for place in range(places):
        near += 1 if ranks[place] >= step else 0
    return best if near == 1 or are_equal(office, length, best, near) else first_of_step(office, length, step)


@part
def are_equal(office: Office, length: int, best: int, near: int) -> bool:
    """Whether the urgencies of one step, of so many places, are all that of the best."""
    urgency, equal = office.line_urgency[best], 0
    for place in range(length):
        equal += 1 if office.line_urgency[place] == urgency else 0
    return equal == near


@part
def first_of_step(office: Office, length: int, step: int) -> int:
    """Return the place of the most urgent of those whose urgencies are within a step."""
    best = NOBODY
    for place in range(length):
        if office.line_rank[place] >= step and (best == NOBODY or is_before(office, place, best)):
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
