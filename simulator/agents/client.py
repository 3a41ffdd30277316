"""The client: the record of one adult on assistance, and what a client does.

A client leaves through the door whose cumulated hazard first reaches that door's threshold. Thresholds are
drawn once for each (person, spell, door), so the same person keeps the same luck under every policy.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import behaviour
from simulator.randomness import Luck, exponential, uniform
from simulator.records import Record, padded
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
    Door,
    Purpose,
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
        ("status", "i4"),
        ("caseworker", "i4"),
        ("month_week", "i4"),
        ("report_week", "i4"),
        ("assessed_week", "i4"),
        ("plan_week", "i4"),
        ("contact_week", "i4"),
        ("exit_week", "i4"),
        ("to_refer", "i4"),
        ("settled_week", "i4"),
        ("step_until", "i4"),
        ("programme", "i4"),
        ("stay_ends", "i4"),
        ("barriers_moved", "i4"),
        ("nearness", "f8"),
        # money, time and the stay in a programme (one cache line)
        ("benefit_weekly", "f8"),
        ("benefit_sek", "f8"),
        ("staff_minutes", "f8"),
        ("id", "i8"),
        ("fit", "f8"),
        ("motivation", "f8"),
        ("entry_week", "i4"),
        ("programme_weeks", "i4"),
        ("children", "i4"),
        ("step", "i4"),
        # what moves search effort, and the ways out: threshold left to go, and hazard a week
        ("barrier", "f8", (BARRIERS,)),
        ("lock_in", "f8"),
        ("fade", "f8"),
        ("contact", "f8"),
        ("bite", "f8"),
        ("trust", "f8"),
        ("boost_until", "i4"),
        ("exit_door", "i4"),
        ("pension_week", "i4"),
        ("threshold", "f8", (DOORS,)),
        ("hazard", "f8", (DOORS,)),
        ("level", "f8", (DOORS,)),
        ("boost", "f8", (DOORS,)),
        # what the service believes and does
        ("believed", "f8", (BARRIERS,)),
        ("stay_barrier", "f8", (BARRIERS,)),
        ("queued_for", "i4"),
        ("ticket_week", "i4"),
        ("next_in_line", "i4"),
        ("previous_in_line", "i4"),
        ("rest_until", "i4"),
        ("reason_valid", "i4"),
        ("case_valid", "i4"),
        ("offence_week", "i4"),
        ("ladder_warnings", "i4"),
        ("ladder_reductions", "i4"),
        # who the client is
        ("person", "i4"),
        ("spell", "i4"),
        ("age", "f8"),
        ("foreign_born", "i4"),
        # what happened in this spell
        ("meetings", "i4"),
        ("meeting_minutes", "f8"),
        ("first_meeting_week", "i4"),
        ("first_activity_week", "i4"),
        ("referrals", "i4"),
        ("fitting_referrals", "i4"),
        ("absences", "i4"),
        ("warnings", "i4"),
        ("reductions", "i4"),
        ("denials", "i4"),
        ("wrong_sanctions", "i4"),
        ("stay_began", "i4"),
        ("programme_sek", "f8"),
        # the line joined, and what a programme's end or employer brings
        ("priority", "i4"),
        ("queued_week", "i4"),
        ("cut_short", "i4"),
        ("hired_by", "i4"),
        ("job_ends", "i4"),
        ("hire_hazard", "f8"),
    ]
)
"""One adult on assistance, from application to exit; `person` is the row of the person."""


@behaviour
def begin_spell(client: Record, person: Record, week: int, p: Record, luck: Luck) -> None:
    """Start a person's spell on assistance: fresh thresholds, nothing known, no plan, no sanction."""
    bring_along(client, person)
    set_age(client, person, week, p)
    client.status = Status.WAITING
    client.entry_week = week
    part = uniform(luck, client.id, client.spell, Purpose.MONTH)
    client.month_week = week + int(WEEKS_PER_CLIENT_MONTH * part)
    client.benefit_weekly = weekly_benefit(client, p)
    for door in range(DOORS):
        client.threshold[door] = exponential(luck, client.id, client.spell, Purpose.THRESHOLD + door)
    for barrier in range(BARRIERS):
        client.believed[barrier] = 0.0
    client.caseworker = client.programme = client.queued_for = client.hired_by = NOBODY
    client.priority = client.cut_short = 0
    client.hire_hazard = 0.0
    client.assessed_week = client.plan_week = client.first_meeting_week = client.first_activity_week = NOT_YET
    client.contact_week = week
    client.nearness = 0.0
    client.to_refer = client.reason_valid = client.case_valid = 0
    client.rest_until = week
    client.ticket_week = client.stay_ends = client.report_week = client.step_until = NEVER
    client.boost_until = client.offence_week = NOT_YET
    client.contact = client.bite = client.lock_in = client.fit = 0.0
    client.fade = 1.0
    client.step = SanctionStep.NONE
    client.ladder_warnings = client.ladder_reductions = 0
    clear_counts(client)
    client.settled_week = week
    for door in range(DOORS):
        set_level(client, person, door, p)
    client.barriers_moved = 0
    set_hazards(client, week, p)


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
    years_left = max(0.0, p.population.pension_age - client.age)
    client.pension_week = week + math.ceil(years_left * WEEKS_PER_YEAR)


