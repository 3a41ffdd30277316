"""The planner's page in a real browser: every control moved, every picture there, nothing from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
PATIENCE = 240_000
"""Milliseconds; the model may have to be compiled first, on a machine that does other things."""

PICTURES = ("survival", "doors", "survival_by_group", "caseworker_week_now", "cases", "weeks")
MOVED = ("differences", "differences_by_group", "caseworker_week_baseline")
UPPSALA = "Uppsala: kontakt med en aktivitet inom en vecka (uppsala_one_week)"
SMALL = "population.size=600&replications=3"


@pytest.fixture(scope="module")
def address():
    flags = ["--port", "0", "--no-browser", "--persons", "2000", "--replications", "6"]
    command = [sys.executable, "-m", "simulator.dashboard", *flags]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    try:
        line = server.stdout.readline()
        yield re.match(r"http://127\.0\.0\.1:\d+/", line)[0]
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def option(group, name):
    """What a reader chooses."""
    return words_in("en").label(f"option.{group}", name)


class Visit:
    """A page that remembers what it complained of and where it asked."""

    def __init__(self, browser, **context):
        self.context = browser.new_context(accept_downloads=True, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints, self.hosts = [], set()
        self.page.on("console", self._complain)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request", lambda request: self.hosts.add(request.url.partition("://")[2].partition("/")[0])
        )

    def _complain(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def go(self, url):
        self.page.goto(url)
        self.page.get_by_role("status").wait_for()
        return self

    def done(self, word="Done"):
        self.page.locator("[role=status]", has_text=word).wait_for()
        return self

    def picture(self, name):
        return self.page.locator(f"figure[aria-labelledby='{name}-title']")


@pytest.fixture
def visit(browser, address):
    visits = []

    def begin(query="", **context):
        one = Visit(browser, **context)
        visits.append(one)
        return one.go(f"{address}?{query}")

    yield begin
    for one in visits:
        assert one.complaints == []
        assert {host for host in one.hosts if not host.startswith("127.0.0.1:")} <= {""}
        one.context.close()


def is_drawn(visit, name):
    """Whether a picture has ink: more than a few paths, and a size."""
    svg = visit.picture(name).locator("svg").first
    box = svg.bounding_box()
    return box["width"] > 200 and box["height"] > 50 and svg.locator("path").count() > 3


def test_every_picture_is_there(visit):
    one = visit(f"{SMALL}&sanctions=strict").done()
    for name in (*PICTURES, *MOVED):
        assert is_drawn(one, name), name
        says = one.picture(name).locator("figcaption p").first.inner_text()
        assert len(says) > 20, name
    assert one.page.get_by_role("table").count() >= 4


def test_every_lever_can_be_moved(visit):
    one = visit(SMALL).done()
    moved = {
        "Caseload rule": "caseload=limit",
        "Sanctions": "sanctions=strict",
        "Collaboration": "collaboration=silo",
        "Employment service": "employment_service=first",
        "Referral": "referral=matched",
        "Programmes": "programmes=narrow",
        "Benefit": "benefit=part_time",
        "Vacancies": "vacancies=tight",
    }
    for label, told in moved.items():
        one.page.get_by_role("combobox", name=label, exact=True).select_option(label=option(*told.split("=")))
        one.page.wait_for_url(f"**{told}**")
    one.done()
    assert is_drawn(one, "differences")
    one.page.get_by_role("button", name="All as in the scenario").click()
    one.page.wait_for_url(re.compile(r"^((?!sanctions).)*$"))


def test_sliders_answer_to_keys(visit):
    one = visit(f"{SMALL}&caseload=limit").done()
    for label, told in (
        ("Most clients per caseworker (limit)", "caseload.limit=79"),
        ("Programme places, % of the scenario’s", "places=90"),
        ("Caseworkers (fixed staff or limit)", "caseload.caseworkers=62"),
        ("Clients to start with (both)", "population.size="),
        ("Replications", "replications="),
    ):
        slider = one.page.get_by_role("slider", name=label)
        slider.focus()
        slider.press("ArrowLeft")
        one.page.wait_for_url(f"**{told}**")
    assert one.page.get_by_role("slider", name="Clients per caseworker (staff follows)").is_disabled()
    one.done()


def test_what_is_kept_becomes_the_baseline_and_the_link_brings_it_back(visit):
    one = visit(f"{SMALL}&sanctions=none").done()
    one.page.get_by_role("button", name="Keep this as the baseline").click()
    one.page.wait_for_url("**baseline.sanctions=none**")
    one.page.get_by_role("combobox", name="Sanctions", exact=True).select_option(
        label=option("sanctions", "strict")
    )
    one.page.wait_for_url("**sanctions=strict&**")
    one.done()
    again = visit(one.page.url.partition("?")[2]).done()
    assert again.page.get_by_role("combobox", name="Sanctions", exact=True).input_value() == option(
        "sanctions", "strict"
    )
    told = [page.page.locator("section.answer dd").all_inner_texts() for page in (one, again)]
    assert told[0] == told[1]


def test_groups_caseworkers_and_weeks(visit):
    one = visit(SMALL).done()
    one.page.get_by_role("combobox", name="Groups by", exact=True).select_option(label="main hindrance")
    one.picture("survival_by_group").get_by_text("social reasons").first.wait_for()
    for name, caption in (("Week", "Week 1:"), ("Caseworker", "Week 1:")):
        slider = one.page.get_by_role("slider", name=name, exact=True)
        slider.focus()
        slider.press("ArrowRight")
        one.page.get_by_role("region", name=re.compile(caption)).wait_for()
    one.page.get_by_role("button", name="Play").click()
    one.page.get_by_role("region", name=re.compile("Week 3:")).wait_for()
    one.page.get_by_role("button", name="Pause").click()


TAKEN = {
    "Table (CSV)": b"outcome,",
    "Picture (PNG)": b"\x89PNG",
    "Picture (SVG)": b"<?xml",
    "Settings (YAML)": b"# @package _global_",
}


@pytest.mark.parametrize(("label", "begins"), TAKEN.items())
def test_what_can_be_taken_along(visit, label, begins, tmp_path):
    one = visit(f"{SMALL}&sanctions=none").done()
    with one.page.expect_download() as waiting:
        one.page.get_by_role("button", name=label).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.read_bytes().startswith(begins)
    assert path.stat().st_size > 100


def test_a_link_with_mistakes_says_so_and_shows_the_usual_view(visit):
    one = visit("sanctions=stirct&population.size=9999999")
    told = one.page.get_by_role("alert").inner_text()
    assert "did you mean 'strict'?" in told
    assert "a whole number from 1 to 2000" in told
    swedish = visit("sanctions=stirct&population.size=9999999&language=sv")
    told = swedish.page.get_by_role("alert").inner_text()
    assert "menades ”strict”?" in told
    assert "ett heltal från 1 till 2000" in told
    assert "<" not in one.page.get_by_role("combobox", name="Sanctions", exact=True).input_value()


@pytest.mark.parametrize(
    ("language", "word", "title"), [("sv", "Klart", "Vägar ut"), ("da", "Færdig", "Veje ud")]
)
def test_the_page_speaks_other_languages(visit, language, word, title):
    one = visit(f"{SMALL}&sanctions=none&language={language}").done(word)
    assert one.page.locator("html").get_attribute("lang") == language
    assert title in one.page.get_by_role("heading", level=1).inner_text()
    assert is_drawn(one, "survival")


def test_another_municipality_and_language_keep_what_is_common(visit):
    one = visit(f"{SMALL}&sanctions=none").done()
    one.page.get_by_role("combobox", name="Language", exact=True).select_option(label="svenska")
    one.page.wait_for_url("**language=sv**")
    assert "sanctions=none" in one.page.url
    one.done("Klart").page.get_by_role("combobox", name="Kommun", exact=True).select_option(label=UPPSALA)
    one.page.wait_for_url("**scenario=uppsala_one_week**")
    assert "sanctions" not in one.page.url
    one.done("Klart")


@pytest.mark.parametrize(
    ("scheme", "width"), [("dark", 1360), ("light", 390), ("dark", 390)], ids=["dark", "phone", "dark phone"]
)
def test_it_can_be_read_on_a_phone_and_in_the_dark(visit, scheme, width):
    one = visit(SMALL, color_scheme=scheme, viewport={"width": width, "height": 840}).done()
    paper, ink = one.page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    light = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (paper, ink)]
    assert (light[0] < light[1]) == (scheme == "dark")
    for text in ("section.answer dd", "figcaption p", "td", "button"):
        own = one.page.locator(text).first.evaluate("one => getComputedStyle(one).color")
        assert own == ink, text
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    select = one.page.get_by_role("combobox", name="Sanctions", exact=True)
    assert select.evaluate("one => getComputedStyle(one).backgroundColor") == paper


def paper_of(page):
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return "dark" if sum(map(int, re.findall(r"\d+", colour)[:3])) < 380 else "light"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_its_own_light_and_dark(visit, scheme):
    other = {"light": "dark", "dark": "light"}[scheme]
    one = visit(SMALL, color_scheme=scheme).done()
    assert paper_of(one.page) == scheme
    choice = one.page.get_by_role("combobox", name="Colours", exact=True)
    choice.focus()
    choice.press({"light": "l", "dark": "d"}[other])
    assert choice.input_value() == other
    assert paper_of(one.page) == other
    ink = "one => getComputedStyle(one).fill"
    words = [one.picture(name).locator("svg text").first.evaluate(ink) for name in ("survival", "weeks")]
    assert words == [one.page.evaluate("getComputedStyle(document.body).color")] * 2
    assert one.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == other
    one.page.reload()
    one.page.get_by_role("status").wait_for()
    assert paper_of(one.page) == other
    one.page.get_by_role("combobox", name="Colours", exact=True).select_option("system")
    assert paper_of(one.page) == scheme
    one.done()


def test_what_was_stopped_stays_stopped(visit):
    one = visit("population.size=2000&replications=6&sanctions=none")
    one.picture("survival_by_group").wait_for()
    one.page.get_by_role("button", name="Stop", exact=True).click()
    one.done("Stopped")
    told = one.page.get_by_role("status").inner_text()
    one.page.get_by_role("combobox", name="Groups by", exact=True).select_option(label="sex")
    one.picture("survival_by_group").get_by_text("women").first.wait_for()
    one.page.wait_for_timeout(3000)
    assert one.page.get_by_role("status").inner_text() == told


def test_a_small_screen_hides_nothing_without_saying_so(visit):
    one = visit(f"{SMALL}&sanctions=none", viewport={"width": 400, "height": 840}).done()
    for name in (*PICTURES, *MOVED):
        one.picture(name).get_by_text(
            "Scroll sideways"
        ).first.wait_for()  # the picture's; its numbers may have one, too
    rows = one.page.get_by_role("table", name="Sanctions").get_by_role("row")
    assert rows.count() > 5
    for text in ("95 % interval", "difference"):
        cell = rows.nth(1).locator(f"[data-head='{text}']")
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 400, text
    wide = visit(f"{SMALL}&sanctions=none", viewport={"width": 1280, "height": 840}).done()
    wide.picture("survival").wait_for()
    assert not any(one.is_visible() for one in wide.picture("survival").get_by_text("Scroll sideways").all())


def test_everything_that_can_be_used_has_a_name_and_is_reached_by_tab(visit):
    one = visit(SMALL).done()
    reached = set()
    for _ in range(90):
        one.page.keyboard.press("Tab")
        reached.add(one.page.evaluate(DEEPEST_FOCUS))
    wanted = {
        "Sanctions",
        "Municipality",
        "Language",
        "Replications",
        "Play",
        "Table (CSV)",
        "Keep this as the baseline",
        "Colours",
    }
    assert wanted <= {name for name in reached if name}
    assert "INPUT without a name" not in reached


DEEPEST_FOCUS = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  if (!at) return null;
  const label = at.labels && at.labels[0];
  const own = at.getAttribute("aria-label") || at.textContent;
  const name = label ? (label.querySelector("span") || label).textContent : own;
  return (name || "").trim() || `${at.tagName} without a name`;
}"""


def test_levers_beyond_the_window_cast_a_shadow_at_its_edge(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    components = pytest.importorskip("simulator.dashboard.components")
    style = components.report_style() + components.browser_file("page.css") + "body { padding: 0; }"
    long = '<div style="height: 2000px"></div>'
    page.set_content(f'<style>{style}</style><form class="levers">{long}</form>')
    box = page.locator(".levers").bounding_box()
    edge = {"x": box["x"], "y": box["y"] + box["height"] - 4, "width": 20, "height": 4}
    more_below = page.screenshot(clip=edge)
    page.evaluate("document.querySelector('.levers').scrollTop = 9999")
    assert page.screenshot(clip=edge) != more_below
    page.close()
