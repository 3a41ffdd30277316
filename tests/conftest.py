"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from simulator.composing import load_scenario
from simulator.parameters import Scenario


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs and comparisons leave no pictures and no report.

    Pictures and reports have tests of their own, and take longer than the small run that they show.
    """
    for name in ("write_report", "write_comparison"):
        monkeypatch.setattr(f"simulator.reporting.report_run.{name}", lambda *_, **__: None)


@pytest.fixture(scope="session")
def load() -> Callable[..., Scenario]:
    """Return `load_scenario`, composing each scenario once."""
    return lru_cache(load_scenario)


@pytest.fixture
def own_facts(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a table of facts of one's own, from the lines below its head."""

    def write(*lines: str) -> Path:
        path, head = tmp_path / "facts.csv", "id,fact,rows,published,low,high,unit,design,use,measure"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        return path

    return write
