"""The whole tree: one scenario, complete."""

from __future__ import annotations

from pathlib import Path

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.own_rules import HOOKS, functions_of
from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.benefit import Benefit
from simulator.parameters.caseload import Caseload
from simulator.parameters.casework import Casework
from simulator.parameters.client import Attendance, Doors, Search, Trust, Wages
from simulator.parameters.collaboration import Collaboration
from simulator.parameters.costs import Accounts, Costs
from simulator.parameters.employment_service import EmploymentService
from simulator.parameters.execution import Execution
from simulator.parameters.fitting import Draws
from simulator.parameters.population import Population
from simulator.parameters.precision import Precision
from simulator.parameters.programmes import Programme, check_catalogue
from simulator.parameters.referral import Referral
from simulator.parameters.reform import Reform
from simulator.parameters.sanctions import Sanctions
from simulator.parameters.study import Study
from simulator.parameters.trial import Trial
from simulator.parameters.vacancies import Vacancies
from simulator.parameters.words import LanguageName
from simulator.vocabulary import CaseloadRule, OrderRule, Organisation, ReferralRule, SanctionRule

CLIENTS_PER_OFFICE = 1_000
"""Clients of one office where the number of offices is left open: some twelve caseworkers (assumed)."""


class About(Group):
    """What a scenario is for."""

    title: str = choice("Name of the scenario in words", "assumed: text")
    question: str = choice("The question that it answers", "assumed: text")
    sources: list[str] = choice("Where its settings come from", "assumed: text")
    pair: str | None = choice("The scenario that it is compared with", "assumed: text")


class Client(Group):
    """What clients do."""

    search: Search
    wages: Wages
    trust: Trust
    attendance: Attendance


class Output(Group):
    """Where results go."""

    dir: str | None = choice("Folder for the results (null: results/<study>/<hash>)", "assumed: text")
    language: LanguageName = choice("Language of pictures and reports", "assumed: text")


