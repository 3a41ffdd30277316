"""Sanction and benefit rules switched on do what they should, exactly or within Monte Carlo error.

Seeds are fixed, so a test passes or fails for good; where luck decides, the docstring gives the chance that a
correct simulator would have failed at a seed chosen at random.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.engine import Engine
from simulator.randomness import exponential, luck_of, uniform
from simulator.vocabulary import NOBODY, Absence, Door, Purpose, SanctionStep

pytestmark = pytest.mark.statistical

ALPHA = 1e-4
SEED = 23
EVENTFUL = (
    "weeks=104", "population.size=600", "population.burn_in_weeks=30", "sanctions.p_follow_up=0.9",
    "client.attendance.p_no_reason=0.3", "population.prevalence.skills=0.6",
)  # fmt: skip
ONLY_MONEY = (
    "sanctions.bite=0", "sanctions.warning_gain=0", "client.trust.sanction_loss=0",
    "sanctions.withdrawal_ratio_reduced=1", "sanctions.withdrawal_ratio_denied=1",
    "client.trust.motivation_gain=0",
)  # fmt: skip
"""A cut moves nothing but the benefit, so that the same people do the same with it and without it."""

LASTING = ("population.mode=cohort", "doors.work.h_weekly=0", "doors.work.h_return_weekly=0")
"""In the neutral scenario: everybody comes at once, and nobody leaves."""


def played(load, *overrides: str, scenario: str = "default") -> Engine:
    engine = Engine(load(scenario, *overrides), SEED)
    engine.run()
    return engine


def is_share(count: int, of: int, share: float) -> bool:
    """Whether a count of so many agrees with a share (binomial, error rate ALPHA)."""
    return stats.binomtest(int(count), int(of), share).pvalue > ALPHA


def cuts(panel) -> int:
    return int(panel["steps"][:, SanctionStep.REDUCTION :].sum())


# --- escalation, return, child protection ---------------------------------------------------------


def test_deeper_repeated_reductions_take_more_and_return_gives_back(load):
    common = (*EVENTFUL, *ONLY_MONEY, "sanctions.warnings=0", "sanctions.reductions=100")
    plain, deeper, lifted = (
        played(load, *common, *more).spells()
        for more in ((), ("sanctions.reduction_step=0.2",), ("sanctions.lift_on_return=true",))
    )
    for name in ("id", "spell", "end_week", "door", "reductions", "absences"):
        assert plain[name].tolist() == deeper[name].tolist() == lifted[name].tolist()
    once, often = plain["reductions"] <= 1, plain["reductions"] > 1
    assert often.sum() > 50
    np.testing.assert_allclose(deeper["benefit_sek"][once], plain["benefit_sek"][once])
    assert (deeper["benefit_sek"][often] < plain["benefit_sek"][often]).mean() > 0.9
    cut = plain["reductions"] > 0
    assert (lifted["benefit_sek"][~cut] == plain["benefit_sek"][~cut]).all()
    assert (lifted["benefit_sek"][cut] >= plain["benefit_sek"][cut] - 1e-6).all()
    assert (lifted["benefit_sek"][cut] > plain["benefit_sek"][cut] + 1.0).mean() > 0.7


def test_emergency_tests_find_need_as_often_as_set_and_cost_time(load):
    """Share of tests that end in a reduction: binomial, error rate 1e-4."""
    rules = ("sanctions.warnings=0", "sanctions.reductions=0", "sanctions.child_protection=emergency_test")
    engine = played(load, *EVENTFUL, *rules, "sanctions.p_need_found=0.6")
    panel, spells = engine.panel(), engine.spells()
    tests, found = panel["emergency_tests"].sum(), panel["steps"][:, SanctionStep.REDUCTION].sum()
    assert tests > 100
    assert is_share(found, tests, 0.6)
    assert panel["children_hit"].sum() == tests
    assert (spells["children"][spells["reductions"] > 0] > 0).all()
    free = played(
        load, *EVENTFUL, *rules, "casework.unlimited_time=true", "sanctions.emergency_test_minutes=0"
    )
    dear = played(load, *EVENTFUL, *rules, "casework.unlimited_time=true")
    spent = (dear.panel()["minutes"] - free.panel()["minutes"]).sum()
    assert spent == pytest.approx(90.0 * dear.panel()["emergency_tests"].sum())


def test_a_sanction_that_ends_every_stay(load):
    rules = ("sanctions.warnings=0", "collaboration.report_delay_weeks=0")
    panel = played(load, *EVENTFUL, *rules, "sanctions.p_stay_ended=1").panel()
    ended = panel["ended_for_misconduct"].sum()
    assert 0 < ended <= cuts(panel)
    assert ended + panel["absences"][:, Absence.DROP_OUT].sum() <= panel["ended_early"].sum()
    some = played(load, *EVENTFUL, *rules, "sanctions.p_stay_ended=0.5").panel()["ended_for_misconduct"].sum()
    assert 0.3 * ended < some < 0.7 * ended


# --- valid reasons --------------------------------------------------------------------------------


def test_without_required_proof_no_sanction_is_wrong(load):
    proven, believed = (
        played(load, *EVENTFUL, f"sanctions.proof_required={word}").panel() for word in ("true", "false")
    )
    assert proven["wrong_sanctions"].sum() > 20
    assert believed["wrong_sanctions"].sum() == 0
    assert believed["absences_seen"].sum() < proven["absences_seen"].sum()


def test_where_every_cause_is_valid_and_believed_nothing_follows(load):
    every = [f"sanctions.accepts.{cause.label}=true" for cause in Absence]
    panel = played(load, *EVENTFUL, "sanctions.proof_required=false", *every).panel()
    assert panel["absences"].sum() > 500
    assert panel["absences_seen"].sum() == panel["steps"].sum() == 0


# --- who is obliged -------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["everybody", "under_25", "under_25_or_special"])
def test_only_the_obliged_are_sanctioned(load, rule):
    engine = played(load, *EVENTFUL, f"sanctions.age_rule={rule}")
    spells, panel = engine.spells(), engine.panel()
    hit = (spells["warnings"] + spells["reductions"] + spells["denials"]) > 0
    older = spells["age"] >= 25.0
    assert hit[~older].sum() > 5
    assert spells["absences"][older].sum() > 100
    assert (hit[older].sum() == 0) == (rule == "under_25")
    assert (panel["mandatory_over_25"].sum() == 0) == (rule == "under_25")
    assert (panel["offers_declined"].sum() == 0) == (rule == "everybody")
    assert panel["mandatory"].sum() > 0


def test_offers_are_declined_as_often_as_set(load):
    """All of one motivation: the share of offers to the not obliged that are declined; error rate 1e-4."""
    engine = played(
        load, *EVENTFUL, "sanctions.age_rule=under_25", "sanctions.p_accepts_offer=0.6",
        "population.motivation_sd=0", "population.share_under_30=0", "client.trust.motivation_gain=0",
        "client.trust.motivation_loss_monthly=0",
    )  # fmt: skip
    panel = engine.panel()
    declined, accepted = panel["offers_declined"].sum(), panel["admitted"].sum()
    assert declined + accepted > 500
    assert is_share(accepted, declined + accepted, 0.6)


# --- required hours -------------------------------------------------------------------------------


def test_required_activity_pushes_from_the_first_decision_on(load):
    """Each leaves in the week that the own threshold gives: hazard 0.02, and 0.03 from the first decision."""
    rules = ("sanctions.required_hours=40", "sanctions.requirement_push=0.5", "sanctions.requirement_lock=0")
    spells = played(load, "population.size=400", "weeks=400", *rules, scenario="neutral").spells()
    luck, expected = luck_of(SEED, 0), []
    for who in range(400):
        first = int(4 * uniform(luck, who, 1, int(Purpose.MONTH)))
        rest = exponential(luck, who, 1, int(Purpose.THRESHOLD)) - 0.02 * first
        expected.append(
            first + math.ceil(rest / 0.03) if rest > 0 else math.ceil((rest + 0.02 * first) / 0.02)
        )
    exited = spells["door"] != NOBODY
    order = np.argsort(spells["id"])
    weeks = (spells["end_week"] - spells["entry_week"])[order]
    assert exited.sum() > 390
    assert weeks[exited[order]].tolist() == np.array(expected)[exited[order]].tolist()


def test_fewer_clients_per_caseworker_means_more_hours_met(load):
    shares = []
    for clients in (80, 50, 30, 15):
        panel = played(
            load, "weeks=80", "population.size=600", "population.burn_in_weeks=60",
            "sanctions=activity_requirement", f"caseload.clients_per_caseworker={clients}",
        ).panel()  # fmt: skip
        shares.append(panel["hours_met"].sum() / panel["hours_asked"].sum())
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] > 0.8


def test_with_unlimited_time_and_no_programmes_all_hours_are_met_and_paid_for(load):
    engine = played(
        load, *LASTING, "population.size=100", "weeks=40", "sanctions.required_hours=40",
        "sanctions.supervision_minutes_monthly=90", scenario="neutral",
    )  # fmt: skip
    panel = engine.panel()
    assert panel["hours_met"][4:].tolist() == panel["hours_asked"][4:].tolist() == [4000.0] * 36
    from_whom = (
        panel["minutes"].sum()
        - played(load, *LASTING, "population.size=100", "weeks=40", scenario="neutral")
        .panel()["minutes"]
        .sum()
    )
    assert from_whom == pytest.approx(100 * 10 * 90.0)


def test_nobody_is_always_looked_after_last(load):
    """Time for two in ten: within fifty months each is looked after at least once; error rate 40 * 0.8^50."""
    scenario = load(
        "neutral", *LASTING, "population.size=40", "weeks=200", "sanctions.required_hours=40",
        "caseload.caseworkers=1", "caseload.hours_per_week=5", "casework.unlimited_time=false",
        "casework.share_for_clients=0", "casework.decision_minutes=0",
        "sanctions.supervision_minutes_monthly=120",
    )  # fmt: skip
    engine, weeks = Engine(scenario, SEED), np.zeros(40)
    while engine.weeks_left > 0:
        engine.step()
        weeks += engine.offices[0].clients.own_hours[:40] > 0.0
    assert 0.1 < weeks.mean() / 200 < 0.3
    assert weeks.min() >= 4


# --- the benefit ----------------------------------------------------------------------------------


def test_the_cap_is_what_larger_households_get(load):
    spells = played(
        load, "weeks=60", "population.size=600", "sanctions=none", "benefit=cap_2027"
    ).spells()  # fmt: skip
    weekly = spells["benefit_sek"] / np.maximum(1, spells["end_week"] - spells["entry_week"])
    larger = (
        (spells["children"] > 3) & (spells["entry_week"] >= 0) & (spells["end_week"] > spells["entry_week"])
    )
    assert larger.sum() > 5
    np.testing.assert_allclose(weekly[larger], 15300.0 * 12 / 52)


@pytest.mark.parametrize(("h_begin", "h_end"), [(0.02, 0.05), (0.05, 0.02)])
def test_share_in_part_time_work_is_that_of_its_two_hazards(load, h_begin, h_end):
    """Nobody leaves: in the last week the share is binomial about its limit; error rate 1e-4."""
    panel = played(
        load, *LASTING, "population.size=4000", "weeks=300", f"benefit.h_part_time_weekly={h_begin}",
        f"benefit.h_part_time_end_weekly={h_end}", scenario="neutral",
    ).panel()  # fmt: skip
    begin, end = 1.0 - math.exp(-4 * h_begin), 1.0 - math.exp(-4 * h_end)
    assert is_share(panel["part_time"][-1], 4000, begin / (begin + end))
    full = panel["benefit_sek"][0] / 4000
    working = panel["part_time"][:-1]  # who works from the end of one week on earns in the next
    np.testing.assert_allclose(panel["benefit_sek"][1:], full * (4000 - 0.35 * working))


def test_the_stimulus_lets_people_keep_a_quarter_in_its_weeks(load):
    """All are on benefit from week 0; in weeks 29 to 49 every worker keeps a quarter, in 54 to 74 nobody."""
    panel = played(
        load, *LASTING, "population.size=2000", "weeks=75", "benefit=job_stimulus",
        "benefit.stimulus_weeks=26", "benefit.h_part_time_weekly=0.02", scenario="neutral",
    ).panel()  # fmt: skip
    lost = 1.0 - panel["benefit_sek"][1:] / panel["benefit_sek"][0]
    share = lost / (panel["part_time"][:-1] / 2000)
    np.testing.assert_allclose(share[28:50], 0.35 * 0.75)
    np.testing.assert_allclose(share[4:24], 0.35)
    np.testing.assert_allclose(share[55:74], 0.35)


def test_part_time_work_is_a_stepping_stone(load):
    """Logrank-like: with a ratio of 3 more leave, by at least four standard errors of a binomial."""
    common = ("population.size=3000", "weeks=60", "benefit=part_time", "benefit.h_part_time_weekly=0.05")
    left = []
    for ratio in (1.0, 3.0):
        spells = played(load, *common, f"benefit.stepping_stone={ratio}", scenario="neutral").spells()
        left.append((spells["door"] == Door.WORK).sum())
    assert left[1] - left[0] > 4 * math.sqrt(3000 * 0.25)
