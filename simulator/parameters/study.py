"""Settings of a study: what is asked of the runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.brief import Brief
from simulator.parameters.designs import PublishedDesign
from simulator.parameters.fitting import Calibrate, Validate
from simulator.parameters.plan import Plan
from simulator.parameters.sweep import Sweep
from simulator.parameters.words import RoleName, SensitivityMethodName
from simulator.study_vocabulary import Role


class Simulate(Group):
    """One scenario, all its replications."""

    kind: Literal["simulate"] = choice("Kind of study", "assumed: text")


class Compare(Group):
    """Two scenarios under the same luck: what the second changes."""

    kind: Literal["compare"] = choice("Kind of study", "assumed: text")
    scenario: str | None = choice(
        "Name of the second scenario (null: the pair that the first names, or the first again)",
        "assumed: text",
    )
    changes: str = choice(
        "What is changed in the second: overrides with spaces between, as on the command line",
        "assumed: text",
    )


class Patterns(Group):
    """Published patterns, each tried by an experiment of its own."""

    kind: Literal["patterns"] = choice("Kind of study", "assumed: text")
    only: list[str] = choice("Which patterns, by number (empty: all)", "assumed: text")
    confidence: float = quantity(
        "Confidence with which a pattern has to hold",
        "1",
        "assumed: strict, for many claims are tried",
        ge=0.5,
        le=0.9999,
        plausible=(0.95, 0.999),
    )


class PeopleStudy(Group):
    """Who the people are, against what the settings ask for: shares, and what goes together."""

    kind: Literal["people"] = choice("Kind of study", "assumed: text")
    stock: str | None = choice(
        "Option of population whose shares the stock after the burn-in is held against (null: none)",
        "assumed: text",
    )
    level: float = quantity(
        "Confidence of the intervals", "1", "assumed: as usual", ge=0.5, le=0.9999, plausible=(0.9, 0.99)
    )


class Sensitivity(Group):
    """Which settings an outcome depends on most."""

    kind: Literal["sensitivity"] = choice("Kind of study", "assumed: text")
    method: SensitivityMethodName = choice(
        "morris (screening: few runs, which settings matter at all) or sobol (shares of the variance)",
        "assumed: screening first",
    )
    role: RoleName = choice("lever (what is decided) or uncertain (what is not known)", "assumed: design")
    factors: str = choice(
        "What is varied: settings or groups, with spaces between; a range of one's own as KEY=LOW..HIGH "
        "(empty: every number of the role that has a plausible range)",
        "assumed: text",
    )
    outcome: str = choice("The outcome that is drawn and ranked", "assumed: text")
    trajectories: int = quantity(
        "Ways through the settings, each of one run more than there are settings (morris)",
        "trajectories",
        "assumed: ten are usual",
        ge=2,
        le=10_000,
        plausible=(10, 50),
    )
    levels: int = quantity(
        "Values that each setting takes (morris); even",
        "levels",
        "assumed: four are usual",
        ge=4,
        le=100,
        plausible=(4, 8),
    )
    base: int = quantity(
        "Base sample, a power of two; the runs are that times the number of settings plus two (sobol)",
        "points",
        "assumed: small; intervals tell whether it is enough",
        ge=8,
        le=2**20,
        plausible=(64, 1024),
    )
    resamples: int = quantity(
        "Resamples of the design from which intervals are made",
        "resamples",
        "assumed: enough for two digits",
        ge=100,
        le=100_000,
        plausible=(500, 5_000),
    )

    @model_validator(mode="after")
    def _numbers_fit_the_method(self) -> Sensitivity:
        wrong = []
        if self.levels % 2:
            wrong.append(f"study.levels is {self.levels}, which is not even")
        if self.base & (self.base - 1):
            wrong.append(f"study.base is {self.base}, which is not a power of two")
        if self.role == Role.GIVEN:
            wrong.append("study.role is given: what is given is not varied")
        if wrong:
            raise PydanticCustomError("sensitivity", "{wrong}", {"wrong": "; ".join(wrong)})
        return self


Study = Annotated[
    Simulate
    | Compare
    | Brief
    | Patterns
    | PeopleStudy
    | Sweep
    | Sensitivity
    | Plan
    | Calibrate
    | Validate
    | PublishedDesign,
    Field(discriminator="kind"),
]
