"""Headline outcomes of the staff: waits for a caseworker, and the intensive team."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from simulator.vocabulary import Team

Rows = Iterator[tuple[str, float, str]]

NINE_TENTHS = 0.9


def waits_for_a_caseworker(flow: pd.DataFrame) -> Rows:
    """Yield mean and 90th percentile of the wait for the first caseworker, and for the intensive team's."""
    if "first_served_week" in flow:
        yield from _wait("first caseworker", flow["first_served_week"] - flow["entry_week"])
    if "tier" in flow:
        for tier in Team.labels():
            own = flow[flow["tier"] == tier]
            wait = own["first_served_week"] - own["entry_week"]
            yield from _wait(f"first caseworker, tier {tier}", wait)
        yield from _wait("intensive team", flow["intensive_served_week"] - flow["passed_on_week"])
        yield (
            "passed on to the intensive team",
            float((flow["tier"] == "intensive").mean()),
            "share of spells",
        )


def _wait(whom: str, weeks: pd.Series) -> Rows:
    waited = weeks.dropna().astype(float)
    if len(waited):
        yield f"wait for the {whom}, mean", float(waited.mean()), "weeks"
        yield f"wait for the {whom}, 90th percentile", float(waited.quantile(NINE_TENTHS)), "weeks"


def intensive_outcomes(panel: pd.DataFrame) -> Rows:
    """Yield what the weekly panel tells of the intensive team; `capacity` tells the rest of the staff."""
    total = panel.sum()
    if total["intensive_clients"]:
        yield "clients of the intensive team", float(panel["intensive_clients"].mean()), "persons"
        without = total["intensive_waiting"] / total["intensive_clients"]
        yield "waiting for the intensive team", without, "share of its client-weeks"
        yield "caseworkers of the intensive team", float(panel["intensive_caseworkers"].mean()), "persons"
