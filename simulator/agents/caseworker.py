"""The caseworker: the record of one employee with a finite week, and what a caseworker does with a client."""

from __future__ import annotations

import math

import numpy as np

from simulator.agents.client import take_talk
from simulator.compiled import behaviour
from simulator.randomness import Luck, normal, normals, occasion, uniform
from simulator.records import Record
from simulator.rules.caseload import falls_ill, sick_leave_weeks
from simulator.rules.priority import next_task
from simulator.vocabulary import (
    BARRIERS,
    NOBODY,
    NOT_YET,
    TASKS,
    WEEKS_PER_CLIENT_MONTH,
    Assessor,
    Door,
    Purpose,
    Status,
    Task,
    Team,
)

CASEWORKER = np.dtype(
    [
        ("id", "i8"),
        ("employed", "i8"),
        ("clients", "i8"),
        ("skill", "f8"),
        ("strictness", "f8"),
        ("creaming", "f8"),
        # this week
        ("left", "f8"),
        ("backlog", "f8"),
        ("thoroughness", "f8"),
        ("ease", "f8"),
        ("talk", "f8"),
        ("assessment", "f8"),
        ("plan", "f8"),
        ("minutes", "f8", (TASKS,)),
        ("talks", "i8"),
        ("decisions", "i8"),
        ("inquiries", "i8"),
        ("due", "i8"),
        ("first_member", "i8"),
        ("end_member", "i8"),
        # the seat: whose team, whether somebody is at work in it, and since or from when
        ("team", "i8"),
        ("rules", "i8"),
        ("at_work", "i8"),
        ("employed_since", "i8"),
        ("starts_week", "i8"),
        ("sick_since", "i8"),
        ("sick_until", "i8"),
        ("novice_extra", "f8"),
    ],
    align=True,
)
"""One seat, and who sits in it: `id` is a person's number, which never comes twice; `rules` is the row of
the settings by which the seat works."""


@behaviour
def hire(caseworker: Record, p: Record, luck: Luck) -> None:
    """Draw who the caseworker is: skill, strictness, and preference for clients near work."""
    caseworker.employed = caseworker.at_work = 1
    sd = p.casework.skill_sd
    caseworker.skill = math.exp(sd * normal(luck, caseworker.id, 0, Purpose.SKILL) - 0.5 * sd * sd)
    caseworker.strictness = p.casework.strictness_sd * normal(luck, caseworker.id, 0, Purpose.STRICTNESS)
    preference = p.casework.creaming_sd * normal(luck, caseworker.id, 0, Purpose.CREAMING)
    caseworker.creaming = p.casework.creaming * math.exp(preference)


@behaviour
def take_on(caseworker: Record, client: Record, seat: int, week: int, p: Record, luck: Luck) -> int:
    """Become a client's caseworker; return 1 if the client had another person before, else 0."""
    client.caseworker = seat
    client.status = Status.SERVED
    caseworker.clients += 1
    before = client.last_caseworker
    client.last_caseworker = caseworker.id
    if client.first_served_week == NOT_YET:
        client.first_served_week = week
        client.caseworker_skill = caseworker.skill
    if client.team == Team.INTENSIVE and client.intensive_served_week == NOT_YET:
        client.intensive_served_week = week
    if before == NOBODY or before == caseworker.id:  # noqa: PLR1714  (a tuple would be made each time)
        return 0
    lose_by_change(client, week, p, luck)
    return 1


@behaviour
def lose_by_change(client: Record, week: int, p: Record, luck: Luck) -> None:
    """Lose what a change of caseworker costs: some trust, perhaps the assessment."""
    client.caseworker_changes += 1
    client.trust *= 1.0 - p.trust.change_loss
    loss = p.casework.handover_loss
    if loss > 0.0 and uniform(luck, client.id, week, Purpose.HANDOVER) < loss:
        client.assessed_week = NOT_YET


