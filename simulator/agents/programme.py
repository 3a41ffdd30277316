"""The programme: the record of one activity with places, and what a programme does."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.compiled import behaviour
from simulator.parameters.programmes import Programme
from simulator.parameters.record import vector_of
from simulator.randomness import Luck, occasion, uniform
from simulator.records import Record, table
from simulator.rules.caseload import part_of
from simulator.vocabulary import (
    BARRIERS,
    DOORS,
    NEVER,
    NOBODY,
    NOT_YET,
    WEEKS_PER_CLIENT_MONTH,
    Purpose,
    StayEnd,
    StayLength,
)

ADDRESSES = 0.1
"""Share of a barrier that a stay has to remove for the programme to count as addressing it (assumed)."""

PRIORITIES = 2
"""Priority groups of a queue: 0 is admitted before 1."""

SMALLEST_RATIO = 1e-12
"""Stands for a door that a programme closes, where ratios are averaged on the logarithmic scale."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]

PROGRAMME = np.dtype(
    [
        ("id", "i8"),
        ("kind", "i8"),
        ("standard", "i8"),
        ("target", "i8"),
        ("queue_rule", "i8"),
        ("places", "i8"),
        ("weeks", "i8"),
        ("geometric", "i8"),
        ("content", "f8", (BARRIERS,)),
        ("left_weekly", "f8", (BARRIERS,)),
        ("moves", "i8"),
        ("main_barrier", "i8"),
        ("lock_in", "f8"),
        ("exit_ratio", "f8", (DOORS,)),
        ("exit_ratio_weeks", "i8"),
        ("sek_per_place_week", "f8"),
        ("hours_per_week", "f8"),
        ("screens", "i8"),
        ("entry_most", "f8", (BARRIERS,)),
        ("entry_after_weeks", "i8"),
        ("starts_week", "i8"),
        ("ends_week", "i8"),
        ("leads_to", "i8"),
        ("h_hire_weekly", "f8"),
        ("employs", "i8"),
        ("p_insured", "f8"),
        # what moves
        ("used", "i8"),
        ("queue", "i8"),
        ("head", "i8", (PRIORITIES,)),
        ("tail", "i8", (PRIORITIES,)),
        ("admitted", "i8"),
        ("completed", "i8"),
        ("ended_early", "i8"),
        ("dropped_out", "i8"),
        ("left_benefit", "i8"),
        ("project_ended", "i8"),
        ("wait_weeks", "i8"),
        ("stay_weeks", "i8"),
        ("employed", "i8"),
    ],
    align=True,
)


def programme_table(
    programmes: dict[str, Programme], clients: int, office: int, offices: int
) -> np.recarray[tuple[int], np.dtype[np.void]]:
    """Return the records of a municipality's catalogue with the places of one of its offices."""
    records = table(len(programmes), PROGRAMME)
    names = list(programmes)
    for number, programme in enumerate(programmes.values()):
        record = records[number]
        record.id = number
        record.kind, record.standard, record.target = programme.kind, programme.standard, programme.target
        record.queue_rule, record.weeks = programme.queue, programme.weeks
        record.geometric = programme.length == StayLength.GEOMETRIC
        record.places = part_of(round(programme.places_per_1000 * clients / 1000.0), office, offices)
        record.sek_per_place_week = programme.sek_per_place_week
        record.hours_per_week = programme.hours_per_week
        record.leads_to = names.index(programme.leads_to) if programme.leads_to else NOBODY
        record.head[:] = record.tail[:] = NOBODY
        _set_content(record, programme, programmes)
        _set_entry(record, programme)
    return records


def _set_content(record: Record, programme: Programme, programmes: dict[str, Programme]) -> None:
    """Set what a stay removes, holds back and opens: the programme's own, or its mixture with others'."""
    parts = [(programmes[name], share) for name, share in programme.mix.items()]
    content = _mixture(programme, parts, _content)
    record.content[:] = _mixture(programme, parts, lambda one: _content(one) * one.quality)
    weekly = 1.0 - (1.0 - record.content) ** (1.0 / programme.weeks)
    record.left_weekly[:] = 1.0 - weekly
    record.moves = sum(1 << barrier for barrier in range(BARRIERS) if weekly[barrier] > 0.0)
    record.main_barrier = int(np.argmax(content)) if record.content.max() >= ADDRESSES else NOBODY
    record.lock_in = _mixture(programme, parts, lambda one: np.array(one.lock_in))
    record.exit_ratio[:] = _exit_ratio(programme)
    if parts:
        record.exit_ratio[:] = np.exp(_mixture(programme, parts, _log_exit_ratio))
    record.exit_ratio_weeks = programme.exit_ratio_weeks


def _mixture(
    programme: Programme, parts: list[tuple[Programme, float]], effect: Callable[[Programme], Numbers]
) -> Numbers:
    """Return the mean of an effect, by the shares of the week that programmes have."""
    if not parts:
        return effect(programme)
    own = max(0.0, 1.0 - sum(share for _, share in parts))
    mean: Numbers = sum((share * effect(one) for one, share in parts), own * effect(programme))
    return mean


def _content(programme: Programme) -> Numbers:
    return np.array(vector_of(type(programme).model_fields["content"], programme.content))


def _exit_ratio(programme: Programme) -> Numbers:
    return np.array(vector_of(type(programme).model_fields["exit_ratio"], programme.exit_ratio, missing=1.0))


