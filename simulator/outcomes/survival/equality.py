"""Tests of whether groups leave alike: by any door, or by each."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from simulator.outcomes.survival.columns import (
    Column,
    Numbers,
    SpellsError,
    all_of,
    check_number,
    listed,
    one_of,
)
from simulator.outcomes.survival.counts import (
    ROUNDING,
    Counts,
    Floats,
    Spells,
    columns_or_counts,
    tally,
    with_doors,
)

POWER = "a power of 0 or above"
Weighting = Literal["log-rank", "gehan-breslow", "tarone-ware", "peto", "fleming-harrington"]
WEIGHTINGS = ("log-rank", "gehan-breslow", "tarone-ware", "peto", "fleming-harrington")
ALSO_CALLED = {
    "mantel": "log-rank", "mantel-cox": "log-rank", "mantel-haenszel": "log-rank",
    "gehan": "gehan-breslow", "breslow": "gehan-breslow", "wilcoxon": "gehan-breslow",
    "gehan-wilcoxon": "gehan-breslow", "generalized-wilcoxon": "gehan-breslow", "gb": "gehan-breslow",
    "tarone": "tarone-ware", "tw": "tarone-ware", "peto-peto": "peto", "peto-prentice": "peto",
    "prentice": "peto", "fleming": "fleming-harrington", "harrington-fleming": "fleming-harrington",
    "fh": "fleming-harrington", "g-rho": "fleming-harrington",
}  # fmt: skip
"""Names that the same weights have elsewhere."""

MOST_GROUPS, MOST_CELLS = 1_000, 50_000_000
"""Groups, and numbers in one table, beyond which a test is not attempted: it compares classes."""

FEWEST_EXITS, PART_SPARSE = 10, 1 / 5
"""Groups are compared if no more than a fifth of them, or one, expects fewer exits than ten; two in any case.

The rule is that of Cochran (1954, Biometrics 10, 417-451) for contingency tables, his five doubled: in
samples of geometric spells, all alike and none censored, the log-rank test at the level of 5 % rejected 9 %
with three groups of ten and 11 % with thirty of twenty, but 28 % with thirty of eight and 95 % with a hundred
of three.
"""


def log_rank(
    weeks: Spells,
    exited: Column | None = None,
    groups: Column | None = None,
    entry: Column | None = None,
    weighting: Weighting = "log-rank",
    *,
    rho: float | None = None,
    gamma: float | None = None,
) -> pd.DataFrame:
    """Test whether all groups have the same hazard of leaving in every week.

    Parameters
    ----------
    weeks, exited, groups, entry
        As in `kaplan_meier`; groups are needed.
    weighting : {"log-rank", "gehan-breslow", "tarone-ware", "peto", "fleming-harrington"}
        Weight of a week: 1 (Mantel 1966), the number at risk, its square root, the survival of Peto & Peto
        (1972), or S^rho (1 - S)^gamma with S the pooled Kaplan-Meier survival before the week (Fleming &
        Harrington 1991). The later ones of the first four look more at early weeks than the first.
    rho, gamma : float
        Powers of the last, 0 or above, and of no other; 1 and 0, the default, look at early, 0 and 1 at late
        weeks.

    Returns
    -------
    pandas.DataFrame
        One row with `weighting, statistic, degrees, p_value`: chi-squared with as many degrees of freedom as
        there are groups in which an exit could be expected, less one; the p-value is missing if there is
        nothing to compare, as when nobody leaves.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also with fewer than two groups, with groups in which too few leave to compare so
        many, with sampling weights, or with powers that are not those of the weighting.

    Examples
    --------
    >>> test = log_rank([1, 2, 3, 4, 5, 6], [True] * 6, ["a", "a", "a", "b", "b", "b"])
    >>> test["statistic"].round(4).item(), test["degrees"].item()
    (5.0517, 1)
    """
    kind, powers, (at_risk, exits) = all_of(
        lambda: one_of("weighting", weighting, WEIGHTINGS, ALSO_CALLED),
        lambda: _powers(weighting, rho, gamma),
        lambda: _by_group(columns_or_counts(weeks, exited=exited, groups=groups, entry=entry)),
    )
    exits = exits.sum(axis=2)
    there = at_risk.sum(axis=1) > 0
    at_risk, exits = at_risk[there], exits[there]
    everybody, leaving = at_risk.sum(axis=1), exits.sum(axis=1)
    weight = _weights(kind, everybody, leaving, powers)
    share = at_risk / everybody[:, None]
    score = weight @ (exits - leaving[:, None] * share)
    spread = weight**2 * leaving * (everybody - leaving) / np.maximum(everybody - 1, 1)
    covariance = np.diag(spread @ share) - np.einsum("t,ti,tj->ij", spread, share, share)
    table = pd.DataFrame([_chi_squared(score, covariance, (leaving @ share) > 0)])
    table.insert(0, "weighting", kind)
    return table


def gray_test(
    weeks: Spells,
    door: Column | None = None,
    groups: Column | None = None,
    rho: float = 0.0,
) -> pd.DataFrame:
    """Test for each door whether all groups have the same cumulative incidence (Gray 1988).

    Parameters
    ----------
    weeks, groups
        As in `kaplan_meier`; groups are needed.
    door : array-like of int or str, shape (spells,)
        As in `cumulative_incidence`.
    rho : float
        Power of 1 - incidence, by which a week is weighted; 0 or above.

    Returns
    -------
    pandas.DataFrame
        Columns `door, statistic, degrees, p_value`, a row a door: chi-squared with one degree of freedom less
        than groups. Doors are those of `cumulative_incidence`; of one that nobody takes the p-value is
        missing. Statistic and p-value are missing where they cannot be reckoned: with heavy censoring the
        estimate of the incidence of all groups together can pass one; what is left is then below nought,
        where a broken power `rho` has no value, or nought, by which the variance divides.

    Raises
    ------
    SpellsError
        As `cumulative_incidence`; also with fewer than two groups, with groups in which too few leave to
        compare so many, with sampling weights, or with late entry: whoever left by another door stays at risk
        of this one, and how many of them would have been watched by then takes weights that Gray's test does
        not have.

    References
    ----------
    Gray, R. J. (1988). A class of K-sample tests for comparing the cumulative incidence of a competing risk.
    Annals of Statistics 16, 1141-1154.

    Examples
    --------
    >>> weeks, doors = [1, 2, 3, 4, 5, 6], ["work", "work", "study", "study", "work", "work"]
    >>> gray_test(weeks, doors, ["a", "a", "a", "b", "b", "b"])["door"].tolist()
    ['study', 'work']
    """
    _, counts = all_of(
        lambda: check_number("rho", rho, np.inf, POWER, nought=True),
        lambda: with_doors(columns_or_counts(weeks, door=door, groups=groups)),
    )
    if np.any(counts.cells.entry > 0):
        raise SpellsError(
            "entry: Gray's test is not defined for spells watched from a later week on; use log_rank on the "
            "exits by each door, or compare incidences with their intervals"
        )
    at_risk, exits = _by_group(counts, squared=True)
    rows = []
    for number, label in enumerate(counts.doors):
        own = exits[:, :, number]
        with np.errstate(all="ignore"):  # what cannot be reckoned is told as missing
            score, covariance = _gray(at_risk, own, exits.sum(axis=2) - own, rho)
        rows.append({"door": label, **_chi_squared(score, covariance, np.ones(len(score), bool))})
    return pd.DataFrame(rows, columns=["door", "statistic", "degrees", "p_value"])


def _powers(weighting: str, rho: float | None, gamma: float | None) -> tuple[float, float]:
    """Return the powers of Fleming and Harrington's weights."""
    given = {name: value for name, value in (("rho", rho), ("gamma", gamma)) if value is not None}
    if given and weighting in WEIGHTINGS and weighting != "fleming-harrington":
        raise SpellsError(*(f"{name}: goes with the weighting 'fleming-harrington' only" for name in given))
    all_of(*(partial(check_number, *one, np.inf, POWER, nought=True) for one in given.items()))
    return float(1.0 if rho is None else rho), float(0.0 if gamma is None else gamma)