@behaviour
def feel_health(caseworker: Record, week: int, p: Record, luck: Luck) -> None:
    """Fall ill, stay ill, or be at work."""
    if week < caseworker.sick_until:
        return
    caseworker.at_work = 1
    if falls_ill(caseworker, week, p, luck):
        caseworker.at_work = 0
        caseworker.sick_since = week
        caseworker.sick_until = week + sick_leave_weeks(caseworker, week, p, luck)


@behaviour
def clear_week(caseworker: Record) -> None:
    """Begin a week with nothing done."""
    for task in range(TASKS):
        caseworker.minutes[task] = 0.0
    caseworker.talks = 0


@behaviour
def set_experience(caseworker: Record, week: int, p: Record) -> None:
    """Set the extra share of minutes that a newly employed caseworker takes; it falls linearly to none."""
    left = 1.0 - (week - caseworker.employed_since) / p.caseload.experienced_weeks
    caseworker.novice_extra = (p.caseload.novice_weight - 1.0) * min(1.0, max(0.0, left))


@behaviour
def case_weight(client: Record, p: Record) -> float:
    """Return how many times the usual minutes a client's tasks take, by true barriers and children."""
    if p.casework.weighted == 0.0:
        return 1.0
    weight = 1.0 + (p.casework.child_weight if client.children > 0 else 0.0)
    for barrier in range(BARRIERS):
        weight += p.casework.case_weights[barrier] * client.barrier[barrier]
    return weight


@behaviour
def load(caseworker: Record, client: Record, p: Record) -> float:
    """Return how many times the usual minutes this caseworker's tasks with this client take."""
    return case_weight(client, p) * (1.0 + caseworker.novice_extra)


@behaviour
def open_week(caseworker: Record, p: Record) -> None:
    """Begin the week with the paid minutes, less what goes to overhead."""
    paid = 60.0 * p.caseload.hours_per_week
    clear_week(caseworker)
    caseworker.minutes[Task.OVERHEAD] = paid * p.casework.share_overhead
    caseworker.left = paid - caseworker.minutes[Task.OVERHEAD]


@behaviour
def spend(caseworker: Record, client: Record, task: int, minutes: float) -> None:
    """Spend minutes of the week on one client."""
    caseworker.minutes[task] += minutes
    caseworker.left -= minutes
    client.staff_minutes += minutes


@behaviour
def spend_alone(caseworker: Record, task: int, minutes: float, p: Record) -> None:
    """Spend minutes of the week on no client in particular, as far as they are there."""
    now = minutes if p.casework.unlimited_time == 1 else min(minutes, max(0.0, caseworker.left))
    caseworker.minutes[task] += now
    caseworker.left -= now


@behaviour
def can_spend(caseworker: Record, minutes: float, p: Record) -> bool:
    """Whether so many minutes are left of the week."""
    return p.casework.unlimited_time == 1 or caseworker.left >= minutes


@behaviour
def can_spare(caseworker: Record, minutes: float, p: Record) -> bool:
    """Whether so many minutes are left beside the time kept for clients."""
    kept = 60.0 * p.caseload.hours_per_week * (1.0 - p.casework.share_overhead) * p.casework.share_for_clients
    return can_spend(caseworker, minutes + kept, p)


@behaviour
def decision_minutes(client: Record, week: int, p: Record) -> float:
    """Return the minutes of a thorough benefit decision on this client."""
    weight = p.casework.new_client_weight if week - client.entry_week < WEEKS_PER_CLIENT_MONTH else 1.0
    usual = p.casework.decision_minutes * weight * (1.0 - p.collaboration.share_minutes_saved)
    return usual * case_weight(client, p)


@behaviour
def set_thoroughness(caseworker: Record, thorough_minutes: float, p: Record) -> None:
    """Choose how thorough this week's decisions are: short, if they would eat the time kept for clients."""
    keep = caseworker.left * (1.0 - p.casework.share_for_clients) - caseworker.backlog
    shortest = p.casework.decision_short_minutes / max(p.casework.decision_minutes, 1e-9)
    share = 1.0
    if p.casework.unlimited_time == 0 and thorough_minutes > keep:
        share = max(shortest, keep / thorough_minutes)
    caseworker.thoroughness = min(1.0, share)


