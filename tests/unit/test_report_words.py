"""What reports say of questions, draws, prices and intervals, without a run."""

from __future__ import annotations

import pandas as pd
import pytest

from simulator import load_scenario
from simulator.describing import find_setting
from simulator.reporting import budget_section, draws_report, page, pair_words
from simulator.reporting.capacity_sections import FOR_A_CASEWORKER, caseworker_wait, draw_waits
from simulator.reporting.effect_figures import acceptability_table, plane_table
from simulator.reporting.run_figures import panel_table
from simulator.reporting.words import words_in

LANGUAGES = ("en", "sv", "da")


@pytest.fixture(scope="module")
def pair() -> tuple[dict, dict]:
    """Return the settings of two scenarios that differ in one thing."""
    first = load_scenario("default").model_dump(mode="json")
    second = load_scenario("default", "caseload.clients_per_caseworker=40").model_dump(mode="json")
    return first, second


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_comparison_asks_what_its_change_does(pair, language):
    words = words_in(language)
    asked, own = pair_words.question_of(*pair, words)
    before = pair[0]["caseload"]["clients_per_caseworker"]
    assert own
    assert asked.endswith("?")
    assert (
        f": 40 {words('report.changed', setting='', first='', second='').removeprefix(':').strip()}" in asked
    )
    (table,) = pair_words.changes_blocks(*pair, words)
    assert [(row[0], *row[2:]) for row in table.rows] == [
        ("caseload.clients_per_caseworker", str(before), "40.0")
    ]


def test_a_scenario_with_a_question_of_its_own_keeps_it(pair):
    other = {**pair[1], "about": {**pair[1]["about"], "question": "Why?"}}
    assert pair_words.question_of(pair[0], other, words_in("sv")) == ("Why?", False)
    assert pair_words.question_of(pair[0], pair[0], words_in("sv"))[1] is False
    assert pair_words.changes_blocks(pair[0], pair[0], words_in("en")) == []


def test_many_changes_are_counted_and_not_all_named(pair):
    first, second = pair
    many = {**second, "costs": dict.fromkeys(first["costs"], 1.0)}
    asked, _ = pair_words.question_of(first, many, words_in("en"))
    more = len(first["costs"]) + 1 - pair_words.NAMED
    assert asked.endswith(f"; and {more} more setting{'s' if more > 1 else ''}?")


def test_scenarios_have_settled_unless_a_reform_or_a_cohort_begins(pair):
    reform = {**pair[1], "reform": {**pair[1]["reform"], "week": 0}}
    cohort = {**pair[1], "population": {**pair[1]["population"], "mode": "cohort"}}
    assert pair_words.is_steady(pair)
    assert not pair_words.is_steady((pair[0], reform))
    assert not pair_words.is_steady((cohort, cohort))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_over_draws_says_the_level_of_each_interval(language):
    row = {
        "outcome": "off benefit within 52 weeks", "unit": "share of spells", "value": 0.9, "draws": 6,
        "monte_carlo_low": 0.7, "monte_carlo_high": 1.1, "parameter_low": 0.8, "parameter_high": 0.95,
        "parameter_covers": 5 / 7, "share_monte_carlo": 0.5,
    }  # fmt: skip
    words = words_in(language)
    (said,) = draws_report._answer(pd.DataFrame([row]), words, False)
    assert "95 %" in said and words.percent(5 / 7) in said
    assert words("to", low=words.number(70.0), high=words.number(100.0)) in said
    (said,) = draws_report._answer(pd.DataFrame([{**row, "parameter_low": float("nan")}]), words, False)
    assert "95 %" in said and words.percent(5 / 7) not in said


def test_what_was_drawn_keeps_three_digits():
    table = draws_report._settings_table(
        pd.DataFrame({"draw": [0, 1], "x.h": [0.00123456, 0.00223456]}), words_in("en")
    )
    assert table.rows[0][2:] == ("0.00123", "0.00173", "0.00223")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_price_has_its_source_and_the_year_and_rate_are_told(pair, language):
    words = words_in(language)
    changed = {**pair[0], "accounts": {**pair[0]["accounts"], "discount_yearly": 0.021}}
    prose, table = budget_section.price_blocks(changed, words)
    assert str(budget_section.PRICES_OF) in prose.text and words.percent(0.021) in prose.text
    assert str(budget_section.PRICES_OF) in find_setting("costs").title
    rows = {row[0]: row for row in table.rows}
    assert {f"costs.{name}" for name in pair[0]["costs"]} <= set(rows)
    assert {f"accounts.{name}" for name in pair[0]["accounts"]} <= set(rows)
    assert "programmes.coaching.sek_per_place_week" in rows
    assert all(row[3] for row in table.rows)
    usual = words.plain_number(pair[0]["accounts"]["discount_yearly"])
    assert usual in rows["accounts.discount_yearly"][3]


