"""An office: its clients, caseworkers and programmes, and the week's working lists, side by side in memory.

An office has its own staff and places, so that one office after the other can be worked through.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulator.agents.caseworker import CASEWORKER
from simulator.agents.client import CLIENT
from simulator.agents.programme import programme_table
from simulator.compiled import behaviour
from simulator.ledger import ACTIVITY, PANEL, SPELL
from simulator.parameters import Scenario
from simulator.parameters.record import to_record
from simulator.population import burn_in, people_of_office, vacancies_of_office
from simulator.randomness import Luck, luck_of, normal
from simulator.records import table
from simulator.rules.caseload import part_of
from simulator.vocabulary import BARRIERS, NOBODY, CaseloadRule, Purpose

Records = np.recarray[Any, Any]
Numbers = np.ndarray[Any, np.dtype[Any]]

STATE = np.dtype(
    [
        ("number", "i8"),
        ("week", "i8"),
        ("first_week", "i8"),
        ("offices", "i8"),
        ("applied", "i8"),
        ("slots", "i8"),
        ("free", "i8"),
        ("active", "i8"),
        ("first_waiting", "i8"),
        ("last_waiting", "i8"),
        ("employed", "i8"),
        ("absent", "i8"),
        ("decided", "i8"),
        ("spells", "i8"),
        ("chains", "i8"),
        ("vacancies", "i8"),
    ],
    align=True,
)


class Office(NamedTuple):
    """Everything that one office's week reads and writes.

    `people` holds everybody who ever applies, in the order of first application; `calendar` begins, for
    each week, the chain of those who come back in it; `clients` holds those on benefit now, in slots that
    are used again (`free` lists the empty ones below `state.slots`). `waiting` is the line of slots without
    a caseworker, from `state.first_waiting` on. `members` is this week's list of slots grouped by
    caseworker; `monthly`, `reported`, `line`, `absent` and `decided` are lists within the week. `releases`
    holds, for each week and programme, how many jobs end and after how many weeks in all; `openings` the
    vacancies that open in each week (nothing where they are not limited). `settings` and `state` have one
    record.
    """

    luck: Luck
    settings: Records
    state: Records
    people: Records
    calendar: Numbers
    clients: Records
    free: Numbers
    waiting: Numbers
    waiting_ticket: Numbers
    caseworkers: Records
    members: Numbers
    member_starts: Numbers
    programmes: Records
    beliefs: Numbers
    belief_counts: Numbers
    monthly: Numbers
    reported: Numbers
    line: Numbers
    line_urgency: Numbers
    absent: Numbers
    decided: Numbers
    spells: Records
    panel: Records
    activity: Records
    releases: Numbers
    openings: Numbers


def build_office(scenario: Scenario, seed: int, replication: int, number: int) -> Office:
    """Make one office of a scenario, in the week before its first.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    seed, replication : int
        Key of all luck.
    number : int
        Which office, from 0 to `scenario.number_of_offices()` - 1.
    """
    luck, settings = luck_of(seed, replication), to_record(scenario)
    people = people_of_office(scenario, settings[0], luck, number)
    most = len(people)
    programmes = programme_table(
        scenario.programmes, scenario.population.size, number, scenario.number_of_offices()
    )
    staff = _most_staff(scenario, most, number)
    caseworkers = table(staff, CASEWORKER)
    caseworkers.id = np.arange(staff) + number * 100_000
    beliefs, counts = _first_beliefs(scenario, caseworkers, programmes, luck)
    return Office(
        luck=luck,
        settings=settings,
        state=_state(scenario, number),
        people=people,
        calendar=np.full(scenario.weeks + burn_in(scenario), NOBODY, np.int32),
        clients=table(most, CLIENT),
        free=np.zeros(most, np.int64),
        waiting=np.zeros(2 * most + 1, np.int64),
        waiting_ticket=np.zeros(2 * most + 1, np.int64),
        caseworkers=caseworkers,
        members=np.zeros(most, np.int64),
        member_starts=np.zeros(staff + 2, np.int64),
        programmes=programmes,
        beliefs=beliefs,
        belief_counts=counts,
        monthly=np.zeros(most, np.int64),
        reported=np.zeros(most, np.int64),
        line=np.zeros(most, np.int64),
        line_urgency=np.zeros(most),
        absent=np.zeros(most, np.int64),
        decided=np.zeros(most, np.int64),
        spells=table(0, SPELL),
        panel=table(scenario.weeks + burn_in(scenario), PANEL),
        activity=_activity(scenario.weeks, len(programmes)),
        releases=np.zeros((scenario.weeks + burn_in(scenario), len(programmes), 2), np.int32),
        openings=vacancies_of_office(scenario, luck, number),
    )


def _state(scenario: Scenario, number: int) -> Records:
    state = table(1, STATE)
    state[0].number = number
    state[0].first_week = state[0].week = -burn_in(scenario)
    state[0].offices = scenario.number_of_offices()
    state[0].chains = any(programme.leads_to for programme in scenario.programmes.values())
    return state


def _activity(weeks: int, programmes: int) -> Records:
    return table(weeks * programmes, ACTIVITY).reshape(weeks, programmes).view(np.recarray)


def _most_staff(scenario: Scenario, people: int, number: int) -> int:
    if scenario.caseload.regime == CaseloadRule.RATIO:
        return int(np.ceil(people / scenario.caseload.clients_per_caseworker)) + 1
    return part_of(scenario.caseload.caseworkers, number, scenario.number_of_offices())


def _first_beliefs(
    scenario: Scenario, caseworkers: Records, programmes: Records, luck: Luck
) -> tuple[Numbers, Numbers]:
    shape = (len(caseworkers), len(programmes), BARRIERS)
    counts = np.full(shape, scenario.casework.belief_weight)
    if 0 in shape:
        return np.zeros(shape), counts
    truth = np.array(programmes.content)
    known = scenario.casework.knowledge
    common = known * truth + (1.0 - known) * truth.mean(axis=0)
    slip = np.zeros(shape)
    _fill_normal(slip, np.array(caseworkers.id), luck)
    spread = (1.0 - known) * truth.std(axis=0)
    return np.clip(common + spread * slip, 0.0, 1.0), counts


@behaviour
def _fill_normal(slip: Numbers, caseworkers: Numbers, luck: Luck) -> None:
    for number in range(slip.shape[0]):
        for programme in range(slip.shape[1]):
            for barrier in range(slip.shape[2]):
                purpose = Purpose.KNOWLEDGE + barrier
                slip[number, programme, barrier] = normal(luck, caseworkers[number], programme, purpose)
