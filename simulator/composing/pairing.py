"""Other scenarios than the one of a command, under the same overrides: what studies compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.composing import load_scenario
from simulator.composing.levers import Row
from simulator.composing.session import key_of, quote
from simulator.composing.tabled import Points, compose_rows
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.parameters.study import Compare

ITS_OWN = ("scenario", "study", "output")
Load = Callable[..., Scenario]
"""Takes the name of a scenario and further overrides."""


@dataclass(frozen=True)
class Loader:
    """Loads any scenario with the overrides of a command, save those of its own.

    Attributes
    ----------
    common : tuple of str
        The overrides of the command, without scenario, study and folder of results.
    folders : tuple of Path
        A user's own folders.
    """

    common: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    def __call__(self, name: str, *changes: str) -> Scenario:
        """Return a scenario with further changes."""
        return load_scenario(name, *self.common, *changes, folders=self.folders)

    def points(self, name: str, rows: Sequence[Row], before: Sequence[Mistake] = ()) -> Points:
        """Return a scenario at every point of a table of settings; see `compose_rows`."""
        return compose_rows([f"scenario={quote(name)}", *self.common], rows, self.folders, before)


def loader(overrides: Sequence[str], folders: Sequence[Path] = ()) -> Loader:
    """Return what loads other scenarios under the overrides of a command.

    Parameters
    ----------
    overrides : sequence of str
        Those of the command; the name of the scenario, the study and the folder of results are left out.
    folders : sequence of Path
        A user's own folders.
    """
    return Loader(tuple(one for one in overrides if not _is_its_own(one)), tuple(folders))


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
    return key_of(override).partition(".")[0] in ITS_OWN
