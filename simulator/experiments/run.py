"""One scenario from settings to a folder of results: simulate, join, summarise, draw, sign a manifest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from simulator.compiled import source_hash
from simulator.experiments import store
from simulator.experiments.runner import prepare, replicate, run_replication
from simulator.files import write_bytes
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.provenance import WITHOUT_EFFECT, manifest_of, now, settings_hash, settings_of

RESULTS = Path("results")

FIGURES, REPORT = "figures", "report.html"

Draw = Callable[[Outcome, Path], None]
"""Draws an outcome into the run's folder: pictures into `FIGURES`, and its report."""


def run_to_folder(scenario: Scenario, draw: Draw) -> Path:
    """Simulate a scenario into its folder, going on where an interrupted run of the same settings stopped.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    draw : callable
        Draws the pictures and the report of an outcome into its folder.

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
    """
    folder = results_folder(scenario)
    plan = plan_of(scenario)
    store.check_plan(folder, plan)
    done = store.is_complete(folder) and not store.has_parts(folder)
    if done and _speaks(store.read_manifest(folder), scenario):  # may lie where nothing can be written
        return folder
    with store.open_folder(folder, plan):
        if store.is_complete(folder):
            if not _speaks(store.read_manifest(folder), scenario):
                draw_anew(folder, scenario, draw)
        else:
            simulate_missing(folder, scenario, draw)
        store.remove_parts(folder)
    return folder


def simulate_missing(folder: Path, scenario: Scenario, draw: Draw) -> None:
    """Simulate the replications that have no part in the folder yet, and make one whole of all."""
    started = now()
    missing = [n for n in range(scenario.replications) if not store.has_part(folder, n)]
    prepare()
    for _ in replicate(scenario, missing, partial(write_replication, folder)):
        pass
    finish(folder, scenario, started, draw)


def write_replication(folder: Path, scenario: Scenario, replication: int) -> None:
    """Simulate one replication and write its parts of the tables."""
    for name, table in zip(store.TABLES, run_replication(scenario, replication), strict=True):
        store.write_table(store.part_path(folder, name, replication), table)


def finish(folder: Path, scenario: Scenario, started: str, draw: Draw) -> None:
    """Write the whole tables and what follows from them, then the manifest."""
    tables = {name: store.join_parts(folder, name, scenario.replications) for name in store.TABLES}
    rows = {f"{name}.parquet": table.num_rows for name, table in tables.items()}
    with ThreadPoolExecutor(2) as pool:  # tables are written while the pictures are drawn
        writing = [
            pool.submit(store.write_table, folder / f"{n}.parquet", table) for n, table in tables.items()
        ]
        spells, weekly, programmes = (tables[name].to_pandas() for name in store.TABLES)
        outcome = Outcome(spells, weekly, programmes, manifest_of(scenario, source_hash(), started, rows))
        write_bytes(folder / "summary.csv", outcome.summary().to_csv(index=False).encode())
        writing.append(pool.submit(write_measures, apart(outcome), folder / "tables"))
        draw(outcome, folder)
        for written in writing:
            written.result()
    made = [*(folder / name for name in rows), folder / "summary.csv", *sorted((folder / "tables").glob("*"))]
    sums = store.sums_of(folder, [*made, *drawn(folder)])
    manifest = {**manifest_of(scenario, source_hash(), started, rows), "files": sums}
    store.write_json(folder / store.MANIFEST, manifest)


def draw_anew(folder: Path, scenario: Scenario, draw: Draw) -> None:
    """Draw the pictures and the report of a finished run in another language; its tables stay as they are.

    The manifest first forgets what is drawn and in which language, so that folder and manifest agree.
    """
    outcome = store.open_results(folder)
    pictures = {path.relative_to(folder).as_posix() for path in drawn(folder)}
    files = {name: written for name, written in outcome.manifest["files"].items() if name not in pictures}
    settings, output = outcome.manifest["settings"], settings_of(scenario)["output"]
    silent = {**settings, "output": {**output, "language": None}}
    store.write_json(folder / store.MANIFEST, {**outcome.manifest, "settings": silent, "files": files})
    spoken = {**outcome.manifest, "settings": {**settings, "output": output}}
    draw(Outcome(*outcome.tables(), spoken), folder)
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


def apart(outcome: Outcome) -> Outcome:
    """Return an outcome over the same memory that another thread can read while this one does, too."""
    spells, weekly, programmes = (table.copy(deep=False) for table in outcome.tables())
    return Outcome(spells, weekly, programmes, outcome.manifest)


def write_measures(outcome: Outcome, folder: Path) -> None:
    """Write the tables that a run answers with beside its summary, one CSV file each."""
    folder.mkdir(exist_ok=True)
    for name, table in outcome.written_tables().items():
        write_bytes(folder / f"{name}.csv", table.to_csv(index=False).encode())


def results_folder(scenario: Scenario, *others: Scenario) -> Path:
    """Return where results go: `output.dir`, or a folder named by the hash of settings and code."""
    if scenario.output.dir is not None:
        return Path(scenario.output.dir)
    hashes = "-".join(settings_hash(one)[:10] for one in (scenario, *others))
    return RESULTS / scenario.study.kind / f"{scenario.scenario}-{hashes}-{source_hash()[:6]}"


def plan_of(scenario: Scenario) -> dict[str, object]:
    """Return what makes a run this run: every setting that can change a result, and the code."""
    settings = {name: value for name, value in settings_of(scenario).items() if name not in WITHOUT_EFFECT}
    return {**settings, "code": source_hash()}
