"""What threat and sanction do to clients: they search more, settle for less, and miss fewer weeks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulator.agents import client as person
from simulator.agents import duty, leaving
from simulator.engine import Engine
from simulator.experiments.studies.estimates import DUE_WEEKS, LOG_WAGE, MISSED_WEEKS, SEARCH, levels
from simulator.parameters.designs import TrialStudy
from simulator.randomness import luck_of, uniform
from simulator.vocabulary import Absence, Door, Purpose, SanctionStep

LUCK = luck_of(1, 0)
PEOPLE = range(2_000)
SMALL = (
    "population.mode=cohort", "population.size=150", "weeks=60", "client.attendance.p_no_reason=0.3",
    "client.attendance.p_refusal=0.5", "sanctions=strict",
)  # fmt: skip


def suffer(client, step, week, p):
    duty.suffer_sanction(client, int(step), week, p)


def wages(client, p) -> np.ndarray:
    return np.array([leaving.entry_wage(client, p, LUCK) for client.id in PEOPLE])


# --- search and settling ---------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_what_is_not_settling_is_search(client, p, share):
    p.sanctions.settling_cut = share
    p.sanctions.threat = 0.0
    before = leaving.drive(client, p)
    suffer(client, SanctionStep.REDUCTION, 3, p)
    assert leaving.drive(client, p) == pytest.approx(before + p.sanctions.bite)
    assert client.search == pytest.approx(before + (1.0 - share) * p.sanctions.bite)


def test_a_threat_is_answered_like_a_warning(client, p):
    p.sanctions.settling_warned = 0.25
    threat = leaving.threat(client, p)
    leaving.set_hazards(client, 0, p)
    assert client.search == pytest.approx(1.0 + 0.75 * threat)
    suffer(client, SanctionStep.WARNING, 1, p)
    assert client.search == pytest.approx(1.0 + 0.75 * (threat + p.sanctions.warning_gain))
    client.obliged = 0
    assert leaving.threat(client, p) == 0.0


def test_the_bite_stays_that_of_a_cut_until_a_warning_bites_more(client, p):
    suffer(client, SanctionStep.REDUCTION, 1, p)
    suffer(client, SanctionStep.WARNING, 2, p)
    assert (client.bite, client.cut_bites) == (p.sanctions.bite, 1)
    client.bite = 0.5 * p.sanctions.warning_gain
    suffer(client, SanctionStep.WARNING, 30, p)
    assert (client.bite, client.cut_bites) == (p.sanctions.warning_gain, 0)


def test_search_effort_is_the_mean_over_the_weeks(client, p):
    p.sanctions.threat = 0.0
    leaving.set_hazards(client, 0, p)
    for week, contact in ((4, 1.0), (4, 2.0), (10, 0.0)):
        client.contact = contact
        leaving.set_hazards(client, week, p)
    assert client.searched == pytest.approx(4 * 1.0 + 6 * 3.0)


# --- the job taken ---------------------------------------------------------------------------------


def test_wages_are_pareto_above_the_lowest_wage_taken(client, p):
    p.sanctions.threat = 0.0
    shape, lowest = p.wages.offer_shape, p.wages.reservation_sek_monthly
    assert stats.kstest(wages(client, p), "pareto", (shape, 0.0, lowest)).pvalue > 0.001


def test_settling_for_less_lowers_the_wage_by_the_hazard_it_wins(client, p):
    p.sanctions.settling_cut, p.sanctions.settling_warned = 1.0, 0.0
    before, searching = wages(client, p), leaving.drive(client, p)
    suffer(client, SanctionStep.DENIAL, 3, p)
    ratio = leaving.drive(client, p) / searching
    np.testing.assert_allclose(np.log(wages(client, p) / before), -math.log(ratio) / p.wages.offer_shape)
    p.sanctions.settling_cut = 0.0
    np.testing.assert_allclose(wages(client, p), before)


# --- taking part -----------------------------------------------------------------------------------


@pytest.mark.parametrize("bite", [0.2, 1.42])
def test_while_a_sanction_bites_fewer_weeks_are_missed_without_reason(client, p, bite):
    client.fit, client.motivation, client.children = 0.2, 0.4, 1
    p.attendance.p_no_reason, p.attendance.p_drop_out, p.sanctions.compliance = 0.2, 0.2, 2.0
    weeks = [uniform(LUCK, client.id, week, Purpose.ABSENCE) for week in PEOPLE]
    free = [person.absence(client, draw, p) for draw in weeks]
    client.bite = bite
    bitten = [person.absence(client, draw, p) for draw in weeks]
    pairs = list(zip(free, bitten, strict=True))
    own = {int(Absence.NO_REASON), int(Absence.DROP_OUT)}
    assert all(was == now for was, now in pairs if was not in own)
    often = [np.mean([cause in own for cause in found]) for found in (free, bitten)]
    assert often[1] == pytest.approx(often[0] / (1.0 + 2.0 * bite), rel=0.15)


def test_while_a_sanction_bites_fewer_places_are_refused(client, p):
    p.attendance.p_refusal, p.sanctions.compliance = 0.8, 1.0
    shares = []
    for client.bite in (0.0, 1.0):
        shares.append(np.mean([person.refuses(client, p, LUCK) for client.referrals in PEOPLE]))
    assert shares == pytest.approx([0.4, 0.2], abs=0.04)


def test_every_due_week_and_every_week_missed_is_counted(load):
    scenario = load("default", *SMALL)
    engine = Engine(scenario, 3)
    engine.run()
    spells, panel = engine.spells(), engine.panel()
    refused = panel["absences"][:, Absence.REFUSAL].sum()
    assert spells["due_weeks"].sum() == panel["mandatory"].sum() + refused
    unaccepted = [cause for cause in list(Absence)[1:] if not scenario.sanctions.accepts.get(cause)]
    assert spells["missed_weeks"].sum() == panel["absences"][:, unaccepted].sum() > refused > 0


def test_those_who_are_not_obliged_miss_nothing(load):
    engine = Engine(load("default", *SMALL, "sanctions.age_rule=under_25"), 3)
    engine.run()
    spells = engine.spells()
    free = spells["age"] >= 25.0
    assert spells["due_weeks"][free].sum() == spells["missed_weeks"][free].sum() == 0
    assert spells["due_weeks"].sum() > 0 < spells["absences"][free].sum()


# --- what is told of it ----------------------------------------------------------------------------


def test_a_wage_stands_where_the_door_is_work_and_nowhere_else(load):
    engine = Engine(load("default", *SMALL), 3)
    engine.run()
    spells = engine.spells()
    assert (np.isfinite(spells["entry_wage"]) == (spells["door"] == Door.WORK)).all()
    assert (spells["door"] == Door.WORK).sum() > 10
    assert ((spells["search_effort"] > 0.0) & (spells["search_effort"] < 5.0)).all()


def test_without_the_service_everybody_searches_at_full_effort(load):
    """Nothing urges, nothing holds back, nobody differs in motivation: search effort is 1 in every week."""
    engine = Engine(load("neutral", "population.size=60", "weeks=30", "population.motivation_sd=0"), 3)
    engine.run()
    np.testing.assert_allclose(engine.spells()["search_effort"], 1.0)


def test_levels_of_a_trial():
    people = pd.DataFrame(
        {
            "replication": 0, "client": [1, 2, 3], "spell": 1, "entry_week": 0, "weeks": [5, 20, 30],
            "exited": True, "door": ["work", "study", "work"], "origin": 0, "end": [5, 20, 30],
            "time": [5, 20, 26], "left": [True, True, False], "hindrance": "unemployment",
            "search_effort": [1.0, 2.0, 0.5], "due_weeks": [0, 4, 10], "missed_weeks": [0, 1, 2],
            "meetings": [1, 0, 5], "entry_wage": [20_000.0, np.nan, 40_000.0], "exit_week": [5, 20, 30],
        }
    )  # fmt: skip
    design = TrialStudy.model_construct(follow_up_weeks=26, horizons_weeks=(26,), doors=(Door.STUDY,))
    means = {one.outcome: one.values.mean() for one in levels(people, people, design)}
    assert means["exit through study by week 26"] == pytest.approx(1 / 3)
    assert means["left and back on benefit by week 26"] == 0.0
    assert means["talks over the spell"] == 2.0
    assert means[SEARCH] == pytest.approx(3.5 / 3)
    assert (means[DUE_WEEKS], means[MISSED_WEEKS]) == pytest.approx((14 / 3, 1.0))
    assert all(name.endswith("over the spell") for name in (SEARCH, DUE_WEEKS, MISSED_WEEKS))
    assert means[LOG_WAGE] == pytest.approx(math.log(20_000.0))
