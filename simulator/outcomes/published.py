"""Every published figure by its own definition: calendar year, stock, flow, and two years from entry.

The same spells give different numbers under different definitions; `target` names the row of
`simulator/data/targets.csv` that uses the definition.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulator.outcomes.definitions import (
    PERSON,
    WEEKS_PER_MONTH,
    calendar_year,
    flow_spells,
    months_of_year,
    months_on,
    next_entry,
    periods,
    share_long_term,
    weeks_within,
)
from simulator.outcomes.intervals import where_reached, with_intervals
from simulator.outcomes.survival import kaplan_meier
from simulator.vocabulary import MONTHS_PER_YEAR, WEEKS_PER_YEAR, Door

TWO_YEARS = 2 * WEEKS_PER_YEAR
DAYS = 7.0
HALF = 0.5
HINDRANCE_TARGETS = {"unemployment": "V3a", "social reasons": "V3b", "sick-listed": "V3c"}
WORKING = [Door.WORK.label, Door.SUBSIDISED_WORK.label]
WORK_OR_STUDY = [*WORKING, Door.STUDY.label]
YEAR, STOCK, FLOW, PERIODS, ENTRY = (
    "calendar year", "stock", "flow of spells", "flow of periods", "two years from entry"
)  # fmt: skip
FOLLOWED, FEWEST_FOLLOWED = "persons followed", 30
"""Persons, over all replications, without whom two years are not told (assumed: stays are very uneven)."""

KEYS = ["definition", "outcome", "unit", "target"]

COLUMNS = [
    "replication",
    "client",
    "entry_week",
    "exit_week",
    "weeks",
    "exited",
    "door",
    "hindrance",
    "programme_weeks",
]
"""What the definitions read of a spell."""

Rows = Iterator[tuple[str, str, pd.Series, str, str]]
"""Definition, outcome, values by replication, unit, target (empty if none)."""


def definitions(
    spells: pd.DataFrame, weeks: int, gap_months: float = 1.0, level: float = 0.95
) -> pd.DataFrame:
    """Return how long people stay, under each definition in use.

    A household is one client here, since the model has one adult a household.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    weeks : int
        Weeks of the run.
    gap_months : float
        Shortest break that ends a period.
    level : float
        Coverage of the Monte Carlo interval.

    Returns
    -------
    DataFrame
        Columns definition, outcome, value, low, high, unit, target. The two years from entry are left out,
        save how many were followed, where these are fewer than 30 in all replications together.
    """
    values = definition_values(spells, weeks, gap_months)
    from_entry, followed = values["definition"] == ENTRY, values["outcome"] == FOLLOWED
    if values["value"][followed].sum() < FEWEST_FOLLOWED:
        values = values[~from_entry | followed]
    values = where_reached(values, KEYS)
    table = with_intervals(values, KEYS, level) if len(values) else values.assign(low=[], high=[])
    return table[["definition", "outcome", "value", "low", "high", "unit", "target"]]


def definition_values(spells: pd.DataFrame, weeks: int, gap_months: float = 1.0) -> pd.DataFrame:
    """Return the same replication by replication: replication, value, definition, outcome, unit, target."""
    spells = spells[COLUMNS].reset_index(drop=True).astype({"exited": bool})
    lines = [
        *_calendar_year(spells, weeks),
        *_stock(spells, weeks),
        *_flow(spells, FLOW, weeks),
        *_flow(periods(spells, gap_months), PERIODS, weeks),
        *_from_entry(spells, weeks),
        *_after_a_programme(spells),
    ]
    parts = [
        values.rename("value").rename_axis("replication").reset_index().assign(
            definition=definition, outcome=outcome, unit=unit, target=target
        )
        for definition, outcome, values, unit, target in lines
        if len(values)
    ]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=["replication", "value", *KEYS])
    return pd.concat(parts, ignore_index=True)


def _calendar_year(spells: pd.DataFrame, weeks: int) -> Rows:
    years = weeks // WEEKS_PER_YEAR
    if years and len(spells):
        grid = months_on(spells, 0, years * MONTHS_PER_YEAR)
        mean = calendar_year(spells, years)
        yield YEAR, "months, of those with any", mean["months"], "months", "V1"
        share = mean["share_ten_months"]
        yield YEAR, "ten months or more, of those with any", share, "share of persons", "V2"
        for hindrance, values in _mix(spells, grid).items():
            target = HINDRANCE_TARGETS.get(str(hindrance), "")
            name = f"main hindrance {hindrance}, of those with any"
            yield YEAR, name, values, "share of persons", target
    long_term = share_long_term(spells, weeks)
    yield (
        YEAR,
        "27 of the last 36 months, of those with any in the last 12",
        long_term,
        "share of persons",
        "",
    )


def _mix(spells: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of main hindrances, by replication, averaged over whole years."""
    first = (
        spells.sort_values("entry_week", kind="stable")
        .drop_duplicates(PERSON)
        .set_index(PERSON)["hindrance"]
        .reindex(grid.index)
    )
    parts = []
    for year in range(grid.shape[1] // MONTHS_PER_YEAR):
        index = months_of_year(grid, year).index
        parts.append(pd.crosstab(index.get_level_values(0), first[index].to_numpy(), normalize="index"))
    return pd.concat(parts).fillna(0.0).groupby(level=0).mean()


def _stock(spells: pd.DataFrame, weeks: int) -> Rows:
    """Yield what a count on one day finds: a year before the end, or in week 0 of a shorter run."""
    day = max(0, weeks - WEEKS_PER_YEAR)
    end = spells["entry_week"] + spells["weeks"]
    here = spells[(spells["entry_week"] <= day) & (end > day)]
    so_far = (day - here["entry_week"]).groupby(here["replication"])
    yield STOCK, "weeks so far of the spell, mean", so_far.mean(), "weeks", ""
    yield STOCK, "weeks so far of the spell, median", so_far.median(), "weeks", ""
    long = so_far.apply(lambda w: float((w >= WEEKS_PER_YEAR).mean()))
    yield STOCK, "a year or more without a break", long, "share of persons", ""


def _flow(spells: pd.DataFrame, name: str, weeks: int) -> Rows:
    """Yield what a sample of beginnings finds."""
    flow = flow_spells(spells)
    if not len(flow):
        return
    curves = kaplan_meier(flow["weeks"], flow["exited"], groups=flow["replication"])
    below = curves[curves["survival"] <= HALF].groupby("group")["week"].first()
    groups = pd.Index(sorted(flow["replication"].unique()))
    target = "V7a" if name == FLOW else ""
    yield name, "median", below.reindex(groups).astype(float), "weeks", target
    within = curves[curves["week"] <= WEEKS_PER_YEAR].groupby("group")["survival"].last()
    target = "V6d" if name == FLOW else ""
    yield name, "ended within 12 months", 1.0 - within, "share", target
    back = next_entry(flow) - (flow["entry_week"] + flow["weeks"]).to_numpy(float)
    ended = flow["exited"].astype(bool)
    followed = ended & (flow["entry_week"] + flow["weeks"] + WEEKS_PER_YEAR <= weeks)
    share = (back[followed] <= WEEKS_PER_YEAR).groupby(flow["replication"][followed]).mean()
    yield name, "back within a year of the end", share, "share of ends", ""
    yield name, "begun, a person", flow.groupby("replication").size() / _people(flow), "per person", ""


def _people(flow: pd.DataFrame) -> pd.Series:
    return flow.drop_duplicates(PERSON).groupby("replication").size()


def _from_entry(spells: pd.DataFrame, weeks: int) -> Rows:
    """Yield where people spend the two years after their first entry of the run, returns included."""
    entries = flow_spells(spells).groupby(PERSON)["entry_week"].min()
    entries = entries[entries + TWO_YEARS <= weeks].rename("start")
    if not len(entries):
        return
    yield ENTRY, FOLLOWED, entries.groupby("replication").size(), "persons", ""
    table = spells.join(entries, on=PERSON, how="inner")
    on = weeks_within(table, table["start"], TWO_YEARS)
    own = [table[name] for name in PERSON]
    end = table["entry_week"] + table["weeks"]
    back = next_entry(table).fillna(np.inf)
    horizon = table["start"] + TWO_YEARS
    weeks_away = np.maximum(np.minimum(back, horizon) - np.maximum(end, table["start"]), 0.0)
    away = pd.Series(weeks_away, index=table.index).where(
        table["exited"] & (table["entry_week"] >= table["start"]), 0.0
    )
    works = table["door"].isin(WORKING)
    sums = {
        ("weeks on benefit, in all", "weeks", ""): on,
        ("days on benefit, in all", "days", "V6b"): DAYS * on,
        ("days of the first spell", "days", "V5"): DAYS
        * on.where(table["entry_week"] == table["start"], 0.0),
        ("days off benefit after leaving by work", "days", "V6a"): DAYS * away.where(works, 0.0),
        ("days off benefit after leaving otherwise", "days", "V6c"): DAYS * away.where(~works, 0.0),
    }
    for (outcome, unit, target), values in sums.items():
        yield ENTRY, outcome, values.groupby(own).sum().groupby("replication").mean(), unit, target
    months = on.groupby(own).sum() / WEEKS_PER_MONTH
    yield ENTRY, "months on benefit, in all", months.groupby("replication").mean(), "months", ""


def _after_a_programme(spells: pd.DataFrame) -> Rows:
    """Yield how spells ended that held a programme.

    Published destinations are of all who leave a programme, also to be on benefit still; the spells do not
    say when a stay ended, so the two shares bound that of the target from above and from below.
    """
    held = spells[spells["programme_weeks"] > 0]
    left = held["exited"].astype(bool) & held["door"].isin(WORK_OR_STUDY)
    ended = left[held["exited"].astype(bool)].groupby(held["replication"]).mean()
    by_now = left.groupby(held["replication"]).mean()
    yield FLOW, "left by work or study, of ended spells with a programme", ended, "share", "V4: at most"
    yield FLOW, "left by work or study, of all spells with a programme", by_now, "share", "V4: at least"
