"""Who the people are, for a person: wanted against drawn on the terminal, two pictures, a folder."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist
from typing import Any

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.pairing import Load
from simulator.experiments import store
from simulator.experiments.people import APPLICANTS, associations_table, margins_table, tally_people
from simulator.experiments.run import plan_of, results_folder
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.study import PeopleStudy
from simulator.provenance import manifest_of, now
from simulator.reporting.console import NO_INTERVAL, aligned, number_text
from simulator.reporting.people_figures import THE_REST, write_people_figures
from simulator.reporting.words import plain

PEOPLE, ASSOCIATIONS = "people.csv", "associations.csv"


def report_people(scenario: Scenario, study: PeopleStudy, load: Load) -> Path:
    """Draw the people that a scenario asks for, print shares as wanted and drawn, and return the folder.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    study : PeopleStudy
        What the stock is held against.
    load : callable
        Loads a scenario with further overrides.

    Returns
    -------
    Path
        The folder: people.csv, associations.csv, figures, and last manifest.json.
    """
    option = [] if study.stock is None else [f"population={study.stock}"]
    stock = load(scenario.scenario, *option).population if option else None
    folder = results_folder(scenario)
    plan = {"study": study.model_dump(mode="json"), **plan_of(scenario)}
    with store.open_folder(folder, plan):
        if store.is_complete(folder):
            store.read_manifest(folder)
        else:
            started, tallies = now(), tally_people(scenario)
            quantile = NormalDist().inv_cdf(0.5 + study.level / 2.0)
            tables = {
                PEOPLE: margins_table(tallies, scenario, stock, study.level),
                ASSOCIATIONS: associations_table(tallies, scenario, quantile),
            }
            for name, table in tables.items():
                write_bytes(folder / name, table.to_csv(index=False).encode())
            write_people_figures(tables[PEOPLE], tables[ASSOCIATIONS], scenario, folder / "figures")
            rows = {name: len(table) for name, table in tables.items()}
            manifest = {**manifest_of(scenario, source_hash(), started, rows), "study": plan["study"]}
            files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".csv", ".png"}]
            store.write_json(folder / store.MANIFEST, {**manifest, "files": store.sums_of(folder, files)})
    shares, associations = pd.read_csv(folder / PEOPLE), pd.read_csv(folder / ASSOCIATIONS)
    lines = [scenario.about.title, "", *share_lines(shares, study.level), "", *tie_lines(associations)]
    print("\n".join(lines), end="\n\n", flush=True)
    return folder


def share_lines(table: pd.DataFrame, level: float) -> list[str]:
    """Return shares of applicants and stock as aligned lines; of two values one."""
    head = ("who", "wanted", "drawn", f"{100 * level:g} % interval", "trait")
    shown = table[~table["value"].isin(THE_REST)]
    rows = [_line(row, _name(row)) for row in shown.itertuples()]
    note = ["", NO_INTERVAL] if table["low"].isna().all() else []
    return [*aligned([head, *rows]), *note]


def tie_lines(table: pd.DataFrame) -> list[str]:
    """Return the associations of applicants that the settings ask for as aligned lines."""
    asked = table[(table["who"] == APPLICANTS) & (table["wanted"] != 0.0)]
    head = ("who", "wanted", "drawn", "interval", "go together")
    rows = [_line(row, f"{plain(row.first)}, {plain(row.second)}") for row in asked.itertuples()]
    return aligned([head, *rows]) if rows else ["Nothing goes together by the settings."]


def _line(row: Any, words: str) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    low, high = number_text(row.low), number_text(row.high)
    return (
        str(row.who),
        number_text(row.wanted),
        number_text(row.drawn),
        f"{low} to {high}" if low else "",
        words,
    )


def _name(row: Any) -> str:  # noqa: ANN401  (as above)
    trait, value = plain(row.trait), plain(row.value)
    return trait if value == "yes" else f"{trait}: {value}"
