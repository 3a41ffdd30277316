"""The sanction ladder."""

from __future__ import annotations

from simulator.agents.caseworker import spend_or_owe
from simulator.agents.duty import suffer_sanction
from simulator.agents.leaving import set_hazards
from simulator.compiled import apart, part
from simulator.office import Office
from simulator.rules.own import own_next_step
from simulator.rules.sanctions import (
    ends_stay,
    finds_need,
    goes_on,
    impose,
    instead_of_denial,
    is_tested,
    lift,
    next_step,
    proves_reason,
)
from simulator.steps.programmes import leave_programme
from simulator.vocabulary import NOBODY, NOT_YET, SanctionRule, SanctionStep, StayEnd, Task


@apart
def sanctions(office: Office) -> None:
    """Decide the cases that were inquired into; end reductions and denials that have run out."""
    state = office.state[0]
    for place in range(state.steps_due):
        client = office.clients[office.steps_due[place]]
        if client.step_until <= state.week:  # who has come back since has none any more
            p = office.settings[client.rules]
            lift(client, p)
            set_hazards(client, state.week, p)
    for place in range(state.decided):
        decide_case(office, office.decided[place])


@part
def decide_case(office: Office, slot: int) -> None:
    """Excuse the client, or go one rung up the ladder."""
    client, state = office.clients[slot], office.state[0]
    p = office.settings[client.rules]
    if proves_reason(client, p, office.luck):
        return
    strictness = office.caseworkers[client.caseworker].strictness if client.caseworker != NOBODY else 0.0
    if not goes_on(strictness, client, p, office.luck):
        return
    step = next_step(client, state.week, p) + 0
    if p.sanctions.rule == SanctionRule.OWN:
        step = own_next_step(client, state.week, p) + 0
    if is_tested(client, step, p):
        step = test_for_need(office, slot)
    if step == SanctionStep.NONE:
        return
    impose(client, step, state.week, p)
    suffer_sanction(client, step, state.week, p)
    count_step(office, slot, step)
    if step != SanctionStep.WARNING and client.programme != NOBODY:
        consider_stay(office, slot)


@part
def test_for_need(office: Office, slot: int) -> int:
    """Test whether a denial would leave a household in acute need; return the step that follows."""
    client, state = office.clients[slot], office.state[0]
    p = office.settings[client.rules]
    office.panel[state.week - state.first_week].emergency_tests += 1
    if client.caseworker != NOBODY:
        caseworker = office.caseworkers[client.caseworker]
        spend_or_owe(caseworker, client, Task.INQUIRY, p.sanctions.emergency_test_minutes, p)
    need = finds_need(client, p, office.luck)
    return instead_of_denial(p) if need else SanctionStep.DENIAL


@part
def consider_stay(office: Office, slot: int) -> None:
    """Put a sanctioned participant out of the programme, or not."""
    client, state = office.clients[slot], office.state[0]
    p = office.settings[client.rules]
    if ends_stay(client, p, office.luck):
        leave_programme(office, slot, StayEnd.DROPPED_OUT)
        office.panel[state.week - state.first_week].ended_for_misconduct += 1


@part
def count_step(office: Office, slot: int, step: int) -> None:
    """Count a step in the panel; one whose reason was valid, only never proven, is a wrong sanction."""
    client, state = office.clients[slot], office.state[0]
    panel = office.panel[state.week - state.first_week]
    panel.steps[step] += 1
    if step == SanctionStep.WARNING:
        if client.first_warning_week == NOT_YET:
            client.first_warning_week = state.week
    elif client.first_cut_week == NOT_YET:
        client.first_cut_week = state.week
    if step != SanctionStep.WARNING and client.children > 0:
        panel.children_hit += 1
    if client.case_valid == 1:
        client.wrong_sanctions += 1
        panel.wrong_sanctions += 1
