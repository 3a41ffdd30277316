"""The published patterns as experiments: arms that differ in one thing, measures, and claims.

Texts and sources of the patterns stand in `simulator/data/patterns.csv`, under the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.experiments import measures as m
from simulator.experiments.claims import Claim, Less, Reported, Within
from simulator.vocabulary import Absence


@dataclass(frozen=True)
class Arm:
    """One scenario of an experiment: a name and overrides."""

    scenario: str = "default"
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A published pattern and the experiment that tries it.

    Attributes
    ----------
    arms : mapping of str to Arm
        What is simulated, by name.
    measures : mapping of str to Measure
        What is measured in every arm, by words and unit.
    claims : sequence of Claim
        What has to hold, or is only reported.
    times : int
        How many times as many replications its arms take as others: more where a difference is small.
    """

    arms: Mapping[str, Arm]
    measures: Mapping[str, m.Measure]
    claims: Sequence[Claim]
    times: int = 1


def arms(changes: Mapping[str, str]) -> dict[str, Arm]:
    """Return arms of the default scenario by name, each by its overrides with spaces between."""
    return {name: Arm(changes=tuple(text.split())) for name, text in changes.items()}


def less(measure: str, first: str, second: str, strict: bool = True) -> Less:
    """Return the claim that a measure is smaller in the first arm than in the second."""
    return Less((measure, first), (measure, second), strict)


def rising(measure: str, *names: str) -> list[Claim]:
    """Return the claims that a measure rises from arm to arm."""
    return [less(measure, first, second) for first, second in pairwise(names)]


WEEKS = "mean weeks on benefit in two years"
PLANNED = "share with a plan at 13 weeks"
MATCH = "share of referrals that meet the largest barrier"
GAPS = {"talks": "meetings", "referrals": "referrals"}
ERROR = "error of an assessment"
SEEN = "weeks from absence to its being taken up"
FIRST_ACTIVITY = "mean weeks to the first activity"
BELIEFS = {52: "error of beliefs after 1 year", 156: "after 3 years", 259: "after 5 years"}
REGIMES = ("integrated", "coordinated", "order_and_report", "silo")
REGIME_ARMS = arms({regime: f"collaboration={regime}" for regime in REGIMES})
LEARNING = "referral=matched population.burn_in_weeks=0 collaboration.p_result_seen"
YOUTH_FIRST = " ".join(
    f"programmes.{name}.queue=young_first"
    for name in ("coaching", "job_search", "work_practice", "vocational", "language", "subsidised_job")
)
DENYING = "sanctions=refusal_only sanctions.child_protection"
CHILDREN_DENIED = "denials in households with children"
SHORT = "reform.collaboration.review_minutes=22.5"
REVIEW = "referral=matched reform.week=0 collaboration@reform.collaboration=order_and_report"


def _caseload(*numbers: int) -> dict[str, Arm]:
    return arms({f"{n} clients": f"caseload.clients_per_caseworker={n}" for n in numbers})


