"""Settings of the sanction lever: what follows when a client stays away."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, minutes, quantity, share, whole_weeks
from simulator.parameters.words import AbsenceName, AgeRuleName, ChildProtectionName, SanctionRuleName


class Sanctions(Group):
    """Who must take part, how many hours, and what follows when a client stays away."""

    rule: SanctionRuleName = choice(
        "ladder: the steps set here; own: the function `next_step` of the file `rules`", "assumed: design"
    )
    age_rule: AgeRuleName = choice(
        "Who is obliged to take part: everybody, under_25 or under_25_or_special",
        "pattern P18: under 25, or with special need of skills, until 2013",
    )
    special_skills_barrier: float = share(
        "Believed skills barrier from which a client has a special need (under_25_or_special)",
        "assumed: a clear need",
        (0.3, 0.8),
    )
    p_accepts_offer: float = share(
        "Chance that a client of mean motivation who is not obliged accepts an offered place",
        "assumed: more than half",
        (0.3, 0.95),
    )
    accepts: dict[AbsenceName, bool] = choice(
        "Whether each cause of absence is a valid reason (false where not named)",
        "S25: illness, a sick child and family events are usual; ill health is the commonest",
    )
    proof_required: bool = choice(
        "Whether a valid reason must be proven; else it is believed at once", "S25: certificates are usual"
    )
    p_follow_up: float = share(
        "Share of unproven absences that the service follows up at all",
        "S02: rates differ tenfold; level assumed",
        (0.0, 0.9),
    )
    warnings: int = quantity(
        "Warnings before a reduction",
        "warnings",
        "S25: some give several warnings first",
        ge=0,
        le=100,
        plausible=(0, 3),
    )
    reductions: int = quantity(
        "Reductions before a denial",
        "reductions",
        "S25: reduction first or refusal only",
        ge=0,
        le=100,
        plausible=(0, 3),
    )
    allow_reduction: bool = choice("Whether benefit can be reduced at all", "S25")
    allow_denial: bool = choice("Whether benefit can be denied at all", "S25")
    reduction_share: float = share(
        "Share of the benefit taken away by a reduction", "S17: 10-30 %", (0.1, 0.4)
    )
    reduction_step: float = share(
        "Share of the full benefit by which each repeated reduction cuts deeper (0: all alike)",
        "S17: repeated within a year, up to all of it",
        (0.0, 0.4),
    )
    reduction_weeks: int = whole_weeks("Length of a reduction", "assumed: a month or two", (4, 13))
    denial_weeks: int = whole_weeks("Length of a denial", "assumed: a month", (4, 13))
    forget_weeks: int = whole_weeks(
        "Weeks without absence after which the ladder starts anew", "S17: repeat within a year", (13, 52)
    )
    lift_on_return: bool = choice(
        "Whether a reduction or denial ends as soon as the client attends or comes to the caseworker",
        "assumed: some end it on return",
    )
    p_stay_ended: float = share(
        "Chance that a reduction or denial ends the participant's stay (misconduct)",
        "assumed: rare",
        (0.0, 0.3),
    )
    child_protection: ChildProtectionName = choice(
        "What stands between a household with children and denial: none, reduce or emergency_test",
        "pattern P17: reduction takes the place of denial, or an emergency test is made",
    )
    emergency_test_minutes: float = minutes(
        "Time of one emergency test", "assumed: a home visit or a long talk", (30.0, 180.0)
    )
    p_need_found: float = share(
        "Chance that an emergency test finds acute need, so that benefit is reduced only",
        "assumed: most households with children",
        (0.5, 1.0),
    )
    strictness: float = share(
        "Chance that a caseworker of mean strictness goes on with an unexcused case",
        "S25: discretion; size assumed",
        (0.2, 0.95),
    )
    p_proof: float = share(
        "Chance that a valid reason is proven during the inquiry", "assumed: most", (0.3, 0.95)
    )
    threat: float = quantity(
        "Rise in the drive towards work when every absence would surely be sanctioned (before any sanction)",
        "share of drive",
        "P02: the threat works little; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.3),
    )
    warning_gain: float = quantity(
        "Rise in the drive towards work after a warning",
        "share of drive",
        "S12: +25 % (signs confirmed)",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.4),
    )
    bite: float = quantity(
        "Rise in the drive towards work after a reduction or denial",
        "share of drive",
        "S07;S10;S12: 20 % to 140 % on the way out, more in effort",
        ge=0.0,
        le=5.0,
        plausible=(0.2, 3.0),
        prior="log_normal",
    )
    bite_half_life_weeks: float = quantity(
        "Half-life of both",
        "weeks",
        "S08: worn out after about three months",
        ge=0.1,
        le=520.0,
        plausible=(3.0, 8.0),
    )
    settling_warned: float = share(
        "Share of the rise by threat and warning that is settling for less, not searching more",
        "S20: warnings raise search effort; size assumed",
        (0.0, 0.5),
    )
    settling_cut: float = share(
        "Share of the rise by a reduction or denial that is settling for less, not searching more",
        "S15;S20: wages fall, search effort does not rise; size assumed",
        (0.5, 1.0),
    )
    elsewhere: float = quantity(
        "Share of the rise by threat, warning and sanction that the doors study, other_benefit, "
        "withdrawal and other have, too",
        "share of the rise",
        "S13: warning and enforcement also raise exit out of the labour force; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 1.0),
    )
    compliance: float = quantity(
        "Refusals and absences without reason are divided by one plus so many times the rise in drive by "
        "warning, reduction or denial (0: no response)",
        "1",
        "S20: compliance improves; size assumed: as much as the drive",
        ge=0.0,
        le=100.0,
        plausible=(0.0, 3.0),
    )
    withdrawal_ratio_reduced: float = quantity(
        "Hazard ratio of withdrawal while reduced",
        "1",
        "S13: exits out of the labour force rise; size assumed",
        ge=0.0,
        le=1_000.0,
        plausible=(1.0, 10.0),
    )
    withdrawal_ratio_denied: float = quantity(
        "Hazard ratio of withdrawal while denied",
        "1",
        "S15: exits without work rise; size assumed",
        ge=0.0,
        le=1_000.0,
        plausible=(2.0, 40.0),
    )
    required_hours: float = quantity(
        "Hours of activity a week asked of the obliged, before adaptation (0: no requirement)",
        "hours",
        "assumed: full time is 40; the national requirement proposed for 2026 is normally full time",
        ge=0.0,
        le=40.0,
        plausible=(0.0, 40.0),
    )
    hours_adaptation: float = share(
        "Share of the required hours that is waived for complete believed ill health",
        "assumed: most of it",
        (0.3, 1.0),
    )
    supervision_minutes_monthly: float = minutes(
        "Caseworker's time a month for full-time own activity where no programme covers the hours",
        "assumed: setting up and looking after full-time activity, some two hours",
        (30.0, 300.0),
    )
    requirement_push: float = quantity(
        "Rise in search effort from full-time required activity",
        "share of effort",
        "P02: mandatory activation raises exit a little; size assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.3),
    )
    requirement_lock: float = share(
        "Share of search effort that full-time required activity takes away",
        "P04: time in activity is not spent on search; size assumed",
        (0.0, 0.4),
    )

    @model_validator(mode="after")
    def _denial_can_be_reached(self) -> Sanctions:
        if self.allow_denial and not self.allow_reduction and self.reductions >= 1:
            raise PydanticCustomError(
                "ladder",
                "denial comes after reductions ({reductions}), but allow_reduction is false, so the ladder "
                "ends with warnings; set reductions to 0, or allow_denial to false",
                {"reductions": self.reductions},
            )
        return self
