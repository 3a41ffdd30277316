"""Referral, admission and attendance, follow-up of absence."""

from __future__ import annotations

from simulator.agents.caseworker import assess_as_provider, error_of_belief
from simulator.agents.client import absence, refuses
from simulator.agents.duty import accepts_offer, come_back, renew_duty
from simulator.agents.leaving import set_hazards
from simulator.agents.programme import PRIORITIES, admit, employ, end_jobs, end_stay, give_week
from simulator.compiled import apart, part
from simulator.office import BELIEF, Office
from simulator.randomness import occasion, uniform, uniforms
from simulator.records import Record
from simulator.rules.collaboration import is_seen, known_from, provider_doubts
from simulator.rules.duty import AGE_LIMIT
from simulator.rules.referral import (
    addresses_largest_barrier,
    choose_programme,
    is_passed_over,
    is_running,
    priority_group,
    takes,
)
from simulator.rules.sanctions import is_believed, is_valid_reason
from simulator.steps.learning import learn_from
from simulator.vocabulary import NEVER, NOBODY, Absence, Purpose, Status, StayEnd


@apart
def referral(office: Office) -> None:
    """Choose a programme by rule for each client whom a caseworker refers, and queue the client for it.

    Each week begins with another client, drawn by lot, so that nobody is always before the others.
    """
    state = office.state[0]
    first = by_lot(office, Purpose.FIRST_REFERRED)
    for step in range(state.slots):
        slot = first + step if first + step < state.slots else first + step - state.slots
        if office.to_refer[slot] == 1:
            refer(office, slot)


@part
def by_lot(office: Office, purpose: int) -> int:
    """Return a slot drawn by lot, from which this week's turn begins."""
    state = office.state[0]
    return int(state.slots * uniform(office.luck, state.number, state.week, purpose))


@part
def refer(office: Office, slot: int) -> None:
    """Refer one client, if any programme is open to the client."""
    client, week = office.clients[slot], office.state[0].week
    p = office.settings[client.rules]
    office.to_refer[slot] = 0
    if is_passed_over(office.caseworkers[client.caseworker].ease, client, week, p, office.luck):
        return
    beliefs, habits = office.views[client.caseworker, BELIEF], office.habits[client.caseworker]
    number = choose_programme(office.programmes, client, beliefs, habits, week, p, office.luck)
    if number != NOBODY:
        habits[number] += 1.0
        send(office, office.programmes[number], slot, week + p.collaboration.referral_delay_weeks)


@part
def send(office: Office, programme: Record, slot: int, ticket_week: int) -> None:
    """Queue a client for a programme, which hears of it in `ticket_week`, and count the referral."""
    client, state = office.clients[slot], office.state[0]
    join_line(office, programme, slot, ticket_week)
    client.referrals += 1
    client.fitting_referrals += 1 if addresses_largest_barrier(programme, client) else 0
    office.panel[state.week - state.first_week].referrals += 1


@part
def join_line(office: Office, programme: Record, slot: int, ticket_week: int) -> None:
    """Put a client last in the line of the client's priority group, which stays the same while waiting."""
    client, week = office.clients[slot], office.state[0].week
    group = priority_group(programme, client, week)
    client.queued_for, client.queued_week = programme.id, week
    client.priority = group
    client.ticket_week = ticket_week
    client.next_in_line = NOBODY
    client.previous_in_line = programme.tail[group]
    if programme.tail[group] == NOBODY:
        programme.head[group] = slot
    else:
        office.clients[programme.tail[group]].next_in_line = slot
    programme.tail[group] = slot
    programme.queue += 1


@part
def leave_line(office: Office, slot: int) -> None:
    """Take a client out of the line, wherever the client stands in it."""
    client = office.clients[slot]
    programme = office.programmes[client.queued_for]
    group = client.priority
    before, after = client.previous_in_line, client.next_in_line
    if before == NOBODY:
        programme.head[group] = after
    else:
        office.clients[before].next_in_line = after
    if after == NOBODY:
        programme.tail[group] = before
    else:
        office.clients[after].previous_in_line = before
    client.queued_for = NOBODY
    client.ticket_week = NEVER
    programme.queue -= 1


