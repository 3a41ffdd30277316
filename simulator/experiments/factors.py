"""What a sensitivity study varies: settings of one role, each over its plausible range or one of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from simulator.composing.idle import IDLE
from simulator.config import nearest_setting, read_scenario
from simulator.describing import Setting, find_setting
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.parameters.roles import role_of
from simulator.parameters.study import Sensitivity
from simulator.paths import put
from simulator.provenance import settings_of

NUMBERS = ("number", "whole number")
FORM = "KEY or KEY=LOW..HIGH"


@dataclass(frozen=True)
class Factor:
    """One number that is varied.

    Attributes
    ----------
    path : str
        As typed.
    low, high : float
        Its range, in `unit`.
    is_whole : bool
        Whether it is a whole number.
    value : float or None
        What it is in the scenario.
    is_own : bool
        Whether the range was given with the study, and is not the setting's plausible one.
    """

    path: str
    low: float
    high: float
    is_whole: bool
    unit: str
    value: float | None
    is_own: bool = False

    def at(self, share: float) -> float | int:
        """Return the value at a share of the range; each whole number has an equal part of it."""
        if self.is_whole:
            return min(int(self.low + share * (self.high - self.low + 1.0)), int(self.high))
        return self.low + share * (self.high - self.low)


def factors_of(scenario: Scenario, study: Sensitivity) -> list[Factor]:
    """Return what a study varies.

    Raises
    ------
    SettingsError
        If a name is no number that can be varied, or a range is not one.
    """
    leaves = dict(_numbers(settings_of(scenario)))
    if not study.factors.split():
        return [
            _factor(path, setting, leaves[path])
            for path, setting in _settings(leaves)
            if role_of(setting.path) == study.role and setting.plausible and not _is_idle(path, scenario)
        ]
    mistakes: list[Mistake] = []
    found: dict[str, Factor] = {}
    for text in study.factors.split():
        for factor in _named(text, leaves, study, mistakes):
            found[factor.path] = factor
    if mistakes:
        raise SettingsError(mistakes)
    return list(found.values())


def _numbers(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float | int | None]]:
    """Yield path and value of everything that may be a number."""
    for name, value in node.items():
        path = f"{above}.{name}".lstrip(".")
        if isinstance(value, Mapping):
            yield from _numbers(value, path)
        elif not isinstance(value, bool | str | list):
            yield path, value


def _settings(leaves: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    for path in leaves:
        setting = find_setting(path)
        if setting is not None and setting.kind in NUMBERS:
            yield path, setting


def _is_idle(path: str, scenario: Scenario) -> bool:
    return scenario.caseload.regime in IDLE.get(path, ())


def _factor(
    path: str, setting: Setting, value: float | None, own: tuple[float, float] | None = None
) -> Factor:
    low, high = own or (setting.plausible[0], setting.plausible[1])  # type: ignore[misc]
    is_whole = setting.kind == "whole number"
    return Factor(path, low, high, is_whole, setting.unit, value, is_own=own is not None)


def _named(
    text: str, leaves: Mapping[str, Any], study: Sensitivity, mistakes: list[Mistake]
) -> Iterator[Factor]:
    """Yield the factors that one word of `study.factors` names: a setting, or all of a group."""
    key, equals, bounds = text.partition("=")
    known = dict(_settings(leaves))
    own = _range(key, bounds, mistakes) if equals else None
    if equals and own is None:
        return
    if key in known:
        setting = known[key]
        if own is None and not setting.plausible:
            mistakes.append(
                Mistake(f"study.factors, {key}", "has no plausible range of its own", f"{key}=LOW..HIGH")
            )
            return
        yield _factor(key, setting, leaves[key], own)
        return
    inside = [
        (path, setting)
        for path, setting in known.items()
        if path.startswith(f"{key}.") and role_of(setting.path) == study.role and setting.plausible
    ]
    if equals or not inside:
        near = "" if find_setting(key) else nearest_setting(key)
        problem = f"'{key}' is no number, nor a group with numbers of the role {study.role.label}"
        mistakes.append(Mistake("study.factors", problem, FORM, near))
    yield from (_factor(path, setting, leaves[path]) for path, setting in inside)


def _range(key: str, text: str, mistakes: list[Mistake]) -> tuple[float, float] | None:
    low, dots, high = text.partition("..")
    try:
        bounds = float(low), float(high)
    except ValueError:
        bounds = (0.0, 0.0)
    if not dots or not bounds[0] < bounds[1]:
        mistakes.append(Mistake(f"study.factors, {key}", f"'{text}' is not a range", f"{key}=LOW..HIGH"))
        return None
    return bounds


def scenario_at(scenario: Scenario, values: Mapping[str, float | int]) -> Scenario:
    """Return the scenario with some numbers at other values, validated.

    Raises
    ------
    SettingsError
        If they are not allowed, or do not fit together.
    """
    settings = deepcopy(settings_of(scenario))
    for path, value in values.items():
        put(settings, path, value)
    return read_scenario(settings)
