"""The pictures of one run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.intervals import half_width
from simulator.outcomes.outcome import Outcome
from simulator.reporting.figures import (
    NOT_USED,
    caseworker_week_figure,
    incidence_figure,
    survival_figure,
    week_figure,
)
from simulator.reporting.programme_figures import programmes_figure
from simulator.reporting.style import save
from simulator.vocabulary import Task

GROUPS = {
    "age_group": "age",
    "sex": "sex",
    "foreign_born": "country of birth",
    "education": "education",
    "hindrance": "main hindrance",
}
"""Columns by which every run's survival is drawn, and their names in titles."""

MINUTES_PER_HOUR = 60.0


def write_figures(outcome: Outcome, folder: Path) -> None:
    """Draw every picture of a run into a folder."""
    if len(flow_spells(outcome.spells)):
        note = _spells_note(outcome)
        save(survival_figure(outcome.survival(), subtitle=note), folder / "survival.png")
        for column, words in GROUPS.items():
            title = f"How many are still on assistance, by {words}?"
            save(
                survival_figure(outcome.survival(by=column), title, note),
                folder / f"survival_by_{column}.png",
            )
        save(incidence_figure(outcome.incidence(), subtitle=note), folder / "exits_by_door.png")
        title = "By which door do people leave, by age?"
        save(
            incidence_figure(outcome.incidence(by="age_group"), title, note),
            folder / "exits_by_door_and_age.png",
        )
    save(week_figure(outcome.weekly), folder / "weeks.png")
    if len(outcome.programmes):
        save(programmes_figure(outcome.programmes), folder / "programmes.png")
    hours = hours_of_a_week(outcome.weekly)
    save(caseworker_week_figure(hours, subtitle=_hours_note(outcome)), folder / "caseworker_week.png")


def _spells_note(outcome: Outcome) -> str:
    spells, replications = len(flow_spells(outcome.spells)), outcome.weekly["replication"].nunique()
    return f"{spells:,} spells that began in the run, {replications} replications; shaded: 95 % interval"


def _hours_note(outcome: Outcome) -> str:
    weeks, replications = (outcome.weekly[name].nunique() for name in ("week", "replication"))
    return f"Mean of {weeks} weeks and {replications} replications, with 95 % interval"


def hours_of_a_week(weekly: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Return the hours of a caseworker's week by task, each with its 95 % interval over replications."""
    total = weekly.groupby("replication").sum()
    weeks = total["caseworkers"] * MINUTES_PER_HOUR
    hours = {task.label: total[f"minutes_{task.label}"] / weeks for task in Task}
    hours[NOT_USED] = (total["minutes_available"] - total["minutes_used"]).clip(lower=0.0) / weeks
    return {task: _with_interval(values) for task, values in hours.items()}


def _with_interval(values: pd.Series) -> tuple[float, float, float]:
    mean, half = float(values.mean()), half_width(values.to_numpy())
    return mean, mean - half, mean + half
