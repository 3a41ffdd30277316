"""Settings of a sweep: which settings are varied, how the points are laid out, what is kept of each."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.words import DesignName, KeepName, OnErrorName
from simulator.study_vocabulary import Keep


class Sweep(Group):
    """One question of many scenarios: a table of settings, one row a point."""

    kind: Literal["sweep"] = choice("Kind of study", "assumed: text")
    design: DesignName = choice("How the points are laid out", "assumed: every combination")
    vary: str = choice(
        "What is varied, with spaces between: KEY=VALUE,VALUE,... or KEY=interval(LOW,HIGH), or KEY alone "
        "for its plausible range",
        "assumed: text",
    )
    table: str | None = choice(
        "CSV file of one's own for design=table: a column a setting, a row a point", "assumed: text"
    )
    points: int = quantity(
        "Points that are drawn (latin_hypercube, sobol)",
        "points",
        "assumed: a first look at a few settings",
        ge=2,
        le=1_000_000,
        plausible=(32, 1024),
    )
    draw: int = quantity(
        "Seed of the points that are drawn; not that of the people",
        "1",
        "assumed: any",
        ge=0,
        le=2**31 - 1,
        plausible=(0, 1000),
    )
    on_error: OnErrorName = choice("When a point fails: go on with the others, or stop", "assumed: go on")
    keep: KeepName = choice(
        "What is kept of each run: everything, also what designs ask for (worlds), or its outcomes, alone or "
        "with estimates or measures",
        "assumed: all",
    )
    pictures: bool = choice("Whether each run gets its own pictures", "assumed: too many to look at")

    @model_validator(mode="after")
    def _pictures_have_spells(self) -> Sweep:
        if self.pictures and self.keep not in {Keep.EVERYTHING, Keep.WORLDS}:
            raise PydanticCustomError(
                "pictures",
                "study.pictures is true, but study.keep is {keep}: pictures are drawn of all that a run is",
                {"keep": self.keep.label},
            )
        return self
