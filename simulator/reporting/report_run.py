"""A study for a person: results in a folder with pictures, and what came out on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from simulator.composing.pairing import Load, alternative_of
from simulator.experiments.comparison import check_same_people, difference_table
from simulator.experiments.run import plan_of, results_folder, run_to_folder
from simulator.experiments.store import open_folder, open_results, write_json
from simulator.files import write_bytes
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.survival import kaplan_meier
from simulator.parameters import Scenario
from simulator.parameters.designs import PublishedDesign
from simulator.parameters.study import Patterns
from simulator.reporting.console import difference_text, summary_text
from simulator.reporting.figures import survival_figure
from simulator.reporting.run_figures import write_figures
from simulator.reporting.style import save

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
    if isinstance(scenario.study, PublishedDesign):
        from simulator.reporting.report_design import report_design  # noqa: PLC0415  (seldom needed)

        return report_design(scenario, scenario.study, load)
    alternative = alternative_of(scenario, load)
    return report_comparison(scenario, alternative) if alternative else report_one(scenario)


def report_one(scenario: Scenario) -> Path:
    """Simulate one scenario into its folder and print its headline outcomes."""
    folder = run_to_folder(scenario, write_figures)
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
    titles = _titles(baseline, alternative)
    print(difference_text(titles[0], titles[1], table), end="\n\n", flush=True)
    return folder


def _compare_into(folder: Path, names: Mapping[str, Scenario]) -> pd.DataFrame:
    """Simulate both scenarios into sub-folders; write and return the table of differences."""
    baseline = names[BASELINE]
    for name, scenario in names.items():
        run_to_folder(_into(scenario, folder / name), write_figures)
    runs = {name: open_results(folder / name) for name in names}
    table = difference_table(runs[BASELINE], runs[ALTERNATIVE])
    write_bytes(folder / "comparison.csv", table.to_csv(index=False).encode())
    titles = _titles(baseline, names[ALTERNATIVE])
    pairs = zip(titles, runs.values(), strict=True)
    spells = pd.concat([flow_spells(run.spells).assign(scenario=title) for title, run in pairs])
    if len(spells):
        order = pd.Categorical(spells["scenario"], categories=titles, ordered=True)
        curves = kaplan_meier(spells["weeks"], spells["exited"], groups=order)
        note = (
            f"{baseline.replications} replications, the same people with the same luck; shaded: 95 % interval"
        )
        save(survival_figure(curves, "How many are still on assistance?", note), folder / "comparison.png")
    write_json(folder / "manifest.json", {name: run.manifest for name, run in runs.items()})
    return table


def _titles(baseline: Scenario, alternative: Scenario) -> list[str]:
    """Return two different names for the scenarios."""
    if baseline.about.title != alternative.about.title:
        return [baseline.about.title, alternative.about.title]
    return [baseline.about.title, f"changed: {getattr(baseline.study, 'changes', '')}"]


def _into(scenario: Scenario, folder: Path) -> Scenario:
    return scenario.model_copy(update={"output": scenario.output.model_copy(update={"dir": str(folder)})})
