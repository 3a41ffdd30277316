"""A sweep for a person: one folder with all its runs, one table, one picture, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from simulator.composing.levers import read_levers
from simulator.composing.pairing import Loader
from simulator.composing.tabled import Points
from simulator.errors import SimulatorError
from simulator.experiments.designs import rows_of
from simulator.experiments.sweep import SweepRun, carry_out, planned
from simulator.parameters import Scenario
from simulator.parameters.sweep import Sweep
from simulator.reporting.run_report import write_report
from simulator.reporting.style import save
from simulator.reporting.sweep_figures import sweep_figure
from simulator.settings_files import list_options, read_yaml, settings_folder

PICTURE = "sweep.png"


def report_study(scenario: Scenario, sweep: Sweep, load: Loader) -> Path:
    """Carry out the sweep that a scenario asks for as its study, and return its folder."""
    levers = read_levers(sweep.vary, list_options(load.folders))
    points = load.points(scenario.scenario, rows_of(sweep, levers))
    return report_sweep(scenario, sweep, points)


def report_multirun(points: Points) -> Path:
    """Carry out the points of a command with `-m` as a sweep with the usual settings; return its folder."""
    usual = Sweep.model_validate(read_yaml(settings_folder() / "study" / "sweep.yaml"), strict=False)
    return report_sweep(points.scenarios[0], usual, points)


def report_sweep(common: Scenario, sweep: Sweep, points: Points) -> Path:
    """Carry out a sweep, say how many points there are and which failed, and return its folder.

    Raises
    ------
    SimulatorError
        If points failed; all others are there.
    """
    run = planned(common, sweep, points, write_report)
    failures = carry_out(run, draw_sweep)
    print(_said(run, failures), end="\n\n", flush=True)
    if len(failures):
        raise SimulatorError(
            f"{len(failures)} of {len(run.points)} points failed; {run.folder} holds the others, and in the "
            "folders of those that failed failure.json with the traceback. The same command tries them again."
        )
    return run.folder


def draw_sweep(table: pd.DataFrame, settings: Sequence[str], folder: Path) -> None:
    """Draw the picture of a sweep into its folder."""
    save(sweep_figure(table, settings), folder / PICTURE)


def _said(run: SweepRun, failures: pd.DataFrame) -> str:
    done = len(run.points) - len(failures)
    head = f"{done} of {len(run.points)} points, {run.points[0].scenario.replications} replications each"
    return head if failures.empty else f"{head}\n\nFailed:\n{failures.to_string(index=False)}"
