"""Proportional hazards: by how much a covariate multiplies the hazard of leaving, in every week alike.

The partial likelihood is that of Efron. Alike spells are put together first, and risk sets are running sums
over weeks, so that a million weekly spells with a few covariates cost no more than their different kinds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from simulator.outcomes.survival.columns import Numbers, SpellsError, all_of, check_level, listed, verb
from simulator.outcomes.survival.counts import Floats
from simulator.outcomes.survival.design import TOLERANCE, Design, Names, Roles, about_middle, build_design

STEPS, HALVINGS = 50, 20
CLOSE = 1e-13
"""Relative change of the log-likelihood at which the search ends."""
LARGEST_LOG = 700.0
"""Logarithm beyond which a ratio is no longer a number."""
DRAINED = 1e-6
"""What is left of the information at no effect, where an estimate runs away: all exits are on one side."""
PART = 0.05
"""A covariate with a smaller part than this of the largest has nothing to do with a direction."""


def cox(
    table: pd.DataFrame,
    weeks: str = "weeks",
    exited: str = "exited",
    covariates: Names = (),
    entry: str | None = None,
    cluster: Names = None,
    *,
    strata: Names = None,
    weights: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate hazard ratios by Cox's regression with Efron's treatment of ties.

    Parameters
    ----------
    table : DataFrame
        One row a spell.
    weeks, exited : str
        Names of the columns with the weeks of a spell and whether it ended.
    covariates : str or sequence of str
        Columns: numbers (and true or false) enter as they are; of words, each but the first in order has a
        hazard ratio of its own, against the first.
    entry : str, optional
        Column with the week of the spell in which watching began (left truncation).
    cluster : str or sequence of str, optional
        Columns that together say which spells belong together, such as `["replication", "client"]` for a
        person or `"replication"`. Standard errors then allow for it (the sandwich of Lin & Wei 1989), and
        intervals and tests are Student's t with one degree of freedom less than clusters. They are still too
        narrow with fewer than some dozens; fewer than three, or than covariates and one, are refused.
    strata : str or sequence of str, optional
        Columns within whose combinations the baseline hazard is its own.
    weights : str, optional
        Column of sampling weights, whole or not; standard errors are the sandwich's, each spell a cluster of
        its own unless `cluster` is given.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        Columns `covariate, coefficient, se, hazard_ratio, low, high, z, p_value`, one row a covariate.
        `attrs` holds `spells`, `exits`, `clusters` (None without them), `log_likelihood`,
        `log_likelihood_null` and `covariance` (a list of rows).

    Raises
    ------
    SpellsError
        If a column is not there, holds missing or impossible values, does not vary or follows from others;
        if nobody leaves, there are too few clusters, or a hazard ratio has no finite estimate.

    References
    ----------
    Efron, B. (1977). The efficiency of Cox's likelihood function for censored data. JASA 72, 557-565.
    Lin, D. Y. & Wei, L. J. (1989). The robust inference for the Cox proportional hazards model. JASA 84,
    1074-1078.

    Examples
    --------
    >>> table = pd.DataFrame({"weeks": [1, 2, 3, 4, 5, 6], "exited": 1, "plan": [1, 0, 1, 1, 0, 0]})
    >>> cox(table, covariates=["plan"])["hazard_ratio"].round(2).tolist()
    [4.03]
    """
    roles = Roles(weeks, exited, covariates, entry, strata, cluster, weights)
    _, whole = all_of(lambda: check_level(level), lambda: build_design(table, roles))
    design, _, unit = about_middle(whole)
    risk = _risk_sets(design)
    beta, state, null = _maximise(design, risk)
    covariance = np.linalg.inv(state.information)
    if design.cluster is not None:
        with np.errstate(all="ignore"):  # what is beyond all numbers is told below, as an error
            covariance = _sandwich(design, risk, beta, covariance)
    clusters = None if cluster is None else count_clusters(design)
    with np.errstate(all="ignore"):
        beta, covariance = beta / unit, covariance / np.outer(unit, unit)
    result = coefficients(design.names, beta, covariance, level, "hazard_ratio", clusters)
    result.attrs = {
        "spells": len(design.cell),
        "exits": int(np.sum(design.number * design.exited)),
        "clusters": clusters,
        "log_likelihood": float(state.log_likelihood),
        "log_likelihood_null": float(null),
        "covariance": covariance.tolist(),
    }
    return result


def count_clusters(design: Design) -> int:
    """Return how many clusters there are; without any, each spell is one."""
    return len(design.cell) if design.cluster is None else int(design.cluster.max()) + 1


