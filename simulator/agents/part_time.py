"""What a client earns beside the benefit."""

from __future__ import annotations

import math

from simulator.agents.leaving import drive
from simulator.compiled import behaviour
from simulator.randomness import Luck, uniform
from simulator.records import Record
from simulator.rules.benefit import h_part_time, paid_benefit, share_disregarded
from simulator.vocabulary import WEEKS_PER_CLIENT_MONTH, Purpose


@behaviour
def feel_month_of_work(client: Record, week: int, draw: float, p: Record, luck: Luck) -> None:
    """Take up or lose part-time work as a month ends; from the next week on it moves benefit and hazards.

    `draw` is the client's uniform luck of this week at finding such work.
    """
    client.disregard = share_disregarded(client, week + 1, p)
    if client.part_time == 1:
        end = uniform(luck, client.id, week, Purpose.PART_TIME_END)
        client.part_time = 0 if end < p_in_month(p.benefit.h_part_time_end_weekly) else 1
    else:
        begins = h_part_time(client, drive(client, p), p)
        client.part_time = 1 if draw < p_in_month(begins) else 0
    client.benefit_weekly = paid_benefit(client, p)


@behaviour
def p_in_month(h_weekly: float) -> float:
    """Return the probability that something of a weekly hazard happens within a client's month."""
    return 1.0 - math.exp(-WEEKS_PER_CLIENT_MONTH * h_weekly)
