"""What one more caseworker is worth: from options next to each other, or from more posts in the best one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from simulator.composing.idle import CASEWORKERS
from simulator.composing.levers import Row
from simulator.experiments.factors import scenario_at
from simulator.experiments.planning.levels import Array, Levels
from simulator.outcomes.intervals import ratio_of_means
from simulator.parameters import Scenario
from simulator.vocabulary import CaseloadRule

STAFF = "caseworkers"
CASELOADS = ("caseload.", "reform.caseload.")
STEP_SHARE = 0.05
"""Posts added to tell what one is worth, as a share of them, at least one: of many, one is lost in the luck
(assumed)."""

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
    keys = [key for key in rows[0] if key.startswith(CASELOADS)]
    for key in keys:
        alike: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            rest = str([value for name, value in row.items() if name != key])
            alike.setdefault(rest, []).append(number)
        for own in alike.values():
            own.sort(key=lambda number: staff[number])
            pairs += [(a, b) for a, b in pairwise(own) if staff[b] - staff[a] >= LEAST]
    return pairs


def by_caseworker(
    levels: Levels, pair: tuple[int, int], places: Mapping[str, int], staff: int, level: float
) -> Iterator[dict[str, object]]:
    """Yield what one more caseworker changes in each measure: measure, value, low, high.

    Parameters
    ----------
    levels : Levels
        What options come to.
    pair : (int, int)
        An option with fewer caseworkers and one with more.
    places : mapping of str to int
        The measures that are told, by their names.
    staff : int
        Place of the number of caseworkers.
    level : float
        Coverage of the interval (Fieller's).
    """
    ends = dict(zip(("caseworkers_from", "caseworkers_to"), levels.values[list(pair), staff], strict=True))
    for name, place in places.items():
        value, low, high = ratio_of_means(*levels.moments(pair, [place, staff]), level)
        yield {**ends, "measure": name, "value": value, "low": low, "high": high}


def with_more_posts(scenario: Scenario) -> tuple[Row, Scenario] | None:
    """Return a scenario with some more posts, where their number is set, and what makes it so."""
    new = None if scenario.reform.week is None else scenario.reform.caseload
    caseload = new or scenario.caseload
    if caseload.regime == CaseloadRule.RATIO:
        return None
    posts = caseload.caseworkers
    row = {f"reform.{CASEWORKERS}" if new else CASEWORKERS: posts + max(1, round(STEP_SHARE * posts))}
    return row, scenario_at(scenario, row)


def marginal_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return what one more caseworker changes, a row a pair of options and measure, in the order of staff."""
    columns = ["from", "to", "caseworkers_from", "caseworkers_to", "measure", "value", "low", "high", "unit"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["caseworkers_from", "caseworkers_to"], kind="stable", ignore_index=True)
