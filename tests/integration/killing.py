"""Kill a sweep at random moments, start it again, and hold its tables against those of an undisturbed one.

    python tests/integration/killing.py --kills 20

    python tests/integration/killing.py --kills 20 --worker processes
    python tests/integration/killing.py --kills 20 --worker dask

Kills the whole run, or (with `--worker`) one of its worker processes, by SIGKILL.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

COMMAND = (
    "study=sweep", "study.vary=caseload.clients_per_caseworker=20,40,60,80,100 sanctions=none,strict",
    "population.size=150", "population.burn_in_weeks=20", "weeks=60", "replications=4", "workers=2",
)  # fmt: skip
MOST_STARTS = 200
INTERRUPTED = {1, -signal.SIGKILL}


def start(folder: Path, more: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start the sweep in a process group of its own."""
    call = [sys.executable, "-m", "simulator", *COMMAND, *more, f"output.dir={folder}"]
    return subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def children_of(process: int) -> list[int]:
    """Return the processes that another has started, those of multiprocessing's own service left out."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            is_worker = b"spawn_main" in (path / "cmdline").read_bytes()
        except (OSError, IndexError, ValueError):
            continue
        if parent == process and is_worker:
            found.append(int(path.name))
    return found


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file but the manifests, in which times stand."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def is_begun(folder: Path) -> bool:
    """Whether a point is there already, so that a kill falls into the work itself."""
    return any(folder.glob("point=*/manifest.json"))


def points_in(folder: Path) -> int:
    """Return how many points are done."""
    return len(list(folder.glob("point=*/manifest.json")))


def strike(run: subprocess.Popen[bytes], folder: Path, moments: random.Random, engine: str) -> bool:
    """Kill the run, or with an engine one of its workers, at a random moment; tell whether in time."""
    points = points_in(folder)
    while run.poll() is None and points_in(folder) == points:
        time.sleep(0.01)  # the next point is done: from here on a random moment
    time.sleep(moments.uniform(0.0, 0.2))
    victims = children_of(run.pid) if engine else [run.pid]
    if run.poll() is not None or not victims:
        return False
    os.kill(moments.choice(victims), signal.SIGKILL)
    return True


def disturb(folder: Path, kills: int, seed: int, engine: str = "") -> int:
    """Start, kill and start again until so many kills have been survived; return the number of kills.

    Dask goes on with the workers that are left, so that one run is struck again and again.
    """
    moments, killed = random.Random(seed), 0
    more = [f"engine={engine}"] if engine else []
    for _ in range(MOST_STARTS):
        run = start(folder, more)
        while killed < kills and run.poll() is None:
            killed += strike(run, folder, moments, engine)
            if engine != "dask":
                break
        _, said = run.communicate()
        if run.returncode == 0:
            return killed
        assert run.returncode in INTERRUPTED, said.decode()
        if engine:
            assert b"ame command" in said, said.decode()
    raise AssertionError("the sweep never ends")


def main() -> None:
    """Compare an undisturbed sweep with one that was killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--worker",
        choices=("processes", "dask"),
        default="",
        help="kill workers of this engine, one at a time",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        whole, broken = Path(scratch) / "whole", Path(scratch) / "broken"
        first = start(whole)
        _, said = first.communicate()
        assert first.returncode == 0, said.decode()
        killed = rounds = 0
        while killed < options.kills:
            folder = broken / str(rounds)
            folder.mkdir(parents=True)
            killed += disturb(folder, options.kills - killed, options.seed + rounds, options.worker)
            ours, theirs = digests(folder), digests(whole)
            differing = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
            assert not differing, f"these differ: {', '.join(differing)}"
            rounds += 1
    print(f"{killed} kills in {rounds} sweeps of 10 points: every table has the same bytes")


if __name__ == "__main__":
    main()
