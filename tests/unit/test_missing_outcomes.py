"""Outcomes that some replications do not have: no mean of the lucky ones, and pairs that are pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.experiments.comparison import paired_differences
from simulator.experiments.runner import simulate
from simulator.outcomes.block import weeks_with_benefit
from simulator.outcomes.measures import more_for_half, more_replications
from simulator.outcomes.summary import replication_outcomes, summarise_outcomes
from simulator.outcomes.survival import SpellsError
from simulator.outcomes.uncertainty import layers
from simulator.reporting.console import summary_text
from simulator.reporting.run_report import answer
from simulator.reporting.words import words_in

MEDIAN, TALK = "median time on benefit", "length of a talk"


def outcomes(medians: list[float], talks: list[float]) -> pd.DataFrame:
    """Return outcomes of each replication."""
    parts = [(MEDIAN, "weeks", medians), (TALK, "minutes", talks)]
    rows = [(number, name, one, unit) for name, unit, own in parts for number, one in enumerate(own)]
    return pd.DataFrame(rows, columns=["replication", "outcome", "value", "unit"])


def test_a_median_that_a_replication_does_not_reach_has_no_value():
    values = outcomes([20.0, 30.0, np.nan], [40.0, np.nan, 50.0])
    table = summarise_outcomes(values).set_index("outcome")
    assert table.loc[MEDIAN, ["value", "low", "high"]].isna().all()
    assert table.loc[TALK, "value"] == 45.0
    assert table["replications"].to_dict() == {MEDIAN: 2, TALK: 2}
    known = summarise_outcomes(outcomes([20.0, 30.0, 40.0], [40.0, 45.0, 50.0])).set_index("outcome")
    assert known["value"].to_dict() == {MEDIAN: 30.0, TALK: 45.0}


def test_terminal_and_report_say_how_many_reached_it():
    table = summarise_outcomes(outcomes([20.0, 30.0, np.nan], [40.0, 45.0, 50.0]))
    assert "No median time on benefit: reached in 2 of 3 replications." in summary_text("", "", table)
    (said,) = answer(table, words_in("en"))
    assert said.startswith("In 1 of 3 replications fewer than half")
    never = summarise_outcomes(outcomes([np.nan] * 3, [40.0, 45.0, 50.0]))
    assert answer(never, words_in("en"))[0].startswith("Fewer than half")


def test_the_columns_of_a_comparison_are_over_the_same_replications():
    first = outcomes([20.0, 30.0, 25.0], [40.0, np.nan, 44.0])
    second = outcomes([18.0, np.nan, 20.0], [50.0, 60.0, 52.0])
    table = paired_differences(first, second).set_index("outcome")
    numbers = ["baseline", "alternative", "difference", "low", "high", "variance_cut"]
    assert table.loc[MEDIAN, numbers].isna().all()
    assert table.loc[TALK, numbers[:3]].tolist() == [42.0, 51.0, 9.0]
    assert table["replications"].to_dict() == {MEDIAN: 2, TALK: 2}


def test_no_number_of_replications_reaches_a_median():
    values = outcomes([20.0, 30.0, np.nan], [40.0, 45.0, 50.0])
    with pytest.raises(SpellsError, match="is reached in 2 of 3 replications"):
        more_replications(values, MEDIAN, 1.0, 0.95)
    assert more_for_half(values, MEDIAN) is None
    assert more_replications(values, TALK, 1.0, 0.95) > 0


def test_a_median_that_some_draw_does_not_reach_is_left_out_of_the_layers():
    parts = [outcomes([20.0, 30.0], [40.0, 45.0]), outcomes([20.0, np.nan], [41.0, 44.0])]
    values = pd.concat([part.assign(draw=number) for number, part in enumerate(parts)])
    assert layers(values)["outcome"].tolist() == [TALK]


def test_a_client_year_is_52_weeks_of_spells_the_last_week_among_them(load):
    run = simulate(load("default", "population.size=60", "population.burn_in_weeks=20", "weeks=30"), 2, 1)
    spells, weekly = run.spells, run.weekly
    begun, end = spells["entry_week"].clip(lower=0), spells["entry_week"] + spells["weeks"]
    weeks = (end.clip(upper=30) - begun).sum()
    assert weekly["exits"].sum() > 0
    assert weeks_with_benefit(weekly).sum() == weeks
    own = replication_outcomes(spells, weekly).set_index(["replication", "outcome"])["value"]
    yearly = weekly.groupby("replication")[["staff_sek", "clients", "exits"]].sum()
    expected = 52.0 * yearly["staff_sek"] / (yearly["clients"] + yearly["exits"])
    assert own[:, "caseworkers, per client-year"].tolist() == pytest.approx(expected.tolist())
