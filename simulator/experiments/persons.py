"""Person by person: the same spell under two policies, who gained weeks and who lost some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.distance import DISTANCE, READ, groups_by
from simulator.outcomes.intervals import half_width
from simulator.outcomes.summary import HORIZON_WEEKS
from simulator.outcomes.survival.columns import SpellsError, check_level, check_number

KEYS = ["replication", "client", "spell"]
TRAITS = (
    "age_group", "sex", "children", "foreign_born", "education", "disability", "hindrance",
)  # fmt: skip
"""Columns of spells that describe a person, by which pairs are grouped."""

ENDINGS = (
    "weeks_baseline", "weeks_alternative", "door_baseline", "door_alternative", "entry_week_alternative",
    "change",
)  # fmt: skip
"""Columns of pairs that come out of the runs: whoever stays long in one run stays less long in any other."""


def pair_spells(
    baseline: pd.DataFrame, alternative: pd.DataFrame, weeks: int, horizon: int = HORIZON_WEEKS
) -> pd.DataFrame:
    """Return the spells that both runs have, side by side.

    Parameters
    ----------
    baseline, alternative : DataFrame
        Spells of the two runs.
    weeks : int
        Weeks reported.
    horizon : int
        First weeks of a spell that count.

    Returns
    -------
    DataFrame
        One row a spell that began in the reported weeks of both runs, matched on replication, client and
        spell: traits at entry (in the baseline), `entry_week`, door and weeks on benefit in each run, and
        `change`, the second less the first. Weeks are counted up to the horizon, and no farther than both
        runs show: a later spell can begin in different weeks.
    """
    check_number("horizon", horizon, float("inf"), "a number of weeks above 0")
    known = [name for name in dict.fromkeys((*TRAITS, *READ[DISTANCE])) if name in baseline]
    first = flow_spells(baseline)[[*KEYS, "entry_week", "weeks", "door", *known]]
    second = flow_spells(alternative)[[*KEYS, "entry_week", "weeks", "door"]]
    pairs = first.merge(second, on=KEYS, suffixes=("_baseline", "_alternative"), validate="one_to_one")
    latest = pairs[["entry_week_baseline", "entry_week_alternative"]].max(axis=1)
    limit = np.minimum(weeks - latest, horizon)
    for run in ("baseline", "alternative"):
        pairs[f"weeks_{run}"] = np.minimum(pairs[f"weeks_{run}"], limit)
    return pairs.assign(change=pairs["weeks_alternative"] - pairs["weeks_baseline"])


def who_gained(
    pairs: pd.DataFrame,
    by: str | None = None,
    level: float = 0.95,
    settings: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Return how many gained and lost, and how much, in all or by a trait.

    Parameters
    ----------
    pairs : DataFrame
        From `pair_spells`.
    by : str, optional
        Column to group by, `family` or `distance`; see `outcomes.distance.groups_by`.
    level : float
        Coverage of the intervals.
    settings : mapping, optional
        Those of the baseline in full, for `distance`.

    Returns
    -------
    DataFrame
        `group`, `spells`; shares of them that are shorter (`gained`), longer (`lost`) and alike (`alike`) in
        the second run; mean `change` of the weeks on benefit with its interval `low`, `high` (Student's t
        over replications), and mean weeks `weeks_gained` and `weeks_lost` of those who gained or lost.

    Raises
    ------
    SpellsError
        If there is no such trait, or it says how a spell went in one of the runs.
    """
    check_level(level)
    if by in ENDINGS:
        raise SpellsError(f"by: {by!r} says how a spell went in a run; groups are made by what was so before")
    known = pairs.drop(columns=list(ENDINGS), errors="ignore")
    groups = pd.Series("all", index=pairs.index) if by is None else groups_by(known, by, settings or {})
    parts = pairs.groupby(groups, observed=True)
    return pd.DataFrame([_row(label, part, level) for label, part in parts if len(part)])


def _row(label: object, pairs: pd.DataFrame, level: float) -> dict[str, object]:
    change = pairs["change"]
    means = pairs.groupby("replication")["change"].mean()
    half = half_width(means.to_numpy(float), level)
    return {
        "group": label,
        "spells": len(pairs),
        "gained": float((change < 0).mean()),
        "lost": float((change > 0).mean()),
        "alike": float((change == 0).mean()),
        "change": float(means.mean()),
        "low": float(means.mean()) - half,
        "high": float(means.mean()) + half,
        "weeks_gained": -float(change[change < 0].mean()),
        "weeks_lost": float(change[change > 0].mean()),
    }
