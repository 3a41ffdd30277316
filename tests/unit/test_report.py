"""The report as a page: one file that asks for nothing, and that a screen reader can follow."""

from __future__ import annotations

import re
from functools import partial
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator import compare, load_scenario, simulate
from simulator.composing.pairing import loader
from simulator.experiments.comparison import Comparison
from simulator.experiments.sweep import carry_out, planned
from simulator.outcomes.outcome import Outcome
from simulator.parameters.sweep import Sweep
from simulator.reporting.comparison_report import answer as answer_of_pair
from simulator.reporting.comparison_report import write_comparison
from simulator.reporting.page import Page, Points, Prose, Section, Table, render, text_of
from simulator.reporting.report_sensitivity import report_study
from simulator.reporting.run_figures import moments
from simulator.reporting.run_report import answer, write_report
from simulator.reporting.sections import settings_section
from simulator.reporting.style import sheet
from simulator.reporting.sure_section import sure_section
from simulator.reporting.svg import inline
from simulator.reporting.sweep_report import write_sweep
from simulator.reporting.sweep_sections import failures_section
from simulator.reporting.who_sections import gap_table
from simulator.reporting.words import words_in
from simulator.settings_files import read_yaml, settings_folder
from simulator.study_vocabulary import Keep, Language

SMALL = ("population.size=120", "population.burn_in_weeks=10", "weeks=60", "replications=2", "seed=3")
VOID = {"meta", "link", "br", "hr", "img", "input", "path", "use", "rect", "circle", "line"}


