"""The collaboration lever: what the caseworker comes to know, and when."""

from __future__ import annotations

from simulator.compiled import behaviour
from simulator.randomness import Luck, occasion, uniform
from simulator.records import Record
from simulator.vocabulary import NOT_YET, Assessor, Purpose


@behaviour
def is_seen(client: Record, p: Record, luck: Luck) -> bool:
    """Whether an absence is reported by the programme and followed up by the service."""
    chance = p.collaboration.p_seen * p.sanctions.p_follow_up
    return (
        chance > 0.0
        and uniform(luck, client.id, occasion(client.spell, client.absences), Purpose.SEEN) < chance
    )


@behaviour
def known_from(week: int, p: Record) -> int:
    """Return the week in which the caseworker knows of an absence in `week`."""
    return week + p.collaboration.report_delay_weeks


@behaviour
def is_review_week(state: Record, p: Record) -> bool:
    """Whether caseworkers meet for a case review this week."""
    every = p.collaboration.review_weeks
    return every > 0 and (state.week - state.first_week) % every == 0


@behaviour
def result_is_seen(client: Record, p: Record, luck: Luck) -> bool:
    """Whether the caseworker learns what a completed stay did."""
    chance = p.collaboration.p_result_seen
    return (
        chance >= 1.0
        or uniform(luck, client.id, occasion(client.spell, client.referrals), Purpose.RESULT_SEEN) < chance
    )


@behaviour
def provider_doubts(client: Record, error: float, p: Record, luck: Luck) -> bool:
    """Whether a provider makes the referrer's assessment anew: not shared, or thin."""
    if p.collaboration.reassessment == 0 or p.collaboration.assessor != Assessor.REFERRER:
        return False
    if error > p.collaboration.reassess_above or client.assessed_week == NOT_YET:
        return True
    consent = p.collaboration.p_consent
    return consent < 1.0 and uniform(luck, client.id, 0, Purpose.CONSENT) >= consent
