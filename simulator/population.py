"""The people: synthetic applicants drawn from published margins, each from luck of their own.

Behind every facet of a person stands a standard normal (a Gaussian copula). Barriers come together through
one common factor (hardship): a barrier is present when its normal passes the threshold of its prevalence.
What else goes together is named in the settings; a facet that is tied to none has a draw of its own.
"""

from __future__ import annotations

import math
import threading
from statistics import NormalDist
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from simulator.agents.client import PERSON
from simulator.compiled import behaviour
from simulator.parameters import Population, Scenario, Vacancies
from simulator.parameters.association import FACETS, FIRST_BARRIER, Facet, root
from simulator.randomness import Luck, normal, poisson, uniform
from simulator.records import Record, copied, table
from simulator.vocabulary import (
    BARRIERS,
    DOORS,
    TRAITS,
    WEEKS_PER_YEAR,
    Barrier,
    Education,
    PopulationMode,
    Purpose,
    Trait,
)

FIRST_NEWCOMER = 2**20
IDS_PER_WEEK = 2**18
"""The stock, and the newcomers of each week, have ids of their own: one more changes nobody else's luck.

All ids stay below 2**32, a word of the counter from which luck is drawn.
"""

World: TypeAlias = tuple[int, int, int, int, Population, bytes]
"""Seed, weeks, offices and settings that make people who they are."""

ROOM_FOR_PEOPLE = 256 * 2**20
"""Bytes for people who come again in other points of a sweep, in each process (assumed: 2 MB a replication
of 1,000 clients and 20 years)."""

YOUNGEST, YOUNG, ELDER, OLDEST = 18.0, 30.0, 50.0, 65.0
NEWLY_ARRIVED_YEARS = 5.0
HALF = 0.5
MOST_CHILDREN = 5
SQUARE_ROOT_OF_TWO = math.sqrt(2.0)
BELOW_ONE = 1.0 - 2.0**-53
LOW_IS_LITTLE = (int(Facet.AGE), int(Facet.EDUCATION))
"""Facets of which a low draw means little; of the others it means much."""

PURPOSES = {
    Facet.AGE: Purpose.AGE,
    Facet.WOMAN: Purpose.SEX,
    Facet.CHILDREN: Purpose.CHILDREN,
    Facet.FOREIGN_BORN: Purpose.ORIGIN,
    Facet.NEWLY_ARRIVED: Purpose.YEARS_IN_COUNTRY,
    Facet.EDUCATION: Purpose.EDUCATION,
    Facet.EXPERIENCE: Purpose.EXPERIENCE,
    Facet.DISABILITY: Purpose.DISABILITY,
    Facet.MOTIVATION: Purpose.MOTIVATION,
    Facet.TRUST: Purpose.TRUST,
    Facet.ABILITY: Purpose.ABILITY,
    Facet.HARDSHIP: Purpose.HARDSHIP,
}
"""What each facet is drawn for; barriers follow, in their order."""

ALWAYS_NORMAL = range(Facet.MOTIVATION, FACETS)
"""Facets that are drawn from the normal distribution whether they are tied or not."""


class Draft(NamedTuple):
    """What people are drawn with, and room for what is between a draw and a trait.

    `bounds` are the thresholds of the barriers; `root` makes correlated normals (`latent`) of unrelated ones
    (`own`), a row a facet. Facets that are `tied` are taken from there; `needed` are those whose normals are
    drawn at all. `purpose` is what each facet is drawn for, `trait` what moves a way out.
    """

    bounds: np.ndarray[Any, Any]
    root: np.ndarray[Any, Any]
    tied: np.ndarray[Any, Any]
    needed: np.ndarray[Any, Any]
    purpose: np.ndarray[Any, Any]
    own: np.ndarray[Any, Any]
    latent: np.ndarray[Any, Any]
    trait: np.ndarray[Any, Any]


def burn_in(scenario: Scenario) -> int:
    """Return the weeks simulated before the first reported one (none for a cohort)."""
    return scenario.population.burn_in_weeks if scenario.population.mode == PopulationMode.FLOW else 0


