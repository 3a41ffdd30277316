"""What happened: closed spells and the weekly panel, written by the week and read by nobody in the model."""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import behaviour
from simulator.records import Record
from simulator.vocabulary import BARRIERS, DOORS, FIRST_ARM, NOBODY, TASKS, Absence, SanctionStep, Status

COPIED = (
    "id", "spell", "entry_week", "caseworker", "age", "woman", "children", "foreign_born", "years_in_country",
    "education", "experience_years", "disability", "assessed_week", "plan_week", "meetings",
    "meeting_minutes", "first_meeting_week", "first_activity_week", "referrals", "fitting_referrals",
    "absences", "warnings", "reductions", "denials", "wrong_sanctions", "programme_weeks",
    "benefit_sek", "staff_minutes", "programme_sek", "caseworker_changes", "first_served_week",
    "passed_on_week", "intensive_served_week", "first_warning_week", "first_cut_week", "first_stay_end_week",
    "first_programme", "planned_talk_week", "talk_cancelled", "caseworker_skill",
    "due_weeks", "missed_weeks",
)  # fmt: skip
FLOATS = {
    "age", "years_in_country", "experience_years", "meeting_minutes",
    "benefit_sek", "staff_minutes", "programme_sek", "caseworker_skill",
}  # fmt: skip

SPELL = np.dtype(
    [(name, "f8" if name in FLOATS else "i8") for name in COPIED]
    + [("end_week", "i8"), ("door", "i8"), ("office", "i8"), ("arm", "i8"), ("barrier", "f8", (BARRIERS,))]
    + [("search_effort", "f8"), ("entry_wage", "f8")],
    align=True,
)
"""One spell: what the client's record held when it ended. `end_week` is the first week without benefit;
`search_effort` is the mean over the weeks of the spell; `entry_wage` is missing unless the door is work."""

PANEL = np.dtype(
    [
        ("clients", "i8"),
        ("waiting", "i8"),
        ("queued", "i8"),
        ("newcomers", "i8"),
        ("returns", "i8"),
        ("exits", "i8", (DOORS,)),
        ("caseworkers", "i8"),
        ("meetings", "i8"),
        ("talk_minutes", "f8"),
        ("minutes_paid", "f8"),
        ("minutes", "f8", (TASKS,)),
        ("minutes_overdue", "f8"),
        ("referrals", "i8"),
        ("places", "i8"),
        ("places_used", "i8"),
        ("admitted", "i8"),
        ("completed", "i8"),
        ("ended_early", "i8"),
        ("wait_weeks", "i8"),
        ("stay_weeks", "i8"),
        ("vacancies_opened", "i8"),
        ("vacancies_filled", "i8"),
        ("vacancies_lost", "i8"),
        ("jobs_missed", "i8"),
        ("absences", "i8", (len(Absence),)),
        ("absences_seen", "i8"),
        ("steps", "i8", (len(SanctionStep),)),
        ("wrong_sanctions", "i8"),
        ("benefit_sek", "f8"),
        ("staff_sek", "f8"),
        ("programme_sek", "f8"),
        ("assessments", "i8"),
        ("assessment_error", "f8"),
        ("reassessments", "i8"),
        ("cases_taken_up", "i8"),
        ("weeks_to_take_up", "i8"),
        ("belief_error", "f8"),
        ("beliefs", "i8"),
        ("registered", "i8"),
        ("deregistrations", "i8"),
        ("new_registrations", "i8"),
        ("awaiting_registration", "i8"),
        ("provider_minutes", "f8"),
        ("employment_service_minutes", "f8"),
        ("provider_sek", "f8"),
        ("employment_service_sek", "f8"),
        # duty and benefit rules
        ("emergency_tests", "i8"),
        ("children_hit", "i8"),
        ("ended_for_misconduct", "i8"),
        ("offers_declined", "i8"),
        ("mandatory", "i8"),
        ("mandatory_over_25", "i8"),
        ("hours_asked", "f8"),
        ("hours_met", "f8"),
        ("part_time", "i8"),
        ("first_served", "i8"),
        ("weeks_to_first_caseworker", "i8"),
        ("caseworker_changes", "i8"),
        ("vacant_posts", "i8"),
        ("sick", "i8"),
        ("quits", "i8"),
        ("intensive_clients", "i8"),
        ("intensive_waiting", "i8"),
        ("intensive_caseworkers", "i8"),
    ],
    align=True,
)
"""One week of one office."""

