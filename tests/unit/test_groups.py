"""Groups of clients that are what they are called, and columns that are names and no numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.outcomes.distance import groups_by
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import SpellsError, count_parquet, cumulative_incidence


def groups_of(values: list[float]) -> dict[str, int]:
    """Return the groups of a column, in their order, and how many fall into each."""
    own = groups_by(pd.DataFrame({"barrier_health": values}), "barrier_health", {})
    return {str(name): int(number) for name, number in own.value_counts(sort=False).items()}


def test_thirds_are_thirds_where_values_differ():
    found = groups_of(list(np.linspace(0, 1, 90)))
    assert found == {"lowest third": 30, "middle third": 30, "highest third": 30}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0] * 80 + list(np.linspace(0.1, 0.9, 20)),
         {"none": 80, "lower half of the others": 10, "upper half of the others": 10}),
        ([1.0] * 80 + list(np.linspace(0.1, 0.9, 20)),
         {"lower half of the others": 10, "upper half of the others": 10, "1": 80}),
        ([5.0] * 60 + list(range(5)) + list(range(6, 11)), {"below 5": 5, "5": 60, "above 5": 5}),
        ([0.0] * 50 + [0.5] * 40 + list(np.linspace(0.6, 0.9, 9)) + [np.nan], {"none": 50, "above 0": 49}),
    ],
)  # fmt: skip
def test_a_value_that_many_have_is_a_group_of_its_own(values, expected):
    assert groups_of(values) == expected


def spells() -> pd.DataFrame:
    """Return spells of two offices that differ in how soon people leave."""
    rng = np.random.default_rng(5)
    office = np.repeat([0, 1, 2], 40)
    return pd.DataFrame({
        "entry_week": 0, "weeks": 1 + rng.poisson(5 + 3 * office), "exited": True, "door": "work",
        "office": office, "replication": np.tile([0, 1], 60), "caseworker": np.arange(120) % 30,
        "age": rng.integers(20, 60, 120),
    })  # fmt: skip


@pytest.mark.parametrize("name", ["caseworker", "replication"])
@pytest.mark.parametrize("method", ["cox", "discrete_hazard"])
def test_names_are_no_covariates(name, method):
    outcome = Outcome(spells(), pd.DataFrame(), pd.DataFrame(), {})
    with pytest.raises(SpellsError, match=f"covariates: '{name}' holds names"):
        getattr(outcome, method)(["age", name])
    assert outcome.cox(["age"], cluster="caseworker", strata=name)["covariate"].tolist() == ["age"]


def test_offices_are_categories():
    outcome = Outcome(spells(), pd.DataFrame(), pd.DataFrame(), {})
    for table in (outcome.cox(["office", "age"]), outcome.discrete_hazard(["office", "age"], pieces=[5])):
        assert table["covariate"].tolist() == ["office=1", "office=2", "age"]


@pytest.mark.parametrize("text", ["0", "0.0", "False", " false"])
def test_a_nought_made_a_text_is_no_door(text):
    with pytest.raises(SpellsError, match="would be a door"):
        cumulative_incidence([1, 2, 3], ["work", text, "1"])


def test_a_nought_made_a_text_is_no_door_in_a_file_either(tmp_path):
    pd.DataFrame({"weeks": [1, 2, 3], "door": ["1", "0", "0"]}).to_parquet(tmp_path / "spells.parquet")
    with pytest.raises(SpellsError, match="door: '0' would be a door"):
        count_parquet(tmp_path / "spells.parquet")