def _by_group(counts: Counts, *, squared: bool = False) -> tuple[Numbers, Numbers]:
    """Return who is at risk (weeks, groups) and who leaves (weeks, groups, doors), over all weeks."""
    groups = len(counts.labels)
    if groups <= 1:
        raise SpellsError("groups: a test compares at least two")
    cells = len(counts.weeks) * groups * (groups if squared else len(counts.doors) + 1)
    if groups > MOST_GROUPS or cells > MOST_CELLS:
        raise SpellsError(
            f"groups: {groups:,} over {len(counts.weeks):,} weeks are too many to test; "
            "cut numbers into classes"
        )
    if counts.weighted:
        raise SpellsError("weights: a test takes no sampling weights; use cox with weights")
    edges = np.searchsorted(counts.group, np.arange(groups + 1))
    parts = []
    for first, last in pairwise(edges):
        own = type(counts.cells)(*(column[first:last] for column in counts.cells))
        parts.append(tally(own, len(counts.weeks), len(counts.doors)))
    at_risk, exits = np.stack([part[0] for part in parts], 1), np.stack([part[1] for part in parts], 1)
    _check_exits(at_risk, exits.sum(axis=(1, 2)), [str(label) for label in counts.labels])
    return at_risk, exits


def _check_exits(at_risk: Numbers, leaving: Numbers, labels: list[str]) -> None:
    """Raise SpellsError if in too many groups too few are expected to leave, were all alike."""
    expected = leaving @ (at_risk / np.maximum(at_risk.sum(axis=1, keepdims=True), 1))
    sparse = [label for label, exits in zip(labels, expected, strict=True) if 0 < exits < FEWEST_EXITS]
    if len(sparse) > max(1, PART_SPARSE * len(labels)) and len(labels) > 2:  # noqa: PLR2004  (two groups do)
        raise SpellsError(
            f"groups: of {len(labels):,}, {len(sparse):,} would have fewer than {FEWEST_EXITS} exits were "
            f"all alike ({listed(sparse)}), which are too few for a test; join groups"
        )


