"""The model is compiled once, by two processes; whatever happens to the other one, this one goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.experiments import compiling
from simulator.week import APART, STEPS


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Let another program stand for the Python that compiles the other half."""

    def put(script: str) -> None:
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(compiling.sys, "executable", str(program))
        monkeypatch.setattr(compiling, "CACHING", True)
        monkeypatch.setattr(compiling.os, "cpu_count", lambda: 2)

    return put


def test_every_step_is_compiled_by_one_of_both():
    assert set(APART) < set(STEPS)


def test_the_other_half_is_waited_for(stand_in, tmp_path):
    stand_in(f"sleep 0.3; touch {tmp_path}/done")
    with compiling.other_half():
        assert not (tmp_path / "done").exists()
    assert (tmp_path / "done").exists()


def test_a_failing_other_half_stops_nothing(stand_in):
    stand_in("exit 7")
    with compiling.other_half():
        pass


def test_who_interrupts_leaves_no_other_half_behind(stand_in, tmp_path):
    stand_in(f"echo $$ > {tmp_path}/pid; exec sleep 60")
    with pytest.raises(KeyboardInterrupt), compiling.other_half():
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
            time.sleep(0.01)
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_nobody_helps_where_nothing_can_be_kept(stand_in, monkeypatch, tmp_path):
    stand_in(f"touch {tmp_path}/done")
    monkeypatch.setattr(compiling, "CACHING", False)
    with compiling.other_half():
        pass
    assert not (tmp_path / "done").exists()


@pytest.mark.slow
def test_both_halves_are_on_disk_afterwards(tmp_path):
    simulate = (
        "import simulator as sim\n"
        "s = sim.load_scenario('default', 'population.size=20', 'population.burn_in_weeks=0', 'weeks=2')\n"
        "sim.simulate(s, 1, 1)"
    )
    places = {"SIMULATOR_CACHE_DIR": str(tmp_path), "NUMBA_DISABLE_JIT": "0"}
    said = [
        subprocess.run(
            [sys.executable, "-c", simulate], env={**os.environ, **places}, capture_output=True, text=True,
            check=True,
        ).stderr
        for _ in range(2)
    ]  # fmt: skip
    assert ["Compiling" in one for one in said] == [True, False]
    kept = " ".join(path.name for path in tmp_path.rglob("*.nbc"))
    assert all(name in kept for name in ("week.play_weeks", *(f".{step.__name__}-" for step in APART)))
