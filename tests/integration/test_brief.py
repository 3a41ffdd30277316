"""A policy brief: several comparisons, each as `compare` has it, on one page, whoever does the work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from simulator import compare, load_scenario, open_results
from simulator.cli import FAILED, MISTAKEN, main
from simulator.experiments.brief_values import COSTS, YEARLY

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


def run(own: Path, folder: Path, *overrides: str) -> int:
    return main(["--config-dir", str(own), "experiment=mine", *SMALL, f"output.dir={folder}", *overrides])


@pytest.fixture(scope="module")
def folder(own, tmp_path_factory) -> Path:
    """Return the folder of a finished brief."""
    made = tmp_path_factory.mktemp("brief") / "run"
    assert run(own, made, "workers=2") == 0
    return made


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


def test_it_goes_on_where_it_stopped_and_anybody_does_it_alike(own, folder, tmp_path):
    begun = tmp_path / "begun"
    shutil.copytree(folder, begun)
    for name in ("manifest.json", "report.html", "brief.csv", "points/manifest.json"):
        (begun / name).unlink()
    shutil.rmtree(begun / "points" / "point=1")
    kept = (begun / "points" / "point=0" / "spells.parquet").stat().st_mtime_ns
    assert run(own, begun, "workers=1") == 0
    assert (begun / "points" / "point=0" / "spells.parquet").stat().st_mtime_ns == kept
    for name in ("report.html", "brief.csv", "figures/overview.png", "points/point=1/spells.parquet"):
        assert (begun / name).read_bytes() == (folder / name).read_bytes(), name


def test_another_language_is_written_anew_and_not_simulated(own, folder, tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    monkeypatch.setattr("simulator.reporting.report_brief.carry_out_brief", lambda run: pytest.fail("again"))
    assert run(own, other, "output.language=sv") == 0
    html = (other / "report.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in html
    assert '<h1 lang="en">Staff and sanctions</h1>' in html
    assert "Vad modellen inte kan säga" in html
    said = capsys.readouterr().out
    assert said.startswith("1. More staff\n")
    assert run(own, other, "output.language=sv") == 0
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
    assert "within the first 30 weeks" in html


def test_a_brief_is_not_run_again_from_its_manifest(folder, capsys):
    assert main(["--rerun", str(folder)]) == FAILED
    assert "only those are run again" in capsys.readouterr().err


def test_draws_add_the_uncertainty_of_settings(own, tmp_path, capsys):
    draws = tmp_path / "draws.csv"
    draws.write_text("doors.work.h_weekly\n0.02\n0.08\n", encoding="utf-8")
    assert run(own, tmp_path / "one", f"draws.file={draws}", "replications=1") == MISTAKEN
    assert "1 cannot tell luck from settings" in capsys.readouterr().err
    assert run(own, tmp_path / "drawn", f"draws.file={draws}", "replications=2") == 0
    table = pd.read_csv(tmp_path / "drawn" / "brief.csv")
    row = table[(table["question"] == "staff") & (table["outcome"] == TIME) & (table["by"] == "everybody")]
    row = row.iloc[0]
    assert (row.draws, row.replications) == (2, 2)
    assert row.low <= min(row.luck_low, row.settings_low)
    assert row.share_below in {0.0, 0.5, 1.0}
    assert "of 2 draws" in (tmp_path / "drawn" / "report.html").read_text(encoding="utf-8")
