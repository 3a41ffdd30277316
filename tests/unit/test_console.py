"""What a run says on the terminal: intervals within what is possible, and why there are none."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from simulator.reporting.console import (
    NO_INTERVAL,
    difference_text,
    halving_text,
    possible_difference,
    possible_interval,
    summary_text,
    within_run,
)

NAN = math.nan


def summary(value: float, low: float, high: float, unit: str) -> str:
    table = pd.DataFrame([{"outcome": "it", "value": value, "low": low, "high": high, "unit": unit}])
    before = table.copy()
    text = summary_text("Title", "Question?", table)
    pd.testing.assert_frame_equal(table, before)
    return text


@pytest.mark.parametrize(
    ("unit", "low", "high", "shown"),
    [
        ("share of spells", -0.1, 1.2, "0.000 to 1.00"),
        ("share", 0.2, 1.2, "0.200 to 1.00"),
        ("persons", -3.0, 12.0, "0.000 to 12.0"),
        ("per 1,000 client-years", -3.0, 1.2, "0.000 to 1.20"),
        ("weeks", 2.0, 3.0, "2.00 to 3.00"),
        ("points", -3.0, 1.2, "-3.00 to 1.20"),
    ],
)
def test_intervals_are_shown_within_what_is_possible(unit, low, high, shown):
    assert f" {shown}  {unit}" in summary(0.5, low, high, unit)


def test_a_difference_may_be_negative():
    row = {"outcome": "it", "baseline": 0.5, "alternative": 0.4, "difference": -0.1, "variance_cut": 12.0}
    table = pd.DataFrame([{**row, "low": -0.2, "high": -0.05, "unit": "share of spells"}])
    assert "-0.200 to -0.050" in difference_text("a", "b", table)
    assert NO_INTERVAL not in difference_text("a", "b", table)


@pytest.mark.parametrize(
    ("outcome", "unit", "wide", "shown"),
    [
        ("median time on benefit", "weeks", (-10.0, 344.8), (0.0, 260.0)),
        ("mean time on benefit within the first 104 weeks", "weeks", (-10.0, 344.8), (0.0, 104.0)),
        ("months on benefit in a calendar year", "months", (3.0, 13.5), (3.0, 12.0)),
        ("weeks between talks", "weeks", (-1.0, 900.0), (0.0, 900.0)),
        ("off benefit within 52 weeks", "share of spells", (-0.4, 1.4), (0.0, 1.0)),
    ],
)
def test_no_time_on_benefit_is_longer_than_it_is_counted(outcome, unit, wide, shown):
    row = {"outcome": outcome, "value": 3.5, "low": wide[0], "high": wide[1], "unit": unit}
    (cut,) = within_run(pd.DataFrame([row]), 260).itertuples()
    assert possible_interval(cut) == shown
    (difference,) = within_run(pd.DataFrame([{**row, "low": -900.0}]), 260).itertuples()
    assert possible_difference(difference)[0] == (-900.0 if "talks" in outcome else -shown[1])


def test_without_intervals_it_is_said_why():
    assert summary(0.5, NAN, NAN, "share").endswith(NO_INTERVAL)
    assert NO_INTERVAL not in summary(0.5, 0.4, 0.6, "share")
    row = {"outcome": "it", "baseline": 0.5, "alternative": 0.4, "difference": -0.1, "variance_cut": 12.0}
    table = pd.DataFrame([{**row, "low": NAN, "high": NAN, "unit": "share"}])
    assert difference_text("a", "b", table).endswith(NO_INTERVAL)
    assert "at least two replications" in NO_INTERVAL


def test_what_twice_as_narrow_an_interval_takes():
    name = "mean time on benefit within the first 104 weeks"
    values = pd.DataFrame({"replication": range(20), "outcome": name, "value": [33.0, 34.0] * 10})
    assert (
        halving_text(values) == f"Twice as narrow an interval of the {name} would take 53 more replications."
    )
    assert halving_text(values.iloc[:1]) == ""
    assert halving_text(values.assign(outcome="clients on benefit")) == ""
