"""Who the people are: shares, and what goes together, as the settings want them and as they are drawn.

Of the applicants both have to agree, but for luck. The stock is who has not left: it comes out as it does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from simulator.composing.joint import interval, polychoric
from simulator.composing.margins import TRAITS, Margin
from simulator.engine import Engine
from simulator.experiments.compiling import prepare
from simulator.experiments.runner import replicate
from simulator.office import Office
from simulator.outcomes.intervals import with_intervals
from simulator.parameters import Population, Scenario
from simulator.parameters.association import Facet, correlations
from simulator.paths import value_at
from simulator.population import NEWLY_ARRIVED_YEARS, YOUNG, YOUNGEST, burn_in
from simulator.vocabulary import WEEKS_PER_YEAR, Barrier, Status

APPLICANTS, STOCK = "applicants", "stock"
MIDDLE = ("lower half", "upper half")
HALVED = ("experience", "motivation", "trust")
"""Facets that are no shares: cut at their middles, to see what goes together with them."""

VALUES: Mapping[str, tuple[str, ...]] = {
    **{trait: margin.values for trait, margin in TRAITS.items()},
    **dict.fromkeys(HALVED, MIDDLE),
}
FIRST = dict(zip(VALUES, np.cumsum([0, *map(len, VALUES.values())]), strict=False))
"""Where the values of each facet begin in a tally."""

MARGIN_COLUMNS = ["who", "trait", "value", "wanted", "drawn", "low", "high"]
ASSOCIATION_COLUMNS = ["who", "first", "second", "wanted", "drawn", "low", "high", "persons"]
AMONG_FOREIGN = ("newly_arrived", Barrier.LANGUAGE.label)

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Tallies = dict[str, dict[int, Numbers]]
"""Of applicants and stock, by replication: how many people have both of two values, for all pairs of them."""


def tally_people(scenario: Scenario) -> Tallies:
    """Draw the people of every replication, and play the burn-in if there is one.

    Returns
    -------
    dict
        Who, then number of the replication: array of shape (values, values), in the order of `VALUES`; along
        the diagonal stands how many have a value.
    """
    short = scenario.model_copy(update={"weeks": 1})
    if burn_in(scenario):
        prepare(scenario)
    done = dict(replicate(short, range(scenario.replications), _tally))
    whos = next(iter(done.values()))
    return {who: {number: done[number][who] for number in sorted(done)} for who in whos}


def margins_table(
    tallies: Tallies, scenario: Scenario, stock: Population | None, level: float = 0.95
) -> pd.DataFrame:
    """Return shares as wanted and drawn: who, trait, value, wanted, drawn, low, high.

    Parameters
    ----------
    tallies : dict
        As `tally_people` gives them.
    scenario : Scenario
        What is wanted of the applicants.
    stock : Population, optional
        What the stock is held against.
    level : float
        Confidence of the interval over replications; there is none of a single one.
    """
    rows = [
        {"who": who, "trait": trait, "value": value, "replication": number, "share": share}
        for who, by_number in tallies.items()
        for number, tally in by_number.items()
        for trait, value, share in _shares(tally)
    ]
    long = pd.DataFrame(rows).rename(columns={"value": "word", "share": "value"})
    table = with_intervals(long, ["who", "trait", "word"], level)
    table = table.rename(columns={"value": "drawn", "word": "value"})
    sought = {APPLICANTS: wanted_shares(scenario.population), STOCK: wanted_shares(stock) if stock else {}}
    places = zip(table["who"], table["trait"], table["value"], strict=True)
    table["wanted"] = [sought[who].get((trait, value), math.nan) for who, trait, value in places]
    return table[MARGIN_COLUMNS]


def associations_table(tallies: Tallies, scenario: Scenario, quantile: float) -> pd.DataFrame:
    """Return what goes together as wanted and drawn: who, first, second, wanted, drawn, low, high, persons.

    The correlation behind a two-way table of all replications together (`composing.joint.polychoric`), with
    the interval of so many people. Where a value has nobody, or no pair both, there is none.

    Parameters
    ----------
    tallies : dict
        As `tally_people` gives them.
    scenario : Scenario
        What is wanted of the applicants.
    quantile : float
        Of the standard normal, for the interval.
    """
    population = scenario.population
    matrix = correlations(population.associations.values(), population.hardship_loading)
    rows = []
    for who, by_number in tallies.items():
        tally = _added(by_number.values())
        for first, second in combinations(VALUES, 2):
            counts = _block(tally, first, second)
            sought = matrix[Facet[first.upper()], Facet[second.upper()]] if who == APPLICANTS else math.nan
            rows.append([who, first, second, sought, *_told(counts, quantile), counts.sum()])
    return pd.DataFrame(rows, columns=ASSOCIATION_COLUMNS)


def wanted_shares(population: Population) -> dict[tuple[str, str], float]:
    """Return the share of each value of each trait that settings ask for."""
    settings = population.model_dump(mode="json")
    return {
        (trait, value): share for trait, margin in TRAITS.items() for value, share in _whole(margin, settings)
    }


def _whole(margin: Margin, settings: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield all values of a trait with their shares; the one that no setting holds has the rest."""
    told = {value: float(value_at(settings, setting)) for value, setting in margin.settings.items()}
    for value in margin.values:
        yield value, told.get(value, 1.0 - sum(told.values()))


