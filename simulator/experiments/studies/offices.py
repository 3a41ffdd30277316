"""Offices that work differently: an outcome of their clients, regressed on what differs between them.

Every office has its own staff, places and vacancies and settings drawn (evenly over a range) or given, and
plays with the luck of its own people. Nothing else differs between offices but who happens to live there, so
here the regression finds effects; one of real offices would also find what else differs between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import pandas as pd

from simulator.composing.levers import check_range
from simulator.composing.pairing import Load
from simulator.config import read_scenario
from simulator.errors import Mistake, SettingsError, checked, inside_of, nearest
from simulator.experiments.comparison import check_same_people
from simulator.experiments.studies.subgroups import check_columns, groups_of, of_subgroup
from simulator.experiments.studies.worlds import Draw, Plan, World, empty_spells
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.regression import least_squares
from simulator.outcomes.status import (
    DOORS_TO_WORK,
    EMPLOYED,
    OUTSIDE_ON_BENEFIT,
    UNEMPLOYED,
    weeks_by_status,
)
from simulator.parameters import Scenario
from simulator.parameters.designs import OfficesStudy
from simulator.randomness import luck_of, uniform
from simulator.vocabulary import Door, Purpose

INTERVAL = re.compile(r"interval\(([^,()]+),([^,()]+)\)")
KEYS = ("group", "covariate", "outcome", "unit")
OFFICES = "offices"


class OfPeople(NamedTuple):
    """What can be regressed: each person's value within the follow-up, or over the first spell."""

    values: Callable[[pd.DataFrame, pd.DataFrame, int], pd.Series]
    unit: str


def _weeks_on_benefit(people: pd.DataFrame, spells: pd.DataFrame, weeks: int) -> pd.Series:
    return weeks_by_status(spells, people, weeks)[[UNEMPLOYED, OUTSIDE_ON_BENEFIT]].sum(axis=1)


def _weeks_in_work(people: pd.DataFrame, spells: pd.DataFrame, weeks: int) -> pd.Series:
    return weeks_by_status(spells, people, weeks)[EMPLOYED]


def _exit(people: pd.DataFrame, _: pd.DataFrame, weeks: int) -> pd.Series:
    return people["exited"] & (people["weeks"] <= weeks)


def _exit_through(doors: Sequence[str], people: pd.DataFrame, spells: pd.DataFrame, weeks: int) -> pd.Series:
    return _exit(people, spells, weeks) & people["door"].isin(doors)


OF_PEOPLE = {
    "weeks_on_benefit": OfPeople(_weeks_on_benefit, "weeks"),
    "weeks_in_work": OfPeople(_weeks_in_work, "weeks"),
    "exit": OfPeople(_exit, "share"),
    "exit_to_work": OfPeople(partial(_exit_through, DOORS_TO_WORK), "share"),
    **{
        f"exit_through_{door.label}": OfPeople(partial(_exit_through, (door.label,)), "share")
        for door in Door
    },
    "meetings": OfPeople(lambda people, *_: people["meetings"], "talks"),
    "referrals": OfPeople(lambda people, *_: people["referrals"], "referrals"),
    "weeks_to_first_activity": OfPeople(
        lambda people, *_: (people["first_activity_week"] - people["entry_week"]).astype(float), "weeks"
    ),
}


def _check_regression(
    scenario: Scenario, design: OfficesStudy, spells: pd.DataFrame, varied: Sequence[str]
) -> None:
    """Raise SettingsError with everything in a regression that cannot be carried out."""
    mistakes = []
    if not varied:
        mistakes.append(Mistake("study.vary", "nothing differs between offices", "KEY=interval(LOW,HIGH)"))
    if design.outcome not in OF_PEOPLE:
        mistakes.append(_unknown("outcome", design.outcome, OF_PEOPLE))
    names = [*varied, *spells.select_dtypes(["number", "bool"]).columns]
    mistakes += [
        Mistake("study.characteristics", f"'{one}' is no number", ", ".join(names))
        if one in spells
        else _unknown("characteristics", one, names)
        for one in design.characteristics
        if one not in names
    ]
    if design.follow_up_weeks > scenario.weeks:
        longest = f"up to {scenario.weeks}"
        mistakes.append(Mistake("study.follow_up_weeks", "is longer than the run", longest))
    if mistakes:
        raise SettingsError(mistakes)


def read_vary(text: str) -> tuple[dict[str, tuple[float, float]], dict[str, list[str]]]:
    """Return the settings drawn between two numbers, and those given, from what differs between offices.

    Raises
    ------
    SettingsError
        If a part of the text is neither.
    """
    drawn: dict[str, tuple[float, float]] = {}
    given: dict[str, list[str]] = {}
    mistakes = []
    for part in text.split():
        key, _, values = part.partition("=")
        try:
            if interval := INTERVAL.fullmatch(values):
                drawn[key] = float(interval[1]), float(interval[2])
            elif key and values and "interval" not in values:
                given[key] = values.split(",")
            else:
                raise ValueError
        except ValueError:
            mistakes.append(
                Mistake(
                    "study.vary", f"'{part}' cannot be read", "KEY=interval(LOW,HIGH), or KEY=VALUE,VALUE"
                )
            )
    if mistakes:
        raise SettingsError(mistakes)
    return drawn, given


def _unknown(key: str, name: str, allowed: Sequence[str] | Mapping[str, object]) -> Mistake:
    return Mistake(f"study.{key}", f"there is no '{name}'", ", ".join(allowed), nearest(name, allowed))


