"""Exits, drift, accounts."""

from __future__ import annotations

from simulator.agents.client import feel_month, take_along
from simulator.agents.duty import forget_hours
from simulator.agents.leaving import entry_wage, week_of_return
from simulator.agents.part_time import feel_month_of_work
from simulator.agents.programme import end_stay, week_after_job
from simulator.compiled import apart, behaviour, part
from simulator.ledger import close_spell
from simulator.office import BELIEF, Office
from simulator.records import Record
from simulator.rules.referral import is_running
from simulator.rules.vacancies import left_by_others, miss_vacancy, needs_vacancy
from simulator.steps.drawing import draw_for
from simulator.steps.duty import account_rules
from simulator.steps.programmes import by_lot, leave_line
from simulator.steps.waiting import still_waits
from simulator.vocabulary import (
    BARRIERS,
    FIRST_ARM,
    NOBODY,
    TASKS,
    WEEKS_PER_CLIENT_MONTH,
    WEEKS_PER_YEAR,
    Door,
    Purpose,
    Status,
    StayEnd,
    Team,
)

WEEKS_PER_QUARTER = WEEKS_PER_YEAR // 4


@apart
def exits(office: Office) -> None:
    """Pay the week; whose cumulated hazard reaches a threshold leaves through that door as the week ends."""
    state, limited = office.state[0], office.settings[0].vacancies.limited == 1
    panel = office.panel[state.week - state.first_week]
    first = open_vacancies(office, panel) if limited else 0
    total = 0.0
    for step in range(state.slots):
        slot = first + step if first + step < state.slots else first + step - state.slots
        client = office.clients[slot]
        client.benefit_sek += client.benefit_weekly
        total += client.benefit_weekly
        if client.exit_week <= state.week:
            if limited:
                look_for_vacancy(office, panel, client)
            if client.exit_week <= state.week:
                panel.exits[client.exit_door] += 1
                leave(office, slot, client.exit_door)
    panel.benefit_sek = total
    if limited:
        lose_vacancies(office, panel)


@part
def open_vacancies(office: Office, panel: Record) -> int:
    """Open this week's vacancies; return the slot, drawn by lot, of whoever is first to look for one."""
    state = office.state[0]
    panel.vacancies_opened = office.openings[state.week - state.first_week]
    state.vacancies += panel.vacancies_opened
    return by_lot(office, Purpose.FIRST_SERVED)


@part
def look_for_vacancy(office: Office, panel: Record, client: Record) -> None:
    """Let a client about to find work fill an open vacancy, or miss the chance if there is none."""
    state = office.state[0]
    if not needs_vacancy(client, state.week, office.luck):
        return
    if state.vacancies > 0:
        state.vacancies -= 1
        panel.vacancies_filled += 1
    else:
        panel.jobs_missed += 1
        miss_vacancy(client, state.week, office.luck)


@part
def lose_vacancies(office: Office, panel: Record) -> None:
    """Let others fill vacancies that no client has filled."""
    state = office.state[0]
    left = left_by_others(state.vacancies, state.number, state.week, office.settings[0], office.luck)
    panel.vacancies_lost = state.vacancies - left
    state.vacancies = left


@part
def leave(office: Office, slot: int, door: int) -> None:
    """Close the spell, free what the client holds, and fix when the person comes back."""
    client, state = office.clients[slot], office.state[0]
    person = office.people[client.person]
    if client.caseworker != NOBODY:
        office.caseworkers[client.caseworker].clients -= 1
    if client.team == Team.INTENSIVE:
        state.intensive -= 1
    elif client.team >= FIRST_ARM:
        state.members[client.team] -= 1
        state.in_arms -= 1
    if client.queued_for != NOBODY:
        leave_line(office, slot)
    if client.programme != NOBODY:
        end_stay(office.programmes[client.programme], client, state.week + 1, 0, StayEnd.LEFT_BENEFIT)
    if state.week >= 0:
        row = office.spells[state.spells]
        close_spell(row, client, person, door, state.week + 1, state.number)
        if door == Door.WORK:
            row.entry_wage = entry_wage(client, office.settings[client.rules], office.luck)
        state.spells += 1
    expect_return(office, client, door)
    take_along(client, person)
    office.free[state.free] = slot
    state.free += 1
    state.active -= 1


@part
def expect_return(office: Office, client: Record, door: int) -> None:
    """Enter a person who will come back during the run in the calendar."""
    state = office.state[0]
    if client.hired_by == NOBODY:
        week = week_of_return(client, state.week, door, office.settings[0], office.luck)
    else:
        week = week_after_job(office.programmes[client.hired_by], client, office.luck)
    place = week - state.first_week
    if place < len(office.calendar):
        office.people[client.person].next_to_return = office.calendar[place]
        office.calendar[place] = client.person


@part
def drift(office: Office) -> None:
    """Let a month pass for the clients whose month ends this week."""
    state = office.state[0]
    months = list_months(office)
    if office.settings[0].benefit.h_part_time_weekly > 0.0 or state.arms > 0:
        draw_for(office, office.monthly, months, Purpose.PART_TIME)
    for place in range(months):
        client = office.clients[office.monthly[place]]
        p = office.settings[client.rules]
        if p.sanctions.required_hours > 0.0:
            forget_hours(client)
        if p.benefit.h_part_time_weekly > 0.0:
            feel_month_of_work(client, state.week, office.draws[place], p, office.luck)
        feel_month(client, office.people[client.person], state.week, p)
        client.month_week += WEEKS_PER_CLIENT_MONTH


