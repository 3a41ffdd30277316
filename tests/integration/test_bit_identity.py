"""One scenario and seed, one result, bit for bit: compiled or not, on any workers, stepped or run."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from simulator.composing import load_scenario
from simulator.engine import Engine
from simulator.experiments.runner import replicate, run_replication, simulate
from simulator.model import Municipality

ROOT = Path(__file__).parents[2]
EVERYTHING = (
    "population.size=60", "population.offices=2", "population.burn_in_weeks=10", "weeks=50",
    "population.newcomers_per_1000_weekly=20", "doors.work.h_return_weekly=0.05", "referral=matched",
    "casework.creaming=3", "sanctions=strict", "client.attendance.p_no_reason=0.3",
    "programmes.language.queue=young_first", "programmes.job_search.length=geometric",
    "referral.rest_weeks=2", "referral.longest_queue=3",
)  # fmt: skip
"""Settings under which all mechanisms are at work among few people."""

REGIMES = {
    "limit": (
        "population=swedish_joint", "caseload=limit", "caseload.caseworkers=4", "caseload.limit=11",
        "collaboration=integrated",
    ),
    "ratio": ("caseload=ratio", "caseload.clients_per_caseworker=25", "caseload.hours_per_week=20"),
    "required hours": (
        "sanctions.required_hours=40", "sanctions.child_protection=emergency_test",
        "sanctions.reduction_step=0.3", "sanctions.lift_on_return=true", "sanctions.p_stay_ended=0.5",
        "caseload.clients_per_caseworker=15", "benefit=job_stimulus", "benefit.h_part_time_weekly=0.02",
        "benefit.stimulus_after_weeks=8", "benefit.stimulus_weeks=9",
    ),
    "old age rule": (
        "sanctions.age_rule=under_25_or_special", "sanctions.special_skills_barrier=0.3",
        "sanctions.proof_required=false", "sanctions.accepts.travel=true", "benefit=cap_2027",
        "benefit.cap_sek_monthly=9000",
    ),
    "teams": (
        "caseload=tiered", "caseload.clients_per_caseworker=12",
        "caseload.intensive_clients_per_caseworker=6",
        "caseload.hiring_weeks=2", "caseload.rebalance=true", "caseload.rebalance_slack=1",
    ),
    "turbulent": (
        "caseload=turbulent", "caseload.caseworkers=5", "caseload.p_quit_weekly=0.03",
        "caseload.p_sick_leave_weekly=0.05", "caseload.hiring_weeks=3", "casework.handover_loss=0.5",
        "client.trust.change_loss=0.2", "casework.case_weights={debt: 0.5, skills: 0.3}",
        "casework.child_weight=0.2",
    ),
    "between the services": (
        "collaboration.assessor=provider", "collaboration.review_weeks=3", "employment_service=first",
        "employment_service.p_deregister_monthly=0.8", "employment_service.p_benefit_known=0.8",
        "casework.triage=true", "casework.template=true", "casework.p_plan=0.5", "referral.habit_weight=0.5",
        "reform.week=20", "reform.transition_overhead=0.2", "reform.transition_gradual=true",
        "collaboration@reform.collaboration=silo",
    ),
    "programmes and vacancies": (
        "programmes=broad", "vacancies=tight", "vacancies.per_1000_weekly=20",
        "vacancies.season_amplitude=0.4", "vacancies.series=[1.0, 0.5]",
        "referral.needs_assessment=false", "referral.at_once=true",
        "programmes.job_search.leads_to=work_practice", "programmes.job_search.weeks=3",
        "programmes.vocational.mix={coaching: 0.5}", "programmes.coaching.ends_week=21",
        "programmes.mapping.entry_most={health: 0.5}", "programmes.work_practice.queue=far_first",
        "programmes.rehabilitation.queue=parents_first", "programmes.municipal_employment.target=everybody",
        "programmes.municipal_employment.weeks=5", "programmes.municipal_employment.places_per_1000=60",
        "programmes.employer_agreement.target=near_work", "programmes.employer_agreement.h_hire_weekly=0.2",
    ),
    "no caseworker's time": ("caseload=fixed_staff", "caseload.caseworkers=2", "caseload.hours_per_week=8"),
}  # fmt: skip


SMALLER = ("population.size=40", "population.offices=1", "population.burn_in_weeks=6", "weeks=34")
"""Plain Python takes a thousand times as long; so few weeks leave out one in a hundred of the branches."""


def digest(*overrides: str) -> str:
    """Return a hash of the exact bytes of all spells and weeks of a run."""
    engine = Engine(load_scenario("default", *EVERYTHING, *overrides), 4)
    engine.run()
    tables = (engine.spells(), engine.panel(), engine.activity())
    columns = (table[name].tobytes() for table in tables for name in table.dtype.names)
    return hashlib.sha256(b"".join(columns)).hexdigest()


@pytest.fixture(
    scope="module", params=[SMALLER, pytest.param((), marks=pytest.mark.slow)], ids=["in small", "whole"]
)
def size(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return what makes a run small, or nothing."""
    return request.param


