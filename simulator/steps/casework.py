"""The caseworker's week: what cannot wait, then clients by urgency, until the minutes are gone."""

from __future__ import annotations

from simulator.agents.caseworker import (
    assess,
    can_spend,
    clear_week,
    decision_minutes,
    error_of_belief,
    hold_talk,
    is_called_off,
    load,
    make_plan,
    open_week,
    set_ease,
    set_experience,
    set_thoroughness,
    spend,
    spend_alone,
    spend_or_owe,
    task_minutes,
    wished_minutes,
    work_off_backlog,
)
from simulator.agents.duty import come_back, renew_duty
from simulator.compiled import apart, part
from simulator.office import Office
from simulator.randomness import uniform
from simulator.records import Record
from simulator.rules.caseload import is_hard_to_place
from simulator.rules.collaboration import is_review_week
from simulator.rules.priority import next_task, preference, weeks_waited
from simulator.rules.referral import may_be_referred
from simulator.steps.drawing import draw_for
from simulator.steps.duty import ask_for_hours
from simulator.steps.learning import review_cases
from simulator.steps.line import form_line, most_urgent, step_out
from simulator.vocabulary import NEVER, NOBODY, AgeRule, Barrier, Organisation, Purpose, Task, Team


@part
def work_week(office: Office, number: int) -> None:
    """Let one caseworker work for a week."""
    caseworker = office.caseworkers[number]
    p = office.settings[caseworker.rules]
    open_week(caseworker, p)
    if is_review_week(office.state[0], p):
        spend_alone(caseworker, Task.OVERHEAD, p.collaboration.review_minutes, p)
    if p.caseload.novice_weight > 1.0:
        set_experience(caseworker, office.state[0].week, p)
    work_off_backlog(caseworker, p)
    wished = look_through(office, number)
    draw_for(office, office.monthly, caseworker.decisions, Purpose.EMERGENCY)
    for place in range(caseworker.decisions):
        decide_benefit(office, caseworker, office.monthly[place], office.draws[place])
    for place in range(caseworker.inquiries):
        inquire(office, caseworker, office.reported[place])
    if p.sanctions.required_hours > 0.0 or office.state[0].arms > 0:
        ask_for_hours(office, caseworker)
    set_ease(caseworker, wished, p)
    see_clients(office, caseworker)


@part
def look_through(office: Office, number: int) -> float:
    """List the caseworker's clients with a decision, an inquiry or a talk due; return the minutes wished.

    Each client is written down, and stays on a list or not; to decide first would cost more than it saves.
    """
    caseworker, week = office.caseworkers[number], office.state[0].week
    p = office.settings[caseworker.rules]
    wished = 0.0
    decisions = inquiries = due = 0
    talk_weekly = (p.casework.talk_minutes + p.casework.talk_around_minutes) / p.casework.talk_interval_weeks
    for place in range(caseworker.first_member, caseworker.end_member):
        slot = office.members[place]
        client = office.clients[slot]
        rules, ratio = p, 1.0
        if client.rules != caseworker.rules:  # a trial whose arms share their caseworkers
            rules = office.settings[client.rules]
            ratio = p.casework.talk_interval_weeks / rules.casework.talk_interval_weeks
        wished += wished_minutes(caseworker, client, talk_weekly * ratio, rules)
        waited = weeks_waited(client, week, rules) * ratio
        office.monthly[decisions] = slot
        decisions += 1 if client.month_week == week else 0
        if client.report_week <= week:
            office.reported[inquiries] = slot
            inquiries += 1
        office.line[due], office.line_urgency[due] = slot, waited
        due += 1 if waited >= p.casework.talk_interval_weeks else 0
    caseworker.decisions, caseworker.inquiries, caseworker.due = decisions, inquiries, due
    thorough = 0.0
    for place in range(decisions):
        thorough += decision_minutes(office.clients[office.monthly[place]], week, p)
    set_thoroughness(caseworker, thorough * (1.0 + caseworker.novice_extra), p)
    return wished


@part
def decide_benefit(office: Office, caseworker: Record, slot: int, draw: float) -> None:
    """Make the month's benefit decision, with the emergency, if drawn, and coordination that go with it."""
    client, week = office.clients[slot], office.state[0].week
    p = office.settings[client.rules]
    minutes = decision_minutes(client, week, p) * caseworker.thoroughness * (1.0 + caseworker.novice_extra)
    spend_or_owe(caseworker, client, Task.DECISION, minutes, p)
    if draw < p_emergency(office, client):
        spend_or_owe(caseworker, client, Task.EMERGENCY, p.casework.emergency_minutes, p)
    if client.programme != NOBODY:
        spend_or_owe(caseworker, client, Task.COORDINATION, p.collaboration.coordination_minutes_monthly, p)
    if p.referral.needs_assessment == 0:
        consider_referral(office, slot)


@part
def p_emergency(office: Office, client: Record) -> float:
    """Return the probability that the client's trouble brings an emergency this month."""
    trouble = max(client.barrier[Barrier.SUBSTANCE], client.barrier[Barrier.FAMILY])
    return office.settings[0].casework.p_emergency_monthly * trouble


@part
def inquire(office: Office, caseworker: Record, slot: int) -> None:
    """Inquire into a reported absence, if the week reaches; the case goes on to the sanction step."""
    client, state = office.clients[slot], office.state[0]
    p = office.settings[client.rules]
    minutes = p.casework.inquiry_minutes * load(caseworker, client, p)
    if can_spend(caseworker, minutes, p):
        spend(caseworker, client, Task.INQUIRY, minutes)
        client.report_week = NEVER
        client.case_valid = client.reason_valid
        count_seen(office, client)
        office.decided[state.decided] = slot
        state.decided += 1


