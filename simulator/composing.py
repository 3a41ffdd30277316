"""Compose settings from files and overrides by Hydra: all mistakes at once, and nothing left behind in the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.config import MISSING, nearest_setting, read_scenario
from simulator.errors import Mistake, SettingsError
from simulator.settings_files import (
    Options,
    check_folders,
    check_option,
    list_options,
    list_scenarios,
    own_folders,
    settings_folder,
    yaml_mistake,
)
from simulator.wishes import NO_SUCH_SETTING, Kind, Terms, Wish, judge, list_points, unreadable

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig, ListConfig

    from simulator.parameters import Scenario

__all__ = [
    "check_overrides",
    "compose_settings",
    "list_scenarios",
    "load_scenario",
    "search_path",
    "settings_folder",
    "settings_of_job",
]

HYDRA_VERSION = "1.3"
"""Whose behaviour is asked for, whichever later version is installed."""

Compose = Callable[[Sequence[str]], "DictConfig"]
Settings = dict[str, Any]
_ONE_AT_A_TIME = threading.RLock()


def load_scenario(name: str = "default", *overrides: str, folders: Sequence[Path] = ()) -> Scenario:
    """Return a scenario, complete and validated.

    Parameters
    ----------
    name : str
        Name of the scenario file, without its ending.
    *overrides : str
        Settings to change, as on the command line: `"caseload=ratio"`, `"caseload.clients_per_caseworker=60"`.
    folders : sequence of Path
        Folders with scenarios (or other options) of your own.

    Raises
    ------
    SettingsError
        With every mistake that was found.

    Examples
    --------
    >>> load_scenario("neutral", "weeks=52").weeks
    52
    """
    quoted = name.replace("'", "\\'")
    _, scenarios = check_overrides([f"scenario='{quoted}'", *overrides], folders)
    return scenarios[0]


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
    with _request(overrides, folders) as (_, points, mistakes):
        settings = next(points, {})
        if mistakes:
            raise SettingsError(mistakes)
        return settings


def check_overrides(
    overrides: Sequence[str],
    folders: Sequence[Path] = (),
    *,
    sweep: bool = False,
    command_line: bool = False,
) -> tuple[list[str], list[Scenario]]:
    """Compose and validate, every point of a sweep if it is one.

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
    with _request(overrides, folders, sweep=sweep, command_line=command_line) as (wishes, points, mistakes):
        scenarios = []
        for settings in points:
            try:
                scenarios.append(read_scenario(settings))
            except SettingsError as error:
                mistakes += _certain(error.mistakes, mistakes)
        if mistakes:
            raise SettingsError(list(dict.fromkeys(mistakes)))
        return [wish.line for wish in wishes], scenarios


def settings_of_job(job: DictConfig) -> Settings:
    """Return the plain tree of the settings with which Hydra calls a job."""
    from hydra.core.hydra_config import HydraConfig

    settings, mistakes = _plain(job, HydraConfig.get().runtime.choices["scenario"])
    if mistakes:
        raise SettingsError(mistakes)
    return settings


def search_path(folders: Sequence[Path]) -> list[str]:
    """Return the override (or none) that makes Hydra look into a user's own folders, too."""
    from hydra.core.override_parser.types import Quote, QuotedString

    paths = [path for folder in [*own_folders(), *folders] for path in _addresses(folder.resolve())]
    _register_loose_scenarios()
    quoted = [QuotedString(path, Quote.single).with_quotes() for path in paths]
    return [f"hydra.searchpath=[{','.join(quoted)}]"] if quoted else []


def _addresses(folder: Path) -> list[str]:
    loose = [f"loose://{folder}"] if any(folder.glob("*.yaml")) else []
    return [*loose, f"file://{folder}"]


@cache
def _register_loose_scenarios() -> None:
    """Teach Hydra to read the files that lie loose in a folder as options of the group `scenario`."""
    from hydra._internal.core_plugins.file_config_source import FileConfigSource
    from hydra.core.object_type import ObjectType
    from hydra.core.plugins import Plugins
    from hydra.plugins.config_source import ConfigResult

    class LooseScenarios(FileConfigSource):
        @staticmethod
        def scheme() -> str:
            return "loose"

        def load_config(self, config_path: str) -> ConfigResult:
            return super().load_config(config_path.removeprefix("scenario/"))

        def is_group(self, config_path: str) -> bool:
            return config_path in {"", "scenario"}

        def is_config(self, config_path: str) -> bool:
            inside = config_path.startswith("scenario/")
            return inside and super().is_config(config_path.removeprefix("scenario/"))

        def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
            if config_path != "scenario" or results_filter == ObjectType.GROUP:
                return []
            return sorted(path.stem for path in Path(self.path).glob("*.yaml"))

    Plugins.instance().register(LooseScenarios)


