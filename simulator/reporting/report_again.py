"""`--rerun FOLDER`: run a finished run again, and say whether all its tables came out the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.errors import Mistake, SettingsError
from simulator.experiments.rerun import code_text, compare_folders, outcome_text, read_run, scenario_again
from simulator.parameters import Scenario
from simulator.reporting.report_run import report_comparison, report_one
from simulator.reporting.report_sensitivity import COMMAND, report_study

AGAIN = "-again"
"""Behind the name of the folder, where no other is given."""

MAY_CHANGE = ("output.dir", "workers")


def run_again(folder: Path, overrides: Sequence[str]) -> bool:
    """Run what a folder holds once more into another folder; return whether all tables are the same.

    Parameters
    ----------
    folder : Path
        A finished run or comparison.
    overrides : sequence of str
        `output.dir=FOLDER` and `workers=NUMBER`, which cannot change a result.

    Raises
    ------
    SettingsError
        If anything else is to be changed.
    ResultsError
        If the folder holds nothing that can be run again.
    """
    target, workers = _changed(folder, overrides)
    manifests = read_run(folder)
    scenarios = [scenario_again(manifest, target, workers) for manifest in manifests]
    print(code_text(manifests[0]), flush=True)
    made = _reported(scenarios, manifests[0].get(COMMAND))
    same = compare_folders(folder, made)
    print(outcome_text(same))
    print(made, flush=True)
    return all(same.values())


def _reported(scenarios: Sequence[Scenario], command: str | None) -> Path:
    if command is not None:
        return report_study(scenarios[0], command)
    return report_one(scenarios[0]) if len(scenarios) == 1 else report_comparison(*scenarios)


def _changed(folder: Path, overrides: Sequence[str]) -> tuple[str, int]:
    """Return what is given anew: the folder, and how many workers."""
    given = dict(override.partition("=")[::2] for override in overrides)
    mistakes = [
        Mistake(key, "is fixed by the run that is run again", " and ".join(MAY_CHANGE))
        for key in given
        if key not in MAY_CHANGE
    ]
    workers = given.get("workers", "0")
    if not workers.isdecimal():
        mistakes.append(Mistake("workers", f"'{workers}' is not a whole number", "0 or more"))
    target = Path(given.get("output.dir") or f"{folder}{AGAIN}")
    if target.resolve() == folder.resolve():
        mistakes.append(Mistake("output.dir", "is the folder of the run that is run again", "another folder"))
    if mistakes:
        raise SettingsError(mistakes)
    return str(target), int(workers)
