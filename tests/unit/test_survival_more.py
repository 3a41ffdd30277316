"""Counts, weights and regressions of survival: what R's answers do not reach."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulator.errors import SimulatorError
from simulator.experiments.opening import StoredOutcome
from simulator.outcomes import survival
from simulator.outcomes.outcome import Outcome


@pytest.fixture
def table():
    rng = np.random.default_rng(21)
    n = 600
    weeks = rng.geometric(0.05, n)
    door = rng.choice(["work", "study"], n)
    return pd.DataFrame(
        {
            "weeks": np.minimum(weeks, 40),
            "exited": weeks <= 40,
            "door": pd.Categorical(np.where(weeks <= 40, door, None), categories=["work", "study"]),
            "sex": rng.choice(["f", "m"], n),
            "plan": rng.integers(0, 2, n),
            "person": np.arange(n) // 2,
            "entry_week": rng.integers(-5, 20, n),
        }
    )


def test_counts_from_files_are_those_from_columns(table, tmp_path):
    for number, part in enumerate(np.array_split(np.arange(len(table)), 3)):
        table.iloc[part].to_parquet(tmp_path / f"{number}.parquet")
    stored = survival.count_parquet(tmp_path, groups="sex", where=[("entry_week", ">=", 0)])
    flow = table[table["entry_week"] >= 0]
    held = survival.count_spells(flow["weeks"], flow["door"], groups=flow["sex"])
    for estimate in (survival.kaplan_meier, survival.cumulative_incidence, survival.gray_test):
        pd.testing.assert_frame_equal(estimate(stored), estimate(held))


def test_counts_from_small_batches_are_the_same(table, tmp_path, monkeypatch):
    table.to_parquet(tmp_path / "spells.parquet", row_group_size=50)
    once = survival.kaplan_meier(survival.count_parquet(tmp_path, groups="sex"))
    monkeypatch.setattr("simulator.outcomes.survival.stored.BATCH", 7)
    pd.testing.assert_frame_equal(once, survival.kaplan_meier(survival.count_parquet(tmp_path, groups="sex")))


def test_mistakes_in_what_is_stored_are_named(table, tmp_path):
    table.to_parquet(tmp_path / "spells.parquet")
    with pytest.raises(SimulatorError, match=r"(?s)'wekks'; did you mean 'weeks'.*no column 'sexx'"):
        survival.count_parquet(tmp_path, weeks="wekks", groups="sexx")
    with pytest.raises(SimulatorError, match="cannot be read as Parquet"):
        survival.count_parquet(tmp_path / "nothing.parquet")
    with pytest.raises(SimulatorError, match="there are no spells"):
        survival.count_parquet(tmp_path, where=[("weeks", ">", 99)])


def test_columns_beside_counts_are_refused(table):
    counts = survival.count_spells(table["weeks"], table["exited"])
    with pytest.raises(SimulatorError, match="groups: not taken beside counts"):
        survival.kaplan_meier(counts, groups=table["sex"])


def test_repeats_are_repeated_spells(table):
    repeats = np.random.default_rng(22).integers(1, 4, len(table))
    longer = table.loc[np.repeat(table.index, repeats)]
    for estimate in (survival.kaplan_meier, survival.nelson_aalen, survival.quantile):
        ours = estimate(survival.count_spells(table["weeks"], table["exited"], repeats=repeats))
        pd.testing.assert_frame_equal(ours, estimate(longer["weeks"], longer["exited"]))


def test_whole_weights_are_weights(table):
    weights = np.random.default_rng(22).integers(1, 4, len(table))
    whole, half = (
        survival.kaplan_meier(table["weeks"], table["exited"], weights=factor * weights)
        for factor in (1, 0.5)
    )
    assert whole[["survival", "low", "high"]].equals(half[["survival", "low", "high"]])
    one, other = (
        survival.cox(table.assign(w=factor * weights), covariates=["plan"], weights="w")["se"]
        for factor in (1, 0.5)
    )
    assert one.to_numpy() == pytest.approx(other.to_numpy())


def test_repeats_of_weighted_spells_are_as_many_rows(table):
    weights, repeats = table["weeks"] / 7 + 0.1, np.random.default_rng(22).integers(1, 4, len(table))
    longer, at = table.loc[np.repeat(table.index, repeats)], np.repeat(np.arange(len(table)), repeats)
    short = survival.count_spells(table["weeks"], table["door"], weights=weights, repeats=repeats)
    long = survival.count_spells(longer["weeks"], longer["door"], weights=weights.to_numpy()[at])
    pd.testing.assert_frame_equal(survival.cumulative_incidence(short), survival.cumulative_incidence(long))


def test_groups_may_be_pairs():
    groups = [("a", 1), ("a", 1), ("b", 2)]
    table = survival.kaplan_meier([1, 2, 3], [1, 1, 1], groups=groups)
    assert table["group"].tolist() == [groups[place] for place in (0, 0, 0, 2, 2)]
    assert survival.log_rank([1, 2, 3], [1, 1, 1], groups)["degrees"].item() == 1


def test_few_clusters_widen_intervals(table):
    few = table.assign(few=np.arange(len(table)) % 4)
    ours = survival.cox(few, covariates=["plan"], cluster="few").iloc[0]
    t = stats.t(3)
    assert np.log(ours["high"]) == pytest.approx(ours["coefficient"] + t.ppf(0.975) * ours["se"])
    assert ours["p_value"] == pytest.approx(2 * t.sf(abs(ours["z"])))
    assert survival.cox(few, covariates=["plan"], cluster="few").attrs["clusters"] == 4


def test_a_common_factor_of_sampling_weights_changes_no_interval(table):
    weights = np.random.default_rng(23).uniform(0.5, 2, len(table))
    one, other = (
        survival.cumulative_incidence(table["weeks"], table["door"], weights=factor * weights)
        for factor in (1, 3.7)
    )
    pd.testing.assert_frame_equal(one, other)


def test_equal_sampling_weights_give_greenwood(table):
    plain = survival.kaplan_meier(table["weeks"], table["exited"])
    weighted = survival.kaplan_meier(table["weeks"], table["exited"], weights=np.full(len(table), 0.5))
    for column in ("survival", "low", "high"):
        assert weighted[column].to_numpy() == pytest.approx(plain[column].to_numpy())


def test_tests_by_statsmodels_are_the_same(table):
    duration = pytest.importorskip("statsmodels.duration.survfunc")
    late = np.minimum(table["weeks"] - 1, table["plan"] * 3)
    for ours, theirs in {"log-rank": None, "gehan-breslow": "gb", "tarone-ware": "tw"}.items():
        for entry in (None, late):
            # Theirs takes who enters in a week for at risk in it, ours from the week after.
            begun = None if entry is None else entry + 0.5
            answer = duration.survdiff(
                table["weeks"], table["exited"].astype(int), table["sex"], weight_type=theirs, entry=begun
            )
            test = survival.log_rank(table["weeks"], table["exited"], table["sex"], entry, weighting=ours)
            assert test["statistic"].item() == pytest.approx(answer[0])


def test_alike_rows_and_repeated_rows_give_the_same_cox(table):
    twice = pd.concat([table, table])
    single = survival.cox(table, covariates=["sex", "plan"], cluster="person")
    double = survival.cox(twice, covariates=["sex", "plan"], cluster="person")
    assert double["coefficient"].tolist() == pytest.approx(single["coefficient"].tolist(), abs=0.01)
    assert double["se"].tolist() == pytest.approx(single["se"].tolist(), rel=0.02)


def test_weekly_hazard_clusters_as_the_regression_on_weeks_does(table):
    sm = pytest.importorskip("statsmodels.api")
    ours = survival.discrete_hazard(
        table, covariates=["plan"], cluster="person", pieces=[10, 20], link="logit"
    )
    long = table.loc[table.index.repeat(table["weeks"])]
    week = long.groupby(level=0).cumcount() + 1
    y = (long["exited"] & (week == long["weeks"])).to_numpy(float)
    x = np.column_stack([week <= 10, (week > 10) & (week <= 20), week > 20, long["plan"]]).astype(float)
    fit = sm.GLM(y, x, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": long["person"].to_numpy(), "use_correction": False}
    )
    assert ours["coefficient"].item() == pytest.approx(fit.params[3])
    assert ours["se"].item() == pytest.approx(fit.bse[3])


def test_mistakes_in_a_regression_are_named(table):
    for more, message in (
        ({"covariates": ["sexx"]}, "no column 'sexx'; did you mean 'sex'"),
        ({"covariates": "sexx"}, "no column 'sexx'; did you mean 'sex'"),
        ({"covariates": []}, "the name of at least one column"),
        ({"covariates": ["plan", "twice"]}, "twice does not vary, or follows from those before"),
        ({"covariates": ["same"]}, "same does not vary"),
        ({"covariates": ["gap"]}, "missing"),
        ({"covariates": ["who_left"]}, "who_left has no finite ratio"),
    ):
        gap = np.where(table["plan"], 1.0, np.nan)
        wrong = table.assign(twice=2 * table["plan"], same=1, gap=gap, who_left=table["exited"])
        with pytest.raises(SimulatorError, match=message):
            survival.cox(wrong, **more)
    with pytest.raises(SimulatorError, match="nobody leaves"):
        survival.cox(table.assign(exited=False), covariates=["sex"])


def test_tests_refuse_what_they_are_not_defined_for(table):
    with pytest.raises(SimulatorError, match="groups: a test compares at least two"):
        survival.log_rank(table["weeks"], table["exited"])
    counts = survival.count_spells(table["weeks"], table["door"], table["weeks"] / 2, table["sex"])
    with pytest.raises(SimulatorError, match="entry: Gray's test is not defined"):
        survival.gray_test(counts)
    weighted = survival.count_spells(table["weeks"], table["door"], None, table["sex"], table["weeks"] / 7)
    with pytest.raises(SimulatorError, match="weights: a test takes no sampling weights"):
        survival.log_rank(weighted)


def test_a_missing_library_is_named_with_its_extra(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.genmod.families", None)
    monkeypatch.setitem(sys.modules, "statsmodels.genmod.generalized_linear_model", None)
    with pytest.raises(SimulatorError, match=r"pip install 'assistance-exit-simulator\[survival\]'"):
        survival.discrete_hazard(table, covariates=["sex"])


def test_a_stored_outcome_counts_without_reading_its_spells(table, tmp_path):
    table.to_parquet(tmp_path / "spells.parquet")
    stored = StoredOutcome(tmp_path, {})
    held = Outcome(table, pd.DataFrame(), pd.DataFrame(), {})
    pd.testing.assert_frame_equal(stored.survival(by="sex"), held.survival(by="sex"))
    pd.testing.assert_frame_equal(stored.incidence(), held.incidence())
    with pytest.raises(SimulatorError, match="did you mean 'sex'"):
        stored.survival(by="sexx")
    assert "spells" not in vars(stored)
    pd.testing.assert_frame_equal(stored.cox(["sex"]), held.cox(["sex"]))


def test_times_that_differ_by_rounding_are_one_and_a_spell_of_no_length_is_refused():
    table = survival.kaplan_meier([1.1 + 2.2, 3.3, 5, 6], [1, 1, 1, 0])
    assert table["week"].tolist() == [0.0, 3.3, 5.0, 6.0]
    assert table["exits"].tolist() == [0, 2, 1, 0]
    with pytest.raises(survival.SpellsError, match="entry: not before weeks"):
        survival.kaplan_meier([0.1 + 0.2], [1], entry=[0.3])
