"""One scenario from settings to a folder of results: simulate, join, summarise, draw, sign a manifest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator.compiled import source_hash
from simulator.experiments import store
from simulator.experiments.execution import engaged, work_off
from simulator.experiments.progress import progress_bar
from simulator.experiments.runner import prepare_crew
from simulator.experiments.worker import Piece, files_of, own_code, simulate_piece
from simulator.files import write_bytes
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.provenance import WITHOUT_EFFECT, manifest_of, now, settings_hash, settings_of

RESULTS = Path("results")

Draw = Callable[[Outcome, Path], None]


def run_to_folder(scenario: Scenario, draw: Draw) -> Path:
    """Simulate a scenario into its folder, going on where an interrupted run of the same settings stopped.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    draw : callable
        Draws the pictures of an outcome into a folder.

    Returns
    -------
    Path
        The folder, with spells.parquet, weekly.parquet, programmes.parquet, summary.csv and, last of all,
        manifest.json.

    Raises
    ------
    ResultsError
        If the folder cannot be written, holds another run or files of somebody else, is being written by
        another run, or its finished run has been damaged.
    """
    folder = results_folder(scenario)
    plan = plan_of(scenario)
    store.check_plan(folder, plan)
    if store.is_complete(folder) and not store.has_parts(folder):  # may lie where nothing can be written
        store.read_manifest(folder)
        return folder
    with store.open_folder(folder, plan):
        if store.is_complete(folder):
            store.read_manifest(folder)
        else:
            simulate_missing(folder, scenario, draw)
        store.remove_parts(folder)
    return folder


def simulate_missing(folder: Path, scenario: Scenario, draw: Draw) -> None:
    """Simulate the replications that have no part in the folder yet, and make one whole of all."""
    started = now()
    missing = [n for n in range(scenario.replications) if not store.has_part(folder, n)]
    prepare_crew(scenario)
    piece = Piece(settings_of(scenario), own_code(), store.TABLES)
    tasks = ((piece, range(number, number + 1)) for number in missing)
    with (
        progress_bar(len(missing), "replication") as bar,
        engaged(scenario.engine, scenario.workers, len(missing)) as crew,
    ):
        for (_, numbers), future in work_off(crew, simulate_piece, tasks):
            store.write_part(folder, numbers.start, files_of(future.result()))
            bar.update()
    finish(folder, scenario, started, draw)


def finish(folder: Path, scenario: Scenario, started: str, draw: Draw) -> None:
    """Write the whole tables and what follows from them, then the manifest."""
    tables = {name: store.join_parts(folder, name, range(scenario.replications)) for name in store.TABLES}
    rows = {f"{name}.parquet": table.num_rows for name, table in tables.items()}
    with ThreadPoolExecutor(1) as pool:  # tables are written while the pictures are drawn
        writing = [
            pool.submit(store.write_table, folder / f"{n}.parquet", table) for n, table in tables.items()
        ]
        spells, weekly, programmes = (tables[name].to_pandas() for name in store.TABLES)
        outcome = Outcome(spells, weekly, programmes, manifest_of(scenario, source_hash(), started, rows))
        write_bytes(folder / "summary.csv", outcome.summary().to_csv(index=False).encode())
        draw(outcome, folder / "figures")
        for written in writing:
            written.result()
    written_files = [*(folder / name for name in rows), folder / "summary.csv"]
    sums = store.sums_of(folder, [*written_files, *sorted((folder / "figures").glob("*"))])
    manifest = {**manifest_of(scenario, source_hash(), started, rows), "files": sums}
    store.write_json(folder / store.MANIFEST, manifest)


def results_folder(scenario: Scenario, *others: Scenario) -> Path:
    """Return where results go: `output.dir`, or a folder named by the hash of settings and code."""
    if scenario.output.dir is not None:
        return Path(scenario.output.dir)
    hashes = "-".join(settings_hash(one)[:10] for one in (scenario, *others))
    return RESULTS / scenario.study.kind / f"{scenario.scenario}-{hashes}-{source_hash()[:6]}"


def plan_of(scenario: Scenario, code: str | None = None) -> dict[str, object]:
    """Return what makes a run this run: every setting that can change a result, and the code (its hash)."""
    settings = {name: value for name, value in settings_of(scenario).items() if name not in WITHOUT_EFFECT}
    return {**settings, "code": code or source_hash()}
