"""What somebody asks for, override by override, each judged against the options that there are."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, RangeSweep

from simulator.composing.margins import FILES
from simulator.describing import find_setting
from simulator.errors import NO_SUCH_SETTING, Mistake
from simulator.settings_files import KINDS, Options, check_choice, check_option

NAME = re.compile(r"[~+]*\w+([./@]\w+)*")
MOST_VALUES = 100_000
"""Most values of a range (assumed): reading and checking so many takes a minute."""

ONE_VALUE = "one value, or a list in brackets; to run one after another, -m on the command line"


class Kind(Enum):
    """What an override does."""

    GROUP = "chooses an option of a group"
    VALUE = "sets a value"
    DELETE = "takes a setting away"
    HYDRA = "sets something of Hydra's own"


@dataclass(frozen=True)
class Wish:
    """One override, with all its values if it is swept.

    Attributes
    ----------
    key : str
        The group, or the dotted path, without any sign before it.
    kind : Kind
        What it does.
    texts : tuple of str
        The override for each value, as Hydra is to read it.
    values : tuple
        The values themselves.
    """

    key: str
    kind: Kind
    texts: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def line(self) -> str:
        """The whole override, as Hydra is to read it."""
        head, sign, _ = self.texts[0].partition("=")
        return head + sign + ",".join(text.partition("=")[2] for text in self.texts)

    @cached_property
    def refers(self) -> bool:
        """Whether a value refers to another setting."""
        return any("${" in text for text in self.texts)

    @cached_property
    def is_plain(self) -> bool:
        """Whether the values are numbers, switches or texts that refer to nothing else, nor to a file."""
        return (
            self.kind is Kind.VALUE
            and self.key not in FILES
            and all(
                isinstance(value, (bool, int, float)) or (isinstance(value, str) and "${" not in value)
                for value in self.values
            )
        )


@dataclass(frozen=True)
class Terms:
    """What may be asked for.

    Attributes
    ----------
    options : mapping
        The options of each group.
    sweep : bool
        Whether one override may have several values.
    command_line : bool
        Whether Hydra's own settings may be touched.
    most : int
        Most values of a range.
    """

    options: Options
    sweep: bool = False
    command_line: bool = False
    most: int = MOST_VALUES


def read_overrides(texts: Sequence[str], terms: Terms) -> tuple[list[Wish], list[Mistake]]:
    """Return the overrides that can be understood, and what is wrong with the others."""
    wishes, mistakes = [], []
    for text in texts:
        wrong = _check_range(text, terms.most)
        overrides = [] if wrong else _parse(text, terms.options)
        if not wrong:
            wrong = _check(text, overrides, terms) if overrides else [_unreadable(text, terms.options)]
        mistakes += wrong
        if not wrong:
            wishes.append(_wish(overrides, terms))
    return wishes, mistakes


def _check_range(text: str, most: int) -> list[Mistake]:
    """Return what is wrong with a range, before its values are listed."""
    if "range" not in text:  # to read every override twice would take long in a large sweep
        return []
    try:
        override = OverridesParser.create().parse_override(text)
        pattern: Any = override.value()
    except Exception:  # told when it is read
        return []
    if not isinstance(pattern, RangeSweep):
        return []
    problem, allowed = _range_mistake(pattern, most)
    return [Mistake(override.key_or_group, problem, allowed)] if problem else []


def _range_mistake(pattern: RangeSweep, most: int) -> tuple[str, str]:
    """Return what is wrong with a range and what is allowed; nothing if it is fine."""
    start, stop, step = (float(end or 0.0) for end in (pattern.start, pattern.stop, pattern.step))
    text = f"range({pattern.start},{pattern.stop},{pattern.step})"
    if not step:
        return f"{text} never ends, since its step is 0", "a step above or below 0"
    count = math.ceil((stop - start) / step)
    if count <= 0:
        way = f"steps of {pattern.step} from {pattern.start} lead away from {pattern.stop}"
        return f"{text} is empty: {way}", "range(FIRST,END,STEP), which stops before END"
    return (f"{text} has {count:,} values", f"at most {most:,}") if count > most else ("", "")


def _parse(text: str, options: Options) -> list[Override]:
    """Return an override, once for each of its values if it is swept; nothing if it cannot be read."""
    parser = OverridesParser.create()
    try:
        override = parser.parse_override(text)
        if not override.key_or_group:
            return []
        if not override.is_sweep_override():
            return [override]
        head = override.get_key_element()
        return [parser.parse_override(f"{head}={value}") for value in _swept(override, options)]
    except Exception:  # whatever the grammar and its functions raise, the text cannot be read
        return []


def _swept(override: Override, options: Options) -> list[str]:
    pattern: Any = override.value()
    if isinstance(pattern, Glob):
        return pattern.filter(list(options.get(override.key_or_group, {})))
    return list(override.sweep_string_iterator())


def _unreadable(text: str, options: Options) -> Mistake:
    key, equals, value = text.partition("=")
    if not equals or NAME.fullmatch(key) is None:
        meant = next((f"{group}={text}" for group in options if text in options[group]), "")
        return Mistake(text, "cannot be read as a setting", "key=value", meant)
    key = key.lstrip("~+")
    setting = find_setting(key)
    is_list = setting is not None and setting.kind.startswith("list")
    form = "['any text']" if is_list else "'any text'"
    return Mistake(key, f"the value cannot be read ({value})", f"""{key}=value, or {key}="{form}\"""")


