"""Settings of the collaboration lever: how the units work together."""

from __future__ import annotations

from simulator.parameters.base import Group, quantity, share, whole_weeks


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
