"""Calibration, validation and runs over draws from the command line, in small."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

import simulator as sim
from simulator.cli import main

TINY = ["population.size=300", "population.burn_in_weeks=60", "weeks=112"]
SMALL = [*TINY, "replications=2"]
FIT = [
    *SMALL, "study=calibrate", "study.only=[V1,V3a]", "study.first_points=8", "study.waves=1",
    "study.wave_points=4", "study.draws=12",
    "study.free=[doors.work.h_weekly, 'population.prevalence.skills: uniform 0.3..0.6, assumed: test']",
]  # fmt: skip


def told(arguments, capsys):
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit") / "first"
    assert main([*FIT, "workers=2", f"output.dir={folder}"]) == 0
    return folder


def test_a_fit_leaves_draws_and_says_what_they_are_of(fitted):
    posterior, settings = pd.read_csv(fitted / "posterior.csv"), pd.read_csv(fitted / "settings.csv")
    assert list(posterior) == ["doors.work.h_weekly", "population.prevalence.skills"]
    assert len(posterior) == 12
    assert posterior["population.prevalence.skills"].between(0.3, 0.6).all()
    assert settings["setting"].tolist() == list(posterior)
    assert set(settings["verdict"]) <= {"as the prior", "moved", "clearly moved"}
    assert pd.read_csv(fitted / "facts.csv")["id"].tolist() == ["V1", "V3a"]
    assert len(pd.read_csv(fitted / "points.csv")) == 12
    assert "facts V1 V3a" in (fitted / "posterior.yaml").read_text(encoding="utf-8")
    assert (fitted / "figures" / "beliefs.png").stat().st_size > 10_000


def test_a_stopped_fit_goes_on_to_the_same_posterior_with_other_workers(fitted, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(fitted, folder)
    for name in (
        "manifest.json",
        "posterior.csv",
        "points.csv",
    ):  # as if killed in the middle of the last wave
        (folder / name).unlink()
    for name in ("point=2", "point=3"):
        shutil.rmtree(folder / "wave=1" / name)
    for name in ("manifest.json", "sweep.csv", "sweep.parquet"):
        (folder / "wave=1" / name).unlink()
    assert main([*FIT, "workers=1", f"output.dir={folder}"]) == 0
    assert (folder / "posterior.csv").read_bytes() == (fitted / "posterior.csv").read_bytes()


def test_facts_for_validation_are_refused_and_nothing_is_run(tmp_path, capsys):
    folder = tmp_path / "none"
    code, _, error = told([*SMALL, "study=calibrate", "study.only=[V1,V6d]", f"output.dir={folder}"], capsys)
    assert code == 2
    assert "fact V6d: is for validation and never enters a fit" in error
    assert not folder.exists()


def test_a_run_over_draws_has_the_budget_with_both_layers(fitted, tmp_path, capsys):
    """The benefit is that of the weekly panel, and payers add up to all of them."""
    folder = tmp_path / "budget"
    wish = [*SMALL, f"draws.file={fitted / 'posterior.csv'}", "draws.most=3", f"output.dir={folder}"]
    assert told(wish, capsys)[0] == 0
    results, written = sim.open_results(folder), pd.read_csv(folder / "tables" / "budget.csv")
    assert "Result for each payer" in (folder / "report.html").read_text(encoding="utf-8")
    pd.testing.assert_frame_equal(results.budget().astype({"year": str}), written.astype({"year": str}))
    budget = written.set_index(["year", "payer", "part", "item"])
    paid = budget.loc[("1", "municipality", "consequences", "benefit")]
    panels = [results.run(draw).weekly.query("week < 52") for draw in range(3)]
    first = pd.concat(panel.groupby("replication")["benefit_sek"].sum() for panel in panels)
    assert paid["value"] == pytest.approx(-first.mean() / 1e6)
    assert paid["monte_carlo_low"] < paid["value"] < paid["monte_carlo_high"]
    net = budget.loc["present value"].query("part == 'net result'").droplevel(["part", "item"])["value"]
    assert net["all payers"] == pytest.approx(net.drop("all payers").sum())


def test_a_run_over_draws_has_both_layers(fitted, tmp_path, capsys):
    folder = tmp_path / "drawn"
    file = fitted / "posterior.csv"
    wish = [*SMALL, f"draws.file={file}", "draws.most=3", f"output.dir={folder}"]
    code, out, _ = told(wish, capsys)
    assert code == 0
    assert "3 draws of the settings, 2 replications each" in out
    results = sim.open_results(folder)
    assert results.outcomes.groupby("draw")["replication"].nunique().tolist() == [2, 2, 2]
    layers = results.uncertainty().set_index("outcome")
    assert layers.loc["clients on benefit", "draws"] == 3
    told_apart = layers[layers["parameter_low"].notna()]
    assert len(told_apart) > 0
    assert (told_apart["parameter_high"] >= told_apart["parameter_low"]).all()
    assert "holds about 50 % of further draws; 39 draws or more give 95 %" in out
    costs = pd.read_csv(folder / "tables" / "costs.csv").set_index(["item", "basis"])
    yearly = costs.loc[("benefit", "a year"), "value"]
    panel = [results.run(draw).weekly.groupby("replication")["benefit_sek"].sum() for draw in range(3)]
    weeks = len(results.run(0).weekly) / 2
    assert yearly == pytest.approx(pd.concat(panel).mean() * 52 / weeks / 1e6)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "3 draws of the settings that nobody knows" in page and "doors.work.h_weekly" in page
    assert (folder / "figures" / "draws.png").exists()
    with pytest.raises(sim.ResultsError, match=r"over draws has no 'who'(?s:.)*It has outcomes"):
        results.who()
    with pytest.raises(sim.SimulatorError, match="takes a comparison over draws"):
        results.acceptability()
    with pytest.raises(sim.ResultsError, match="draws are 0 to 2"):
        results.run(3)
    with pytest.raises(sim.ResultsError, match="keeps no spells"):
        results.run(0).survival()


def check_that_no_run_is_exchanged(folder):
    first, second = (folder / "alternative" / f"point={number}" for number in range(2))
    shutil.rmtree(first)
    shutil.copytree(second, first)
    with pytest.raises(sim.ResultsError, match=r"alternative/point=0/manifest\.json"):
        sim.open_results(folder)


def test_a_comparison_over_draws_is_paired(fitted, tmp_path, capsys):
    folder = tmp_path / "compared"
    file = fitted / "posterior.csv"
    wish = [*SMALL, "study=compare", "study.changes=casework.plan_minutes=60", f"draws.file={file}"]
    code, out, _ = told([*wish, "draws.most=2", f"output.dir={folder}"], capsys)
    assert code == 0
    assert "difference" in out
    results = sim.open_results(folder)
    points = results.plane("exit to work", "effort")
    assert points["draw"].tolist() == [0, 1]
    curve = results.acceptability("exit to work", "effort", [0.0])
    assert curve["probability"].item() == (points["cost"] < 0).mean()
    with pytest.raises(sim.SimulatorError, match="'state' takes spells"):
        results.plane(perspective="state")
    written = {name: pd.read_csv(folder / "tables" / f"{name}.csv") for name in ("plane", "acceptability")}
    for name, rows in (("plane", 2), ("acceptability", 61)):
        assert (written[name].groupby(["of", "perspective"]).size() == rows).all()
        assert written[name].groupby(["of", "perspective"]).ngroups == 6
    pv = ("present value", "municipality", "consequences", "benefit")
    net = results.budget().set_index(["year", "payer", "part", "item"]).loc[pv, "value"]
    costs = (
        results.costs().set_index(["item", "basis"]).loc[("benefit", "the whole run, present value"), "value"]
    )
    assert net == pytest.approx(-costs)
    own = written["plane"].query("of == 'exit to work' and perspective == 'effort'")
    assert own["gain"].tolist() == pytest.approx(points["gain"].tolist())
    pair = [
        pd.read_csv(folder / name / "design.csv").drop(columns="settings_hash")
        for name in ("baseline", "alternative")
    ]
    pd.testing.assert_frame_equal(*pair)
    seeds = [
        json.loads((folder / name / "point=1" / "manifest.json").read_text())["settings"]["seed"]
        for name in ("baseline", "alternative")
    ]
    assert seeds == [2, 2]
    check_that_no_run_is_exchanged(folder)


def validated(facts, folder, capsys):
    """Hold the model against facts; return the table of verdicts and what is told."""
    code, out, _ = told([*SMALL, "study=validate", f"study.facts={facts}", f"output.dir={folder}"], capsys)
    assert code == 0
    return pd.read_csv(folder / "validation.csv").set_index("id"), out


def test_a_fact_of_ones_own_is_validated(tmp_path, capsys, own_facts):
    facts = own_facts(
        "A1,months on benefit,own,6.6,1,12,months,register,validate,"
        '"calendar year: months, of those with any"',
        "A2,nobody leaves,own,500,499,501,weeks,register,validate,flow of spells: median",
        "A3,nothing,own,1,0,2,weeks,register,validate,",
    )
    folder = tmp_path / "held"
    table, out = validated(facts, folder, capsys)
    assert table["verdict"].to_dict() == {"A1": "met", "A2": "missed", "A3": "no measure"}
    assert "Of 3 facts never fitted 1 met, 1 no measure, 1 missed." in out
    assert "No target exists for: how many are sanctioned in Sweden; how many come back" in out
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "months on benefit" in page
    assert "nothing in a run is held against it" in page
    assert "how many are sanctioned in Sweden: S25 says that nobody counts" in page
    assert "2 replications of every design at the settings as they are; " in page
    assert ">seed of all luck<" in page
    assert "intervals hold luck alone" in page and "intervals hold luck alone" in out
    assert "http" not in page.replace("http://www.w3.org", "")


def test_a_sign_of_ones_own_says_on_which_side_of_nought_it_lies(tmp_path, capsys, own_facts):
    facts = own_facts(
        "A1,leave,own,sign,,,share,register,validate,flow of spells: median",
        "A2,leave,own,Sign: below,,,share,register,validate,flow of spells: median",
    )
    table, _ = validated(facts, tmp_path / "held", capsys)
    assert table["verdict"].to_dict() == {"A1": "met", "A2": "missed"}
    assert table["says"].tolist() == [
        f"flow of spells: median is {side} nought" for side in ("above", "below")
    ]
    assert table["z"].tolist() == [pytest.approx(-table["z"]["A2"]), table["z"]["A2"]]


def test_a_sign_without_a_side_is_refused(tmp_path, capsys, own_facts):
    facts = own_facts("A1,leave,own,sign negative,,,share,register,validate,flow of spells: median")
    code, _, error = told([*SMALL, "study=validate", f"study.facts={facts}"], capsys)
    assert code == 2
    assert "'sign negative' does not say on which side of nought" in error
    assert "sign, sign: above, sign: below" in error


@pytest.mark.parametrize("study", ["validate", "calibrate"])
def test_unknown_estimates_are_told_before_anything_is_simulated(tmp_path, capsys, own_facts, study):
    facts = own_facts(
        f"A1,months on benefit,own,6.6,1,12,months,register,{study},flow of spells: median",
        f"A2,misspelt,own,14,13,15,weeks,register,{study},flow of spells: medien",
        f"A3,like nothing,own,14,13,15,weeks,register,{study},stock | zzzz",
        f"A4,an effect,own,14,13,15,weeks,register,{study},strict | exit by week 26",
    )
    folder = tmp_path / study
    asked = [one for one in FIT if "study" not in one]
    more = [f"study={study}", f"study.facts={facts}", f"output.dir={folder}"]
    code, _, error = told([*asked, *more], capsys)
    assert code == 2
    assert error.startswith("3 mistakes in the settings; nothing was run")
    assert "fact A2, measure: there is no 'flow of spells: medien'" in error
    assert "did you mean 'flow of spells: median'?" in error
    assert "fact A3, measure: there is no 'zzzz'" in error
    assert "did you mean 'effect: all: exit by week 26'?" in error
    assert not folder.exists()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (("draws.file=nothere.csv",), ("study.only=[V1]",)),
        (("study.only=[V5]", "weeks=60"), ("study.only=[V1]",)),
        (("study.facts={own}",), ("study.only=[V1]",)),
    ],
)
def test_a_validation_that_is_refused_leaves_its_folder_free(tmp_path, capsys, own_facts, wrong, right):
    own = own_facts("A1,x,own,14,,,weeks,register,validate,nowhere | median")
    folder = tmp_path / "refused"
    asked = [*SMALL, "study=validate", f"output.dir={folder}"]
    assert told([*asked, *(one.format(own=own) for one in wrong)], capsys)[0] == 2
    assert not folder.exists()
    assert told([*asked, *right], capsys)[0] == 0


def test_one_replication_cannot_be_validated(tmp_path, capsys):
    code, _, error = told(
        [*TINY, "replications=1", "study=validate", f"output.dir={tmp_path / 'one'}"], capsys
    )
    assert code == 2
    assert "cannot tell luck from settings" in error
