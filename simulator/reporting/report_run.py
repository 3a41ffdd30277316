"""A study for a person: results in a folder with pictures, and what came out on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from simulator.composing.pairing import Load, alternative_of
from simulator.experiments.comparison import Comparison, check_same_people, difference_table
from simulator.experiments.run import drawn, plan_of, results_folder, run_to_folder
from simulator.experiments.store import open_folder, open_results, sums_of, write_json
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.study import Patterns
from simulator.provenance import settings_of
from simulator.reporting.comparison_report import titles_of, write_comparison
from simulator.reporting.console import difference_text, summary_text
from simulator.reporting.run_report import write_report

BASELINE, ALTERNATIVE = "baseline", "alternative"


def run_and_report(scenario: Scenario, load: Load) -> Path:
    """Carry out the study that a scenario asks for, print what came out, and return its folder.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    load : callable
        Loads the other scenarios that the study needs, under the same overrides.
    """
    if isinstance(scenario.study, Patterns):
        from simulator.reporting.report_patterns import report_patterns  # noqa: PLC0415  (seldom needed)

        return report_patterns(scenario, load)
    alternative = alternative_of(scenario, load)
    return report_comparison(scenario, alternative) if alternative else report_one(scenario)


def report_one(scenario: Scenario) -> Path:
    """Simulate one scenario into its folder and print its headline outcomes."""
    folder = run_to_folder(scenario, write_report)
    summary = pd.read_csv(folder / "summary.csv")
    print(summary_text(scenario.about.title, scenario.about.question, summary), end="\n\n", flush=True)
    return folder


def report_comparison(baseline: Scenario, alternative: Scenario) -> Path:
    """Simulate two scenarios under the same luck into a folder, with table and picture of the difference."""
    check_same_people(baseline, alternative)
    folder = results_folder(baseline, alternative)
    names = {BASELINE: baseline, ALTERNATIVE: alternative}
    plan = {"study": baseline.study.kind, **{name: plan_of(scenario) for name, scenario in names.items()}}
    with open_folder(folder, plan):
        table = _compare_into(folder, names)
    titles = titles_of(*(settings_of(scenario) for scenario in (baseline, alternative)))
    print(difference_text(titles[0], titles[1], table), end="\n\n", flush=True)
    return folder


def _compare_into(folder: Path, names: Mapping[str, Scenario]) -> pd.DataFrame:
    """Simulate both scenarios into sub-folders; write and return the table of differences."""
    for name, scenario in names.items():
        run_to_folder(_into(scenario, folder / name), write_report)
    runs = {name: open_results(folder / name) for name in names}
    table = difference_table(runs[BASELINE], runs[ALTERNATIVE])
    write_bytes(folder / "comparison.csv", table.to_csv(index=False).encode())
    write_comparison(folder, Comparison(table, runs[BASELINE], runs[ALTERNATIVE]))
    sums = sums_of(folder, [folder / "comparison.csv", *drawn(folder)])
    write_json(
        folder / "manifest.json", {**{name: run.manifest for name, run in runs.items()}, "files": sums}
    )
    return table


def _into(scenario: Scenario, folder: Path) -> Scenario:
    return scenario.model_copy(update={"output": scenario.output.model_copy(update={"dir": str(folder)})})
