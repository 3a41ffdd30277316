"""The parts of published designs on examples whose answers are known by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.composing.pairing import loader
from simulator.errors import SettingsError
from simulator.experiments.studies import arms, event_study, rollout
from simulator.experiments.studies.layers import interval_of, summarise
from simulator.experiments.studies.subgroups import check_columns, groups_of, of_subgroup
from simulator.experiments.studies.worlds import empty_spells
from simulator.outcomes.regression import least_squares
from simulator.parameters.designs import RolloutStudy
from simulator.reporting.report_design import effect_lines

FIRST = np.array([0, 0, 4, rollout.NO_WAVE, rollout.NO_WAVE])
PERIODS = np.arange(-6, 8)


def design(**changes):
    given = {
        "kind": "rollout", "rule": "", "first_week": 78, "waves": 2, "wave_weeks": 52, "share_offices": 0.6,
        "offices": 5, "outcome": "clients", "period_weeks": 13, "leads": 3, "lags": 5, "subgroup": {},
        "level": 0.95,
    }  # fmt: skip
    return RolloutStudy(**{**given, **changes})


def stepped(jump):
    """Return a panel with levels of offices, a common course, and `jump(periods since the rule)`."""
    since = PERIODS[None, :] - FIRST[:, None]
    effect = np.where(since >= 0, jump(since), 0.0)
    return np.array([3.0, 1.0, 4.0, 1.0, 5.0])[:, None] + np.sin(PERIODS)[None, :] + effect


def test_a_constant_jump_is_found_by_both_estimators_and_nothing_before():
    values = stepped(lambda since: 0.0 * since - 2.5)
    assert rollout.two_way(values, FIRST, PERIODS)[0] == pytest.approx(-2.5)
    found = dict(rollout.group_time(values, FIRST, PERIODS, design()))
    assert [found[float(period)] for period in (-3, -2)] == pytest.approx([0.0, 0.0])
    assert [found[float(period)] for period in range(6)] == pytest.approx([-2.5] * 6)


def test_a_growing_effect_is_found_period_by_period_where_two_way_effects_miss_it():
    values = stepped(lambda since: 1.0 + since)
    found = list(rollout.group_time(values, FIRST, PERIODS, design()))
    known = dict(found[:-1])
    assert [known[float(period)] for period in range(6)] == pytest.approx([1, 2, 3, 4, 5, 6])
    true = list(rollout.truth(values, stepped(lambda since: 0.0 * since), FIRST, PERIODS, design()))
    assert dict(true[:-1]) == pytest.approx({period: one for period, one in known.items() if period >= 0})
    assert np.isnan(found[-1][0])
    assert found[-1][1] == pytest.approx(true[-1][1])
    two_way = rollout.two_way(values, FIRST, PERIODS)[0]
    assert abs(two_way - found[-1][1]) > 0.01


def test_nobody_yet_untreated_gives_no_estimate():
    everybody = np.array([0, 0, 4, 4, 4])
    found = dict(rollout.group_time(stepped(lambda since: since), everybody, PERIODS, design()))
    assert set(found) - {np.nan} >= {-3.0, -2.0, 0.0, 3.0}
    assert 4.0 not in found


def test_risk_sets_by_hand():
    """Two treated from week 1, two controls: in week 1 one of two treated leaves, in week 2 one of each."""
    ready = pd.DataFrame(
        {"watched": [2, 3, 3, 4], "event": [1, 1, event_study.NO_EVENT, event_study.NO_EVENT],
         "replication": 0, "stratum": 0, "left": True}
    )  # fmt: skip
    sums = event_study.matched_sums(ready, ready["left"].to_numpy(), 0, 2)
    week_1 = np.array([1 * 2, 0 * 2, 2 * 2]) / 4
    week_2 = np.array([1 * 2, 1 * 1, 1 * 2]) / 3
    assert sums.tolist() == [pytest.approx(week_1 + week_2)]


def test_a_control_leaves_the_risk_set_with_its_own_event():
    ready = pd.DataFrame(
        {"watched": [5, 5], "event": [0, 2], "replication": 0, "stratum": 0, "left": [True, True]}
    )
    sums = event_study.matched_sums(ready, ready["left"].to_numpy(), 0, 10)
    assert sums[0][2] == pytest.approx(2 * 0.5)  # weeks 0 and 1 only; from week 2 on both are treated


def test_pseudo_values_of_a_mean_are_the_values():
    sums = np.array([[8.0, 4.0], [6.0, 4.0], [9.0, 4.0]])
    values = event_study.pseudo_values(sums, lambda total: float(total[0] / total[1]))
    assert values == pytest.approx([2.0, 1.5, 2.25])


def test_too_few_exits_have_no_interval():
    sums = np.array([[2.0, 4.0], [1.0, 4.0]])
    values = event_study.pseudo_values(sums, lambda total: float(total[0] / total[1]))
    assert values[0] == pytest.approx(3 / 8)
    assert np.isnan(values[1])


def come_back(back_treated, back_control, replications=1):
    """Return spells that end in week 8, ten treated at entry and ten controls; so many of each come back."""
    people = np.arange(20 * replications)
    treated, place = people % 20 < 10, people % 10
    first = pd.DataFrame(
        {"replication": people // 20, "client": people, "spell": 1, "entry_week": 0, "weeks": 8,
         "exited": True, "door": "work", "first_cut_week": np.where(treated, 0.0, np.nan)}
    )  # fmt: skip
    again = first[place < np.where(treated, back_treated, back_control)]
    again = again.assign(spell=2, entry_week=20, exited=False, first_cut_week=np.nan)
    return pd.concat([first, again], ignore_index=True)


def event_effects(spells):
    scenario = loader(())("default", "study=event_study", "study.event=cut", "study.match_on=[]", "weeks=104")
    rows = pd.DataFrame(event_study.event_rows(spells, scenario.study, scenario)).assign(draw=0)
    return summarise(rows, event_study.KEYS, 0.95, ("treated", "expected"), (event_study.RATIO,))


def test_shares_back_on_benefit_stand_beside_their_difference():
    table = event_effects(come_back(7, 4)).query("outcome == 'back on benefit' and door == 'any'")
    assert table[["treated", "expected", "effect"]].to_numpy() == pytest.approx(np.array([[0.7, 0.4, 0.3]]))


def test_shares_back_on_benefit_differ_by_the_effect_where_replications_differ():
    spells = come_back(7, 4, replications=4)
    moved = (spells["client"] % 20 == 6) & (spells["replication"] < 3)
    spells = spells[~(moved & (spells["spell"] == 2)) & (spells["client"] % 17 > 1)]
    back = event_effects(spells).query("outcome == 'back on benefit' and door == 'any'").iloc[0]
    assert back["estimates"] == 4
    assert back["treated"] - back["expected"] == pytest.approx(back["effect"])
    assert back["se_luck"] > 0.0


def test_people_of_an_event_study_are_those_who_had_the_event():
    """Ten people in the first of two replications and seven in the other, one of these in two spells."""
    spells = come_back(0, 0, replications=2)
    late = (spells["client"] % 20 < 3) & (spells["replication"] == 1)
    spells.loc[late, "first_cut_week"] = np.nan
    again = spells[spells["client"] == 29].assign(spell=2, entry_week=20, first_cut_week=20.0)
    scenario = loader(())("default", "study=event_study", "study.event=cut", "weeks=104")
    rows = pd.DataFrame(
        event_study.event_rows(pd.concat([spells, again], ignore_index=True), scenario.study, scenario)
    )
    assert set(rows["people"]) == {8.5}


def test_an_event_study_says_where_the_other_ways_out_are_and_why_there_is_no_interval():
    design = loader(())("default", "study=event_study").study
    lines = effect_lines(event_effects(come_back(7, 4)).assign(people=10.0), design)
    assert "had it, people a run" in lines[0]
    assert not any("study" in line for line in lines[:-3])
    assert lines[-3].startswith("No intervals: they need two replications or more, and enough exits after")
    assert lines[-1].startswith("Other ways out (subsidised work, study, ")
    assert lines[-1].endswith("): in effects.csv.")


def test_who_has_no_caseworker_is_matched_with_others_without():
    spells = come_back(7, 4).assign(caseworker=pd.array([pd.NA] * 31, dtype="Int32"))
    asked = ("study=event_study", "study.event=cut", "study.match_on=[caseworker]", "weeks=104")
    scenario = loader(())("default", *asked)
    rows = pd.DataFrame(event_study.event_rows(spells, scenario.study, scenario))
    back = rows.query("outcome == 'back on benefit' and door == 'any'")
    assert back["effect"].tolist() == pytest.approx([0.3])


def test_few_exits_stand_as_means_over_replications_beside_the_ratio_of_all():
    """Two of ten treated leave in the first replication only, three of ten controls in each of the two."""
    people = np.arange(40)
    replication, treated, place = people // 20, people % 20 < 10, people % 10
    leaves = np.where(treated, (place < 2) & (replication == 0), place < 3)
    spells = pd.DataFrame(
        {"replication": replication, "client": people, "spell": 1, "entry_week": 0, "weeks": 1,
         "exited": leaves, "door": np.where(leaves, "work", None),
         "first_cut_week": np.where(treated, 0.0, np.nan)}
    )  # fmt: skip
    found = event_effects(spells).query("outcome == 'hazard ratio' and door == 'any'").iloc[0]
    assert found["estimates"] == 1
    assert found[["treated", "expected"]].tolist() == pytest.approx([0.5, 1.5])
    assert found["effect"] == pytest.approx(np.log1p(-0.1) / np.log1p(-0.3))


def layered(values):
    index = pd.MultiIndex.from_product(
        [range(len(values)), range(len(values[0]))], names=["draw", "replication"]
    )
    return pd.Series(np.ravel(values), index=index)


def test_one_draw_gives_students_interval_over_replications():
    found = interval_of(layered([[1.0, 2.0, 3.0]]), 0.95)
    assert found["value"] == 2.0
    assert found["high"] - 2.0 == pytest.approx(4.302653 / np.sqrt(3))
    assert np.isnan(found["se_settings"])


def test_draws_add_the_layer_of_settings():
    found = interval_of(layered([[1.0, 1.0], [3.0, 3.0], [5.0, 5.0]]), 0.95)
    assert (found["value"], found["se_luck"], found["se_settings"]) == (3.0, 0.0, 2.0)
    noisy = interval_of(layered([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]), 0.95)
    assert noisy["se_settings"] == 0.0
    hidden = interval_of(layered([[1.0], [3.0], [5.0]]), 0.95)
    assert hidden["value"] == 3.0
    assert np.isnan([hidden["se_luck"], hidden["se_settings"], hidden["spread"]]).all()
    assert hidden["high"] - 3.0 == pytest.approx(4.302653 * 2)


@pytest.mark.filterwarnings("error")
def test_no_estimate_has_no_interval():
    nothing = interval_of(layered([[np.nan, np.nan]]), 0.95)
    assert nothing.pop("estimates") == 0
    assert np.isnan(list(nothing.values())).all()


def test_ratios_are_averaged_as_logarithms():
    rows = pd.DataFrame({"draw": 0, "replication": [0, 1], "outcome": "hr", "effect": np.log([1.0, 4.0])})
    assert summarise(rows, ["outcome"], 0.95, ratios=["hr"])["effect"].tolist() == pytest.approx([2.0])


def test_a_subgroup_is_a_range_of_numbers_or_values_of_words():
    spells = pd.DataFrame({"age": [18, 30, 40], "sex": pd.Categorical(["man", "woman", "man"])})
    assert of_subgroup(spells, {"age": [18, 40], "sex": ["man"]}).tolist() == [True, False, False]
    assert groups_of(spells, "age").tolist() == ["lower half", "lower half", "upper half"]
    assert groups_of(spells, "sex").tolist() == ["man", "woman", "man"]


@pytest.mark.parametrize(
    ("subgroup", "says"),
    [
        ({"ages": [1, 2]}, "no column 'ages'.*did you mean 'age'"),
        ({"age": [40, 18]}, "is no range"),
        ({"hindrance": ["ill"]}, "'ill' is not one of the values"),
        ({"foreign_born": []}, "names no value"),
        (
            {"door": ["work"]},
            "study.subgroup: 'door' is no trait at entry; allowed: spell, office, entry_week",
        ),
        ({"meetings": [2, 9]}, "'meetings' is no trait at entry"),
        ({"search_effort": [0, 1]}, "'search_effort' is no trait at entry"),
    ],
)
def test_a_subgroup_that_is_none_is_told(load, subgroup, says):
    with pytest.raises(SettingsError, match=says):
        check_columns(empty_spells(load("default")), subgroup)


@pytest.mark.parametrize("key", ["split", "match_on", "by"])
@pytest.mark.parametrize("name", ["weeks", "exited", "first_cut_week", "planned_talk_week", "client"])
def test_people_are_not_told_apart_by_what_happens_later(load, key, name):
    spells = empty_spells(load("default"))
    with pytest.raises(
        SettingsError, match=f"study.{key}: '{name}' is no trait at entry; allowed: .*hindrance"
    ):
        check_columns(spells, {}, (key, name))
    for trait in ("hindrance", "caseworker_skill", "age_group", "office"):
        check_columns(spells, {}, (key, trait))


def design_of(load, apart, week=None, treatment_weeks=None):
    design = load("default", "study=trial").study
    changes = {"staff_apart": apart, "start_week": week, "treatment_weeks": treatment_weeks}
    return design.model_copy(update=changes)


@pytest.mark.parametrize(
    ("change", "apart", "week", "says"),
    [
        (
            "caseload.clients_per_caseworker=40",
            False,
            None,
            "caseworkers', whom the arms share.*staff_apart=true",
        ),
        ("caseload.p_quit_weekly=0.01", True, None, "for all people of an office.*placing=worlds"),
        ("vacancies=tight", True, None, "vacancies.limited is one for all people"),
        ("doors.work.h_weekly=0.1", True, 10, "or from the start"),
    ],
)
def test_what_cannot_differ_inside_an_office_is_told(load, change, apart, week, says):
    rules = arms.load_arms(load("default"), {"usual": "", "other": change}, loader(()))
    with pytest.raises(SettingsError, match=says):
        arms.inside(load("default"), rules, [0.5, 0.5], design_of(load, apart, week))


def test_a_trial_ends_so_many_weeks_after_its_start(load):
    rules = arms.load_arms(load("default"), {"usual": "", "strict": "sanctions=strict"}, loader(()))
    design = design_of(load, apart=False, week=10, treatment_weeks=26)
    trial = arms.inside(load("default"), rules, [0.5, 0.5], design).trial
    assert (trial.week, trial.end_week) == (10, 36)


def test_an_arm_holds_only_the_groups_that_differ(load):
    rules = arms.load_arms(load("default"), {"usual": "", "strict": "sanctions=strict"}, loader(()))
    trial = arms.inside(load("default"), rules, [0.5, 0.5], design_of(load, apart=False)).trial
    assert trial.arms["usual"].groups() == {}
    assert set(trial.arms["strict"].groups()) == {"sanctions"}


def test_least_squares_finds_known_coefficients_beside_fixed_effects():
    table = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5, 6, 7], "g": list("aabbccdd"), "w": list("pqpqppqq")})
    y = 3.0 * table["x"] + table["w"].map({"p": 0.0, "q": 2.0}) + table["g"].map(ord)
    found = least_squares(table.assign(y=y), "y", ["x", "w"], ["g"]).set_index("covariate")["coefficient"]
    assert found.to_dict() == pytest.approx({"x": 3.0, "w_q": 2.0})
    assert least_squares(table.assign(y=y, x=1.0), "y", ["x"]).empty
