"""Who comes, and who gets a caseworker."""

from __future__ import annotations

from simulator.agents.caseworker import take_on
from simulator.agents.client import begin_spell
from simulator.compiled import part
from simulator.office import Office
from simulator.rules.caseload import caseworker_with_room, is_review
from simulator.rules.referral import may_be_referred
from simulator.steps.members import list_members
from simulator.steps.staffing import rebalance, rules_of_team, staff
from simulator.steps.trial import join_arm, rules_for
from simulator.steps.waiting import still_waits, wait_for_caseworker
from simulator.vocabulary import NOBODY


@part
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
    client.rules = rules_for(office, office.people[row])
    begin_spell(client, office.people[row], office.state[0].week, office.settings[client.rules], office.luck)
    if client.rules != 0:
        join_arm(office, client)
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
def intake(office: Office) -> None:
    """Size the staff by the caseload rule; give those who wait a caseworker in turn, while there is room."""
    p, state = office.settings[0], office.state[0]
    staff(office)
    for team in range(state.teams):
        room = True
        while room and state.first_waiting[team] < state.last_waiting[team]:
            room = serve_first_waiting(office, team)
    if p.caseload.rebalance == 1 and is_review(state, p):
        rebalance(office)
    list_members(office)


@part
def serve_first_waiting(office: Office, team: int) -> bool:
    """Give the first in a line the caseworker with room and fewest clients; return False if there is none."""
    state = office.state[0]
    panel = office.panel[state.week - state.first_week]
    place = state.first_waiting[team]
    if still_waits(office, team, place):
        first, end = state.first_seat[team], state.end_seat[team]
        number = caseworker_with_room(office.caseworkers, first, end, rules_of_team(office, team))
        if number == NOBODY:
            return False
        client = office.clients[office.waiting[team, place]]
        p = office.settings[client.rules]
        if client.last_caseworker == NOBODY:
            panel.first_served += 1
            panel.weeks_to_first_caseworker += state.week - client.entry_week
        panel.caseworker_changes += take_on(
            office.caseworkers[number], client, number, state.week, p, office.luck
        )
        if p.referral.at_once == 1 and may_be_referred(client, state.week, p):
            office.to_refer[office.waiting[team, place]] = 1
    state.first_waiting[team] += 1
    return True
