"""A whole study by its name, and a finished run again from its manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator import load_scenario
from simulator.cli import FAILED, MISTAKEN, main
from simulator.composing.pairing import alternative_of, loader
from simulator.settings_files import list_options, list_scenarios

SMALL = ("population.size=60", "population.burn_in_weeks=20", "weeks=60", "replications=3", "seed=4")
MINE = """# @package _global_
defaults:
  - override /scenario: uppsala_one_week
  - override /sanctions: strict
  - override /study: compare
about: {title: Mine, question: "What then?"}
study: {changes: casework.p_plan=1.0}
weeks: 44
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of one's own that holds an experiment."""
    own = tmp_path / "own" / "experiment"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(MINE, encoding="utf-8")
    return own.parent


def test_an_experiment_names_scenario_options_values_and_study(folder):
    scenario = load_scenario(None, "experiment=mine", folders=folder)
    assert (scenario.experiment, scenario.weeks, scenario.study.kind) == ("mine", 44, "compare")
    alone = load_scenario("uppsala_one_week", "sanctions=strict")
    assert scenario.sanctions == alone.sanctions
    assert scenario.caseload == alone.caseload
    changed = load_scenario(None, "experiment=mine", "weeks=50", folders=folder)
    assert changed.weeks == 50, "what is typed goes before what stands in a file"


def test_both_scenarios_of_a_comparison_follow_the_experiment(folder):
    scenario = load_scenario(None, "experiment=mine", folders=folder)
    second = alternative_of(scenario, loader(["experiment=mine"], [folder]))
    assert second is not None
    assert (second.weeks, second.casework.p_plan) == (44, 1.0)
    assert second.sanctions == scenario.sanctions


def test_experiments_are_listed_with_their_questions(folder, capsys):
    assert main(["--list", "experiments", "--config-dir", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted([*list_options()["experiment"], "mine"])
    assert all(line.endswith("?") for line in lines)


@pytest.mark.parametrize("name", [name for name, _, _ in list_scenarios(group="experiment")])
def test_every_experiment_can_be_asked(name):
    scenario = load_scenario(None, f"experiment={name}")
    assert scenario.study.kind != "simulate"
    alternative_of(scenario, loader([f"experiment={name}"]))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("weeks: 3\n", "the line that makes it an experiment"),
        ("# @package _global_\ndefaults: [override /study: compair]\n", "did you mean 'compare'"),
        ("# @package _global_\ndefaults: [other]\n", "'other' is not one of its options"),
    ],
)
def test_what_is_wrong_with_an_experiment_is_said(folder, text, says, capsys):
    (folder / "experiment" / "mine.yaml").write_text(text, encoding="utf-8")
    assert main(["experiment=mine", "--config-dir", str(folder)]) == MISTAKEN
    assert says in capsys.readouterr().err


def run(folder: Path, *overrides: str) -> Path:
    assert main([*SMALL, *overrides, f"output.dir={folder}"]) == 0
    return folder


@pytest.fixture
def finished(undrawn: None, tmp_path: Path) -> Path:
    """Return the folder of a finished run."""
    return run(tmp_path / "run")


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("precision.outcome=off benefit within 26 weeks", "precision.half_width=0.07"),
        ("study=compare", "study.changes=sanctions=strict"),
    ],
    ids=["run", "precision", "comparison"],
)
def test_a_finished_run_again_is_the_same_in_every_table(tmp_path, overrides, capsys):
    before = run(tmp_path / "run", *overrides)
    after = tmp_path / "run-again"
    capsys.readouterr()
    assert main(["--rerun", str(before), "workers=1"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == str(after)
    assert "The code is the same as then." in said
    tables = [p.relative_to(before) for p in before.rglob("*") if p.suffix in {".parquet", ".csv"}]
    assert len(tables) >= 4
    assert f"All {len(tables)} tables are the same as then." in said
    assert all((before / name).read_bytes() == (after / name).read_bytes() for name in tables)


def test_a_changed_code_and_a_changed_table_are_said(finished, tmp_path, capsys):
    before = finished
    manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    summary = before / "summary.csv"
    summary.write_text(summary.read_text(encoding="utf-8").replace("weeks", "years"), encoding="utf-8")
    del manifest["files"]["summary.csv"]
    manifest["code_hash"] = "another"
    (before / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["--rerun", str(before), f"output.dir={tmp_path / 'new'}"]) == FAILED
    said = capsys.readouterr().out
    assert "The code has changed since" in said
    assert "Not the same as then: summary.csv." in said


def test_what_cannot_be_run_again(finished, tmp_path, capsys):
    assert main(["--rerun", str(tmp_path)]) == FAILED
    before = finished
    assert main(["--rerun", str(before), "weeks=3", f"output.dir={before}"]) == MISTAKEN
    manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    manifest["settings"]["caseload"]["gone"] = 1
    (before / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["--rerun", str(before)]) == MISTAKEN
    said = capsys.readouterr().err
    for words in ("holds no finished run", "weeks: is fixed by the run", "another folder", "another version"):
        assert words in said
    assert "caseload.gone: there is no such setting" in said
