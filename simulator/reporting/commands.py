"""The command that a page shows: what asks for its study again, on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulator.composing.session import key_of
from simulator.composing.tabled import is_of_all
from simulator.parameters import Scenario
from simulator.parameters.base import Group
from simulator.settings_files import read_yaml, settings_folder


def usual_of(kind: str) -> dict[str, Any]:
    """Return the settings of a kind of study as they are where nothing is asked."""
    return dict(read_yaml(settings_folder() / "study" / f"{kind}.yaml"))


def study_of(kind: str, study: Group, written: Callable[[object], str] = str) -> list[str]:
    """Return the overrides that ask for a study: its kind, and each setting that is not as usual."""
    usual, asked = usual_of(kind), study.model_dump(mode="json")
    changed = [f"study.{name}={written(value)}" for name, value in asked.items() if value != usual[name]]
    return [f"study={kind}", *changed]


def command_of(
    asked: Sequence[str], scenario: Scenario, common: Sequence[str], folders: Sequence[Path], *flags: str
) -> str:
    """Return a command, wherever its results go and whoever does the work.

    Parameters
    ----------
    asked : sequence of str
        Overrides for the study, the scenario's name with them.
    scenario : Scenario
        Has the language.
    common : sequence of str
        What else was set; of it, what holds for all results is left out, and the scenario.
    folders : sequence of Path
        The user's own folders of settings.
    *flags : str
        Options of the command line.
    """
    own = [word for folder in folders for word in ("--config-dir", str(folder))]
    others = [one for one in common if not is_of_all(key_of(one)) and key_of(one) != "scenario"]
    shown = f"output.language={scenario.output.language.label}"
    return shlex.join(["simulator", *flags, *own, *asked, *others, shown])