def vacancies_of_office(scenario: Scenario, luck: Luck, office: int) -> np.ndarray[Any, Any]:
    """Return how many vacancies open in each week near one office (nothing where they are not limited)."""
    vacancies = scenario.vacancies
    if not vacancies.limited:
        return np.zeros(0, np.int64)
    mean = vacancies.per_1000_weekly * scenario.population.size / 1000.0 / scenario.number_of_offices()
    weeks = range(-burn_in(scenario), scenario.weeks)
    means = np.array([mean * _openings_ratio(vacancies, week) for week in weeks])
    counts = np.zeros(len(weeks), np.int64)
    _draw_counts(counts, means, luck, office, weeks.start, int(Purpose.VACANCIES))
    return counts


def _openings_ratio(vacancies: Vacancies, week: int) -> float:
    """Return the openings of a week against their mean: season, times a series of one's own."""
    turn = 2.0 * math.pi * (week - vacancies.season_peak_week) / WEEKS_PER_YEAR
    own = vacancies.series[week % len(vacancies.series)] if vacancies.series else 1.0
    return (1.0 + vacancies.season_amplitude * math.cos(turn)) * own


def people_of_office(scenario: Scenario, p: Record, luck: Luck, office: int) -> np.recarray[Any, Any]:
    """Return the records of everybody who ever applies at one office, in order of first application."""
    world, place = _world(scenario, p, luck), (luck.replication, office)
    known = DRAWN.get(world, place)
    if known is not None:
        return copied(known)
    people = _new_people(scenario, p, luck, office)
    DRAWN.keep(world, place, people)
    return people


def _world(scenario: Scenario, p: Record, luck: Luck) -> World:
    """Return all that people depend on, besides replication and office."""
    offices, traits = scenario.number_of_offices(), p.doors.traits.tobytes()
    return luck.seed_low, luck.seed_high, scenario.weeks, offices, scenario.population, traits


def _new_people(scenario: Scenario, p: Record, luck: Luck, office: int) -> np.recarray[Any, Any]:
    ids, weeks = _applicants(scenario, luck, office)
    people = table(len(ids), PERSON)
    people.id, people.first_week = ids, weeks
    _draw_people(people, _draft(scenario, p), p, luck)
    return people


def _draft(scenario: Scenario, p: Record) -> Draft:
    """Return what the people of a scenario are drawn with."""
    standard = NormalDist()
    bounds = [standard.inv_cdf(1.0 - share) if 0.0 < share < 1.0 else math.copysign(40.0, 0.5 - share)
              for share in p.population.prevalence]  # fmt: skip
    factor = root(scenario.population.associations.values(), scenario.population.hardship_loading)
    beside = factor != 0.0
    np.fill_diagonal(beside, False)
    tied = beside.any(axis=0) | beside.any(axis=1)
    needed = tied.copy()
    needed[list(ALWAYS_NORMAL)] = True
    purposes = [*PURPOSES.values(), *(Purpose.BARRIER + barrier for barrier in range(BARRIERS))]
    rooms = (np.zeros(FACETS), np.zeros(FACETS), np.zeros(TRAITS))
    return Draft(np.array(bounds), factor, tied, needed, np.array(purposes, np.int64), *rooms)


