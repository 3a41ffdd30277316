"""The week: its named steps, in order.

>>> print(describe_week())  # doctest: +ELLIPSIS
 1. arrivals: New applicants and returners start a spell.
 2. intake: ...
"""

from __future__ import annotations

from simulator.compiled import behaviour
from simulator.office import Office
from simulator.steps.casework import casework
from simulator.steps.intake import arrivals, intake
from simulator.steps.programmes import admission, attendance, follow_up, referral
from simulator.steps.sanctions import sanctions
from simulator.steps.spells import accounts, drift, exits

STEPS = (
    arrivals,
    intake,
    casework,
    referral,
    admission,
    attendance,
    follow_up,
    sanctions,
    exits,
    drift,
    accounts,
)


@behaviour
def play_week(office: Office) -> None:
    """Play one week of one office: every step once, in the order of `STEPS`."""
    arrivals(office)
    intake(office)
    casework(office)
    referral(office)
    admission(office)
    attendance(office)
    follow_up(office)
    sanctions(office)
    exits(office)
    drift(office)
    accounts(office)


def describe_week() -> str:
    """Return the steps of the week, numbered, each with its first line of documentation."""
    lines = (f"{step.__name__}: {(step.__doc__ or '').splitlines()[0]}" for step in STEPS)
    return "\n".join(f"{number:2d}. {line}" for number, line in enumerate(lines, 1))
