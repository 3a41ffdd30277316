"""Every example in the documents runs as it stands: Python blocks and commands, with few people and weeks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

import simulator as sim
from simulator.cli import main
from simulator.composing import check_overrides
from simulator.composing.launching import read_command
from simulator.errors import SettingsError
from simulator.outcomes.outcome import Outcome

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SMALL = ("population.size=60", "population.burn_in_weeks=8", "weeks=56", "replications=2", "workers=1")
SMALL_CALL = {"replications": 2}

ELSEWHERE = {
    "scenario=own_rules": "rules have to be named before the model is first imported: test_own.py",
    "--rerun": "needs a finished run: test_experiment_files.py",
    "--shell-completion": "test_cli.py",
    "simulator.dashboard": "a page that waits for visitors: test_dashboard.py",
    "FOLDER": "stands for a folder of the reader's",
}
"""Examples of which a word says that they cannot be run here, and why, or which test does it."""

LONG = {
    "precision.": "as many replications as it takes: test_precision.py",
    "study=sensitivity": "hundreds of runs: test_sensitivity.py",
    "study=plan": "several runs of several options: test_plan.py",
    "study=calibrate": "a fit: test_calibration.py",
    "study=validate": "every published design: test_calibration.py",
    "draws.file=": "needs the draws of a fit: test_calibration.py",
    **dict.fromkeys(
        [f"study={design}" for design in ("trial", "offices", "event_study", "cohort", "rollout")],
        "follow-up of years: test_published_designs.py",
    ),
    "experiment=": "as large as their files say: test_experiment_files.py",
    "engine=": "other processes and machines: test_dask.py",
}
"""How an argument begins if the example is only composed and checked here, and which test runs such."""

OTHERS = {"pip", "dask", "eval"}
"""Programs that are not this project's."""

DONE: set[tuple[str, ...]] = set()
"""Runs without a folder of their own that have been made: pages repeat each other's examples."""

PROGRAM = re.compile(r"(?:\.venv/bin/)?(?:simulator|python -m simulator)\b(.*)")
MAKE_RUN = re.compile(r"make run\b(?:\s+ARGS=(.*))?")
MAKE = re.compile(r"make ([a-z-]+)")


def run_commands(example: Example) -> None:
    for line in str(example.parsed).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] not in OTHERS and not ELSEWHERE.keys() & set(words):
            run_command(shlex.join(words))


def run_command(command: str) -> None:
    if found := MAKE_RUN.fullmatch(" ".join(shlex.split(command))):
        run_simulator(shlex.split(found[1] or ""))
    elif found := PROGRAM.fullmatch(command):
        run_simulator(shlex.split(found[1]))
    elif found := MAKE.match(command):
        assert f"\n{found[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8"), command
    else:
        pytest.fail(f"nothing here runs this example: {command}")


def run_simulator(arguments: list[str]) -> None:
    """Run an example; `...` stands for arguments given before. Long ones are only composed and checked."""
    given = [one for one in arguments if one != "..."]
    if any(one.startswith(tuple(LONG)) for one in given):
        command = read_command(given)
        check_overrides(command.overrides, command.folders, sweep=command.is_sweep, command_line=True)
        return
    asks = {"--help", "--list", "--version"} & set(given)
    call = tuple(given if asks else small(given))
    if call not in DONE:
        assert main(call) == 0, arguments
    if not any("output.dir" in one for one in call):
        DONE.add(call)


def small(arguments: list[str]) -> list[str]:
    """Return the arguments of a run with few people and weeks; those that set as much are left out."""
    names = {one.partition("=")[0] for one in SMALL}
    return [one for one in arguments if one.partition("=")[0] not in names] + list(SMALL)


def run_examples(page: Path) -> None:
    parsers = [PythonCodeBlockParser(), CodeBlockParser("console", run_commands)]
    document = Sybil(parsers=parsers, path=str(page.parent)).parse(page)
    for example in document.examples():
        reads_anywhere = "/..." in str(example.parsed)  # from a folder whose name the page leaves open
        if not reads_anywhere:
            example.evaluate()


@pytest.fixture
def in_miniature(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, undrawn: None) -> None:
    """Work in an empty folder that shows the examples; runs are small, and leave no pictures and few tables.

    Of the tables beside the summary only the one that is printed from: test_run_folder.py has the others.
    """
    load = sim.load_scenario

    def load_small(name: str, *overrides: str, **more: object) -> sim.Scenario:
        return load(name, *small(list(overrides)), **more)

    def written_outcomes(self: Outcome) -> dict[str, pd.DataFrame]:
        return {"outcomes": self.outcomes()}

    def few(function: Callable[..., object], *arguments: object, **more: object) -> object:
        return function(*arguments, **{**more, **SMALL_CALL})

    class SmallMunicipality(sim.Municipality):
        def __init__(self, scenario: str, **more: object) -> None:
            super().__init__(load_small(scenario), **more)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Outcome, "written_tables", written_outcomes)
    for name in ("examples", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setattr(sim, "load_scenario", load_small, raising=False)
    monkeypatch.setattr(sim, "Municipality", SmallMunicipality, raising=False)
    for name in ("simulate", "compare"):
        monkeypatch.setattr(sim, name, partial(few, getattr(sim, name)), raising=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
@pytest.mark.usefixtures("in_miniature")
def test_examples_run(page: Path) -> None:
    run_examples(page)


@pytest.mark.usefixtures("in_miniature")
@pytest.mark.parametrize(
    "command",
    [
        "make run ARGS='caseload.clients_per_casewroker=40'",
        ".venv/bin/simulator scenario=atlantis",
        "python -m simulator --help nothing_of_the_kind",
        "simulator engine=dask engine.shceduler=here",
        "make nothing",
        "simulate everything",
    ],
)
def test_an_example_that_is_wrong_is_found(command: str) -> None:
    with pytest.raises((AssertionError, SettingsError, pytest.fail.Exception)):
        run_command(command)


@pytest.mark.usefixtures("in_miniature")
def test_a_block_of_python_that_is_wrong_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nimport simulator as sim\nsim.no_such_name\n```\n", encoding="utf-8")
    with pytest.raises(AttributeError):
        run_examples(page)


@pytest.mark.usefixtures("in_miniature")
def test_a_session_with_another_answer_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        run_examples(page)
