"""Hydra, for as long as it is needed: started on the right folders, and put back as it was found."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.core.plugins import Plugins
from hydra.version import VersionBase
from omegaconf import DictConfig

from simulator.composing.kept_files import files_in, read_once
from simulator.settings_files import own_folders, settings_folder

HYDRA_VERSION = "1.3"
"""Whose behaviour is asked for, whichever later version is installed."""

KEPT = 256
"""Compositions that are remembered; Hydra takes a sixth of a second for each, and 70 kB are kept of it."""

_JOB = ("hydra.job.num=0", "hydra.job.id='0'")
Compose = Callable[[Sequence[str]], DictConfig]
_ONE_AT_A_TIME = threading.RLock()


class LooseScenarios(FileConfigSource):
    """A folder of scenario files, which Hydra sees as options of the group `scenario`."""

    @staticmethod
    def scheme() -> str:
        """Return what an address of such a folder begins with."""
        return "loose"

    def load_config(self, config_path: str) -> Any:  # noqa: ANN401  (Hydra's own type)
        """Return what a scenario file holds."""
        return super().load_config(config_path.removeprefix("scenario/"))

    def is_group(self, config_path: str) -> bool:
        """Tell whether a path is the one group that there is."""
        return config_path in {"", "scenario"}

    def is_config(self, config_path: str) -> bool:
        """Tell whether a path is that of a scenario."""
        inside = config_path.startswith("scenario/")
        return inside and super().is_config(config_path.removeprefix("scenario/"))

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """Return the names of the scenarios."""
        if config_path != "scenario" or results_filter == ObjectType.GROUP:
            return []
        return sorted(path.stem for path in Path(self.path).glob("*.yaml"))


def search_path(folders: Sequence[Path]) -> list[str]:
    """Return the override (or none) that makes Hydra look into a user's own folders, too."""
    Plugins.instance().register(LooseScenarios)
    paths = [path for folder in [*own_folders(), *folders] for path in _addresses(folder.resolve())]
    return [f"hydra.searchpath=[{','.join(quote(path) for path in paths)}]"] if paths else []


def key_of(text: str) -> str:
    """Return what an override sets: without the sign before it, and without the value."""
    return text.lstrip("+~").partition("=")[0]


def quote(text: str) -> str:
    """Return a text so that Hydra reads it as just that."""
    return QuotedString(text, Quote.single).with_quotes()


def _addresses(folder: Path) -> list[str]:
    loose = [f"loose://{folder}"] if any(folder.glob("*.yaml")) else []
    return [*loose, f"file://{folder}"]


@contextmanager
def hydra_session(folders: Sequence[Path]) -> Iterator[Compose]:
    """Give a function that composes overrides; whoever else uses Hydra in this process finds it as it was.

    Parameters
    ----------
    folders : sequence of Path
        A user's own folders.
    """
    extra = [*search_path(folders), *_JOB]
    folder = str(settings_folder())
    state = files_in(folder)
    last: dict[tuple[str, ...], DictConfig] = {}

    def compose_all(texts: Sequence[str]) -> DictConfig:
        wanted = tuple(texts)
        if wanted not in last:
            job = _compose(wanted, extra, folder, state)
            last.clear()
            last[wanted] = job
        return last[wanted]

    with (
        _ONE_AT_A_TIME,
        _hydra_put_back(),
        read_once(state),
        initialize_config_dir(folder, job_name="simulator", version_base=HYDRA_VERSION),
    ):
        yield compose_all


def _compose(texts: Sequence[str], extra: Sequence[str], folder: str, state: Hashable) -> DictConfig:
    """Return what Hydra makes of overrides: from what is kept, and with plain values laid over it."""
    # Files in a user's own folder may refer to any value, and what else is in it nobody knows.
    if len(extra) > len(_JOB) or any("${" in text or "hydra" in text for text in texts):
        job = compose("config", overrides=[*extra, *texts], return_hydra_config=True)
        HydraConfig.instance().set_config(job)  # what refers to Hydra's own settings looks here
        return job
    later = _values(texts, folder)
    job = pickle.loads(_composed((*extra, *(text for text in texts if text not in later)), state))
    job.hydra.runtime.cwd = str(Path.cwd())
    ConfigLoaderImpl._apply_overrides_to_config(OverridesParser.create().parse_overrides(later), job)
    return job


def _values(texts: Sequence[str], folder: str) -> list[str]:
    """Return the overrides that Hydra forces in, one by one, once all options of groups are in place.

    No file of the project's own refers to another value, so that the composition of the others can be kept.
    If something is also taken away, the order matters, and all go the usual way.
    """
    if any(text.startswith("~") for text in texts):
        return []
    return [text for text in texts if text.startswith("++") and not _may_be_group(text, folder)]


def _may_be_group(text: str, folder: str) -> bool:
    key = text.removeprefix("++").partition("=")[0]
    is_hydras = key.partition(".")[0] == "hydra"
    return is_hydras or "@" in key or "/" in key or Path(folder, key).is_dir()


@lru_cache(maxsize=KEPT)
def _composed(texts: tuple[str, ...], state: Hashable) -> bytes:
    """Return what Hydra makes of overrides, pickled, so that nobody changes it for the next who asks.

    It is made anew if the files are others than before.
    """
    return pickle.dumps(compose("config", overrides=list(texts), return_hydra_config=True))


@contextmanager
def _hydra_put_back() -> Iterator[None]:
    running, settings = GlobalHydra.instance().hydra, HydraConfig.instance().cfg
    base = VersionBase.instance().version_base
    GlobalHydra.instance().clear()
    try:
        yield
    finally:
        GlobalHydra.instance().hydra = running
        HydraConfig.instance().cfg = settings
        VersionBase.instance().version_base = base
