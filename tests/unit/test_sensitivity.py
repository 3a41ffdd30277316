"""Sensitivity studies: what is varied, indices of known functions, the share that is noise."""

from __future__ import annotations

import html
import json
import math
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulator import SettingsError, SimulatorError, load_scenario
from simulator.cli import MISTAKEN, main
from simulator.describing import describe_settings, find_setting
from simulator.experiments.factors import Factor, factors_of, scenario_at
from simulator.experiments.sensitivity import design_of, indices, tornado
from simulator.experiments.sensitivity_places import RANKING, noise_of, parts_of, places
from simulator.experiments.sensitivity_run import Answer, ranked_measures, varied_table
from simulator.parameters.roles import ROLES, role_of
from simulator.parameters.study import Sensitivity
from simulator.reporting.sensitivity_report import answers
from simulator.reporting.sensitivity_sections import design_section, ranked, spoken
from simulator.reporting.words import words_in
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
    found = noise_of(values, study())
    assert found["monte_carlo"] == pytest.approx(25.0 / 8 / 841.7, rel=0.2)
    assert found["monte_carlo_low"] < found["monte_carlo"] < found["monte_carlo_high"]
    assert found["without_common_luck"] > 5.0 * found["monte_carlo"]
    assert noise_of(points + common, study())["monte_carlo"] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(list(noise_of(values[:, :1], study()).values())).all()


def test_the_interval_of_the_noise_holds_as_often_as_it_says():
    """300 tries of a 95 % interval: fewer than 271 or more than 297 hits are rarer than 1 in 1,000."""
    luck = np.random.default_rng(8)
    points, hits = np.arange(10.0)[:, None], 0
    for _ in range(300):
        values = points + luck.normal(0.0, 3.0, (1, 4)) + luck.normal(0.0, 1.0, (10, 4))
        found = noise_of(values, study())
        true = 0.25 / values.mean(axis=1).var(ddof=1)
        hits += found["monte_carlo_low"] <= true <= found["monte_carlo_high"]
    assert 271 <= hits <= 297


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_what_ranks_is_what_the_library_finds(method):
    asked = study(method=method, base=64, trajectories=12)
    design = design_of([factor(name) for name in "abc"], asked, seed=3)
    values = ishigami(design.sample)
    table = indices(design, values, asked, seed=3).set_index(["measure", "setting"])["value"]
    ranking = "mean change" if method == "morris" else "in all"
    expected = table.loc[ranking].to_numpy()
    assert parts_of(design, values, asked).mean(axis=0) == pytest.approx(expected)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_what_luck_alone_would_show(method):
    """A setting that does nothing is as large as luck makes it, on average over 200 tries."""
    asked = study(method=method, base=32, trajectories=20)
    design = design_of([factor(name) for name in "ab"], asked, seed=3)
    luck, found, floor = np.random.default_rng(4), [], []
    for _ in range(200):
        values = 20.0 * design.sample[:, :1] + luck.normal(0.0, 2.0, (len(design.sample), 5))
        found.append(parts_of(design, values.mean(axis=1), asked)[:, 1].mean())
        floor.append(noise_of(values, asked)["by_luck"])
    assert np.mean(floor) == pytest.approx(np.mean(found), rel=0.1)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_places_of_settings(method):
    """One matters most, two as much as each other, one not at all."""
    asked = study(method=method, base=64, trajectories=20)
    design = design_of([factor(name) for name in "abcd"], asked, seed=3)
    noise = np.random.default_rng(6).normal(0.0, 0.05, len(design.sample))
    values = design.sample @ np.array([1.0, 9.0, 1.0, 0.0]) + noise
    table = places(design, values, asked).set_index("setting")
    assert table.loc["b", ["value", "low", "high"]].tolist() == [1.0, 1.0, 1.0]
    for name in "ac":
        assert table.loc[name, ["low", "high"]].tolist() == [2.0, 3.0]
    assert table.loc["d", ["value", "low", "high"]].tolist() == [4.0, 4.0, 4.0]
    (alone,) = places(
        design_of([factor("a")], asked, seed=1), design_of([factor("a")], asked, 1).sample[:, 0], asked
    ).to_dict("records")
    assert (alone["low"], alone["value"], alone["high"]) == (1.0, 1.0, 1.0)


def test_places_hold_as_often_as_they_say():
    """Six settings that matter alike: every place is the true one of each, so none may be ruled out.

    300 tries at 95 %: more than 29 misses of a setting are rarer than 1 in 1,000.
    """
    asked = study(trajectories=10)
    design = design_of([factor(name) for name in "abcdef"], asked, seed=3)
    luck, misses = np.random.default_rng(9), 0
    for _ in range(300):
        values = design.sample.sum(axis=1) + luck.normal(0.0, 1.0, len(design.sample))
        row = places(design, values, asked).iloc[0]
        misses += row["low"] > 1.0 or row["high"] < 6.0
    assert misses <= 29


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
    signed = json.loads((folder / "manifest.json").read_text())
    drawn = {"report.html", "figures/tornado.png", "figures/indices.png"}
    tables = {f"{name}.csv" for name in ("sensitivity", "tornado", "noise", "varied")}
    assert set(signed["files"]) == drawn | tables
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "casework.p_plan" in signed["command"] and "trajectories=2" in signed["command"]
    assert html.escape(signed["command"], quote=False) in page.replace("&#39;", "'").replace("&#34;", '"')
    assert f"Which settings matter most for this: {outcome.partition('=')[2]}?" in page
    table = pd.read_csv(folder / "sensitivity.csv")
    own = table[(table["outcome"] == outcome.partition("=")[2]) & (table["measure"] == "mean change")]
    assert own["setting"].tolist() == ["caseload.clients_per_caseworker", "casework.p_plan"]
    assert len(list((folder / "points").glob("point=*"))) == 1 + 4 + 2 * 3
    for name in ("tornado", "indices"):
        assert (folder / "figures" / f"{name}.png").stat().st_size > 10_000
    assert main([*asked, outcome, f"output.dir={folder}"]) == 0, "nothing is simulated again"
    assert capsys.readouterr().out == said
    assert main([*asked, outcome, "output.language=da", f"output.dir={folder}"]) == 0
    danish = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="da"' in danish and "Svaret" in danish
    capsys.readouterr()
    assert main(["--rerun", str(folder)]) == 0
    assert "tables are the same as then" in capsys.readouterr().out
    again = folder.with_name("s-again") / "report.html"
    assert again.read_text(encoding="utf-8") == danish, "with the same command in it"


