"""Settings of the vacancies within reach of people on assistance."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, quantity, share
from simulator.parameters.words import Ratio


class Vacancies(Group):
    """The vacancies that clients compete for."""

    limited: bool = choice(
        "Whether a client who would find work needs an open vacancy",
        "C34: those not treated lose vacancies to those who are",
    )
    per_1000_weekly: float = quantity(
        "Vacancies that open in a week for each 1,000 clients of `population.size`",
        "vacancies/week",
        "assumed: around the number of those who find work",
        ge=0.0,
        le=1_000.0,
        plausible=(2.0, 50.0),
    )
    life_weeks: float = quantity(
        "Mean life of a vacancy that no client fills: others fill it",
        "weeks",
        "assumed: simple jobs are filled within a month",
        ge=1.0,
        le=520.0,
        plausible=(1.0, 8.0),
    )
    season_amplitude: float = share(
        "How far openings swing over the year around their mean", "assumed: summer jobs", (0.0, 0.5)
    )
    season_peak_week: int = quantity(
        "Week of the year in which most vacancies open (0: the first reported week)",
        "weeks",
        "assumed: before the summer",
        ge=0,
        le=51,
        plausible=(10, 30),
    )
    series: list[Ratio] = choice(
        "Multipliers of the openings week by week from the first reported week on, repeated (empty: none)",
        "assumed: a series of one's own, such as a business cycle",
    )
