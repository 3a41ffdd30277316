"""Time on assistance: the estimators against hand, formula, other code and a slow second implementation."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import SimulatorError
from simulator.outcomes.survival import cumulative_incidence, kaplan_meier, quantile, restricted_mean

Z = 1.959963984540054

# Weeks of remission of leukaemia under 6-mercaptopurine (Freireich et al. 1963), the textbooks' example.
FREIREICH_WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
FREIREICH_EXITED = [True] * 9 + [False] * 12


def survival_at(table: pd.DataFrame, weeks: list[int]) -> list[float]:
    return table.set_index("week")["survival"].loc[weeks].tolist()


def test_columns_and_first_row():
    table = kaplan_meier([3, 5], [True, False])
    assert list(table.columns) == ["group", "week", "at_risk", "exits", "survival", "low", "high"]
    assert table.iloc[0].tolist() == ["all", 0, 2, 0, 1.0, 1.0, 1.0]
    assert table["week"].dtype == np.int64


def test_textbook_example():
    table = kaplan_meier(FREIREICH_WEEKS, FREIREICH_EXITED, interval="plain").set_index("week")
    exits = table[table["exits"] > 0]
    assert exits.index.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert exits["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert exits["survival"].round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    errors = (exits["survival"] - exits["low"]) / Z
    assert errors.round(3).tolist() == [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135]
    assert quantile(FREIREICH_WEEKS, FREIREICH_EXITED)["week"].tolist() == [23]


def test_log_log_interval_by_hand():
    row = kaplan_meier([1, 2, 3, 4], [True, False, False, False]).iloc[1]
    theta = np.exp(Z * np.sqrt(1 / 12) / np.log(0.75))
    assert [row["low"], row["high"]] == pytest.approx([0.75 ** (1 / theta), 0.75**theta])


def test_plain_interval_by_hand_and_cut_at_one():
    row = kaplan_meier([1, 2, 3, 4], [True, False, False, False], interval="plain").iloc[1]
    assert row["low"] == pytest.approx(0.75 - Z * 0.75 * np.sqrt(1 / 12))
    assert row["high"] == 1


def test_nobody_leaves():
    table = kaplan_meier([2, 3, 3], [0, 0, 0])
    assert table["survival"].tolist() == table["low"].tolist() == table["high"].tolist() == [1, 1, 1]
    assert table["at_risk"].tolist() == [3, 3, 2]
    known = pd.Categorical([None] * 3, categories=["work", "study"])
    for door, doors in ((known, ["work", "study"]), ([False] * 3, [True])):
        table = cumulative_incidence([2, 3, 3], door)
        assert table["door"].tolist() == doors * 3
        assert not table[["incidence", "low", "high"]].any(axis=None)
    with pytest.raises(SimulatorError, match="door: nobody leaves, so that no door is known"):
        cumulative_incidence([2, 3, 3], [0, 0, 0])
    assert quantile([2, 3, 3], [0, 0, 0])[["week", "low", "high"]].isna().all(axis=None)


def test_all_leave_in_the_same_week():
    table = kaplan_meier([4, 4, 4], [True] * 3)
    assert table["week"].tolist() == [0, 4]
    assert table["survival"].tolist() == [1, 0]
    assert table[["low", "high"]].iloc[1].tolist() == [0, 1]


def test_one_person():
    assert kaplan_meier([7], [True])["survival"].tolist() == [1, 0]
    assert kaplan_meier([7], [False])["survival"].tolist() == [1, 1]
    assert cumulative_incidence([7], ["work"])["incidence"].tolist() == [0, 1]
    assert restricted_mean([7], [True], 10)[["mean", "low", "high"]].iloc[0].tolist() == [7, 7, 7]


def test_censored_in_the_week_of_an_exit_is_at_risk_in_it():
    assert kaplan_meier([2, 2], [True, False])["survival"].tolist() == [1, 0.5]


def test_a_spell_of_no_length_leaves_in_week_nought():
    assert kaplan_meier([0, 1], [True, True])["survival"].tolist() == [0.5, 0]


def test_late_entry():
    """Watched over (0, 3], (2, 5], (3, 4]: in week 3 two are at risk, the third only after it."""
    table = kaplan_meier([3, 5, 4], [True, True, True], entry=[0, 2, 3])
    assert table["week"].tolist() == [0, 2, 3, 4, 5]
    assert table["at_risk"].tolist() == [1, 1, 2, 2, 1]
    assert table["survival"].tolist() == [1, 1, 0.5, 0.25, 0]


def test_week_without_anybody_at_risk_changes_nothing():
    table = kaplan_meier([1, 9], [False, True], entry=[0, 5])
    assert table["at_risk"].tolist() == [1, 1, 0, 1]
    assert table["survival"].tolist() == [1, 1, 1, 0]


def test_incidence_by_hand():
    table = cumulative_incidence([1, 2, 2, 3, 3], ["work", "study", "work", None, "study"])
    wide = table.pivot(index="week", columns="door", values="incidence")
    assert wide["work"].tolist() == pytest.approx([0, 0.2, 0.4, 0.4])
    assert wide["study"].tolist() == pytest.approx([0, 0, 0.2, 0.4])
    assert list(table.columns) == ["group", "week", "door", "incidence", "low", "high"]


def test_variance_of_incidence_without_censoring_is_binomial():
    door = np.repeat([1, 2, 3], [10, 25, 65])
    weeks = np.random.default_rng(3).integers(1, 9, 100)
    last = cumulative_incidence(weeks, door).groupby("door").last()
    for code, share in {1: 0.1, 2: 0.25, 3: 0.65}.items():
        width = Z * np.sqrt(share * (1 - share) / 100) / ((1 - share) * -np.log(1 - share))
        expected = [1 - (1 - share) ** np.exp(-width), 1 - (1 - share) ** np.exp(width)]
        assert last.loc[code, ["low", "high"]].tolist() == pytest.approx(expected)


def test_restricted_mean_without_censoring_is_the_mean():
    weeks = np.random.default_rng(4).geometric(0.05, 400)
    row = restricted_mean(weeks, np.ones(400, bool), 30).iloc[0]
    capped = np.minimum(weeks, 30)
    error = capped.std() / np.sqrt(400)
    assert row["mean"] == pytest.approx(capped.mean())
    assert [row["low"], row["high"]] == pytest.approx([capped.mean() - Z * error, capped.mean() + Z * error])


def test_restricted_mean_is_missing_where_nobody_was_watched_that_long():
    table = restricted_mean([5, 5, 3, 4], [True, False, True, True], 8, groups=["a", "a", "b", "b"])
    assert table["mean"].isna().tolist() == [True, False]
    assert table["mean"].iloc[1] == 3.5


def test_quantile_is_the_first_week_at_or_under_the_share():
    weeks, exited = np.arange(1, 11), np.ones(10, bool)
    assert quantile(weeks, exited)["week"].item() == 5
    assert quantile(weeks, exited, 0.9)["week"].item() == 9
    row = quantile(np.repeat(weeks, 50), np.ones(500, bool)).iloc[0]
    assert row["low"] <= 5 <= row["high"]


@pytest.mark.statistical
def test_geometric_spells():
    """At 40,000 spells the standard error of a share is at most 0.0025; five of them are allowed."""
    weeks = np.random.default_rng(5).geometric(0.02, 40_000)
    exited, watched = weeks <= 104, np.minimum(weeks, 104)
    table = kaplan_meier(watched, exited)
    assert table["survival"].to_numpy() == pytest.approx(0.98 ** table["week"].to_numpy(), abs=0.0125)
    mean = restricted_mean(watched, exited, 104).iloc[0]
    assert mean["mean"] == pytest.approx((1 - 0.98**104) / 0.02, abs=5 * (mean["high"] - mean["low"]) / 2 / Z)
    assert quantile(watched, exited)["week"].item() == pytest.approx(35, abs=1)


@pytest.mark.statistical
def test_exponential_doors_under_random_censoring():
    """Two constant hazards, 0.03 and 0.01 a week: incidence is each one's part of 1 - exp(-0.04 t)."""
    rng = np.random.default_rng(6)
    times, watched = rng.exponential(25, 40_000), rng.exponential(60, 40_000)
    door = np.where(times <= watched, rng.choice(["work", "study"], 40_000, p=[0.75, 0.25]), "")
    table = cumulative_incidence(np.minimum(times, watched), door)
    table = table[table["week"] <= 60]
    part = table["door"].map({"work": 0.75, "study": 0.25})
    expected = part * (1 - np.exp(-0.04 * table["week"]))
    assert table["incidence"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.0175)


