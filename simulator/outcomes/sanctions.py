"""Headline outcomes of sanctions and benefit rules: who was hit, how spells ended, which hours were met."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from simulator.outcomes.definitions import flow_spells
from simulator.vocabulary import WEEKS_PER_YEAR, Door

Rows = Iterator[tuple[str, float, str]]

WITHOUT_WORK = [Door.WITHDRAWAL.label, Door.OTHER.label, Door.MOVED.label]
"""Ways out behind which neither work, nor study, nor another benefit is known."""


def sanction_outcomes(spells: pd.DataFrame, panel: pd.DataFrame) -> Rows:
    """Yield the headline outcomes of one replication: name, value, unit."""
    yield from _ways_out(flow_spells(spells))
    for door in (Door.WORK, Door.WITHDRAWAL):
        back = share_back_within_a_year(spells, door, len(panel))
        yield f"back within a year after {door.label}", back, "share of exits"
    yield from _people_hit(panel)
    yield from _stays(panel)
    yield from _rules_in_force(panel)


def _ways_out(flow: pd.DataFrame) -> Rows:
    exited = flow[flow["exited"]]
    cut = (exited["reductions"] + exited["denials"]) > 0
    without = exited["door"].isin(WITHOUT_WORK)
    for name, group in (("reduced or denied", without[cut]), ("never reduced or denied", without[~cut])):
        share = float(group.mean()) if len(group) else float("nan")
        yield f"ended without work or other income, {name}", share, "share of ended spells"


def share_back_within_a_year(spells: pd.DataFrame, door: Door, weeks: int) -> float:
    """Return the share of those who left by a door who apply again within a year (NaN if nobody left).

    Parameters
    ----------
    spells : DataFrame
        Spells of one replication.
    door : Door
        The way out.
    weeks : int
        Weeks of the run; only exits that were followed for a whole year count.
    """
    ordered = spells.sort_values(["client", "spell"])
    next_entry = ordered.groupby("client", sort=False)["entry_week"].shift(-1)
    followed = (ordered["door"] == door.label) & (ordered["exit_week"] + WEEKS_PER_YEAR <= weeks).fillna(
        value=False
    )
    wait = next_entry[followed] - ordered["exit_week"][followed].astype(float)
    return float((wait <= WEEKS_PER_YEAR).mean()) if len(wait) else float("nan")


def _people_hit(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    clients = max(total["clients"], 1)
    thousand_years = clients / WEEKS_PER_YEAR / 1000.0
    names = {
        "children_hit": "reductions and denials of households with children",
        "emergency_tests": "emergency tests",
    }
    for column, name in names.items():
        yield name, total[column] / thousand_years, "per 1,000 client-years"
    share = total["mandatory_over_25"] / clients
    yield "aged 25 or more in a mandatory programme", share, "share of client-weeks"
    if total["mandatory"]:
        older = total["mandatory_over_25"] / total["mandatory"]
        yield "mandatory programmes taken up by those aged 25 or more", older, "share of weeks in them"


def _stays(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    ended = total["completed"] + total["ended_early"]
    columns = {
        "completed": "completed",
        "absences_drop_out": "dropped out of",
        "ended_for_misconduct": "ended for misconduct",
    }
    if ended:
        for column, name in columns.items():
            yield f"stays {name}", total[column] / ended, "share of ended stays"


def _rules_in_force(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    if total["hours_asked"]:
        yield "required hours met", total["hours_met"] / total["hours_asked"], "share of hours asked"
    yield (
        "working part time on benefit",
        total["part_time"] / max(total["clients"], 1),
        "share of client-weeks",
    )
