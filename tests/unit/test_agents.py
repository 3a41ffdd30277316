"""What a client does, and what is done to a client: single behaviours, each on a record or two."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.agents import caseworker as worker
from simulator.agents import client as person
from simulator.agents import duty, leaving
from simulator.agents.programme import admit, end_stay
from simulator.parameters.record import to_record
from simulator.randomness import exponential, luck_of, uniform
from simulator.records import table
from simulator.rules import sanctions
from simulator.vocabulary import (
    DOORS,
    NEVER,
    NOBODY,
    Absence,
    Barrier,
    Door,
    Purpose,
    SanctionStep,
    StayEnd,
    Task,
)

LUCK = luck_of(1, 0)
WEEKS = range(4_000)
"""Weeks in which a behaviour is asked again and again."""


def barriers(**sizes: float) -> list[float]:
    return [sizes.get(barrier.label, 0.0) for barrier in Barrier]


def hazard(record, p, week: int = 0) -> np.ndarray:
    leaving.set_hazards(record, week, p)
    return record.hazard.copy()


# --- leaving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "rate", "week", "door"),
    [
        (1.0, 0.1, 9, Door.WORK),
        (1.0, 0.4, 2, Door.WORK),
        (0.3, 2.0, 0, Door.WORK),
        (0.0, 0.1, 0, Door.WORK),
        (1.0, 0.0, 50, Door.OTHER_BENEFIT),
        (1.0, 1 / 51, 50, Door.WORK),
        (1.0, 1 / 52, 50, Door.OTHER_BENEFIT),
    ],
)
def test_exit_is_foreseen_from_threshold_and_hazard(client, threshold, rate, week, door):
    client.hazard[:], client.pension_week = 0.0, 50
    client.threshold[Door.WORK], client.hazard[Door.WORK] = threshold, rate
    leaving.foresee_exit(client)
    assert (client.exit_week, client.exit_door) == (week, door)


def test_thresholds_are_used_up_at_the_hazard_in_force(client):
    client.threshold[:], client.hazard[:] = 1.0, np.arange(DOORS) / 100
    leaving.use_up_thresholds(client, 5)
    leaving.use_up_thresholds(client, 5)
    np.testing.assert_allclose(client.threshold, 1.0 - 0.05 * np.arange(DOORS))


def test_each_spell_has_its_own_thresholds(p):
    who, record = table(1, person.PERSON)[0], table(1, person.CLIENT)[0]
    spells = []
    for _ in range(2):
        person.begin_spell(record, who, 0, p, LUCK)
        spells.append(record.threshold.tolist())
    drawn = [[exponential(LUCK, 0, spell, Purpose.THRESHOLD + door) for door in Door] for spell in (1, 2)]
    assert spells == drawn
    assert drawn[0] != drawn[1]


def test_nobody_returns_without_a_hazard(client, p):
    p.doors.h_return_weekly[:] = 0.0
    assert {leaving.week_of_return(client, 30, door, p, LUCK) for door in range(DOORS)} == {NEVER}


def test_return_comes_after_the_drawn_wait(client, p):
    wait = exponential(LUCK, 7, 1, int(Purpose.RETURN))
    for rate in (0.5, 0.01):
        p.doors.h_return_weekly[Door.MOVED] = rate
        week = leaving.week_of_return(client, 30, int(Door.MOVED), p, LUCK)
        assert week == 31 + math.ceil(wait / rate)


@pytest.mark.parametrize(
    ("window", "pension_week", "returns"),
    [(20, 999, True), (10, 999, False), (20, 52, True), (20, 50, False)],
)
def test_nobody_returns_after_the_window_or_with_a_pension(client, p, window, pension_week, returns):
    wait = exponential(LUCK, 7, 1, int(Purpose.RETURN))
    p.doors.h_return_weekly[:] = wait / 19.5
    p.population.return_window_weeks, client.pension_week = window, pension_week
    week = leaving.week_of_return(client, 30, int(Door.WORK), p, LUCK)
    assert week == (51 if returns else NEVER)


@pytest.mark.parametrize(("age", "week", "weeks_left"), [(35.0, 0, 1_612), (35.0, 52, 1_612), (70.0, 9, 9)])
def test_pension_comes_in_time(p, age, week, weeks_left):
    who, record = table(1, person.PERSON)[0], table(1, person.CLIENT)[0]
    who.age = age
    person.begin_spell(record, who, week, p, LUCK)
    assert (record.age, record.pension_week) == (age + week / 52, weeks_left)


def test_barriers_close_the_doors_they_are_said_to(new_client, p):
    free, ill = (new_client(barrier=barriers(health=size)) for size in (0.0, 1.0))
    ratio = hazard(ill, p) / hazard(free, p)
    assert ratio[Door.MOVED] == pytest.approx(1.0)
    assert ratio[Door.OTHER_BENEFIT] == pytest.approx(math.exp(1.5))
    assert ratio[Door.WORK] == pytest.approx(
        math.exp(p.doors.barriers[Door.WORK, Barrier.HEALTH]) * (1 - p.search.health_drag)
    )


# --- what changes search ---------------------------------------------------------------------------


def test_plan_raises_search(client, someone, p):
    before = leaving.drive(client, p)
    worker.make_plan(someone, client, 3, p)
    assert client.plan_week == 3
    assert leaving.drive(client, p) - before == pytest.approx(p.search.plan_gain)
    assert someone.minutes[Task.PLAN] == client.staff_minutes == p.casework.plan_minutes


def test_longer_talks_by_better_caseworkers_give_more_contact(client, someone, p):
    gains = []
    for length, skill in ((10.0, 1.0), (35.0, 1.0), (35.0, 2.0)):
        someone.talk, someone.skill, client.contact = length, skill, 0.0
        worker.hold_talk(someone, client, 2, p)
        gains.append(client.contact / p.search.contact_gain)
    assert gains == pytest.approx([10 / 35, 1.0, 2.0])
    assert (client.meetings, client.meeting_minutes, client.first_meeting_week) == (3, 80.0, 2)


def test_lock_in_lasts_as_long_as_the_stay_and_then_doors_open(client, programmes, p):
    course = programmes["vocational"]
    before = hazard(client, p)[Door.WORK]
    admit(course, client, 4, LUCK)
    assert hazard(client, p, 4)[Door.WORK] == pytest.approx(before * (1 - course.lock_in))
    assert (client.stay_ends, course.used) == (4 + 40, 1)
    end_stay(course, client, 44, 13, int(StayEnd.COMPLETED))
    assert hazard(client, p, 44)[Door.WORK] == pytest.approx(before * 1.8)
    assert (client.rest_until, client.programme_sek, course.used) == (57, 40 * 2200.0, 0)


def test_dropping_out_opens_no_door(client, programmes, p):
    before = hazard(client, p)
    admit(programmes["vocational"], client, 4, LUCK)
    end_stay(programmes["vocational"], client, 9, 13, int(StayEnd.DROPPED_OUT))
    np.testing.assert_allclose(hazard(client, p, 9), before)


@pytest.mark.parametrize(
    ("programme", "contact_week", "loses"), [(NOBODY, 0, True), (NOBODY, 9, False), (2, 0, False)]
)
def test_only_idle_months_discourage(client, p, programme, contact_week, loses):
    client.programme, client.contact_week = programme, contact_week
    person.feel_month(client, table(1, person.PERSON)[0], 11, p)
    assert client.motivation == pytest.approx(1.0 - loses * p.trust.motivation_loss_monthly)


def test_contact_and_bite_wear_off_and_skills_fade(client, p):
    client.contact = client.bite = 1.0
    for month in range(52):
        person.feel_month(client, table(1, person.PERSON)[0], 4 * month, p)
    half_lives = 208 / p.search.contact_half_life_weeks, 208 / p.sanctions.bite_half_life_weeks
    assert (client.contact, client.bite) == pytest.approx([0.5**n for n in half_lives])
    assert client.fade == pytest.approx(math.exp(-p.search.skills_fade_weekly * 160))


# --- sanctions -------------------------------------------------------------------------------------

LADDER = {
    "first absence": ("ladder", 0, 0, 0, SanctionStep.WARNING),
    "second": ("ladder", 1, 0, 0, SanctionStep.REDUCTION),
    "third": ("ladder", 1, 1, 0, SanctionStep.DENIAL),
    "third, with children": ("ladder", 1, 1, 2, SanctionStep.REDUCTION),
    "strict, first": ("strict", 0, 0, 0, SanctionStep.REDUCTION),
    "strict, second": ("strict", 0, 1, 0, SanctionStep.DENIAL),
    "strict, with children": ("strict", 0, 1, 2, SanctionStep.DENIAL),
    "warnings only": ("warning", 99, 0, 0, SanctionStep.WARNING),
    "warnings used up": ("warning", 100, 0, 0, SanctionStep.NONE),
    "no sanctions": ("none", 0, 0, 0, SanctionStep.NONE),
}


@pytest.mark.parametrize("case", LADDER)
def test_next_step(load, new_client, case):
    option, warned, reduced, children, step = LADDER[case]
    p = to_record(load("default", f"sanctions={option}"))[0]
    record = new_client(children=children, ladder_warnings=warned, ladder_reductions=reduced, offence_week=1)
    assert sanctions.next_step(record, 20, p) == step


@pytest.mark.parametrize(("week", "step"), [(53, SanctionStep.DENIAL), (54, SanctionStep.WARNING)])
def test_ladder_starts_anew_after_the_weeks_of_forgetting(new_client, p, week, step):
    record = new_client(ladder_warnings=1, ladder_reductions=1, offence_week=1)
    assert sanctions.next_step(record, week, p) == step


@pytest.mark.parametrize(
    ("step", "paid", "until", "counts"),
    [
        (SanctionStep.WARNING, 1.0, NEVER, (1, 0, 0)),
        (SanctionStep.REDUCTION, 0.7, 18, (0, 1, 0)),
        (SanctionStep.DENIAL, 0.0, 14, (0, 0, 1)),
    ],
)
def test_impose_and_lift(client, p, step, paid, until, counts):
    full = client.benefit_weekly
    sanctions.impose(client, int(step), 10, p)
    assert client.benefit_weekly == pytest.approx(paid * full)
    assert (client.step_until, client.offence_week) == (until, 10)
    assert (client.warnings, client.reductions, client.denials) == counts
    sanctions.lift(client, p)
    assert (client.benefit_weekly, client.step, client.step_until) == (full, SanctionStep.NONE, NEVER)


def test_cut_hurts_trust_and_bites_more_than_a_warning(new_client, p):
    warned, reduced = new_client(), new_client()
    duty.suffer_sanction(warned, int(SanctionStep.WARNING), 1, p)
    duty.suffer_sanction(reduced, int(SanctionStep.REDUCTION), 1, p)
    assert (warned.trust, warned.bite) == (0.5, p.sanctions.warning_gain)
    assert (reduced.trust, reduced.bite) == (0.5 * (1 - p.trust.sanction_loss), p.sanctions.bite)
    duty.suffer_sanction(reduced, int(SanctionStep.WARNING), 2, p)
    assert reduced.bite == p.sanctions.bite


NO_JOB = [Door.STUDY, Door.OTHER_BENEFIT, Door.WITHDRAWAL, Door.OTHER]


def test_talks_open_other_ways_out_too(client, p):
    p.sanctions.threat = 0.0
    before = hazard(client, p)
    client.contact = 0.4
    p.search.contact_elsewhere = 0.25
    expected = np.ones(DOORS)
    expected[NO_JOB] = 1.1
    expected[[Door.WORK, Door.SUBSIDISED_WORK]] = 1.4
    np.testing.assert_allclose(hazard(client, p) / before, expected)


def test_pressure_drives_out_by_other_ways_too(client, p):
    p.sanctions.threat = p.sanctions.elsewhere = 0.0
    before = hazard(client, p)
    client.bite, p.sanctions.elsewhere = 0.4, 0.25
    expected = np.ones(DOORS)
    expected[NO_JOB] = 1.1
    expected[[Door.WORK, Door.SUBSIDISED_WORK]] = 1.4
    np.testing.assert_allclose(hazard(client, p) / before, expected)


@pytest.mark.parametrize(("step", "ratio"), [("NONE", 1.0), ("REDUCTION", 5.0), ("DENIAL", 20.0)])
def test_cut_drives_to_withdrawal(client, p, step, ratio):
    before = hazard(client, p)
    client.step = SanctionStep[step]
    expected = np.ones(DOORS)
    expected[Door.WITHDRAWAL] = ratio
    np.testing.assert_allclose(hazard(client, p) / before, expected)


def test_discretion(client, p):
    shares = []
    for rule, strictness in ((0.0, 9.0), (0.6, -1.0), (0.6, 0.0), (0.6, 1.0), (1.0, -9.0)):
        p.sanctions.strictness = rule
        shares.append(np.mean([sanctions.goes_on(strictness, client, p, LUCK) for client.absences in WEEKS]))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares[2] == pytest.approx(0.6, abs=0.05)


def test_only_valid_reasons_can_be_proven(client, p):
    shares = []
    for client.case_valid in (0, 1):
        shares.append(np.mean([sanctions.proves_reason(client, p, LUCK) for client.absences in WEEKS]))
    assert shares == pytest.approx([0.0, p.sanctions.p_proof], abs=0.05)


# --- attendance -----------------------------------------------------------------------------------


def causes(p, record) -> np.ndarray:
    """Return how often each cause keeps a participant away, over many weeks."""
    found = [person.absence(record, uniform(LUCK, 1, week, Purpose.ABSENCE), p) for week in WEEKS]
    return np.bincount(found, minlength=len(Absence)) / len(WEEKS)


ATTENDANCE = {
    "contented": ({}, {Absence.ILLNESS: 0.03, Absence.FAMILY_EVENT: 0.005, Absence.TRAVEL: 0.003,
                       Absence.NO_REASON: 0.02}),
    "ill": ({"barrier": barriers(health=1.0)}, {Absence.ILLNESS: 0.15}),
    "parent": ({"children": 1}, {Absence.SICK_CHILD: 0.02}),
    "misplaced": ({"fit": 0.0}, {Absence.LOW_LEVEL: 0.02, Absence.DROP_OUT: 0.0075}),
    "unwilling": ({"motivation": 0.0, "fit": 0.0}, {Absence.NO_REASON: 0.04, Absence.DROP_OUT: 0.015}),
    "keen": ({"motivation": 2.0, "fit": 0.0}, {Absence.NO_REASON: 0.0, Absence.DROP_OUT: 0.0}),
}  # fmt: skip


@pytest.mark.statistical
@pytest.mark.parametrize("case", ATTENDANCE)
def test_absence_by_cause(new_client, p, case):
    """Each share within 4.5 standard errors of its probability (error rate 1e-5 for each of them)."""
    fields, expected = ATTENDANCE[case]
    shares = causes(p, new_client(**{"fit": 1.0, **fields}))
    for cause, share in expected.items():
        assert abs(shares[cause] - share) <= 4.5 * math.sqrt(share * (1 - share) / len(WEEKS))


@pytest.mark.parametrize("cause", Absence)
def test_valid_reasons(cause, p):
    valid = {Absence.ILLNESS, Absence.SICK_CHILD, Absence.FAMILY_EVENT}
    assert sanctions.is_valid_reason(int(cause), p) == (cause in valid)


@pytest.mark.parametrize(("motivation", "share"), [(0.0, 0.4), (1.0, 0.2), (2.0, 0.0)])
def test_refusal_falls_with_motivation(new_client, p, motivation, share):
    p.attendance.p_refusal = 0.4
    record = new_client(motivation=motivation)
    assert np.mean([person.refuses(record, p, LUCK) for record.referrals in WEEKS]) == pytest.approx(
        share, abs=0.03
    )
