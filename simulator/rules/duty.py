"""The duty to take part: who is obliged, for how many hours, and what being asked does."""

from __future__ import annotations

from simulator.compiled import behaviour
from simulator.records import Record
from simulator.vocabulary import AgeRule, Barrier

AGE_LIMIT = 25.0
"""Years; the Social Services Act's limit until 2013."""

FULL_TIME_HOURS = 40.0


@behaviour
def is_obliged(client: Record, p: Record) -> bool:
    """Whether the age rule obliges a client to take part (age when the spell began; need as believed)."""
    if p.sanctions.age_rule == AgeRule.EVERYBODY or client.age < AGE_LIMIT:
        return True
    special = client.believed[Barrier.SKILLS] >= p.sanctions.special_skills_barrier
    return p.sanctions.age_rule == AgeRule.UNDER_25_OR_SPECIAL and special


@behaviour
def hours_wanted(client: Record, p: Record) -> float:
    """Return the hours a week that are asked of a client: fewer for believed ill health, none if free."""
    if client.obliged == 0:
        return 0.0
    return p.sanctions.required_hours * (1.0 - p.sanctions.hours_adaptation * client.believed[Barrier.HEALTH])


@behaviour
def hours_met(client: Record) -> float:
    """Return the asked hours a week that programme and supervised own activity cover."""
    return min(client.hours_asked, client.programme_hours + client.own_hours)


@behaviour
def supervision_minutes(hours: float, p: Record) -> float:
    """Return the caseworker's minutes a month for so many hours a week of own activity."""
    return p.sanctions.supervision_minutes_monthly * hours / FULL_TIME_HOURS


@behaviour
def urge_of_duty(client: Record, p: Record) -> float:
    """Return the rise in search effort from required hours."""
    return p.sanctions.requirement_push * hours_met(client) / FULL_TIME_HOURS


@behaviour
def time_left_by_duty(client: Record, p: Record) -> float:
    """Return the share of search effort that required hours leave."""
    return 1.0 - p.sanctions.requirement_lock * hours_met(client) / FULL_TIME_HOURS