@contextmanager
def _request(
    overrides: Sequence[str], folders: Sequence[Path], **allowed: bool
) -> Iterator[tuple[list[Wish], Iterator[Settings], list[Mistake]]]:
    """Read overrides; give what is wished, the settings of each point, and the list in which mistakes gather."""
    wrong = check_folders(folders)
    if wrong:
        raise SettingsError(wrong)
    terms = Terms(list_options(folders), **allowed)
    mistakes: list[Mistake] = []
    wishes = _read_overrides(overrides, terms, mistakes)
    with _hydra(folders) as compose:
        wishes = _followable(compose, wishes, terms.options, mistakes)
        yield wishes, _settings_of_points(compose, wishes, mistakes), mistakes


def _certain(found: Sequence[Mistake], mistakes: Sequence[Mistake]) -> list[Mistake]:
    """Leave out what may only follow from an override that was dropped."""
    if not mistakes:
        return list(found)
    places = {mistake.where for mistake in mistakes}
    return [m for m in found if m.where and m.where not in places and m.problem != MISSING]


def _read_overrides(overrides: Sequence[str], terms: Terms, mistakes: list[Mistake]) -> list[Wish]:
    """Return the wishes that can be understood; what is wrong with the others goes to `mistakes`."""
    wishes = []
    for text in overrides:
        values = _parse(text, terms.options)
        wish, wrong = judge(text, values, terms) if values else (None, [unreadable(text)])
        mistakes += wrong
        if wish is not None:
            wishes.append(wish)
    return wishes


def _parse(text: str, options: Options) -> list[Override]:
    """Return an override, once for each of its values if it is swept; nothing if it cannot be read."""
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parser = OverridesParser.create()
    try:
        override = parser.parse_override(text)
        if not override.key_or_group:
            return []
        if not override.is_sweep_override():
            return [override]
        head = override.get_key_element()
        return [parser.parse_override(f"{head}={value}") for value in _swept(override, options)]
    except Exception:  # whatever the grammar and its functions raise, the text cannot be read
        return []


def _swept(override: Override, options: Options) -> list[str]:
    from hydra.core.override_parser.types import Glob

    pattern: Any = override.value()
    if isinstance(pattern, Glob):
        return pattern.filter(list(options.get(override.key_or_group, {})))
    return list(override.sweep_string_iterator())


@contextmanager
def _hydra(folders: Sequence[Path]) -> Iterator[Compose]:
    """Give a function that composes; whoever else uses Hydra in this process finds it as it was."""
    from hydra import compose, initialize_config_dir, version
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig

    extra = [*search_path(folders), "hydra.job.num=0", "hydra.job.id='0'"]

    def compose_with(texts: Sequence[str]) -> DictConfig:
        settings = compose("config", overrides=[*extra, *texts], return_hydra_config=True)
        HydraConfig.instance().set_config(settings)
        return settings

    with _ONE_AT_A_TIME:
        before = GlobalHydra.instance().hydra, HydraConfig.instance().cfg, version.getbase()
        GlobalHydra.instance().clear()
        try:
            folder = str(settings_folder())
            with initialize_config_dir(folder, job_name="simulator", version_base=HYDRA_VERSION):
                yield compose_with
        finally:
            GlobalHydra.instance().hydra, HydraConfig.instance().cfg = before[:2]
            version.setbase(str(before[2]) if before[2] else HYDRA_VERSION)


def _followable(
    compose: Compose, wishes: list[Wish], options: Options, mistakes: list[Mistake]
) -> list[Wish]:
    """Return the wishes that Hydra can follow together; what is wrong with the others goes to `mistakes`."""
    if _failure(compose, wishes) is None:
        return wishes
    at_rest = _failure(compose, [])
    if at_rest is not None:
        raise SettingsError([*mistakes, *_broken_files(at_rest, options)])
    dropped_before = bool(mistakes)
    fine = []
    for wish in wishes:
        failure = _failure(compose, [wish])
        if failure is None:
            fine.append(wish)
        elif not (dropped_before and wish.kind is Kind.DELETE):
            mistakes.append(_blame(wish, failure, options))
    together = _failure(compose, fine)
    if together is None:
        return fine
    mistakes.append(Mistake("", f"these settings do not go together ({_reason(together)})"))
    return []


