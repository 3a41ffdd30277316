"""Two layers of uncertainty: luck (replications) and settings (draws), kept apart and put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from simulator.errors import ResultsError
from simulator.outcomes.intervals import FEWEST, MEDIANS
from simulator.outcomes.uncertainty import part

LAYERS = ["draw", "replication"]
NOBODY = (
    "Nothing can be estimated: of the people of study.subgroup nobody, or too few, could be followed. Widen "
    "study.subgroup or the weeks in which people come, or take a larger population.size or more weeks."
)
"""What is said where a study finds no spells that it could tell anything from."""


def interval_of(values: pd.Series, level: float) -> dict[str, float]:
    """Return mean, interval and standard errors of an effect over draws and replications.

    With one draw of settings the interval is Student's over replications. With several, the variance of the
    draws' means is that of settings plus that of luck; the interval is Student's over draws and holds both.

    Parameters
    ----------
    values : Series of float
        One effect, indexed by draw and replication; missing where it could not be estimated.
    level : float
        Coverage.

    Returns
    -------
    dict
        value, low, high, se_luck, se_settings (missing with one draw, or one replication a draw), spread
        (standard deviation over replications: what a single trial of this size would vary by), estimates (how
        many were made).
    """
    parts = part(values.dropna())
    draws = len(parts.means)
    if draws < FEWEST:
        error, freedom = np.sqrt(parts.noise), parts.number - 1
    else:
        error, freedom = parts.means.std(ddof=1), draws - 1
    half = float(stdtrit(freedom, 0.5 + level / 2.0) * error) if freedom > 0 else float("nan")
    value = float(parts.means.mean()) if draws else float("nan")
    return {
        "value": value,
        "low": value - half,
        "high": value + half,
        "se_luck": float(np.sqrt(parts.noise / draws)) if draws else float("nan"),
        "se_settings": float(np.sqrt(parts.between)),
        "spread": float(np.sqrt(parts.luck)),
        "estimates": parts.number,
    }


def summarise(
    rows: pd.DataFrame,
    keys: Sequence[str],
    level: float,
    levels: Sequence[str] = (),
    ratios: Sequence[str] = (),
) -> pd.DataFrame:
    """Return each effect with its interval, in the order in which the effects first come.

    Levels are means over those with an effect. A median that was not reached everywhere has none.

    Parameters
    ----------
    rows : DataFrame
        Columns draw, replication, the keys, `effect`, what stands in `levels`, and possibly `single`: the
        effect as one trial would find it, from which the spread is taken.
    keys : sequence of str
        What tells effects apart; one of them is `outcome`.
    level : float
        Coverage.
    levels : sequence of str
        Columns of which only the mean is given.
    ratios : sequence of str
        Outcomes whose effect is the logarithm of a ratio: mean and interval are given as ratios.

    Raises
    ------
    ResultsError
        If there is no row, since nobody could be followed.
    """
    if rows.empty:
        raise ResultsError(NOBODY)
    found = []
    for _, own in rows.groupby(list(keys), sort=False, observed=True, dropna=False):
        name, reached = {key: own[key].iloc[0] for key in keys}, int(own["effect"].count())
        late = name.get("outcome") in MEDIANS and reached < len(own)
        group = own.assign(effect=np.nan) if late else own
        by_layer = group.set_index(LAYERS)
        one = interval_of(by_layer["effect"], level)
        if "single" in group:
            one["spread"] = interval_of(by_layer["single"], level)["spread"]
        if name.get("outcome") in ratios:
            one.update({part: float(np.exp(one[part])) for part in ("value", "low", "high")})
        means = {column: float(group[column].where(group["effect"].notna()).mean()) for column in levels}
        found.append({**name, **means, "effect": one.pop("value"), **one, "estimates": reached})
    return pd.DataFrame(found)
