"""The duty to take part and the benefit rules: single rules on a record, outcomes on a small table."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simulator.agents import caseworker as worker
from simulator.agents import client as person
from simulator.agents import duty, leaving, part_time
from simulator.agents.programme import admit, end_stay
from simulator.engine import Engine
from simulator.outcomes.block import blocks_of
from simulator.outcomes.sanctions import sanction_outcomes, shares_back_within_a_year
from simulator.outcomes.tables import weekly_table
from simulator.parameters.record import to_record
from simulator.randomness import luck_of, uniform
from simulator.rules import benefit, sanctions
from simulator.rules import duty as rules
from simulator.vocabulary import (
    NOBODY,
    NOT_YET,
    Absence,
    AgeRule,
    Barrier,
    ChildProtection,
    Door,
    Purpose,
    SanctionStep,
)

LUCK = luck_of(3, 0)
WEEKS = range(4_000)
FULL = 7800.0 * 12.0 / 52.0


# --- valid reasons --------------------------------------------------------------------------------


def test_valid_reasons_are_a_setting(load):
    p = to_record(load("default", "sanctions.accepts.travel=true", "sanctions.accepts.illness=false"))[0]
    valid = {cause for cause in Absence if sanctions.is_valid_reason(int(cause), p)}
    assert valid == {Absence.SICK_CHILD, Absence.FAMILY_EVENT, Absence.TRAVEL}


@pytest.mark.parametrize(("required", "share"), [(1, 0.5), (0, 1.0)])
def test_without_required_proof_a_valid_reason_is_believed(client, p, required, share):
    p.sanctions.proof_required = required
    believed = [sanctions.is_believed(client, p, LUCK) for client.absences in WEEKS]
    assert np.mean(believed) == pytest.approx(share, abs=0.04)


# --- escalation and return ------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "paid"), [(0.0, [0.7, 0.7, 0.7, 0.7]), (0.3, [0.7, 0.4, 0.1, 0.0])])
def test_a_repeated_reduction_counts_from_the_full_benefit(client, p, step, paid):
    p.sanctions.reduction_step = step
    found = []
    for week in range(4):
        sanctions.impose(client, int(SanctionStep.REDUCTION), week, p)
        found.append(client.benefit_weekly / FULL)
    assert found == pytest.approx(paid, abs=1e-12)


def test_after_the_weeks_of_forgetting_reductions_begin_at_their_first_share(client, p):
    p.sanctions.reduction_step, p.sanctions.warnings = 0.3, 0
    sanctions.impose(client, int(SanctionStep.REDUCTION), 0, p)
    assert sanctions.next_step(client, 53, p) == SanctionStep.REDUCTION
    assert sanctions.share_cut(client, p) == p.sanctions.reduction_share


@pytest.mark.parametrize("step", [SanctionStep.REDUCTION, SanctionStep.DENIAL])
@pytest.mark.parametrize("lifts", [0, 1])
def test_who_comes_back_is_paid_again_where_the_rules_say_so(client, p, step, lifts):
    p.sanctions.lift_on_return = lifts
    before = client.hazard[Door.WITHDRAWAL]
    sanctions.impose(client, int(step), 5, p)
    leaving.set_hazards(client, 5, p)
    duty.come_back(client, 6, p)
    assert (client.step == SanctionStep.NONE) == (lifts == 1)
    assert (client.benefit_weekly == FULL) == (lifts == 1)
    assert (client.hazard[Door.WITHDRAWAL] == before) == (lifts == 1)


# --- child protection and stays -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protection", "children", "step", "tested"),
    [
        (ChildProtection.NONE, 2, SanctionStep.DENIAL, False),
        (ChildProtection.REDUCE, 2, SanctionStep.REDUCTION, False),
        (ChildProtection.EMERGENCY_TEST, 2, SanctionStep.DENIAL, True),
        (ChildProtection.EMERGENCY_TEST, 0, SanctionStep.DENIAL, False),
        (ChildProtection.REDUCE, 0, SanctionStep.DENIAL, False),
    ],
)
def test_child_protection(new_client, p, protection, children, step, tested):
    p.sanctions.child_protection = protection
    record = new_client(children=children, ladder_warnings=1, ladder_reductions=1, offence_week=1)
    assert sanctions.next_step(record, 2, p) == step
    assert sanctions.is_tested(record, sanctions.next_step(record, 2, p), p) == tested


def test_an_emergency_test_finds_need_as_often_as_set(client, p):
    found = [sanctions.finds_need(client, p, LUCK) for client.absences in WEEKS]
    assert np.mean(found) == pytest.approx(p.sanctions.p_need_found, abs=0.03)


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_a_sanction_ends_a_stay_as_often_as_set(client, p, chance):
    p.sanctions.p_stay_ended = chance
    ended = [sanctions.ends_stay(client, p, LUCK) for client.absences in WEEKS]
    assert np.mean(ended) == pytest.approx(chance, abs=0.03 * (0.0 < chance < 1.0))


@pytest.mark.parametrize(("threat", "bite"), [(0.0, 0.5), (0.1, 0.0), (0.0, 0.0)])
def test_threat_and_bite_work_apart(client, p, threat, bite):
    p.sanctions.threat, p.sanctions.bite = threat, bite
    assert leaving.drive(client, p) == 1.0 + threat * leaving.seen_chance(p)
    duty.suffer_sanction(client, int(SanctionStep.REDUCTION), 1, p)
    assert leaving.drive(client, p) == pytest.approx(1.0 + threat * leaving.seen_chance(p) + bite)


# --- who is obliged -------------------------------------------------------------------------------

OBLIGED = {
    AgeRule.EVERYBODY: [True, True, True, True],
    AgeRule.UNDER_25: [True, False, False, False],
    AgeRule.UNDER_25_OR_SPECIAL: [True, False, False, True],
}


@pytest.mark.parametrize("rule", AgeRule)
def test_age_rule(new_client, p, rule):
    p.sanctions.age_rule = rule
    found = []
    for age, need in ((24.9, 0.0), (25.0, 0.0), (40.0, 0.49), (40.0, 0.5)):
        record = new_client(age=age)
        record.believed[Barrier.SKILLS] = need
        found.append(rules.is_obliged(record, p))
    assert found == OBLIGED[rule]


@pytest.mark.parametrize(("motivation", "share"), [(0.0, 0.0), (0.5, 0.35), (1.0, 0.7), (2.0, 1.0)])
def test_the_motivated_accept_an_offer(new_client, p, motivation, share):
    record = new_client(motivation=motivation)
    accepted = [duty.accepts_offer(record, p, LUCK) for record.referrals in WEEKS]
    assert np.mean(accepted) == pytest.approx(share, abs=0.04)


def test_duty_follows_what_the_service_believes(new_client, p):
    p.sanctions.age_rule = AgeRule.UNDER_25_OR_SPECIAL
    record = new_client(age=40.0)
    assert (record.obliged, leaving.drive(record, p)) == (0, 1.0)
    record.believed[Barrier.SKILLS] = 0.9
    duty.renew_duty(record, 3, p)
    assert record.obliged == 1
    assert leaving.drive(record, p) > 1.0
    record.believed[Barrier.SKILLS], record.hours_asked = 0.1, 40.0
    duty.renew_duty(record, 4, p)
    assert (record.obliged, record.hours_asked) == (0, 0.0)


# --- required hours -------------------------------------------------------------------------------


def test_hours_are_adapted_to_believed_health(client, p):
    p.sanctions.required_hours = 40.0
    asked = []
    for client.believed[Barrier.HEALTH] in (0.0, 0.5, 1.0):
        asked.append(rules.hours_wanted(client, p))
    assert asked == pytest.approx([40.0, 25.0, 10.0])
    client.obliged = 0
    assert rules.hours_wanted(client, p) == 0.0


def test_a_programme_covers_its_hours(client, p, programmes):
    p.sanctions.required_hours = 40.0
    programme = programmes["coaching"]
    assert duty.ask_hours(client, p) == 40.0
    admit(programme, client, 0, LUCK)
    assert duty.ask_hours(client, p) == 20.0
    assert rules.hours_met(client) == 20.0
    client.own_hours = 20.0
    assert rules.hours_met(client) == 40.0
    end_stay(programme, client, 5, 0, int(Absence.NONE))
    assert rules.hours_met(client) == 20.0


def test_supervision_takes_time_in_proportion(p):
    assert [rules.supervision_minutes(hours, p) for hours in (0.0, 10.0, 40.0)] == [0.0, 30.0, 120.0]


def test_only_what_is_left_beside_the_time_kept_for_clients_can_be_spared(someone, p):
    kept = p.casework.share_for_clients * someone.left
    someone.left = kept + 60.0
    assert worker.can_spare(someone, 59.9, p)
    assert not worker.can_spare(someone, 60.1, p)
    p.casework.unlimited_time = 1
    assert worker.can_spare(someone, 9e9, p)


def test_met_hours_push_and_lock(client, p):
    alone = leaving.drive(client, p)
    p.sanctions.required_hours, p.sanctions.requirement_push, p.sanctions.requirement_lock = 40.0, 0.2, 0.5
    assert leaving.drive(client, p) == alone
    client.hours_asked, client.own_hours = 40.0, 20.0
    assert leaving.drive(client, p) == pytest.approx((alone + 0.1) * 0.75)


@pytest.mark.parametrize(("caseworker", "asked"), [(NOBODY, 0.0), (0, 30.0)])
def test_nobody_asks_a_client_without_a_caseworker(client, caseworker, asked):
    client.caseworker, client.hours_asked = caseworker, 30.0
    duty.forget_hours(client)
    assert client.hours_asked == asked


# --- the cap --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("children", "monthly", "share"),
    [(0, 7800.0, 0.0), (3, 15300.0, 0.0), (4, 15300.0, 2500 / 17800), (6, 15300.0, 7500 / 22800)],
)
def test_cap_of_2027(load, new_client, children, monthly, share):
    p = to_record(load("default", "benefit=cap_2027"))[0]
    record = new_client(children=children)
    person.begin_rules(record, p)
    assert record.benefit_weekly == pytest.approx(monthly * 12 / 52)
    assert record.capped == pytest.approx(share, abs=1e-12)


def test_cap_in_kronor(new_client, p):
    p.benefit.cap_sek_monthly = 9000.0
    assert benefit.weekly_benefit(new_client(children=0), p) == 7800.0 * 12.0 / 52.0
    assert benefit.weekly_benefit(new_client(children=2), p) == 9000.0 * 12.0 / 52.0


def test_what_the_cap_takes_urges(client, p):
    before = leaving.drive(client, p)
    client.capped = 0.2
    assert leaving.drive(client, p) - before == pytest.approx(0.2 * p.benefit.incentive)


# --- part-time work and the job stimulus ----------------------------------------------------------


def test_the_stimulus_comes_after_half_a_year_for_two_years_and_again(load, client):
    p = to_record(load("default", "benefit=job_stimulus"))[0]
    client.entry_week = 10
    held = [week for week in range(10, 400) if benefit.share_disregarded(client, week, p) > 0.0]
    assert held == [*range(36, 140), *range(166, 270), *range(296, 400)]
    assert benefit.share_disregarded(client, 36, p) == 0.25


@pytest.mark.parametrize(
    ("disregard", "cut", "step", "paid"),
    [
        (0.0, 0.0, SanctionStep.NONE, 0.65),
        (0.25, 0.0, SanctionStep.NONE, 1.0 - 0.35 * 0.75),
        (0.0, 0.3, SanctionStep.REDUCTION, 0.35),
        (0.0, 0.9, SanctionStep.REDUCTION, 0.0),
        (0.25, 0.0, SanctionStep.DENIAL, 0.0),
    ],
)
def test_earnings_lower_the_benefit_by_what_is_not_disregarded(client, p, disregard, cut, step, paid):
    client.part_time, client.disregard, client.cut, client.step = 1, disregard, cut, step
    assert benefit.paid_benefit(client, p) == pytest.approx(paid * FULL)


def test_part_time_work_leads_on_and_the_stimulus_holds_a_little(client, p):
    ratios = []
    for client.part_time, client.disregard in ((0, 0.25), (1, 0.0), (1, 0.25)):
        ratios.append(benefit.work_ratio(client, p))
    assert ratios == pytest.approx([1.0, 1.5, 1.5 * 0.95])


def test_keeping_earnings_and_effort_raise_the_hazard_of_part_time_work(client, p):
    p.benefit.h_part_time_weekly = 0.01
    hazards = []
    for effort, client.disregard in ((1.0, 0.0), (2.0, 0.0), (1.0, 0.25)):
        hazards.append(benefit.h_part_time(client, effort, p))
    assert hazards == pytest.approx([0.01, 0.02, 0.011])


def test_a_month_of_work(client, p):
    p.benefit.h_part_time_weekly, p.benefit.h_part_time_end_weekly = 0.05, 0.0
    taken_up = []
    for week in WEEKS:
        client.part_time, draw = 0, uniform(LUCK, client.id, week, Purpose.PART_TIME)
        part_time.feel_month_of_work(client, week, draw, p, LUCK)
        assert client.benefit_weekly == benefit.paid_benefit(client, p)
        taken_up.append(client.part_time)
        part_time.feel_month_of_work(client, week, draw, p, LUCK)
        assert client.part_time >= taken_up[-1]
    chance = 1.0 - math.exp(-4 * 0.05 * leaving.drive(client, p))
    assert np.mean(taken_up) == pytest.approx(chance, abs=0.03)


def test_a_spell_begins_without_anything_of_the_last(new_client, client, p):
    for name in ("part_time", "hours_asked", "own_hours", "programme_hours", "cut", "disregard"):
        client[name] = 1
    person.begin_rules(client, p)
    names = ("part_time", "hours_asked", "own_hours", "programme_hours", "cut", "disregard", "obliged")
    assert [client[name] for name in names] == [0, 0.0, 0.0, 0.0, 0.0, 0.0, 1]
    assert (client.benefit_weekly, client.offence_week) == (FULL, NOT_YET)


# --- outcomes -------------------------------------------------------------------------------------


def spells(*rows: tuple[int, int, int, int | None, str | None, int]) -> pd.DataFrame:
    """Return spells of client, spell, entry week, exit week, door and reductions."""
    columns = ["client", "spell", "entry_week", "exit_week", "door", "reductions"]
    table = pd.DataFrame(rows, columns=columns).astype({"exit_week": "Int32"})
    table["exited"] = table["exit_week"].notna()
    table["door"] = pd.Categorical(table["door"], categories=Door.labels())
    return table.assign(denials=0, replication=0)


WAYS = spells(
    (1, 1, 0, 10, "work", 0), (1, 2, 62, 70, "withdrawal", 1), (1, 3, 100, None, None, 0),
    (2, 1, 0, 10, "work", 0), (2, 2, 63, None, None, 2),
    (3, 1, -5, 20, "work", 1), (4, 1, 5, 150, "work", 0), (5, 1, 5, 30, "other", 1),
)  # fmt: skip


def test_shares_back_within_a_year():
    (block,) = blocks_of(WAYS, pd.DataFrame({"replication": [0], "week": [0]}))
    doors = (Door.WORK, Door.WITHDRAWAL, Door.STUDY)
    work, withdrawal, study = shares_back_within_a_year(block.spells, doors, 200)
    assert work == pytest.approx(1 / 3)
    assert withdrawal == 1.0
    assert math.isnan(study.item())
    assert shares_back_within_a_year(block.spells, doors, 210)[0] == pytest.approx(1 / 4)


def test_outcomes_of_a_small_table(load):
    engine = Engine(load("neutral", "population.size=10", "weeks=10"), 1)
    engine.run()
    panel = weekly_table(engine.panel(), 0)
    panel["clients"], panel["children_hit"], panel["hours_asked"], panel["hours_met"] = 52, 1, 40.0, 10.0
    panel["completed"], panel["ended_early"], panel["ended_for_misconduct"] = 6, 4, 1
    panel["absences_drop_out"], panel["part_time"] = 2, 13
    panel["mandatory"], panel["mandatory_over_25"] = 39, 26
    (block,) = blocks_of(WAYS, panel)
    flow = block.spells.where(WAYS["entry_week"].to_numpy() >= 0)
    found = {row.outcome: row.value.item() for row in sanction_outcomes(block.spells, flow, block.weeks)}
    assert found["ended without work or other income, reduced or denied"] == 1.0
    assert found["ended without work or other income, never reduced or denied"] == 0.0
    assert found["reductions and denials of households with children"] == pytest.approx(1000.0)
    assert found["required hours met"] == 0.25
    assert found["working part time on benefit"] == 0.25
    assert found["aged 25 or more in a mandatory programme"] == 0.5
    assert found["mandatory programmes taken up by those aged 25 or more"] == pytest.approx(2 / 3)
    stays = [found[f"stays {name}"] for name in ("completed", "dropped out of", "ended for misconduct")]
    assert stays == pytest.approx([0.6, 0.2, 0.1])
