"""Between the services: assessments that providers make, and the week of the employment service."""

from __future__ import annotations

from simulator.agents.caseworker import assess_as_provider, template_minutes
from simulator.agents.duty import renew_duty
from simulator.agents.employment_service import deregister, is_due, p_deregistered, register
from simulator.agents.leaving import set_hazards
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.randomness import uniform
from simulator.records import Record
from simulator.rules.collaboration import known_from
from simulator.steps.casework import consider_referral, count_assessment
from simulator.steps.drawing import draw_for
from simulator.steps.line import form_line, most_urgent, step_out
from simulator.vocabulary import NEVER, NOT_YET, WEEKS_PER_YEAR, Assessor, Purpose, Registration, Status

MINUTES_PER_HOUR = 60.0
SOON_WEEKS = 13
"""A new registration within a quarter of the de-registration counts as soon."""


@part
def assessments(office: Office) -> None:
    """Let providers assess new clients with the time they have, where assessing is theirs."""
    state, p = office.state[0], office.settings[0]
    if p.collaboration.assessor != Assessor.PROVIDER:
        return
    panel = office.panel[state.week - state.first_week]
    left = MINUTES_PER_HOUR * hours_of_office(state, p, p.collaboration.provider_hours_per_1000)
    needed = p.casework.assessment_minutes * template_minutes(p)
    panel.provider_sek += sek_of_minutes(left, p)
    waiting = list_unassessed(office)
    form_line(office, waiting)
    while waiting > 0 and (left >= needed or p.casework.unlimited_time == 1):
        place = most_urgent(office, waiting)
        slot = office.line[place]
        client = office.clients[slot]
        assess_as_provider(client, state.week, p, office.luck)
        renew_duty(client, state.week, office.settings[client.rules])
        count_assessment(office, client)
        panel.provider_minutes += needed
        consider_referral(office, slot)
        left -= needed
        waiting -= 1
        step_out(office, place, waiting)


@behaviour
def hours_of_office(state: Record, p: Record, per_1000: float) -> float:
    """Return one office's part of what there is for each 1,000 clients of the municipality."""
    return per_1000 * p.population.thousands / state.offices


@behaviour
def sek_of_minutes(minutes: float, p: Record) -> float:
    """Return what minutes of staff outside the social services cost, at a caseworker's rate."""
    yearly = MINUTES_PER_HOUR * p.caseload.hours_per_week * WEEKS_PER_YEAR
    return minutes * p.costs.caseworker_sek_yearly / yearly if yearly > 0.0 else 0.0


@part
def list_unassessed(office: Office) -> int:
    """List the served clients nobody has assessed, by weeks on benefit; return how many they are."""
    state = office.state[0]
    count = 0
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status == Status.SERVED and client.assessed_week == NOT_YET:
            office.line[count], office.line_urgency[count] = slot, float(state.week - client.entry_week)
            count += 1
    return count


@part
def employment_service(office: Office) -> None:
    """Let the employment service register, follow up and de-register job seekers with finite staff."""
    state, p = office.state[0], office.settings[0]
    if p.employment_service.active == 0:
        return
    hours = p.employment_service.caseworkers_per_1000 * p.employment_service.hours_for_clients
    paid = MINUTES_PER_HOUR * hours_of_office(state, p, hours)
    panel = office.panel[state.week - state.first_week]
    panel.employment_service_sek += sek_of_minutes(
        MINUTES_PER_HOUR
        * p.caseload.hours_per_week
        * hours_of_office(state, p, p.employment_service.caseworkers_per_1000),
        p,
    )
    waiting, due = list_job_seekers(office)
    left = register_waiting(office, waiting, paid)
    left = follow_up_registered(office, due, left)
    panel.employment_service_minutes += paid - left


@part
def list_job_seekers(office: Office) -> tuple[int, int]:
    """List those who wait to be registered, or come back to it, and those whose month it is; count both."""
    state = office.state[0]
    panel = office.panel[state.week - state.first_week]
    waiting = due = 0
    for slot in range(state.slots):
        client = office.clients[slot]
        here = client.status != Status.AWAY
        if client.registration == Registration.DEREGISTERED and here and client.registered_week <= state.week:
            client.registration = Registration.QUEUED
            if state.week - client.deregistered_week <= SOON_WEEKS:
                panel.new_registrations += 1
        office.line[waiting] = slot
        office.line_urgency[waiting] = float(state.week - client.registered_week)
        waiting += 1 if (client.registration == Registration.QUEUED) & here else 0
        office.reported[due] = slot
        due += 1 if is_due(client, state.week) & here else 0
    return waiting, due


@part
def register_waiting(office: Office, waiting: int, minutes: float) -> float:
    """Register those who wait, longest waiting first, as far as minutes reach; return what is left."""
    state, p = office.state[0], office.settings[0]
    panel = office.panel[state.week - state.first_week]
    needed = p.employment_service.registration_minutes
    form_line(office, waiting)
    while waiting > 0 and (minutes >= needed or p.casework.unlimited_time == 1):
        place = most_urgent(office, waiting)
        client = office.clients[office.line[place]]
        register(client, state.week, p, office.luck)
        panel.registered += 1
        minutes -= needed
        waiting -= 1
        step_out(office, place, waiting)
    panel.awaiting_registration += waiting
    return minutes


@part
def follow_up_registered(office: Office, due: int, minutes: float) -> float:
    """Follow up those whose month it is while the minutes last; who misses the demands is de-registered."""
    state = office.state[0]
    draw_for(office, office.reported, due, Purpose.DEREGISTRATION)
    for place in range(due):
        client = office.clients[office.reported[place]]
        p = office.settings[client.rules]
        if office.draws[place] < p_deregistered(client, p):
            lose_registration(office, client)
        else:
            needed = p.employment_service.follow_up_minutes
            reached = minutes >= needed or p.casework.unlimited_time == 1
            client.support = p.employment_service.support_gain if reached else 0.0
            minutes -= needed if reached else 0.0
        set_hazards(client, state.week, p)
    return minutes


@part
def lose_registration(office: Office, client: Record) -> None:
    """De-register a client; the municipality hears of it if the service knows who is on assistance."""
    state, p = office.state[0], office.settings[client.rules]
    deregister(client, state.week, p, office.luck)
    office.panel[state.week - state.first_week].deregistrations += 1
    chance = p.employment_service.p_benefit_known * p.sanctions.p_follow_up
    if (
        client.report_week == NEVER
        and client.obliged == 1
        and chance > 0.0
        and uniform(office.luck, client.id, state.week, Purpose.BENEFIT_KNOWN) < chance
    ):
        client.reason_valid = 0
        client.report_week = known_from(state.week, p)
