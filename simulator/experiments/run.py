"""One scenario from settings to a folder of results: simulate, join, summarise, draw, sign a manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from simulator.compiled import source_hash
from simulator.experiments import store
from simulator.experiments.compiling import prepare
from simulator.experiments.execution import engaged, work_off
from simulator.experiments.measuring import MEASURES, measured, measurer, read_measure
from simulator.experiments.opening import open_run
from simulator.experiments.precision import Values, spent_on, stages, values_of
from simulator.experiments.progress import progress_bar
from simulator.experiments.runner import simulate_parts, values_of_parts
from simulator.experiments.worker import Piece, files_of, own_code, simulate_piece
from simulator.files import write_bytes
from simulator.outcomes.measures import Tables
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import summarise_outcomes
from simulator.parameters import Scenario
from simulator.provenance import WITHOUT_EFFECT, manifest_of, now, settings_hash, settings_of

RESULTS = Path("results")

FIGURES, REPORT = "figures", "report.html"

Draw = Callable[[Outcome, Path, Tables], None]
"""Draws an outcome into the run's folder: pictures into `FIGURES`, and its report.

The tables may still be reckoned when it begins: whoever asks for one waits until they are there.
"""


def run_to_folder(scenario: Scenario, draw: Draw, total: int | None = None) -> Path:
    """Simulate a scenario into its folder, going on where an interrupted run of the same settings stopped.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    draw : callable
        Draws the pictures and the report of an outcome into its folder.
    total : int, optional
        Replications in all, where somebody else has judged how many a precision takes.

    Returns
    -------
    Path
        The folder, with spells.parquet, weekly.parquet, programmes.parquet, summary.csv, tables, figures,
        report.html and, last of all, manifest.json. A finished run is only drawn anew, if the language is
        another.

    Raises
    ------
    ResultsError
        If the folder cannot be written, holds another run or files of somebody else, is being written by
        another run, or its finished run has been damaged.
    SettingsError
        If the outcome whose precision is wished is none of the run.
    """
    folder = results_folder(scenario)
    plan = plan_of(scenario)
    store.check_plan(folder, plan)
    done = store.is_complete(folder) and not store.has_parts(folder)
    if done and _speaks(store.read_manifest(folder), scenario):  # may lie where nothing can be written
        return folder
    check_wish(scenario, folder)
    with store.open_folder(folder, plan):
        if store.is_complete(folder):
            if not _speaks(store.read_manifest(folder), scenario):
                draw_anew(folder, scenario, draw)
        else:
            simulate_missing(folder, scenario, draw, total)
        store.remove_parts(folder)
    return folder


def check_wish(scenario: Scenario, folder: Path) -> None:
    """Raise SettingsError if there is no outcome with the name whose precision is wished; nothing is written.

    Which outcomes a run has follows from its settings, so one replication is simulated to know them.
    """
    if scenario.precision.outcome is not None and not (folder / store.PLAN).exists():
        values_of_parts(simulate_parts(scenario, [0]), scenario.precision.outcome)


def simulate_missing(folder: Path, scenario: Scenario, draw: Draw, total: int | None = None) -> None:
    """Simulate the replications that have no part in the folder yet, and make one whole of all."""
    started, wish, first = now(), scenario.precision, scenario.replications
    asked = wish.outcome if total is None else None
    with measurer(scenario) as executor:
        simulate_parts_of(folder, scenario, first)
        total = total or (stages(stored_values(folder, first, asked), wish) if asked else first)
        simulate_parts_of(folder, scenario, total)
        told: dict[str, object] = {"replications": total}
        if asked:
            told["precision"] = spent_on(stored_values(folder, total, asked), first, wish).record()
        finish(folder, scenario, started, draw, executor, told)


def first_stage(scenario: Scenario, outcome: str) -> Values:
    """Return an outcome of the first stage from a run's folder; what is missing there is simulated."""
    folder, first = results_folder(scenario), scenario.replications
    if store.is_complete(folder):
        run = open_run(folder)
        return values_of(run.spells, run.weekly, outcome)[:first]
    check_wish(scenario, folder)
    with store.open_folder(folder, plan_of(scenario)):
        simulate_parts_of(folder, scenario, first)
        return stored_values(folder, first, outcome)


def simulate_parts_of(folder: Path, scenario: Scenario, total: int) -> None:
    """Simulate those of the first `total` replications that have no part in the folder yet."""
    missing = [n for n in range(total) if not store.has_part(folder, n)]
    if not missing:
        return
    prepare(scenario)
    piece = Piece(settings_of(scenario), own_code(), store.TABLES)
    tasks = ((piece, range(number, number + 1)) for number in missing)
    with (
        progress_bar(len(missing), "replication") as bar,
        engaged(scenario.engine, scenario.workers, len(missing)) as crew,
    ):
        for (_, numbers), future in work_off(crew, simulate_piece, tasks):
            store.write_part(folder, numbers.start, files_of(future.result()))
            bar.update()


