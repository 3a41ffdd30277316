"""Part of step 9: what caseworkers learn from their own clients."""

from __future__ import annotations

from simulator.compiled import part
from simulator.office import Office
from simulator.randomness import normal
from simulator.records import Record
from simulator.vocabulary import BARRIERS, NOBODY, Purpose


@part
def learn_from(office: Office, programme: Record, client: Record) -> None:
    """Update the caseworker's belief by one client's completed stay (normal model with known noise).

    What is seen is the share of each barrier that the stay removed, with noise; only barriers that the client
    had when the stay began can teach anything. The first belief weighs as many clients as
    `casework.belief_weight`.
    """
    if client.caseworker == NOBODY:
        return
    p, week = office.settings[0], office.state[0].week
    counts = office.belief_counts[client.caseworker, programme.id]
    belief = office.beliefs[client.caseworker, programme.id]
    for barrier in range(BARRIERS):
        before = client.stay_barrier[barrier]
        if before <= 0.0:
            continue
        seen = 1.0 - client.barrier[barrier] / before
        if p.casework.observation_noise > 0.0:
            slip = normal(office.luck, client.id, week, Purpose.OBSERVATION + barrier)
            seen += p.casework.observation_noise * slip
        counts[barrier] += 1.0
        belief[barrier] += (seen - belief[barrier]) / counts[barrier]