@pytest.mark.statistical
@pytest.mark.parametrize("interval", ["log-log", "plain"])
def test_interval_covers(interval):
    """Of 400 samples, 95 % should cover; the count is within four of its standard errors (0.011)."""
    rng, covered = np.random.default_rng(7), 0
    for _ in range(400):
        weeks, watched = rng.geometric(0.05, 150), rng.integers(5, 40, 150)
        table = kaplan_meier(np.minimum(weeks, watched), weeks <= watched, interval=interval)
        row = table[table["week"] <= 12].iloc[-1]
        covered += row["low"] <= 0.95**12 <= row["high"]
    assert covered / 400 == pytest.approx(0.95, abs=0.044)


def on_any(*strategies):
    """Run a test on many examples, however long each takes."""
    return lambda test: settings(deadline=None)(given(*strategies)(test))


@st.composite
def spells(draw, late=False):
    size = draw(st.integers(1, 25))
    column = {"min_size": size, "max_size": size}
    weeks = np.array(draw(st.lists(st.integers(1, 12), **column)))
    door = np.array(draw(st.lists(st.integers(0, 3), **column)))
    share = np.array(draw(st.lists(st.floats(0, 0.99), **column)))
    groups = np.array(draw(st.lists(st.sampled_from(["a", "b"]), **column)))
    return weeks, door, np.floor(weeks * share).astype(int) if late else np.zeros(size, int), groups


