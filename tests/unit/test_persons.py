"""Pairs of spells, and who gained and lost: by hand, and in a run where nothing differs."""

from __future__ import annotations

import pandas as pd
import pytest

from simulator import SimulatorError, compare, load_scenario
from simulator.experiments.persons import TRAITS, pair_spells, who_gained
from simulator.reporting.console import difference_text

SMALL = ("population.size=120", "population.burn_in_weeks=20", "weeks=60", "seed=4", "replications=3")


def spells(*rows: tuple[int, int, int, int, int]) -> pd.DataFrame:
    """Return spells from replication, client, spell, entry week and weeks."""
    table = pd.DataFrame(list(rows), columns=["replication", "client", "spell", "entry_week", "weeks"])
    return table.assign(door="work", **dict.fromkeys(TRAITS, "one")).assign(sex=table["client"] % 2)


BASE = spells((0, 1, 1, 0, 30), (0, 2, 1, 10, 50), (0, 3, 1, -4, 9), (1, 1, 1, 0, 10), (1, 1, 2, 40, 20))
OTHER = spells((0, 1, 1, 0, 20), (0, 2, 1, 10, 50), (0, 3, 1, -4, 5), (1, 1, 1, 0, 12), (1, 1, 2, 45, 15))


def test_pairs_are_matched_and_seen_equally_long():
    pairs = pair_spells(BASE, OTHER, weeks=60, horizon=40).set_index(["replication", "client", "spell"])
    assert pairs["change"].to_dict() == {(0, 1, 1): -10, (0, 2, 1): 0, (1, 1, 1): 2, (1, 1, 2): 0}
    assert pairs.loc[(0, 2, 1), "weeks_baseline"] == 40, "not beyond the horizon"
    assert pairs.loc[(1, 1, 2), "weeks_baseline"] == 15, "no farther than both runs show"


def test_a_spell_that_only_one_run_has_is_left_out():
    assert len(pair_spells(BASE, OTHER.iloc[:1], 60)) == 1


def test_who_gained_by_hand():
    pairs = pair_spells(BASE, OTHER, 60, 40)
    row = who_gained(pairs).iloc[0]
    assert (row["group"], row["spells"], row["gained"], row["lost"], row["alike"]) == (
        "all",
        4,
        0.25,
        0.25,
        0.5,
    )
    assert (row["change"], row["weeks_gained"], row["weeks_lost"]) == (-2.0, 10.0, 2.0)
    assert row["low"] < -2.0 < row["high"]
    by_sex = who_gained(pairs, by="sex").set_index("group")
    assert by_sex["spells"].to_dict() == {0: 1, 1: 3}
    assert by_sex.loc[0, "change"] == 0.0


@pytest.mark.parametrize("by", ["weeks_baseline", "door_alternative", "change"])
def test_no_groups_are_made_of_what_came_out(by):
    """Whoever stays long in one run stays less long in any other: the longest would seem to gain most."""
    with pytest.raises(SimulatorError, match=f"by: '{by}' says how a spell went in a run"):
        who_gained(pair_spells(BASE, OTHER, weeks=60), by)


def test_a_comparison_tells_who_gained():
    baseline = load_scenario("default", *SMALL)
    effect = compare(baseline, load_scenario("default", *SMALL, "casework.p_plan=1.0", "sanctions=strict"))
    whole, by_age = effect.persons(), effect.persons(by="age_group")
    assert whole["spells"].sum() == by_age["spells"].sum() == len(effect.pairs())
    assert (whole["gained"] + whole["lost"] + whole["alike"]).iloc[0] == pytest.approx(1.0)
    assert whole["gained"].iloc[0] > whole["lost"].iloc[0] > 0.0
    assert set(effect.persons_by_trait()["by"]) == {"", *TRAITS}
    with pytest.raises(SimulatorError, match="did you mean 'age_group'"):
        effect.persons(by="agegroup")


def test_nobody_gains_from_nothing():
    scenario = load_scenario("default", *SMALL)
    effect = compare(scenario, scenario)
    assert effect.persons()["alike"].tolist() == [1.0]
    assert (effect.table["difference"].fillna(0.0) == 0.0).all()
    assert effect.table["variance_cut"].isna().all()
    written = effect.table.to_csv(index=False)
    assert "inf" not in written
    told = difference_text("a", "b", effect.table)
    assert "nan" not in told
    assert told.endswith("empty where it does not vary")


def test_the_cut_of_the_variance_is_that_of_the_tables():
    effect = compare(load_scenario("default", *SMALL), load_scenario("default", *SMALL, "sanctions=strict"))
    outcomes = effect.table.set_index("outcome")
    runs = (effect.baseline, effect.alternative)
    weekly = [run.weekly.groupby("replication")["clients"].mean() for run in runs]
    expected = (weekly[0].var() + weekly[1].var()) / (weekly[1] - weekly[0]).var()
    assert outcomes.loc["clients on benefit", "variance_cut"] == pytest.approx(expected)
