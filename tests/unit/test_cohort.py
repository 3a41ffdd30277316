"""Exit rates of an entry cohort, and the share of their fall that is sorting, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.experiments.studies import cohort
from simulator.parameters.designs import CohortStudy

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
    levels = cohort.cohort_levels(spells, DESIGN)
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
