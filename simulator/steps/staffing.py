"""The staff comes, goes and falls ill, and clients are shared out anew."""

from __future__ import annotations

from simulator.agents.caseworker import clear_week, feel_health, hire, take_on
from simulator.compiled import part
from simulator.office import BELIEF, COUNT, FRESH, FRESH_SUM, Office
from simulator.randomness import normal
from simulator.records import Record
from simulator.rules.caseload import colleague_of, is_idle, is_post, keeps, quits, staff_wanted
from simulator.steps.members import list_members
from simulator.steps.waiting import wait_for_caseworker
from simulator.vocabulary import (
    BARRIERS,
    FIRST_ARM,
    NEVER,
    NOBODY,
    NOT_YET,
    Organisation,
    Purpose,
    Status,
    Team,
)

FIRST_NEW_PERSON = 2**31
"""Numbers of those who follow a leaver; the first persons of all seats have smaller ones."""


@part
def staff(office: Office) -> None:
    """Bring the staff to the size that is wanted; clients without one of theirs wait again."""
    p, state = office.settings[0], office.state[0]
    specialised = p.caseload.organisation == Organisation.SPECIALISED
    lost = state.apart == 1 or (specialised and state.week == state.reform_week)
    if p.caseload.comes_and_goes > 0.0:
        lost = come_and_go(office) or lost
    for team in range(state.teams):
        lost = size_team(office, team) or lost
    if lost and state.formed > 0:
        release_clients(office)
    elif specialised:
        release_passed_on(office)


@part
def come_and_go(office: Office) -> bool:
    """Let caseworkers quit, fall ill, come back and begin; return whether clients may have lost theirs."""
    p, state = office.settings[0], office.state[0]
    lost = False
    for team in range(state.teams):
        for number in range(state.first_seat[team], state.end_seat[team]):
            caseworker = office.caseworkers[number]
            if caseworker.employed == 1:
                if quits(caseworker, state.week, p, office.luck):
                    leave_post(office, number)
                    lost = True
                else:
                    feel_health(caseworker, state.week, p, office.luck)
                    away = state.week - caseworker.sick_since
                    lost = lost or (caseworker.at_work == 0 and away == p.caseload.reassign_after_weeks)
            if caseworker.starts_week <= state.week:
                begin_work(office, number)
    return lost


@part
def leave_post(office: Office, number: int) -> None:
    """Let a caseworker quit: the post is vacant until a new person, who knows nothing yet, begins."""
    p, state, caseworker = office.settings[0], office.state[0], office.caseworkers[number]
    office.panel[state.week - state.first_week].quits += 1
    vacate(office, number)
    caseworker.starts_week = state.week + p.caseload.hiring_weeks
    caseworker.employed_since = NOT_YET
    caseworker.id = FIRST_NEW_PERSON + state.number + state.offices * state.new_persons
    state.new_persons += 1
    hand_over_backlog(office, number)
    form_beliefs(office, number)
    office.views[number, COUNT] = p.casework.belief_weight
    office.views[number, FRESH] = 0.0
    office.views[number, FRESH_SUM] = 0.0
    office.habits[number] = 0.0


@part
def form_beliefs(office: Office, number: int) -> None:
    """Draw what a caseworker who is new believes of programmes."""
    for programme in range(len(office.programmes)):
        for barrier in range(BARRIERS):
            slip = normal(office.luck, office.caseworkers[number].id, programme, Purpose.KNOWLEDGE + barrier)
            belief = office.common_belief[programme, barrier] + office.belief_spread[barrier] * slip
            office.views[number, BELIEF, programme, barrier] = min(1.0, max(0.0, belief))


@part
def vacate(office: Office, number: int) -> None:
    """Leave a seat empty."""
    caseworker = office.caseworkers[number]
    caseworker.employed = caseworker.at_work = 0
    office.state[0].employed -= 1
    clear_week(caseworker)


@part
def hand_over_backlog(office: Office, number: int) -> None:
    """Pass overdue work on to a colleague."""
    state, owed, team = office.state[0], office.caseworkers[number].backlog, office.caseworkers[number].team
    office.caseworkers[number].backlog = 0.0
    desk = colleague_of(office.caseworkers, state.first_seat[team], state.end_seat[team], number)
    office.caseworkers[desk].backlog += owed


@part
def begin_work(office: Office, number: int) -> None:
    """Let the person hired for a post begin; the staff of the first week has long been there."""
    p, state, caseworker = office.settings[0], office.state[0], office.caseworkers[number]
    hire(caseworker, p, office.luck)
    state.employed += 1
    caseworker.starts_week = NEVER
    caseworker.sick_until = NOT_YET
    if caseworker.employed_since == NOT_YET:
        first = state.week == state.first_week
        caseworker.employed_since = state.week - p.caseload.experienced_weeks if first else state.week


@part
def size_team(office: Office, team: int) -> bool:
    """Open or close posts so that a team has as many as wanted; return whether somebody was let go."""
    state = office.state[0]
    wanted = min(staff_wanted(state, team, rules_of_team(office, team)), state.most_posts[team])
    while state.posts[team] < wanted:
        open_post(office, team)
    if state.posts[team] > wanted:
        withdraw_vacancies(office, team, wanted)
        let_go(office, team, wanted)
        return True
    return False


@part
def rules_of_team(office: Office, team: int) -> Record:
    """Return the settings by which a team is staffed: those of its arm, if it is the staff of one."""
    return office.settings[team if team >= FIRST_ARM else 0]


