"""The engine against the same rules written apart from it, as an ordinary Mesa model: means must agree.

Both run the same scenario a number of times, each with its own luck. Every measure below is compared by a
two-sample test of means with pooled variance (were the two alike, so would be their variances). The tolerance
is that of one error in a thousand choices of seeds, by any measure of any scenario, if all were alike
(Bonferroni). A mean that is apart by two and a half standard deviations of a run passes one time in seven;
with the many runs of the slow test, one that is apart by seven tenths of a standard deviation.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.mesa_reference import SocialServices
from simulator.engine import Engine
from simulator.vocabulary import Absence, Door, SanctionStep, Task

pytestmark = pytest.mark.statistical

FAMILY_WISE_ERROR = 0.001
FEW, MANY = (40, 8), (400, 100)  # runs of the engine, and of the reference
SMALL = ("population.size=400", "weeks=104", "population.burn_in_weeks=26")
SCENARIOS = {
    "cohort": (*SMALL, "population.mode=cohort"),
    "flow": SMALL,
    "under pressure": (
        *SMALL,
        "caseload=fixed_staff",
        "caseload.caseworkers=3",
        "referral=matched",
        "sanctions=strict",
        "collaboration=integrated",
        "programmes.job_search.length=geometric",
        "programmes.youth_arena.queue=young_first",
        "programmes.job_search.queue=young_first",
    ),
    "in four offices": (*SMALL, "population.mode=cohort", "population.offices=4"),
    "with a limit": (
        *SMALL,
        "caseload=limit",
        "caseload.caseworkers=2",
        "caseload.limit=75",
        "referral=blanket",
        "sanctions=warning",
    ),
}
PER_WEEK = (
    "clients", "waiting", "caseworkers", "returns", "minutes_overdue", "referrals", "queued", "places_used",
    "admitted", "completed", "ended_early", "absences_seen", "wrong_sanctions", "benefit_sek",
)  # fmt: skip
PER_SPELL = (
    "meetings", "meeting_minutes", "programme_weeks", "absences", "benefit_sek", "staff_minutes",
    "programme_sek",
)  # fmt: skip


def weeks_of(engine: Engine) -> pd.DataFrame:
    panel = engine.panel()
    columns = {name: panel[name] for name in (*PER_WEEK, "meetings")}
    columns |= {f"exits_{door.label}": panel["exits"][:, door] for door in Door}
    columns |= {f"minutes_{task.label}": panel["minutes"][:, task] for task in Task}
    columns |= {f"absences_{cause.label}": panel["absences"][:, cause] for cause in Absence if cause}
    columns |= {f"{rung.label}s": panel["steps"][:, rung] for rung in SanctionStep if rung}
    return pd.DataFrame(columns)


def spells_of(engine: Engine) -> pd.DataFrame:
    spells = engine.spells()
    names = ("entry_week", "end_week", "door", "assessed_week", "plan_week", "referrals", "fitting_referrals")
    columns = pd.DataFrame({name: spells[name] for name in (*names, *PER_SPELL)})
    may_lack = ["door", "assessed_week", "plan_week"]
    columns[may_lack] = columns[may_lack].where(columns[may_lack] >= 0)
    return columns


def measure(weeks: pd.DataFrame, spells: pd.DataFrame, talk_around_minutes: float) -> pd.Series:
    """Return what one run comes to: means a week, means a spell, and lengths."""
    measures = weeks.drop(columns=["week"], errors="ignore").astype(float).mean()
    measures["talk length"] = measures["minutes_meeting"] / measures["meetings"] - talk_around_minutes
    closed = spells[spells["door"].notna()]
    length = (closed["end_week"] - closed["entry_week"]).astype(float)
    measures["spell, mean"] = length.mean()
    measures["spell, share within half a year"] = (length <= 26).mean()
    fresh = spells[spells["entry_week"] >= 0]
    for step in ("assessed", "plan"):
        measures[f"weeks to {step}"] = (fresh[f"{step}_week"] - fresh["entry_week"]).astype(float).mean()
        measures[f"share with {step}"] = fresh[f"{step}_week"].notna().mean()
    measures["fitting referrals"] = spells["fitting_referrals"].sum() / spells["referrals"].sum()
    for name in PER_SPELL:
        measures[f"{name} of a closed spell"] = closed[name].astype(float).mean()
    return measures


def engine_run(scenario, seed: int) -> pd.Series:
    engine = Engine(scenario, seed)
    engine.run()
    return measure(weeks_of(engine), spells_of(engine), scenario.casework.talk_around_minutes)


def reference_run(scenario, seed: int) -> pd.Series:
    offices = range(scenario.number_of_offices())
    models = [SocialServices(scenario, rng=1000 * seed + office, office=office) for office in offices]
    for model in models:
        while model.week < scenario.weeks:
            model.step()
    weeks, spells = sum(model.weeks() for model in models), pd.concat(model.spells() for model in models)
    return measure(weeks, spells, scenario.casework.talk_around_minutes)


def compare(scenario, runs: tuple[int, int]) -> pd.DataFrame:
    """Return means by either implementation, and the p-value of their difference, for each measure."""
    ours = pd.DataFrame([engine_run(scenario, sum(runs) + number) for number in range(runs[0])])
    theirs = pd.DataFrame([reference_run(scenario, sum(runs) + number) for number in range(runs[1])])
    theirs = theirs[ours.columns]
    moves = (ours.std() > 0.0) | (theirs.std() > 0.0)
    test = stats.ttest_ind(ours.loc[:, moves], theirs.loc[:, moves])
    rows = {"engine": ours.mean(), "reference": theirs.mean()}
    rows["t"] = pd.Series(test.statistic, ours.columns[moves])
    rows["p"] = pd.Series(test.pvalue, ours.columns[moves])
    return pd.DataFrame(rows)


CASES = [
    *(pytest.param(name, FEW, id=name) for name in SCENARIOS),
    *(pytest.param(name, MANY, id=f"{name}, many runs", marks=pytest.mark.slow) for name in SCENARIOS),
]


@pytest.mark.parametrize(("name", "runs"), CASES)
def test_means_agree(name, runs, load):
    table = compare(load("default", *SCENARIOS[name]), runs)
    fixed = table[table["p"].isna()]
    np.testing.assert_allclose(fixed["engine"], fixed["reference"], rtol=1e-12)
    apart = table[table["p"] < FAMILY_WISE_ERROR / (len(table) * len(SCENARIOS))]
    assert apart.empty, apart.to_string()
