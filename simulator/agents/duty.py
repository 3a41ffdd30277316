"""What a client does under a duty to take part, and without one."""

from __future__ import annotations

from simulator.agents.leaving import set_hazards
from simulator.compiled import behaviour
from simulator.randomness import Luck, occasion, uniform
from simulator.records import Record
from simulator.rules.duty import hours_wanted, is_obliged
from simulator.rules.sanctions import lift
from simulator.vocabulary import NOBODY, Purpose, SanctionStep


@behaviour
def accepts_offer(client: Record, p: Record, luck: Luck) -> bool:
    """Whether a client who is not obliged accepts an offered place."""
    chance = p.sanctions.p_accepts_offer * client.motivation
    return uniform(luck, client.id, occasion(client.spell, client.referrals), Purpose.ACCEPTANCE) < chance


@behaviour
def come_back(client: Record, week: int, p: Record) -> None:
    """Attend, or come to the caseworker: where the rules say so, a reduction or denial ends with it."""
    if p.sanctions.lift_on_return == 1 and client.step != SanctionStep.NONE:
        lift(client, p)
        set_hazards(client, week, p)


@behaviour
def renew_duty(client: Record, week: int, p: Record) -> None:
    """Become obliged, or free, when the service believes otherwise about the client's needs."""
    obliged = 1 if is_obliged(client, p) else 0
    if obliged != client.obliged:
        client.obliged = obliged
        if obliged == 0:
            client.hours_asked = client.own_hours = 0.0
        set_hazards(client, week, p)


@behaviour
def ask_hours(client: Record, p: Record) -> float:
    """Set the hours asked from now on; return those that no programme covers."""
    client.hours_asked = hours_wanted(client, p)
    client.own_hours = 0.0
    return max(0.0, client.hours_asked - client.programme_hours)


@behaviour
def forget_hours(client: Record) -> None:
    """Be asked for nothing while there is no caseworker to ask."""
    if client.caseworker == NOBODY:
        client.hours_asked = client.own_hours = 0.0


@behaviour
def suffer_sanction(client: Record, step: int, week: int, p: Record) -> None:
    """Respond to a sanction step: the drive rises for a while, trust falls when benefit is cut."""
    if step == SanctionStep.WARNING:
        if client.bite < p.sanctions.warning_gain:
            client.bite = p.sanctions.warning_gain
            client.cut_bites = 0
    else:
        client.bite = max(client.bite, p.sanctions.bite)
        client.cut_bites = 1
        client.trust *= 1.0 - p.trust.sanction_loss
    set_hazards(client, week, p)
