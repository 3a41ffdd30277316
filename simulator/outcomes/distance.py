"""Distance from work, and the groups into which clients fall by it or by any of their traits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from simulator.errors import Mistake
from simulator.outcomes.survival.columns import SpellsError, all_of, check_known, counted, missing_columns
from simulator.outcomes.tables import COPIED
from simulator.vocabulary import Barrier, Door

YOUNG, ELDER, NEWLY_ARRIVED_YEARS, YEARS_PER_DECADE = 30.0, 50.0, 5.0, 10.0
"""Limits of the traits that move the ways out, as the population is made with them."""

DISTANCE, FAMILY = "distance", "family"
THIRDS = ["near", "middle", "far"]
LOWEST_THIRDS = ["lowest third", "middle third", "highest third"]
LOWER_HALF, UPPER_HALF, HALF = "lower half of the others", "upper half of the others", 0.5
WITHOUT, WITH = "no children", "children"
FEW = 8
"""A numeric trait with more different values than this is cut into thirds."""

ENDINGS = ("weeks", "exited", "exit_week", "door", "entry_wage")
"""Columns that say how a spell ended, which is what is asked of groups: none are made by them."""

COURSE = (
    *(name for name in COPIED if name != "caseworker"), "first_served_week", "caseworker_changes", "tier",
    "passed_on_week", "intensive_served_week", "first_warning_week", "first_cut_week", "first_stay_end_week",
    "first_programme",
)  # fmt: skip
"""Columns that fill up while a spell lasts: whoever stays longer has more of it, whatever it does."""

SINGLE = ("client", "spell")
"""Columns by which each would be a group of its own."""

LABELS = ("replication", "draw", "client", "spell", "office", "caseworker")
"""Columns whose numbers are names, and never cut."""

FILLS_UP = (
    "fills up while a spell lasts, so that whoever stays longer has more of it; take what was so at entry"
)

WHOSE = ("replication", "draw", "client", "spell", "caseworker")
"""Columns whose numbers are names of luck, or of many: no covariates."""

NAMES = (
    "holds names, of which a ratio for one more says nothing, and too many for a ratio each; it goes into "
    "`cluster` (or `strata`)"
)

MOST_GROUPS = 1_000

OBSERVED = (
    "age", "sex", "children", "foreign_born", "years_in_country", "education", "experience_years",
    "disability",
)  # fmt: skip
READ = {
    DISTANCE: (*OBSERVED, *(f"barrier_{one.label}" for one in Barrier)),
    FAMILY: ("children",),
}
"""What the groups that are no column of the spells are made from."""


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

    Raises
    ------
    SpellsError
        If the settings or the columns are not there.
    """
    needed = READ[DISTANCE] if traits else READ[DISTANCE][len(OBSERVED) :]
    mistakes: list[Mistake | str] = [*missing_columns(spells.columns, [(DISTANCE, name) for name in needed])]
    if "doors" not in settings:
        mistakes.append(f"{DISTANCE}: takes the settings of the run, which are not there")
    if mistakes := mistakes or [
        f"{DISTANCE}: {name!r} is missing in {counted(lost, 'spell')} of {len(spells):,}"
        for name in needed
        if (lost := int(spells[name].isna().sum()))
    ]:
        raise SpellsError(*mistakes)
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
    """Return the group of each spell: what `by` means wherever clients are grouped.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    by : str
        `distance` (thirds by distance from work: near, middle, far), `family` (children or none), or a
        column of the spells. A number with more than eight different values (age, years of experience) is
        cut into thirds of the spells, unless it is a name (office, caseworker, replication); if more than
        a third have one value, such as nought, that is a group (*none*), and the others are halves. Not taken
        are `weeks`, `exited`, `exit_week` and `door`, which say how a spell ended, what fills up in its
        course (`COURSE`: talks, sanctions, money and so on), and `client` and `spell`.
    settings : mapping
        The run's settings in full; only `distance` reads them.

    Returns
    -------
    Series, shape (spells,)
        Missing where the column is.

    Raises
    ------
    SpellsError
        If there is no such trait, it says how spells went or ended, or it has more than 1,000 groups.
    """
    check_traits(spells.columns, [by])
    if by == DISTANCE:
        return _thirds(distance_from_work(spells, settings), THIRDS)
    if by == FAMILY:
        words = np.where(spells["children"] > 0, WITH, WITHOUT)
        return pd.Series(pd.Categorical(words, categories=[WITHOUT, WITH]), index=spells.index)
    values, different = _labels(spells, by)
    if is_amount(by, pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)):
        return _thirds(values, LOWEST_THIRDS) if different > FEW else values
    if different > MOST_GROUPS:
        raise SpellsError(f"by: {by!r} has {different:,} different values, which are too many groups")
    return values


