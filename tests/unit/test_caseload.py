"""The caseload lever: teams, weights, hiring, turnover, sick leave, changes of caseworker."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from simulator.agents import caseworker as worker
from simulator.engine import Engine
from simulator.office import BELIEF, COUNT, build_office
from simulator.outcomes.capacity import capacity as capacity_table
from simulator.outcomes.summary import replication_outcomes
from simulator.outcomes.tables import lever_columns, programmes_table, spells_table, weekly_table
from simulator.randomness import luck_of
from simulator.records import table
from simulator.rules import caseload
from simulator.steps.casework import casework
from simulator.steps.intake import arrivals, intake
from simulator.vocabulary import BARRIERS, NEVER, NOT_YET, Barrier, CaseloadRule, Status, Task, Team

LUCK = luck_of(1, 0)
FEW = (
    "population.size=120",
    "population.burn_in_weeks=0",
    "weeks=30",
    "population.newcomers_per_1000_weekly=30",
)
FIXED = ("caseload=fixed_staff", "caseload.caseworkers=6")


def seat(**fields: float):
    """Return a caseworker at work, with some fields set."""
    record = table(1, worker.CASEWORKER)[0]
    record.employed = record.at_work = 1
    record.sick_until, record.starts_week = NOT_YET, NEVER
    for name, value in fields.items():
        record[name] = value
    return record


def run(load, *overrides):
    engine = Engine(load("default", *FEW, *overrides), 4)
    engine.run()
    return engine


def bytes_of(engine) -> str:
    tables = (engine.spells(), engine.panel())
    columns = (part[name].tobytes() for part in tables for name in part.dtype.names)
    return hashlib.sha256(b"".join(columns)).hexdigest()


# --- neutral: what is off does nothing --------------------------------------------------------------


REGIMES = {
    "fixed_staff": FIXED,
    "ratio": ("caseload=ratio", "caseload.clients_per_caseworker=15"),
    "limit": ("caseload=limit", "caseload.caseworkers=4", "caseload.limit=20"),
}
OFF = (
    "caseload.hard_to_place_below=0.9", "caseload.intensive_caseworkers=2", "caseload.intensive_limit=3",
    "caseload.intensive_clients_per_caseworker=2", "caseload.sick_leave_weeks=9",
    "caseload.reassign_after_weeks=1", "caseload.rebalance_slack=1", "caseload.experienced_weeks=500",
    "casework.case_weights={debt: 0.0}",
)  # fmt: skip


@pytest.mark.parametrize("regime", REGIMES)
def test_settings_of_what_is_off_change_no_bit(load, regime):
    assert bytes_of(run(load, *REGIMES[regime], *OFF)) == bytes_of(run(load, *REGIMES[regime]))


@pytest.mark.parametrize("regime", ["fixed_staff", "limit"])
def test_hiring_delay_matters_only_where_somebody_is_hired(load, regime):
    late = run(load, *REGIMES[regime], "caseload.hiring_weeks=8")
    assert bytes_of(late) == bytes_of(run(load, *REGIMES[regime]))


@pytest.mark.parametrize(
    "switch",
    ["caseload.organisation=specialised", "caseload.p_quit_weekly=0.05", "caseload.p_sick_leave_weekly=0.05",
     "casework.case_weights={debt: 0.5}", "casework.child_weight=0.5"],
)  # fmt: skip
def test_what_is_on_changes_something(load, switch):
    assert bytes_of(run(load, *FIXED, switch, "caseload.intensive_caseworkers=2")) != bytes_of(
        run(load, *FIXED)
    )


# --- minutes ----------------------------------------------------------------------------------------


def test_weights_of_a_case_add_up(new_client, p):
    sizes = [0.0] * BARRIERS
    sizes[Barrier.DEBT], sizes[Barrier.FAMILY] = 0.5, 1.0
    parent = new_client(barrier=sizes, children=2)
    assert worker.case_weight(parent, p) == 1.0
    p.casework.weighted, p.casework.child_weight = 1.0, 0.2
    p.casework.case_weights[Barrier.DEBT], p.casework.case_weights[Barrier.FAMILY] = 0.4, 0.3
    assert worker.case_weight(parent, p) == pytest.approx(1.0 + 0.2 + 0.2 + 0.3)
    assert worker.case_weight(new_client(), p) == 1.0
    assert worker.decision_minutes(parent, 9, p) == pytest.approx(1.7 * p.casework.decision_minutes)


def test_a_novice_takes_longer_and_assesses_as_well(new_client, someone, p):
    p.casework.assessment_noise = 0.01
    usual, slow = (new_client(barrier=[0.5] * BARRIERS) for _ in range(2))
    worker.assess(someone, usual, 1, p, LUCK)
    someone.novice_extra = 0.5
    worker.assess(someone, slow, 1, p, LUCK)
    assert slow.believed.tolist() == usual.believed.tolist()
    assert slow.staff_minutes == 1.5 * usual.staff_minutes == 1.5 * p.casework.assessment_minutes
    for task, minutes in ((Task.PLAN, 1.5 * p.casework.plan_minutes), (Task.MEETING, 75.0)):
        assert worker.task_minutes(someone, slow, int(task), p) == pytest.approx(minutes)


@pytest.mark.parametrize(("weeks", "extra"), [(0, 0.5), (13, 0.25), (26, 0.0), (90, 0.0)])
def test_experience_comes_week_by_week(p, weeks, extra):
    p.caseload.novice_weight, p.caseload.experienced_weeks = 1.5, 26
    novice = seat(employed_since=10)
    worker.set_experience(novice, 10 + weeks, p)
    assert novice.novice_extra == pytest.approx(extra)


def test_the_staff_of_the_first_week_is_experienced_and_newcomers_are_not(load):
    engine = Engine(
        load("default", *FEW, *FIXED, "caseload.novice_weight=2", "caseload.p_quit_weekly=0.1"), 4
    )
    for _ in range(20):
        engine.step()
    staff, week = engine.offices[0].caseworkers, engine.week - 1
    new = staff.employed_since >= 0
    assert 0 < new.sum() < len(staff)
    assert (staff.novice_extra[~new] == 0.0).all()
    np.testing.assert_allclose(staff.novice_extra[new], 1.0 - (week - staff.employed_since[new]) / 26)


# --- a change of caseworker -------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "changes"), [(5, 0), (6, 1)])
def test_another_person_is_a_change_and_the_same_one_is_not(new_client, p, second, changes):
    p.casework.handover_loss, p.trust.change_loss = 1.0, 0.2
    record = new_client()
    assert worker.take_on(seat(id=5), record, 0, 3, p, LUCK) == 0
    record.assessed_week = 4
    assert worker.take_on(seat(id=second), record, 1, 9, p, LUCK) == changes
    assert (record.caseworker, record.caseworker_changes, record.first_served_week) == (1, changes, 3)
    assert record.trust == pytest.approx(0.5 * 0.8**changes)
    assert record.assessed_week == (NOT_YET if changes else 4)


def test_a_share_of_assessments_is_made_anew(new_client, p):
    p.casework.handover_loss = 0.3
    lost = 0
    for number in range(2_000):
        record = new_client(assessed_week=4, id=number)
        worker.lose_by_change(record, 9, p, LUCK)
        lost += record.assessed_week == NOT_YET
    assert lost / 2_000 == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 2_000))


# --- teams ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "team", "wanted"),
    [
        (CaseloadRule.FIXED_STAFF, Team.ORDINARY, 42),
        (CaseloadRule.LIMIT, Team.INTENSIVE, 21),
        (CaseloadRule.RATIO, Team.ORDINARY, 8),
        (CaseloadRule.RATIO, Team.INTENSIVE, 9),
    ],
)
def test_posts_of_a_team(load, p, regime, team, wanted):
    state = build_office(load("default", "population.size=50"), 1, 0, 0).state[0]
    state.active, state.intensive = 900, 300
    p.caseload.regime, p.caseload.organisation = int(regime), 1
    assert caseload.staff_wanted(state, team, p) == wanted


@pytest.mark.parametrize(
    ("nearness", "team", "hard"), [(0.01, 0, True), (0.03, 0, False), (0.01, 1, False), (0.9, 1, False)]
)
def test_only_the_ordinary_team_passes_on(new_client, p, nearness, team, hard):
    assert caseload.is_hard_to_place(new_client(nearness=nearness, team=team), p) == hard


@pytest.mark.parametrize("regime", CaseloadRule.labels())
def test_the_hard_to_place_go_over_once_and_stay(load, regime):
    teams = ("caseload=tiered", f"caseload.regime={regime}", "caseload.intensive_clients_per_caseworker=6",
             "caseload.caseworkers=6", "caseload.intensive_caseworkers=2", "caseload.intensive_limit=6",
             "caseload.clients_per_caseworker=15")  # fmt: skip
    engine, passed = Engine(load("default", *FEW, *teams), 4), {}
    while engine.weeks_left > 0:
        engine.step()
        office, week = engine.offices[0], engine.week - 1
        for client in office.clients[office.clients.status != Status.AWAY]:
            key = (int(client.id), int(client.spell))
            assert passed.setdefault(key, client.passed_on_week) in (NOT_YET, client.passed_on_week)
            passed[key] = client.passed_on_week
            if client.passed_on_week == week:
                assert client.nearness < 0.02
                assert client.status == Status.SERVED
            elif client.team == Team.INTENSIVE and client.status == Status.SERVED:
                assert office.caseworkers[client.caseworker].team == Team.INTENSIVE
                assert client.intensive_served_week > client.passed_on_week
    assert sum(week != NOT_YET for week in passed.values()) > 20
    panel = engine.panel()
    assert (panel["intensive_waiting"] > 0).any() == (regime == "limit")


# --- hiring, quitting, illness ----------------------------------------------------------------------


@pytest.mark.parametrize("weeks", [0, 1, 5])
def test_every_leaver_leaves_a_post_vacant_for_the_weeks_of_hiring(load, weeks):
    panel = run(load, *FIXED, "caseload.p_quit_weekly=0.08", f"caseload.hiring_weeks={weeks}").panel()
    quits = panel["quits"]
    vacant = [quits[max(0, week - weeks + 1) : week + 1].sum() if weeks else 0 for week in range(len(quits))]
    assert quits.sum() > 5
    assert panel["vacant_posts"].tolist() == vacant
    assert (panel["caseworkers"] + panel["vacant_posts"] == 6).all()


def test_staff_is_hired_so_many_weeks_after_the_review(load):
    growing = ("caseload=ratio", "caseload.clients_per_caseworker=5", "population.size=60",
               "population.newcomers_per_1000_weekly=100", "caseload.hiring_weeks=3", "weeks=18")  # fmt: skip
    engine, posts = Engine(load("default", *FEW, *growing), 4), []
    while engine.weeks_left > 0:
        engine.step()
        posts.append(int(engine.offices[0].state[0].posts.sum()))
    employed = engine.panel()["caseworkers"]
    assert posts == sorted(posts)
    assert posts[-1] > 1.3 * posts[0]
    assert employed[3:].tolist() == posts[:-3]
    assert employed[:3].tolist() == [posts[0]] * 3


def test_who_follows_a_leaver_is_somebody_else_who_knows_nothing_yet(load):
    scenario = load("default", *FEW, *FIXED, "caseload.p_quit_weekly=0.05", "casework.belief_weight=20")
    before = build_office(scenario, 4, 0, 0).caseworkers.id
    engine, seen = Engine(scenario, 4), set()
    for _ in range(30):
        ids = engine.offices[0].caseworkers.id.copy()
        engine.step()
        office = engine.offices[0]
        for number in np.flatnonzero(office.caseworkers.id != ids):
            assert office.caseworkers.id[number] not in seen
            assert office.caseworkers.employed_since[number] == engine.week - 1
            view = office.views[number]
            noise = (view[BELIEF] - office.common_belief)[view[COUNT] == 20.0]
            assert np.abs(noise).max() <= 6 * office.belief_spread.max()
        seen |= set(office.caseworkers.id)
    assert len(seen) > len(before)
    assert len(set(office.caseworkers.skill)) == 6


def test_whoever_is_let_go_is_called_back_first(load):
    office = build_office(
        load("default", "population.size=50", "caseload.clients_per_caseworker=10"), 1, 0, 0
    )
    arrivals(office)
    intake(office)
    before = [(int(c.id), float(c.skill)) for c in office.caseworkers if c.employed == 1]
    for clients in (20, 50):
        office.state[0].week += 4
        office.state[0].active = clients
        intake(office)
        assert office.state[0].employed == office.state[0].posts.sum() == clients // 10
    assert [(int(c.id), float(c.skill)) for c in office.caseworkers if c.employed == 1] == before


@pytest.mark.parametrize(("mean", "shortest"), [(1.0, 1), (3.5, 1)])
def test_mean_length_of_a_sick_leave(p, mean, shortest):
    p.caseload.sick_leave_weeks = mean
    lengths = [caseload.sick_leave_weeks(seat(id=n), 7, p, LUCK) for n in range(4_000)]
    assert min(lengths) == shortest
    assert np.mean(lengths) == pytest.approx(mean, abs=4 * np.sqrt(mean * (mean - 1.0) / 4_000) + 1e-12)


def test_chances_of_quitting_and_of_falling_ill(p):
    p.caseload.p_quit_weekly, p.caseload.p_sick_leave_weekly = 0.1, 0.2
    for decide, chance in ((caseload.quits, 0.1), (caseload.falls_ill, 0.2)):
        share = np.mean([decide(seat(id=n), 7, p, LUCK) for n in range(4_000)])
        assert share == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / 4_000))
    p.caseload.p_quit_weekly = p.caseload.p_sick_leave_weekly = 0.0
    assert not any(decide(seat(), 7, p, LUCK) for decide in (caseload.quits, caseload.falls_ill))


@pytest.mark.parametrize(
    ("fields", "stays"),
    [({}, True), ({"employed": 0, "at_work": 0}, False), ({"team": 1}, False),
     ({"at_work": 0, "sick_since": 7}, True), ({"at_work": 0, "sick_since": 6}, False)],
)  # fmt: skip
def test_with_whom_a_client_stays(new_client, p, fields, stays):
    assert caseload.keeps(seat(**fields), new_client(), 10, p) == stays


def test_colleagues_share_what_cannot_wait_for_the_sick(load):
    quiet = ("population.mode=cohort", "population.size=60", *FIXED, "casework.p_emergency_monthly=0")
    office = build_office(load("default", *quiet), 1, 0, 0)
    office.settings[0].caseload.p_sick_leave_weekly = 1e-12
    office.settings[0].casework.decision_minutes = 80.0
    arrivals(office)
    intake(office)
    office.caseworkers.at_work[2] = 0
    casework(office)
    own = office.clients[office.clients.caseworker == 2]
    due = (own.month_week == 0).sum() * 1.5 * office.settings[0].casework.decision_minutes
    assert due > 0.0
    assert own.staff_minutes.sum() == due
    assert (own.meetings == 0).all()
    assert (own.assessed_week == NOT_YET).all()
    assert office.caseworkers.minutes[2].sum() == office.caseworkers.backlog[2] == 0.0
    others = office.clients[office.clients.caseworker != 2]
    spent = office.caseworkers.minutes[:, Task.OVERHEAD + 1 :].sum() + office.caseworkers.backlog.sum()
    assert spent == pytest.approx(due + others.staff_minutes.sum())
    alike = [office.caseworkers.minutes[n, Task.DECISION] - decisions(office, n) for n in (0, 1, 3, 4, 5)]
    assert alike == pytest.approx([due / 5] * 5)


def decisions(office, number: int) -> float:
    """Return the minutes of a caseworker's own decisions this week."""
    own = office.clients[office.clients.caseworker == number]
    return float((own.month_week == 0).sum() * 120.0)


