"""Who wait for a caseworker, a line for each team, first come first served."""

from __future__ import annotations

from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.records import Record
from simulator.vocabulary import Status

TICKETS_PER_SPELL = 2**32
"""More than there are ids of persons."""


@part
def wait_for_caseworker(office: Office, slot: int) -> None:
    """Put a client last in the line of those who wait for a caseworker of the client's team."""
    state, team = office.state[0], office.clients[slot].team
    if state.last_waiting[team] == office.waiting.shape[1]:
        close_up(office, team)
    place = state.last_waiting[team]
    office.waiting[team, place] = slot
    office.waiting_ticket[team, place] = ticket_of(office.clients[slot])
    state.last_waiting[team] += 1


@behaviour
def ticket_of(client: Record) -> int:
    """Return a number that no other spell of anybody has."""
    return client.id + int(client.spell) * TICKETS_PER_SPELL


@part
def close_up(office: Office, team: int) -> None:
    """Move a line to the front of its memory, without those who have left it."""
    state = office.state[0]
    kept = 0
    for place in range(state.first_waiting[team], state.last_waiting[team]):
        if still_waits(office, team, place):
            office.waiting[team, kept] = office.waiting[team, place]
            office.waiting_ticket[team, kept] = office.waiting_ticket[team, place]
            kept += 1
    state.first_waiting[team], state.last_waiting[team] = 0, kept


@part
def still_waits(office: Office, team: int, place: int) -> bool:
    """Whether the client in a place of a line is still the one who joined it, and still waits."""
    client = office.clients[office.waiting[team, place]]
    return client.status == Status.WAITING and ticket_of(client) == office.waiting_ticket[team, place]
