"""Sensitivity studies: what is varied, indices of known functions, the share that is noise."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest

from simulator import SettingsError, SimulatorError, load_scenario
from simulator.cli import MISTAKEN, main
from simulator.describing import describe_settings, find_setting
from simulator.experiments.factors import Factor, factors_of, scenario_at
from simulator.experiments.sensitivity import design_of, indices, noise_shares, tornado
from simulator.parameters.roles import ROLES, role_of
from simulator.parameters.study import Sensitivity
from simulator.study_vocabulary import Role, SensitivityMethod

SMALL = ("population.size=60", "population.burn_in_weeks=10", "weeks=60", "replications=3", "seed=4")
NAMED = "study.factors='caseload.clients_per_caseworker=40..120 casework.p_plan'"


def study(**changes: object) -> Sensitivity:
    settings = load_scenario("default", "study=sensitivity").study.model_dump()
    return Sensitivity.model_validate({**settings, **changes})


def factor(path: str, low: float = 0.0, high: float = 1.0, is_whole: bool = False) -> Factor:
    return Factor(path, low, high, is_whole, "1", low)


def test_every_declared_role_is_that_of_a_setting():
    assert [path for path in ROLES if find_setting(path) is None] == []


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("caseload.limit", Role.LEVER),
        ("caseload.p_quit_weekly", Role.UNCERTAIN),
        ("client.search.contact_gain", Role.UNCERTAIN),
        ("casework.p_plan", Role.LEVER),
        ("programmes.<name>.places_per_1000", Role.LEVER),
        ("programmes.<name>.lock_in", Role.UNCERTAIN),
        ("population.size", Role.GIVEN),
        ("seed", Role.GIVEN),
        ("reform.week", Role.GIVEN),
    ],
)
def test_the_role_of_a_setting(path, role):
    assert role_of(path) is role


def test_no_people_are_varied():
    """Other people would end the common luck."""
    paths = [s.path for s in describe_settings() if s.path.startswith("population")]
    assert {role_of(path) for path in paths} == {Role.GIVEN}


def test_all_levers_are_varied_where_none_is_named():
    scenario = load_scenario("default", "study=sensitivity")
    paths = {one.path for one in factors_of(scenario, study())}
    assert {"caseload.clients_per_caseworker", "programmes.coaching.places_per_1000"} <= paths
    assert "caseload.limit" not in paths, "nothing looks at it with a ratio"
    uncertain = {one.path for one in factors_of(scenario, study(role="uncertain"))}
    assert "client.search.contact_gain" in uncertain
    assert not paths & uncertain


def test_settings_groups_and_ranges_are_named():
    scenario = load_scenario("default", "study=sensitivity")
    found = factors_of(scenario, study(factors="caseload.clients_per_caseworker=40..120 casework"))
    assert (found[0].low, found[0].high, found[0].value) == (40.0, 120.0, 80.0)
    assert {"casework.p_plan", "casework.talk_interval_weeks"} <= {one.path for one in found}
    assert "casework.talk_minutes" not in {one.path for one in found}, "not a lever"


def test_every_wrong_name_is_said_at_once():
    scenario = load_scenario("default", "study=sensitivity")
    wrong = "caselod.limit caseload.limit=9..4 sanctions.age_rule doors.work.traits.woman"
    with pytest.raises(SettingsError) as caught:
        factors_of(scenario, study(factors=wrong))
    assert len(caught.value.mistakes) == 4
    for words in ("did you mean 'caseload.limit'", "'9..4' is not a range", "has no plausible range"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("study.levels=5", "which is not even"),
        ("study.base=100", "which is not a power of two"),
        ("study.role=given", "what is given is not varied"),
    ],
)
def test_numbers_that_do_not_fit(override, says):
    with pytest.raises(SettingsError, match=says):
        load_scenario("default", "study=sensitivity", override)


def test_whole_numbers_have_equal_parts_of_the_range():
    values = [factor("x", 2, 4, is_whole=True).at(share) for share in np.linspace(0.0, 1.0, 3001)]
    counts = pd.Series(values).value_counts()
    assert sorted(counts.index) == [2, 3, 4]
    assert counts.max() - counts.min() <= 2


def test_a_point_is_a_scenario():
    scenario = scenario_at(load_scenario("default"), {"caseload.limit": 33, "doors.work.h_weekly": 0.01})
    assert (scenario.caseload.limit, scenario.caseload.caseworkers) == (33, 63)
    with pytest.raises(SettingsError, match="too small"):
        scenario_at(scenario, {"caseload.limit": -1})


def ishigami(sample: np.ndarray) -> np.ndarray:
    x = -math.pi + 2.0 * math.pi * sample
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_a_known_function():
    """Ishigami's function: first order 0.314, 0.442, 0; in all 0.558, 0.442, 0.244."""
    asked = study(method="sobol", base=2048, resamples=200)
    assert asked.method is SensitivityMethod.SOBOL
    design = design_of([factor(name) for name in "abc"], asked, seed=3)
    table = indices(design, ishigami(design.sample), asked, seed=3).set_index(["measure", "setting"])
    for measure, expected in {"alone": (0.314, 0.442, 0.0), "in all": (0.558, 0.442, 0.244)}.items():
        for name, value in zip("abc", expected, strict=True):
            row = table.loc[(measure, name)]
            assert row["value"] == pytest.approx(value, abs=0.03)
            assert row["low"] - 0.02 <= value <= row["high"] + 0.02


