"""Dask's workers give the same numbers, also if one is killed, one comes late, and the command comes back."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import cli
from simulator.composing import load_scenario
from simulator.experiments import on_dask
from simulator.study_vocabulary import QueueSystem

pytest.importorskip("distributed")

COMMAND = (
    "study=sweep", "study.vary=caseload.clients_per_caseworker=20,40,60,80,100 sanctions=none,strict",
    "population.size=400", "population.burn_in_weeks=50", "weeks=100", "replications=6",
)  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def begin(*arguments: str) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", *arguments], start_new_session=True, **quiet)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def points_in(folder: Path) -> int:
    return len(list(folder.glob("point=*/manifest.json")))


def wait_until(is_so, seconds: float = 120.0) -> None:
    stop = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < stop, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def scheduler(tmp_path) -> Iterator[str]:
    """Start a scheduler; return its address."""
    file = tmp_path / "scheduler.json"
    process = begin(
        "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
    )
    try:
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        yield json.loads(file.read_text(encoding="utf-8"))["address"]
    finally:
        end(process)


def worker(address: str) -> subprocess.Popen[bytes]:
    return begin("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")


@pytest.mark.slow
def test_workers_die_and_come_late_and_the_command_goes_and_comes_back(scheduler, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert cli.main([*COMMAND, f"output.dir={whole}", "workers=2"]) == 0
    arguments = [
        "simulator",
        *COMMAND,
        "engine=dask",
        f"engine.scheduler={scheduler}",
        f"output.dir={broken}",
    ]
    crew = [worker(scheduler), worker(scheduler)]
    command = begin(*arguments)
    try:
        wait_until(lambda: points_in(broken) >= 1)
        end(crew.pop())
        crew.append(worker(scheduler))
        wait_until(lambda: points_in(broken) >= 3 or command.poll() is not None)
        end(command)
        assert not (broken / "manifest.json").exists(), "the command was killed before its end"
        command = begin(*arguments)
        assert command.wait(timeout=300) == 0
    finally:
        for process in [command, *crew]:
            end(process)
    assert digests(broken) == digests(whole)


def test_processes_of_this_machine(tmp_path):
    small = ("population.size=60", "population.burn_in_weeks=5", "weeks=20", "replications=2", "workers=2")
    swept = ("-m", "caseload.clients_per_caseworker=20,80", *small)
    assert cli.main([*swept, f"output.dir={tmp_path / 'threads'}"]) == 0
    assert cli.main([*swept, "engine=dask", f"output.dir={tmp_path / 'dask'}"]) == 0
    assert digests(tmp_path / "dask") == digests(tmp_path / "threads")


def test_a_scheduler_that_does_not_answer(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(on_dask, "ANSWER_SECONDS", 1)
    arguments = ["replications=1", "engine=dask", "engine.scheduler=tcp://127.0.0.1:1"]
    assert cli.main([*arguments, f"output.dir={tmp_path / 'no'}"]) == 1
    assert "No scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err


def test_a_missing_extra_is_told_in_one_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.main(["replications=1", "engine=dask", f"output.dir={tmp_path / 'no'}"]) == 2
    said = capsys.readouterr().err
    assert "pip install 'assistance-exit-simulator[cluster]'" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("system", list(QueueSystem))
def test_jobs_are_asked_for_as_the_batch_system_wants_it(system):
    """The script of a job, since no batch system is here to run it."""
    dask_jobqueue = pytest.importorskip("dask_jobqueue")
    settings = load_scenario(
        "default", "engine=slurm", f"engine.system={system.label}", "engine.account=mine",
        "engine.queue=short", "engine.walltime='01:30'", "engine.prologue=['module load python']",
    ).engine  # fmt: skip
    with on_dask.job_cluster(settings, jobs=0) as cluster:
        assert isinstance(cluster, getattr(dask_jobqueue, on_dask.CLUSTERS[system]))
        script = cluster.job_script()
    for part in ("mine", "short", "01:30", "module load python", "--nworkers 8", "--nthreads 1"):
        assert part in script
