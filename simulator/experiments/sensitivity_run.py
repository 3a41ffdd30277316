"""A sensitivity study from settings to tables: its points are those of a sweep, in a folder beneath."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.tabled import Points
from simulator.errors import Mistake, ResultsError, SettingsError, checked, nearest
from simulator.experiments import store
from simulator.experiments.factors import factors_of, scenario_at
from simulator.experiments.run import plan_of, results_folder
from simulator.experiments.sensitivity import Array, Design, design_of, indices, noise_shares, tornado
from simulator.experiments.sweep import carry_out, planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.study import Sensitivity
from simulator.provenance import manifest_of, now

POINTS, INDICES, TORNADO, NOISE = "points", "sensitivity.csv", "tornado.csv", "noise.csv"


@dataclass(frozen=True)
class Answer:
    """What came out of a sensitivity study.

    Attributes
    ----------
    indices : DataFrame
        Columns outcome, setting, measure, value, low, high, unit.
    tornado : DataFrame
        Columns outcome, setting, at, difference, low, high, unit.
    noise : DataFrame
        Columns outcome, monte_carlo, without_common_luck: shares of the variance between points.
    """

    indices: pd.DataFrame
    tornado: pd.DataFrame
    noise: pd.DataFrame


def study_of(scenario: Scenario) -> Sensitivity:
    """Return the study that a scenario asks for."""
    assert isinstance(scenario.study, Sensitivity)
    return scenario.study


def planned_points(scenario: Scenario, design: Design) -> SweepRun:
    """Return the sweep over the points of a design, every point validated.

    Raises
    ------
    SettingsError
        With every mistake at any point.
    """
    rows = design.points()
    at_rest = {factor.path: factor.value for factor in design.factors}
    scenarios = checked(partial(scenario_at, scenario, row) for row in rows)
    points = Points(tuple({**at_rest, **row} for row in rows), tuple(scenarios))
    return planned_table(scenario, results_folder(scenario) / POINTS, points)


def analyse_into(folder: Path, scenario: Scenario) -> Answer:
    """Simulate what is missing of a study, write its tables, and return them.

    Raises
    ------
    SettingsError
        If nothing can be varied so, a point is not allowed, or there is no such outcome.
    ResultsError
        If the folder holds something else.
    """
    study = study_of(scenario)
    design = design_of(factors_of(scenario, study), study, scenario.seed)
    sweep = planned_points(scenario, design)
    started = now()
    with store.open_folder(folder, {**plan_of(scenario), "study": study.model_dump(mode="json")}):
        carry_out(sweep)
        answer = _analysed(sweep, design, study, scenario.seed)
        tables = {INDICES: answer.indices, TORNADO: answer.tornado, NOISE: answer.noise}
        for name, table in tables.items():
            write_bytes(folder / name, table.to_csv(index=False).encode())
        rows = {name: len(table) for name, table in tables.items()}
        manifest = manifest_of(scenario, source_hash(), started, rows)
        sums = store.sums_of(folder, [folder / name for name in tables])
        store.write_json(folder / store.MANIFEST, {**manifest, "points": len(sweep.points), "files": sums})
    return answer


def _analysed(sweep: SweepRun, design: Design, study: Sensitivity, seed: int) -> Answer:
    """Return the analysis of every outcome that all points have in all replications."""
    values = dict(_values(sweep))
    names = [outcome for outcome, _ in values]
    if study.outcome not in names:
        problem = f"'{study.outcome}' is not an outcome of every point"
        raise SettingsError(
            [Mistake("study.outcome", problem, "; ".join(names), nearest(study.outcome, names))]
        )
    parts: list[list[pd.DataFrame]] = [[], []]
    noise = []
    for (outcome, unit), whole in values.items():
        sample = whole[design.first_of_sample :]
        if np.ptp(sample.mean(axis=1)) == 0.0:
            continue  # nothing moves it
        tables = (indices(design, sample.mean(axis=1), study, seed), tornado(design, whole))
        for part, table in zip(parts, tables, strict=True):
            table.insert(0, "outcome", outcome)
            part.append(table.assign(unit=unit))
        paired, alone = noise_shares(sample)
        noise.append({"outcome": outcome, "monte_carlo": paired, "without_common_luck": alone})
    if study.outcome not in {row["outcome"] for row in noise}:
        raise ResultsError(f"'{study.outcome}' is the same at every point: nothing that was varied moves it.")
    found, alone_each = (pd.concat(part, ignore_index=True) for part in parts)
    return Answer(found, alone_each, pd.DataFrame(noise))


def _values(sweep: SweepRun) -> Iterator[tuple[tuple[str, str], Array]]:
    """Yield each outcome with its unit and values, shape (points, replications), if none is missing."""
    tables = [pd.read_parquet(point.folder / f"{store.OUTCOMES}.parquet") for point in sweep.points]
    whole = pd.concat([table.assign(point=number) for number, table in enumerate(tables)])
    shape = (len(tables), whole["replication"].nunique())
    for (outcome, unit), part in whole.groupby(["outcome", "unit"], sort=False):
        wide = part.pivot_table(index="point", columns="replication", values="value")
        if wide.shape == shape and not wide.isna().to_numpy().any():
            yield (str(outcome), str(unit)), wide.to_numpy(float)
