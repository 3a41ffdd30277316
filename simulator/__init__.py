"""Simulate how long people stay on assistance under caseloads, sanctions and collaboration you choose."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.composing import list_scenarios, load_scenario
    from simulator.errors import ResultsError, SettingsError, SimulatorError
    from simulator.experiments.comparison import compare
    from simulator.experiments.opening import open_results
    from simulator.experiments.runner import simulate
    from simulator.model import Municipality
    from simulator.outcomes import survival
    from simulator.outcomes.outcome import Outcome
    from simulator.parameters import Scenario

_HOME = {
    "Municipality": "simulator.model",
    "Outcome": "simulator.outcomes.outcome",
    "ResultsError": "simulator.errors",
    "Scenario": "simulator.parameters",
    "SettingsError": "simulator.errors",
    "SimulatorError": "simulator.errors",
    "compare": "simulator.experiments.comparison",
    "list_scenarios": "simulator.composing",
    "load_scenario": "simulator.composing",
    "open_results": "simulator.experiments.opening",
    "simulate": "simulator.experiments.runner",
}

__all__ = [
    "Municipality", "Outcome", "ResultsError", "Scenario", "SettingsError", "SimulatorError", "compare",
    "list_scenarios", "load_scenario", "open_results", "simulate", "survival",
]  # fmt: skip


def __dir__() -> list[str]:
    """Return the public names, also those that are not imported yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `--help` and workers start at once."""
    if name == "survival":
        return importlib.import_module("simulator.outcomes.survival")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'simulator' has no attribute '{name}'")
