"""A few spells, or none: a bounded answer or a refusal, and no warning of NumPy's."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from simulator.outcomes import survival
from simulator.outcomes.survival import SpellsError

FEW = {
    "none": ([], []),
    "one": ([3], [1]),
    "one, censored": ([3], [0]),
    "one at nought": ([0], [1]),
    "two": ([3, 5], [1, 2]),
    "two tied": ([3, 3], [1, 1]),
    "two of two doors, tied": ([3, 3], [1, 2]),
    "all censored": ([1, 2, 3, 4], [0] * 4),
    "all tied": ([4] * 6, [1, 2, 1, 2, 1, 1]),
    "all at nought": ([0] * 4, [1, 1, 0, 2]),
    "each by itself": ([16, 0, 10, 18], [2] * 4),
    "all by one door": ([1, 1, 2, 2, 2, 3], [1] * 6),
    "nearly all alike": ([2, 1, 1], [2, 0, 2]),
}
ESTIMATES = {
    **{
        f"kaplan_meier {band}": lambda t, band=band: survival.kaplan_meier(
            t.weeks, t.exited, groups=t.group, interval=band
        )
        for band in ("log-log", "log", "plain")
    },
    "nelson_aalen": lambda t: survival.nelson_aalen(t.weeks, t.exited, groups=t.group),
    "incidence": lambda t: survival.cumulative_incidence(t.weeks, t.door, groups=t.group),
    "weighted": lambda t: survival.cumulative_incidence(t.weeks, t.door, groups=t.group, weights=t.x + 0.1),
    "restricted_mean": lambda t: survival.restricted_mean(t.weeks, t.exited, 3, groups=t.group),
    "quantile": lambda t: survival.quantile(t.weeks, t.exited, groups=t.group),
    "log_rank": lambda t: survival.log_rank(t.weeks, t.exited, t.group),
    "gray_test": lambda t: survival.gray_test(t.weeks, t.door, t.group),
    "gray_test, broken power": lambda t: survival.gray_test(t.weeks, t.door, t.group, 0.5),
    "cox": lambda t: survival.cox(t, covariates="x"),
    "cox of clusters": lambda t: survival.cox(t, covariates="x", cluster="row"),
    "discrete_hazard": lambda t: survival.discrete_hazard(t, covariates="x"),
}
BOUNDED = ("survival", "incidence", "p_value")


@pytest.mark.parametrize("one_group", [True, False])
@pytest.mark.parametrize("few", FEW)
@pytest.mark.parametrize("name", ESTIMATES)
def test_few_spells_give_a_bounded_answer_or_a_refusal(name, few, one_group):
    """No warning of NumPy's leaks, no share leaves 0 to 1, no bound the wrong side of its estimate."""
    weeks, doors = FEW[few]
    n = len(weeks)
    table = pd.DataFrame({"weeks": np.array(weeks, int), "exited": np.array(doors, int) > 0})
    table["door"] = pd.Categorical.from_codes(np.array(doors, int) - 1, ["study", "work"])
    table["group"] = "all" if one_group else [("odd", "even")[place < n / 2] for place in range(n)]
    table["x"], table["row"] = (0.066487 + 0.0013 * np.arange(n) ** 2) % 1, np.arange(n)
    with warnings.catch_warnings(action="error"):
        try:
            answer = ESTIMATES[name](table)
        except SpellsError:
            return
    shares = answer[[column for column in BOUNDED if column in answer]]
    assert (shares.isna() | ((shares >= 0) & (shares <= 1))).all(axis=None)
    assert not np.isinf(answer.select_dtypes("number")).any(axis=None)
    if "low" in answer:
        (value,) = answer.columns.intersection(
            ["survival", "incidence", "hazard", "mean", "week", "hazard_ratio"]
        )[-1:]
        known = answer.dropna(subset=["low", "high"])
        assert (known["low"] <= known[value] + 1e-12).all()
        assert (known[value] <= known["high"] + 1e-12).all()


def test_grays_test_of_groups_of_which_one_is_over_first_is_that_of_cmprsk():
    for weeks, groups, p_value in (
        ([16, 0, 10, 18], [1, 0, 0, 1], 0.09338219),
        ([1, 1, 2, 2, 2, 3], [1, 1, 2, 2, 2, 2], 0.02534732),
    ):
        test = survival.gray_test(weeks, [2] * len(weeks), groups)
        assert test["p_value"].item() == pytest.approx(p_value, abs=1e-8)


def test_grays_test_says_what_cannot_be_reckoned():
    """The pooled incidence is 90/110 after week 1, and 9/20 more after week 3."""
    counts = survival.count_spells(
        [1, 2, 5, 3, 4], ["work", None, None, "work", "work"], groups=list("aaabb"), repeats=[90, 9, 1, 9, 1]
    )
    with warnings.catch_warnings(action="error"):
        assert survival.gray_test(counts)["p_value"].between(0, 1).item()
        assert survival.gray_test(counts, rho=0.5)[["statistic", "p_value"]].isna().all(axis=None)


def test_grays_test_takes_no_late_entry():
    with pytest.raises(TypeError, match="entry"):
        survival.gray_test([1, 2, 2, 3], ["work"] * 4, list("abab"), entry=[0, 1, 1, 1])
    counts = survival.count_spells([1, 2, 2, 3], ["work"] * 4, entry=[0, 1, 1, 1], groups=list("abab"))
    with pytest.raises(SpellsError, match=r"^entry: Gray's test .*log_rank"):
        survival.gray_test(counts)
