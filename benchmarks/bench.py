"""Speed of the engine and of the same rules as an ordinary Mesa model, measured in one run: `make bench`.

Repetitions of all contestants take turns, so that a busy machine slows them alike; times are those of the
processor. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from importlib.metadata import version
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.mesa_reference import SocialServices
from simulator import load_scenario
from simulator.engine import Engine
from simulator.parameters import Scenario

SEED = 1
WARM_UP_WEEKS = 260
EVERY_LEVER = (
    "caseload=tiered", "caseload.hiring_weeks=4", "caseload.p_quit_weekly=0.004", "caseload.rebalance=true",
    "caseload.p_sick_leave_weekly=0.01", "caseload.novice_weight=1.5", "casework.case_weights={skills: 0.2}",
    "casework.child_weight=0.1", "casework.handover_loss=0.3", "client.trust.change_loss=0.1",
    "casework.template=true", "casework.owed_talks=4", "casework.youth_priority=1.0",
    "sanctions=activity_requirement", "sanctions.p_stay_ended=0.2", "benefit=job_stimulus",
    "benefit.cap_sek_monthly=15300", "collaboration=integrated", "collaboration.reassessment=true",
    "employment_service=first", "referral=matched", "referral.habit_weight=0.3", "programmes=broad",
    "vacancies=normal",
)  # fmt: skip
"""All levers at work at the same time."""

FIRST_WEEK = """
import json, sys, time
from simulator import load_scenario
scenario = load_scenario("default", "population.size=1000", "population.burn_in_weeks=0", "weeks=1")
begin = time.process_time()
from simulator.engine import Engine
imported = time.process_time()
Engine(scenario, 1).step()
json.dump({"import": imported - begin, "first week": time.process_time() - imported}, sys.stdout)
"""


class Contestant(NamedTuple):
    """One implementation at one size: `runs` runs of `weeks` timed weeks make a repetition."""

    name: str
    play: Callable[[Scenario, int], tuple[int, float]]
    clients: int
    weeks: int
    runs: int
    settings: tuple[str, ...] = ()


def play_engine(scenario: Scenario, weeks: int) -> tuple[int, float]:
    """Return the client-weeks and the seconds of the last `weeks` weeks of a run."""
    engine = Engine(scenario, SEED)
    engine.play(WARM_UP_WEEKS)
    begin = time.process_time()
    engine.play(weeks)
    seconds = time.process_time() - begin
    client_weeks = sum(int(office.panel.clients[-weeks:].sum()) for office in engine.offices)
    return client_weeks, seconds


def play_mesa(scenario: Scenario, weeks: int) -> tuple[int, float]:
    """Return the client-weeks and the seconds of the last `weeks` weeks of a run."""
    offices = range(scenario.number_of_offices())
    models = [SocialServices(scenario, rng=SEED + office, office=office) for office in offices]
    for model, _ in product(models, range(WARM_UP_WEEKS)):
        model.step()
    begin = time.process_time()
    for model, _ in product(models, range(weeks)):
        model.step()
    seconds = time.process_time() - begin
    return sum(int(model.weeks()["clients"].sum()) for model in models), seconds


def contestants(quick: bool) -> list[Contestant]:
    """Return what is measured; the large ones only with time to spare."""
    few = [
        Contestant("engine", play_engine, 1_000, 52, 10),
        Contestant("engine", play_engine, 10_000, 52, 2),
        Contestant("engine, every lever", play_engine, 10_000, 52, 2, EVERY_LEVER),
        Contestant("mesa", play_mesa, 1_000, 26 if quick else 52, 1),
    ]
    large = [
        Contestant("engine", play_engine, 100_000, 52, 1),
        Contestant("mesa", play_mesa, 10_000, 8, 1),
    ]
    return few if quick else few + large


def repetition(contestant: Contestant) -> tuple[float, float]:
    """Return client-weeks a second of one repetition, and the mean number of clients at a time."""
    scenario = load_scenario(
        "default",
        f"population.size={contestant.clients}",
        f"population.burn_in_weeks={WARM_UP_WEEKS}",
        f"weeks={contestant.weeks}",
        *contestant.settings,
    )
    gc.collect()
    outcomes = [contestant.play(scenario, contestant.weeks) for _ in range(contestant.runs)]
    client_weeks, seconds = np.sum(outcomes, axis=0)
    return float(client_weeks / seconds), float(client_weeks / contestant.runs / contestant.weeks)


def speeds(quick: bool, repeats: int) -> list[dict[str, Any]]:
    """Measure all contestants in turns; the engine is compiled before."""
    Engine(load_scenario("default", "population.size=10", "population.burn_in_weeks=0"), SEED).step()
    found: dict[Contestant, list[tuple[float, float]]] = {one: [] for one in contestants(quick)}
    for _ in range(repeats):
        for contestant, outcomes in found.items():
            outcomes.append(repetition(contestant))
    return [row(contestant, *zip(*outcomes, strict=True)) for contestant, outcomes in found.items()]


def row(contestant: Contestant, rates: tuple[float, ...], active: tuple[float, ...]) -> dict[str, Any]:
    """Return what the repetitions of one contestant come to."""
    return {
        "name": contestant.name,
        "clients": contestant.clients,
        "active": median(active),
        "median": median(rates),
        "best": max(rates),
        "all": rates,
    }


def ratios(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the engine's speed over Mesa's for each size at which both were measured."""
    by_name = {(row["name"], row["clients"]): row for row in rows}
    pairs = [(by_name["engine", size], by_name[name, size]) for name, size in by_name if name == "mesa"]
    return [
        {"clients": ours["clients"], **{key: ours[key] / theirs[key] for key in ("median", "best")}}
        for ours, theirs in pairs
    ]