def test_the_budget_has_each_payer_and_each_year():
    budget = pd.DataFrame(
        [(year, payer, *one, 1.0, 0.5, 1.5, "million SEK")
         for payer in ("municipality", "all payers")
         for one in (("effort", "caseworkers"), ("effort", "sum"), ("net result", "net result"))
         for year in ("1", "2", "present value")],
        columns=["year", "payer", "part", "item", "value", "low", "high", "unit"],
    )  # fmt: skip
    years, items = budget_section.budget_tables(budget, words_in("en"))
    assert years.heads == ["payer", "part", "year 1", "year 2", "present value"]
    assert [row[:2] for row in years.rows] == [
        ("municipality", "the effort"), ("municipality", "net result"),
        ("all public payers", "the effort"), ("all public payers", "net result"),
    ]  # fmt: skip
    assert {cell for row in years.rows for cell in row[2:]} == {"+1.00 (+0.50 to +1.50)"}
    assert items.folded and len(items.rows) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_replication_promises_no_interval(language):
    words = words_in(language)
    keys = [
        key.removesuffix("_one")
        for key in words.texts
        if key.endswith("_note_one") and key != "figures.weeks_note_one"
    ]
    assert len(keys) >= 6
    for key in keys:
        filled = {"count": 1, "weeks": 52, "replications": 1}
        assert "95 %" not in words.over(key, 1, **filled)
        assert "95 %" in words.over(key, 2, **filled)
    for key in ("cost_table", "outcome_table", "gap_table", "budget_years_table"):
        assert "interval" not in words(f"report.{key}_one")


def test_pictures_of_lines_have_their_numbers():
    words = words_in("sv")
    points = pd.DataFrame({"replication": [0, 1], "gain": [1.5, -2.0], "cost": [2e6, -1e6]})
    assert plane_table(points, "replication", words).rows == [
        ("0", "+1,50", "+2,00"),
        ("1", "−2,00", "−1,00"),
    ]
    curve = pd.DataFrame({"willingness": range(0, 610, 10), "probability": 0.25})
    rows = acceptability_table(curve, words).rows
    assert len(rows) == 11 and rows[0] == ("0", "25,0 %") and rows[-1][0] == "600"
    weekly = pd.DataFrame({"replication": 0, "week": range(20), "clients": range(20), "other": 1.0})
    panels = (("on_benefit", "persons", {"clients": ""}),)
    table = panel_table(weekly, panels, "figures.weeks", words)
    assert table.rows == [("0 till 12", "6,0"), ("13 till 19", "16,0")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wait_for_a_caseworker_is_told_and_waits_of_nobody_are_not_drawn(language):
    words = words_in(language)
    row = {"area": "waits", "group": FOR_A_CASEWORKER, "value": 71.2, "low": -3.0, "high": 84.1}
    said = caseworker_wait(pd.DataFrame([row]), words)
    assert words.interval(*(words.number(one) for one in (71.2, 0.0, 84.1))) in said
    assert caseworker_wait(pd.DataFrame([{**row, "value": float("nan")}]), words) == ""
    weeks = range(53)
    some, none = ([0.5] * 53, [0.0] * 53)
    waits = pd.concat([
        pd.DataFrame({"wait": wait, "week": weeks, "share": share, "low": share, "high": share})
        for wait, share in (("plan", some), ("first talk", none))
    ])  # fmt: skip
    drawing = draw_waits(waits, 60, 3, words, said)
    assert drawing.points[:2] == [
        said, words("figures.waits_nobody", waits=words.label("wait", "first talk"))
    ]  # fmt: skip
    assert {row[0] for row in drawing.table.rows} == {words.label("wait", "plan")}


def test_on_paper_folded_tables_leave_no_line_and_heads_stay_with_their_rows():
    css = page._template("report.css").partition("@media print")[2]
    assert "details:not([open]) { display: none; }" in css
    assert "caption, thead, tbody tr:first-child { break-after: avoid; }" in css
    assert not [line for line in css.splitlines() if "figure," in line and "break-inside" in line]
