"""One run for a person: results in a folder with pictures, and the headline outcomes on the terminal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulator.experiments.run import run_to_folder
from simulator.parameters import Scenario
from simulator.reporting.console import summary_text
from simulator.reporting.run_figures import write_figures


def run_and_report(scenario: Scenario) -> Path:
    """Simulate a scenario into its folder, print its headline outcomes, and return the folder."""
    folder = run_to_folder(scenario, write_figures)
    summary = pd.read_csv(folder / "summary.csv")
    print(summary_text(scenario.about.title, scenario.about.question, summary), end="\n\n", flush=True)
    return folder
