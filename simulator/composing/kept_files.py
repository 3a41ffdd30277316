"""What Hydra has read of settings files is kept, so that a process reads each only once.

Hydra reads all files anew for each composition, which takes a third of its time; a fifth goes into maps of
choices that only defaults with references need. What comes out is the same.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from hydra._internal import config_loader_impl as loading
from hydra._internal import defaults_list as listing
from hydra._internal.config_repository import ConfigRepository
from hydra._internal.defaults_list import Overrides
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.default_element import InputDefault
from hydra.plugins.config_source import ConfigResult
from omegaconf import DictConfig

OURS = ("hydra", "main")
"""Who provides what is kept: Hydra itself, and the simulator's own folder; Hydra looks there first."""


@lru_cache(maxsize=1)
def _shelf(_state: Hashable) -> dict[str, bytes]:
    """Return what is kept of files while they are as they are, by their paths inside their folder."""
    return {}


class KeptFiles(ConfigRepository):
    """Hydra's folders of settings, of which each file is read once.

    Parameters
    ----------
    config_search_path : ConfigSearchPath
        The folders, as Hydra knows them.
    state : hashable
        What changes when any file does.
    """

    def __init__(self, config_search_path: ConfigSearchPath, state: Hashable) -> None:
        super().__init__(config_search_path)
        self._kept = _shelf(state)

    def __deepcopy__(self, memo: dict[int, object]) -> KeptFiles:
        """Return a copy for one composition, which may look into more folders, and shares what is kept."""
        return copy(self)

    def load_config(self, config_path: str) -> ConfigResult | None:
        """Return what a file holds; a copy, since Hydra moves its parts into what it composes."""
        if config_path in self._kept:
            return pickle.loads(self._kept[config_path])
        found = super().load_config(config_path)
        if found is not None and found.provider in OURS:
            self._kept[config_path] = pickle.dumps(found)
        return found


_MAP_OF_CHOICES = listing._create_interpolation_map


def _map_if_needed(overrides: Overrides, defaults_list: list[InputDefault], self_added: bool) -> DictConfig:
    """Return Hydra's map of choices, which is looked into only where one default refers to another."""
    refers = any(one.is_interpolation() for one in defaults_list)
    return _MAP_OF_CHOICES(overrides, defaults_list, self_added) if refers else DictConfig({})


def files_in(folder: str) -> Hashable:
    """Return what changes when any file below a folder does."""
    return tuple(
        (path, name, (found := Path(path, name).stat()).st_mtime_ns, found.st_size)
        for path, _, names in os.walk(folder, followlinks=True)
        for name in names
    )


@contextmanager
def read_once(state: Hashable) -> Iterator[None]:
    """Let a Hydra that is started in here read each file once, for as long as `state` is the same."""
    loader: Any = (
        loading  # ConfigRepository is among the names that it imports, and not among those it offers
    )
    before = loader.ConfigRepository, listing._create_interpolation_map
    loader.ConfigRepository = partial(KeptFiles, state=state)
    listing._create_interpolation_map = _map_if_needed
    try:
        yield
    finally:
        loader.ConfigRepository, listing._create_interpolation_map = before
