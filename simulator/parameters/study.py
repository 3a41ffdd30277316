"""Settings of a study: what is asked of the runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.designs import PublishedDesign


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


Study = Annotated[Simulate | Compare | Patterns | PublishedDesign, Field(discriminator="kind")]
