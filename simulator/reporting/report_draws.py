"""A run or a comparison over draws of settings, for a person: tables, pictures, report, and the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from simulator.compiled import source_hash
from simulator.composing.pairing import Load, alternative_of
from simulator.experiments import store
from simulator.experiments.comparison import check_same_people
from simulator.experiments.fitting.drawn import OUTCOMES, UNCERTAINTY, DrawnResults
from simulator.experiments.fitting.draws import differences, plan_draws, simulate_draws
from simulator.experiments.measuring import MEASURES
from simulator.experiments.opening import ALTERNATIVE, BASELINE, POINT
from simulator.experiments.run import drawn, plan_of, results_folder
from simulator.files import write_bytes
from simulator.outcomes.uncertainty import DRAWS_OF_95, layers
from simulator.parameters import Scenario
from simulator.provenance import manifest_of, now
from simulator.reporting.console import aligned, number_text
from simulator.reporting.draws_report import write_draws
from simulator.reporting.words import words_in


def report_draws(scenario: Scenario, load: Load) -> Path:
    """Simulate a scenario, or a comparison, at every draw; write both layers, tables, pictures and report."""
    alternative = alternative_of(scenario, load)
    folder, started = results_folder(scenario, *([alternative] if alternative else [])), now()
    if alternative:
        check_same_people(scenario, alternative)
    sides = {BASELINE: scenario, **({ALTERNATIVE: alternative} if alternative else {})}
    points = {name: plan_draws(one, folder / name).plan["hashes"] for name, one in sides.items()}
    with store.open_folder(folder, {**plan_of(scenario), "drawn_settings": points}):
        values = {name: simulate_draws(one, folder / name) for name, one in sides.items()}
        whole = differences(values[BASELINE], values[ALTERNATIVE]) if alternative else values[BASELINE]
        store.write_table(folder / OUTCOMES, whole)
        table = layers(whole)
        write_bytes(folder / UNCERTAINTY, table.to_csv(index=False).encode())
        manifest = manifest_of(scenario, source_hash(), started, {OUTCOMES: len(whole)})
        results = DrawnResults(folder, {**manifest, "draws": int(whole["draw"].nunique())})
        written = results.written_tables()
        (folder / MEASURES).mkdir(exist_ok=True)
        for name, one in written.items():
            write_bytes(folder / MEASURES / f"{name}.csv", one.to_csv(index=False).encode())
        write_draws(results, table, written)
        made = [folder / OUTCOMES, folder / UNCERTAINTY, *sorted((folder / MEASURES).glob("*.csv"))]
        runs = sorted(folder.rglob(f"{POINT}=*/{store.MANIFEST}"))  # so that none is exchanged unnoticed
        sums = store.sums_of(folder, [*made, *drawn(folder), *runs])
        store.write_json(folder / store.MANIFEST, {**results.manifest, "files": sums})
    print(draws_text(scenario, table, bool(alternative)), end="\n\n", flush=True)
    return folder


def draws_text(scenario: Scenario, table: pd.DataFrame, is_difference: bool) -> str:
    """Return both layers of every outcome as a table, and how much of further draws the second holds."""
    heads = ("outcome", "difference" if is_difference else "mean", "luck (95 %)", "draws", "unit")
    rows: list[tuple[str, ...]] = [heads]
    for row in table.itertuples():
        bounds = (_bounds(row, layer) for layer in ("monte_carlo", "parameter"))
        rows.append((str(row.outcome), number_text(_float(row.value)), *bounds, str(row.unit)))
    many = f"{int(table['draws'].max())} draws of the settings, {scenario.replications} replications each"
    covers = table["parameter_covers"].min()
    note = [] if pd.isna(covers) else [
        "", f"draws: holds about {100 * covers:.0f} % of further draws"
        + ("" if covers >= ALMOST else f"; {DRAWS_OF_95} draws or more give 95 %")
        + "; empty where they cannot be told from luck",
    ]  # fmt: skip
    return "\n".join([scenario.about.title, words_in("en").agreed(many), "", *aligned(rows), *note])


ALMOST = 0.949
"""What counts as 95 %."""


def _float(value: Any) -> float:  # noqa: ANN401  (a cell)
    return float(value)


def _bounds(row: Any, layer: str) -> str:  # noqa: ANN401  (columns are its attributes)
    low, high = (number_text(getattr(row, f"{layer}_{end}")) for end in ("low", "high"))
    return f"{low} to {high}" if low and high else ""
