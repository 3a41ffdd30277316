"""The client: the record of one adult on assistance, and what a client does."""

from __future__ import annotations

import math

import numpy as np

from simulator.agents.leaving import follow_barriers, set_hazards, set_level
from simulator.compiled import behaviour
from simulator.randomness import Luck, exponential, occasion, uniform
from simulator.records import Record, padded
from simulator.rules.benefit import paid_benefit, share_capped
from simulator.rules.duty import is_obliged
from simulator.rules.referral import YOUNG
from simulator.vocabulary import (
    BARRIERS,
    DOORS,
    NEVER,
    NOBODY,
    NOT_YET,
    WEEKS_PER_CLIENT_MONTH,
    WEEKS_PER_YEAR,
    Absence,
    Barrier,
    Purpose,
    Registration,
    SanctionStep,
    Status,
)

PERSON = np.dtype(
    [
        ("id", "i8"),
        ("first_week", "i4"),
        ("spell", "i4"),
        ("age", "f8"),
        ("woman", "i4"),
        ("children", "i4"),
        ("foreign_born", "i4"),
        ("years_in_country", "f8"),
        ("education", "i4"),
        ("experience_years", "f8"),
        ("disability", "i4"),
        ("motivation", "f8"),
        ("trust", "f8"),
        ("barrier", "f8", (BARRIERS,)),
        ("eta", "f8", (DOORS,)),
        ("next_to_return", "i4"),
    ],
    align=True,
)
"""One person who ever applies: what lasts from spell to spell. `eta` is the log hazard ratio of the traits
by door; `next_to_return` is the row of the next person who returns in the same week."""

CLIENT = padded(
    [
        # where the client stands: what every week reads (one cache line)
        ("status", "i1"),
        ("rules", "i1"),
        ("team", "i1"),
        ("obliged", "i1"),
        ("barriers_moved", "i1"),
        ("planned", "i1"),
        ("owed", "i1"),
        ("young", "i1"),
        ("part_time", "i1"),
        ("programme", "i2"),
        ("caseworker", "i4"),
        ("month_week", "i4"),
        ("report_week", "i4"),
        ("assessed_week", "i4"),
        ("plan_week", "i4"),
        ("contact_week", "i4"),
        ("exit_week", "i4"),
        ("step_until", "i4"),
        ("stay_ends", "i4"),
        ("id", "i8"),
        ("nearness", "f8"),
        # money, time and the stay in a programme (one cache line)
        ("benefit_weekly", "f8"),
        ("benefit_sek", "f8"),
        ("staff_minutes", "f8"),
        ("registration", "i1"),
        ("talk_cancelled", "i1"),
        ("cut_bites", "i1"),
        ("step", "i1"),
        ("registered_week", "i4"),
        ("fit", "f8"),
        ("motivation", "f8"),
        ("entry_week", "i4"),
        ("programme_weeks", "i4"),
        ("children", "i4"),
        ("stay_began", "i4"),
        # what moves the drive and search effort (two)
        ("barrier", "f8", (BARRIERS,)),
        ("lock_in", "f8"),
        ("fade", "f8"),
        ("contact", "f8"),
        ("bite", "f8"),
        ("support", "f8"),
        ("trust", "f8"),
        ("search", "f8"),
        ("searched", "f8"),
        ("boost_until", "i4"),
        ("exit_door", "i4"),
        ("pension_week", "i4"),
        ("settled_week", "i4"),
        # the ways out: threshold left to go, hazard a week, and what it is made of (four)
        ("threshold", "f8", (DOORS,)),
        ("hire_hazard", "f8"),
        ("hazard", "f8", (DOORS,)),
        ("hired_by", "i4"),
        ("job_ends", "i4"),
        ("level", "f8", (DOORS,)),
        ("meetings", "i4"),
        ("first_meeting_week", "i4"),
        ("boost", "f8", (DOORS,)),
        ("meeting_minutes", "f8"),
        # what participants do each week, and the hours of all (one)
        ("person", "i4"),
        ("spell", "i4"),
        ("participation_weeks", "i4"),
        ("due_weeks", "i4"),
        ("missed_weeks", "i4"),
        ("absences", "i4"),
        ("content_from", "i4"),
        ("absent_since", "i4"),
        ("age", "f8"),
        ("programme_hours", "f8"),
        ("hours_asked", "f8"),
        ("own_hours", "f8"),
        # what the service believes and does
        ("believed", "f8", (BARRIERS,)),
        ("stay_barrier", "f8", (BARRIERS,)),
        ("queued_for", "i4"),
        ("ticket_week", "i4"),
        ("next_in_line", "i4"),
        ("previous_in_line", "i4"),
        ("rest_until", "i4"),
        ("offence_week", "i4"),
        ("ladder_warnings", "i4"),
        ("ladder_reductions", "i4"),
        ("reason_valid", "i1"),
        ("case_valid", "i1"),
        ("priority", "i1"),
        ("cut_short", "i1"),
        # who the client is
        ("foreign_born", "i4"),
        # what happened in this spell
        ("first_activity_week", "i4"),
        ("referrals", "i4"),
        ("fitting_referrals", "i4"),
        ("assessments", "i4"),
        ("warnings", "i4"),
        ("reductions", "i4"),
        ("denials", "i4"),
        ("wrong_sanctions", "i4"),
        ("programme_sek", "f8"),
        # between the services
        ("deregistered_week", "i4"),
        ("gate_opens", "i4"),
        # duty and benefit rules
        ("cut", "f8"),
        ("capped", "f8"),
        ("disregard", "f8"),
        # who serves the client: team, and the caseworker last met (a person, not a seat)
        ("caseworker_changes", "i4"),
        ("last_caseworker", "i8"),
        ("first_served_week", "i4"),
        ("passed_on_week", "i4"),
        ("intensive_served_week", "i4"),
        # the line joined, and what a programme's end or employer brings
        ("queued_week", "i4"),
        # what studies ask for: when things first happened, and who served the client first
        ("first_warning_week", "i4"),
        ("first_cut_week", "i4"),
        ("first_stay_end_week", "i4"),
        ("first_programme", "i4"),
        ("planned_talk_week", "i4"),
        ("caseworker_skill", "f8"),
    ]
)
"""One adult on assistance, from application to exit; `person` is the row of the person, `rules` the row of
the settings that hold for the client (0, or that of an arm of a trial)."""


