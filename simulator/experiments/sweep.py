"""Many scenarios into one folder: every point simulated that is not there yet, then one table of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.composing.tabled import Points, written
from simulator.errors import ResultsError, SimulatorError
from simulator.experiments import store
from simulator.experiments.execution import engaged, work_off
from simulator.experiments.point import DONE, FAILED, WAITING, Point
from simulator.experiments.progress import SweepProgress
from simulator.experiments.run import RESULTS, Draw, plan_of
from simulator.experiments.runner import prepare_crew
from simulator.experiments.worker import Done, Failed, Piece, own_code, simulate_piece
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.execution import Threads
from simulator.parameters.study import Simulate
from simulator.parameters.sweep import Sweep
from simulator.population import DRAWN
from simulator.provenance import manifest_of, now, settings_hash
from simulator.study_vocabulary import Design, Keep, OnError

POINT = "point"
TABLE, INDEX, DESIGN, FAILURES = "sweep", "index.csv", "design.csv", "failures.csv"

DrawSweep = Callable[[pd.DataFrame, Sequence[str], Path], None]


@dataclass(frozen=True)
class SweepRun:
    """A sweep, as it is carried out.

    Attributes
    ----------
    folder : Path
        Where its results go.
    settings : Sweep
        What is asked.
    common : Scenario
        Says who does the work.
    table : tuple of mapping
        The settings that are varied, at each point.
    points : tuple of Point
        The points.
    """

    folder: Path
    settings: Sweep
    common: Scenario
    table: tuple[Any, ...]
    points: tuple[Point, ...]

    @property
    def plan(self) -> dict[str, Any]:
        """What makes this sweep this sweep."""
        return {
            "study": "sweep",
            "keep": self.settings.keep.label,
            **plan_of(self.points[0].scenario, self.points[0].code),
            **({"first": self.points[0].first} if self.points[0].first else {}),
            "points": {str(number): dict(row) for number, row in enumerate(self.table)},
            "hashes": [settings_hash(point.scenario)[:16] for point in self.points],
        }

    @property
    def keys(self) -> list[str]:
        """The settings that are varied."""
        return list(self.table[0])


def planned(
    common: Scenario, sweep: Sweep, points: Points, draw: Draw | None = None, first: int = 0
) -> SweepRun:
    """Return a sweep that is ready to be carried out.

    Parameters
    ----------
    common : Scenario
        Any that has the engine, workers and folder of the sweep.
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
    scenarios = [_bare(scenario, sweep.keep) for scenario in points.scenarios]
    folder = _folder(common, scenarios, code)
    drawn = draw if sweep.pictures else None
    runs = [
        Point(number, scenario, folder / f"{POINT}={number}", code, sweep.keep, drawn, first)
        for number, scenario in enumerate(scenarios)
    ]
    return SweepRun(folder, sweep, common, points.table, tuple(runs))


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
    return planned(common, sweep, points, first=first)


def _bare(scenario: Scenario, keep: Keep) -> Scenario:
    """Return a point's scenario as that of a run for itself, wherever and by whomever it is done.

    Where estimates are kept, its study says which.
    """
    nowhere = scenario.output.model_copy(update={"dir": None})
    study = scenario.study if keep is Keep.ESTIMATES else Simulate(kind="simulate")
    alone = {"study": study, "engine": Threads(kind="threads"), "workers": 0}
    return scenario.model_copy(update={"output": nowhere, **alone})


def _folder(common: Scenario, scenarios: Sequence[Scenario], code: str) -> Path:
    if common.output.dir is not None:
        return Path(common.output.dir)
    whole = store.sum_of("".join(settings_hash(one) for one in scenarios).encode())["sha256"]
    return RESULTS / "sweep" / f"{common.scenario}-{whole[:10]}-{code[:6]}"


