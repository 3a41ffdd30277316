"""Runs over draws of what nobody knows: each with its own luck, so that the two layers can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.composing.tabled import Points, written
from simulator.config import nearest_setting
from simulator.describing import find_setting
from simulator.errors import Mistake, SettingsError, checked
from simulator.experiments import store
from simulator.experiments.designs import read_table
from simulator.experiments.fitting.worlds import AS_IT_IS, DRAW, Values, world_at
from simulator.experiments.sweep import carry_out, planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.outcomes.intervals import where_reached
from simulator.parameters import Scenario
from simulator.settings_files import settings_folder

PANELS = ("weekly", "programmes", store.BUDGET)
"""Tables that are kept of each run beside its headline outcomes: what costs and gains are reckoned from, and
the result of each payer, which takes the spells."""

NUMBERS = ("number", "whole number")


def read_draws(scenario: Scenario, most: int | None = None) -> list[Values]:
    """Return the draws that a scenario asks for, or one that changes nothing.

    Parameters
    ----------
    scenario : Scenario
        Names the file.
    most : int, optional
        How many at most, evenly taken; besides what the scenario says.

    Raises
    ------
    SettingsError
        If the file cannot be read, or a column is no number of the settings.
    """
    if scenario.draws.file is None:
        return [{}]
    path = find_file(scenario.draws.file)
    rows = read_table(path, "draws.file")
    mistakes = [
        Mistake(f"{path}, column '{key}'", "there is no such number", nearest=nearest_setting(key))
        for key in dict.fromkeys(key for row in rows for key in row)
        if not _is_number(key)
    ]
    mistakes += [
        Mistake(f"{path}, draw {number}, {key}", f"'{value}' is no number", "a number")
        for number, row in enumerate(rows)
        for key, value in row.items()
        if _is_strange(value)
    ]
    if mistakes:
        raise SettingsError([*mistakes, *_mistakes_of_others(scenario, rows)])
    limits = [limit for limit in (most, scenario.draws.most) if limit is not None]
    return thinned([dict(row) for row in rows], min(limits, default=len(rows)))


def overrides_of_draws(scenario: Scenario) -> list[tuple[str, ...]]:
    """Return the draws that a scenario asks for as overrides, each with its own luck, or one without any.

    Raises
    ------
    SettingsError
        As `read_draws`.
    """
    if scenario.draws.file is None:
        return [()]
    return [
        (f"seed={scenario.seed + number}", *(f"{key}={written(value)}" for key, value in draw.items()))
        for number, draw in enumerate(read_draws(scenario))
    ]


def _is_number(key: str) -> bool:
    setting = find_setting(key)
    return setting is not None and setting.kind in NUMBERS


def _is_strange(value: object) -> bool:
    return isinstance(value, bool) or not isinstance(value, int | float)


def _mistakes_of_others(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> list[Mistake]:
    """Return what is wrong with the numbers of settings that there are, so that all is told at once."""
    own = scenario.model_copy(update={"draws": AS_IT_IS})
    known = (
        {key: one for key, one in row.items() if _is_number(key) and not _is_strange(one)} for row in rows
    )
    try:
        checked(partial(world_at, own, values) for values in known)
    except SettingsError as error:
        return list(error.mistakes)
    return []


def find_file(name: str) -> Path:
    """Return a file of draws: as it is named, or among the simulator's own."""
    for path in (Path(name), settings_folder() / "draws" / name):
        if path.is_file():
            return path
    here = settings_folder() / "draws"
    own = ", ".join(sorted(path.name for path in here.glob("*.csv"))) or "none yet"
    raise SettingsError(
        [Mistake("draws.file", f"there is no file {name}", f"a CSV file; the simulator's own: {own}")]
    )


def thinned(rows: Sequence[Values], most: int) -> list[Values]:
    """Return at most so many rows, evenly taken."""
    if len(rows) <= most:
        return list(rows)
    return [rows[place] for place in np.linspace(0, len(rows) - 1, most).round().astype(int)]


def scenarios_of(scenario: Scenario, draws: Sequence[Values]) -> list[Scenario]:
    """Return a scenario at every draw; each draw has its own luck, the same in all scenarios with this seed.

    Raises
    ------
    SettingsError
        With every mistake at any draw.
    """
    own_luck = ({"seed": scenario.seed + number, "draws": AS_IT_IS} for number in range(len(draws)))
    pairs = zip((scenario.model_copy(update=one) for one in own_luck), draws, strict=True)
    return checked(partial(world_at, alone, values) for alone, values in pairs)


def simulate_draws(scenario: Scenario, folder: Path) -> pd.DataFrame:
    """Simulate what is missing of a scenario at every draw, and return the headline outcomes of each.

    Returns
    -------
    DataFrame
        Columns draw, replication, outcome, unit, value.
    """
    sweep = plan_draws(scenario, folder)
    carry_out(sweep)
    parts = [
        pd.read_parquet(point.folder / f"{store.OUTCOMES}.parquet").assign(**{DRAW: number})
        for number, point in enumerate(sweep.points)
    ]
    return pd.concat(parts, ignore_index=True)[[DRAW, "replication", "outcome", "unit", "value"]]


def plan_draws(scenario: Scenario, folder: Path) -> SweepRun:
    """Return the sweep over a scenario's draws, checked."""
    draws = read_draws(scenario)
    table = tuple({DRAW: number, **values} for number, values in enumerate(draws))
    run = planned_table(scenario, folder, Points(table, tuple(scenarios_of(scenario, draws))))
    return replace(run, points=tuple(replace(point, more=PANELS) for point in run.points))


def differences(baseline: pd.DataFrame, alternative: pd.DataFrame) -> pd.DataFrame:
    """Return what the second has more than the first, draw by draw and replication by replication."""
    index = [DRAW, "replication", "outcome", "unit"]
    pair = alternative.set_index(index)["value"] - baseline.set_index(index)["value"]
    return where_reached(pair.rename("value").reset_index()).dropna(ignore_index=True)
