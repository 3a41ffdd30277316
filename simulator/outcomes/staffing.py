"""Headline outcomes of the staff: waits for a caseworker, and the intensive team."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.outcomes.block import Headline, Numbers, Rows, Spells, Weeks, ratio
from simulator.vocabulary import Team

NINE_TENTHS = 0.9


def waits_for_a_caseworker(flow: Spells) -> Rows:
    """Yield mean and 90th percentile of the wait for the first caseworker, and for the intensive team's."""
    if "first_served_week" in flow:
        yield from _wait("first caseworker", flow, ("entry_week", "first_served_week"))
    if "tier" in flow:
        for tier in Team.labels():
            own = flow.where((flow["tier"] == tier).to_numpy())
            yield from _wait(f"first caseworker, tier {tier}", own, ("entry_week", "first_served_week"))
        yield from _wait("intensive team", flow, ("passed_on_week", "intensive_served_week"))
        passed = flow.share((flow["tier"] == "intensive").to_numpy())
        yield Headline("passed on to the intensive team", passed, "share of spells", flow.count > 0)


def _wait(whom: str, spells: Spells, ends: tuple[str, str]) -> Rows:
    weeks = spells.numbers(ends[1]) - spells.numbers(ends[0])
    mean, tail = spells.mean(weeks), _tail(spells, weeks)
    yield Headline(f"wait for the {whom}, mean", mean, "weeks", ~np.isnan(mean))
    yield Headline(f"wait for the {whom}, 90th percentile", tail, "weeks", ~np.isnan(mean))


def _tail(spells: Spells, weeks: Numbers) -> Numbers:
    tail = pd.Series(weeks).groupby(spells.place).quantile(NINE_TENTHS)
    return tail.reindex(range(spells.replications)).to_numpy()


def intensive_outcomes(weeks: Weeks) -> Rows:
    """Yield what the weekly panel tells of the intensive team; `capacity` tells the rest of the staff."""
    clients, unit = weeks.total("intensive_clients"), "persons"
    there = clients > 0
    yield Headline("clients of the intensive team", weeks.mean("intensive_clients"), unit, there)
    without = ratio(weeks.total("intensive_waiting"), clients)
    yield Headline("waiting for the intensive team", without, "share of its client-weeks", there)
    yield Headline("caseworkers of the intensive team", weeks.mean("intensive_caseworkers"), unit, there)
