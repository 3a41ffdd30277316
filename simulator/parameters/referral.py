"""Settings of the referral lever: how a programme is chosen, and for whom."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity, share, whole_weeks
from simulator.parameters.words import ReferralRuleName


class Referral(Group):
    """How a programme is chosen, and for whom."""

    rule: ReferralRuleName = choice(
        "blanket, available, matched, or own: the function `appeal` of the file `rules`",
        "pattern P1: blanket and available are common",
    )
    needs_assessment: bool = choice(
        "Whether a client is referred only after an assessment", "assumed: follows the rule"
    )
    at_once: bool = choice(
        "Whether a client is considered for referral in the week in which a caseworker takes the client on",
        "P11: within one week in Uppsala; elsewhere waits",
    )
    wish_weight: float = share("Weight of the client's own wish in the choice", "assumed: little", (0.0, 0.5))
    queue_weight: float = quantity(
        "Fit given up for a queue one place-round shorter (matched)",
        "1",
        "assumed: some impatience",
        ge=0.0,
        le=10.0,
        plausible=(0.0, 1.0),
    )
    longest_queue: float = quantity(
        "Longest queue, as a share of the places, to which caseworkers still refer",
        "1",
        "assumed: nobody is sent to a queue of more than half a round",
        ge=0.0,
        le=1_000.0,
        plausible=(0.0, 2.0),
    )
    rest_weeks: int = whole_weeks("Weeks after a stay before a new referral", "assumed: a term", (0, 26))
    habit_weight: float = quantity(
        "How much of the choice follows the programmes that the caseworker has referred to before",
        "1",
        "K05: discretion is sticky; size assumed",
        ge=0.0,
        le=10.0,
        plausible=(0.0, 1.0),
    )

    offers: list[str] | None = choice(
        "Short names of the programmes that caseworkers refer to (null: all of the catalogue; []: none)",
        "assumed: all",
    )

    @model_validator(mode="after")
    def _at_once_is_before_any_assessment(self) -> Referral:
        if self.at_once and self.needs_assessment:
            raise PydanticCustomError(
                "at_once", "at_once refers before any assessment, but needs_assessment is true", {}
            )
        return self