def coefficients(
    names: list[str], beta: Floats, covariance: Floats, level: float, ratio: str, clusters: int | None
) -> pd.DataFrame:
    """Return a table of coefficients with their ratio, interval and test: normal, or Student's t of clusters.

    Raises
    ------
    SpellsError
        If a ratio or its interval is too large to be written.
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit  # noqa: PLC0415  (not needed by a run)

    with np.errstate(all="ignore"):
        error = np.sqrt(np.diag(covariance))
        score, share = beta / error, (1 + level) / 2
    z = ndtri(share) if clusters is None else stdtrit(clusters - 1, share)
    below = ndtr(-np.abs(score)) if clusters is None else stdtr(clusters - 1, -np.abs(score))
    far = [name for name, at in zip(names, np.abs(beta) + z * error, strict=True) if not at <= LARGEST_LOG]
    if far:
        raise SpellsError(
            f"covariates: {listed(far)} {verb(far, 'have')} a ratio for one unit, or an interval of it, "
            "beyond all numbers; take another unit, in which values differ by about one"
        )
    columns = {
        "covariate": names, "coefficient": beta, "se": error, ratio: np.exp(beta),
        "low": np.exp(beta - z * error), "high": np.exp(beta + z * error), "z": score,
        "p_value": 2 * below,
    }  # fmt: skip
    return pd.DataFrame(columns)


class _Risk(NamedTuple):
    """Weeks of exits, in order of strata, and between which of them each cell is at risk.

    `first` and `last` are places of weeks, (cells,), at risk in [first, last]; `gone` the cells that
    left; `deaths` the number of exits in each week, (weeks,); `mean_weight` their mean weight; `turn` and
    `share` list for every exit its week and the share of those tied with it that has gone before, in Efron's
    reckoning.
    """

    first: Numbers
    last: Numbers
    gone: Numbers
    deaths: Numbers
    mean_weight: Floats
    turn: Numbers
    share: Floats


def _risk_sets(design: Design) -> _Risk:
    ended = design.exited == 1
    if not ended.any():
        raise SpellsError("exited: nobody leaves, so that no hazards can be compared")
    moments, times = pd.factorize(np.concatenate([design.begin, design.end]), sort=True)
    begin, end = (place + len(times) * design.stratum for place in np.split(moments, 2))
    grid = np.unique(end[ended])
    last = np.searchsorted(grid, end, side="right") - 1
    first = np.searchsorted(grid, begin, side="right")
    gone = np.flatnonzero(ended)
    deaths = np.bincount(last[gone], design.number[gone], len(grid)).astype(np.int64)
    weight = np.bincount(last[gone], (design.number * design.weight)[gone], len(grid))
    turn = np.repeat(np.arange(len(grid)), deaths)
    share = (np.arange(len(turn)) - np.repeat(np.cumsum(deaths) - deaths, deaths)) / deaths[turn]
    return _Risk(first, last, gone, deaths, weight / deaths, turn, share)


class _State(NamedTuple):
    log_likelihood: float
    score: Floats
    information: Floats


class _Sums(NamedTuple):
    """Over those at risk and those who leave in each week, and over Efron's shares of the latter."""

    all: Floats
    tied: Floats
    hazard: list[Numbers]
    square: list[Numbers]


def _sums(design: Design, risk: _Risk, beta: Floats) -> tuple[_Sums, Floats, float]:
    """Return sums of relative hazards times 1, x; relative hazards; log denominators."""
    eta = design.x @ beta
    relative = np.exp(eta - eta.mean())
    mass = design.number * design.weight * relative
    columns = np.column_stack([mass, mass[:, None] * design.x])
    everybody, tied = _at_risk(columns, risk), _leaving(columns, risk)
    left = everybody[risk.turn, 0] - risk.share * tied[risk.turn, 0]
    weight = risk.mean_weight[risk.turn]
    size = len(risk.deaths)
    hazard = [np.bincount(risk.turn, weight * risk.share**k / left, size) for k in range(2)]
    square = [np.bincount(risk.turn, weight * risk.share**k / left**2, size) for k in range(3)]
    return (
        _Sums(everybody, tied, hazard, square),
        relative,
        float(weight @ np.log(left)) + eta.mean() * weight.sum(),
    )


def _evaluate(design: Design, risk: _Risk, beta: Floats) -> _State:
    """Return log partial likelihood, its slope and minus its curvature."""
    sums, relative, denominator = _sums(design, risk, beta)
    mass = design.number * design.weight
    gone = mass[risk.gone] @ design.x[risk.gone]
    (whole, part), (b0, b1, b2) = sums.hazard, sums.square
    one, own = sums.all[:, 1:], sums.tied[:, 1:]
    score = gone - whole @ one + part @ own
    mixed = np.einsum("t,ti,tj->ij", b1, one, own)
    information = -(one.T * b0) @ one + mixed + mixed.T - (own.T * b2) @ own
    grown = np.append(0.0, np.cumsum(whole))
    held = mass * relative * (grown[risk.last + 1] - grown[risk.first])
    held[risk.gone] -= (mass * relative)[risk.gone] * part[risk.last[risk.gone]]
    information += (design.x.T * held) @ design.x
    return _State(float(gone @ beta) - denominator, score, information)


def _at_risk(columns: Floats, risk: _Risk) -> Floats:
    """Return sums over those at risk in each week of exits, shape (weeks, columns)."""
    size = len(risk.deaths)
    there = risk.last >= risk.first
    last, first = risk.last[there], risk.first[there] - 1
    sums = []
    for column in columns.T:
        own = column[there]
        ends = np.bincount(last, own, size)
        begins = np.bincount(first[first >= 0], own[first >= 0], size)
        sums.append(np.cumsum((ends - begins)[::-1])[::-1])
    return np.column_stack(sums)