def _labels(spells: pd.DataFrame, by: str) -> tuple[pd.Series, int]:
    """Return a column, and how many different values it has."""
    if twice := missing_columns(spells.columns, [("by", by)]):
        raise SpellsError(*twice)
    values = spells[by]
    try:
        different = values.nunique()
    except TypeError as error:
        raise SpellsError(f"by: {by!r} holds values that are no labels ({error})") from error
    if len(values) and not different:
        raise SpellsError(f"by: {by!r} is missing in all spells")
    return values, different


def is_amount(name: str, is_number: bool) -> bool:
    """Return whether a column is a number that says how much, and not whose or which."""
    return is_number and name not in LABELS


def check_traits(columns: Iterable[str], traits: Iterable[object]) -> None:
    """Raise SpellsError if clients cannot be grouped by some of what is asked for."""
    names = [name for name in columns if name not in (*ENDINGS, *COURSE, *SINGLE)]
    known = [DISTANCE, *([FAMILY] if "children" in names else []), *names]
    all_of(*(partial(_check_trait, one, known) for one in traits))


def check_explaining(role: str, names: Iterable[object], columns: Iterable[str]) -> None:
    """Raise SpellsError if what is to explain how long spells last says how they ended, or how they went.

    Parameters
    ----------
    role : str
        The argument.
    names : iterable
        What was handed in for it.
    columns : iterable of str
        Columns of the spells.
    """
    named = WHOSE if role == "covariates" else ()
    mistakes = [
        f"{role}: {name!r} says how a spell ended, which is what is to be explained"
        if name in ENDINGS
        else f"{role}: {name!r} {FILLS_UP}"
        if name in COURSE
        else f"{role}: {name!r} {NAMES}"
        for name in names
        if name in (*ENDINGS, *COURSE, *named)
    ]
    if mistakes:
        known = [name for name in columns if name not in (*ENDINGS, *COURSE, *SINGLE, *named)]
        raise SpellsError(*mistakes[:-1], f"{mistakes[-1]}; allowed: {', '.join([*READ, *known])}")


def _check_trait(trait: object, known: list[str]) -> None:
    if trait in ENDINGS:
        raise SpellsError(f"by: {trait!r} says how a spell ended; groups are made by what was so before")
    if trait in COURSE:
        raise SpellsError(f"by: {trait!r} {FILLS_UP}")
    if trait in SINGLE:
        raise SpellsError(f"by: {trait!r} would make a group of each; take a trait that many have")
    check_known("by", "trait", trait, known)


def _thirds(values: pd.Series, words: list[str]) -> pd.Series:
    """Return thirds of equal size over all replications together; equal values stay together."""
    counts = values.value_counts(normalize=True)
    if words is LOWEST_THIRDS and counts.iloc[0] > 1 / 3:
        return _about(values, counts.index[0])
    share = values.rank(pct=True, method="average")
    parts = pd.cut(share, [0.0, 1 / 3, 2 / 3, 1.0], labels=words, ordered=True)
    return pd.Series(parts, index=values.index)


def _about(values: pd.Series, common: float) -> pd.Series:
    """Return groups about a value that more than a third have: its own, and halves of the others.

    Where they lie on both sides of it, or are too alike for halves, the others are those below and above.
    """
    name, numbers = "none" if common == 0 else f"{common:g}", values.astype(float)
    others = numbers[numbers != common].dropna()
    share = others.rank(pct=True, method="average")
    sides = np.where(others < common, f"below {common:g}", f"above {common:g}")
    if len({*sides}) == 1 and 1 / 3 <= (share <= HALF).mean() <= 2 / 3:
        sides = np.where(share <= HALF, LOWER_HALF, UPPER_HALF)
    words = pd.Series(name, index=values.index, dtype=object).where(numbers.notna())
    words[others.index] = sides
    order = numbers.groupby(words).min().sort_values().index
    return pd.Series(pd.Categorical(words, categories=order, ordered=True), index=values.index)
