"""A study for a person: results in a folder with pictures, and what came out on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.composing.pairing import Load, alternative_of
from simulator.experiments.comparison import check_same_people, compared
from simulator.experiments.measuring import MEASURES, read_measure
from simulator.experiments.opening import ALTERNATIVE, BASELINE, open_run
from simulator.experiments.precision import spent_text, stages
from simulator.experiments.run import (
    check_wish,
    drawn,
    first_stage,
    plan_of,
    results_folder,
    run_to_folder,
)
from simulator.experiments.store import open_folder, read_manifest, sums_of, write_json
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.provenance import settings_of
from simulator.reporting.comparison_report import write_comparison
from simulator.reporting.console import difference_text, halving_text, persons_text, summary_text
from simulator.reporting.pair_words import titles_of
from simulator.reporting.run_report import write_report
from simulator.reporting.words import words_in


def run_and_report(scenario: Scenario, load: Load) -> Path:
    """Carry out the study that a scenario asks for, print what came out, and return its folder.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    load : callable
        Loads the other scenarios that the study needs, under the same overrides.
    """
    special = _special(scenario, load)
    if special is not None:
        return special()
    alternative = alternative_of(scenario, load)
    return report_comparison(scenario, alternative) if alternative else report_one(scenario)


REPORTS: dict[str, tuple[str, str]] = {
    "patterns": ("report_patterns", "load"),
    "people": ("report_people", "study load"),
    "brief": ("report_brief", "load"),
    "sweep": ("report_sweep.report_study", "study load"),
    "sensitivity": ("report_sensitivity", "load"),
    "plan": ("report_plan", "load"),
    **dict.fromkeys(
        ("trial", "offices", "event_study", "cohort", "rollout"), ("report_design", "study load")
    ),
    **dict.fromkeys(("calibrate", "validate"), ("report_fit", "load")),
}
"""What carries out each study other than one run or a comparison, and what it takes besides the scenario."""

DRAWN = ("report_draws", "load")


def _special(scenario: Scenario, load: Load) -> Callable[[], Path] | None:
    """Return what carries out a study other than one run or a comparison; it is imported when asked for."""
    found = REPORTS.get(scenario.study.kind, DRAWN if scenario.draws.file is not None else None)
    if found is None:
        return None
    module, _, function = found[0].partition(".")
    report = getattr(import_module(f"simulator.reporting.{module}"), function or module)
    given = {"study": scenario.study, "load": load}
    return partial(report, scenario, *(given[name] for name in found[1].split()))


def report_one(scenario: Scenario) -> Path:
    """Simulate one scenario into its folder and print its headline outcomes."""
    folder = run_to_folder(scenario, write_report)
    summary = pd.read_csv(folder / "summary.csv")
    print(summary_text(scenario.about.title, scenario.about.question, summary), end="\n\n", flush=True)
    narrower = halving_text(read_measure(folder, "outcomes"))
    if narrower:
        print(narrower, end="\n\n", flush=True)
    _print_spent(read_manifest(folder).get("precision"))
    return folder


def report_comparison(baseline: Scenario, alternative: Scenario) -> Path:
    """Simulate two scenarios under the same luck into a folder, with table and picture of the difference."""
    check_same_people(baseline, alternative)
    folder = results_folder(baseline, alternative)
    names = {BASELINE: baseline, ALTERNATIVE: alternative}
    for scenario in (baseline, alternative):
        check_wish(scenario, folder)
    plan = {"study": baseline.study.kind, **{name: plan_of(scenario) for name, scenario in names.items()}}
    with open_folder(folder, plan):
        table, persons, spent = _compare_into(folder, names)
    titles = titles_of(settings_of(baseline), settings_of(alternative), words_in("en"))
    print(difference_text(titles[0], titles[1], table), end="\n\n", flush=True)
    if len(persons):
        print(persons_text(persons), end="\n\n", flush=True)
    _print_spent(spent)
    return folder


def _print_spent(spent: Mapping[str, Any] | None) -> None:
    if spent is not None:
        print(spent_text(spent), end="\n\n", flush=True)


def _compare_into(
    folder: Path, names: Mapping[str, Scenario]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any] | None]:
    """Simulate both scenarios into sub-folders; write and return differences, persons, and what was spent."""
    scenarios = {name: _into(scenario, folder / name) for name, scenario in names.items()}
    total = _total(scenarios)
    for scenario in scenarios.values():
        run_to_folder(scenario, write_report, total)
    runs = {name: open_run(folder / name) for name in names}
    effect = compared(runs[BASELINE], runs[ALTERNATIVE], names[BASELINE])
    persons = effect.persons_by_trait()
    tables = {"comparison.csv": effect.table, "persons.csv": persons}
    for name, table in tables.items():
        write_bytes(folder / name, table.to_csv(index=False).encode())
    (folder / MEASURES).mkdir(exist_ok=True)
    written = {f"{MEASURES}/{name}.csv": own for name, own in effect.written_tables().items()}
    for name, own in written.items():
        write_bytes(folder / name, own.to_csv(index=False).encode())
    write_comparison(folder, effect)
    spent = None if effect.precision is None else effect.precision.record()
    sums = sums_of(folder, [*(folder / name for name in (*tables, *written)), *drawn(folder)])
    manifest = {**{name: run.manifest for name, run in runs.items()}, "files": sums}
    write_json(folder / "manifest.json", manifest if spent is None else {**manifest, "precision": spent})
    return effect.table, persons, spent


def _total(scenarios: Mapping[str, Scenario]) -> int | None:
    """Return how many replications the precision of a difference takes, if one is wished."""
    wish = scenarios[BASELINE].precision
    if wish.outcome is None:
        return None
    first, second = (first_stage(scenario, wish.outcome) for scenario in scenarios.values())
    return stages(second - first, wish)


def _into(scenario: Scenario, folder: Path) -> Scenario:
    return scenario.model_copy(update={"output": scenario.output.model_copy(update={"dir": str(folder)})})
