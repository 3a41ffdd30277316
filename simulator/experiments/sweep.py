"""Many scenarios into one folder: every point simulated that is not there yet, then one table of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.composing.tabled import Points
from simulator.errors import SimulatorError
from simulator.experiments import store
from simulator.experiments.compiling import prepare
from simulator.experiments.execution import engaged, work_off
from simulator.experiments.point import Point
from simulator.experiments.progress import SweepProgress
from simulator.experiments.run import REPORT, RESULTS, Draw
from simulator.experiments.sweep_tables import (
    DESIGN,
    DIFFERENCES,
    FAILURES,
    INDEX,
    POINT,
    TABLE,
    SweepRun,
    Swept,
    design_table,
    difference_table,
    failure_table,
    index_table,
    manifest_of_sweep,
    outcome_table,
    text_of,
)
from simulator.experiments.worker import Done, Failed, Piece, own_code, simulate_piece
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.execution import Threads
from simulator.parameters.scenario import Output
from simulator.parameters.study import Simulate
from simulator.parameters.sweep import Sweep
from simulator.population import DRAWN
from simulator.provenance import now, settings_hash, settings_of
from simulator.study_vocabulary import Design, Keep, OnError

LAID_OUT = {Design.GRID, Design.PAIRED, Design.ONE_AT_A_TIME, Design.TABLE}
"""Designs whose first point somebody has chosen, so that others can be held against it."""


DrawSweep = Callable[[SweepRun, Swept], None]
"""Draws the picture and the report of a sweep into its folder."""


def planned(
    common: Scenario, sweep: Sweep, points: Points, draw: Draw | None = None, first: int = 0
) -> SweepRun:
    """Return a sweep that is ready to be carried out.

    Parameters
    ----------
    common : Scenario
        The scenario with nothing varied; it has the engine, workers and folder of the sweep.
    sweep : Sweep
        What is asked.
    points : Points
        The points.
    draw : callable, optional
        Draws the pictures of a run; only used if the sweep asks for them.
    first : int
        The replication with which every point begins.
    """
    code = own_code()
    scenarios = [_bare(scenario, sweep.keep, common.output) for scenario in points.scenarios]
    folder = _folder(common, sweep, points, code)
    drawn = draw if sweep.pictures else None
    runs = [
        Point(number, scenario, folder / f"{POINT}={number}", code, sweep.keep, drawn, first)
        for number, scenario in enumerate(scenarios)
    ]
    baseline, is_base = _baseline(common, scenarios, sweep.design)
    return SweepRun(folder, sweep, common, points.table, tuple(runs), baseline, is_base)


def _baseline(base: Scenario, scenarios: Sequence[Scenario], design: Design) -> tuple[int | None, bool]:
    """Return the point that the others are held against, and whether it is the scenario as it is."""
    wanted = settings_hash(base)
    same = next((number for number, one in enumerate(scenarios) if settings_hash(one) == wanted), None)
    if same is not None:
        return same, True
    return (0 if design in LAID_OUT else None), False


def planned_table(
    scenario: Scenario, folder: Path, points: Points, keep: Keep = Keep.OUTCOMES, first: int = 0
) -> SweepRun:
    """Return a sweep over points that a study has laid out itself, without pictures; a failure stops all.

    Parameters
    ----------
    scenario : Scenario
        Says who does the work.
    folder : Path
        Where the points go.
    points : Points
        Every point validated.
    keep : Keep
        What is kept of each.
    first : int
        The replication with which every point begins.
    """
    common = scenario.model_copy(update={"output": scenario.output.model_copy(update={"dir": str(folder)})})
    sweep = Sweep(
        kind="sweep", design=Design.TABLE, vary="", table=None, points=2, draw=0, on_error=OnError.STOP,
        keep=keep, pictures=False,
    )  # fmt: skip
    return replace(planned(common, sweep, points, first=first), baseline=None)


def _bare(scenario: Scenario, keep: Keep, output: Output) -> Scenario:
    """Return a point's scenario as that of a run for itself, wherever and by whomever it is done.

    It speaks the language of the sweep.

    Where estimates are kept, its study says which.
    """
    nowhere = output.model_copy(update={"dir": None})
    study = scenario.study if keep is Keep.ESTIMATES else Simulate(kind="simulate")
    alone = {"study": study, "engine": Threads(kind="threads"), "workers": 0}
    return scenario.model_copy(update={"output": nowhere, **alone})


def _folder(common: Scenario, sweep: Sweep, points: Points, code: str) -> Path:
    if common.output.dir is not None:
        return Path(common.output.dir)
    asked = [sweep.keep.label, *(str(dict(row)) for row in points.table)]
    whole = store.sum_of("".join([*asked, *map(settings_hash, points.scenarios)]).encode())["sha256"]
    return RESULTS / "sweep" / f"{common.scenario}-{whole[:10]}-{code[:6]}"


def carry_out(run: SweepRun, draw: DrawSweep | None = None) -> pd.DataFrame:
    """Simulate what is missing of a sweep, write its tables, and return the points that failed.

    Parameters
    ----------
    run : SweepRun
        As `planned` gives it.
    draw : callable, optional
        Draws picture and report into the sweep's folder.

    Returns
    -------
    DataFrame
        The points that failed: point, the settings that are varied, error.

    Raises
    ------
    ResultsError
        If the folder cannot be written, or holds something else; what was finished is kept.
    SimulatorError
        If a point fails and that is to stop the sweep, or nobody is there to do the work.
    """
    if _is_finished(run):
        if draw is not None and not _is_drawn(run):
            _draw_anew(run, draw)
        return pd.DataFrame(columns=[POINT, *run.keys, "error"])
    started = now()
    with store.open_folder(run.folder, run.plan):
        write_bytes(run.folder / DESIGN, design_table(run).to_csv(index=False).encode())
        try:
            _simulate(run)
        finally:
            DRAWN.make_room(0)
            index = index_table(run)
            write_bytes(run.folder / INDEX, index.to_csv(index=False).encode())
        failures = failure_table(run)
        _write_tables(run, failures, started, draw)
    return failures


def _is_finished(run: SweepRun) -> bool:
    """Whether nothing is left to do; the folder may lie where nothing can be written."""
    store.check_plan(run.folder, run.plan)
    if not store.is_complete(run.folder):
        return False
    store.check_sizes(run.folder)
    return all(point.is_done() for point in run.points)


def _simulate(run: SweepRun) -> None:
    """Simulate every block that is missing."""
    waiting = {point.number: list(point.missing()) for point in run.points if not point.is_done()}
    for number, blocks in waiting.items():
        if not blocks:  # killed between the last part and the whole
            run.points[number].join()
    pieces = sum(map(len, waiting.values()))
    if not pieces:
        return
    progress = SweepProgress(len(run.points), sum(len(b) for blocks in waiting.values() for b in blocks))
    progress.done -= sum(bool(blocks) for blocks in waiting.values())
    prepare(run.points[0].scenario)
    tasks = ((n, block, run.points[n].piece) for n, blocks in waiting.items() for block in blocks)
    try:
        with engaged(run.common.engine, run.common.workers, pieces) as crew:
            for (number, block, _), future in work_off(crew, _simulate_block, tasks):
                _take(run, run.points[number], block, future, progress)
    finally:
        progress.close()


def _simulate_block(number: int, block: range, piece: Piece) -> Done | Failed:
    return simulate_piece(piece, block)


def _take(
    run: SweepRun, point: Point, block: range, future: Future[Done | Failed], progress: SweepProgress
) -> None:
    """Keep what came of a block."""
    result = _result_of(future)
    if isinstance(result, Failed):
        point.fail(result)
        progress.failed += 1
        if run.settings.on_error is OnError.STOP:
            raise SimulatorError(
                f"{_name(run, point.number)} failed: {result.error}. What was finished is kept; "
                f"{point.folder} holds the traceback."
            )
        progress.show(len(block))
        return
    progress.done += point.take(block, result)
    progress.show(len(block), result.client_weeks)


def _result_of(future: Future[Done | Failed]) -> Done | Failed:
    """Return what came of a block; a worker that died with it, again and again, is a failure of the block."""
    try:
        return future.result()
    except CancelledError:
        raise SimulatorError(
            "The scheduler gave the work back. What was finished is kept: give the same command again."
        ) from None
    except Exception as error:
        if type(error).__name__ != "KilledWorker":  # Dask's, which need not be installed
            raise
        return Failed(f"KilledWorker: {error}")


def _name(run: SweepRun, number: int) -> str:
    varied = " ".join(f"{key}={text_of(value)}" for key, value in run.table[number].items())
    return f"Point {number} ({varied})"


def _write_tables(run: SweepRun, failures: pd.DataFrame, started: str, draw: DrawSweep | None) -> None:
    """Write the tables of the whole sweep and, if nothing failed, the manifest."""
    write_bytes(run.folder / FAILURES, failures.to_csv(index=False).encode())
    swept = Swept(outcome_table(run), difference_table(run), failures)
    write_bytes(run.folder / f"{TABLE}.csv", swept.outcomes.to_csv(index=False).encode())
    store.write_table(run.folder / f"{TABLE}.parquet", swept.outcomes)
    names = [f"{TABLE}.csv", f"{TABLE}.parquet", INDEX, DESIGN, FAILURES]
    if run.baseline is not None:
        write_bytes(run.folder / DIFFERENCES, swept.differences.to_csv(index=False).encode())
        names.append(DIFFERENCES)
    if draw is not None:
        draw(run, swept)
    if not len(failures):
        manifest = manifest_of_sweep(run, started, {f"{TABLE}.parquet": len(swept.outcomes)})
        _sign(run, manifest, [run.folder / name for name in names])


def _sign(run: SweepRun, manifest: dict[str, Any], tables: Sequence[Path]) -> None:
    """Write the manifest with the sums of tables, picture and report."""
    sums = store.sums_of(run.folder, [*tables, *drawn_files(run.folder)])
    store.write_json(run.folder / store.MANIFEST, {**manifest, "points": len(run.points), "files": sums})


def drawn_files(folder: Path) -> list[Path]:
    """Return the files of a sweep that are picture and report."""
    report = folder / REPORT
    return [*sorted(folder.glob("*.png")), *([report] if report.exists() else [])]


def _draw_anew(run: SweepRun, draw: DrawSweep) -> None:
    """Draw the picture and the report of a finished sweep in the language that is asked for.

    The manifest is away meanwhile, so that a sweep which is stopped here is one that is not finished.
    """
    manifest = store.read_manifest(run.folder)
    with store.open_folder(run.folder, run.plan):
        (run.folder / store.MANIFEST).unlink()
        draw(run, Swept(outcome_table(run), difference_table(run), failure_table(run)))
        manifest["settings"]["output"] = settings_of(run.points[0].scenario)["output"]
        shown = {path.name for path in drawn_files(run.folder)}
        _sign(run, manifest, [run.folder / name for name in manifest["files"] if name not in shown])


def _is_drawn(run: SweepRun) -> bool:
    """Whether a finished sweep has its report in the language that is asked for."""
    manifest = store.read_json(run.folder / store.MANIFEST)
    spoken = manifest["settings"]["output"].get("language")
    return REPORT in manifest["files"] and spoken == run.common.output.language.label
