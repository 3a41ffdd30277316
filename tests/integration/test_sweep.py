"""A sweep: the same numbers however it is asked for and whoever does the work; nothing done is lost."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from simulator import cli
from simulator.composing import load_scenario
from simulator.composing.pairing import loader
from simulator.composing.tabled import Points
from simulator.errors import ResultsError, SettingsError, SimulatorError
from simulator.experiments import point as point_module
from simulator.experiments import store, tabulating
from simulator.experiments.comparison import paired_differences
from simulator.experiments.opening import StoredOutcome, SweepResults, open_results, open_run
from simulator.experiments.run import run_to_folder
from simulator.experiments.runner import play_replication
from simulator.experiments.sweep import carry_out, planned
from simulator.experiments.sweep_tables import SweepRun
from simulator.parameters import Scenario
from simulator.parameters.sweep import Sweep
from simulator.reporting.run_report import write_report
from simulator.settings_files import read_yaml, settings_folder

SMALL = ("population.size=60", "population.burn_in_weeks=5", "weeks=20", "replications=2")
VARIED = "caseload.clients_per_caseworker=20,80 sanctions=none,strict"
ROWS = [{"caseload.clients_per_caseworker": n, "sanctions": s} for n in (20, 80) for s in ("none", "strict")]
USUAL = read_yaml(settings_folder() / "study" / "sweep.yaml")


@pytest.fixture(scope="module")
def points() -> Points:
    return loader(SMALL).points("default", ROWS)


@pytest.fixture(scope="module")
def common() -> Scenario:
    return load_scenario("default", *SMALL)


@pytest.fixture
def plan(points, common):
    """Return what makes a sweep of the four points ready, with other settings of sweep and execution."""

    def make(folder: Path, engine: object = None, workers: int = 1, **asked: object) -> SweepRun:
        output = common.output.model_copy(update={"dir": str(folder)})
        changed = {"output": output, "workers": workers, **({"engine": engine} if engine else {})}
        return planned(common.model_copy(update=changed), Sweep.model_validate({**USUAL, **asked}), points)

    return make


@pytest.fixture(scope="module")
def whole(points, common, tmp_path_factory) -> Path:
    """Return the folder of a finished sweep."""
    folder = tmp_path_factory.mktemp("sweep") / "whole"
    output = common.output.model_copy(update={"dir": str(folder)})
    alone = common.model_copy(update={"output": output, "workers": 1})
    assert carry_out(planned(alone, Sweep.model_validate(USUAL), points)).empty
    return folder


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file but the manifests, in which times stand."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != store.MANIFEST]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_sweep_holds_runs_and_tables(whole):
    assert {path.name for path in whole.iterdir()} == {
        "plan.json", "design.csv", "index.csv", "failures.csv", "sweep.csv", "sweep.parquet", "manifest.json",
        "differences.csv", *(f"point={number}" for number in range(4)),
    }  # fmt: skip
    assert {path.name for path in (whole / "point=2").iterdir()} == {
        "plan.json", "spells.parquet", "weekly.parquet", "programmes.parquet", "outcomes.parquet",
        "summary.csv", "manifest.json",
    }  # fmt: skip


def test_a_sweep_with_pictures_has_the_report_of_each_run_in_its_manifest(common, tmp_path):
    points = loader(SMALL).points("default", ROWS[:2])
    output = common.output.model_copy(update={"dir": str(tmp_path / "drawn")})
    alone = common.model_copy(update={"output": output, "workers": 1})
    sweep = Sweep.model_validate({**USUAL, "pictures": True})
    assert carry_out(planned(alone, sweep, points, write_report)).empty
    folders = sorted((tmp_path / "drawn").glob("point=*"))
    assert len(folders) == 2
    for folder in folders:
        files = store.read_manifest(folder)["files"]
        assert {"report.html", "figures/waits.png", "summary.csv"} <= set(files)
        store.check_sizes(folder)


def test_the_table_has_a_row_for_each_point_and_outcome(whole):
    table = pd.read_csv(whole / "sweep.csv")
    assert list(table) == ["point", *ROWS[0], "outcome", "value", "low", "high", "unit", "replications"]
    pd.testing.assert_frame_equal(table, pd.read_parquet(whole / "sweep.parquet"), check_dtype=False)
    summary = pd.read_csv(whole / "point=3" / "summary.csv")
    last = table[table["point"] == 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(last[list(summary)], summary)
    assert set(last["sanctions"]) == {"strict"}
    assert (pd.read_csv(whole / "index.csv")["status"] == "done").all()


def test_differences_are_those_of_a_comparison(whole):
    table = pd.read_csv(whole / "differences.csv")
    assert set(table["point"]) == {1, 2, 3}
    pair = [pd.read_parquet(whole / f"point={number}" / "outcomes.parquet") for number in (0, 3)]
    expected = (
        paired_differences(*pair).dropna(subset=["difference"]).rename(columns={"alternative": "value"})
    )
    last = table[table["point"] == 3].set_index("outcome")
    columns = ["baseline", "value", "difference", "low", "high"]
    pd.testing.assert_frame_equal(
        last.loc[expected["outcome"], columns], expected.set_index("outcome")[columns]
    )


@pytest.mark.parametrize(
    ("rows", "design", "expected"),
    [
        ([{"caseload.clients_per_caseworker": n} for n in (40, 80)], "grid", (1, True)),
        ([{"caseload.clients_per_caseworker": n} for n in (40, 60)], "grid", (0, False)),
        ([{"caseload.clients_per_caseworker": n} for n in (40, 60)], "sobol", (None, False)),
    ],
)
def test_the_baseline_is_the_scenario_as_it_is_or_a_first_point_of_ones_own(common, rows, design, expected):
    sweep = Sweep.model_validate({**USUAL, "design": design})
    run = planned(common, sweep, loader(SMALL).points("default", rows))
    assert (run.baseline, run.is_base) == expected


def test_a_point_is_the_run_for_itself(whole, points, tmp_path):
    output = points.scenarios[1].output.model_copy(update={"dir": str(tmp_path / "alone")})
    alone = run_to_folder(points.scenarios[1].model_copy(update={"output": output}), lambda *_: None)
    ours, theirs = open_run(whole / "point=1"), open_run(alone)
    for table in store.TABLES:
        pd.testing.assert_frame_equal(getattr(ours, table), getattr(theirs, table), check_categorical=False)
    for name in ("summary.csv", "plan.json"):
        assert (alone / name).read_bytes() == (whole / "point=1" / name).read_bytes()


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_change_nothing(whole, plan, tmp_path, workers):
    assert carry_out(plan(tmp_path / "more", workers=workers)).empty
    assert digests(tmp_path / "more") == digests(whole)


def test_processes_and_the_command_line_change_nothing(whole, tmp_path, capsys):
    many, one = str(tmp_path / "many"), str(tmp_path / "one")
    assert cli.main(["-m", *VARIED.split(), *SMALL, f"output.dir={many}", "workers=2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == many
    study = ["study=sweep", f"study.vary={VARIED}", "engine=processes"]
    assert cli.main([*study, *SMALL, f"output.dir={one}", "workers=2"]) == 0
    ours = digests(Path(many))
    assert ours == digests(Path(one))
    assert ours.pop("sweep.png")
    assert ours.pop("report.html")
    assert ours == digests(whole)
    assert {"sweep.png", "report.html"} <= set(store.read_manifest(Path(many))["files"])
    assert cli.main([*study, *SMALL, f"output.dir={one}", "output.language=da"]) == 0
    assert '<html lang="da">' in (Path(one) / "report.html").read_text(encoding="utf-8")
    store.read_manifest(Path(one))
    changed = {name for name, content in digests(Path(one)).items() if content != digests(Path(many))[name]}
    assert changed == {"sweep.png", "report.html"}


def test_blocks_change_no_number(whole, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(point_module, "CLIENT_WEEKS_OF_BLOCK", 1)
    carry_out(plan(tmp_path / "blocks", workers=2))
    ours, theirs = digests(tmp_path / "blocks"), digests(whole)
    changed = {name for name in theirs if ours[name] != theirs[name]}
    assert {name.rpartition("/")[2] for name in changed} <= {
        "index.csv",
        "spells.parquet",
        "programmes.parquet",
    }
    for one, other in zip(open_results(tmp_path / "blocks"), open_results(whole), strict=True):
        pd.testing.assert_frame_equal(one.spells, other.spells, check_categorical=False)
    assert not list((tmp_path / "blocks").rglob("parts"))


def test_what_is_done_is_not_done_again(whole, plan, monkeypatch):
    monkeypatch.setattr(tabulating, "play_replication", None)
    before = digests(whole)
    assert carry_out(plan(whole)).empty
    assert digests(whole) == before


def test_an_interrupted_sweep_goes_on_where_it_stopped(whole, plan, tmp_path, monkeypatch):
    done: list[int] = []

    def dies(scenario: Scenario, replication: int, *more: object) -> object:
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(replication)
        return play_replication(scenario, replication, *more)

    with monkeypatch.context() as patch:
        patch.setattr(tabulating, "play_replication", dies)
        with pytest.raises(KeyboardInterrupt):
            carry_out(plan(tmp_path))
    index = pd.read_csv(tmp_path / "index.csv")
    assert list(index["status"]) == ["done", "done", "waiting", "waiting"]
    with pytest.raises(ResultsError, match="not finished"):
        open_results(tmp_path)
    assert carry_out(plan(tmp_path)).empty
    assert digests(tmp_path) == digests(whole)


@pytest.fixture
def unlucky(monkeypatch) -> None:
    """Let the second point fail."""

    def fails(scenario: Scenario, replication: int, *more: object) -> object:
        if scenario.caseload.clients_per_caseworker == 20 and scenario.sanctions.reductions:
            raise RuntimeError("out of luck")
        return play_replication(scenario, replication, *more)

    monkeypatch.setattr(tabulating, "play_replication", fails)


def test_a_failed_point_is_kept_and_the_others_go_on(whole, plan, tmp_path, unlucky, monkeypatch):
    failures = carry_out(plan(tmp_path))
    assert failures.to_dict("records") == [{"point": 1, **ROWS[1], "error": "RuntimeError: out of luck"}]
    kept = json.loads((tmp_path / "point=1" / "failure.json").read_text(encoding="utf-8"))
    assert any("play_replication" in line for line in kept["traceback"])
    assert kept["settings"]["caseload"]["clients_per_caseworker"] == 20
    assert set(pd.read_csv(tmp_path / "sweep.csv")["point"]) == {0, 2, 3}
    assert list(pd.read_csv(tmp_path / "index.csv")["status"]) == ["done", "failed", "done", "done"]
    monkeypatch.setattr(tabulating, "play_replication", play_replication)
    assert carry_out(plan(tmp_path)).empty
    assert digests(tmp_path) == digests(whole)


def test_a_failed_point_stops_the_others_if_that_is_wished(plan, tmp_path, unlucky):
    with pytest.raises(SimulatorError, match=r"Point 1 \(.*sanctions=strict\) failed: RuntimeError: out of"):
        carry_out(plan(tmp_path, on_error="stop"))
    assert not (tmp_path / "point=3" / "manifest.json").exists()


def test_another_sweep_is_refused_with_what_differs(whole, tmp_path):
    folder = Path(shutil.copytree(whole, tmp_path / "copy"))
    before = digests(folder)
    rows = [{**row, "caseload.clients_per_caseworker": 30} if row is ROWS[2] else row for row in ROWS]
    changed = loader((*SMALL, "weeks=21")).points("default", rows)
    common = changed.scenarios[0].output.model_copy(update={"dir": str(folder)})
    run = planned(
        changed.scenarios[0].model_copy(update={"output": common}), Sweep.model_validate(USUAL), changed
    )
    message = r"weeks \(20 there, 21 now\), points.2.caseload.clients_per_caseworker \(80 there, 30 now\)"
    with pytest.raises(ResultsError, match=message):
        carry_out(run)
    assert digests(folder) == before


@pytest.mark.parametrize("damage", ["shorter", "missing"])
def test_a_damaged_point_is_told(whole, plan, tmp_path, damage):
    folder = Path(shutil.copytree(whole, tmp_path / "copy"))
    path = folder / "point=2" / "spells.parquet"
    content = path.read_bytes()
    path.unlink()
    if damage == "shorter":
        path.write_bytes(content[:-9])
    with pytest.raises(ResultsError, match=r"spells.parquet is (missing|not what).*Delete the folder .*=2"):
        carry_out(plan(folder))
    shutil.rmtree(path.parent)
    assert carry_out(plan(folder)).empty
    assert digests(folder) == digests(whole)


def test_a_truncated_part_is_done_again(whole, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(point_module, "CLIENT_WEEKS_OF_BLOCK", 1)
    folder = Path(shutil.copytree(whole, tmp_path / "copy"))
    (folder / "manifest.json").unlink()
    shutil.rmtree(folder / "point=3")
    run = plan(folder)
    piece = tabulating.tables_of(run.points[3].scenario, [0], run.points[3].tables)
    run.points[3].take(range(0, 1), piece)
    part = store.part_path(run.points[3].folder, "spells", 0)
    part.write_bytes(part.read_bytes()[:-9])
    assert carry_out(run).empty
    assert digests(folder)["sweep.parquet"] == digests(whole)["sweep.parquet"]


def test_a_full_disk_loses_nothing_that_was_written(whole, plan, tmp_path, monkeypatch):
    written = []
    fsync = os.fsync

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) == 40:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ResultsError, match=r"Cannot write .*No space left.*written before is kept"):
            carry_out(plan(tmp_path))
    assert carry_out(plan(tmp_path)).empty
    assert digests(tmp_path) == digests(whole)


def test_two_sweeps_into_one_folder(plan, tmp_path):
    run = plan(tmp_path)
    with (
        store.open_folder(tmp_path, run.plan),
        pytest.raises(ResultsError, match="Another run is at work"),
    ):
        carry_out(run)


def test_only_outcomes_can_be_kept(whole, plan, tmp_path):
    carry_out(plan(tmp_path, keep="outcomes"))
    assert digests(tmp_path)["sweep.parquet"] == digests(whole)["sweep.parquet"]
    run = open_results(tmp_path).run(0)
    with pytest.raises(ResultsError, match="keeps no spells"):
        run.spells  # noqa: B018  (it is read when it is asked for)


def test_results_are_read_when_they_are_asked_for(whole):
    results = open_results(whole)
    assert isinstance(results, SweepResults)
    assert len(results) == 4
    run = results.run(3)
    assert isinstance(run, StoredOutcome)
    assert "spells" not in vars(run)
    assert len(run.spells) == run.manifest["rows"]["spells.parquet"]
    pd.testing.assert_frame_equal(run.summary(), pd.read_csv(whole / "point=3" / "summary.csv"))
    assert [len(one.weekly) for one in results] == [40] * 4
    assert list(results.design["sanctions"]) == [row["sanctions"] for row in ROWS]
    with pytest.raises(ResultsError, match="points 0 to 3, not 4"):
        results.run(4)
    with pytest.raises(ResultsError, match="holds no single run"):
        open_run(whole)
    with pytest.raises(ResultsError, match="keeps no table 'spels'"):
        results.dataset("spels")


def test_mistakes_at_points_are_told_before_anything_is_written(tmp_path, capsys):
    arguments = ["study=sweep", "study.vary=caseload.limit=0,9 sanctions=strct seed=-1,1", *SMALL]
    assert cli.main([*arguments, f"output.dir={tmp_path / 'no'}"]) == 2
    assert "'strct'" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
    with pytest.raises(SettingsError, match="2 mistakes"):
        loader(SMALL).points("default", [{"caseload.limit": 0}, {"seed": -1}])


class TestOtherReaders:
    """What anybody's Parquet reader makes of a sweep's folder, without the simulator."""

    @pytest.fixture
    def expected(self, whole) -> dict[int, float]:
        return {n: float(run.spells["weeks"].mean()) for n, run in enumerate(open_results(whole))}

    def test_pandas(self, whole, expected):
        files = sorted(whole.glob("point=*/spells.parquet"))
        table = pd.concat({int(f.parent.name[6:]): pd.read_parquet(f) for f in files}, names=["point"])
        assert table["weeks"].groupby("point").mean().to_dict() == pytest.approx(expected)

    def test_arrow(self, whole, expected):
        spells = open_results(whole).dataset("spells").to_table(columns=["point", "weeks"])
        means = spells.group_by("point").aggregate([("weeks", "mean")]).to_pylist()
        assert {row["point"]: row["weeks_mean"] for row in means} == pytest.approx(expected)

    def test_duckdb(self, whole, expected):
        duckdb = pytest.importorskip("duckdb")
        query = f"""select point, avg(weeks) from read_parquet('{whole}/point=*/spells.parquet',
                    hive_partitioning = true) group by point"""
        assert dict(duckdb.sql(query).fetchall()) == pytest.approx(expected)

    def test_polars(self, whole, expected):
        polars = pytest.importorskip("polars")
        lazy = polars.scan_parquet(f"{whole}/point=*/spells.parquet", hive_partitioning=True)
        means = lazy.group_by("point").agg(polars.col("weeks").mean()).collect()
        assert dict(means.rows()) == pytest.approx(expected)
