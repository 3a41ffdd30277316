"""Settings of the caseload lever: how many clients one caseworker has."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.words import CaseloadRuleName


class Caseload(Group):
    """How many clients one caseworker has."""

    regime: CaseloadRuleName = choice("fixed_staff, ratio or limit", "assumed: design")
    caseworkers: int = quantity(
        "Caseworkers in all (fixed_staff and limit)",
        "persons",
        "W01: 5,000 clients at about 80 each",
        ge=1,
        le=100_000,
        plausible=(1, 1_000),
    )
    clients_per_caseworker: float = quantity(
        "Clients for each caseworker whom the staff is hired to hold (ratio)",
        "clients",
        "W01",
        ge=1.0,
        le=100_000.0,
        plausible=(20.0, 250.0),
    )
    limit: int = quantity(
        "Most clients one caseworker may have; whoever is over it waits (limit)",
        "clients",
        "W01",
        ge=1,
        le=100_000,
        plausible=(20, 250),
    )
    hours_per_week: float = quantity(
        "Paid hours of a caseworker",
        "hours/week",
        "assumed: full time",
        ge=0.0,
        le=168.0,
        plausible=(30.0, 40.0),
    )
    review_weeks: int = quantity(
        "Weeks between reviews of the staff (ratio)",
        "weeks",
        "assumed: monthly",
        ge=1,
        le=520,
        plausible=(1, 26),
    )
