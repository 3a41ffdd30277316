"""Luck: the generator against published answers and a second implementation, the draws against their laws.

Statistical tests fix the key, so they pass or fail for good; the error rate in each docstring is the chance
that a correct generator would have failed at a key chosen at random.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.population import IDS_PER_WEEK
from simulator.randomness import (
    WORD,
    exponential,
    luck_of,
    normals,
    occasion,
    open_interval,
    philox,
    poisson,
    uniform,
    uniforms,
)
from simulator.vocabulary import BARRIERS, DOORS, Purpose

LUCK = luck_of(20_24, 3)
DRAWS = 20_000
PURPOSE = int(Purpose.ABSENCE)
ALPHA = 1e-4

ANSWERS = {
    "zeros": ("00000000 00000000 00000000 00000000 00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    "ones": ("ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    "pi": ("243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
}
"""Known answers that come with Random123, the authors' own library: counter and key, and what they give."""

RANGES = {
    Purpose.BARRIER: BARRIERS,
    Purpose.SEVERITY: BARRIERS,
    Purpose.THRESHOLD: DOORS,
    Purpose.ASSESSMENT: BARRIERS // 2,
    Purpose.OBSERVATION: BARRIERS,
    Purpose.KNOWLEDGE: BARRIERS,
}
"""Purposes that stand for several numbers in a row."""


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


