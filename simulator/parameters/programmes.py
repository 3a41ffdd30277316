"""Settings of one activity with places, and what must fit together in a catalogue of them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.errors import nearest
from simulator.parameters.base import Group, choice, quantity, share, whole_weeks
from simulator.parameters.words import (
    BarrierName,
    DoorName,
    OwnerName,
    ProgrammeKindName,
    QueueRuleName,
    Ratio,
    Share,
    StayLengthName,
    TargetGroupName,
)

ROUNDING = 1e-9
"""What shares that add up to one may miss it by."""


class Programme(Group):
    """One activity with places."""

    kind: ProgrammeKindName = choice("Kind of activity", "P10;P13")
    title: str = choice("Name for tables and figures", "assumed: plain words")
    standard: bool = choice("Whether this is the one that blanket referral uses", "assumed: one of them")
    owner: OwnerName = choice("Who runs it", "P10;P13: several owners work together as joint")
    target: TargetGroupName = choice("Whom it takes", "P13: youth measures are common")
    entry_most: dict[BarrierName, Share] = choice(
        "Largest believed barrier with which a client is taken (any where not named)",
        "assumed: courses ask for some language and health",
    )
    entry_after_weeks: int = whole_weeks(
        "Weeks on benefit before a client is taken", "P09: measures for the long-term", (0, 52)
    )
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
    starts_week: int = quantity(
        "First week in which it runs (0: the first reported week)",
        "weeks",
        "assumed: projects begin when there is money",
        ge=-5_200,
        le=5_200,
        plausible=(-5_200, 260),
    )
    ends_week: int = quantity(
        "First week in which it runs no more; whoever is inside leaves",
        "weeks",
        "assumed: projects last some years",
        ge=-5_200,
        le=5_200,
        plausible=(52, 5_200),
    )
    leads_to: str = choice(
        "Short name of the programme that whoever completes this one enters next (empty: none)",
        "assumed: stepwise chains as local programmes describe them",
    )
    mix: dict[str, Share] = choice(
        "Share of the week given to other programmes' content, by their short names; the rest is its own",
        "assumed: half a day each as local programmes describe them",
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
    h_hire_weekly: float = quantity(
        "Hazard of being hired by an employer of the agreement, added to the door work during the stay",
        "1/week",
        "assumed: no study of employer agreements gives a rate",
        ge=0.0,
        le=10.0,
        plausible=(0.0, 0.05),
    )
    employs: bool = choice(
        "Whether it hires: benefit ends at admission, and the place is taken for the length of the job",
        "P07: public jobs; here with rights to unemployment insurance",
    )
    p_insured: float = share(
        "Chance that whoever has been hired has earned unemployment insurance and does not come back",
        "assumed: a year of work earns the right, not all stay for a year",
        (0.3, 1.0),
    )
    sek_per_place_week: float = quantity(
        "Cost of one place for one week, used or empty",
        "SEK",
        "assumed: between coaching and training prices of about 2024",
        ge=0.0,
        le=100_000.0,
        plausible=(200.0, 4_000.0),
    )

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Programme:
        if self.starts_week >= self.ends_week:
            raise PydanticCustomError(
                "weeks",
                "the programme ends (ends_week: {ends}) before it has begun (starts_week: {starts})",
                {"starts": self.starts_week, "ends": self.ends_week},
            )
        return self

    @model_validator(mode="after")
    def _mix_fits_into_the_week(self) -> Programme:
        total = sum(self.mix.values())
        if total > 1.0 + ROUNDING:
            raise PydanticCustomError(
                "mix",
                "the shares of mix add up to {total}, more than the whole week",
                {"total": f"{total:g}"},
            )
        return self


def check_catalogue(programmes: Mapping[str, Programme]) -> None:
    """Make sure that programmes name only each other, and that no chain of them comes back to its beginning.

    Raises
    ------
    PydanticCustomError
        With the first mistake.
    """
    for name, programme in programmes.items():
        named = [*programme.mix, *([programme.leads_to] if programme.leads_to else [])]
        for other in named:
            _check_named(name, other, programmes)
    for name in programmes:
        _check_chain(name, programmes)


def _check_named(name: str, other: str, programmes: Mapping[str, Programme]) -> None:
    if other == name or other not in programmes:
        near = nearest(other, [one for one in programmes if one != name])
        problem = "itself" if other == name else f"'{other}', which is not in the catalogue"
        hint = f"; did you mean '{near}'?" if near and other != name else ""
        raise PydanticCustomError(
            "catalogue",
            "programmes.{name} names {problem}{hint}",
            {"name": name, "problem": problem, "hint": hint},
        )


def _check_chain(name: str, programmes: Mapping[str, Programme]) -> None:
    chain = [name]
    while (following := programmes[chain[-1]].leads_to) and following not in chain:
        chain.append(following)
    if following:
        raise PydanticCustomError(
            "chain", "leads_to goes round in a circle: {chain}", {"chain": ", ".join([*chain, following])}
        )
