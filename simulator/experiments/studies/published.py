"""Published designs: planned, simulated, estimated and summarised, in memory or into a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.idle import tell, why_idle
from simulator.composing.pairing import Load
from simulator.composing.session import key_of
from simulator.composing.tabled import Points
from simulator.errors import ResultsError, checked
from simulator.experiments import store
from simulator.experiments.fitting.draws import overrides_of_draws
from simulator.experiments.fitting.worlds import DRAW, WORLD
from simulator.experiments.opening import open_run
from simulator.experiments.run import FIGURES, plan_of, results_folder
from simulator.experiments.studies import cohort, event_study, offices, rollout, trial
from simulator.experiments.studies.estimates import HAZARD_RATIOS
from simulator.experiments.studies.layers import summarise
from simulator.experiments.studies.worlds import AS_SET, Draw, Plan, run_world
from simulator.experiments.sweep import carry_out as simulate_sweep
from simulator.experiments.sweep import planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.extras import check_packages
from simulator.files import write_bytes
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.parameters.designs import OfficesStudy, PublishedDesign, TrialStudy
from simulator.provenance import manifest_of, now
from simulator.study_vocabulary import Keep

EFFECTS, WORLDS, PEOPLE = "effects.csv", "worlds", "people"
Row = dict[str, object]
Worlds = dict[str, Outcome]


class Way(NamedTuple):
    """How a kind of design is planned, what is estimated of its worlds, and how that is summarised.

    `keys`, `levels` and `ratios` are those of `summarise`.
    """

    plan: Callable[[Scenario, Any, Load, Draw], Plan]
    rows: Callable[[Any, Mapping[str, Outcome], Any], Iterable[Row]]
    keys: tuple[str, ...]
    levels: tuple[str, ...]
    ratios: tuple[str, ...] = ()


WAYS = {
    "trial": Way(
        trial.plan_trial, trial.trial_rows, trial.KEYS, (PEOPLE, "control", "treated"), tuple(HAZARD_RATIOS)
    ),
    "offices": Way(offices.plan_offices, offices.office_rows, offices.KEYS, (PEOPLE, "study_error")),
    "event_study": Way(
        event_study.plan_event_study,
        event_study.rows_of_events,
        event_study.KEYS,
        (PEOPLE, "treated", "expected"),
        (event_study.RATIO,),
    ),
    "cohort": Way(cohort.plan_cohort, cohort.cohort_rows, cohort.KEYS, (PEOPLE, cohort.WITH, cohort.WITHOUT)),
    "rollout": Way(rollout.plan_rollout, rollout.rollout_rows, rollout.KEYS, ("study_error",)),
}


def run_design(
    scenario: Scenario, design: PublishedDesign, load: Load, draws: Sequence[Draw] = AS_SET
) -> tuple[pd.DataFrame, Worlds]:
    """Carry out a design in memory.

    Parameters
    ----------
    scenario : Scenario
        The municipality; each of its replications is a study of its own.
    design : PublishedDesign
        What is asked: a `TrialStudy`, `OfficesStudy`, `EventStudy`, `CohortStudy` or `RolloutStudy`.
    load : callable
        Loads a scenario by name and overrides, with those of the command.
    draws : sequence of sequences of str
        Overrides for each draw of uncertain settings; by default one draw that changes nothing.

    Returns
    -------
    table : DataFrame
        One row an effect: what tells it apart (`KEYS` of the design's module), mean levels, effect, low,
        high, se_luck, se_settings, spread (how much a single such study would vary) and estimates; see
        `interval_of`.
    worlds : dict of str to Outcome
        The runs of the last draw, by name, with the columns of spells that designs ask for.

    Raises
    ------
    SettingsError
        If the design cannot be carried out, with every mistake.
    ResultsError
        If nothing can be estimated.
    """
    plans = plans_of(scenario, design, load, draws)
    last: Worlds = {}

    def simulated() -> Iterator[Worlds]:
        for plan in plans:
            last.update({name: run_world(world) for name, world in plan.worlds.items()})
            yield last

    return effects_of(design, plans, simulated()), last


def plans_of(
    scenario: Scenario, design: PublishedDesign, load: Load, draws: Sequence[Draw] = AS_SET
) -> list[Plan]:
    """Return what a design simulates at each draw; nothing is simulated.

    Raises
    ------
    SettingsError
        If a package is missing, or the design cannot be carried out: with every mistake at any draw.
    """
    check_packages([f"study={design.kind}"])
    return checked(partial(WAYS[design.kind].plan, scenario, design, load, draw) for draw in draws)


def effects_of(
    design: PublishedDesign, plans: Sequence[Plan], simulated: Iterable[Mapping[str, Outcome]]
) -> pd.DataFrame:
    """Return the table of effects from the worlds of each draw; only one draw's are in memory at a time."""
    way = WAYS[design.kind]
    rows = [
        {**row, "draw": number}
        for number, (plan, worlds) in enumerate(zip(plans, simulated, strict=True))
        for row in way.rows(plan, worlds, design)
    ]
    return summarise(pd.DataFrame(rows), way.keys, design.level, way.levels, way.ratios)


def carry_out(
    scenario: Scenario,
    design: PublishedDesign,
    load: Load,
    draw: Callable[[pd.DataFrame, Path], None],
) -> Path:
    """Carry out a design, once at each draw of its scenario, into its folder, going on where it was stopped.

    Parameters
    ----------
    scenario : Scenario
        The municipality; it says who does the work.
    design : PublishedDesign
        What is asked.
    load : callable
        Loads a scenario by name and overrides, with those of the command.
    draw : callable
        Draws the pictures of a table of effects into a folder.

    Returns
    -------
    Path
        The folder: effects.csv, figures, a sweep over the worlds of each draw under `worlds`, and last
        manifest.json.

    Raises
    ------
    SettingsError
        If the design cannot be carried out; nothing is written.
    ResultsError
        If the folder cannot be used, or nothing can be estimated, of which nothing is kept.
    """
    draws, load = overrides_of_draws(scenario), cache(load)
    plans = plans_of(scenario, design, load, draws)
    tell(_idle(scenario, design, load))
    folder, plan = results_folder(scenario), _plan(scenario, design, draws)
    with store.open_folder(folder, plan):
        started, runs = now(), _planned(scenario, folder / WORLDS, plans)
        if store.is_complete(folder):
            for one in (folder, runs.folder, *(point.folder for point in runs.points)):
                store.read_manifest(one)
            return folder
        simulate_sweep(runs)
        table = _estimated(design, plans, runs)
        write_bytes(folder / EFFECTS, table.to_csv(index=False).encode())
        draw(table, folder / FIGURES)
        manifest = manifest_of(scenario, source_hash(), started, {EFFECTS: len(table)})
        _sign(folder, {**manifest, "study": plan["study"]})
    return folder


def _sign(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest with the sums of the effects, the pictures and the manifest of the runs."""
    pictures = sorted((folder / FIGURES).glob("*.png"))
    sums = store.sums_of(folder, [folder / EFFECTS, *pictures, folder / WORLDS / store.MANIFEST])
    store.write_json(folder / store.MANIFEST, {**manifest, "files": sums})


def _idle(scenario: Scenario, design: PublishedDesign, load: Load) -> Iterator[str]:
    """Yield a line for each setting of an arm, of a rule or of what differs that does nothing there."""
    if isinstance(design, OfficesStudy):  # its texts are no overrides
        changes = [("study.vary", design.vary.split(), scenario)]
    else:
        texts = _texts_of(design)
        changes = [(where, text.split(), load(scenario.scenario, *text.split())) for where, text in texts]
    for where, words, own in changes:
        for key in map(key_of, words):
            if why := why_idle(key, own.caseload):
                yield f"Note: {where}: {key} has no effect with {why}."


def _texts_of(design: PublishedDesign) -> list[tuple[str, str]]:
    """Return the overrides that a design makes, with the setting that asks for them."""
    if isinstance(design, TrialStudy):
        return [(f"study.arms.{name}", text) for name, text in design.arms_by_name().items()]
    there = [name for name in ("without", "rule") if hasattr(design, name)]
    return [(f"study.{name}", getattr(design, name)) for name in there]


def _planned(scenario: Scenario, folder: Path, plans: Sequence[Plan]) -> SweepRun:
    """Return the sweep over every world at every draw."""
    worlds = [world for plan in plans for world in plan.worlds.values()]
    table = tuple({DRAW: number, WORLD: name} for number, plan in enumerate(plans) for name in plan.worlds)
    points = Points(table, tuple(world.scenario for world in worlds))
    run = planned_table(scenario, folder, points, Keep.WORLDS)
    pairs = zip(run.points, worlds, strict=True)
    return replace(run, points=tuple(replace(point, of_offices=world.of_offices) for point, world in pairs))


def _estimated(design: PublishedDesign, plans: Sequence[Plan], runs: SweepRun) -> pd.DataFrame:
    """Return the table of effects; if there are none, the folder is free for what is asked next."""
    store.read_manifest(runs.folder)  # those of the runs are read as they are opened
    points = iter(runs.points)
    simulated = ({name: open_run(next(points).folder) for name in plan.worlds} for plan in plans)
    try:
        return effects_of(design, plans, simulated)
    except ResultsError:
        shutil.rmtree(runs.folder)
        raise


def _plan(scenario: Scenario, design: PublishedDesign, draws: Sequence[Draw]) -> dict[str, Any]:
    """Return what makes this study this study."""
    drawn = {"drawn_settings": [list(draw) for draw in draws]} if scenario.draws.file else {}
    return {"study": design.model_dump(mode="json"), **plan_of(scenario), **drawn}
