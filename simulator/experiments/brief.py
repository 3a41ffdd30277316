"""A policy brief from its questions to one table: every scenario simulated once, every comparison paired."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pandas as pd

from simulator.composing.pairing import Load
from simulator.composing.tabled import Points
from simulator.errors import Mistake, SettingsError
from simulator.experiments import store
from simulator.experiments.brief_values import differences, values_of_run
from simulator.experiments.comparison import check_same_people
from simulator.experiments.fitting.draws import read_draws, scenarios_of
from simulator.experiments.fitting.worlds import DRAW, Values
from simulator.experiments.opening import open_run
from simulator.experiments.point import Point
from simulator.experiments.run import RESULTS, plan_of
from simulator.experiments.sweep import carry_out, planned_table
from simulator.experiments.sweep_tables import SweepRun
from simulator.experiments.worker import own_code
from simulator.parameters import Scenario
from simulator.parameters.brief import Brief, Question
from simulator.parameters.costs import Accounts
from simulator.provenance import WITHOUT_EFFECT, settings_hash, settings_of
from simulator.study_vocabulary import Keep

BASELINE, ALTERNATIVE = "baseline", "alternative"
SIDES = (BASELINE, ALTERNATIVE)
POINTS, TABLE, RUN = "points", "brief.csv", "run"
FEWEST = 2

NAME = re.compile(r"[A-Za-z0-9_-]+")
EXAMPLE = (
    "study.questions.NAME with name, question, baseline, alternative and caveats, as in "
    "conf/experiment/todays_question.yaml"
)


@dataclass(frozen=True)
class Asked:
    """A question and its two scenarios.

    Attributes
    ----------
    key : str
        Its name in the settings.
    question : Question
        Its texts.
    baseline, alternative : Scenario
        Complete settings.
    """

    key: str
    question: Question
    baseline: Scenario
    alternative: Scenario

    @property
    def sides(self) -> tuple[Scenario, Scenario]:
        """Both scenarios, the baseline first."""
        return self.baseline, self.alternative

    def changes(self) -> list[list[str]]:
        """Return what is changed in either scenario beside its name, each as KEY=VALUE."""
        return [_parts(getattr(self.question, side))[1] for side in SIDES]


@dataclass(frozen=True)
class BriefRun:
    """A policy brief, as it is carried out.

    Attributes
    ----------
    scenario : Scenario
        Asks the questions, and says who does the work and where results go.
    asked : tuple of Asked
        The questions.
    draws : tuple of mapping
        Settings of each draw; one that changes nothing if there are none.
    sweep : SweepRun
        Every scenario at every draw; the same settings stand in it once.
    """

    scenario: Scenario
    asked: tuple[Asked, ...]
    draws: tuple[Values, ...]
    sweep: SweepRun

    @property
    def folder(self) -> Path:
        """Where results go."""
        return self.sweep.folder.parent

    @property
    def plan(self) -> dict[str, object]:
        """What makes this brief this brief."""
        study = settings_of(self.scenario)["study"]
        return {**plan_of(self.scenario), "study": study, "runs": self.sweep.plan["hashes"]}

    def points(self, side: Scenario) -> tuple[Point, ...]:
        """Return the points of a scenario, one a draw."""
        first = list(different_sides(self.asked)).index(settings_hash(side)) * len(self.draws)
        return self.sweep.points[first : first + len(self.draws)]


def plan_brief(scenario: Scenario, load: Load) -> BriefRun:
    """Return a brief that is ready to be carried out; nothing is written.

    Parameters
    ----------
    scenario : Scenario
        Asks the questions.
    load : callable
        Loads the scenarios that they name, under the overrides of the command.

    Raises
    ------
    SettingsError
        With every mistake in any question, scenario or draw.
    """
    asked = read_questions(scenario, load)
    draws = read_draws(scenario)
    if len(draws) > 1 and scenario.replications < FEWEST:
        raise SettingsError([Mistake("replications", "1 cannot tell luck from settings", "2 or more")])
    rows, scenarios = [], []
    for name, side in different_sides(asked).values():
        scenarios += scenarios_of(side, draws)
        rows += [{RUN: name, DRAW: number, **values} for number, values in enumerate(draws)]
    folder = _folder(scenario, scenarios)
    sweep = planned_table(scenario, folder / POINTS, Points(tuple(rows), tuple(scenarios)), Keep.EVERYTHING)
    return BriefRun(scenario, tuple(asked), tuple(draws), sweep)


def read_questions(scenario: Scenario, load: Load) -> list[Asked]:
    """Return the questions of a brief with their scenarios.

    Raises
    ------
    SettingsError
        With every mistake in any of them, by the question in which it stands.
    """
    study = scenario.study
    assert isinstance(study, Brief)
    if not study.questions:
        raise SettingsError([Mistake("study.questions", "asks nothing", EXAMPLE)])
    loaded = cache(partial(_side, scenario, load=load))
    found: list[Asked] = []
    mistakes: list[Mistake] = []
    for key, question in study.questions.items():
        own = list(_misnamed(key))
        sides: list[Scenario] = []
        for side in SIDES:
            try:
                sides.append(loaded(getattr(question, side)))
            except SettingsError as error:
                own += [mistake.within(f"study.questions.{key}.{side}") for mistake in error.mistakes]
        if len(sides) == len(SIDES):
            own += _unlike(f"study.questions.{key}", *sides)
            found.append(Asked(key, question, *sides))
        mistakes += own
    if mistakes:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    return found


def _side(scenario: Scenario, text: str, load: Load) -> Scenario:
    name, changes = _parts(text)
    return load(name or scenario.scenario, *changes)


def _parts(text: str) -> tuple[str, list[str]]:
    """Return the scenario that a text names, if it names one, and the changes behind it."""
    words = text.split()
    named = bool(words) and "=" not in words[0]
    return (words[0], words[1:]) if named else ("", words)


def _misnamed(key: str) -> Iterator[Mistake]:
    if not NAME.fullmatch(key):
        yield Mistake(f"study.questions.{key}", f"'{key}' is no name", "letters, digits, _ and -")


def _unlike(where: str, baseline: Scenario, alternative: Scenario) -> Iterator[Mistake]:
    """Yield why two scenarios make no comparison."""
    try:
        check_same_people(baseline, alternative)
    except SettingsError as error:
        yield from (mistake.within(where) for mistake in error.mistakes)
    if _rules(baseline) == _rules(alternative):
        yield Mistake(where, "baseline and alternative have the same settings", "two that differ")


def _rules(scenario: Scenario) -> dict[str, object]:
    """Return the settings of a scenario, without what only names it."""
    names = {*WITHOUT_EFFECT, "about", "scenario"}
    return {name: value for name, value in settings_of(scenario).items() if name not in names}


def different_sides(asked: Sequence[Asked]) -> dict[str, tuple[str, Scenario]]:
    """Return every different scenario once, by the hash of its settings, with the side that has it first."""
    found: dict[str, tuple[str, Scenario]] = {}
    for one in asked:
        for name, side in zip(SIDES, one.sides, strict=True):
            found.setdefault(settings_hash(side), (f"{one.key}.{name}", side))
    return found


def _folder(scenario: Scenario, scenarios: Sequence[Scenario]) -> Path:
    if scenario.output.dir is not None:
        return Path(scenario.output.dir)
    study = json.dumps(settings_of(scenario)["study"], sort_keys=True)
    texts = "".join([study, *(settings_hash(one) for one in scenarios)])
    whole = store.sum_of(texts.encode())["sha256"]
    name = scenario.experiment or scenario.scenario
    return RESULTS / "brief" / f"{name}-{whole[:10]}-{own_code()[:6]}"


def carry_out_brief(run: BriefRun) -> pd.DataFrame:
    """Simulate what is missing of a brief, and return all differences of all questions.

    Returns
    -------
    DataFrame
        Column question, and those of `brief_values.differences`.
    """
    carry_out(run.sweep)
    values = _Values(run)
    return pd.concat([_answered(values, one) for one in run.asked], ignore_index=True)


def _answered(values: _Values, asked: Asked) -> pd.DataFrame:
    """Return the differences of one question; both sides are reckoned by the alternative's accounts."""
    sides = [values.of(side, asked.alternative.accounts) for side in asked.sides]
    table = differences(sides[0], sides[1])
    table.insert(0, "question", asked.key)
    return table


class _Values:
    """What is told of every scenario, reckoned once for each way in which payers share."""

    def __init__(self, run: BriefRun) -> None:
        self.run = run
        self.known: dict[tuple[str, Accounts], pd.DataFrame] = {}

    def of(self, side: Scenario, accounts: Accounts) -> pd.DataFrame:
        """Return the values of a scenario at every draw, each draw with its number under `draw`."""
        key = (settings_hash(side), accounts)
        if key not in self.known:
            parts = [
                values_of_run(open_run(point.folder), accounts).assign(**{DRAW: number})
                for number, point in enumerate(self.run.points(side))
            ]
            self.known[key] = pd.concat(parts, ignore_index=True)
        return self.known[key]
