"""Settings of what things cost."""

from __future__ import annotations

from simulator.parameters.base import Group, quantity


class Costs(Group):
    """Prices, Swedish kronor of 2024 where not said otherwise."""

    benefit_sek_monthly: float = quantity(
        "Benefit of a household without children",
        "SEK/month",
        "M03;M04: about 7,100 in 2012 for the mean household, uprated",
        ge=0.0,
        le=1_000_000.0,
        plausible=(6_000.0, 12_000.0),
    )
    child_sek_monthly: float = quantity(
        "Addition for each child", "SEK/month", "M04", ge=0.0, le=1_000_000.0, plausible=(2_000.0, 4_500.0)
    )
    caseworker_sek_yearly: float = quantity(
        "Cost of one caseworker with overhead",
        "SEK/year",
        "M02",
        ge=0.0,
        le=100_000_000.0,
        plausible=(596_000.0, 745_000.0),
    )
