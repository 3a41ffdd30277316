"""A published design for a person: the table of effects on the terminal, a picture, a folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.composing.pairing import Load
from simulator.experiments.fitting.draws import read_draws
from simulator.experiments.studies.published import EFFECTS, PEOPLE, carry_out
from simulator.parameters import Scenario
from simulator.parameters.designs import OfficesStudy, PublishedDesign, RolloutStudy
from simulator.reporting.console import NO_INTERVAL, aligned, number_text
from simulator.reporting.design_figures import write_design_figure
from simulator.reporting.words import plain

NAMES = {
    "trial": ("quantity", "saturation", "group", "arm", "outcome"),
    "offices": ("group", "covariate"),
    "event_study": ("outcome", "door", "from_week", "to_week"),
    "cohort": ("group", "year", "outcome"),
    "rollout": ("estimator", "period"),
}
LEVELS = (PEOPLE, "control", "treated", "expected", "with", "without", "study_error")
HEADS = {
    "event_study": {PEOPLE: "had it, people a run"},
    "offices": {"study_error": "error of one study"},
    "rollout": {"study_error": "error of one study"},
}

SHOWN = ("any", "work")
"""Ways out that the terminal shows of an event study."""

WHY_NONE = {
    "event_study": "No intervals: they need two replications or more, and enough exits after the event that "
    "any one replication can be left out."
}


def report_design(scenario: Scenario, design: PublishedDesign, load: Load) -> Path:
    """Carry out the design that a scenario asks for, print the effects, and return the folder."""
    folder = carry_out(
        scenario, design, load, lambda table, where: write_design_figure(table, scenario, design, where)
    )
    table = pd.read_csv(folder / EFFECTS)
    about = (type(design).__doc__ or "").strip()
    asked = [f"Outcome: {plain(design.outcome)}."] if isinstance(design, OfficesStudy | RolloutStudy) else []
    head = [scenario.about.title, " ".join([about, *asked]), *_draws_line(scenario), ""]
    print("\n".join([*head, *effect_lines(table, design)]), end="\n\n", flush=True)
    return folder


def _draws_line(scenario: Scenario) -> list[str]:
    if scenario.draws.file is None:
        return []
    many = f"{len(read_draws(scenario))} draws of the settings, {scenario.replications} replications each"
    return [f"{many}; intervals hold what luck and what the settings leave open."]


def effect_lines(table: pd.DataFrame, design: PublishedDesign) -> list[str]:
    """Return a table of effects as aligned lines; columns that say the same in every row are left out."""
    more = []
    if design.kind == "event_study":
        shown = table["door"].isin(SHOWN)
        others = ", ".join(map(plain, table["door"][~shown].unique()))
        table, more = table[shown], ["", f"Other ways out ({others}): in {EFFECTS}."]
    several = table.nunique(dropna=False) > 1
    names = [name for name in NAMES[design.kind] if several[name] or name == "covariate"]
    levels = [name for name in LEVELS if name in table and table[name].notna().any()]
    heads = {PEOPLE: "people a run", **HEADS.get(design.kind, {})}
    interval = f"{100 * design.level:g} % interval"
    first = ("what", *(heads.get(name, name) for name in levels), "effect", interval, "unit")
    rows = [_line(row, names, levels) for row in table.to_dict("records")]
    note = ["", WHY_NONE.get(design.kind, NO_INTERVAL)] if table["low"].isna().all() else []
    return [*aligned([first, *rows]), *note, *more]


def _line(row: dict[Any, Any], names: Sequence[str], levels: Sequence[str]) -> tuple[str, ...]:
    words = ", ".join(text for text in (_word(name, row[name]) for name in names) if text)
    numbers = [_people(row[name]) if name == PEOPLE else number_text(float(row[name])) for name in levels]
    low, high = number_text(float(row["low"])), number_text(float(row["high"]))
    span = f"{low} to {high}" if low and high else ""
    return (words, *numbers, number_text(float(row["effect"])), span, str(row.get("unit", "")))


def _people(number: float) -> str:
    return "" if math.isnan(number) else f"{number:,.0f}"


def _word(name: str, value: Any) -> str:  # noqa: ANN401  (any cell of a table)
    if pd.isna(value):
        return "average" if name == "period" else ""
    if name == "saturation":
        return f"{value:.0%} treated"
    if name in {"from_week", "to_week"}:
        return f"{'from' if name == 'from_week' else 'to'} week {value:.0f}"
    return f"{name} {value:g}" if name in {"period", "year"} else plain(value)
