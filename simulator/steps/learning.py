"""What caseworkers learn from their own clients."""

from __future__ import annotations

import numpy as np

from simulator.agents.caseworker import see_better
from simulator.agents.duty import renew_duty
from simulator.compiled import part
from simulator.office import BELIEF, COUNT, FRESH, FRESH_SUM, VIEWS, Office
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
    view = office.views[client.caseworker, :, programme.id]
    for barrier in range(BARRIERS):
        before = client.stay_barrier[barrier]
        if before <= 0.0:
            continue
        seen = 1.0 - client.barrier[barrier] / before
        if p.casework.observation_noise > 0.0:
            slip = normal(office.luck, client.id, time, Purpose.OBSERVATION + barrier)
            seen += p.casework.observation_noise * slip
        view[COUNT, barrier] += 1.0
        view[BELIEF, barrier] += (seen - view[BELIEF, barrier]) / view[COUNT, barrier]
        view[FRESH, barrier] += 1.0
        view[FRESH_SUM, barrier] += seen


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
    together, known = len(office.views) - 1, len(office.programmes) * BARRIERS
    pooled = office.views[together].reshape((VIEWS, known))
    for number in range(office.state[0].seats):
        view = office.views[number].reshape((VIEWS, known))
        for place in range(known):
            pooled[FRESH, place] += view[FRESH, place]
            pooled[FRESH_SUM, place] += view[FRESH_SUM, place]
    for number in range(office.state[0].seats):
        view = office.views[number].reshape((VIEWS, known))
        hear(view, pooled, office.settings[0].collaboration.review_weight)
    office.views[together, FRESH] = 0.0
    office.views[together, FRESH_SUM] = 0.0


@part
def hear(view: np.ndarray, pooled: np.ndarray, weight: float) -> None:
    """Let one caseworker hear what the others saw; of what nobody else saw the view stays as it is."""
    for place in range(view.shape[1]):
        belief = view[BELIEF, place]
        others = pooled[FRESH, place] - view[FRESH, place]
        count = view[COUNT, place] + weight * others
        shift = weight * (pooled[FRESH_SUM, place] - view[FRESH_SUM, place] - others * belief)
        view[BELIEF, place] = belief + shift / count if others > 0.0 else belief
        view[COUNT, place] = count if others > 0.0 else view[COUNT, place]
        view[FRESH, place] = view[FRESH_SUM, place] = 0.0
