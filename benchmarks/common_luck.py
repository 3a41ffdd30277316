"""How much common luck narrows a comparison, and what takes from it: `python benchmarks/common_luck.py`.

Two scenarios for the same people, 80 and 40 clients a caseworker, and the weeks within the first 104 that a
person's first spell lasts in a cohort: by how many the smaller caseload changes them, and how many times
common luck cuts the variance of that. *replications* is the variance over replications of the mean
difference: with the luck of another replication, against the same luck. *persons* is the same person by
person. Each row but the last takes one more source of differences away.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

import simulator as sim
from simulator.experiments.persons import pair_spells

COHORT = ("population.mode=cohort", "population.burn_in_weeks=0", "weeks=156")
FEWER = "caseload.clients_per_caseworker=40"
ALONE = ("programmes=none", "casework.skill_sd=0")
ROWS = {
    "default": (),
    "without programmes, whose places clients compete for": ("programmes=none",),
    "and with caseworkers of equal skill": ALONE,
    "and without sanctions": (*ALONE, "sanctions=none"),
    "as the third, advisers who decide no benefit": (*ALONE, "casework=insured"),
}


def measure(changes: tuple[str, ...], size: int, replications: int) -> tuple[float, float, float]:
    """Return the mean change in weeks, and both cuts."""
    common = (*COHORT, f"population.size={size}", *changes)
    effect = sim.compare(
        sim.load_scenario("default", *common), sim.load_scenario("default", *common, FEWER), replications
    )
    pairs = pair_spells(effect.baseline.spells, effect.alternative.spells, 156)
    first = pairs[pairs["spell"] == pairs["spell"].min()]
    return first["change"].mean(), *cuts_of(first)


def cuts_of(pairs: pd.DataFrame) -> tuple[float, float]:
    """Return how many times common luck cuts the variance over replications, and person by person."""
    first, second = pairs["weeks_baseline"], pairs["weeks_alternative"]
    means = pairs.groupby("replication")[["weeks_baseline", "weeks_alternative"]].mean().to_numpy()
    others = np.roll(means[:, 1], 1) - means[:, 0]
    paired = means[:, 1] - means[:, 0]
    return others.var() / paired.var(), (first.var() + second.var()) / pairs["change"].var()


def main() -> None:
    """Print a line for each row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--replications", type=int, default=100)
    given = parser.parse_args()
    print(f"{'variance cut':<56} weeks  replications  persons")
    for name, changes in ROWS.items():
        change, over, by = measure(changes, given.size, given.replications)
        print(f"{name:<56} {change:>5.1f}  {over:>12,.0f}  {by:>7,.0f}", flush=True)


if __name__ == "__main__":
    main()
