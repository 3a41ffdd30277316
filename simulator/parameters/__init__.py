"""What can be set: one typed tree, each number with title, unit, range and source."""

from __future__ import annotations

from simulator.parameters.association import Association
from simulator.parameters.base import Group
from simulator.parameters.benefit import Benefit
from simulator.parameters.caseload import Caseload
from simulator.parameters.casework import Casework
from simulator.parameters.client import Attendance, Doors, Exit, Search, Trust
from simulator.parameters.collaboration import Collaboration
from simulator.parameters.costs import Accounts, Costs
from simulator.parameters.employment_service import EmploymentService
from simulator.parameters.population import Population
from simulator.parameters.precision import Precision
from simulator.parameters.programmes import Programme
from simulator.parameters.referral import Referral
from simulator.parameters.reform import Reform
from simulator.parameters.sanctions import Sanctions
from simulator.parameters.scenario import About, Client, Output, Scenario
from simulator.parameters.vacancies import Vacancies

__all__ = [
    "About",
    "Accounts",
    "Association",
    "Attendance",
    "Benefit",
    "Caseload",
    "Casework",
    "Client",
    "Collaboration",
    "Costs",
    "Doors",
    "EmploymentService",
    "Exit",
    "Group",
    "Output",
    "Population",
    "Precision",
    "Programme",
    "Referral",
    "Reform",
    "Sanctions",
    "Scenario",
    "Search",
    "Trust",
    "Vacancies",
]
