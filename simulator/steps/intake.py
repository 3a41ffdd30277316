"""Steps 1 and 2: who comes, and who gets a caseworker."""

from __future__ import annotations

from simulator.agents.caseworker import hire
from simulator.agents.client import begin_spell
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.records import Record
from simulator.rules.caseload import caseworker_with_room, staff_wanted
from simulator.vocabulary import NOBODY, Status


@behaviour
def arrivals(office: Office) -> None:
    """New applicants and returners start a spell."""
    state = office.state[0]
    panel = office.panel[state.week - state.first_week]
    while state.applied < len(office.people) and office.people[state.applied].first_week == state.week:
        apply(office, state.applied)
        state.applied += 1
        panel.newcomers += 1
    row = office.calendar[state.week - state.first_week]
    while row != NOBODY:
        apply(office, row)
        row = office.people[row].next_to_return
        panel.returns += 1


@part
def apply(office: Office, row: int) -> None:
    """Let a person apply: a spell begins."""
    client = office.clients[take_slot(office)]
    client.person = row
    begin_spell(client, office.people[row], office.state[0].week, office.settings[0], office.luck)


@part
def take_slot(office: Office) -> int:
    """Return an empty slot for a client: the last one freed, or a new one."""
    state = office.state[0]
    state.active += 1
    if state.free > 0:
        state.free -= 1
        return office.free[state.free]
    state.slots += 1
    return state.slots - 1


@behaviour
def intake(office: Office) -> None:
    """Size the staff by the caseload rule; whoever has no caseworker gets one, or waits."""
    size_staff(office)
    p, state = office.settings[0], office.state[0]
    room = True
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.WAITING and room:
            room = give_caseworker(office, client, p)
        office.line[slot] = client.caseworker if client.status == Status.SERVED else NOBODY
    list_members(office)


@part
def give_caseworker(office: Office, client: Record, p: Record) -> bool:
    """Give a waiting client the caseworker with room and the fewest clients; return whether there was one."""
    number = caseworker_with_room(office.caseworkers, office.state[0].employed, p)
    if number == NOBODY:
        return False
    client.caseworker = number
    client.status = Status.SERVED
    office.caseworkers[number].clients += 1
    return True


@part
def size_staff(office: Office) -> None:
    """Hire or let go so that the staff is what the caseload rule wants."""
    p, state = office.settings[0], office.state[0]
    wanted = min(staff_wanted(state, p), len(office.caseworkers))
    while state.employed < wanted:
        hire(office.caseworkers[state.employed], p, office.luck)
        state.employed += 1
    if state.employed > wanted:
        let_go(office, wanted)


@part
def let_go(office: Office, wanted: int) -> None:
    """Let the last hired go until `wanted` are left; their clients wait for somebody else, their backlog is shared."""
    state = office.state[0]
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.SERVED and client.caseworker >= wanted:
            client.caseworker = NOBODY
            client.status = Status.WAITING
    while state.employed > wanted:
        state.employed -= 1
        leaver = office.caseworkers[state.employed]
        office.caseworkers[state.employed % wanted].backlog += leaver.backlog
        leaver.employed = leaver.clients = 0
        leaver.backlog = 0.0


@part
def list_members(office: Office) -> None:
    """Group served clients by caseworker: the slots of number n's stand from `starts[n]` to `starts[n + 1]`."""
    slots, starts, caseworker = office.state[0].slots, office.member_starts, office.line
    starts[:] = 0
    for slot in range(slots):
        starts[caseworker[slot] + 2] += 1
    starts[1] = 0
    for number in range(2, len(starts)):
        starts[number] += starts[number - 1]
    for slot in range(slots):
        number = caseworker[slot]
        if number != NOBODY:
            office.members[starts[number + 1]] = slot
            starts[number + 1] += 1
