"""Before the first step: rules that change in the middle of a run."""

from __future__ import annotations

from simulator.agents.duty import renew_duty
from simulator.agents.leaving import set_hazards
from simulator.compiled import behaviour, part
from simulator.office import Office
from simulator.steps.trial import begin_trial
from simulator.vocabulary import Status


@behaviour
def reform(office: Office) -> None:
    """Put a reform's rules in force in its week, let what it costs fade; begin a trial in its week."""
    state = office.state[0]
    if state.week == state.trial_week and state.week > state.first_week:
        begin_trial(office)
    since = state.week - state.reform_week
    if since < 0:
        return
    if since == 0:
        take_effect(office)
    now, after = office.settings[0], office.settings[1]
    left = 0.0
    if since < after.reform.transition_weeks:
        left = 1.0 - since / after.reform.transition_weeks
    lost = left * after.reform.transition_overhead
    now.casework.share_overhead = min(1.0, after.casework.share_overhead + lost)


@part
def take_effect(office: Office) -> None:
    """Exchange the settings, and let every client respond to them."""
    state = office.state[0]
    office.settings[0] = office.settings[1]
    for slot in range(state.slots):
        client = office.clients[slot]
        if client.status != Status.AWAY:
            renew_duty(client, state.week, office.settings[0])
            set_hazards(client, state.week, office.settings[0])
