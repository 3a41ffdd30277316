"""Single records for tests of single behaviours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.agents import caseworker as worker
from simulator.agents import client as person
from simulator.agents.programme import programme_table
from simulator.parameters.record import to_record
from simulator.randomness import luck_of
from simulator.records import Record, table

LUCK = luck_of(1, 0)


@pytest.fixture
def p(load) -> Record:
    """Return the default settings, as behaviours read them; a test may change them."""
    return to_record(load("default"))[0]


@pytest.fixture
def new_client(p) -> Callable[..., Record]:
    """Return what makes a client in week 0 of a spell, with some fields of the person or the client set."""

    def make(**fields: object) -> Record:
        who, record = table(1, person.PERSON)[0], table(1, person.CLIENT)[0]
        who.id, who.age, who.motivation, who.trust = 7, 35.0, 1.0, 0.5
        for name in fields.keys() & set(who.dtype.names):
            who[name] = fields[name]
        person.begin_spell(record, who, 0, p, LUCK)
        for name in fields.keys() - set(who.dtype.names):
            record[name] = fields[name]
        return record

    return make


@pytest.fixture
def client(new_client) -> Record:
    """Return a client of 35 without barriers or children, in week 0 of a spell."""
    return new_client()


@pytest.fixture
def someone(p) -> Record:
    """Return a caseworker of mean skill at the beginning of a week of 1,680 minutes for work."""
    record = table(1, worker.CASEWORKER)[0]
    record.skill = 1.0
    worker.open_week(record, p)
    worker.set_ease(record, 0.0, p)
    return record


@pytest.fixture
def programmes(load) -> dict[str, Record]:
    """Return the default catalogue by short name, for the one office of 100 clients."""
    catalogue = load("default").programmes
    return dict(zip(catalogue, programme_table(catalogue, 100, 0, 1), strict=True))
