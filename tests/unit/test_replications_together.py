"""Outcomes of many replications at once: each comes out as if it were alone, and as its definition says."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.experiments.runner import simulate
from simulator.experiments.tabulating import tables_of
from simulator.outcomes.definitions import WEEKS_PER_MONTH
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import replication_outcomes
from simulator.outcomes.survival import (
    SpellsError,
    count_spells,
    cumulative_incidence,
    kaplan_meier,
    restricted_mean,
)
from simulator.outcomes.survival.side_by_side import side_by_side

FEW = ("population.size=120", "population.burn_in_weeks=30")
SCENARIOS = {
    "default": ("default", *FEW, "weeks=110"),
    "levers": ("default", *FEW, "weeks=104", "caseload=tiered", "sanctions=strict", "vacancies=tight"),
    "reform": ("danish_reform_2025", *FEW, "weeks=120"),
    "half a year": ("default", *FEW, "weeks=26"),
    "hardly anybody": ("default", "population.size=2", "population.burn_in_weeks=0", "weeks=9"),
    "nobody goes": ("default", "population.size=3", "population.mode=cohort", "weeks=1"),
}
REPLICATIONS = 4


@pytest.fixture(scope="module", params=list(SCENARIOS))
def run(request: pytest.FixtureRequest, load) -> Outcome:
    return simulate(load(*SCENARIOS[request.param]), REPLICATIONS, seed=3)


@pytest.fixture(scope="module")
def usual(load) -> Outcome:
    return simulate(load(*SCENARIOS["default"]), REPLICATIONS, seed=3)


def alone(spells: pd.DataFrame, weekly: pd.DataFrame) -> pd.DataFrame:
    """Return the outcomes of each replication from its own rows alone."""
    parts = [
        replication_outcomes(spells[spells["replication"] == number], panel)
        for number, panel in weekly.groupby("replication")
    ]
    return pd.concat(parts, ignore_index=True)


def test_each_replication_comes_out_as_if_it_were_alone(run):
    together = replication_outcomes(run.spells, run.weekly)
    pd.testing.assert_frame_equal(together, alone(run.spells, run.weekly), check_exact=True)
    assert list(together["replication"].unique()) == list(range(REPLICATIONS))


def test_rows_may_be_mixed(usual):
    mixed = usual.spells.sort_values(["client", "spell"]), usual.weekly.sort_values(["week", "replication"])
    expected = replication_outcomes(usual.spells, usual.weekly)
    pd.testing.assert_frame_equal(replication_outcomes(*mixed), expected, check_exact=True)


def test_a_replication_without_spells_keeps_what_its_weeks_tell(usual):
    spells = usual.spells[usual.spells["replication"] != 2]
    table = replication_outcomes(spells, usual.weekly)
    pd.testing.assert_frame_equal(table, alone(spells, usual.weekly), check_exact=True)
    lacking = table[table["replication"] == 2].set_index("outcome")["value"]
    assert "median time on benefit" not in lacking
    assert "months on benefit in a calendar year" not in lacking
    assert np.isnan(lacking["back within a year after work"])
    assert lacking["clients on benefit"] > 0.0


def test_nobody_at_all(usual):
    table = replication_outcomes(usual.spells[:0], usual.weekly)
    assert "median time on benefit" not in set(table["outcome"])
    assert table["replication"].nunique() == REPLICATIONS


def test_spells_of_replications_without_weeks_are_left_out(usual):
    weekly = usual.weekly[usual.weekly["replication"].isin([1, 3])]
    table = replication_outcomes(usual.spells, weekly)
    expected = alone(usual.spells, weekly)
    pd.testing.assert_frame_equal(table, expected, check_exact=True)


def test_replications_of_different_length(usual):
    long = usual.weekly["replication"] != 1
    weekly = usual.weekly[long | (usual.weekly["week"] < 60)]
    table = replication_outcomes(usual.spells, weekly)
    pd.testing.assert_frame_equal(table, alone(usual.spells, weekly), check_exact=True)
    names = table[table["replication"] == 1]["outcome"]
    assert "mean time on benefit within the first 30 weeks" in set(names)


def test_outcomes_are_what_their_definitions_say(usual):
    table = replication_outcomes(usual.spells, usual.weekly)
    for number, found in table.groupby("replication"):
        value = found.set_index("outcome")["value"]
        spells = usual.spells[usual.spells["replication"] == number]
        weekly = usual.weekly[usual.weekly["replication"] == number]
        flow = spells[spells["entry_week"] >= 0]
        curve = kaplan_meier(flow["weeks"], flow["exited"])
        within = curve[curve["week"] <= 52]["survival"].iloc[-1]
        assert value["off benefit within 52 weeks"] == pytest.approx(1.0 - within, abs=1e-15)
        mean = restricted_mean(flow["weeks"], flow["exited"], 55)["mean"].item()
        assert value["mean time on benefit within the first 55 weeks"] == pytest.approx(mean, rel=1e-14)
        doors = cumulative_incidence(flow["weeks"], flow["door"])
        work = doors[(doors["door"] == "work") & (doors["week"] <= 55)]["incidence"].iloc[-1]
        assert value["left by work within 55 weeks"] == work
        assert value["months on benefit in a calendar year"] == pytest.approx(months(spells, 2))
        assert value["back within a year after work"] == pytest.approx(back(spells, 110), nan_ok=True)
        talks = (weekly["clients"] - weekly["waiting"]).sum() / weekly["meetings"].sum()
        assert value["weeks between talks"] == pytest.approx(talks)
        beliefs = weekly["belief_error"].dropna().iloc[-1]
        assert value["error of beliefs about programmes, at the end"] == beliefs


def months(spells: pd.DataFrame, years: int) -> float:
    """Return mean months with assistance of those who had any in a year, counted month by month."""
    means = []
    for year in range(years):
        had: dict[int, set[int]] = {}
        for row in spells.itertuples():
            for month in range(12 * year, 12 * year + 12):
                begin, end = month * WEEKS_PER_MONTH, (month + 1) * WEEKS_PER_MONTH
                if row.entry_week < end - 1e-9 and row.entry_week + row.weeks > begin + 1e-9:
                    had.setdefault(row.client, set()).add(month)
        means.append(np.mean([len(one) for one in had.values()]))
    return float(np.mean(means))


def back(spells: pd.DataFrame, weeks: int) -> float:
    """Return the share of exits to work, seen for a year, after which the person came back in the year."""
    ordered = spells.sort_values(["client", "spell"])
    following = ordered.groupby("client")["entry_week"].shift(-1)
    seen = (ordered["door"] == "work") & (ordered["exit_week"] + 52 <= weeks).fillna(value=False)
    return float((following[seen] - ordered["exit_week"][seen].astype(float) <= 52).mean())


def test_what_is_not_kept_changes_no_outcome(load):
    scenario = load(*SCENARIOS["levers"])
    whole = tables_of(scenario, range(2), ("spells", "weekly", "programmes", "outcomes"))
    few = tables_of(scenario, range(2), ("outcomes",))
    assert few.files == {"outcomes": whole.files["outcomes"]}
    assert few.client_weeks == whole.client_weeks
    assert few.rows == {"outcomes": whole.rows["outcomes"]}


def test_tables_of_a_block_are_those_of_its_replications(load):
    scenario = load(*SCENARIOS["levers"])
    done = tables_of(scenario, range(3), ("spells", "weekly", "programmes"))
    run = simulate(scenario, 3)
    for name in ("spells", "weekly", "programmes"):
        read = pq.read_table(pa.BufferReader(done.files[name])).to_pandas()
        pd.testing.assert_frame_equal(read, getattr(run, name), check_exact=True)


SPELLS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 12), st.sampled_from([None, "study", "work"])), min_size=1
)


@given(rows=SPELLS, horizon=st.integers(1, 15))
@settings(max_examples=200, deadline=None)
def test_curves_side_by_side_are_those_of_each_group(rows, horizon):
    group, weeks, door = (list(column) for column in zip(*rows, strict=True))
    counts = count_spells(weeks, door, groups=group)
    curves = side_by_side(counts)
    mean = restricted_mean(counts, None, horizon).set_index("group")["mean"]
    survival = kaplan_meier(counts).groupby("group")
    doors = cumulative_incidence(counts) if len(counts.doors) else pd.DataFrame()  # if anybody leaves
    for place, label in enumerate(counts.labels):
        own = survival.get_group(label)
        at = np.searchsorted(curves.week, own["week"])
        np.testing.assert_array_equal(curves.survival[place, at], own["survival"])
        below = own["week"][own["survival"] <= 0.5]
        first = below.iloc[0] if len(below) else np.nan
        np.testing.assert_equal(curves.first_at_most(0.5)[place], first)
        np.testing.assert_allclose(curves.mean_within(horizon)[place], mean[label], rtol=1e-14)
        for number, name in enumerate(counts.doors):
            left = doors[(doors["group"] == label) & (doors["door"] == name)]["incidence"]
            np.testing.assert_array_equal(curves.incidence[place, at, number], left)


def test_sampling_weights_are_refused_side_by_side():
    counts = count_spells([1, 2], ["work", None], weights=[0.5, 1.5])
    with pytest.raises(SpellsError, match="sampling weights"):
        side_by_side(counts)