@behaviour
def take_along(client: Record, person: Record) -> None:
    """Copy to the person what lasts beyond the spell."""
    client.status = Status.AWAY
    person.motivation, person.trust = client.motivation, client.trust
    for barrier in range(BARRIERS):
        person.barrier[barrier] = client.barrier[barrier]


@behaviour
def clear_counts(client: Record) -> None:
    """Set to zero what is counted for each spell."""
    client.meetings = client.referrals = client.fitting_referrals = client.absences = 0
    client.warnings = client.reductions = client.denials = client.wrong_sanctions = client.programme_weeks = 0
    client.benefit_sek = client.staff_minutes = client.programme_sek = client.meeting_minutes = 0.0


@behaviour
def weekly_benefit(client: Record, p: Record) -> float:
    """Return the household's full benefit in SEK a week."""
    return (p.costs.benefit_sek_monthly + p.costs.child_sek_monthly * client.children) * 12.0 / 52.0


@behaviour
def set_level(client: Record, person: Record, door: int, p: Record) -> None:
    """Set a door's weekly hazard as traits and present barriers give it, before search and programmes."""
    predictor = person.eta[door]
    for barrier in range(BARRIERS):
        predictor += p.doors.barriers[door, barrier] * client.barrier[barrier]
    client.level[door] = p.doors.h_weekly[door] * math.exp(predictor)


@behaviour
def follow_barriers(client: Record, person: Record, p: Record) -> None:
    """Set the levels of those doors anew that answer to a barrier moved since the last month."""
    for door in range(DOORS):
        if p.doors.answers_to[door] & client.barriers_moved:
            set_level(client, person, door, p)
    client.barriers_moved = 0


@behaviour
def search_effort(client: Record, p: Record) -> float:
    """Return search effort: 1 for a motivated, healthy client whom nothing urges and nothing holds back."""
    urged = 1.0 + p.sanctions.threat * seen_chance(p) + client.bite + client.contact
    if client.plan_week != NOT_YET:
        urged += p.search.plan_gain
    held = (1.0 - client.lock_in) * (1.0 - p.search.health_drag * client.barrier[Barrier.HEALTH])
    return client.motivation * urged * held


@behaviour
def seen_chance(p: Record) -> float:
    """Return the chance that an average caseworker sees, follows up and acts on an unexcused absence."""
    return p.collaboration.p_seen * p.sanctions.p_follow_up * p.sanctions.strictness


@behaviour
def set_hazards(client: Record, week: int, p: Record) -> None:
    """Set the hazard of every door from `week` on, from its level, search effort, programme and sanction."""
    use_up_thresholds(client, week)
    effort = search_effort(client, p)
    for door in range(DOORS):
        client.hazard[door] = client.level[door]
    if client.boost_until != NOT_YET:
        for door in range(DOORS):
            client.hazard[door] *= client.boost[door]
    client.hazard[Door.WORK] = client.hazard[Door.WORK] * (effort * client.fade) + client.hire_hazard
    client.hazard[Door.SUBSIDISED_WORK] *= effort
    if client.step == SanctionStep.REDUCTION:
        client.hazard[Door.WITHDRAWAL] *= p.sanctions.withdrawal_ratio_reduced
    elif client.step == SanctionStep.DENIAL:
        client.hazard[Door.WITHDRAWAL] *= p.sanctions.withdrawal_ratio_denied
    foresee_exit(client)


