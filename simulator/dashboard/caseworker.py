"""One caseworker's cases, followed week by week through one replication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.engine import Engine
from simulator.interrupting import stop_if_interrupted
from simulator.outcomes.tables import age_groups, main_hindrance
from simulator.parameters import Scenario
from simulator.population import burn_in
from simulator.vocabulary import NOT_YET, SanctionStep, Status

WEEKS_AT_ONCE = 26
"""Weeks played before others get their turn."""


@dataclass(frozen=True)
class Cases:
    """The cases of one caseworker's seat.

    Attributes
    ----------
    table : DataFrame
        A row for each week and case: week, case (number of the person), age_group (at entry), hindrance,
        weeks (on benefit so far), talks (so far), talked (this week), planned, programme (its title, or
        nothing), queued (the same of the one waited for), step (of the sanction ladder), new (with this
        caseworker).
    seats : int
        How many seats the office has.
    """

    table: pd.DataFrame
    seats: int


def follow(scenario: Scenario, seat: int, weeks: int) -> Iterator[Cases | None]:
    """Play the first office of a replication, and yield the cases once all weeks are played.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    seat : int
        Number of the seat; the last one if there are fewer.
    weeks : int
        Reported weeks that are followed.

    Yields
    ------
    Cases or None
        None while there are weeks left, so that others can have their turn.
    """
    engine = Engine(scenario, scenario.seed)
    for _ in range(0, burn_in(scenario), WEEKS_AT_ONCE):
        stop_if_interrupted()
        engine.play(min(WEEKS_AT_ONCE, max(0, -engine.week)))
        yield None
    titles = [programme.title for programme in scenario.programmes.values()]
    parts: list[pd.DataFrame] = []
    for week in range(min(weeks, scenario.weeks)):
        stop_if_interrupted()
        engine.step()
        parts.append(_cases_of_week(engine, seat, week, titles))
        if week % WEEKS_AT_ONCE == 0:
            yield None
    table = pd.concat(parts, ignore_index=True)
    yield Cases(_with_changes(table), int(engine.offices[0].state[0].seats))


def _cases_of_week(engine: Engine, seat: int, week: int, titles: list[str]) -> pd.DataFrame:
    office = engine.offices[0]
    state = office.state[0]
    clients = office.clients[: state.slots]
    own = clients[
        (clients["status"] == Status.SERVED) & (clients["caseworker"] == min(seat, state.seats - 1))
    ]
    return pd.DataFrame(
        {
            "week": week,
            "case": own["id"],
            "age_group": age_groups(own["age"]),
            "hindrance": main_hindrance(own["barrier"]),
            "weeks": week - own["entry_week"],
            "talks": own["meetings"],
            "planned": own["plan_week"] != NOT_YET,
            "programme": _named(own["programme"], titles),
            "queued": _named(own["queued_for"], titles),
            "step": _step_in_force(own, week),
        }
    )


def _named(numbers: np.ndarray, titles: list[str]) -> list[str]:
    return [titles[number] if 0 <= number < len(titles) else "" for number in numbers]


def _step_in_force(clients: np.ndarray, week: int) -> list[str]:
    steps = SanctionStep.labels()
    return [
        steps[step] if until > week else steps[0]
        for step, until in zip(clients["step"], clients["step_until"], strict=True)
    ]


def _with_changes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with what is new against the week before: a talk, and the case itself."""
    table = table.sort_values(["case", "week"])
    same = (table["case"] == table["case"].shift()) & (table["week"] == table["week"].shift() + 1)
    before = table["talks"].shift().where(same, table["talks"])
    changed = table.assign(talked=table["talks"] > before, new=~same & (table["week"] > 0))
    return changed.sort_values(["week", "weeks"], ascending=[True, False]).reset_index(drop=True)
