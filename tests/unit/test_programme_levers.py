"""The levers of the catalogue and the vacancies: single rules, each on a record or two."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.agents import client as person
from simulator.agents import leaving
from simulator.agents.programme import admit, employ, end_jobs, end_stay, programme_table, week_after_job
from simulator.engine import Engine
from simulator.experiments.runner import run_replication
from simulator.office import build_office
from simulator.population import vacancies_of_office
from simulator.randomness import exponential, luck_of
from simulator.rules import referral
from simulator.rules.vacancies import left_by_others, miss_vacancy, needs_vacancy
from simulator.steps.intake import arrivals
from simulator.steps.members import look_over
from simulator.steps.programmes import admission, join_line, leave_line
from simulator.vocabulary import (
    NEVER,
    NOBODY,
    Barrier,
    Door,
    Owner,
    ProgrammeKind,
    Purpose,
    QueueRule,
    StayEnd,
    TargetGroup,
)

LUCK = luck_of(1, 0)


# --- entry ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "after", "believed", "week", "takes"),
    [(1.0, 0, 1.0, 0, True), (0.5, 0, 0.5, 0, True), (0.5, 0, 0.51, 0, False), (1.0, 26, 0.0, 25, False),
     (1.0, 26, 0.0, 26, True)],
)  # fmt: skip
def test_entry_rules(load, new_client, most, after, believed, week, takes):
    rules = f"programmes.vocational.entry_most={{language: {most}}}"
    catalogue = load("default", rules, f"programmes.vocational.entry_after_weeks={after}").programmes
    record = new_client()
    record.believed[Barrier.LANGUAGE] = believed
    programme = programme_table(catalogue, 100, 0, 1)[list(catalogue).index("vocational")]
    assert referral.takes(programme, record, week) == takes


CIRCUMSTANCES = {
    "parents": (TargetGroup.PARENTS, {"children": 1}, {}),
    "long-term": (TargetGroup.LONG_TERM, {"entry_week": 57}, {"entry_week": 58}),
    "far": (TargetGroup.FAR_FROM_WORK, {"assessed_week": 1, "nearness": 0.4}, {"nearness": 0.4}),
    "far, not near": (
        TargetGroup.FAR_FROM_WORK,
        {"assessed_week": 1, "nearness": 0.4},
        {"assessed_week": 1, "nearness": 0.5},
    ),
    "near": (
        TargetGroup.NEAR_WORK,
        {"assessed_week": 1, "nearness": 0.5},
        {"assessed_week": 1, "nearness": 0.4},
    ),
}
RULES = {
    "parents": QueueRule.PARENTS_FIRST,
    "long-term": QueueRule.LONG_TERM_FIRST,
    "far": QueueRule.FAR_FIRST,
    "far, not near": QueueRule.FAR_FIRST,
    "near": QueueRule.NEAR_FIRST,
}


@pytest.mark.parametrize("case", CIRCUMSTANCES)
def test_target_groups_and_priorities_by_circumstances(new_client, programmes, case):
    target, inside, outside = CIRCUMSTANCES[case]
    programme = programmes["mapping"]
    programme.target, programme.queue_rule = int(target), int(RULES[case])
    one, other = new_client(**inside), new_client(**outside)
    assert (referral.takes(programme, one, 100), referral.takes(programme, other, 100)) == (True, False)
    groups = [referral.priority_group(programme, record, 100) for record in (one, other)]
    assert groups == [0, 1]


@pytest.mark.parametrize(("week", "runs"), [(3, False), (4, True), (8, True), (9, False)])
def test_a_project_runs_in_its_weeks(programmes, p, week, runs):
    course = programmes["coaching"]
    course.starts_week, course.ends_week = 4, 9
    assert referral.is_running(course, week) == referral.is_open(course, week, p) == runs


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


def test_the_group_in_a_line_is_that_of_joining(office):
    programme = office.programmes[0]
    programme.queue_rule = int(QueueRule.PARENTS_FIRST)
    for slot, children in enumerate((0, 0, 1, 0)):
        office.clients[slot].children = children
        join_line(office, programme, slot, 0)
    office.clients.children[:4] = 1, 1, 0, 1  # what changes while waiting moves nobody
    leave_line(office, 1)
    admission(office)
    assert np.flatnonzero(office.clients.programme[:12] == 0).tolist() == [0, 2]
    assert (programme.used, programme.queue) == (2, 1)


def test_a_project_that_is_over_sends_home_who_is_in_it_and_who_waits(office):
    programme, state = office.programmes[0], office.state[0]
    programme.ends_week = 2
    for slot in range(3):
        join_line(office, programme, slot, 0)
    admission(office)
    assert office.clients.stay_ends[:2].tolist() == [2, 2]
    state.week = 2
    look_over(office)
    admission(office)
    assert (programme.used, programme.queue, programme.project_ended, programme.completed) == (0, 0, 2, 0)
    assert (office.clients.programme[:3] == NOBODY).all()
    assert (office.clients.queued_for[:3] == NOBODY).all()
    assert (office.clients.rest_until[:2] == 2).all()


def test_who_completes_goes_on_at_once_if_the_next_programme_takes_them(office):
    first, second = office.programmes[0], office.programmes[1]
    first.leads_to, first.weeks, second.places = 1, 4, 5
    second.target = int(TargetGroup.PARENTS)
    for slot in range(2):
        office.clients[slot].children = slot
        join_line(office, first, slot, 0)
    admission(office)
    office.state[0].week, office.state[0].chains = 4, 1
    look_over(office)
    admission(office)
    assert office.clients.programme[:2].tolist() == [NOBODY, 1]
    assert office.clients.rest_until[:2].tolist() == [4 + office.settings[0].referral.rest_weeks, 4]
    assert office.clients.referrals[:2].tolist() == [0, 1]
    assert (second.admitted, second.wait_weeks) == (1, 0)


# --- mixes ----------------------------------------------------------------------------------------


def test_a_mix_is_the_mean_by_shares_of_the_week(load):
    catalogue = load("default", "programmes.language.mix={work_practice: 0.4, coaching: 0.1}").programmes
    record = programme_table(catalogue, 100, 0, 1)[list(catalogue).index("language")]
    skills = 0.8 * (0.5 * 0.1 + 0.4 * 0.35 + 0.1 * 0.15)
    assert record.content[Barrier.SKILLS] == pytest.approx(skills)
    assert record.content[Barrier.LANGUAGE] == pytest.approx(0.8 * 0.5 * 0.5)
    assert record.lock_in == pytest.approx(0.5 * 0.4 + 0.4 * 0.15 + 0.1 * 0.1)
    assert record.exit_ratio[Door.STUDY] == pytest.approx(1.8**0.5 * 1.3**0.1)
    assert record.exit_ratio[Door.SUBSIDISED_WORK] == pytest.approx(3.0**0.4)
    np.testing.assert_allclose(record.left_weekly**40, 1 - record.content)


def test_a_mix_of_nothing_else_is_the_programme_itself(load):
    alone = load("default").programmes
    mixed = load("default", "programmes.language.mix={coaching: 0.0}").programmes
    one, other = (programme_table(catalogue, 100, 0, 1) for catalogue in (alone, mixed))
    for name in ("content", "lock_in", "exit_ratio"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-15)


# --- employers ------------------------------------------------------------------------------------


def test_an_employers_hazard_is_added_during_the_stay(client, programmes, p):
    course = programmes["mapping"]
    course.lock_in, course.h_hire_weekly = 0.0, 0.05
    person.set_hazards(client, 4, p)
    before = client.hazard.copy()
    admit(course, client, 4, LUCK)
    person.set_hazards(client, 4, p)
    added = client.hazard - before
    assert added[Door.WORK] == pytest.approx(0.05)
    assert (np.delete(added, Door.WORK) == 0.0).all()
    end_stay(course, client, 6, 0, int(StayEnd.DROPPED_OUT))
    person.set_hazards(client, 6, p)
    np.testing.assert_array_equal(client.hazard, before)


def test_who_is_hired_by_the_municipality_leaves_this_week_and_holds_the_place(client, programmes, p):
    job = programmes["mapping"]
    job.weeks, job.ends_week = 30, 20
    employ(job, client, 5, LUCK)
    for _ in range(2):  # whatever moves the hazards again in the same week
        person.set_hazards(client, 5, p)
        assert (client.exit_week, client.exit_door) == (5, Door.SUBSIDISED_WORK)
    assert (job.used, job.employed, job.admitted, client.job_ends) == (1, 1, 1, 20)
    end_jobs(job, 1, 15)
    assert (job.used, job.employed, job.completed, job.stay_weeks) == (0, 0, 1, 15)


def test_return_after_a_municipal_job(new_client, programmes):
    job = programmes["mapping"]
    weeks = []
    for who in range(2_000):
        record = new_client(id=who, job_ends=40)
        job.p_insured = 0.7
        weeks.append(week_after_job(job, record, LUCK))
        job.p_insured = 1.0
        assert week_after_job(job, record, LUCK) == NEVER
        job.p_insured = 0.0
        assert 41 <= week_after_job(job, record, LUCK) <= 44
        record.pension_week = 41
        assert week_after_job(job, record, LUCK) == NEVER
    assert set(weeks) == {41, 42, 43, 44, NEVER}
    assert np.mean(np.array(weeks) == NEVER) == pytest.approx(0.7, abs=0.04)


# --- vacancies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("door", "hired", "hazard", "needs"),
    [(Door.WORK, 0.0, 0.1, 1.0), (Door.SUBSIDISED_WORK, 0.0, 0.1, 0.0), (Door.WORK, 0.1, 0.1, 0.0),
     (Door.WORK, 0.03, 0.1, 0.7)],
)  # fmt: skip
def test_who_needs_a_vacancy(client, door, hired, hazard, needs):
    client.exit_door, client.hire_hazard = door, hired
    client.hazard[Door.WORK] = hazard
    share = np.mean([needs_vacancy(client, week, LUCK) for week in range(4_000)])
    assert share == pytest.approx(needs, abs=0.03 if 0 < needs < 1 else 0)


def test_a_chance_missed_gives_a_fresh_threshold_and_leaves_other_doors_alone(client):
    client.hazard[:], client.threshold[:] = 0.0, 9.0
    client.hazard[Door.WORK], client.threshold[Door.WORK] = 0.1, 0.55
    client.hazard[Door.STUDY], client.threshold[Door.STUDY] = 0.1, 0.58
    leaving.foresee_exit(client)
    assert (client.exit_week, client.exit_door) == (5, Door.WORK)
    miss_vacancy(client, 5, LUCK)
    assert (client.exit_week, client.exit_door) == (5, Door.STUDY)
    client.threshold[Door.STUDY] = 9.0
    miss_vacancy(client, 5, LUCK)
    wait = math.ceil(exponential(LUCK, 7, 5, int(Purpose.NEXT_CHANCE)) / 0.1)
    assert (client.exit_week, client.exit_door) == (5 + wait, Door.WORK)


@pytest.mark.parametrize("life", [1.0, 4.0])
def test_a_vacancy_lives_as_long_as_said(p, life):
    p.vacancies.life_weeks = life
    left = [left_by_others(50, 0, week, p, LUCK) for week in range(400)]
    assert np.mean(left) == pytest.approx(50 * (1 - 1 / life), abs=0.5)


def test_vacancies_open_at_their_rate_by_season_and_series(load):
    tight = (
        "vacancies=tight",
        "population.size=4000",
        "population.offices=2",
        "population.burn_in_weeks=104",
    )
    season = ("vacancies.season_amplitude=0.5", "vacancies.season_peak_week=0", "vacancies.series=[2.0,0.0]")
    flat, swinging = load("default", *tight, "weeks=520"), load("default", *tight, *season, "weeks=520")
    opened = [vacancies_of_office(flat, LUCK, office) for office in (0, 1)]
    assert [len(weeks) for weeks in opened] == [624, 624]
    assert np.mean(opened) == pytest.approx(16.0, abs=0.5)
    assert np.var(opened) == pytest.approx(16.0, abs=2.5)
    weeks = vacancies_of_office(swinging, LUCK, 0)
    assert (weeks[1::2] == 0).all()
    year = weeks[::2].reshape(-1, 26).mean(axis=0)
    assert year[0] == pytest.approx(48.0, abs=7.0)
    assert year[13] == pytest.approx(16.0, abs=5.0)
    assert len(vacancies_of_office(load("default"), LUCK, 0)) == 0


# --- what the systems of real municipalities ask for ----------------------------------------------


def test_the_catalogues_hold_what_they_are_named_for(load):
    catalogues = {name: load("default", f"programmes={name}").programmes for name in (
        "swedish", "broad", "one_standard", "projects", "full_time_language", "stepwise", "youth_focus",
        "municipal_jobs", "employer_agreements",
    )}  # fmt: skip
    places = {name: sum(p.places_per_1000 for p in kinds.values()) for name, kinds in catalogues.items()}
    assert places["swedish"] == places["broad"] == places["one_standard"] == 345.0
    assert {p.kind for p in catalogues["broad"].values()} == set(ProgrammeKind)
    assert [p.standard for p in catalogues["one_standard"].values()] == [True]
    assert any(p.ends_week < 260 for p in catalogues["projects"].values())
    assert catalogues["full_time_language"]["language"].mix
    assert catalogues["stepwise"]["garden"].leads_to == "work_practice"
    assert catalogues["youth_focus"]["youth_arena"].owner == Owner.JOINT
    assert catalogues["municipal_jobs"]["municipal_employment"].employs
    assert catalogues["employer_agreements"]["employer_agreement"].h_hire_weekly > 0.0


def test_programmes_are_shown_by_owner_week_by_week(load):
    scenario = load("default", "population.size=150", "population.burn_in_weeks=5", "weeks=8")
    _, weekly, programmes = run_replication(scenario, 0)
    assert len(programmes) == 8 * 9
    by_week = programmes.groupby("week")[["places", "places_used", "places_empty", "queued"]].sum()
    for name in by_week:
        assert by_week[name].tolist() == weekly[name].tolist()
    costs = programmes.groupby("owner", observed=True)["programme_sek"].sum()
    assert set(costs.index) == {"labour_market_unit", "social_services", "joint", "employment_service"}
    assert costs.sum() == pytest.approx(weekly["programme_sek"].sum())


def test_no_programmes_give_an_empty_table(load):
    engine = Engine(load("neutral", "weeks=5", "population.size=20"), 1)
    engine.run()
    assert engine.activity().shape == (5, 0)
