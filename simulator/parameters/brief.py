"""Settings of a policy brief: several comparisons, answered together for those who decide."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.parameters.base import Group, choice

SIDE = "a scenario's name (left out: that of the run), then KEY=VALUE, with spaces between"


class Question(Group):
    """One comparison: what is asked, of which two scenarios, and what it cannot say."""

    name: str = choice("Short name, as it stands in pictures and tables", "assumed: text")
    question: str = choice("The question as people ask it", "assumed: text")
    baseline: str = choice(f"What is compared with: {SIDE}", "assumed: text")
    alternative: str = choice(f"What is compared: {SIDE}", "assumed: text")
    caveats: list[str] = choice("What this comparison leaves out, one text each", "assumed: text")


class Brief(Group):
    """Several comparisons, each under the same luck, and one report of all of them."""

    kind: Literal["brief"] = choice("Kind of study", "assumed: text")
    questions: dict[str, Question] = Field(
        title="The comparisons by name, in the order of the report",
        json_schema_extra={"unit": "", "source": "assumed: text"},
    )
