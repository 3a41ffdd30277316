"""A sweep for a person: one folder with all its runs, one table, one picture, and what failed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from simulator.composing.idle import staff_apart_at_points, tell
from simulator.composing.levers import read_levers
from simulator.composing.pairing import Loader
from simulator.composing.tabled import Points
from simulator.errors import SimulatorError
from simulator.experiments.designs import one_at_a_time, rows_of
from simulator.experiments.sweep import carry_out, planned
from simulator.experiments.sweep_tables import SweepRun
from simulator.parameters import Scenario
from simulator.parameters.sweep import Sweep
from simulator.reporting import commands
from simulator.reporting.run_report import write_report
from simulator.reporting.sweep_report import write_sweep
from simulator.reporting.words import words_in
from simulator.settings_files import list_options


def report_study(scenario: Scenario, sweep: Sweep, load: Loader) -> Path:
    """Carry out the sweep that a scenario asks for as its study, and return its folder."""
    levers, mistakes = read_levers("study.vary", sweep.vary, list_options(load.folders))
    rows = one_at_a_time(levers) if mistakes else rows_of(sweep, levers)
    points = load.points(scenario.scenario, rows, mistakes)
    tell(staff_apart_at_points(load.common, points))
    return report_sweep(scenario, sweep, points)


def report_multirun(points: Points) -> Path:
    """Carry out the points of a command with `-m` as a sweep with the usual settings; return its folder."""
    usual = Sweep.model_validate({**commands.usual_of("sweep"), "vary": points.vary}, strict=False)
    return report_sweep(points.base or points.scenarios[0], usual, points)


def report_sweep(common: Scenario, sweep: Sweep, points: Points) -> Path:
    """Carry out a sweep, say how many points there are and which failed, and return its folder.

    Raises
    ------
    SimulatorError
        If points failed; all others are there.
    """
    run = planned(common, sweep, points, write_report)
    failures = carry_out(run, partial(write_sweep, command=command_of(common, sweep, points)))
    print(_said(run, failures), end="\n\n", flush=True)
    if len(failures):
        raise SimulatorError(
            f"{_of_all(len(failures), run)} failed; {run.folder} holds the others, and in the "
            "folders of those that failed failure.json with the traceback. The same command tries them again."
        )
    return run.folder


def command_of(common: Scenario, sweep: Sweep, points: Points) -> str:
    """Return the command that asks for a sweep, however it was asked for.

    Parameters
    ----------
    common : Scenario
        The scenario with nothing varied.
    sweep : Sweep
        What is asked.
    points : Points
        The points, with the overrides that they have in common.
    """
    asked = [*commands.study_of("sweep", sweep), f"scenario={common.scenario}"]
    return commands.command_of(asked, common, points.common, points.folders)


def _said(run: SweepRun, failures: pd.DataFrame) -> str:
    each = words_in("en").agreed(f"{run.points[0].scenario.replications} replications each")
    head = f"{_of_all(len(run.points) - len(failures), run)}, {each}"
    return head if failures.empty else f"{head}\n\nFailed:\n{failures.to_string(index=False)}"


def _of_all(count: int, run: SweepRun) -> str:
    return words_in("en").agreed(f"{count} of {len(run.points)} points")
