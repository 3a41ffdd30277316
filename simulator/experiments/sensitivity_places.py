"""Which place a setting may have in the ranking of a sensitivity study, and what luck alone would show.

Each trajectory (Morris) or row of the base sample (Sobol) says once of every setting how much it does, and
the ranking measure is the mean of that. So two settings are compared as pairs, trajectory by trajectory, and
what is the same for both drops out.

References
----------
Jansen (1999), Analysis of variance designs for model output. Computer Physics Communications 117, 35-43.
Mogstad, Romano, Shaikh & Wilhelm (2024), Inference for ranks with applications to mobility across
neighbourhoods and academic achievement across countries. Review of Economic Studies 91(1), 476-518.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtri, stdtrit

from simulator.experiments.sensitivity import Array, Design, luck_left
from simulator.outcomes.intervals import FEWEST
from simulator.parameters.study import Sensitivity
from simulator.study_vocabulary import SensitivityMethod

PLACE = "place"
"""The measure that is the place in the ranking, 1 for what matters most."""

RANKING = {SensitivityMethod.MORRIS: "mean change", SensitivityMethod.SOBOL: "in all"}
"""The measure by which settings are ranked."""

LEVEL = 0.95
NOISE = ("monte_carlo", "without_common_luck")


def parts_of(design: Design, values: Array, study: Sensitivity) -> Array:
    """Return what each trajectory, or row of the base sample, says of every factor; the mean ranks them.

    Parameters
    ----------
    design : Design
        The points.
    values : array of float, shape (points of the sample,)
        The outcome at each point of the sample, mean over replications.
    study : Sensitivity
        The method.

    Returns
    -------
    array of float, shape (trajectories or base, factors)
        Morris: absolute elementary effects, in the outcome's unit. Sobol: Jansen's terms of the total index.
    """
    factors = len(design.factors)
    if study.method == SensitivityMethod.MORRIS:
        steps = np.diff(design.sample.reshape(-1, factors + 1, factors), axis=1)
        changes = np.diff(values.reshape(-1, factors + 1), axis=1)
        moved = np.abs(steps).argmax(axis=2)
        effects = np.abs(changes / np.take_along_axis(steps, moved[..., None], axis=2)[..., 0])
        parts = np.empty_like(effects)
        np.put_along_axis(parts, moved, effects, axis=1)
        return parts
    rows = values.reshape(-1, factors + 2)
    both = rows[:, [0, -1]]
    return np.asarray((rows[:, :1] - rows[:, 1:-1]) ** 2 / 2.0 / (both.var() or 1.0))


def places(design: Design, values: Array, study: Sensitivity) -> pd.DataFrame:
    """Return the place of each factor in the ranking, with the places that it may have.

    A factor is above another if the paired interval of the difference says so, at a confidence that holds for
    all comparisons of the one factor together (Bonferroni): 95 in 100 times its place is among those named.
    Rows of a Sobol sample are spread more evenly than by chance, so that they hold somewhat more often.

    Parameters
    ----------
    design, values, study
        As for `parts_of`.

    Returns
    -------
    DataFrame
        Columns `setting`, `measure` ("place"), `value`, `low`, `high`.
    """
    parts = parts_of(design, values, study)
    rows, factors = parts.shape
    means = parts.mean(axis=0)
    more = means[:, None] - means[None, :]
    shared = np.atleast_2d(np.cov(parts, rowvar=False))
    alone = np.diag(shared)
    spread = np.sqrt(np.clip(alone[:, None] + alone[None, :] - 2.0 * shared, 0.0, None) / rows)
    tail = (1.0 - LEVEL) / 2.0 / max(1, factors - 1)
    is_above = more > stdtrit(rows - 1, 1.0 - tail) * spread
    table = pd.DataFrame({"setting": [factor.path for factor in design.factors], "measure": PLACE})
    table["value"] = np.argsort(np.argsort(-means, kind="stable"), kind="stable") + 1.0
    table["low"] = 1.0 + is_above.sum(axis=0)
    table["high"] = factors - is_above.sum(axis=1).astype(float)
    return table


def noise_of(values: Array, study: Sensitivity) -> dict[str, float]:
    """Return how much of what is seen is Monte Carlo noise.

    Parameters
    ----------
    values : array of float, shape (points of the sample, replications)
        The outcome; replication by replication under the same luck.
    study : Sensitivity
        The method.

    Returns
    -------
    dict of str to float
        `monte_carlo` and `without_common_luck`, shares of the variance between the points, each with its 95 %
        interval `_low`, `_high` (chi-square, as if luck varied alike at all points); and `by_luck`, how large
        the ranking measure of a factor that does nothing would be on average. Null with one replication.
    """
    points, replications = values.shape
    spread = float(values.mean(axis=1).var(ddof=1))
    if replications < FEWEST or spread == 0.0:
        names = [f"{name}{end}" for name in NOISE for end in ("", "_low", "_high")]
        return dict.fromkeys([*names, "by_luck"], float("nan"))
    found: dict[str, float] = {}
    paired, alone = luck_left(values)
    freedom = ((points - 1) * (replications - 1), points * (replications - 1))
    for name, variance, free in zip(NOISE, (paired, alone), freedom, strict=True):
        tails = [float(free / chdtri(free, tail)) for tail in ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0)]
        shares = [variance / spread * factor for factor in (1.0, *tails)]
        most = 1.0 if name == NOISE[0] else float("inf")
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), (min(most, s) for s in shares), strict=True))
    return {**found, "by_luck": _by_luck(values, paired, study)}


def _by_luck(values: Array, paired: float, study: Sensitivity) -> float:
    """Return the mean of the ranking measure if nothing but luck moved the outcome."""
    if study.method == SensitivityMethod.SOBOL:
        return min(1.0, paired / float(values.mean(axis=1).var(ddof=1)))
    step = study.levels / 2.0 / (study.levels - 1.0)
    return float(2.0 * np.sqrt(paired / np.pi) / step)
