"""Settings of precision: how narrow the interval of one outcome has to be."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity


class Precision(Group):
    """How narrow an interval has to be; `replications` is then the number of the first stage."""

    outcome: str | None = choice(
        "Outcome whose 95 % interval has to be narrow, as the summary names it (null: none)", "assumed: text"
    )
    half_width: float | None = quantity(
        "Half the width that its interval may have, in the outcome's own unit",
        "unit of the outcome",
        "assumed: what a decision needs",
        ge=1e-9,
        le=1e12,
        plausible=(0.001, 10.0),
    )
    most: int = quantity(
        "Most replications that may be spent on it",
        "replications",
        "assumed: some minutes for the default municipality",
        ge=2,
        le=1_000_000,
        plausible=(100, 10_000),
    )

    @model_validator(mode="after")
    def _outcome_and_width_go_together(self) -> Precision:
        if (self.outcome is None) != (self.half_width is None):
            given, lacking = (
                ("outcome", "half_width") if self.half_width is None else ("half_width", "outcome")
            )
            raise PydanticCustomError(
                "precision",
                "precision.{given} is set, but precision.{lacking} is not",
                {"given": given, "lacking": lacking},
            )
        return self
