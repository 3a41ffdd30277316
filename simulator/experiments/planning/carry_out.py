"""A plan from settings to tables: its options are points of sweeps, in folders beneath its own."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.pairing import Loader
from simulator.errors import Mistake, SettingsError
from simulator.experiments import store
from simulator.experiments.compiling import prepare
from simulator.experiments.fitting.worlds import AS_IT_IS, Values
from simulator.experiments.planning.conditions import (
    Condition,
    check_measures,
    goal_measure,
    read_conditions,
    time_measure,
)
from simulator.experiments.planning.deciding import (
    Decision,
    decide,
    decide_over_draws,
    excess_of,
    indifference_of,
    plan_table,
    standard_of,
)
from simulator.experiments.planning.levels import Array, Levels, levels_of
from simulator.experiments.planning.marginal import (
    STAFF,
    by_caseworker,
    marginal_table,
    neighbours,
    with_more_posts,
)
from simulator.experiments.planning.options import FEWEST, Options, draws_of, read_options
from simulator.experiments.planning.search import check_library, search
from simulator.experiments.run import plan_of, results_folder
from simulator.experiments.worker import Piece, files_of, own_code, simulate_piece
from simulator.files import write_bytes
from simulator.outcomes.criteria import COST_OF_BOTH
from simulator.parameters import Scenario
from simulator.parameters.plan import Plan
from simulator.provenance import manifest_of, now, settings_hash, settings_of
from simulator.study_vocabulary import Goal

TABLE, MARGINAL, TRIED = "plan.csv", "marginal.csv", "tried.csv"
OF_DRAWS, MORE_POSTS = "draws", "posts"
OPTION = "option"
OTHER_GOALS = (Goal.TIME_ON_BENEFIT, Goal.CLIENTS_ON_BENEFIT)
"""Goals that are no cost: what an option costs is then told besides."""


@dataclass(frozen=True)
class Asked:
    """A plan that has been read and found right.

    Attributes
    ----------
    plan : Plan
        Its settings.
    conditions : tuple of Condition
        What has to hold.
    options : Options
        What there is to choose from.
    draws : list of mapping
        Draws of the settings; empty if they are taken as they are.
    units : mapping of str to str
        The unit of each measure of a run.
    indifference : float
        Smallest difference of the goal that matters, in its unit.
    """

    plan: Plan
    conditions: tuple[Condition, ...]
    options: Options
    draws: list[Values]
    units: dict[str, str]
    indifference: float

    @property
    def goal(self) -> str:
        """Name of the measure that is to be least."""
        return self.options.measures[0]

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the measures that are told besides."""
        return self.options.measures[1 + len(self.conditions) :]


@dataclass(frozen=True)
class Answer:
    """What came out of a plan.

    Attributes
    ----------
    asked : Asked
        The plan; its options are those that were compared in the end.
    decision : Decision
        What was chosen, in the order of the options.
    table : DataFrame
        `deciding.plan_table` with the settings of each option in front.
    marginal : DataFrame
        What one more caseworker changes.
    tried : int
        Options there were in all.
    simulated : int
        Options that were simulated, those of the search among them.
    manifest : mapping
        Of the plan's folder.
    """

    asked: Asked
    decision: Decision
    table: pd.DataFrame
    marginal: pd.DataFrame
    tried: int
    simulated: int
    manifest: Mapping[str, Any]