def stored_values(folder: Path, total: int, outcome: str) -> Values:
    """Return an outcome of each of the first `total` replications from their parts."""
    return np.concatenate([values_of(*store.read_part(folder, n), outcome) for n in range(total)])


def finish(
    folder: Path,
    scenario: Scenario,
    started: str,
    draw: Draw,
    executor: Executor,
    told: Mapping[str, Any],
) -> None:
    """Write the whole tables and what follows from them, then the manifest, with what is `told` in it."""
    total = told["replications"]
    tables = {name: store.join_parts(folder, name, range(total)) for name in store.TABLES}
    rows = {f"{name}.parquet": table.num_rows for name, table in tables.items()}
    with ThreadPoolExecutor(2) as pool:  # tables are written while the pictures are drawn
        writing = [
            pool.submit(store.write_table, folder / f"{n}.parquet", table) for n, table in tables.items()
        ]
        manifest = {**manifest_of(scenario, source_hash(), started, rows), **told}
        with measured(executor, folder, manifest, total) as measure:
            spells, weekly, programmes = (tables[name].to_pandas() for name in store.TABLES)
            outcome = Outcome(spells, weekly, programmes, manifest)
            summary = summarise_outcomes(outcome.outcomes())
            write_bytes(folder / "summary.csv", summary.to_csv(index=False).encode())
            draw(outcome, folder, measure)
        for written in writing:
            written.result()
    made = [*(folder / name for name in rows), folder / "summary.csv", *sorted((folder / MEASURES).glob("*"))]
    sums = store.sums_of(folder, [*made, *drawn(folder)])
    manifest = {**manifest_of(scenario, source_hash(), started, rows), **told, "files": sums}
    store.write_json(folder / store.MANIFEST, manifest)


def draw_anew(folder: Path, scenario: Scenario, draw: Draw) -> None:
    """Draw the pictures and the report of a finished run in another language; its tables stay as they are.

    The manifest first forgets what is drawn and in which language, so that folder and manifest agree.
    """
    outcome = open_run(folder)
    pictures = {path.relative_to(folder).as_posix() for path in drawn(folder)}
    files = {name: written for name, written in outcome.manifest["files"].items() if name not in pictures}
    settings, output = outcome.manifest["settings"], settings_of(scenario)["output"]
    silent = {**settings, "output": {**output, "language": None}}
    store.write_json(folder / store.MANIFEST, {**outcome.manifest, "settings": silent, "files": files})
    spoken = {**outcome.manifest, "settings": {**settings, "output": output}}
    draw(Outcome(*outcome.tables(), spoken), folder, partial(read_measure, folder))
    files |= store.sums_of(folder, drawn(folder))
    store.write_json(folder / store.MANIFEST, {**spoken, "files": files})


def drawn(folder: Path) -> list[Path]:
    """Return the files of a run that are pictures and report."""
    report = folder / REPORT
    return [*sorted((folder / FIGURES).glob("*")), *([report] if report.exists() else [])]


def _speaks(manifest: dict[str, Any], scenario: Scenario) -> bool:
    """Whether what a finished run's folder shows is in the language that is asked for."""
    spoken = manifest["settings"]["output"].get("language")
    return bool(spoken == scenario.output.language.label)


def results_folder(scenario: Scenario, *others: Scenario) -> Path:
    """Return where results go: `output.dir`, or a folder named by hashes of settings, study and code.

    What a comparison has of its own is the other scenario.
    """
    if scenario.output.dir is not None:
        return Path(scenario.output.dir)
    study = scenario.study.model_dump(mode="json")
    own = [] if others or study.keys() == {"kind"} else [_hash_of(study)]
    hashes = "-".join([*(settings_hash(one)[:10] for one in (scenario, *others)), *own, source_hash()[:6]])
    return RESULTS / scenario.study.kind / f"{scenario.scenario}-{hashes}"


def _hash_of(study: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(study, sort_keys=True).encode()).hexdigest()[:10]


def plan_of(scenario: Scenario, code: str | None = None) -> dict[str, object]:
    """Return what makes a run this run: every setting that can change a result, and the code (its hash)."""
    settings = {name: value for name, value in settings_of(scenario).items() if name not in WITHOUT_EFFECT}
    return {**settings, "code": code or source_hash()}
