"""The worlds of published facts have the people that the published studies had."""

from __future__ import annotations

from simulator.composing.pairing import loader
from simulator.experiments.fitting.worlds import compose_worlds
from simulator.experiments.studies.estimates import followed
from simulator.experiments.studies.subgroups import of_subgroup
from simulator.experiments.studies.worlds import World, run_world


def test_existing_clients_are_the_share_of_the_pilot_that_they_were():
    """C39: 53 to 62 %; some 5,000 people, so a standard error of less than a hundredth."""
    load = loader(["replications=1"])
    world = compose_worlds(load("default", "study=validate"), ["caseload"], load)["caseload"]
    people = followed(run_world(World(world)).spells, world.study, world.weeks)
    people = people[of_subgroup(people, world.study.subgroup)]
    assert len(people) > 4_000
    assert 0.53 <= (people["entry_week"] < 0).mean() <= 0.62
