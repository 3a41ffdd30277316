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
    state = office.state[0]
    week, served, stays, steps, months = state.week, 0, 0, 0, 0
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.AWAY:
            continue
        office.line[served] = slot
        served += 1 if client.status == Status.SERVED else 0
        office.months_due[months] = slot
        months += 1 if client.month_week == week else 0
        if client.stay_ends <= week:
            office.stays_due[stays] = slot
            stays += 1
        if client.step_until <= week:
            office.steps_due[steps] = slot
            steps += 1
    state.stays_due, state.steps_due, state.months_due = stays, steps, months
    return served
