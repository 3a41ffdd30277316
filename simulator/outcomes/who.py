"""Who: every outcome by group of clients, and gaps between groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes.definitions import WEEKS_PER_MONTH, next_entry, spells_begun
from simulator.outcomes.distance import DISTANCE, check_traits, groups_by
from simulator.outcomes.intervals import half_width, ratio_interval, with_intervals
from simulator.outcomes.survival import SpellsError, cumulative_incidence, restricted_mean
from simulator.outcomes.survival.columns import check_known
from simulator.vocabulary import WEEKS_PER_YEAR, Door

HORIZON_WEEKS = 2 * WEEKS_PER_YEAR
TRAITS = (DISTANCE, "age_group", "sex", "family", "foreign_born", "hindrance")
"""What the table in a results folder is broken down by."""

GOT = {
    "talks": "meetings",
    "minutes of a caseworker": "staff_minutes",
    "weeks in programmes": "programme_weeks",
}
"""What clients are given while on benefit, and the columns that count it."""

HIT = {
    "warnings": "warnings",
    "reductions": "reductions",
    "denials": "denials",
    "wrong sanctions": "wrong_sanctions",
}
KEYS = ["by", "group", "outcome", "unit"]
COLUMNS = ("by", "group", "outcome", "value", "low", "high", "unit")

Values = pd.DataFrame
"""One row a replication, group and outcome: replication, group, outcome, unit, value."""


def who(
    spells: pd.DataFrame,
    weeks: int,
    settings: Mapping[str, Any],
    by: str | Sequence[str] = DISTANCE,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return outcomes by group of clients: by, group, outcome, value, low, high, unit.

    Of spells that began in the run; money and time are those of the spell up to the end of the run.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    weeks : int
        Weeks of the run.
    settings : mapping
        Its settings in full.
    by : str, or several
        See `groups_by`.
    level : float
        Coverage of the Monte Carlo interval.
    """
    values = values_by(spells, weeks, settings, by)
    return with_intervals(values, KEYS, level)[list(COLUMNS)]


def values_by(
    spells: pd.DataFrame, weeks: int, settings: Mapping[str, Any], by: str | Sequence[str]
) -> Values:
    """Return the outcomes of each replication and group, for one trait or several: also `by`."""
    traits = traits_of(by)
    check_traits(spells.columns, traits)
    flow = with_returns(spells)
    parts = [group_values(flow, weeks, settings, trait).assign(by=trait) for trait in traits]
    return pd.concat([part.astype({"group": str}) for part in parts], ignore_index=True)


def traits_of(by: Any) -> list[Any]:  # noqa: ANN401  (what is no text is told with the other mistakes)
    """Return the traits that are asked for, one or several, each once.

    Raises
    ------
    SpellsError
        If there is none.
    """
    listed = list(by) if isinstance(by, Sequence) and not isinstance(by, str) else [by]
    traits = [one for place, one in enumerate(listed) if one not in listed[:place]]
    if not traits:
        raise SpellsError("by: no trait to group by")
    return traits