def by_door(weeks, door, *more):
    """Return incidences by the three doors that there are, whether anybody leaves or not."""
    return cumulative_incidence(weeks, pd.Categorical.from_codes(door - 1, [1, 2, 3]), *more)


@on_any(spells())
def test_kaplan_meier_is_that_of_scipy(data):
    weeks, door, _, _ = data
    sample = stats.CensoredData(weeks[door > 0], right=weeks[door == 0])
    theirs = stats.ecdf(sample).sf
    ours = kaplan_meier(weeks, door > 0).set_index("week")
    at = ours.index.to_numpy()
    assert ours["survival"].to_numpy() == pytest.approx(theirs.evaluate(at))
    inside = (ours["survival"] > 0) & (ours["survival"] < 1)
    if inside.any():
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            band = theirs.confidence_interval(method="log-log")
        bounds = [curve.evaluate(at)[inside] for curve in (band.low, band.high)]
        assert ours.loc[inside, "low"].to_numpy() == pytest.approx(bounds[0])
        assert ours.loc[inside, "high"].to_numpy() == pytest.approx(bounds[1])


def slow_curves(weeks, door, entry, doors=3):
    """Person by person: survival, incidences and their covariance, carried from week to week."""
    state, covariance = np.array([1.0] + [0.0] * doors), np.zeros((doors + 1, doors + 1))
    rows = {}
    for week in sorted({0, *weeks.tolist(), *entry.tolist()}):
        there = [i for i in range(len(weeks)) if entry[i] < week <= weeks[i]]
        hazard = np.array([sum(weeks[i] == week and door[i] == d + 1 for i in there) for d in range(doors)])
        hazard = hazard / max(len(there), 1)
        step = np.eye(doors + 1)
        step[0, 0] -= hazard.sum()
        step[1:, 0] = hazard
        noise = np.zeros_like(covariance)
        noise[1:, 1:] = np.diag(hazard) - np.outer(hazard, hazard)
        noise[0, 1:] = noise[1:, 0] = -hazard * (1 - hazard.sum())
        noise[0, 0] = hazard.sum() * (1 - hazard.sum())
        covariance = step @ covariance @ step.T + state[0] ** 2 * noise / max(len(there), 1)
        state = step @ state
        rows[week] = len(there), state, np.diag(covariance)
    return rows


