"""Capacity: waits and their distribution, queues, use of staff and places, time by task, turnover."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulator.outcomes.block import weeks_with_benefit
from simulator.outcomes.definitions import flow_spells, spells_begun
from simulator.outcomes.intervals import with_intervals
from simulator.outcomes.survival import cumulative_incidence
from simulator.vocabulary import WEEKS_PER_YEAR, Task

WAITS = {
    "caseworker": "first_served_week", "first talk": "first_meeting_week", "assessment": "assessed_week",
    "plan": "plan_week", "activity": "first_activity_week",
}  # fmt: skip
"""What clients wait for, and the week in which a spell came to it."""

OF_SPELLS = ("replication", "entry_week")
OF_WEEKLY = (
    "replication", "week", "clients", "exits", "waiting", "served", "caseworkers", "minutes_available",
    "minutes_used", "minutes_overdue", *(f"minutes_{task}" for task in Task.labels()), "first_served",
    "weeks_to_first_caseworker", "caseworker_changes", "vacant_posts", "quits", "sick",
)  # fmt: skip
OF_PROGRAMMES = (
    "replication", "week", "programme", "places", "places_used", "queued", "admitted", "wait_weeks",
)  # fmt: skip
"""What `capacity` reads of each table."""

EVERYBODY, CAME, LEFT = "all", "came", "left"
KEYS = ["area", "measure", "group", "unit"]
QUARTER = WEEKS_PER_YEAR // 4
Rows = Iterator[tuple[str, str, str, pd.Series, str]]


def waits(spells: pd.DataFrame, level: float = 0.95, horizon: int = WEEKS_PER_YEAR) -> pd.DataFrame:
    """Return the distribution of waits: the share of spells that has come to each thing by each week.

    Whoever leaves first never comes to it, and is counted so (Aalen-Johansen, leaving competes).

    Returns
    -------
    DataFrame
        Columns wait, week, share, low, high; weeks since the spell began, 0 to `horizon`; Monte Carlo
        interval over replications.
    """
    values = wait_values(spells_begun(spells), horizon)
    table = with_intervals(values, ["wait", "week"], level)
    return table.rename(columns={"value": "share"})


def wait_values(flow: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Return replication, wait, week and the share of spells that has come to it by then."""
    parts = [
        _reached(flow, name, column, horizon)
        for name, column in WAITS.items()
        if column in flow and len(flow)
    ]
    return pd.concat(parts, ignore_index=True)


def _reached(flow: pd.DataFrame, name: str, column: str, horizon: int) -> pd.DataFrame:
    wait = (flow[column] - flow["entry_week"]).astype("Float64")
    wait = wait.where(wait >= 0)  # an assessment taken along from an earlier spell is none to wait for
    came = wait.notna().to_numpy()
    weeks = np.where(came, wait.fillna(0.0).to_numpy(dtype=float), flow["weeks"].to_numpy(dtype=float))
    codes = np.where(came, 0, np.where(flow["exited"], 1, -1)).astype(np.int64)
    door = pd.Categorical.from_codes(codes, pd.Index([CAME, LEFT]))
    table = cumulative_incidence(weeks, door, groups=flow["replication"])
    came_to = table[table["door"] == CAME]
    by_week = came_to.pivot_table(index="week", columns="group", values="incidence", aggfunc="last")
    grid = pd.Index(range(horizon + 1), name="week")
    filled = by_week.reindex(by_week.index.union(grid)).ffill().reindex(grid).fillna(0.0)
    filled = filled.reindex(columns=pd.Index(sorted(flow["replication"].unique())), fill_value=0.0)
    long = filled.melt(ignore_index=False, var_name="replication").reset_index()
    return long.assign(wait=name)


