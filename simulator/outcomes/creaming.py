"""Creaming: whether those near to work get more of the service, and leave more, than the far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes.definitions import WEEKS_PER_MONTH, spells_begun
from simulator.outcomes.distance import THIRDS, distance_from_work
from simulator.outcomes.intervals import half_width, ratio_interval
from simulator.outcomes.who import GOT, HORIZON_WEEKS, Cells, ways_out
from simulator.vocabulary import Door

SEEN_AT_LEAST_WEEKS = 26
"""Clients who are compared by what they got a month were seen for so long after their first talk."""


def monthly_rates(
    spells: pd.DataFrame, column: str, distance: pd.Series, least_weeks: int = SEEN_AT_LEAST_WEEKS
) -> pd.DataFrame:
    """Return what clients got a month since their first talk: near, middle and far third, and everybody.

    Time before the first talk is left out, and so are clients who left within so many weeks after it: the
    near to work leave early, and before the first talk nobody can have been given anything.

    Parameters
    ----------
    spells : DataFrame
        Spells that began in the run.
    column : str
        What is counted.
    distance : Series
        Distance from work of each spell.
    least_weeks : int
        Weeks that a client was on benefit after the first talk, at least.

    Returns
    -------
    DataFrame
        Indexed by replication.
    """
    since = spells["weeks"] - (spells["first_meeting_week"] - spells["entry_week"]).astype(float)
    seen = since >= least_weeks
    spells, months = spells[seen], since[seen] / WEEKS_PER_MONTH
    share = distance[spells.index].rank(pct=True)
    parts = {"near": share <= 1 / 3, "middle": share.between(1 / 3, 2 / 3, "right"), "far": share > 2 / 3}

    def rate(part: pd.Series) -> pd.Series:
        by = spells["replication"][part]
        return spells[column][part].groupby(by).sum() / months[part].groupby(by).sum()

    return pd.DataFrame(
        {**{name: rate(part) for name, part in parts.items()}, "everybody": rate(share > 0.0)}
    )


def creaming(
    spells: pd.DataFrame, weeks: int, settings: Mapping[str, Any], level: float = 0.95
) -> pd.DataFrame:
    """Return the creaming gap: what the near to work got and became, against the far from it.

    Time, talks and places a month are of clients on benefit for at least half a year after their first talk
    (`monthly_rates`), so that early exits of the near do not make the gap; ways out are of all spells.

    Returns
    -------
    DataFrame
        Columns outcome, near, far, everybody, gap, low, high (near less far over everybody, Student's t),
        ratio, ratio_low, ratio_high (near over far, Fieller), unit.
    """
    rows = []
    for (outcome, unit), table in _by_third(spells, weeks, settings).items():
        near, far, everybody = (table[name].to_numpy(dtype=float) for name in ("near", "far", "everybody"))
        gap = _gap(table).to_numpy()
        present = gap[~np.isnan(gap)]
        mean, half = present.mean() if len(present) else np.nan, half_width(present, level)
        ratio = ratio_interval(near, far, level)
        means = [
            float(np.nanmean(part)) if (~np.isnan(part)).any() else np.nan for part in (near, far, everybody)
        ]
        rows.append((outcome, *means, mean, mean - half, mean + half, *ratio, unit))
    names = [
        "outcome",
        "near",
        "far",
        "everybody",
        "gap",
        "low",
        "high",
        "ratio",
        "ratio_low",
        "ratio_high",
        "unit",
    ]
    return pd.DataFrame(rows, columns=names)


def creaming_values(spells: pd.DataFrame, weeks: int, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the creaming gap of each replication: replication, value, outcome."""
    tables = _by_third(spells, weeks, settings)
    parts = [
        _gap(table).rename("value").rename_axis("replication").reset_index().assign(outcome=outcome)
        for (outcome, _), table in tables.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _by_third(
    spells: pd.DataFrame, weeks: int, settings: Mapping[str, Any]
) -> dict[tuple[str, str], pd.DataFrame]:
    """Return what each third got and became, by outcome and unit; indexed by replication."""
    flow = spells_begun(spells)
    distance = distance_from_work(flow, settings)
    tables = {(name, "per month"): monthly_rates(flow, column, distance) for name, column in GOT.items()}
    for outcome, unit, table in _exits_by_third(flow, distance, min(HORIZON_WEEKS, max(1, weeks // 2))):
        tables[outcome, unit] = table
    columns = [*THIRDS, "everybody"]  # nobody is near where all are alike
    return {name: table.reindex(columns=columns).astype(float) for name, table in tables.items()}


def _gap(table: pd.DataFrame) -> pd.Series:
    return (table["near"] - table["far"]) / table["everybody"].where(table["everybody"] > 0)


def _exits_by_third(
    flow: pd.DataFrame, distance: pd.Series, horizon: int
) -> list[tuple[str, str, pd.DataFrame]]:
    """Return the ways out of each third and of everybody, indexed by replication."""
    third = pd.cut(distance.rank(pct=True), [0.0, 1 / 3, 2 / 3, 1.0], labels=THIRDS)
    everybody = pd.Series(pd.Categorical(np.full(len(flow), "everybody")), index=flow.index)
    tables = []
    for groups in (pd.Series(third, index=flow.index), everybody):
        cells = Cells(flow["replication"], groups)
        tables.append({line[:2]: cells.rows(*line) for line in ways_out(flow, cells, horizon)})
    wanted = ("off benefit", f"left by {Door.WORK.label}")
    return [
        (
            *name,
            pd.concat([rows, tables[1][name]])
            .astype({"group": str})
            .pivot(index="replication", columns="group", values="value"),
        )
        for name, rows in tables[0].items()
        if name[0].startswith(wanted)
    ]
