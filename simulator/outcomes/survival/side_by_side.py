"""Curves of many groups at once, without intervals: for outcomes of hundreds of replications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.outcomes.survival.columns import SpellsError
from simulator.outcomes.survival.counts import ROUNDING, Counts, Floats


class Curves(NamedTuple):
    """Survival and incidence of every group after each week in which something happened in any.

    `week` has shape (weeks,), `survival` (groups, weeks), `incidence` (groups, weeks, doors); `last` is the
    last week in which each group was watched, shape (groups,).
    """

    week: Floats
    survival: Floats
    incidence: Floats
    last: Floats

    def at(self, week: float) -> int:
        """Return the place of the last week up to this one."""
        return int(np.searchsorted(self.week, week, side="right")) - 1

    def first_at_most(self, share: float) -> Floats:
        """Return the first week in which each group's survival is at most so much, NaN if it never is."""
        below = self.survival <= share
        return np.where(below.any(axis=1), self.week[below.argmax(axis=1)], np.nan)

    def mean_within(self, horizon: float) -> Floats:
        """Return each group's mean weeks within a horizon, as `restricted_mean`.

        Added up by exits and not by strips, so that weeks of other groups change no bit.
        """
        end = self.at(horizon) + 1
        exits = -np.diff(self.survival[:, :end], axis=1, prepend=1.0)
        mean = np.cumsum(exits * self.week[:end], axis=1)[:, -1] + horizon * self.survival[:, end - 1]
        unknown = (self.last < horizon) & (self.survival[:, -1] > 0)
        return np.where(unknown, np.nan, mean)


def side_by_side(counts: Counts) -> Curves:
    """Return what `kaplan_meier` and `cumulative_incidence` estimate for each group, without intervals.

    Parameters
    ----------
    counts : Counts
        Spells counted by group; every group has at least one.

    Raises
    ------
    SpellsError
        If spells have sampling weights.

    Examples
    --------
    >>> from simulator.outcomes.survival import count_spells
    >>> counts = count_spells([1, 2, 2, 3, 1], ["work", "study", None, "work", None], groups=list("aaaab"))
    >>> side_by_side(counts).survival.tolist()
    [[1.0, 0.75, 0.5, 0.0], [1.0, 1.0, 1.0, 1.0]]
    """
    if counts.weighted:
        raise SpellsError("counts: sampling weights are not taken here; kaplan_meier takes them")
    at_risk, exits = _tally(counts)
    divisor = np.where(at_risk > 0, at_risk, 1)
    hazard = exits.sum(axis=2) / divisor
    survival = np.cumprod(1 - np.where(hazard > 1 - ROUNDING, 1.0, hazard), axis=1)
    before = np.concatenate([np.ones((len(survival), 1)), survival[:, :-1]], axis=1)
    incidence = np.cumsum(before[:, :, None] * (exits / divisor[:, :, None]), axis=1)
    last = np.zeros(len(counts.labels), counts.weeks.dtype)
    np.maximum.at(last, counts.group, counts.weeks[counts.cells.end])
    return Curves(counts.weeks, survival, incidence, last)


def _tally(counts: Counts) -> tuple[Floats, Floats]:
    """Return how many are at risk (groups, weeks) and leave by each door (groups, weeks, doors)."""
    cells, groups, weeks, doors = counts.cells, len(counts.labels), len(counts.weeks), len(counts.doors)

    def number_at(place: Floats, *shape: int) -> Floats:
        return np.bincount(place, cells.number, int(np.prod(shape))).astype(np.int64).reshape(shape)

    first = counts.group * weeks
    exits = number_at((first + cells.end) * (doors + 1) + cells.door, groups, weeks, doors + 1)[:, :, 1:]
    entered, left = (number_at(first + place, groups, weeks) for place in (cells.entry, cells.end))
    at_risk = np.cumsum(entered - left, axis=1) - (entered - left)
    at_risk[:, 0] = entered[:, 0]
    return at_risk, exits
