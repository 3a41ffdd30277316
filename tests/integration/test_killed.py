"""A sweep that is killed by force and started again ends as if nothing had happened."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli import main

SCRIPT = Path(__file__).with_name("killing.py")
_SPEC = importlib.util.spec_from_file_location("killing", SCRIPT)
assert _SPEC is not None
assert _SPEC.loader is not None
killing = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(killing)

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc and SIGKILL")


def test_killed_once_and_gone_on(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main([*killing.COMMAND, f"output.dir={whole}"]) == 0
    run = killing.start(broken)
    assert killing.strike(run, broken, random.Random(1), engine="")
    run.communicate()
    assert not (broken / "manifest.json").exists()
    assert main([*killing.COMMAND, f"output.dir={broken}"]) == 0
    assert killing.digests(broken) == killing.digests(whole)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["", "processes", "dask"])
def test_killed_again_and_again(engine):
    """A few kills; by hand the script is asked for twenty of each kind."""
    if engine == "dask":
        pytest.importorskip("distributed")
    more = ["--worker", engine] if engine else []
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--kills", "4", *more], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "4 kills" in done.stdout
