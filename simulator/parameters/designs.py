"""Settings of published designs: trials, offices that differ, event studies, entry cohorts, roll-outs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from simulator.parameters.base import Group, choice, quantity, share, whole_weeks
from simulator.parameters.words import ClockName, DoorName, EventName, PeopleName, PlacingName

DESIGN = "assumed: a design choice"
Bounds = list[str | float | bool]
"""A subgroup by one column: of numbers, the lowest and (not included) the highest; else the values."""


def _mapping(title: str) -> Any:  # noqa: ANN401  (as pydantic's Field)
    return Field(title=title, json_schema_extra={"unit": "", "source": DESIGN})


def _subgroup() -> Any:  # noqa: ANN401  (as pydantic's Field)
    return _mapping("Whose spells count: by column of spells, [lowest, highest) of numbers, else the values")


def _follow_up() -> Any:  # noqa: ANN401  (as pydantic's Field)
    return quantity(
        "Weeks for which each person is followed",
        "weeks",
        "C06: two years",
        ge=1,
        le=5_200,
        plausible=(26, 260),
    )


def _horizons() -> Any:  # noqa: ANN401  (as pydantic's Field)
    return choice("Weeks by which exits are counted", "C03: twelve months")


def _level() -> Any:  # noqa: ANN401  (as pydantic's Field)
    return quantity(
        "Coverage of the intervals", "1", "assumed: usual", ge=0.5, le=0.9999, plausible=(0.9, 0.99)
    )


class TrialStudy(Group):
    """Arms drawn at random, person by person, and what differs between them."""

    kind: Literal["trial"] = choice("Kind of study", "assumed: text")
    arms: list[str] = choice(
        "Arms: 'NAME: KEY=VALUE KEY=VALUE', one text each; the first is what others are compared with", DESIGN
    )
    shares: list[float] = choice("Share of people drawn into each arm (empty: equal ones)", DESIGN)
    placing: PlacingName = choice(
        "inside: all arms in the same offices; worlds: each arm in a copy with the same people",
        DESIGN,
    )
    rotate: bool = choice(
        "inside: simulate the trial once for each turn of the arms, so that everybody is in every arm once",
        "assumed: narrower intervals at the price of more runs",
    )
    staff_apart: bool = choice("inside: whether each arm has caseworkers of its own", "C01")
    start_week: int | None = whole_weeks(
        "Week in which the arms get their rules (null: from the beginning)", DESIGN, (0, 52)
    )
    treatment_weeks: int | None = quantity(
        "inside: weeks for which arms have their rules; then the scenario's hold again (null: to the end)",
        "weeks",
        "C01: a pilot has an end",
        ge=1,
        le=5_200,
        plausible=(26, 104),
    )
    people: PeopleName = choice(
        "Whose spells: newcomers, those on benefit at the start (stock), or both", "C02"
    )
    intake_weeks: int | None = quantity(
        "Weeks from the start in which newcomers come into the trial (null: as long as they can be followed)",
        "weeks",
        "C39",
        ge=1,
        le=5_200,
        plausible=(13, 104),
    )
    clock: ClockName = choice(
        "From when people are followed: entry (or start), or the planned talk", "C02;C28"
    )
    follow_up_weeks: int = _follow_up()
    horizons_weeks: list[int] = _horizons()
    doors: list[DoorName] = choice(
        "Ways out by which exits and hazard ratios are given, too (empty: all together, and to work)",
        DESIGN,
    )
    subgroup: dict[str, Bounds] = _subgroup()
    split: str | None = choice("Column by which results are given apart (numbers: at their median)", "C29")
    saturations: list[float] = choice(
        "Two arms: shares of people in the second, simulated for direct, displaced and net effect",
        "C33;C34",
    )
    level: float = _level()

    def arms_by_name(self) -> dict[str, str]:
        """Return the overrides of each arm by its name."""
        pairs = (text.partition(":") for text in self.arms)
        return {name.strip(): changes.strip() for name, _, changes in pairs}


class OfficesStudy(Group):
    """Offices that work differently: regression of an outcome on what differs, by stratum."""

    kind: Literal["offices"] = choice("Kind of study", "assumed: text")
    offices: int = quantity(
        "Offices of the municipality", "offices", DESIGN, ge=2, le=10_000, plausible=(10, 100)
    )
    vary: str = choice(
        "What differs, with spaces between: KEY=interval(LOW,HIGH), drawn evenly, or KEY=VALUE,... in turn",
        DESIGN,
    )
    outcome: str = choice("What is regressed: a measure of spells, averaged by office", DESIGN)
    characteristics: list[str] = choice(
        "On what: settings that vary, or columns of offices (empty: all settings)", DESIGN
    )
    by: str | None = choice("Column of spells whose values are strata (null: everybody together)", DESIGN)
    follow_up_weeks: int = _follow_up()
    subgroup: dict[str, Bounds] = _subgroup()
    level: float = _level()


class EventStudy(Group):
    """What follows a first event, against those without it so far after equally long on benefit."""

    kind: Literal["event_study"] = choice("Kind of study", "assumed: text")
    event: EventName = choice("The first what of a spell", "S07")
    programme: str | None = choice("Only stays in this programme, by short name (null: any)", "P04")
    match_on: list[str] = choice("Columns of spells that controls have in common with the treated", "S08")
    period_weeks: int = quantity(
        "Weeks of a period after the event", "weeks", "S08: by month", ge=1, le=520, plausible=(4, 13)
    )
    periods: int = quantity(
        "Periods after the event", "periods", "S08: some months", ge=1, le=520, plausible=(3, 24)
    )
    return_weeks: int = quantity(
        "Weeks after an exit in which coming back counts",
        "weeks",
        "assumed: a year",
        ge=1,
        le=5_200,
        plausible=(26, 104),
    )
    subgroup: dict[str, Bounds] = _subgroup()
    level: float = _level()


class CohortStudy(Group):
    """Yearly status of those who came in the first weeks, with and without true duration dependence."""

    kind: Literal["cohort"] = choice("Kind of study", "assumed: text")
    entry_weeks: int = quantity(
        "Weeks in which the cohort comes", "weeks", "assumed: a year", ge=1, le=520, plausible=(1, 52)
    )
    years: int = quantity("Years for which it is followed", "years", DESIGN, ge=1, le=60, plausible=(2, 10))
    without: str = choice("What switches true duration dependence off: overrides with spaces between", DESIGN)
    by: str | None = choice(
        "Column of spells whose values are shown apart (null: everybody together)", DESIGN
    )
    subgroup: dict[str, Bounds] = _subgroup()
    level: float = _level()


class RolloutStudy(Group):
    """A rule that comes into force in some offices before others: difference-in-differences."""

    kind: Literal["rollout"] = choice("Kind of study", "assumed: text")
    rule: str = choice("What comes into force: overrides with spaces between", DESIGN)
    first_week: int = whole_weeks("Week in which it comes into force in the first wave", DESIGN, (26, 156))
    waves: int = quantity(
        "Groups of offices that come one after the other", "waves", DESIGN, ge=1, le=1_000, plausible=(1, 8)
    )
    wave_weeks: int = whole_weeks("Weeks from one wave to the next", DESIGN, (0, 52))
    share_offices: float = share(
        "Share of offices that it reaches; the others are never treated", DESIGN, (0.3, 0.8)
    )
    offices: int = quantity(
        "Offices of the municipality", "offices", DESIGN, ge=2, le=10_000, plausible=(10, 100)
    )
    outcome: str = choice("What is measured in each office and period", DESIGN)
    period_weeks: int = quantity(
        "Weeks of a period", "weeks", "assumed: a quarter", ge=1, le=520, plausible=(4, 26)
    )
    leads: int = quantity("Periods before that are shown", "periods", DESIGN, ge=1, le=520, plausible=(2, 8))
    lags: int = quantity("Periods after that are shown", "periods", DESIGN, ge=0, le=520, plausible=(2, 8))
    subgroup: dict[str, Bounds] = _subgroup()
    level: float = _level()


PublishedDesign = TrialStudy | OfficesStudy | EventStudy | CohortStudy | RolloutStudy