@part
def admission(office: Office) -> None:
    """End the stays that are over; fill free places from the lines; report absent who refuses at once."""
    end_due_stays(office)
    for number in range(len(office.programmes)):
        programme = office.programmes[number]
        if programme.employs == 1:
            end_due_jobs(office, programme)
        if not is_running(programme, office.state[0].week):
            dissolve_line(office, programme)
            continue
        for group in range(PRIORITIES):
            while programme.used < programme.places and offer_to_first(office, programme, group):
                pass


@part
def end_due_stays(office: Office) -> None:
    """Let participants whose stay is over leave their places; who leads on to a next one begins by lot."""
    state = office.state[0]
    first = by_lot(office, Purpose.FIRST_CHAINED) if state.chains == 1 else 0
    before = 0
    while before < state.stays_due and office.stays_due[before] < first:
        before += 1
    for step in range(state.stays_due):
        turn = before + step
        slot = office.stays_due[turn if turn < state.stays_due else turn - state.stays_due]
        end = StayEnd.PROJECT_ENDED if office.clients[slot].cut_short == 1 else StayEnd.COMPLETED
        leave_programme(office, slot, end)


@part
def end_due_jobs(office: Office, programme: Record) -> None:
    """Free the places of those hired whose job ends now."""
    state = office.state[0]
    jobs = office.releases[state.week - state.first_week, programme.id]
    end_jobs(programme, jobs[0], jobs[1])


@part
def dissolve_line(office: Office, programme: Record) -> None:
    """Send home who waits for a project that is over."""
    for group in range(PRIORITIES):
        while programme.head[group] != NOBODY:
            leave_line(office, programme.head[group])


@part
def offer_to_first(office: Office, programme: Record, group: int) -> bool:
    """Offer a place to the first in line whose referral has arrived; return whether there was one."""
    week = office.state[0].week
    slot = programme.head[group]
    if slot == NOBODY or office.clients[slot].ticket_week > week:
        return False
    client = office.clients[slot]
    p = office.settings[client.rules]
    leave_line(office, slot)
    if client.obliged == 0 and not accepts_offer(client, p, office.luck):
        client.rest_until = week + p.referral.rest_weeks
        office.panel[week - office.state[0].first_week].offers_declined += 1
    elif client.obliged == 1 and refuses(client, p, office.luck):
        client.rest_until = week + p.referral.rest_weeks
        client.due_weeks += 1
        stay_away(office, slot, Absence.REFUSAL)
    else:
        if programme.employs == 1:
            give_job(office, programme, client)
        else:
            admit(programme, client, week, office.luck)
            client.absent_since = NEVER
            reassess_if_thin(office, client)
        set_hazards(client, week, p)
    return True


@part
def reassess_if_thin(office: Office, client: Record) -> None:
    """Let the provider make an assessment anew that is thin or was not shared; content has to wait for it."""
    p, state = office.settings[client.rules], office.state[0]
    if provider_doubts(client, error_of_belief(client), p, office.luck):
        assess_as_provider(client, state.week, p, office.luck)
        renew_duty(client, state.week, p)
        client.content_from = state.week + p.collaboration.reassess_weeks
        office.panel[state.week - state.first_week].reassessments += 1


@part
def give_job(office: Office, programme: Record, client: Record) -> None:
    """Hire a client, and enter the week in which the job ends in the calendar of releases."""
    state = office.state[0]
    employ(programme, client, state.week, office.luck)
    place = client.job_ends - state.first_week
    if place < len(office.releases):
        office.releases[place, programme.id, 0] += 1
        office.releases[place, programme.id, 1] += client.job_ends - state.week


