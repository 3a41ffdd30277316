"""The margins that the settings ask for come out."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.composing import load_scenario
from simulator.office import build_office
from simulator.population import FIRST_NEWCOMER, people_of_office
from simulator.vocabulary import Barrier, Education

SIZE = 40_000


@pytest.fixture(scope="module")
def people() -> np.recarray:
    scenario = load_scenario("default", "population.mode=cohort", f"population.size={SIZE}")
    office = build_office(scenario, 11, 0, 0)
    return people_of_office(scenario, office.settings[0], office.luck, 0)


def assert_share(found: np.ndarray, share: float) -> None:
    """Hold a share within five standard errors: wrong less than once in a million for each."""
    assert abs(found.mean() - share) < 5.0 * np.sqrt(share * (1.0 - share) / len(found))


def test_shares_come_out(people: np.recarray) -> None:
    settings = load_scenario("default").population
    assert_share(people.age < 30.0, settings.share_under_30)
    assert_share(people.woman == 1, settings.share_women)
    assert_share(people.children > 0, settings.share_with_children)
    assert_share(people.foreign_born == 1, settings.share_foreign_born)
    born_abroad = people[people.foreign_born == 1]
    assert_share(born_abroad.years_in_country < 5.0, settings.share_newly_arrived)
    assert_share(people.education == Education.PRIMARY, settings.share_primary_education)
    assert_share(people.education == Education.TERTIARY, settings.share_tertiary_education)
    assert_share(people.disability == 1, settings.share_disability)


def test_barriers_come_out_and_come_together(people: np.recarray) -> None:
    settings = load_scenario("default").population
    for barrier, prevalence in settings.prevalence.items():
        group = people[people.foreign_born == 1] if barrier == Barrier.LANGUAGE else people
        assert_share(group.barrier[:, barrier] > 0.0, prevalence)
    present = people.barrier[:, [Barrier.HEALTH, Barrier.SKILLS]] > 0.0
    both, apart = present.all(axis=1).mean(), present.mean(axis=0).prod()
    assert both > apart + 5.0 * np.sqrt(apart / SIZE)
    native = people[people.foreign_born == 0]
    assert (native.barrier[:, Barrier.LANGUAGE] == 0.0).all()
    severity = people.barrier[:, Barrier.HEALTH][people.barrier[:, Barrier.HEALTH] > 0.0]
    assert severity.mean() == pytest.approx(settings.severity_mean, abs=0.02)


def test_traits_stay_within_their_bounds(people: np.recarray) -> None:
    assert people.age.min() >= 18.0
    assert people.age.max() <= 65.0
    assert (people.experience_years <= people.age - 18.0 + 1e-9).all()
    assert (people.years_in_country <= people.age).all()
    assert people.children.max() <= 5
    assert people.barrier.min() >= 0.0
    assert people.barrier.max() <= 1.0


def test_newcomers_arrive_at_the_rate_asked_for_with_ids_of_their_own() -> None:
    scenario = load_scenario(
        "default", "population.size=2000", "population.burn_in_weeks=300", "weeks=300", "population.offices=1"
    )
    office = build_office(scenario, 4, 0, 0)
    people = office.people
    newcomers = people[people.id >= FIRST_NEWCOMER]
    expected = 600 * 2.0 * scenario.population.newcomers_per_1000_weekly
    assert abs(len(newcomers) - expected) < 5.0 * np.sqrt(expected)
    assert len(np.unique(people.id)) == len(people)
    assert people.id.max() < 2**32
    assert newcomers.first_week.min() >= -300
