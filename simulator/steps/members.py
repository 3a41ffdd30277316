"""Whose clients are whose, and for whom something ends this week."""

from __future__ import annotations

from simulator.compiled import part
from simulator.office import Office
from simulator.vocabulary import Status


@part
def list_members(office: Office) -> None:
    """Group served clients by caseworker, whose slots stand from `first_member` to `end_member`."""
    state, place = office.state[0], 0
    for team in range(state.teams):
        for number in range(state.first_seat[team], state.end_seat[team]):
            caseworker = office.caseworkers[number]
            caseworker.first_member = caseworker.end_member = place
            place += caseworker.clients
    for turn in range(look_over(office)):
        slot = office.line[turn]
        caseworker = office.caseworkers[office.clients[slot].caseworker]
        office.members[caseworker.end_member] = slot
        caseworker.end_member += 1


@part
def look_over(office: Office) -> int:
    """List whose stay, step of the ladder or month ends this week, and who is served; return how many are.

    Later steps would each go through all clients for the few whom they concern.
    """
    state, served = office.state[0], 0
    state.stays_due = state.steps_due = state.months_due = 0
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.AWAY:
            continue
        office.line[served] = slot
        served += 1 if client.status == Status.SERVED else 0
        office.months_due[state.months_due] = slot
        state.months_due += 1 if client.month_week == state.week else 0
        if client.stay_ends <= state.week:
            office.stays_due[state.stays_due] = slot
            state.stays_due += 1
        if client.step_until <= state.week:
            office.steps_due[state.steps_due] = slot
            state.steps_due += 1
    return served
