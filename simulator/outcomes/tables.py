"""From the ledger's records to the tables that everybody reads: spells, weekly panel and programmes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.parameters import Programme, Scenario
from simulator.records import Columns
from simulator.vocabulary import (
    NOBODY,
    NOT_YET,
    Absence,
    Barrier,
    Door,
    Education,
    Organisation,
    Owner,
    ProgrammeKind,
    SanctionStep,
    Task,
    Team,
)

Records = np.ndarray[Any, np.dtype[Any]]

WEEKS_OR_NULL = ("first_meeting_week", "first_activity_week", "plan_week")
COPIED = (
    "caseworker", "meetings", "meeting_minutes", "first_meeting_week", "first_activity_week", "assessed_week",
    "plan_week", "referrals", "fitting_referrals", "absences", "warnings", "reductions", "denials",
    "wrong_sanctions", "programme_weeks", "benefit_sek", "staff_minutes", "programme_sek",
    "entry_wage",
)  # fmt: skip
BETWEEN_SERVICES = (
    "assessments", "assessment_error", "reassessments", "cases_taken_up", "weeks_to_take_up", "registered",
    "awaiting_registration", "deregistrations", "new_registrations", "provider_minutes",
    "employment_service_minutes",
)  # fmt: skip
OF_THE_RULES = (
    "emergency_tests", "children_hit", "ended_for_misconduct", "offers_declined", "mandatory",
    "mandatory_over_25", "hours_asked", "hours_met", "part_time",
)  # fmt: skip
OF_OUTCOMES = (
    "id", "spell", "entry_week", "end_week", "door", "barrier", "first_meeting_week", "first_activity_week",
    "plan_week", "referrals", "fitting_referrals", "reductions", "denials",
)  # fmt: skip
"""Fields of a spell that the headline outcomes need, besides those of `lever_columns`."""

NULLABLE = {"caseworker", "first_meeting_week", "first_activity_week", "assessed_week", "plan_week"}
STAFFING = (
    "first_served", "weeks_to_first_caseworker", "caseworker_changes", "vacant_posts", "sick", "quits",
    "intensive_clients", "intensive_waiting", "intensive_caseworkers",
)  # fmt: skip
ACTIVITY_COLUMNS = (
    "queued", "admitted", "completed", "dropped_out", "left_benefit", "project_ended", "wait_weeks",
    "stay_weeks",
)  # fmt: skip
LARGE_BARRIER = 0.5
"""A barrier below the middle of its scale is not the main hindrance (assumed)."""

HINDRANCES = ["unemployment", "social reasons", "sick-listed", "language"]
HINDRANCE_OF = {
    Barrier.HEALTH: "sick-listed",
    Barrier.SUBSTANCE: "social reasons",
    Barrier.DEBT: "social reasons",
    Barrier.LANGUAGE: "language",
    Barrier.FAMILY: "social reasons",
    Barrier.SKILLS: "unemployment",
}
AGE_GROUPS = {"18-29": 30.0, "30-49": 50.0, "50-64": 65.0}


STUDY_COLUMNS = (
    "arm", "first_warning_week", "first_cut_week", "first_stay_end_week", "first_programme",
    "planned_talk_week", "talk_cancelled", "caseworker_skill", "search_effort", "due_weeks", "missed_weeks",
)  # fmt: skip
"""Columns of spells that designs ask for beside those of every run."""


def lever_columns(scenario: Scenario) -> tuple[str, ...]:
    """Return the columns of spells that only some settings of the caseload lever fill."""
    caseload = scenario.caseload
    columns: tuple[str, ...] = ()
    if caseload.organisation == Organisation.SPECIALISED:
        columns = ("tier", "passed_on_week", "intensive_served_week")
    changing = caseload.hiring_weeks > 0 or caseload.p_quit_weekly > 0.0 or caseload.p_sick_leave_weekly > 0.0
    if columns or changing or caseload.rebalance:
        columns = ("first_served_week", "caseworker_changes", *columns)
    return (*columns, "arm") if scenario.trial.arms else columns


def spells_table(spells: Columns, replication: int | Records, more: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the spells of one replication, or of several.

    Parameters
    ----------
    spells : dict of str to array, shape (spells,) or (barriers, spells)
        Fields of the ledger; those that were left out (`OF_OUTCOMES`) are left out of the table.
    replication : int or array of int, shape (spells,)
        Number of the replication, written into every row.
    more : tuple of str
        Columns besides those of every scenario: `lever_columns(scenario)`.

    Returns
    -------
    DataFrame
        One row a spell. `exit_week` is the first week without benefit, `weeks` = `exit_week` -
        `entry_week`; a censored spell has null `exit_week` and `door`, and `weeks` up to the end of the
        run. Weeks are calendar weeks, 0 the first reported one; a spell of the standing stock has a
        negative `entry_week`.
    """
    exited = spells["door"] != NOBODY
    office = {"office": spells["office"].astype(np.int16)} if "office" in spells else {}
    columns: dict[str, Any] = {
        "replication": np.full(len(exited), replication, np.int32),
        "client": spells["id"],
        "spell": spells["spell"].astype(np.int16),
        **office,
        "entry_week": spells["entry_week"].astype(np.int32),
        "exit_week": _nullable(spells["end_week"], exited),
        "weeks": (spells["end_week"] - spells["entry_week"]).astype(np.int32),
        "exited": exited,
        "door": _words(spells["door"], Door.labels()),
        **(_traits(spells) if "age" in spells else {}),
        "hindrance": main_hindrance(spells["barrier"].T),
        **{name: _copied(spells, name) for name in COPIED if name in spells},
    }
    return pd.DataFrame({**columns, **{name: _of_lever(spells, name) for name in more}}, copy=False)