def first_weeks() -> dict[str, dict[str, float]]:
    """Return the seconds of import and first week with nothing compiled yet, and with everything on disk."""
    root = str(Path(__file__).parents[1])
    with tempfile.TemporaryDirectory() as cache:
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        env = {**os.environ, "SIMULATOR_CACHE_DIR": cache, "PYTHONPATH": path}
        runs = [
            subprocess.run(
                [sys.executable, "-c", FIRST_WEEK], env=env, check=True, capture_output=True, text=True
            )
            for _ in range(2)
        ]
    return dict(zip(("compiling", "from disk"), (json.loads(run.stdout) for run in runs), strict=True))


def memory() -> dict[str, float]:
    """Return bytes for each client of a cohort: all arrays of the engine, all objects of the Mesa model."""
    clients = 1_000
    settings = (f"population.size={clients}", "population.mode=cohort", "weeks=4")
    scenario = load_scenario("default", *settings)
    engine = Engine(scenario, SEED)
    arrays = [part for part in engine.offices[0] if isinstance(part, np.ndarray)]
    tracemalloc.start()
    model = SocialServices(scenario, rng=SEED)
    model.step()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"engine": sum(array.nbytes for array in arrays) / clients, "mesa": size / clients}


def show(results: dict[str, Any]) -> None:
    """Print what was measured."""
    print(", ".join(f"{name} {number}" for name, number in results["versions"].items()))
    print(f"\n{'client-weeks a second':24}{'size':>10}{'active':>10}{'median':>14}{'best':>14}")
    for one in results["speed"]:
        print(f"{one['name']:24}{one['clients']:>10,}{one['active']:>10,.0f}", end="")
        print(f"{one['median']:>14,.0f}{one['best']:>14,.0f}")
    for one in results["ratio"]:
        print(f"{'engine / mesa':24}{one['clients']:>10,}{'':10}{one['median']:>14,.1f}{one['best']:>14,.1f}")
    print(f"\n{'seconds to begin':24}{'import':>10}{'first week':>14}")
    for name, one in results["begin"].items():
        print(f"{name:24}{one['import']:>10.2f}{one['first week']:>14.2f}")
    print(f"\n{'bytes a client':24}{results['memory']['engine']:>10,.0f} engine", end="")
    print(f"{results['memory']['mesa']:>14,.0f} mesa")


def measured(quick: bool, repeats: int) -> dict[str, Any]:
    """Measure everything."""
    rows = speeds(quick, repeats)
    packages = {name: version(name) for name in ("mesa", "numba", "numpy")}
    return {
        "versions": {"python": platform.python_version(), **packages, "machine": platform.machine()},
        "speed": rows,
        "ratio": ratios(rows),
        "begin": first_weeks(),
        "memory": memory(),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes only, fewer repetitions")
    parser.add_argument("--repeats", type=int, help="repetitions of each contestant (default 5; quick: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all numbers to FILE")
    options = parser.parse_args()
    results = measured(options.quick, options.repeats or (3 if options.quick else 5))
    show(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
