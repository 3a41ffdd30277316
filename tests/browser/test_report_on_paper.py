"""Reports as they are printed: what a table says stands on the paper."""

from __future__ import annotations

import os
import shutil

import pytest

from simulator import compare, load_scenario
from simulator.reporting.comparison_report import write_comparison

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="needs Playwright: pip install 'assistance-exit-simulator[browser]'"
)
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium on the path, or its path in CHROMIUM"),
]
PAPER = {"width": 688, "height": 990}
"""A4 within the margins of the style for paper, at 96 dots an inch."""

OFF_THE_PAPER = """() => [...document.querySelectorAll("table")].filter(table => table.checkVisibility())
    .filter(table => table.getBoundingClientRect().right > document.body.getBoundingClientRect().right + 1)
    .map(table => table.caption.textContent)"""
SMALL = ("population.size=120", "population.burn_in_weeks=20", "replications=3")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_no_column_of_a_table_is_off_the_paper(browser, tmp_path, language):
    """The present value is the last column of the payers' result, which has one for each year of the run."""
    first, second = (
        load_scenario("default", *SMALL, f"output.language={language}", f"sanctions={steps}")
        for steps in ("warning", "strict")
    )
    write_comparison(tmp_path, compare(first, second))
    page = browser.new_page(viewport=PAPER)
    page.emulate_media(media="print")
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator("table").count() > 3
    assert page.evaluate(OFF_THE_PAPER) == []
    page.close()
