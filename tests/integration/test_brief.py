"""A policy brief: several comparisons, each as `compare` has it, on one page, whoever does the work."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from simulator import compare, load_scenario, open_results
from simulator.cli import FAILED, main
from simulator.composing.pairing import loader
from simulator.errors import SettingsError
from simulator.experiments.brief import plan_brief, read_questions
from simulator.experiments.brief_values import COSTS, YEARLY
from simulator.parameters import Scenario
from simulator.parameters.fitting import Draws
from simulator.reporting.report_brief import report_brief
from simulator.reporting.words import words_in
from simulator.study_vocabulary import Language

SMALL = ("population.size=120", "population.burn_in_weeks=20", "weeks=60", "replications=3", "seed=4")
EXPERIMENT = """# @package _global_
defaults:
  - override /scenario: default
  - override /study: brief
about: {title: Staff and sanctions, question: "What do they change?"}
study:
  questions:
    staff:
      {name: More staff, question: "What do more caseworkers change?", baseline: "",
       alternative: caseload.clients_per_caseworker=30, caveats: [They come at once.]}
    sanctions:
      {name: Stricter, question: "What do strict sanctions change?", baseline: default,
       alternative: default sanctions=strict, caveats: []}
"""
CHANGES = {"staff": "caseload.clients_per_caseworker=30", "sanctions": "sanctions=strict"}
TIME = "mean time on benefit within the first 30 weeks"


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """Return a folder of one's own with an experiment."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "experiment").mkdir()
    (folder / "experiment" / "mine.yaml").write_text(EXPERIMENT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def asked(own) -> tuple[Scenario, Callable[..., Scenario]]:
    """Return the scenario that asks, and what loads the others, each once."""
    scenario = load_scenario(None, "experiment=mine", *SMALL, folders=own)
    return scenario, lru_cache(loader(["experiment=mine", *SMALL], [own]))


def answered(asked, folder: Path, **changed: object) -> Path:
    scenario, load = asked
    output = scenario.output.model_copy(
        update={"dir": str(folder), "language": changed.pop("language", Language.EN)}
    )
    return report_brief(scenario.model_copy(update={"output": output, **changed}), load)


@pytest.fixture(scope="module")
def folder(asked, tmp_path_factory) -> Path:
    """Return the folder of a finished brief."""
    return answered(asked, tmp_path_factory.mktemp("brief") / "run", workers=2)


@pytest.fixture(scope="module")
def table(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "brief.csv", dtype={"group": str}).fillna({"group": ""})


def test_each_question_is_answered_as_compare_does(table):
    for key, change in {
        "staff": "caseload.clients_per_caseworker=30",
        "sanctions": "sanctions=strict",
    }.items():
        pair = compare(load_scenario("default", *SMALL), load_scenario("default", *SMALL, change))
        own = table[table["question"] == key]
        headlines = own[own["by"] == "everybody"].set_index("outcome")
        known = pair.table.dropna(subset=["difference"]).set_index("outcome")
        columns = ["baseline", "alternative", "difference", "low", "high"]
        assert len(known) > 40
        found = headlines.loc[known.index, columns]
        pd.testing.assert_frame_equal(found, known[columns], check_names=False)
        groups = own[own["by"] == "distance"].set_index(["group", "outcome"])["difference"]
        who = pair.who("distance").set_index(["group", "outcome"])["difference"].dropna()
        assert groups.loc[who.index].to_numpy() == pytest.approx(who.to_numpy())
        budget = pair.budget()
        first = budget[(budget["part"] == "net result") & (budget["year"] != "present value")]
        yearly = first.groupby("payer")["value"].sum() * 52 / 60
        net = own[(own["by"] == "payer") & (own["outcome"] == "net cost, a year")].set_index("group")
        assert (-net["difference"])[yearly.index].to_numpy() == pytest.approx(yearly.to_numpy(), abs=1e-9)


def test_ways_and_costs_add_up(table):
    for _, own in table.groupby("question"):
        ways = own[own["by"] == "way"]["difference"].sum()
        off = own[(own["by"] == "everybody") & (own["outcome"] == "off benefit within 30 weeks")]
        assert ways == pytest.approx(off["difference"].item(), abs=1e-12)
        costs = own[own["by"] == "payer"].pivot(index="group", columns="outcome", values="baseline")
        costs = costs.fillna(0.0)[[YEARLY.format(what=what) for what in COSTS.values()]]
        assert costs.iloc[:, :3].sum(axis=1).to_numpy() == pytest.approx(costs["net cost, a year"].to_numpy())
        whole = costs.drop(index="all payers").sum()
        assert whole.to_numpy() == pytest.approx(costs.loc["all payers"].to_numpy())


def test_the_same_settings_are_simulated_once(folder):
    design = pd.read_csv(folder / "points" / "design.csv")
    assert design["run"].tolist() == ["staff.baseline", "staff.alternative", "sanctions.alternative"]
    assert len(open_results(folder / "points")) == 3


def test_it_goes_on_where_it_stopped_and_anybody_does_it_alike(asked, folder, tmp_path):
    begun = tmp_path / "begun"
    shutil.copytree(folder, begun)
    for name in ("manifest.json", "report.html", "brief.csv", "points/manifest.json"):
        (begun / name).unlink()
    shutil.rmtree(begun / "points" / "point=1")
    kept = (begun / "points" / "point=0" / "spells.parquet").stat().st_mtime_ns
    answered(asked, begun, workers=1)
    assert (begun / "points" / "point=0" / "spells.parquet").stat().st_mtime_ns == kept
    for name in ("report.html", "brief.csv", "figures/overview.png", "points/point=1/spells.parquet"):
        assert (begun / name).read_bytes() == (folder / name).read_bytes(), name


def test_another_language_is_written_anew_and_not_simulated(asked, folder, tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    monkeypatch.setattr("simulator.reporting.report_brief.carry_out_brief", lambda run: pytest.fail("again"))
    answered(asked, other, language=Language.SV)
    html = (other / "report.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in html
    assert '<h1 lang="en">Staff and sanctions</h1>' in html
    assert "Vad modellen inte kan säga" in html
    said = capsys.readouterr().out
    assert said.startswith("1. More staff\n")
    answered(asked, other, language=Language.SV)
    assert capsys.readouterr().out == said


def test_the_page_holds_every_question_once_and_asks_no_network(folder):
    html = (folder / "report.html").read_text(encoding="utf-8")
    names = re.findall(r' id="([^"]+)"', html)
    assert len(names) == len(set(names))
    assert re.findall(r'<h2 id="(question-\w+)">', html) == ["question-staff", "question-sanctions"]
    assert html.count('<li><p class="asked">') == 2
    assert "They come at once." in html
    assert not re.search(r"<(script|link|img|iframe)\b", html)
    assert '<a href="https://' in html, "sources are linked"
    assert "within the first 30" in html


def test_a_brief_is_not_run_again_from_its_manifest(folder, capsys):
    assert main(["--rerun", str(folder)]) == FAILED
    assert "only those are run again" in capsys.readouterr().err


def with_draws(asked, tmp_path) -> tuple[Scenario, Callable[..., Scenario]]:
    draws = tmp_path / "draws.csv"
    draws.write_text("doors.work.h_weekly\n0.02\n0.08\n", encoding="utf-8")
    scenario, load = asked
    return scenario.model_copy(update={"draws": Draws(file=str(draws), most=None)}), load


def test_every_scenario_is_simulated_at_every_draw(asked, tmp_path):
    scenario, load = with_draws(asked, tmp_path)
    plan = plan_brief(scenario, load)
    assert [(row["run"], row["draw"]) for row in plan.sweep.table][:3] == [
        ("staff.baseline", 0), ("staff.baseline", 1), ("staff.alternative", 0),
    ]  # fmt: skip
    points = [point.scenario for point in plan.points(plan.asked[1].alternative)]
    assert [(one.seed, one.doors.work.h_weekly) for one in points] == [(4, 0.02), (5, 0.08)]
    assert all(one.sanctions == plan.asked[1].alternative.sanctions for one in points)
    with pytest.raises(SettingsError, match="1 cannot tell luck from settings"):
        plan_brief(scenario.model_copy(update={"replications": 1}), load)


@pytest.mark.slow
def test_draws_add_the_uncertainty_of_settings(asked, tmp_path):
    made = answered(with_draws(asked, tmp_path), tmp_path / "drawn", replications=2)
    table = pd.read_csv(made / "brief.csv")
    own = table[(table["question"] == "staff") & (table["outcome"] == TIME)]
    row = own[own["by"] == "everybody"].iloc[0]
    assert row.draws == 2
    assert row.low <= min(row.luck_low, row.settings_low)
    assert row.share_below in {0.0, 0.5, 1.0}
    assert "of 2 draws" in (made / "report.html").read_text(encoding="utf-8")


def test_todays_question_compares_like_with_like_and_has_words_in_every_language():
    overrides = ["experiment=todays_question"]
    scenario = load_scenario(None, *overrides)
    asked = {one.key: one for one in read_questions(scenario, loader(overrides))}
    changed = {key: differing(*one.sides) for key, one in asked.items()}
    assert changed["requirement"] == {"casework", "sanctions"}
    assert changed["added_staff"] == {"casework", "sanctions", "caseload"}
    assert changed["staff_alone"] == {"caseload"}
    assert changed["danish_reform"] == {"casework", "caseload"}
    assert asked["requirement"].baseline.caseload == asked["requirement"].alternative.caseload
    texts = {scenario.about.title, scenario.about.question}
    for one in asked.values():
        texts |= {one.question.name, one.question.question, *one.question.caveats}
    for language in Language.labels():
        assert {f"labels.text.{text}" for text in texts} <= set(words_in(language).texts)


def differing(first: Scenario, second: Scenario) -> set[str]:
    """Return the groups of settings in which two scenarios differ, save their names."""
    pair = [side.model_dump() for side in (first, second)]
    return {name for name in pair[0] if pair[0][name] != pair[1][name]} - {"about", "scenario"}
