"""Replications: the same scenario with fresh luck, as many at a time as there are workers."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from tqdm import tqdm

from simulator.compiled import source_hash
from simulator.config import plain_number, read_scenario
from simulator.engine import Engine
from simulator.errors import SimulatorError
from simulator.experiments.compiling import prepare
from simulator.experiments.precision import Values, spent_on, stages, values_of
from simulator.interrupting import heed
from simulator.ledger import SPELL
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.tables import Records, lever_columns, programmes_table, spells_table, weekly_table
from simulator.parameters import Scenario
from simulator.provenance import manifest_of, now
from simulator.records import Columns


class Played(NamedTuple):
    """One replication: its spells as columns, and records of its reported weeks, also by programme."""

    spells: Columns
    panel: Records
    activity: Records


Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
Parts = dict[int, Tables]
"""The tables of replications, by their numbers."""

T = TypeVar("T")


def simulate(scenario: Scenario, replications: int | None = None, seed: int | None = None) -> Outcome:
    """Simulate a scenario in memory.

    If the scenario wishes a precision, there are as many replications as it needs; the manifest says what it
    took under `precision`.

    Parameters
    ----------
    scenario : Scenario
        Complete settings, for example from `load_scenario`.
    replications, seed : int, optional
        Instead of the scenario's own.

    Returns
    -------
    Outcome
        The same tables, bit for bit, for any number of workers.

    Raises
    ------
    SettingsError
        If the number of replications or the seed is not allowed, or the outcome whose precision is wished is
        none of the run.
    SimulatorError
        If it is no scenario.
    """
    scenario = with_luck(scenario, replications, seed)
    started, wish, first = now(), scenario.precision, scenario.replications
    parts = simulate_parts(scenario, range(first))
    if wish.outcome is None:
        return join(scenario, parts, started)
    total = stages(values_of_parts(parts, wish.outcome), wish)
    parts.update(simulate_parts(scenario, range(first, total)))
    spent = spent_on(values_of_parts(parts, wish.outcome), first, wish)
    return join(scenario, parts, started, {"precision": spent.record()})


def simulate_parts(scenario: Scenario, numbers: Iterable[int]) -> Parts:
    """Simulate the replications with these numbers, and return the tables of each."""
    prepare(scenario)
    return dict(replicate(scenario, numbers, run_replication))


def join(scenario: Scenario, parts: Parts, started: str, more: Mapping[str, Any] | None = None) -> Outcome:
    """Return a run from the tables of its replications, in their order; `more` goes into the manifest."""
    spells, weekly, programmes = (
        pd.concat([parts[n][i] for n in sorted(parts)], ignore_index=True) for i in range(3)
    )
    rows = {"spells": len(spells), "weekly": len(weekly), "programmes": len(programmes)}
    manifest = manifest_of(scenario, source_hash(), started, rows)
    return Outcome(spells, weekly, programmes, {**manifest, "replications": len(parts), **(more or {})})


def values_of_parts(parts: Parts, outcome: str) -> Values:
    """Return an outcome of each replication, in the order of their numbers."""
    return np.concatenate([values_of(*parts[number][:2], outcome) for number in sorted(parts)])


def with_luck(scenario: Scenario, replications: int | None, seed: int | None) -> Scenario:
    """Return the scenario with another number of replications or another seed, validated.

    Raises
    ------
    SettingsError
        If a number is not allowed.
    SimulatorError
        If it is no scenario.
    """
    check_scenario(scenario)
    changed = {"replications": replications, "seed": seed}
    given = {name: plain_number(value) for name, value in changed.items() if value is not None}
    return read_scenario({**scenario.model_dump(), **given})


def check_scenario(scenario: object) -> None:
    """Raise SimulatorError if this is something else than a scenario."""
    if not isinstance(scenario, Scenario):
        raise SimulatorError(
            f"A scenario is wanted here, as load_scenario() gives it, not {type(scenario).__name__}."
        )


def play_replication(
    scenario: Scenario,
    replication: int,
    of_offices: Sequence[Scenario] = (),
    fields: Sequence[str] = SPELL.names or (),
) -> Played:
    """Simulate one replication, with the rules of each office if they differ; return its records.

    Of spells there are only some `fields` if they are named.
    """
    engine = Engine(scenario, scenario.seed, replication, of_offices)
    engine.run()
    return Played(engine.columns_of_spells(fields), engine.panel(), engine.activity())


def run_replication(
    scenario: Scenario, replication: int, more: Sequence[str] = (), of_offices: Sequence[Scenario] = ()
) -> Tables:
    """Simulate one replication; return its spells (with `more` columns), weekly panel and programmes."""
    played = play_replication(scenario, replication, of_offices)
    return (
        spells_table(played.spells, replication, tuple(dict.fromkeys((*lever_columns(scenario), *more)))),
        weekly_table(played.panel, replication),
        programmes_table(played.activity, scenario.programmes, replication),
    )


def replicate(
    scenario: Scenario, numbers: Iterable[int], work: Callable[[Scenario, int], T]
) -> Iterator[tuple[int, T]]:
    """Do `work` for each replication on as many threads as there are workers; yield as they finish.

    The compiled week releases the interpreter lock, so threads use all cores.
    """
    waiting = list(numbers)
    workers = scenario.workers or os.cpu_count() or 1
    stop = threading.Event()
    with (
        tqdm(total=len(waiting), unit="replication", desc="Simulating", disable=None, file=sys.stderr) as bar,
        ThreadPoolExecutor(min(workers, max(1, len(waiting))), initializer=heed, initargs=(stop,)) as pool,
    ):
        running: dict[Future[T], int] = {}
        try:
            while waiting or running:
                while waiting and len(running) < 2 * workers:  # one in hand for each, so that none idles
                    number = waiting.pop(0)
                    running[pool.submit(work, scenario, number)] = number
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=running.__getitem__):
                    yield running.pop(future), future.result()
                    bar.update()
        finally:  # also after Ctrl-C: the pool waits for its threads, so they must not go on to the end
            stop.set()
            for future in running:
                future.cancel()