class Reader(HTMLParser):
    """Reads a page: every element with its attributes and parents, and the text inside."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[dict] = []
        self.open: list[dict] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, **dict(attrs), "text": "", "within": [parent["tag"] for parent in self.open]}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, *tags: str) -> list[dict]:
        return [element for element in self.elements if element["tag"] in tags]


def spoken(outcome: Outcome, language: str) -> Outcome:
    settings = outcome.manifest["settings"]
    settings = {**settings, "output": {**settings["output"], "language": language}}
    return Outcome(
        outcome.spells, outcome.weekly, outcome.programmes, {**outcome.manifest, "settings": settings}
    )


@pytest.fixture(scope="module")
def effect() -> Comparison:
    first = load_scenario("default", *SMALL)
    return compare(first, load_scenario("default", *SMALL, "caseload.clients_per_caseworker=30"))


@pytest.fixture(scope="module")
def english(effect, tmp_path_factory) -> Path:
    """Return the folder of the report of the first run."""
    folder = tmp_path_factory.mktemp("english")
    write_report(effect.baseline, folder)
    return folder


def sweep_into(folder: Path, language: str) -> None:
    rows = [
        {"caseload.clients_per_caseworker": n, "sanctions": s} for n, s in ((80.0, "warning"), (30.0, "none"))
    ]
    common = load_scenario(
        "default", *SMALL, f"output.language={language}", f"output.dir={folder}", "workers=1"
    )
    usual = Sweep.model_validate(read_yaml(settings_folder() / "study" / "sweep.yaml"))
    run = planned(
        common, usual.model_copy(update={"keep": Keep.OUTCOMES}), loader(SMALL).points("default", rows)
    )
    assert carry_out(run, partial(write_sweep, command="simulator study=sweep")).empty


def sensitivity_into(folder: Path, language: str) -> None:
    own = (f"output.language={language}", f"output.dir={folder}", "workers=1", "study=sensitivity",
           "study.trajectories=2", "study.resamples=100",
           "study.factors='casework.p_plan sanctions.p_proof'",
           "study.outcome=mean time on benefit within the first 30 weeks")  # fmt: skip
    report_study(load_scenario("default", *SMALL, *own), "simulator study=sensitivity")


@pytest.fixture(scope="module", params=["en run", "sv run", "da pair", "da sweep", "sv sensitivity"])
def html(request, effect, english, tmp_path_factory) -> str:
    language, what = request.param.split()
    if language == "en":
        return (english / "report.html").read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp(language)
    pair = [spoken(run, language) for run in (effect.baseline, effect.alternative)]
    if what in {"sweep", "sensitivity"}:
        {"sweep": sweep_into, "sensitivity": sensitivity_into}[what](folder, language)
    elif what == "run":
        write_report(pair[0], folder)
    else:
        write_comparison(folder, Comparison(effect.table, *pair))
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html) -> Reader:
    return Reader(html)


def test_the_page_is_whole_and_says_its_language(html, page):
    assert html.startswith("<!DOCTYPE html>")
    assert not page.open
    (root,), (title,) = page.all("html"), page.all("title")
    assert root["lang"] in Language.labels()
    own = text_of("A Swedish municipality", words_in(root["lang"]))
    assert title["text"] == own.text
    assert not own.foreign
    assert "lang" not in page.all("h1")[0]


def test_texts_of_a_scenario_of_somebodys_own_are_marked_as_theirs():
    own = Page("Kommunen", "A Swedish municipality", "", ["A"], [])
    html = render(own, words_in("sv")).decode()
    assert '<h1 lang="en">Kommunen</h1>' in html
    assert '<p class="question">En svensk kommun</p>' in html
    assert "<h1>Kommunen</h1>" in render(own, words_in("en")).decode()


def test_nothing_is_asked_of_a_network_and_there_is_no_script(html, page):
    assert not page.all("script", "link", "img", "iframe", "object")
    assert not [name for element in page.elements for name in element if name.startswith("on")]
    addresses = {element[name] for element in page.elements for name in ("href", "src") if name in element}
    assert all(address.startswith("#") for address in addresses)
    assert set(re.findall(r"https?://[^\"' <]+", html)) <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in html
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {f"#{name}" for name in names(page)}


def names(page: Reader) -> list[str]:
    return [element["id"] for element in page.elements if element.get("id")]


def test_all_names_are_unique_and_all_pointers_lead_somewhere(page):
    there = names(page)
    assert len(there) == len(set(there))
    pointers = [
        name
        for element in page.elements
        for attribute in ("aria-labelledby", "aria-describedby")
        for name in (element.get(attribute) or "").split()
    ]
    links = [element["href"].removeprefix("#") for element in page.all("a", "use")]
    assert {*pointers, *links} <= set(there)


def test_headings_are_in_order(page):
    levels = [int(heading["tag"][1]) for heading in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(second - first <= 1 for first, second in pairwise(levels))


def test_landmarks_and_the_way_past_them(page):
    for tag in ("header", "nav", "main"):
        assert len(page.all(tag)) == 1
    assert page.all("a")[0]["href"] == "#content"
    labels = [element.get("aria-label") or element.get("aria-labelledby") for element in page.elements
              if element["tag"] == "section" or element.get("role") == "region"]  # fmt: skip
    assert None not in labels
    assert len(labels) == len(set(labels))


def is_of_settings(page: Reader) -> bool:
    """Whether the pictures are of settings, which are told by how they are typed."""
    return "tornado-title" in names(page)


def test_every_picture_is_told_in_words(page):
    figures = page.all("figure")
    assert len(figures) >= (2 if is_of_settings(page) else 3)
    texts = {element["id"]: element["text"].strip() for element in page.elements if element.get("id")}
    for element in page.elements:
        if element.get("role") == "img":
            assert texts[element["aria-labelledby"]]
            assert len(texts[element["aria-describedby"]]) > 40
            assert re.search(r"\d", texts[element["aria-describedby"]])
    assert (
        len([one for one in page.elements if one.get("role") == "img"])
        == len(figures)
        == len(page.all("svg"))
    )
    assert len(page.all("figcaption")) == len(figures)


def test_tables_have_captions_and_heads(page):
    tables = page.all("table")
    assert len(page.all("caption")) == len(tables) >= 3
    assert all(caption["text"].strip() for caption in page.all("caption"))
    assert {head["scope"] for head in page.all("th")} == {"col", "row"}


def test_no_word_of_the_tables_is_left_as_it_is_in_settings(page):
    tags = ("caption", "h2", "h3") if is_of_settings(page) else ("figure", "caption", "h2", "h3")
    said = " ".join(element["text"] for element in page.all(*tags))
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", said)
    assert "nan" not in said.split()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper(html, scheme):
    """Contrast of 4.5 and more for words, 3 and more for lines (WCAG 2.2 AA)."""
    roots = re.findall(r":root \{(.*?)\}", html, re.S)
    shades = dict(re.findall(r"--(\w+): (#\w{6})", roots[0 if scheme == "light" else -1]))
    for name in ("ink", "soft", "link", *(f"d{number}" for number in range(7))):
        assert contrast(shades[name], shades["paper"]) >= 4.5, name
    for name in ("ink", "soft", "link"):
        assert contrast(shades[name], shades["panel"]) >= 4.5, name
    for name in ("c0", "c1", "c2", "c6") if scheme == "light" else (f"c{number}" for number in range(7)):
        assert contrast(shades[name], shades["paper"]) >= 3.0, name


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(shade: str) -> float:
    parts = np.array([int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_colour_of_a_figure_is_one_of_the_page(page):
    styles = " ".join(element.get("style") or "" for element in page.elements)
    assert not re.findall(r"#[0-9a-fA-F]{6}", styles)


def test_a_report_has_the_same_bytes_each_time_and_no_time_in_it(effect, english, tmp_path):
    later = {**effect.baseline.manifest, "started": "2031-01-01T00:00:00", "ended": "2031-01-01T00:00:00"}
    again = Outcome(effect.baseline.spells, effect.baseline.weekly, effect.baseline.programmes, later)
    write_report(again, tmp_path)
    first, second = ((folder / "report.html").read_bytes() for folder in (english, tmp_path))
    assert first == second
    assert b"2031-01" not in second


def test_settings_that_differ_are_listed_and_no_others(effect):
    words = words_in("en")
    default = load_scenario("default").model_dump(mode="json")
    run = effect.alternative.manifest["settings"]
    (table,) = settings_section(["here"], default, [run], words).blocks
    assert isinstance(table, Table)
    changed = {row[0]: row[2:] for row in table.rows}
    assert changed["caseload.clients_per_caseworker"] == ("80.0", "30.0")
    assert set(changed) == {one.partition("=")[0] for one in SMALL} | {"caseload.clients_per_caseworker"}
    assert isinstance(settings_section(["here"], default, [default], words).blocks[0], Prose)


def summary(**rows):
    columns = ["outcome", "value", "low", "high", "unit", "replications"]
    return pd.DataFrame([(name, *numbers, "", 2) for name, numbers in rows.items()], columns=columns)


def test_the_answer_of_a_run_names_the_commonest_door():
    table = summary(
        **{
            "median time on benefit": (16.4, 16.1, 16.7),
            "off benefit within 52 weeks": (0.737, 0.736, 0.739),
            "left by study within 104 weeks": (0.2, 0.19, 0.21),
            "left by work within 104 weeks": (0.6, 0.59, 0.61),
        }
    )
    assert answer(table, words_in("sv")) == [
        "Hälften av dem som börjar en biståndsperiod har lämnat biståndet inom 16,4 (16,1 till 16,7) veckor.",
        "Inom 52 veckor har 73,7 % (73,6 till 73,9) lämnat biståndet.",
        "Den vanligaste vägen ut är: reguljärt arbete. "
        "Inom 104 veckor lämnar 60,0 % (59,0 till 61,0) den vägen.",
    ]
    nobody = answer(summary(**{"clients on benefit": (0.0, 0.0, 0.0)}), words_in("en"))
    assert nobody == ["No spell begins within the run, so that no time to exit can be shown."]


@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_the_answer_of_a_run_is_cut_at_what_is_possible(language):
    table = summary(
        **{"median time on benefit": (3.0, -2.0, 8.0), "left by work within 10 weeks": (0.328, -0.865, 1.521)}
    ).assign(unit=["weeks", "share of spells"])
    median, door = answer(table, words_in(language))
    numbers = {"en": ("0.00", "0.0"), "sv": ("0,00", "0,0"), "da": ("0,00", "0,0")}[language]
    to = words_in(language)("to", low="", high="").strip()
    assert f"({numbers[0]} {to} 8" in median
    assert f"({numbers[1]} {to} 100" in door


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            (-1.2, -1.3, -1.1),
            "shortens the mean time on assistance within the first 104 weeks by 1.20 (1.10 to 1.30)",
        ),
        (
            (1.2, 1.1, 1.3),
            "lengthens the mean time on assistance within the first 104 weeks by 1.20 (1.10 to 1.30)",
        ),
        ((0.1, -0.2, 0.4), "cannot be said from these runs: +0.10 (−0.20 to +0.40)"),
        ((0.1, float("nan"), float("nan")), "cannot be said from these runs: +0.10 weeks"),
        ((0.0, 0.0, 0.0), "as it is"),
    ],
)
def test_the_answer_of_a_pair_claims_no_more_than_its_interval(numbers, said):
    columns = ["outcome", "difference", "low", "high", "unit"]
    row = ("mean time on benefit within the first 104 weeks", *numbers, "weeks")
    table = pd.DataFrame([row], columns=columns)
    sentence, *why = answer_of_pair(table, words_in("en"))
    assert said in sentence
    assert bool(why) == np.isnan(numbers[1])


def test_what_settings_say_cannot_become_markup():
    page = Page("<b>", '"><script>', "&", ["1 < 2"], [Section("one", "One", [Points(["<i>"])])])
    html = render(page, words_in("en")).decode()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_what_is_written_beside_the_summary_is_not_reckoned_again(effect, english, tmp_path, monkeypatch):
    run = effect.baseline
    tables = run.written_tables()
    monkeypatch.setattr(Outcome, "written_tables", lambda *_: 1 / 0)
    monkeypatch.setattr(Outcome, "summary", lambda *_: 1 / 0)
    write_report(run, tmp_path, tables.__getitem__)
    given, reckoned = ((folder / "report.html").read_bytes() for folder in (tmp_path, english))
    assert given == reckoned
    assert {path.stem for path in (tmp_path / "figures").iterdir()} >= {
        "workload", "waits", "who", "creaming", "caseworker_time_shared"
    }  # fmt: skip


def test_how_sure_says_what_intervals_half_as_wide_take(effect):
    words, run = words_in("en"), effect.baseline
    values, table = run.outcomes(), run.summary()
    prose, shown = sure_section(table, values, words).blocks
    name = next(name for name in table["outcome"] if name.startswith("mean time on benefit"))
    row = table.set_index("outcome").loc[name]
    more = run.replications_needed(name, (row["high"] - row["low"]) / 2)
    assert more > 0
    assert f"Intervals half as wide take {more} more." in prose.text
    half = (row["high"] - row["low"]) / 2
    assert shown.rows[0][:3] == (name, words.number(row["value"]), f"± {words.number(half)}")
    assert shown.rows[0][4] == words.number(100 * half / row["value"], 1)
    (prose,) = sure_section(table.assign(low=np.nan, high=np.nan), values, words).blocks
    assert "at least two replications" in prose.text


@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_intervals_over_spells_and_over_replications_are_told_apart(language):
    words = words_in(language)
    spells = words("report.interval_spells").removeprefix(words("report.interval"))
    assert spells and words("figures.spells_note", spells=1, replications=1).endswith(spells)
    for over in ("waits_note", "hours_note", "creaming_note"):
        assert spells not in words(f"figures.{over}", count=1, weeks=1)


def test_a_ratio_that_cannot_be_told_is_said_to_be_so():
    words = words_in("en")
    gaps = pd.DataFrame(
        {"by": "family", "group": "children", "reference": "no children", "outcome": "reductions",
         "difference": 1.0, "low": -1.0, "high": 3.0, "ratio": 1.59, "ratio_low": -np.inf,
         "ratio_high": np.inf, "unit": "per 1,000 client-years"}, index=[0],
    )  # fmt: skip
    assert gap_table(gaps, words).rows[0][-1] == "cannot be told"
    assert gap_table(gaps.assign(ratio_low=1.5, ratio_high=1.75), words).rows[0][-1] == "1.59 (1.50 to 1.75)"


def test_a_curve_is_not_told_where_few_are_left():
    curve = pd.DataFrame({"week": [0, 26, 52, 104], "at_risk": [500, 60, 20, 1]})
    assert moments(curve) == [26, 52]
    assert moments(curve.assign(at_risk=[9, 3, 2, 1])) == [26, 52, 104]


def test_points_that_failed_are_told_with_their_message():
    words, keys = words_in("sv"), ["caseload.clients_per_caseworker", "casework.template"]
    failed = pd.DataFrame([{"point": 3, keys[0]: 40.5, keys[1]: True, "error": "RuntimeError: out of luck"}])
    _, table = failures_section(failed, keys, words).blocks
    assert table.rows == [("3", "40,5", "ja", "RuntimeError: out of luck")]
    assert not failures_section(failed.iloc[:0], keys, words).blocks


def test_a_section_without_blocks_is_left_out():
    page = Page(
        "T", "Q", "", ["A"], [Section("empty", "Nothing", []), Section("full", "Something", [Prose("x")])]
    )
    html = render(page, words_in("en")).decode()
    assert "Nothing" not in html
    assert "Something" in html


def test_a_run_without_new_spells_has_a_report(tmp_path):
    small = ("population.mode=cohort", "population.size=30", "weeks=3", "replications=1")
    outcome = simulate(load_scenario("default", *small))
    before = outcome.spells.assign(entry_week=-1)
    write_report(Outcome(before, outcome.weekly, outcome.programmes, outcome.manifest), tmp_path)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No spell begins within the run" in html
    assert "an interval needs at least two replications" in html
    said = re.sub(' data-head="[^"]*"', "", html.partition("</style>")[2])
    assert "interval" in said.partition('class="answer"')[2].partition("</section>")[0]
    promises = re.findall(r"[^.;<>]*95 % interval[^.;<>]*", said.partition('id="methods"')[0])
    assert all("over spells" in one or one == "95 % interval" for one in promises), promises


def test_a_figure_keeps_its_title_after_it_stood_in_a_page():
    figure = sheet(4.0, 2.0, "A title", "and more")
    svg = inline(figure, "one")
    assert "A title" not in svg
    assert all(text.get_visible() for text in figure.texts)
