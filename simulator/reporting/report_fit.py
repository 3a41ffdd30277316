"""Calibration, validation and runs over draws for a person: tables, pictures, a page."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from simulator.compiled import source_hash
from simulator.composing.pairing import Load
from simulator.errors import Mistake, SettingsError
from simulator.experiments import store
from simulator.experiments.fitting.calibrate import Fit, calibrate, plan_fit, settings_of_draws
from simulator.experiments.fitting.facts import Fact, without_target
from simulator.experiments.fitting.learnt import SPREAD, facts_table, points_table, settings_table
from simulator.experiments.fitting.priors import points_at
from simulator.experiments.fitting.sampling import sobol_shares
from simulator.experiments.fitting.validate import facts_of, validate
from simulator.experiments.run import REPORT, plan_of, results_folder
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.fitting import Calibrate, Validate
from simulator.provenance import manifest_of, now
from simulator.reporting.console import aligned, number_text
from simulator.reporting.fit_figures import beliefs_figure, forest_figure
from simulator.reporting.fit_page import LUCK_ALONE, READ_FOREST, counted, validation_page
from simulator.reporting.style import save

POSTERIOR, REMARK, RUNS = "posterior.csv", "posterior.yaml", "runs"
FEWEST = 2


def report_fit(scenario: Scenario, load: Load) -> Path:
    """Carry out a calibration or a validation, and return its folder."""
    calibrates = isinstance(scenario.study, Calibrate)
    return report_calibration(scenario, load) if calibrates else report_validation(scenario, load)


def report_calibration(scenario: Scenario, load: Load) -> Path:
    """Carry out a calibration, write its tables, pictures and posterior, and return the folder."""
    study = scenario.study
    assert isinstance(study, Calibrate)
    folder, started = results_folder(scenario), now()
    facts = plan_fit(scenario, study).facts
    with store.open_folder(folder, _plan(scenario, facts)):
        fit = calibrate(scenario, study, folder, load)
        posterior = pd.DataFrame(settings_of_draws(fit))
        tables = {
            POSTERIOR: posterior, "settings.csv": settings_table(fit), "facts.csv": facts_table(fit),
            "points.csv": points_table(fit),
        }  # fmt: skip
        if fit.known.foreseen:
            tables["emulator.csv"] = pd.concat(fit.known.foreseen, ignore_index=True)
        prior = pd.DataFrame(points_at(fit.plan.free, sobol_shares(len(fit.plan.free), 2**SPREAD, 0)))
        write_bytes(folder / REMARK, _remark(scenario, fit).encode())
        save(beliefs_figure(tables["settings.csv"], prior, posterior), folder / "figures" / "beliefs.png")
        _finish(folder, _manifest(scenario, started, tables), tables, [REMARK])
    print(
        _settings_text(tables["settings.csv"]),
        _fit_text(tables["facts.csv"]),
        sep="\n\n",
        end="\n\n",
        flush=True,
    )
    return folder


def _plan(scenario: Scenario, facts: Sequence[Fact]) -> dict[str, object]:
    """Return what makes this study this study: settings, code, study, and the facts as in their table."""
    figures = {
        one.id: f"{one.text} ({one.low:g} to {one.high:g}) {one.unit}; {one.use} {one.measure}".strip()
        for one in facts
    }
    return {**plan_of(scenario), "study": scenario.study.model_dump(mode="json"), "facts": figures}


def _manifest(scenario: Scenario, started: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    rows = {name: len(table) for name, table in tables.items()}
    return manifest_of(scenario, source_hash(), started, rows)


def _finish(
    folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], more: list[str]
) -> None:
    """Write tables, then the manifest."""
    for name, table in tables.items():
        write_bytes(folder / name, table.to_csv(index=False).encode())
    sums = store.sums_of(folder, [folder / name for name in (*tables, *more)])
    store.write_json(folder / store.MANIFEST, {**manifest, "files": sums})


def _remark(scenario: Scenario, fit: Fit) -> str:
    """Return what has to be known of the draws: an option of `draws` beside their file."""
    facts = " ".join(dict.fromkeys(fact.id for fact in fit.plan.facts))
    head = [
        f"# {len(fit.posterior)} draws of the posterior of the scenario {scenario.scenario}; facts {facts}.",
        f"# Code {source_hash()[:12]}, seed {scenario.seed}, {scenario.replications} replications a point, "
        f"{len(fit.known.shares)} points, {scenario.population.size} clients.",
        f"# Made by: simulator {_command(sys.argv[1:])}",
    ]
    return "\n".join([*head, yaml.safe_dump({"file": POSTERIOR, "most": None}).strip(), ""])


def _command(arguments: Sequence[str]) -> str:
    """Return a command as it can be given again: without what says where results go and who does the work."""
    wishes = [one.lstrip("+") for one in arguments]
    kept = [one for one in wishes if not one.startswith(("hydra.", "output.", "workers=", "engine"))]
    return shlex.join(kept)


def _settings_text(table: pd.DataFrame) -> str:
    rows: list[tuple[str, ...]] = [("setting", "before", "after", "contraction", "verdict")]
    for row in rows_of(table):
        before, after = (_range(getattr(row, f"{n}low"), getattr(row, f"{n}high")) for n in ("prior_", ""))
        rows.append((str(row.setting), before, after, f"{100 * row.contraction:.0f} %", str(row.verdict)))
    return "\n".join(["What is believed of each setting (95 %):", "", *aligned(rows)])


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table, whose columns are their attributes."""
    yield from table.itertuples()


