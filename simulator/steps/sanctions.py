"""Step 7: the sanction ladder."""

from __future__ import annotations

from simulator.agents.client import set_hazards, suffer_sanction, weekly_benefit
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.rules.sanctions import goes_on, impose, lift, next_step, proves_reason
from simulator.vocabulary import NOBODY, SanctionStep, Status


@behaviour
def sanctions(office: Office) -> None:
    """Decide the cases that were inquired into; end reductions and denials that have run out."""
    state, p = office.state[0], office.settings[0]
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.step_until <= state.week and client.status != Status.AWAY:
            lift(client, weekly_benefit(client, p))
            set_hazards(client, state.week, p)
    for place in range(state.decided):
        decide_case(office, office.decided[place])


@part
def decide_case(office: Office, slot: int) -> None:
    """Excuse the client, or go one rung up the ladder."""
    client, state, p = office.clients[slot], office.state[0], office.settings[0]
    if proves_reason(client, state.week, p, office.luck):
        return
    strictness = office.caseworkers[client.caseworker].strictness if client.caseworker != NOBODY else 0.0
    if not goes_on(strictness, client, state.week, p, office.luck):
        return
    step = next_step(client, state.week, p)
    if step == SanctionStep.NONE:
        return
    if client.step != SanctionStep.NONE and step != SanctionStep.WARNING:
        lift(client, weekly_benefit(client, p))
    impose(client, step, state.week, p)
    suffer_sanction(client, step, state.week, p)
    count_step(office, slot, step)


@part
def count_step(office: Office, slot: int, step: int) -> None:
    """Count a step in the panel; one whose reason was valid, only never proven, is a wrong sanction."""
    client, state = office.clients[slot], office.state[0]
    panel = office.panel[state.week - state.first_week]
    panel.steps[step] += 1
    if client.case_valid == 1:
        client.wrong_sanctions += 1
        panel.wrong_sanctions += 1