def carry_out(run: SweepRun, draw: DrawSweep | None = None) -> pd.DataFrame:
    """Simulate what is missing of a sweep, write its tables, and return the points that failed.

    Parameters
    ----------
    run : SweepRun
        As `planned` gives it.
    draw : callable, optional
        Draws the table and the settings that are varied into the sweep's folder.

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
    prepare_crew(run.points[0].scenario.model_copy(update={"engine": run.common.engine}))
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
    varied = " ".join(f"{key}={_text(value)}" for key, value in run.table[number].items())
    return f"Point {number} ({varied})"


def _text(value: object) -> str:
    """Return a value as a cell of a table: a text as it is, all else as on the command line."""
    return value if isinstance(value, str) else written(value)


def design_table(run: SweepRun) -> pd.DataFrame:
    """Return the points: point, the settings that are varied, and the beginning of the settings' hash."""
    frame = varied_settings(run)
    frame.insert(0, POINT, range(len(frame)))
    return frame.assign(settings_hash=[settings_hash(point.scenario)[:16] for point in run.points])


def index_table(run: SweepRun) -> pd.DataFrame:
    """Return how far every block of replications is: point, first, last, status, error."""
    return pd.DataFrame(_index_rows(run), columns=[POINT, "first", "last", "status", "error"])


def _index_rows(run: SweepRun) -> Iterator[tuple[int, int, int, str, str]]:
    for point in run.points:
        error = point.failure()
        for block in point.blocks:
            status = DONE if point.has(block) else FAILED if error else WAITING
            yield point.number, block.start, block.stop - 1, status, error if status == FAILED else ""


def failure_table(run: SweepRun) -> pd.DataFrame:
    """Return the points that failed: point, the settings that are varied, error."""
    errors = {point.number: point.failure() for point in run.points}
    rows = [{POINT: n, **run.table[n], "error": error} for n, error in errors.items() if error]
    return pd.DataFrame(rows, columns=[POINT, *run.keys, "error"])


def outcome_table(run: SweepRun) -> pd.DataFrame:
    """Return what came out at every point that is done: point, settings, outcome, value, low, high, unit."""
    done = [point for point in run.points if store.is_complete(point.folder)]
    if not done:
        raise ResultsError(f"Every point of the sweep failed; {run.folder / FAILURES} says why.")
    parts = pd.concat([point.summary().assign(**{POINT: point.number}) for point in done], ignore_index=True)
    return parts[[POINT]].join(varied_settings(run), on=POINT).join(parts.drop(columns=POINT))


def varied_settings(run: SweepRun) -> pd.DataFrame:
    """Return the settings that are varied, a column each: numbers, switches, or else texts."""
    columns = {key: [row[key] for row in run.table] for key in run.keys}
    return pd.DataFrame({key: _column(values) for key, values in columns.items()})


def _column(values: Sequence[object]) -> pd.Series:
    for kinds, dtype in (((bool,), "bool"), ((int,), "int64"), ((int, float), "float64")):
        if all(
            isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)) for value in values
        ):
            return pd.Series(values, dtype=dtype)
    return pd.Series([_text(value) for value in values], dtype="str")


def _write_tables(run: SweepRun, failures: pd.DataFrame, started: str, draw: DrawSweep | None) -> None:
    """Write the tables of the whole sweep and, if nothing failed, the manifest."""
    write_bytes(run.folder / FAILURES, failures.to_csv(index=False).encode())
    table = outcome_table(run)
    write_bytes(run.folder / f"{TABLE}.csv", table.to_csv(index=False).encode())
    store.write_table(run.folder / f"{TABLE}.parquet", table)
    if draw is not None:
        draw(table, run.keys, run.folder)
    if len(failures):
        return
    names = [f"{TABLE}.csv", f"{TABLE}.parquet", INDEX, DESIGN, FAILURES]
    sums = store.sums_of(run.folder, [*(run.folder / name for name in names), *run.folder.glob("*.png")])
    manifest = manifest_of(
        run.points[0].scenario, run.points[0].code, started, {f"{TABLE}.parquet": len(table)}
    )
    store.write_json(run.folder / store.MANIFEST, {**manifest, "points": len(run.points), "files": sums})
