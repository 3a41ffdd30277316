"""The referral lever: for whom a programme is, and how one is chosen for a client."""

from __future__ import annotations

import numpy as np

from simulator.compiled import behaviour
from simulator.randomness import Luck, uniform
from simulator.records import Record
from simulator.vocabulary import (
    BARRIERS,
    NOBODY,
    NOT_YET,
    Barrier,
    ProgrammeKind,
    Purpose,
    QueueRule,
    ReferralRule,
    TargetGroup,
)

YOUNG = 30.0
CLEARLY_ILL = 0.3


@behaviour
def may_be_referred(client: Record, week: int, p: Record) -> bool:
    """Whether a client can be referred now: idle, rested after the last stay, assessed if the rule asks."""
    idle = client.programme == NOBODY and client.queued_for == NOBODY and week >= client.rest_until
    if p.employment_service.gate == 1 and week < client.gate_opens:
        return False
    return idle and (client.assessed_week != NOT_YET or p.referral.needs_assessment == 0)


@behaviour
def is_open(programme: Record, p: Record) -> bool:
    """Whether caseworkers still refer to a programme: it has places, and its queue is not too long."""
    short = programme.queue < p.referral.longest_queue * programme.places
    return programme.places > 0 and (short or free_share(programme) > 0.0)


@behaviour
def takes(programme: Record, client: Record) -> bool:
    """Whether a programme's target group holds this client (ill health: as the service believes)."""
    if programme.target == TargetGroup.UNDER_30:
        return client.age < YOUNG
    if programme.target == TargetGroup.FOREIGN_BORN:
        return client.foreign_born == 1
    if programme.target == TargetGroup.ILL_HEALTH:
        return (
            client.believed[Barrier.HEALTH] >= CLEARLY_ILL
            or client.believed[Barrier.SUBSTANCE] >= CLEARLY_ILL
        )
    return True


@behaviour
def priority_group(programme: Record, client: Record) -> int:
    """Return the priority group of a client in a programme's queue; group 0 is admitted before group 1."""
    if programme.queue_rule == QueueRule.YOUNG_FIRST:
        return 0 if client.age < YOUNG else 1
    return 0


@behaviour
def free_share(programme: Record) -> float:
    """Return free places less those who wait, as a share of the places (negative: a queue)."""
    return (programme.places - programme.used - programme.queue) / programme.places


@behaviour
def believed_gain(belief: np.ndarray, client: Record) -> float:
    """Return how much of the believed barriers the caseworker believes the programme removes."""
    gain = 0.0
    for barrier in range(BARRIERS):
        gain += belief[barrier] * client.believed[barrier]
    return gain


@behaviour
def habit_of(habits: np.ndarray, number: int) -> float:
    """Return the share of a caseworker's referrals so far that went to one programme."""
    total = 0.0
    for other in range(len(habits)):
        total += habits[other]
    return habits[number] / total if total > 0.0 else 0.0


@behaviour
def suits_triage(kind: int, client: Record, p: Record) -> bool:
    """Whether a kind of programme is for those as near to work as the client is believed to be."""
    if p.casework.triage == 0:
        return True
    heals = kind == ProgrammeKind.REHABILITATION or kind == ProgrammeKind.MAPPING  # noqa: PLR1714
    if client.nearness < p.casework.too_heavy_below:
        return heals
    if client.nearness > p.casework.own_power_above:
        return kind == ProgrammeKind.JOB_SEARCH
    return not heals


@behaviour
def appeal(programme: Record, client: Record, belief: np.ndarray, p: Record, luck: Luck) -> float:
    """Return how much speaks for a programme under the rule in force, the client's own wish weighed in."""
    room = free_share(programme)
    if p.referral.rule == ReferralRule.BLANKET:
        return 1.0 * programme.standard
    if p.referral.rule == ReferralRule.AVAILABLE:
        merit = room
    else:
        merit = believed_gain(belief, client) + p.referral.queue_weight * min(0.0, room)
    if p.referral.wish_weight == 0.0:
        return merit
    wish = uniform(luck, client.id, programme.id, Purpose.WISH)
    return (1.0 - p.referral.wish_weight) * merit + p.referral.wish_weight * wish


@behaviour
def choose_programme(
    programmes: np.recarray,
    client: Record,
    beliefs: np.ndarray,
    habits: np.ndarray,
    p: Record,
    luck: Luck,
) -> int:
    """Return the number of the programme with most appeal to refer to, or NOBODY if none takes the client."""
    best = NOBODY
    best_appeal = 0.0
    for number in range(len(programmes)):
        programme = programmes[number]
        if p.referral.rule == ReferralRule.BLANKET and programme.standard == 0:
            continue
        if is_open(programme, p) and takes(programme, client) and suits_triage(programme.kind, client, p):
            merit = appeal(programme, client, beliefs[number], p, luck)
            if p.referral.habit_weight > 0.0:
                merit += p.referral.habit_weight * habit_of(habits, number)
            if best == NOBODY or merit > best_appeal:
                best, best_appeal = number, merit
    return best


@behaviour
def addresses_largest_barrier(programme: Record, client: Record) -> bool:
    """Whether the programme's main content meets the client's largest true barrier."""
    largest = 0
    for barrier in range(BARRIERS):
        if client.barrier[barrier] > client.barrier[largest]:
            largest = barrier
    return programme.main_barrier == largest
