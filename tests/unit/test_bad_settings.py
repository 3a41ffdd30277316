"""Every file in `tests/bad_configs` is a command with mistakes, and the exact message that answers it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulator.cli import MISTAKEN, main
from simulator.settings_files import KINDS, list_options

CASES = sorted((Path(__file__).parents[1] / "bad_configs").glob("*.yaml"))


def expected(case, folder):
    options = list_options()
    message = case["message"].replace("{folder}", str(folder)).replace("{kinds}", ", ".join(options[KINDS]))
    message = message.replace("{programmes}", ", ".join([*options["programmes"], "arts"]))
    return message.replace("{scenarios}", ", ".join(options["scenario"])).replace(
        "{groups}", ", ".join(group for group in options if group != KINDS)
    )


def write(files, folder):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistakes_are_told_and_nothing_is_written(path, tmp_path, monkeypatch, capsys):
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    folder, here = tmp_path / "own", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    write(case.get("files", {}), folder)

    code = main([argument.replace("{folder}", str(folder)) for argument in case["arguments"]])

    said = capsys.readouterr()
    assert said.err == expected(case, folder)
    assert said.out == ""
    assert code == MISTAKEN
    assert list(here.iterdir()) == []


def test_there_are_enough_cases():
    assert len(CASES) >= 30
