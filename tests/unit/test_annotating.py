"""`--cfg job` with units: still YAML, still the same settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from simulator.cli import main
from simulator.composing.annotating import with_units, without_shared

ROOT = Path(__file__).parents[2]


def test_units_stand_beside_numbers_and_the_settings_stay_as_they_are(capsys):
    assert main(["--cfg", "job", "caseload.limit=40"]) == 0
    said = capsys.readouterr().out
    assert "  limit: 40  # clients\n" in said
    assert "  hours_per_week: 40.0  # hours/week\n" in said
    assert "  # share\n" in said
    assert "regime: ratio\n" in said
    assert yaml.safe_load(said)["caseload"]["limit"] == 40
    bare = "\n".join(line.partition("  # ")[0] for line in said.splitlines())
    assert yaml.safe_load(bare) == yaml.safe_load(said)


def test_a_part_has_its_units_too(capsys):
    assert main(["--cfg", "job", "-p", "caseload"]) == 0
    assert "\nlimit: 80  # clients\n" in capsys.readouterr().out


@given(st.text(max_size=80))
def test_a_text_of_many_lines_is_never_broken(question):
    tree = {"about": {"question": question, "title": "a: b # c"}, "weeks": 52}
    text = yaml.safe_dump(tree, width=40)
    assert yaml.safe_load(with_units(text)) == tree


def test_what_a_shell_is_offered_are_options():
    assert (
        without_shared("caseload=_shared caseload=limit caseload=ratio\n")
        == "caseload=limit caseload=ratio\n"
    )


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("simulator caseload=", "caseload=fixed_staff caseload=limit caseload=ratio"),
        ("simulator experiment=sm", "experiment=smaller_caseloads"),
        ("simulator caseload.li", "caseload.limit="),
    ],
)
def test_a_shell_is_told_how_to_go_on(line, offered, capsys, monkeypatch):
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    assert main(["--shell-completion", "query=bash"]) == 0
    assert offered in capsys.readouterr().out


def test_bash_completes_with_what_is_installed(tmp_path):
    """A real shell: what `-sc install=bash` prints is evaluated, and asked to complete a line."""
    program = tmp_path / "simulator"
    program.write_text('#!/bin/sh\nexec "$PYTHON" -m simulator "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = (
        'eval "$(simulator -sc install=bash)"; COMP_LINE="simulator sanctions=str"; '
        "COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=1; hydra_bash_completion; "
        'echo "${COMPREPLY[@]}"'
    )
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["sanctions=strict"]