@behaviour
def begin_spell(client: Record, person: Record, week: int, p: Record, luck: Luck) -> None:
    """Start a person's spell on assistance: fresh thresholds, nothing known, no plan, no sanction."""
    bring_along(client, person)
    set_age(client, person, week, p)
    client.status = Status.WAITING
    client.entry_week = week
    part = uniform(luck, client.id, client.spell, Purpose.MONTH)
    client.month_week = week + int(WEEKS_PER_CLIENT_MONTH * part)
    for door in range(DOORS):
        client.threshold[door] = exponential(luck, client.id, client.spell, Purpose.THRESHOLD + door)
    know_nothing(client, week)
    begin_rules(client, p)
    clear_counts(client)
    meet_services(client, week, p, luck)
    client.settled_week = week
    for door in range(DOORS):
        set_level(client, person, door, p)
    client.barriers_moved = 0
    set_hazards(client, week, p)


@behaviour
def gets_plan(client: Record, p: Record, luck: Luck) -> bool:
    """Whether the service makes an individual plan with the client in this spell."""
    chance = p.casework.p_plan
    return chance >= 1.0 or uniform(luck, client.id, client.spell, Purpose.PLAN) < chance


@behaviour
def know_nothing(client: Record, week: int) -> None:
    """Let a spell begin with nothing known, nobody in charge, no programme and no sanction."""
    for barrier in range(BARRIERS):
        client.believed[barrier] = 0.0
    client.caseworker = client.programme = client.queued_for = client.hired_by = NOBODY
    client.last_caseworker = NOBODY
    client.team = client.caseworker_changes = client.priority = client.cut_short = 0
    client.first_served_week = client.passed_on_week = client.intensive_served_week = NOT_YET
    client.hire_hazard = 0.0
    client.assessed_week = client.plan_week = client.first_meeting_week = client.first_activity_week = NOT_YET
    client.contact_week = week
    client.nearness = 0.0
    client.reason_valid = client.case_valid = 0
    client.rest_until = week
    client.ticket_week = client.stay_ends = client.report_week = client.step_until = NEVER
    client.boost_until = client.offence_week = NOT_YET
    client.contact = client.bite = client.lock_in = client.fit = 0.0
    client.fade = 1.0
    client.step = SanctionStep.NONE
    client.cut_bites = 0
    client.ladder_warnings = client.ladder_reductions = 0
    client.first_warning_week = client.first_cut_week = client.first_stay_end_week = NOT_YET
    client.planned_talk_week = NOT_YET
    client.first_programme = NOBODY
    client.talk_cancelled = 0
    client.caseworker_skill = 1.0


@behaviour
def is_owed_talks(client: Record, p: Record, luck: Luck) -> bool:
    """Whether the law owes the client talks in the first weeks of the spell."""
    if p.casework.owed_talks == 0:
        return False
    return uniform(luck, client.id, client.spell, Purpose.OWED) < p.casework.p_owed


@behaviour
def meet_services(client: Record, week: int, p: Record, luck: Luck) -> None:
    """Let a spell begin in the employment service's queue, with nothing reported and nothing under way."""
    client.planned = 1 if gets_plan(client, p, luck) else 0
    client.owed = 1 if is_owed_talks(client, p, luck) else 0
    client.nearness = 1.0 * p.casework.presumed_ready
    client.absent_since = client.gate_opens = NEVER
    client.content_from = NOT_YET
    client.registration = Registration.QUEUED
    client.registered_week = week
    client.support = 0.0


@behaviour
def bring_along(client: Record, person: Record) -> None:
    """Copy to the client what the person brings into a spell."""
    person.spell += 1
    client.id, client.spell = person.id, person.spell
    client.children, client.foreign_born = person.children, person.foreign_born
    client.motivation, client.trust = person.motivation, person.trust
    for barrier in range(BARRIERS):
        client.barrier[barrier] = person.barrier[barrier]