def _wish(overrides: Sequence[Override], terms: Terms) -> Wish:
    kind = _kind(overrides[0], terms)
    texts = tuple(_written(kind, override) for override in overrides)
    return Wish(overrides[0].key_or_group, kind, texts, tuple(override.value() for override in overrides))


def _kind(override: Override, terms: Terms) -> Kind:
    if override.is_hydra_override():
        return Kind.HYDRA
    if override.is_delete():
        return Kind.DELETE
    return Kind.GROUP if _chooses(override, terms) else Kind.VALUE


def _chooses(override: Override, terms: Terms) -> bool:
    """Tell whether an override is about a group; settings in braces go into the group instead."""
    return override.key_or_group in terms.options and not isinstance(override.value(), dict)


def _written(kind: Kind, override: Override) -> str:
    """Return an override as Hydra is to read it; values are forced in, wrong names come to light later."""
    text = str(override.input_line)
    bare = text.lstrip("+")
    if override.package is not None:
        return f"+{bare}"
    return {Kind.VALUE: f"++{bare}", Kind.GROUP: bare}.get(kind, text)


def _check(text: str, overrides: Sequence[Override], terms: Terms) -> list[Mistake]:
    first = overrides[0]
    key = first.key_or_group
    if first.is_hydra_override() or key == "hydra":
        return _check_hydra(key, overrides, terms)
    if first.package is not None and not _is_for_reform(first):
        problem = "a group has its own place in the settings and no other"
        return [Mistake(f"{key}@{first.package}", problem, f"{key}=OPTION")]
    if len(overrides) > 1 and not terms.sweep:
        return [Mistake(key, f"several values are given ('{text.partition('=')[2]}')", ONE_VALUE)]
    if key.startswith("scenario."):
        return [Mistake(key, NO_SUCH_SETTING, "scenario=NAME")]
    return _check_group(key, overrides, terms) if _chooses(first, terms) else []


def _is_for_reform(override: Override) -> bool:
    """Tell whether an option is chosen for the rules after a reform."""
    return override.package == f"reform.{override.key_or_group}"


def _check_hydra(key: str, overrides: Sequence[Override], terms: Terms) -> list[Mistake]:
    if not terms.command_line:
        return [Mistake(key, "Hydra's own settings can be changed on the command line only")]
    if key == "hydra" or len(overrides) > 1:
        return [Mistake(key, "Hydra's own settings are changed one by one, each to one value")]
    return []


def _check_group(key: str, overrides: Sequence[Override], terms: Terms) -> list[Mistake]:
    if key == KINDS:
        return [Mistake(key, "a kind is listed in a catalogue, under a short name", "programmes=CATALOGUE")]
    if overrides[0].is_delete():
        return [Mistake(key, "a group cannot be taken away", ", ".join(terms.options[key]))]
    return [
        mistake for override in overrides for mistake in _check_chosen(key, override.value(), terms.options)
    ]


def _check_chosen(key: str, value: Any, options: Options) -> list[Mistake]:  # noqa: ANN401  (a user's value)
    return check_choice(key, value, options, key) or check_option(key, str(value), options)
