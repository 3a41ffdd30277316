"""Other scenarios than the one of a command, under the same overrides: what studies compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from simulator.composing import load_scenario
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.parameters.study import Compare

ITS_OWN = ("scenario", "study", "output")
Load = Callable[..., Scenario]
"""Takes the name of a scenario and further overrides."""


def loader(overrides: Sequence[str], folders: Sequence[Path] = ()) -> Load:
    """Return what loads any scenario with the overrides of a command, save those of its own.

    Parameters
    ----------
    overrides : sequence of str
        Those of the command; the name of the scenario, the study and the folder of results are left out.
    folders : sequence of Path
        A user's own folders.
    """
    return partial(_load, [one for one in overrides if not _is_its_own(one)], folders)


def _load(common: Sequence[str], folders: Sequence[Path], name: str, *changes: str) -> Scenario:
    return load_scenario(name, *common, *changes, folders=folders)


def alternative_of(scenario: Scenario, load: Load) -> Scenario | None:
    """Return the second scenario of a comparison, or None if the study is another.

    Raises
    ------
    SettingsError
        If nothing says what to compare with, or the changes cannot be followed.
    """
    study = scenario.study
    if not isinstance(study, Compare):
        return None
    name = study.scenario or scenario.about.pair or scenario.scenario
    if name == scenario.scenario and not study.changes:
        problem = f"the scenario '{scenario.scenario}' names no pair, and nothing is changed"
        raise SettingsError([Mistake("study", problem, "study.scenario=NAME or study.changes=KEY=VALUE")])
    return load(name, *study.changes.split())


def _is_its_own(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0]
    return key.partition(".")[0] in ITS_OWN
