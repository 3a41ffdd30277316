"""What holds in every week under any settings: nobody is lost, nothing is used twice, accounts add up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.agents.programme import PRIORITIES
from simulator.composing import load_scenario
from simulator.engine import Engine, with_longer_ledger
from simulator.office import Office
from simulator.parameters import Caseload, Group, Scenario
from simulator.randomness import Luck, exponential, luck_of
from simulator.rules.benefit import paid_benefit, weekly_benefit
from simulator.rules.duty import is_obliged
from simulator.steps.spells import exits
from simulator.steps.waiting import TICKETS_PER_SPELL
from simulator.vocabulary import (
    DOORS,
    NEVER,
    NOBODY,
    NOT_YET,
    AgeRule,
    Assessor,
    Barrier,
    CaseloadRule,
    ChildProtection,
    Door,
    Organisation,
    PopulationMode,
    Purpose,
    SanctionStep,
    Status,
    Task,
    Team,
)
from simulator.week import STEPS, has_room_for_exits

REPEATABLE = settings(
    max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
MORE = settings(REPEATABLE, max_examples=80)
FEWER = settings(REPEATABLE, max_examples=10)
"""For what is looked at client by client in every week, which takes a second an example."""
ROOT = Path(__file__).parents[2]
BREATH = 1e-9
Spell = tuple[int, int]
EVENTFUL = (
    "weeks=30", "population.size=90", "population.burn_in_weeks=0", "population.newcomers_per_1000_weekly=30",
    "doors.work.h_return_weekly=0.05", "doors.other.h_return_weekly=0.05", "caseload.review_weeks=3",
    "client.attendance.p_no_reason=0.4", "client.attendance.p_drop_out=0.1",
    "client.attendance.p_refusal=0.3", "programmes.job_search.queue=young_first",
    "programmes.job_search.length=geometric", "referral.rest_weeks=2", "collaboration.report_delay_weeks=1",
    "collaboration.referral_delay_weeks=1", "population.pension_age=58", "client.trust.change_loss=0.2",
)  # fmt: skip
"""So many absences, returns and short stays that every mechanism is at work within a few months."""

SEEDS = st.integers(0, 2**63 - 1)
load = lru_cache(load_scenario)


def one_of(group: str, *options: str) -> st.SearchStrategy[Group]:
    """Choose the settings of one group among its options."""
    return st.sampled_from(options).map(
        lambda option: getattr(load("default", *EVENTFUL, f"{group}={option}"), group)
    )


def changed(group: Group, **choices: st.SearchStrategy[object]) -> st.SearchStrategy[Group]:
    """Choose some settings of a group."""
    return st.fixed_dictionaries(choices).map(lambda values: group.model_copy(update=values))


def under_many_rules(sanctions: Group) -> st.SearchStrategy[Group]:
    """Choose who is obliged, and for how many hours; who returns is paid, who is sanctioned put out."""
    return changed(
        sanctions,
        age_rule=st.sampled_from([AgeRule.EVERYBODY, *AgeRule]),
        special_skills_barrier=st.sampled_from([0.3, 0.6]),
        required_hours=st.sampled_from([0.0, 0.0, 40.0]),
        child_protection=st.sampled_from(ChildProtection),
        emergency_test_minutes=st.sampled_from([0.0, 300.0]),
        proof_required=st.booleans(),
        lift_on_return=st.booleans(),
        p_stay_ended=st.sampled_from([0.0, 0.5]),
        reduction_step=st.sampled_from([0.0, 0.4]),
    )


def often_part_time(benefit: Group) -> st.SearchStrategy[Group]:
    """Choose whether many work part time, and how soon earnings are disregarded."""
    return changed(
        benefit,
        h_part_time_weekly=st.sampled_from([0.0, 0.05]),
        stimulus_after_weeks=st.sampled_from([0, 6]),
        stimulus_weeks=st.sampled_from([5, 104]),
    )


def together_in_many_ways(collaboration: Group) -> st.SearchStrategy[Group]:
    """Choose who assesses, whether that is doubted, and how often cases are reviewed."""
    return changed(
        collaboration,
        assessor=st.sampled_from(Assessor),
        provider_hours_per_1000=st.sampled_from([0.0, 40.0, 400.0]),
        reassessment=st.booleans(),
        review_weeks=st.sampled_from([0, 1, 4]),
        p_result_seen=st.sampled_from([0.0, 0.5, 1.0]),
    )


def caseloads(base: Caseload, organisation: Organisation) -> st.SearchStrategy[Group]:
    """Choose a caseload lever, with or without a staff that comes, goes and falls ill."""
    generalist = organisation == Organisation.GENERALIST
    return changed(
        base,
        organisation=st.just(organisation),
        regime=st.sampled_from(CaseloadRule),
        caseworkers=st.sampled_from([3, 4, 9] if generalist else [6, 9]),
        intensive_caseworkers=st.just(3),
        clients_per_caseworker=st.sampled_from([7.0, 25.0, 60.0, 300.0]),
        intensive_clients_per_caseworker=st.sampled_from([5.0, 30.0]),
        limit=st.sampled_from([8, 40]),
        intensive_limit=st.sampled_from([3, 40]),
        hard_to_place_below=st.sampled_from([0.02, 0.5]),
        hours_per_week=st.sampled_from([0.0, 8.0, 40.0]),
        hiring_weeks=st.sampled_from([0, 3]),
        p_quit_weekly=st.sampled_from([0.0, 0.0, 0.1]),
        novice_weight=st.sampled_from([1.0, 2.0]),
        p_sick_leave_weekly=st.sampled_from([0.0, 0.0, 0.2]),
        sick_leave_weeks=st.sampled_from([1.0, 3.0]),
        reassign_after_weeks=st.sampled_from([1, 3]),
        rebalance=st.booleans(),
        rebalance_slack=st.sampled_from([1, 4]),
    )


@st.composite
def scenarios(draw: st.DrawFn, modes: Sequence[PopulationMode] = tuple(PopulationMode)) -> Scenario:
    base = load("default", *EVENTFUL)
    parts = {
        "referral": one_of("referral", "blanket", "available", "matched"),
        "sanctions": one_of(
            "sanctions", "none", "warning", "ladder", "strict", "refusal_only", "activity_requirement"
        ).flatmap(under_many_rules),
        "benefit": one_of("benefit", "norm", "norm", "job_stimulus", "cap_2027").flatmap(often_part_time),
        "collaboration": one_of(
            "collaboration", "silo", "order_and_report", "coordinated", "integrated"
        ).flatmap(together_in_many_ways),
        "employment_service": one_of("employment_service", "outside", "beside", "first"),
        "population": changed(
            base.population, mode=st.sampled_from(modes), offices=st.sampled_from([1, 2, 3])
        ),
        "casework": changed(
            base.casework,
            unlimited_time=st.sampled_from([False, False, True]),
            handover_loss=st.sampled_from([0.0, 0.5]),
            case_weights=st.sampled_from([{}, {Barrier.DEBT: 0.5, Barrier.SKILLS: 1.0}]),
            child_weight=st.sampled_from([0.0, 0.2]),
            p_plan=st.sampled_from([0.3, 1.0]),
            triage=st.booleans(),
            template=st.booleans(),
        ),
        "caseload": st.sampled_from(Organisation).flatmap(lambda kind: caseloads(base.caseload, kind)),
    }
    return base.model_copy(update={name: draw(part) for name, part in parts.items()})


LIVELY = (
    "programmes=broad", "vacancies=tight", "vacancies.per_1000_weekly=30", "vacancies.season_amplitude=0.5",
    "programmes.job_search.leads_to=work_practice", "programmes.work_practice.leads_to=municipal_employment",
    "programmes.vocational.mix={language: 0.5, coaching: 0.2}", "programmes.coaching.ends_week=17",
    "programmes.mapping.starts_week=9", "programmes.mapping.ends_week=21", "programmes.mapping.weeks=4",
    "programmes.job_search.weeks=3", "programmes.job_search.queue=parents_first",
    "programmes.work_practice.queue=far_first", "programmes.work_practice.weeks=4",
    "programmes.work_practice.entry_after_weeks=4", "programmes.language.entry_most={health: 0.5}",
    "programmes.municipal_employment.target=everybody", "programmes.municipal_employment.weeks=6",
    "programmes.municipal_employment.places_per_1000=60", "programmes.municipal_employment.ends_week=26",
    "programmes.municipal_employment.length=geometric", "programmes.municipal_employment.p_insured=0.3",
    "programmes.employer_agreement.h_hire_weekly=0.2", "programmes.employer_agreement.target=everybody",
    "programmes.employer_agreement.places_per_1000=40",
)  # fmt: skip
"""All that a catalogue can do, and too few vacancies."""


@st.composite
def lively_scenarios(draw: st.DrawFn, modes: Sequence[PopulationMode] = tuple(PopulationMode)) -> Scenario:
    """Choose as `scenarios` does, with every lever of the catalogue and the vacancies at work."""
    lively = load("default", *EVENTFUL, *LIVELY)
    at_once = load("default", *EVENTFUL, "referral=at_once").referral
    other = draw(scenarios(modes))
    referral = draw(st.sampled_from([other.referral, at_once]))
    more = {"programmes": lively.programmes, "vacancies": lively.vacancies, "referral": referral}
    return other.model_copy(update=more)


def present(office: Office) -> np.recarray:
    """Return the records of the clients on benefit."""
    clients = office.clients[: office.state[0].slots]
    return clients[clients.status != Status.AWAY]


def weeks_of(engine: Engine) -> Iterator[Office]:
    """Play all weeks; give every office after each."""
    while engine.weeks_left > 0:
        engine.step()
        yield from engine.offices


# --- checks of one office after a week ------------------------------------------------------------


def people_are_conserved(office: Office, scenario: Scenario) -> None:
    state, clients = office.state[0], present(office)
    assert state.active == len(clients) == state.slots - state.free
    assert len(set(clients.person)) == len(clients)
    returning = [row for week in range(state.week, scenario.weeks) for row in returners(office, week)]
    assert len(set(returning)) == len(returning)
    assert not set(returning) & set(clients.person)
    assert all(office.people[row].spell > 0 for row in [*returning, *clients.person])
    assert ((office.people.first_week < state.week) == (office.people.spell > 0)).all()
    assert (clients.id == office.people.id[clients.person]).all()
    assert set(office.free[: state.free]) == set(
        np.flatnonzero(office.clients.status[: state.slots] == Status.AWAY)
    )


def returners(office: Office, week: int) -> list[int]:
    """Return the rows of the people who will come back in a week."""
    rows, row = [], office.calendar[week - office.state[0].first_week]
    while row != NOBODY:
        rows.append(int(row))
        row = office.people[row].next_to_return
    return rows


def weeks_add_up(office: Office, scenario: Scenario) -> None:
    played = office.state[0].week - office.state[0].first_week
    now = office.panel[played - 1]
    before = office.panel[played - 2].clients if played > 1 else 0
    assert now.clients == len(present(office)) == before + now.newcomers + now.returns - now.exits.sum()


def nobody_is_in_two_states(office: Office, scenario: Scenario) -> None:
    clients, state = present(office), office.state[0]
    assert not ((clients.programme != NOBODY) & (clients.queued_for != NOBODY)).any()
    assert ((clients.caseworker == NOBODY) == (clients.status == Status.WAITING)).all()
    served = clients[clients.status == Status.SERVED]
    assert (office.caseworkers.employed[served.caseworker] == 1).all()
    passed_on_now = served.passed_on_week == state.week - 1
    assert ((office.caseworkers.team[served.caseworker] == served.team) | passed_on_now).all()
    assert (office.to_refer == 0).all()
    assert ((clients.programme != NOBODY) == (clients.stay_ends < NEVER)).all()
    assert ((clients.queued_for != NOBODY) == (clients.ticket_week < NEVER)).all()
    assert ((clients.step != SanctionStep.NONE) == (clients.step_until < NEVER)).all()


def caseloads_are_counted(office: Office, scenario: Scenario) -> None:
    clients, state, staff = present(office), office.state[0], office.caseworkers
    served = clients.caseworker[clients.caseworker != NOBODY]
    counts = np.bincount(served, minlength=len(staff))
    assert counts.tolist() == staff.clients.tolist()
    panel = office.panel[state.week - state.first_week - 1]
    waiting = clients[clients.status == Status.WAITING]
    assert panel.waiting == len(waiting)
    assert panel.intensive_waiting == (waiting.team == Team.INTENSIVE).sum()
    assert panel.intensive_clients == (clients.team == Team.INTENSIVE).sum() == state.intensive
    for team, limit in enumerate((scenario.caseload.limit, scenario.caseload.intensive_limit)):
        if scenario.caseload.regime == CaseloadRule.LIMIT:
            assert counts[staff.team == team].max(initial=0) <= limit
        elif (staff.at_work[staff.team == team] == 1).any():
            assert not (waiting.team == team).any()


def posts_are_filled_or_vacant(office: Office, scenario: Scenario) -> None:
    state, staff = office.state[0], office.caseworkers
    vacant = staff.starts_week < NEVER
    assert not (vacant & (staff.employed == 1)).any()
    assert (staff.at_work <= staff.employed).all()
    assert state.employed == (staff.employed == 1).sum()
    assert state.posts.sum() == state.employed + vacant.sum()
    assert ((staff.employed == 1) | vacant)[state.seats :].sum() == 0
    assert len(set(staff.id)) == len(staff)
    panel = office.panel[state.week - state.first_week - 1]
    assert panel.vacant_posts == vacant.sum()
    assert panel.sick == (staff.employed - staff.at_work).sum()
    if scenario.caseload.regime != CaseloadRule.RATIO:
        assert state.posts.tolist() == state.most_posts.tolist()


def nobody_absent_is_given_clients(office: Office, scenario: Scenario) -> None:
    staff, week = office.caseworkers, office.state[0].week - 1
    away = (staff.employed == 1) & (staff.at_work == 0)
    assert (staff.minutes[staff.at_work == 0] == 0.0).all()
    assert (
        staff.clients[away & (week - staff.sick_since >= scenario.caseload.reassign_after_weeks)] == 0
    ).all()
    clients = present(office)
    new = clients.caseworker[clients.first_served_week == week]
    assert (staff.at_work[new] == 1).all()


def the_waiting_stand_in_line(office: Office, scenario: Scenario) -> None:
    state, clients = office.state[0], office.clients
    tickets = clients.id + clients.spell.astype(np.int64) * TICKETS_PER_SPELL
    for team in range(len(office.waiting)):
        line = slice(state.first_waiting[team], state.last_waiting[team])
        slots = office.waiting[team, line]
        slots = slots[tickets[slots] == office.waiting_ticket[team, line]]
        slots = slots[clients.status[slots] == Status.WAITING]
        waits = (clients.status == Status.WAITING) & (clients.team == team)
        assert sorted(slots) == np.flatnonzero(waits[: state.slots]).tolist()
        never_served = slots[clients.first_served_week[slots] == NOT_YET]
        assert (np.diff(clients.entry_week[never_served]) >= 0).all()


def minutes_fit_into_the_week(office: Office, scenario: Scenario) -> None:
    used = office.caseworkers.minutes.sum(axis=1)
    assert (office.caseworkers.minutes >= 0.0).all()
    if scenario.casework.unlimited_time:
        assert (office.caseworkers.backlog[office.caseworkers.at_work == 1] == 0.0).all()
    else:
        assert (used <= 60.0 * scenario.caseload.hours_per_week + BREATH).all()


def places_are_held_once(office: Office, scenario: Scenario) -> None:
    clients = present(office)
    for number, programme in enumerate(office.programmes):
        inside = (clients.programme == number).sum() + programme.employed
        assert programme.used == inside <= programme.places


def lines_are_whole(office: Office, scenario: Scenario) -> None:
    clients = present(office)
    for number, programme in enumerate(office.programmes):
        line = []
        for group in range(PRIORITIES):
            slots = follow(office, programme.head[group], "next_in_line")
            assert slots == follow(office, programme.tail[group], "previous_in_line")[::-1]
            assert all(office.clients[slot].priority == group for slot in slots)
            line += slots
        assert sorted(office.clients.id[line]) == sorted(clients.id[clients.queued_for == number])
        assert programme.queue == len(line)


def follow(office: Office, slot: int, link: str) -> list[int]:
    """Return the slots of a line from one end to the other (no more than there are clients)."""
    slots: list[int] = []
    while slot != NOBODY and len(slots) <= len(office.clients):
        slots.append(int(slot))
        slot = office.clients[slot][link]
    return slots


def benefit_is_paid_by_the_rules(office: Office, scenario: Scenario) -> None:
    p = office.settings[0]
    for client in present(office):
        assert client.benefit_weekly == paid_benefit(client, p) <= weekly_benefit(client, p)
        assert (client.cut > 0.0) == (client.step == SanctionStep.REDUCTION)


def duties_hold(office: Office, scenario: Scenario) -> None:
    p, now = office.settings[0], office.panel[office.state[0].week - office.state[0].first_week - 1]
    clients = present(office)
    assert [client.obliged for client in clients] == [is_obliged(client, p) for client in clients]
    assert (clients.hours_asked <= scenario.sanctions.required_hours * clients.obliged).all()
    assert (clients.own_hours <= clients.hours_asked).all()
    assert ((clients.programme_hours > 0.0) == (clients.programme != NOBODY)).all()
    assert now.hours_met <= now.hours_asked * (1.0 + BREATH)
    assert now.ended_for_misconduct <= now.ended_early
    assert now.mandatory_over_25 <= now.mandatory
    assert now.children_hit <= now.steps[SanctionStep.REDUCTION] + now.steps[SanctionStep.DENIAL]
    assert (now.part_time > 0) <= (scenario.benefit.h_part_time_weekly > 0.0)


def nobody_has_outstayed(office: Office, scenario: Scenario) -> None:
    """All thresholds are ahead, and so is the foreseen exit, by the hazards now in force."""
    clients, week = present(office), office.state[0].week
    gone = clients.hazard * (week - clients.settled_week)[:, None]
    assert (clients.threshold >= gone - BREATH).all()
    assert (clients.exit_week >= week).all()


CHECKS = (
    people_are_conserved,
    weeks_add_up,
    nobody_is_in_two_states,
    caseloads_are_counted,
    posts_are_filled_or_vacant,
    nobody_absent_is_given_clients,
    the_waiting_stand_in_line,
    minutes_fit_into_the_week,
    places_are_held_once,
    lines_are_whole,
    benefit_is_paid_by_the_rules,
    duties_hold,
    nobody_has_outstayed,
)


@FEWER
@given(scenarios(), SEEDS)
def test_every_week(scenario, seed):
    engine = Engine(scenario, seed)
    for office in weeks_of(engine):
        for check in CHECKS:
            check(office, scenario)
    assert engine.week == scenario.weeks


def vacancies_are_conserved(office: Office, scenario: Scenario) -> None:
    played = office.state[0].week - office.state[0].first_week
    panel = office.panel[:played]
    gone = panel.vacancies_filled.sum() + panel.vacancies_lost.sum()
    assert office.state[0].vacancies == panel.vacancies_opened.sum() - gone >= 0


def projects_run_in_their_weeks(office: Office, scenario: Scenario) -> None:
    week = office.state[0].week - 1
    for row, programme in zip(office.activity[week], office.programmes, strict=True):
        if not programme.starts_week <= week < programme.ends_week:
            assert (row.places, row.used, row.queued, row.admitted, row.programme_sek) == (0, 0, 0, 0, 0.0)


@FEWER
@given(lively_scenarios(), SEEDS)
def test_every_week_with_a_lively_catalogue_and_few_vacancies(scenario, seed):
    engine = Engine(scenario, seed)
    for office in weeks_of(engine):
        for check in (*CHECKS, vacancies_are_conserved, projects_run_in_their_weeks):
            check(office, scenario)


@REPEATABLE
@given(lively_scenarios([PopulationMode.COHORT]), SEEDS)
def test_places_and_people_of_a_lively_cohort_add_up(scenario, seed):
    engine = Engine(scenario, seed)
    engine.run()
    spells, panel, activity = engine.spells(), engine.panel(), engine.activity()
    assert panel["newcomers"].sum() + panel["returns"].sum() == len(spells)
    assert spells["referrals"].sum() == panel["referrals"].sum()
    ended = panel["completed"].sum() + panel["ended_early"].sum()
    assert panel["admitted"].sum() - ended == panel["places_used"][-1]
    early = activity["dropped_out"] + activity["left_benefit"] + activity["project_ended"]
    assert early.sum(axis=1).tolist() == panel["ended_early"].tolist()
    pairs = {"places": "places", "used": "places_used", "queued": "queued", "stay_weeks": "stay_weeks"}
    for one, other in pairs.items():
        assert activity[one].sum(axis=1).tolist() == panel[other].tolist()
    np.testing.assert_allclose(activity["programme_sek"].sum(axis=1), panel["programme_sek"], rtol=1e-12)
    assert spells["programme_sek"].sum() <= panel["programme_sek"].sum() * (1 + BREATH)


def test_a_lively_catalogue_is_lively():
    engine = Engine(load("default", *EVENTFUL, *LIVELY, "population.size=300", "weeks=40"), 3)
    engine.run()
    activity, panel = engine.activity(), engine.panel()
    for name in ("completed", "dropped_out", "left_benefit", "project_ended", "wait_weeks"):
        assert activity[name].sum() > 0
    for name in ("vacancies_filled", "vacancies_lost", "jobs_missed"):
        assert panel[name].sum() > 0
    names = list(load("default", *EVENTFUL, *LIVELY).programmes)
    assert activity["completed"][:, names.index("municipal_employment")].sum() > 0


# --- what adds up over a run ----------------------------------------------------------------------


@MORE
@given(scenarios([PopulationMode.COHORT]), SEEDS)
def test_spells_and_weeks_of_a_cohort_add_up(scenario, seed):
    engine = Engine(scenario, seed)
    engine.run()
    spells, panel = engine.spells(), engine.panel()
    assert panel["newcomers"].sum() == scenario.population.size == (spells["spell"] == 1).sum()
    assert panel["newcomers"].sum() + panel["returns"].sum() == len(spells)
    assert (
        np.bincount(spells["door"] + 1, minlength=DOORS + 1)[1:].tolist()
        == panel["exits"].sum(axis=0).tolist()
    )
    assert (spells["end_week"] - spells["entry_week"]).sum() == panel["clients"].sum() + panel["exits"].sum()
    rungs = [
        ("warnings", SanctionStep.WARNING),
        ("reductions", SanctionStep.REDUCTION),
        ("denials", SanctionStep.DENIAL),
    ]
    for name, rung in rungs:
        assert spells[name].sum() == panel["steps"][:, rung].sum()
    for name in ("meetings", "wrong_sanctions", "referrals", "caseworker_changes"):
        assert spells[name].sum() == panel[name].sum()
    assert spells["absences"].sum() == panel["absences"].sum()
    assert (
        panel["admitted"].sum() - panel["completed"].sum() - panel["ended_early"].sum()
        == panel["places_used"][-1]
    )


@MORE
@given(scenarios([PopulationMode.COHORT]), SEEDS)
def test_money_and_minutes_of_a_cohort_add_up(scenario, seed):
    engine = Engine(scenario, seed)
    engine.run()
    spells, panel = engine.spells(), engine.panel()
    np.testing.assert_allclose(spells["benefit_sek"].sum(), panel["benefit_sek"].sum(), rtol=1e-12)
    assert spells["programme_sek"].sum() <= panel["programme_sek"].sum() * (1 + BREATH)
    weeks = scenario.costs.caseworker_sek_yearly / 52.0 * panel["caseworkers"]
    np.testing.assert_allclose(panel["staff_sek"], weeks, rtol=1e-12)
    with_clients = panel["minutes"][:, Task.OVERHEAD + 1 :].sum() + panel["minutes_overdue"][-1]
    np.testing.assert_allclose(spells["staff_minutes"].sum(), with_clients, rtol=1e-9)
    np.testing.assert_allclose(spells["meeting_minutes"].sum(), panel["talk_minutes"].sum(), rtol=1e-9)


# --- exits, followed week by week -----------------------------------------------------------------


EXITS = STEPS.index(exits)


def play(office: Office, steps: Sequence[Callable[[Office], None]]) -> None:
    for step in steps:
        step(office)


def open_office(engine: Engine) -> Office:
    """Return the first office, its ledger long enough for the coming week."""
    if not has_room_for_exits(engine.offices[0]):
        engine.offices[0] = with_longer_ledger(engine.offices[0])
    return engine.offices[0]


def leavers(office: Office, left: dict[Spell, np.ndarray], luck: Luck) -> dict[Spell, int]:
    """Return who leaves this week through which door; `left` keeps what is left of thresholds."""
    due, week = {}, office.state[0].week
    for client in present(office):
        key = (int(client.id), int(client.spell))
        if key not in left:
            left[key] = np.array([exponential(luck, *key, Purpose.THRESHOLD + door) for door in Door])
        with np.errstate(divide="ignore"):
            reached = left[key] / client.hazard
        left[key] = left[key] - client.hazard
        if reached.min() <= 1.0:
            due[key] = int(reached.argmin())
        elif client.pension_week <= week:
            due[key] = Door.OTHER_BENEFIT
    return due


def follow_exits(scenario: Scenario, seed: int) -> None:
    """Hold who leaves in each week, and by which door, against thresholds and hazards."""
    engine, luck = Engine(scenario, seed), luck_of(seed, 0)
    left: dict[Spell, np.ndarray] = {}
    for _ in range(scenario.weeks):
        office = open_office(engine)
        play(office, STEPS[:EXITS])
        due = leavers(office, left, luck)
        closed = int(office.state[0].spells)
        play(office, STEPS[EXITS:])
        gone = office.spells[closed : office.state[0].spells]
        assert {(int(row.id), int(row.spell)): int(row.door) for row in gone} == due
    assert len(left) > len(present(office))


def play_both_ways(*overrides: str, weeks: int = 10) -> None:
    """Hold weeks played step by step against whole ones."""
    scenario = load("default", *EVENTFUL, *overrides)
    by_week, by_step = Engine(scenario, 5), Engine(scenario, 5)
    for _ in range(weeks):
        by_week.step()
        play(open_office(by_step), STEPS)
    assert len(by_week.spells()) > 0
    for name in by_week.spells().dtype.names:
        np.testing.assert_array_equal(by_week.spells()[name], by_step.spells()[name])


@pytest.mark.slow
@FEWER
@given(scenarios(), SEEDS)
def test_clients_leave_when_the_cumulated_hazard_reaches_their_threshold(scenario, seed):
    follow_exits(scenario, seed)


@pytest.mark.slow
def test_steps_are_what_a_week_plays():
    play_both_ways()


def test_exits_and_steps_in_plain_python():
    """The same among fewer people: each step compiled for itself would take half a minute.

    That compiled and interpreted weeks are the same, `test_bit_identity.py` holds.
    """
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "as foreseen\n"


if __name__ == "__main__":

    @settings(REPEATABLE, max_examples=3)
    @given(scenarios(), SEEDS)
    def follow_a_few(scenario: Scenario, seed: int) -> None:
        """Follow exits among thirty people for twenty weeks."""
        fewer = scenario.population.model_copy(update={"size": 30})
        follow_exits(scenario.model_copy(update={"population": fewer, "weeks": 20}), seed)

    follow_a_few()
    play_both_ways("population.size=30")
    print("as foreseen")
