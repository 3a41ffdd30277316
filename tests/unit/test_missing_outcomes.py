"""Outcomes that some replications do not have: no mean of the lucky ones, and pairs that are pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulator.errors import SettingsError
from simulator.experiments.comparison import paired_differences
from simulator.experiments.fitting.draws import differences, read_draws
from simulator.experiments.opening import StoredOutcome
from simulator.experiments.runner import simulate
from simulator.experiments.studies.layers import summarise
from simulator.outcomes.block import weeks_with_benefit
from simulator.outcomes.definitions import calendar_year
from simulator.outcomes.measures import more_for_half, more_replications
from simulator.outcomes.summary import replication_outcomes, summarise_outcomes
from simulator.outcomes.survival import SpellsError, count_parquet
from simulator.outcomes.uncertainty import layers, more_a_draw
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


def test_a_median_that_a_draw_lacks_has_no_difference_over_draws():
    parts = [outcomes([20.0, 30.0], [40.0, 45.0]), outcomes([20.0, np.nan], [41.0, 44.0])]
    first = pd.concat([part.assign(draw=number) for number, part in enumerate(parts)])
    assert set(differences(first, first)["outcome"]) == {TALK}


def test_more_replications_of_each_draw_narrow_the_layer_of_luck():
    rng = np.random.default_rng(4)
    draw, replication = np.repeat(range(5), 3), np.tile(range(3), 5)
    values = pd.DataFrame({"draw": draw, "replication": replication, "outcome": TALK, "unit": "minutes",
                           "value": draw + rng.normal(size=15)})  # fmt: skip
    now = layers(values).iloc[0]
    width = now["monte_carlo_high"] - now["monte_carlo_low"]
    assert more_a_draw(values, TALK, 1.001 * width) == 0
    more = more_a_draw(values, TALK, 0.5 * width)
    luck = now["monte_carlo_sd"]
    wide = [2 * stats.t.ppf(0.975, 5 * (n - 1)) * luck / np.sqrt(5 * n) for n in (3 + more, 2 + more)]
    assert wide[0] <= 0.5 * width < wide[1]
    for wrong in ((TALK, 0.0), ("talks", 1.0)):
        with pytest.raises(SpellsError):
            more_a_draw(values, *wrong)
    with pytest.raises(SpellsError, match="one replication a draw"):
        more_a_draw(values[values["replication"] == 0], TALK, 1.0)


def test_all_mistakes_of_a_file_of_draws_are_told(tmp_path, load):
    path = tmp_path / "draws.csv"
    path.write_text("caseload.clients,caseload.clients_per_caseworker\n1,-5\n2,60\n3,x\n")
    with pytest.raises(SettingsError) as error:
        read_draws(load("default", f"draws.file={path}"))
    for said in ("'caseload.clients'", "'x' is no number", "-5 is too small"):
        assert said in str(error.value)


@pytest.mark.parametrize("years", [-1, 0, 1.5, True])
def test_years_are_whole_and_at_least_one(years):
    table = pd.DataFrame({"replication": [0], "client": [1], "entry_week": [0], "weeks": [60]})
    with pytest.raises(SpellsError, match="is not a whole number of years, 1 or more"):
        calendar_year(table, years)


def test_a_run_that_keeps_no_spells_shows_itself_and_its_costs(tmp_path, load):
    run = simulate(load("default", "population.size=40", "population.burn_in_weeks=5", "weeks=10"), 2, 1)
    for name in ("weekly", "programmes"):
        getattr(run, name).to_parquet(tmp_path / f"{name}.parquet")
    kept = StoredOutcome(tmp_path, run.manifest)
    assert str(tmp_path) in repr(kept)
    pd.testing.assert_frame_equal(kept.costs(), run.costs(), check_dtype=False)


def test_grays_test_takes_a_sample_and_refuses_the_stock(load):
    run = simulate(load("default", "population.size=80", "population.burn_in_weeks=20", "weeks=20"), 2, 1)
    pd.testing.assert_frame_equal(run.gray_test("sex"), run.gray_test("sex", sample="flow"))
    with pytest.raises(SpellsError, match="Gray's test is not defined"):
        run.gray_test("sex", sample="stock")


def test_an_empty_folder_holds_no_parquet_files(tmp_path):
    with pytest.raises(SpellsError, match="there are no Parquet files in"):
        count_parquet(tmp_path)


def test_a_median_that_an_arm_does_not_always_reach_has_no_effect():
    rows = pd.DataFrame({
        "draw": 0, "replication": [0, 1, 2] * 2, "outcome": ["median weeks to exit"] * 3 + ["exits"] * 3,
        "effect": [-2.0, -3.0, np.nan] * 2, "control": [20.0, 22.0, 30.0] * 2,
    })  # fmt: skip
    table = summarise(rows, ["outcome"], 0.95, ["control"]).set_index("outcome")
    assert table.loc["median weeks to exit", ["effect", "low", "high", "control"]].isna().all()
    assert table["estimates"].tolist() == [2, 2]
    assert table.loc["exits", ["effect", "control"]].tolist() == [-2.5, 21.0]