def with_returns(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells that began in the run, and when the same person's next one did (`next_entry`)."""
    return spells_begun(spells.assign(next_entry=next_entry(spells)))


def group_values(flow: pd.DataFrame, weeks: int, settings: Mapping[str, Any], by: str) -> Values:
    """Return the outcomes of each replication and group, from `with_returns`; groups in their order."""
    horizon = min(HORIZON_WEEKS, max(1, weeks // 2))
    cells = Cells(flow["replication"], groups_by(flow, by, settings))
    lines = [
        ("spells begun", "share of spells", cells.share(cells.count)),
        *ways_out(flow, cells, horizon),
        *_given(flow, cells),
        *_hit(flow, cells),
        ("back within a year", "share of exits", _back(flow, cells, weeks)),
    ]
    table = pd.concat([cells.rows(*line) for line in lines], ignore_index=True).dropna(subset=["value"])
    order = table.groupby("outcome", sort=False).ngroup()
    return table.assign(order=order).sort_values(["group", "order", "replication"]).drop(columns="order")


class Cells:
    """The replications and groups that spells fall into, one cell each.

    Parameters
    ----------
    replication, group : Series, shape (spells,)
        Of each spell; a spell without a group falls into no cell.
    """

    def __init__(self, replication: pd.Series, group: pd.Series) -> None:
        runs, self.replications = pd.factorize(replication, sort=True)
        groups = pd.Categorical(group)
        self.groups = groups.categories
        self.inside = groups.codes >= 0
        self.code = (runs * len(self.groups) + groups.codes)[self.inside]
        self.size = len(self.replications) * len(self.groups)
        self.count = np.bincount(self.code, minlength=self.size).astype(float)
        self.ordered = groups.ordered

    def sum(self, values: Any, where: Any = None) -> np.ndarray:  # noqa: ANN401  (columns of any kind)
        """Return the sum of a column in each cell, of all spells or of some."""
        chosen = self.inside if where is None else self.inside & np.asarray(where, dtype=bool)
        code = self.code if where is None else self.code[np.asarray(where, dtype=bool)[self.inside]]
        weights = np.asarray(values, dtype=float)[chosen]
        return np.bincount(code, weights=weights, minlength=self.size)

    def share(self, counts: np.ndarray) -> np.ndarray:
        """Return each cell's part of its replication."""
        of_run = counts.reshape(len(self.replications), -1)
        whole = of_run.sum(axis=1, keepdims=True)
        return divide(of_run, np.broadcast_to(whole, of_run.shape)).ravel()

    def rows(self, outcome: str, unit: str, values: np.ndarray) -> Values:
        """Return values of the cells that hold spells as rows."""
        groups = pd.Categorical.from_codes(
            np.tile(np.arange(len(self.groups)), len(self.replications)), self.groups, self.ordered
        )
        replication = np.repeat(np.asarray(self.replications), len(self.groups))
        table = pd.DataFrame({"replication": replication, "group": groups, "value": values})
        return table[self.count > 0].assign(outcome=outcome, unit=unit)


def divide(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return a ratio, NaN where there is nothing below."""
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) > 0)


Lines = Iterator[tuple[str, str, np.ndarray]]
"""Outcome, unit, and a value for each cell."""


def ways_out(flow: pd.DataFrame, cells: Cells, horizon: int) -> Lines:
    """Yield time on benefit and ways out."""
    own = flow[["weeks", "exited", "door"]][cells.inside]
    mean = restricted_mean(own["weeks"], own["exited"], horizon, groups=cells.code)
    whole = np.full(cells.size, np.nan)
    whole[mean["group"].to_numpy(dtype=int)] = mean["mean"]
    yield f"mean time on benefit within the first {horizon} weeks", "weeks", whole
    incidence = cumulative_incidence(own["weeks"], own["door"], groups=cells.code)
    within = (
        incidence[incidence["week"] <= horizon].groupby(["door", "group"], observed=True)["incidence"].last()
    )
    left = {door: np.zeros(cells.size) for door in Door.labels()}
    for door, values in within.groupby(level="door", observed=True):
        left[str(door)][values.index.get_level_values("group").to_numpy(dtype=int)] = values
    yield f"off benefit within {horizon} weeks", "share of spells", np.sum(list(left.values()), axis=0)
    for way in (Door.WORK, Door.STUDY, Door.OTHER_BENEFIT, Door.WITHDRAWAL):
        yield f"left by {way.label} within {horizon} weeks", "share of spells", left[way.label]


def _given(flow: pd.DataFrame, cells: Cells) -> Lines:
    """Yield what was given in a month on benefit, and money a spell."""
    months = cells.sum(flow["weeks"]) / WEEKS_PER_MONTH
    for name, column in GOT.items():
        yield f"{name}, a month on benefit", "per month", divide(cells.sum(flow[column]), months)
    for name, column in {
        "had a talk": "first_meeting_week",
        "began an activity": "first_activity_week",
    }.items():
        yield name, "share of spells", divide(cells.sum(flow[column].notna()), cells.count)
    for name, column in {"benefit": "benefit_sek", "programme places": "programme_sek"}.items():
        yield f"{name}, a spell", "SEK", divide(cells.sum(flow[column]), cells.count)


def _hit(flow: pd.DataFrame, cells: Cells) -> Lines:
    """Yield sanctions a year on benefit, and how many families with children were hit."""
    years = cells.sum(flow["weeks"]) / WEEKS_PER_YEAR
    for name, column in HIT.items():
        yield name, "per 1,000 client-years", 1000.0 * divide(cells.sum(flow[column]), years)
    hit, family = (flow["reductions"] + flow["denials"]) > 0, flow["children"] > 0
    share = divide(cells.sum(hit, where=family), cells.sum(family))
    yield "families with children reduced or denied", "share of such spells", share
    children = 1000.0 * divide(cells.sum(flow["children"], where=hit), years)
    yield "children in households reduced or denied", "per 1,000 client-years", children


def _back(flow: pd.DataFrame, cells: Cells, weeks: int) -> np.ndarray:
    """Return the share who apply again within a year, of exits followed for a whole year."""
    end = (flow["entry_week"] + flow["weeks"]).astype(float)
    followed = flow["exited"] & (end + WEEKS_PER_YEAR <= weeks)
    return divide(cells.sum(flow["next_entry"] - end <= WEEKS_PER_YEAR, where=followed), cells.sum(followed))


def gaps(values: Values, level: float = 0.95, reference: str | None = None) -> pd.DataFrame:
    """Return how groups differ from one of them, replication by replication.

    Parameters
    ----------
    values : DataFrame
        From `group_values`.
    level : float
        Coverage of the Monte Carlo intervals.
    reference : str, optional
        Name of the group that the others are compared with; the first by default.

    Returns
    -------
    DataFrame
        Columns group, reference, outcome, difference, low, high (group less reference, paired Student's t),
        ratio, ratio_low, ratio_high (Fieller), unit.

    Raises
    ------
    SpellsError
        If there is no such group.
    """
    names, first = _against(values, reference)
    wide = values.assign(group=values["group"].astype(str)).pivot_table(
        index=["outcome", "unit"], columns=["group", "replication"], values="value", sort=False
    )
    rows = []
    for group in names:
        for outcome, unit in wide.index if group != first else []:
            one, other = (
                wide.loc[(outcome, unit), name].reindex(_replications(values)) for name in (group, first)
            )
            difference = (one - other).dropna().to_numpy()
            mean, half = difference.mean() if len(difference) else np.nan, half_width(difference, level)
            ratio = ratio_interval(one.to_numpy(), other.to_numpy(), level)
            rows.append((group, first, outcome, mean, mean - half, mean + half, *ratio, unit))
    names = [
        "group",
        "reference",
        "outcome",
        "difference",
        "low",
        "high",
        "ratio",
        "ratio_low",
        "ratio_high",
        "unit",
    ]
    return pd.DataFrame(rows, columns=names)


def _against(values: Values, reference: str | None) -> tuple[list[str], str]:
    """Return all groups, and the one that the others are held against."""
    names = list(dict.fromkeys(values["group"].astype(str)))
    if reference is None:
        return names, next(iter(names), "")
    named = str(reference)  # True and 2 are names of groups, too
    check_known("reference", "group", named, names)
    return names, named


def gap_values(values: Values, reference: str | None = None) -> pd.DataFrame:
    """Return each group less one of them in each replication: also group, reference, outcome, unit, value."""
    _, first = _against(values, reference)
    keys = ["outcome", "unit", "replication"]
    table = values.assign(group=values["group"].astype(str))
    own = table[table["group"] == first].set_index(keys)["value"].rename("base")
    others = table[table["group"] != first].join(own, on=keys, how="inner")
    return others.assign(value=others["value"] - others["base"], reference=first).drop(columns="base")


def gaps_by(values: Values, level: float = 0.95) -> pd.DataFrame:
    """Return the gaps of several traits, from `values_by`, each against its first group: also `by`."""
    parts = [gaps(own, level).assign(by=by) for by, own in values.groupby("by", sort=False)]
    table = pd.concat(parts, ignore_index=True)
    return table[["by", *(name for name in table if name != "by")]]


def _replications(values: Values) -> pd.Index:
    return pd.Index(sorted(values["replication"].unique()), name="replication")
