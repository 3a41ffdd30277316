"""Speed and memory of the estimators of survival: `python benchmarks/survival.py [--spells N] [--stored N]`.

Counts a million spells in memory and ten million from Parquet, these in a process of its own,
whose largest memory is told. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.outcomes import survival

DOORS = ["work", "subsidised_work", "study", "other_benefit", "moved", "withdrawal", "other"]
LAST_WEEK = 260
FILES = 10


def spells(number: int, seed: int) -> pd.DataFrame:
    """Return spells with a constant hazard, watched for five years, in ten groups."""
    rng = np.random.default_rng(seed)
    weeks = rng.geometric(0.02, number)
    door = np.where(weeks <= LAST_WEEK, rng.integers(0, len(DOORS), number), -1)
    return pd.DataFrame(
        {
            "weeks": np.minimum(weeks, LAST_WEEK).astype(np.int32),
            "exited": weeks <= LAST_WEEK,
            "door": pd.Categorical.from_codes(door, DOORS),
            "group": rng.integers(0, 10, number).astype(np.int8),
            "sex": rng.integers(0, 2, number).astype(np.int8),
            "client": np.arange(number) // 2,
        }
    )


def best(work: Callable[[], object], repetitions: int = 5) -> float:
    """Return the shortest time that some work takes, in seconds."""
    times = []
    for _ in range(repetitions):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def in_memory(number: int) -> None:
    """Print how long each estimator takes for so many spells."""
    table = spells(number, 1)
    weeks, exited, door, group = (table[name] for name in ("weeks", "exited", "door", "group"))
    late = (weeks * 0.5).astype(int)
    cases = {
        "Kaplan-Meier, ten groups": lambda: survival.kaplan_meier(weeks, exited, groups=group),
        "Kaplan-Meier, ten groups, late entry": lambda: survival.kaplan_meier(weeks, exited, late, group),
        "incidence, seven doors": lambda: survival.cumulative_incidence(weeks, door),
        "incidence, seven doors, ten groups": lambda: survival.cumulative_incidence(
            weeks, door, groups=group
        ),
        "log-rank, ten groups": lambda: survival.log_rank(weeks, exited, group),
        "Gray, seven doors, ten groups": lambda: survival.gray_test(weeks, door, group),
        "Cox, two covariates": lambda: survival.cox(table, covariates=["group", "sex"]),
        "Cox, clustered by client": lambda: survival.cox(
            table, covariates=["group", "sex"], cluster="client"
        ),
    }
    for name, work in cases.items():
        print(f"{name:42}{number:>12,} spells {best(work):8.3f} s")


def stored(folder: Path) -> None:
    """Print how long incidences from Parquet take, and the largest memory of this process."""
    begin = time.perf_counter()
    counts = survival.count_parquet(folder, groups="group")
    survival.cumulative_incidence(counts)
    survival.kaplan_meier(counts)
    taken = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'both from Parquet, ten groups':42}{counts.spells:>12,} spells {taken:8.3f} s, {memory:,.0f} MiB"
    )


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spells", type=int, default=1_000_000)
    parser.add_argument("--stored", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        stored(options.folder)
        return
    in_memory(options.spells)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            part = spells(options.stored // FILES, number)
            part.to_parquet(Path(folder) / f"{number}.parquet", compression="zstd")
        subprocess.run([sys.executable, __file__, "--folder", folder], check=True)


if __name__ == "__main__":
    main()
