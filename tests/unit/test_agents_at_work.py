"""What caseworkers and programmes do: single behaviours, on a record or two, or in an office of a dozen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.agents import caseworker as worker
from simulator.agents.programme import admit, fit_to, give_week
from simulator.engine import Engine
from simulator.office import BELIEF, STATE, build_office
from simulator.randomness import luck_of
from simulator.records import table
from simulator.rules import caseload, priority, referral
from simulator.steps.intake import arrivals
from simulator.steps.learning import learn_from
from simulator.steps.programmes import admission, join_line, leave_line
from simulator.vocabulary import (
    NOBODY,
    NOT_YET,
    Barrier,
    CaseloadRule,
    Door,
    QueueRule,
    ReferralRule,
    Status,
    TargetGroup,
    Task,
    Team,
)

LUCK = luck_of(1, 0)


def barriers(**sizes: float) -> list[float]:
    return [sizes.get(barrier.label, 0.0) for barrier in Barrier]


# --- the caseworker's minutes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "saved", "minutes"), [(0, 0.0, 120.0), (3, 0.0, 120.0), (4, 0.0, 80.0), (4, 0.1, 72.0)]
)
def test_minutes_of_a_decision(client, p, week, saved, minutes):
    p.casework.decision_minutes, p.collaboration.share_minutes_saved = 80.0, saved
    assert worker.decision_minutes(client, week, p) == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("asked", "backlog", "share"),
    [(100.0, 0.0, 1.0), (1176.0, 0.0, 1.0), (1470.0, 0.0, 0.8), (1470.0, 441.0, 0.5), (9999.0, 0.0, 0.5)],
)
def test_decisions_are_shortened_to_leave_time_for_clients(someone, p, asked, backlog, share):
    someone.backlog = backlog
    p.casework.decision_minutes, p.casework.share_for_clients = 80.0, 0.3
    worker.set_thoroughness(someone, asked, p)
    assert someone.thoroughness == pytest.approx(share)


def test_what_the_week_has_no_room_for_is_owed_and_done_first(someone, client, p):
    worker.spend_or_owe(someone, client, int(Task.DECISION), 1_600.0, p)
    worker.spend_or_owe(someone, client, int(Task.EMERGENCY), 100.0, p)
    assert (someone.left, someone.backlog, client.staff_minutes) == (0.0, 20.0, 1_700.0)
    assert (someone.minutes[Task.DECISION], someone.minutes[Task.EMERGENCY]) == (1_600.0, 80.0)
    worker.open_week(someone, p)
    worker.work_off_backlog(someone, p)
    assert (someone.left, someone.backlog, someone.minutes[Task.DECISION]) == (1_660.0, 0.0, 20.0)


def test_time_never_runs_out_where_it_is_unlimited(someone, client, p):
    p.casework.unlimited_time = 1
    worker.spend_or_owe(someone, client, int(Task.DECISION), 5_000.0, p)
    worker.set_thoroughness(someone, 9_999.0, p)
    worker.set_ease(someone, 9_999.0, p)
    assert worker.can_spend(someone, 5_000.0, p)
    assert (someone.backlog, someone.thoroughness, someone.ease) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("squeeze", "wished", "ease", "talk"),
    [
        (0.6, 1_000.0, 1.0, 35.0),
        (0.0, 6_720.0, 0.25, 35.0),
        (1.0, 3_360.0, 0.5, 17.5),
        (1.0, 16_800.0, 0.1, 10.0),
    ],
)
def test_pressure_shortens_talks(someone, p, squeeze, wished, ease, talk):
    p.casework.time_squeeze = squeeze
    worker.set_ease(someone, wished, p)
    assert (someone.ease, someone.talk) == pytest.approx((ease, talk))


@pytest.mark.parametrize(
    ("assessed", "planned", "task", "at_once", "after_four_weeks"),
    [
        (NOT_YET, NOT_YET, Task.ASSESSMENT, 12.0, 16.0),
        (0, NOT_YET, Task.PLAN, 8.0, 12.0),
        (0, 0, Task.MEETING, 0.0, 4.0),
    ],
)
def test_task_and_weeks_waited(new_client, p, assessed, planned, task, at_once, after_four_weeks):
    record = new_client(assessed_week=assessed, plan_week=planned)
    assert priority.next_task(record, p) == task
    assert priority.weeks_waited(record, 0, p) == at_once
    assert priority.weeks_waited(record, 4, p) == after_four_weeks


@pytest.mark.parametrize(("ease", "gap"), [(1.0, 0.0), (0.5, 2.4), (0.0, 4.8)])
def test_creaming_only_under_pressure(new_client, someone, p, ease, gap):
    someone.creaming, someone.ease = 2.0, ease
    near, far = (new_client(assessed_week=0, plan_week=0, nearness=nearness) for nearness in (0.8, 0.2))
    assert priority.preference(someone, near, p) - priority.preference(someone, far, p) == pytest.approx(gap)


def test_believed_barriers_make_a_client_seem_far_from_work(new_client, p):
    sizes, slope = (0.0, 0.3, 1.0), p.doors.barriers[Door.WORK, Barrier.SKILLS]
    clients = [new_client(believed=barriers(skills=size)) for size in sizes]
    for record in clients:
        worker.set_nearness(record, p)
    assert [record.nearness for record in clients] == pytest.approx(
        [math.exp(slope * size) for size in sizes]
    )


@pytest.mark.parametrize(
    ("minutes", "trust", "closeness", "ratio"),
    [(60.0, 0.5, 1.0, 1.0), (15.0, 0.5, 1.0, 2.0), (60.0, 1.0, 1.0, 0.5), (60.0, 0.5, 0.7, 0.7)],
)
def test_assessment_errs_less_with_time_trust_and_closeness(
    new_client, someone, p, minutes, trust, closeness, ratio
):
    def errors(minutes, trust, closeness):
        record = new_client(barrier=[0.5] * 6, trust=trust)
        someone.assessment, p.collaboration.noise_factor = minutes, closeness
        worker.assess(someone, record, 1, p, LUCK)
        return record.believed - 0.5

    p.casework.assessment_noise = 0.01
    standard = errors(60.0, 0.5, 1.0)
    assert (standard != 0.0).all()
    np.testing.assert_allclose(errors(minutes, trust, closeness), ratio * standard)


def test_assessment_without_noise_is_the_truth(new_client, someone, p):
    p.casework.assessment_noise = 0.0
    record = new_client(barrier=barriers(debt=0.3, skills=0.9))
    worker.assess(someone, record, 1, p, LUCK)
    assert record.believed.tolist() == record.barrier.tolist()


def test_talks_correct_the_picture_and_earn_trust(new_client, someone, p):
    record = new_client(barrier=barriers(health=0.8))
    gaps, trust = [], []
    for week in range(5):
        worker.hold_talk(someone, record, week, p)
        gaps.append(0.8 - record.believed[Barrier.HEALTH])
        trust.append(record.trust)
    assert trust[0] == pytest.approx(0.5 + p.trust.talk_gain * 0.5)
    assert gaps[0] == pytest.approx(0.8 * (1 - p.casework.talk_insight * trust[0]))
    assert gaps == sorted(gaps, reverse=True)
    assert trust == sorted(trust)


# --- the programme ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "own", "fit"),
    [({}, {}, 1.0), ({"skills": 0.4}, {}, 0.0), ({"skills": 0.4}, {"skills": 0.25}, 0.5),
     ({"skills": 0.4}, {"skills": 0.5}, 1.0), ({"skills": 0.3, "debt": 0.1}, {"skills": 1.0}, 0.75)],
)  # fmt: skip
def test_content_fits_where_there_is_something_to_remove(content, own, fit):
    assert fit_to(np.array(barriers(**content)), np.array(barriers(**own))) == pytest.approx(fit)


def test_a_stay_attended_in_full_removes_the_content(new_client, programmes):
    record, course = new_client(barrier=[0.8] * 6), programmes["language"]
    admit(course, record, 0, LUCK)
    for _ in range(course.weeks):
        give_week(course, record, 0.0)
    np.testing.assert_allclose(record.barrier, 0.8 * (1 - course.content))


# --- referral -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "may"),
    [({}, False), ({"assessed_week": 2}, True), ({"assessed_week": 2, "programme": 1}, False),
     ({"assessed_week": 2, "queued_for": 1}, False), ({"assessed_week": 2, "rest_until": 9}, False)],
)  # fmt: skip
def test_who_may_be_referred(new_client, p, fields, may):
    assert referral.may_be_referred(new_client(**fields), 8, p) == may


@pytest.mark.parametrize(
    ("target", "fields", "takes"),
    [(TargetGroup.EVERYBODY, {}, True), (TargetGroup.UNDER_30, {"age": 29.9}, True),
     (TargetGroup.UNDER_30, {"age": 30.0}, False), (TargetGroup.FOREIGN_BORN, {"foreign_born": 1}, True),
     (TargetGroup.FOREIGN_BORN, {}, False),
     (TargetGroup.ILL_HEALTH, {"barrier": barriers(health=1.0)}, False),
     (TargetGroup.ILL_HEALTH, {"believed": barriers(health=0.3)}, True)],
)  # fmt: skip
def test_target_groups(new_client, programmes, target, fields, takes):
    programmes["mapping"].target = target
    assert referral.takes(programmes["mapping"], new_client(**fields), 0) == takes


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        (ReferralRule.BLANKET, "job_search"),
        (ReferralRule.AVAILABLE, "mapping"),
        (ReferralRule.MATCHED, "vocational"),
    ],
)
def test_choice_of_a_programme(load, new_client, p, rule, chosen):
    office = build_office(load("default", "population.size=500"), 1, 0, 0)
    names = list(load("default").programmes)
    p.referral.rule, p.referral.wish_weight = int(rule), 0.0
    office.programmes.used[:] = office.programmes.places
    office.programmes[names.index("mapping")].used = 0
    record = new_client(believed=barriers(skills=1.0))
    truth = office.programmes.content.copy()
    assert (
        names[referral.choose_programme(office.programmes, record, truth, office.habits[0], 0, p, LUCK)]
        == chosen
    )
    office.programmes.queue[:] = office.programmes.places
    assert referral.choose_programme(office.programmes, record, truth, office.habits[0], 0, p, LUCK) == NOBODY


# --- lines ----------------------------------------------------------------------------------------


@pytest.fixture
def office(load):
    """Return an office of a dozen clients in their first week, and one programme with two places."""
    office = build_office(load("default", "population.mode=cohort", "population.size=12"), 1, 0, 0)
    arrivals(office)
    office.programmes.places[:] = 0
    office.programmes[0].places = 2
    office.settings[0].attendance.p_refusal = 0.0
    return office


AGES = {0: 40.0, 1: 20.0, 2: 50.0, 3: 25.0, 4: 60.0}
LINES = {
    "first come": (QueueRule.FIRST_COME, {}, (), {0, 1}),
    "young first": (QueueRule.YOUNG_FIRST, {}, (), {1, 3}),
    "papers still under way": (QueueRule.FIRST_COME, {1: 9, 2: 9, 3: 9, 4: 9}, (), {0}),
    "the first have left": (QueueRule.FIRST_COME, {}, (0, 2), {1, 3}),
    "the last has left": (QueueRule.YOUNG_FIRST, {}, (3, 4), {1, 0}),
}


@pytest.mark.parametrize("case", LINES)
def test_who_gets_the_two_places(office, case):
    rule, delays, leavers, admitted = LINES[case]
    programme = office.programmes[0]
    programme.queue_rule = rule
    for slot, age in AGES.items():
        office.clients[slot].age = age
        join_line(office, programme, slot, delays.get(slot, 0))
    for slot in leavers:
        leave_line(office, slot)
    admission(office)
    assert set(np.flatnonzero(office.clients.programme[:12] == 0)) == admitted
    assert (programme.used, programme.queue) == (len(admitted), 5 - len(leavers) - len(admitted))


# --- caseload -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "clients", "office", "week", "wanted"),
    [
        (CaseloadRule.FIXED_STAFF, 900, 0, 0, 31),
        (CaseloadRule.FIXED_STAFF, 900, 1, 0, 32),
        (CaseloadRule.LIMIT, 900, 0, 0, 31),
        (CaseloadRule.RATIO, 900, 0, 8, 12),
        (CaseloadRule.RATIO, 880, 0, 8, 11),
        (CaseloadRule.RATIO, 900, 0, 9, 5),
        (CaseloadRule.RATIO, 0, 0, 8, 1),
    ],
)
def test_staff_wanted(p, regime, clients, office, week, wanted):
    state = table(1, STATE)[0]
    state.active, state.number, state.offices, state.week = clients, office, 2, week
    state.posts[Team.ORDINARY] = 5
    state.share[:] = 1.0
    p.caseload.regime = int(regime)
    assert caseload.staff_wanted(state, Team.ORDINARY, p) == wanted


@pytest.mark.parametrize("offices", [1, 2, 3, 4, 7])
def test_staff_and_places_of_all_offices_add_up(load, offices):
    scenario = load("default", "population.size=700", "caseload=limit", "caseload.caseworkers=9",
                    f"population.offices={offices}", "population.mode=cohort", "weeks=1")  # fmt: skip
    engine = Engine(scenario, 1)
    engine.step()
    assert sum(office.state[0].employed for office in engine.offices) == 9
    places = np.sum([office.programmes.places for office in engine.offices], axis=0)
    assert places.tolist() == [round(0.7 * kind.places_per_1000) for kind in scenario.programmes.values()]


@pytest.mark.parametrize(
    ("regime", "clients", "chosen"),
    [
        (CaseloadRule.RATIO, [90, 85, 85], 1),
        (CaseloadRule.LIMIT, [90, 79, 79], 1),
        (CaseloadRule.LIMIT, [80, 80, 81], NOBODY),
    ],
)
def test_the_least_loaded_takes_the_next_client(p, regime, clients, chosen):
    p.caseload.regime = int(regime)
    staff = table(4, worker.CASEWORKER)
    staff.clients[:3] = clients
    staff.at_work = 1
    assert caseload.caseworker_with_room(staff, 0, 3, p) == chosen


def test_whoever_is_over_the_limit_waits_and_follows_when_there_is_room(load):
    staff = ("caseload=limit", "caseload.caseworkers=2", "caseload.limit=10")
    engine = Engine(load("default", "population.mode=cohort", "population.size=50", "weeks=40", *staff), 3)
    while engine.weeks_left > 0:
        engine.step()
        clients = engine.offices[0].clients
        waiting = clients[clients.status == Status.WAITING]
        assert (waiting.meetings == 0).all()
        assert (waiting.assessed_week == NOT_YET).all()
    panel = engine.panel()
    exits, served = panel["exits"].sum(axis=1), panel["clients"] - panel["waiting"]
    assert (served <= 20).all()
    assert (served >= np.minimum(20, panel["clients"] + exits) - exits).all()
    assert panel["waiting"][0] > 20 > panel["waiting"][-1]


def test_whoever_has_waited_longest_gets_the_next_caseworker(load):
    staff = ("caseload=limit", "caseload.caseworkers=2", "caseload.limit=10", "population.burn_in_weeks=0")
    engine = Engine(load("default", "population.size=50", "weeks=60", *staff), 3)
    served: set[int] = set()
    while engine.weeks_left > 0:
        engine.step()
        clients = engine.offices[0].clients
        entered = {int(c.id): int(c.entry_week) for c in clients if c.status == Status.SERVED}
        waiting = clients.entry_week[clients.status == Status.WAITING]
        assert max((entered[who] for who in entered.keys() - served), default=0) <= waiting.min(initial=99)
        served = set(entered)


def test_staff_is_hired_and_let_go_with_the_clients(load):
    ratio = (
        "caseload=ratio",
        "caseload.clients_per_caseworker=10",
        "caseload.hours_per_week=5",
        "caseload.review_weeks=4",
    )
    engine = Engine(load("neutral", "population.size=100", "weeks=60", "casework=default", *ratio), 3)
    employed, owed = [], []
    while engine.weeks_left > 0:
        before = engine.offices[0].state[0].active
        engine.step()
        office = engine.offices[0]
        employed.append(int(office.state[0].employed))
        owed.append(office.caseworkers.backlog[: employed[-1]].sum() == office.caseworkers.backlog.sum())
        if len(employed) % 4 == 1 and len(employed) > 1:
            assert employed[-1] == max(1, math.ceil(before / 10))
        assert (office.clients.status != Status.WAITING).all()
    assert employed[0] == 10
    assert employed == sorted(employed, reverse=True)
    assert all(owed)


# --- learning -------------------------------------------------------------------------------------


def test_belief_moves_towards_what_own_clients_show(office):
    office.settings[0].casework.observation_noise = 0.0
    office.settings[0].collaboration.p_result_seen = 1.0
    programme, record = office.programmes[0], office.clients[0]
    truth, weight = programme.content.copy(), office.settings[0].casework.belief_weight
    beliefs = office.views[:, BELIEF]
    beliefs[:] = 0.0
    record.stay_barrier[:] = 0.8
    record.stay_barrier[Barrier.DEBT] = 0.0
    record.barrier[:] = 0.8 * (1 - truth)
    learn_from(office, programme, record)
    assert (beliefs == 0.0).all()
    record.caseworker = 0
    for _ in range(60):
        learn_from(office, programme, record)
    truth[Barrier.DEBT] = 0.0
    np.testing.assert_allclose(beliefs[0, 0], truth * 60 / (60 + weight))
    assert (beliefs[1:] == 0.0).all()
    assert (beliefs[0, 1:] == 0.0).all()
