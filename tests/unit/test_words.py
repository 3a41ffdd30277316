"""The languages: the same keys and blanks in each, every label, every outcome of every scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.composing import load_scenario
from simulator.experiments.effects import GAINS, ONLY_EFFORT, ONLY_MUNICIPALITY, SERVICES
from simulator.outcomes.budget import ALL_PAYERS, CONSEQUENCES, EFFORT, NET, PAYERS
from simulator.outcomes.capacity import WAITS
from simulator.outcomes.costs import ALL, ITEMS
from simulator.outcomes.distance import THIRDS, WITH, WITHOUT
from simulator.outcomes.effectiveness import QUADRANTS, UNTOLD
from simulator.outcomes.lorenz import TIME
from simulator.outcomes.tables import AGE_GROUPS, HINDRANCES
from simulator.outcomes.who import GOT
from simulator.reporting.page import text_of
from simulator.reporting.run_figures import GROUPS
from simulator.reporting.who_sections import GAP_UNIT, TRAITS
from simulator.reporting.words import words_in
from simulator.settings_files import list_scenarios
from simulator.study_vocabulary import Language
from simulator.vocabulary import Door, Education, Task, Team

SCENARIOS = Path(__file__).parents[2] / "scenarios"
KINDS = Path(__file__).parents[2] / "conf" / "programmes" / "kind"
SAME_IN_ALL = re.compile(
    r"report\.(python|commit)|units\.(1|share)|plan\.lever\.programme\.other|number\..*|figures\.(.*_axis|forest_point)"
)
PLACES = re.compile(
    r"labels\.text\.(Gröna Vägen, Borås|Källan, Osby.*|Jobbcentrum, Skärholmen.*|Sundbyberg: Instrument X)"
)
DOORS = {"en": "gave up benefit", "sv": "avstående från bistånd", "da": "afkald på kontanthjælp"}
ONE_WORD = {
    "sv": ("försörjningsstöd",),
    "da": (r"(?<!anden )\bydels\w*", r"\bindsats(er|pladser)\b", r"\b(en|i) indsats\b"),
}
"""Words that would stand beside the one that a language has for the benefit and for a programme."""


@pytest.fixture(params=Language.labels())
def words(request):
    return words_in(request.param)


def test_no_key_is_missing_and_each_has_the_same_blanks(words):
    english = words_in("en")
    assert list(words.texts) == list(english.texts)
    for key, text in words.texts.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english.texts[key])), key
        assert text.strip() or key in {"units.1", "number.thousands"}, key


COUNTED = {
    "en": ("Mean of 1 week;", "off benefit within 1 week", "1 client per caseworker", "the first week"),
    "sv": ("Medelvärde av 1 vecka;", "inom 1 vecka", "1 klient per handläggare", "den första veckan"),
    "da": ("Gennemsnit af 1 uge;", "inden for 1 uge", "1 borger pr. sagsbehandler", "den første uge"),
}  # fmt: skip


def test_what_is_counted_agrees_with_the_number_one(words):
    note, within, clients, first = COUNTED[words.language]
    assert words("figures.programmes_note", weeks=1, count=1).startswith(note)
    assert within in words.outcome("off benefit within 1 weeks")
    assert words("plan.lever.caseload.clients_per_caseworker", value="1") == clients
    assert first in words.outcome("mean time on benefit within the first 1 weeks")


def test_only_the_number_one_is_one(words):
    for value in ("11", "2", "1.0", "1,1", "0.1", "2,001", "1\u00a0001", "−1", "-1", "1001", "1.001"):
        key = "plan.lever.caseload.clients_per_caseworker"
        assert words(key, value=value) == words.texts[key].replace("{value}", value)


def test_another_language_is_not_english():
    english = words_in("en").texts
    for language in ("sv", "da"):
        texts = words_in(language).texts
        same = [key for key, text in texts.items() if text == english[key] and len(text.split()) > 2]
        assert not [key for key in same if not SAME_IN_ALL.fullmatch(key) and not PLACES.fullmatch(key)]


@pytest.mark.parametrize("language", ONE_WORD)
def test_one_thing_has_one_word(language):
    texts = words_in(language).texts
    for word in ONE_WORD[language]:
        assert not [key for key, text in texts.items() if re.search(word, text, re.IGNORECASE)], word


def test_who_gives_up_benefit_need_not_have_met_a_sanction(words):
    assert words.label("door", Door.WITHDRAWAL.label) == DOORS[words.language]
    assert load_scenario("default", "sanctions=none").doors.withdrawal.h_weekly > 0.0


@pytest.mark.parametrize("group", ["scenario", "experiment"])
def test_every_title_and_question_has_words(words, group):
    found = list_scenarios(group=group)
    assert len(found) >= (29 if group == "scenario" else 6)
    for name, *texts in found:
        for text in texts:
            assert not text_of(text, words).foreign, (name, text)


def test_every_label_of_the_model_has_words(words):
    labels = {
        "door": Door.labels(),
        "task": [*Task.labels(), "not_used"],
        "age_group": list(AGE_GROUPS),
        "sex": ["woman", "man"],
        "foreign_born": ["True", "False"],
        "education": Education.labels(),
        "hindrance": HINDRANCES,
        "team": Team.labels(),
    }
    for kind, names in labels.items():
        assert {f"labels.{kind}.{name}" for name in names} == {
            key for key in words.texts if key.startswith(f"labels.{kind}.")
        }
    assert {f"by.{column}" for column in GROUPS} <= set(words.texts)
    titles = [re.search(r"^title: (.*)$", path.read_text(), re.M)[1] for path in KINDS.glob("[a-z]*.yaml")]
    assert titles
    assert {f"labels.programme.{title}" for title in titles} <= set(words.texts)


def test_every_label_of_the_tables_of_money_has_words(words):
    labels = {
        "item": [*ITEMS, ALL],
        "payer": [*PAYERS, ALL_PAYERS],
        "part": [EFFORT, CONSEQUENCES, NET],
        "perspective": [ONLY_EFFORT, SERVICES, ALL_PAYERS, ONLY_MUNICIPALITY],
        "gain": list(GAINS),
        "quadrant": [*QUADRANTS.values(), UNTOLD],
        "time": list(TIME),
    }
    for kind, names in labels.items():
        assert {f"labels.{kind}.{name}" for name in names} <= set(words.texts)


def test_every_label_and_outcome_of_the_tables_of_who_and_waits_has_words(words):
    labels = {"wait": WAITS, "distance": THIRDS, "family": (WITHOUT, WITH)}
    for kind, names in labels.items():
        assert {f"labels.{kind}.{name}" for name in names} <= set(words.texts)
    assert {f"by.{trait}" for trait in TRAITS} <= set(words.texts)
    names = [*GOT, *(f"{name}, a month on benefit" for name in list(GOT)[1:])]
    assert {f"outcomes.{name}" for name in names} <= set(words.texts)
    assert {f"units.{unit}" for unit in ("per month", GAP_UNIT)} <= set(words.texts)


def frozen():
    return pd.concat([pd.read_csv(path) for path in sorted(SCENARIOS.glob("*.expected.csv"))])


def test_every_outcome_and_unit_of_every_scenario_has_words(words):
    table = frozen()
    names = table["outcome"].unique()
    assert len(names) > 60
    for name in names:
        assert any(pattern.fullmatch(name) for pattern, _ in words._patterns), name
        assert "{" not in words.outcome(name)
    assert {f"units.{unit}" for unit in table["unit"]} <= set(words.texts)


def test_outcomes_are_told_apart(words):
    names = frozen()["outcome"].unique()
    assert len({words.outcome(name) for name in names}) == len(names)


def test_an_outcome_with_blanks_is_filled_in():
    name = "left by subsidised_work within 104 weeks"
    assert words_in("en").outcome(name) == "left within 104 weeks: subsidised work"
    assert words_in("sv").outcome(name) == "avslutade inom 104 veckor: subventionerat arbete"
    assert words_in("da").outcome(name) == "afgang inden for 104 uger: støttet beskæftigelse"
    assert words_in("sv").outcome("one of somebody's own") == "one of somebody's own"


def test_numbers_as_they_are_written_in_each_language():
    numbers = {language: words_in(language) for language in Language.labels()}
    assert {name: words.number(-115710.4) for name, words in numbers.items()} == {
        "en": "−115,710",
        "sv": "−115\u00a0710",
        "da": "−115.710",
    }
    assert {name: words.percents(0.737, 0.7361, 0.739) for name, words in numbers.items()} == {
        "en": "73.7 % (73.6 to 73.9)",
        "sv": "73,7 % (73,6 till 73,9)",
        "da": "73,7 % (73,6 til 73,9)",
    }
    assert numbers["en"].percents(0.001, -0.4, 1.7) == "0.1 % (0.0 to 100.0)"
    assert numbers["da"].signed(1.5) == "+1,50"
    assert [numbers["en"].signed(value) for value in (0.004, -0.004, 0.006)] == ["0.00", "0.00", "+0.01"]
    small = [numbers["da"].significant(value) for value in (0.000123456, 0.0, 1.2345, 4321.0)]
    assert small == ["0,000123", "0,00", "1,23", "4.321"]
    assert numbers["en"].number(float("nan")) == ""
    assert numbers["en"].number(-0.0001) == "0.00"
    assert numbers["sv"].tick(-0.5) == "−0,5"
    assert numbers["sv"].tick(0.0) == "0"


@given(st.floats(-1e9, 1e9), st.sampled_from(Language.labels()))
def test_a_written_number_can_be_read_back(value, language):
    words = words_in(language)
    marks = {words("number.thousands"): "", words("number.decimal"): ".", "−": "-"}
    written = words.number(value)
    read = float("".join(marks.get(sign, sign) for sign in written))
    off = 0.5 if abs(value) >= 1000 else 0.05 if abs(value) >= 10 else 0.005
    assert read == pytest.approx(value, abs=1.01 * off)
    assert written.startswith("−") == (read < 0)


def test_groups_keep_the_order_of_their_labels():
    column = pd.Series(pd.Categorical(["50-64", "18-29"], ["18-29", "30-49", "50-64"], ordered=True))
    assert list(words_in("sv").labelled(column, "age_group").cat.categories) == [
        "18–29 år",
        "30–49 år",
        "50–64 år",
    ]
    told = words_in("da").labelled(pd.Series([True, False]), "foreign_born")
    assert list(told) == ["født i udlandet", "født i landet"]
