"""Settings of a plan: which options there are, what is to be least, what has to hold, and how surely."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.words import GoalName


class Plan(Group):
    """Which of several options does best, with a stated probability of choosing rightly."""

    kind: Literal["plan"] = choice("Kind of study", "assumed: text")
    options: str = choice(
        "The options: KEY=VALUE,VALUE,... with spaces between; every combination is one", "assumed: text"
    )
    goal: GoalName = choice(
        "What is to be least: whose costs a year, the mean time on benefit, or the clients on benefit",
        "assumed: the municipality decides",
    )
    subject_to: list[str] = choice(
        "What has to hold: 'MEASURE <= NUMBER' or 'MEASURE >= NUMBER', with 'within NUMBER' behind for a "
        "tolerance of its own",
        "assumed: nothing",
    )
    confidence: float = quantity(
        "Probability with which what is said of the options is right, over the luck of the simulation",
        "1",
        "assumed: as usual",
        ge=0.5,
        le=0.9999,
        plausible=(0.9, 0.99),
    )
    indifference: float | None = quantity(
        "Smallest difference of the goal that matters, in its unit: million SEK a year, weeks, or persons "
        "(null: by indifference_share)",
        "unit of the goal",
        "assumed: by indifference_share, which fits every goal and municipality",
        ge=1e-9,
        le=1e9,
        plausible=(0.1, 10.0),
    )
    indifference_share: float = quantity(
        "Smallest difference that matters as a share of what the scenario gives as it is: if the goal is a "
        "cost, of effort and benefit, and no less than a caseworker costs a year; else of the goal itself",
        "1",
        "assumed: half a hundredth, less than luck alone moves a cost. Of the default municipality it is "
        "what some four caseworkers in sixty cost; caseloads ten clients apart differ by about ten. One "
        "caseworker is the least that can be hired (costs.caseworker_sek_yearly)",
        ge=1e-6,
        le=0.5,
        plausible=(0.001, 0.02),
    )
    tolerance: float = quantity(
        "How far a measure may be beyond its bound before it matters, as a share of the bound (or of 1 if "
        "the bound is smaller)",
        "1",
        "assumed: a hundredth; nobody knows bounds better",
        ge=1e-6,
        le=1.0,
        plausible=(0.005, 0.05),
    )
    most_replications: int = quantity(
        "Most replications of an option; those of the first stage are set by replications",
        "replications",
        "assumed: within a minute for a municipality of 5,000 clients",
        ge=2,
        le=1_000_000,
        plausible=(20, 500),
    )
    most_compared: int = quantity(
        "Most options that are all simulated; of more, a surrogate chooses which (extra calibrate)",
        "options",
        "assumed: some minutes of work",
        ge=2,
        le=10_000,
        plausible=(12, 100),
    )
    first_options: int = quantity(
        "Options that are simulated before the surrogate learns from them",
        "options",
        "assumed: some ten for each lever",
        ge=8,
        le=10_000,
        plausible=(16, 128),
    )
    waves: int = quantity(
        "How often the surrogate names further options",
        "waves",
        "assumed: enough for it to settle",
        ge=1,
        le=1_000,
        plausible=(2, 10),
    )
    wave_options: int = quantity(
        "Options that it names each time",
        "options",
        "assumed: a few, so that each wave learns from the one before",
        ge=1,
        le=1_000,
        plausible=(2, 16),
    )
    finalists: int = quantity(
        "Options that are compared with fresh luck in the end, the best of those simulated",
        "options",
        "assumed: a few",
        ge=2,
        le=1_000,
        plausible=(4, 12),
    )

    @model_validator(mode="after")
    def _numbers_fit_together(self) -> Plan:
        if self.finalists > self.first_options:
            raise PydanticCustomError(
                "plan",
                "study.finalists is {finalists}, more than study.first_options ({first})",
                {"finalists": self.finalists, "first": self.first_options},
            )
        return self
