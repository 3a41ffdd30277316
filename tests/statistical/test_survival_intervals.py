"""How often intervals hold what they should, and how often tests reject what is true.

Of 700 samples the share is counted whose interval holds; at 0.95 it has a standard error of 0.0082, so that
the bounds of 0.93 and 0.97 lie 2.4 of them off. Seeds are fixed, so that a run repeats.
"""

import numpy as np
import pandas as pd
import pytest

from simulator.outcomes import survival

pytestmark = pytest.mark.statistical

WEEKLY, SHARE = 0.04, 0.7
SPELLS, WEEK, SAMPLES = 300, 20, 700


def sample(rng, late=False):
    """Return spells of a constant hazard, seven in ten by the first of two doors; watching ends by lot."""
    weeks, watched = rng.geometric(WEEKLY, SPELLS), rng.integers(10, 80, SPELLS)
    entry = np.maximum(rng.integers(-10, 10, SPELLS), 0) if late else np.zeros(SPELLS, int)
    seen = entry < np.minimum(weeks, watched)
    door = np.where(weeks <= watched, 1 + (rng.random(SPELLS) > SHARE), 0)
    return np.minimum(weeks, watched)[seen], door[seen], entry[seen]


def holds(row, truth):
    return row["low"] <= truth <= row["high"]


@pytest.mark.parametrize("late", [False, True])
def test_curves_cover(late):
    rng, covered = np.random.default_rng(11), []
    left = 1 - (1 - WEEKLY) ** WEEK
    mean = (1 - (1 - WEEKLY) ** WEEK) / WEEKLY
    for _ in range(SAMPLES):
        weeks, door, entry = sample(rng, late)
        counts = survival.count_spells(weeks, door, entry if late else None)
        real, watched = rng.exponential(1.0, SPELLS), rng.exponential(2.0, SPELLS)
        by_week = survival.kaplan_meier(counts)
        doors = survival.cumulative_incidence(counts)
        covered.append(
            (
                holds(by_week[by_week["week"] <= WEEK].iloc[-1], 1 - left),
                holds(doors[(doors["week"] <= WEEK) & (doors["door"] == 1)].iloc[-1], SHARE * left),
                holds(survival.restricted_mean(counts, None, WEEK).iloc[0], mean),
                holds(survival.quantile(np.minimum(real, watched), real < watched).iloc[0], np.log(2)),
            )
        )
    shares = np.mean(covered, axis=0)
    assert np.all((shares > 0.93) & (shares < 0.97)), shares


def test_robust_intervals_cover_with_sampling_weights():
    """Short spells are taken half as often as long ones, and weighted so."""
    rng, covered = np.random.default_rng(12), []
    for _ in range(SAMPLES):
        weeks, door, _ = sample(rng)
        weight = np.where(weeks < 15, 1.5, 0.75)
        taken = rng.random(len(weeks)) < 0.75 / weight
        counts = survival.count_spells(weeks[taken], door[taken], weights=weight[taken])
        by_week, doors = survival.kaplan_meier(counts), survival.cumulative_incidence(counts)
        left = 1 - (1 - WEEKLY) ** WEEK
        covered.append(
            (
                holds(by_week[by_week["week"] <= WEEK].iloc[-1], 1 - left),
                holds(doors[(doors["week"] <= WEEK) & (doors["door"] == 1)].iloc[-1], SHARE * left),
            )
        )
    shares = np.mean(covered, axis=0)
    assert np.all((shares > 0.93) & (shares < 0.97)), shares


def test_hazard_ratios_cover_also_for_repeated_spells():
    """Two spells a person with a frailty in common: the sandwich covers the marginal ratio of no effect."""
    rng, single, repeated = np.random.default_rng(13), [], []
    for _ in range(SAMPLES):
        group = np.repeat(rng.integers(0, 2, 150), 2)
        person = np.repeat(np.arange(150), 2)
        plain = pd.DataFrame({"weeks": rng.exponential(1 / np.exp(0.5 * group)), "exited": 1, "group": group})
        single.append(holds(survival.cox(plain, covariates=["group"]).iloc[0], np.exp(0.5)))
        alike = np.repeat(rng.gamma(1.0, 1.0, 150), 2)
        shared = plain.assign(weeks=np.ceil(10 * rng.exponential(1 / alike)).clip(max=60), person=person)
        repeated.append(holds(survival.cox(shared, covariates=["group"], cluster="person").iloc[0], 1.0))
    shares = np.array([np.mean(single), np.mean(repeated)])
    assert np.all((shares > 0.93) & (shares < 0.97)), shares


def test_tests_have_their_size():
    """Of 700 samples without a difference, 5 % are rejected, within three standard errors (0.0082)."""
    rng, rejected = np.random.default_rng(14), []
    for _ in range(SAMPLES):
        weeks, door, _ = sample(rng)
        counts = survival.count_spells(weeks, door, groups=rng.integers(0, 3, len(weeks)))
        kinds = ("log-rank", "gehan-breslow", "tarone-ware", "peto", "fleming-harrington")
        p = [survival.log_rank(counts, weighting=kind)["p_value"].item() for kind in kinds]
        rejected.append([*p, *survival.gray_test(counts)["p_value"]])
    shares = np.mean(np.array(rejected) < 0.05, axis=0)
    assert np.all(np.abs(shares - 0.05) < 0.0247), shares
