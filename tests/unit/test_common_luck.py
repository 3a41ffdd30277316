"""Common luck: whatever changes around a person, the person's own draws stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.engine import Engine
from simulator.experiments.runner import replicate, run_replication
from simulator.office import build_office
from simulator.steps.intake import arrivals
from simulator.vocabulary import Status

SEED = 8
WHO_SERVED = ("caseworker", "caseworker_changes")
ALONE = ("casework.unlimited_time=true", "casework.skill_sd=0", "programmes=none", "weeks=104")
MODES = {
    "cohort": ("population.mode=cohort",),
    "flow": ("population.burn_in_weeks=60",),
    "offices": ("population.burn_in_weeks=60", "population.offices=3"),
}
POLICIES = {
    "caseload": ("caseload=limit", "caseload.caseworkers=2", "caseload.limit=30"),
    "sanctions": ("sanctions=strict",),
    "duty": ("sanctions=activity_requirement",),
    "age rule": ("sanctions=sol_1998",),
    "part-time work": ("benefit=job_stimulus",),
    "collaboration": ("collaboration=silo",),
    "referral": ("referral=blanket",),
    "programmes": ("programmes=none",),
    "turnover": ("caseload=turbulent", "caseload.caseworkers=3", "caseload.p_quit_weekly=0.1"),
    "teams": ("caseload=tiered", "casework.handover_loss=0.5"),
    "time": ("caseload.hours_per_week=10", "casework.creaming=5"),
}
SMALL = (
    "population.size=120",
    "population.burn_in_weeks=20",
    "weeks=20",
    "population.newcomers_per_1000_weekly=50",
)


def spells_by_person(scenario) -> pd.DataFrame:
    """Return spells without who had them, who may be another one among alikes, and how often that changed."""
    engine = Engine(scenario, SEED)
    engine.run()
    spells = engine.spells()
    columns = {name: list(spells[name]) for name in spells.dtype.names if name not in WHO_SERVED}
    return pd.DataFrame(columns).set_index(["id", "spell"])


@pytest.mark.parametrize("mode", MODES)
def test_one_person_more_changes_nobody_else(load, mode):
    common = ("default", *ALONE, *MODES[mode])
    fewer = spells_by_person(load(*common, "population.size=200"))
    more = spells_by_person(load(*common, "population.size=201"))
    people, others = (set(table.index.get_level_values("id")) for table in (fewer, more))
    assert 200 in others - people
    pd.testing.assert_frame_equal(more.loc[more.index.isin(people, level="id")], fewer, check_exact=True)


def test_a_larger_inflow_adds_people_and_changes_nobody(load):
    common = ("default", *ALONE, "population.size=200", "population.burn_in_weeks=60")
    fewer = spells_by_person(load(*common, "population.newcomers_per_1000_weekly=10"))
    more = spells_by_person(load(*common, "population.newcomers_per_1000_weekly=12"))
    assert len(fewer) < len(more)
    pd.testing.assert_frame_equal(more.loc[fewer.index], fewer, check_exact=True)


@pytest.mark.parametrize("policy", POLICIES)
def test_policy_leaves_people_as_they_are(load, policy):
    scenarios = (load("default", *SMALL), load("default", *SMALL, *POLICIES[policy]))
    one, two = (build_office(scenario, SEED, 0, 0).people for scenario in scenarios)
    for name in one.dtype.names:
        np.testing.assert_array_equal(one[name], two[name])


def thresholds(scenario) -> dict[tuple[int, int], list[float]]:
    """Return the thresholds of every spell as it begins, over a whole run."""
    engine, found = Engine(scenario, SEED), {}
    while engine.weeks_left > 0:
        office = build_view_of_week(engine)
        for client in office.clients[office.clients.status == Status.WAITING]:
            if client.entry_week == engine.week:
                found[int(client.id), int(client.spell)] = client.threshold.tolist()
        engine.step()
    return found


def build_view_of_week(engine: Engine):
    """Return a copy of the first office after the arrivals of the coming week."""
    office = engine.offices[0]
    copy = type(office)(*(part.copy() if isinstance(part, np.ndarray) else part for part in office))
    arrivals(copy)
    return copy


@pytest.mark.parametrize("policy", POLICIES)
def test_policy_leaves_thresholds_as_they_are(load, policy):
    often_back = ("doors.work.h_return_weekly=0.05", "doors.other.h_return_weekly=0.05")
    one = thresholds(load("default", *SMALL, *often_back))
    two = thresholds(load("default", *SMALL, *often_back, *POLICIES[policy]))
    both = one.keys() & two.keys()
    assert any(spell > 1 for _, spell in both)
    assert len(both) > 150
    assert {key: one[key] for key in both} == {key: two[key] for key in both}


def test_replication_is_the_same_alone_and_among_many(load):
    scenario = load("default", *SMALL)
    among = dict(replicate(scenario, range(4), run_replication))
    for number in (3, 1):
        for table, alone in zip(among[number], run_replication(scenario, number), strict=True):
            pd.testing.assert_frame_equal(table, alone, check_exact=True)
    assert not among[1][0]["weeks"].equals(among[3][0]["weeks"])