def _range(low: float, high: float) -> str:
    return f"{float(f'{low:.3g}'):g} to {float(f'{high:.3g}'):g}"


def _fit_text(table: pd.DataFrame) -> str:
    rows: list[tuple[str, ...]] = [("fact", "published", "fitted", "95 %", "misses by")]
    rows += [
        (
            f"{row.id} {row.fact}"[:70], number_text(row.published), number_text(row.mean),
            _range(row.fit_low, row.fit_high), f"{row.misses_by:.1f} sd",
        )
        for row in rows_of(table)
    ]  # fmt: skip
    return "\n".join(["How the facts are met, as the emulator has it:", "", *aligned(rows)])


def report_validation(scenario: Scenario, load: Load) -> Path:
    """Hold the model against every fact, write table, picture and page, and return the folder."""
    study = scenario.study
    assert isinstance(study, Validate)
    if scenario.replications < FEWEST:
        raise SettingsError([Mistake("replications", "1 cannot tell luck from settings", "2 or more")])
    folder, started = results_folder(scenario), now()
    with store.open_folder(folder, _plan(scenario, facts_of(study))):
        table = validate(scenario, study, folder / RUNS, load)
        figure = forest_figure(table, "Published and simulated", READ_FOREST)
        save(figure, folder / "figures" / "forest.png")
        tables = {"validation.csv": table}
        manifest = _manifest(scenario, started, tables)
        write_bytes(folder / REPORT, validation_page(scenario, table, figure, manifest))
        _finish(folder, manifest, tables, [REPORT])
    alone = [] if scenario.draws.file else ["", LUCK_ALONE]
    print("\n".join([_validation_text(table), *alone]), end="\n\n", flush=True)
    return folder


def _validation_text(table: pd.DataFrame) -> str:
    rows: list[tuple[str, ...]] = [("fact", "published", "simulated", "luck", "draws", "z", "verdict")]
    for row in rows_of(table):
        published = "sign" if pd.isna(row.published) else number_text(row.published)
        luck, draws = (_bounds(row, layer) for layer in ("monte_carlo", "parameter"))
        z = "" if pd.isna(row.z) else f"{row.z:+.1f}"
        name = f"{row.id} {row.says or row.fact}"[:64]
        rows.append((name, published, number_text(row.simulated), luck, draws, z, str(row.verdict)))
    nothing = "; ".join(outcome for outcome, _ in without_target())
    return "\n".join([*aligned(rows), "", counted(table), "", f"No target exists for: {nothing}."])


def _bounds(row: Any, layer: str) -> str:  # noqa: ANN401  (columns are its attributes)
    low, high = getattr(row, f"{layer}_low"), getattr(row, f"{layer}_high")
    return "" if pd.isna(low) else _range(low, high)
