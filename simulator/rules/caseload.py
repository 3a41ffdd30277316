"""The caseload lever: how many caseworkers there are, who comes and goes, and who may take a client."""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import behaviour
from simulator.randomness import Luck, uniform
from simulator.records import Record
from simulator.vocabulary import FIRST_ARM, NEVER, NOBODY, CaseloadRule, Organisation, Purpose, Team


@behaviour
def part_of(whole: int, number: int, parts: int) -> int:
    """Return what falls to one of several equal parts of a whole number; the parts add up to the whole."""
    return whole * (number + 1) // parts - whole * number // parts


# --- teams ----------------------------------------------------------------------------------------


@behaviour
def teams_of(p: Record) -> int:
    """Return the number of teams."""
    return 1 if p.caseload.organisation == Organisation.GENERALIST else 2


@behaviour
def arm_posts(posts: int, share: float) -> int:
    """Return how many of the posts are for the share of all clients that a team has."""
    return int(posts * share + 0.5)


@behaviour
def posts_of(team: int, p: Record) -> int:
    """Return how many caseworkers a team has in all offices where the number is set."""
    if p.caseload.organisation == Organisation.GENERALIST:
        return p.caseload.caseworkers
    if team == Team.INTENSIVE:
        return p.caseload.intensive_caseworkers
    return p.caseload.caseworkers - p.caseload.intensive_caseworkers


@behaviour
def clients_of(state: Record, team: int) -> int:
    """Return how many clients are a team's, those who wait for it included."""
    if team >= FIRST_ARM:
        return state.members[team]
    return state.intensive if team == Team.INTENSIVE else state.active - state.intensive - state.in_arms


@behaviour
def is_hard_to_place(client: Record, p: Record) -> bool:
    """Whether an assessed client of the ordinary team is believed too far from work for it."""
    return client.team == Team.ORDINARY and client.nearness < p.caseload.hard_to_place_below


# --- the size of the staff ------------------------------------------------------------------------


@behaviour
def is_review(state: Record, p: Record) -> bool:
    """Whether the staff is reviewed this week."""
    return (state.week - state.first_week) % p.caseload.review_weeks == 0


@behaviour
def staff_wanted(state: Record, team: int, p: Record) -> int:
    """Return how many caseworkers a team of an office should have now."""
    if p.caseload.regime != CaseloadRule.RATIO:
        return part_of(arm_posts(posts_of(team, p), state.share[team]), state.number, state.offices)
    if not is_review(state, p) and state.week != state.trial_week:
        return state.posts[team]
    clients_each = p.caseload.clients_per_caseworker
    if team == Team.INTENSIVE:
        clients_each = p.caseload.intensive_clients_per_caseworker
    return max(1 - state.apart, math.ceil(clients_of(state, team) / clients_each))


# --- who comes, goes and falls ill ----------------------------------------------------------------


@behaviour
def is_post(caseworker: Record) -> bool:
    """Whether there is a post: somebody has it, or somebody is being hired for it."""
    return caseworker.employed == 1 or caseworker.starts_week < NEVER


@behaviour
def is_idle(caseworker: Record) -> bool:
    """Whether there is neither a post nor anything overdue on its desk."""
    return not is_post(caseworker) and caseworker.backlog == 0.0


@behaviour
def quits(caseworker: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether a caseworker quits this week."""
    chance = p.caseload.p_quit_weekly
    return chance > 0.0 and uniform(luck, caseworker.id, week, Purpose.QUIT) < chance


@behaviour
def falls_ill(caseworker: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether a caseworker at work begins a sick leave this week."""
    chance = p.caseload.p_sick_leave_weekly
    return chance > 0.0 and uniform(luck, caseworker.id, week, Purpose.SICK_LEAVE) < chance


@behaviour
def sick_leave_weeks(caseworker: Record, week: int, p: Record, luck: Luck) -> int:
    """Return the length of a sick leave: geometric with the mean that is set."""
    mean = p.caseload.sick_leave_weeks
    if mean <= 1.0:
        return 1
    draw = uniform(luck, caseworker.id, week, Purpose.SICK_LEAVE_LENGTH)
    return 1 + int(math.log(draw) / math.log(1.0 - 1.0 / mean))


@behaviour
def keeps(caseworker: Record, client: Record, week: int, p: Record) -> bool:
    """Whether a client stays with the caseworker: of the client's team, employed, and not long away."""
    if caseworker.employed == 0 or caseworker.team != client.team:
        return False
    return caseworker.at_work == 1 or week - caseworker.sick_since < p.caseload.reassign_after_weeks


# --- who takes the next client --------------------------------------------------------------------


@behaviour
def has_room(caseworker: Record, p: Record) -> bool:
    """Whether a caseworker may take one client more."""
    if p.caseload.regime != CaseloadRule.LIMIT:
        return True
    limit = p.caseload.intensive_limit if caseworker.team == Team.INTENSIVE else p.caseload.limit
    return caseworker.clients < limit


@behaviour
def caseworker_with_room(caseworkers: np.recarray, first: int, end: int, p: Record) -> int:
    """Return a team's caseworker at work with room and fewest clients (the first of equals), or NOBODY.

    The team's seats stand from `first` to `end`.
    """
    best = NOBODY
    for number in range(first, end):
        caseworker = caseworkers[number]
        if caseworker.at_work == 0:
            continue
        fewer = best == NOBODY or caseworker.clients < caseworkers[best].clients
        if fewer and has_room(caseworker, p):
            best = number
    return best


@behaviour
def colleague_of(caseworkers: np.recarray, first: int, end: int, number: int) -> int:
    """Return whose desk a leaver's overdue work goes to: the team's members at work share it out by number.

    With nobody at work it stays on the first desk of the team, for whoever comes next. The team's seats stand
    from `first` to `end`.
    """
    present, desk = 0, number
    for other in range(end - 1, first - 1, -1):
        present += caseworkers[other].at_work
        if is_post(caseworkers[other]):
            desk = other
    if present == 0:
        return desk
    turn = number % present
    for other in range(first, end):
        if caseworkers[other].at_work == 1:
            if turn == 0:
                return other
            turn -= 1
    return desk
