"""Where settings lie and what there is to choose: folders, options, scenarios; YAML only, no Hydra."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import Mistake, SettingsError, nearest

HEADER = "# @package _global_"
"""What a scenario file begins with, so that its settings land at the top of the tree."""

KINDS = "programmes/kind"
"""The group whose options are no choice of their own: a catalogue lists them, each under a short name."""

WHOLE = {"scenario": "a scenario", "experiment": "an experiment"}
"""Groups whose options set values anywhere in the tree."""

Options = Mapping[str, Mapping[str, Path]]
"""The file of each option of each group."""


def settings_folder() -> Path:
    """Return the simulator's own folder of settings: the wheel's if there is one, else the checkout's."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_settings" / "conf", here.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    problem = "the simulator's own settings are not where they should be; install it again"
    raise SettingsError([Mistake(str(here / "_settings" / "conf"), problem)])


def own_folders() -> list[Path]:
    """Return where the simulator's own scenarios lie if a copy without links has lost `conf/scenario`."""
    folder = settings_folder()
    return [] if (folder / "scenario").is_dir() else [folder.parent / "scenarios"]


def group_names() -> list[str]:
    """Return the groups that options are chosen from."""
    named = {path.name for path in settings_folder().iterdir() if path.is_dir()} | {"scenario"}
    return sorted(named - {"hydra", "__pycache__"})


def default_options() -> dict[str, str]:
    """Return the option of each group that is chosen if nobody chooses."""
    entries = read_yaml(settings_folder() / "config.yaml")["defaults"]
    pairs = [pair for entry in entries if isinstance(entry, dict) for pair in entry.items()]
    return {str(group): str(option) for group, option in pairs if not str(group).startswith("override ")}


def list_options(folders: Sequence[Path] = ()) -> dict[str, dict[str, Path]]:
    """Return the options of every group, and the kinds of programme, those in a user's own folders included.

    Parameters
    ----------
    folders : sequence of Path
        Each holds scenario files, or folders named like groups (`scenario/`, `caseload/`), or both.
    """
    places = [settings_folder(), *own_folders(), *folders]
    options: dict[str, dict[str, Path]] = {group: {} for group in [*group_names(), KINDS]}
    for group, name, path in (found for place in places for found in _files(place)):
        if group in options:
            options[group].setdefault(name, path)
    return options