def _copied(spells: Columns, name: str) -> Any:  # noqa: ANN401
    values = spells[name]
    if name in NULLABLE:
        return _nullable(values, values != (NOBODY if name == "caseworker" else NOT_YET))
    return values.astype(np.int32) if values.dtype.kind == "i" else values


def _of_lever(spells: Columns, name: str) -> Any:  # noqa: ANN401
    if name == "tier":
        return _words(spells["passed_on_week"] != NOT_YET, Team.labels())
    if name in {"caseworker_changes", "due_weeks", "missed_weeks"}:
        return spells[name].astype(np.int32)
    if name == "talk_cancelled":
        return spells[name].astype(bool)
    if name in {"caseworker_skill", "search_effort"}:
        return spells[name]
    missing = NOBODY if name in {"arm", "first_programme"} else NOT_YET
    return _nullable(spells[name], spells[name] != missing)


def _nullable(values: Records, present: Records) -> Any:  # noqa: ANN401
    return pd.arrays.IntegerArray(values.astype(np.int32), ~present)


def _words(codes: Records, words: list[str], ordered: bool | None = None) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes.astype(np.int16), categories=pd.Index(words), ordered=ordered)


def _traits(spells: Columns) -> dict[str, Any]:
    age = spells["age"]
    return {
        "age": age,
        "age_group": age_groups(age),
        "sex": _words(spells["woman"], ["man", "woman"]),
        "children": spells["children"].astype(np.int16),
        "foreign_born": spells["foreign_born"].astype(bool),
        "years_in_country": spells["years_in_country"],
        "education": _words(spells["education"], Education.labels(), ordered=True),
        "experience_years": spells["experience_years"],
        "disability": spells["disability"].astype(bool),
        **{f"barrier_{barrier.label}": spells["barrier"][barrier] for barrier in Barrier},
    }


def age_groups(age: Records) -> pd.Categorical[str]:
    """Return the age group of each age in years."""
    return _words(np.digitize(age, list(AGE_GROUPS.values())[:-1]), list(AGE_GROUPS), ordered=True)


def main_hindrance(barriers: Records) -> pd.Categorical[str]:
    """Return what official statistics would call the main hindrance: the largest barrier, if it is large.

    Parameters
    ----------
    barriers : array of float, shape (spells, barriers)
        True barriers at entry, from 0 to 1.

    Returns
    -------
    Categorical, shape (spells,)
        unemployment (no large barrier, or skills), social reasons (substance, debt, family), sick-listed,
        language.
    """
    code, largest = np.zeros(len(barriers), np.int8), np.full(len(barriers), LARGE_BARRIER)
    apart = np.ascontiguousarray(barriers.T)
    for barrier in reversed(Barrier):  # of barriers that are as large, the first
        own = apart[barrier]
        hindrance = np.int8(HINDRANCES.index(HINDRANCE_OF[barrier]))
        np.copyto(code, hindrance, where=own >= largest)
        np.maximum(largest, own, out=largest)
    return _words(code, HINDRANCES)


