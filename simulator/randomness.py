"""Luck: every random number is a pure function of who, when, what for, which replication and which seed.

The generator is Philox-4x32-10, a counter-based generator: nothing is stored and nothing is consumed, so
the same person meets the same luck under every policy, in any order of events and with any number of
workers. No other module of the simulator draws random numbers.

References
----------
Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC '11.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulator.compiled import behaviour, part
from simulator.vocabulary import Purpose

WORD = 0xFFFFFFFF
ROUNDS = 10
ARRIVALS = int(Purpose.ARRIVALS)


class Luck(NamedTuple):
    """The key of all draws of one replication: two words of the seed, and the replication's number."""

    seed_low: int
    seed_high: int
    replication: int


def luck_of(seed: int, replication: int) -> Luck:
    """Return the key for one replication of a seed between 0 and 2**64 - 1."""
    return Luck(seed & WORD, (seed >> 32) & WORD, replication)


@part
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Return four 32-bit words for a counter of four words and a key of two (Philox-4x32-10)."""
    for _ in range(ROUNDS):
        p0 = c0 * 0xD2511F53
        p1 = c2 * 0xCD9E8D57
        c0, c1, c2, c3 = ((p1 >> 32) & WORD) ^ c1 ^ k0, p1 & WORD, ((p0 >> 32) & WORD) ^ c3 ^ k1, p0 & WORD
        k0 = (k0 + 0x9E3779B9) & WORD
        k1 = (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


@behaviour
def open_interval(high: int, low: int) -> float:
    """Return 52 bits of two words as a number strictly between 0 and 1."""
    return ((high >> 6) * 67108864.0 + (low >> 6) + 0.5) / 4503599627370496.0


@behaviour
def uniform(luck: Luck, agent: int, week: int, purpose: int) -> float:
    """Draw from the open interval (0, 1), for this agent, week (or spell, or occasion) and purpose."""
    high, low, _, _ = philox(
        int(agent),
        int(week) & WORD,
        int(purpose + 0),
        int(luck.replication),
        int(luck.seed_low),
        int(luck.seed_high),
    )
    return open_interval(high, low)


@behaviour
def uniforms(
    luck: Luck, agents: np.ndarray, weeks: np.ndarray, count: int, purpose: int, draws: np.ndarray
) -> None:
    """Write into `draws` what `uniform` draws for the first `count` of `agents` and `weeks`.

    Eight draws at a time take hardly longer than one. Numbers of agents are below 2**32.
    """
    for place in range(count):
        high, low, _, _ = philox(
            int(agents[place]) & WORD,
            int(weeks[place]) & WORD,
            int(purpose + 0),
            int(luck.replication) & WORD,
            int(luck.seed_low) & WORD,
            int(luck.seed_high) & WORD,
        )
        draws[place] = open_interval(high, low)


@behaviour
def occasion(spell: int, number: int) -> int:
    """Return the key of what happens for the `number`-th time in a spell, instead of a week.

    A person then meets the same luck at a first assessment, or in a third week of participation, in whatever
    week a policy makes it happen.
    """
    return (spell << 16) + number


@behaviour
def exponential(luck: Luck, agent: int, week: int, purpose: int) -> float:
    """Draw from the exponential distribution with mean one."""
    return -math.log(uniform(luck, agent, week, purpose))


@behaviour
def normals(luck: Luck, agent: int, week: int, purpose: int) -> tuple[float, float]:
    """Draw two independent numbers from the standard normal distribution (Box-Muller)."""
    first, second, third, fourth = philox(
        int(agent),
        int(week) & WORD,
        int(purpose + 0),
        int(luck.replication),
        int(luck.seed_low),
        int(luck.seed_high),
    )
    radius = math.sqrt(-2.0 * math.log(open_interval(first, second)))
    angle = 2.0 * math.pi * open_interval(third, fourth)
    return radius * math.cos(angle), radius * math.sin(angle)


@behaviour
def normal(luck: Luck, agent: int, week: int, purpose: int) -> float:
    """Draw from the standard normal distribution."""
    return normals(luck, agent, week, purpose)[0]


@behaviour
def poisson(luck: Luck, agent: int, week: int, mean: float, purpose: int = ARRIVALS) -> int:
    """Draw the number of those who come in a week by inversion; `mean` is a number a week, at most 600."""
    left = uniform(luck, agent, week, purpose)
    probability = math.exp(-mean)
    count = 0
    while left > probability and count < 10.0 * mean + 100.0:
        left -= probability
        count += 1
        probability *= mean / count
    return count
