"""Exit rates of an entry cohort, and the share of their fall that is sorting, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.experiments.studies import cohort
from simulator.experiments.studies.layers import summarise
from simulator.outcomes.status import STATUSES
from simulator.parameters.designs import CohortStudy
from simulator.reporting import design_figures

DESIGN = CohortStudy.model_construct(entry_weeks=1, years=1, by=None, subgroup={}, level=0.95)


def spells_of(weeks, exited):
    """Return first spells of two replications, three people each."""
    return pd.DataFrame(
        {
            "replication": [0, 0, 0, 1, 1, 1], "client": range(6), "spell": 1, "entry_week": 0,
            "weeks": weeks, "exited": exited, "door": np.where(exited, "work", None),
            "hindrance": "unemployment",
        }
    )  # fmt: skip


def levels_of(spells):
    levels = cohort.cohort_levels(cohort.cohort_of(spells, DESIGN), spells, DESIGN)
    table = levels.reset_index(name="value").set_index(["outcome", "year", "replication"])
    return table["value"].sort_index()


def test_a_half_year_without_an_exit_counts_as_nought_in_the_rate_and_has_no_logarithm():
    spells = spells_of([26, 52, 60, 26, 60, 60], [True, True, False, True, False, False])
    found = levels_of(spells)
    assert found[cohort.RATE, 0.5].tolist() == pytest.approx([100 / 78, 100 / 78])
    assert found[cohort.RATE, 1.0].tolist() == pytest.approx([100 / 52, 0.0])
    assert found[cohort.FALL, 1.0].to_numpy() == pytest.approx([np.log(78 / 52), np.nan], nan_ok=True)


def test_a_half_year_with_nobody_at_risk_has_no_rate():
    found = levels_of(spells_of([26, 20, 10, 26, 60, 60], True))
    assert found[cohort.RATE, 1.0].to_numpy() == pytest.approx([np.nan, 0.0], nan_ok=True)


def sorting_of(with_it, without):
    """Return the summary of the share of the fall that is sorting, of falls by replication."""
    keys = ["replication", "group", "outcome", "year", "unit"]
    index = pd.MultiIndex.from_tuples(
        [(number, "all", cohort.FALL, 1.0, "log ratio") for number in range(len(with_it))], names=keys
    )
    both = pd.DataFrame({cohort.WITH: with_it, cohort.WITHOUT: without}, index=index)
    rows = pd.DataFrame(cohort._sorting(both)).assign(draw=0)
    return summarise(rows, cohort.KEYS, 0.95, (cohort.WITH, cohort.WITHOUT)).iloc[0]


def test_the_share_that_is_sorting_is_a_ratio_of_means_with_the_interval_of_the_jackknife():
    above, below = np.array([-0.1, -0.3, -0.2]), np.array([-0.2, -0.5, -0.4])
    left_out = (above.sum() - above) / (below.sum() - below)
    values = 3 * above.sum() / below.sum() - 2 * left_out
    found = sorting_of(below, above)
    assert found["effect"] == pytest.approx(6 / 11)
    assert found["se_luck"] == pytest.approx(values.std(ddof=1) / np.sqrt(3))
    assert found["estimates"] == 3


def test_a_replication_whose_rate_rises_counts_in_the_share_that_is_sorting():
    found = sorting_of([-0.9, 0.1, -0.4], [-0.3, -0.1, -0.2])
    assert found["estimates"] == 3
    assert found["effect"] == pytest.approx(0.5)


def test_without_a_fall_nothing_of_it_is_sorting_and_a_missing_one_is_left_out():
    assert np.isnan(sorting_of([0.1, 0.2], [-0.1, 0.0])["effect"])
    found = sorting_of([-0.4, np.nan, -0.4], [-0.2, -0.1, -0.2])
    assert (found["effect"], found["estimates"]) == (pytest.approx(0.5), 2)


def picture(by, groups):
    rows = [
        {"outcome": status, "group": group, "year": year, "unit": "share", "with": 0.25, "without": 0.25}
        for year in (1.0, 2.0)
        for group in groups
        for status in STATUSES
    ]
    design = CohortStudy.model_construct(by=by, level=0.95)
    return design_figures._figure(pd.DataFrame(rows), "Municipality", "3 replications", design)


def test_the_picture_has_a_panel_with_its_name_for_each_group():
    figure = picture("sex", ["man", "woman"])
    assert sorted(axes.get_title(loc="left") for axes in figure.axes) == ["man", "woman"]
    assert any("by sex" in text.get_text() for text in figure.texts)
    alone = picture(None, ["all"])
    assert [axes.get_title(loc="left") for axes in alone.axes] == [""]
