"""Settings are composed from files, options and overrides, and Hydra is left as it was found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
import yaml

from simulator import composing, settings_files
from simulator.composing import check_overrides, compose_settings, list_scenarios, load_scenario, session
from simulator.config import read_scenario
from simulator.errors import SettingsError
from simulator.helping import KEYS, list_text
from simulator.settings_files import KINDS, list_options, settings_folder
from simulator.vocabulary import CaseloadRule

MINE = """\
# @package _global_
defaults:
  - override /caseload: limit
about: {title: Mine, question: "What if there were few?", sources: []}
population: {size: 123}
"""
OPTIONS = {group: list(names) for group, names in list_options().items() if group != KINDS}
SCENARIOS = OPTIONS.pop("scenario")
OPTIONS.pop("experiment")  # sets values of one study, and so goes with no other
MOST = max(len(names) for names in OPTIONS.values())


@pytest.fixture
def loose(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def in_groups(tmp_path):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "costs").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text(MINE, encoding="utf-8")
    prices = yaml.safe_load((settings_folder() / "costs" / "sweden_2024.yaml").read_text(encoding="utf-8"))
    dear = yaml.safe_dump({**prices, "benefit_sek_monthly": 12345.0})
    (tmp_path / "costs" / "dear.yaml").write_text(dear, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_valid(name):
    assert load_scenario(name).scenario == name


@pytest.mark.parametrize("number", range(MOST))
def test_every_option_is_valid(number):
    """The first option of every group together, then the second of each, and so on."""
    chosen = [f"{group}={names[min(number, len(names) - 1)]}" for group, names in OPTIONS.items()]
    assert load_scenario("default", *chosen)


def test_an_option_changes_its_group():
    assert load_scenario("default", "caseload=limit").caseload.regime == CaseloadRule.LIMIT


def test_a_value_is_set_whichever_sign_it_carries():
    for sign in ("", "+", "++"):
        assert load_scenario("default", f"{sign}caseload.limit=33").caseload.limit == 33


def test_the_command_line_goes_before_the_scenario():
    assert load_scenario("neutral", "caseload=ratio").caseload.regime == CaseloadRule.RATIO


def test_a_programme_can_be_taken_away():
    assert "coaching" not in load_scenario("default", "~programmes.coaching").programmes


def test_a_mapping_takes_names_that_the_files_leave_out():
    scenario = load_scenario("neutral", "doors.work.traits.woman=0.5")
    assert list(scenario.doors.work.traits.values()) == [0.5]


def test_a_value_can_refer_to_another():
    assert load_scenario("default", "seed=${weeks}", "weeks=77").seed == 77


def test_a_reference_to_the_job_is_followed():
    assert load_scenario("default", "output.dir=results/${hydra:job.num}").output.dir == "results/0"


def test_composed_settings_are_plain():
    settings = compose_settings(["seed=5"])
    assert settings["seed"] == 5
    assert settings["scenario"] == "default"
    assert "hydra" not in settings
    assert type(settings["population"]) is dict
    assert read_scenario(settings).seed == 5


def test_composing_does_not_validate():
    assert compose_settings(["seed=-5", "typo=1"])["typo"] == 1


def test_loose_scenarios_are_found(loose):
    scenario = load_scenario("mine", "weeks=9", folders=[loose])
    assert (scenario.population.size, scenario.weeks) == (123, 9)
    assert scenario.caseload.regime == CaseloadRule.LIMIT


def test_scenarios_and_options_in_groups_are_found(in_groups):
    scenario = load_scenario("mine", "costs=dear", folders=[in_groups])
    assert scenario.population.size == 123
    assert scenario.costs.benefit_sek_monthly == 12345.0


def test_a_scenario_builds_on_another(loose):
    text = "# @package _global_\ndefaults:\n  - mine\nweeks: 7\n"
    (loose / "yours.yaml").write_text(text, encoding="utf-8")
    scenario = load_scenario("yours", folders=[loose])
    assert (scenario.weeks, scenario.population.size, scenario.about.title) == (7, 123, "Mine")


def test_a_folder_with_an_awkward_name(loose):
    folder = loose.parent / "it's, [mine] = yours"
    shutil.copytree(loose, folder)
    assert load_scenario("mine", folders=[folder]).population.size == 123


def test_a_folder_that_is_not_there(tmp_path):
    for find in (lambda where: load_scenario(folders=where), list_scenarios):
        with pytest.raises(SettingsError, match="there is no such folder"):
            find([tmp_path / "nowhere"])


def test_the_simulators_own_scenarios_can_be_named_as_a_folder():
    assert load_scenario("neutral", folders=[settings_folder() / "scenario"]).scenario == "neutral"


def test_a_copy_without_links_still_has_its_scenarios(tmp_path, monkeypatch):
    copy = tmp_path / "conf"
    shutil.copytree(settings_folder(), copy, ignore=shutil.ignore_patterns("scenario"))
    shutil.copytree(settings_folder() / "scenario", tmp_path / "scenarios")
    (copy / "scenario").write_text("../scenarios", encoding="utf-8")
    for module in (settings_files, session, composing):
        monkeypatch.setattr(module, "settings_folder", lambda: copy)
    assert load_scenario("neutral").scenario == "neutral"


def test_a_broken_file_of_the_simulators_own_is_named(tmp_path, monkeypatch):
    copy = tmp_path / "conf"
    shutil.copytree(settings_folder(), copy)
    (copy / "costs" / "sweden_2024.yaml").write_text("a: b: c\n", encoding="utf-8")
    for module in (settings_files, session, composing):
        monkeypatch.setattr(module, "settings_folder", lambda: copy)
    with pytest.raises(SettingsError, match=r"sweden_2024\.yaml, line 1: is not YAML"):
        load_scenario()


def test_what_was_composed_is_kept_until_a_file_changes(tmp_path, monkeypatch):
    copy = tmp_path / "conf"
    shutil.copytree(settings_folder(), copy)
    for module in (settings_files, session, composing):
        monkeypatch.setattr(module, "settings_folder", lambda: copy)
    before = load_scenario("default", "weeks=31")
    with monkeypatch.context() as patch:
        patch.setattr(session, "compose", None)
        assert load_scenario("default", "weeks=31") == before
        assert load_scenario("default", "weeks=32").weeks == 32, "values come after the options of groups"
        with pytest.raises(SettingsError):
            load_scenario("default", "weeks=31", "caseload=limit")
    costs = copy / "costs" / "sweden_2024.yaml"
    text = costs.read_text(encoding="utf-8").replace("monthly: 7800.0", "monthly: 78000.0")
    costs.write_text(text, encoding="utf-8")
    assert load_scenario("default", "weeks=31").costs.benefit_sek_monthly == 78000.0


WISHES = [
    ("caseload=limit", "caseload.limit=44", "casework.case_weights={debt: 0.5, skills: 0.3}", "seed=3"),
    ("programmes=broad", "programmes.vocational.mix={coaching: 0.5}", "programmes.job_search.weeks=3"),
    ("caseload={limit: 33}", "vacancies.series=[1.0, 0.5]", "doors.work.traits.woman=0.5"),
    ("~programmes.coaching", "weeks=3"),
    ("collaboration@reform.collaboration=silo", "reform.week=20", "about.title='a b'", "a.typo=1"),
]


@pytest.mark.parametrize("wishes", WISHES, ids=lambda wishes: wishes[0])
def test_values_laid_over_what_is_kept_are_as_hydra_sets_them(wishes, monkeypatch):
    kept = compose_settings(wishes)
    monkeypatch.setattr(session, "_values", lambda *_: [])
    assert compose_settings(wishes) == kept


def test_no_file_of_the_simulators_own_refers_to_a_value():
    files = [*settings_folder().rglob("*.yaml"), *(settings_folder() / "scenario").glob("*.yaml")]
    assert len(files) > 100
    assert not [file for file in files if "${" in file.read_text(encoding="utf-8")]


def test_scenarios_are_listed_with_title_and_question(loose):
    scenarios = {name: (title, question) for name, title, question in list_scenarios([loose])}
    assert scenarios["mine"] == ("Mine", "What if there were few?")
    assert set(SCENARIOS) < set(scenarios)
    assert all(chain.from_iterable(scenarios.values()))


def test_a_broken_scenario_does_not_hide_the_others(loose):
    (loose / "broken.yaml").write_text("a: [", encoding="utf-8")
    scenarios = {name: (title, question) for name, title, question in list_scenarios([loose])}
    assert scenarios["broken"][0] == "(cannot be read)"
    assert "mine" in scenarios


def test_every_point_of_a_sweep_is_read():
    lines, scenarios = check_overrides(
        ["seed=1,2", "caseload=glob(*)", "weeks=range(10,12)"], sweep=True, command_line=True
    )
    assert lines == ["++seed=1,2", "caseload=fixed_staff,limit,ratio,tiered,turbulent", "++weeks=10,11"]
    points = {(s.seed, str(s.caseload), s.weeks) for s in scenarios}
    assert len(points) == len(scenarios) == 20


def test_hydras_own_settings_are_for_the_command_line():
    with pytest.raises(SettingsError, match="on the command line only"):
        load_scenario("default", "hydra.verbose=true")
    assert check_overrides(["hydra.verbose=true"], command_line=True)[0] == ["hydra.verbose=true"]


def test_mistakes_come_as_a_list():
    with pytest.raises(SettingsError) as caught:
        load_scenario("default", "caseload=rato", "population.size=0")
    assert [mistake.where for mistake in caught.value.mistakes] == ["caseload", "population.size"]
    assert caught.value.mistakes[0].nearest == "ratio"


def test_the_settings_named_in_the_help_are_the_usual_ones():
    named = [line.split()[0] for line in KEYS.splitlines()]
    assert load_scenario("default", *named) == load_scenario()


POTTERY = "defaults: [_shared, _self_]\nkind: work_practice\ntitle: Pottery\nplaces_per_1000: 7.0\nweeks: 9\n"
POTTERY += "content: {skills: 0.1}\nlock_in: 0.1\nexit_ratio: {work: 1.1}\nsek_per_place_week: 300.0\n"


@pytest.fixture
def with_pottery(tmp_path):
    """Return a folder with a kind of programme, a catalogue and a scenario of a student's own."""
    (tmp_path / "programmes" / "kind").mkdir(parents=True)
    (tmp_path / "programmes" / "kind" / "pottery.yaml").write_text(POTTERY)
    catalogue = "defaults:\n  - swedish\n  - kind@clay: pottery\n  - _self_\nclay: {weeks: 11}\n"
    (tmp_path / "programmes" / "arts.yaml").write_text(catalogue)
    entry = "  - /programmes/kind@programmes.clay: pottery\n  - override /programmes: one_standard\n"
    about = "about: {title: Clay, question: What if, sources: []}\n"
    (tmp_path / "mine.yaml").write_text(f"# @package _global_\ndefaults:\n{entry}{about}")
    return tmp_path