@pytest.fixture(scope="module")
def interpreted(size: tuple[str, ...]) -> dict[str, str]:
    """Return the same hash for each regime from a process in which behaviours stay plain Python."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__, *size], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("regime", REGIMES)
def test_compiled_equals_interpreted(regime, size, interpreted):
    assert digest(*size, *REGIMES[regime]) == interpreted[regime]


def test_digest_sees_a_difference():
    assert digest() != digest("costs.benefit_sek_monthly=9000.01")


@pytest.fixture(scope="module")
def outcome():
    return simulate(load_scenario("default", *EVERYTHING, "workers=1"), replications=5, seed=9)


def test_everything_is_at_work(outcome):
    spells = outcome.spells
    counted = ["meetings", "referrals", "absences", "warnings", "reductions", "denials", "wrong_sanctions"]
    assert (spells[[*counted[:3], *counted[4:], "programme_weeks"]].sum() > 0).all()
    assert (spells["spell"] > 1).any()
    assert set(spells["office"]) == {0, 1}


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_change_nothing(outcome, workers):
    other = simulate(load_scenario("default", *EVERYTHING, f"workers={workers}"), replications=5, seed=9)
    pd.testing.assert_frame_equal(other.spells, outcome.spells, check_exact=True)
    pd.testing.assert_frame_equal(other.weekly, outcome.weekly, check_exact=True)
    pd.testing.assert_frame_equal(other.programmes, outcome.programmes, check_exact=True)
    assert other.manifest["settings_hash"] == outcome.manifest["settings_hash"]


def test_order_of_replications_changes_nothing(outcome):
    numbers = list(range(5))
    random.Random(2).shuffle(numbers)
    scenario = load_scenario("default", *EVERYTHING, "workers=2", "seed=9")
    parts = dict(replicate(scenario, numbers, run_replication))
    assert numbers != sorted(numbers)
    for place, table in enumerate((outcome.spells, outcome.weekly)):
        again = pd.concat([parts[number][place] for number in range(5)], ignore_index=True)
        pd.testing.assert_frame_equal(again, table, check_exact=True)


@pytest.mark.parametrize("replication", [0, 3])
def test_stepping_by_hand_equals_simulate(outcome, replication):
    model = Municipality(load_scenario("default", *EVERYTHING), seed=9, replication=replication)
    while model.running:
        model.step()
    for table, stepped in ((outcome.spells, model.spells()), (outcome.weekly, model.weekly())):
        simulated = table[table["replication"] == replication].reset_index(drop=True)
        pd.testing.assert_frame_equal(stepped, simulated, check_exact=True)


def test_looking_at_a_stepped_model_changes_nothing():
    scenario = load_scenario("default", *EVERYTHING)
    watched, alone = Municipality(scenario, seed=2), Municipality(scenario, seed=2)
    for _ in range(20):
        watched.step()
        assert len(watched.agents) == len(list(watched.agents))
        watched.spells()
    for _ in range(20):
        alone.step()
    pd.testing.assert_frame_equal(watched.spells(), alone.spells(), check_exact=True)


if __name__ == "__main__":
    print(json.dumps({name: digest(*sys.argv[1:], *overrides) for name, overrides in REGIMES.items()}))
