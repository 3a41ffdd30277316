"""The whole tree: one scenario, complete."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.caseload import Caseload
from simulator.parameters.casework import Casework
from simulator.parameters.client import Attendance, Doors, Search, Trust
from simulator.parameters.collaboration import Collaboration
from simulator.parameters.costs import Costs
from simulator.parameters.population import Population
from simulator.parameters.programmes import Programme, check_catalogue
from simulator.parameters.referral import Referral
from simulator.parameters.sanctions import Sanctions
from simulator.parameters.vacancies import Vacancies
from simulator.vocabulary import CaseloadRule, ReferralRule

CLIENTS_PER_OFFICE = 1_000
"""Clients of one office where the number of offices is left open: some twelve caseworkers (assumed)."""


class About(Group):
    """What a scenario is for."""

    title: str = choice("Name of the scenario in words", "assumed: text")
    question: str = choice("The question that it answers", "assumed: text")
    sources: list[str] = choice("Where its settings come from", "assumed: text")


class Client(Group):
    """What clients do."""

    search: Search
    trust: Trust
    attendance: Attendance


class Output(Group):
    """Where results go."""

    dir: str | None = choice("Folder for the results (null: results/<study>/<hash>)", "assumed: text")


class Scenario(Group):
    """Everything that one run depends on, and where its results go."""

    scenario: str = choice("Name of the scenario file", "assumed: text")
    about: About
    seed: int = quantity("Seed of all luck", "1", "assumed: any", ge=0, le=2**63 - 1, plausible=(0, 2**31))
    replications: int = quantity(
        "Repetitions with fresh luck",
        "replications",
        "assumed: enough for a narrow interval",
        ge=1,
        le=1_000_000,
        plausible=(10, 200),
    )
    weeks: int = quantity(
        "Weeks reported", "weeks", "assumed: five years", ge=1, le=5_200, plausible=(104, 520)
    )
    workers: int = quantity(
        "Replications simulated at the same time (0: one for each core)",
        "threads",
        "assumed: all cores",
        ge=0,
        le=1_024,
        plausible=(1, 64),
    )
    output: Output
    population: Population
    doors: Doors
    client: Client
    casework: Casework
    caseload: Caseload
    sanctions: Sanctions
    collaboration: Collaboration
    referral: Referral
    programmes: dict[str, Programme] = choice("The catalogue of programmes, by short name", "P10;P11;P13")
    vacancies: Vacancies
    costs: Costs

    def number_of_offices(self) -> int:
        """Return the number of offices: as set, or one for each 1,000 clients if the staff reaches so far."""
        if self.population.offices:
            return self.population.offices
        wanted = max(1, round(self.population.size / CLIENTS_PER_OFFICE))
        return (
            wanted if self.caseload.regime == CaseloadRule.RATIO else min(wanted, self.caseload.caseworkers)
        )

    @model_validator(mode="after")
    def _offices_are_staffed_and_used(self) -> Scenario:
        offices, staff = self.population.offices, self.caseload.caseworkers
        if self.caseload.regime != CaseloadRule.RATIO and offices > staff:
            raise PydanticCustomError(
                "offices",
                "population.offices is {offices}, more than the {staff} caseworkers of caseload.caseworkers",
                {"offices": offices, "staff": staff},
            )
        if offices > self.population.size:
            raise PydanticCustomError(
                "offices",
                "population.offices is {offices}, more than the {size} clients of population.size",
                {"offices": offices, "size": self.population.size},
            )
        return self

    @model_validator(mode="after")
    def _programmes_fit_together(self) -> Scenario:
        check_catalogue(self.programmes)
        return self

    @model_validator(mode="after")
    def _blanket_has_a_standard(self) -> Scenario:
        blanket = self.referral.rule == ReferralRule.BLANKET
        if blanket and self.programmes and not any(p.standard for p in self.programmes.values()):
            raise PydanticCustomError(
                "standard", "referral.rule is blanket, but no programme has standard: true", {}
            )
        return self