def _weights(kind: str, at_risk: Numbers, exits: Numbers, powers: tuple[float, float]) -> Floats:
    before = np.concatenate([[1.0], np.cumprod(1 - exits / at_risk)[:-1]])
    weights = {
        "log-rank": np.ones(len(exits)),
        "gehan-breslow": at_risk.astype(float),
        "tarone-ware": np.sqrt(at_risk),
        "peto": np.cumprod(1 - exits / (at_risk + 1)),
        "fleming-harrington": before ** powers[0] * np.maximum(1 - before, 0) ** powers[1],
    }
    return weights[kind]


def _chi_squared(score: Floats, covariance: Floats, counted: Numbers) -> dict[str, float]:
    """Return the statistic over all groups that count but the first, with its p-value."""
    from scipy.stats import chi2  # noqa: PLC0415  (takes a second to import)

    use = np.flatnonzero(counted)[1:]
    if not len(use):
        return {"statistic": 0.0, "degrees": 0, "p_value": np.nan}
    if not (np.isfinite(score).all() and np.isfinite(covariance).all()):
        return {"statistic": np.nan, "degrees": len(use), "p_value": np.nan}
    within = covariance[np.ix_(use, use)]
    if not np.any(np.abs(within) > ROUNDING):
        return {"statistic": 0.0, "degrees": len(use), "p_value": np.nan}
    statistic = float(score[use] @ np.linalg.lstsq(within, score[use])[0])
    return {"statistic": statistic, "degrees": len(use), "p_value": float(chi2.sf(statistic, len(use)))}


def _gray(at_risk: Numbers, own: Numbers, other: Numbers, rho: float) -> tuple[Floats, Floats]:
    """Return score and covariance of all groups, for exits by one door and by others (weeks, groups)."""
    if not own.any():
        return np.zeros(own.shape[1]), np.zeros((own.shape[1], own.shape[1]))
    happens = (own + other).sum(axis=1) > 0
    at_risk, own, other = at_risk[happens].astype(float), own[happens], other[happens]
    there = at_risk > 0
    hazard = np.divide(own + other, at_risk, out=np.zeros_like(at_risk), where=there)
    after = np.cumprod(1 - hazard, axis=0)
    before = np.vstack([np.ones(after.shape[1]), after[:-1]])
    by_door = before * np.divide(own, at_risk, out=np.zeros_like(at_risk), where=there)
    left = np.cumsum(by_door, axis=0) - by_door
    sample = np.divide(at_risk, before, out=np.zeros_like(at_risk), where=there)
    total, leaving = sample.sum(axis=1), own.sum(axis=1)
    pooled = np.cumsum(leaving / total)
    remaining = 1 - np.concatenate([[0.0], pooled[:-1]])
    compared = there.sum(axis=1) > 1  # what one group does alone, when the others are over, says nothing
    weight = np.where(compared, remaining**rho, 0.0)
    still = sample * (1 - left)
    score = weight @ (own - leaving[:, None] * still / np.maximum(still.sum(axis=1), ROUNDING)[:, None])
    part = sample / total[:, None]
    pull = weight[:, None, None] * sample[:, :, None] * (np.eye(part.shape[1]) - part[:, None, :])
    rate = np.divide(leaving, total * remaining, out=np.zeros_like(total), where=compared)
    grown = np.cumsum(pull * rate[:, None, None], axis=0)
    ahead = grown[-1] - grown
    gone = np.divide((1 - pooled)[:, None], after, out=np.zeros_like(after), where=after > 0)
    one = pull + (1 - gone)[:, None, :] * ahead
    two = gone[:, None, :] * ahead
    return score, _spread(one, _noise_own(before, at_risk, total, leaving)) + _spread(
        two, _noise_other(before, at_risk, other, after)
    )


def _spread(pull: Floats, noise: Floats) -> Floats:
    covariance: Floats = np.einsum("tk,tik,tjk->ij", noise, pull, pull)
    return covariance


def _noise_own(before: Floats, at_risk: Floats, total: Floats, leaving: Numbers) -> Floats:
    """Return the variance of each group's exits by the door, were all groups alike, drawn without return."""
    size = np.maximum(total[:, None] * before - 1, ROUNDING)
    tied = np.where(leaving[:, None] > 1, 1 - (leaving[:, None] - 1) / size, 1.0)
    spread = tied * before * leaving[:, None] / total[:, None]
    return np.divide(spread, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)


def _noise_other(before: Floats, at_risk: Floats, other: Numbers, after: Floats) -> Floats:
    tied = 1 - (other - 1) / np.maximum(at_risk - 1, 1)
    tied = np.where(other > 1, tied, 1.0)
    spread = tied * before**2 * other
    return np.divide(spread, at_risk**2, out=np.zeros_like(at_risk), where=(after > 0) & (other > 0))
