"""Which function checks and which carries out each kind of design, and a folder for what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.pairing import Load
from simulator.errors import checked
from simulator.experiments import store
from simulator.experiments.fitting.draws import overrides_of_draws
from simulator.experiments.run import plan_of, results_folder
from simulator.experiments.studies.cohort import plan_cohort, run_cohort
from simulator.experiments.studies.event_study import plan_event_study, run_event_study
from simulator.experiments.studies.offices import plan_offices, run_offices
from simulator.experiments.studies.rollout import plan_rollout, run_rollout
from simulator.experiments.studies.trial import plan_trial, run_trial
from simulator.experiments.studies.worlds import Draw
from simulator.files import safe_name, write_bytes
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.parameters.designs import PublishedDesign
from simulator.provenance import manifest_of, now

EFFECTS = "effects.csv"
Check = Callable[[Scenario, Any, Load, Draw], object]
Run = Callable[[Scenario, Any, Load, Sequence[Draw]], tuple[pd.DataFrame, dict[str, Outcome]]]


class Way(NamedTuple):
    """How a kind of design is checked before anything runs, and carried out."""

    check: Check
    run: Run


WAYS = {
    "trial": Way(plan_trial, run_trial),
    "offices": Way(plan_offices, run_offices),
    "event_study": Way(plan_event_study, run_event_study),
    "cohort": Way(plan_cohort, run_cohort),
    "rollout": Way(plan_rollout, run_rollout),
}


def carry_out(
    scenario: Scenario,
    design: PublishedDesign,
    load: Load,
    draw: Callable[[pd.DataFrame, Path], None],
) -> Path:
    """Carry out a design into its folder, unless that has been done, and return the folder.

    It is carried out once at each draw that the scenario asks for; tables are kept of the last.

    Parameters
    ----------
    scenario : Scenario
        The municipality.
    design : PublishedDesign
        What is asked.
    load : callable
        Loads a scenario by name and overrides, with those of the command.
    draw : callable
        Draws the pictures of a table of effects into a folder.

    Returns
    -------
    Path
        The folder: effects.csv, figures, the tables of each world under `worlds`, and last manifest.json.

    Raises
    ------
    SettingsError
        If the design cannot be carried out; nothing is written.
    ResultsError
        If the folder cannot be used.
    """
    way, load = WAYS[design.kind], cache(load)  # what is checked is carried out
    draws = overrides_of_draws(scenario)
    checked(partial(way.check, scenario, design, load, draw) for draw in draws)
    folder, plan = results_folder(scenario), _plan(scenario, design, draws)
    with store.open_folder(folder, plan):
        if store.is_complete(folder):
            store.read_manifest(folder)
            return folder
        started = now()
        table, worlds = way.run(scenario, design, load, draws)
        _keep(folder, table, worlds)
        draw(table, folder / "figures")
        rows = {EFFECTS: len(table)}
        files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".csv", ".parquet", ".png"}]
        manifest = {**manifest_of(scenario, source_hash(), started, rows), "study": plan["study"]}
        store.write_json(folder / store.MANIFEST, {**manifest, "files": store.sums_of(folder, files)})
    return folder


def _plan(scenario: Scenario, design: PublishedDesign, draws: Sequence[Draw]) -> dict[str, Any]:
    """Return what makes this study this study."""
    of_draws = {"of_draws": [list(draw) for draw in draws]} if scenario.draws.file else {}
    return {"study": design.model_dump(mode="json"), **plan_of(scenario), **of_draws}


def _keep(folder: Path, table: pd.DataFrame, worlds: dict[str, Outcome]) -> None:
    """Write the effects, and the tables of each world."""
    for name, world in worlds.items():
        own = folder / "worlds" / safe_name(name)
        own.mkdir(parents=True, exist_ok=True)
        for kind in store.TABLES:
            store.write_table(own / f"{kind}.parquet", getattr(world, kind))
    write_bytes(folder / EFFECTS, table.to_csv(index=False).encode())