def weekly_table(panel: Records, replication: int | Records) -> pd.DataFrame:
    """Return the weekly panel of one replication, or of several, one row a week; SEK and minutes.

    `replication` is the number of the replication, the same for all rows or one for each.
    `assessment_error` and `weeks_to_take_up` are sums over the assessments and the cases of the week;
    `belief_error` is a mean, taken once a quarter and null in between.
    """
    weeks = len(panel)
    used = panel["minutes"].sum(axis=1)
    columns: dict[str, Any] = {
        "replication": np.full(weeks, replication, np.int32),
        "week": _weeks_of(np.full(weeks, replication, np.int32)),
        **{name: panel[name] for name in ("clients", "waiting", "caseworkers", "newcomers", "returns")},
        "served": panel["clients"] - panel["waiting"],
        "arrivals": panel["newcomers"] + panel["returns"],
        "exits": panel["exits"].sum(axis=1),
        **{f"exits_{door.label}": panel["exits"][:, door] for door in Door},
        "meetings": panel["meetings"],
        "talk_minutes": panel["talk_minutes"],
        "minutes_available": panel["minutes_paid"],
        "minutes_used": used,
        "minutes_overdue": panel["minutes_overdue"],
        **{f"minutes_{task.label}": panel["minutes"][:, task] for task in Task},
        "referrals": panel["referrals"],
        "in_programmes": panel["places_used"],
        "queued": panel["queued"],
        "places": panel["places"],
        "places_used": panel["places_used"],
        "places_empty": panel["places"] - panel["places_used"],
        **{
            name: panel[name] for name in ("admitted", "completed", "ended_early", "wait_weeks", "stay_weeks")
        },
        **{f"absences_{cause.label}": panel["absences"][:, cause] for cause in list(Absence)[1:]},
        "absences_seen": panel["absences_seen"],
        "warnings": panel["steps"][:, SanctionStep.WARNING],
        "reductions": panel["steps"][:, SanctionStep.REDUCTION],
        "denials": panel["steps"][:, SanctionStep.DENIAL],
        "wrong_sanctions": panel["wrong_sanctions"],
        **{name: panel[name] for name in BETWEEN_SERVICES},
        "belief_error": np.divide(
            panel["belief_error"], panel["beliefs"], out=np.full(weeks, np.nan), where=panel["beliefs"] > 0
        ),
        **{f"vacancies_{name}": panel[f"vacancies_{name}"] for name in ("opened", "filled", "lost")},
        "jobs_missed": panel["jobs_missed"],
        **{name: panel[name] for name in ("benefit_sek", "staff_sek", "programme_sek")},
        **{name: panel[name] for name in ("provider_sek", "employment_service_sek")},
        **{name: panel[name] for name in OF_THE_RULES},
        **{name: panel[name] for name in STAFFING},
    }
    return pd.DataFrame(columns)


def _weeks_of(replication: Records) -> Records:
    """Return the number of each week in its replication, from 0 on."""
    place = np.arange(len(replication), dtype=np.int32)
    first = np.concatenate([[True], replication[1:] != replication[:-1]])[: len(place)]
    return np.asarray(place - np.maximum.accumulate(np.where(first, place, 0)), np.int32)


def programmes_table(
    activity: Records, programmes: Mapping[str, Programme], replication: int | Records
) -> pd.DataFrame:
    """Return what each programme did in each week of one replication or of several, summed over offices.

    Parameters
    ----------
    activity : record array, shape (weeks, programmes)
        From the ledger.
    programmes : mapping of str to Programme
        The catalogue, by short name.
    replication : int or array of int, shape (weeks,)
        Number of the replication, written into every row.

    Returns
    -------
    DataFrame
        One row a week and programme. `queued` wait for a place when the week is over; `wait_weeks` are the
        weeks in the queue of those `admitted` in the week, `stay_weeks` those of the stays `completed` in it.
    """
    weeks, count = activity.shape
    catalogue, each_week = list(programmes.values()), np.full(weeks, replication, np.int32)

    def each(values: Iterable[int], words: list[str]) -> pd.Categorical[str]:
        return _words(np.tile(np.array(list(values), np.int64), weeks), words)

    flat = activity.ravel()
    columns: dict[str, Any] = {
        "replication": np.repeat(each_week, count),
        "week": np.repeat(_weeks_of(each_week), count),
        "programme": each(range(count), list(programmes)),
        "title": np.tile(np.array([one.title for one in catalogue], object), weeks),
        "kind": each((one.kind for one in catalogue), ProgrammeKind.labels()),
        "owner": each((one.owner for one in catalogue), Owner.labels()),
        "places": flat["places"],
        "places_used": flat["used"],
        "places_empty": flat["places"] - flat["used"],
        **{name: flat[name] for name in ACTIVITY_COLUMNS},
        "programme_sek": flat["programme_sek"],
    }
    return pd.DataFrame(columns)
