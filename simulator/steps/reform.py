"""Before the first step: rules that change in the middle of a run."""

from __future__ import annotations

from simulator.agents.duty import renew_duty
from simulator.agents.leaving import set_hazards
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.records import Record
from simulator.steps.trial import begin_trial, end_trial
from simulator.vocabulary import Status


@part
def reform(office: Office) -> None:
    """Put a reform's rules in force in its week, let what it costs fade; begin or end a trial in its week."""
    state = office.state[0]
    if state.week == state.trial_week and state.week > state.first_week:
        begin_trial(office)
    if state.week == state.trial_end:
        end_trial(office)
    since = state.week - state.reform_week
    if since < 0:
        return
    if since == 0:
        take_effect(office)
    now, after = office.settings[0], office.settings[1]
    left = 0.0
    if since < after.reform.transition_weeks:
        left = 1.0 - since / after.reform.transition_weeks
        if after.reform.transition_gradual > 0.0:
            goal = gains(after.collaboration)
            approach(now.collaboration, goal, 1.0 / (after.reform.transition_weeks - since))
    lost = left * after.reform.transition_overhead
    now.casework.share_overhead = min(1.0, after.casework.share_overhead + lost)


@behaviour
def gains(regime: Record) -> tuple[float, float, float, float, float, float]:
    """Return what a regime of collaboration gives: what is seen, shared and saved, and how well plans fit."""
    return (
        regime.p_seen, regime.noise_factor, regime.share_minutes_saved, regime.p_consent,
        regime.p_result_seen, regime.plan_factor,
    )  # fmt: skip


@behaviour
def approach(now: Record, goal: tuple[float, float, float, float, float, float], share: float) -> None:
    """Move what a regime of collaboration gives so large a share of the way to a goal."""
    now.p_seen += share * (goal[0] - now.p_seen)
    now.noise_factor += share * (goal[1] - now.noise_factor)
    now.share_minutes_saved += share * (goal[2] - now.share_minutes_saved)
    now.p_consent += share * (goal[3] - now.p_consent)
    now.p_result_seen += share * (goal[4] - now.p_result_seen)
    now.plan_factor += share * (goal[5] - now.plan_factor)


@part
def take_effect(office: Office) -> None:
    """Exchange the settings, and let every client respond to them."""
    state = office.state[0]
    before = gains(office.settings[0].collaboration)
    office.settings[0] = office.settings[1]
    if office.settings[1].reform.transition_gradual > 0.0:
        approach(office.settings[0].collaboration, before, 1.0)
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status != Status.AWAY:
            renew_duty(client, state.week, office.settings[0])
            set_hazards(client, state.week, office.settings[0])
