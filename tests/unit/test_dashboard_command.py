"""The command that the page offers, run in a shell, gives the numbers that the page shows."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.dashboard.exporting import commands_of
from simulator.dashboard.pictures import Pair
from simulator.dashboard.view import PLACES, View
from simulator.dashboard.working import Bench
from simulator.outcomes.summary import summarise_outcomes

SMALL = {"size": 150, "replications": 3}
COMPARED = ["outcome", "baseline", "alternative", "difference", "low", "high", "unit"]
SUMMED = ["outcome", "value", "low", "high", "unit"]


def shown_of(view: View, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Return the runs behind what the page shows in the end; pictures are drawn elsewhere."""
    monkeypatch.setattr("simulator.dashboard.working.sections_of", lambda *_: iter(()))
    monkeypatch.setattr("simulator.dashboard.working.Bench.cases", lambda *_: iter(()))
    *_, last = (one.pair for one in Bench().work(view) if getattr(one, "pair", None))
    assert last.size == view.replications
    return last


def told_in_a_shell(command: str, folder: Path, name: str) -> pd.DataFrame:
    """Run a command in a shell, as who copied it from the page would, and return a table that it leaves."""
    program = command.replace("python ", f"{shlex.quote(sys.executable)} ", 1)
    line = f"{program} output.dir={shlex.quote(str(folder))}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(folder / name)


def same(told: pd.DataFrame, shown: pd.DataFrame, columns: list[str]) -> None:
    pd.testing.assert_frame_equal(
        told[columns].reset_index(drop=True),
        shown[columns].reset_index(drop=True),
        check_dtype=False,
        rtol=1e-9,
        atol=1e-9,
    )


def test_changes_are_those_of_the_comparison(tmp_path, monkeypatch):
    moved = {"caseload": "limit", "caseload.limit": "40", "sanctions": "strict", PLACES: "50"}
    view = View(**SMALL, baseline={"caseload": "limit"}, now=moved, language="sv")
    (command,) = commands_of(view)
    shown = shown_of(view, monkeypatch)
    same(told_in_a_shell(command, tmp_path / "run", "comparison.csv"), shown.table, COMPARED)
    assert (shown.table["difference"].abs() > 0).any(), "levers that move nothing would show nothing"


@pytest.mark.slow
def test_a_single_run_is_that_of_the_page(tmp_path, monkeypatch):
    view = View(**SMALL, language="en", now={"collaboration": "integrated"}).keep()
    (command,) = commands_of(view)
    shown = shown_of(view, monkeypatch)
    outcomes = pd.concat([digest.outcomes for digest in shown.now])
    same(told_in_a_shell(command, tmp_path / "run", "summary.csv"), summarise_outcomes(outcomes), SUMMED)


@pytest.mark.slow
def test_two_commands_give_both_sides_where_a_lever_is_taken_back(tmp_path, monkeypatch):
    """But for what is missing in a replication of one side: the page shows both sides of whole pairs."""
    own = {"caseload.clients_per_caseworker": "40"}
    view = View(**SMALL, language="da", baseline={"sanctions": "none"}, now=own)
    shown = shown_of(view, monkeypatch).table.set_index("outcome")
    whole = shown.index[shown["replications"] == view.replications]
    assert len(whole) > 0.8 * len(shown)
    sides = ("baseline", "alternative")
    for number, (command, side) in enumerate(zip(commands_of(view), sides, strict=True)):
        told = told_in_a_shell(command, tmp_path / str(number), "summary.csv").set_index("outcome")["value"]
        assert np.allclose(told[whole], shown.loc[whole, side], rtol=1e-9)