@pytest.mark.parametrize(
    ("at_work", "number", "receiver"),
    [([1, 1, 1, 0], 3, 0), ([1, 1, 0, 0], 3, 1), ([0, 1, 1, 0], 3, 2), ([0, 0, 0, 0], 3, 1)],
)
def test_who_gets_what_a_leaver_owes(at_work, number, receiver):
    staff = table(5, worker.CASEWORKER)
    staff.starts_week = NEVER
    staff.at_work[:4] = staff.employed[:4] = at_work
    staff.employed[1] = 1
    staff.team[4] = staff.at_work[4] = staff.employed[4] = 1
    assert caseload.colleague_of(staff, 0, 4, number) == receiver


# --- rebalancing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("slack", "loads"), [(1, [4, 4, 4]), (3, [6, 3, 3]), (20, [12, 0, 0])])
def test_the_latest_arrivals_move_until_loads_are_alike(load, slack, loads):
    three = ("population.mode=cohort", "population.size=12", "caseload=fixed_staff", "caseload.caseworkers=3",
             "caseload.rebalance=true", f"caseload.rebalance_slack={slack}")  # fmt: skip
    office = build_office(load("default", *three), 1, 0, 0)
    arrivals(office)
    intake(office)
    clients = office.clients[:12]
    clients.caseworker, clients.last_caseworker = 0, 0
    office.caseworkers.clients[:] = [12, 0, 0]
    clients.entry_week = np.arange(12) % 6 - 10
    office.state[0].week = 4
    intake(office)
    assert sorted(office.caseworkers.clients, reverse=True) == loads
    moved = clients.caseworker != 0
    assert clients.entry_week[moved].min(initial=9) >= clients.entry_week[~moved].max()
    assert (clients.caseworker_changes == moved).all()
    assert office.panel[4].caseworker_changes == moved.sum()


