"""The order of a caseworker's week: what a client needs next, and who comes first."""

from __future__ import annotations

from simulator.compiled import behaviour
from simulator.records import Record
from simulator.rules.own import own_weeks_waited
from simulator.vocabulary import NOT_YET, Assessor, OrderRule, Task


@behaviour
def next_task(client: Record, p: Record) -> int:
    """Return what the client needs next: assessment (unless the provider makes it), then plan, then talks."""
    if client.assessed_week == NOT_YET:
        return Task.MEETING if p.collaboration.assessor == Assessor.PROVIDER else Task.ASSESSMENT
    if (client.plan_week == NOT_YET) & (client.planned == 1):  # one question: each alone is a toss-up
        return Task.PLAN
    return Task.MEETING


@behaviour
def weeks_waited(client: Record, week: int, p: Record) -> float:
    """Return how long a client has waited; with less than the wished interval between talks, not due.

    A first assessment and a plan count as so many intervals of waiting.
    """
    if p.casework.order == OrderRule.OWN:
        return own_weeks_waited(client, week, p)
    waited = float(week - client.contact_week)
    if p.casework.cancelled_talk > 0 and client.talk_cancelled == 1:
        waited = float(week - max(client.contact_week, client.planned_talk_week))
    task = next_task(client, p)
    if task == Task.ASSESSMENT:
        waited += p.casework.assessment_priority * p.casework.talk_interval_weeks
    elif task == Task.PLAN:
        waited += p.casework.plan_priority * p.casework.talk_interval_weeks
    if p.casework.owed_talks > 0 and is_owed_now(client, week, p):
        waited += p.casework.owed_priority * p.casework.talk_interval_weeks
    return waited


@behaviour
def is_owed_now(client: Record, week: int, p: Record) -> bool:
    """Whether the client has had fewer talks than are owed by now."""
    since = week - client.entry_week
    if client.owed == 0 or since > p.casework.owed_weeks:
        return False
    return client.meetings + 1 <= p.casework.owed_talks * since / max(1, p.casework.owed_weeks)


@behaviour
def preference(caseworker: Record, client: Record, p: Record) -> float:
    """Return the weeks of waiting that the near to work gain when time is short, and the young by rule."""
    gain = caseworker.creaming * (1.0 - caseworker.ease) * client.nearness
    if p.casework.youth_priority > 0.0 and client.young == 1:
        gain += p.casework.youth_priority
    return p.casework.talk_interval_weeks * gain