def read_plan(scenario: Scenario, load: Loader, before: Sequence[Mistake] = ()) -> Asked:
    """Return a plan that can be carried out; nothing is written.

    Parameters
    ----------
    scenario : Scenario
        The municipality, and what is asked.
    load : Loader
        Composes the options.
    before : sequence of Mistake
        What was found wrong in the settings, and left out of the scenario.

    Raises
    ------
    SettingsError
        With those, and every mistake in options, conditions and draws.
    """
    plan = scenario.study
    assert isinstance(plan, Plan)
    conditions, wrong = read_conditions(plan)
    mistakes = [*before, *wrong]
    if scenario.replications < FEWEST:
        mistakes.append(Mistake("replications", "1 does not tell luck from options", "2 or more"))
    options, draws = None, []
    try:
        options = read_options(scenario, results_folder(scenario), plan.options, load)
    except SettingsError as error:
        mistakes += error.mistakes
    try:
        draws = draws_of(scenario)
    except SettingsError as error:
        mistakes += error.mistakes
    is_right = all(one.where.startswith("study.") for one in before)
    can_try = is_right and (conditions or not mistakes)
    trial = _try(scenario) if can_try else pd.DataFrame(columns=["value", "unit"])
    names = list(trial.index)
    mistakes += check_measures(conditions, names) if is_right else []
    if mistakes or options is None:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    if len(options) > plan.most_compared:
        check_library()
    asked_for = (one.measure for one in conditions)
    wanted = (goal_measure(plan.goal, names), *asked_for, STAFF, COST_OF_BOTH, time_measure(names))
    units = {str(name): str(unit) for name, unit in trial["unit"].items()}
    least = indifference_of(plan, trial["value"], units[wanted[0]], scenario.costs.caseworker_sek_yearly)
    return Asked(plan, tuple(conditions), replace(options, measures=wanted), draws, units, least)


def _try(scenario: Scenario) -> pd.DataFrame:
    """Return value and unit of all measures in a replication of the scenario as it is, none of the plan's."""
    prepare(scenario)
    number = 2 * scenario.replications + cast(Plan, scenario.study).most_replications
    alone = scenario.model_copy(update={"draws": AS_IT_IS})
    piece = Piece(settings_of(alone), own_code(), (store.OUTCOMES, store.MEASURES))
    files = files_of(simulate_piece(piece, range(number, number + 1)))
    tables = [pd.read_parquet(io.BytesIO(content)) for content in files.values()]
    return pd.concat(tables).set_index("outcome")[["value", "unit"]]


def plan_into(asked: Asked, scenario: Scenario) -> Answer:
    """Simulate what is missing of a plan, write its tables, and return what came out.

    Raises
    ------
    ResultsError
        If the folder holds something else, or a measure is missing somewhere.
    """
    folder, started = asked.options.folder, now()
    with store.open_folder(folder, _identity(asked, scenario)):
        whole = len(asked.options)
        finalists, simulated = _finalists(asked, scenario)
        first = 0 if len(finalists.options) == whole else scenario.replications
        decision = _decide(finalists, scenario, first)
        table = pd.concat(
            [_settings(finalists.options), plan_table(decision, asked.others, asked.plan.confidence)],
            axis=1,
        )
        table = table.loc[decision.order]
        marginal = _marginal(finalists, decision, first)
        answer = Answer(finalists, decision, table, marginal, whole, simulated, {})
        return replace(answer, manifest=_write(folder, scenario, started, answer))


def _identity(asked: Asked, scenario: Scenario) -> dict[str, object]:
    hashes = [settings_hash(one)[:16] for one in asked.options.points.scenarios]
    draws = {str(number): dict(draw) for number, draw in enumerate(asked.draws)}
    study = asked.plan.model_dump(mode="json")
    return {**plan_of(scenario), "study": study, "options": hashes, "drawn_settings": draws}


def _finalists(asked: Asked, scenario: Scenario) -> tuple[Asked, int]:
    """Return the plan with the options that are compared, all or those of a search, and how many it tried."""
    options, plan = asked.options, asked.plan
    if len(options) <= plan.most_compared:
        return asked, len(options)
    means: dict[int, Array] = {}

    def attempt(numbers: Sequence[int], wave: int) -> Array:
        values = options.simulate(numbers, 0, scenario.replications, f"wave={wave}")
        goal, excess = values[:, :1].mean(axis=2), excess_of(values, asked.conditions).mean(axis=2)
        found = np.concatenate([goal, excess], axis=1)
        means.update(zip(numbers, found, strict=True))
        return found

    chosen = search(options.levers, options.points.table, plan, scenario.seed, attempt)
    tried = list(means)
    table = _settings(options.some(tried)).assign(**{OPTION: tried})
    heads = ["goal", *(f"{one}: beyond the bound" for one in asked.conditions)]
    found = pd.DataFrame(np.stack(list(means.values())), columns=pd.Index(heads))
    write_bytes(options.folder / TRIED, pd.concat([table, found], axis=1).to_csv(index=False).encode())
    return replace(asked, options=options.some(chosen)), len(tried)