@behaviour
def work_off_backlog(caseworker: Record, p: Record) -> None:
    """Do the overdue decisions first, as far as the week reaches."""
    minutes = caseworker.backlog
    if p.casework.unlimited_time == 0:
        minutes = min(minutes, caseworker.left)
    caseworker.backlog -= minutes
    caseworker.left -= minutes
    caseworker.minutes[Task.DECISION] += minutes


@behaviour
def spend_or_owe(caseworker: Record, client: Record, task: int, minutes: float, p: Record) -> None:
    """Spend minutes on what cannot wait; what the week has no room for comes first next week, overdue."""
    now = minutes if can_spend(caseworker, minutes, p) else max(0.0, caseworker.left)
    spend(caseworker, client, task, now)
    client.staff_minutes += minutes - now
    caseworker.backlog += minutes - now


@behaviour
def set_ease(caseworker: Record, wished_minutes: float, p: Record) -> None:
    """Set how much of the wished time the week can still give (ease 1: all), and so the length of tasks."""
    ease = 1.0
    if p.casework.unlimited_time == 0 and wished_minutes > 0.0:
        ease = min(1.0, max(0.0, caseworker.left) / wished_minutes)
    caseworker.ease = ease
    pace = ease**p.casework.time_squeeze if ease < 1.0 else 1.0
    caseworker.talk = shortened(p.casework.talk_minutes, p.casework.talk_short_minutes, pace)
    caseworker.assessment = shortened(
        p.casework.assessment_minutes, p.casework.assessment_short_minutes, pace
    ) * template_minutes(p)
    caseworker.plan = shortened(p.casework.plan_minutes, p.casework.plan_short_minutes, pace)


@behaviour
def shortened(full: float, shortest: float, pace: float) -> float:
    """Return the minutes of a task cut to a share `pace` of the full time, but not below the shortest."""
    return max(min(full, shortest), full * pace)


@behaviour
def wished_minutes(caseworker: Record, client: Record, talk_weekly: float, p: Record) -> float:
    """Return the minutes that the caseworker would give this client in this week if time allowed.

    `talk_weekly` are the minutes a week of full talks as often as wished.
    """
    task = next_task(client, p)
    if task == Task.ASSESSMENT:
        minutes = p.casework.assessment_minutes * template_minutes(p)
        return minutes * load(caseworker, client, p) + joint_minutes(p)
    if task == Task.PLAN:
        return p.casework.plan_minutes * load(caseworker, client, p)
    return talk_weekly


@behaviour
def task_minutes(caseworker: Record, client: Record, task: int, p: Record) -> float:
    """Return the minutes that the next task with a client takes this week."""
    if task == Task.ASSESSMENT:
        return caseworker.assessment * load(caseworker, client, p) + joint_minutes(p)
    if task == Task.PLAN:
        return caseworker.plan * load(caseworker, client, p)
    return caseworker.talk + p.casework.talk_around_minutes


@behaviour
def hold_talk(caseworker: Record, client: Record, week: int, p: Record) -> None:
    """Talk with a client: contact, trust, and a better picture of the barriers."""
    length = caseworker.talk
    spend(caseworker, client, Task.MEETING, length + p.casework.talk_around_minutes)
    count_talk(caseworker, client, week, length)
    strength = length / max(p.casework.talk_minutes, 1e-9)
    take_talk(client, week, strength, caseworker.skill, p)
    insight = min(1.0, p.casework.talk_insight * strength * client.trust)
    see_better(client, insight, p)