def slow_band(share, variance):
    if variance <= 1e-15 or not 0 < share < 1:
        return share, share
    width = Z * np.sqrt(variance) / (share * -np.log(share))
    return share ** np.exp(width), share ** np.exp(-width)


@on_any(spells(late=True))
def test_against_a_slow_second_implementation(data):
    weeks, door, entry, _ = data
    slow = slow_curves(weeks, door, entry)
    ours = kaplan_meier(weeks, door > 0, entry).set_index("week")
    incidence = by_door(weeks, door, entry).set_index(["week", "door"])
    assert ours.index.tolist() == list(slow)
    for week, (at_risk, state, variance) in slow.items():
        assert ours.loc[week, "survival"] == pytest.approx(state[0], abs=1e-9)
        assert week == 0 or ours.loc[week, "at_risk"] == at_risk
        if 1e-9 < state[0] < 1:
            assert ours.loc[week, ["low", "high"]].tolist() == pytest.approx(slow_band(state[0], variance[0]))
        for code in sorted(set(door.tolist()) - {0}):
            row = incidence.loc[(week, code)]
            assert row["incidence"] == pytest.approx(state[code], abs=1e-9)
            if state[code] < 1 - 1e-9:
                low, high = slow_band(1 - state[code], variance[code])
                assert [row["low"], row["high"]] == pytest.approx([1 - high, 1 - low], abs=1e-6)


@on_any(spells(late=True))
def test_incidences_and_survival_add_up_to_one(data):
    weeks, door, entry, groups = data
    survival = kaplan_meier(weeks, door > 0, entry, groups).set_index(["group", "week"])["survival"]
    total = by_door(weeks, door, entry, groups).groupby(["group", "week"])["incidence"].sum()
    assert (total + survival).to_numpy() == pytest.approx(1, abs=1e-12)


@on_any(spells(late=True))
def test_one_door_is_the_complement_of_kaplan_meier(data):
    weeks, door, entry, groups = data
    if np.any(door > 0):
        survival = kaplan_meier(weeks, door > 0, entry, groups)
        single = cumulative_incidence(weeks, (door > 0).astype(int), entry, groups)
        assert (1 - single["high"]).to_numpy() == pytest.approx(survival["low"].to_numpy(), abs=1e-7)
        assert (1 - single["low"]).to_numpy() == pytest.approx(survival["high"].to_numpy(), abs=1e-7)


@on_any(spells(late=True), st.randoms(use_true_random=False))
def test_order_does_not_matter(data, random):
    order = random.sample(range(len(data[0])), len(data[0]))
    weeks, door, entry, groups = data
    shuffled = [column[order] for column in data]
    for first, second in (
        (
            kaplan_meier(weeks, door > 0, entry, groups),
            kaplan_meier(shuffled[0], shuffled[1] > 0, *shuffled[2:]),
        ),
        (by_door(*data), by_door(*shuffled)),
    ):
        pd.testing.assert_frame_equal(first, second, check_exact=True)


@on_any(spells(late=True))
def test_bounds_hold_the_curve(data):
    weeks, door, entry, groups = data
    table = kaplan_meier(weeks, door > 0, entry, groups)
    assert ((table["low"] >= 0) & (table["low"] <= table["survival"] + 1e-9)).all()
    assert ((table["survival"] <= table["high"] + 1e-9) & (table["high"] <= 1)).all()


@on_any(spells(late=True))
def test_a_group_is_what_it_would_be_alone(data):
    weeks, door, entry, groups = data
    together = kaplan_meier(weeks, door > 0, entry, groups)
    for label in set(groups.tolist()):
        own = groups == label
        alone = kaplan_meier(weeks[own], door[own] > 0, entry[own], groups[own])
        part = together[together["group"] == label].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, alone, check_exact=True)


