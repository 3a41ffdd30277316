"""A rule that is off changes nothing, whatever its other settings; at a known limit it is another rule."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.composing import load_scenario
from simulator.engine import Engine
from simulator.parameters import Scenario
from simulator.vocabulary import NOBODY

REPEATABLE = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
SEED = 5
EVENTFUL = (
    "weeks=60", "population.size=150", "population.burn_in_weeks=20", "sanctions.p_follow_up=0.9",
    "client.attendance.p_no_reason=0.3", "population.newcomers_per_1000_weekly=30",
    "doors.work.h_return_weekly=0.05", "population.prevalence.skills=0.6",
)  # fmt: skip
load = lru_cache(load_scenario)


def played(*overrides: str) -> Engine:
    engine = Engine(load("default", *EVENTFUL, *overrides), SEED)
    engine.run()
    return engine


def digest_of(engine: Engine, *unlike: str) -> str:
    """Return a hash of the exact bytes of all spells and weeks, without some columns of the weeks."""
    tables = (engine.spells(), engine.panel())
    names = [(table, name) for table in tables for name in table.dtype.names if name not in unlike]
    return hashlib.sha256(b"".join(table[name].tobytes() for table, name in names)).hexdigest()


@lru_cache
def base() -> str:
    return digest_of(played())


shares = st.floats(0.0, 1.0)
SANCTIONS = {
    "special_skills_barrier": shares,
    "p_accepts_offer": shares,
    "emergency_test_minutes": st.floats(0.0, 500.0),
    "p_need_found": shares,
    "hours_adaptation": shares,
    "supervision_minutes_monthly": st.floats(0.0, 500.0),
    "requirement_push": st.floats(0.0, 5.0),
    "requirement_lock": shares,
}
BENEFIT = {
    "incentive": st.floats(0.0, 5.0),
    "h_part_time_end_weekly": st.floats(0.0, 5.0),
    "part_time_share": shares,
    "stepping_stone": st.floats(0.0, 100.0),
    "stimulus_share": shares,
    "stimulus_after_weeks": st.integers(0, 60),
    "stimulus_weeks": st.integers(1, 60),
    "stimulus_response": st.floats(0.0, 10.0),
    "stimulus_hold": shares,
}


@REPEATABLE
@given(st.fixed_dictionaries(SANCTIONS), st.fixed_dictionaries(BENEFIT), st.floats(0.0, 40.0))
def test_rules_that_are_off_change_nothing(sanctions, benefit, hours):
    scenario: Scenario = load("default", *EVENTFUL)
    catalogue = {
        name: programme.model_copy(update={"hours_per_week": hours})
        for name, programme in scenario.programmes.items()
    }
    varied = scenario.model_copy(
        update={
            "sanctions": scenario.sanctions.model_copy(update=sanctions),
            "benefit": scenario.benefit.model_copy(update=benefit),
            "programmes": catalogue,
        }
    )
    engine = Engine(varied, SEED)
    engine.run()
    assert digest_of(engine) == base()


WAGES = {"reservation_sek_monthly": st.floats(1.0, 1e6), "offer_shape": st.floats(1.0, 1000.0)}


@REPEATABLE
@given(shares, shares, st.fixed_dictionaries(WAGES))
def test_how_pressure_works_moves_only_search_and_wages(warned, cut, wages):
    scenario: Scenario = load("default", *EVENTFUL)
    sanctions = {"settling_warned": warned, "settling_cut": cut}
    client = {"wages": scenario.client.wages.model_copy(update=wages)}
    varied = scenario.model_copy(
        update={
            "sanctions": scenario.sanctions.model_copy(update=sanctions),
            "client": scenario.client.model_copy(update=client),
        }
    )
    engine = Engine(varied, SEED)
    engine.run()
    answers = ("search_effort", "entry_wage")
    assert digest_of(engine, *answers) == digest_of(played(), *answers)


@REPEATABLE
@given(st.floats(0.0, 100.0))
def test_without_bite_nobody_complies_more(compliance):
    tame = ("sanctions.bite=0", "sanctions.warning_gain=0")
    scenario: Scenario = load("default", *EVENTFUL, *tame)
    sanctions = scenario.sanctions.model_copy(update={"compliance": compliance})
    engine = Engine(scenario.model_copy(update={"sanctions": sanctions}), SEED)
    engine.run()
    assert digest_of(engine) == digest_of(played(*tame))


SWITCHES = {
    "compliance": ("sanctions.compliance=0",),
    "settling after a warning": ("sanctions.settling_warned=0",),
    "settling after a cut": ("sanctions.settling_cut=0",),
    "age": ("sanctions.age_rule=under_25",),
    "protection": ("sanctions.child_protection=none", "sanctions.warnings=0"),
    "hours": ("sanctions.required_hours=40",),
    "part time": ("benefit.h_part_time_weekly=0.01",),
    "cap": ("benefit.cap_sek_monthly=9000",),
    "steps": ("sanctions.reduction_step=0.5", "sanctions.warnings=0", "sanctions.reductions=5"),
    "return": ("sanctions.lift_on_return=true", "sanctions.warnings=0"),
    "misconduct": ("sanctions.p_stay_ended=1", "sanctions.warnings=0"),
    "proof": ("sanctions.proof_required=false",),
    "reasons": ("sanctions.accepts.travel=true",),
}


@pytest.mark.parametrize("rule", SWITCHES)
def test_every_switch_changes_something(rule):
    with_it = SWITCHES[rule]
    without = [
        override for override in with_it if override.startswith(("sanctions.warn", "sanctions.reductions="))
    ]
    assert digest_of(played(*with_it)) != digest_of(played(*without))


STEADY = ("client.trust.motivation_loss_monthly=0", "client.trust.motivation_gain=0")
"""Hazards that are set more often feel motivation sooner, where it moves."""

LIMITS = {
    "everybody is special": (
        ("sanctions.age_rule=under_25_or_special", "sanctions.special_skills_barrier=0"), (), ()
    ),
    "need is always found at once": (
        ("sanctions.warnings=0", "sanctions.child_protection=emergency_test", "sanctions.p_need_found=1",
         "sanctions.emergency_test_minutes=0"),
        ("sanctions.warnings=0",), ("emergency_tests",),
    ),
    "need is never found": (
        ("sanctions.warnings=0", "sanctions.child_protection=emergency_test", "sanctions.p_need_found=0",
         "sanctions.emergency_test_minutes=0"),
        ("sanctions.warnings=0", "sanctions.child_protection=none"), ("emergency_tests",),
    ),
    "a cap that nobody reaches": (("benefit.cap_sek_monthly=100000", "benefit.incentive=5"), (), ()),
    "part-time work that pays and moves nothing": (
        ("benefit.h_part_time_weekly=0.05", "benefit.part_time_share=0", "benefit.stepping_stone=1"), (),
        ("part_time",),
    ),
    "hours that move nothing and cost no time": (
        ("sanctions.required_hours=40", "sanctions.requirement_push=0", "sanctions.requirement_lock=0",
         "sanctions.supervision_minutes_monthly=0", *STEADY), STEADY,
        ("hours_asked", "hours_met"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS)
def test_a_rule_at_its_limit_is_the_rule_without_it(limit):
    """Only the rounding of hazards set more often may move an exit by a week, for very few."""
    with_it, without, unlike = LIMITS[limit]
    engine, plain = played(*with_it), played(*without)
    assert (engine.spells()["door"] != NOBODY).sum() > 100
    for name in engine.spells().dtype.names:
        near = 0.005 if name == "search_effort" else 1e-9  # as motivation was when hazards were last set
        np.testing.assert_allclose(engine.spells()[name], plain.spells()[name], rtol=near, atol=near)
    for name in set(engine.panel().dtype.names) - set(unlike):
        np.testing.assert_allclose(engine.panel()[name], plain.panel()[name], rtol=1e-9, atol=1e-9)
    for name in unlike:
        assert engine.panel()[name].sum() > 0 == plain.panel()[name].sum()