ACTIVITY = np.dtype(
    [
        (name, "i4")
        for name in (
            "places", "used", "queued", "admitted", "completed", "dropped_out", "left_benefit",
            "project_ended", "wait_weeks", "stay_weeks",
        )
    ]
    + [("programme_sek", "f8")],
    align=True,
)  # fmt: skip
"""One week of one programme of one office; `wait_weeks` are those of the admitted, `stay_weeks` those of the
completed stays."""


@behaviour
def close_events(row: Record, client: Record) -> None:
    """Write the arm of a trial, and what studies ask for, into a row of the ledger."""
    row.first_warning_week, row.first_cut_week = client.first_warning_week, client.first_cut_week
    row.first_stay_end_week, row.first_programme = client.first_stay_end_week, client.first_programme
    row.planned_talk_week, row.talk_cancelled = client.planned_talk_week, client.talk_cancelled
    row.caseworker_skill = client.caseworker_skill
    row.arm = client.rules - FIRST_ARM if client.rules >= FIRST_ARM else NOBODY


@behaviour
def close_response(row: Record, client: Record, week: int) -> None:
    """Write how the client searched and took part into a row of the ledger; no job has been taken yet."""
    searched = client.searched + client.search * (week - client.settled_week)
    row.search_effort = searched / max(1, week - client.entry_week)
    row.due_weeks, row.missed_weeks = client.due_weeks, client.missed_weeks
    row.entry_wage = math.nan


@behaviour
def close_spell(row: Record, client: Record, person: Record, door: int, week: int, office: int) -> None:
    """Write a client's spell into a row of the ledger; `door` is NOBODY for a censored spell.

    The barriers are those at entry: the person's, until the spell's are taken along.
    """
    row.id, row.spell, row.entry_week, row.caseworker = (
        client.id,
        client.spell,
        client.entry_week,
        client.caseworker,
    )
    row.age, row.woman, row.children = client.age, person.woman, person.children
    row.foreign_born, row.years_in_country = person.foreign_born, person.years_in_country
    row.education, row.disability = person.education, person.disability
    row.experience_years = person.experience_years
    row.assessed_week, row.plan_week = client.assessed_week, client.plan_week
    row.meetings, row.meeting_minutes = client.meetings, client.meeting_minutes
    row.first_meeting_week, row.first_activity_week = client.first_meeting_week, client.first_activity_week
    row.referrals, row.fitting_referrals, row.absences = (
        client.referrals,
        client.fitting_referrals,
        client.absences,
    )
    row.warnings, row.reductions, row.denials = client.warnings, client.reductions, client.denials
    row.wrong_sanctions, row.programme_weeks = client.wrong_sanctions, client.programme_weeks
    row.benefit_sek, row.staff_minutes = client.benefit_sek, client.staff_minutes
    row.programme_sek, row.caseworker_changes = client.programme_sek, client.caseworker_changes
    row.first_served_week, row.passed_on_week = client.first_served_week, client.passed_on_week
    row.intensive_served_week = client.intensive_served_week
    close_events(row, client)
    close_response(row, client, week)
    row.end_week, row.door, row.office = week, door, office
    for barrier in range(BARRIERS):
        row.barrier[barrier] = person.barrier[barrier]


@behaviour
def close_open_spells(
    rows: Record, clients: Record, people: Record, programmes: Record, week: int, office: int
) -> None:
    """Write the spells that are still open as censored at the beginning of `week`."""
    filled = 0
    for slot in range(len(clients)):
        client = clients[slot]
        if client.status != Status.AWAY:
            close_spell(rows[filled], client, people[client.person], NOBODY, week, office)
            if client.programme != NOBODY:
                price = programmes[client.programme].sek_per_place_week
                rows[filled].programme_sek += price * (week - client.stay_began)
            filled += 1
