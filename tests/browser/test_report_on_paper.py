"""Reports on paper and on screens of any width: what a table says is there, and can be read."""

from __future__ import annotations

import os
import shutil

import pytest

from simulator import compare, load_scenario
from simulator.cli import main
from simulator.reporting.comparison_report import write_comparison
from simulator.reporting.page import Page, Section, Table, render
from simulator.reporting.words import words_in

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


SQUEEZED = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  return [...document.querySelectorAll(".rows td")].filter(cell => cell.checkVisibility()).filter(cell => {
    const style = getComputedStyle(cell, "::before");
    if (style.content === "none") return false;
    pen.font = style.font;
    const words = cell.dataset.head.split(/[\\s-]+/).filter(word => word.length < 12);
    const widest = Math.max(0, ...words.map(word => pen.measureText(word).width));
    return !(parseFloat(getComputedStyle(cell).gridTemplateColumns) >= widest - 1);
  }).map(cell => cell.dataset.head);
}"""
"""Names of columns beside their values whose words have less room than they take."""

TALLEST = """() => Math.max(...[...document.querySelectorAll(".rows tbody th")].map(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return range.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight);
}))"""
"""Most lines that the name of a row takes."""


@pytest.mark.parametrize("width", [400, 700, 1000])
def test_words_and_names_have_room_on_any_screen(browser, tmp_path, width):
    folder = tmp_path / "plan"
    options = "study.options=caseload.clients_per_caseworker=40,80 collaboration=silo,integrated"
    asked = ["study=plan", *SMALL, "weeks=52", options, "study.most_replications=3", "output.language=sv"]
    assert main([*asked, f"output.dir={folder}"]) == 0
    page = browser.new_page(viewport={"width": width, "height": 840})
    page.goto((folder / "report.html").as_uri())
    assert page.evaluate(SQUEEZED) == []
    assert page.evaluate(TALLEST) < 3.5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


WIDTHS = """() => {
  const box = document.querySelector(".rows"), hint = box.querySelector(".hint");
  return [box.clientWidth, box.scrollWidth, hint.checkVisibility()];
}"""


@pytest.mark.parametrize(("width", "scrolls"), [(1000, True), (1280, False)])
def test_a_wide_table_takes_the_window_and_says_so_where_it_scrolls(browser, tmp_path, width, scrolls):
    rows = [[f"option {number}", *["12.3 (11.2 to 13.4)"] * 6] for number in range(3)]
    table = Table("All options", ["option", *["a measure"] * 6], rows)
    section = Section("options", "Options", [table])
    (tmp_path / "report.html").write_bytes(render(Page("A", "B", "", [], [section]), words_in("en")))
    page = browser.new_page(viewport={"width": width, "height": 840})
    page.goto((tmp_path / "report.html").as_uri())
    box, content, says = page.evaluate(WIDTHS)
    assert content > 960  # wider than the text
    assert (content > box) == says == scrolls
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
