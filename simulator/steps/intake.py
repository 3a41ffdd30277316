"""Steps 1 and 2: who comes, and who gets a caseworker."""

from __future__ import annotations

from simulator.agents.caseworker import hire
from simulator.agents.client import begin_spell
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.records import Record
from simulator.rules.caseload import caseworker_with_room, staff_wanted
from simulator.rules.referral import may_be_referred
from simulator.vocabulary import NOBODY, Status

TICKETS_PER_SPELL = 2**32
"""More than there are ids of persons."""


@behaviour
def arrivals(office: Office) -> None:
    """Start a spell for new applicants and returners."""
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
    slot = take_slot(office)
    client = office.clients[slot]
    client.person = row
    begin_spell(client, office.people[row], office.state[0].week, office.settings[0], office.luck)
    wait_for_caseworker(office, slot)


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


@part
def wait_for_caseworker(office: Office, slot: int) -> None:
    """Put a client last in the line of those who wait for a caseworker."""
    state = office.state[0]
    if state.last_waiting == len(office.waiting):
        close_up(office)
    office.waiting[state.last_waiting] = slot
    office.waiting_ticket[state.last_waiting] = ticket_of(office.clients[slot])
    state.last_waiting += 1


@behaviour
def ticket_of(client: Record) -> int:
    """Return a number that no other spell of anybody has."""
    return client.id + int(client.spell) * TICKETS_PER_SPELL


@part
def close_up(office: Office) -> None:
    """Move the line to the front of its memory, without those who have left it."""
    state = office.state[0]
    kept = 0
    for place in range(state.first_waiting, state.last_waiting):
        if still_waits(office, place):
            office.waiting[kept] = office.waiting[place]
            office.waiting_ticket[kept] = office.waiting_ticket[place]
            kept += 1
    state.first_waiting, state.last_waiting = 0, kept


@part
def still_waits(office: Office, place: int) -> bool:
    """Whether the client in a place of the line is still the one who joined it, and still waits."""
    client = office.clients[office.waiting[place]]
    return client.status == Status.WAITING and ticket_of(client) == office.waiting_ticket[place]


@behaviour
def intake(office: Office) -> None:
    """Size the staff by the caseload rule; give those who wait a caseworker in turn, while there is room."""
    size_staff(office)
    state = office.state[0]
    room = True
    while room and state.first_waiting < state.last_waiting:
        room = serve_first_waiting(office)
    for slot in range(state.slots):
        client = office.clients[slot]
        office.line[slot] = client.caseworker if client.status == Status.SERVED else NOBODY
    list_members(office)


@part
def serve_first_waiting(office: Office) -> bool:
    """Give the first in line the caseworker with room and fewest clients; return False if there is none."""
    state, p = office.state[0], office.settings[0]
    if still_waits(office, state.first_waiting):
        number = caseworker_with_room(office.caseworkers, state.employed, p)
        if number == NOBODY:
            return False
        client = office.clients[office.waiting[state.first_waiting]]
        client.caseworker = number
        client.status = Status.SERVED
        office.caseworkers[number].clients += 1
        if p.referral.at_once == 1 and may_be_referred(client, state.week, p):
            client.to_refer = 1
    state.first_waiting += 1
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
    """Let the last hired go until `wanted` are left; their clients wait again, their backlog is shared."""
    state = office.state[0]
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.SERVED and client.caseworker >= wanted:
            client.caseworker = NOBODY
            client.status = Status.WAITING
            wait_for_caseworker(office, slot)
    while state.employed > wanted:
        state.employed -= 1
        leaver = office.caseworkers[state.employed]
        office.caseworkers[state.employed % wanted].backlog += leaver.backlog
        leaver.employed = leaver.clients = 0
        leaver.backlog = 0.0


@part
def list_members(office: Office) -> None:
    """Group served clients by caseworker: the slots of number n stand from `starts[n]` to `starts[n + 1]`."""
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
