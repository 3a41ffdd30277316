"""`study=people`: tables, pictures and words of who the people are, wanted against drawn."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from simulator.cli import main
from simulator.composing import load_scenario
from simulator.composing.margins import TRAITS
from simulator.experiments.people import HALVED

SMALL = ("population.size=300", "population.offices=1", "replications=3", "workers=1")


def run(folder, *more) -> int:
    return main(["study=people", "population=swedish_joint", *SMALL, *more, f"output.dir={folder}"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("people") / "run"
    more = ("population.burn_in_weeks=20", "study.stock=swedish_stock")
    assert run(path, *more) == 0
    return path


def test_tables_say_what_is_wanted_and_drawn(folder):
    shares = pd.read_csv(folder / "people.csv")
    stock = load_scenario("default", "population=swedish_stock").population
    rows = shares.set_index(["who", "trait", "value"])
    assert set(shares["trait"]) == set(TRAITS)
    assert rows.loc[("applicants", "woman", "yes"), "wanted"] == 0.48
    assert rows.loc[("applicants", "education", "secondary"), "wanted"] == pytest.approx(0.48)
    assert rows.loc[("stock", "debt", "yes"), "wanted"] == stock.model_dump(mode="json")["prevalence"]["debt"]
    assert (shares["low"] <= shares["drawn"]).all()
    assert (shares["drawn"] <= shares["high"]).all()
    assert shares.groupby(["who", "trait"])[["wanted", "drawn"]].sum().to_numpy() == pytest.approx(1.0)


def test_associations_are_told_with_their_people(folder):
    table = pd.read_csv(folder / "associations.csv").set_index(["who", "first", "second"])
    number = len(TRAITS) + len(HALVED)
    assert len(table) == 2 * number * (number - 1) / 2
    health = table.loc[("applicants", "age", "health")]
    assert health["wanted"] == 0.25
    assert health["low"] < health["drawn"] < health["high"]
    assert table.xs("stock")["wanted"].isna().all()
    language = table.loc[("applicants", "education", "language")]
    assert language["persons"] < health["persons"]


def test_a_finished_study_is_not_done_again_and_its_files_are_signed(folder, capsys):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {"people.csv", "associations.csv", "figures/people.png"} <= set(manifest["files"])
    before = (folder / "people.csv").stat().st_mtime_ns
    assert run(folder, "population.burn_in_weeks=20", "study.stock=swedish_stock") == 0
    assert (folder / "people.csv").stat().st_mtime_ns == before
    said = capsys.readouterr().out
    assert "newly arrived, language" in said
    assert said.splitlines()[-1] == str(folder)


def test_a_cohort_has_no_stock_and_a_single_replication_no_interval(tmp_path, capsys):
    assert run(tmp_path / "one", "population.mode=cohort", "replications=1") == 0
    shares = pd.read_csv(tmp_path / "one" / "people.csv")
    assert set(shares["who"]) == {"applicants"}
    assert shares["low"].isna().all()
    assert "two replications" in capsys.readouterr().out


def test_people_who_are_all_alike_go_together_with_nothing(tmp_path, capsys):
    assert main(["study=people", "scenario=neutral", *SMALL, f"output.dir={tmp_path / 'alike'}"]) == 0
    table = pd.read_csv(tmp_path / "alike" / "associations.csv")
    assert table["drawn"].isna().all()
    assert "Nothing goes together by the settings." in capsys.readouterr().out
    assert (tmp_path / "alike" / "figures" / "people.png").exists()


def test_an_option_of_the_stock_that_is_not_there_is_a_mistake(tmp_path, capsys):
    assert run(tmp_path / "none", "study.stock=swedish_stok") == 2
    assert "did you mean 'swedish_stock'?" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
