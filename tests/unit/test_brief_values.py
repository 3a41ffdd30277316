"""Differences of a policy brief: paired, with luck and settings apart and together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.experiments.brief_values import differences
from simulator.outcomes.intervals import half_width
from simulator.outcomes.uncertainty import layers

CLIENTS = 50.0


def side(values: np.ndarray, costs: np.ndarray | None = None) -> pd.DataFrame:
    """Return one side with an outcome, its clients and a cost, from arrays of draws and replications."""
    draws, replications = values.shape
    costs = np.zeros_like(values) if costs is None else costs
    told = {
        ("everybody", "", "weeks on", "weeks"): values,
        ("everybody", "", "clients on benefit", "persons"): np.full_like(values, CLIENTS),
        ("payer", "state", "net cost, a year", "million SEK"): costs,
    }
    rows = [
        (*key, draw, number, numbers[draw, number])
        for key, numbers in told.items()
        for draw in range(draws)
        for number in range(replications)
    ]
    return pd.DataFrame(rows, columns=["by", "group", "outcome", "unit", "draw", "replication", "value"])


def row_of(table: pd.DataFrame, outcome: str) -> pd.Series:
    return table.set_index("outcome").loc[outcome]


def test_one_draw_has_students_interval_of_paired_differences():
    before, after = np.array([[10.0, 20.0, 30.0]]), np.array([[9.0, 18.5, 28.0]])
    row = row_of(differences(side(before), side(after)), "weeks on")
    half = half_width((after - before)[0])
    assert (row.baseline, row.alternative, row.difference) == pytest.approx((20.0, 18.5, -1.5))
    assert (row.low, row.high) == pytest.approx((-1.5 - half, -1.5 + half))
    assert row[["settings_low", "settings_high", "share_below"]].isna().all()
    assert (row.draws, row.replications) == (1, 3)


def test_a_replication_that_one_side_lacks_is_no_pair_but_counts_for_the_other():
    before, after = side(np.array([[10.0, 20.0, 30.0]])), side(np.array([[11.0, 22.0, 36.0]]))
    after = after[(after["outcome"] != "weeks on") | (after["replication"] < 2)]
    row = row_of(differences(before, after), "weeks on")
    assert (row.baseline, row.alternative, row.difference) == pytest.approx((20.0, 16.5, 1.5))
    assert row.replications == 2
    only_before = before[before["outcome"] != "weeks on"]
    row = row_of(differences(only_before, after), "weeks on")
    assert np.isnan(row.baseline)
    assert np.isnan(row.difference)
    assert row.alternative == pytest.approx(16.5)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 5))
@example(164, 2, 3)
def test_luck_and_settings_add_up_as_squares(seed, draws, replications):
    generator = np.random.default_rng(seed)
    before = generator.normal(size=(draws, replications))
    after = before + generator.normal(size=(draws, 1)) + 0.3 * generator.normal(size=(draws, replications))
    row = row_of(differences(side(before), side(after)), "weeks on")
    shift = after - before
    index = pd.MultiIndex.from_product([range(draws), range(replications)], names=["draw", "replication"])
    long = pd.DataFrame({"value": shift.ravel()}, index=index).reset_index()
    known = layers(long.assign(outcome="weeks on", unit="weeks")).iloc[0]
    assert row.difference == pytest.approx(shift.mean())
    assert row.luck_low == pytest.approx(known.monte_carlo_low)
    assert row.settings_high == pytest.approx(known.parameter_high, nan_ok=True)
    for end in ("low", "high"):
        # Where luck explains all that is seen, nothing is said of the settings, and luck stands alone.
        layers_seen = [layer for layer in ("luck", "settings") if not np.isnan(row[f"{layer}_{end}"])]
        parts = [row[f"{layer}_{end}"] - row.difference for layer in layers_seen]
        assert abs(row[end] - row.difference) == pytest.approx(np.linalg.norm(parts))
    assert row.low <= row.difference <= row.high
    assert row.share_below == pytest.approx((shift.mean(axis=1) < 0).mean())


def test_a_cost_per_client_is_over_the_clients_before_the_change():
    costs = np.array([[1.0, 2.0]])
    before = side(np.ones((1, 2)), costs)
    after = side(np.ones((1, 2)), costs + 1.0)
    after.loc[after["outcome"] == "clients on benefit", "value"] = 10 * CLIENTS
    table = differences(before, after)
    yearly = row_of(table, "net cost, a year")
    each = row_of(table, "net cost, a year and client before the change")
    assert each.unit == "SEK"
    assert each.difference == pytest.approx(1e6 * yearly.difference / CLIENTS)
    assert each.baseline == pytest.approx(1e6 * 1.5 / CLIENTS)
