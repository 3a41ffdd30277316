"""The worlds of published designs at every draw of settings: composed once, then set number by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from io import BytesIO
from pathlib import Path

import pandas as pd

from simulator.composing.pairing import Load
from simulator.composing.tabled import Points
from simulator.config import read_scenario
from simulator.errors import Mistake, SettingsError, checked, inside_of, nearest
from simulator.experiments import store
from simulator.experiments.compiling import prepare
from simulator.experiments.fitting.facts import Fact
from simulator.experiments.fitting.published import Measure, Tables
from simulator.experiments.fitting.published_worlds import WORLDS
from simulator.experiments.studies.arms import check_trial, inside, load_arms
from simulator.experiments.studies.event_study import check_event_study
from simulator.experiments.sweep import carry_out, planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.experiments.tabulating import tables_of
from simulator.outcomes.tables import STUDY_COLUMNS
from simulator.parameters import Scenario
from simulator.parameters.designs import EventStudy, TrialStudy
from simulator.parameters.fitting import Draws
from simulator.paths import put, value_at
from simulator.provenance import settings_of
from simulator.study_vocabulary import Keep

Values = Mapping[str, float | int]
"""Settings of one draw, by path."""

WORLD, DRAW = "world", "draw"
AS_IT_IS = Draws(file=None, most=None)


def compose_worlds(scenario: Scenario, names: Sequence[str], load: Load) -> dict[str, Scenario]:
    """Return the worlds of a scenario, each with the study that says what it estimates.

    Parameters
    ----------
    scenario : Scenario
        The municipality.
    names : sequence of str
        Which worlds.
    load : callable
        Loads scenarios under the overrides of the command.

    Raises
    ------
    SettingsError
        If a world cannot be made of this scenario, with every mistake.
    """

    def composed(name: str) -> Scenario:
        with inside_of(f"world '{name}'"):
            return _compose(scenario, WORLDS[name], load)

    return dict(zip(names, checked(partial(composed, name) for name in names), strict=True))


def _compose(scenario: Scenario, overrides: Sequence[str], load: Load) -> Scenario:
    wanted = [one for one in overrides if not one.startswith("study")]
    own = load(scenario.scenario, *overrides)
    own = own.model_copy(
        update={"seed": scenario.seed, "replications": scenario.replications, "draws": AS_IT_IS}
    )
    if isinstance(own.study, EventStudy):
        check_event_study(own, own.study)
    if not isinstance(own.study, TrialStudy):
        return own
    check_trial(own, own.study)
    design = own.study

    def with_world(name: str, *changes: str) -> Scenario:
        return load(name, *wanted, *changes).model_copy(update={"seed": own.seed, "draws": AS_IT_IS})

    rules = load_arms(own, design.arms_by_name(), with_world)
    rules = {name: one.model_copy(update={"replications": own.replications}) for name, one in rules.items()}
    shares = tuple(design.shares) or (1.0 / len(rules),) * len(rules)
    return inside(own, rules, shares, design)


def world_at(world: Scenario, values: Values) -> Scenario:
    """Return a world with some numbers at other values: everywhere, save where its design sets them itself.

    Raises
    ------
    SettingsError
        If they are not allowed, or do not fit together.
    """
    tree = deepcopy(settings_of(world))
    copies = [one for one in (tree["reform"], *tree["trial"]["arms"].values()) if one]
    for path, value in values.items():
        before = value_at(tree, path)
        for one in (tree, *(copy for copy in copies if value_at(copy, path) == before)):
            put(one, path, value)
    return read_scenario(tree)


def points_of(worlds: Mapping[str, Scenario], draws: Sequence[Values]) -> Points:
    """Return every world at every draw, draw by draw.

    Raises
    ------
    SettingsError
        With every mistake at any of them.
    """
    every = [(number, name) for number in range(len(draws)) for name in worlds]
    scenarios = checked(
        partial(world_at, worlds[name], _left_open(name, draws[number])) for number, name in every
    )
    table = ({DRAW: number, WORLD: name, **draws[number]} for number, name in every)
    return Points(tuple(table), tuple(scenarios))


def _left_open(name: str, values: Values) -> Values:
    """Return what a world's own design does not set."""
    own = {override.partition("=")[0] for override in WORLDS[name]}
    return {path: value for path, value in values.items() if path not in own}


def simulate_worlds(
    scenario: Scenario, folder: Path, worlds: Mapping[str, Scenario], draws: Sequence[Values]
) -> list[Tables]:
    """Simulate what is missing of every world at every draw, and return their estimates, draw by draw.

    Parameters
    ----------
    scenario : Scenario
        Says who does the work.
    folder : Path
        Where the runs go: a sweep's folder.
    worlds : mapping of str to Scenario
        From `compose_worlds`.
    draws : sequence of mapping
        Settings of each draw.

    Returns
    -------
    list of mapping of str to DataFrame
        For each draw, for each world: a row a replication, a column an estimate.
    """
    sweep = planned_table(scenario, folder, points_of(worlds, draws), Keep.ESTIMATES)
    carry_out(sweep)
    tables = list(_estimates(sweep))
    width = len(worlds)
    return [dict(zip(worlds, tables[n * width : (n + 1) * width], strict=True)) for n in range(len(draws))]


def simulate_once(world: Scenario) -> pd.DataFrame:
    """Simulate one replication of a world in memory; return its estimates: one row, a column an estimate."""
    prepare(world)
    done = tables_of(world, [0], (store.OUTCOMES, store.ESTIMATES), STUDY_COLUMNS)
    return _by_replication(BytesIO(done.files[store.ESTIMATES]))


def _estimates(sweep: SweepRun) -> Iterator[pd.DataFrame]:
    for point in sweep.points:
        yield _by_replication(point.folder / f"{store.ESTIMATES}.parquet")


def _by_replication(file: Path | BytesIO) -> pd.DataFrame:
    return pd.read_parquet(file).pivot(index="replication", columns="estimate", values="value")


def check_estimates(pairs: Iterable[tuple[Fact, Measure]], worlds: Mapping[str, Scenario]) -> None:
    """Raise SettingsError if a measure of a user's own is none that its world estimates.

    Which estimates a world has follows from its settings, so it is simulated once to know them.
    """
    own = [pair for pair in pairs if pair[0].measure]
    looked_in = {measure.worlds[0] for _, measure in own}
    names = {name: [str(one) for one in simulate_once(worlds[name])] for name in looked_in}
    mistakes = [
        Mistake(
            f"fact {fact.id}, measure", f"there is no '{measure.estimate}'", "; ".join(known),
            _nearest(measure.estimate, known),
        )
        for fact, measure in own
        if measure.estimate not in (known := names[measure.worlds[0]])
    ]  # fmt: skip
    if mistakes:
        raise SettingsError(mistakes)


def _nearest(estimate: str, names: Sequence[str]) -> str:
    """Return what may be meant: of an outcome without more the effect on all, or else what is spelt alike."""
    effect = f"effect: all: {estimate}"
    return effect if effect in names else nearest(estimate, names)
