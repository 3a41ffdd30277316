"""Where the time of a sweep goes, what memory it takes and how large its results are.

    python benchmarks/sweep.py                          # 4 points of 10 replications, all tables kept
    python benchmarks/sweep.py --points 200 --replications 50 --keep outcomes

Runs a sweep in this process on threads. Times are those of the processor, thread by thread, so that a busy
machine changes them little; only the share of all cores is of the time by the clock. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from simulator.composing.pairing import loader
from simulator.engine import Engine
from simulator.experiments import runner, tabulating
from simulator.experiments.sweep import carry_out, planned
from simulator.parameters.sweep import Sweep
from simulator.settings_files import read_yaml, settings_folder
from simulator.study_vocabulary import Keep

SETTINGS = ("population.size=1000", "weeks=260")
SPENT = {"build": 0.0, "play": 0.0, "frames": 0.0, "pieces": 0.0}
_GUARD = threading.Lock()


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Count the processor's time of this thread."""
    begin = time.thread_time()
    try:
        yield
    finally:
        with _GUARD:
            SPENT[what] += time.thread_time() - begin


class TimedEngine(Engine):
    """An engine whose time is counted."""

    def __init__(self, *arguments: Any) -> None:
        with timed("build"):
            super().__init__(*arguments)

    def run(self) -> None:
        """Play all weeks."""
        with timed("play"):
            super().run()


def timed_call(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose time is counted."""

    def called(*arguments: Any) -> Any:
        with timed(what):
            return function(*arguments)

    return called


def sizes(folder: Path) -> tuple[int, int]:
    """Return the bytes of all spells, and how many fields they hold."""
    files = list(folder.glob("point=*/spells.parquet"))
    metadata = [pq.read_metadata(file) for file in files]
    return sum(f.stat().st_size for f in files), sum(m.num_rows * m.num_columns for m in metadata)


def measure(points: int, replications: int, workers: int, keep: Keep) -> dict[str, float]:
    """Run a sweep, and return what it took."""
    settings = (*SETTINGS, f"replications={replications}")
    rows = [{"caseload.clients_per_caseworker": 20.0 + number / 2} for number in range(points)]
    begin = time.perf_counter()
    table = loader(settings).points("default", rows)
    composed = time.perf_counter() - begin
    usual = Sweep.model_validate(read_yaml(settings_folder() / "study" / "sweep.yaml"))
    usual = usual.model_copy(update={"keep": keep})
    with tempfile.TemporaryDirectory() as folder:
        output = table.scenarios[0].output.model_copy(update={"dir": str(Path(folder) / "sweep")})
        first = table.scenarios[0].model_copy(update={"output": output, "workers": workers})
        runner.Engine = TimedEngine  # type: ignore[misc]
        runner.run_replication(table.scenarios[0], 0)  # compiled, or read from disk, before the clock runs
        tabulating._frames = timed_call("frames", tabulating._frames)
        tabulating.tables_of = timed_call("pieces", tabulating.tables_of)
        SPENT.update(dict.fromkeys(SPENT, 0.0))
        cpu, wall = time.process_time(), time.perf_counter()
        carry_out(planned(first, usual, table))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        written, fields = sizes(Path(folder) / "sweep")
        total = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return {
        "seconds to compose and check": composed,
        "seconds": wall,
        "processor seconds": cpu,
        "cores used": cpu / wall,
        "share of all cores in the compiled week": SPENT["play"] / (wall * workers),
        "share in the compiled week": SPENT["play"] / cpu,
        "share in building offices": SPENT["build"] / cpu,
        "share in tables and outcomes": SPENT["frames"] / cpu,
        "share in other work on a block": (SPENT["pieces"] - SPENT["frames"] - SPENT["build"] - SPENT["play"])
        / cpu,
        "share outside of blocks": 1.0 - SPENT["pieces"] / cpu,
        "peak memory, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **({"bytes a spell-field": written / fields} if fields else {}),
        "MB written": total / 1e6,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=4)
    parser.add_argument("--replications", type=int, default=10)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--keep", choices=Keep.labels(), default=Keep.EVERYTHING.label)
    options = parser.parse_args()
    found = measure(options.points, options.replications, options.workers, Keep[options.keep.upper()])
    for name, number in found.items():
        print(f"{name:40}{number:12.3f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
