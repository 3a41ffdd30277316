"""The studies `compare` and `patterns` from the command line to their folders."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simulator import compare, load_scenario, open_results, simulate
from simulator.cli import MISTAKEN, main
from simulator.composing.pairing import alternative_of, loader
from simulator.errors import ResultsError, SettingsError
from simulator.experiments import pattern_study
from simulator.reporting import report_run

SMALL = ("population.size=150", "population.burn_in_weeks=20", "weeks=60", "replications=3", "seed=4")


def test_a_comparison_leaves_both_runs_the_table_and_the_picture(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(report_run, "write_report", lambda *_: None)  # test_run_folder.py
    folder = tmp_path / "pair"
    arguments = [*SMALL, "study=compare", "study.changes=sanctions=strict casework.p_plan=1.0"]
    assert main([*arguments, f"output.dir={folder}"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == str(folder)
    table = pd.read_csv(folder / "comparison.csv")
    effect = open_results(folder)
    pd.testing.assert_frame_equal(effect.table, table, check_dtype=False)
    for name, own in effect.written_tables().items():
        assert len(pd.read_csv(folder / "tables" / f"{name}.csv")) == len(own) > 0
    second = load_scenario("default", *SMALL, "sanctions=strict", "casework.p_plan=1.0")
    expected = compare(load_scenario("default", *SMALL), second).table
    pd.testing.assert_frame_equal(table, expected.reset_index(drop=True))
    for name in ("survival", "differences"):
        assert (folder / "figures" / f"{name}.png").stat().st_size > 10_000
    for name in ("baseline", "alternative"):
        assert (folder / name / "manifest.json").is_file()
    assert main([*arguments, f"output.dir={folder}"]) == 0  # done already: nothing is simulated again
    for one, other in (("baseline", "kept"), ("alternative", "baseline"), ("kept", "alternative")):
        (folder / one).rename(folder / other)
    each = r"\(other settings, tables\)"
    says = rf"other runs than .*: baseline/ {each} and alternative/ {each}\."
    with pytest.raises(ResultsError, match=says):
        open_results(folder)


def test_a_scenario_is_compared_with_its_pair():
    first = load_scenario("gr_provider_assesses", "study=compare", *SMALL)
    second = alternative_of(first, loader([*SMALL, "scenario=gr_provider_assesses", "study=compare"]))
    assert second is not None
    assert (second.scenario, second.weeks, second.study.kind) == ("gr_referrer_assesses", 60, "simulate")


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ((), "the scenario 'default' names no pair, and nothing is changed"),
        (("study.changes='caseload=rato'",), "'rato' is not one of its options"),
        (("study.scenario=uppsala",), "did you mean 'uppsala_one_week'"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_runs(overrides, says):
    scenario = load_scenario("default", "study=compare", *overrides)
    with pytest.raises(SettingsError, match=says):
        alternative_of(scenario, loader(()))


def test_patterns_are_measured_once_and_kept(tmp_path, capsys, monkeypatch):
    counted = []

    def count(scenario):
        counted.append(scenario)
        return simulate(scenario)

    monkeypatch.setattr(pattern_study, "simulate", count)
    arguments = [*SMALL, "study=patterns", "study.only=[P1,P14,P20]", f"output.dir={tmp_path / 'p'}"]
    assert main(arguments) == 0
    first = capsys.readouterr().out
    assert len(counted) == 3, "three rules of referral, one of them the default that P14 and P20 use"
    assert main(arguments) == 0
    assert capsys.readouterr().out == first
    assert len(counted) == 3
    table = pd.read_csv(tmp_path / "p" / "patterns.csv")
    assert list(table["pattern"].unique()) == ["P1", "P14", "P20"]
    assert set(table["pattern_verdict"]) <= {"holds", "undecided", "contradicted", "reported"}
    assert (table["low"] <= table["high"]).all()


def test_a_pattern_that_is_not_there(tmp_path: Path, capsys):
    assert main(["study=patterns", "study.only=[P21]", f"output.dir={tmp_path / 'p'}"]) == MISTAKEN
    assert "there is no pattern 'P21'" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()
