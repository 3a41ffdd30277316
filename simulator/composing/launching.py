"""Hand a command over to Hydra, after it was read the same way as Hydra reads it, and found right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from simulator.composing.kept_files import files_in, read_once
from simulator.composing.resolving import Settings, settings_of_job
from simulator.composing.session import HYDRA_VERSION, quote, search_path
from simulator.errors import Mistake, SettingsError, nearest
from simulator.settings_files import settings_folder

if TYPE_CHECKING:
    from argparse import Namespace

    from omegaconf import DictConfig

TEXTS = {
    "study.changes", "study.vary", "study.factors", "study.outcome", "study.options", "precision.outcome",
}  # fmt: skip
"""Settings whose text holds overrides, or spaces and brackets."""

SHELLS = ("bash", "fish", "zsh")
TAKEN_HERE = {
    "config_name": "the simulator's settings have one root",
    "config_path": "the simulator's settings have one home",
    "experimental_rerun": "--rerun FOLDER runs a finished run again",
}
"""Flags of Hydra's that make no sense here, and why."""


@dataclass(frozen=True)
class Command:
    """What stands on the command line.

    Attributes
    ----------
    flags : tuple of str
        Flags for Hydra.
    overrides : tuple of str
        Everything of the form `key=value`.
    folders : tuple of Path
        The user's own folders.
    is_sweep : bool
        Whether values separated by commas are to be run one after another.
    is_about_hydra : bool
        Whether only Hydra itself is asked for something, and no settings are needed.
    prints : bool
        Whether the settings are to be printed instead of a run.
    part : str
        The part of them that is to be printed, which there may not be; empty for the whole.
    """

    flags: tuple[str, ...]
    overrides: tuple[str, ...]
    folders: tuple[Path, ...] = ()
    is_sweep: bool = False
    is_about_hydra: bool = False
    prints: bool = False
    part: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is one run, with nothing for Hydra to do but to compose it.

        Files in a user's own folder may set something of Hydra's own.
        """
        return not (self.flags or self.folders or self.sets_hydra or self.is_sweep)

    @property
    def sets_hydra(self) -> bool:
        """Whether an override is one of Hydra's own settings."""
        return any(one.lstrip("+~").startswith("hydra") for one in self.overrides)


def read_command(arguments: Sequence[str]) -> Command:
    """Take a command line apart.

    Raises
    ------
    SettingsError
        If flags are unknown or do not go together.
    """
    given = _parse(arguments)
    mistakes = _check(given)
    if mistakes:
        raise SettingsError(mistakes)
    if given.hydra_help:
        return Command(("--hydra-help",), (), is_about_hydra=True)
    if given.shell_completion:
        return Command(("--shell-completion",), tuple(given.overrides), is_about_hydra=True)
    folders, overrides = _split_search_path([_quoted(override) for override in given.overrides])
    if given.config_dir:
        folders = [Path(given.config_dir), *folders]
    is_sweep = given.multirun or "hydra.mode=MULTIRUN" in overrides
    flags = tuple(_flags(given))
    return Command(
        flags, tuple(overrides), tuple(folders), is_sweep, prints=bool(given.cfg), part=given.package or ""
    )


def _parse(arguments: Sequence[str]) -> Namespace:
    parser = get_args_parser()
    parser.error = _refuse  # type: ignore[method-assign]
    given, unknown = parser.parse_known_intermixed_args(list(arguments))
    names = [name for action in parser._actions for name in action.option_strings]
    if unknown:
        mistakes = [Mistake(flag, "there is no such flag", nearest=_alike(flag, names)) for flag in unknown]
        raise SettingsError(mistakes)
    return given


def _alike(flag: str, names: Sequence[str]) -> str:
    return nearest(flag, [name for name in names if name.startswith("--")]) if flag.startswith("--") else ""


def _refuse(message: str) -> NoReturn:
    raise SettingsError([Mistake("", message)])


