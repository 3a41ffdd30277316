"""As many replications as one interval needs: Stein's two stages, without a bias from stopping early.

Whoever looks after each replication, and stops as soon as the interval is narrow, stops too often when the
spread happens to look small, and the interval then holds less often than it says. Here the spread is
measured once, in a first stage; it fixes the number of replications, and the interval is made with the
spread of that first stage alone. Its coverage is exact for normally distributed replications, whatever
their spread, and its half-width is at most the one wished. The price is a number of replications that is
somewhat larger than if the spread were known.

References
----------
Stein (1945), A two-sample test for a linear hypothesis whose power is independent of the variance. Annals
of Mathematical Statistics 16(3), 243-258.
Law (2015), Simulation Modeling and Analysis, 5th ed., section 9.4: what sequential stopping does to coverage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from simulator.errors import Mistake, SettingsError, nearest
from simulator.outcomes.summary import replication_outcomes
from simulator.parameters import Precision

Values = NDArray[np.float64]

SHOWN = 4
"""Outcomes that a message names."""

LEVEL = 0.95
"""Coverage of the interval that has to be narrow."""


@dataclass(frozen=True)
class Spent:
    """What was wished of one outcome, what it took, and what came out.

    Attributes
    ----------
    outcome : str
        Name of the outcome.
    wished : float
        Half-width that its interval may have.
    first, replications : int
        Replications of the first stage, and of both together.
    wanted : int
        Replications that the wish needs; more than `replications` if it was given up.
    value, low, high : float
        Mean over all replications, and Stein's interval.
    """

    outcome: str
    wished: float
    first: int
    replications: int
    wanted: int
    value: float
    low: float
    high: float

    @property
    def is_reached(self) -> bool:
        """Whether the interval is as narrow as wished."""
        return self.wanted <= self.replications

    def record(self) -> dict[str, Any]:
        """Return everything as plain values, for the manifest."""
        return {**asdict(self), "reached": self.is_reached}


def replications_wanted(first: Values, half_width: float, level: float = LEVEL) -> int:
    """Return how many replications make an interval narrow enough, judged by those of a first stage.

    Parameters
    ----------
    first : array of float, shape (replications,)
        The outcome in each replication of the first stage, at least two.
    half_width : float
        Half the width that the interval may have.
    level : float
        Its coverage.
    """
    return max(len(first), math.ceil((_quantile(len(first), level) * first.std(ddof=1) / half_width) ** 2))


def _quantile(replications: int, level: float) -> float:
    return float(stdtrit(replications - 1, 0.5 + level / 2.0))


def stages(first: Values, wish: Precision) -> int:
    """Return the number of replications in all, no more than the wish allows."""
    assert wish.half_width is not None
    return min(replications_wanted(first, wish.half_width), wish.most)


def spent_on(values: Values, first: int, wish: Precision, level: float = LEVEL) -> Spent:
    """Return what came out of both stages.

    Parameters
    ----------
    values : array of float, shape (replications,)
        The outcome in each replication, those of the first stage before the others.
    first : int
        Replications of the first stage.
    wish : Precision
        What was wished.
    level : float
        Coverage of the interval.
    """
    assert wish.outcome is not None
    assert wish.half_width is not None
    spread = values[:first].std(ddof=1)
    half = float(_quantile(first, level) * spread / math.sqrt(len(values)))
    mean = float(values.mean())
    wanted = replications_wanted(values[:first], wish.half_width, level)
    return Spent(wish.outcome, wish.half_width, first, len(values), wanted, mean, mean - half, mean + half)


def values_of(spells: pd.DataFrame, weekly: pd.DataFrame, outcome: str) -> Values:
    """Return an outcome of each replication, in their order.

    Raises
    ------
    SettingsError
        If the run has no such outcome, or not in every replication.
    """
    table = replication_outcomes(spells, weekly)
    names = list(dict.fromkeys(table["outcome"]))
    if outcome not in names:
        near = nearest(outcome, names)
        problem = f"'{outcome}' is not an outcome of this run"
        raise SettingsError([Mistake("precision.outcome", problem, _few(names), near)])
    own = table[table["outcome"] == outcome].set_index("replication")["value"]
    values = own.reindex(sorted(weekly["replication"].unique())).to_numpy(float)
    if np.isnan(values).any():
        problem = f"'{outcome}' is missing in {np.isnan(values).sum()} of {len(values)} replications"
        raise SettingsError([Mistake("precision.outcome", problem, "an outcome that every replication has")])
    return values


def _few(names: Sequence[str]) -> str:
    """Return the first names of many."""
    return f"an outcome as summary.csv names it, such as: {'; '.join(names[:SHOWN])}"


def spent_text(spent: Mapping[str, Any]) -> str:
    """Return in one line what a wish took, from its record."""
    half = (spent["high"] - spent["low"]) / 2.0
    reached = "as narrow as" if spent["reached"] else "not as narrow as"
    more = "" if spent["reached"] else f"; that would take {spent['wanted']:,} (precision.most)"
    return (
        f"Precision: {spent['outcome']} {spent['value']:.4g} ± {half:.3g}, {reached} the wished "
        f"± {spent['wished']:g}, with {spent['replications']:,} replications "
        f"({spent['first']} of them to measure the spread){more}."
    )
