"""What somebody asks for, override by override, each judged against the options that there are; no Hydra here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any

from simulator.errors import Mistake, nearest
from simulator.settings_files import Options, check_choice, check_option

NO_SUCH_SETTING = "there is no such setting"


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

    @property
    def is_plain(self) -> bool:
        """Whether the values are numbers, switches or texts that refer to nothing else."""
        return self.kind is Kind.VALUE and all(
            isinstance(value, (bool, int, float)) or (isinstance(value, str) and "${" not in value)
            for value in self.values
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
    """

    options: Options
    sweep: bool = False
    command_line: bool = False


def judge(text: str, values: Sequence[Any], terms: Terms) -> tuple[Wish | None, list[Mistake]]:
    """Make a wish of an override, or say what is wrong with it.

    Parameters
    ----------
    text : str
        The override as it was given.
    values : sequence of Override
        The override as Hydra read it: one, or one for each value that is swept.
    """
    key = values[0].key_or_group
    mistakes = _check(key, text, values, terms)
    if mistakes:
        return None, mistakes
    kind = _kind(values[0], terms)
    texts = tuple(_written(kind, value) for value in values)
    return Wish(key, kind, texts, tuple(value.value() for value in values)), []


def _check(key: str, text: str, values: Sequence[Any], terms: Terms) -> list[Mistake]:
    first = values[0]
    if first.package is not None:
        where = f"{key}@{first.package}"
        return [Mistake(where, "a group has its own place in the settings and no other", f"{key}=OPTION")]
    if first.is_hydra_override() or key == "hydra":
        return _check_hydra(key, values, terms)
    if len(values) > 1 and not terms.sweep:
        return [Mistake(key, f"several values are given ('{text.partition('=')[2]}')", _ONE_VALUE)]
    if key in terms.options and not isinstance(first.value(), dict):
        return _check_group(key, values, terms)
    if key.startswith("scenario."):
        return [Mistake(key, NO_SUCH_SETTING, "scenario=NAME")]
    return []


_ONE_VALUE = "one value, or a list in brackets; to run one after another, -m on the command line"


def _check_hydra(key: str, values: Sequence[Any], terms: Terms) -> list[Mistake]:
    if not terms.command_line:
        return [Mistake(key, "Hydra's own settings are taken only from the command line")]
    if key == "hydra" or len(values) > 1:
        return [Mistake(key, "Hydra's own settings are set one by one, each to one value")]
    return []


def _check_group(key: str, values: Sequence[Any], terms: Terms) -> list[Mistake]:
    names = ", ".join(terms.options[key])
    if values[0].is_delete():
        return [Mistake(key, "a group cannot be taken away", names)]
    return [mistake for value in values for mistake in _check_one(key, value.value(), terms.options)]


def _check_one(key: str, value: Any, options: Options) -> list[Mistake]:  # noqa: ANN401  (a user's value)
    name = value if value is None or isinstance(value, list) else str(value)
    return check_choice(key, name, options, key) or check_option(key, name, options)


def _kind(override: Any, terms: Terms) -> Kind:  # noqa: ANN401  (Hydra's Override)
    if override.is_hydra_override():
        return Kind.HYDRA
    if override.is_delete():
        return Kind.DELETE
    is_group = override.key_or_group in terms.options and not isinstance(override.value(), dict)
    return Kind.GROUP if is_group else Kind.VALUE


def _written(kind: Kind, override: Any) -> str:  # noqa: ANN401  (Hydra's Override)
    """Return an override as Hydra is to read it: a value is forced in, so that a wrong name comes to light later."""
    bare = override.input_line.lstrip("+")
    if kind is Kind.VALUE:
        return f"++{bare}"
    return bare if kind is Kind.GROUP else str(override.input_line)


def unreadable(text: str) -> Mistake:
    """Return what is wrong with an override that follows no grammar."""
    if "=" not in text and not text.startswith("~"):
        return Mistake(text, "is not a setting", "key=value", nearest(text, ["--help", "--cfg", "--list"]))
    key, _, _ = text.partition("=")
    return Mistake(key or text, f"'{text}' cannot be read", """key=value, or key="'any text'" in quotes""")


def list_points(wishes: Sequence[Wish]) -> Iterator[tuple[int, ...]]:
    """Yield, for each point of a sweep, which of its values every wish takes."""
    yield from product(*(range(len(wish.texts)) for wish in wishes))
