"""The options of a plan: a table of settings, a validated scenario of each, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from math import prod
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.composing.idle import why_idle
from simulator.composing.levers import Lever, Row, read_levers
from simulator.composing.pairing import Loader
from simulator.composing.tabled import Points
from simulator.errors import Mistake, ResultsError, SettingsError, checked
from simulator.experiments import store
from simulator.experiments.designs import grid, one_at_a_time
from simulator.experiments.fitting.draws import read_draws, scenarios_of
from simulator.experiments.fitting.worlds import AS_IT_IS, DRAW, Values
from simulator.experiments.planning.levels import Array
from simulator.experiments.sweep import carry_out, planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.parameters import Scenario
from simulator.settings_files import list_options
from simulator.study_vocabulary import Keep

FEWEST = 2
LIMIT = "caseload.limit"
MOST_OPTIONS = 5_000
"""Most options. All are composed and checked before the first is simulated, so that every mistake is told; of
so many that takes a quarter of a minute and half a gigabyte. A surrogate tells no finer steps apart."""

ALIKE_FOR_ALL = {
    "about", "accounts", "costs", "draws", "engine", "output", "population", "precision", "replications",
    "scenario", "seed", "study", "weeks", "workers",
}  # fmt: skip
"""Settings by which options must not differ: people, luck and time, prices, and how the work is done."""

CHOSEN = "what people, luck, weeks and prices leave open"
EXAMPLE = "caseload.clients_per_caseworker=40,60,80"


@dataclass(frozen=True)
class Options:
    """The options of a plan, and how to have them simulated.

    Attributes
    ----------
    scenario : Scenario
        The municipality; says who does the work.
    folder : Path
        Of the plan.
    levers : tuple of Lever
        What makes an option.
    points : Points
        Every option, validated; of combinations that come to the same, the first.
    acting : tuple of mapping
        The settings of each option that have an effect in it.
    combined : int
        Combinations that were named.
    measures : tuple of str
        What is read of each replication.
    """

    scenario: Scenario
    folder: Path
    levers: tuple[Lever, ...]
    points: Points
    acting: tuple[Row, ...]
    combined: int
    measures: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.points.table)

    def named(self, number: int) -> str:
        """Return what makes an option, as on the command line."""
        return " ".join(f"{key}={value}" for key, value in self.acting[number].items())

    def simulate(self, numbers: Sequence[int], first: int, last: int, name: str) -> Array:
        """Simulate what is missing of some options, from one replication up to another.

        Parameters
        ----------
        numbers : sequence of int
            Which options.
        first, last : int
            The replication to begin with, and the one before which to end.
        name : str
            Of the folder beneath the plan's.

        Returns
        -------
        array, shape (options, measures, replications)
        """
        chosen = [self.points.scenarios[number] for number in numbers]
        scenarios = tuple(one.model_copy(update={"replications": last, "draws": AS_IT_IS}) for one in chosen)
        table = tuple(self.points.table[number] for number in numbers)
        sweep = self._carried_out(Points(table, scenarios), name, first)
        return np.stack([self._values(point.folder, last - first) for point in sweep.points])

    def simulate_draws(self, numbers: Sequence[int], draws: Sequence[Values], name: str) -> Array:
        """Simulate options at every draw of the settings, in a folder, each draw with its own luck.

        Returns
        -------
        array, shape (options, measures, draws, replications)
        """
        replications = self.scenario.replications
        makers = (lambda n=number: scenarios_of(self.points.scenarios[n], draws) for number in numbers)
        scenarios = tuple(one for own in checked(makers) for one in own)
        table = tuple(
            {**self.points.table[number], DRAW: place, **draw}
            for number in numbers
            for place, draw in enumerate(draws)
        )
        sweep = self._carried_out(Points(table, scenarios), name, 0)
        values = np.stack([self._values(point.folder, replications) for point in sweep.points])
        shaped = values.reshape(len(numbers), len(draws), len(self.measures), replications)
        return np.asarray(shaped.transpose(0, 2, 1, 3))

    def at(self, row: Row, scenario: Scenario) -> Options:
        """Return a single further option in place of these."""
        return replace(self, points=Points((row,), (scenario,)), acting=(row,))

    def some(self, numbers: Sequence[int]) -> Options:
        """Return some of the options."""
        acting = tuple(self.acting[number] for number in numbers)
        return replace(self, points=some(self.points, numbers), acting=acting)

    def _carried_out(self, points: Points, name: str, first: int) -> SweepRun:
        sweep = planned_table(self.scenario, self.folder / name, points, Keep.MEASURES, first)
        carry_out(sweep)
        return sweep

    def _values(self, folder: Path, replications: int) -> Array:
        """Return the measures of a point, shape (measures, replications)."""
        parts = [pd.read_parquet(folder / f"{name}.parquet") for name in (store.OUTCOMES, store.MEASURES)]
        wide = pd.concat(parts).pivot_table(index="outcome", columns="replication", values="value")
        values = wide.reindex(list(self.measures)).to_numpy(float)
        if values.shape[1] != replications or np.isnan(values).any():
            lacking = [name for name, own in zip(self.measures, values, strict=True) if np.isnan(own).any()]
            raise ResultsError(
                f"{folder} has no value of {'; '.join(lacking)} in some replications: too few people or "
                "weeks to measure it. Leave it out of the plan, or simulate a larger municipality."
            )
        return values


def read_options(scenario: Scenario, folder: Path, text: str, load: Loader) -> Options:
    """Return the options that a plan names, each validated.

    Raises
    ------
    SettingsError
        With every mistake at any option.
    """
    levers, mistakes = read_levers("study.options", text, list_options(load.folders), MOST_OPTIONS)
    mistakes += [
        Mistake("study.options", f"{one.key} is a range, which has no end of options", f"{one.key}=VALUE,...")
        for one in levers
        if one.is_range
    ]
    is_fixed = [one.key.partition(".")[0] in ALIKE_FOR_ALL for one in levers]
    mistakes += [
        Mistake("study.options", f"{one.key} is nothing that a plan can choose", CHOSEN)
        for one in compress(levers, is_fixed)
    ]
    mistakes += [
        Mistake("study.options", f"{one.key}={value} stands there twice")
        for one in levers
        for value in dict.fromkeys(one.values)
        if one.values.count(value) > 1
    ]
    mistakes = mistakes or _wrong_number(text, prod(len(one.values) for one in levers))
    levers = [one for one, fixed in zip(levers, is_fixed, strict=True) if not fixed]
    rows = one_at_a_time(levers) if mistakes else grid(levers)
    points = load.points(scenario.scenario, rows, mistakes)
    acting = [
        {key: value for key, value in row.items() if not why_idle(key, one.caseload)}
        for row, one in zip(points.table, points.scenarios, strict=True)
    ]
    mistakes = list(_idle(levers, acting, points))
    if mistakes:
        raise SettingsError(mistakes)
    places: dict[str, int] = {}
    for number, row in enumerate(acting):
        places.setdefault(str(row), number)
    first = list(places.values())
    own = some(points, first)
    return Options(scenario, folder, tuple(levers), own, tuple(acting[one] for one in first), len(rows))


def _wrong_number(text: str, number: int) -> list[Mistake]:
    if number > MOST_OPTIONS:
        problem, allowed = f"makes {number:,} options", f"at most {MOST_OPTIONS:,}"
        return [Mistake("study.options", f"'{text}' {problem}", allowed)]
    return (
        []
        if number >= FEWEST
        else [Mistake("study.options", f"'{text}' leaves nothing to choose from", EXAMPLE)]
    )


def some(points: Points, numbers: Sequence[int]) -> Points:
    """Return some of the points."""
    return Points(
        tuple(points.table[number] for number in numbers),
        tuple(points.scenarios[number] for number in numbers),
    )


def _idle(levers: Sequence[Lever], acting: Sequence[Row], points: Points) -> Iterator[Mistake]:
    """Yield the settings that make no difference to any option."""
    for lever in levers:
        if not any(lever.key in row for row in acting):
            reasons = dict.fromkeys(why_idle(lever.key, one.caseload) for one in points.scenarios)
            other = "caseload=limit" if lever.key == LIMIT else "another option of caseload"
            yield Mistake("study.options", f"{lever.key} has no effect with {' or '.join(reasons)}", other)


def draws_of(scenario: Scenario) -> list[Values]:
    """Return the draws of the settings that nobody knows; none if the scenario names no file.

    Raises
    ------
    SettingsError
        If they cannot be read, or are too few to tell anything.
    """
    if scenario.draws.file is None:
        return []
    draws = read_draws(scenario)
    if len(draws) < FEWEST:
        raise SettingsError([Mistake("draws", "one draw does not tell what not knowing does", "2 or more")])
    return draws
