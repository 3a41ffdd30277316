"""Who the people are, for a person: wanted against drawn on the terminal, two pictures, a folder."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.pairing import Load
from simulator.experiments import store
from simulator.experiments.people import APPLICANTS, associations_table, margins_table, tally_people
from simulator.experiments.run import plan_of
from simulator.experiments.studies.published import folder_of
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.study import PeopleStudy
from simulator.provenance import manifest_of, now
from simulator.reporting.console import NO_INTERVAL, aligned, number_text
from simulator.reporting.people_figures import write_people_figures
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
    folder = folder_of(scenario, study)
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
    """Return shares of applicants and stock as aligned lines; of yes and no, yes alone."""
    head = ("who", "wanted", "drawn", f"{100 * level:g} % interval", "trait")
    rows = [
        (row.who, number_text(row.wanted), number_text(row.drawn), _span(row.low, row.high), _name(row))
        for row in table[table["value"] != "no"].itertuples()
    ]
    note = ["", NO_INTERVAL] if table["low"].isna().all() else []
    return [*aligned([head, *rows]), *note]


def tie_lines(table: pd.DataFrame) -> list[str]:
    """Return the associations of applicants that the settings ask for as aligned lines."""
    asked = table[(table["who"] == APPLICANTS) & (table["wanted"] != 0.0)]
    head = ("who", "wanted", "drawn", "interval", "go together")
    rows = [
        (
            row.who,
            number_text(row.wanted),
            number_text(row.drawn),
            _span(row.low, row.high),
            f"{plain(row.first)}, {plain(row.second)}",
        )
        for row in asked.itertuples()
    ]
    return aligned([head, *rows]) if rows else ["Nothing goes together by the settings."]


def _span(low: float, high: float) -> str:
    return f"{number_text(low)} to {number_text(high)}" if low == low else ""  # noqa: PLR0124  (NaN)


def _name(row: object) -> str:
    trait, value = plain(row.trait), plain(row.value)  # type: ignore[attr-defined]
    return trait if value == "yes" else f"{trait}: {value}"