@behaviour
def use_up_thresholds(client: Record, week: int) -> None:
    """Let the hazards in force work on the thresholds for the weeks before `week`."""
    weeks = week - client.settled_week
    if weeks > 0:
        for door in range(DOORS):
            client.threshold[door] -= client.hazard[door] * weeks
        client.settled_week = week


@behaviour
def foresee_exit(client: Record) -> None:
    """Find the week, and the door, in which a threshold will be reached if no hazard changes before."""
    earliest = float(NEVER)
    passed = NOBODY
    for door in range(DOORS):
        hazard = client.hazard[door]
        weeks = client.threshold[door] / hazard if hazard > 0.0 else NEVER
        if weeks < earliest:
            earliest = weeks
            passed = door
    client.exit_door = passed
    client.exit_week = client.settled_week + max(0, math.ceil(earliest) - 1)
    if client.exit_week > client.pension_week:
        client.exit_week = client.pension_week
        client.exit_door = Door.OTHER_BENEFIT
    if client.hired_by != NOBODY:
        client.exit_week = client.settled_week
        client.exit_door = Door.SUBSIDISED_WORK


@behaviour
def week_of_return(client: Record, week: int, door: int, p: Record, luck: Luck) -> int:
    """Return the week in which somebody who left in `week` applies again (NEVER for most)."""
    hazard = p.doors.h_return_weekly[door]
    if hazard <= 0.0:
        return NEVER
    wait = math.ceil(exponential(luck, client.id, client.spell, Purpose.RETURN) / hazard)
    if wait > p.population.return_window_weeks or week + wait >= client.pension_week:
        return NEVER
    return week + 1 + int(wait)


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
    """Respond to a talk: trust and search effort rise with the talk's length and the caseworker's skill."""
    client.trust += p.trust.talk_gain * strength * (1.0 - client.trust)
    client.contact += p.search.contact_gain * strength * skill
    client.contact_week = week
    set_hazards(client, week, p)


@behaviour
def refuses(client: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether the client refuses an offered place from the start."""
    chance = p.attendance.p_refusal * max(0.0, 1.0 - 0.5 * client.motivation)
    return uniform(luck, client.id, week, Purpose.REFUSAL) < chance


@behaviour
def absence(client: Record, week: int, p: Record, luck: Luck) -> int:  # noqa: PLR0911  (one for each cause)
    """Return why a participant stays away this week (Absence.NONE for those who come)."""
    a = p.attendance
    reluctance = max(0.0, 1.0 - 0.5 * client.motivation)
    misfit = 1.0 - client.fit
    draw = uniform(luck, client.id, week, Purpose.ABSENCE)
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
    draw -= a.p_no_reason * reluctance
    if draw < 0.0:
        return Absence.NO_REASON
    draw -= a.p_drop_out * reluctance * misfit
    if draw < 0.0:
        return Absence.DROP_OUT
    return Absence.NONE


@behaviour
def is_valid_reason(cause: int) -> bool:
    """Whether an absence is one that the rules accept when it is proven."""
    return cause == Absence.ILLNESS or cause == Absence.SICK_CHILD or cause == Absence.FAMILY_EVENT  # noqa: PLR1714


@behaviour
def suffer_sanction(client: Record, step: int, week: int, p: Record) -> None:
    """Respond to a sanction step: search effort rises for a while, trust falls when benefit is cut."""
    if step == SanctionStep.WARNING:
        client.bite = max(client.bite, p.sanctions.warning_gain)
    else:
        client.bite = max(client.bite, p.sanctions.bite)
        client.trust *= 1.0 - p.trust.sanction_loss
    set_hazards(client, week, p)
