"""The public employment service: what it does with a client who has registered as a job seeker."""

from __future__ import annotations

import math

from simulator.compiled import behaviour
from simulator.randomness import Luck, exponential, uniform
from simulator.records import Record
from simulator.vocabulary import WEEKS_PER_CLIENT_MONTH, Barrier, Purpose, Registration


@behaviour
def is_hindered(client: Record, p: Record) -> bool:
    """Whether health, substance use or language keep a client from seeking work at once."""
    largest = max(
        client.barrier[Barrier.HEALTH], client.barrier[Barrier.SUBSTANCE], client.barrier[Barrier.LANGUAGE]
    )
    return largest >= p.employment_service.hindered_above


@behaviour
def register(client: Record, week: int, p: Record, luck: Luck) -> None:
    """Code a job seeker: hindered, offered the service's own support for a while, or declined at once."""
    client.registered_week = week
    client.gate_opens = week
    if is_hindered(client, p):
        client.registration = Registration.CATEGORY_14
        return
    client.registration = Registration.REGISTERED
    if uniform(luck, client.id, client.spell, Purpose.OFFER) < p.employment_service.p_offer:
        client.gate_opens = week + p.employment_service.offer_weeks


@behaviour
def is_due(client: Record, week: int) -> bool:
    """Whether a registered client's monthly follow-up falls in this week."""
    since = week - client.registered_week
    registered = client.registration == Registration.REGISTERED
    return registered & (since > 0) & (since % WEEKS_PER_CLIENT_MONTH == 0)


@behaviour
def p_deregistered(client: Record, p: Record) -> float:
    """Return the probability that a client misses the service's demands this month and is de-registered."""
    return p.employment_service.p_deregister_monthly * max(0.0, 1.0 - 0.5 * client.motivation)


@behaviour
def deregister(client: Record, week: int, p: Record, luck: Luck) -> None:
    """Take a client off the register, and fix when the client registers anew."""
    client.registration = Registration.DEREGISTERED
    client.deregistered_week = week
    client.support = 0.0
    hazard = p.employment_service.h_new_registration_weekly
    wait = math.inf
    if hazard > 0.0:
        wait = exponential(luck, client.id, week, Purpose.NEW_REGISTRATION) / hazard
    client.registered_week = week + math.ceil(min(wait, 5_200.0))