def _log_exit_ratio(programme: Programme) -> Numbers:
    return np.log(np.maximum(_exit_ratio(programme), SMALLEST_RATIO))


def _set_entry(record: Record, programme: Programme) -> None:
    """Set whom a programme takes and when, and what its employers do."""
    most = vector_of(type(programme).model_fields["entry_most"], programme.entry_most, missing=1.0)
    record.entry_most[:], record.entry_after_weeks = most, programme.entry_after_weeks
    record.screens = min(most) < 1.0 or programme.entry_after_weeks > 0
    record.starts_week, record.ends_week = programme.starts_week, programme.ends_week
    record.h_hire_weekly = programme.h_hire_weekly
    record.employs, record.p_insured = programme.employs, programme.p_insured


@behaviour
def fit_to(content: Record, barriers: Record) -> float:
    """Return how well content meets barriers: the share of it that falls where something is to be removed."""
    total = met = 0.0
    for barrier in range(BARRIERS):
        total += content[barrier]
        met += content[barrier] * min(1.0, 2.0 * barriers[barrier])
    return met / total if total > 0.0 else 1.0


@behaviour
def admit(programme: Record, client: Record, week: int, luck: Luck) -> None:
    """Give a client a place, and fix the week in which the stay ends as planned, or with the project."""
    take_place(programme, client, week)
    client.programme = programme.id
    client.lock_in = programme.lock_in
    client.programme_hours = programme.hours_per_week
    client.hire_hazard = programme.h_hire_weekly
    for barrier in range(BARRIERS):
        client.stay_barrier[barrier] = client.barrier[barrier]
    client.fit = fit_to(programme.content, client.barrier)
    client.stay_began = week
    client.stay_ends = week + stay_weeks(programme, client, luck)
    client.cut_short = 0
    if client.stay_ends > programme.ends_week:
        client.stay_ends = programme.ends_week
        client.cut_short = 1


@behaviour
def take_place(programme: Record, client: Record, week: int) -> None:
    """Count a place as taken by a client, and how long the client has waited for it."""
    programme.used += 1
    programme.admitted += 1
    programme.wait_weeks += week - client.queued_week
    if client.first_activity_week == NOT_YET:
        client.first_activity_week = week
        client.first_programme = programme.id


@behaviour
def employ(programme: Record, client: Record, week: int, luck: Luck) -> None:
    """Hire a client: the spell ends this week, and the place stays taken until the job ends."""
    take_place(programme, client, week)
    programme.employed += 1
    client.hired_by = programme.id
    client.job_ends = min(week + stay_weeks(programme, client, luck), programme.ends_week)


@behaviour
def end_jobs(programme: Record, jobs: int, weeks: int) -> None:
    """Free the places of so many jobs that end now, after so many weeks in all."""
    programme.used -= jobs
    programme.employed -= jobs
    programme.completed += jobs
    programme.stay_weeks += weeks


@behaviour
def week_after_job(programme: Record, client: Record, luck: Luck) -> int:
    """Return the week in which somebody hired applies again (NEVER with unemployment insurance)."""
    if uniform(luck, client.id, client.spell, Purpose.INSURED) < programme.p_insured:
        return NEVER
    part = uniform(luck, client.id, client.job_ends, Purpose.JOB_OVER)
    week = client.job_ends + 1 + int(WEEKS_PER_CLIENT_MONTH * part)
    return week if week < client.pension_week else NEVER


@behaviour
def stay_weeks(programme: Record, client: Record, luck: Luck) -> int:
    """Return the length of a stay: fixed, or geometric with the same mean."""
    if programme.geometric == 0 or programme.weeks <= 1:
        return programme.weeks
    draw = uniform(luck, client.id, occasion(client.spell, client.referrals), Purpose.STAY)
    return 1 + int(math.log(draw) / math.log(1.0 - 1.0 / programme.weeks))


@behaviour
def give_week(programme: Record, client: Record, motivation_gain: float) -> None:
    """Let an attended week remove its part of the client's barriers."""
    client.motivation = min(1.5, client.motivation + motivation_gain * client.fit)
    for barrier in range(BARRIERS):
        client.barrier[barrier] *= programme.left_weekly[barrier]
    client.barriers_moved |= programme.moves


@behaviour
def end_stay(programme: Record, client: Record, week: int, rest_weeks: int, end: int) -> None:
    """Free the place; a completed stay opens doors for a while."""
    programme.used -= 1
    client.programme_sek += programme.sek_per_place_week * (week - client.stay_began)
    client.programme = NOBODY
    client.stay_ends = NEVER
    client.lock_in = client.programme_hours = client.hire_hazard = 0.0
    client.rest_until = week + rest_weeks
    if client.first_stay_end_week == NOT_YET:
        client.first_stay_end_week = week
    if end == StayEnd.COMPLETED:
        programme.completed += 1
        programme.stay_weeks += week - client.stay_began
        client.boost_until = week + programme.exit_ratio_weeks
        for door in range(DOORS):
            client.boost[door] = programme.exit_ratio[door]
    else:
        count_early_end(programme, end)


@behaviour
def count_early_end(programme: Record, end: int) -> None:
    """Count a stay that was not completed, by what ended it."""
    programme.ended_early += 1
    if end == StayEnd.DROPPED_OUT:
        programme.dropped_out += 1
    elif end == StayEnd.LEFT_BENEFIT:
        programme.left_benefit += 1
    else:
        programme.project_ended += 1
