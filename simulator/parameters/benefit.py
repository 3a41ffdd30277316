"""Settings of the benefit rules: what is paid, the cap, and part-time work beside the benefit."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, quantity, share, whole_weeks


class Benefit(Group):
    """What the benefit pays: norm, cap, and earnings disregarded."""

    cap_sek_monthly: float = quantity(
        "Most that one household gets in a month (very high: no cap)",
        "SEK/month",
        "M04: the norm; as a ceiling it is proposed for 2027",
        ge=0.0,
        le=1_000_000_000.0,
        plausible=(10_000.0, 30_000.0),
    )
    children_counted: int = quantity(
        "Children for whom the addition is paid (100: all)",
        "children",
        "assumed: all; the cap proposed for 2027 limits larger households from the fourth child",
        ge=0,
        le=100,
        plausible=(2, 10),
    )
    incentive: float = quantity(
        "Rise in search effort if the cap took all of the benefit",
        "share of effort",
        "D13: cap and 225-hour rule together shortened spells by one per cent",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.3),
    )
    h_part_time_weekly: float = quantity(
        "Weekly hazard of taking up part-time work on benefit, at search effort one (0: none)",
        "1/week",
        "assumed: one in ten within a year",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.005),
    )
    h_part_time_end_weekly: float = quantity(
        "Weekly hazard that part-time work ends",
        "1/week",
        "assumed: half a year or a year",
        ge=0.0,
        le=5.0,
        plausible=(0.01, 0.06),
    )
    part_time_share: float = share(
        "Earnings of part-time work as a share of the household's full benefit",
        "assumed: about a third",
        (0.2, 0.6),
    )
    stepping_stone: float = quantity(
        "Hazard ratio of leaving to work while working part time",
        "1",
        "assumed: part-time work leads on to more",
        ge=0.0,
        le=100.0,
        plausible=(1.0, 3.0),
    )
    stimulus_share: float = share(
        "Share of earnings that the job stimulus disregards (0: none)",
        "S11: bonuses had no effect; a quarter in the Swedish rule of 2013",
        (0.0, 0.5),
    )
    stimulus_after_weeks: int = whole_weeks(
        "Weeks on benefit in a row before the job stimulus, each time anew",
        "assumed: half a year, as in the Swedish rule of 2013",
        (0, 52),
    )
    stimulus_weeks: int = whole_weeks(
        "Weeks for which the job stimulus then holds",
        "assumed: two years, as in the Swedish rule of 2013",
        (26, 208),
    )
    stimulus_response: float = quantity(
        "Rise in the hazard of part-time work if all earnings were disregarded",
        "share of hazard",
        "S11: bonuses had no effect; little assumed",
        ge=0.0,
        le=10.0,
        plausible=(0.0, 1.0),
    )
    stimulus_hold: float = share(
        "Share of the hazard of leaving to work lost while disregarded earnings are kept",
        "assumed: leaving pays less, little",
        (0.0, 0.2),
    )

    @model_validator(mode="after")
    def _stimulus_lasts(self) -> Benefit:
        if self.stimulus_share > 0.0 and self.stimulus_weeks == 0:
            raise PydanticCustomError(
                "stimulus",
                "stimulus_share is {share}, but stimulus_weeks is 0, so the job stimulus never holds; "
                "set one of them otherwise",
                {"share": self.stimulus_share},
            )
        return self
