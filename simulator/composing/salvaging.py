"""What is left of a scenario file with mistakes, as overrides: what else is wrong in it is told, too."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

from simulator.composing.overrides import NAME, Kind, Wish
from simulator.composing.session import Compose, key_of, quote
from simulator.errors import SettingsError
from simulator.settings_files import KINDS, WHOLE, Options, read_yaml

CHOICE = "override /"


def salvaged(compose: Compose, texts: Sequence[str], wishes: Sequence[Wish], options: Options) -> list[Wish]:
    """Return the wishes, before them what is left of files of scenarios or experiments that were dropped.

    Parameters
    ----------
    compose : callable
        Composes overrides; where it cannot do so with what is left, nothing is.
    texts : sequence of str
        All overrides, as they were given.
    wishes : sequence of Wish
        Those that can be understood.
    options : mapping
        The options of each group.
    """
    keys = {wish.key for wish in wishes}
    left = [wish for path in _dropped(texts, keys, options) for wish in _wishes_of(path, keys, options)]
    try:
        compose([wish.texts[0] for wish in [*left, *wishes]])
    except Exception:  # a broken file can make Hydra and YAML raise nearly anything
        return list(wishes)
    return [*left, *wishes]


def _dropped(texts: Sequence[str], keys: Container[str], options: Options) -> Iterator[Path]:
    for text in texts:
        group, name = key_of(text), text.partition("=")[2].strip("'\"")
        if group in WHOLE and group not in keys and name in options[group]:
            yield options[group][name]


def _wishes_of(path: Path, keys: Container[str], options: Options) -> list[Wish]:
    """Return what a file chooses and sets, but for what hangs on an option that is not there."""
    try:
        content = read_yaml(path)
    except SettingsError:
        return []
    if not isinstance(content, dict) or not isinstance(entries := content.pop("defaults", []), list):
        return []
    pairs = [pair for entry in entries if isinstance(entry, dict) for pair in entry.items()]
    chosen = {str(key).removeprefix(CHOICE): option for key, option in pairs if str(key).startswith(CHOICE)}
    fine = {group: name for group, name in chosen.items() if str(name) in options.get(group, {})}
    open_groups = {group for group in chosen if group not in fine}
    open_groups |= {"programmes" for key, _ in pairs if KINDS in str(key)}
    wishes = [_wish(Kind.GROUP, group, option) for group, option in fine.items() if group not in keys]
    kept = {key: value for key, value in content.items() if key not in open_groups}
    return wishes + [_wish(Kind.VALUE, key, value) for key, value in _leaves(kept)]


def _leaves(node: dict[Any, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of each plain value."""
    for name, value in node.items():
        path = f"{before}{name}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}.")
        elif NAME.fullmatch(path) and _is_plain(value):
            yield path, value


def _is_plain(value: object) -> bool:
    """Whether a value is a number, a switch or a text that refers to nothing else."""
    if isinstance(value, str):
        return "${" not in value
    return isinstance(value, (bool, int, float)) and math.isfinite(value)


def _wish(kind: Kind, key: str, value: Any) -> Wish:  # noqa: ANN401  (a user's value)
    text = quote(value) if isinstance(value, str) else repr(value)
    sign = "++" if kind is Kind.VALUE else ""
    return Wish(key, kind, (f"{sign}{key}={text}",), (value,))
