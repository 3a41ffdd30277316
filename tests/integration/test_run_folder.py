"""A run leaves a complete folder, goes on after an interruption, is the same for any number of workers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from simulator.composing import load_scenario
from simulator.errors import ResultsError, SimulatorError
from simulator.experiments import measuring, tabulating
from simulator.experiments.opening import open_results
from simulator.experiments.run import run_to_folder as run_and_draw
from simulator.experiments.runner import Played, play_replication, simulate
from simulator.parameters import Scenario
from simulator.reporting.run_report import write_report

SMALL = ("population.size=150", "population.burn_in_weeks=20", "weeks=60", "replications=4")
TABLES = ("spells.parquet", "weekly.parquet", "programmes.parquet", "summary.csv")


def small(folder: Path, *settings: str) -> Scenario:
    return load_scenario("default", *SMALL, f"output.dir={folder}", *settings)


def run_to_folder(scenario: Scenario) -> Path:
    """Run without pictures and report: they are made of the tables, and the same each time."""
    return run_and_draw(scenario, lambda *_: None)


def digests(folder: Path) -> dict[str, str]:
    files = [*(folder / name for name in TABLES), *sorted((folder / "tables").glob("*.csv"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def digests_of_drawn(folder: Path) -> dict[str, str]:
    files = [folder / "report.html", *sorted((folder / "figures").glob("*.png"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run with its pictures."""
    return run_and_draw(small(tmp_path_factory.mktemp("run") / "whole", "workers=1"), write_report)


def test_a_finished_run_is_drawn_anew_in_another_language_and_not_simulated(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "run"))
    english, times = digests_of_drawn(folder), (folder / "spells.parquet").stat().st_mtime_ns
    monkeypatch.setattr(tabulating, "play_replication", lambda *_: 1 / 0)
    run_and_draw(small(folder, "output.language=sv"), write_report)
    swedish = digests_of_drawn(folder)
    assert '<html lang="sv">' in (folder / "report.html").read_text(encoding="utf-8")
    assert english.keys() == swedish.keys()
    assert all(english[name] != swedish[name] for name in english)
    assert digests(folder) == digests(whole)
    assert (folder / "spells.parquet").stat().st_mtime_ns == times
    manifest = open_results(folder).manifest
    assert manifest["settings"]["output"]["language"] == "sv"
    assert manifest["files"]["report.html"]["sha256"] == swedish["report.html"]
    run_and_draw(small(folder), write_report)
    assert digests_of_drawn(folder) == english


def test_the_folder_holds_what_the_contract_lists(whole: Path) -> None:
    names = {path.name for path in whole.iterdir()}
    assert names == {*TABLES, "manifest.json", "plan.json", "figures", "tables", "report.html"}
    assert {"survival.png", "exits_by_door.png", "weeks.png", "programmes.png", "caseworker_week.png"} <= {
        path.name for path in (whole / "figures").iterdir()
    }
    manifest = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    spells = pd.read_parquet(whole / "spells.parquet")
    rows = {"spells.parquet": len(spells), "weekly.parquet": 4 * 60, "programmes.parquet": 4 * 60 * 9}
    assert manifest["rows"] == rows
    assert manifest["settings"]["caseload"]["regime"] == "ratio"
    assert manifest["started"] <= manifest["ended"]


def test_spells_and_weekly_hold_their_columns(whole: Path) -> None:
    outcome = open_results(whole)
    spells = outcome.spells
    wanted = (
        "replication client spell entry_week exit_week weeks exited door caseworker meetings "
        "first_meeting_week first_activity_week plan_week warnings reductions denials wrong_sanctions "
        "programme_weeks benefit_sek staff_minutes programme_sek age sex children education foreign_born "
        "disability"
    )
    assert set(wanted.split()) <= set(spells.columns)
    assert spells.loc[~spells["exited"], ["exit_week", "door"]].isna().all(axis=None)
    closed = spells[spells["exited"]]
    assert (closed["weeks"] == closed["exit_week"] - closed["entry_week"]).all()
    assert (spells["weeks"] >= 1).all() or (spells["entry_week"] == 59).any()
    assert not spells.duplicated(["replication", "client", "spell"]).any()


@pytest.mark.parametrize("workers", [2, 4])
def test_the_number_of_workers_does_not_matter(whole: Path, tmp_path: Path, workers: int) -> None:
    assert digests(run_to_folder(small(tmp_path / "more", f"workers={workers}"))) == digests(whole)


def test_another_process_reckons_the_same_tables(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "MANY", 1)
    monkeypatch.setattr(measuring, "Threads", None)  # cannot be used
    assert digests(run_to_folder(small(tmp_path / "aside", "workers=2"))) == digests(whole)


def killed(*_: object) -> None:
    os._exit(1)


def test_a_run_whose_tables_came_to_nothing_is_not_finished(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = small(tmp_path / "killed", "workers=2")
    with monkeypatch.context() as broken, pytest.raises(SimulatorError, match="worker process was killed"):
        broken.setattr(measuring, "MANY", 1)
        broken.setattr(measuring, "write_measures", killed)
        run_to_folder(scenario)
    assert not (tmp_path / "killed" / "manifest.json").exists()
    assert digests(run_to_folder(scenario)) == digests(whole)


def test_an_interrupted_run_goes_on_and_ends_the_same(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = small(tmp_path / "broken", "workers=1")
    done: list[int] = []

    def dies(scenario: Scenario, replication: int, *more: object) -> Played:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(replication)
        return play_replication(scenario, replication, *more)

    with monkeypatch.context() as patch:
        patch.setattr(tabulating, "play_replication", dies)
        with pytest.raises(KeyboardInterrupt):
            run_to_folder(scenario)
    folder = tmp_path / "broken"
    assert not (folder / "manifest.json").exists()
    with pytest.raises(ResultsError, match="not finished: start it again to go on"):
        open_results(folder)
    (folder / "parts" / "spells-000001.parquet").write_bytes(b"PAR1 torn")  # a part cut short is made again

    def counts(scenario: Scenario, replication: int, *more: object) -> Played:
        done.append(replication)
        return play_replication(scenario, replication, *more)

    monkeypatch.setattr(tabulating, "play_replication", counts)
    assert digests(run_to_folder(scenario)) == digests(whole)
    assert done == [0, 1, 1, 2, 3]


def test_a_finished_run_is_not_done_again(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabulating, "play_replication", None)
    before = digests(whole)
    assert digests(run_to_folder(small(whole, "workers=1"))) == before


def test_another_run_into_the_same_folder_is_refused_and_nothing_is_lost(whole: Path) -> None:
    before = digests(whole)
    with pytest.raises(ResultsError, match=r"differs in: caseload.*choose another output.dir"):
        run_to_folder(small(whole, "caseload.clients_per_caseworker=40"))
    assert digests(whole) == before


def test_in_memory_and_on_disk_are_the_same(whole: Path) -> None:
    memory = simulate(load_scenario("default", *SMALL))
    disk = open_results(whole)
    pd.testing.assert_frame_equal(memory.spells, disk.spells, check_dtype=False, check_categorical=False)
    pd.testing.assert_frame_equal(memory.weekly, disk.weekly, check_dtype=False)
    pd.testing.assert_frame_equal(
        memory.programmes, disk.programmes, check_dtype=False, check_categorical=False
    )
    pd.testing.assert_frame_equal(memory.summary(), disk.summary())


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="holds no run"):
        open_results(tmp_path)
