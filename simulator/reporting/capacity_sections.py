"""Pictures of capacity with their sentences and numbers: workload, waits, how caseworkers' time is shared."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from simulator.outcomes.capacity import WAITS
from simulator.reporting.capacity_figures import waits_figure
from simulator.reporting.figures import WORKLOAD_PANELS, workload_figure
from simulator.reporting.page import Table
from simulator.reporting.run_figures import Drawing, bracket, panel_points, panel_table, upper
from simulator.reporting.share_figures import LORENZ, lorenz_figure
from simulator.reporting.words import Words
from simulator.vocabulary import WEEKS_PER_YEAR

FOR_A_CASEWORKER = "caseworker, by week given"
"""The group of `capacity` that tells how long those waited who were given their first caseworker."""

MOMENTS = (4, WEEKS_PER_YEAR // 4, WEEKS_PER_YEAR)
"""Weeks since a spell began at which waits are told in numbers: about a month, a quarter, a year."""


TENTHS = tuple(number / 10 for number in range(1, 10))
"""Shares of the weeks on benefit at which the curve of caseworkers' time is told in numbers."""


def workload_of(weekly: pd.DataFrame) -> pd.DataFrame:
    """Return the weekly panel with what the caseworkers had to do, each: clients, share of time, overdue.

    Parameters
    ----------
    weekly : DataFrame
        Columns `served, caseworkers, minutes_available, minutes_used, minutes_overdue`.

    Returns
    -------
    DataFrame
        With the columns clients_each, percent_used (of paid minutes), overdue_each (minutes of urgent work
        left at the end of a week); null in a week without caseworkers.
    """
    staff = weekly["caseworkers"].where(weekly["caseworkers"] > 0)
    paid = weekly["minutes_available"].where(weekly["minutes_available"] > 0)
    return weekly.assign(
        clients_each=weekly["served"] / staff,
        percent_used=100.0 * weekly["minutes_used"] / paid,
        overdue_each=weekly["minutes_overdue"] / staff,
    )


def draw_workload(weekly: pd.DataFrame, words: Words) -> Drawing:
    """Return the drawing of queues and of the caseworkers' load over the weeks."""
    table, count = workload_of(weekly), weekly["replication"].nunique()
    note = words("figures.weeks_note", count=count) if count > 1 else words("figures.weeks_note_one")
    points = panel_points(table, WORKLOAD_PANELS, words)
    title, numbers = words("figures.workload"), panel_table(table, WORKLOAD_PANELS, "figures.workload", words)
    return Drawing("workload", workload_figure(table, words), title, note, points, numbers)


def caseworker_wait(capacity: pd.DataFrame, words: Words) -> str:
    """Return the mean wait for a caseworker in a sentence; nothing where nobody was given one.

    Parameters
    ----------
    capacity : DataFrame
        Columns area, group, value, low, high, as `outcomes.capacity.capacity` makes it.
    words : Words
        The language.
    """
    own = capacity[(capacity["area"] == "waits") & (capacity["group"] == FOR_A_CASEWORKER)]
    own = own.dropna(subset=["value"])
    if own.empty:
        return ""
    numbers = (float(number) for number in own.iloc[0][["value", "low", "high"]])
    value, low, high = (
        words.number(number if math.isnan(number) else max(number, 0.0)) for number in numbers
    )
    return words("figures.waits_caseworker", value=words.interval(value, low, high))


def draw_waits(waits: pd.DataFrame, weeks: int, replications: int, words: Words, first: str = "") -> Drawing:
    """Return the drawing of how soon spells came to what clients wait for.

    Parameters
    ----------
    waits : DataFrame
        Columns wait, week, share, low, high.
    weeks : int
        Weeks of the run; nothing is known of longer waits.
    replications : int
        How many the intervals are over.
    words : Words
        The language.
    first : str
        What is told before all else; may be empty.
    """
    known = waits[waits["week"] <= weeks]
    came = known.groupby("wait", sort=False)["share"].transform("max") > 0.0
    flat = [words.label("wait", wait) for wait in dict.fromkeys(known[~came]["wait"])]
    known = known[came] if came.any() else known
    told = [week for week in MOMENTS if week <= known["week"].max()] or [int(known["week"].max())]
    rows: list[tuple[str, ...]] = []
    points = [first] if first else []
    points += [words("figures.waits_nobody", waits=", ".join(flat))] if flat else []
    for wait, own in known.groupby("wait", sort=False):
        name, at = words.label("wait", wait), own.set_index("week")
        values = {week: words.percents(*at.loc[week, ["share", "low", "high"]]) for week in told}
        rows += [
            (name, str(week), value.partition(" (")[0], bracket(value)) for week, value in values.items()
        ]
        parts = (words("figures.waits_within", weeks=week, value=value) for week, value in values.items())
        if name not in flat:
            points.append(f"{upper(name)}: {', '.join(parts)}.")
    title, note = words("figures.waits"), words.over("figures.waits_note", replications, count=replications)
    heads = [words(f"report.{head}") for head in ("waited_for", "week", "came_to", "interval")]
    table = Table(f"{words('report.numbers')}: {title}", heads, rows, (), folded=True)
    return Drawing("waits", waits_figure(known, list(WAITS), words, note), title, note, points, table)


def draw_lorenz(lorenz: pd.DataFrame, gini: pd.DataFrame, replications: int, words: Words) -> Drawing:
    """Return the drawing of how the caseworkers' time is spread over weeks on benefit."""
    points = []
    for what, own in lorenz.groupby("of", sort=False):
        share, minutes = (own[name].to_numpy(float) for name in ("share_of_client_weeks", "share_of_minutes"))
        bottom, top = (
            words.percent(part)
            for part in (np.interp(0.5, share, minutes), 1 - np.interp(0.9, share, minutes))
        )
        points.append(
            words("figures.lorenz_point", what=upper(words.label("time", what)), bottom=bottom, top=top)
        )
    for _, row in gini.iterrows():
        value = words.interval(*(words.number(float(row[name]), 2) for name in ("value", "low", "high")))
        points.append(words("report.gini", what=words.label("time", row["of"]), value=value))
    title, note = words("figures.lorenz"), words.over("figures.lorenz_note", replications)
    return Drawing(
        "caseworker_time_shared",
        lorenz_figure(lorenz, words, note),
        title,
        note,
        points,
        _lorenz_table(lorenz, words),
    )


def _lorenz_table(lorenz: pd.DataFrame, words: Words) -> Table:
    """Return the curves in numbers at each tenth of the weeks on benefit."""
    rows = []
    for what, own in lorenz.groupby("of", sort=False):
        at, *lines = (own[name].to_numpy(float) for name in LORENZ)
        for tenth in TENTHS:
            value, low, high = (float(np.interp(tenth, at, line)) for line in lines)
            ends = [words.number(100 * end, 1) for end in (low, high)]
            interval = words("to", low=ends[0], high=ends[1]) if all(ends) else ""
            rows.append((words.label("time", what), words.percent(tenth), words.percent(value), interval))
    heads = [words("report.what_time"), words("figures.lorenz_across"), words("figures.lorenz_up")]
    caption = f"{words('report.numbers')}: {words('figures.lorenz')}"
    return Table(caption, [*heads, words("report.interval")], rows, (), folded=True)
