"""The command line: help at once, mistakes before anything runs, exit codes, nothing written by Hydra."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from simulator import cli
from simulator.cli import main
from simulator.composing import launching
from simulator.describing import describe_settings
from simulator.errors import ResultsError, SettingsError, SimulatorError
from simulator.files import safe_name
from simulator.helping import LEVERS
from simulator.settings_files import KINDS, list_options

ROOT = Path(cli.__file__).parents[1]
HEAVY = {
    "hydra",
    "omegaconf",
    "numba",
    "mesa",
    "pandas",
    "numpy",
    "scipy",
    "matplotlib",
    "pyarrow",
    "pydantic",
}
SCENARIO = "# @package _global_\nabout: {title: Mine, question: 'What then?', sources: []}\nseed: 99\n"


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """Stand in for the model: note the scenario, fail if its seed says so, name a folder."""
    seen = []

    def run_and_report(scenario, load):
        seen.append(scenario)
        failures = {
            13: RuntimeError("out of luck"),
            14: KeyboardInterrupt(),
            15: ResultsError("folder is full"),
        }
        if scenario.seed in failures:
            raise failures[scenario.seed]
        return Path("results") / str(scenario.seed)

    def report_multirun(points):
        folders = [run_and_report(scenario, None) for scenario in points.scenarios]
        return folders[-1]

    def report_together(points, run_all):
        failures = run_all(lambda number: Path("mine") / f"point={number}")
        if failures:
            raise SimulatorError(f"{len(failures)} of {len(points.table)} points failed")
        return Path("mine")

    stand_ins = {
        "report_run": run_and_report,
        "report_sweep": report_multirun,
        "report_together": report_together,
    }
    for name, function in stand_ins.items():
        module = ModuleType(f"simulator.reporting.{name}")
        setattr(module, function.__name__, function)
        monkeypatch.setitem(sys.modules, f"simulator.reporting.{name}", module)
    monkeypatch.chdir(tmp_path)
    return seen


def command(*arguments, **more):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    call = [sys.executable, *arguments]
    return subprocess.run(call, capture_output=True, text=True, cwd=ROOT, env=environment, check=True)


def seconds_for(*arguments):
    start = time.perf_counter()
    command(*arguments)
    return time.perf_counter() - start


def test_help_is_quick_and_light():
    done = command("-X", "importtime", "-m", "simulator", "--help")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not imported & HEAVY
    assert min(seconds_for("-m", "simulator", "--help") for _ in range(3)) < 1.0


def test_help_promises_no_report_that_there_is_not(capsys):
    assert main(["--help"]) == 0
    assert "folder with tables and figures" in capsys.readouterr().out


def test_help_names_every_lever_and_option(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for group, names in ((g, n) for g, n in list_options().items() if g != KINDS):
        assert group in LEVERS
        assert f"{group}=" in said
        assert all(name in said for name in names)
    assert max(len(line) for line in said.splitlines()) <= 105


@pytest.mark.parametrize("arguments", [["--help", "caseload.limit"], ["caseload.limit", "-h"]])
def test_help_on_a_setting(arguments, capsys):
    assert main(arguments) == 0
    said = capsys.readouterr().out
    for part in ("Most clients one caseworker may have", "1 to 100000 (clients)", "20 to 250", "source: W01"):
        assert part in said


def test_help_on_every_setting(capsys):
    for setting in describe_settings():
        assert main(["--help", setting.path]) == 0
    assert "<name>" in capsys.readouterr().out


def test_help_on_something_else(capsys):
    assert main(["--help", "caselod"]) == 2
    assert "did you mean 'caseload'?" in capsys.readouterr().err


def test_list_of_scenarios(capsys, tmp_path):
    (tmp_path / "mine.yaml").write_text(SCENARIO, encoding="utf-8")
    assert main(["--list", "scenarios", "--config-dir", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted([*list_options()["scenario"], "mine"])
    assert all(line.endswith("?") for line in lines)


@pytest.mark.parametrize("what", ["", "caseload", "costs", "scenario"])
def test_list_of_options(what, capsys):
    assert main(["--list", what] if what else ["--list"]) == 0
    assert capsys.readouterr().out


def test_list_of_something_else(capsys):
    assert main(["--list", "scenarois"]) == 2
    assert "did you mean 'scenarios'?" in capsys.readouterr().err


def test_version(capsys):
    assert main(["--version"]) == 0
    assert "assistance-exit-simulator" in capsys.readouterr().out


def test_a_run_ends_with_its_folder(runs, capsys, tmp_path):
    assert main(["scenario=neutral", "population.size=10", "seed=3"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(Path("results/3"))
    assert [(run.scenario, run.population.size, run.seed) for run in runs] == [("neutral", 10, 3)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "is_plain"),
    [
        (["seed=3"], True),
        (["study=compare", "study.changes=caseload=limit"], True),
        (["seed=3", "hydra.verbose=true"], False),
        (["--run", "seed=3"], False),
        (["--config-dir", ".", "seed=3"], False),
    ],
)
def test_a_plain_run_is_not_composed_again_by_hydra(arguments, is_plain, runs, monkeypatch):
    handed = []
    monkeypatch.setattr(launching, "hand_over", lambda *_: handed.append(True) or 0)
    assert main(arguments) == 0
    assert (not handed, bool(runs)) == (is_plain, is_plain)


def test_a_sweep_calls_once_for_each_point(runs, capsys, tmp_path):
    assert main(["-m", "seed=1,2", "caseload.limit=range(40,41)", "caseload=limit"]) == 0
    assert [(run.seed, run.caseload.limit) for run in runs] == [(1, 40), (2, 40)]
    assert capsys.readouterr().out.splitlines()[-1] == str(Path("results/2"))
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_with_a_bad_point_runs_none(runs, capsys):
    assert main(["-m", "seed=1,2,-3", "caseload.limit=40,0"]) == 2
    assert "2 mistakes" in capsys.readouterr().err
    assert runs == []


def test_flags_may_stand_anywhere(runs):
    assert main(["seed=5", "--run", "weeks=9"]) == 0
    assert [(run.seed, run.weeks) for run in runs] == [(5, 9)]


def test_scenarios_of_ones_own(runs, tmp_path):
    (tmp_path / "mine.yaml").write_text(SCENARIO, encoding="utf-8")
    assert main(["--config-dir", str(tmp_path), "scenario=mine"]) == 0
    assert main([f"hydra.searchpath=[file://{tmp_path}]", "scenario=mine"]) == 0
    assert main(["-m", "-cd", str(tmp_path), "scenario=mine,default"]) == 0
    assert [run.seed for run in runs] == [99, 99, 99, 1]


@pytest.mark.parametrize(
    ("arguments", "idle"),
    [
        (["caseload.limit=40"], "caseload.limit has no effect with caseload.regime=ratio"),
        (["caseload.caseworkers=9"], "caseload.caseworkers has no effect with caseload.regime=ratio"),
        (
            ["caseload=limit", "++caseload.clients_per_caseworker=9"],
            "caseload.clients_per_caseworker has no effect with caseload.regime=limit",
        ),
        (
            ["caseload=fixed_staff", "caseload.clients_per_caseworker=9"],
            "caseload.clients_per_caseworker has no effect with caseload.regime=fixed_staff",
        ),
        (
            ["-m", "caseload=ratio,limit", "caseload.limit=40,50"],
            "caseload.limit has no effect with caseload.regime=ratio",
        ),
        (
            ["study=compare", "study.changes=caseload=fixed_staff", "caseload.limit=30"],
            "caseload.limit has no effect with caseload.regime=ratio",
        ),
    ],
)
def test_a_setting_without_effect_is_told_and_the_run_goes_on(arguments, idle, runs, capsys):
    assert main(arguments) == 0
    assert capsys.readouterr().err == f"Note: {idle}.\n"
    assert runs


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["caseload=limit", "population.size=300"], "regime=limit, whatever population.size is: 4.8 of 300"),
        (
            ["-m", "caseload=ratio,fixed_staff", "population.size=5000,90000"],
            "1428.6 of 90,000 clients for each",
        ),
        (["study=compare", "study.changes=caseload=limit", "population.size=60"], "1 of 60 clients for each"),
    ],
)
def test_a_set_staff_far_from_the_people_is_told_once(arguments, told, runs, capsys):
    assert main(arguments) == 0
    said = capsys.readouterr().err
    assert said.startswith("Note: caseload.caseworkers is 63 with caseload.")
    assert told in said
    assert said.count("Note") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["population.size=60"],
        ["caseload=limit", "population.size=60", "caseload.caseworkers=50"],
        ["caseload=limit"],
        ["caseload=limit", "caseload.limit=40", "caseload.caseworkers=9"],
        ["caseload.clients_per_caseworker=50"],
        ["study=compare", "study.changes=caseload=limit", "caseload.limit=30"],
        ["scenario=mine"],
    ],
)
def test_a_setting_with_effect_or_from_a_file_is_not_told(arguments, runs, capsys, tmp_path):
    text = SCENARIO + "caseload: {limit: 30, caseworkers: 7}\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert main(["--config-dir", str(tmp_path), *arguments]) == 0
    assert capsys.readouterr().err == ""
    assert runs


def test_a_failure(runs, capsys):
    assert main(["seed=13"]) == 1
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == "The run failed: RuntimeError: out of luck"
    assert "Traceback" in said.err
    assert said.out == ""


def test_a_failure_on_purpose_needs_no_traceback(runs, capsys):
    assert main(["seed=15"]) == 1
    assert capsys.readouterr().err == "folder is full\n"


def test_a_failure_in_a_sweep_does_not_stop_the_others(runs, capsys):
    assert main(["-m", "study=compare", "seed=13,2"]) == 1
    said = capsys.readouterr()
    assert [run.seed for run in runs] == [13, 2]
    assert said.err.splitlines()[-2:] == [
        "seed=13 failed: RuntimeError: out of luck",
        "1 of 2 points failed",
    ]
    assert said.err.count("out of luck") == 2, "once in the traceback and once in words"
    assert said.out.splitlines() == ["=== seed=13", "=== seed=2", str(Path("results/2"))]


def test_a_failure_on_purpose_in_a_sweep_is_told_once(runs, capsys):
    assert main(["-m", "study=compare", "seed=15,2"]) == 1
    assert capsys.readouterr().err == "seed=15 failed: folder is full\n1 of 2 points failed\n"


def test_a_mistake_found_in_a_sweep(runs, monkeypatch):
    def refuse(scenario, load):
        raise SettingsError([])

    sys.modules["simulator.reporting.report_run"].run_and_report = refuse
    assert main(["-m", "study=compare", "seed=1,2"]) == 2


def test_each_point_of_a_sweep_names_what_is_swept(runs, capsys):
    assert main(["-m", "study=compare", "seed=1,2", "weeks=9", "caseload=ratio,limit"]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if line.startswith("===")]
    assert heads == [f"=== seed={seed} caseload={rule}" for seed in (1, 2) for rule in ("ratio", "limit")]
    assert main(["-m", "study=compare", "seed=3"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "=== study=compare seed=3"


def test_points_that_would_share_a_folder_get_one_each(runs):
    assert main(["-m", "study=calibrate", "output.dir=mine", "seed=4,6", "about.title='a/b','a b'"]) == 0
    folders = [Path(run.output.dir) for run in runs]
    assert len(set(folders)) == 4
    assert {folder.parent for folder in folders} == {Path("mine")}
    assert all(folder.name.startswith(("seed=4,", "seed=6,")) for folder in folders)


def test_studies_of_one_kind_go_into_one_folder(runs, capsys):
    assert main(["-m", "study=compare", "study.changes='seed=1','weeks=9'", "seed=4,6"]) == 0
    assert [run.output.dir for run in runs] == [str(Path("mine") / f"point={number}") for number in range(4)]
    assert [run.study.changes for run in runs] == ["seed=1", "seed=1", "weeks=9", "weeks=9"]
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "mine"
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["study=trial,cohort"], "of different kinds (cohort, trial)"),
        (["study=calibrate", "seed=1,2"], "study=calibrate leaves no estimates"),
        (["study=trial", "seed=1,2", "output.dir='mine/${seed}'"], "a folder of its own"),
    ],
)
def test_studies_that_cannot_be_joined_are_run_and_that_is_told(arguments, reason, runs, capsys):
    assert main(["-m", *arguments]) == 0
    assert len(runs) == 2
    assert reason in capsys.readouterr().err


def test_a_sweep_of_sweeps_is_refused(runs, capsys):
    assert main(["-m", "study=sweep", "study.vary=seed=1,2", "weeks=9,10"]) == 2
    assert "study.vary" in capsys.readouterr().err
    assert runs == []


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("output.dir='mine/${seed}'", ["mine/1", "mine/2"]), ("output.dir=null", [None, None])],
)
def test_points_with_a_folder_each_keep_it(folder, expected, runs):
    assert main(["-m", folder, "seed=1,2"]) == 0
    assert [run.output.dir for run in runs] == expected


@pytest.mark.parametrize("text", ["", "..", "../up", "a/b", "a b,c", "a,b c", "x" * 300, "å=1", "$(rm)", "~"])
def test_a_name_of_a_folder_is_safe(text):
    name = safe_name(text)
    assert re.fullmatch(r"[\w.,=+-]*", name, re.ASCII)
    assert not name.startswith(".")
    assert len(name) < 120
    assert name == text or name != safe_name(text + "!")
    assert safe_name("a b,c") != safe_name("a,b c")


@pytest.mark.parametrize("arguments", [["seed=14"], ["-m", "seed=14,2"]])
def test_an_interruption(arguments, runs, capsys):
    assert main(arguments) == 130
    assert "same command again" in capsys.readouterr().err
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("asked", "module", "package", "extra"),
    [
        (("study=offices",), "statsmodels", "statsmodels", "survival"),
        (("-m", "study=rollout", "seed=1,2"), "statsmodels", "statsmodels", "survival"),
        (("study=calibrate",), "sklearn", "scikit-learn", "calibrate"),
        (("study=calibrate",), "emcee", "emcee", "calibrate"),
        (("study=sensitivity",), "SALib", "SALib", "sweep"),
        (("engine=slurm",), "dask_jobqueue", "dask-jobqueue", "cluster"),
    ],
)
def test_a_missing_package_is_told_before_anything_is_written(
    asked, module, package, extra, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    assert main([*asked, "output.dir=out"]) == 2
    said = capsys.readouterr().err
    assert re.search(
        rf"1\. (study|engine)=\w+ needs {package}, which is not installed: "
        rf"python -m pip install 'assistance-exit-simulator\[{extra}\]', "
        rf"or in a clone python -m pip install -e '\.\[{extra}\]'\n$",
        said,
    ), said
    assert not list(tmp_path.iterdir())


def test_settings_can_be_printed_without_the_packages_of_their_study(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    assert main(["study=rollout", "--cfg", "job"]) == 0
    assert "kind: rollout" in capsys.readouterr().out


def test_a_mistake_found_while_running(runs, monkeypatch, capsys):
    def refuse(scenario, load):
        raise SettingsError([])

    sys.modules["simulator.reporting.report_run"].run_and_report = refuse
    assert main([]) == 2


def test_the_settings_can_be_printed(runs, capsys, tmp_path):
    assert main(["--cfg", "job", "caseload=limit", "caseload.limit=44", "--resolve"]) == 0
    settings = yaml.safe_load(capsys.readouterr().out)
    assert settings["caseload"]["limit"] == 44
    assert "hydra" not in settings
    assert runs == []
    assert list(tmp_path.iterdir()) == []


def test_part_of_the_settings_can_be_printed(capsys):
    assert main(["-c", "job", "-p", "caseload"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["regime"] == "ratio"


def test_a_part_that_there_is_not(capsys):
    assert main(["--cfg", "job", "--package", "nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err


def test_a_short_flag_is_not_mistaken_for_another(capsys):
    assert main(["-c", "job", "--list", "scenarios"]) == 0


def test_information(runs, capsys):
    assert main(["--info", "searchpath"]) == 0
    assert "conf" in capsys.readouterr().out
    assert runs == []


def test_hydras_own_help(capsys):
    assert main(["--hydra-help"]) == 0
    assert "Hydra" in capsys.readouterr().out


def test_completion():
    line = "simulator caseload=r"
    done = command("-m", "simulator", "-sc", "query=bash", COMP_LINE=line, COMP_POINT=str(len(line)))
    assert done.stdout.split() == ["caseload=ratio"]
