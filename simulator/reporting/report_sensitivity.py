"""A sensitivity study for a person: which settings matter most, in a report and on the terminal."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.composing.pairing import Loader
from simulator.experiments.run import results_folder
from simulator.experiments.sensitivity_places import PLACE
from simulator.experiments.sensitivity_run import Answer, analyse_into, study_of
from simulator.parameters import Scenario
from simulator.parameters.study import Sensitivity
from simulator.reporting import commands
from simulator.reporting.console import aligned, number_text
from simulator.reporting.sensitivity_figures import MOST
from simulator.reporting.sensitivity_report import write_sensitivity
from simulator.reporting.sensitivity_sections import ranked
from simulator.study_vocabulary import SensitivityMethod

COMMAND = "command"
"""Where the manifest keeps what makes the study again."""


def report_sensitivity(scenario: Scenario, load: Loader) -> Path:
    """Carry out the study, print the settings that matter most, draw and report them; return the folder."""
    return report_study(scenario, command_of(scenario, load))


def report_study(scenario: Scenario, command: str) -> Path:
    """Do the same for a study that is asked for by a command that is known."""
    study, folder = study_of(scenario), results_folder(scenario)
    answer = analyse_into(
        folder, scenario, partial(write_sensitivity, folder, scenario, command), {COMMAND: command}
    )
    own = ranked(_of(answer.indices, study.outcome))
    noise = _noise_text(_of(answer.noise, study.outcome))
    print(_text(scenario, study, answer, own), noise, sep="\n\n", end="\n\n", flush=True)
    return folder


def command_of(scenario: Scenario, load: Loader) -> str:
    """Return the command that asks for a study, wherever its results go."""
    asked = [*commands.study_of("sensitivity", study_of(scenario), _quoted), f"scenario={scenario.scenario}"]
    return commands.command_of(asked, scenario, load.common, load.folders)


def _quoted(value: object) -> str:
    """Return a value as it is typed; texts that hold more than one word in quotes of their own."""
    text = str(value)
    return f"'{text}'" if set(text) & set(" =,()") else text


def _of(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return table[table["outcome"] == outcome].drop(columns="outcome")


def _method(study: Sensitivity) -> str:
    if study.method == SensitivityMethod.MORRIS:
        return f"Morris screening over the whole ranges, {study.trajectories} trajectories"
    return f"Sobol indices over the whole ranges, base sample {study.base}"


def _text(scenario: Scenario, study: Sensitivity, answer: Answer, table: pd.DataFrame) -> str:
    """Return the strongest settings with every measure."""
    measures = list(dict.fromkeys(table["measure"]))
    wide = table.set_index(["setting", "measure"])
    settings = list(dict.fromkeys(table["setting"]))
    bounded = {m for m in measures if table.loc[table["measure"] == m, "low"].notna().any()}
    heads = [(measure, "95 % interval")[: 1 + (measure in bounded)] for measure in measures]
    rows: list[tuple[str, ...]] = [("setting", *(text for pair in heads for text in pair), "unit")]
    unit = str(table.loc[table["measure"] != PLACE, "unit"].iloc[0])
    for setting in settings[:MOST]:
        cells = [
            _cells(wide.loc[(setting, m)], m)[: len(pair)] for m, pair in zip(measures, heads, strict=True)
        ]
        rows.append((setting, *(cell for pair in cells for cell in pair), unit))
    more = len(settings) - MOST
    left = [f"and {more} more in sensitivity.csv"] if more > 0 else []
    roles = " and ".join(f"{ROLES[role]}" for role in dict.fromkeys(answer.varied["role"]))
    above = [f"{scenario.about.title}: {study.outcome}", f"{_method(study)}; {roles}", ""]
    return "\n".join([*above, *aligned(rows), *left])


ROLES = {"lever": "levers", "uncertain": "uncertain settings", "given": "given settings"}


def _cells(row: pd.Series, measure: str) -> tuple[str, str]:
    written: Any = (lambda value: f"{value:.0f}") if measure == PLACE else number_text
    low, high = written(row["low"]), written(row["high"])
    return written(row["value"]), f"{low} to {high}" if low and high else ""


def _noise_text(noise: pd.DataFrame) -> str:
    row = noise.iloc[0]
    if pd.isna(row["monte_carlo"]):
        return "One replication cannot tell how much of the variance is Monte Carlo (replications=2 or more)."
    return (
        f"Monte Carlo noise is {number_text(100 * row['monte_carlo'])} % of the variance between points; "
        f"without common luck the same runs would have {number_text(100 * row['without_common_luck'])} %."
    )
