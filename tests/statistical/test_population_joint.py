"""What goes together comes out, and no margin moves with it.

Every statement about a share is held within five and a half standard errors: wrong less than once in twenty
million each, for some two hundred of them. Seeds are fixed.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.composing import load_scenario
from simulator.config import read_scenario
from simulator.experiments.people import APPLICANTS, associations_table, margins_table, tally_people
from simulator.parameters import Scenario
from simulator.parameters.association import AMONG_THE_FOREIGN_BORN, Association, Facet, mistakes_in
from simulator.parameters.record import to_record
from simulator.population import people_of_office
from simulator.randomness import luck_of

pytestmark = pytest.mark.statistical

ERRORS = 5.5
SIZE = 40_000
NEARLY = 0.03
"""Among the foreign-born alone, what goes together with origin differs a little."""

FREE = [
    (first, second)
    for first, second in combinations(Facet, 2)
    if first != Facet.HARDSHIP
    and (first, second) != (Facet.AGE, Facet.EXPERIENCE)
    and not (first == Facet.FOREIGN_BORN and second in AMONG_THE_FOREIGN_BORN)
]


def cohort(*changes: str, size: int = SIZE) -> Scenario:
    return load_scenario(
        "default", *changes, "population.mode=cohort", f"population.size={size}", "replications=1", "seed=31"
    )


def assert_margins(scenario: Scenario, tallies) -> None:
    """Hold every share of the applicants within so many standard errors of what is wanted."""
    table = margins_table(tallies, scenario, None)
    foreign = scenario.population.size * drawn_share(table, "foreign_born")
    for row in table.itertuples():
        people = foreign if row.trait in {"newly_arrived", "language"} else scenario.population.size
        error = np.sqrt(row.wanted * (1.0 - row.wanted) / people)
        assert abs(row.drawn - row.wanted) <= ERRORS * error + 1e-12, row


def drawn_share(table, trait: str) -> float:
    return table[(table["trait"] == trait) & (table["value"] == "yes")]["drawn"].iloc[0]


@pytest.mark.parametrize("option", ["swedish", "swedish_joint", "danish", "swedish_stock"])
def test_margins_and_associations_come_out(option: str) -> None:
    scenario = cohort(f"population={option}")
    tallies = tally_people(scenario)
    assert_margins(scenario, tallies)
    table = associations_table(tallies, scenario, quantile=ERRORS)
    known = table.dropna()
    assert len(known) == len(table) - len(AMONG_THE_FOREIGN_BORN)  # who has these was born abroad
    outside = known[(known["wanted"] < known["low"] - NEARLY) | (known["wanted"] > known["high"] + NEARLY)]
    assert outside.empty, outside.to_string()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(FREE), st.floats(-0.9, 0.9)), min_size=1, max_size=8))
def test_margins_hold_whatever_goes_together(drawn) -> None:
    ties = dict(drawn)
    named = associated(ties)
    base = cohort("population.hardship_loading=0.6", size=8_000)
    while mistakes_in(named, base.population.hardship_loading):
        ties = {pair: value / 2.0 for pair, value in ties.items()}
        named = associated(ties)
    plain = base.model_dump(mode="json")
    plain["population"]["associations"] = {name: one.model_dump(mode="json") for name, one in named.items()}
    scenario = read_scenario(plain)
    assert_margins(scenario, tally_people(scenario))


def associated(ties: dict[tuple[Facet, Facet], float]) -> dict[str, Association]:
    return {
        f"tie{number}": Association(first=first, second=second, correlation=value, source="assumed: a test")
        for number, ((first, second), value) in enumerate(ties.items())
    }


def test_who_is_tied_to_nothing_keeps_every_trait() -> None:
    tied = "{first: age, second: health, correlation: 0.5, source: 'assumed: a test'}"
    alone, other = cohort(size=500), cohort(f"+population.associations.mine={tied}", size=500)
    before, after = (people_of_office(one, to_record(one)[0], luck_of(1, 0), 0) for one in (alone, other))
    same = {"woman", "children", "foreign_born", "education", "disability", "motivation", "trust"}
    assert all((before[name] == after[name]).all() for name in same)
    assert (before.barrier[:, 1:] > 0.0).tolist() == (after.barrier[:, 1:] > 0.0).tolist()
    assert (before.age != after.age).any()


def test_the_stock_after_the_burn_in_is_who_has_not_left() -> None:
    """Ill health keeps people on benefit: its share of the stock lies above that of applicants by far."""
    scenario = load_scenario(
        "default",
        "population=swedish_joint",
        "population.size=1500",
        "population.burn_in_weeks=120",
        "replications=2",
    )
    table = margins_table(tally_people(scenario), scenario, scenario.population)
    shares = table.set_index(["who", "trait", "value"])["drawn"]
    assert set(table["who"]) == {APPLICANTS, "stock"}
    assert shares["stock", "health", "yes"] > shares[APPLICANTS, "health", "yes"] + 0.05
    sums = table.groupby(["who", "trait"])["drawn"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
