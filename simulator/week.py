"""The week: its named steps, in order.

>>> print(describe_week())  # doctest: +ELLIPSIS
 1. reform: Put a reform's rules in force in its week; let what the transition costs fade.
 2. arrivals: ...
"""

from __future__ import annotations

from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.steps.casework import casework
from simulator.steps.intake import arrivals, intake
from simulator.steps.programmes import admission, attendance, follow_up, referral
from simulator.steps.reform import reform
from simulator.steps.sanctions import sanctions
from simulator.steps.services import assessments, employment_service
from simulator.steps.spells import accounts, drift, exits
from simulator.vocabulary import NOBODY

STEPS = (
    reform,
    arrivals,
    intake,
    casework,
    assessments,
    employment_service,
    referral,
    admission,
    attendance,
    follow_up,
    sanctions,
    exits,
    drift,
    accounts,
)


APART = (casework, referral, sanctions, exits)
"""Steps that are compiled apart from the week: about half of what there is to compile."""


@behaviour
def play_weeks(office: Office, weeks: int) -> int:
    """Play up to so many weeks of an office, while the ledger can hold the exits; return how many.

    A week is every step once, in the order of `STEPS`.
    """
    played = 0
    while played < weeks and has_room_for_exits(office):
        reform(office)
        arrivals(office)
        intake(office)
        casework(office)
        assessments(office)
        employment_service(office)
        referral(office)
        admission(office)
        attendance(office)
        follow_up(office)
        sanctions(office)
        exits(office)
        drift(office)
        accounts(office)
        played += 1
    return played


@part
def has_room_for_exits(office: Office) -> bool:
    """Whether the ledger has room for the spells of everybody who can leave in the coming week."""
    state = office.state[0]
    room = len(office.spells) - state.spells
    if state.week < 0 or room >= len(office.people):
        return True
    leavers = state.active
    for row in range(state.applied, len(office.people)):
        if office.people[row].first_week > state.week:
            break
        leavers += 1
    row = office.calendar[state.week - state.first_week]
    while row != NOBODY:
        leavers += 1
        row = office.people[row].next_to_return
    return room >= leavers


def describe_week() -> str:
    """Return the steps of the week, numbered, each with its first line of documentation."""
    lines = (f"{step.__name__}: {(step.__doc__ or '').splitlines()[0]}" for step in STEPS)
    return "\n".join(f"{number:2d}. {line}" for number, line in enumerate(lines, 1))
