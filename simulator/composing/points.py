"""The settings of one run, or of every point of a sweep; wishes that cannot be followed are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from itertools import product
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from simulator.composing.overrides import Kind, Wish
from simulator.composing.resolving import Settings, plain_settings
from simulator.composing.session import Compose
from simulator.config import INCOMPLETE, MISSING, read_scenario
from simulator.errors import NO_SUCH_SETTING, Mistake, SettingsError, nearest
from simulator.parameters import Scenario
from simulator.paths import put
from simulator.settings_files import Options, check_option, settings_folder, yaml_mistake

Pick = tuple[Wish, int]
"""A wish, and which of its values."""


def followable(
    compose: Compose, wishes: list[Wish], options: Options, mistakes: list[Mistake]
) -> tuple[list[Wish], list[Mistake]]:
    """Return the wishes that Hydra can follow together, and what is wrong with the others.

    Parameters
    ----------
    compose : callable
        Composes overrides.
    wishes : list of Wish
        What to follow.
    options : mapping
        The options of each group.
    mistakes : list of Mistake
        What was found wrong before.
    """
    if _failure(compose, wishes) is None:
        return wishes, mistakes
    at_rest = _failure(compose, [])
    if at_rest is not None:
        raise SettingsError([*mistakes, *_broken_files(at_rest, options)])
    failures = [_failure(compose, [wish]) for wish in wishes]
    fine = [wish for wish, failure in zip(wishes, failures, strict=True) if failure is None]
    pairs = zip(wishes, failures, strict=True)
    found = [_blame(compose, wish, failure, options) for wish, failure in pairs if failure]
    if mistakes:  # what is to be taken away may have been meant to come with what was dropped
        found = [mistake for mistake in found if mistake.problem != NO_SUCH_SETTING]
    together = _failure(compose, fine)
    if together is None:
        return fine, mistakes + found
    problem = f"these settings do not go together ({_reason(together)})"
    return [], [*mistakes, *found, Mistake("", problem)]


def _failure(compose: Compose, wishes: Sequence[Wish]) -> Exception | None:
    try:
        compose([wish.texts[0] for wish in wishes])
    except Exception as error:  # a broken file can make Hydra and YAML raise nearly anything
        return error
    return None


def _blame(compose: Compose, wish: Wish, failure: Exception, options: Options) -> Mistake:
    """Say what is wrong with the one wish with which composing fails."""
    if wish.kind is Kind.DELETE:
        return _nothing_to_take(wish.key, compose([]))
    if wish.kind is Kind.GROUP:
        return _in_file(failure, options[wish.key][str(wish.values[0])])
    if wish.kind is Kind.HYDRA:
        return Mistake(wish.key, "Hydra has no such setting, or not with this value")
    return Mistake(wish.key, f"cannot be set to {wish.texts[0].partition('=')[2]}")


def _nothing_to_take(key: str, job: DictConfig) -> Mistake:
    parent, _, name = key.rpartition(".")
    around = OmegaConf.select(job, parent) if parent else job
    names = [str(other) for other in around] if isinstance(around, DictConfig) else []
    near = nearest(name, names)
    return Mistake(key, NO_SUCH_SETTING, ", ".join(names), f"{parent}.{near}".lstrip(".") if near else "")


def _in_file(failure: Exception, path: Path) -> Mistake:
    cause: BaseException | None = failure
    while cause is not None:
        mark = getattr(cause, "problem_mark", None)
        if isinstance(cause, Exception) and mark is not None:
            return yaml_mistake(cause, Path(mark.name))
        cause = cause.__cause__ or cause.__context__
    return Mistake(str(path), f"cannot be composed ({_reason(failure)})")


def _reason(failure: BaseException) -> str:
    text = str(failure).strip() or str(failure.__cause__ or type(failure).__name__)
    return text.splitlines()[0]


def _broken_files(failure: Exception, options: Options) -> list[Mistake]:
    """Look through all files for what keeps even the settings as they stand from composing."""
    found = [m for group in options for name in options[group] for m in check_option(group, name, options)]
    return found or [_in_file(failure, settings_folder() / "config.yaml")]


def read_points(points: Iterable[tuple[Settings, list[Mistake]]], mistakes: list[Mistake]) -> list[Scenario]:
    """Return the scenarios of the points that are right, and add what is wrong with others to the mistakes.

    Parameters
    ----------
    points : iterable of (dict, list of Mistake)
        Settings of each point, and what in them refers to nothing.
    mistakes : list of Mistake
        What was found wrong before, and left out of the settings.
    """
    before = tuple(mistakes)
    scenarios = []
    for settings, wrong in points:
        mistakes.extend(wrong)
        try:
            scenarios.append(read_scenario(settings))
        except SettingsError as error:
            mistakes.extend(_certain(error.mistakes, [*before, *wrong]))
    return scenarios


def _certain(found: Sequence[Mistake], before: Sequence[Mistake]) -> Sequence[Mistake]:
    """Leave out what may only follow from an override that was dropped before."""
    if not before:
        return found
    places = {mistake.where for mistake in before}
    return [m for m in found if m.where and m.where not in places and m.problem not in {MISSING, INCOMPLETE}]


def settings_of_points(compose: Compose, wishes: Sequence[Wish]) -> Iterator[tuple[Settings, list[Mistake]]]:
    """Yield the settings of each combination of all values, and what in them refers to nothing."""
    points = product(*(range(len(wish.texts)) for wish in wishes))
    return settings_of_picks(compose, (list(zip(wishes, point, strict=True)) for point in points))


def settings_of_picks(
    compose: Compose, picks: Iterable[Sequence[Pick]]
) -> Iterator[tuple[Settings, list[Mistake]]]:
    """Yield the settings of each point, and what in them refers to nothing.

    Points that differ in plain values alone are composed once, unless an override refers to another.

    Parameters
    ----------
    compose : callable
        Composes overrides.
    picks : iterable of sequence of (Wish, int)
        For each point which wishes hold there, and with which of its values each.
    """
    composed: dict[tuple[str, ...], tuple[Settings, list[Mistake]]] = {}
    for chosen in picks:
        refers = any(wish.refers for wish, _ in chosen)
        texts = tuple(wish.texts[0 if wish.is_plain and not refers else index] for wish, index in chosen)
        if texts not in composed:
            composed[texts] = _compose_point(compose, texts)
        settings, mistakes = deepcopy(composed[texts])
        for wish, index in chosen:
            if index and wish.is_plain:
                put(settings, wish.key, wish.values[index])
        yield settings, mistakes


def _compose_point(compose: Compose, texts: Sequence[str]) -> tuple[Settings, list[Mistake]]:
    try:
        job = compose(texts)
    except Exception as error:  # see _failure
        problem = f"cannot be composed ({_reason(error)})"
        raise SettingsError([Mistake(" ".join(texts), problem)]) from error
    return plain_settings(job, job.hydra.runtime.choices, texts)
