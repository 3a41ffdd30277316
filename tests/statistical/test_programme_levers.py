"""What the levers of the catalogue and the vacancies do over a run; switched off they do nothing at all."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.vocabulary import NOBODY, Door

pytestmark = pytest.mark.statistical

SMALL = (
    "population.size=150", "population.burn_in_weeks=10", "weeks=60", "doors.work.h_return_weekly=0.05",
    "referral.rest_weeks=2",
)  # fmt: skip
COHORT = ("population.mode=cohort", "population.offices=1", "referral.rule=blanket", "referral.wish_weight=0",
          "referral.needs_assessment=false", "referral.longest_queue=100",
          "client.attendance.p_refusal=0")  # fmt: skip


def played(scenario, seed=6, replication=0) -> Engine:
    engine = Engine(scenario, seed, replication)
    engine.run()
    return engine


def digest(scenario) -> bytes:
    spells = played(scenario).spells()
    return b"".join(spells[name].tobytes() for name in spells.dtype.names)


# --- neutral: the switch is off, everything else is varied ----------------------------------------

OFF = {
    "vacancies": ("vacancies.per_1000_weekly=0", "vacancies.life_weeks=1", "vacancies.season_amplitude=1",
                  "vacancies.season_peak_week=3", "vacancies.series=[0.0]"),
    "municipal jobs": ("programmes.coaching.p_insured=0.9", "programmes.job_search.p_insured=0.4"),
    "projects around the run": ("programmes.coaching.starts_week=-10", "programmes.coaching.ends_week=60"),
    "owners": ("programmes.coaching.owner=third_sector", "programmes.language.owner=social_services"),
    "entry rules that all pass": ("programmes.coaching.entry_most={health: 1.0, skills: 1.0}",),
}  # fmt: skip
ON = {
    "vacancies": ("vacancies.limited=true", "vacancies.per_1000_weekly=5"),
    "municipal jobs": ("programmes.coaching.employs=true",),
    "projects": ("programmes.coaching.ends_week=59",),
    "projects that begin late": ("programmes.coaching.starts_week=-4",),
    "entry rules": ("programmes.coaching.entry_most={skills: 0.3}",),
    "entry after some weeks": ("programmes.coaching.entry_after_weeks=9",),
    "chains": ("programmes.mapping.leads_to=coaching",),
    "mixes": ("programmes.coaching.mix={language: 0.2}",),
    "direct hire": ("programmes.coaching.h_hire_weekly=0.01",),
    "queue by rule": ("programmes.language.queue=long_term_first",),
    "start at once": ("referral.needs_assessment=false", "referral.at_once=true"),
}


@pytest.mark.parametrize("lever", OFF)
def test_switched_off_a_lever_changes_nothing(load, lever):
    assert digest(load("default", *SMALL, *OFF[lever])) == digest(load("default", *SMALL))


@pytest.mark.parametrize("lever", ON)
def test_switched_on_it_changes_something(load, lever):
    assert digest(load("default", *SMALL, *ON[lever])) != digest(load("default", *SMALL))


# --- vacancies: direct against net gain -----------------------------------------------------------

ALONE = (
    "weeks=52", "population.size=9000", "population.offices=1", "casework=default", "population=swedish",
    "population.mode=cohort",
)  # fmt: skip


def left_for_work(scenario, treated: bool) -> tuple[int, int]:
    """Return exits to work of even and odd persons; even ones search half as much again if treated."""
    engine = Engine(scenario, 8)
    people = engine.offices[0].people
    if treated:
        people.motivation[people.id % 2 == 0] *= 1.5
    engine.run()
    spells = engine.spells()
    gone = spells["id"][(spells["door"] == Door.WORK) & (spells["spell"] == 1)]
    return int((gone % 2 == 0).sum()), int((gone % 2 == 1).sum())


@pytest.mark.parametrize(
    ("vacancies", "displaced"),
    [(("vacancies=unlimited",), False), (("vacancies=tight", "vacancies.per_1000_weekly=4"), True)],
)
def test_help_for_some_takes_from_the_others_where_vacancies_are_few(load, vacancies, displaced):
    """With few vacancies the net gain is under half the direct one (the rest is displaced)."""
    scenario = load("neutral", *ALONE, *vacancies)
    (own, others), (own_before, others_before) = (left_for_work(scenario, on) for on in (True, False))
    direct, net = own - own_before, own + others - own_before - others_before
    assert direct > 100
    if displaced:
        assert others < others_before - 0.5 * direct
        assert net < 0.5 * direct
    else:
        assert others == others_before
        assert net == direct


def test_abundant_vacancies_change_no_exit(load):
    many = ("vacancies.limited=true", "vacancies.per_1000_weekly=1000", "vacancies.life_weeks=20")
    cohort = ("population.size=400", "weeks=80")
    assert digest(load("neutral", *cohort, *many)) == digest(load("neutral", *cohort))


def test_exits_to_work_are_never_more_than_vacancies(load):
    panel = played(load("default", *SMALL, "vacancies=tight")).panel()
    assert (panel["exits"][:, Door.WORK] == panel["vacancies_filled"]).all()
    assert panel["jobs_missed"].sum() > 0


# --- chains, projects, jobs, start ----------------------------------------------------------------


def test_a_chain_leads_who_completes_to_the_next_at_once(load):
    """Blanket referral reaches the first programme only; all who enter the second have completed it."""
    chain = ("programmes.job_search.leads_to=work_practice", "programmes.job_search.places_per_1000=500",
             "programmes.work_practice.places_per_1000=1000", "weeks=80")  # fmt: skip
    scenario = load("default", *COHORT, *chain, "population.size=300")
    names, activity = list(scenario.programmes), played(scenario).activity()
    first, second = (activity[:, names.index(name)] for name in ("job_search", "work_practice"))
    assert second["admitted"].tolist() == first["completed"].tolist()
    assert second["admitted"].sum() > 50
    assert second["wait_weeks"].sum() == 0
    others = [n for n, name in enumerate(names) if name not in {"job_search", "work_practice"}]
    assert activity["admitted"][:, others].sum() == 0


def test_a_project_takes_and_costs_only_while_it_runs(load):
    project = ("programmes.job_search.starts_week=10", "programmes.job_search.ends_week=40", "weeks=60",
               "programmes.job_search.weeks=50")  # fmt: skip
    scenario = load("default", *COHORT, *project, "population.size=300")
    row = played(scenario).activity()[:, list(scenario.programmes).index("job_search")]
    inside = (np.arange(60) >= 10) & (np.arange(60) < 40)
    for name in ("places", "used", "admitted", "programme_sek"):
        assert (row[name][~inside] == 0).all()
    assert (row["places"][inside] == 18).all()
    assert row["project_ended"][40] == row["used"][39] > 0
    assert row["project_ended"].sum() == row["project_ended"][40]


@pytest.mark.parametrize(("p_insured", "back"), [(1.0, 0.0), (0.0, 1.0), (0.4, 0.6)])
def test_who_was_hired_comes_back_unless_insured(load, p_insured, back):
    """Share of hired persons with a second spell 11 to 14 weeks after the first; tolerance 0.1."""
    jobs = ("programmes.job_search.employs=true", f"programmes.job_search.p_insured={p_insured}",
            "programmes.job_search.weeks=10", "programmes.job_search.places_per_1000=300", "weeks=60",
            "population.pension_age=80")  # fmt: skip
    scenario = load("default", *COHORT, *jobs, "population.size=500")
    engine = played(scenario)
    spells, activity = engine.spells(), engine.activity()[:, list(scenario.programmes).index("job_search")]
    first = spells[(spells["spell"] == 1) & (spells["first_activity_week"] >= 0) & (spells["end_week"] < 40)]
    hired = first[first["door"] == Door.SUBSIDISED_WORK]
    hired = hired[hired["first_activity_week"] + 1 == hired["end_week"]]
    again = {int(row["id"]): int(row["entry_week"]) for row in spells[spells["spell"] == 2]}
    waits = [again[int(row["id"])] - int(row["end_week"]) for row in hired if int(row["id"]) in again]
    assert len(hired) > 150
    assert len(waits) / len(hired) == pytest.approx(back, abs=0.1)
    assert set(waits) <= {10, 11, 12, 13}
    assert activity["used"].max() == activity["places"].max() == 150
    assert (activity["used"] <= activity["places"]).all()
    done = activity["completed"].sum()
    assert done > 100
    assert activity["stay_weeks"].sum() == 10 * done


def test_started_at_once_the_first_activity_comes_within_a_week(load):
    """As in Uppsala, with places for all and one roof: half of the spells have begun within a week."""
    many = [f"programmes.{name}.places_per_1000=500" for name in load("default").programmes]
    busy = ("population.size=600", "caseload.clients_per_caseworker=110")
    waits = {}
    for option in ("at_once", "available"):
        spells = played(
            load("default", *SMALL, *many, "collaboration=integrated", *busy, f"referral={option}")
        ).spells()
        flow = spells[spells["entry_week"] >= 0]
        waits[option] = np.median(
            (flow["first_activity_week"] - flow["entry_week"])[flow["first_activity_week"] >= 0]
        )
    assert waits["at_once"] <= 1 < waits["available"]


def test_an_employers_agreement_hires_at_its_hazard(load):
    """Nobody finds work but by the agreement: hires are 0.05 for each week of a stay; 4 standard errors."""
    agreement = ("programmes.job_search.h_hire_weekly=0.05", "programmes.job_search.places_per_1000=1000",
                 "programmes.job_search.weeks=52", "doors.work.h_weekly=0", "client.attendance.p_drop_out=0",
                 "referral.at_once=true", "weeks=20")  # fmt: skip
    scenario = load("default", *COHORT, *agreement, "population.size=1500", "vacancies=tight",
                    "vacancies.per_1000_weekly=0")  # fmt: skip
    spells = played(scenario).spells()
    gone = spells["door"] != NOBODY
    stays = (spells["end_week"] - spells["first_activity_week"])[spells["first_activity_week"] >= 0]
    hired = (spells["door"] == Door.WORK).sum()
    assert hired == pytest.approx(0.05 * stays.sum(), abs=4 * np.sqrt(hired) + 0.05 * gone.sum())
    assert hired > 500
