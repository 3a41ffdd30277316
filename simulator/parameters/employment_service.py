"""Settings of the public employment service: its staff, its gate, its only sanction."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, minutes, quantity, share, whole_weeks


class EmploymentService(Group):
    """The public employment service, with which clients register as job seekers."""

    active: bool = choice("Whether the service acts at all in the model", "assumed: a lever of its own")
    gate: bool = choice(
        "Whether no municipal measure starts before the service has declined to offer one", "K07"
    )
    caseworkers_per_1000: float = quantity(
        "Its caseworkers for each 1,000 clients of `population.size`",
        "persons",
        "W04: 129-167 clients each in Germany; assumed somewhat more in Sweden",
        ge=0.0,
        le=1_000.0,
        plausible=(3.0, 10.0),
    )
    hours_for_clients: float = quantity(
        "Hours of its caseworker's week that reach clients",
        "hours/week",
        "W04: four in ten of the staff place people; size assumed",
        ge=0.0,
        le=168.0,
        plausible=(10.0, 30.0),
    )
    registration_minutes: float = minutes(
        "Registering and coding a job seeker, and deciding what to offer", "assumed: one talk", (20.0, 90.0)
    )
    follow_up_minutes: float = minutes(
        "Monthly follow-up of a registered client", "assumed: a report read, a short call", (5.0, 40.0)
    )
    hindered_above: float = share(
        "Largest barrier of health, substance or language from which on a client is coded as hindered "
        "from seeking work at once (category 14)",
        "assumed: the upper half of the scale",
        (0.4, 0.8),
    )
    p_offer: float = share(
        "Chance that the service offers support of its own to a job seeker who is not hindered",
        "assumed: a minority",
        (0.1, 0.6),
    )
    offer_weeks: int = whole_weeks(
        "Weeks that its own support lasts before it declines", "assumed: a quarter", (4, 26)
    )
    support_gain: float = quantity(
        "Gain in search effort while it follows a client up",
        "share of effort",
        "C24;C25: intensified contact works; the usual one is assumed to work a little",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.15),
    )
    p_deregister_monthly: float = share(
        "Chance in a month that a registered client without any motivation is de-registered",
        "assumed: missed reports are common among the discouraged",
        (0.02, 0.3),
    )
    h_new_registration_weekly: float = quantity(
        "Weekly hazard of registering anew after a de-registration",
        "1/week",
        "pattern P19: de-registration does not always make people take part again; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.02, 0.3),
    )
    p_benefit_known: float = share(
        "Chance that the service knows a client to be on assistance, and tells the municipality of a "
        "de-registration",
        "K06: near nil",
        (0.0, 1.0),
    )
