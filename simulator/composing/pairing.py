"""The second scenario of a comparison: another name, or the same with changes, and all else alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.composing import load_scenario
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.parameters.study import Compare

ITS_OWN = ("scenario", "study")


def alternative_of(
    scenario: Scenario, overrides: Sequence[str], folders: Sequence[Path] = ()
) -> Scenario | None:
    """Return the second scenario of a comparison, or None if the study is another.

    Parameters
    ----------
    scenario : Scenario
        The first one.
    overrides : sequence of str
        Those of the command; they hold for both, save the name of the scenario and the study.
    folders : sequence of Path
        A user's own folders.

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
    common = [override for override in overrides if not _is_its_own(override)]
    return load_scenario(name, *common, *study.changes.split(), folders=folders)


def _is_its_own(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0]
    return key.partition(".")[0] in ITS_OWN
