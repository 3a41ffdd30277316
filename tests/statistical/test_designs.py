"""Published designs find what is known: nothing where arms are alike, and what was put in where they are not.

Bounds of four standard errors (seeds are fixed) let a right model fail once in some 15,000 tries.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.composing.pairing import loader
from simulator.experiments.studies.cohort import RATE, SORTING
from simulator.experiments.studies.estimates import followed
from simulator.experiments.studies.event_study import event_rows
from simulator.experiments.studies.layers import summarise
from simulator.experiments.studies.offices import plan_offices
from simulator.experiments.studies.published import run_design
from simulator.experiments.studies.rollout import GROUP_TIME, TRUTH
from simulator.experiments.studies.trial import plan_trial
from simulator.experiments.studies.worlds import World, run_world
from simulator.outcomes.status import DOORS_TO_WORK
from simulator.vocabulary import Door

ERRORS = 4.0
SMALL = (
    "population.size=300", "population.burn_in_weeks=20", "population.newcomers_per_1000_weekly=20",
    "weeks=90", "replications=3",
)  # fmt: skip
NEUTRAL = ("population.size=2000", "weeks=110", "replications=3")
TIME = ("study.follow_up_weeks=52", "study.horizons_weeks=[26,52]")


def study(kind, *overrides, scenario="default", common=SMALL):
    load = loader(common)
    one = load(scenario, f"study={kind}", *overrides)
    return one, one.study, load


def trial(first, second, *overrides, scenario="default", common=SMALL):
    arms = f"study.arms=['first: {first}', 'second: {second}']"
    shared = () if any("staff_apart" in one for one in overrides) else ("study.staff_apart=false",)
    return study("trial", arms, *TIME, *shared, *overrides, scenario=scenario, common=common)


def row(table, **words):
    for name, value in words.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


@pytest.mark.parametrize("placing", ["inside", "worlds"])
def test_arms_alike_differ_in_nothing(placing):
    table, _ = run_design(*trial("", "", f"study.placing={placing}"))
    ratios = table["unit"] == "ratio"
    assert (table.loc[~ratios, "effect"] == 0.0).all()
    assert table.loc[ratios, "effect"].to_numpy() == pytest.approx(1.0, abs=1e-9)


def test_a_trial_of_nothing_leaves_every_spell_as_it_is():
    scenario, design, load = trial("", "", "sanctions=strict", common=(*SMALL, "sanctions=strict"))
    inside = next(iter(plan_trial(scenario, design, load).worlds.values()))
    with_arms, without = run_world(inside).spells, run_world(World(scenario)).spells
    pd.testing.assert_frame_equal(with_arms.drop(columns="arm"), without.drop(columns="arm"))
    assert set(with_arms["arm"].dropna()) == {0, 1}
    assert abs((with_arms["arm"] == 0).mean() - 0.5) < 0.05


def test_who_is_in_the_arm_that_changes_nothing_is_left_alone_where_nothing_is_shared():
    scenario, design, load = trial("", "doors.work.h_weekly=0.05", scenario="neutral", common=NEUTRAL)
    inside = plan_trial(scenario, design, load).worlds["turn 1"]
    spells, without = run_world(inside).spells, run_world(World(scenario)).spells
    usual = spells["arm"] == 0
    pd.testing.assert_frame_equal(spells[usual].drop(columns="arm"), without[usual].drop(columns="arm"))
    assert not spells[~usual]["weeks"].equals(without[~usual]["weeks"])


@pytest.mark.parametrize("how", [("study.rotate=false",), ("study.rotate=true",), ("study.placing=worlds",)])
def test_a_hazard_ratio_set_by_hand_is_found(how):
    table, _ = run_design(*trial("", "doors.work.h_weekly=0.04", *how, scenario="neutral", common=NEUTRAL))
    found = row(table, outcome="hazard ratio of exit to work")
    spread = np.sqrt(2 / (NEUTRAL_PEOPLE * 0.6) * 2) / (1 if how[0].endswith("false") else 1.2)
    assert abs(np.log(found["effect"] / 2.0)) < ERRORS * spread
    share = row(table, outcome="exit by week 52")
    expected = np.exp(-0.02 * 52) - np.exp(-0.04 * 52)
    assert abs(share["effect"] - expected) < ERRORS * np.sqrt(2 * 0.25 / (NEUTRAL_PEOPLE / 2))


NEUTRAL_PEOPLE = 2000 * 3


def test_arms_with_staff_of_their_own_have_the_caseload_that_is_set():
    change = "caseload.clients_per_caseworker={} caseload.review_weeks=1"
    common = (*SMALL[1:], "population.size=1500", "population.offices=1", "caseload.review_weeks=1")
    scenario, design, load = trial(
        change.format(100), change.format(25), "study.staff_apart=true", "study.rotate=false", common=common
    )
    table, worlds = run_design(scenario, design, load)
    world = worlds["turn 1"]
    last = world.weekly[world.weekly["week"] == 80]
    entry, weeks = world.spells["entry_week"], world.spells["weeks"]
    on = world.spells[(entry <= 80) & (entry + weeks > 80)]
    clients = on.groupby(["replication", "arm"]).size().unstack()
    wanted = np.ceil(clients[0] / 100) + np.ceil(clients[1] / 25)
    assert (abs(last.set_index("replication")["caseworkers"] - wanted) <= 1).all()
    talks = world.spells[world.spells["entry_week"] >= 0].groupby("arm")["meetings"].mean()
    assert talks[1] > 1.5 * talks[0]
    assert row(table, outcome="days on benefit within 52 weeks")["effect"] < 0.0


def test_a_trial_that_starts_in_a_week_changes_nothing_before():
    overrides = ("study.start_week=30", "study.people=both")
    scenario, design, load = trial("", "sanctions=none", *overrides)
    inside = plan_trial(scenario, design, load).worlds["turn 1"]
    before = run_world(inside).weekly.query("week < 30")
    pd.testing.assert_frame_equal(before, run_world(World(scenario)).weekly.query("week < 30"))
    table, _ = run_design(scenario, design, load)
    assert table["estimates"].min() > 0


def test_staff_apart_from_a_week_on_takes_the_place_of_the_old_staff():
    change = "caseload.clients_per_caseworker={}"
    overrides = ("study.staff_apart=true", "study.start_week=30", "study.people=both", "study.rotate=false")
    scenario, design, load = trial(change.format(90), change.format(30), *overrides)
    world = run_world(plan_trial(scenario, design, load).worlds["turn 1"])
    before = run_world(World(scenario)).weekly.query("week < 30")
    pd.testing.assert_frame_equal(world.weekly.query("week < 30"), before)
    now = world.weekly.query("week == 30").set_index("replication")
    wanted = np.ceil(now["clients"] / 2 / 90) + np.ceil(now["clients"] / 2 / 30)
    assert (abs(now["caseworkers"] - wanted) <= 2).all()
    assert (now["waiting"] == 0).all()


def test_the_end_of_a_trial_changes_nothing_before():
    scenario, design, load = trial("", "sanctions=none", "study.start_week=30")
    worlds = []
    for end in (8, None):
        plan = plan_trial(scenario, design.model_copy(update={"treatment_weeks": end}), load)
        worlds.append(run_world(plan.worlds["turn 1"]).weekly)
    ended, going_on = worlds
    pd.testing.assert_frame_equal(ended.query("week < 38"), going_on.query("week < 38"))
    assert not ended.query("week >= 38").equals(going_on.query("week >= 38"))


@pytest.mark.parametrize("apart", ["true", "false"])
def test_when_a_trial_ends_the_scenarios_rules_hold_in_all_arms(apart):
    overrides = (
        "study.start_week=30", "study.treatment_weeks=20", "study.people=both", f"study.staff_apart={apart}",
        "study.rotate=false",
    )  # fmt: skip
    common = (*SMALL, "sanctions=reduction_first", "sanctions.p_follow_up=1", "sanctions.strictness=1")
    scenario, design, load = trial("", "sanctions=none", *overrides, common=common)
    world = run_world(next(iter(plan_trial(scenario, design, load).worlds.values())))
    cut = world.spells.dropna(subset=["first_cut_week"])
    during = cut[cut["first_cut_week"].between(30, 49)].groupby("arm").size()
    after = cut[cut["first_cut_week"] >= 55].groupby("arm").size()
    assert during.get(0, 0) > 30
    assert during.get(1, 0) <= 3  # what was reported before the start
    assert after[1] > 0.5 * after[0]


def test_staff_apart_is_as_the_scenario_has_it_once_a_trial_has_ended():
    change = "caseload.clients_per_caseworker=20"
    overrides = (
        "study.staff_apart=true", "study.start_week=30", "study.treatment_weeks=20", "study.people=both",
        "study.rotate=false",
    )  # fmt: skip
    scenario, design, load = trial("", change, *overrides)
    world = run_world(next(iter(plan_trial(scenario, design, load).worlds.values())))
    weeks = world.weekly.set_index(["replication", "week"])
    many, few = (weeks.xs(week, level="week") for week in (49, 70))
    each = scenario.caseload.clients_per_caseworker
    assert (many["caseworkers"] > 1.5 * many["clients"] / each).all()
    assert (abs(few["caseworkers"] - few["clients"] / each) <= 2).all()


def test_the_planned_talk_is_lost_in_one_arm_only_and_the_arms_are_alike_until_then():
    change = "casework.cancelled_talk=1 casework.p_cancelled={}"
    scenario, design, load = trial(
        change.format("0.0"), change.format("1.0"), "study.clock=planned_talk", "study.split=caseworker_skill"
    )
    table, worlds = run_design(scenario, design, load)
    reached = worlds["turn 1"].spells.dropna(subset=["planned_talk_week"])
    assert (reached["talk_cancelled"] == (reached["arm"] == 1)).all()
    held = reached[reached["arm"] == 0]
    assert (held["first_meeting_week"] == held["planned_talk_week"]).all()
    lost = reached[reached["arm"] == 1]
    later = lost.dropna(subset=["first_meeting_week"])
    assert (later["first_meeting_week"] > later["planned_talk_week"]).all()
    assert set(table["group"]) == {"lower half", "upper half"}


def test_programmes_offered_to_one_arm_only():
    scenario, design, load = trial("referral.offers=[]", "referral.offers=[coaching]")
    world = run_world(plan_trial(scenario, design, load).worlds["turn 1"])
    new = world.spells[world.spells["entry_week"] >= 0]
    names = list(scenario.programmes)
    assert (new[new["arm"] == 0]["referrals"] == 0).all()
    assert set(new[new["arm"] == 1]["first_programme"].dropna()) == {names.index("coaching")}


def test_few_vacancies_make_the_net_effect_smaller_than_the_direct_one():
    common = (*NEUTRAL, "vacancies=tight", "vacancies.per_1000_weekly=4")
    scenario, design, load = trial(
        "", "doors.work.h_weekly=0.06", "study.saturations=[0.5]", scenario="neutral", common=common
    )
    table, _ = run_design(scenario, design, load)
    days = table[table["outcome"] == "exit to work by week 52"]
    direct, displaced = row(days, quantity="direct"), row(days, quantity="displaced", saturation=0.5)
    net = row(days, quantity="net", saturation=1.0)
    assert direct["low"] > 0.05
    assert displaced["high"] < 0.0
    assert net["high"] < direct["low"]


def made_up(ratio, weeks_of_effect, people=40_000, seed=3):
    """Return spells with a weekly hazard of 0.03, multiplied for some weeks after an event."""
    luck = np.random.default_rng(seed)
    event = luck.geometric(0.05, people) - 1
    left = np.full(people, 60)
    for week in range(60):
        treated = (week >= event) & (week < event + weeks_of_effect)
        leaves = luck.random(people) < 1 - np.exp(-0.03 * np.where(treated, ratio, 1.0))
        left = np.where((left == 60) & leaves, week + 1, left)
    return pd.DataFrame(
        {
            "replication": np.arange(people) % 8, "client": np.arange(people), "spell": 1, "entry_week": 0,
            "weeks": left, "exited": left < 60, "door": np.where(left < 60, "work", None),
            "first_cut_week": pd.array(np.where(event < left, event, 0), "Int64"),
        }
    ).assign(first_cut_week=lambda t: t["first_cut_week"].where(event < left))  # fmt: skip


def test_an_event_study_finds_the_ratio_and_when_it_wears_off():
    scenario, design, _ = study("event_study", "study.period_weeks=4", "study.periods=5")
    rows = pd.DataFrame(event_rows(made_up(2.0, 8), design, scenario)).assign(draw=0)
    table = summarise(rows, ["outcome", "door", "from_week", "to_week"], 0.9999, ratios=["hazard ratio"])
    work = table[(table["door"] == "work") & (table["to_week"] - table["from_week"] == 3)]
    known = [2.0, 2.0, 1.0, 1.0, 1.0]
    assert ((work["low"] < known) & (known < work["high"])).all()
    assert work["effect"].tolist() == pytest.approx(known, rel=0.12)


def test_the_interval_of_an_event_study_covers_as_often_as_it_says():
    """Of 60 tries at 90 %, between 45 and 60 cover (outside with a chance below 0.001 if coverage is 0.9)."""
    scenario, design, _ = study("event_study", "study.period_weeks=8", "study.periods=1", "study.level=0.9")
    covered = 0
    for seed in range(60):
        rows = pd.DataFrame(event_rows(made_up(1.5, 8, people=3_000, seed=seed), design, scenario))
        whole = rows[(rows["door"] == "work") & (rows["outcome"] == "hazard ratio")].drop_duplicates(
            "replication"
        )
        found = summarise(whole.assign(draw=0), ["outcome"], 0.9, ratios=["hazard ratio"]).iloc[0]
        covered += found["low"] < 1.5 < found["high"]
    assert 45 <= covered <= 60


def test_an_event_without_effect_has_none():
    without = ("client.search.contact_gain=0.0", "client.search.plan_gain=0.0", "doors.work.h_weekly=0.05")
    common = ("population.size=4000", "weeks=60", "replications=6", *without)
    busy = ("casework.unlimited_time=false", "caseload.caseworkers=40", "casework.p_plan=0.0")
    times = ("study.event=meeting", "study.period_weeks=10", "study.periods=1")
    table, _ = run_design(*study("event_study", *times, scenario="neutral", common=(*common, *busy)))
    whole = table[(table["outcome"] == "hazard ratio") & (table["door"] == "work")].iloc[-1]
    assert whole["se_luck"] < 0.1
    assert abs(np.log(whole["effect"])) < 2 * ERRORS * whole["se_luck"]


def test_a_constant_hazard_does_not_fall_and_a_mixture_falls_by_sorting_alone():
    common = ("population.size=3000", "weeks=160", "replications=3", "doors.work.h_weekly=0.02")
    flat = ("study.entry_weeks=1", "study.years=1", "study.without=''")
    table, _ = run_design(*study("cohort", *flat, scenario="neutral", common=common))
    assert (table.loc[table["effect"].notna() & (table["outcome"] != SORTING), "effect"] == 0.0).all()
    rates = table[table["outcome"] == RATE]["with"]
    assert rates.to_numpy() == pytest.approx(100 * (1 - np.exp(-0.02)), rel=0.06)
    mixed = (*common, "population.share_women=0.5", "doors.work.traits={woman: -2.0}")
    table, _ = run_design(*study("cohort", *flat, scenario="neutral", common=mixed))
    rates = table[table["outcome"] == RATE]["with"].tolist()
    assert rates[1] < 0.95 * rates[0]
    assert row(table, outcome=SORTING)["effect"] == pytest.approx(1.0)


def test_offices_with_other_hazards_have_the_slope_that_follows():
    common = ("population.size=4000", "weeks=60", "replications=3")
    drawn = ("study.vary='doors.work.h_weekly=interval(0.01,0.03)'", "study.offices=10", "study.outcome=exit")
    scenario, design, load = study(
        "offices", *drawn, "study.follow_up_weeks=40", scenario="neutral", common=common
    )
    varied = plan_offices(scenario, design, load).varied
    hazards = varied["doors.work.h_weekly"].to_numpy()
    assert sorted((hazards - 0.01) // 0.002) == list(range(10))
    slope = np.polyfit(hazards, 1 - np.exp(-40 * hazards), 1)[0]
    table, _ = run_design(scenario, design, load)
    error = np.sqrt(0.25 / 1200) / np.sqrt(((hazards - hazards.mean()) ** 2).sum())
    assert abs(table["effect"].iloc[0] - slope) < ERRORS * error


def test_a_rule_that_does_nothing_is_found_to_do_nothing():
    common = (*SMALL[1:4], "weeks=78", "replications=3", "population.size=400")
    settings = (
        "study.rule='caseload.review_weeks=7'",
        "study.first_week=39",
        "study.offices=4",
        "study.waves=1",
    )
    table, _ = run_design(*study("rollout", *settings, common=(*common, "caseload=fixed_staff")))
    assert (table.loc[table["estimator"] == TRUTH, "effect"] == 0.0).all()
    average = table[(table["estimator"] == GROUP_TIME) & table["period"].isna()].iloc[0]
    assert abs(average["effect"]) < ERRORS * average["se_luck"] + 1.0


def test_the_estimate_of_a_rollout_is_the_true_effect_up_to_luck():
    common = (*SMALL[1:3], "weeks=78", "replications=12", "population.size=600")
    settings = (
        "study.rule='sanctions=strict casework.p_plan=1.0'", "study.first_week=39", "study.offices=6",
        "study.wave_weeks=13", "study.outcome=exits_per_100_weeks",
    )  # fmt: skip
    table, _ = run_design(*study("rollout", *settings, common=common))
    averages = table[table["period"].isna()].set_index("estimator")
    difference = averages.loc[GROUP_TIME, "effect"] - averages.loc[TRUTH, "effect"]
    assert abs(difference) < ERRORS * np.hypot(
        averages.loc[GROUP_TIME, "se_luck"], averages.loc[TRUTH, "se_luck"]
    )
    assert averages.loc[TRUTH, "effect"] != 0.0


def test_exits_through_every_way_out_add_up_to_all_exits_in_a_trial():
    doors = [door.label for door in Door]
    table, worlds = run_design(
        *trial("", "sanctions=strict", f"study.doors=[{','.join(doors)}]", "study.rotate=false")
    )
    levels = table.set_index("outcome")[["control", "treated", "effect"]]
    for weeks in (26, 52):
        parts = levels.loc[[f"exit through {door} by week {weeks}" for door in doors]]
        assert parts.sum().to_numpy() == pytest.approx(levels.loc[f"exit by week {weeks}"].to_numpy())
        to_work = parts.loc[[f"exit through {door} by week {weeks}" for door in DOORS_TO_WORK]]
        together = levels.loc[f"exit to work by week {weeks}"]
        assert to_work.sum().to_numpy() == pytest.approx(together.to_numpy())
    assert {f"hazard ratio of exit through {door}" for door in doors} <= set(levels.index)

    (spells,) = (one.spells for one in worlds.values())
    people = followed(spells, trial("", "")[1], 90)
    later = spells.groupby(["replication", "client", "spell"])["entry_week"].first()
    back = [
        later.get((one.replication, one.client, one.spell + 1), np.inf) <= one.origin + 52
        for one in people.itertuples()
    ]
    by_arm = pd.Series(back).groupby([people["replication"].to_numpy(), people["arm"].to_numpy()]).mean()
    found = levels.loc["left and back on benefit by week 52", ["control", "treated"]]
    assert found.to_numpy() == pytest.approx(by_arm.groupby(level=1).mean().to_numpy())
    assert (found > 0.0).all()


@pytest.mark.parametrize(
    ("kind", "whole", "part", "more"),
    [
        ("offices", "exit", "exit_through_{}", ("study.offices=6", "study.follow_up_weeks=39")),
        (
            "rollout", "exits_per_100_weeks", "exits_through_{}_per_100_weeks",
            ("study.offices=4", "study.first_week=39", "study.waves=1", "study.wave_weeks=0"),
        ),
    ],
)  # fmt: skip
def test_effects_through_every_way_out_add_up_to_that_on_all_exits(kind, whole, part, more):
    def effects(outcome):
        return run_design(*study(kind, f"study.outcome={outcome}", *more))[0]["effect"].to_numpy()

    parts = [effects(part.format(door.label)) for door in Door]
    assert np.sum(parts, axis=0) == pytest.approx(effects(whole), abs=1e-9)