def philox_again(counter: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Return Philox-4x32-10 of many counters (rows), all rounds written for arrays of unsigned words."""
    x, k = counter.astype(np.uint64), key.astype(np.uint64)
    low = np.uint64(WORD)
    for number in range(10):
        if number:
            k = (k + np.array([0x9E3779B9, 0xBB67AE85], np.uint64)) & low
        products = x[:, [0, 2]] * np.array([0xD2511F53, 0xCD9E8D57], np.uint64)
        high, rest = products >> np.uint64(32), products & low
        x = np.stack(
            [high[:, 1] ^ x[:, 1] ^ k[:, 0], rest[:, 1], high[:, 0] ^ x[:, 3] ^ k[:, 1], rest[:, 0]], axis=1
        )
    return x


def draws(luck=LUCK, agents=range(DRAWS), week=7, purpose=PURPOSE, draw=uniform) -> np.ndarray:
    return np.array([draw(luck, agent, week, purpose) for agent in agents])


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("form", [philox, getattr(philox, "py_func", philox)], ids=["compiled", "plain"])
def test_known_answers(name, form):
    asked, answer = ANSWERS[name]
    assert list(form(*words(asked))) == words(answer)


def test_agrees_with_a_second_implementation():
    inputs = np.random.default_rng(5).integers(0, 2**32, (500, 6))
    again = philox_again(inputs[:, :4], inputs[:, 4:])
    assert [philox(*map(int, row)) for row in inputs] == [tuple(map(int, row)) for row in again]


@pytest.mark.parametrize("form", [uniforms, getattr(uniforms, "py_func", uniforms)], ids=["fast", "plain"])
@pytest.mark.parametrize("count", [0, 1, 7, 8, 33, 100])
@pytest.mark.parametrize("seed", [0, 2**64 - 1])
def test_draws_together_are_draws_one_by_one(form, count, seed):
    rng, luck = np.random.default_rng(6), luck_of(seed, 12)
    agents, weeks = rng.integers(0, 2**32, 100), rng.integers(-1040, 2**40, 100)
    agents[:2] = 0, 2**32 - 1
    drawn = np.full(100, -1.0)
    form(luck, agents, weeks, count, PURPOSE, drawn)
    pairs = zip(agents[:count].tolist(), weeks[:count].tolist(), strict=True)
    assert drawn[:count].tolist() == [uniform(luck, agent, week, PURPOSE) for agent, week in pairs]
    assert (drawn[count:] == -1.0).all()


@pytest.mark.parametrize("seed", [0, 1, 2**32, 2**63 - 1, 2**64 - 1])
@pytest.mark.parametrize("week", [-1040, 0, 259])
def test_key_and_counter_are_who_when_what_for_and_which(seed, week):
    luck = luck_of(seed, 12)
    counter = np.array([[77, week % 2**32, PURPOSE, 12]], np.uint64)
    key = np.array([[seed % 2**32, seed // 2**32]], np.uint64)
    high, low = (int(word) for word in philox_again(counter, key)[0, :2])
    assert uniform(luck, 77, week, PURPOSE) == open_interval(high, low)


def test_open_interval_is_half_a_step_above_52_bits():
    assert open_interval(0, 0) == 2.0**-53
    assert open_interval(1 << 31, 0) == 0.5 + 2.0**-53
    assert open_interval(WORD, WORD) == 1.0 - 2.0**-53


def test_no_two_purposes_share_numbers():
    numbers = [int(p) + offset for p in Purpose for offset in range(RANGES.get(p, 1))]
    assert len(numbers) == len(set(numbers))


@pytest.mark.statistical
@pytest.mark.parametrize("purpose", [Purpose.AGE, Purpose.THRESHOLD, Purpose.ABSENCE])
@pytest.mark.parametrize("first", [0, 1300 * IDS_PER_WEEK], ids=["stock", "newcomers"])
def test_uniform(purpose, first):
    """Kolmogorov-Smirnov; error rate 1e-4 for each case."""
    sample = draws(agents=range(first, first + DRAWS), purpose=int(purpose))
    assert sample.min() > 0.0
    assert sample.max() < 1.0
    assert stats.kstest(sample, "uniform").pvalue > ALPHA


@pytest.mark.statistical
def test_uniform_over_weeks_of_one_agent():
    """Kolmogorov-Smirnov; error rate 1e-4."""
    sample = np.array([uniform(LUCK, 5, week, PURPOSE) for week in range(-1040, 5_200)])
    assert stats.kstest(sample, "uniform").pvalue > ALPHA


@pytest.mark.statistical
def test_exponential():
    """Kolmogorov-Smirnov, and mean and variance by their standard errors; error rate 3e-4."""
    sample = draws(draw=exponential)
    assert stats.kstest(sample, "expon").pvalue > ALPHA
    bound = stats.norm.isf(ALPHA / 2)
    assert abs(sample.mean() - 1.0) < bound / math.sqrt(DRAWS)
    assert abs(((sample - 1.0) ** 2).mean() - 1.0) < bound * math.sqrt(8.0 / DRAWS)


@pytest.mark.statistical
def test_normals():
    """Kolmogorov-Smirnov of both halves, their correlation, and two moments; error rate 7e-4."""
    pairs = np.array([normals(LUCK, agent, 7, PURPOSE) for agent in range(DRAWS)])
    bound = stats.norm.isf(ALPHA / 2) / math.sqrt(DRAWS)
    for half in pairs.T:
        assert stats.kstest(half, "norm").pvalue > ALPHA
        assert abs(half.mean()) < bound
        assert abs((half**2).mean() - 1.0) < bound * math.sqrt(2.0)
    assert abs(np.corrcoef(pairs.T)[0, 1]) < bound


@pytest.mark.statistical
@pytest.mark.parametrize("mean", [0.3, 4.0, 35.0, 500.0, 600.0])
def test_poisson(mean):
    """Mean by its standard error, dispersion by the index of dispersion; error rate 2e-4 for each case."""
    size = 4_000
    sample = np.array([poisson(LUCK, agent, 3, mean) for agent in range(size)])
    assert abs(sample.mean() - mean) < stats.norm.isf(ALPHA / 2) * math.sqrt(mean / size)
    dispersion = ((sample - sample.mean()) ** 2).sum() / sample.mean()
    assert ALPHA / 2 < stats.chi2.cdf(dispersion, size - 1) < 1.0 - ALPHA / 2


def test_nobody_arrives_at_mean_zero():
    assert {poisson(LUCK, agent, 3, 0.0) for agent in range(2_000)} == {0}


def test_more_arrive_at_a_larger_mean():
    counts = [[poisson(LUCK, agent, 3, mean) for agent in range(300)] for mean in (3.0, 3.01, 3.5)]
    assert (np.diff(counts, axis=0) >= 0).all()


OTHERS = {
    "the next purpose": {"purpose": PURPOSE + 1},
    "the week after": {"week": 8},
    "a year after": {"week": 59},
    "the next agent": {"agents": range(1, DRAWS + 1)},
    "another week's newcomers": {"agents": range(IDS_PER_WEEK, IDS_PER_WEEK + DRAWS)},
    "the next replication": {"luck": luck_of(20_24, 4)},
    "the next seed": {"luck": luck_of(20_25, 3)},
    "a seed equal in its low word": {"luck": luck_of(20_24 + 2**32, 3)},
}


@pytest.mark.statistical
@pytest.mark.parametrize("other", OTHERS)
def test_independent_of(other):
    """Correlation, and counts in an 8 by 8 table; error rate 2e-4 for each case."""
    one, two = draws(), draws(**OTHERS[other])
    assert abs(np.corrcoef(one, two)[0, 1]) < stats.norm.isf(ALPHA / 2) / math.sqrt(DRAWS)
    table, _, _ = np.histogram2d(one, two, bins=8, range=[[0, 1], [0, 1]])
    assert stats.chisquare(table.ravel()).pvalue > ALPHA


def test_occasions_of_a_person_share_no_luck():
    keys = [occasion(spell, number) for spell in range(1, 40) for number in range(500)]
    assert len(set(keys)) == len(keys)
