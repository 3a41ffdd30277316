"""Settings of one activity with places."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, quantity, share, whole_weeks
from simulator.parameters.words import (
    BarrierName,
    DoorName,
    ProgrammeKindName,
    QueueRuleName,
    Ratio,
    Share,
    StayLengthName,
    TargetGroupName,
)


class Programme(Group):
    """One activity with places."""

    kind: ProgrammeKindName = choice("Kind of activity", "P10;P13")
    title: str = choice("Name for tables and figures", "assumed: plain words")
    standard: bool = choice("Whether this is the one that blanket referral uses", "assumed: one of them")
    target: TargetGroupName = choice("Whom it takes", "P13: youth measures are common")
    queue: QueueRuleName = choice("Who is admitted first", "assumed: first come")
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
    length: StayLengthName = choice("Fixed, or geometric with the same mean", "assumed: fixed")
    hours_per_week: float = quantity(
        "Hours a week that a participant is there (read only where hours are required)",
        "hours",
        "assumed: half to full time by kind",
        ge=0.0,
        le=40.0,
        plausible=(10.0, 40.0),
    )
    content: dict[BarrierName, Share] = choice(
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
    exit_ratio_weeks: int = whole_weeks(
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
