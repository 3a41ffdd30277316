"""From Hydra's tree to plain values: references followed, and those that lead nowhere named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import InterpolationKeyError, MissingMandatoryValue, OmegaConfBaseException

from simulator.composing.margins import put_margins
from simulator.errors import Mistake, SettingsError

Settings = dict[str, Any]
Keys = tuple[Any, ...]

DEEPEST = 30
"""Levels below which a tree of settings must be going round in a circle."""


def settings_of_job(job: DictConfig) -> Settings:
    """Return the plain tree of the settings with which Hydra calls a job."""
    hydra = HydraConfig.get()
    settings, mistakes = plain_settings(job, hydra.runtime.choices, hydra.overrides.task)
    if mistakes:
        raise SettingsError(mistakes)
    return settings


def plain_settings(
    job: DictConfig, choices: Mapping[str, Any], overrides: Sequence[str]
) -> tuple[Settings, list[Mistake]]:
    """Return composed settings as plain values, and what is wrong in them or in files of margins.

    Parameters
    ----------
    job : DictConfig
        The composed tree; Hydra's own branch in it is left out.
    choices : mapping
        The option that was chosen of each group; the scenario and the experiment are kept by their names.
    overrides : sequence of str
        Those that were composed: what they set, no file of margins changes.
    """
    mistakes: list[Mistake] = []
    settings = _plain(job, [key for key in job if key != "hydra"], (), mistakes)
    names = {name: choices.get(name) for name in ("scenario", "experiment")}
    return {**settings, **names}, [*mistakes, *put_margins(settings, overrides)]


def _plain(node: DictConfig | ListConfig, keys: Sequence[Any], path: Keys, mistakes: list[Mistake]) -> Any:  # noqa: ANN401  (settings hold anything)
    values = {}
    for key in keys:
        here = (*path, key)
        try:
            value = node[key]
        except (OmegaConfBaseException, RecursionError) as error:
            mistakes.append(_leads_nowhere(node, here, error))
            continue
        if isinstance(value, (DictConfig, ListConfig)):
            if len(here) > DEEPEST:
                raise SettingsError([Mistake(_dotted(path[:2]), "refers to itself")])
            value = _plain(value, _keys(value), here, mistakes)
        values[key] = value
    return list(values.values()) if isinstance(node, ListConfig) else values


def _keys(node: DictConfig | ListConfig) -> Sequence[Any]:
    return list(node) if isinstance(node, DictConfig) else range(len(node))


def _leads_nowhere(node: DictConfig | ListConfig, path: Keys, error: Exception) -> Mistake:
    if isinstance(error, MissingMandatoryValue):
        return Mistake(_dotted(path), "no value is given ('???')")
    written: Any = OmegaConf.to_container(node, resolve=False)
    end = "leads nowhere" if isinstance(error, InterpolationKeyError) else "cannot be worked out"
    return Mistake(_dotted(path), f"the reference '{written[path[-1]]}' {end}")


def _dotted(path: Keys) -> str:
    return ".".join(str(part) for part in path)