@part
def open_post(office: Office, team: int) -> None:
    """Open a post; whoever was let go from it is called back, since they come first."""
    p, state = office.settings[0], office.state[0]
    number = state.first_seat[team]
    while is_post(office.caseworkers[number]):
        number += 1
    state.posts[team] += 1
    state.seats = max(state.seats, number + 1)
    state.end_seat[team] = max(state.end_seat[team], number + 1)
    while state.formed < state.seats:  # most seats are never taken
        form_beliefs(office, state.formed)
        state.formed += 1
    delay = p.caseload.hiring_weeks if state.week > state.first_week else 0
    office.caseworkers[number].starts_week = state.week + delay
    if delay == 0:
        begin_work(office, number)


@part
def withdraw_vacancies(office: Office, team: int, wanted: int) -> None:
    """Stop hiring for a team's vacant posts, the last first, until `wanted` posts are left."""
    state = office.state[0]
    for number in range(state.end_seat[team] - 1, state.first_seat[team] - 1, -1):
        caseworker = office.caseworkers[number]
        if caseworker.starts_week < NEVER and state.posts[team] > wanted:
            caseworker.starts_week = NEVER
            state.posts[team] -= 1


@part
def let_go(office: Office, team: int, wanted: int) -> None:
    """Let the last of a team go until `wanted` posts are left; what those owe is shared out."""
    state = office.state[0]
    for number in range(state.end_seat[team] - 1, state.first_seat[team] - 1, -1):
        if office.caseworkers[number].employed == 1 and state.posts[team] > wanted:
            vacate(office, number)
            state.posts[team] -= 1
    for other in range(state.teams - 1, -1, -1):
        for number in range(state.end_seat[other] - 1, state.first_seat[other] - 1, -1):
            if not is_post(office.caseworkers[number]):
                hand_over_backlog(office, number)
    while state.seats > 0 and not is_post(office.caseworkers[state.seats - 1]):
        state.seats -= 1
    end_teams(office)


@part
def end_teams(office: Office) -> None:
    """Let each team end with its last post, or the last desk with something overdue."""
    state = office.state[0]
    for team in range(state.teams):
        end = state.end_seat[team]
        while end > state.first_seat[team] and (end > state.seats or is_idle(office.caseworkers[end - 1])):
            end -= 1
        state.end_seat[team] = end


@part
def release_clients(office: Office) -> None:
    """Let clients wait again whose caseworker is gone, long ill, or of another team than theirs."""
    p, state = office.settings[0], office.state[0]
    for slot in range(state.slots):
        client = office.clients[slot]
        caseworker = office.caseworkers[client.caseworker if client.status == Status.SERVED else 0]
        if not keeps(caseworker, client, state.week, p) and client.status == Status.SERVED:
            release(office, slot)


@part
def release_passed_on(office: Office) -> None:
    """Let clients wait again who have been passed on since last week, and have an ordinary caseworker."""
    state = office.state[0]
    for slot in range(state.slots):
        client = office.clients[slot]
        passed_on = (client.team == Team.INTENSIVE) & (client.caseworker < state.first_seat[Team.INTENSIVE])
        if passed_on & (client.status == Status.SERVED):  # one question: each alone is a toss-up
            release(office, slot)


@part
def release(office: Office, slot: int) -> None:
    """Let a client wait for another caseworker."""
    client = office.clients[slot]
    office.caseworkers[client.caseworker].clients -= 1
    client.caseworker = NOBODY
    client.status = Status.WAITING
    wait_for_caseworker(office, slot)


@part
def rebalance(office: Office) -> None:
    """Move clients from the fullest to the emptiest caseworker of a team until they are nearly alike."""
    list_members(office)
    for team in range(office.state[0].teams):
        moved = True
        while moved:
            moved = move_latest(office, team)


@part
def move_latest(office: Office, team: int) -> bool:
    """Move the fullest caseworker's latest client to the emptiest, if they differ by more than the slack."""
    p, state = office.settings[0], office.state[0]
    fullest = emptiest = NOBODY
    for number in range(state.first_seat[team], state.end_seat[team]):
        caseworker = office.caseworkers[number]
        if caseworker.at_work == 0:
            continue
        if fullest == NOBODY or caseworker.clients > office.caseworkers[fullest].clients:
            fullest = number
        if emptiest == NOBODY or caseworker.clients < office.caseworkers[emptiest].clients:
            emptiest = number
    if fullest == NOBODY:
        return False
    giver, taker = office.caseworkers[fullest], office.caseworkers[emptiest]
    if giver.clients - taker.clients <= p.caseload.rebalance_slack:
        return False
    client = office.clients[latest_client(office, fullest)]
    giver.clients -= 1
    changed = take_on(taker, client, emptiest, state.week, p, office.luck)
    office.panel[state.week - state.first_week].caseworker_changes += changed
    return True


@part
def latest_client(office: Office, number: int) -> int:
    """Return the slot of the caseworker's client who applied last (of equals, the one with the larger id).

    Who has been moved away since members were listed is none; who has been moved to a caseworker, then one
    with fewest clients, is never moved on.
    """
    latest, caseworker = NOBODY, office.caseworkers[number]
    for place in range(caseworker.first_member, caseworker.end_member):
        slot = office.members[place]
        client = office.clients[slot]
        if client.caseworker == number:
            if latest == NOBODY:
                latest = slot
            best = office.clients[latest]
            if (client.entry_week, client.id) > (best.entry_week, best.id):
                latest = slot
    return latest
