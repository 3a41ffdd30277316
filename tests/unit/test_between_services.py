"""Who assesses, what is shared, case review, triage, habit, the employment service: one rule at a time."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.agents import caseworker as worker
from simulator.agents import employment_service as service
from simulator.engine import Engine
from simulator.office import BELIEF, COUNT, FRESH, FRESH_SUM
from simulator.randomness import luck_of
from simulator.rules import collaboration, priority, referral
from simulator.steps.learning import review_cases
from simulator.vocabulary import (
    BARRIERS,
    NEVER,
    NOT_YET,
    Assessor,
    Barrier,
    ProgrammeKind,
    Registration,
    Task,
)

LUCK = luck_of(1, 0)


def with_barrier(client, barrier, size):
    client.barrier[barrier] = size
    return client


def test_a_provider_spares_the_caseworker_the_assessment(client, p):
    assert priority.next_task(client, p) == Task.ASSESSMENT
    p.collaboration.assessor = Assessor.PROVIDER
    assert priority.next_task(client, p) == Task.MEETING
    client.assessed_week = 3
    assert priority.next_task(client, p) == Task.PLAN


def test_without_a_plan_to_come_talks_follow_the_assessment(new_client, p):
    planned, unplanned = (new_client(assessed_week=0, planned=flag) for flag in (1, 0))
    assert [priority.next_task(one, p) for one in (planned, unplanned)] == [Task.PLAN, Task.MEETING]


def test_a_joint_assessment_takes_more_minutes(client, someone, p):
    alone = worker.task_minutes(someone, client, Task.ASSESSMENT, p)
    p.collaboration.assessor, p.collaboration.joint_minutes = Assessor.JOINT, 25.0
    assert worker.task_minutes(someone, client, Task.ASSESSMENT, p) == alone + 25.0


@pytest.mark.parametrize(("trust", "bonus", "factor"), [(0.5, 0.2, 0.8), (0.9, 0.2, 0.5), (0.5, 0.0, 1.0)])
def test_errors_of_a_provider_have_the_stated_spread(new_client, p, trust, bonus, factor):
    p.collaboration.provider_noise_factor, p.collaboration.provider_trust = 0.6, bonus
    p.casework.assessment_noise = 0.05
    slips = []
    for time in range(2_000):
        client = with_barrier(new_client(trust=trust, assessments=time), Barrier.SKILLS, 0.5)
        worker.assess_as_provider(client, 1, p, LUCK)
        slips.append(client.believed[Barrier.SKILLS] - 0.5)
    expected = 0.05 * 0.6 * factor
    assert np.std(slips) == pytest.approx(expected, rel=4.0 / np.sqrt(2 * 2_000))  # four standard errors
    assert np.mean(slips) == pytest.approx(0.0, abs=4.0 * expected / np.sqrt(2_000))


def test_a_template_shrinks_the_error_and_takes_longer(new_client, someone, p):
    p.casework.template_noise_factor, p.casework.template_minutes_factor = 0.5, 1.5
    beliefs = []
    for template in (0, 1):
        p.casework.template = template
        client = with_barrier(new_client(), Barrier.DEBT, 0.5)
        worker.form_belief(client, 0.1, 0, p, LUCK)
        beliefs.append(client.believed[Barrier.DEBT] - 0.5)
    assert beliefs[1] == pytest.approx(0.5 * beliefs[0])
    worker.set_ease(someone, 0.0, p)
    assert someone.assessment == pytest.approx(1.5 * p.casework.assessment_minutes)


def test_error_of_a_belief_is_the_mean_distance(client):
    client.barrier[:] = 0.5
    client.believed[:] = [0.5, 0.4, 0.6, 0.5, 0.5, 1.0]
    assert worker.error_of_belief(client) == pytest.approx(0.7 / BARRIERS)


@pytest.mark.parametrize(
    ("on", "assessor", "error", "consent", "doubts"),
    [
        (0, Assessor.REFERRER, 0.9, 1.0, False),
        (1, Assessor.REFERRER, 0.9, 1.0, True),
        (1, Assessor.REFERRER, 0.1, 1.0, False),
        (1, Assessor.REFERRER, 0.1, 0.0, True),
        (1, Assessor.PROVIDER, 0.9, 0.0, False),
    ],
)
def test_providers_doubt_thin_or_unshared_assessments(new_client, p, on, assessor, error, consent, doubts):
    p.collaboration.reassessment, p.collaboration.assessor = on, assessor
    p.collaboration.reassess_above, p.collaboration.p_consent = 0.2, consent
    client = new_client(assessed_week=0)
    assert collaboration.provider_doubts(client, error, p, LUCK) == doubts


@pytest.mark.parametrize(("every", "weeks"), [(0, []), (1, [0, 1, 2, 3, 4, 5]), (3, [0, 3])])
def test_review_weeks(p, every, weeks):
    p.collaboration.review_weeks = every
    state = np.array([(0, 0)], dtype=[("week", "i8"), ("first_week", "i8")]).view(np.recarray)
    found = []
    for week in range(6):
        state.week = week
        found += [week] if collaboration.is_review_week(state[0], p) else []
    assert found == weeks


@pytest.mark.parametrize("weight", [1.0, 0.4])
def test_a_review_pools_what_was_seen_as_conjugate_updating_does(load, weight):
    scenario = load("default", "population.size=100", "population.burn_in_weeks=0", "weeks=4")
    office = Engine(scenario, 1).offices[0]
    office.state[0].seats = len(office.caseworkers)
    office.settings[0].collaboration.review_weight = weight
    views = office.views[:-1, :, 2, 5]
    first, prior = views[:, BELIEF].copy(), views[:, COUNT].copy()
    seen = {0: [0.3, 0.5], 1: [0.9]}
    for number, values in seen.items():
        views[number, [FRESH, FRESH_SUM]] = len(values), sum(values)
    review_cases(office)
    for number in range(len(first)):
        told = [value for other, values in seen.items() if other != number for value in values]
        count = prior[number] + weight * len(told)
        mean = (prior[number] * first[number] + weight * sum(told)) / count
        assert views[number, COUNT] == pytest.approx(count)
        assert views[number, BELIEF] == pytest.approx(mean)
    assert not office.views[:, [FRESH, FRESH_SUM]].any()


@pytest.mark.parametrize(
    ("nearness", "kinds"),
    [
        (0.05, {ProgrammeKind.REHABILITATION, ProgrammeKind.MAPPING}),
        (0.95, {ProgrammeKind.JOB_SEARCH}),
        (0.5, set(ProgrammeKind) - {ProgrammeKind.REHABILITATION, ProgrammeKind.MAPPING}),
    ],
)
def test_triage_sorts_three_ways(new_client, p, nearness, kinds):
    client = new_client(nearness=nearness)
    assert all(referral.suits_triage(kind, client, p) for kind in ProgrammeKind)
    p.casework.triage = 1
    assert {kind for kind in ProgrammeKind if referral.suits_triage(kind, client, p)} == kinds


def test_habit_is_the_share_of_earlier_referrals():
    assert referral.habit_of(np.zeros(3), 1) == 0.0
    assert referral.habit_of(np.array([1.0, 3.0, 0.0]), 1) == 0.75


@pytest.mark.parametrize("barrier", [Barrier.HEALTH, Barrier.SUBSTANCE, Barrier.LANGUAGE])
def test_the_hindered_are_coded_so_and_the_gate_opens(new_client, p, barrier):
    client = with_barrier(new_client(), barrier, 0.6)
    assert client.gate_opens == NEVER
    service.register(client, 5, p, LUCK)
    assert (client.registration, client.gate_opens) == (Registration.CATEGORY_14, 5)


@pytest.mark.parametrize(("chance", "opens"), [(0.0, 5), (1.0, 18)])
def test_an_offer_keeps_the_gate_shut_for_its_weeks(new_client, p, chance, opens):
    p.employment_service.p_offer, p.employment_service.offer_weeks = chance, 13
    client = with_barrier(new_client(), Barrier.SKILLS, 0.9)
    service.register(client, 5, p, LUCK)
    assert (client.registration, client.gate_opens) == (Registration.REGISTERED, opens)


def test_the_gate_holds_a_referral_back(new_client, p):
    client = new_client(assessed_week=0, gate_opens=7)
    assert referral.may_be_referred(client, 6, p)
    p.employment_service.gate = 1
    assert [referral.may_be_referred(client, week, p) for week in (6, 7)] == [False, True]


def test_follow_up_comes_monthly_for_the_registered(new_client):
    client = new_client(registration=Registration.REGISTERED, registered_week=2)
    assert [week for week in range(12) if service.is_due(client, week)] == [6, 10]
    client.registration = Registration.CATEGORY_14
    assert not any(service.is_due(client, week) for week in range(12))


@pytest.mark.parametrize(("motivation", "certain"), [(0.0, True), (2.0, False)])
def test_only_the_reluctant_lose_their_registration(new_client, p, motivation, certain):
    p.employment_service.p_deregister_monthly = 1.0
    client = new_client(motivation=motivation)
    assert service.p_deregistered(client, p) == (1.0 if certain else 0.0)


def test_waits_for_a_new_registration_are_exponential(new_client, p):
    p.employment_service.h_new_registration_weekly = 0.2
    waits = []
    for number in range(3_000):
        client = new_client(id=number, support=0.3)
        service.deregister(client, 0, p, LUCK)
        waits.append(client.registered_week)
    assert client.support == 0.0
    mean = 1.0 / (1.0 - np.exp(-0.2))  # of the geometric number of weeks
    assert np.mean(waits) == pytest.approx(mean, abs=4.0 * mean / np.sqrt(3_000))


def test_who_never_registers_again_waits_a_century(client, p):
    p.employment_service.h_new_registration_weekly = 0.0
    service.deregister(client, 0, p, LUCK)
    assert client.registered_week == 5_200
    assert client.assessed_week == NOT_YET
