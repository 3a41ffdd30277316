"""A sensitivity study from settings to tables: its points are those of a sweep, in a folder beneath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.tabled import Points
from simulator.describing import find_setting
from simulator.errors import Mistake, ResultsError, SettingsError, checked, nearest
from simulator.experiments import store
from simulator.experiments.factors import Factor, factors_of, scenario_at
from simulator.experiments.run import drawn, plan_of, results_folder
from simulator.experiments.sensitivity import Array, Design, design_of, indices, tornado
from simulator.experiments.sensitivity_places import PLACE, noise_of, places
from simulator.experiments.sweep import carry_out, planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.roles import role_of
from simulator.parameters.study import Sensitivity
from simulator.provenance import manifest_of, now
from simulator.study_vocabulary import SensitivityMethod

POINTS = "points"
INDICES, TORNADO, NOISE, VARIED = "sensitivity.csv", "tornado.csv", "noise.csv", "varied.csv"
SHARE = "share of the variance"
"""The unit of Sobol indices."""


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
        Columns outcome, monte_carlo, without_common_luck and their intervals: shares of the variance between
        points; by_luck: the ranking measure of a setting that does nothing, in the unit of the measure.
    varied : DataFrame
        Columns setting, role, at_rest, low, high, is_own, unit, source.
    points : int
        How many points there are.
    """

    indices: pd.DataFrame
    tornado: pd.DataFrame
    noise: pd.DataFrame
    varied: pd.DataFrame
    points: int

    @property
    def files(self) -> dict[str, pd.DataFrame]:
        """The tables by the names of their files."""
        return {INDICES: self.indices, TORNADO: self.tornado, NOISE: self.noise, VARIED: self.varied}


Draw = Callable[[Answer, Mapping[str, Any]], None]
"""Draws an answer into its folder, pictures and report; takes the manifest besides, still without files."""


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


def varied_table(factors: list[Factor]) -> pd.DataFrame:
    """Return what is varied: setting, role, at_rest, low, high, is_own, unit, source.

    `is_own` says whether the range was given with the study; the source is that of the setting's value and of
    its plausible range.
    """
    rows = []
    for factor in factors:
        setting = find_setting(factor.path)
        assert setting is not None  # only settings are varied
        rows.append({
            "setting": factor.path, "role": role_of(setting.path).label, "at_rest": factor.value,
            "low": factor.low, "high": factor.high, "is_own": factor.is_own, "unit": factor.unit,
            "source": setting.source,
        })  # fmt: skip
    return pd.DataFrame(rows)


def analyse_into(
    folder: Path, scenario: Scenario, draw: Draw, more: Mapping[str, Any] | None = None
) -> Answer:
    """Simulate what is missing of a study, write its tables, draw them, and return them.

    Parameters
    ----------
    folder : Path
        Where it all goes.
    scenario : Scenario
        Asks for the study.
    draw : callable
        Draws the answer.
    more : mapping, optional
        What the manifest holds besides.

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
        for name, table in answer.files.items():
            write_bytes(folder / name, table.to_csv(index=False).encode())
        rows = {name: len(table) for name, table in answer.files.items()}
        manifest = {**manifest_of(scenario, source_hash(), started, rows), **(more or {})}
        draw(answer, manifest)
        sums = store.sums_of(folder, [*(folder / name for name in answer.files), *drawn(folder)])
        store.write_json(folder / store.MANIFEST, {**manifest, "points": answer.points, "files": sums})
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
    parts: list[list[pd.DataFrame]] = [[], [], []]
    for (outcome, unit), whole in values.items():
        sample = whole[design.first_of_sample :]
        if np.ptp(sample.mean(axis=1)) == 0.0:
            continue  # nothing moves it
        noise = pd.DataFrame([noise_of(sample, study)])
        tables = (
            ranked_measures(design, sample, study, seed, unit),
            tornado(design, whole).assign(unit=unit),
            noise,
        )
        for part, table in zip(parts, tables, strict=True):
            table.insert(0, "outcome", outcome)
            part.append(table)
    if study.outcome not in {table["outcome"].iloc[0] for table in parts[0]}:
        raise ResultsError(f"'{study.outcome}' is the same at every point: nothing that was varied moves it.")
    found, alone, noise = (pd.concat(part, ignore_index=True) for part in parts)
    return Answer(found, alone, noise, varied_table(list(design.factors)), len(sweep.points))


def ranked_measures(design: Design, sample: Array, study: Sensitivity, seed: int, unit: str) -> pd.DataFrame:
    """Return the indices of every setting, each with its unit, and below them the places."""
    means = sample.mean(axis=1)
    own = SHARE if study.method == SensitivityMethod.SOBOL else unit
    measured = indices(design, means, study, seed).assign(unit=own)
    return pd.concat([measured, places(design, means, study).assign(unit=PLACE)], ignore_index=True)


def _values(sweep: SweepRun) -> Iterator[tuple[tuple[str, str], Array]]:
    """Yield each outcome with its unit and values, shape (points, replications), if none is missing."""
    tables = [pd.read_parquet(point.folder / f"{store.OUTCOMES}.parquet") for point in sweep.points]
    whole = pd.concat([table.assign(point=number) for number, table in enumerate(tables)])
    shape = (len(tables), whole["replication"].nunique())
    for (outcome, unit), part in whole.groupby(["outcome", "unit"], sort=False):
        wide = part.pivot_table(index="point", columns="replication", values="value")
        if wide.shape == shape and not wide.isna().to_numpy().any():
            yield (str(outcome), str(unit)), wide.to_numpy(float)
