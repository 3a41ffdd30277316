"""The README's Python runs as it stands (smaller), and the names that it uses exist."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

import simulator as sim

README = Path(__file__).parents[2] / "README.md"
SMALL = '"population.size=150", "population.burn_in_weeks=10", "weeks=30"'


def test_the_worked_question_runs() -> None:
    code = next(
        block for block in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    )
    code = code.replace('load_scenario("default"', f'load_scenario("default", {SMALL}').replace(
        "replications=20", "replications=2"
    )
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    effect = names["effect"]
    assert isinstance(effect, sim.experiments.comparison.Comparison)
    assert list(effect.table.columns) == [
        "outcome",
        "baseline",
        "alternative",
        "difference",
        "low",
        "high",
        "unit",
    ]


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
