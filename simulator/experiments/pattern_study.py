"""Try the published patterns: simulate every arm once, measure, judge; what was measured is kept at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from simulator.compiled import source_hash
from simulator.composing.pairing import Load
from simulator.errors import Mistake, SettingsError, nearest
from simulator.experiments.claims import judge_all, verdict_of
from simulator.experiments.measures import Measure
from simulator.experiments.patterns import PATTERNS, Pattern
from simulator.experiments.runner import simulate
from simulator.experiments.store import write_json
from simulator.parameters import Scenario
from simulator.provenance import settings_hash


def chosen(names: Sequence[str]) -> dict[str, Pattern]:
    """Return the patterns with these numbers, all if there are none.

    Raises
    ------
    SettingsError
        If there is no such pattern.
    """
    mistakes = [
        Mistake("study.only", f"there is no pattern '{name}'", ", ".join(PATTERNS), nearest(name, PATTERNS))
        for name in names
        if name not in PATTERNS
    ]
    if mistakes:
        raise SettingsError(mistakes)
    return {name: PATTERNS[name] for name in names or PATTERNS}


def try_patterns(
    patterns: Mapping[str, Pattern], load: Load, folder: Path, confidence: float
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield number, verdict, and claims with what came out (claim, value, low, high, verdict).

    Parameters
    ----------
    patterns : mapping of str to Pattern
        Which patterns.
    load : callable
        Loads a scenario by name and overrides.
    folder : Path
        Where measured values are kept; what is there is not simulated again.
    confidence : float
        With which all claims of a pattern have to hold together.
    """
    scenarios = {number: _scenarios(pattern, load) for number, pattern in patterns.items()}
    wanted = _measures_by_scenario(patterns, scenarios)
    for key, (scenario, measures) in tqdm(wanted.items(), desc="Experiments", unit="arm", disable=None):
        _measure(scenario, measures, folder / f"{key}.json")
    for number, pattern in patterns.items():
        table = judge_all(pattern.claims, _values(pattern, scenarios[number], folder), confidence)
        yield number, verdict_of(table), table


def _scenarios(pattern: Pattern, load: Load) -> dict[str, Scenario]:
    """Return the scenario of each arm, with as many replications as the pattern takes."""
    loaded = {name: load(arm.scenario, *arm.changes) for name, arm in pattern.arms.items()}
    return {
        name: one.model_copy(update={"replications": one.replications * pattern.times})
        for name, one in loaded.items()
    }


def _measures_by_scenario(
    patterns: Mapping[str, Pattern], scenarios: Mapping[str, Mapping[str, Scenario]]
) -> dict[str, tuple[Scenario, dict[str, Measure]]]:
    """Return for each different scenario, by its key, all that is measured in it."""
    wanted: dict[str, tuple[Scenario, dict[str, Measure]]] = {}
    for number, pattern in patterns.items():
        for scenario in scenarios[number].values():
            wanted.setdefault(_key(scenario), (scenario, {}))[1].update(pattern.measures)
    return wanted


def _key(scenario: Scenario) -> str:
    return f"{scenario.scenario}-{settings_hash(scenario)[:16]}-{source_hash()[:6]}"


def _measure(scenario: Scenario, measures: Mapping[str, Measure], path: Path) -> None:
    """Simulate a scenario and keep what is measured, unless it is there already."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if measures.keys() <= kept.keys():
        return
    outcome = simulate(scenario)
    values = {words: [None if np.isnan(v) else float(v) for v in m(outcome)] for words, m in measures.items()}
    write_json(path, {**kept, **values})


def _values(
    pattern: Pattern, scenarios: Mapping[str, Scenario], folder: Path
) -> dict[tuple[str, str], np.ndarray]:
    values = {}
    for name, scenario in scenarios.items():
        kept = json.loads((folder / f"{_key(scenario)}.json").read_text(encoding="utf-8"))
        for words in pattern.measures:
            values[words, name] = np.array([np.nan if v is None else v for v in kept[words]])
    return values
