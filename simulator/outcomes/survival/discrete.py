"""The hazard of leaving week by week, as a binomial regression over all weeks of all spells (pooled)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from simulator.extras import missing_text
from simulator.outcomes.survival.columns import Numbers, SpellsError, all_of, check_level, one_of
from simulator.outcomes.survival.counts import Floats
from simulator.outcomes.survival.cox import check_finite, coefficients, count_clusters
from simulator.outcomes.survival.design import Design, Names, Roles, about_middle, build_design

LARGEST = 20_000_000
"""Most combinations of covariates and weeks that are counted."""

EDGE = 1e-15
"""How near a hazard comes to 0 and 1."""


def discrete_hazard(
    table: pd.DataFrame,
    weeks: str = "weeks",
    exited: str = "exited",
    covariates: Names = (),
    entry: str | None = None,
    cluster: Names = None,
    *,
    pieces: Sequence[int] | None = None,
    link: Literal["cloglog", "logit"] = "cloglog",
    weights: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate how covariates shift the weekly hazard of leaving, all weeks pooled.

    Needs the extra `survival` (statsmodels).

    Parameters
    ----------
    table, weeks, exited, covariates, entry, cluster, weights, level
        As in `cox`; weeks are whole numbers.
    pieces : sequence of int, optional
        Last weeks of the pieces within which the baseline hazard is constant; whatever comes after the last
        is a piece, too. Without them each week has its own.
    link : {"cloglog", "logit"}
        Complementary log-log, with which ratios are those of proportional hazards observed by the week
        (Prentice & Gloeckler 1978), or logit, with which they are ratios of odds (Cox 1972).

    Returns
    -------
    pandas.DataFrame
        Columns `covariate, coefficient, se, hazard_ratio` (or `odds_ratio`), `low, high, z, p_value`.
        `attrs` holds `spells`, `exits`, `clusters`, `deviance` and `baseline`: the hazard of each piece,
        named by its last week, where all covariates are 0.

    Raises
    ------
    SpellsError
        As `cox`; also if weeks are not whole numbers, or statsmodels is not installed.

    References
    ----------
    Prentice, R. L. & Gloeckler, L. A. (1978). Regression analysis of grouped survival data with application
    to breast cancer data. Biometrics 34, 57-67.

    Examples
    --------
    >>> table = pd.DataFrame({"weeks": [1, 2, 3, 1, 2, 3], "exited": 1, "plan": [1, 1, 0, 1, 0, 0]})
    >>> discrete_hazard(table, covariates=["plan"], pieces=[], link="logit")["odds_ratio"].round(2).tolist()
    [5.0]
    """
    roles = Roles(weeks, exited, covariates, entry, None, cluster, weights)
    kind, _, limits, whole = all_of(
        lambda: one_of("link", link, ("cloglog", "logit")),
        lambda: check_level(level),
        lambda: None if pieces is None else _read_pieces(pieces),
        lambda: build_design(table, roles),
    )
    design, middle, unit = about_middle(whole)
    pool = _pool(design, limits)
    fit = _fit(pool, kind)
    covariance = fit.cov_params()
    if design.cluster is not None:
        covariance = _sandwich(design, pool, fit, covariance)
    number = len(design.names)
    beta, own = np.asarray(fit.params)[pool.steps :], np.asarray(covariance)[-number:, -number:]
    at_nought = np.asarray(fit.params)[: pool.steps] - (middle / unit) @ beta
    ratio = "hazard_ratio" if kind == "cloglog" else "odds_ratio"
    clusters = None if cluster is None else count_clusters(design)
    result = coefficients(design.names, beta / unit, own / np.outer(unit, unit), level, ratio, clusters)
    result.attrs = {
        "spells": len(design.cell),
        "exits": int(np.sum(design.number * design.exited)),
        "clusters": clusters,
        "deviance": float(fit.deviance),
        "baseline": dict(zip(pool.names, fit.family.link.inverse(at_nought).tolist(), strict=True)),
    }
    return result


@dataclass(frozen=True)
class _Pool:
    """Weeks at risk and exits by pattern of covariates and piece of the baseline.

    `x` (patterns, covariates); `at_risk`, `exits` (patterns, pieces); `pattern` (cells,); `piece` (weeks,) is
    -1 where nobody leaves; `names` are the last weeks of pieces; `begin` and `end` (cells,) count from the
    week before the first.
    """

    covariates: list[str]
    x: Floats
    at_risk: Floats
    exits: Floats
    pattern: Numbers
    piece: Numbers
    names: list[int]
    begin: Numbers
    end: Numbers

    @property
    def steps(self) -> int:
        return len(self.names)


def _read_pieces(pieces: Any) -> Floats:  # noqa: ANN401  (anything may be handed in)
    """Return the last weeks of pieces as numbers."""
    listed = np.iterable(pieces) and not isinstance(pieces, str)
    if not listed or not all(isinstance(one, Real) and math.isfinite(one) for one in pieces):
        raise SpellsError(f"pieces: {pieces!r} is not a list of weeks")
    weeks = np.asarray(pieces, dtype=float)
    if np.any(np.diff(weeks) <= 0):
        raise SpellsError("pieces: weeks in rising order are needed")
    return weeks


