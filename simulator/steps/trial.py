"""A trial: people are drawn into arms, and each arm has rules of its own from its first week to its last."""

from __future__ import annotations

from simulator.agents.duty import renew_duty
from simulator.agents.leaving import set_hazards
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.randomness import uniform
from simulator.records import Record
from simulator.rules.benefit import paid_benefit, share_capped
from simulator.vocabulary import FIRST_ARM, Purpose, Status


@part
def rules_for(office: Office, person: Record) -> int:
    """Return the row of the settings for a person: of the arm drawn for life, or 0 outside a trial."""
    state = office.state[0]
    if state.arms == 0 or state.week < state.trial_week:
        return 0
    draw = uniform(office.luck, person.id, 0, Purpose.ARM)
    for row in range(FIRST_ARM, FIRST_ARM + state.arms):
        draw -= state.drawn[row]
        if draw < 0.0:
            return row
    return 0


@part
def join_arm(office: Office, client: Record) -> None:
    """Make a client the arm's team's, where arms have staff of their own."""
    state = office.state[0]
    if state.apart == 1:
        client.team = client.rules
        state.members[client.team] += 1
        state.in_arms += 1


@part
def begin_trial(office: Office) -> None:
    """Draw those on benefit into arms, and let them respond to the rules of theirs."""
    state = office.state[0]
    share_out_posts(office)
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.AWAY:
            continue
        client.rules = rules_for(office, office.people[client.person])
        if client.rules > 0:
            join_arm(office, client)
            respond(client, state.week, office.settings[client.rules])


@part
def end_trial(office: Office) -> None:
    """Put the scenario's rules in force in all arms again, and let those on benefit respond to them."""
    state = office.state[0]
    for row in range(FIRST_ARM, FIRST_ARM + state.arms):
        office.settings[row] = office.settings[0]
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status != Status.AWAY and client.rules > 0:
            respond(client, state.week, office.settings[client.rules])


@behaviour
def respond(client: Record, week: int, p: Record) -> None:
    """Let other rules hold for a client in the middle of a spell: benefit, duty and hazards."""
    client.capped = share_capped(client, p)
    client.benefit_weekly = paid_benefit(client, p)
    renew_duty(client, week, p)
    set_hazards(client, week, p)


@part
def share_out_posts(office: Office) -> None:
    """Let every arm's team have the arm's share of the posts that the arm's rules give, if staff is apart."""
    state = office.state[0]
    if state.apart == 1:
        for team in range(state.teams):
            state.share[team] = state.drawn[team]
