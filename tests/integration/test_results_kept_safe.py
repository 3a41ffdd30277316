"""A results folder is nobody else's, holds one run at a time, and says when its files have been changed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.composing import load_scenario
from simulator.composing.pairing import loader
from simulator.errors import ResultsError
from simulator.experiments import lock
from simulator.experiments.lock import LOCK, TAKE_OVER, locked
from simulator.experiments.opening import open_results
from simulator.experiments.run import run_to_folder
from simulator.parameters import Scenario
from simulator.reporting.report_run import run_and_report

SMALL = ("population.size=60", "population.burn_in_weeks=5", "weeks=20", "replications=2")


def small(folder: Path, *settings: str) -> Scenario:
    return load_scenario("default", *SMALL, f"output.dir={folder}", *settings)


def run(scenario: Scenario) -> Path:
    def draw(_outcome: object, folder: Path, _tables: object) -> None:
        (folder / "figures").mkdir()
        (folder / "figures" / "one.png").write_bytes(b"picture")

    return run_to_folder(scenario, draw)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(small(tmp_path_factory.mktemp("run") / "made"))


@pytest.fixture
def finished(made: Path, tmp_path: Path) -> Path:
    """Return a copy of a finished run."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.mark.parametrize("study", ["simulate", "compare"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, study: str) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    (tmp_path / "parts").mkdir()
    before = contents(tmp_path)
    scenario = small(tmp_path, f"study={study}", *(["study.changes='seed=1'"] if study == "compare" else []))
    with pytest.raises(ResultsError, match=r"not of a run \(parts, thesis.docx\).*choose another output.dir"):
        run_and_report(scenario, loader(SMALL))
    assert contents(tmp_path) == before


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".plan.json.77").write_text("", encoding="utf-8")  # of a run that was killed at once
    assert (run(small(tmp_path)) / "manifest.json").exists()


def test_a_refused_run_leaves_nothing_behind(finished: Path) -> None:
    before = contents(finished)
    with pytest.raises(ResultsError, match="holds another run"):
        run(small(finished, "weeks=21"))
    assert contents(finished) == before
    run(small(finished))
    assert contents(finished) == before


def test_a_folder_of_a_run_is_not_taken_for_a_comparison(finished: Path) -> None:
    before = contents(finished)
    with pytest.raises(ResultsError, match=r"holds another run .*baseline, alternative"):
        run_and_report(small(finished, "study=compare", "study.changes='caseload.limit=9'"), loader(SMALL))
    assert contents(finished) == before


@pytest.mark.parametrize("name", ["spells.parquet", "weekly.parquet", "summary.csv", "figures/one.png"])
@pytest.mark.parametrize("damage", ["missing", "shorter", "changed"])
def test_damage_to_a_finished_run_is_noticed(finished: Path, name: str, damage: str) -> None:
    path = finished / name
    content = path.read_bytes()
    spoilt = content[:-1] + (b"" if damage == "shorter" else bytes([content[-1] ^ 1]))
    path.unlink()
    if damage != "missing":
        path.write_bytes(spoilt)
    what = "is missing" if damage == "missing" else "is not what the finished run wrote"
    for again in (lambda: run(small(finished)), lambda: open_results(finished)):
        with pytest.raises(ResultsError, match=f"{path} {what}.*Delete the folder {finished} .* output.dir"):
            again()


def test_the_manifest_holds_size_and_sum_of_every_file(finished: Path) -> None:
    files = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))["files"]
    others = {"manifest.json", "plan.json"}
    assert set(files) == {name for name in contents(finished) if (finished / name).is_file()} - others
    assert all(entry["bytes"] == (finished / name).stat().st_size for name, entry in files.items())


@pytest.mark.parametrize("name", ["manifest.json", "plan.json"])
def test_a_torn_manifest_or_plan_is_noticed(finished: Path, name: str) -> None:
    (finished / name).write_text('{"seed": 1', encoding="utf-8")
    with pytest.raises(ResultsError, match=f"{name} cannot be read. Delete the folder"):
        run(small(finished))


def lock_of(folder: Path, process: int, host: str = "") -> str:
    text = json.dumps({"host": host or socket.gethostname(), "process": process})
    folder.mkdir(exist_ok=True)
    (folder / LOCK).write_text(text, encoding="utf-8")
    return text


def gone() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "used"
    text = lock_of(folder, os.getppid())
    with pytest.raises(
        ResultsError, match=rf"Another run is at work in {folder} \(process {os.getppid()} on"
    ):
        run(small(folder))
    assert contents(folder) == {LOCK: text.encode()}


def test_a_process_on_another_computer_may_still_be_there(tmp_path: Path) -> None:
    lock_of(tmp_path, gone(), "elsewhere")
    with pytest.raises(ResultsError, match="on elsewhere"):
        run(small(tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"host": 3}'])
def test_a_lock_that_cannot_be_read_is_held(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK).write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match="it cannot be read which"):
        run(small(tmp_path))


def test_a_lock_left_by_a_process_that_is_gone_is_taken_over(tmp_path: Path) -> None:
    for process in (gone(), os.getpid()):
        lock_of(tmp_path, process)
        with locked(tmp_path):
            assert json.loads((tmp_path / LOCK).read_text(encoding="utf-8"))["process"] == os.getpid()
        assert contents(tmp_path) == {}


def test_two_threads_of_one_process_do_not_share_a_lock(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(ResultsError, match="Another run"), locked(tmp_path):
            pass
        assert (tmp_path / LOCK).exists(), "a refusal does not give back what another holds"


def test_only_one_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_of(tmp_path, gone())
    (tmp_path / TAKE_OVER).touch()
    with pytest.raises(ResultsError, match="Another run"), locked(tmp_path):
        pass
    (tmp_path / TAKE_OVER).unlink()
    takes_over = lock._take_over

    def too_late(path: Path) -> bool:
        lock_of(tmp_path, os.getppid())  # somebody was quicker
        return takes_over(path)

    monkeypatch.setattr(lock, "_take_over", too_late)
    with pytest.raises(ResultsError, match="Another run"), locked(tmp_path):
        pass
    assert json.loads((tmp_path / LOCK).read_text(encoding="utf-8"))["process"] == os.getppid()


def test_a_run_that_fails_gives_the_folder_back(tmp_path: Path) -> None:
    def draw(_outcome: object, _folder: Path, _tables: object) -> None:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError, match="no ink"):
        run_to_folder(small(tmp_path), draw)
    assert not (tmp_path / LOCK).exists()
    assert (run(small(tmp_path)) / "manifest.json").exists()