@dataclass(frozen=True)
class OfficesPlan(Plan):
    """A municipality whose offices differ.

    Attributes
    ----------
    varied : DataFrame
        What differs: one row an office.
    """

    varied: pd.DataFrame


def plan_offices(scenario: Scenario, design: OfficesStudy, load: Load, draw: Draw = ()) -> OfficesPlan:
    """Return the municipality with the rules of each of its offices, and what differs.

    Raises
    ------
    SettingsError
        If the design cannot be carried out, or a setting that differs changes who the people are.
    """
    drawn, given = read_vary(design.vary)
    wrong = [one.within("study.vary") for key, span in drawn.items() for one in check_range(key, *span)]
    names = {"study": scenario.study, "output": scenario.output}
    spells = empty_spells(scenario)
    rules: list[Scenario] = []
    rows: list[dict[str, object]] = []

    @cache
    def composed(*overrides: str) -> Scenario:
        whole = load(scenario.scenario, *draw, f"population.offices={design.offices}", *overrides)
        return whole.model_copy(update=names)

    def add(number: int) -> None:
        chosen = {key: some[number % len(some)] for key, some in given.items()}
        with inside_of("study.vary"):
            own = composed(*(f"{key}={value}" for key, value in chosen.items()))
        if wrong:
            raise SettingsError(wrong)
        lots = enumerate(drawn.items())
        values = {key: _drawn(span, place, number, design, scenario.seed) for place, (key, span) in lots}
        rules.append(_with(own, values))
        rows.append({"office": number, **chosen, **values})

    def check_people() -> None:
        with inside_of("study.vary"):
            for own in rules:
                check_same_people(composed(), own)

    by = [("by", design.by)] if design.by else []
    checks: list[Callable[[], None]] = [
        lambda: check_columns(spells, design.subgroup, *by),
        lambda: _check_regression(scenario, design, spells, [*drawn, *given]),
        *(partial(add, number) for number in range(design.offices)),
        check_people,
    ]
    checked(checks)
    return OfficesPlan({OFFICES: World(composed(), tuple(rules))}, pd.DataFrame(rows))


def _drawn(span: tuple[float, float], place: int, office: int, design: OfficesStudy, seed: int) -> float:
    """Return an office's value of a setting: one from each of so many equal parts of the range."""
    low, high = span
    lots = [uniform(luck_of(seed, 0), other, place, Purpose.OFFICE) for other in range(design.offices)]
    rank = sorted(range(design.offices), key=lots.__getitem__).index(office)
    return low + (high - low) * (rank + lots[office]) / design.offices


def _with(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return the scenario with settings set, rounded where they are whole numbers."""
    tree: dict[str, Any] = scenario.model_dump()
    mistakes = []
    for key, value in values.items():
        *above, last = key.split(".")
        node: Any = tree
        for part in above:
            node = node.get(part, {}) if isinstance(node, dict) else {}
        old = node.get(last) if isinstance(node, dict) else None
        if isinstance(old, bool) or not isinstance(old, int | float):
            mistakes.append(Mistake("study.vary", f"{key} is no setting that is a number", "KEY=VALUE,VALUE"))
            continue
        node[last] = round(value) if isinstance(old, int) else value
    if mistakes:
        raise SettingsError(mistakes)
    return read_scenario(tree)


def office_rows(
    plan: OfficesPlan, worlds: Mapping[str, Outcome], design: OfficesStudy
) -> Iterator[dict[str, object]]:
    """Yield the coefficients of the regression, replication by replication.

    Each has group (stratum), covariate, outcome, unit (of the outcome; the effect is that of one more of the
    covariate), people, effect and study_error (robust standard error of one such study).
    """
    spells, weeks = worlds[OFFICES].spells, plan.worlds[OFFICES].scenario.weeks
    yield from _coefficients(office_table(spells, design, plan.varied, weeks), design, plan.varied)


def office_table(
    spells: pd.DataFrame, design: OfficesStudy, varied: pd.DataFrame, weeks: int
) -> pd.DataFrame:
    """Return outcome, characteristics and people of offices, a row a replication, stratum and office."""
    first = spells[(spells["spell"] == 1) & spells["entry_week"].between(0, weeks - design.follow_up_weeks)]
    first = first[of_subgroup(first, design.subgroup)]
    people = first.assign(origin=first["entry_week"], group=groups_of(first, design.by))
    outcome = OF_PEOPLE[design.outcome].values(people, spells, design.follow_up_weeks).astype(float)
    own = [name for name in design.characteristics if name not in varied]
    keys = ["replication", "group", "office"]
    table = people[keys + own].assign(outcome=outcome).astype(dict.fromkeys(own, float))
    offices = table.groupby(keys)
    return offices.mean().assign(people=offices.size()).reset_index().merge(varied, on="office")


def _coefficients(
    table: pd.DataFrame, design: OfficesStudy, varied: pd.DataFrame
) -> Iterator[dict[str, object]]:
    covariates = design.characteristics or [str(name) for name in varied if name != "office"]
    for (replication, group), part in table.groupby(["replication", "group"]):
        for _, row in least_squares(part, "outcome", covariates).iterrows():
            yield {
                "replication": replication, "group": group, "covariate": row["covariate"],
                "outcome": design.outcome, "unit": OF_PEOPLE[design.outcome].unit,
                "people": int(part["people"].sum()), "effect": row["coefficient"], "study_error": row["se"],
            }  # fmt: skip
