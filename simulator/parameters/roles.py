"""Who may turn a setting: a lever is chosen, an uncertain number is what nobody knows, the rest is given.

A role is declared for a whole group; what is otherwise within the group is declared after it by its longer
path. The range within which a number may lie is the plausible one of its own declaration.
"""

from __future__ import annotations

from simulator.study_vocabulary import Role

LEVERS = (
    "caseload", "sanctions", "benefit", "collaboration", "employment_service", "referral", "programmes",
    "casework.p_plan", "casework.talk_interval_weeks", "casework.youth_priority", "casework.own_power_above",
    "casework.too_heavy_below", "casework.share_for_clients",
    "casework.owed_talks", "casework.owed_weeks", "casework.p_owed",
)  # fmt: skip
"""What a municipality or a lawmaker decides."""

UNCERTAIN = (
    "doors", "client", "casework", "costs", "vacancies",
    "caseload.p_quit_weekly", "caseload.novice_weight", "caseload.experienced_weeks",
    "caseload.p_sick_leave_weekly", "caseload.sick_leave_weeks",
    "sanctions.p_accepts_offer", "sanctions.p_proof", "sanctions.p_need_found", "sanctions.threat",
    "sanctions.warning_gain", "sanctions.bite", "sanctions.bite_half_life_weeks",
    "sanctions.settling_warned", "sanctions.settling_cut", "sanctions.elsewhere", "sanctions.compliance",
    "sanctions.withdrawal_ratio_reduced", "sanctions.withdrawal_ratio_denied", "sanctions.requirement_push",
    "sanctions.requirement_lock", "sanctions.emergency_test_minutes",
    "benefit.incentive", "benefit.h_part_time_weekly", "benefit.h_part_time_end_weekly",
    "benefit.part_time_share", "benefit.stepping_stone", "benefit.stimulus_response", "benefit.stimulus_hold",
    "collaboration.noise_factor", "collaboration.provider_noise_factor", "collaboration.provider_trust",
    "collaboration.p_consent", "collaboration.p_result_seen", "collaboration.review_insight",
    "collaboration.review_weight", "collaboration.plan_factor", "collaboration.share_minutes_saved",
    "employment_service.support_gain", "employment_service.p_deregister_monthly",
    "employment_service.h_new_registration_weekly", "employment_service.registration_minutes",
    "employment_service.follow_up_minutes",
    "referral.habit_weight",
    "programmes.<name>.quality", "programmes.<name>.lock_in", "programmes.<name>.exit_ratio_weeks",
    "programmes.<name>.h_hire_weekly", "programmes.<name>.p_insured", "programmes.<name>.sek_per_place_week",
)  # fmt: skip
"""What happens whether anybody wants it or not, and is known only roughly."""

GIVEN = ("programmes.<name>.starts_week", "programmes.<name>.ends_week")
"""Dates: a project runs when it runs."""

ROLES = {
    **dict.fromkeys(LEVERS, Role.LEVER),
    **dict.fromkeys(UNCERTAIN, Role.UNCERTAIN),
    **dict.fromkeys(GIVEN, Role.GIVEN),
}


def role_of(path: str) -> Role:
    """Return the role of a setting, by the longest declared path that it lies under.

    Parameters
    ----------
    path : str
        As typed, with `<name>` where users choose the name.
    """
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        role = ROLES.get(".".join(parts[:length]))
        if role is not None:
            return role
    return Role.GIVEN
