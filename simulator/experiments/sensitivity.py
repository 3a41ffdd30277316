"""Which settings an outcome depends on: one at a time, Morris screening, Sobol indices; under common luck.

All points of a design meet the same people and the same luck, so whatever luck does to all points alike
drops out of every difference. What is left of it, the part that answers to settings and luck together, is
measured from the replications (two-way analysis of variance) and reported as a share of the variance.

References
----------
Morris (1991), Factorial sampling plans for preliminary computational experiments. Technometrics
33(2), 161-174.
Saltelli et al. (2010), Variance based sensitivity analysis of model output. Computer Physics Communications
181(2), 259-270.
Iwanaga, Usher & Herman (2022), Toward SALib 2.0. Socio-Environmental Systems Modelling 4, 18155.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.experiments.factors import Factor
from simulator.extras import missing_text
from simulator.outcomes.intervals import half_width
from simulator.parameters.study import Sensitivity
from simulator.study_vocabulary import SensitivityMethod

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """The points of a study: the scenario as it is, each factor at its ends, and a sample of the whole box.

    Attributes
    ----------
    factors : tuple of Factor
        What is varied.
    sample : array of float, shape (points, factors)
        Shares of the ranges, as SALib laid them out.
    """

    factors: tuple[Factor, ...]
    sample: Array

    def points(self) -> list[dict[str, float | int]]:
        """Return the settings of every point: as it is, each factor at its ends, the sample."""
        ends = [{factor.path: factor.at(share)} for factor in self.factors for share in (0.0, 1.0)]
        box = [
            {factor.path: factor.at(float(share)) for factor, share in zip(self.factors, row, strict=True)}
            for row in self.sample
        ]
        return [{}, *ends, *box]

    @property
    def first_of_sample(self) -> int:
        """The number of the first point of the sample."""
        return 1 + 2 * len(self.factors)


def salib(module: str) -> ModuleType:
    """Return a module of SALib.

    Raises
    ------
    SimulatorError
        If it is not installed.
    """
    import importlib  # noqa: PLC0415  (seldom needed)

    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError as error:
        raise SimulatorError(missing_text("study=sensitivity", ["SALib"], "sweep")) from error


def problem_of(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return what SALib calls a problem: each factor from 0 to 1 of its range."""
    names = [factor.path for factor in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def design_of(factors: Sequence[Factor], study: Sensitivity, seed: int) -> Design:
    """Return the design of a study; the same seed gives the same points."""
    if not factors:
        raise SimulatorError("Nothing is varied: no number of this role has a plausible range.")
    problem = problem_of(factors)
    seed %= 2**32
    if study.method == SensitivityMethod.MORRIS:
        sample = salib("sample.morris").sample(problem, study.trajectories, study.levels, seed=seed)
    else:
        sample = salib("sample.sobol").sample(problem, study.base, calc_second_order=False, seed=seed)
    return Design(tuple(factors), np.asarray(sample, float))


def indices(design: Design, values: Array, study: Sensitivity, seed: int) -> pd.DataFrame:
    """Return how much an outcome depends on each factor.

    Parameters
    ----------
    design : Design
        The points.
    values : array of float, shape (points of the sample,)
        The outcome at each point of the sample, mean over replications.
    study : Sensitivity
        Method and resamples.
    seed : int
        Of the resamples.

    Returns
    -------
    DataFrame
        `setting`, `measure`, `value`, `low`, `high`: the 95 % interval is made from resamples of the design.
        Morris: `mean change` (mean absolute elementary effect over the whole range, in the outcome's unit),
        `direction` (its signed mean) and `spread` (its standard deviation: interactions and curvature).
        Sobol: `alone` (first order) and `in all` (total), shares of the variance.
    """
    problem = problem_of(design.factors)
    more = {"num_resamples": study.resamples, "conf_level": 0.95, "seed": seed % 2**32}
    if study.method == SensitivityMethod.MORRIS:
        found = salib("analyze.morris").analyze(
            problem, design.sample, values, num_levels=study.levels, **more
        )
        columns = {"mean change": "mu_star", "direction": "mu", "spread": "sigma"}
    else:
        centred = (values - values.mean()) / (values.std() or 1.0)
        found = salib("analyze.sobol").analyze(problem, centred, calc_second_order=False, **more)
        columns = {"alone": "S1", "in all": "ST"}
    return pd.concat([_measured(design, found, *pair) for pair in columns.items()], ignore_index=True)


def _measured(design: Design, found: Mapping[str, Any], measure: str, name: str) -> pd.DataFrame:
    values = np.asarray(found[name], float)
    half = np.asarray(found.get(f"{name}_conf", np.full(len(values), np.nan)), float)
    settings = [factor.path for factor in design.factors]
    return pd.DataFrame(
        {
            "setting": settings,
            "measure": measure,
            "value": values,
            "low": values - half,
            "high": values + half,
        }
    )


def tornado(design: Design, values: Array) -> pd.DataFrame:
    """Return what each factor does alone, from the scenario as it is to either end of its range.

    Parameters
    ----------
    design : Design
        The points.
    values : array of float, shape (points, replications)
        The outcome at every point.

    Returns
    -------
    DataFrame
        Two rows a factor: `setting`, `at` (the value), `difference` to the scenario as it is, with its paired
        95 % interval `low`, `high` over replications.
    """
    rows = []
    for number, point in enumerate(design.points()[1 : design.first_of_sample], 1):
        ((path, value),) = point.items()
        change = values[number] - values[0]
        mean, half = float(change.mean()), half_width(change)
        rows.append(
            {"setting": path, "at": value, "difference": mean, "low": mean - half, "high": mean + half}
        )
    return pd.DataFrame(rows)


def luck_left(values: Array) -> tuple[float, float]:
    """Return the variance that luck leaves in a point's mean: under common luck, and with luck of its own.

    Parameters
    ----------
    values : array of float, shape (points, replications)
        The outcome at the points of the sample; replication by replication under the same luck. At least two
        of each.

    Returns
    -------
    tuple of float
        The residual of the two-way table over the replications; the same with the variance within points.
    """
    points, replications = values.shape
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    paired = (rest**2).sum() / ((points - 1) * (replications - 1)) / replications
    return float(paired), float(values.var(axis=1, ddof=1).mean() / replications)
