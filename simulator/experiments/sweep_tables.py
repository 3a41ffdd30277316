"""What a sweep consists of, and the tables that are made of its points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.special import stdtrit

from simulator.composing.tabled import written
from simulator.errors import ResultsError
from simulator.experiments import store
from simulator.experiments.comparison import is_about_the_same
from simulator.experiments.point import DONE, FAILED, WAITING, Point
from simulator.experiments.run import plan_of
from simulator.outcomes.intervals import FEWEST, MEDIANS
from simulator.parameters import Scenario
from simulator.parameters.sweep import Sweep
from simulator.provenance import manifest_of, settings_hash

POINT = "point"
TABLE, INDEX, DESIGN, FAILURES = "sweep", "index.csv", "design.csv", "failures.csv"
DIFFERENCES = "differences.csv"
OUTCOME = ["outcome", "unit"]
COMPARED = ["outcome", "baseline", "value", "difference", "low", "high", "unit"]


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
    baseline : int or None
        The point that the others are held against.
    is_base : bool
        Whether that point is the scenario with nothing varied.
    """

    folder: Path
    settings: Sweep
    common: Scenario
    table: tuple[Any, ...]
    points: tuple[Point, ...]
    baseline: int | None = None
    is_base: bool = False

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


@dataclass(frozen=True)
class Swept:
    """What came out of a sweep.

    Attributes
    ----------
    outcomes : DataFrame
        As in `sweep.parquet`.
    differences : DataFrame
        As in `differences.csv`; empty without a baseline.
    failures : DataFrame
        As in `failures.csv`.
    """

    outcomes: pd.DataFrame
    differences: pd.DataFrame
    failures: pd.DataFrame


def text_of(value: object) -> str:
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
    return varied_columns(run.table)


def varied_columns(table: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the settings of some points, a row a point and a column a setting."""
    columns = {key: [row[key] for row in table] for key in table[0]}
    return pd.DataFrame({key: _column(values) for key, values in columns.items()})


def _column(values: Sequence[object]) -> pd.Series:
    for kinds, dtype in (((bool,), "bool"), ((int,), "int64"), ((int, float), "float64")):
        if all(
            isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)) for value in values
        ):
            return pd.Series(values, dtype=dtype)
    return pd.Series([text_of(value) for value in values], dtype="str")


def difference_table(run: SweepRun, level: float = 0.95) -> pd.DataFrame:
    """Return what every point changes against the baseline, replication by replication.

    Points about other people than the baseline's are left out, and outcomes that one of both has not.

    Parameters
    ----------
    run : SweepRun
        A sweep whose points are done, but for those that failed.
    level : float
        Coverage of the interval (Student's t over paired replications).

    Returns
    -------
    DataFrame
        Columns point, the settings that are varied, outcome, baseline, value, difference, low, high, unit;
        without rows if there is no baseline.
    """
    paired = _paired_points(run)
    columns = [POINT, *run.keys, *COMPARED]
    if not paired:
        return pd.DataFrame(columns=columns)
    first = _outcomes_of(run.points[run.baseline or 0])
    order = pd.MultiIndex.from_frame(first[OUTCOME].drop_duplicates())
    values = _by_replication([first, *map(_outcomes_of, paired)], order)
    parts = [
        _differences(values[0], own, order, level).assign(**{POINT: point.number})
        for point, own in zip(paired, values[1:], strict=True)
    ]
    return pd.concat(parts, ignore_index=True).join(varied_settings(run), on=POINT)[columns]


def _paired_points(run: SweepRun) -> list[Point]:
    """Return the other points that are about the same people as the baseline, if that is there."""
    if run.baseline is None or not store.is_complete(run.points[run.baseline].folder):
        return []
    base = run.points[run.baseline]
    others = (one for one in run.points if one is not base and store.is_complete(one.folder))
    return [one for one in others if is_about_the_same(base.scenario, one.scenario)]


def _outcomes_of(point: Point) -> pd.DataFrame:
    return pq.read_table(point.folder / f"{store.OUTCOMES}.parquet").to_pandas()


def _by_replication(points: Sequence[pd.DataFrame], order: pd.MultiIndex) -> np.ndarray[Any, Any]:
    """Return outcomes of points, shape (points, outcomes, replications), NaN where there is none."""
    rows = pd.concat(points, keys=range(len(points)), names=[POINT])
    outcome = order.get_indexer(pd.MultiIndex.from_frame(rows[OUTCOME]))
    number, point = rows["replication"].to_numpy(), rows.index.get_level_values(POINT).to_numpy()
    first, known = number.min(), outcome >= 0
    values = np.full((len(points), len(order), number.max() - first + 1), np.nan)
    values[point[known], outcome[known], number[known] - first] = rows["value"].to_numpy()[known]
    return values


def _differences(
    first: np.ndarray[Any, Any], second: np.ndarray[Any, Any], order: pd.MultiIndex, level: float
) -> pd.DataFrame:
    """Return the differences between two points, each of shape (outcomes, replications)."""
    both = ~(np.isnan(first).all(axis=0) | np.isnan(second).all(axis=0))
    first, second = first[:, both], second[:, both]
    difference = second - first
    there = ~np.isnan(difference)
    number = there.sum(axis=1)
    late = order.get_level_values("outcome").isin(MEDIANS) & ~there.all(axis=1)
    rows = (number > 0) & ~late
    difference, there, number = difference[rows], there[rows], number[rows].astype(float)
    base, value = (np.where(there, one[rows], 0.0).sum(axis=1) / number for one in (first, second))
    mean = np.where(there, difference, 0.0).sum(axis=1) / number
    squares = np.where(there, (difference - mean[:, None]) ** 2, 0.0).sum(axis=1)
    enough = np.where(number >= FEWEST, number, np.nan)
    half = stdtrit(enough - 1.0, 0.5 + level / 2.0) * np.sqrt(squares / (enough - 1.0) / enough)
    table = order[rows].to_frame(index=False)
    return table.assign(baseline=base, value=value, difference=mean, low=mean - half, high=mean + half)


def manifest_of_sweep(run: SweepRun, started: str, rows: dict[str, int]) -> dict[str, Any]:
    """Return the manifest of a sweep: that of its first point, with times and rows of the whole."""
    return manifest_of(run.points[0].scenario, run.points[0].code, started, rows)
