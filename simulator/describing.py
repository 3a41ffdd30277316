"""The settings as a person meets them: path, title, unit, range and source, read from the parameter tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from simulator.parameters import Group, Scenario
from simulator.vocabulary import Word

ANY_NAME = "<name>"
"""Stands in a path where users choose the name themselves."""

MOST_NAMES = 12
"""Settings of a group that a message names before it leaves off."""

BEYOND_EXACT = 1e16
"""From here on not every whole number is a float."""


@dataclass(frozen=True)
class Setting:
    """One setting, or a group of them.

    Attributes
    ----------
    path : str
        As typed, with `<name>` where users choose the name.
    kind : str
        "number", "whole number", "word", "true or false", "text", "list of texts", "list of numbers",
        "list of values" or "group".
    low, high : float or None
        Smallest and largest allowed value, in `unit`.
    plausible : tuple of float
        Range within which the truth may well lie; empty where there is none.
    words : tuple of str
        What a word can be; in a group, the names under it.
    prior : str
        Shape of the prior over the plausible range; empty where nothing is said of it.
    kinds : tuple of (str, tuple of str)
        Of a group that is one of several kinds: the names under each.
    """

    path: str
    kind: str
    title: str = ""
    unit: str = ""
    source: str = ""
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | tuple[()] = ()
    words: tuple[str, ...] = ()
    can_be_null: bool = False
    prior: str = ""
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def allowed(self) -> str:
        """What the setting can be, in words."""
        text = self._allowed()
        return f"{text} or null" if self.can_be_null else text

    @property
    def names(self) -> str:
        """The words, or the first of them if they are many."""
        few = self.words if len(self.words) <= MOST_NAMES else (*self.words[: MOST_NAMES - 1], "…")
        return ", ".join(few)

    @property
    def plausible_range(self) -> str:
        """The plausible range in words, or nothing."""
        return range_text(*self.plausible, self.unit) if self.plausible else ""

    def _allowed(self) -> str:
        if self.kind == "word":
            return ", ".join(self.words)
        if self.kind == "group":
            return f"a group with {self.names}"
        if self.kind == "list of values":
            return "a list, such as [WORD, WORD], or of numbers [LOWEST, HIGHEST]"
        if self.low is None or self.high is None:
            return self.kind if self.kind in {"text", "true or false"} else f"a {self.kind}"
        return f"a {self.kind} from {range_text(self.low, self.high, self.unit)}"


def number_text(number: float) -> str:
    """Return a number as a person writes it, without needless exponent or trailing zero."""
    if abs(number) < BEYOND_EXACT and number == int(number):
        return str(int(number))
    return str(number)


def range_text(low: float, high: float, unit: str) -> str:
    """Return a range with its unit; a pure number has none."""
    text = f"{number_text(low)} to {number_text(high)}"
    return text if unit in {"", "1"} else f"{text} ({unit})"


@cache
def describe_settings() -> tuple[Setting, ...]:
    """Return every setting and every group of settings, in the order of the tree."""
    return tuple(_of_group(Scenario, ""))


@cache
def _table() -> dict[str, Setting]:
    return {setting.path: setting for setting in describe_settings()}


def find_setting(path: str) -> Setting | None:
    """Return the setting at a path as a user types it, or None."""
    pattern = ""
    for part in path.split("."):
        candidates = [f"{pattern}.{name}".lstrip(".") for name in (part, ANY_NAME)]
        pattern = next((candidate for candidate in candidates if candidate in _table()), "")
        if not pattern:
            return None
    return _table()[pattern]


def settings_under(path: str, deep: bool = False) -> list[Setting]:
    """Return the settings one level below a path (empty: the whole tree), or at all levels if `deep`."""
    if not path:
        inside: Iterable[Setting] = describe_settings()
        level = 0
    else:
        above = find_setting(path)
        pattern = f"{above.path}." if above else "\0"
        inside = (setting for setting in describe_settings() if setting.path.startswith(pattern))
        level = path.count(".") + 1
    return [setting for setting in inside if deep or setting.path.count(".") == level]


def _of_group(group: type[Group], prefix: str) -> Iterator[Setting]:
    for name, field in group.model_fields.items():
        yield from _of_field(f"{prefix}{name}", field.annotation, field)


def _of_field(path: str, annotation: Any, field: FieldInfo) -> Iterator[Setting]:  # noqa: ANN401  (any type)
    """Yield the setting at a path and all settings below it."""
    studies = _groups_of(annotation)
    if len(studies) > 1:
        names = tuple(dict.fromkeys(name for one in studies for name in one.model_fields))
        kinds = tuple(
            (get_args(one.model_fields["kind"].annotation)[0], tuple(one.model_fields)) for one in studies
        )
        yield Setting(path, "group", field.title or "", words=names, kinds=kinds)
        yield from {s.path: s for one in studies for s in _of_group(one, f"{path}.")}.values()
        return
    annotation, is_optional = _without_none(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Group):
        title = field.title or (annotation.__doc__ or "").strip().splitlines()[0]
        yield Setting(path, "group", title, words=tuple(annotation.model_fields))
        yield from _of_group(annotation, f"{path}.")
    elif get_origin(annotation) is dict:
        yield from _of_mapping(path, annotation, field)
    else:
        yield _leaf(path, annotation, field, is_optional)


def _of_mapping(path: str, annotation: Any, field: FieldInfo) -> Iterator[Setting]:  # noqa: ANN401  (any type)
    key, value = get_args(annotation)
    words = _words(_bare(key))
    names = words or (ANY_NAME,)
    yield Setting(path, "group", field.title or "", source=_extra(field, "source"), words=names)
    inner = FieldInfo.from_annotation(value)
    inner.title = inner.title or field.title
    inner.json_schema_extra = inner.json_schema_extra or field.json_schema_extra
    for name in names:
        yield from _of_field(f"{path}.{name}", _bare(value), inner)


def _leaf(path: str, annotation: Any, field: FieldInfo, can_be_null: bool) -> Setting:  # noqa: ANN401  (any type)
    low, high = _bound(field, "ge"), _bound(field, "le")
    extremes = _extra(field, "plausible")
    return Setting(
        path=path,
        kind=_kind(annotation),
        title=field.title or "",
        unit=_extra(field, "unit"),
        source=_extra(field, "source"),
        low=low,
        high=high,
        plausible=(float(extremes[0]), float(extremes[1])) if extremes else (),
        words=_words(annotation),
        can_be_null=can_be_null,
        prior=_extra(field, "prior"),
    )


def _kind(annotation: Any) -> str:  # noqa: ANN401  (any type)
    if _words(annotation):
        return "word"
    names = {float: "number", int: "whole number", bool: "true or false", str: "text"}
    if get_origin(annotation) is list:
        (held,) = get_args(annotation)
        if held is str:
            return "list of texts"
        return "list of values" if str in get_args(held) else "list of numbers"
    return names.get(annotation, "value")


def _words(annotation: Any) -> tuple[str, ...]:  # noqa: ANN401  (any type)
    is_word = isinstance(annotation, type) and issubclass(annotation, Word)
    return tuple(annotation.labels()) if is_word else ()


def _bare(annotation: Any) -> Any:  # noqa: ANN401  (any type)
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _groups_of(annotation: Any) -> list[type[Group]]:  # noqa: ANN401  (any type)
    """Return the groups among which a field chooses, if it is such a field."""
    members = get_args(_bare(annotation))
    return [member for member in members if isinstance(member, type) and issubclass(member, Group)]


def _without_none(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401  (any type)
    if get_origin(annotation) not in {Union, UnionType}:
        return _bare(annotation), False
    members = [member for member in get_args(annotation) if member is not type(None)]
    return _bare(members[0]), len(members) < len(get_args(annotation))


def _bound(field: FieldInfo, name: str) -> float | None:
    return next((getattr(limit, name) for limit in field.metadata if hasattr(limit, name)), None)


def _extra(field: FieldInfo, name: str) -> Any:  # noqa: ANN401  (any metadata)
    extra = field.json_schema_extra
    return extra.get(name, "") if isinstance(extra, dict) else ""
