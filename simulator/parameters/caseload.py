"""Settings of the caseload lever: how many clients one caseworker has, who has whom, and for how long."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity, share, whole_weeks
from simulator.parameters.words import CaseloadRuleName, OrganisationName
from simulator.vocabulary import CaseloadRule, Organisation


class Caseload(Group):
    """How many clients one caseworker has, which team has whom, and how staff comes and goes."""

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
        "Weeks between reviews of the staff (ratio) and of who has how many clients (rebalance)",
        "weeks",
        "assumed: monthly",
        ge=1,
        le=520,
        plausible=(1, 26),
    )
    organisation: OrganisationName = choice(
        "generalist (everybody has clients of all kinds) or specialised (a team for the hard-to-place)",
        "C21;W06: small caseloads for those far from work",
    )
    hard_to_place_below: float = share(
        "Believed nearness to work below which an assessed client goes to the intensive team (specialised)",
        "assumed: a third of those assessed in the default municipality",
        (0.005, 0.1),
    )
    intensive_caseworkers: int = quantity(
        "Of the caseworkers, those in the intensive team (specialised; fixed_staff and limit)",
        "persons",
        "assumed: a third of the staff",
        ge=0,
        le=100_000,
        plausible=(0, 500),
    )
    intensive_clients_per_caseworker: float = quantity(
        "Clients for each caseworker of the intensive team (specialised; ratio)",
        "clients",
        "C21: 35 in Hjørring; W06: 70; C36: 18",
        ge=1.0,
        le=100_000.0,
        plausible=(18.0, 70.0),
    )
    intensive_limit: int = quantity(
        "Most clients one caseworker of the intensive team may have (specialised; limit)",
        "clients",
        "C21: 35 in Hjørring; W06: 70; C36: 18",
        ge=1,
        le=100_000,
        plausible=(18, 70),
    )
    hiring_weeks: int = whole_weeks(
        "Weeks from a review or a leaver's going to the first week of the new caseworker",
        "assumed: advertising, interviews and notice take about a quarter",
        (0, 26),
    )
    p_quit_weekly: float = share(
        "Chance that a caseworker quits in a week",
        "assumed: a sixth to a quarter leave in a year",
        (0.0, 0.01),
    )
    novice_weight: float = quantity(
        "Times longer decisions, inquiries, assessments and plans take a newly employed caseworker",
        "1",
        "W13: experience is weighted; size assumed",
        ge=1.0,
        le=10.0,
        plausible=(1.0, 2.0),
    )
    experienced_weeks: int = quantity(
        "Weeks of employment after which a caseworker is as fast as the others",
        "weeks",
        "W13: experience is weighted; length assumed",
        ge=1,
        le=5_200,
        plausible=(13, 104),
    )
    p_sick_leave_weekly: float = share(
        "Chance that a caseworker at work begins a sick leave in a week",
        "C28: unplanned absences cost meetings; size assumed",
        (0.0, 0.03),
    )
    sick_leave_weeks: float = quantity(
        "Mean length of a sick leave (geometric)",
        "weeks",
        "assumed: a few weeks",
        ge=1.0,
        le=520.0,
        plausible=(1.0, 12.0),
    )
    reassign_after_weeks: int = quantity(
        "Weeks of one sick leave after which the clients get other caseworkers",
        "weeks",
        "assumed: after a month",
        ge=1,
        le=5_200,
        plausible=(1, 13),
    )
    rebalance: bool = choice(
        "Whether reviews move clients from caseworkers with most to those with fewest", "assumed: off"
    )
    rebalance_slack: int = quantity(
        "Difference in clients between fullest and emptiest that a review leaves (rebalance)",
        "clients",
        "assumed: a few",
        ge=1,
        le=100_000,
        plausible=(1, 20),
    )

    def smallest_team(self) -> int:
        """Return the number of caseworkers in the smallest team (fixed_staff and limit)."""
        if self.organisation == Organisation.GENERALIST:
            return self.caseworkers
        return min(self.intensive_caseworkers, self.caseworkers - self.intensive_caseworkers)

    @model_validator(mode="after")
    def _each_team_has_somebody(self) -> Caseload:
        if self.regime != CaseloadRule.RATIO and self.smallest_team() < 1:
            raise PydanticCustomError(
                "teams",
                "organisation is specialised, but intensive_caseworkers ({intensive}) leaves a team empty; "
                "allowed: from 1 to one less than caseworkers ({most})",
                {"intensive": self.intensive_caseworkers, "most": self.caseworkers - 1},
            )
        return self
