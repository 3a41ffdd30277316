"""The benefit rules: what a household is paid, the cap, and earnings beside the benefit."""

from __future__ import annotations

from simulator.compiled import behaviour
from simulator.records import Record
from simulator.vocabulary import SanctionStep


@behaviour
def weekly_benefit(client: Record, p: Record) -> float:
    """Return the household's full benefit in SEK a week: the norm, at most the cap."""
    counted = min(client.children, p.benefit.children_counted)
    norm = p.costs.benefit_sek_monthly + p.costs.child_sek_monthly * counted
    return min(norm, p.benefit.cap_sek_monthly) * 12.0 / 52.0


@behaviour
def share_capped(client: Record, p: Record) -> float:
    """Return the share of the household's norm that the cap takes."""
    norm = (p.costs.benefit_sek_monthly + p.costs.child_sek_monthly * client.children) * 12.0 / 52.0
    return 1.0 - weekly_benefit(client, p) / norm if norm > 0.0 else 0.0


@behaviour
def paid_benefit(client: Record, p: Record) -> float:
    """Return what is paid a week: the full benefit, less a reduction and the earnings that count."""
    if client.step == SanctionStep.DENIAL:
        return 0.0
    full = weekly_benefit(client, p)
    paid = full * (1.0 - client.cut)
    if client.part_time == 1:
        paid = max(0.0, paid - p.benefit.part_time_share * full * (1.0 - client.disregard))
    return paid


@behaviour
def share_disregarded(client: Record, week: int, p: Record) -> float:
    """Return the share of earnings disregarded in a week: time on benefit earns it, and earns it anew."""
    if p.benefit.stimulus_share == 0.0:
        return 0.0
    after = p.benefit.stimulus_after_weeks
    in_round = (week - client.entry_week) % (after + p.benefit.stimulus_weeks)
    return p.benefit.stimulus_share if in_round >= after else 0.0


@behaviour
def h_part_time(client: Record, effort: float, p: Record) -> float:
    """Return the weekly hazard of taking up part-time work; keeping more of the earnings raises it."""
    return p.benefit.h_part_time_weekly * effort * (1.0 + p.benefit.stimulus_response * client.disregard)


@behaviour
def work_ratio(client: Record, p: Record) -> float:
    """Return the hazard ratio of leaving to work that part-time work brings, less what the stimulus holds."""
    if client.part_time == 0:
        return 1.0
    held = p.benefit.stimulus_hold if client.disregard > 0.0 else 0.0
    return p.benefit.stepping_stone * (1.0 - held)
