"""How a client leaves: drive towards work, hazards and thresholds of the doors, and the job taken.

A client leaves through the door whose cumulated hazard first reaches that door's threshold. Thresholds are
drawn once for each (person, spell, door), so the same person keeps the same luck under every policy.
"""

from __future__ import annotations

import math

from simulator.compiled import behaviour
from simulator.randomness import Luck, exponential
from simulator.records import Record
from simulator.rules.benefit import work_ratio
from simulator.rules.duty import time_left_by_duty, urge_of_duty
from simulator.vocabulary import (
    BARRIERS,
    DOORS,
    NEVER,
    NOBODY,
    NOT_YET,
    Barrier,
    Door,
    Purpose,
    SanctionStep,
)


@behaviour
def set_level(client: Record, person: Record, door: int, p: Record) -> None:
    """Set a door's weekly hazard as traits and present barriers give it, before search and programmes."""
    predictor = person.eta[door]
    for barrier in range(BARRIERS):
        predictor += p.doors.barriers[door, barrier] * client.barrier[barrier]
    client.level[door] = p.doors.h_weekly[door] * math.exp(predictor)


@behaviour
def follow_barriers(client: Record, person: Record, p: Record) -> None:
    """Set the levels of those doors anew that answer to a barrier moved since the last month."""
    for door in range(DOORS):
        if p.doors.answers_to[door] & client.barriers_moved:
            set_level(client, person, door, p)
    client.barriers_moved = 0


@behaviour
def drive(client: Record, p: Record) -> float:
    """Return the drive towards work: 1 for a motivated, healthy client whom nothing urges or holds back."""
    return client.motivation * urge(client, p) * share_free(client, p)


@behaviour
def urge(client: Record, p: Record) -> float:
    """Return by how much everything that urges a client on multiplies the drive towards work."""
    urged = 1.0 + threat(client, p) + client.bite + client.contact + client.support
    if client.plan_week != NOT_YET:
        urged += p.search.plan_gain * p.collaboration.plan_factor
    if p.benefit.incentive > 0.0:
        urged += p.benefit.incentive * client.capped
    if p.sanctions.required_hours > 0.0:
        urged += urge_of_duty(client, p)
    return urged


@behaviour
def share_free(client: Record, p: Record) -> float:
    """Return the share of the drive that a programme, ill health and required hours leave."""
    free = (1.0 - client.lock_in) * (1.0 - p.search.health_drag * client.barrier[Barrier.HEALTH])
    if p.sanctions.required_hours > 0.0:
        free *= time_left_by_duty(client, p)
    return free


@behaviour
def threat(client: Record, p: Record) -> float:
    """Return what the chance of a sanction adds to the drive of a client who is obliged to take part."""
    return p.sanctions.threat * seen_chance(p) if client.obliged == 1 else 0.0


@behaviour
def pushed_elsewhere(client: Record, p: Record) -> float:
    """Return how many times their usual hazards talks and pressure give the doors that lead to no job."""
    pushed = 1.0 + p.search.contact_elsewhere * client.contact
    if p.sanctions.elsewhere > 0.0:
        pushed += p.sanctions.elsewhere * (threat(client, p) + client.bite)
    return pushed


@behaviour
def settling(client: Record, p: Record) -> float:
    """Return what of the urge is settling for less: what threat and sanction add beside search."""
    settled = p.sanctions.settling_warned * threat(client, p)
    if client.bite > 0.0:
        of_bite = p.sanctions.settling_cut if client.cut_bites == 1 else p.sanctions.settling_warned
        settled += of_bite * client.bite
    return settled


@behaviour
def seen_chance(p: Record) -> float:
    """Return the chance that an average caseworker sees, follows up and acts on an unexcused absence."""
    return p.collaboration.p_seen * p.sanctions.p_follow_up * p.sanctions.strictness


@behaviour
def set_hazards(client: Record, week: int, p: Record) -> None:
    """Set the hazard of every door from `week` on, from its level, the drive, programme and sanction."""
    use_up_thresholds(client, week)
    urged = urge(client, p)
    free = share_free(client, p)
    driven = client.motivation * urged * free
    client.search = client.motivation * (urged - settling(client, p)) * free
    for door in range(DOORS):
        client.hazard[door] = client.level[door]
    if client.boost_until != NOT_YET:
        for door in range(DOORS):
            client.hazard[door] *= client.boost[door]
    client.hazard[Door.WORK] = client.hazard[Door.WORK] * (driven * client.fade) + client.hire_hazard
    client.hazard[Door.SUBSIDISED_WORK] *= driven
    pushed = pushed_elsewhere(client, p)
    client.hazard[Door.STUDY] *= pushed
    client.hazard[Door.OTHER_BENEFIT] *= pushed
    client.hazard[Door.WITHDRAWAL] *= pushed
    client.hazard[Door.OTHER] *= pushed
    if p.benefit.h_part_time_weekly > 0.0:
        client.hazard[Door.WORK] *= work_ratio(client, p)
    if client.step == SanctionStep.REDUCTION:
        client.hazard[Door.WITHDRAWAL] *= p.sanctions.withdrawal_ratio_reduced
    elif client.step == SanctionStep.DENIAL:
        client.hazard[Door.WITHDRAWAL] *= p.sanctions.withdrawal_ratio_denied
    foresee_exit(client)


@behaviour
def use_up_thresholds(client: Record, week: int) -> None:
    """Let the hazards in force work on the thresholds for the weeks before `week`."""
    weeks = week - client.settled_week
    if weeks > 0:
        for door in range(DOORS):
            client.threshold[door] -= client.hazard[door] * weeks
        client.searched += client.search * weeks
        client.settled_week = week


@behaviour
def foresee_exit(client: Record) -> None:
    """Find the week, and the door, in which a threshold will be reached if no hazard changes before."""
    earliest = float(NEVER)
    passed = NOBODY
    for door in range(DOORS):
        hazard = client.hazard[door]
        weeks = client.threshold[door] / hazard if hazard > 0.0 else NEVER
        if weeks < earliest:
            earliest = weeks
            passed = door
    client.exit_door = passed
    client.exit_week = client.settled_week + max(0, math.ceil(earliest) - 1)
    if client.exit_week > client.pension_week:
        client.exit_week = client.pension_week
        client.exit_door = Door.OTHER_BENEFIT
    if client.hired_by != NOBODY:
        client.exit_week = client.settled_week
        client.exit_door = Door.SUBSIDISED_WORK


@behaviour
def entry_wage(client: Record, p: Record, luck: Luck) -> float:
    """Return the monthly wage of the job with which a client leaves: an offer above the wage settled for.

    Offers above any wage are Pareto, so that a hazard raised by the factor `r` by settling for less, with the
    same offers, lowers the wage settled for, and the mean log wage, by `log(r)` over their shape.
    """
    above = exponential(luck, client.id, client.spell, Purpose.WAGE)
    below = -math.log(1.0 - settling(client, p) / urge(client, p))
    return p.wages.reservation_sek_monthly * math.exp((above - below) / p.wages.offer_shape)


@behaviour
def week_of_return(client: Record, week: int, door: int, p: Record, luck: Luck) -> int:
    """Return the week in which somebody who left in `week` applies again (NEVER for most)."""
    hazard = p.doors.h_return_weekly[door]
    if hazard <= 0.0:
        return NEVER
    wait = math.ceil(exponential(luck, client.id, client.spell, Purpose.RETURN) / hazard)
    if wait > p.population.return_window_weeks or week + wait >= client.pension_week:
        return NEVER
    return week + 1 + int(wait)