class Drawn:
    """People drawn before: points of a sweep share their luck, and most often their people.

    Nothing is kept until there is room. Once it is full nothing more is: to drop the oldest would drop all
    before they are asked for again, as each point asks for the same replications in the same order.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._people: dict[tuple[int, int], np.recarray[Any, Any]] = {}
        self._world: World | None = None
        self._room = self._free = 0

    def make_room(self, size: int) -> None:
        """Keep people in at most so many bytes; 0 forgets all."""
        with self._guard:
            if size != self._room:
                self._room = size
                self._forget()

    def get(self, world: World, place: tuple[int, int]) -> np.recarray[Any, Any] | None:
        """Return the people of a replication and office as they were drawn, or None; not to be changed."""
        with self._guard:
            return self._people.get(place) if world == self._world else None

    def keep(self, world: World, place: tuple[int, int], people: np.recarray[Any, Any]) -> None:
        """Keep a copy if there is room; people of another world are forgotten."""
        with self._guard:
            if world != self._world:
                self._forget()
                self._world = world
            if place not in self._people and people.nbytes <= self._free:
                self._free -= people.nbytes
                self._people[place] = copied(people)

    def _forget(self) -> None:
        self._people, self._world, self._free = {}, None, self._room


DRAWN = Drawn()


def _applicants(
    scenario: Scenario, luck: Luck, office: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    population, offices = scenario.population, scenario.number_of_offices()
    stock = np.arange(office, population.size, offices)
    if population.mode == PopulationMode.COHORT:
        return stock, np.zeros(len(stock), np.int64)
    first = -population.burn_in_weeks
    mean = population.newcomers_per_1000_weekly * population.size / 1000.0 / offices
    weeks = np.arange(first, scenario.weeks)
    counts = np.zeros(len(weeks), np.int64)
    _draw_counts(counts, np.full(len(weeks), mean), luck, office, first, int(Purpose.ARRIVALS))
    starts = FIRST_NEWCOMER + (weeks - first) * IDS_PER_WEEK + office
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.concatenate([stock, np.repeat(starts, counts) + offices * within]), np.concatenate(
        [np.full(len(stock), first), np.repeat(weeks, counts)]
    )


@behaviour
def _draw_counts(counts: Any, means: Any, luck: Luck, office: int, first: int, purpose: int) -> None:  # noqa: ANN401
    """Draw a Poisson number for each week from `first` on, in pieces small enough for the inversion."""
    for number in range(len(counts)):
        pieces = max(1, math.ceil(means[number] / 500.0))
        for piece in range(pieces):
            mean = means[number] / pieces
            counts[number] += poisson(luck, office * 1000 + piece, first + number, mean, purpose)


@behaviour
def _draw_people(people: Any, draft: Draft, p: Record, luck: Luck) -> None:  # noqa: ANN401
    for person in people:
        _draw_latent(draft, person.id, luck)
        _draw_background(person, draft, p, luck)
        _draw_barriers(person, draft, p, luck)
        _set_traits(draft, person)
        for door in range(DOORS):
            eta = 0.0
            for number in range(TRAITS):
                eta += p.doors.traits[door, number] * draft.trait[number]
            person.eta[door] = eta


@behaviour
def _draw_latent(draft: Draft, who: int, luck: Luck) -> None:
    """Draw the standard normals behind a person's facets, those that are tied with their correlations."""
    for facet in range(FACETS):
        if draft.needed[facet]:
            draft.own[facet] = normal(luck, who, 0, draft.purpose[facet])
            latent = 0.0
            for other in range(facet + 1):
                latent += draft.root[facet, other] * draft.own[other]
            draft.latent[facet] = latent


@behaviour
def _place(draft: Draft, facet: int, who: int, luck: Luck) -> float:
    """Return where a person falls among all, uniform between 0 and 1."""
    number = int(facet + 0)
    if not draft.tied[number]:
        return uniform(luck, who, 0, draft.purpose[number])
    latent = draft.latent[number]
    if number in LOW_IS_LITTLE:
        latent = -latent
    return min(BELOW_ONE, 0.5 * math.erfc(latent / SQUARE_ROOT_OF_TWO))


