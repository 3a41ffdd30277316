"""What holds in every week under any settings: nobody is lost, nothing is used twice, accounts add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.agents.programme import PRIORITIES
from simulator.composing import load_scenario
from simulator.engine import Engine, with_longer_ledger
from simulator.office import Office
from simulator.parameters import Group, Scenario
from simulator.randomness import Luck, exponential, luck_of
from simulator.steps.intake import TICKETS_PER_SPELL
from simulator.steps.spells import exits
from simulator.vocabulary import (
    DOORS,
    NEVER,
    NOBODY,
    CaseloadRule,
    Door,
    PopulationMode,
    Purpose,
    SanctionStep,
    Status,
    Task,
)
from simulator.week import STEPS, has_room_for_exits

REPEATABLE = settings(
    max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
MORE = settings(REPEATABLE, max_examples=80)
BREATH = 1e-9
Spell = tuple[int, int]
EVENTFUL = (
    "weeks=30", "population.size=90", "population.burn_in_weeks=0", "population.newcomers_per_1000_weekly=30",
    "doors.work.h_return_weekly=0.05", "doors.other.h_return_weekly=0.05", "caseload.review_weeks=3",
    "client.attendance.p_no_reason=0.4", "client.attendance.p_drop_out=0.1",
    "client.attendance.p_refusal=0.3", "programmes.job_search.queue=young_first",
    "programmes.job_search.length=geometric", "referral.rest_weeks=2", "collaboration.report_delay_weeks=1",
    "collaboration.referral_delay_weeks=1", "population.pension_age=58",
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


@st.composite
def scenarios(draw: st.DrawFn, modes: Sequence[PopulationMode] = tuple(PopulationMode)) -> Scenario:
    base = load("default", *EVENTFUL)
    parts = {
        "referral": one_of("referral", "blanket", "available", "matched"),
        "sanctions": one_of("sanctions", "none", "warning", "ladder", "strict"),
        "collaboration": one_of("collaboration", "silo", "order_and_report", "coordinated", "integrated"),
        "population": changed(
            base.population, mode=st.sampled_from(modes), offices=st.sampled_from([1, 2, 3])
        ),
        "casework": changed(base.casework, unlimited_time=st.sampled_from([False, False, True])),
        "caseload": changed(
            base.caseload,
            regime=st.sampled_from(CaseloadRule),
            caseworkers=st.sampled_from([3, 4, 9]),
            clients_per_caseworker=st.sampled_from([7.0, 25.0, 60.0, 300.0]),
            limit=st.sampled_from([8, 40]),
            hours_per_week=st.sampled_from([0.0, 8.0, 40.0]),
        ),
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
    assert (clients.caseworker < state.employed).all()
    assert (clients.to_refer == 0).all()
    assert ((clients.programme != NOBODY) == (clients.stay_ends < NEVER)).all()
    assert ((clients.queued_for != NOBODY) == (clients.ticket_week < NEVER)).all()
    assert ((clients.step != SanctionStep.NONE) == (clients.step_until < NEVER)).all()


def caseloads_are_counted(office: Office, scenario: Scenario) -> None:
    clients, state = present(office), office.state[0]
    served = clients.caseworker[clients.caseworker != NOBODY]
    counts = np.bincount(served, minlength=len(office.caseworkers))
    assert counts.tolist() == office.caseworkers.clients.tolist()
    assert office.panel[state.week - state.first_week - 1].waiting == len(clients) - len(served)
    if scenario.caseload.regime == CaseloadRule.LIMIT:
        assert counts.max() <= scenario.caseload.limit
    else:
        assert len(served) == len(clients)


def the_waiting_stand_in_line(office: Office, scenario: Scenario) -> None:
    state, clients = office.state[0], office.clients
    line = slice(state.first_waiting, state.last_waiting)
    tickets = clients.id + clients.spell.astype(np.int64) * TICKETS_PER_SPELL
    slots = office.waiting[line][tickets[office.waiting[line]] == office.waiting_ticket[line]]
    slots = slots[clients.status[slots] == Status.WAITING]
    assert sorted(slots) == np.flatnonzero(clients.status[: state.slots] == Status.WAITING).tolist()
    assert (np.diff(clients.entry_week[slots]) >= 0).all()


def minutes_fit_into_the_week(office: Office, scenario: Scenario) -> None:
    used = office.caseworkers.minutes[: office.state[0].employed].sum(axis=1)
    assert (office.caseworkers.minutes >= 0.0).all()
    if scenario.casework.unlimited_time:
        assert (office.caseworkers.backlog == 0.0).all()
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
    the_waiting_stand_in_line,
    minutes_fit_into_the_week,
    places_are_held_once,
    lines_are_whole,
    nobody_has_outstayed,
)


@REPEATABLE
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


@REPEATABLE
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
    for name in ("meetings", "wrong_sanctions", "referrals"):
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


@REPEATABLE
@given(scenarios(), SEEDS)
def test_clients_leave_when_the_cumulated_hazard_reaches_their_threshold(scenario, seed):
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


def test_steps_are_what_a_week_plays():
    scenario = load("default", *EVENTFUL)
    by_week, by_step = Engine(scenario, 5), Engine(scenario, 5)
    for _ in range(10):
        by_week.step()
        play(open_office(by_step), STEPS)
    for name in by_week.spells().dtype.names:
        np.testing.assert_array_equal(by_week.spells()[name], by_step.spells()[name])
