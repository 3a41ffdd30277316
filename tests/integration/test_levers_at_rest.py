"""A lever at its neutral value is as if it were not there, and a reform is the rules it brings."""

from __future__ import annotations

import pandas as pd
import pytest

from simulator.composing import load_scenario
from simulator.experiments.runner import simulate
from simulator.model import Municipality

SMALL = (
    "population.size=150", "population.offices=2", "population.burn_in_weeks=20", "weeks=60",
    "client.attendance.p_no_reason=0.3", "referral=matched",
)  # fmt: skip
AT_REST = {
    "assessor is the referrer": (
        "collaboration.provider_hours_per_1000=400", "collaboration.provider_noise_factor=0.1",
        "collaboration.provider_trust=0.9", "collaboration.joint_minutes=45",
    ),
    "no reassessment": (
        "collaboration.reassessment=false", "collaboration.reassess_above=0.0",
        "collaboration.reassess_weeks=9", "collaboration.p_consent=0.1",
    ),
    "no case review": (
        "collaboration.review_weeks=0", "collaboration.review_minutes=500", "collaboration.review_weight=1.0",
    ),
    "employment service outside": (
        "employment_service.caseworkers_per_1000=90", "employment_service.p_offer=1.0",
        "employment_service.support_gain=2.0", "employment_service.p_deregister_monthly=1.0",
        "employment_service.p_benefit_known=1.0", "employment_service.h_new_registration_weekly=2.0",
    ),
    "no template": ("casework.template_noise_factor=0.1", "casework.template_minutes_factor=4.0"),
    "no triage": ("casework.own_power_above=0.1", "casework.too_heavy_below=0.9"),
    "no reform": (
        "reform.transition_overhead=0.3", "reform.transition_weeks=10", "reform.share_offices=0.5",
        "reform.transition_gradual=true", "collaboration@reform.collaboration=integrated",
    ),
}  # fmt: skip
REFORM = ("reform.transition_weeks=0", "collaboration@reform.collaboration=integrated")


def spells(*overrides: str) -> pd.DataFrame:
    return simulate(load_scenario("default", *SMALL, *overrides), replications=2, seed=3).spells


@pytest.fixture(scope="module")
def at_rest() -> pd.DataFrame:
    return spells("collaboration.reassessment=false")


@pytest.mark.parametrize("lever", AT_REST)
def test_a_lever_at_rest_changes_nothing(lever, at_rest):
    other = spells("collaboration.reassessment=false", *AT_REST[lever])
    pd.testing.assert_frame_equal(other, at_rest, check_exact=True)


@pytest.mark.parametrize(
    "on",
    [
        "collaboration.assessor=provider", "collaboration.assessor=joint", "collaboration.reassessment=true",
        "collaboration.review_weeks=2", "collaboration.p_result_seen=0.0", "employment_service=beside",
        "employment_service=first", "casework.template=true", "casework.triage=true",
        "referral.habit_weight=2.0", "casework.p_plan=0.2", "collaboration.plan_factor=2.0",
        "casework.creaming_referral=0.0", "casework.youth_priority=3.0",
    ],
)  # fmt: skip
def test_a_lever_at_work_changes_something(on, at_rest):
    assert not spells("collaboration.reassessment=false", on).equals(at_rest)


def test_a_reform_in_the_first_week_is_the_new_rule_from_the_start():
    cohort = ("population.mode=cohort", "reform.week=0")
    reformed = spells(*cohort, *REFORM)
    pd.testing.assert_frame_equal(
        reformed, spells("population.mode=cohort", "collaboration=integrated"), check_exact=True
    )


def test_before_a_reform_nothing_is_different(at_rest):
    runs = [
        simulate(load_scenario("default", *SMALL, *more), replications=2, seed=3).weekly
        for more in ((), ("reform.week=30", *REFORM))
    ]
    before, after = ([run[(run["week"] < 30) == early] for run in runs] for early in (True, False))
    pd.testing.assert_frame_equal(*before, check_exact=True)
    assert not after[0].equals(after[1])


def test_a_reform_can_reach_some_offices_only():
    base = spells()
    half = spells("reform.week=0", "reform.share_offices=0.5", *REFORM)
    offices = [[run[run["office"] == n].reset_index(drop=True) for n in (0, 1)] for run in (half, base)]
    same = [ours.equals(theirs) for ours, theirs in zip(*offices, strict=True)]
    assert same == [False, True]


def test_a_transition_costs_time_that_fades():
    scenario = load_scenario(
        "default", *SMALL, "reform.week=10", "reform.transition_overhead=0.2", "reform.transition_weeks=20",
        "collaboration@reform.collaboration=order_and_report",
    )  # fmt: skip
    weekly = simulate(scenario, replications=1, seed=3).weekly
    share = (weekly["minutes_overhead"] / weekly["minutes_available"]).to_numpy()
    assert share[9] == pytest.approx(0.30)
    assert share[[10, 20, 30, 50]] == pytest.approx([0.50, 0.40, 0.30, 0.30])


def test_what_a_regime_gives_comes_evenly_if_it_comes_gradually():
    scenario = load_scenario(
        "default", "population.size=20", "population.burn_in_weeks=0", "weeks=30",
        "collaboration=silo", "collaboration@reform.collaboration=integrated",
        "reform.week=0", "reform.transition_weeks=20", "reform.transition_gradual=true",
    )  # fmt: skip
    silo, integrated = scenario.collaboration, scenario.reform.collaboration
    model = Municipality(scenario)
    for week in range(24):
        model.step()
        come = min(1.0, (week + 1) / 20)
        now = model.engine.offices[0].settings[0].collaboration
        for name in ("p_seen", "noise_factor", "plan_factor", "share_minutes_saved"):
            old, new = getattr(silo, name), getattr(integrated, name)
            assert getattr(now, name) == pytest.approx(old + come * (new - old)), (week, name)
        assert now.review_weeks == integrated.review_weeks


def test_a_gradual_reform_to_the_same_regime_changes_nothing():
    same = (
        "collaboration=silo", "collaboration@reform.collaboration=silo",
        "reform.week=0", "reform.transition_weeks=20",
    )  # fmt: skip
    slow, at_once = spells(*same, "reform.transition_gradual=true"), spells(*same)
    pd.testing.assert_frame_equal(slow, at_once, check_exact=True)


def test_a_gradual_reform_differs_from_one_at_once():
    change = (
        "collaboration=silo", "collaboration@reform.collaboration=integrated",
        "reform.week=0", "reform.transition_weeks=20",
    )  # fmt: skip
    assert not spells(*change, "reform.transition_gradual=true").equals(spells(*change))