def _failure(compose: Compose, wishes: Sequence[Wish]) -> Exception | None:
    try:
        compose([wish.texts[0] for wish in wishes])
    except Exception as error:  # a broken file can make Hydra and YAML raise nearly anything
        return error
    return None


def _blame(wish: Wish, failure: Exception, options: Options) -> Mistake:
    """Say what is wrong with the one wish with which composing fails."""
    if wish.kind is Kind.DELETE:
        return Mistake(wish.key, NO_SUCH_SETTING, nearest=nearest_setting(wish.key))
    if wish.kind is Kind.GROUP:
        return _in_file(failure, options[wish.key][str(wish.values[0])])
    return Mistake(wish.key, f"'{wish.texts[0].lstrip('+')}' cannot be followed ({_reason(failure)})")


def _in_file(failure: BaseException | None, path: Path) -> Mistake:
    reason = _reason(failure) if failure else ""
    while failure is not None:
        mark = getattr(failure, "problem_mark", None)
        if mark is not None and isinstance(failure, Exception):
            return yaml_mistake(failure, Path(mark.name))
        failure = failure.__cause__ or failure.__context__
    return Mistake(str(path), f"cannot be composed ({reason})")


def _reason(failure: BaseException) -> str:
    text = str(failure) or str(failure.__cause__ or "")
    return text.strip().splitlines()[0] if text.strip() else type(failure).__name__


def _broken_files(failure: Exception, options: Options) -> list[Mistake]:
    """Look through all files for what keeps even the settings as they stand from composing."""
    found = [m for group in options for name in options[group] for m in check_option(group, name, options)]
    return found or [_in_file(failure, settings_folder() / "config.yaml")]


def _settings_of_points(
    compose: Compose, wishes: Sequence[Wish], mistakes: list[Mistake]
) -> Iterator[Settings]:
    """Yield the settings of each point; points that differ in plain values alone are composed once."""
    composed: dict[tuple[str, ...], Settings] = {}
    for point in list_points(wishes):
        chosen = list(zip(wishes, point, strict=True))
        texts = tuple(wish.texts[0 if wish.is_plain else index] for wish, index in chosen)
        if texts not in composed:
            composed[texts] = _compose_point(compose, texts, mistakes)
        settings = deepcopy(composed[texts])
        for wish, index in chosen:
            if index and wish.is_plain:
                _put(settings, wish.key, wish.values[index])
        yield settings


def _compose_point(compose: Compose, texts: Sequence[str], mistakes: list[Mistake]) -> Settings:
    try:
        job = compose(texts)
    except Exception as error:  # see _failure
        raise SettingsError([*mistakes, Mistake(" ".join(texts), f"cannot be composed ({_reason(error)})")]) from None
    choice = job.hydra.runtime.choices["scenario"]
    settings, wrong = _plain(job, choice)
    mistakes += wrong
    return settings


def _put(settings: Settings, key: str, value: object) -> None:
    *above, last = key.split(".")
    for name in above:
        settings = settings[name]
    settings[last] = value


def _plain(job: DictConfig, scenario: str) -> tuple[Settings, list[Mistake]]:
    """Return composed settings as plain values, and what in them refers to nothing."""
    mistakes: list[Mistake] = []
    own = {str(key): None for key in job if key != "hydra"}
    settings = _resolved(job, (), mistakes, list(own))
    return {**settings, "scenario": scenario}, mistakes


def _resolved(
    node: DictConfig | ListConfig, path: tuple[object, ...], mistakes: list[Mistake], keys: Sequence[Any]
) -> Any:  # noqa: ANN401  (settings hold anything)
    from omegaconf import DictConfig, ListConfig
    from omegaconf.errors import OmegaConfBaseException

    found: dict[Any, Any] = {}
    for key in keys:
        try:
            value = node[key]
        except (OmegaConfBaseException, RecursionError) as error:
            mistakes.append(_unresolved(node, (*path, key), error))
            continue
        if isinstance(value, (DictConfig, ListConfig)):
            value = _resolved(value, (*path, key), mistakes, _keys(value))
        found[key] = value
    return list(found.values()) if isinstance(node, ListConfig) else found
