"""Margins of one's own: a CSV file of shares, and one of two-way counts, put in place of settings.

What a command sets by name still comes last, so that one share of a file can be tried at other values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulator.composing.session import key_of
from simulator.csv_files import read_csv
from simulator.errors import Mistake, SettingsError, nearest
from simulator.paths import put
from simulator.vocabulary import Barrier

SHARES, COUNTS = ("trait", "value", "share"), ("trait_1", "value_1", "trait_2", "value_2", "count")
MARGINS, TABLES = "population.margins", "population.tables"
FILES = (MARGINS, TABLES)
NEAR_ONE = 0.011
"""Published percentages are rounded, and three of them can miss a whole by one."""

NO, YES = "no", "yes"


class Margin(NamedTuple):
    """A trait as tables publish it: its values from less to more, and the settings that hold their shares."""

    values: tuple[str, ...]
    settings: Mapping[str, str]


def _yes(setting: str) -> Margin:
    return Margin((NO, YES), {YES: setting})


TRAITS: Mapping[str, Margin] = {
    "age": Margin(("under_30", "30_or_over"), {"under_30": "share_under_30"}),
    "woman": _yes("share_women"),
    "children": _yes("share_with_children"),
    "foreign_born": _yes("share_foreign_born"),
    "newly_arrived": _yes("share_newly_arrived"),
    "education": Margin(
        ("primary", "secondary", "tertiary"),
        {"primary": "share_primary_education", "tertiary": "share_tertiary_education"},
    ),
    "disability": _yes("share_disability"),
    **{barrier.label: _yes(f"prevalence.{barrier.label}") for barrier in Barrier},
}
"""What margins can be given of; newly_arrived and language are among the foreign-born."""

Row = dict[str, str]
Line = tuple[str, Row]
"""Where a row stands, and what its cells hold."""


def put_margins(settings: dict[str, Any], overrides: Iterable[str]) -> list[Mistake]:
    """Put what the files say in the places of shares and associations; return what is wrong with them.

    Parameters
    ----------
    settings : dict
        The composed tree, which is changed.
    overrides : iterable of str
        Those of the command; what they set stays.
    """
    population = settings.get("population")
    if not isinstance(population, dict):
        return []
    kept = {key_of(text) for text in overrides}
    mistakes: list[Mistake] = []
    for key, read in ((MARGINS, _shares), (TABLES, _associations)):
        name = population.get(key.rpartition(".")[2])
        if not isinstance(name, str):
            continue
        found, wrong = read(Path(name))
        mistakes += wrong
        if not wrong:
            _put(settings, found, kept)
    return mistakes


def _put(settings: dict[str, Any], found: Mapping[str, object], kept: set[str]) -> None:
    for path, value in found.items():
        above = [path.rsplit(".", cut)[0] for cut in range(path.count("."))]
        if not any(one in kept for one in above):
            _forget_the_same_pair(settings, path, value)
            try:
                put(settings, path, value)
            except (KeyError, TypeError):
                continue  # what is above it is no group, which is reported when the tree is validated


def _forget_the_same_pair(settings: dict[str, Any], path: str, value: object) -> None:
    """Leave out what an option assumes of two facets of which a file has counts."""
    known = settings["population"].get("associations")
    if not isinstance(value, dict) or not isinstance(known, dict):
        return
    pair = {value["first"], value["second"]}
    for name, one in list(known.items()):
        if isinstance(one, dict) and {one.get("first"), one.get("second")} == pair:
            del known[name]


def _shares(path: Path) -> tuple[dict[str, object], list[Mistake]]:
    """Return the settings that a file of shares sets."""
    lines, mistakes = _lines(path, MARGINS, SHARES)
    shares: dict[str, dict[str, float]] = {}
    for where, row in lines:
        mistakes += _unknown(where, row["trait"], row["value"])
        share = _number(row["share"])
        if share is None or not 0.0 <= share <= 1.0:
            mistakes.append(Mistake(where, f"'{row['share']}' is no share", "a number from 0 to 1"))
        elif row["value"] in shares.setdefault(row["trait"], {}):
            mistakes.append(Mistake(where, f"{row['trait']} has a share for {row['value']} already"))
        else:
            shares[row["trait"]][row["value"]] = share
    if mistakes:
        return {}, mistakes
    for trait, given in shares.items():
        mistakes += _not_whole(f"{path}, {trait}", TRAITS[trait], given)
    found: dict[str, object] = {
        f"population.{setting}": _share_of(value, TRAITS[trait], given)
        for trait, given in shares.items()
        for value, setting in TRAITS[trait].settings.items()
    }
    return found, mistakes


def _not_whole(where: str, margin: Margin, given: Mapping[str, float]) -> Iterator[Mistake]:
    """Yield what is wrong if the shares of a trait leave something open, or do not make a whole."""
    total = sum(given.values())
    open_ones = [value for value in margin.values if value not in given]
    if len(open_ones) > 1:
        yield Mistake(where, f"has no shares for {', '.join(open_ones)}", "all values, or all but one")
    elif not open_ones and abs(total - 1.0) > NEAR_ONE:
        yield Mistake(where, f"the shares make {total:g}", "1")
    elif open_ones and total > 1.0:
        yield Mistake(where, f"the shares make {total:g}", "at most 1")


def _share_of(value: str, margin: Margin, given: Mapping[str, float]) -> float:
    others = sum(share for other, share in given.items() if other != value)
    return given.get(value, max(0.0, 1.0 - others))


def _associations(path: Path) -> tuple[dict[str, object], list[Mistake]]:
    """Return the associations that a file of two-way counts sets."""
    lines, mistakes = _lines(path, TABLES, COUNTS)
    tables: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    sources: dict[tuple[str, str], str] = {}
    for where, row in lines:
        pair, cell = (row["trait_1"], row["trait_2"]), (row["value_1"], row["value_2"])
        mistakes += [*_unknown(where, pair[0], cell[0]), *_unknown(where, pair[1], cell[1])]
        count = _number(row["count"])
        if count is None or count < 0.0:
            mistakes.append(Mistake(where, f"'{row['count']}' is no count", "a number from 0"))
        elif cell in tables.setdefault(pair, {}):
            mistakes.append(Mistake(where, "this cell has a count already"))
        else:
            tables[pair][cell] = count
            sources[pair] = sources.get(pair) or row.get("source", "")
    if mistakes:
        return {}, mistakes
    found: dict[str, object] = {}
    for pair, cells in tables.items():
        wrong, one = _association(f"{path}, {' with '.join(pair)}", pair, cells, sources[pair] or path.name)
        mistakes += wrong
        found[f"population.associations.{'_and_'.join(pair)}"] = one
    return found, mistakes


def _association(
    where: str, pair: tuple[str, str], cells: Mapping[tuple[str, str], float], source: str
) -> tuple[list[Mistake], dict[str, object]]:
    """Return what is wrong with a two-way table, or the association that it tells of."""
    from simulator.composing.joint import MOST, interval, polychoric  # noqa: PLC0415  (SciPy takes a while)

    values = TRAITS[pair[0]].values, TRAITS[pair[1]].values
    missing = [" and ".join(cell) for cell in product(*values) if cell not in cells]
    if missing:
        return [Mistake(where, f"has no count for {', '.join(missing)}")], {}
    counts = np.array([[cells[one, two] for two in values[1]] for one in values[0]])
    if not (counts.sum(axis=0).all() and counts.sum(axis=1).all()):
        return [Mistake(where, "a value has nobody at all, so nothing can be told")], {}
    correlation, error = polychoric(counts)
    if abs(correlation) >= MOST:
        return [Mistake(where, "a cell has nobody: the correlation is at its end")], {}
    low, high = interval(correlation, error)
    told = f"{source}: {counts.sum():,.0f} people, 95 % interval {low:.2f} to {high:.2f}"
    return [], {"first": pair[0], "second": pair[1], "correlation": round(correlation, 4), "source": told}


def _lines(path: Path, setting: str, columns: Sequence[str]) -> tuple[list[Line], list[Mistake]]:
    """Return the rows of a file, each with where it stands, and what is wrong with the file as a whole."""
    try:
        names, rows, malformed = read_csv(path, setting, f"columns {', '.join(columns)}")
    except SettingsError as error:
        return [], list(error.mistakes)
    others = set(names) - set(columns)
    mistakes = [
        Mistake(f"{path}", f"has no column '{name}'", ", ".join(columns), nearest(name, others))
        for name in columns
        if name not in names
    ]
    mistakes += malformed
    if not rows:
        mistakes.append(Mistake(str(path), "holds nothing but a head", "a row for each share or count"))
    if mistakes:
        return [], mistakes
    return [(f"{path}, row {n}", dict(zip(names, row, strict=True))) for n, row in enumerate(rows, 1)], []


def _unknown(where: str, trait: str, value: str) -> list[Mistake]:
    """Return what is wrong with the names of a trait and its value."""
    if trait not in TRAITS:
        return [Mistake(where, f"there is no trait '{trait}'", ", ".join(TRAITS), nearest(trait, TRAITS))]
    values = TRAITS[trait].values
    if value not in values:
        return [Mistake(where, f"{trait} has no value '{value}'", ", ".join(values), nearest(value, values))]
    return []


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