def _tally(scenario: Scenario, replication: int) -> dict[str, Numbers]:
    engine = Engine(scenario, scenario.seed, replication)
    population, weeks = scenario.population, burn_in(scenario)
    tallies = {APPLICANTS: _added(_counted(office.people, population) for office in engine.offices)}
    if weeks:
        engine.play(weeks)
        tallies[STOCK] = _added(_counted(_on_benefit(office), population) for office in engine.offices)
    return tallies


def _added(tallies: Iterable[Numbers]) -> Numbers:
    return np.sum(list(tallies), axis=0)


def _on_benefit(office: Office) -> np.recarray[Any, Any]:
    """Return those on benefit now, as old as they are now."""
    clients = office.clients[: office.state[0].slots]
    there = clients[clients["status"] != Status.AWAY]
    people = office.people[there["person"]].copy()
    years = (office.state[0].week - people["first_week"]) / WEEKS_PER_YEAR
    people["age"] += years
    people["years_in_country"] += years
    people["barrier"] = there["barrier"]
    return people


def _counted(people: np.recarray[Any, Any], population: Population) -> Numbers:
    """Return how many people have both of two values, for all pairs of values."""
    codes = _codes(people, population)
    columns = [codes[facet] == number for facet, values in VALUES.items() for number in range(len(values))]
    indicators = np.array(columns, dtype=np.float64)
    return indicators @ indicators.T


def _codes(people: np.recarray[Any, Any], population: Population) -> dict[str, np.ndarray[Any, Any]]:
    """Return which value of each facet people have, -1 for none."""
    foreign = people["foreign_born"] == 1
    worked = people["experience_years"] / np.maximum(people["age"] - YOUNGEST, 1.0 / WEEKS_PER_YEAR)
    codes = {
        "age": people["age"] >= YOUNG,
        "woman": people["woman"],
        "children": people["children"] > 0,
        "foreign_born": foreign,
        "newly_arrived": people["years_in_country"] < NEWLY_ARRIVED_YEARS,
        "education": people["education"],
        "disability": people["disability"],
        **{barrier.label: people["barrier"][:, barrier] > 0.0 for barrier in Barrier},
        "experience": worked >= population.experience_years / 22.0 * math.log(2.0),
        "motivation": people["motivation"] > 1.0,
        "trust": people["trust"] > population.trust_mean,
    }
    among = {name: np.where(foreign, codes[name], -1) for name in AMONG_FOREIGN}
    return {name: np.asarray(code, np.int64) for name, code in {**codes, **among}.items()}


def _shares(tally: Numbers) -> Iterator[tuple[str, str, float]]:
    for trait, margin in TRAITS.items():
        counts = np.diag(_block(tally, trait, trait))
        total = counts.sum()
        for value, count in zip(margin.values, counts, strict=True):
            yield trait, value, count / total if total else math.nan


def _block(tally: Numbers, first: str, second: str) -> Numbers:
    rows, columns = (slice(FIRST[name], FIRST[name] + len(VALUES[name])) for name in (first, second))
    return tally[rows, columns]


def _told(counts: Numbers, quantile: float) -> tuple[float, float, float]:
    """Return the correlation behind a two-way table with its interval, or nothing where it cannot be told."""
    if not counts.all():
        return math.nan, math.nan, math.nan
    correlation, error = polychoric(counts)
    return correlation, *interval(correlation, error, quantile)