def _decide(asked: Asked, scenario: Scenario, first: int) -> Decision:
    """Choose among the options, with replications from `first` on."""
    options, replications = asked.options, scenario.replications
    standard = standard_of(asked.plan, asked.conditions, asked.indifference, replications)
    if asked.draws:
        drawn = options.simulate_draws(range(len(options)), asked.draws, OF_DRAWS)
        return decide_over_draws(drawn, standard, asked.conditions, scenario.seed)
    stages = count(1)

    def simulate(numbers: Sequence[int], start: int, end: int) -> Array:
        return options.simulate(numbers, first + start, first + end, f"stage={next(stages)}")

    sizes = (replications, asked.plan.most_replications)
    return decide(simulate, len(options), standard, asked.conditions, scenario.seed, sizes)


def _settings(options: Options) -> pd.DataFrame:
    """Return the settings of every option; a cell of one that has no effect there is empty."""
    rows = [{OPTION: number, **row} for number, row in enumerate(options.acting)]
    return pd.DataFrame(rows, columns=[OPTION, *options.points.table[0]])


def _marginal(asked: Asked, decision: Decision, first: int) -> pd.DataFrame:
    """Return what one more caseworker changes: between neighbours, or with more posts in the best option."""
    options, told_of = asked.options, (asked.goal, *asked.options.measures[-2:])
    names = list(dict.fromkeys(told_of if asked.plan.goal in OTHER_GOALS else (told_of[0], told_of[-1])))
    places = {name: options.measures.index(name) for name in names}
    staff = 1 + len(asked.conditions)
    rows: list[dict[str, object]] = []

    def add(levels: Levels, pair: tuple[int, int], ends: tuple[str, str]) -> None:
        for row in by_caseworker(levels, pair, places, staff, asked.plan.confidence):
            rows.append({"from": ends[0], "to": ends[1], **row, "unit": asked.units[str(row["measure"])]})

    best, scenarios = decision.chosen.nearest, options.points.scenarios
    pairs = neighbours(options.points.table, decision.levels.values[:, staff])
    added = with_more_posts(scenarios[best])
    if added is not None and added[1] in scenarios:  # an option is that step already
        pairs = list(dict.fromkeys([*pairs, (best, scenarios.index(added[1]))]))
        added = None
    for a, b in pairs:
        add(decision.levels, (a, b), (options.named(a), options.named(b)))
    if added is not None:
        further = options.at(*added)
        own = int(decision.levels.counts[best])
        if asked.draws:
            more = further.simulate_draws([0], asked.draws, MORE_POSTS).mean(axis=3)
        else:
            more = further.simulate([0], first, first + own, MORE_POSTS)
        wide = np.pad(more, ((0, 0), (0, 0), (0, decision.values.shape[2] - own)), constant_values=np.nan)
        both = levels_of(np.concatenate([decision.values, wide]), [*decision.chosen.references, best])
        add(both, (best, len(options)), (options.named(best), further.named(0)))
    return marginal_table(rows)


def _write(folder: Path, scenario: Scenario, started: str, answer: Answer) -> dict[str, Any]:
    """Write tables and manifest, and return the manifest."""
    tables = {TABLE: answer.table, MARGINAL: answer.marginal}
    for name, table in tables.items():
        write_bytes(folder / name, table.to_csv(index=False).encode())
    rows = {name: len(table) for name, table in tables.items()}
    choice = answer.decision.chosen
    options = answer.asked.options
    told = {
        "best": None if choice.best is None else options.named(choice.best),
        "reached": choice.reached,
        "indifference": answer.asked.indifference,
        "wanted": choice.unsettled.wanted or answer.decision.values.shape[2],
        "value_of_knowing": None if not answer.asked.draws else answer.decision.value_of_knowing,
    }
    manifest = manifest_of(scenario, source_hash(), started, rows)
    sums = store.sums_of(folder, [folder / name for name in tables])
    whole = {**manifest, "points": answer.tried, "answer": told, "files": sums}
    store.write_json(folder / store.MANIFEST, whole)
    return whole
