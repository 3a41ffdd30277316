"""Studies at several points: their estimates in one table, with what failed told."""

from __future__ import annotations

import pandas as pd
import pytest

from simulator.composing import load_scenario
from simulator.composing.pairing import loader
from simulator.composing.tabled import Points
from simulator.errors import ResultsError, SimulatorError
from simulator.experiments import store
from simulator.experiments.opening import open_results
from simulator.experiments.together import ESTIMATES, Together
from simulator.reporting.report_together import report_together
from simulator.settings_files import list_options

ROWS = [{"casework.p_plan": 0.5, "sanctions": "none"}, {"casework.p_plan": 1.0, "sanctions": "strict"}]
EFFECTS = pd.DataFrame(
    {"outcome": ["days in work", "exits"], "unit": ["days", "share"], "effect": [1.5, -0.25],
     "low": [1.0, None], "high": [2.0, None]}
)  # fmt: skip


@pytest.fixture
def points(tmp_path) -> Points:
    """Return two points of a trial; nothing is simulated."""
    small = ("weeks=60", "replications=2")
    found = loader(small).points("default", ROWS)
    study = load_scenario("default", "study=trial").study
    output = found.scenarios[0].output.model_copy(update={"dir": str(tmp_path / "all")})
    scenarios = [one.model_copy(update={"study": study, "output": output}) for one in found.scenarios]
    return Points(
        found.table, tuple(scenarios), common=("study=trial", "weeks=60"), vary="casework.p_plan=0.5,1"
    )


def studied(failing: dict[int, str]):
    def run_all(folder_of):
        for number in set(range(2)) - set(failing):
            folder_of(number).mkdir(parents=True, exist_ok=True)
            EFFECTS.to_csv(folder_of(number) / "effects.csv", index=False)
        return failing

    return run_all


def test_all_estimates_are_in_one_table_and_on_one_page(points):
    folder = report_together(points, studied({}))
    table = pd.read_csv(folder / "sweep.csv", keep_default_na=False, na_values=[""])
    assert list(table) == ["point", *ROWS[0], *EFFECTS]
    assert list(table["point"]) == [0, 0, 1, 1]
    assert list(table["sanctions"]) == ["none", "none", "strict", "strict"]
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "1.00 to 2.00" in html
    assert "simulator -m casework.p_plan=0.5,1 scenario=default study=trial weeks=60" in html
    assert len(open_results(folder).table) == 4
    page = (folder / "report.html").read_bytes()
    assert (report_together(points, studied({})) / "report.html").read_bytes() == page


def test_what_failed_is_told_and_tried_again(points):
    with pytest.raises(SimulatorError, match="1 of 2 points failed"):
        report_together(points, studied({1: "RuntimeError: out of luck"}))
    folder = Together(points).folder
    assert not (folder / store.MANIFEST).exists()
    assert list(pd.read_csv(folder / "failures.csv")["error"]) == ["RuntimeError: out of luck"]
    assert "out of luck" in (folder / "report.html").read_text(encoding="utf-8")
    assert set(pd.read_csv(folder / "sweep.csv")["point"]) == {0}
    report_together(points, studied({}))
    with pytest.raises(ResultsError, match="failed at every point"):
        report_together(points, studied({0: "x", 1: "y"}))


def test_every_study_that_is_joined_is_one():
    assert set(ESTIMATES) <= set(list_options(())["study"])
