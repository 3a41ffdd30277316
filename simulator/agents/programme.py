"""The programme: the record of one activity with places, and what a programme does."""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import behaviour
from simulator.parameters.programmes import Programme
from simulator.parameters.record import vector_of
from simulator.randomness import Luck, uniform
from simulator.records import Record, table
from simulator.rules.caseload import part_of
from simulator.vocabulary import BARRIERS, DOORS, NEVER, NOBODY, NOT_YET, Absence, Purpose, StayLength

PRIORITIES = 2
"""Priority groups of a queue: 0 is admitted before 1."""

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
        ("weekly_content", "f8", (BARRIERS,)),
        ("main_barrier", "i8"),
        ("lock_in", "f8"),
        ("exit_ratio", "f8", (DOORS,)),
        ("exit_ratio_weeks", "i8"),
        ("sek_per_place_week", "f8"),
        ("hours_per_week", "f8"),
        # what moves
        ("used", "i8"),
        ("queue", "i8"),
        ("head", "i8", (PRIORITIES,)),
        ("tail", "i8", (PRIORITIES,)),
        ("admitted", "i8"),
        ("completed", "i8"),
        ("ended_early", "i8"),
    ],
    align=True,
)


def programme_table(
    programmes: dict[str, Programme], clients: int, office: int, offices: int
) -> np.recarray[tuple[int], np.dtype[np.void]]:
    """Return the records of a municipality's catalogue with the places of one of its offices."""
    records = table(len(programmes), PROGRAMME)
    for number, programme in enumerate(programmes.values()):
        record = records[number]
        fields = type(programme).model_fields
        record.id = number
        record.kind, record.standard, record.target = programme.kind, programme.standard, programme.target
        record.queue_rule, record.weeks = programme.queue, programme.weeks
        record.geometric = programme.length == StayLength.GEOMETRIC
        record.places = part_of(round(programme.places_per_1000 * clients / 1000.0), office, offices)
        content = np.array(vector_of(fields["content"], programme.content))
        record.content[:] = content * programme.quality
        record.weekly_content[:] = 1.0 - (1.0 - record.content) ** (1.0 / programme.weeks)
        record.main_barrier = int(np.argmax(content)) if content.any() else NOBODY
        record.lock_in = programme.lock_in
        record.exit_ratio[:] = vector_of(fields["exit_ratio"], programme.exit_ratio, missing=1.0)
        record.exit_ratio_weeks = programme.exit_ratio_weeks
        record.sek_per_place_week = programme.sek_per_place_week
        record.hours_per_week = programme.hours_per_week
        record.head[:] = record.tail[:] = NOBODY
    return records


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
    """Give a client a place, and fix the week in which the stay ends as planned."""
    programme.used += 1
    programme.admitted += 1
    client.programme = programme.id
    client.lock_in = programme.lock_in
    client.programme_hours = programme.hours_per_week
    for barrier in range(BARRIERS):
        client.stay_barrier[barrier] = client.barrier[barrier]
    client.fit = fit_to(programme.content, client.barrier)
    client.stay_began = week
    client.stay_ends = week + stay_weeks(programme, client, week, luck)
    if client.first_activity_week == NOT_YET:
        client.first_activity_week = week


@behaviour
def stay_weeks(programme: Record, client: Record, week: int, luck: Luck) -> int:
    """Return the length of a stay: fixed, or geometric with the same mean."""
    if programme.geometric == 0 or programme.weeks <= 1:
        return programme.weeks
    draw = uniform(luck, client.id, week, Purpose.STAY)
    return 1 + int(math.log(draw) / math.log(1.0 - 1.0 / programme.weeks))


@behaviour
def give_week(programme: Record, client: Record, motivation_gain: float) -> None:
    """Let an attended week remove its part of the client's barriers."""
    client.motivation = min(1.5, client.motivation + motivation_gain * client.fit)
    for barrier in range(BARRIERS):
        if programme.weekly_content[barrier] > 0.0:
            client.barrier[barrier] *= 1.0 - programme.weekly_content[barrier]
            client.barriers_moved |= 1 << barrier


@behaviour
def end_stay(programme: Record, client: Record, week: int, rest_weeks: int, cause: int) -> None:
    """Free the place; a completed stay opens doors for a while."""
    programme.used -= 1
    client.programme_sek += programme.sek_per_place_week * (week - client.stay_began)
    client.programme = NOBODY
    client.stay_ends = NEVER
    client.lock_in = client.programme_hours = 0.0
    client.rest_until = week + rest_weeks
    if cause == Absence.NONE:
        programme.completed += 1
        client.boost_until = week + programme.exit_ratio_weeks
        for door in range(DOORS):
            client.boost[door] = programme.exit_ratio[door]
    else:
        programme.ended_early += 1
