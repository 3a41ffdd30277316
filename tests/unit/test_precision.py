"""Replications that a wished precision takes: Stein's two stages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import SettingsError, compare, load_scenario, simulate
from simulator.experiments.precision import replications_wanted, spent_on, spent_text, stages
from simulator.outcomes.summary import replication_outcomes
from simulator.parameters import Precision

SMALL = ("population.size=100", "population.burn_in_weeks=20", "weeks=60", "seed=4", "replications=4")
OFF = "off benefit within 26 weeks"


def wish(half_width: float, most: int = 1000) -> Precision:
    return Precision(outcome="x", half_width=half_width, most=most)


@given(
    st.lists(st.floats(-100.0, 100.0), min_size=2, max_size=20),
    st.floats(5.0, 50.0),
)
def test_the_interval_is_never_wider_than_wished(first, half_width):
    values = np.array(first)
    total = replications_wanted(values, half_width)
    assert total >= len(values)
    spent = spent_on(np.resize(values, total), len(values), wish(half_width))
    assert spent.is_reached
    assert spent.high - spent.low <= 2.0 * half_width * (1.0 + 1e-9)


def test_the_number_of_replications_by_hand():
    first = np.array([1.0, 2.0, 3.0])  # spread 1, t with 2 degrees of freedom 4.3027
    assert replications_wanted(first, 0.5) == 75  # (4.3027 / 0.5)² = 74.05
    assert replications_wanted(first, 100.0) == 3
    assert stages(first, wish(0.5, most=20)) == 20


def test_a_wish_that_was_given_up_says_what_it_would_take():
    spent = spent_on(np.array([1.0, 2.0, 3.0, 2.0]), 3, wish(0.5, most=4))
    assert not spent.is_reached
    text = spent_text(spent.record())
    assert "not as narrow" in text
    assert "that would take 75" in text


@pytest.mark.statistical
def test_the_interval_holds_as_often_as_it_says():
    """4,000 experiments with normal replications; coverage 0.95 with a standard error of 0.0034.

    The bounds lie four standard errors away: a right interval fails once in 16,000 times. Looking after
    each replication and stopping at the first narrow interval falls out of the same bounds.
    """
    luck = np.random.default_rng(20)
    stein, eager = 0, 0
    for _ in range(4_000):
        values = luck.normal(0.0, 1.0, 2_000)
        first = values[:5]
        total = min(replications_wanted(first, 0.6), len(values))
        spent = spent_on(values[:total], 5, wish(0.6))
        stein += spent.low <= 0.0 <= spent.high
        n = next(n for n in range(5, 2_000) if 1.96 * values[:n].std(ddof=1) / np.sqrt(n) <= 0.6)
        eager += abs(values[:n].mean()) <= 0.6
    assert abs(stein / 4_000 - 0.95) < 0.0138
    assert eager / 4_000 < 0.95 - 0.0138


def test_a_run_spends_what_its_precision_takes():
    scenario = load_scenario("default", *SMALL, f"precision.outcome='{OFF}'", "precision.half_width=0.04")
    outcome = simulate(scenario)
    spent = outcome.manifest["precision"]
    assert spent["replications"] == outcome.weekly["replication"].nunique() > 4
    assert spent["reached"]
    assert spent["high"] - spent["low"] <= 0.08
    plain = simulate(load_scenario("default", *SMALL))
    first = outcome.spells[outcome.spells["replication"] < 4]
    assert first.drop(columns="replication").equals(plain.spells.drop(columns="replication"))


def test_the_precision_of_a_comparison_is_that_of_the_difference():
    wished = (f"precision.outcome='{OFF}'", "precision.half_width=0.02", "precision.most=40")
    baseline = load_scenario("default", *SMALL, *wished)
    effect = compare(baseline, load_scenario("default", *SMALL, "casework.p_plan=1.0", "sanctions=strict"))
    assert effect.precision is not None
    row = effect.table.set_index("outcome").loc[OFF]
    assert effect.precision.value == pytest.approx(row["difference"])
    runs = (effect.baseline, effect.alternative)
    counts = {run.weekly["replication"].nunique() for run in runs}
    assert counts == {effect.precision.replications}


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (("precision.half_width=0.1",), "precision.half_width is set, but precision.outcome is not"),
        ((f"precision.outcome='{OFF}'",), "precision.outcome is set, but precision.half_width is not"),
        (
            (f"precision.outcome='{OFF}'", "precision.half_width=0.1", "replications=1"),
            "replications is 1; with a precision it is the number of the first stage",
        ),
    ],
)
def test_a_wish_that_is_not_complete(overrides, says):
    with pytest.raises(SettingsError, match=says):
        load_scenario("default", *overrides)


def test_an_outcome_that_is_none():
    scenario = load_scenario(
        "default", *SMALL, "precision.outcome=of benefit within 26 weeks", "precision.half_width=0.1"
    )
    with pytest.raises(SettingsError, match=f"did you mean '{OFF}'"):
        simulate(scenario)


def test_replications_are_the_same_alone_and_among_more():
    few, many = (simulate(load_scenario("default", *SMALL), replications=n) for n in (2, 5))
    a, b = (replication_outcomes(run.spells, run.weekly) for run in (few, many))
    assert b[b["replication"] < 2].reset_index(drop=True).equals(a)
