"""The sanction lever: what follows an absence that the service knows of."""

from __future__ import annotations

import math

from simulator.compiled import behaviour
from simulator.randomness import Luck, uniform
from simulator.records import Record
from simulator.vocabulary import NEVER, NOT_YET, Purpose, SanctionStep


@behaviour
def goes_on(strictness: float, client: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether a caseworker, around the rule's own strictness, goes on with an unexcused case."""
    usual = p.sanctions.strictness
    if usual <= 0.0:
        return False
    if usual >= 1.0:
        return True
    odds = math.log(usual / (1.0 - usual)) + strictness
    return uniform(luck, client.id, week, Purpose.DISCRETION) < 1.0 / (1.0 + math.exp(-odds))


@behaviour
def next_step(client: Record, week: int, p: Record) -> int:
    """Return the rung of the ladder that an unexcused absence leads to now."""
    if client.offence_week != NOT_YET and week - client.offence_week > p.sanctions.forget_weeks:
        client.ladder_warnings = client.ladder_reductions = 0
    if client.ladder_warnings < p.sanctions.warnings:
        return SanctionStep.WARNING
    may_deny = p.sanctions.allow_denial == 1 and not (
        p.sanctions.protect_children == 1 and client.children > 0
    )
    if may_deny and client.ladder_reductions >= p.sanctions.reductions:
        return SanctionStep.DENIAL
    if p.sanctions.allow_reduction == 1:
        return SanctionStep.REDUCTION
    return SanctionStep.NONE


@behaviour
def impose(client: Record, step: int, week: int, p: Record) -> None:
    """Put a rung of the ladder in force and count it."""
    client.offence_week = week
    if step == SanctionStep.WARNING:
        client.ladder_warnings += 1
        client.warnings += 1
        return
    client.step = step
    if step == SanctionStep.REDUCTION:
        client.ladder_reductions += 1
        client.reductions += 1
        client.benefit_weekly *= 1.0 - p.sanctions.reduction_share
        client.step_until = week + p.sanctions.reduction_weeks
    else:
        client.denials += 1
        client.benefit_weekly = 0.0
        client.step_until = week + p.sanctions.denial_weeks


@behaviour
def lift(client: Record, full_benefit: float) -> None:
    """End a reduction or denial: the full weekly benefit is paid again."""
    client.step = SanctionStep.NONE
    client.step_until = NEVER
    client.benefit_weekly = full_benefit


@behaviour
def proves_reason(client: Record, week: int, p: Record, luck: Luck) -> bool:
    """Whether a valid reason is proven during the inquiry."""
    return client.case_valid == 1 and uniform(luck, client.id, week, Purpose.PROOF) < p.sanctions.p_proof