def test_an_own_kind_in_an_own_catalogue(with_pottery):
    programmes = load_scenario("default", "programmes=arts", folders=[with_pottery]).programmes
    assert list(programmes)[-1] == "clay"
    assert len(programmes) == 10
    assert (programmes["clay"].title, programmes["clay"].weeks, programmes["clay"].quality) == (
        "Pottery",
        11,
        0.8,
    )


def test_an_own_kind_in_an_own_scenario(with_pottery):
    programmes = load_scenario("mine", "programmes.clay.weeks=4", folders=[with_pottery]).programmes
    assert set(programmes) == {"job_search", "clay"}
    assert programmes["clay"].weeks == 4


def test_an_own_kind_in_the_place_of_another(with_pottery):
    entry = "- override /programmes/kind@programmes.coaching: pottery"
    about = "about: {title: Clay, question: What if, sources: []}"
    text = f"# @package _global_\ndefaults:\n  {entry}\n{about}\n"
    (with_pottery / "yours.yaml").write_text(text)
    programmes = load_scenario("yours", folders=[with_pottery]).programmes
    assert (next(iter(programmes)), programmes["coaching"].title, len(programmes)) == (
        "coaching",
        "Pottery",
        9,
    )


def test_kinds_are_listed_but_are_no_choice_of_their_own(with_pottery):
    assert "pottery" in list_text(KINDS, [with_pottery])
    assert KINDS not in list_text("", [with_pottery])


def test_an_own_kind_takes_no_name_that_is_taken(with_pottery):
    (with_pottery / "programmes" / "kind" / "coaching.yaml").write_text(POTTERY)
    with pytest.raises(SettingsError, match="there is already a programmes/kind named 'coaching'"):
        load_scenario("default", folders=[with_pottery])


def test_who_else_uses_hydra_is_not_disturbed(tmp_path):
    (tmp_path / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    code = (
        "import hydra, simulator\n"
        f"with hydra.initialize_config_dir({str(tmp_path)!r}, version_base='1.2'):\n"
        "    simulator.load_scenario('neutral')\n"
        "    assert hydra.compose('other').a == 1\n"
        "    assert str(hydra.version.getbase()) == '1.2'\n"
        "simulator.load_scenario('neutral')\n"
    )
    root = Path(composing.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=root, timeout=60)
    assert done.returncode == 0