@part
def count_seen(office: Office, client: Record) -> None:
    """Count the weeks from the first unproven absence of a stay until the caseworker takes it up."""
    state = office.state[0]
    if client.absent_since != NEVER:
        panel = office.panel[state.week - state.first_week]
        panel.cases_taken_up += 1
        panel.weeks_to_take_up += state.week - client.absent_since
        client.absent_since = NEVER


@part
def see_clients(office: Office, caseworker: Record) -> None:
    """Assess, plan and talk: the most urgent client first, until nobody is due or nothing fits."""
    p, due = office.settings[caseworker.rules], caseworker.due
    for place in range(due):
        office.line_urgency[place] += preference(caseworker, office.clients[office.line[place]], p)
    form_line(office, due)
    while due > 0:
        pick = most_urgent(office, due) if p.casework.unlimited_time == 0 else due - 1
        if not serve(office, caseworker, office.line[pick]):
            break
        due -= 1
        step_out(office, pick, due)


@part
def serve(office: Office, caseworker: Record, slot: int) -> bool:
    """Do what the client needs next, if the minutes are there; return whether they were."""
    client, week = office.clients[slot], office.state[0].week
    p = office.settings[client.rules]
    task = next_task(client, p)
    if not can_spend(caseworker, task_minutes(caseworker, client, task, p), p):
        return False
    if p.casework.cancelled_talk > 0 and task == Task.MEETING and is_called_off(client, week, p, office.luck):
        spend_alone(caseworker, Task.OVERHEAD, task_minutes(caseworker, client, task, p), p)
        return True
    if task == Task.ASSESSMENT:
        assess(caseworker, client, week, p, office.luck)
        count_assessment(office, client)
    elif task == Task.PLAN:
        make_plan(caseworker, client, week, p)
    else:
        hold_talk(caseworker, client, week, p)
    come_back(client, week, p)
    if p.sanctions.age_rule == AgeRule.UNDER_25_OR_SPECIAL:
        renew_duty(client, week, p)
    specialised = p.caseload.organisation == Organisation.SPECIALISED
    if task == Task.ASSESSMENT and specialised and is_hard_to_place(client, p):
        pass_on(office, client)
    else:
        consider_referral(office, slot)
    return True


@part
def count_assessment(office: Office, client: Record) -> None:
    """Count an assessment and how far it is from the truth."""
    state = office.state[0]
    panel = office.panel[state.week - state.first_week]
    panel.assessments += 1
    panel.assessment_error += error_of_belief(client)


@part
def pass_on(office: Office, client: Record) -> None:
    """Make a client the intensive team's; from next week on the client waits for somebody there."""
    state = office.state[0]
    client.team = Team.INTENSIVE
    client.passed_on_week = state.week
    state.intensive += 1


@part
def consider_referral(office: Office, slot: int) -> None:
    """Mark a client who can be referred now for the referral step."""
    client = office.clients[slot]
    if may_be_referred(client, office.state[0].week, office.settings[client.rules]):
        office.to_refer[slot] = 1


@apart
def casework(office: Office) -> None:
    """Every caseworker spends a finite week."""
    state = office.state[0]
    state.absent = state.decided = 0
    if office.settings[0].caseload.p_sick_leave_weekly > 0.0:
        cover_for_the_sick(office)
    for team in range(state.teams):
        for number in range(state.first_seat[team], state.end_seat[team]):
            if office.caseworkers[number].at_work == 1:
                work_week(office, number)
    if is_review_week(state, office.settings[0]):
        review_cases(office)


@part
def cover_for_the_sick(office: Office) -> None:
    """Let colleagues at work owe what cannot wait for the sick: decisions, emergencies, coordination."""
    state = office.state[0]
    for team in range(state.teams):
        for number in range(state.first_seat[team], state.end_seat[team]):
            caseworker = office.caseworkers[number]
            if caseworker.employed == 1 and caseworker.at_work == 0:
                clear_week(caseworker)
                owe_together(office, number, minutes_that_cannot_wait(office, caseworker))


@part
def minutes_that_cannot_wait(office: Office, caseworker: Record) -> float:
    """Return the minutes of this week's decisions, and what goes with them, on a caseworker's clients."""
    p, week = office.settings[0], office.state[0].week
    total = 0.0
    for place in range(caseworker.first_member, caseworker.end_member):
        client = office.clients[office.members[place]]
        if client.month_week == week:
            minutes = decision_minutes(client, week, p)
            if uniform(office.luck, client.id, week, Purpose.EMERGENCY) < p_emergency(office, client):
                minutes += p.casework.emergency_minutes
            if client.programme != NOBODY:
                minutes += p.collaboration.coordination_minutes_monthly
            client.staff_minutes += minutes
            total += minutes
    return total


@part
def owe_together(office: Office, number: int, minutes: float) -> None:
    """Share minutes out among those of the team who are at work; with nobody there they stay on the desk."""
    state, team, present = office.state[0], office.caseworkers[number].team, 0
    first, end = state.first_seat[team], state.end_seat[team]
    for other in range(first, end):
        present += office.caseworkers[other].at_work
    if present == 0:
        office.caseworkers[number].backlog += minutes
        return
    for other in range(first, end):
        if office.caseworkers[other].at_work == 1:
            office.caseworkers[other].backlog += minutes / present
