"""Linear regression of tables: least squares with standard errors for clusters, by statsmodels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from simulator.errors import SimulatorError
from simulator.extras import missing_text


def least_squares(
    table: pd.DataFrame,
    outcome: str,
    covariates: Sequence[str],
    effects: Sequence[str] = (),
    cluster: str | None = None,
) -> pd.DataFrame:
    """Regress an outcome on covariates.

    Parameters
    ----------
    table : DataFrame
        One row an observation; rows with something missing are left out.
    outcome : str
        Column of numbers.
    covariates : sequence of str
        Columns: numbers enter as they are; of words, each but the first in order gets a coefficient.
    effects : sequence of str
        Columns whose every value has a level of its own (fixed effects), not reported.
    cluster : str, optional
        Column of clusters for standard errors; without, they allow for unequal variances (HC3).

    Returns
    -------
    DataFrame
        covariate, coefficient, se; nothing where the observations cannot tell the covariates apart.

    Raises
    ------
    SimulatorError
        If statsmodels is not installed.
    """
    try:
        from statsmodels.api import OLS  # noqa: PLC0415  (takes seconds)
    except ImportError as error:
        raise SimulatorError(missing_text("This study", ["statsmodels"], "survival")) from error
    chosen = [outcome, *covariates, *effects, *([cluster] if cluster else [])]
    rows = table[list(dict.fromkeys(chosen))].dropna()
    own = pd.get_dummies(rows[list(covariates)], drop_first=True, dtype=float).astype(float)
    fixed = rows[list(effects)].astype(str)
    levels = pd.get_dummies(fixed, drop_first=True, dtype=float) if effects else fixed
    design = pd.concat([own, levels], axis=1).assign(const=1.0)
    if len(rows) <= design.shape[1] or np.linalg.matrix_rank(design.to_numpy()) < design.shape[1]:
        return pd.DataFrame({"covariate": [], "coefficient": [], "se": []})
    kind, more = ("cluster", {"groups": rows[cluster].to_numpy()}) if cluster else ("HC3", {})
    fit = OLS(rows[outcome].to_numpy(float), design).fit(cov_type=kind, cov_kwds=more or None)
    found = pd.DataFrame({"coefficient": fit.params, "se": fit.bse}).loc[list(own.columns)]
    return found.rename_axis("covariate").reset_index()
