"""Compose settings from files and overrides by Hydra: all mistakes at once, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.composing.points import read_points, settings_of_points
from simulator.composing.request import request
from simulator.composing.resolving import Settings
from simulator.composing.session import quote
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.settings_files import list_scenarios, settings_folder

__all__ = [
    "check_overrides",
    "compose_all",
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
    lines, scenarios, mistakes = compose_all(overrides, folders, sweep=sweep, command_line=command_line)
    if mistakes:
        raise SettingsError(mistakes)
    return lines, scenarios


def compose_all(
    overrides: Sequence[str], folders: Sequence[Path] = (), **allowed: bool
) -> tuple[list[str], list[Scenario], list[Mistake]]:
    """Return what `check_overrides` does, and every mistake.

    If there is any, the scenario is what is left of a single run without the overrides that are mistaken, if
    something is; what else is wrong with its study can then be told, too.
    """
    with request(overrides, folders, **allowed) as (compose, wishes, mistakes):
        scenarios = read_points(settings_of_points(compose, wishes), mistakes)
        if mistakes:
            wrong = {mistake.where for mistake in mistakes}
            rest = [wish for wish in wishes if wish.key not in wrong]
            is_single = all(len(wish.texts) == 1 for wish in rest)
            scenarios = read_points(settings_of_points(compose, rest), []) if is_single else []
    return [wish.line for wish in wishes], scenarios, list(dict.fromkeys(mistakes))
