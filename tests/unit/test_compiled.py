"""Compiled code on disk belongs to exactly the sources that it came from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import compiled

CALL = """
from simulator.agents.client import CLIENT
from simulator.agents.programme import PROGRAMME, stay_weeks
from simulator.compiled import CACHE_FOLDER
from simulator.randomness import luck_of
from simulator.records import table

found = any(CACHE_FOLDER.rglob("*.nbc"))
programme, client = table(1, PROGRAMME)[0], table(1, CLIENT)[0]
programme.geometric, programme.weeks = 1, 2_000
print(CACHE_FOLDER.name, found, stay_weeks(programme, client, luck_of(1, 0)))
"""
"""Calls a behaviour that calls a rule in another file; says where compiled code is, and if it was there."""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a copy of the simulator's own sources."""
    ignore = shutil.ignore_patterns("__pycache__", "_settings")
    return shutil.copytree(compiled.PACKAGE, tmp_path / "simulator", ignore=ignore)


def call(package: Path, **environment: str) -> tuple[str, bool, int]:
    """Return the cache folder, whether it held compiled code before, and the weeks of the stay."""
    places = {"PYTHONPATH": str(package.parent), "SIMULATOR_CACHE_DIR": str(package.parent / "cache")}
    places["NUMBA_DISABLE_JIT"] = "0"
    done = subprocess.run(
        [sys.executable, "-c", CALL], cwd=package.parent, capture_output=True, text=True, check=True,
        env={**os.environ, **places, **environment},
    )  # fmt: skip
    folder, found, weeks = done.stdout.split()
    return folder, found == "True", int(weeks)


def test_edited_rule_in_another_file_takes_effect(package):
    folder, found, weeks = call(package)
    assert not found
    assert call(package) == (folder, True, weeks)

    rule = package / "randomness.py"
    before = rule.read_text(encoding="utf-8")
    edited = before.replace("return open_interval(high, low)", "return open_interval(high, low) ** 2")
    assert edited != before
    rule.write_text(edited, encoding="utf-8")
    new_folder, found, longer = call(package)
    assert new_folder != folder
    assert not found
    assert longer == pytest.approx(2 * weeks, abs=2)
    assert call(package, NUMBA_DISABLE_JIT="1")[2] == longer

    rule.write_text(before, encoding="utf-8")
    assert call(package) == (folder, True, weeks)


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small folder that stands for the simulator's own sources."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "week.py").write_text("one = 1\n")
    (tmp_path / "rules" / "caseload.py").write_text("two = 2\n")
    monkeypatch.setattr(compiled, "PACKAGE", tmp_path)
    return tmp_path


def test_hash_sees_contents_names_and_new_files_only(sources):
    first = compiled.source_hash()
    assert compiled.source_hash() == first
    (sources / "notes.txt").write_text("no source")
    assert compiled.source_hash() == first
    (sources / "rules" / "caseload.py").write_text("two = 3\n")
    second = compiled.source_hash()
    (sources / "rules" / "caseload.py").rename(sources / "rules" / "other.py")
    third = compiled.source_hash()
    (sources / "more.py").write_text("")
    assert len({first, second, third, compiled.source_hash()}) == 4


def test_hash_of_what_is_compiled_sees_no_other_rooms(sources):
    whole, of_compiled = compiled.source_hash(), compiled.source_hash(compiled_only=True)
    (sources / "reporting").mkdir()
    (sources / "reporting" / "figures.py").write_text("three = 3\n")
    assert compiled.source_hash() != whole
    assert compiled.source_hash(compiled_only=True) == of_compiled
    (sources / "rules" / "caseload.py").write_text("two = 3\n")
    assert compiled.source_hash(compiled_only=True) != of_compiled


def test_hash_sees_versions(monkeypatch):
    before = compiled.source_hash()
    monkeypatch.setattr(compiled.numba, "__version__", "0.0")
    assert compiled.source_hash() != before


def test_cache_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("SIMULATOR_CACHE_DIR", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / "compiled" / compiled.source_hash(compiled_only=True)
    monkeypatch.delenv("SIMULATOR_CACHE_DIR")
    assert tmp_path not in compiled.cache_folder().parents


def test_folder_that_cannot_be_made_is_not_writable(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert not compiled._writable(tmp_path / "file" / "cache")
    assert compiled._writable(tmp_path / "cache")
