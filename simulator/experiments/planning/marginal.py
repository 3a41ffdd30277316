"""What one more caseworker is worth: from options next to each other, or from more posts in the best one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from simulator.composing.levers import Row
from simulator.experiments.factors import scenario_at
from simulator.experiments.planning.selection import Array
from simulator.outcomes.intervals import ratio_interval
from simulator.parameters import Scenario
from simulator.vocabulary import CaseloadRule

STAFF = "caseworkers"
POSTS = "caseload.caseworkers"
STEP_SHARE = 0.05
"""Posts added to tell what one is worth, as a share of them: a single one is lost in the luck (assumed)."""

LEAST = 0.5
"""Caseworkers by which options differ at least, so that a difference can be told by caseworker (assumed)."""


def neighbours(rows: Sequence[Row], staff: Array) -> list[tuple[int, int]]:
    """Return pairs of options that differ in one setting of the caseload alone, next to each other in staff.

    Parameters
    ----------
    rows : sequence of mapping
        What makes each option.
    staff : array, shape (options,)
        Caseworkers of each, on average.
    """
    pairs = []
    keys = [key for key in rows[0] if key.startswith("caseload.")]
    for key in keys:
        alike: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            rest = str([value for name, value in row.items() if name != key])
            alike.setdefault(rest, []).append(number)
        for own in alike.values():
            own.sort(key=lambda number: staff[number])
            pairs += [(a, b) for a, b in pairwise(own) if staff[b] - staff[a] >= LEAST]
    return pairs


def by_caseworker(pair: Array, names: Sequence[str], staff: int, level: float) -> Iterator[dict[str, object]]:
    """Yield what one more caseworker changes in each measure: measure, value, low, high.

    Parameters
    ----------
    pair : array, shape (2, measures, replications)
        An option with fewer caseworkers and one with more, paired.
    names : sequence of str
        Of the measures that are told, from the first on.
    staff : int
        Place of the number of caseworkers among the measures.
    level : float
        Coverage of the interval (Fieller's).
    """
    there = ~np.isnan(pair[:, 0]).any(axis=0)
    apart = pair[1][:, there] - pair[0][:, there]
    ends = {"caseworkers_from": pair[0, staff, there].mean(), "caseworkers_to": pair[1, staff, there].mean()}
    for place, name in enumerate(names):
        value, low, high = ratio_interval(apart[place], apart[staff], level)
        yield {**ends, "measure": name, "value": value, "low": low, "high": high}


def with_more_posts(scenario: Scenario) -> tuple[Row, Scenario] | None:
    """Return a scenario with some more posts, where their number is set, and what makes it so."""
    if scenario.caseload.regime == CaseloadRule.RATIO:
        return None
    posts = scenario.caseload.caseworkers
    row = {POSTS: posts + max(1, round(STEP_SHARE * posts))}
    return row, scenario_at(scenario, row)


def marginal_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return what one more caseworker changes, a row a pair of options and measure."""
    columns = ["from", "to", "caseworkers_from", "caseworkers_to", "measure", "value", "low", "high", "unit"]
    return pd.DataFrame(rows, columns=columns)
