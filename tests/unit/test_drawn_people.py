"""People drawn once for all points of a sweep: the same, as long as nothing differs that makes them."""

import ast
from pathlib import Path

import numpy as np
import pytest

from simulator import population
from simulator.engine import Engine
from simulator.parameters.record import to_record
from simulator.population import DRAWN, people_of_office
from simulator.randomness import luck_of

SMALL = ("population.size=60", "population.burn_in_weeks=10", "weeks=30")
ROOM = 10**7


@pytest.fixture
def room():
    DRAWN.make_room(ROOM)
    yield
    DRAWN.make_room(0)


def people_of(scenario, seed=1, replication=0):
    return people_of_office(scenario, to_record(scenario)[0], luck_of(seed, replication), 0)


def count(monkeypatch) -> list[int]:
    """Return a list that grows whenever people are drawn."""
    drawn, usual = [], population._new_people

    def counted(*arguments):
        drawn.append(1)
        return usual(*arguments)

    monkeypatch.setattr(population, "_new_people", counted)
    return drawn


def test_another_point_has_the_same_people_drawn_once(load, room, monkeypatch):
    points = [load("default", *SMALL, f"caseload.clients_per_caseworker={number}") for number in (20, 50)]
    fresh = [people_of(point).tobytes() for point in points]
    DRAWN.make_room(0)
    DRAWN.make_room(ROOM)
    drawn = count(monkeypatch)
    again = [people_of(point) for point in (*points, *points)]
    assert [people.tobytes() for people in again] == fresh * 2
    assert len(drawn) == 1
    assert again[0].ctypes.data % 64 == 0
    assert again[0].dtype == again[1].dtype
    assert type(again[0]) is type(again[1])


def test_a_run_that_changes_its_people_changes_nobody_elses(load, room):
    scenario = load("default", *SMALL)
    before = people_of(scenario).tobytes()
    spells = []
    for _ in range(2):
        engine = Engine(scenario, 1)
        engine.run()
        spells.append(engine.spells().tobytes())
        assert engine.offices[0].people.tobytes() != before
    assert people_of(scenario).tobytes() == before
    assert spells[0] == spells[1]


@pytest.mark.parametrize(
    "other",
    [
        "population.share_women=0.9",
        "population.newcomers_per_1000_weekly=9",
        "population.offices=2",
        "weeks=31",
        "population.prevalence.health=0.9",
        "doors.work.traits.ability=0.9",
    ],
)
def test_whatever_makes_people_makes_others(load, room, other):
    people_of(load("default", *SMALL))
    scenario = load("default", *SMALL, other)
    remembered = people_of(scenario)
    DRAWN.make_room(0)
    assert remembered.tobytes() == people_of(scenario).tobytes()
    assert remembered.tobytes() != people_of(load("default", *SMALL)).tobytes()


def test_another_seed_or_replication_is_another_people(load, room):
    scenario = load("default", *SMALL)
    all_of_them = {people_of(scenario, seed, number).tobytes() for seed in (1, 2) for number in (0, 1)}
    assert len(all_of_them) == 4


def test_people_are_made_from_no_other_settings():
    tree = ast.parse(Path(population.__file__).read_text(encoding="utf-8"))
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "p"
    }
    assert read == {"population", "doors"}


def test_what_has_no_room_is_drawn_anew(load, monkeypatch):
    scenario = load("default", *SMALL)
    DRAWN.make_room(people_of(scenario).nbytes + 100)
    try:
        drawn = count(monkeypatch)
        for number in (0, 1, 0, 1):
            people_of(scenario, replication=number)
        assert len(drawn) == 3
        DRAWN.make_room(0)
        people_of(scenario)
        people_of(scenario)
        assert len(drawn) == 5
    finally:
        DRAWN.make_room(0)


def test_counts_of_newcomers_are_drawn_in_pieces():
    means = np.array([0.0, 3.0, 1200.0])
    counts = np.zeros(3, np.int64)
    luck = luck_of(1, 0)
    population._draw_counts(counts, means, luck, 2, -5, 7)
    whole = sum(population.poisson(luck, 2000 + piece, -3, 400.0, 7) for piece in range(3))
    assert counts.tolist() == [0, population.poisson(luck, 2000, -4, 3.0, 7), whole]