PATTERNS: dict[str, Pattern] = {
    "P1": Pattern(
        arms({rule: f"referral={rule}" for rule in ("blanket", "available", "matched")}),
        {MATCH: m.share_of_spells("fitting_referrals", "referrals")},
        [less(MATCH, "available", "matched"), less(MATCH, "blanket", "available", strict=False)],
    ),
    "P2": Pattern(
        _caseload(30, 60, 90, 120),
        {f"{what} a month, near less far": m.gap_near_far(column, 26) for what, column in GAPS.items()},
        [less(f"{what} a month, near less far", "30 clients", "120 clients") for what in GAPS],
    ),
    "P3": Pattern(
        REGIME_ARMS,
        {WEEKS: m.time_on_benefit()},
        [
            less(WEEKS, "integrated", "coordinated", strict=False),
            *rising(WEEKS, "coordinated", "order_and_report", "silo"),
        ],
    ),
    "P4": Pattern(
        arms(
            {
                "neither": "sanctions=none casework.p_plan=0.0",
                "follow-up": "sanctions=warning casework.p_plan=0.0",
                "sanctions": "sanctions=strict casework.p_plan=0.0",
                "plans": "sanctions=none casework.p_plan=1.0",
                "together": "sanctions=strict casework.p_plan=1.0",
            }
        ),
        {WEEKS: m.time_on_benefit()},
        [
            claim
            for one in ("follow-up", "sanctions", "plans")
            for claim in (less(WEEKS, one, "neither"), less(WEEKS, "together", one))
        ],
        times=8,  # following up alone moves little
    ),
    "P5": Pattern(
        arms(
            {
                "never": REVIEW,
                "monthly": f"{REVIEW} reform.collaboration.review_weeks=4",
                "weekly": f"{REVIEW} reform.collaboration.review_weeks=1 {SHORT}",
            }
        ),
        {
            WEEKS: m.time_on_benefit(),
            f"{WEEKS}, first year": m.time_on_benefit(0, 51),
            f"{WEEKS}, third year": m.time_on_benefit(104, 155),
        },
        [less(WEEKS, "monthly", "never"), less(WEEKS, "weekly", "never")],
        times=4,  # a review a month moves little
    ),
    "P6": Pattern(
        arms(
            {
                "one standard": "programmes=one_standard",
                "broad": "programmes=broad",
                "youth first": f"programmes=broad casework.youth_priority=2 {YOUTH_FIRST}",
            }
        ),
        {
            WEEKS: m.time_on_benefit(),
            f"{WEEKS}, under 30": m.time_on_benefit(young=True),
            f"{FIRST_ACTIVITY}, 30 and over": m.wait_for("first_activity_week", young=False),
        },
        [
            less(WEEKS, "broad", "one standard"),
            less(f"{WEEKS}, under 30", "youth first", "broad"),
            less(f"{FIRST_ACTIVITY}, 30 and over", "broad", "youth first"),
        ],
    ),
    "P7": Pattern(
        arms(
            {
                f"{who}, {n} clients": f"collaboration.assessor={who} caseload.clients_per_caseworker={n}"
                for who in ("referrer", "provider", "joint")
                for n in (40, 90)
            }
        ),
        {ERROR: m.ratio("assessment_error", "assessments")},
        [
            *(less(ERROR, f"provider, {n} clients", f"referrer, {n} clients") for n in (40, 90)),
            less(ERROR, "referrer, 40 clients", "referrer, 90 clients"),
        ],
    ),
    "P8": Pattern(
        _caseload(65, 100),
        {
            "weeks between talks": m.ratio("served", "meetings"),
            "minutes of a talk": m.ratio("talk_minutes", "meetings"),
        },
        [
            *(Within("weeks between talks", f"{n} clients", 10.0, 16.0) for n in (65, 100)),
            *(Within("minutes of a talk", f"{n} clients", 10.0, 20.0) for n in (65, 100)),
        ],
    ),
    "P9": Pattern(
        arms(
            {
                "no sharing": f"{LEARNING}=0.0",
                "reports": f"{LEARNING}=0.5",
                "shared review": f"{LEARNING}=0.5 collaboration.review_weeks=4",
            }
        ),
        {words: m.in_week("belief_error", week) for week, words in BELIEFS.items()},
        [
            claim
            for words in BELIEFS.values()
            for claim in rising(words, "shared review", "reports", "no sharing")
        ],
    ),
    "P10": Pattern(
        REGIME_ARMS,
        {SEEN: m.ratio("weeks_to_take_up", "cases_taken_up")},
        rising(SEEN, *REGIMES),
    ),
    "P11": Pattern(
        arms({"gate off": "employment_service=beside", "gate on": "employment_service=first"}),
        {FIRST_ACTIVITY: m.wait_for("first_activity_week")},
        [less(FIRST_ACTIVITY, "gate off", "gate on")],
    ),
    "P12": Pattern(
        {"Uppsala": Arm("uppsala_one_week"), "Botkyrka": Arm("botkyrka_project_places")},
        {"median weeks to the first activity": m.wait_for("first_activity_week", quantile=0.5)},
        [
            Within("median weeks to the first activity", "Uppsala", 0.0, 1.0),
            less("median weeks to the first activity", "Uppsala", "Botkyrka"),
        ],
    ),
    "P13": Pattern(
        arms({"default": ""}),
        {"mean completed stay, weeks": m.ratio("stay_weeks", "completed")},
        [Within("mean completed stay, weeks", "default", 26.0, 52.0)],
    ),
    "P14": Pattern(
        arms({"default": ""}),
        {"share with a plan at 13 weeks": m.share_planned(13)},
        [Reported("share with a plan at 13 weeks", "default")],
    ),
    "P15": Pattern(
        arms({"default": "sanctions.p_stay_ended=0.5"}),
        {
            "refusals": m.total("absences_refusal"),
            "drop-outs": m.total("absences_drop_out"),
            "ended for misconduct": m.total("ended_for_misconduct"),
        },
        [
            Less(("refusals", "default"), ("drop-outs", "default")),
            *(
                Less(("ended for misconduct", "default"), (other, "default"))
                for other in ("refusals", "drop-outs")
            ),
        ],
    ),
    "P16": Pattern(
        arms({"default": ""}),
        {cause.label: m.total(f"absences_{cause.label}") for cause in list(Absence)[1:]},
        [
            Less((cause.label, "default"), (Absence.ILLNESS.label, "default"))
            for cause in list(Absence)[1:]
            if cause != Absence.ILLNESS
        ],
    ),
    "P17": Pattern(
        arms({rule: f"{DENYING}={rule}" for rule in ("none", "reduce", "emergency_test")}),
        {
            CHILDREN_DENIED: m.denials(children=True),
            "denials in households without": m.denials(children=False),
            "emergency tests": m.total("emergency_tests"),
        },
        [
            Within(CHILDREN_DENIED, "reduce", 0.0, 0.0),
            less(CHILDREN_DENIED, "emergency_test", "none"),
            Less(
                (CHILDREN_DENIED, "emergency_test"),
                ("emergency tests", "emergency_test"),
            ),
            less(CHILDREN_DENIED, "reduce", "none"),
        ],
    ),
    "P18": Pattern(
        {"age rule": Arm("sol_age_rule"), "all ages": Arm("sol_age_rule", ("sanctions.age_rule=everybody",))},
        {
            "share over 25 of mandatory weeks": m.ratio("mandatory_over_25", "mandatory"),
            "activity weeks of the young": m.activity_of_the_young(),
        },
        [
            less("share over 25 of mandatory weeks", "age rule", "all ages"),
            less("activity weeks of the young", "all ages", "age rule"),
        ],
    ),
    "P19": Pattern(
        arms({"default": "employment_service=beside"}),
        {"share registered anew within 13 weeks": m.ratio("new_registrations", "deregistrations")},
        [Within("share registered anew within 13 weeks", "default", 0.0, 0.999)],
    ),
    "P20": Pattern(
        arms({"default": ""}),
        {"attendance, good match": m.attendance(True), "attendance, no match": m.attendance(False)},
        [Less(("attendance, no match", "default"), ("attendance, good match", "default"))],
    ),
}
