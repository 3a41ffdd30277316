"""Settings of a reform: rules that change in the middle of a run."""

from __future__ import annotations

import math

from simulator.parameters.base import Group, choice, quantity, share, whole_weeks
from simulator.parameters.caseload import Caseload
from simulator.parameters.casework import Casework
from simulator.parameters.collaboration import Collaboration
from simulator.parameters.employment_service import EmploymentService
from simulator.parameters.referral import Referral
from simulator.parameters.sanctions import Sanctions


class Reform(Group):
    """Rules that take effect in the middle of a run; a group that is null stays as it is."""

    week: int | None = whole_weeks(
        "Week in which the new rules take effect (null: no reform)", "assumed: a design choice", (52, 156)
    )
    share_offices: float = share(
        "Offices to which the new rules apply, the first ones", "assumed: a design choice", (0.0, 1.0)
    )
    waves: int = quantity(
        "Groups of the reached offices, of equal size, that the new rules reach one after the other",
        "waves",
        "assumed: a design choice",
        ge=1,
        le=1_000,
        plausible=(1, 8),
    )
    wave_weeks: int = whole_weeks("Weeks from one wave to the next", "assumed: a design choice", (0, 52))
    transition_weeks: int = whole_weeks(
        "Weeks until the reorganisation has stopped costing time", "K01: about two years", (26, 130)
    )
    transition_overhead: float = share(
        "Share of the week lost to the reorganisation at its beginning; fades evenly",
        "K01: time to work grew at first; size assumed",
        (0.0, 0.3),
    )
    transition_gradual: bool = choice(
        "Whether what a new regime of collaboration gives (what is seen, shared and saved, how sure "
        "assessments are, how well plans fit) comes evenly over the transition; else at once",
        "K01: time to work grew in the first years; that gains come with routine is assumed",
    )
    caseload: Caseload | None = choice("New caseload rule", "assumed: a design choice")
    casework: Casework | None = choice("New rules of casework", "assumed: a design choice")
    sanctions: Sanctions | None = choice("New sanction rules", "assumed: a design choice")
    collaboration: Collaboration | None = choice("New collaboration regime", "assumed: a design choice")
    employment_service: EmploymentService | None = choice(
        "New part of the employment service", "assumed: a design choice"
    )
    referral: Referral | None = choice("New referral rule", "assumed: a design choice")

    def week_of_office(self, number: int, offices: int) -> int | None:
        """Return the week in which the new rules reach an office, None if they never do."""
        reached = math.ceil(self.share_offices * offices)
        if self.week is None or number >= reached:
            return None
        return self.week + self.wave_weeks * (number * self.waves // reached)

    def groups(self) -> dict[str, Group]:
        """Return the groups that change, by name."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if isinstance(value, Group)}