@behaviour
def set_age(client: Record, person: Record, week: int, p: Record) -> None:
    """Let the person age by the years since the first application, and fix the week of the pension."""
    client.age = person.age + (week - person.first_week) / WEEKS_PER_YEAR
    client.young = 1 if client.age < YOUNG else 0
    years_left = max(0.0, p.population.pension_age - client.age)
    client.pension_week = week + math.ceil(years_left * WEEKS_PER_YEAR)


@behaviour
def take_along(client: Record, person: Record) -> None:
    """Copy to the person what lasts beyond the spell; an empty slot costs and counts nothing."""
    client.status = Status.AWAY
    client.benefit_weekly = client.hours_asked = 0.0
    client.part_time = 0
    client.exit_week = NEVER
    person.motivation, person.trust = client.motivation, client.trust
    for barrier in range(BARRIERS):
        person.barrier[barrier] = client.barrier[barrier]


@behaviour
def clear_counts(client: Record) -> None:
    """Set to zero what is counted for each spell."""
    client.meetings = client.referrals = client.fitting_referrals = client.absences = 0
    client.participation_weeks = client.assessments = client.due_weeks = client.missed_weeks = 0
    client.searched = 0.0
    client.warnings = client.reductions = client.denials = client.wrong_sanctions = client.programme_weeks = 0
    client.benefit_sek = client.staff_minutes = client.programme_sek = client.meeting_minutes = 0.0


@behaviour
def begin_rules(client: Record, p: Record) -> None:
    """Set what the duty to take part and the benefit rules are for the client when a spell begins."""
    client.part_time = 0
    client.hours_asked = client.own_hours = client.programme_hours = client.cut = client.disregard = 0.0
    client.obliged = 1 if is_obliged(client, p) else 0
    client.capped = share_capped(client, p)
    client.benefit_weekly = paid_benefit(client, p)


@behaviour
def feel_month(client: Record, person: Record, week: int, p: Record) -> None:
    """Let a month pass: contact and sanction wear off, skills fade, discouragement grows, a boost ends."""
    client.contact *= p.search.contact_kept
    client.bite *= p.sanctions.bite_kept
    if week - client.entry_week <= p.search.skills_fade_weeks:
        client.fade *= p.search.fade_kept
    idle = client.programme == NOBODY and week - client.contact_week >= WEEKS_PER_CLIENT_MONTH
    if idle:
        client.motivation = max(0.0, client.motivation - p.trust.motivation_loss_monthly)
    if client.boost_until <= week:
        client.boost_until = NOT_YET
    if client.barriers_moved != 0:
        follow_barriers(client, person, p)
    set_hazards(client, week + 1, p)


@behaviour
def take_talk(client: Record, week: int, strength: float, skill: float, p: Record) -> None:
    """Respond to a talk: trust and drive rise with the talk's length and the caseworker's skill."""
    client.trust += p.trust.talk_gain * strength * (1.0 - client.trust)
    client.contact += p.search.contact_gain * strength * skill
    client.contact_week = week
    set_hazards(client, week, p)


@behaviour
def reluctance(client: Record, p: Record) -> float:
    """Return how little a client wants to take part: 1 without motivation, less while a sanction bites."""
    return max(0.0, 1.0 - 0.5 * client.motivation) / (1.0 + p.sanctions.compliance * client.bite)


@behaviour
def refuses(client: Record, p: Record, luck: Luck) -> bool:
    """Whether the client refuses an offered place from the start."""
    chance = p.attendance.p_refusal * reluctance(client, p)
    return uniform(luck, client.id, occasion(client.spell, client.referrals), Purpose.REFUSAL) < chance


@behaviour
def absence(client: Record, draw: float, p: Record) -> int:  # noqa: PLR0911  (one for each cause)
    """Return why a participant stays away this week (Absence.NONE for those who come), by a uniform draw."""
    a = p.attendance
    reluctant = reluctance(client, p)
    misfit = 1.0 - client.fit
    draw -= min(1.0, a.p_illness * (1.0 + (a.illness_health_factor - 1.0) * client.barrier[Barrier.HEALTH]))
    if draw < 0.0:
        return Absence.ILLNESS
    draw -= a.p_sick_child if client.children > 0 else 0.0
    if draw < 0.0:
        return Absence.SICK_CHILD
    draw -= a.p_family_event
    if draw < 0.0:
        return Absence.FAMILY_EVENT
    draw -= a.p_travel
    if draw < 0.0:
        return Absence.TRAVEL
    draw -= a.p_low_level * misfit
    if draw < 0.0:
        return Absence.LOW_LEVEL
    draw -= a.p_no_reason * reluctant
    if draw < 0.0:
        return Absence.NO_REASON
    draw -= a.p_drop_out * reluctant * misfit
    if draw < 0.0:
        return Absence.DROP_OUT
    return Absence.NONE
