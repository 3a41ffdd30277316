"""The published designs from the command line to their folders, and with draws of settings from Python."""

from __future__ import annotations

import json
import shutil
import sys

import pandas as pd
import pytest
from matplotlib.text import Text

import simulator as sim
from simulator.cli import main
from simulator.composing.pairing import loader
from simulator.experiments import point, tabulating
from simulator.experiments.runner import play_replication
from simulator.experiments.studies import published
from simulator.reporting import design_figures

SMALL = (
    "population.size=150", "population.burn_in_weeks=20", "population.newcomers_per_1000_weekly=40",
    "weeks=78", "replications=2", "seed=4",
)  # fmt: skip
DESIGNS = {
    "trial": ("study.follow_up_weeks=52", "study.horizons_weeks=[26,52]"),
    "offices": ("study.follow_up_weeks=39", "study.offices=6"),
    "event_study": ("study.event=programme",),
    "cohort": ("study.entry_weeks=26", "study.years=1"),
    "rollout": ("study.first_week=39", "study.waves=2", "study.wave_weeks=13", "study.offices=4"),
}


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_design_leaves_effects_a_picture_and_its_runs(kind, tmp_path, capsys, monkeypatch):
    folder = tmp_path / kind
    arguments = [*SMALL, f"study={kind}", *DESIGNS[kind], f"output.dir={folder}"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == str(folder)
    table = pd.read_csv(folder / "effects.csv")
    assert {"effect", "low", "high", "se_luck", "spread"} <= set(table)
    assert table["effect"].notna().mean() > 0.3
    assert table["unit"].notna().all()
    assert ("people" in table) == (kind != "rollout")
    assert not any((table[name] <= 0).any() for name in {"people"} & set(table))
    known = table.dropna(subset=["low", "effect"])
    assert ((known["low"] <= known["effect"] + 1e-9) & (known["effect"] <= known["high"] + 1e-9)).all()
    assert (folder / "figures" / "effects.png").stat().st_size > 10_000
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["study"]["kind"] == kind
    worlds = sim.open_results(folder / "worlds")
    assert list(worlds.design)[:3] == ["point", "draw", "world"]
    assert all("search_effort" in run.spells for run in worlds)

    monkeypatch.setattr(published, "simulate_sweep", None)  # done already: nothing is simulated again
    assert main(arguments) == 0
    assert capsys.readouterr().out == said


def test_offices_have_a_panel_with_a_scale_of_its_own_for_each_covariate(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(design_figures, "save", lambda figure, _: drawn.append(figure))
    varied = "caseload.clients_per_caseworker=interval(40,120) collaboration=silo,integrated"
    more = ["study.follow_up_weeks=39", "study.offices=8", f"study.vary='{varied}'", "study.by=hindrance"]
    assert main([*SMALL, "study=offices", *more, f"output.dir={tmp_path / 'offices'}"]) == 0
    table = pd.read_csv(tmp_path / "offices" / "effects.csv")
    panels = {axes.get_title(loc="left") or axes.get_title(): axes for axes in drawn[0].axes}
    assert set(panels) == {
        "caseload.clients per caseworker: one more", "collaboration: silo, against integrated",
    }  # fmt: skip
    for title, axes in panels.items():
        own = table[table["covariate"].str.startswith(title.partition(".")[0].partition(":")[0])]
        assert [label.get_text() for label in axes.get_yticklabels()] == list(own["group"])
        assert axes.lines[0].get_xdata().tolist() == own["effect"].tolist()
        assert axes.get_xlabel() == "weeks on benefit, difference (weeks)"


@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize("crew", [("workers=1",), ("engine=processes", "workers=2")])
def test_an_interrupted_design_goes_on_where_it_stopped(kind, crew, tmp_path, monkeypatch):
    arguments = [*SMALL, f"study={kind}", *DESIGNS[kind]]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    monkeypatch.setattr(point, "CLIENT_WEEKS_OF_PART", 1)
    assert main([*arguments, f"output.dir={whole}"]) == 0
    played: list[int] = []

    def plays(scenario, replication, *more):
        played.append(replication)
        if len(played) == 2:
            raise KeyboardInterrupt
        return play_replication(scenario, replication, *more)

    monkeypatch.setattr(tabulating, "play_replication", plays)
    assert main([*arguments, "workers=1", f"output.dir={killed}"]) == 130
    assert [path.name for path in killed.rglob("spells*.parquet")] == ["spells-000000.parquet"]
    assert main([*arguments, *crew, f"output.dir={killed}"]) == 0
    runs = 2 * len(pd.read_csv(whole / "worlds" / "design.csv"))
    assert len(played) == (2 if "engine=processes" in crew else runs + 1)
    for name in ("effects.csv", "worlds/sweep.csv", "worlds/point=0/spells.parquet"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("trial", ("study.arms=['usual:', 'half: caseload.clients_per_caseworker=40']",)),
        ("offices", ("study.vary='caseload.clients_per_caseworker=interval(40,120)'",)),
        ("rollout", ("study.rule='caseload.clients_per_caseworker=40'",)),
    ],
)
def test_a_setting_that_does_nothing_under_the_scenarios_rules_is_told(kind, asked, tmp_path, capsys):
    arguments = [*SMALL, f"study={kind}", *DESIGNS[kind], *asked, "caseload=fixed_staff"]
    assert main([*arguments, "caseload.caseworkers=12", f"output.dir={tmp_path / kind}"]) == 0
    told = capsys.readouterr().err
    assert "caseload.clients_per_caseworker has no effect with caseload.regime=fixed_staff." in told
    assert told.count("Note: study.") == 1


def test_runs_of_a_finished_design_that_were_changed_or_lost_are_told(tmp_path, capsys):
    folder = tmp_path / "cohort"
    arguments = [*SMALL, "study=cohort", *DESIGNS["cohort"], f"output.dir={folder}"]
    assert main(arguments) == 0
    spells = folder / "worlds" / "point=1" / "spells.parquet"
    whole = spells.read_bytes()
    spells.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert main(arguments) == 1
    assert (
        f"{spells} is not what the finished run wrote (as long, but other contents)"
        in capsys.readouterr().err
    )
    with pytest.raises(sim.ResultsError, match=r"holds no single run\. Open one of its folders: worlds"):
        sim.open_results(folder)
    shutil.rmtree(spells.parent)
    assert main(arguments) == 1
    assert "point=1" in capsys.readouterr().err


def test_the_picture_says_who_is_followed_and_what_the_interval_is_over(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(design_figures, "save", lambda figure, _: drawn.append(figure))
    file = tmp_path / "draws.csv"
    file.write_text("client.search.contact_gain\n0.1\n0.9\n", encoding="utf-8")
    whom = "study.subgroup={hindrance: [unemployment, language], age: [18, 60]}"
    asked = [*SMALL, "study=trial", *DESIGNS["trial"], whom, f"draws.file={file}"]
    assert main([*asked, f"output.dir={tmp_path / 'trial'}"]) == 0
    words = " ".join(" ".join(text.get_text() for text in drawn[0].findobj(Text)).split())
    assert "hindrance: unemployment or language; age: from 18 to under 60; 2 replications" in words
    assert "interval over draws of the settings and replications" in words


def test_a_missing_package_is_told_in_python_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    scenario = loader(SMALL)("default", "study=rollout", *DESIGNS["rollout"])
    with pytest.raises(sim.SettingsError, match="study=rollout needs statsmodels"):
        published.plans_of(scenario, scenario.study, loader(SMALL))


def test_draws_of_settings_add_their_own_layer():
    load = loader(SMALL)
    scenario = load("default", "study=trial", *DESIGNS["trial"], "study.rotate=false")
    draws = [(f"client.search.contact_gain={gain}",) for gain in (0.1, 0.5, 0.9)]
    table, worlds = published.run_design(scenario, scenario.study, load, draws)
    days = table[table["outcome"].str.startswith("days on benefit")].iloc[0]
    assert days["estimates"] == len(draws) * scenario.replications
    assert days["se_settings"] >= 0.0
    followed = worlds["turn 1"].spells.query("spell == 1 and 0 <= entry_week <= 26")
    assert days["people"] == len(followed) / scenario.replications
    assert worlds["turn 1"].manifest["settings"]["client"]["search"]["contact_gain"] == 0.9


@pytest.mark.parametrize("kind", DESIGNS)
def test_nobody_to_study_is_said_and_leaves_the_folder_free(kind, tmp_path, capsys):
    folder = tmp_path / kind
    arguments = [*SMALL, f"study={kind}", *DESIGNS[kind], f"output.dir={folder}"]
    assert main([*arguments, "study.subgroup={age: [90, 99]}"]) == 1
    said = capsys.readouterr().err
    assert "of the people of study.subgroup nobody, or too few, could be followed. Widen" in said
    assert "Traceback" not in said
    assert not folder.exists()


def test_a_design_that_found_nobody_can_be_put_right_in_the_same_folder(tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    arguments = [*SMALL, "study=cohort", *DESIGNS["cohort"], f"output.dir={folder}"]
    assert main([*arguments, "study.subgroup={age: [90, 99]}"]) == 1
    assert list(folder.iterdir()) == []
    assert main(arguments) == 0


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_design_runs_over_draws_from_a_file(kind, tmp_path, capsys):
    file, folder = tmp_path / "draws.csv", tmp_path / kind
    file.write_text("client.search.contact_gain\n0.1\n0.9\n", encoding="utf-8")
    arguments = [*SMALL, f"study={kind}", *DESIGNS[kind], f"draws.file={file}", f"output.dir={folder}"]
    assert main(arguments) == 0
    assert "2 draws of the settings, 2 replications each" in capsys.readouterr().out
    settings = loader(SMALL)("default", f"study={kind}", *DESIGNS[kind])
    draws = [
        (f"seed={4 + number}", f"client.search.contact_gain={gain}") for number, gain in enumerate((0.1, 0.9))
    ]
    expected, _ = published.run_design(settings, settings.study, loader(SMALL), draws)
    assert (folder / "effects.csv").read_text() == expected.to_csv(index=False)
    assert expected["se_settings"].notna().any()

    file.write_text("client.search.contact_gain\n0.1\n0.8\n", encoding="utf-8")
    assert main(arguments) == 1
    assert "drawn_settings" in capsys.readouterr().err


@pytest.mark.parametrize("rows", [None, "sanctions.bites\n0.1\n", "sanctions.bite\n-3\n0.1\n"])
@pytest.mark.parametrize("kind", DESIGNS)
def test_draws_that_cannot_be_used_stop_a_design_before_it_begins(kind, rows, tmp_path, capsys):
    file, folder = tmp_path / "draws.csv", tmp_path / kind
    if rows is not None:
        file.write_text(rows, encoding="utf-8")
    assert main([*SMALL, f"study={kind}", *DESIGNS[kind], f"draws.file={file}", f"output.dir={folder}"]) == 2
    said = capsys.readouterr().err
    assert "nothing was run" in said
    assert not folder.exists()


@pytest.mark.parametrize(
    ("kind", "asked", "said"),
    [
        (
            "trial",
            ("study.placing=worlds", "study.arms=['usual:', 'a: population.size=50', 'b: weeks=60']"),
            (
                "study.arms.a: the scenarios are not",
                "they differ in population.size (150 and 50)",
                "study.arms.b: the scenarios are not",
                "they differ in weeks (78 and 60)",
            ),
        ),
        (
            "trial",
            ("study.arms=['usual:', 'a: sanctions=foo', 'b: sanctions.bit=1']",),
            ("study.arms.a, sanctions: 'foo'", "study.arms.b, sanctions.bit: there is no such"),
        ),
        ("cohort", ("study.without='weeks=90'",), ("they differ in weeks (78 and 90)",)),
        (
            "cohort",
            ("study.without='foo=1'", "study.years=9", "study.by=nope"),
            (
                "study.without, foo: there is no such",
                "study.years: 9 years after",
                "study.by: spells have no",
            ),
        ),
        (
            "trial",
            (
                "study.subgroup={foo: [1]}",
                "study.arms=['a:', 'b: sanctions=foo']",
                "study.horizons_weeks=[500]",
            ),
            (
                "study.subgroup: spells have no",
                "study.arms.b, sanctions: 'foo'",
                "study.horizons_weeks: 500 is",
            ),
        ),
        (
            "event_study",
            ("study.match_on=[foo]", "study.programme=nope"),
            ("study.match_on: spells have no", "study.programme: there is no"),
        ),
        (
            "rollout",
            ("study.rule='sanctions=foo'", "study.outcome=nope", "study.subgroup={foo: [1]}"),
            ("study.rule, sanctions: 'foo'", "study.outcome: there is no", "study.subgroup: spells have no"),
        ),
        (
            "offices",
            ("study.vary='population.share_women=0.1,0.9'",),
            ("they differ in population.share_women (0.48 and 0.1)",),
        ),
        (
            "offices",
            (
                "study.vary='caseload.clients_per_casewrker=interval(40,80) sanctions=foo,none weeks=80,90'",
                "study.outcome=foo",
            ),
            (
                "study.vary, caseload.clients_per_casewrker: there is no such setting; did you mean",
                "study.vary, sanctions: 'foo'",
                "study.outcome: there is no",
            ),
        ),
        ("offices", ("study.vary='weeks=interval(79,90)'",), ("1 mistake", "they differ in weeks (78 and")),
        ("rollout", ("study.rule='sanctions=foo'",), ("study.rule, sanctions: 'foo'",)),
    ],
)
def test_every_mistake_of_what_is_compared_is_told_with_its_name(kind, asked, said, tmp_path, capsys):
    folder = tmp_path / kind
    assert main([*SMALL, f"study={kind}", *DESIGNS[kind], *asked, f"output.dir={folder}"]) == 2
    told = capsys.readouterr().err
    assert all(one in told for one in said), told
    assert not folder.exists()


@pytest.mark.parametrize(
    ("kind", "asked", "said"),
    [
        ("trial", ("study.placing=worlds", "study.shares=[0.5,0.5]"), "study.shares: are for arms inside"),
        ("event_study", ("study.event=cut", "sanctions=none"), "event: never happens under"),
        ("event_study", ("study.match_on=[sex,age]",), "'age' is a number in which people differ"),
        (
            "event_study",
            ("study.period_weeks=26", "study.periods=4"),
            "study.periods: 4 of 26 weeks are longer than the run of 78; allowed: up to 3",
        ),
        (
            "event_study",
            ("study.period_weeks=79", "study.periods=1"),
            "allowed: study.period_weeks up to 78",
        ),
        (
            "event_study",
            ("study.event=sanction", "sanctions.p_follow_up=0"),
            "event: never happens under",
        ),
        (
            "event_study",
            ("study.event=warning", "sanctions=reduction_first"),
            "event: never happens under",
        ),
        (
            "event_study",
            ("study.event=meeting", "study.return_weeks=78"),
            "return_weeks: 78 weeks after",
        ),
        (
            "rollout",
            ("study.share_offices=0",),
            "share_offices: is 0, so that",
        ),
        ("rollout", ("study.waves=4",), "study.waves: the last of 4 comes in week 78, with no period"),
    ],
)
def test_a_design_that_contradicts_itself_is_refused(kind, asked, said, tmp_path, capsys):
    folder = tmp_path / kind
    assert main([*SMALL, f"study={kind}", *DESIGNS[kind], *asked, f"output.dir={folder}"]) == 2
    assert said in capsys.readouterr().err
    assert not folder.exists()
