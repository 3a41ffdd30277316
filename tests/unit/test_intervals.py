"""Intervals over replications, against closed forms and by their error rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulator.errors import SimulatorError
from simulator.outcomes.effectiveness import acceptability
from simulator.outcomes.intervals import half_width, ratio_interval, replications_for, with_intervals
from simulator.outcomes.uncertainty import layers


def test_intervals_are_those_of_student():
    values = np.array([3.0, 5.0, 10.0])
    table = with_intervals(
        pd.DataFrame({"replication": range(3), "value": values, "what": "a"}), ["what"], level=0.9
    )
    low, high = stats.t.interval(0.9, 2, loc=values.mean(), scale=stats.sem(values))
    assert table[["value", "low", "high"]].to_numpy().tolist() == [pytest.approx([6.0, low, high])]
    assert half_width(values, 0.9) == pytest.approx(high - 6.0)


def test_one_replication_has_no_interval_and_missing_values_are_left_out():
    table = pd.DataFrame({"replication": [0, 0, 1], "value": [1.0, 2.0, np.nan], "what": ["a", "b", "b"]})
    out = with_intervals(table, ["what"]).set_index("what")
    assert out["value"].to_dict() == {"a": 1.0, "b": 2.0}
    assert out[["low", "high"]].isna().all(axis=None)


def test_fieller_covers_the_ratio_as_often_as_it_says():
    """400 samples at 95 %: a count outside 365 to 393 has probability below 0.002."""
    draws = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        below = draws.normal(4.0, 1.0, 12)
        above = 2.0 * below + draws.normal(0.0, 2.0, 12)
        _, low, high = ratio_interval(above, below)
        held += low <= 2.0 <= high
    assert 365 <= held <= 393


def test_fieller_says_when_any_ratio_is_possible():
    ratio, low, high = ratio_interval(np.array([1.0, 2.0, 3.0]), np.array([-1.0, 1.0, 0.3]))
    assert ratio == pytest.approx(20.0)
    assert (low, high) == (float("-inf"), float("inf"))


def test_fieller_with_an_exact_denominator_is_students_interval():
    above = np.array([1.0, 4.0, 5.0, 9.0])
    ratio, low, high = ratio_interval(above, np.full(4, 2.0))
    expected = half_width(above) / 2.0
    assert (ratio, low, high) == pytest.approx((4.75 / 2, 4.75 / 2 - expected, 4.75 / 2 + expected))


@pytest.mark.parametrize("width", [0.05, 0.4, 3.0, 100.0])
def test_replications_for_is_the_smallest_number_that_does(width):
    values = np.array([1.0, 2.0, 4.0, 4.5])
    number = replications_for(values, width)
    error = values.std(ddof=1) / np.sqrt(number)
    assert 2 * stats.t.ppf(0.975, number - 1) * error <= width
    if number > 2:
        fewer = number - 1
        assert 2 * stats.t.ppf(0.975, fewer - 1) * values.std(ddof=1) / np.sqrt(fewer) > width


def drawn(draws, replications, parameter_sd, luck_sd, seed=5):
    luck = np.random.default_rng(seed)
    centre = luck.normal(10.0, parameter_sd, draws)
    values = centre[:, None] + luck.normal(0.0, luck_sd, (draws, replications))
    draw, replication = np.indices(values.shape)
    columns = {"draw": draw.ravel(), "replication": replication.ravel(), "value": values.ravel()}
    return pd.DataFrame(columns).assign(outcome="weeks", unit="weeks")


def test_layers_of_a_table_worked_by_hand():
    """Two draws with means 2 and 6: variance 8 of the means, 2 within, of which 2 / 2 is in a mean."""
    values = drawn(2, 2, 0.0, 0.0)
    values["value"] = [1.0, 3.0, 5.0, 7.0]
    row = layers(values).iloc[0]
    assert row["value"] == 4.0
    assert row["monte_carlo_sd"] == pytest.approx(np.sqrt(2.0))
    assert row["parameter_sd"] == pytest.approx(np.sqrt(8.0 - 1.0))
    assert row["share_monte_carlo"] == pytest.approx(1.0 / 8.0)
    half = stats.t.ppf(0.975, 2) * np.sqrt(2.0 / 4.0)
    assert (row["monte_carlo_low"], row["monte_carlo_high"]) == pytest.approx((4.0 - half, 4.0 + half))


def test_layers_find_the_spread_of_each():
    row = layers(drawn(400, 8, parameter_sd=2.0, luck_sd=4.0)).iloc[0]
    assert row["parameter_sd"] == pytest.approx(2.0, abs=0.35)  # five standard errors
    assert row["monte_carlo_sd"] == pytest.approx(4.0, abs=0.27)
    assert row["parameter_high"] - row["parameter_low"] == pytest.approx(2 * 1.96 * 2.0, rel=0.2)
    assert row["monte_carlo_high"] - row["monte_carlo_low"] == pytest.approx(
        2 * 1.96 * 4 / np.sqrt(3200), rel=0.2
    )


def test_luck_alone_leaves_no_parameter_layer():
    row = layers(drawn(50, 20, parameter_sd=0.0, luck_sd=1.0)).iloc[0]
    assert row["parameter_sd"] < 0.15
    assert row["share_monte_carlo"] > 0.5


def test_a_layer_that_cannot_be_told_is_null():
    one_draw, one_replication = layers(drawn(1, 5, 1.0, 1.0)).iloc[0], layers(drawn(5, 1, 1.0, 1.0)).iloc[0]
    assert np.isnan(one_draw["parameter_sd"]) and not np.isnan(one_draw["monte_carlo_low"])
    assert np.isnan(one_replication["parameter_sd"]) and np.isnan(one_replication["monte_carlo_low"])


@pytest.mark.parametrize("draws", [5, 20, 60])
def test_the_parameter_interval_holds_as_many_further_draws_as_it_says(draws):
    """300 times so many draws without luck to speak of: a further draw lies in it as often as is said."""
    luck = np.random.default_rng(11)
    inside = []
    for seed in range(300):
        row = layers(drawn(draws, 2, 2.0, 1e-6, seed)).iloc[0]
        inside.append(row["parameter_low"] <= luck.normal(10.0, 2.0) <= row["parameter_high"])
    share = min(0.95, (draws - 1) / (draws + 1))
    assert row["parameter_covers"] == pytest.approx(share)
    assert np.mean(inside) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 300))


def test_what_cannot_be_told_from_luck_has_no_interval():
    values = drawn(3, 2, 0.0, 0.0).assign(value=[1.0, 5.0, 2.0, 4.0, 3.0, 3.0])  # all draws have the mean 3
    row = layers(values).iloc[0]
    assert row["parameter_sd"] == 0.0 and row[["parameter_low", "parameter_covers"]].isna().all()
    fixed = layers(values.assign(value=7.0)).iloc[0]
    assert (fixed["parameter_low"], fixed["parameter_high"]) == (7.0, 7.0)


DRAWN = drawn(2, 2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("values", "level", "said"),
    [
        (DRAWN.drop(columns=["draw", "unit"]), 0.95, r"2 mistakes(?s:.)*no column 'draw'"),
        (DRAWN.drop(columns="draw"), 95, "2 mistakes"),
        (DRAWN, "a", "level: 'a'"),
        (None, 0.95, "values: a table of draws is wanted here, not NoneType"),
        (DRAWN.assign(value="x"), 0.95, "value: holds values of type"),
        (DRAWN.assign(value=np.nan), 0.95, "value: there is none"),
        (DRAWN.assign(value=np.inf), 0.95, "value: 4 values infinite"),
        (DRAWN.iloc[:0], 0.95, "value: there is none"),
        (DRAWN.assign(draw=0), 0.95, "values: 2 rows of a draw"),
    ],
)
def test_what_is_no_table_of_draws_is_refused(values, level, said):
    with pytest.raises(SimulatorError, match=said):
        layers(values, level)


@pytest.mark.parametrize(
    ("cost", "gain", "more", "said"),
    [
        ([1.0, 2.0], [1.0], {}, "cost, gain: have 2 and 1 values"),
        ([], [], {}, "cost, gain: have 0 and 0"),
        ("x", None, {}, r"2 mistakes(?s:.)*cost: 'x'(?s:.)*gain: None"),
        ([1.0, np.nan], [1.0, 2.0], {"of": "points"}, "cost: 1 value missing or infinite"),
        (["a", "b"], [1.0, 2.0], {"of": "draws"}, r"did you mean 'points'(?s:.)*cost: holds values"),
    ],
)
def test_acceptability_takes_pairs_of_numbers(cost, gain, more, said):
    with pytest.raises(SimulatorError, match=said):
        acceptability(cost, gain, **more)


def test_acceptability_of_draws_is_their_share():
    table = acceptability(pd.Series([10.0, -5.0, 30.0]), [1.0, 1.0, 1.0], [0.0, 20.0, 40.0], of="points")
    assert table["probability"].tolist() == pytest.approx([1 / 3, 2 / 3, 1.0])
