"""The vacancies: who gets one, and what follows for a client who comes too late."""

from __future__ import annotations

from simulator.agents.leaving import foresee_exit
from simulator.compiled import behaviour
from simulator.randomness import Luck, exponential, uniform
from simulator.records import Record
from simulator.vocabulary import Door, Purpose

VACANCIES_PER_OFFICE = 2**20
"""More than are ever open at one office."""


@behaviour
def needs_vacancy(client: Record, week: int, luck: Luck) -> bool:
    """Whether a client who leaves this week needs a vacancy: for work, not with a programme's employer."""
    if client.exit_door != Door.WORK:
        return False
    if client.hire_hazard <= 0.0:
        return True
    share = client.hire_hazard / client.hazard[Door.WORK]
    return uniform(luck, client.id, week, Purpose.DIRECT_HIRE) >= share


@behaviour
def miss_vacancy(client: Record, week: int, luck: Luck) -> None:
    """Let a client who found no vacancy search on after this week, with a fresh threshold for work."""
    gone = client.hazard[Door.WORK] * (week + 1 - client.settled_week)
    client.threshold[Door.WORK] = gone + exponential(luck, client.id, week, Purpose.NEXT_CHANCE)
    foresee_exit(client)


@behaviour
def left_by_others(vacancies: int, office: int, week: int, p: Record, luck: Luck) -> int:
    """Return how many of so many vacancies nobody from outside fills at the end of the week."""
    left = 0
    for number in range(vacancies):
        draw = uniform(luck, office * VACANCIES_PER_OFFICE + number, week, Purpose.VACANCY_LOST)
        left += 1 if draw * p.vacancies.life_weeks >= 1.0 else 0
    return left
