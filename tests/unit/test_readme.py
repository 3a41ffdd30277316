"""What the README says of weeks, files and outcomes is so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import simulator as sim

README = Path(__file__).parents[2] / "README.md"
SMALL = '"population.size=150", "population.burn_in_weeks=10", "weeks=30"'


def test_what_the_readme_says_of_weeks_and_files_is_so() -> None:
    text = README.read_text(encoding="utf-8")
    scenario = sim.load_scenario("default", *SMALL.replace('"', "").split(", "), "replications=1")
    outcome = sim.simulate(scenario)
    closed = outcome.spells[outcome.spells["exited"]]
    assert "the exits of week 7" in text
    assert "`exit_week` 8" in text
    by_week = closed.groupby("exit_week").size()
    weekly = outcome.weekly.set_index("week")["exits"]
    assert all(by_week.get(week + 1, 0) == exits for week, exits in weekly.items())
    assert "`entry_week`\n  below 0" in text
    assert (outcome.spells["entry_week"] < 0).any()
    assert closed["exit_week"].min() > 0
    for name in ("plan.json", "manifest.json", "# @package _global_", ".venv/bin/simulator"):
        assert name in text


def test_every_outcome_named_in_the_readme_is_one_of_the_summary() -> None:
    outcome = sim.simulate(
        sim.load_scenario("default", "population.size=400", "population.burn_in_weeks=52"), replications=2
    )
    summary = outcome.summary()
    assert isinstance(summary, pd.DataFrame)
    for name in (
        "mean time on benefit within the first 104 weeks",
        "off benefit within 52 weeks",
        "weeks between talks",
    ):
        assert name in set(summary["outcome"])
        assert name in README.read_text(encoding="utf-8")
