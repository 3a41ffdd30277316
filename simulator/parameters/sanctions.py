"""Settings of the sanction lever: what follows when a client stays away."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, quantity, share, whole_weeks


class Sanctions(Group):
    """What follows when a client stays away."""

    p_follow_up: float = share(
        "Share of unproven absences that the service follows up at all",
        "S02: rates differ tenfold; level assumed",
        (0.0, 0.9),
    )
    warnings: int = quantity(
        "Warnings before a reduction",
        "warnings",
        "S25: some give several warnings first",
        ge=0,
        le=100,
        plausible=(0, 3),
    )
    reductions: int = quantity(
        "Reductions before a denial",
        "reductions",
        "S25: reduction first or refusal only",
        ge=0,
        le=100,
        plausible=(0, 3),
    )
    allow_reduction: bool = choice("Whether benefit can be reduced at all", "S25")
    allow_denial: bool = choice("Whether benefit can be denied at all", "S25")
    reduction_share: float = share(
        "Share of the benefit taken away by a reduction", "S17: 10-30 %", (0.1, 0.4)
    )
    reduction_weeks: int = whole_weeks("Length of a reduction", "assumed: a month or two", (4, 13))
    denial_weeks: int = whole_weeks("Length of a denial", "assumed: a month", (4, 13))
    forget_weeks: int = whole_weeks(
        "Weeks without absence after which the ladder starts anew", "S17: repeat within a year", (13, 52)
    )
    protect_children: bool = choice(
        "Whether households with children are reduced, never denied", "assumed: usual Swedish practice"
    )
    strictness: float = share(
        "Chance that a caseworker of mean strictness goes on with an unexcused case",
        "S25: discretion; size assumed",
        (0.2, 0.95),
    )
    p_proof: float = share(
        "Chance that a valid reason is proven during the inquiry", "assumed: most", (0.3, 0.95)
    )
    threat: float = quantity(
        "Rise in search effort when every absence would surely be sanctioned (before any sanction)",
        "share of effort",
        "P02: the threat works little; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.3),
    )
    warning_gain: float = quantity(
        "Rise in search effort after a warning",
        "share of effort",
        "S12: +25 % (signs confirmed)",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.4),
    )
    bite: float = quantity(
        "Rise in search effort after a reduction or denial",
        "share of effort",
        "S07;S12: upper bound +100 % among the insured",
        ge=0.0,
        le=5.0,
        plausible=(0.2, 1.0),
    )
    bite_half_life_weeks: float = quantity(
        "Half-life of both",
        "weeks",
        "S08: worn out after about three months",
        ge=0.1,
        le=520.0,
        plausible=(3.0, 8.0),
    )
    withdrawal_ratio_reduced: float = quantity(
        "Hazard ratio of withdrawal while reduced",
        "1",
        "S13: exits out of the labour force rise; size assumed",
        ge=0.0,
        le=1_000.0,
        plausible=(1.0, 10.0),
    )
    withdrawal_ratio_denied: float = quantity(
        "Hazard ratio of withdrawal while denied",
        "1",
        "S15: exits without work rise; size assumed",
        ge=0.0,
        le=1_000.0,
        plausible=(2.0, 40.0),
    )