def _leaving(columns: Floats, risk: _Risk) -> Floats:
    at = risk.last[risk.gone]
    return np.column_stack([np.bincount(at, column[risk.gone], len(risk.deaths)) for column in columns.T])


def _maximise(design: Design, risk: _Risk) -> tuple[Floats, _State, float]:
    """Return the coefficients at which the likelihood is highest, by Newton's steps."""
    beta = np.zeros(len(design.names))
    with np.errstate(all="ignore"):
        state = _evaluate(design, risk, beta)
        null, at_rest = state.log_likelihood, state.information
        for _ in range(STEPS):
            if not np.all(np.isfinite(state.information)) or not np.all(np.isfinite(state.score)):
                break
            step = np.linalg.lstsq(state.information, state.score)[0]
            for _ in range(HALVINGS):
                tried = _evaluate(design, risk, beta + step)
                if tried.log_likelihood >= state.log_likelihood - CLOSE * abs(state.log_likelihood):
                    break
                step = step / 2
            change = abs(tried.log_likelihood - state.log_likelihood)
            beta, state = beta + step, tried
            if change <= CLOSE * (1 + abs(state.log_likelihood)):
                break
    check_finite(design.names, state.information, at_rest)
    return beta, state, null


def check_finite(names: list[str], information: Floats, at_rest: Floats) -> None:
    """Raise SpellsError if the likelihood has no maximum, and name the covariates it rises with for ever.

    Parameters
    ----------
    names : list of str
        Covariates.
    information, at_rest : ndarray, shape (covariates, covariates)
        Minus the curvature of the log-likelihood where the search ended, and at no effect. Along a direction
        in which all exits are on one side, nothing is left of it at the end.
    """
    if not np.all(np.isfinite(at_rest)):
        raise SpellsError(f"covariates: {listed(names)} lead to numbers too large to reckon with")
    size = np.sqrt(np.maximum(np.diag(at_rest), 0))
    scale = np.outer(np.where(size > 0, size, 1), np.where(size > 0, size, 1))
    if blind := _along(names, at_rest / scale, np.eye(len(names)), TOLERANCE):
        raise SpellsError(
            f"covariates: {listed(blind)} {verb(blind, 'do')} not vary among those who could leave, or "
            f"{verb(blind, 'follow')} from others"
        )
    known = np.all(np.isfinite(information))
    wild = _along(names, information / scale, at_rest / scale, DRAINED) if known else names
    if wild:
        raise SpellsError(
            f"covariates: {listed(wild)} {verb(wild, 'have')} no finite ratio: all exits are on one side "
            "(perfect separation); join groups, or leave it out"
        )


def _along(names: list[str], information: Floats, whole: Floats, least: float) -> list[str]:
    """Return the covariates along which less information than a share of the whole is there."""
    from scipy.linalg import eigh  # noqa: PLC0415  (not needed by a run)

    shares, directions = eigh(information, whole)
    parts = np.abs(directions[:, shares < least])
    there = (parts > PART * parts.max(axis=0)).any(axis=1)
    return [name for name, own in zip(names, there, strict=True) if own]


def _sandwich(design: Design, risk: _Risk, beta: Floats, inverse: Floats) -> Floats:
    """Return the covariance that allows for spells of one cluster being alike."""
    residuals = _residuals(design, risk, beta) * design.weight[:, None]
    own = residuals[design.cell]
    cluster = design.cluster if design.cluster is not None else np.arange(len(own))
    sums = np.column_stack([np.bincount(cluster, column) for column in own.T])
    influence: Floats = sums @ inverse
    return influence.T @ influence


def _residuals(design: Design, risk: _Risk, beta: Floats) -> Floats:
    """Return each cell's part in the score: what it brings when it leaves, less what is expected of it."""
    sums, relative, _ = _sums(design, risk, beta)
    one, own = sums.all[:, 1:], sums.tied[:, 1:]
    (whole, part), (b0, b1, b2) = sums.hazard, sums.square
    moment = one * b0[:, None] - own * b1[:, None]
    first, last = risk.first, risk.last + 1
    grown = np.append(0.0, np.cumsum(whole))
    pulled = np.vstack([np.zeros(one.shape[1]), np.cumsum(moment, axis=0)])
    residuals = -relative[:, None] * (
        design.x * (grown[last] - grown[first])[:, None] - (pulled[last] - pulled[first])
    )
    at, gone = risk.last[risk.gone], risk.gone
    mean = (one * whole[:, None] - own * part[:, None]) / (risk.deaths * risk.mean_weight)[:, None]
    tied = one * b1[:, None] - own * b2[:, None]
    residuals[gone] += design.x[gone] - mean[at]
    residuals[gone] += relative[gone][:, None] * (design.x[gone] * part[at][:, None] - tied[at])
    return residuals