def _pool(design: Design, pieces: Floats | None) -> _Pool:
    if np.any(design.end != np.floor(design.end)) or np.any(design.begin != np.floor(design.begin)):
        raise SpellsError("weeks: a weekly hazard takes whole weeks")
    x, pattern = np.unique(design.x, axis=0, return_inverse=True)
    start = max(int(design.begin.min()), -1 if np.any(design.end == 0) else 0)
    span = int(design.end.max()) - start
    if len(x) * span > LARGEST:
        raise SpellsError(
            f"covariates: {len(x)} different combinations over {span} weeks are too many; "
            "put numbers into classes"
        )
    end, begin = (np.maximum(column.astype(np.int64) - start, 0) for column in (design.end, design.begin))
    mass = design.number * design.weight
    size = len(x) * (span + 1)
    ended, begun = (
        np.bincount(pattern * (span + 1) + at, mass, size).reshape(len(x), -1) for at in (end, begin)
    )
    exits = np.bincount(pattern * (span + 1) + end, mass * design.exited, size).reshape(len(x), -1)[:, 1:]
    at_risk = np.cumsum(begun - ended, axis=1)[:, :-1]
    piece, names = _pieces(exits.sum(axis=0), start, pieces)
    used = piece >= 0
    sums: list[Floats] = [
        np.stack([np.bincount(piece[used], row[used], len(names)) for row in what])
        for what in (at_risk, exits)
    ]
    return _Pool(design.names, x, sums[0], sums[1], pattern, piece, names, begin, end)


def _pieces(exits: Floats, start: int, pieces: Floats | None) -> tuple[Numbers, list[int]]:
    """Return the piece of each week, -1 if nobody leaves in it, and the last week of each piece."""
    weeks = start + 1 + np.arange(len(exits))
    if not exits.sum() > 0:
        raise SpellsError("exited: nobody leaves, so that no hazards can be compared")
    own = weeks if pieces is None else np.searchsorted(pieces, weeks)
    codes, _ = pd.factorize(own)
    happens = np.bincount(codes, exits) > 0
    number = np.where(happens, np.cumsum(happens) - 1, -1)
    last = [int(weeks[codes == code].max()) for code in np.flatnonzero(happens)]
    return number[codes], last


def _fit(pool: _Pool, kind: str) -> Any:  # noqa: ANN401  (statsmodels publishes no types)
    try:
        from statsmodels.genmod import families  # noqa: PLC0415  (takes seconds to import)
        from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415
    except ImportError as error:
        raise SpellsError(missing_text("discrete_hazard", ["statsmodels"], "survival")) from error
    row, piece = np.nonzero(pool.at_risk > 0)
    baseline = np.eye(pool.steps)[piece]
    at_risk, exits = pool.at_risk[row, piece], pool.exits[row, piece]
    link = families.links.CLogLog() if kind == "cloglog" else families.links.Logit()
    model = GLM(
        np.column_stack([exits, at_risk - exits]),
        np.hstack([baseline, pool.x[row]]),
        family=families.Binomial(link=link),
    )
    # What warnings are about is looked for below, and told as an error.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fit = model.fit(maxiter=100, tol=1e-12)
        shift = (pool.x @ np.asarray(fit.params)[pool.steps :])[:, None]
        pooled = pool.exits.sum(axis=0) / pool.at_risk.sum(axis=0)
        alike = np.broadcast_to(fit.family.link(np.clip(pooled, EDGE, 1 - EDGE)), pool.at_risk.shape)
        own = np.asarray(fit.params)[: pool.steps] + shift
        check_finite(pool.covariates, *(_information(pool, fit.family.link, eta) for eta in (own, alike)))
    return fit


def _information(pool: _Pool, link: Any, eta: Floats) -> Floats:  # noqa: ANN401
    """Return what is known of the covariates' coefficients beside the baseline's, at a linear predictor."""
    hazard = np.clip(link.inverse(eta), EDGE, 1 - EDGE)
    weight = pool.at_risk * link.inverse_deriv(eta) ** 2 / (hazard * (1 - hazard))
    x = pool.x - pool.x.mean(axis=0)
    sums, total = weight.T @ x, weight.sum(axis=0)
    part = np.divide(sums, total[:, None], out=np.zeros_like(sums), where=total[:, None] > 0)
    within: Floats = x.T @ (weight.sum(axis=1)[:, None] * x) - sums.T @ part
    return within


def _sandwich(design: Design, pool: _Pool, fit: Any, inverse: Floats) -> Floats:  # noqa: ANN401
    """Return the covariates' covariance that allows for spells of one cluster being alike.

    A spell's part in the score adds up week by week, so that it is read off a running sum for its pattern.
    """
    steps, shared = pool.steps, np.asarray(inverse)
    eta = np.asarray(fit.params)[:steps] + (pool.x @ np.asarray(fit.params)[steps:])[:, None]
    link = fit.family.link
    hazard = link.inverse(eta)
    slope = link.inverse_deriv(eta) / (hazard * (1 - hazard))
    pull = slope[:, :, None] * (shared[:steps, steps:] + (pool.x @ shared[steps:, steps:])[:, None, :])
    weekly = np.where((pool.piece >= 0)[:, None], (hazard[:, :, None] * pull)[:, pool.piece], 0.0)
    grown = np.concatenate([np.zeros_like(weekly[:, :1]), np.cumsum(weekly, axis=1)], axis=1)
    influence = grown[pool.pattern, pool.begin] - grown[pool.pattern, pool.end]
    gone = np.flatnonzero(design.exited)
    influence[gone] += pull[pool.pattern[gone], pool.piece[pool.end[gone] - 1]]
    own = (influence * design.weight[:, None])[design.cell]
    cluster = design.cluster if design.cluster is not None else np.arange(len(own))
    sums = np.column_stack([np.bincount(cluster, column) for column in own.T])
    covariance: Floats = sums.T @ sums
    return covariance
