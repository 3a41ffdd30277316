"""What a reader calls the settings that a sweep varies, their values, and its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

from simulator.describing import find_setting
from simulator.reporting.page import Foreign
from simulator.reporting.words import Words, plain

LONGEST = 45
"""Characters of a name that can stand within a sentence."""

LONGEST_IN_LIST = 80
"""Characters of a name that can stand in a list of settings."""

REFORM = "reform."
SAME_WORDS = {"caseload.regime": "option.caseload", "caseload.organisation": "organisation"}
"""Settings whose words stand elsewhere."""


def setting_name(key: str, words: Words) -> str:
    """Return what a setting or group is called, with its unit where it has one."""
    known = translated_name(key, words)
    setting = find_setting(key)
    if known or setting is None:
        return known or plain(key).replace(".", ": ")
    return Foreign(setting.title if setting.unit in {"", "1"} else f"{setting.title} ({setting.unit})")


def short_name(key: str, words: Words) -> str:
    """Return what a setting or group is called within a sentence."""
    setting = find_setting(key)
    title = translated_name(key, words) or ("" if setting is None else setting.title)
    if 0 < len(title) <= LONGEST:
        return title
    return plain(key.rpartition(".")[2])


def translated_name(key: str, words: Words) -> str:
    """Return what a setting is called in the language of the words; nothing if they have no name for it."""
    group, _, name = key.partition(".")
    if key in {"scenario", "seed", "replications"}:
        return words(f"report.{key}")
    found = words.texts.get(f"dashboard.number.{name}", "") if group == "caseload" and name else ""
    return found or (words.texts.get(f"dashboard.choice.{key}", ""))


def value_text(key: str, value: Any, words: Words) -> str:  # noqa: ANN401  (a setting holds anything)
    """Return the value of a setting in words."""
    if isinstance(value, (bool, np.bool_)):
        return words("report.is_so" if value else "report.is_not")
    if isinstance(value, Number):
        return words.plain_number(float(value))  # type: ignore[arg-type]
    return words.label(f"option.{key}", value)


def option_text(row: Mapping[str, Any], words: Words, titles: Mapping[str, str]) -> str:
    """Return an option of a plan in words: what each setting is there.

    Parameters
    ----------
    row : mapping
        Its settings, as on the command line.
    words : Words
        The language.
    titles : mapping of str to str
        Titles of the programmes by their names.
    """
    return ", ".join(lever_text(key, value, words, titles) for key, value in row.items())


def lever_text(key: str, value: Any, words: Words, titles: Mapping[str, str]) -> str:  # noqa: ANN401  (as above)
    """Return what a setting is set to, as it can stand within a sentence."""
    group, at, _ = key.partition("@")
    if at or group.startswith(REFORM):
        own = group.removeprefix(REFORM)
        return words("plan.lever.reform", option=lever_text(own, value, words, titles))
    filled = {"value": _level(key, value, words)}
    if isinstance(value, float | int):
        filled["percent"] = f"{words.plain_number(100.0 * value)} %"
    if key.startswith("programmes."):
        _, name, setting = key.split(".", 2)
        filled["programme"] = words.programme(titles.get(name, plain(name)))
        known = f"plan.lever.programme.{setting}"
        if known in words.texts:
            return words(known, **filled)
        return words("plan.lever.programme.other", setting=plain(setting), **filled)
    if f"plan.lever.{key}" in words.texts:
        return words(f"plan.lever.{key}", **filled)
    return words("plan.lever.other", setting=_within(key, words), **filled)


def _within(key: str, words: Words) -> str:
    """Return what a setting is called within a list: its title as far as the brackets, or its last name."""
    setting = find_setting(key)
    title = translated_name(key, words) or ("" if setting is None else setting.title.partition(" (")[0])
    name = title if 0 < len(title) <= LONGEST_IN_LIST else short_name(key, words)
    return name if name[1:2].isupper() else f"{name[:1].lower()}{name[1:]}"


def _level(key: str, value: Any, words: Words) -> str:  # noqa: ANN401  (as above)
    return words.label(SAME_WORDS[key], value) if key in SAME_WORDS else value_text(key, value, words)


def point_text(row: Mapping[Any, Any], keys: Sequence[str], words: Words) -> str:
    """Return a point in words: what each setting is there."""
    return "; ".join(f"{short_name(key, words)}: {value_text(key, row[key], words)}" for key in keys)
