"""From a plain mapping to a validated scenario: every mistake is reported at once, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from numbers import Integral
from typing import Any

from pydantic import ValidationError

from simulator.describing import ANY_NAME, Setting, describe_settings, find_setting, settings_under
from simulator.errors import NEAR, NO_SUCH_SETTING, Mistake, SettingsError, nearest
from simulator.own_rules import use_rules
from simulator.parameters import Scenario
from simulator.study_vocabulary import OPTIONS_OF_ENGINE

MISSING = "is missing"
INCOMPLETE = "is not there, and not complete as a new one"
FAR = 0.6
"""How alike a path must be to one that stands elsewhere in the tree."""

LONGEST_VALUE = 60
"""Characters of a wrong value that a message repeats."""

Details = Mapping[str, Any]
Translation = Callable[[str, Details, "Setting | None"], Mistake]


def read_scenario(settings: Mapping[str, Any]) -> Scenario:
    """Validate settings.

    Parameters
    ----------
    settings : mapping
        The whole tree: plain mappings, lists, texts, numbers, true, false and null.

    Raises
    ------
    SettingsError
        With every mistake: unknown and missing settings, wrong types, numbers out of range, wrong words.
    """
    try:
        scenario = Scenario.model_validate(dict(settings))
    except ValidationError as error:
        found = [_translate(details, settings) for details in error.errors(include_url=False)]
        mistakes = [_misnamed(mistake, settings) or mistake for mistake in found]
        raise SettingsError(list(dict.fromkeys(mistakes))) from None
    if scenario.rules:
        use_rules(scenario.rules)
    return scenario


def plain_number(value: object) -> object:
    """Return a whole number of NumPy's as Python's own, which settings hold; anything else as it is."""
    return value if isinstance(value, bool) or not isinstance(value, Integral) else int(value)


def _translate(details: Details, settings: Mapping[str, Any]) -> Mistake:
    where = _dotted(details["loc"], settings)
    kind = "extra_forbidden" if details["loc"][-1:] == ("[key]",) else details["type"]
    translation = _TRANSLATIONS.get(kind, _in_its_own_words)
    return translation(where, details, find_setting(where))


def _dotted(location: tuple[int | str, ...], settings: Any) -> str:  # noqa: ANN401  (settings may hold anything)
    """Return a location as a user types it, without what only the validating library knows of."""
    parts: list[str] = []
    node = settings
    *above, last = location or ("",)
    for part in above:
        if isinstance(node, Mapping) and part not in node:
            continue
        parts.append(str(part))
        has_parts = isinstance(node, (dict, list))
        node = node[part] if has_parts else None
    return ".".join(parts if last == "[key]" else [*parts, str(last)])


def nearest_setting(where: str) -> str:
    """Return the setting that somebody who typed `where` may have meant, or an empty string.

    First a sibling spelt nearly so, then the same name elsewhere in the tree, then whatever comes near.
    """
    parent, _, name = where.rpartition(".")
    siblings = [s.name for s in settings_under(parent) if s.name != ANY_NAME]
    near = get_close_matches(name, siblings, n=1, cutoff=NEAR)
    if near:
        return f"{parent}.{near[0]}".lstrip(".")
    paths = [s.path for s in describe_settings() if not f"{where}.".startswith(f"{s.path}.")]
    elsewhere = [path for path in paths if path.rpartition(".")[2] == name]
    near = get_close_matches(where, elsewhere or paths, n=1, cutoff=0.0 if elsewhere else FAR)
    return near[0] if near else ""


def _unknown(where: str, details: Details, _: Setting | None) -> Mistake:
    parent, kind = find_setting(where.rpartition(".")[0]), str(["", *details["loc"]][-2])
    if parent is not None and kind in dict(parent.kinds):
        return _not_of_kind(where, kind, dict(parent.kinds))
    return Mistake(where, NO_SUCH_SETTING, parent.names if parent else "", nearest_setting(where))


def _not_of_kind(where: str, kind: str, kinds: Mapping[str, tuple[str, ...]]) -> Mistake:
    """Return what is wrong with a setting that this kind of study (or engine) does not have."""
    group, _, name = where.rpartition(".")
    allowed = ", ".join(one for one in kinds[kind] if one != "kind") or "none"
    everywhere = dict.fromkeys([*kinds[kind], *(one for names in kinds.values() for one in names)])
    meant = next(iter(get_close_matches(name, everywhere, n=1, cutoff=NEAR)), "")
    if meant in kinds[kind]:
        return Mistake(where, NO_SUCH_SETTING, allowed, f"{group}.{meant}")
    if not meant or (meant != name and find_setting(name)):
        near = name if find_setting(name) else nearest_setting(where)
        return Mistake(where, NO_SUCH_SETTING, allowed, "" if near.startswith(f"{group}.") else near)
    homes = [f"{group}={OPTIONS_OF_ENGINE.get(one, one)}" for one, names in kinds.items() if meant in names]
    belongs = f"belongs to {' or '.join(homes)}"
    return Mistake(
        where, belongs if meant == name else f"{NO_SUCH_SETTING}; '{group}.{meant}' {belongs}", allowed
    )


def _missing(where: str, details: Details, setting: Setting | None) -> Mistake:
    return Mistake(where, MISSING, setting.allowed if setting else "")


def _misnamed(mistake: Mistake, settings: Mapping[str, Any]) -> Mistake | None:
    """Return what is wrong if a setting is missing just because the name above it is misspelt.

    Where users choose names (`programmes.<name>`), a wrong one makes a new entry, and most of it is missing.
    """
    where = mistake.where.rpartition(".")[0]
    entry = find_setting(where)
    if mistake.problem != MISSING or entry is None or entry.name != ANY_NAME:
        return None
    parent, _, name = where.rpartition(".")
    others: Any = settings
    for part in parent.split("."):
        others = others[part]
    there = [other for other in others if other != name]
    if not there or len(others[name]) > len(entry.words) / 2:
        return None
    near = get_close_matches(name, there, n=1, cutoff=NEAR)
    return Mistake(where, INCOMPLETE, ", ".join(there), f"{parent}.{near[0]}" if near else "")


def _says(problem: str) -> Translation:
    def translation(where: str, details: Details, setting: Setting | None) -> Mistake:
        return Mistake(where, f"{_shown(details['input'])} {problem}", setting.allowed if setting else "")

    return translation


def _not_text(where: str, details: Details, setting: Setting | None) -> Mistake:
    value = details["input"]
    allowed = setting.allowed if setting else "text"
    hint = f"""; as text: "'{_shown(value)}'\"""" if isinstance(value, (int, float)) else ""
    return Mistake(where, f"{_shown(value)} is not text", allowed + hint)


def _wrong_word(where: str, details: Details, setting: Setting | None) -> Mistake:
    value, words = details["input"], details["ctx"]["allowed"]
    near = nearest(value, words) if isinstance(value, str) else ""
    return Mistake(where, f"{_shown(value)} is not one of the words", ", ".join(words), near)


def _in_its_own_words(where: str, details: Details, setting: Setting | None) -> Mistake:
    return Mistake(where, str(details["msg"]).removeprefix("Value error, "))


def _shown(value: object) -> str:
    """Return a wrong value as its author would write it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return f"a group of settings ({', '.join(map(str, value))})"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    return f"'{text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + '…'}'"


_TRANSLATIONS: dict[str, Translation] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "word": _wrong_word,
    "float_type": _says("is not a number"),
    "int_type": _says("is not a whole number"),
    "finite_number": _says("is not a finite number"),
    "bool_type": _says("is not true or false"),
    "list_type": _says("is not a list"),
    "string_type": _not_text,
    "model_type": _says("stands where a group of settings belongs"),
    "dict_type": _says("stands where a group of settings belongs"),
    "greater_than_equal": _says("is too small"),
    "greater_than": _says("is too small"),
    "less_than_equal": _says("is too large"),
    "less_than": _says("is too large"),
}