def capacity(
    spells: pd.DataFrame, weekly: pd.DataFrame, programmes: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """Return waits, queues, use, time and turnover: area, measure, group, value, low, high, unit.

    Parameters
    ----------
    spells, weekly, programmes : DataFrame
        Tables of a run.
    level : float
        Coverage of the Monte Carlo interval.
    """
    lines = [
        *_of_waits(flow_spells(spells)),
        *_of_queues(weekly, programmes),
        *_of_use(weekly, programmes),
        *_of_time(weekly),
        *_of_staff(weekly),
    ]
    parts = [
        values.rename("value").rename_axis("replication").reset_index().assign(
            area=area, measure=measure, group=group, unit=unit
        )
        for area, measure, group, values, unit in lines
    ]  # fmt: skip
    return with_intervals(pd.concat(parts), KEYS, level)[
        ["area", "measure", "group", "value", "low", "high", "unit"]
    ]


def _of_waits(flow: pd.DataFrame) -> Rows:
    replications = flow.groupby("replication")
    for name, column in WAITS.items():
        if column not in flow:
            continue
        wait = (flow[column] - flow["entry_week"]).astype("Float64").astype(float)
        own = wait.where(wait >= 0).groupby(flow["replication"])
        yield "waits", "mean of those who came to it", name, own.mean(), "weeks"
        yield "waits", "90th percentile of those who came to it", name, own.quantile(0.9), "weeks"
        yield "waits", "came to it", name, own.count() / replications.size(), "share of spells"


def _of_queues(weekly: pd.DataFrame, programmes: pd.DataFrame) -> Rows:
    runs = weekly.groupby("replication")
    yield "queues", "without a caseworker, mean", EVERYBODY, runs["waiting"].mean(), "persons"
    yield "queues", "without a caseworker, most", EVERYBODY, runs["waiting"].max(), "persons"
    served = runs["first_served"].sum()
    wait = runs["weeks_to_first_caseworker"].sum() / served.where(served > 0)
    yield "waits", "mean of those who came to it", "caseworker, by week given", wait, "weeks"
    for name, own in [(EVERYBODY, _summed(programmes)), *programmes.groupby("programme", observed=True)]:
        by = own.groupby("replication")
        yield "queues", "waiting for a place, mean", str(name), by["queued"].mean(), "persons"
        yield "queues", "waiting for a place, most", str(name), by["queued"].max(), "persons"
        admitted = by["admitted"].sum()
        weeks = by["wait_weeks"].sum() / admitted.where(admitted > 0)
        yield "waits", "mean of those admitted to a place", str(name), weeks, "weeks"


def _summed(programmes: pd.DataFrame) -> pd.DataFrame:
    """Return all programmes together, week by week."""
    columns = ["queued", "admitted", "wait_weeks", "places", "places_used"]
    return programmes.groupby(["replication", "week"])[columns].sum().reset_index()


def _of_use(weekly: pd.DataFrame, programmes: pd.DataFrame) -> Rows:
    runs = weekly.groupby("replication")
    paid = runs["minutes_available"].sum()
    paid = paid.where(paid > 0)
    yield "use", "caseworkers' time used", EVERYBODY, runs["minutes_used"].sum() / paid, "share of paid time"
    overdue = runs["minutes_overdue"].sum() / runs["caseworkers"].sum() / 60.0
    yield "use", "urgent work left at the end of a week", EVERYBODY, overdue, "hours a caseworker"
    for name, own in [(EVERYBODY, _summed(programmes)), *programmes.groupby("programme", observed=True)]:
        sums = own.groupby("replication")[["places", "places_used"]].sum()
        used = sums["places_used"] / sums["places"].where(sums["places"] > 0)
        yield "use", "places used", str(name), used, "share of places"


def _of_time(weekly: pd.DataFrame) -> Rows:
    sums = weekly.groupby("replication").sum()
    staffed, paid = sums["caseworkers"], sums["minutes_available"]
    for task in Task.labels():
        minutes = sums[f"minutes_{task}"]
        yield (
            "time",
            "hours of a caseworker's week",
            task,
            minutes / staffed.where(staffed > 0) / 60.0,
            "hours",
        )
        yield "time", "part of paid time", task, minutes / paid.where(paid > 0), "share of paid time"
        yield (
            "time",
            "minutes a client-week",
            task,
            minutes / weeks_with_benefit(sums).where(lambda n: n > 0),
            "minutes",
        )


def _of_staff(weekly: pd.DataFrame) -> Rows:
    runs = weekly.groupby("replication")
    sums = runs.sum()
    staffed = sums["caseworkers"].where(sums["caseworkers"] > 0)
    served = sums["served"]
    yield "staff", "caseworkers", EVERYBODY, runs["caseworkers"].mean(), "persons"
    yield "staff", "clients per caseworker", EVERYBODY, served / staffed, "clients"
    yield "staff", "turnover", EVERYBODY, sums["quits"] * WEEKS_PER_YEAR / staffed, "share a year"
    yield "staff", "vacant posts", EVERYBODY, runs["vacant_posts"].mean(), "persons"
    yield "staff", "on sick leave", EVERYBODY, sums["sick"] / staffed, "share of caseworkers"
    years = weeks_with_benefit(sums).where(lambda n: n > 0) / WEEKS_PER_YEAR
    yield "staff", "changes of caseworker", EVERYBODY, sums["caseworker_changes"] / years, "per client-year"