def _files(place: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield group, name and path of each option; what lies loose in a user's folder is a scenario.

    A name that begins with an underscore is no option: it holds what options of its group have in common.
    """
    loose = [] if place == settings_folder() else sorted(place.glob("[!_]*.yaml"))
    yield from (("scenario", path.stem, path) for path in loose)
    yield from ((path.parent.name, path.stem, path) for path in sorted(place.glob("*/[!_]*.yaml")))
    yield from ((KINDS, path.stem, path) for path in sorted(place.glob(f"{KINDS}/[!_]*.yaml")))


def check_folders(folders: Sequence[Path]) -> None:
    """Make sure that a user's own folders are there, and hold no name that is taken.

    Raises
    ------
    SettingsError
        With everything that is wrong.
    """
    mistakes = []
    taken = list_options()
    for folder in folders:
        if not folder.is_dir():
            mistakes.append(Mistake(str(folder), "there is no such folder"))
            continue
        for group, name, path in _files(folder):
            first = taken.get(group, {}).setdefault(name, path) if group in taken else path
            if not first.samefile(path):
                problem = f"there is already a {group} named '{name}'; give the file another name"
                mistakes.append(Mistake(str(path), problem))
    if mistakes:
        raise SettingsError(mistakes)


def read_yaml(path: Path) -> Any:  # noqa: ANN401  (YAML holds anything)
    """Return what a YAML file holds.

    Raises
    ------
    SettingsError
        If it is not YAML; the message names file and line.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SettingsError([yaml_mistake(error, path)]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([Mistake(str(path), "is not text in UTF-8")]) from error
    except OSError as error:
        raise SettingsError([Mistake(str(path), f"cannot be read ({error.strerror})")]) from error


def yaml_mistake(error: Exception, path: Path) -> Mistake:
    """Return where a YAML file is broken, by file and line."""
    mark = getattr(error, "problem_mark", None)
    where = f"{path}, line {mark.line + 1}" if mark else str(path)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Mistake(where, f"is not YAML ({reason})")


def check_option(group: str, name: str, options: Options) -> list[Mistake]:
    """Return what is wrong with the file of one option, as far as it can be seen without composing it."""
    path = options[group][name]
    try:
        content = read_yaml(path)
    except SettingsError as error:
        return list(error.mistakes)
    if content is None:
        return [Mistake(str(path), "is empty")]
    if not isinstance(content, dict):
        return [Mistake(str(path), "does not hold settings", "lines like 'name: value'")]
    if group == "programmes":
        return [mistake for entry in _defaults(content) for mistake in _check_listed(path, entry, options)]
    return _check_whole(group, path, content, options) if group in WHOLE else []


def _defaults(content: dict[Any, Any]) -> list[Any]:
    entries = content.get("defaults", [])
    return entries if isinstance(entries, list) else [entries]


def _check_listed(path: Path, entry: object, options: Options) -> list[Mistake]:
    """Check one line of a catalogue's defaults: a kind under a short name, or another catalogue."""
    if isinstance(entry, dict) and len(entry) == 1:
        ((key, kind),) = entry.items()
        if str(key).removeprefix("override ").startswith("kind@"):
            return _check_kind(kind, options, f"{path}, {key}")
    if entry == "_self_":
        return []
    if isinstance(entry, str):
        return check_choice("programmes", entry, options, f"{path}, defaults")
    return [_not_understood(path, entry, "- kind@NAME: KIND")]


def _check_kind(kind: object, options: Options, where: str) -> list[Mistake]:
    return check_choice(KINDS, kind, options, where) or check_option(KINDS, str(kind), options)


def _not_understood(path: Path, entry: object, allowed: str) -> Mistake:
    shown = ", ".join(f"{key}: {value}" for key, value in entry.items()) if isinstance(entry, dict) else entry
    return Mistake(f"{path}, defaults", f"'{shown}' cannot be understood", allowed)


def _check_whole(group: str, path: Path, content: dict[Any, Any], options: Options) -> list[Mistake]:
    mistakes = []
    if not _has_header(path):
        mistakes.append(
            Mistake(str(path), f"does not begin with the line that makes it {WHOLE[group]}", HEADER)
        )
    if "hydra" in content:
        mistakes.append(Mistake(str(path), "sets 'hydra', which only the command line may"))
    entries = content.get("defaults", [])
    if not isinstance(entries, list):
        return [
            *mistakes,
            Mistake(str(path), "'defaults' is not a list", "lines like '- override /GROUP: OPTION'"),
        ]
    return mistakes + [m for entry in entries for m in _check_entry(group, path, entry, options)]


def _has_header(path: Path) -> bool:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    for line in lines:
        if not line.startswith("#"):
            return False
        if line.lstrip("# ").split() == HEADER.lstrip("# ").split():
            return True
    return False


def _check_entry(group: str, path: Path, entry: object, options: Options) -> list[Mistake]:
    """Check one line of a scenario's defaults: an option for a group, or another scenario to build on.

    The same holds for an experiment.
    """
    if isinstance(entry, dict) and len(entry) == 1:
        ((key, option),) = entry.items()
        if str(key).removeprefix("override ").startswith(f"/{KINDS}@programmes."):
            return _check_kind(option, options, f"{path}, {key}")
        if str(key).startswith("override /"):
            return _check_override(path, str(key), option, options)
    if entry == "_self_":
        return []
    if isinstance(entry, str):
        return check_choice(group, entry, options, f"{path}, defaults")
    return [_not_understood(path, entry, "- override /GROUP: OPTION")]


def _check_override(path: Path, key: str, option: object, options: Options) -> list[Mistake]:
    group = key.removeprefix("override /")
    wrong = check_choice(group, option, options, f"{path}, {key}")
    return wrong or (check_option(group, str(option), options) if group == "programmes" else [])


def check_choice(group: str, option: object, options: Options, where: str) -> list[Mistake]:
    """Return what is wrong with choosing an option of a group."""
    groups = [name for name in options if name != KINDS]
    if group not in options:
        return [Mistake(where, f"there is no group '{group}'", ", ".join(groups), nearest(group, groups))]
    if str(option) in options[group]:
        return []
    names = ", ".join(options[group])
    if option is None or option == "":
        return [Mistake(where, "no option is given", names)]
    if isinstance(option, (list, dict)):
        return [Mistake(where, "takes one option, by its name", names)]
    near = nearest(str(option), options[group])
    return [Mistake(where, f"'{option}' is not one of its options", names, near)]


def list_scenarios(folders: Sequence[Path] = (), group: str = "scenario") -> list[tuple[str, str, str]]:
    """Return name, title and question of every scenario.

    Parameters
    ----------
    folders : sequence of Path
        A user's own folders of scenarios, besides those that came with the simulator.
    group : str
        "experiment" for the experiments instead.
    """
    check_folders(folders)
    return [(name, *_about(path)) for name, path in sorted(list_options(folders)[group].items())]


def _about(path: Path) -> tuple[str, str]:
    try:
        content = read_yaml(path)
    except SettingsError as error:
        return "(cannot be read)", str(error.mistakes[0])
    about = content.get("about") if isinstance(content, dict) else None
    if not isinstance(about, dict):
        return "(not described)", "The file says nothing under 'about'."
    return str(about.get("title", "")), str(about.get("question", ""))