def test_morris_screening_of_a_known_function():
    design = design_of([factor(name) for name in "abc"], study(trajectories=40), seed=3)
    values = 5.0 * design.sample[:, 0] - 2.0 * design.sample[:, 1]
    table = indices(design, values, study(trajectories=40), seed=3).set_index(["measure", "setting"])
    assert table.loc["mean change"]["value"].tolist() == pytest.approx([5.0, 2.0, 0.0])
    assert table.loc["direction"]["value"].tolist() == pytest.approx([5.0, -2.0, 0.0])
    assert table.loc["spread"]["value"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_the_same_seed_lays_out_the_same_design():
    factors = [factor(name) for name in "abc"]
    first, again, other = (design_of(factors, study(), seed=n).sample for n in (3, 3, 4))
    assert (first == again).all()
    assert not np.array_equal(first, other)


def test_a_tornado_by_hand():
    design = design_of([factor("a"), factor("b")], study(), seed=3)
    values = np.zeros((len(design.points()), 2))
    values[:5] = [[10, 20], [11, 21], [12, 22], [10, 20], [7, 19]]
    table = tornado(design, values)
    assert table["difference"].tolist() == [1.0, 2.0, 0.0, -2.0]
    assert table["low"].iloc[0] == table["high"].iloc[0] == 1.0, "the same in both replications"
    assert table["low"].iloc[3] < -2.0 < table["high"].iloc[3]


def test_the_share_that_is_noise():
    """Points differ by 0..99, luck adds the same to all points, and a little to each alone."""
    luck = np.random.default_rng(5)
    points, common = np.arange(100.0)[:, None], luck.normal(0.0, 20.0, (1, 8))
    values = points + common + luck.normal(0.0, 5.0, (100, 8))
    paired, alone = noise_shares(values)
    assert paired == pytest.approx(25.0 / 8 / 841.7, rel=0.2)
    assert alone > 5.0 * paired
    assert noise_shares(points + common)[0] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(noise_shares(values[:, :1])[0])


def test_without_the_library_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(SimulatorError, match=r"pip install 'assistance-exit-simulator\[sweep\]'"):
        design_of([factor("a")], study(), seed=1)


def test_a_study_from_the_command_line_and_again(tmp_path, capsys):
    folder = tmp_path / "s"
    asked = [*SMALL, "study=sensitivity", NAMED, "study.trajectories=2", "study.resamples=100"]
    outcome = "study.outcome=mean time on benefit within the first 30 weeks"
    assert main([*asked, outcome, f"output.dir={folder}"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == str(folder)
    assert "of the variance between points" in said
    table = pd.read_csv(folder / "sensitivity.csv")
    own = table[(table["outcome"] == outcome.partition("=")[2]) & (table["measure"] == "mean change")]
    assert own["setting"].tolist() == ["caseload.clients_per_caseworker", "casework.p_plan"]
    assert len(list((folder / "points").glob("point=*"))) == 1 + 4 + 2 * 3
    for name in ("tornado", "indices"):
        assert (folder / "figures" / f"{name}.png").stat().st_size > 10_000
    assert main([*asked, outcome, f"output.dir={folder}"]) == 0, "nothing is simulated again"
    assert capsys.readouterr().out == said
    assert main(["--rerun", str(folder)]) == 0
    assert "tables are the same as then" in capsys.readouterr().out


def test_a_point_that_is_not_allowed_is_said_before_anything_runs(tmp_path, capsys):
    folder = tmp_path / "s"
    arguments = ["study=sensitivity", "study.factors=caseload.limit=-5..10", f"output.dir={folder}"]
    assert main([*SMALL, *arguments]) == MISTAKEN
    assert "caseload.limit: -5 is too small" in capsys.readouterr().err
    assert not folder.exists()
