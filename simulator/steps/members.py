"""Whose clients are whose."""

from __future__ import annotations

from simulator.compiled import part
from simulator.office import Office
from simulator.vocabulary import Status


@part
def list_members(office: Office) -> None:
    """Group served clients by caseworker, whose slots stand from `first_member` to `end_member`."""
    state, place, served = office.state[0], 0, 0
    for team in range(state.teams):
        for number in range(state.first_seat[team], state.end_seat[team]):
            caseworker = office.caseworkers[number]
            caseworker.first_member = caseworker.end_member = place
            place += caseworker.clients
    for slot in range(state.slots):
        office.line[served] = slot
        served += 1 if office.clients[slot].status == Status.SERVED else 0
    for turn in range(served):
        slot = office.line[turn]
        caseworker = office.caseworkers[office.clients[slot].caseworker]
        office.members[caseworker.end_member] = slot
        caseworker.end_member += 1
