"""Settings of the policy levers: sanctions, collaboration, referral, programmes, and what things cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.parameters.base import WRITTEN, Group, choice, quantity, share
from simulator.vocabulary import (
    Barrier,
    Door,
    ProgrammeKind,
    QueueRule,
    ReferralRule,
    StayLength,
    TargetGroup,
)

BarrierName = Annotated[Barrier, WRITTEN]
DoorName = Annotated[Door, WRITTEN]
Rule = Annotated[ReferralRule, WRITTEN]
Kind = Annotated[ProgrammeKind, WRITTEN]
Target = Annotated[TargetGroup, WRITTEN]
Queue = Annotated[QueueRule, WRITTEN]
Length = Annotated[StayLength, WRITTEN]
Content = Annotated[float, Field(ge=0.0, le=1.0)]
Ratio = Annotated[float, Field(ge=0.0, le=100.0)]


def _weeks(title: str, source: str, plausible: tuple[float, float]) -> int:
    value: int = quantity(title, "weeks", source, ge=0, le=5_200, plausible=plausible)
    return value


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
    reduction_weeks: int = _weeks("Length of a reduction", "assumed: a month or two", (4, 13))
    denial_weeks: int = _weeks("Length of a denial", "assumed: a month", (4, 13))
    forget_weeks: int = _weeks(
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


class Collaboration(Group):
    """How the units work together: a bundle of explicit settings."""

    p_seen: float = share(
        "Chance that an absence comes to the caseworker's eyes",
        "assumed: rises from silo to integrated",
        (0.2, 1.0),
    )
    report_delay_weeks: int = _weeks(
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
    referral_delay_weeks: int = _weeks(
        "Weeks from a referral to the programme's hearing of it", "assumed: order forms travel slowly", (0, 4)
    )


class Referral(Group):
    """How a programme is chosen, and for whom."""

    rule: Rule = choice("blanket, available or matched", "pattern P1: blanket and available are common")
    needs_assessment: bool = choice(
        "Whether a client is referred only after an assessment", "assumed: follows the rule"
    )
    wish_weight: float = share("Weight of the client's own wish in the choice", "assumed: little", (0.0, 0.5))
    queue_weight: float = quantity(
        "Fit given up for a queue one place-round shorter (matched)",
        "1",
        "assumed: some impatience",
        ge=0.0,
        le=10.0,
        plausible=(0.0, 1.0),
    )
    longest_queue: float = quantity(
        "Longest queue, as a share of the places, to which caseworkers still refer",
        "1",
        "assumed: nobody is sent to a queue of more than half a round",
        ge=0.0,
        le=1_000.0,
        plausible=(0.1, 2.0),
    )
    rest_weeks: int = _weeks("Weeks after a stay before a new referral", "assumed: a term", (0, 26))


class Programme(Group):
    """One activity with places."""

    kind: Kind = choice("Kind of activity", "P10;P13")
    title: str = choice("Name for tables and figures", "assumed: plain words")
    standard: bool = choice("Whether this is the one that blanket referral uses", "assumed: one of them")
    target: Target = choice("Whom it takes", "P13: youth measures are common")
    queue: Queue = choice("Who is admitted first", "assumed: first come")
    places_per_1000: float = quantity(
        "Places for each 1,000 clients of `population.size`",
        "places",
        "assumed: places for about a third of the clients",
        ge=0.0,
        le=1_000.0,
        plausible=(5.0, 150.0),
    )
    weeks: int = quantity(
        "Planned (or mean) length of a stay", "weeks", "P11", ge=1, le=5_200, plausible=(8, 52)
    )
    length: Length = choice("Fixed, or geometric with the same mean", "assumed: fixed")
    content: dict[BarrierName, Content] = choice(
        "Share of each barrier that a completed, fully attended stay removes",
        "P07;P09: ranking by kind; sizes assumed",
    )
    quality: float = share("Share of the content that is really delivered", "assumed: most", (0.4, 1.0))
    lock_in: float = share(
        "Share of search effort lost during the stay",
        "P04: training locks in, employment measures do not; size assumed",
        (0.0, 0.7),
    )
    exit_ratio: dict[DoorName, Ratio] = choice(
        "Hazard ratio by door during the weeks after a completed stay (1 where not named)",
        "P15: near four in ten leave to work or study",
    )
    exit_ratio_weeks: int = _weeks(
        "Weeks for which that ratio holds, to the end of the client's month", "assumed: a quarter", (4, 26)
    )
    sek_per_place_week: float = quantity(
        "Cost of one place for one week, used or empty",
        "SEK",
        "assumed: between coaching and training prices",
        ge=0.0,
        le=100_000.0,
        plausible=(200.0, 4_000.0),
    )


class Costs(Group):
    """Prices, Swedish kronor of 2024 where not said otherwise."""

    benefit_sek_monthly: float = quantity(
        "Benefit of a household without children",
        "SEK/month",
        "M03;M04: about 7,100 in 2012 for the mean household, uprated",
        ge=0.0,
        le=1_000_000.0,
        plausible=(6_000.0, 12_000.0),
    )
    child_sek_monthly: float = quantity(
        "Addition for each child", "SEK/month", "M04", ge=0.0, le=1_000_000.0, plausible=(2_000.0, 4_500.0)
    )
    caseworker_sek_yearly: float = quantity(
        "Cost of one caseworker with overhead",
        "SEK/year",
        "M02",
        ge=0.0,
        le=100_000_000.0,
        plausible=(596_000.0, 745_000.0),
    )
