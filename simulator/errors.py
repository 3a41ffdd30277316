"""Errors that say where, what is wrong, what is allowed, and the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")

NO_SUCH_SETTING = "there is no such setting"
NEAR, FEWEST = 0.7, 3
"""How alike two names must be for one to be the other, misspelt; letters of one that is cut short."""

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
"""A number that is no part of a word."""


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in the settings: where it stands, what is wrong, what is allowed instead."""

    where: str
    problem: str
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.problem}" if self.where else self.problem]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.nearest:
            parts.append(f"did you mean '{self.nearest}'?")
        return "; ".join(parts)

    def within(self, where: str) -> Mistake:
        """Return the same mistake, found inside of something else (nothing: as it is)."""
        return replace(self, where=", ".join(filter(None, (where, self.where))))


class SimulatorError(Exception):
    """Base of every error that the simulator raises on purpose."""


class SettingsError(SimulatorError):
    """The settings hold one or more mistakes; all of them are listed.

    Parameters
    ----------
    mistakes : sequence of Mistake
        Everything that was found wrong, in the order of the settings.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = f"{count} mistake{'s' if count != 1 else ''} in the settings; nothing was run:"
        super().__init__("\n".join([head, *(f"  {number}. {m}" for number, m in enumerate(mistakes, 1))]))


class ResultsError(SimulatorError):
    """A results folder cannot be read or written; the message says why and what to do."""


def nearest(name: str, valid: Iterable[str], near: float = NEAR) -> str:
    """Return the valid name that looks most like `name`, or an empty string if none is near.

    One that differs in small and capital letters alone is nearest. One that begins like it is near, too, but
    none that has other numbers.

    Parameters
    ----------
    name : str
        What somebody wrote.
    valid : iterable of str
        What there is.
    near : float
        How alike two names must be, from 0 to 1.
    """
    numbers = NUMBER.findall(name)
    there = [one for one in valid if not numbers or NUMBER.findall(one) == numbers]
    same = [one for one in there if one.casefold() == name.casefold()]
    begun = [one for one in there if len(name) >= FEWEST and (one.startswith(name) or name.startswith(one))]
    return next(iter([*same, *get_close_matches(name, there, n=1, cutoff=near), *begun]), "")


@contextmanager
def inside_of(where: str) -> Iterator[None]:
    """Let mistakes say what they were found inside of."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError([mistake.within(where) for mistake in error.mistakes]) from None


def checked(makers: Iterable[Callable[[], T]]) -> list[T]:
    """Return what each maker makes.

    Raises
    ------
    SettingsError
        With every mistake of any of them, once each.
    """
    made: list[T] = []
    mistakes: list[Mistake] = []
    for make in makers:
        try:
            made.append(make())
        except SettingsError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    return made
