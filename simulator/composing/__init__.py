"""Compose settings from files and overrides by Hydra: all mistakes at once, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.composing.points import settings_of_points
from simulator.composing.request import request
from simulator.composing.resolving import Settings
from simulator.composing.session import quote
from simulator.config import INCOMPLETE, MISSING, read_scenario
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.settings_files import list_scenarios, settings_folder

__all__ = [
    "check_overrides",
    "compose_settings",
    "list_scenarios",
    "load_scenario",
    "settings_folder",
]


def load_scenario(
    name: str | None = None, *overrides: str, folders: Sequence[Path | str] | Path | str = ()
) -> Scenario:
    """Return a scenario, complete and validated.

    Parameters
    ----------
    name : str, optional
        Name of the scenario file, without its ending; if not given, the default one or an experiment's.
    *overrides : str
        What to change, as on the command line: `"caseload=ratio"`, `"caseload.limit=60"`.
    folders : sequence of Path or str
        Folders with scenarios (or other options) of your own, or a single one.

    Raises
    ------
    SettingsError
        With every mistake that was found.

    Examples
    --------
    >>> load_scenario("neutral", "weeks=52").weeks
    52
    """
    mistakes = [] if name is None else [*_no_text("scenario", name, "the name of a scenario")]
    for override in overrides:
        mistakes += _no_text("override", override, '"KEY=VALUE", each as a text of its own')
    if mistakes:
        raise SettingsError(mistakes)
    paths = [Path(folder) for folder in ([folders] if isinstance(folders, str | Path) else folders)]
    chosen = [] if name is None else [f"scenario={quote(name)}"]
    _, scenarios = check_overrides([*chosen, *overrides], paths)
    return scenarios[0]


def _no_text(where: str, value: object, allowed: str) -> Iterator[Mistake]:
    if not isinstance(value, str):
        yield Mistake(where, f"{type(value).__name__} is not text", allowed)


def compose_settings(overrides: Sequence[str] = (), folders: Sequence[Path] = ()) -> Settings:
    """Return the plain tree of settings, not yet validated.

    Parameters
    ----------
    overrides : sequence of str
        As on the command line, groups and values in any order.
    folders : sequence of Path
        A user's own folders, each with scenario files, or with folders named like groups, or both.

    Raises
    ------
    SettingsError
        With every override or file that cannot be followed.
    """
    with request(overrides, folders) as (compose, wishes, mistakes):
        settings, wrong = next(settings_of_points(compose, wishes))
        if mistakes or wrong:
            raise SettingsError([*mistakes, *wrong])
        return settings


def check_overrides(
    overrides: Sequence[str], folders: Sequence[Path] = (), *, sweep: bool = False, command_line: bool = False
) -> tuple[list[str], list[Scenario]]:
    """Compose and validate; if it is a sweep, every point of it.

    Parameters
    ----------
    overrides, folders
        As in `compose_settings`.
    sweep : bool
        Whether an override may have several values.
    command_line : bool
        Whether Hydra's own settings may be changed.

    Returns
    -------
    lines : list of str
        The overrides in the form that Hydra can take over.
    scenarios : list of Scenario
        One for each point of the sweep, or a single one.

    Raises
    ------
    SettingsError
        With every mistake of composition and validation at any point.
    """
    scenarios = []
    with request(overrides, folders, sweep=sweep, command_line=command_line) as (compose, wishes, mistakes):
        for settings, wrong in settings_of_points(compose, wishes):
            mistakes.extend(wrong)
            try:
                scenarios.append(read_scenario(settings))
            except SettingsError as error:
                mistakes.extend(_certain(error.mistakes, mistakes))
    if mistakes:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    return [wish.line for wish in wishes], scenarios


def _certain(found: Sequence[Mistake], before: Sequence[Mistake]) -> list[Mistake]:
    """Leave out what may only follow from an override that was dropped before."""
    if not before:
        return list(found)
    places = {mistake.where for mistake in before}
    return [m for m in found if m.where and m.where not in places and m.problem not in {MISSING, INCOMPLETE}]
