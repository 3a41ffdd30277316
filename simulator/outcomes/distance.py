"""Distance from work, and the groups into which clients fall by it or by any of their traits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.errors import SimulatorError, nearest
from simulator.vocabulary import Barrier, Door

YOUNG, ELDER, NEWLY_ARRIVED_YEARS, YEARS_PER_DECADE = 30.0, 50.0, 5.0, 10.0
"""Limits of the traits that move the ways out, as the population is made with them."""

DISTANCE, FAMILY = "distance", "family"
THIRDS = ["near", "middle", "far"]
LOWEST_THIRDS = ["lowest third", "middle third", "highest third"]
WITHOUT, WITH = "no children", "children"
FEW = 8
"""A numeric trait with more different values than this is cut into thirds."""


def distance_from_work(spells: pd.DataFrame, settings: Mapping[str, Any], traits: bool = True) -> pd.Series:
    """Return how far from work each client is at entry, on the log scale of the model's hazard of work.

    It is the negative linear predictor of the hazard of the door *work*: traits and true barriers at entry,
    each times its coefficient in the scenario's `doors.work`. Nought is the reference client without
    barriers; one means a hazard lower by the factor e. Ability, which nobody sees, is left out, and so is all
    that the service changes later.

    Parameters
    ----------
    spells : DataFrame
        Spells with the traits and `barrier_*` at entry.
    settings : mapping
        The run's settings in full (`outcome.manifest["settings"]`).
    traits : bool
        False: barriers alone, which is what a caseworker goes by who prefers the near to work.

    Returns
    -------
    Series of float, shape (spells,)
    """
    work = settings["doors"][Door.WORK.label]
    parts = {f"barrier_{one.label}": spells[f"barrier_{one.label}"] for one in Barrier}
    weights = {f"barrier_{name}": weight for name, weight in work["barriers"].items()}
    if traits:
        parts, weights = {**parts, **_observed(spells)}, {**weights, **work["traits"]}
    terms = [-weights.get(name, 0.0) * values.astype(float) for name, values in parts.items()]
    return pd.Series(np.sum(terms, axis=0), index=spells.index, name=DISTANCE)


def _observed(spells: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the traits that the model's ways out answer to, by their names in the settings."""
    newly = spells["foreign_born"] & (spells["years_in_country"] < NEWLY_ARRIVED_YEARS)
    return {
        "under_30": spells["age"] < YOUNG,
        "over_50": spells["age"] >= ELDER,
        "woman": spells["sex"] == "woman",
        "children": spells["children"] > 0,
        "foreign_born": spells["foreign_born"],
        "newly_arrived": newly,
        "primary_education": spells["education"] == "primary",
        "tertiary_education": spells["education"] == "tertiary",
        "experience": spells["experience_years"] / YEARS_PER_DECADE,
        "disability": spells["disability"],
    }


def groups_by(spells: pd.DataFrame, by: str, settings: Mapping[str, Any]) -> pd.Series:
    """Return the group of each spell.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    by : str
        `distance` (thirds by distance from work: near, middle, far), `family` (children or none), or a
        column of the spells; a number with many values is cut into thirds.
    settings : mapping
        The run's settings in full.

    Raises
    ------
    SimulatorError
        If there is no such trait.
    """
    if by == DISTANCE:
        return _thirds(distance_from_work(spells, settings), THIRDS)
    if by == FAMILY:
        words = np.where(spells["children"] > 0, WITH, WITHOUT)
        return pd.Series(pd.Categorical(words, categories=[WITHOUT, WITH]), index=spells.index)
    if by not in list(spells.columns):
        known = [DISTANCE, FAMILY, *spells.columns]
        hint = nearest(str(by), known)
        also = f" Did you mean '{hint}'?" if hint else ""
        raise SimulatorError(
            f"There is no trait {by!r} to group by; one is taken, by its name.{also} "
            f"Traits: {', '.join(known)}"
        )
    values = spells[by]
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return _thirds(values, LOWEST_THIRDS) if numeric and values.nunique() > FEW else values


def _thirds(values: pd.Series, words: list[str]) -> pd.Series:
    """Return thirds of equal size over all replications together; equal values stay together."""
    share = values.rank(pct=True, method="average")
    parts = pd.cut(share, [0.0, 1 / 3, 2 / 3, 1.0], labels=words, ordered=True)
    return pd.Series(parts, index=values.index)
