"""The caseload lever at work: rates come out as set, and small caseloads and calm staff give more talks."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.vocabulary import NOT_YET

pytestmark = pytest.mark.statistical

STANDARD_ERRORS = 4.0
SEED = 11


def panel_and_spells(load, *overrides):
    engine = Engine(load("default", "population.burn_in_weeks=26", *overrides), SEED)
    engine.run()
    return engine.panel(), engine.spells()


def test_turnover_and_sick_leave_come_out_as_set(load):
    p_quit, p_sick, mean = 0.01, 0.05, 3.0
    panel, _ = panel_and_spells(
        load, "population.size=60", "weeks=520", "caseload=fixed_staff", "caseload.caseworkers=20",
        f"caseload.p_quit_weekly={p_quit}", f"caseload.p_sick_leave_weekly={p_sick}",
        f"caseload.sick_leave_weeks={mean}", "population.offices=1",
    )  # fmt: skip
    staff_weeks = panel["caseworkers"].sum()
    assert staff_weeks == 20 * 520
    error = np.sqrt(p_quit / staff_weeks)
    assert panel["quits"].sum() / staff_weeks == pytest.approx(p_quit, abs=STANDARD_ERRORS * error)
    # a cycle: a leave and the weeks at work before the next, a geometric number from 0 on; newcomers are well
    share = mean / (mean + (1.0 - p_sick) / p_sick)
    leaves = staff_weeks * share / mean
    error = share * np.sqrt(2.0 / leaves)
    assert panel["sick"].sum() / staff_weeks == pytest.approx(
        share, abs=STANDARD_ERRORS * error + p_quit * mean
    )


def test_the_intensive_team_talks_more_often(load):
    _, spells = panel_and_spells(load, "population.size=500", "weeks=104", "caseload=tiered")
    weeks = spells["end_week"] - spells["entry_week"]
    long = weeks >= 26
    hard = long & (spells["passed_on_week"] != NOT_YET)
    rates = [(spells["meetings"] / weeks)[group].mean() for group in (hard, long & ~hard)]
    assert hard.sum() > 100
    assert rates[0] > 1.2 * rates[1]


def test_turbulence_takes_talks_from_clients(load):
    few = ("population.size=500", "weeks=104", "caseload.caseworkers=6", "population.offices=1")
    (calm, _), (rough, spells) = (
        panel_and_spells(load, *few, f"caseload={staff}") for staff in ("fixed_staff", "turbulent")
    )
    assert rough["talk_minutes"].sum() < 0.9 * calm["talk_minutes"].sum()
    assert calm["caseworker_changes"].sum() == 0 < rough["caseworker_changes"].sum()
    assert spells["caseworker_changes"].max() >= 1