def test_kinds_of_columns_give_the_same_table():
    weeks, exited, groups = [3, 1, 2, 2], [True, False, True, True], ["b", "a", "b", "a"]
    expected = kaplan_meier(weeks, exited, groups=groups)
    for weeks_kind, exited_kind, groups_kind in (
        (np.array(weeks), np.array(exited), np.array(groups)),
        (pd.Series(weeks, index=[9, 8, 7, 6]), exited, pd.Categorical(groups)),
        (pd.Series(weeks, dtype="Int64"), pd.Series(exited, dtype="boolean"), pd.Series(groups)),
        (np.array(weeks, np.int32), [1, 0, 1, 1], np.array(groups, dtype=object)),
        (np.array(weeks, object), np.array(exited, object), pd.Series(groups, dtype="string")),
        (pd.Series(weeks, dtype="int8[pyarrow]"), pd.Series(exited, dtype="bool[pyarrow]"), tuple(groups)),
    ):
        pd.testing.assert_frame_equal(kaplan_meier(weeks_kind, exited_kind, groups=groups_kind), expected)


@pytest.mark.parametrize(
    "door",
    [
        ["work", "", "study"],
        ["work", None, "study"],
        pd.Series(["work", np.nan, "study"]),
        pd.Series(["work", None, "study"], dtype="category"),
        np.array(["work", 0, "study"], dtype=object),
    ],
)
def test_kinds_of_censored_doors(door):
    table = cumulative_incidence([1, 1, 1], door)
    assert table["door"].tolist() == ["study", "work"] * 2
    assert table["incidence"].tolist() == pytest.approx([0, 0, 1 / 3, 1 / 3])


def test_numbered_doors_stay_whole_numbers():
    for door in ([2, 0, 5], [2.0, np.nan, 5.0], pd.array([2, None, 5], dtype="Int64")):
        assert cumulative_incidence([1, 1, 1], door)["door"].tolist() == [2, 5, 2, 5]


def test_real_times():
    table = kaplan_meier([0.5, 1.25], [True, True])
    assert table["week"].tolist() == [0, 0.5, 1.25]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weeks": [], "exited": []}, "no spells"),
        ({"weeks": [1, 2, 3]}, "2 values for the 3 spells"),
        ({"weeks": [1, -2]}, "weeks: 1 value negative or infinite, the first is -2"),
        ({"weeks": [1.0, np.inf]}, "weeks: 1 value negative or infinite"),
        ({"weeks": [1, np.nan]}, "weeks: 1 value missing"),
        ({"weeks": ["1", "2"]}, "weeks: holds values of type"),
        ({"exited": [True, None]}, "exited: 1 value missing"),
        ({"exited": [1, 2]}, "exited: 1 value other than true and false"),
        ({"entry": [0]}, "entry: 1 value for the 2 spells"),
        ({"entry": [0, 2]}, "entry: not before weeks in 1 spell, first 2 and 2"),
        ({"entry": [0, -1]}, "entry: 1 value negative"),
        ({"groups": ["a"]}, "groups: 1 value for the 2 spells"),
        ({"groups": ["a", None]}, "groups: 1 value missing"),
        ({"level": 95}, "level: 95 is not a share"),
        ({"interval": "logit"}, "interval: 'logit' is not one of log-log, plain, log"),
    ],
)
def test_mistakes_are_named(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        kaplan_meier(**({"weeks": [1, 2], "exited": [True, False]} | arguments))
    assert isinstance(caught.value, SimulatorError)


def test_other_mistakes_are_named():
    with pytest.raises(ValueError, match="1-dimensional"):
        kaplan_meier(np.ones((2, 2)), [True, False])
    with pytest.raises(SimulatorError, match="door: holds negative or infinite numbers"):
        cumulative_incidence([1, 2], [-1, 2])
    with pytest.raises(SimulatorError, match="horizon: 0"):
        restricted_mean([1], [True], 0)
    with pytest.raises(SimulatorError, match="q: 1 is not"):
        quantile([1], [True], 1)


@pytest.mark.slow
def test_a_million_spells_are_no_trouble():
    """Counted, not timed: a table of a million spells in ten groups is exact and small."""
    rng = np.random.default_rng(8)
    weeks, groups = rng.integers(1, 261, 1_000_000), rng.integers(0, 10, 1_000_000)
    table = kaplan_meier(weeks, weeks < 260, groups=groups)
    assert len(table) == 10 * 261
    assert table.groupby("group")["exits"].sum().sum() == np.count_nonzero(weeks < 260)