def _check(given: Namespace) -> list[Mistake]:
    mistakes = []
    for name, reason in TAKEN_HERE.items():
        if getattr(given, name) is not None:
            flag = "--" + name.replace("_", "-")
            mistakes.append(Mistake(flag, f"is not taken: {reason}", "--config-dir FOLDER"))
    asked = {
        "--run": given.run,
        "--multirun": given.multirun,
        "--cfg": given.cfg,
        "--info": given.info,
        "--shell-completion": given.shell_completion,
    }
    flags = [flag for flag, value in asked.items() if value]
    if len(flags) > 1:
        mistakes.append(Mistake(" ".join(flags), "do not go together", "one of them"))
    mistakes += [
        Mistake(flag, "says what to print, but nothing is to be printed", f"--cfg job {flag}")
        for flag, value in {"--resolve": given.resolve, "--package": given.package}.items()
        if value and not given.cfg
    ]
    if given.shell_completion:
        mistakes += _check_completion(given.overrides)
    return mistakes


def _check_completion(overrides: Sequence[str]) -> list[Mistake]:
    allowed = [f"{what}={shell}" for what in ("install", "uninstall", "query") for shell in SHELLS]
    if len(overrides) == 1 and overrides[0] in allowed:
        return []
    return [Mistake("--shell-completion", "one thing at a time is done for one shell", ", ".join(allowed))]


def _flags(given: Namespace) -> Iterator[str]:
    for name in ("run", "multirun", "resolve"):
        if getattr(given, name):
            yield f"--{name}"
    for name in ("cfg", "info", "package"):
        if getattr(given, name):
            yield f"--{name}={getattr(given, name)}"


def _quoted(override: str) -> str:
    """Quote a text that may hold anything, so that nobody has to do so twice."""
    key, equals, text = override.partition("=")
    is_bare = key in TEXTS and text != "null" and not text.startswith(('"', "'"))
    return f"{key}{equals}{quote(text)}" if is_bare else override


def _split_search_path(overrides: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Return the folders that `hydra.searchpath` names, and all other overrides."""
    folders: list[Path] = []
    others = []
    for override in overrides:
        if override.lstrip("+").startswith("hydra.searchpath="):
            folders += _folders(override)
        else:
            others.append(override)
    return folders, others


def _folders(override: str) -> list[Path]:
    try:
        paths = OverridesParser.create().parse_override(override).value()
    except HydraException:
        paths = None
    folders = [str(path).removeprefix("file://") for path in paths] if isinstance(paths, list) else ["://"]
    if any("://" in folder for folder in folders):
        raise SettingsError([Mistake("hydra.searchpath", "is not a list of folders", "[FOLDER, …]")])
    return [Path(folder) for folder in folders]


def hand_over(command: Command, lines: Sequence[str], task: Callable[[Settings], None]) -> int:
    """Let Hydra carry out a command, and return the exit code that it asks for.

    Parameters
    ----------
    command : Command
        What to do.
    lines : sequence of str
        The overrides, as `check_overrides` returned them.
    task : callable
        Called with the plain settings of each run.
    """

    def job(settings: DictConfig) -> None:
        task(settings_of_job(settings))

    start = hydra.main(str(settings_folder()), "config", version_base=HYDRA_VERSION)(job)
    more = [] if command.is_about_hydra else ["hydra.job.name=simulator", *search_path(command.folders)]
    with TemporaryDirectory() if command.is_sweep else nullcontext("") as scratch:
        if scratch and not any("hydra.sweep.dir=" in line for line in lines):
            more.append(f"hydra.sweep.dir={quote(scratch)}")  # Hydra keeps notes on every sweep
        with _arguments([*command.flags, *more, *lines]), read_once(files_in(str(settings_folder()))):
            try:
                start()
            except SystemExit as end:
                return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@contextmanager
def _arguments(arguments: Sequence[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = [before[0], *arguments]
    try:
        yield
    finally:
        sys.argv = before


def point_overrides() -> list[str]:
    """Return the overrides of the run that Hydra has started, as they were given."""
    return [text.lstrip("+") for text in HydraConfig.get().overrides.task]


def point(lines: Sequence[str]) -> str:
    """Return the overrides that tell the run that Hydra has started from the others of a sweep.

    Parameters
    ----------
    lines : sequence of str
        All overrides of the sweep; if none of them has several values, those of the run itself.
    """
    overrides = OverridesParser.create().parse_overrides(list(lines))
    swept = {one.get_key_element().lstrip("+") for one in overrides if one.is_sweep_override()}
    own = point_overrides()
    return " ".join([text for text in own if text.partition("=")[0] in swept] or own)
