"""What is believed of a number before any fit: a distribution over a range, and where that comes from."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import WRITTEN, Group, choice, quantity
from simulator.study_vocabulary import PriorShape

PriorShapeName = Annotated[PriorShape, WRITTEN]
OWN = "assumed: said with the prior"
WIDE = (0.0, 10.0)


class Prior(Group):
    """Belief about one number: 95 % of it lies between `low` and `high` (uniform: all of it)."""

    shape: PriorShapeName = choice("normal, log_normal (both cut at what is allowed) or uniform", OWN)
    low: float = quantity("Lower end", "that of the setting", OWN, ge=-1e9, le=1e9, plausible=WIDE)
    high: float = quantity("Upper end", "that of the setting", OWN, ge=-1e9, le=1e9, plausible=WIDE)
    source: str = choice("Rows of evidence, or 'assumed: reason'", OWN)

    @model_validator(mode="after")
    def _range_is_one(self) -> Prior:
        if not self.low < self.high:
            problem = "the range from {low} to {high} is empty"
            raise PydanticCustomError("prior", problem, {"low": self.low, "high": self.high})
        if self.shape == PriorShape.LOG_NORMAL and self.low <= 0.0:
            raise PydanticCustomError("prior", "a log_normal prior has to begin above 0", {})
        return self
