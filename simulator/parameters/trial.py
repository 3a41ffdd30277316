"""Settings of a trial: people are drawn into arms inside the same offices, each with rules of its own."""

from __future__ import annotations

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, share, whole_weeks
from simulator.parameters.benefit import Benefit
from simulator.parameters.caseload import Caseload
from simulator.parameters.casework import Casework
from simulator.parameters.client import Doors
from simulator.parameters.collaboration import Collaboration
from simulator.parameters.referral import Referral
from simulator.parameters.sanctions import Sanctions
from simulator.vocabulary import MOST_ARMS

ROUNDING = 1e-9


class Arm(Group):
    """Rules for those drawn into an arm; a group that is null is the scenario's."""

    share: float = share(
        "Share of all people who are drawn into the arm", "assumed: a design choice", (0.0, 1.0)
    )
    caseload: Caseload | None = choice("Caseload rule of the arm's own staff", "assumed: a design choice")
    casework: Casework | None = choice("Rules of casework", "assumed: a design choice")
    sanctions: Sanctions | None = choice("Sanction rules", "assumed: a design choice")
    benefit: Benefit | None = choice("Benefit rules", "assumed: a design choice")
    collaboration: Collaboration | None = choice("Collaboration", "assumed: a design choice")
    referral: Referral | None = choice("Referral rule", "assumed: a design choice")
    doors: Doors | None = choice("Ways out", "assumed: a design choice")

    def groups(self) -> dict[str, Group]:
        """Return the groups of rules that are the arm's own, by name."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if isinstance(value, Group)}


class Trial(Group):
    """Arms inside the same offices: places, vacancies and (unless staff is apart) caseworkers are shared."""

    week: int | None = whole_weeks(
        "Week in which the arms get their rules (null: from the beginning, the burn-in included)",
        "assumed: a design choice",
        (0, 52),
    )
    end_week: int | None = whole_weeks(
        "Week from which the scenario's rules hold in all arms, as before the start (null: never)",
        "assumed: a design choice",
        (52, 156),
    )
    staff_apart: bool = choice(
        "Whether each arm has caseworkers of its own, as many as its caseload rule gives",
        "C01: in a trial of caseloads; elsewhere caseworkers are shared",
    )
    arms: dict[str, Arm] = Field(
        title="The arms by name (none: no trial)",
        json_schema_extra={"unit": "", "source": "assumed: a design choice"},
    )

    @model_validator(mode="after")
    def _arms_can_be_drawn(self) -> Trial:
        if len(self.arms) > MOST_ARMS:
            raise PydanticCustomError("arms", "a trial has at most {most} arms", {"most": MOST_ARMS})
        if self.end_week is not None and self.week is not None and self.end_week <= self.week:
            weeks = {"end": self.end_week, "week": self.week}
            raise PydanticCustomError("end", "a trial from week {week} on cannot end in week {end}", weeks)
        total = sum(arm.share for arm in self.arms.values())
        if total > 1.0 + ROUNDING:
            raise PydanticCustomError(
                "arms", "the shares of the arms add up to {total}, more than 1", {"total": round(total, 6)}
            )
        return self