@behaviour
def is_called_off(client: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether the talk planned for now is the one that may be called off at random, and is."""
    if client.planned_talk_week != NOT_YET or client.meetings + 1 != p.casework.cancelled_talk:
        return False
    client.planned_talk_week = week
    if uniform(luck, client.id, client.spell, Purpose.CANCELLED) < p.casework.p_cancelled:
        client.talk_cancelled = 1
    return client.talk_cancelled == 1


@behaviour
def see_better(client: Record, insight: float, p: Record) -> None:
    """Remove a share of the error in what is believed of a client."""
    for barrier in range(BARRIERS):
        client.believed[barrier] += insight * (client.barrier[barrier] - client.believed[barrier])
    set_nearness(client, p)


@behaviour
def count_talk(caseworker: Record, client: Record, week: int, length: float) -> None:
    """Count a talk of some minutes."""
    caseworker.talks += 1
    client.meetings += 1
    client.meeting_minutes += length
    if client.first_meeting_week == NOT_YET:
        client.first_meeting_week = week


@behaviour
def assess(caseworker: Record, client: Record, week: int, p: Record, luck: Luck) -> None:
    """Assess a client's barriers, alone or together with the provider; haste makes errors."""
    spend(caseworker, client, Task.ASSESSMENT, task_minutes(caseworker, client, Task.ASSESSMENT, p))
    full = p.casework.assessment_minutes * template_minutes(p)
    haste = math.sqrt(full / max(caseworker.assessment, 1e-9))
    trust = client.trust
    if p.collaboration.assessor == Assessor.JOINT:
        trust = min(1.0, trust + p.collaboration.provider_trust)
    error = p.casework.assessment_noise * p.collaboration.noise_factor * haste * (1.5 - trust)
    form_belief(client, error, week, p, luck)
    client.contact_week = week


@behaviour
def assess_as_provider(client: Record, week: int, p: Record, luck: Luck) -> None:
    """Assess a client as a provider does: with the time it takes, and without power over the benefit."""
    trust = min(1.0, client.trust + p.collaboration.provider_trust)
    error = p.casework.assessment_noise * p.collaboration.provider_noise_factor * (1.5 - trust)
    form_belief(client, error, week, p, luck)


@behaviour
def form_belief(client: Record, error: float, week: int, p: Record, luck: Luck) -> None:
    """Set what the service believes of each barrier: the truth plus an error with this standard deviation."""
    if p.casework.template == 1:
        error *= p.casework.template_noise_factor
    time = occasion(client.spell, client.assessments)
    for pair in range(BARRIERS // 2):
        slips = (0.0, 0.0)
        if error > 0.0:
            slips = normals(luck, client.id, time, Purpose.ASSESSMENT + pair)
        for half in range(2):
            barrier = 2 * pair + half
            client.believed[barrier] = min(1.0, max(0.0, client.barrier[barrier] + error * slips[half]))
    client.assessed_week = week
    client.assessments += 1
    set_nearness(client, p)


@behaviour
def error_of_belief(client: Record) -> float:
    """Return the mean distance of the believed barriers from the true ones."""
    total = 0.0
    for barrier in range(BARRIERS):
        total += abs(client.believed[barrier] - client.barrier[barrier])
    return total / BARRIERS


@behaviour
def template_minutes(p: Record) -> float:
    """Return how many times longer a structured template makes an assessment."""
    return p.casework.template_minutes_factor if p.casework.template == 1 else 1.0


@behaviour
def joint_minutes(p: Record) -> float:
    """Return what the provider's part in an assessment takes the caseworker."""
    return p.collaboration.joint_minutes if p.collaboration.assessor == Assessor.JOINT else 0.0


@behaviour
def set_nearness(client: Record, p: Record) -> None:
    """Set how near to work the caseworker believes the client is: 1 without barriers, towards 0 with many."""
    predictor = 0.0
    for barrier in range(BARRIERS):
        predictor += p.doors.barriers[Door.WORK, barrier] * client.believed[barrier]
    client.nearness = math.exp(min(0.0, predictor))


@behaviour
def make_plan(caseworker: Record, client: Record, week: int, p: Record) -> None:
    """Make an individual plan together with the client."""
    spend(caseworker, client, Task.PLAN, task_minutes(caseworker, client, Task.PLAN, p))
    client.plan_week = week
    take_talk(client, week, 0.0, caseworker.skill, p)
