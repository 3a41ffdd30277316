"""Shares and two-way counts of one's own: what they set, what comes last, and that they differ by point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.composing import check_overrides, load_scenario
from simulator.composing.joint import polychoric
from simulator.composing.margins import TRAITS
from simulator.config import read_scenario
from simulator.errors import SettingsError
from simulator.parameters import Population
from simulator.paths import value_at
from simulator.provenance import settings_of

SHARES = """trait,value,share,source
age,under_30,0.31,x
age,30_or_over,0.69,x
woman,no,0.45,x
education,primary,0.5,x
education,tertiary,0.1,x
language,yes,0.2,x
"""
COUNTS = """trait_1,value_1,trait_2,value_2,count
age,under_30,health,no,300
age,under_30,health,yes,50
age,30_or_over,health,no,350
age,30_or_over,health,yes,300
"""


@pytest.fixture
def shares(tmp_path: Path) -> str:
    path = tmp_path / "shares.csv"
    path.write_text(SHARES, encoding="utf-8-sig")
    return f"population.margins={path}"


@pytest.fixture
def counts(tmp_path: Path) -> str:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="utf-8")
    return f"population.tables={path}"


def test_a_file_sets_its_shares_and_nothing_else(shares):
    usual, own = load_scenario("default").population, load_scenario("default", shares).population
    assert own.share_under_30 == 0.31
    assert own.share_women == pytest.approx(0.55)
    assert (own.share_primary_education, own.share_tertiary_education) == (0.5, 0.1)
    assert own.model_dump()["prevalence"] != usual.model_dump()["prevalence"]
    changed = {"margins", "share_under_30", "share_women", "share_primary_education",
               "share_tertiary_education", "prevalence"}  # fmt: skip
    assert own.model_dump(exclude=changed) == usual.model_dump(exclude=changed)


def test_what_a_command_sets_comes_last_also_in_a_sweep(shares):
    assert load_scenario("default", "population.share_women=0.1", shares).population.share_women == 0.1
    whole = "population.prevalence={health:0.1,substance:0,debt:0,language:0.9,family:0,skills:0}"
    kept = load_scenario("default", shares, whole).population.prevalence
    assert {barrier.label: share for barrier, share in kept.items()}["language"] == 0.9
    _, points = check_overrides([shares, "population.share_women=0.1,0.2,0.3"], sweep=True)
    assert [point.population.share_women for point in points] == [0.1, 0.2, 0.3]
    assert {point.population.share_under_30 for point in points} == {0.31}


def test_files_can_be_swept_over(shares, tmp_path):
    (tmp_path / "other.csv").write_text("trait,value,share\nwoman,yes,0.7\n", encoding="utf-8")
    _, points = check_overrides([f"{shares},{tmp_path / 'other.csv'}"], sweep=True)
    assert [round(point.population.share_women, 9) for point in points] == [0.55, 0.7]
    assert [point.population.share_under_30 for point in points] == [0.31, 0.36]


def test_settings_that_were_read_are_not_read_again(shares, tmp_path):
    settings = settings_of(load_scenario("default", shares))
    (tmp_path / "shares.csv").unlink()
    settings["population"]["share_women"] = 0.2
    assert read_scenario(settings).population.share_women == 0.2


def test_counts_become_an_association_with_its_people_and_interval(counts):
    (one,) = load_scenario("default", counts).population.associations.values()
    expected, _ = polychoric_of_counts()
    assert one.words == f"age with health {round(expected, 4):g}"
    assert one.correlation > 0.3
    assert "counts.csv: 1,000 people, 95 % interval 0." in one.source


def polychoric_of_counts() -> tuple[float, float]:
    return polychoric(np.array([[300.0, 50.0], [350.0, 300.0]]))


def test_counts_take_the_place_of_what_an_option_assumes_of_the_pair(counts):
    usual = load_scenario("default", "population=swedish_joint").population.associations
    own = load_scenario("default", "population=swedish_joint", counts).population.associations
    assert set(own) == set(usual)
    assert own["age_and_health"].source != usual["age_and_health"].source


def test_an_association_of_the_command_comes_last(counts):
    fixed = (
        "+population.associations.age_and_health={first: age, second: health, correlation: 0.1, source: x}"
    )
    assert (
        load_scenario("default", counts, fixed).population.associations["age_and_health"].correlation == 0.1
    )


def test_every_share_of_the_settings_is_that_of_a_trait():
    held = {setting for margin in TRAITS.values() for setting in margin.settings.values()}
    shares = {name for name in Population.model_fields if name.startswith("share_")}
    assert shares <= held
    settings = load_scenario("default").population.model_dump(mode="json")
    assert all(isinstance(value_at(settings, setting), float) for setting in held)


def test_a_file_that_is_no_table_is_told(tmp_path):
    path = tmp_path / "image.csv"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(SettingsError, match="it is no CSV file in UTF-8"):
        load_scenario("default", f"population.margins={path}")
