"""Each scenario comes out as the frozen summary beside its file says.

A wanted change changes them: `PYTHONPATH=. python tests/regression/update.py` writes them anew.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from simulator.composing import load_scenario
from simulator.experiments.runner import simulate
from simulator.parameters import Scenario
from simulator.settings_files import list_options, settings_folder
from tests.regression.test_digests import FILE, rounding

SIZE, SEED, REPLICATIONS = 400, 2024, 2
SMALL = (f"population.size={SIZE}", "population.burn_in_weeks=52", "weeks=104")
SCENARIOS = sorted(list_options()["scenario"])
SYSTEMS = 23
"""Real systems, each of which has at least one scenario."""


def expected_file(name: str) -> Path:
    return settings_folder().parent / "scenarios" / f"{name}.expected.csv"


def small(name: str) -> Scenario:
    """Return a scenario with few people, and so many caseworkers for them as it has for its own number."""
    whole = load_scenario(name)
    part = SIZE / whole.population.size
    staff = {
        "caseworkers": whole.caseload.caseworkers,
        "intensive_caseworkers": whole.caseload.intensive_caseworkers,
    }
    scaled = [f"caseload.{key}={max(1, round(number * part))}" for key, number in staff.items()]
    return load_scenario(name, *SMALL, *scaled)


def summary(name: str) -> str:
    """Return the summary of a small run as text, six figures of each number."""
    table = simulate(small(name), REPLICATIONS, SEED).summary()
    return table.to_csv(index=False, float_format="%.6g", lineterminator="\n")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_comes_out_as_frozen(name):
    if json.loads(FILE.read_text(encoding="utf-8"))["rounding"] != rounding():
        pytest.skip("the mathematics library of this machine rounds otherwise than the one that froze these")
    now, frozen = (
        pd.read_csv(io.StringIO(text)) for text in (summary(name), expected_file(name).read_text("utf-8"))
    )
    pd.testing.assert_frame_equal(now, frozen, rtol=1e-5)


def test_every_frozen_summary_has_its_scenario():
    frozen = {path.name.removesuffix(".expected.csv") for path in expected_file("x").parent.glob("*.csv")}
    assert frozen == set(SCENARIOS)
    assert len(SCENARIOS) >= SYSTEMS + 2


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_pair_is_another_scenario_with_the_same_people(name):
    scenario = load_scenario(name)
    if scenario.about.pair is not None:
        pair = load_scenario(scenario.about.pair)
        assert pair.scenario != name
        assert pair.number_of_offices() == scenario.number_of_offices()
        assert (pair.population, pair.weeks) == (scenario.population, scenario.weeks)