class Scenario(Group):
    """Everything that one run depends on, and where its results go."""

    scenario: str = choice("Name of the scenario file", "assumed: text")
    experiment: str | None = choice("Name of the experiment file (null: none)", "assumed: text")
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
        "Pieces of work at the same time on this machine (0: one for each core)",
        "workers",
        "assumed: all cores",
        ge=0,
        le=1_024,
        plausible=(1, 64),
    )
    precision: Precision
    engine: Execution = choice("Where the work is done", "assumed: text")
    rules: str | None = choice("Python file with rules of one's own", "assumed: text")
    output: Output
    population: Population
    doors: Doors
    client: Client
    casework: Casework
    caseload: Caseload
    sanctions: Sanctions
    benefit: Benefit
    collaboration: Collaboration
    employment_service: EmploymentService
    referral: Referral
    programmes: dict[str, Programme] = choice("The catalogue of programmes, by short name", "P10;P11;P13")
    vacancies: Vacancies
    costs: Costs
    accounts: Accounts
    reform: Reform
    trial: Trial
    draws: Draws
    study: Study = choice("What is asked of the runs", "assumed: text")

    def after_reform(self) -> Scenario:
        """Return the scenario with the reform's rules in force from the beginning."""
        return self.model_copy(update=self.reform.groups())

    def rules_of_arms(self) -> list[Scenario]:
        """Return the scenario with the rules of each arm of a trial in force for everybody."""
        return [self.model_copy(update=arm.groups()) for arm in self.trial.arms.values()]

    def number_of_offices(self) -> int:
        """Return the number of offices: as set, or one for each 1,000 clients if the staff reaches so far."""
        if self.population.offices:
            return self.population.offices
        wanted = max(1, round(self.population.size / CLIENTS_PER_OFFICE))
        ratio = self.caseload.regime == CaseloadRule.RATIO
        return wanted if ratio else min(wanted, self.caseload.smallest_team())

    @model_validator(mode="after")
    def _offices_are_staffed_and_used(self) -> Scenario:
        offices, staff = self.population.offices, self.caseload.smallest_team()
        if self.caseload.regime != CaseloadRule.RATIO and offices > staff:
            generalist = self.caseload.organisation == Organisation.GENERALIST
            raise PydanticCustomError(
                "offices",
                "population.offices is {offices}, more than the {staff} caseworkers of {whom}",
                {
                    "offices": offices,
                    "staff": staff,
                    "whom": "caseload.caseworkers" if generalist else "the smaller team",
                },
            )
        if offices > self.population.size:
            raise PydanticCustomError(
                "offices",
                "population.offices is {offices}, more than the {size} clients of population.size",
                {"offices": offices, "size": self.population.size},
            )
        return self

    @model_validator(mode="after")
    def _first_stage_has_a_spread(self) -> Scenario:
        if self.precision.outcome is not None and not 2 <= self.replications <= self.precision.most:  # noqa: PLR2004
            raise PydanticCustomError(
                "precision",
                "replications is {first}; with a precision it is the number of the first stage, from 2 to "
                "precision.most ({most})",
                {"first": self.replications, "most": self.precision.most},
            )
        return self

    @model_validator(mode="after")
    def _reform_says_what(self) -> Scenario:
        if self.reform.week is not None and not self.reform.groups():
            raise PydanticCustomError(
                "reform",
                "reform.week is {week}, but no group under reform is set",
                {"week": self.reform.week},
            )
        after = self.after_reform().caseload
        if after.organisation != self.caseload.organisation:
            raise PydanticCustomError(
                "reform", "reform.caseload.organisation cannot differ from caseload.organisation", {}
            )
        offices = self.number_of_offices()
        if after.regime != CaseloadRule.RATIO and offices > after.caseworkers:
            raise PydanticCustomError(
                "reform",
                "reform.caseload.caseworkers is {staff}, fewer than the {offices} offices",
                {"staff": after.caseworkers, "offices": offices},
            )
        return self

    @model_validator(mode="after")
    def _trial_can_be_carried_out(self) -> Scenario:
        if not self.trial.arms:
            return self
        if self.reform.week is not None:
            raise PydanticCustomError("trial", "a trial and a reform cannot go on in the same run", {})
        if self.trial.staff_apart and self.caseload.organisation != Organisation.GENERALIST:
            raise PydanticCustomError(
                "trial", "trial.staff_apart needs caseload.organisation to be generalist", {}
            )
        return self

    @model_validator(mode="after")
    def _programmes_offered_are_there(self) -> Scenario:
        for rules in (self, self.after_reform(), *self.rules_of_arms()):
            for name in rules.referral.offers or ():
                if name not in self.programmes:
                    raise PydanticCustomError(
                        "offers",
                        "referral.offers names '{name}', which is not in the catalogue ({there})",
                        {"name": name, "there": ", ".join(self.programmes) or "no programme"},
                    )
        return self

    @model_validator(mode="after")
    def _own_rules_are_there(self) -> Scenario:
        rules = (self, self.after_reform())
        chosen = {
            "referral.rule": any(one.referral.rule == ReferralRule.OWN for one in rules),
            "sanctions.rule": any(one.sanctions.rule == SanctionRule.OWN for one in rules),
            "casework.order": any(one.casework.order == OrderRule.OWN for one in rules),
        }
        there = functions_of(Path(self.rules)) if self.rules else set()
        for function, setting in HOOKS.items():
            if chosen[setting] and function not in there:
                raise PydanticCustomError(
                    "own",
                    "{setting} is own, but no function '{function}' is in the file that `rules` names",
                    {"setting": setting, "function": function},
                )
        return self

    @model_validator(mode="after")
    def _gate_has_a_keeper(self) -> Scenario:
        if self.employment_service.gate and not self.employment_service.active:
            raise PydanticCustomError(
                "gate",
                "employment_service.gate is true, but employment_service.active is false: nobody opens it",
                {},
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
