"""Claims about runs, and whether they hold: paired replications, intervals shared out among the claims.

A pattern makes one or more claims. Each is tried with Student's t over paired replications at a level such
that all claims of the pattern hold together with the stated confidence (Bonferroni). A claim that one arm is
below another *holds* if the interval of the difference lies above zero, is *contradicted* if it lies below,
and is *undecided* else; "not above" holds unless contradicted; "within" holds if the interval lies inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from simulator.outcomes.intervals import half_width

HOLDS, CONTRADICTED, UNDECIDED, REPORTED = "holds", "contradicted", "undecided", "reported"

Values = Mapping[tuple[str, str], np.ndarray]
"""What a measure gave in an arm, one number a replication, by names of measure and arm."""


@dataclass(frozen=True)
class Result:
    """What came out for one claim."""

    words: str
    value: float
    low: float
    high: float
    verdict: str


class Claim(Protocol):
    """Something that can turn out to hold."""

    def judge(self, values: Values, level: float) -> Result:
        """Return what came out, with an interval of this coverage."""


@dataclass(frozen=True)
class Less:
    """A number is smaller than another (or, unless strict, at least not larger); each a measure in an arm."""

    first: tuple[str, str]
    second: tuple[str, str]
    strict: bool = True

    def judge(self, values: Values, level: float) -> Result:
        """Return the paired difference, second less first."""
        mean, low, high = interval(values[self.second] - values[self.first], level)
        verdict = HOLDS if low > 0.0 or (not self.strict and high >= 0.0) else UNDECIDED
        return Result(self._words(), mean, low, high, CONTRADICTED if high < 0.0 else verdict)

    def _words(self) -> str:
        sign = "<" if self.strict else "<="
        (measure, arm), (other, other_arm) = self.first, self.second
        if measure == other:
            return f"{measure}: {arm} {sign} {other_arm}"
        return f"{measure} {sign} {other}" + ("" if arm == other_arm else f" ({arm}, {other_arm})")


@dataclass(frozen=True)
class Within:
    """A measure lies in a band in one arm."""

    measure: str
    arm: str
    least: float
    most: float

    def judge(self, values: Values, level: float) -> Result:
        """Return the mean over replications."""
        mean, low, high = interval(values[self.measure, self.arm], level)
        inside, outside = self.least <= low <= high <= self.most, high < self.least or low > self.most
        words = f"{self.measure}: {self.arm} between {self.least:g} and {self.most:g}"
        return Result(words, mean, low, high, HOLDS if inside else CONTRADICTED if outside else UNDECIDED)


@dataclass(frozen=True)
class Reported:
    """A measure in one arm of which nothing is claimed."""

    measure: str
    arm: str

    def judge(self, values: Values, level: float) -> Result:
        """Return the mean over replications."""
        return Result(
            f"{self.measure}: {self.arm}", *interval(values[self.measure, self.arm], level), REPORTED
        )


def interval(values: np.ndarray, level: float) -> tuple[float, float, float]:
    """Return mean and interval over replications (Student's t); equal values have no width."""
    present = values[~np.isnan(values)]
    if not len(present):
        return float("nan"), float("-inf"), float("inf")
    mean, half = float(present.mean()), half_width(present, level)
    half = float("inf") if np.isnan(half) else half
    return mean, mean - half, mean + half


def judge_all(claims: Sequence[Claim], values: Values, confidence: float) -> pd.DataFrame:
    """Return claim, value, low, high, verdict of all claims, which hold together with this confidence."""
    level = 1.0 - 2.0 * (1.0 - confidence) / max(1, len(claims))  # one-sided tests, two-sided intervals
    return pd.DataFrame(
        [
            {"claim": r.words, "value": r.value, "low": r.low, "high": r.high, "verdict": r.verdict}
            for r in (claim.judge(values, level) for claim in claims)
        ]
    )


def verdict_of(table: pd.DataFrame) -> str:
    """Return whether a pattern holds, as all of its claims do, or is contradicted, as at least one is."""
    verdicts = set(table["verdict"])
    if verdicts == {REPORTED}:
        return REPORTED
    if verdicts <= {HOLDS, REPORTED}:
        return HOLDS
    return CONTRADICTED if CONTRADICTED in verdicts else UNDECIDED