# --- what is told of it -----------------------------------------------------------------------------


def test_columns_and_outcomes_of_the_lever(load):
    neutral = load("default", *FEW)
    assert lever_columns(neutral) == ()
    assert lever_columns(load("default", *FEW, "caseload.rebalance=true")) == (
        "first_served_week", "caseworker_changes",
    )  # fmt: skip
    scenario = load("default", *FEW, "caseload=tiered", "caseload.regime=limit", "caseload.caseworkers=4",
                    "caseload.limit=25", "caseload.intensive_caseworkers=1",
                    "caseload.intensive_limit=9")  # fmt: skip
    engine = Engine(scenario, 4)
    engine.run()
    spells, weekly = (
        spells_table(engine.columns_of_spells(), 0, lever_columns(scenario)),
        weekly_table(engine.panel(), 0),
    )
    value = replication_outcomes(spells, weekly).set_index("outcome")["value"]
    wait = (spells["first_served_week"] - spells["entry_week"]).dropna()
    assert value["wait for the first caseworker, mean"] == pytest.approx(wait.mean())
    assert value["wait for the first caseworker, 90th percentile"] == wait.quantile(0.9) > 0.0
    assert weekly["weeks_to_first_caseworker"].sum() == wait.sum()
    assert weekly["first_served"].sum() == len(wait)
    late = (spells["intensive_served_week"] - spells["passed_on_week"]).dropna()
    assert value["wait for the intensive team, mean"] == pytest.approx(late.mean())
    assert late.min() >= 1
    assert (spells["tier"] == "intensive").mean() == value["passed on to the intensive team"] > 0.1
    programmes = programmes_table(engine.activity(), scenario.programmes, 0)
    told = capacity_table(spells, weekly, programmes).set_index(["measure", "group"])["value"]
    assert told["mean of those who came to it", "caseworker"] == pytest.approx(wait.mean())
    hours = sum(told["hours of a caseworker's week", task.label] for task in Task)
    assert hours == pytest.approx(weekly["minutes_used"].sum() / weekly["caseworkers"].sum() / 60.0)