def test_a_point_that_is_not_allowed_is_said_before_anything_runs(tmp_path, capsys):
    folder = tmp_path / "s"
    arguments = ["study=sensitivity", "study.factors=caseload.limit=-5..10", f"output.dir={folder}"]
    assert main([*SMALL, *arguments]) == MISTAKEN
    assert "caseload.limit: -5 is too small" in capsys.readouterr().err
    assert not folder.exists()


PATHS = ("caseload.clients_per_caseworker", "client.search.contact_gain", "casework.p_plan")


def answer_of(sizes: tuple[float, ...], spread: float, **changes: object) -> tuple[Answer, Sensitivity]:
    """Return what a study of a linear outcome finds, with luck of its own at every point."""
    asked = study(**{"trajectories": 10, "outcome": "off benefit within 52 weeks", **changes})
    paths = PATHS[: len(sizes)]
    ranges = [Factor(path, 0.0, 2.0, False, "1", 1.0, number == 0) for number, path in enumerate(paths)]
    design = design_of(ranges, asked, seed=5)
    shares = np.array([[point.get(path, 1.0) / 2.0 for path in paths] for point in design.points()])
    luck = np.random.default_rng(3).normal(0.0, spread, (len(shares), 4))
    values = (shares @ np.array(sizes))[:, None] + luck
    sample = values[design.first_of_sample :]
    found = ranked_measures(design, sample, asked, 5, "share of spells").assign(outcome=asked.outcome)
    alone = tornado(design, values).assign(outcome=asked.outcome, unit="share of spells")
    noise = pd.DataFrame([{"outcome": asked.outcome, **noise_of(sample, asked)}])
    return Answer(found, alone, noise, varied_table(list(design.factors)), len(values)), asked


@pytest.mark.parametrize("language", ["en", "sv", "da"])
@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_the_answer_names_what_comes_first_and_what_is_luck(language, method):
    words = words_in(language)
    found, asked = answer_of((0.4, 0.1, 0.0), 0.02, method=method)
    own = spoken(ranked(found.indices), words, "value", "low", "high")
    most, after, order, idle, noise = answers(found, own, asked, words)
    row = own[own["measure"] == RANKING[asked.method]].iloc[0]
    assert PATHS[0] in most and "95 %" in most
    assert words.interval(*(words.number(row[end]) for end in ("value", "low", "high"))) in most
    key = "figures.forest_share" if method == "morris" else "units.share of the variance"
    assert row["unit"] == words(key)
    assert [path in after for path in PATHS] == [False, True, True]
    assert order == words("sensitivity.order_all")
    assert [path in idle for path in PATHS] == [False, False, True]
    assert words.significant(100.0 * found.noise["monte_carlo"].iloc[0], 2) in noise


def test_settings_that_cannot_be_told_apart_are_named_together():
    words = words_in("en")
    found, asked = answer_of((0.4, 0.1, 0.1), 0.02)
    said = list(answers(found, spoken(ranked(found.indices), words, "value", "low", "high"), asked, words))
    assert words("sensitivity.order_first", count=1) in said
    (apart,) = (one for one in said if one.startswith("Cannot be told apart"))
    assert [path in apart for path in PATHS] == [False, True, True] and apart.count("2 to 3") == 2
    assert not any("luck, neither" in one for one in said)


def test_one_replication_promises_nothing_about_luck():
    words = words_in("en")
    found, asked = answer_of((0.4, 0.1), 0.0)
    noise = found.noise.assign(**dict.fromkeys(found.noise.columns[1:], float("nan")))
    own = spoken(ranked(found.indices), words, "value", "low", "high")
    *_, last = answers(replace(found, noise=noise), own, asked, words)
    assert last == words("sensitivity.noise_none")


def test_every_range_says_where_it_comes_from_and_what_lies_outside():
    words = words_in("en")
    found, asked = answer_of((0.4, 0.1, 0.0), 0.02)
    outside = replace(found, varied=found.varied.assign(at_rest=[3.0, 1.0, 1.0]))
    blocks = design_section(outside, asked, words).blocks
    (table,) = (block for block in blocks if block.kind == "table")
    rows = {row[0]: row for row in table.rows}
    assert rows[PATHS[0]][2:6] == ("lever", "3", "0", "2")
    assert "the plausible one is" in rows[PATHS[0]][6] and "W01" in rows[PATHS[0]][6]
    assert rows[PATHS[1]][2] == "not known" and rows[PATHS[1]][6] == find_setting(PATHS[1]).source
    told = " ".join(block.text for block in blocks if block.kind == "prose")
    assert words("sensitivity.outside", settings=PATHS[0]) in told
    assert words("sensitivity.both") in told
