"""The study of patterns for a person: claim, what came out, holds or does not hold."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd

from simulator.composing.pairing import Load
from simulator.experiments.pattern_study import chosen, try_patterns
from simulator.experiments.run import plan_of, results_folder
from simulator.experiments.store import open_folder, write_json
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.study import Patterns
from simulator.provenance import settings_of
from simulator.reporting.console import number_text


def report_patterns(scenario: Scenario, load: Load) -> Path:
    """Try the patterns that the study names, print each verdict, and return the folder with the table."""
    study = scenario.study
    assert isinstance(study, Patterns)
    patterns = chosen(study.only)
    folder = results_folder(scenario)
    claims = pattern_texts()
    tables = []
    with open_folder(folder, {"study": study.kind, **plan_of(scenario)}):
        for number, verdict, table in try_patterns(patterns, load, folder / "arms", study.confidence):
            print(_text(number, claims[number], verdict, table), flush=True)
            tables.append(table.assign(pattern=number, pattern_verdict=verdict))
        whole = pd.concat(tables, ignore_index=True)
        write_bytes(folder / "patterns.csv", whole.to_csv(index=False).encode())
        print(_count(whole), end="\n\n", flush=True)
        write_json(folder / "manifest.json", settings_of(scenario))
    return folder


def pattern_texts() -> dict[str, str]:
    """Return the claim of every published pattern by its number."""
    with (files("simulator") / "data" / "patterns.csv").open(encoding="utf-8") as file:
        return dict(pd.read_csv(file)[["id", "claim"]].itertuples(index=False))


def _text(number: str, claim: str, verdict: str, table: pd.DataFrame) -> str:
    lines = [f"{number}  {verdict.upper()}: {claim}"]
    for _, row in table.iterrows():
        value, low, high = (number_text(row[name]) for name in ("value", "low", "high"))
        lines.append(f"      {row['verdict']:12} {row['claim']}: {value} ({low} to {high})")
    return "\n".join(lines) + "\n"


def _count(whole: pd.DataFrame) -> str:
    verdicts = whole.groupby("pattern", sort=False)["pattern_verdict"].first()
    counted = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.value_counts().items())
    return f"{len(verdicts)} patterns: {counted}"
