"""The caseload lever: how many caseworkers there are, and who may take one client more."""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import behaviour
from simulator.records import Record
from simulator.vocabulary import NOBODY, CaseloadRule


@behaviour
def part_of(whole: int, number: int, parts: int) -> int:
    """Return what falls to one of several equal parts of a whole number; the parts add up to the whole."""
    return whole * (number + 1) // parts - whole * number // parts


@behaviour
def staff_wanted(state: Record, p: Record) -> int:
    """Return how many caseworkers an office should have now."""
    if p.caseload.regime != CaseloadRule.RATIO:
        return part_of(p.caseload.caseworkers, state.number, state.offices)
    if (state.week - state.first_week) % p.caseload.review_weeks != 0:
        return state.employed
    return max(1, math.ceil(state.active / p.caseload.clients_per_caseworker))


@behaviour
def has_room(caseworker: Record, p: Record) -> bool:
    """Whether a caseworker may take one client more."""
    return p.caseload.regime != CaseloadRule.LIMIT or caseworker.clients < p.caseload.limit


@behaviour
def caseworker_with_room(caseworkers: np.recarray, employed: int, p: Record) -> int:
    """Return the caseworker with room and the fewest clients (the first of equals), or NOBODY."""
    best = NOBODY
    for number in range(employed):
        caseworker = caseworkers[number]
        fewer = best == NOBODY or caseworker.clients < caseworkers[best].clients
        if fewer and has_room(caseworker, p):
            best = number
    return best
