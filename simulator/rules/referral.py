"""The referral lever: for whom a programme is, and how one is chosen for a client."""

from __future__ import annotations

import numpy as np

from simulator.compiled import behaviour
from simulator.randomness import Luck, uniform
from simulator.records import Record
from simulator.rules.own import own_appeal
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
LONG_TERM_WEEKS = 43
"""Ten months, after which official statistics speak of long-term assistance."""

NEAR = 0.5
"""Near work: what is believed to stand between takes away less than half of the chance of work (assumed)."""


@behaviour
def may_be_referred(client: Record, week: int, p: Record) -> bool:
    """Whether a client can be referred now: idle, rested after the last stay, assessed if the rule asks."""
    idle = client.programme == NOBODY and client.queued_for == NOBODY and week >= client.rest_until
    if p.employment_service.gate == 1 and week < client.gate_opens:
        return False
    return idle and (client.assessed_week != NOT_YET or p.referral.needs_assessment == 0)


@behaviour
def is_running(programme: Record, week: int) -> bool:
    """Whether a programme runs in a week; a project has a first and a last one."""
    return programme.starts_week <= week < programme.ends_week


@behaviour
def is_open(programme: Record, week: int, p: Record) -> bool:
    """Whether caseworkers still refer to a programme: it runs, has places, and its queue is not too long."""
    if not is_running(programme, week):
        return False
    short = programme.queue < p.referral.longest_queue * programme.places
    return programme.places > 0 and (short or free_share(programme) > 0.0)


@behaviour
def takes(programme: Record, client: Record, week: int) -> bool:
    """Whether a programme takes this client: of its target group, and past its entry rules."""
    if programme.screens == 1 and not passes_entry(programme, client, week):
        return False
    if programme.target == TargetGroup.EVERYBODY:
        return True
    if programme.target <= TargetGroup.ILL_HEALTH:
        return is_of_group(programme.target, client)
    return is_of_circumstances(programme.target, client, week)


@behaviour
def passes_entry(programme: Record, client: Record, week: int) -> bool:
    """Whether no believed barrier is too large, and the client has been on benefit for long enough."""
    for barrier in range(BARRIERS):
        if client.believed[barrier] > programme.entry_most[barrier]:
            return False
    return week - client.entry_week >= programme.entry_after_weeks


@behaviour
def is_of_group(target: int, client: Record) -> bool:
    """Whether a client is young, foreign-born or ill (as the service believes)."""
    if target == TargetGroup.UNDER_30:
        return client.age < YOUNG
    if target == TargetGroup.FOREIGN_BORN:
        return client.foreign_born == 1
    return client.believed[Barrier.HEALTH] >= CLEARLY_ILL or client.believed[Barrier.SUBSTANCE] >= CLEARLY_ILL


@behaviour
def is_of_circumstances(target: int, client: Record, week: int) -> bool:
    """Whether a client has children, has long been on benefit, or is far from or near work as assessed."""
    if target == TargetGroup.PARENTS:
        return client.children > 0
    if target == TargetGroup.LONG_TERM:
        return week - client.entry_week >= LONG_TERM_WEEKS
    is_near = client.nearness >= NEAR
    return client.assessed_week != NOT_YET and is_near == (target == TargetGroup.NEAR_WORK)


@behaviour
def priority_group(programme: Record, client: Record, week: int) -> int:
    """Return the priority group of a client in a programme's queue; group 0 is admitted before group 1."""
    if programme.queue_rule == QueueRule.FIRST_COME:
        return 0
    if programme.queue_rule == QueueRule.YOUNG_FIRST:
        return 0 if client.age < YOUNG else 1
    if programme.queue_rule == QueueRule.PARENTS_FIRST:
        return 0 if client.children > 0 else 1
    if programme.queue_rule == QueueRule.LONG_TERM_FIRST:
        return 0 if is_of_circumstances(TargetGroup.LONG_TERM, client, week) else 1
    target = (
        TargetGroup.FAR_FROM_WORK if programme.queue_rule == QueueRule.FAR_FIRST else TargetGroup.NEAR_WORK
    )
    return 0 if is_of_circumstances(target, client, week) else 1


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
def is_passed_over(ease: float, client: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether a caseworker short of time leaves out, at referral, a client far from work."""
    chance = p.casework.creaming_referral * (1.0 - ease) * (1.0 - client.nearness)
    return chance > 0.0 and uniform(luck, client.id, week, Purpose.PASSED_OVER) < chance


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
    elif p.referral.rule == ReferralRule.OWN:
        merit = own_appeal(programme, client, belief, p)
    else:
        merit = believed_gain(belief, client) + p.referral.queue_weight * min(0.0, room)
    if p.referral.wish_weight == 0.0:
        return merit
    wish = uniform(luck, client.id, programme.id, Purpose.WISH)
    return (1.0 - p.referral.wish_weight) * merit + p.referral.wish_weight * wish


@behaviour
def choose_programme(  # noqa: PLR0913, PLR0917  (each of a kind of its own)
    programmes: np.recarray,
    client: Record,
    beliefs: np.ndarray,
    habits: np.ndarray,
    week: int,
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
        if (
            (p.referral.offered >> number) & 1 == 1
            and is_open(programme, week, p)
            and takes(programme, client, week)
            and suits_triage(programme.kind, client, p)
        ):
            merit = appeal(programme, client, beliefs[number], p, luck)
            if p.referral.habit_weight > 0.0:
                merit += p.referral.habit_weight * habit_of(habits, number)
            if best == NOBODY or merit > best_appeal:
                best, best_appeal = number, merit
    return best


@behaviour
def addresses_largest_barrier(programme: Record, client: Record) -> bool:
    """Whether the programme's main content meets the client's largest true barrier, if there is any."""
    largest, size = NOBODY, 0.0
    for barrier in range(BARRIERS):
        if client.barrier[barrier] > size:
            largest, size = barrier, client.barrier[barrier]
    return largest != NOBODY and programme.main_barrier == largest
