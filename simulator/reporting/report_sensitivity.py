"""A sensitivity study for a person: which settings matter most, in a table and two pictures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulator.experiments.run import results_folder
from simulator.experiments.sensitivity_run import analyse_into, study_of
from simulator.parameters import Scenario
from simulator.parameters.study import Sensitivity
from simulator.reporting.console import aligned, number_text
from simulator.reporting.sensitivity_figures import MOST, indices_figure, tornado_figure
from simulator.reporting.style import save
from simulator.study_vocabulary import Role, SensitivityMethod


def report_sensitivity(scenario: Scenario) -> Path:
    """Carry out the study, print the settings that matter most, draw them, and return the folder."""
    study, folder = study_of(scenario), results_folder(scenario)
    answer = analyse_into(folder, scenario)
    own = {name: _of(getattr(answer, name), study.outcome) for name in ("indices", "tornado", "noise")}
    print(
        _text(scenario, study, own["indices"]), _noise_text(own["noise"]), sep="\n\n", end="\n\n", flush=True
    )
    replications = f"{scenario.replications} replications, the same people with the same luck at every point"
    alone = f"Each setting alone, at both ends of its range; thin lines: 95 % interval. {replications}"
    title = f"What moves {study.outcome}?"
    save(tornado_figure(own["tornado"], title, alone), folder / "figures" / "tornado.png")
    other = f"{_method(study)}; lines: 95 % interval over resamples of the design"
    save(indices_figure(own["indices"], title, other), folder / "figures" / "indices.png")
    return folder


def _of(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return table[table["outcome"] == outcome].drop(columns="outcome")


def _method(study: Sensitivity) -> str:
    if study.method == SensitivityMethod.MORRIS:
        return f"Morris screening over the whole ranges, {study.trajectories} trajectories"
    return f"Sobol indices over the whole ranges, base sample {study.base}"


def _text(scenario: Scenario, study: Sensitivity, table: pd.DataFrame) -> str:
    """Return the strongest settings with every measure."""
    measures = list(dict.fromkeys(table["measure"]))
    ranking = measures[-1] if study.method == SensitivityMethod.SOBOL else measures[0]
    wide = table.set_index(["setting", "measure"])
    ranked = table[table["measure"] == ranking].sort_values("value", ascending=False)["setting"]
    bounded = {m for m in measures if table.loc[table["measure"] == m, "low"].notna().any()}
    heads = [(measure, "95 % interval")[: 1 + (measure in bounded)] for measure in measures]
    rows: list[tuple[str, ...]] = [("setting", *(text for pair in heads for text in pair), "unit")]
    unit = "share of the variance" if study.method == SensitivityMethod.SOBOL else table["unit"].iloc[0]
    for setting in ranked[:MOST]:
        cells = [_cells(wide.loc[(setting, m)])[: len(pair)] for m, pair in zip(measures, heads, strict=True)]
        rows.append((setting, *(cell for pair in cells for cell in pair), str(unit)))
    more = len(ranked) - MOST
    left = [f"and {more} more in sensitivity.csv"] if more > 0 else []
    role = "levers" if study.role == Role.LEVER else "uncertain settings"
    above = [f"{scenario.about.title}: {study.outcome}", f"{_method(study)}; {role}", ""]
    return "\n".join([*above, *aligned(rows), *left])


def _cells(row: pd.Series) -> tuple[str, str]:
    low, high = number_text(row["low"]), number_text(row["high"])
    return number_text(row["value"]), f"{low} to {high}" if low and high else ""


def _noise_text(noise: pd.DataFrame) -> str:
    row = noise.iloc[0]
    if pd.isna(row["monte_carlo"]):
        return "One replication cannot tell how much of the variance is Monte Carlo (replications=2 or more)."
    return (
        f"Monte Carlo noise is {number_text(100 * row['monte_carlo'])} % of the variance between points; "
        f"without common luck the same runs would have {number_text(100 * row['without_common_luck'])} %."
    )
