"""Who: every outcome by group of clients, and gaps between groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes.definitions import WEEKS_PER_MONTH, flow_spells, next_entry
from simulator.outcomes.distance import DISTANCE, groups_by
from simulator.outcomes.intervals import half_width, ratio_interval, with_intervals
from simulator.outcomes.survival import cumulative_incidence, restricted_mean
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
READ = [
    "replication",
    "children",
    "entry_week",
    "exit_week",
    "weeks",
    "exited",
    "door",
    "first_meeting_week",
    "first_activity_week",
    "benefit_sek",
    "programme_sek",
    *GOT.values(),
    *HIT.values(),
]
"""What the outcomes of a group read of a spell."""

GROUP = ["replication", "group"]
KEYS = ["by", "group", "outcome", "unit"]

Values = pd.DataFrame
"""One row a replication, group and outcome: replication, group, outcome, unit, value."""


def who(
    spells: pd.DataFrame, weeks: int, settings: Mapping[str, Any], by: str = DISTANCE, level: float = 0.95
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
    by : str
        See `groups_by`.
    level : float
        Coverage of the Monte Carlo interval.
    """
    values = group_values(spells, weeks, settings, by).assign(by=by)
    values["group"] = values["group"].astype(str)
    return with_intervals(values, KEYS, level)[["by", "group", "outcome", "value", "low", "high", "unit"]]


def group_values(spells: pd.DataFrame, weeks: int, settings: Mapping[str, Any], by: str) -> Values:
    """Return the outcomes of each replication and group; groups in their order."""
    group = groups_by(flow_spells(spells), by, settings)
    flow = flow_spells(spells[READ].assign(next_entry=next_entry(spells))).assign(group=group)
    flow = flow.dropna(subset=["group"])
    groups = flow.groupby(GROUP, observed=True)
    parts = [
        _part("spells begun", "share of spells", groups.size() / flow.groupby("replication").size()),
        *ways_out(flow, min(HORIZON_WEEKS, max(1, weeks // 2))),
        *_given(groups),
        *_hit(flow),
        _back(flow, weeks),
    ]
    table = pd.concat(parts, ignore_index=True)
    if isinstance(flow["group"].dtype, pd.CategoricalDtype):
        table["group"] = pd.Categorical(table["group"], categories=flow["group"].cat.categories, ordered=True)
    order = table.groupby("outcome", sort=False).ngroup()
    return table.assign(order=order).sort_values(["group", "order", "replication"]).drop(columns="order")


def _part(outcome: str, unit: str, values: pd.Series) -> Values:
    """Return values indexed by replication and group as rows."""
    index = values.index.set_names(GROUP)
    table = values.set_axis(index).rename("value").reset_index()
    return table.assign(outcome=outcome, unit=unit)


def ways_out(flow: pd.DataFrame, horizon: int) -> list[Values]:
    """Return time on benefit and ways out by group."""
    keys = flow.groupby(GROUP, observed=True)
    number, names = keys.ngroup(), keys.size().index
    mean = restricted_mean(flow["weeks"], flow["exited"], horizon, groups=number).set_index("group")["mean"]
    incidence = cumulative_incidence(flow["weeks"], flow["door"], groups=number)

    def left_by(door: str | None, limit: int) -> pd.Series:
        within = incidence[incidence["week"] <= limit]
        within = within if door is None else within[within["door"] == door]
        last = within.groupby(["group", "door"], observed=True)["incidence"].last()
        return last.groupby("group").sum().reindex(range(len(names)), fill_value=0.0).set_axis(names)

    parts = [
        _part(f"mean time on benefit within the first {horizon} weeks", "weeks", mean.set_axis(names)),
        _part(f"off benefit within {horizon} weeks", "share of spells", left_by(None, horizon)),
    ]
    for door in (Door.WORK, Door.STUDY, Door.OTHER_BENEFIT, Door.WITHDRAWAL):
        left = left_by(door.label, horizon)
        parts.append(_part(f"left by {door.label} within {horizon} weeks", "share of spells", left))
    return parts


def _given(groups: Any) -> list[Values]:  # noqa: ANN401  (a grouped table)
    """Return what was given in a month on benefit, and money a spell."""
    sums = groups[["weeks", "benefit_sek", "programme_sek", *GOT.values()]].sum()
    months = sums["weeks"] / WEEKS_PER_MONTH
    parts = [
        _part(f"{name}, a month on benefit", "per month", sums[column] / months)
        for name, column in GOT.items()
    ]
    parts.append(_part("had a talk", "share of spells", groups["first_meeting_week"].apply(_present)))
    parts.append(_part("began an activity", "share of spells", groups["first_activity_week"].apply(_present)))
    for name, column in {"benefit": "benefit_sek", "programme places": "programme_sek"}.items():
        parts.append(_part(f"{name}, a spell", "SEK", sums[column] / groups.size()))
    return parts


def _present(values: pd.Series) -> float:
    return float(values.notna().mean())


def _hit(flow: pd.DataFrame) -> list[Values]:
    """Return sanctions a year on benefit, and how many families with children were hit."""
    groups = flow.groupby(GROUP, observed=True)
    sums = groups[["weeks", *HIT.values()]].sum()
    years = sums["weeks"] / WEEKS_PER_YEAR
    parts = [
        _part(name, "per 1,000 client-years", 1000.0 * sums[column] / years) for name, column in HIT.items()
    ]
    hit = (flow["reductions"] + flow["denials"]) > 0
    with_children = flow["children"] > 0
    families = (
        (hit & with_children).astype(float).groupby([flow[name] for name in GROUP], observed=True).sum()
    )
    children = flow["children"].where(hit, 0).groupby([flow[name] for name in GROUP], observed=True).sum()
    of_families = flow[with_children].groupby(GROUP, observed=True).size()
    share = families.reindex(of_families.index) / of_families
    return [
        *parts,
        _part("families with children reduced or denied", "share of such spells", share),
        _part(
            "children in households reduced or denied", "per 1,000 client-years", 1000.0 * children / years
        ),
    ]


def _back(flow: pd.DataFrame, weeks: int) -> Values:
    """Return the share who apply again within a year, of exits followed for a whole year."""
    followed = flow[flow["exited"] & (flow["exit_week"].fillna(weeks) + WEEKS_PER_YEAR <= weeks)]
    wait = followed["next_entry"] - followed["exit_week"].astype(float)
    back = (wait <= WEEKS_PER_YEAR).groupby([followed[name] for name in GROUP], observed=True).mean()
    return _part("back within a year", "share of exits", back)


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
    """
    wide = values.assign(group=values["group"].astype(str)).pivot_table(
        index=["outcome", "unit"], columns=["group", "replication"], values="value", sort=False
    )
    names = list(dict.fromkeys(values["group"].astype(str)))
    first = names[0] if reference is None else reference
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


def _replications(values: Values) -> pd.Index:
    return pd.Index(sorted(values["replication"].unique()), name="replication")
