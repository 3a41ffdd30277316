"""Studies at several points: each in a folder of its own, and one table of what all of them estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.tabled import Points
from simulator.errors import ResultsError
from simulator.experiments import store
from simulator.experiments.run import REPORT, RESULTS
from simulator.experiments.sweep_tables import (
    DESIGN,
    FAILURES,
    POINT,
    TABLE,
    text_of,
    varied_columns,
)
from simulator.files import write_bytes
from simulator.provenance import manifest_of, now, settings_hash, settings_of

ESTIMATES: Mapping[str, str] = {
    "compare": "comparison.csv",
    "trial": "effects.csv",
    "offices": "effects.csv",
    "event_study": "effects.csv",
    "cohort": "effects.csv",
    "rollout": "effects.csv",
    "sensitivity": "sensitivity.csv",
    "patterns": "patterns.csv",
    "validate": "validation.csv",
}
"""The table of estimates that a study leaves, by its kind; the others leave none that could be joined."""

TOGETHER = "together"
"""What marks the manifest of such a folder."""

Failures = Mapping[int, str]
RunAll = Callable[[Callable[[int], Path]], Failures]
"""Carries out the study at every point, into the folder that it is given, and returns why points failed."""


@dataclass(frozen=True)
class Together:
    """Studies of one kind at several points.

    Attributes
    ----------
    points : Points
        The points.
    """

    points: Points

    @property
    def kind(self) -> str:
        """The kind of study."""
        return str(self.points.scenarios[0].study.kind)

    @property
    def folder(self) -> Path:
        """Where results go: `output.dir`, or a folder named by hashes of all settings and of the code."""
        first = self.points.scenarios[0]
        if first.output.dir is not None:
            return Path(first.output.dir)
        whole = store.sum_of("".join(self._hashes()).encode())["sha256"]
        return RESULTS / self.kind / f"{first.scenario}-points-{whole[:10]}-{source_hash()[:6]}"

    @property
    def plan(self) -> dict[str, Any]:
        """What makes these studies these."""
        rows = {str(number): dict(row) for number, row in enumerate(self.points.table)}
        return {TOGETHER: self.kind, "points": rows, "hashes": self._hashes(), "code": source_hash()}

    def of_point(self, number: int) -> Path:
        """Return the folder of a point."""
        return self.folder / f"{POINT}={number}"

    def _hashes(self) -> list[str]:
        """Return a hash of settings and study at each point."""
        return [
            store.sum_of(f"{settings_hash(one)}{settings_of(one)['study']}".encode())["sha256"][:16]
            for one in self.points.scenarios
        ]


def carry_out_together(
    run: Together, run_all: RunAll, draw: Callable[[Together, pd.DataFrame, pd.DataFrame], None]
) -> pd.DataFrame:
    """Carry out the studies, write their table, and return the points that failed: point, settings, error.

    Parameters
    ----------
    run : Together
        What is to be done.
    run_all : callable
        Does it; a study that is done already is not done again.
    draw : callable
        Writes the report of estimates and failures into the folder.

    Raises
    ------
    ResultsError
        If the folder cannot be used, or all points failed.
    """
    started = now()
    with store.open_folder(run.folder, run.plan):
        write_bytes(run.folder / DESIGN, _design(run).to_csv(index=False).encode())
        failures = _failure_table(run, run_all(run.of_point))
        write_bytes(run.folder / FAILURES, failures.to_csv(index=False).encode())
        table = estimate_table(run, set(failures[POINT]))
        write_bytes(run.folder / f"{TABLE}.csv", table.to_csv(index=False).encode())
        store.write_table(run.folder / f"{TABLE}.parquet", table)
        draw(run, table, failures)
        if failures.empty:
            names = (f"{TABLE}.csv", f"{TABLE}.parquet", DESIGN, FAILURES, REPORT)
            rows = {f"{TABLE}.parquet": len(table)}
            manifest = manifest_of(run.points.scenarios[0], source_hash(), started, rows)
            sums = store.sums_of(run.folder, [run.folder / name for name in names])
            whole = {**manifest, TOGETHER: run.kind, "points": len(run.points.table), "files": sums}
            store.write_json(run.folder / store.MANIFEST, whole)
    return failures


def estimate_table(run: Together, failed: set[int]) -> pd.DataFrame:
    """Return the estimates of all studies: point, the settings that are varied, and the study's columns.

    Raises
    ------
    ResultsError
        If every point failed.
    """
    numbers = [number for number in range(len(run.points.table)) if number not in failed]
    if not numbers:
        raise ResultsError(f"The study failed at every point; {run.folder / FAILURES} says why.")
    parts = [pd.read_csv(run.of_point(n) / ESTIMATES[run.kind]).assign(**{POINT: n}) for n in numbers]
    table = pd.concat(parts, ignore_index=True)
    return table[[POINT]].join(varied_columns(run.points.table), on=POINT).join(table.drop(columns=POINT))


def _design(run: Together) -> pd.DataFrame:
    frame = varied_columns(run.points.table)
    frame.insert(0, POINT, range(len(frame)))
    return frame


def _failure_table(run: Together, failed: Failures) -> pd.DataFrame:
    rows = list(_failure_rows(run, failed))
    return pd.DataFrame(rows, columns=[POINT, *run.points.table[0], "error"])


def _failure_rows(run: Together, failed: Failures) -> Iterator[dict[str, object]]:
    for number, error in sorted(failed.items()):
        settings = {key: text_of(value) for key, value in run.points.table[number].items()}
        yield {POINT: number, **settings, "error": error}