@part
def list_months(office: Office) -> int:
    """List the clients whose month ends this week and who have not left; return how many they are."""
    months = 0
    for place in range(office.state[0].months_due):
        slot = office.months_due[place]
        office.monthly[months] = slot
        months += 1 if office.clients[slot].status != Status.AWAY else 0
    return months


@part
def accounts(office: Office) -> None:
    """Count people, minutes, places and money of the week; then the week is over."""
    state, p = office.state[0], office.settings[0]
    panel = office.panel[state.week - state.first_week]
    panel.clients = state.active
    panel.caseworkers = state.employed
    panel.minutes_paid = 60.0 * p.caseload.hours_per_week * state.employed
    panel.staff_sek = p.costs.caseworker_sek_yearly / WEEKS_PER_YEAR * state.employed
    account_staff(office, panel)
    account_programmes(office, panel)
    if state.week % WEEKS_PER_QUARTER == 0:
        account_beliefs(office, panel)
    if p.sanctions.required_hours > 0.0 or p.benefit.h_part_time_weekly > 0.0 or state.arms > 0:
        account_rules(office, panel)
    state.week += 1


@part
def account_staff(office: Office, panel: Record) -> None:
    """Count clients by team, and the minutes of the week by task."""
    state = office.state[0]
    panel.waiting = state.active
    panel.intensive_clients = state.intensive
    panel.intensive_waiting = intensive_waiting(office) if state.intensive > 0 else 0
    panel.vacant_posts = -state.employed
    for team in range(state.teams):
        panel.vacant_posts += state.posts[team]
        for number in range(state.first_seat[team], state.end_seat[team]):
            account_caseworker(office.caseworkers[number], panel)


@behaviour
def account_caseworker(caseworker: Record, panel: Record) -> None:
    """Count one caseworker's clients and minutes of the week."""
    panel.waiting -= caseworker.clients
    panel.sick += caseworker.employed - caseworker.at_work
    if caseworker.team == Team.INTENSIVE:
        panel.intensive_caseworkers += caseworker.employed
    panel.meetings += caseworker.talks
    panel.talk_minutes += caseworker.talks * caseworker.talk
    panel.minutes_overdue += caseworker.backlog
    for task in range(TASKS):
        panel.minutes[task] += caseworker.minutes[task]


@part
def intensive_waiting(office: Office) -> int:
    """Return how many wait for the intensive team."""
    state, team = office.state[0], Team.INTENSIVE
    waiting = 0
    for place in range(state.first_waiting[team], state.last_waiting[team]):
        waiting += 1 if still_waits(office, team, place) else 0
    return waiting


@part
def account_beliefs(office: Office, panel: Record) -> None:
    """Count how far caseworkers' beliefs about programmes are from what the programmes do."""
    state = office.state[0]
    for team in range(state.teams):
        for number in range(state.first_seat[team], state.end_seat[team]):
            if office.caseworkers[number].employed == 1:
                account_beliefs_of(office, number, panel)


@part
def account_beliefs_of(office: Office, number: int, panel: Record) -> None:
    """Count how far one caseworker's beliefs are from what the programmes do."""
    for programme in range(len(office.programmes)):
        for barrier in range(BARRIERS):
            truth = office.programmes[programme].content[barrier]
            panel.belief_error += abs(office.views[number, BELIEF, programme, barrier] - truth)
            panel.beliefs += 1


@part
def account_programmes(office: Office, panel: Record) -> None:
    """Count places, queues and programme money of the week."""
    week = office.state[0].week
    for number in range(len(office.programmes)):
        programme = office.programmes[number]
        places = programme.places if is_running(programme, week) else 0
        panel.places += places
        panel.places_used += programme.used
        panel.queued += programme.queue
        panel.admitted += programme.admitted
        panel.completed += programme.completed
        panel.ended_early += programme.ended_early
        panel.wait_weeks += programme.wait_weeks
        panel.stay_weeks += programme.stay_weeks
        panel.programme_sek += places * programme.sek_per_place_week
        if week >= 0:
            account_programme(office.activity[week, number], programme, places)
        programme.admitted = programme.completed = programme.ended_early = 0
        programme.dropped_out = programme.left_benefit = programme.project_ended = 0
        programme.wait_weeks = programme.stay_weeks = 0


@behaviour
def account_programme(row: Record, programme: Record, places: int) -> None:
    """Write one programme's week into the ledger."""
    row.places, row.used, row.queued = places, programme.used, programme.queue
    row.admitted, row.completed = programme.admitted, programme.completed
    row.dropped_out, row.left_benefit = programme.dropped_out, programme.left_benefit
    row.project_ended = programme.project_ended
    row.wait_weeks, row.stay_weeks = programme.wait_weeks, programme.stay_weeks
    row.programme_sek = places * programme.sek_per_place_week
