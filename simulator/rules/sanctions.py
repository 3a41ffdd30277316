"""The sanction lever: what follows an absence that the service knows of."""

from __future__ import annotations

import math

from simulator.compiled import behaviour
from simulator.randomness import Luck, occasion, uniform
from simulator.records import Record
from simulator.rules.benefit import paid_benefit
from simulator.vocabulary import NEVER, NOT_YET, ChildProtection, Purpose, SanctionStep


@behaviour
def is_valid_reason(cause: int, p: Record) -> bool:
    """Whether an absence is one that the rules accept when it is proven."""
    return p.sanctions.accepts[cause] > 0.0


@behaviour
def is_believed(client: Record, p: Record, luck: Luck) -> bool:
    """Whether a valid reason is taken at once: proven on the spot, or proof is not asked for."""
    if p.sanctions.proof_required == 0:
        return True
    return (
        uniform(luck, client.id, occasion(client.spell, client.absences), Purpose.CERTIFICATE)
        < p.attendance.p_certificate
    )


@behaviour
def goes_on(strictness: float, client: Record, p: Record, luck: Luck) -> bool:
    """Whether a caseworker, around the rule's own strictness, goes on with an unexcused case."""
    usual = p.sanctions.strictness
    if usual <= 0.0:
        return False
    if usual >= 1.0:
        return True
    odds = math.log(usual / (1.0 - usual)) + strictness
    return uniform(luck, client.id, occasion(client.spell, client.absences), Purpose.DISCRETION) < 1.0 / (
        1.0 + math.exp(-odds)
    )


@behaviour
def next_step(client: Record, week: int, p: Record) -> int:
    """Return the rung of the ladder that an unexcused absence leads to now."""
    if client.offence_week != NOT_YET and week - client.offence_week > p.sanctions.forget_weeks:
        client.ladder_warnings = client.ladder_reductions = 0
    if client.ladder_warnings < p.sanctions.warnings:
        return SanctionStep.WARNING
    spared = p.sanctions.child_protection == ChildProtection.REDUCE and client.children > 0
    may_deny = p.sanctions.allow_denial == 1 and not spared
    if may_deny and client.ladder_reductions >= p.sanctions.reductions:
        return SanctionStep.DENIAL
    return instead_of_denial(p)


@behaviour
def instead_of_denial(p: Record) -> int:
    """Return the hardest step short of denial: a reduction, if there is any."""
    return SanctionStep.REDUCTION if p.sanctions.allow_reduction == 1 else SanctionStep.NONE


@behaviour
def is_tested(client: Record, step: int, p: Record) -> bool:
    """Whether an emergency test comes before this step."""
    if p.sanctions.child_protection != ChildProtection.EMERGENCY_TEST:
        return False
    return step == SanctionStep.DENIAL and client.children > 0


@behaviour
def finds_need(client: Record, p: Record, luck: Luck) -> bool:
    """Whether an emergency test finds acute need."""
    return (
        uniform(luck, client.id, occasion(client.spell, client.absences), Purpose.NEED)
        < p.sanctions.p_need_found
    )


@behaviour
def share_cut(client: Record, p: Record) -> float:
    """Return the share of the full benefit that the next reduction takes: deeper for each one before."""
    return min(1.0, p.sanctions.reduction_share + p.sanctions.reduction_step * client.ladder_reductions)


@behaviour
def ends_stay(client: Record, p: Record, luck: Luck) -> bool:
    """Whether a reduction or denial puts a participant out of the programme."""
    chance = p.sanctions.p_stay_ended
    return (
        chance > 0.0
        and uniform(luck, client.id, occasion(client.spell, client.absences), Purpose.MISCONDUCT) < chance
    )


@behaviour
def impose(client: Record, step: int, week: int, p: Record) -> None:
    """Put a rung of the ladder in force and count it."""
    client.offence_week = week
    if step == SanctionStep.WARNING:
        client.ladder_warnings += 1
        client.warnings += 1
        return
    client.step = step
    client.cut = 0.0
    if step == SanctionStep.REDUCTION:
        client.cut = share_cut(client, p)
        client.ladder_reductions += 1
        client.reductions += 1
        client.step_until = week + p.sanctions.reduction_weeks
    else:
        client.denials += 1
        client.step_until = week + p.sanctions.denial_weeks
    client.benefit_weekly = paid_benefit(client, p)


@behaviour
def lift(client: Record, p: Record) -> None:
    """End a reduction or denial: the weekly benefit is paid again as without it."""
    client.step = SanctionStep.NONE
    client.step_until = NEVER
    client.cut = 0.0
    client.benefit_weekly = paid_benefit(client, p)


@behaviour
def proves_reason(client: Record, p: Record, luck: Luck) -> bool:
    """Whether a valid reason is proven during the inquiry."""
    return (
        client.case_valid == 1
        and uniform(luck, client.id, occasion(client.spell, client.absences), Purpose.PROOF)
        < p.sanctions.p_proof
    )