@behaviour
def _draw_background(person: Record, draft: Draft, p: Record, luck: Luck) -> None:
    population = p.population
    who = person.id
    draw = _place(draft, Facet.AGE, who, luck)
    young = population.share_under_30
    if draw < young:
        person.age = YOUNGEST + (YOUNG - YOUNGEST) * draw / young
    else:
        person.age = YOUNG + (OLDEST - YOUNG) * (draw - young) / (1.0 - young)
    person.woman = 1 if _place(draft, Facet.WOMAN, who, luck) < population.share_women else 0
    person.children = _number_of_children(
        _place(draft, Facet.CHILDREN, who, luck), population.share_with_children
    )
    _draw_origin(person, draft, p, luck)
    draw = _place(draft, Facet.EDUCATION, who, luck)
    person.education = Education.SECONDARY
    if draw < population.share_primary_education:
        person.education = Education.PRIMARY
    elif draw > 1.0 - population.share_tertiary_education:
        person.education = Education.TERTIARY
    working_years = person.age - YOUNGEST
    person.experience_years = working_years * min(
        1.0, population.experience_years / 22.0 * -math.log(_place(draft, Facet.EXPERIENCE, who, luck))
    )
    disabled = _place(draft, Facet.DISABILITY, who, luck) < population.share_disability
    person.disability = 1 if disabled else 0
    person.motivation = 1.0 + population.motivation_sd * draft.latent[Facet.MOTIVATION]
    person.motivation = min(1.5, max(0.2, person.motivation))
    person.trust = min(1.0, max(0.0, population.trust_mean + population.trust_sd * draft.latent[Facet.TRUST]))


@behaviour
def _draw_origin(person: Record, draft: Draft, p: Record, luck: Luck) -> None:
    foreign = _place(draft, Facet.FOREIGN_BORN, person.id, luck) < p.population.share_foreign_born
    person.foreign_born = 1 if foreign else 0
    person.years_in_country = person.age
    if person.foreign_born == 1:
        draw = _place(draft, Facet.NEWLY_ARRIVED, person.id, luck)
        recent = p.population.share_newly_arrived
        if draw < recent:
            person.years_in_country = NEWLY_ARRIVED_YEARS * draw / recent
        else:
            longest = max(NEWLY_ARRIVED_YEARS, person.age - 10.0)
            person.years_in_country = NEWLY_ARRIVED_YEARS + (longest - NEWLY_ARRIVED_YEARS) * (
                draw - recent
            ) / (1.0 - recent)


@behaviour
def _number_of_children(draw: float, share: float) -> int:
    """Return 0 with probability 1 - `share`, else one to five, each half as likely as the one before."""
    if draw >= share:
        return 0
    children = 1
    left = draw / share
    while left < HALF and children < MOST_CHILDREN:
        left *= 2.0
        children += 1
    return children


@behaviour
def _draw_barriers(person: Record, draft: Draft, p: Record, luck: Luck) -> None:
    shape = (1.0 - p.population.severity_mean) / p.population.severity_mean
    for barrier in range(BARRIERS):
        person.barrier[barrier] = 0.0
        if draft.latent[FIRST_BARRIER + barrier] > draft.bounds[barrier]:
            person.barrier[barrier] = uniform(luck, person.id, 0, Purpose.SEVERITY + barrier) ** shape
    if person.foreign_born == 0:
        person.barrier[Barrier.LANGUAGE] = 0.0


@behaviour
def _set_traits(draft: Draft, person: Record) -> None:
    trait = draft.trait
    trait[Trait.UNDER_30] = 1.0 if person.age < YOUNG else 0.0
    trait[Trait.OVER_50] = 1.0 if person.age >= ELDER else 0.0
    trait[Trait.WOMAN] = person.woman
    trait[Trait.CHILDREN] = 1.0 if person.children > 0 else 0.0
    trait[Trait.FOREIGN_BORN] = person.foreign_born
    newly = person.foreign_born == 1 and person.years_in_country < NEWLY_ARRIVED_YEARS
    trait[Trait.NEWLY_ARRIVED] = 1.0 if newly else 0.0
    trait[Trait.PRIMARY_EDUCATION] = 1.0 if person.education == Education.PRIMARY else 0.0
    trait[Trait.TERTIARY_EDUCATION] = 1.0 if person.education == Education.TERTIARY else 0.0
    trait[Trait.EXPERIENCE] = person.experience_years / 10.0
    trait[Trait.DISABILITY] = person.disability
    trait[Trait.ABILITY] = draft.latent[Facet.ABILITY]
