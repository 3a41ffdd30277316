"""What can be set: one typed tree, each number with title, unit, range and source."""

from __future__ import annotations

from simulator.parameters.base import Group
from simulator.parameters.casework import Caseload, Casework
from simulator.parameters.client import Attendance, Doors, Exit, Search, Trust
from simulator.parameters.policy import Collaboration, Costs, Programme, Referral, Sanctions
from simulator.parameters.population import Population
from simulator.parameters.scenario import About, Client, Output, Scenario

__all__ = [
    "About",
    "Attendance",
    "Caseload",
    "Casework",
    "Client",
    "Collaboration",
    "Costs",
    "Doors",
    "Exit",
    "Group",
    "Output",
    "Population",
    "Programme",
    "Referral",
    "Sanctions",
    "Scenario",
    "Search",
    "Trust",
]