@part
def attendance(office: Office) -> None:
    """Let every participant attend or stay away; dropping out ends a stay."""
    state = office.state[0]
    for place in range(list_participants(office)):
        slot = office.line[place]
        client = office.clients[slot]
        p = office.settings[client.rules]
        count_duty(office, client)
        programme = office.programmes[client.programme]
        cause = absence(client, office.draws[place], p)
        client.participation_weeks += 1
        if cause == Absence.NONE:
            client.programme_weeks += 1
            if client.content_from <= state.week:
                give_week(programme, client, p.trust.motivation_gain)
            come_back(client, state.week, p)
        else:
            stay_away(office, slot, cause)
            if cause == Absence.DROP_OUT:
                leave_programme(office, slot, StayEnd.DROPPED_OUT)


@part
def list_participants(office: Office) -> int:
    """List the participants, and draw for each how the week goes; return how many they are."""
    count = 0
    for slot in range(office.state[0].slots):
        client = office.clients[slot]
        office.line[count] = slot
        count += 1 if (client.programme != NOBODY) & (client.status != Status.AWAY) else 0
    who, when = office.drawn[0], office.drawn[1]
    for place in range(count):
        client = office.clients[office.line[place]]
        who[place], when[place] = client.id, occasion(client.spell, client.participation_weeks)
    uniforms(office.luck, who, when, count, Purpose.ABSENCE, office.draws)
    return count


@part
def count_duty(office: Office, client: Record) -> None:
    """Count a participant who is obliged to be there, and one above the limit of the old age rule apart."""
    if client.obliged == 1:
        panel = office.panel[office.state[0].week - office.state[0].first_week]
        client.due_weeks += 1
        panel.mandatory += 1
        panel.mandatory_over_25 += 1 if client.age >= AGE_LIMIT else 0


@part
def leave_programme(office: Office, slot: int, end: int) -> None:
    """End a stay; the caseworker sees what a completed one did, and it may lead on to the next programme."""
    client, week = office.clients[slot], office.state[0].week
    p = office.settings[client.rules]
    programme = office.programmes[client.programme]
    if end == StayEnd.COMPLETED:
        learn_from(office, programme, client)
    end_stay(programme, client, week, p.referral.rest_weeks if end != StayEnd.PROJECT_ENDED else 0, end)
    set_hazards(client, week, p)
    if end == StayEnd.COMPLETED and programme.leads_to != NOBODY:
        lead_on(office, office.programmes[programme.leads_to], slot)


@part
def lead_on(office: Office, programme: Record, slot: int) -> None:
    """Queue a client for the next step of a chain at once, without rest, if it takes the client."""
    client, week = office.clients[slot], office.state[0].week
    if programme.places > 0 and is_running(programme, week) and takes(programme, client, week):
        client.rest_until = week
        send(office, programme, slot, week)


@part
def stay_away(office: Office, slot: int, cause: int) -> None:
    """Count an absence; unless its reason is proven at once or there is no duty, it is one to follow up."""
    state, client = office.state[0], office.clients[slot]
    p = office.settings[client.rules]
    client.absences += 1
    office.panel[state.week - state.first_week].absences[cause] += 1
    valid = is_valid_reason(cause, p)
    if client.obliged == 1 and not valid:
        client.missed_weeks += 1
    if client.obliged == 0 or (valid and is_believed(client, p, office.luck)):
        return
    if client.absent_since == NEVER:
        client.absent_since = state.week
    if client.report_week == NEVER:
        client.reason_valid = 1 if valid else 0
        office.absent[state.absent] = slot
        state.absent += 1


@part
def follow_up(office: Office) -> None:
    """See this week's unproven absences or not; those seen reach the caseworker after the report's delay."""
    state = office.state[0]
    for place in range(state.absent):
        client = office.clients[office.absent[place]]
        p = office.settings[client.rules]
        if is_seen(client, p, office.luck):
            client.report_week = known_from(state.week, p)
            office.panel[state.week - state.first_week].absences_seen += 1
