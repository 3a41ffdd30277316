"""People: who may apply, drawn from the margins that a scenario states."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from statistics import NormalDist

from simulator.parameters import Exit, Population
from simulator.vocabulary import Barrier, Education, Trait

YOUNG = 30.0
"""From this age on a person is no longer young."""

STANDARD = NormalDist()


@dataclass
class Person:
    """Somebody who applies at least once: what lasts from one spell to the next.

    Traits are those of the first application, in `first_week`; `log_ratios` is what they mean for each
    way out. `wishes` has a number for each programme; `reserve` keeps
    from consenting to the sharing of an assessment.
    """

    number: int
    first_week: int
    age: float
    woman: bool
    children: int
    foreign_born: bool
    years_in_country: float
    education: Education
    experience_years: float
    disability: bool
    ability: float
    motivation: float
    trust: float
    barriers: list[float]
    wishes: list[float]
    reserve: float
    log_ratios: list[float] = field(default_factory=list)
    spells: int = 0

    @property
    def traits(self) -> dict[Trait, float]:
        """The traits that move the ways out, as numbers."""
        return {
            Trait.UNDER_30: self.age < YOUNG,
            Trait.OVER_50: self.age >= 50.0,
            Trait.WOMAN: self.woman,
            Trait.CHILDREN: self.children > 0,
            Trait.FOREIGN_BORN: self.foreign_born,
            Trait.NEWLY_ARRIVED: self.foreign_born and self.years_in_country < 5.0,
            Trait.PRIMARY_EDUCATION: self.education == Education.PRIMARY,
            Trait.TERTIARY_EDUCATION: self.education == Education.TERTIARY,
            Trait.EXPERIENCE: self.experience_years / 10.0,
            Trait.DISABILITY: self.disability,
            Trait.ABILITY: self.ability,
        }

    def weigh_traits(self, ways_out: Iterable[Exit]) -> None:
        """Work out what the traits mean for each way out."""
        traits = self.traits
        self.log_ratios = [
            sum(beta * traits[trait] for trait, beta in way.traits.items()) for way in ways_out
        ]


def draw_person(random: Random, number: int, week: int, p: Population, programmes: int) -> Person:
    """Draw one who applies for the first time in `week`; `number` counts all applicants."""
    age = _age(random, p)
    foreign_born = random.random() < p.share_foreign_born
    return Person(
        number=number,
        first_week=week,
        age=age,
        woman=random.random() < p.share_women,
        children=_children(random, p),
        foreign_born=foreign_born,
        years_in_country=_years_in_country(random, age, p) if foreign_born else age,
        education=_education(random, p),
        experience_years=(age - 18.0) * min(1.0, p.experience_years / 22.0 * random.expovariate(1.0)),
        disability=random.random() < p.share_disability,
        ability=random.gauss(0.0, 1.0),
        motivation=min(1.5, max(0.2, random.gauss(1.0, p.motivation_sd))),
        trust=min(1.0, max(0.0, random.gauss(p.trust_mean, p.trust_sd))),
        barriers=_barriers(random, foreign_born, p),
        wishes=[random.random() for _ in range(programmes)],
        reserve=random.random(),
    )


def _age(random: Random, p: Population) -> float:
    if random.random() < p.share_under_30:
        return random.uniform(18.0, YOUNG)
    return random.uniform(YOUNG, 65.0)


def _children(random: Random, p: Population) -> int:
    """One to five children for those who have any, each number half as likely as the one before."""
    if random.random() >= p.share_with_children:
        return 0
    children = 1
    while children < 5 and random.random() < 0.5:
        children += 1
    return children


def _years_in_country(random: Random, age: float, p: Population) -> float:
    if random.random() < p.share_newly_arrived:
        return random.uniform(0.0, 5.0)
    return random.uniform(5.0, max(5.0, age - 10.0))


def _education(random: Random, p: Population) -> Education:
    draw = random.random()
    if draw < p.share_primary_education:
        return Education.PRIMARY
    return Education.TERTIARY if draw > 1.0 - p.share_tertiary_education else Education.SECONDARY


def _barriers(random: Random, foreign_born: bool, p: Population) -> list[float]:
    """Draw barriers that come together: one common factor lies behind all of them."""
    loading = p.hardship_loading
    hardship = random.gauss(0.0, 1.0)
    barriers = []
    for barrier in Barrier:
        tendency = loading * hardship + math.sqrt(1.0 - loading**2) * random.gauss(0.0, 1.0)
        present = STANDARD.cdf(tendency) > 1.0 - p.prevalence.get(barrier, 0.0)
        if barrier == Barrier.LANGUAGE and not foreign_born:
            present = False
        barriers.append(random.random() ** (1.0 / p.severity_mean - 1.0) if present else 0.0)
    return barriers
