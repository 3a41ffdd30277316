"""Whose clients are whose."""

from __future__ import annotations

from simulator.compiled import part
from simulator.office import Office
from simulator.vocabulary import Status


@part
def list_members(office: Office) -> None:
    """Group served clients by caseworker: the slots of number n stand from `starts[n]` to `starts[n + 1]`."""
    state, starts = office.state[0], office.member_starts
    starts[0] = starts[1] = 0
    for number in range(state.seats):
        starts[number + 2] = starts[number + 1] + office.caseworkers[number].clients
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.SERVED:
            place = starts[client.caseworker + 1]
            office.members[place] = slot
            starts[client.caseworker + 1] = place + 1
