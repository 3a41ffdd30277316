"""The caseload lever: how many caseworkers there are, and who may take one client more."""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import behaviour
from simulator.records import Record
from simulator.vocabulary import NOBODY, CaseloadRule


@behaviour
def staff_wanted(clients: int, employed: int, office_share: float, week_of_run: int, p: Record) -> int:
    """Return how many caseworkers an office should have.

    `office_share` is the office's part of all staff; `week_of_run` counts from the start of the simulation.
    """
    if p.caseload.regime != CaseloadRule.RATIO:
        return max(1, int(math.floor(p.caseload.caseworkers * office_share + 0.5)))
    if week_of_run % p.caseload.review_weeks != 0:
        return employed
    return max(1, int(math.ceil(clients / p.caseload.clients_per_caseworker)))


@behaviour
def has_room(caseworker: Record, p: Record) -> bool:
    """Whether a caseworker may take one client more."""
    return p.caseload.regime != CaseloadRule.LIMIT or caseworker.clients < p.caseload.limit


@behaviour
def caseworker_with_room(caseworkers: np.recarray, employed: int, p: Record) -> int:  # type: ignore[type-arg]
    """Return the caseworker with room and the fewest clients (the first of equals), or NOBODY."""
    best = NOBODY
    for number in range(employed):
        caseworker = caseworkers[number]
        fewer = best == NOBODY or caseworker.clients < caseworkers[best].clients
        if fewer and has_room(caseworker, p):
            best = number
    return best
