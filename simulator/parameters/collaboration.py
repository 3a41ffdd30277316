"""Settings of the collaboration lever: how the units work together."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, minutes, quantity, share, whole_weeks
from simulator.parameters.words import AssessorName


class Collaboration(Group):
    """How the units work together: a bundle of explicit settings."""

    p_seen: float = share(
        "Chance that an absence comes to the caseworker's eyes",
        "assumed: rises from silo to integrated",
        (0.2, 1.0),
    )
    report_delay_weeks: int = whole_weeks(
        "Weeks from an absence to the caseworker's knowing", "assumed: falls from silo to integrated", (0, 8)
    )
    noise_factor: float = quantity(
        "Assessment error against a referrer's alone",
        "1",
        "K09: those closer to the client assess better; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.5, 1.2),
    )
    share_minutes_saved: float = share(
        "Share of decision minutes saved by shared information",
        "W12: digital sharing; size assumed",
        (0.0, 0.3),
    )
    coordination_minutes_monthly: float = quantity(
        "Coordination for each participant and month",
        "minutes",
        "assumed: calls, reports or shared meetings",
        ge=0.0,
        le=10_000.0,
        plausible=(0.0, 30.0),
    )
    referral_delay_weeks: int = whole_weeks(
        "Weeks from a referral to the programme's hearing of it", "assumed: order forms travel slowly", (0, 4)
    )
    assessor: AssessorName = choice(
        "Who assesses a client's barriers: referrer, provider or joint", "K09: both ways are in use"
    )
    provider_hours_per_1000: float = quantity(
        "Hours a week that providers have for assessments, for each 1,000 clients of `population.size`",
        "hours/week",
        "assumed: one full-time assessor for each 1,000 clients",
        ge=0.0,
        le=10_000.0,
        plausible=(10.0, 120.0),
    )
    provider_noise_factor: float = quantity(
        "Error of a provider's assessment against a referrer's",
        "1",
        "K09: those closer to the client assess better; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.4, 1.0),
    )
    provider_trust: float = share(
        "Trust that an assessor without power over the benefit meets on top",
        "K09: such a provider earns trust sooner; size assumed",
        (0.0, 0.4),
    )
    joint_minutes: float = minutes(
        "What a joint assessment takes the caseworker on top", "assumed: finding a time, a note", (0.0, 45.0)
    )
    reassessment: bool = choice("Whether providers redo an assessment that seems thin to them", "K09")
    reassess_above: float = share(
        "Mean error of an assessment from which on a provider redoes it",
        "K09: often; size assumed",
        (0.05, 0.3),
    )
    reassess_weeks: int = whole_weeks(
        "Weeks of a stay that a new assessment takes before its content begins",
        "assumed: a few weeks",
        (1, 6),
    )
    p_consent: float = share(
        "Clients who consent to the sharing of their assessment (without it the provider makes it anew)",
        "assumed: most",
        (0.3, 1.0),
    )
    p_result_seen: float = share(
        "Chance that the caseworker learns what a completed stay did for the client",
        "K10: order form and progress report tell little; size assumed",
        (0.0, 1.0),
    )
    review_weeks: int = whole_weeks(
        "Weeks between case reviews in which caseworkers share what they saw of programmes (0: none)",
        "pattern P5: continuous supervision and case review contribute",
        (0, 26),
    )
    review_minutes: float = minutes(
        "What a case review takes each caseworker", "assumed: a meeting", (30.0, 180.0)
    )
    review_insight: float = share(
        "Share of the error in the picture of a client that a case review removes",
        "pattern P5: colleagues see what one overlooks; size assumed",
        (0.0, 0.4),
    )
    review_weight: float = share(
        "Weight of a colleague's observation, told in a review, against an own one",
        "assumed: half",
        (0.1, 1.0),
    )
    plan_factor: float = quantity(
        "Gain from a plan against one that the caseworker makes alone with the client",
        "1",
        "pattern P4: joint plans go with shorter spells; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.5, 2.0),
    )
