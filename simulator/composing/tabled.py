"""From a table of settings to scenarios, one a row: each different choice of options is composed once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.composing.levers import Row
from simulator.composing.overrides import Terms, Wish, read_overrides
from simulator.composing.points import Pick, read_points, settings_of_picks
from simulator.composing.request import request
from simulator.errors import Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.paths import value_at
from simulator.settings_files import list_options

OF_ALL = ("workers", "engine", "output", "study", "rules", "hydra")
"""What holds for a sweep as a whole, and cannot differ from point to point."""

Column = tuple[Wish, dict[int, int]]
"""A setting that is varied, and which of its values each row has; rows that leave it open are missing."""


@dataclass(frozen=True)
class Points:
    """The points of a sweep.

    Attributes
    ----------
    table : tuple of mapping
        Every setting that is varied, with its value at each point.
    scenarios : tuple of Scenario
        What the points come to.
    base : Scenario or None
        The scenario with nothing varied, if it is known.
    common : tuple of str
        The overrides that all points have in common.
    folders : tuple of Path
        The user's own folders.
    vary : str
        What a command with `-m` varies, as `study.vary` would have it.
    """

    table: tuple[Row, ...]
    scenarios: tuple[Scenario, ...]
    base: Scenario | None = None
    common: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    vary: str = ""


def compose_rows(
    overrides: Sequence[str],
    rows: Sequence[Row],
    folders: Sequence[Path] = (),
    before: Sequence[Mistake] = (),
) -> Points:
    """Compose and validate every point of a table.

    Parameters
    ----------
    overrides : sequence of str
        What all points have in common, as on the command line.
    rows : sequence of mapping
        The settings of each point; what a row leaves out is as the overrides and files have it.
    folders : sequence of Path
        A user's own folders.
    before : sequence of Mistake
        What was found wrong with what is varied, and left out of the rows.

    Raises
    ------
    SettingsError
        With those, and every mistake at any point.
    """
    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns, wrong = _columns(keys, rows, folders)
    with request(overrides, folders) as (compose, wishes, found):
        mistakes = [*before, *found, *wrong]
        options = dict(compose([wish.texts[0] for wish in wishes]).hydra.runtime.choices)
        scenarios = read_points(settings_of_picks(compose, _picks(wishes, columns, len(rows))), mistakes)
    if mistakes:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    table = [
        {key: row[key] if key in row else _as_it_is(key, one, options) for key in keys}
        for row, one in zip(rows, scenarios, strict=True)
    ]
    return Points(tuple(table), tuple(scenarios), common=tuple(overrides), folders=tuple(folders))


def is_of_all(key: str) -> bool:
    """Whether a setting holds for a sweep as a whole."""
    return key.partition(".")[0].partition("/")[0] in OF_ALL


def _columns(
    keys: Sequence[str], rows: Sequence[Row], folders: Sequence[Path]
) -> tuple[list[Column], list[Mistake]]:
    """Return each setting with all its different values; numbers are read as settings only once."""
    terms = Terms(list_options(folders))
    columns, mistakes = [], []
    for key in keys:
        if is_of_all(key):
            mistakes.append(Mistake(key, "holds for all points of a sweep, and cannot be varied"))
            continue
        values = {number: row[key] for number, row in enumerate(rows) if key in row}
        places: dict[str, int] = {}
        picks = {number: places.setdefault(written(value), len(places)) for number, value in values.items()}
        first = dict.fromkeys(picks.values())
        distinct = [next(v for n, v in values.items() if picks[n] == place) for place in first]
        column, wrong = _wish(key, list(places), distinct, terms)
        mistakes += wrong
        if column is not None:
            columns.append((column, picks))
    return columns, mistakes


def _wish(
    key: str, texts: Sequence[str], values: Sequence[Any], terms: Terms
) -> tuple[Wish | None, list[Mistake]]:
    """Return one wish with all values of a column, and what is wrong with any of them."""
    numbers = all(isinstance(value, (bool, int, float)) for value in values)
    asked = [f"{key}={text}" for text in (texts[:1] if numbers else texts)]
    wishes, mistakes = read_overrides(asked, terms)
    if mistakes:
        return None, mistakes
    head = wishes[0].texts[0].partition("=")[0]
    return Wish(wishes[0].key, wishes[0].kind, tuple(f"{head}={text}" for text in texts), tuple(values)), []


def _picks(wishes: Sequence[Wish], columns: Sequence[Column], rows: int) -> Iterator[list[Pick]]:
    for row in range(rows):
        own = [(wish, places[row]) for wish, places in columns if row in places]
        yield [*((wish, 0) for wish in wishes), *own]


def written(value: object) -> str:
    """Return a value as it is written behind a key on the command line."""
    return json.dumps(value, ensure_ascii=False)


def _as_it_is(key: str, scenario: Scenario, options: Mapping[str, Any]) -> object:
    """Return what a setting is at a point that leaves it as it is."""
    if key in options:
        return options[key]
    return value_at(scenario.model_dump(mode="json"), key)
