"""The worlds that published facts are looked for in: the scenario with a published study's people and design.

A world is simulated like any other scenario. Worlds share their luck.
"""

from __future__ import annotations

STOCK = "stock"
JOB_READY = "study.subgroup={hindrance: [unemployment]}"
READY_AND_MIXED = "study.subgroup={hindrance: [unemployment, language]}"
INSIDE = ("study=trial", "study.placing=inside", "study.rotate=false")
SHARED = "study.staff_apart=false"
INSURED = "casework=insured"
"""Trials in employment services: their advisers decide no benefit every month."""

NEWCOMERS = ("study.people=newcomers", JOB_READY)
EVERYBODY = ("study.people=both", "study.start_week=0")
USUAL = "caseload.clients_per_caseworker=250"
PILOT = ("study.intake_weeks=64", "study.treatment_weeks=78", "population.size=5000")
"""So many weeks of newcomers leave existing clients the share that they were of the published trial's people
(C39). It went on in 2015 and 2016 (C01), which is read as a year and a half."""
TURNED = ", turned"


def _events(event: str, *more: str) -> tuple[str, ...]:
    return ("study=event_study", f"study.event={event}", "study.period_weeks=13", "study.periods=2", *more)


def _both_turns(name: str, design: tuple[str, ...], first: str, second: str) -> dict[str, tuple[str, ...]]:
    """Return a trial twice, the second time with the arms turned, so that everybody is in each arm once."""
    return {
        name: (*design, f"study.arms=['{first}', '{second}']"),
        f"{name}{TURNED}": (*design, f"study.arms=['{second}', '{first}']"),
    }


EVERY_THIRD_MONTH = "casework.talk_interval_weeks=13"
"""How often job centres talked with a client (pattern P8)."""

THREE_TIMES = "caseload.clients_per_caseworker=30 casework.talk_interval_weeks=4.33"
"""Three times as often as every third month, and caseworkers who have the time for it."""


def _talks(people: tuple[str, ...], first: str, second: str) -> tuple[str, ...]:
    """Return a trial of these people in two arms with advisers of their own."""
    arms = f"study.arms=['first: {first}', 'second: {second}']"
    return (*INSIDE, INSURED, *people, "study.staff_apart=true", arms)


CLOSE = "sanctions.p_follow_up=1 sanctions.strictness=1"
"""Every absence that is seen has its consequence, so that many are warned and cut."""

HALVES = {
    "0": (EVERY_THIRD_MONTH, EVERY_THIRD_MONTH),
    "0.5": (EVERY_THIRD_MONTH, THREE_TIMES),
    "1": (THREE_TIMES, THREE_TIMES),
}
"""What the same two halves of all people get if so large a share is treated."""

MARKETS = FEW, MANY = ("tight", "slack")
"""Vacancies too few for clients who would find work, and twice as many."""

STAFF_80, STAFF_40 = "caseload 80", "caseload 40"
INSURED_PEOPLE = (
    INSURED, "costs=german_insurance", "population.newcomers_per_1000_weekly=30",
    *(f"population.prevalence.{one}=0" for one in ("health", "substance", "debt", "language", "family")),
)  # fmt: skip
"""Advisers, hindrances and prices of an insurance: its clients have worked until lately, and stay shortly."""

WORLDS: dict[str, tuple[str, ...]] = {
    STOCK: ("population.size=7500",),
    **_both_turns(
        "caseload",
        (*INSIDE, INSURED, "study.staff_apart=true", *EVERYBODY, *PILOT, USUAL, READY_AND_MIXED),
        "control:",
        "treated: caseload.clients_per_caseworker=100",
    ),
    **_both_turns(
        "lost meeting",
        (
            *INSIDE, INSURED, SHARED, *NEWCOMERS, "study.clock=planned_talk", "study.split=caseworker_skill",
            "population.size=5000",
        ),
        "kept: casework.cancelled_talk=1 casework.p_cancelled=0.0",
        "lost: casework.cancelled_talk=1 casework.p_cancelled=1.0",
    ),
    "sanction": _events(
        "cut", JOB_READY, "sanctions=reduction_first", "sanctions.p_follow_up=0.25", "sanctions.strictness=1",
        "population.size=10000",
    ),
    "contact": (
        *_talks(
            NEWCOMERS,
            f"{EVERY_THIRD_MONTH} referral.offers=[]",
            f"{THREE_TIMES} referral.offers=[job_search]",
        ),
        "programmes.job_search.places_per_1000=200",
    ),
    "employment measure": _events("programme", "study.programme=work_practice"),
    "training": _events("programme", "study.programme=vocational"),
    "programmes": (
        *INSIDE, SHARED, "study.people=newcomers", "study.follow_up_weeks=156",
        "study.horizons_weeks=[52,156]", "study.arms=['none: referral.offers=[]', 'offered:']",
    ),
    **{
        f"{share} treated, {market}": (*_talks(EVERYBODY, *halves), f"vacancies={market}")
        for market in MARKETS
        for share, halves in HALVES.items()
    },
    STAFF_80: INSURED_PEOPLE,
    STAFF_40: (
        *INSURED_PEOPLE, "caseload@reform.caseload=ratio", "reform.caseload.clients_per_caseworker=40",
        "reform.week=0",
    ),
    "silo": ("collaboration=silo",),
    "merged": (
        "collaboration=silo", "collaboration@reform.collaboration=integrated", "reform.week=0",
        "reform.transition_overhead=0.15", "reform.transition_gradual=true",
    ),
    **_both_turns(
        "strict", (*INSIDE, SHARED, "study.people=newcomers", "study.subgroup={age: [18, 25]}"),
        "none: sanctions=none", "strict: sanctions=strict",
    ),
    "warned and cut": (
        *INSIDE, SHARED, "study.people=newcomers",
        "study.arms=['none: sanctions=none', "
        f"'warned: sanctions=warning {CLOSE}', "
        f"'cut: sanctions=ladder sanctions.warnings=0 sanctions.allow_denial=false {CLOSE}']",
    ),
}  # fmt: skip
"""What each world changes in the scenario, as overrides."""
