"""What caseworkers learn from their own clients."""

from __future__ import annotations

from simulator.agents.caseworker import see_better
from simulator.agents.duty import renew_duty
from simulator.compiled import part
from simulator.office import Office
from simulator.randomness import normal, occasion
from simulator.records import Record
from simulator.rules.collaboration import result_is_seen
from simulator.vocabulary import BARRIERS, NOBODY, NOT_YET, Purpose, Status


@part
def learn_from(office: Office, programme: Record, client: Record) -> None:
    """Update the caseworker's belief by one client's completed stay (normal model with known noise).

    What is seen is the share of each barrier that the stay removed, with noise; only barriers that the client
    had when the stay began can teach anything. The first belief weighs as many clients as
    `casework.belief_weight`.
    """
    if client.caseworker == NOBODY:
        return
    p = office.settings[0]
    time = occasion(client.spell, client.referrals)
    if not result_is_seen(client, p, office.luck):
        return
    fresh = office.fresh[client.caseworker, programme.id]
    counts = office.belief_counts[client.caseworker, programme.id]
    belief = office.beliefs[client.caseworker, programme.id]
    for barrier in range(BARRIERS):
        before = client.stay_barrier[barrier]
        if before <= 0.0:
            continue
        seen = 1.0 - client.barrier[barrier] / before
        if p.casework.observation_noise > 0.0:
            slip = normal(office.luck, client.id, time, Purpose.OBSERVATION + barrier)
            seen += p.casework.observation_noise * slip
        counts[barrier] += 1.0
        belief[barrier] += (seen - belief[barrier]) / counts[barrier]
        fresh[barrier, 0] += 1.0
        fresh[barrier, 1] += seen


@part
def review_cases(office: Office) -> None:
    """Let caseworkers tell each other what they saw of programmes since the last review.

    A colleague's observation counts `collaboration.review_weight` of an own one; each is told once.
    Clients who have been assessed are seen better afterwards.
    """
    pool(office)
    p = office.settings[0]
    for slot in range(office.state[0].slots):
        client = office.clients[slot]
        if client.status == Status.SERVED and client.assessed_week != NOT_YET:
            see_better(client, p.collaboration.review_insight, p)
            renew_duty(client, office.state[0].week, office.settings[client.rules])


@part
def pool(office: Office) -> None:
    """Share all fresh observations of programmes' effects on barriers."""
    together = len(office.fresh) - 1
    for number in range(office.state[0].seats):
        for programme in range(len(office.programmes)):
            for barrier in range(BARRIERS):
                fresh = office.fresh[number, programme, barrier]
                office.fresh[together, programme, barrier, 0] += fresh[0]
                office.fresh[together, programme, barrier, 1] += fresh[1]
    for number in range(office.state[0].seats):
        for programme in range(len(office.programmes)):
            hear(office, number, programme)
    office.fresh[together] = 0.0


@part
def hear(office: Office, number: int, programme: int) -> None:
    """Let one caseworker hear what the others saw of a programme."""
    weight = office.settings[0].collaboration.review_weight
    beliefs, counts = office.beliefs[number, programme], office.belief_counts[number, programme]
    for barrier in range(BARRIERS):
        fresh, pooled = office.fresh[number, programme, barrier], office.fresh[-1, programme, barrier]
        others = pooled[0] - fresh[0]
        if others > 0.0:
            counts[barrier] += weight * others
            shift = weight * (pooled[1] - fresh[1] - others * beliefs[barrier])
            beliefs[barrier] += shift / counts[barrier]
        fresh[0] = fresh[1] = 0.0
