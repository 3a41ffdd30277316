"""What a slip in Python is answered with: an error of the project's own that says what is wanted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import simulator as sim
from simulator.experiments import comparison
from simulator.outcomes.survival.columns import SpellsError

SMALL = ("population.size=40", "population.burn_in_weeks=2", "weeks=8", "replications=1")
TABLE = np.ones((2, 2))
NESTED = [["a"], ["b"]]


@pytest.fixture(scope="module")
def scenario():
    return sim.load_scenario("default", *SMALL)


@pytest.fixture(scope="module")
def outcome(scenario):
    return sim.simulate(scenario)


def says(error, text):
    return pytest.raises(error, match=text)


def test_the_public_names_are_offered():
    assert set(sim.__all__) <= set(dir(sim))
    assert dir(sim) == sorted(set(dir(sim)))
    assert all(getattr(sim, name) is not None for name in sim.__all__)


def test_a_scenario_has_a_name_and_overrides_are_texts():
    with says(sim.SettingsError, "scenario: int is not text; allowed: the name of a scenario"):
        sim.load_scenario(3)
    with says(sim.SettingsError, 'override: list is not text; allowed: "KEY=VALUE"'):
        sim.load_scenario("default", ["weeks=3"])
    with says(sim.SettingsError, "2 mistakes"):
        sim.load_scenario(3, "weeks=4", None)


def test_a_single_folder_may_be_a_text(tmp_path):
    text = "# @package _global_\nabout: {title: Mine, question: 'What?', sources: []}\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    for folders in (str(tmp_path), tmp_path, [str(tmp_path)], (tmp_path,)):
        assert sim.load_scenario("mine", folders=folders).about.title == "Mine"


@pytest.mark.parametrize("wrong", [None, "default", {"weeks": 3}])
def test_only_scenarios_are_simulated(wrong, scenario):
    said = f"A scenario is wanted here, as load_scenario\\(\\) gives it, not {type(wrong).__name__}"
    with says(sim.SimulatorError, said):
        sim.simulate(wrong)
    with says(sim.SimulatorError, said):
        sim.compare(wrong, scenario)
    with says(sim.SimulatorError, said):
        sim.compare(scenario, wrong)


def test_outcomes_are_not_compared(outcome):
    with says(sim.SimulatorError, "not Outcome"):
        sim.compare(outcome, outcome)


@pytest.mark.parametrize(
    ("luck", "said"),
    [
        ({"replications": 0}, "replications: 0 is too small; allowed: a whole number from 1"),
        ({"replications": 1.5}, "replications: 1.5 is not a whole number"),
        ({"seed": -1}, "seed: -1 is too small; allowed: a whole number from 0"),
        ({"seed": "x"}, "seed: 'x' is not a whole number"),
        ({"seed": True}, "seed: true is not a whole number"),
    ],
)
def test_replications_and_seed_are_checked(luck, said, scenario):
    for call in (sim.simulate, lambda one, **more: sim.compare(one, one, **more)):
        with says(sim.SettingsError, said):
            call(scenario, **luck)


@pytest.mark.parametrize(
    ("luck", "said"),
    [
        ({"seed": -1}, "seed: -1 is too small"),
        ({"seed": "x"}, "seed: 'x' is not a whole number"),
        ({"seed": 1.5}, "seed: 1.5 is not a whole number"),
        (
            {"replication": -1},
            "replication: there is none with the number -1; allowed: a whole number from 0",
        ),
        ({"replication": "x"}, "replication: there is none with the number 'x'"),
        ({"replication": True}, "replication: there is none"),
    ],
)
def test_the_luck_of_a_mesa_model_is_checked(luck, said, scenario):
    with says(sim.SettingsError, said):
        sim.Municipality(scenario, **luck)


def test_whole_numbers_of_numpy_are_taken(scenario):
    outcome = sim.simulate(scenario, replications=np.int64(1), seed=np.int64(2))
    assert (outcome.manifest["seed"], outcome.manifest["replications"]) == (2, 1)
    model = sim.Municipality(scenario, seed=np.int64(2), replication=np.int64(0))
    pd.testing.assert_frame_equal(model.finish(), outcome.spells)


@pytest.mark.parametrize("by", [["age_group"], ("age_group",), 3, "age_grop"])
def test_one_column_groups(by, outcome):
    for table in (outcome.survival, outcome.incidence):
        with says(sim.SimulatorError, "by: there is no trait .*; allowed: distance, family, replication"):
            table(by=by)


@pytest.mark.parametrize("level", ["x", 0, 1, 95, None, float("nan"), True])
def test_a_level_is_a_share(level, outcome, scenario):
    for call in (
        lambda: outcome.summary(level=level),
        lambda: sim.compare(scenario, scenario, level=level),
        lambda: sim.survival.kaplan_meier([1, 2], [1, 1], level=level),
    ):
        with says(sim.SimulatorError, "level: .* is not a share between 0 and 1"):
            call()


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("restricted_mean", ([1, 2], [1, 1], "x"), "horizon: 'x' is not a number of weeks above 0"),
        ("restricted_mean", ([1, 2], [1, 1], None), "horizon: None is not a number of weeks above 0"),
        ("quantile", ([1, 2], [1, 1], "x"), "q: 'x' is not a share between 0 and 1"),
        ("kaplan_meier", (TABLE, [1, 1]), "weeks: cannot be read as one column of values"),
        ("kaplan_meier", (pd.DataFrame(TABLE), [1, 1]), "weeks: cannot be read as one column of values"),
        ("kaplan_meier", ([1, 2], TABLE), "exited: cannot be read as one column of values"),
        ("kaplan_meier", ([1, 2], [1, 1], TABLE), "entry: cannot be read as one column of values"),
        ("kaplan_meier", ([1, 2], [1, 1], None, TABLE), "groups: cannot be read as one column of values"),
        ("kaplan_meier", ([1, 2], [1, 1], None, NESTED), "groups: holds values that are no labels"),
        ("kaplan_meier", ([1, 2], [1, 1], None, None, 0.9, ["plain"]), "interval: .* is not one of log-log"),
        ("kaplan_meier", (None, [1, 1]), "weeks: None is not a column of values, one for each spell"),
        ("kaplan_meier", (3, [1, 1]), "weeks: 3 is not a column"),
        ("kaplan_meier", ("ab", [1, 1]), "weeks: 'ab' is not a column"),
        ("cumulative_incidence", ([1, 2], TABLE), "door: cannot be read as one column of values"),
        ("cumulative_incidence", ([1, 2], NESTED), "door: holds values that are no labels"),
        ("cumulative_incidence", ([1, 2], None), "door: None is not a column"),
    ],
)
def test_estimators_say_which_argument_is_wrong(name, arguments, said):
    with says(SpellsError, said):
        getattr(sim.survival, name)(*arguments)


def test_results_lie_in_a_folder_with_a_run(tmp_path):
    with says(sim.ResultsError, "not by NoneType"):
        sim.open_results(None)
    with says(sim.ResultsError, "There is no folder .*nowhere"):
        sim.open_results(tmp_path / "nowhere")
    file = tmp_path / "rows.parquet"
    file.touch()
    with says(
        sim.ResultsError, "is a file; give the folder of a run.*of your own are counted by .*count_parquet"
    ):
        sim.open_results(file)
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with says(sim.ResultsError, f"is a file; give the folder of the run, {tmp_path}"):
        sim.open_results(str(file))
    with says(sim.ResultsError, "holds no single run"):
        sim.open_results(Path(tmp_path))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("population.size=41", r"population.size \(40 and 41\)"),
        ("population.share_women=0.1", r"population.share_women \(0.48 and 0.1\)"),
        ("population.offices=2", r"population.offices \(1 and 2\)"),
        ("weeks=9", r"weeks \(8 and 9\)"),
        ("seed=2", r"seed \(1 and 2\)"),
    ],
)
def test_only_the_same_people_are_compared(change, said, scenario, monkeypatch):
    monkeypatch.setattr(comparison, "simulate_parts", None)
    with says(sim.SettingsError, f"they differ in {said}; allowed: these alike in both"):
        sim.compare(scenario, sim.load_scenario("default", *SMALL, change))


def test_all_that_is_wrong_with_a_comparison_is_told(scenario):
    with pytest.raises(sim.SimulatorError, match=r"4 mistakes(?s:.)*seed(?s:.)*replications(?s:.)*level: 3"):
        sim.compare("default", scenario, replications=-1, seed=-1, level=3)
    with pytest.raises(sim.SimulatorError, match=r"2 mistakes(?s:.)*not str"):
        sim.compare("default", "default", replications=-1, level=3)


def test_a_given_seed_is_that_of_both(scenario):
    other = sim.load_scenario("default", *SMALL, "seed=2")
    effect = sim.compare(scenario, other, seed=5)
    assert (effect.table["difference"].dropna() == 0.0).all()


def test_offices_left_open_may_be_as_many_as_those_that_are_set(scenario):
    comparison.check_same_people(scenario, sim.load_scenario("default", *SMALL, "population.offices=1"))
