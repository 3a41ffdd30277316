"""Settings of what things cost, of who pays, and of what a way out is worth to each payer."""

from __future__ import annotations

from typing import Any

from simulator.parameters.base import Group, quantity, share


class Costs(Group):
    """Prices, Swedish kronor of 2024 where not said otherwise."""

    benefit_sek_monthly: float = quantity(
        "Benefit of a household without children",
        "SEK/month",
        "M03;M04: prices of about 2024; about 7,100 in 2012 for the mean household, uprated",
        ge=0.0,
        le=1_000_000.0,
        plausible=(6_000.0, 12_000.0),
    )
    child_sek_monthly: float = quantity(
        "Addition for each child",
        "SEK/month",
        "M04: norm of 2023, in prices of about 2024",
        ge=0.0,
        le=1_000_000.0,
        plausible=(2_000.0, 4_500.0),
    )
    caseworker_sek_yearly: float = quantity(
        "Cost of one caseworker with overhead",
        "SEK/year",
        "M02: wages and prices of 2024",
        ge=0.0,
        le=100_000_000.0,
        plausible=(596_000.0, 745_000.0),
    )


def _sek_monthly(title: str, source: str, plausible: tuple[float, float]) -> Any:  # noqa: ANN401  (as quantity)
    return quantity(title, "SEK/month", source, ge=0.0, le=1_000_000.0, plausible=plausible)


class Accounts(Group):
    """Who pays for what, and what a way out is worth to each payer; the model itself reads none of it."""

    discount_yearly: float = quantity(
        "Real discount rate of later years",
        "1/year",
        "M07: recommended in Denmark for the first 35 years",
        ge=0.0,
        le=1.0,
        plausible=(0.0, 0.05),
    )
    refund_weeks_1_4: float = share(
        "Benefit that the state refunds the municipality, weeks 1-4 of a spell",
        "M08: 0 in Sweden",
        (0.0, 0.8),
    )
    refund_weeks_5_26: float = share("The same, weeks 5-26", "M08: 0 in Sweden", (0.0, 0.4))
    refund_weeks_27_52: float = share("The same, weeks 27-52", "M08: 0 in Sweden", (0.0, 0.3))
    refund_weeks_53: float = share("The same, from week 53 on", "M08: 0 in Sweden", (0.0, 0.2))
    joint_state_share: float = share(
        "Part of jointly owned programmes that the state pays",
        "assumed: two owners share alike; agreements differ",
        (0.0, 1.0),
    )
    earnings_sek_monthly: float = _sek_monthly(
        "Gross earnings of those who have left by a door of work",
        "assumed: near the lowest agreed wages of about 2024, and some work part time",
        (14_000.0, 40_000.0),
    )
    work_kept_yearly: float = share(
        "Of those who left by work and have not come back, share still working a year later",
        "assumed: some leave the labour force or the municipality without applying again",
        (0.6, 1.0),
    )
    allowance_sek_monthly: float = _sek_monthly(
        "Earnings on which no municipal or regional tax is paid",
        "assumed: about the basic deduction of 2024 at such earnings",
        (1_500.0, 7_000.0),
    )
    tax_municipal: float = share(
        "Municipal tax on the rest", "M09: all of local tax less the region's part", (0.17, 0.26)
    )
    tax_regional: float = share(
        "Regional tax on the rest", "M09: split as in 2018 and moved by later changes", (0.0, 0.13)
    )
    tax_equalised: float = share(
        "Part of more local tax that equalisation between municipalities moves to the state",
        "assumed: none, as in most municipal reckonings; most of it in the long run",
        (0.0, 0.95),
    )
    tax_state: float = share(
        "State tax on gross earnings", "assumed: none at low Swedish earnings", (0.0, 0.2)
    )
    tax_credit_sek_monthly: float = _sek_monthly(
        "Tax credit for work, borne by the state",
        "assumed: about the earned income tax credit of 2024 at such earnings",
        (0.0, 3_500.0),
    )
    payroll_state: float = share("Payroll tax that goes to the state", "M10", (0.0, 0.1162))
    payroll_insurance: float = share(
        "Payroll contributions that go to social insurance",
        "M10: pensions earned are not set against it",
        (0.0, 0.198),
    )
    wage_subsidy: float = share(
        "Part of earnings in subsidised work that the state pays",
        "assumed: between once and twice the payroll tax, or more for the disabled",
        (0.3, 0.8),
    )
    other_benefit_sek_monthly: float = _sek_monthly(
        "Sickness or unemployment benefit of those who have left by other_benefit",
        "assumed: about the guaranteed sickness compensation of 2024",
        (9_000.0, 25_000.0),
    )
    other_benefit_municipal_share: float = share(
        "Part of it that the municipality pays", "M08: 0 in Sweden, where insurance pays all", (0.0, 0.8)
    )
    study_sek_monthly: float = _sek_monthly(
        "Grant of those who have left by study, paid by the state",
        "assumed: grant of about 2024 without the loan, all year",
        (3_000.0, 12_000.0),
    )
