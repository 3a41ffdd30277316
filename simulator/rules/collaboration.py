"""The collaboration lever: what the caseworker comes to know, and when."""

from __future__ import annotations

from simulator.compiled import behaviour
from simulator.randomness import Luck, uniform
from simulator.records import Record
from simulator.vocabulary import Purpose


@behaviour
def is_seen(client: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether an absence is reported by the programme and followed up by the service."""
    chance = p.collaboration.p_seen * p.sanctions.p_follow_up
    return chance > 0.0 and uniform(luck, client.id, week, Purpose.SEEN) < chance


@behaviour
def known_from(week: int, p: Record) -> int:
    """Return the week in which the caseworker knows of an absence in `week`."""
    return week + p.collaboration.report_delay_weeks
