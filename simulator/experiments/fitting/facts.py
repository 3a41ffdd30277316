"""Published facts: a table with the figure, its interval, and whether it may enter a fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from simulator.csv_files import read_csv
from simulator.errors import Mistake, SettingsError, nearest

OWN = Path(__file__).parents[2] / "data" / "targets.csv"
NO_TARGET = OWN.with_name("no_target.csv")
COLUMNS = ("id", "fact", "rows", "published", "low", "high", "unit", "design", "use")
MEASURE = "measure"
"""Further column of a user's own table: which line of a run's tables is meant; see `published.measure_of`."""

CALIBRATE, VALIDATE = "calibrate", "validate"
WORDS = ("sign", "shape")
"""What a published text without a number begins with: there is only a direction to be held against."""

WORDED = re.compile(rf"({'|'.join(WORDS)})\b.*", re.IGNORECASE | re.DOTALL)
DIRECTIONS = {"sign": 1.0, "sign: above": 1.0, "sign: below": -1.0}
"""What a user's own fact with a measure may say in words, and on which side of nought it then has to be."""

SD_OF_HALF = 1.959963984540054
"""Standard deviations from the middle of a normal distribution to either end of its 95 % interval."""


@dataclass(frozen=True)
class Fact:
    """One published figure.

    Attributes
    ----------
    id, fact, rows, text, unit, design : str
        As in the table; `text` is what stands under `published`.
    value, low, high : float
        NaN where the table gives no number.
    use : str
        `calibrate` (may enter a fit) or `validate` (never does).
    measure : str
        What is held against it; empty for what the project knows by the id.
    """

    id: str
    fact: str
    rows: str
    text: str
    value: float
    low: float
    high: float
    unit: str
    design: str
    use: str
    measure: str = ""

    @property
    def is_ratio(self) -> bool:
        """Whether the figure is compared on the log scale."""
        return _is_ratio(self.unit)

    @property
    def direction(self) -> float:
        """On which side of nought a fact without a number lies: above, unless it says so."""
        return DIRECTIONS.get(self.text.casefold(), 1.0)

    @property
    def has_interval(self) -> bool:
        """Whether an interval was published with it."""
        return not (np.isnan(self.low) or np.isnan(self.high))

    def on_scale(self, number: float) -> float:
        """Return a number of this fact on the scale on which it is compared."""
        return float(np.log(number)) if self.is_ratio else number

    def off_scale(self, number: float) -> float:
        """Return a number on the scale of comparison in the fact's unit."""
        return float(np.exp(number)) if self.is_ratio else number

    def sds(self) -> tuple[float, float]:
        """Return the standard deviation below and above the figure (two-piece normal), NaN if not published.

        References
        ----------
        Wallis, K. F. (2014). The two-piece normal, binormal, or double Gaussian distribution. Statistical
        Science 29, 106-112.
        """
        if not self.has_interval:
            return float("nan"), float("nan")
        low, value, high = (self.on_scale(one) for one in (self.low, self.value, self.high))
        return max(0.0, value - low) / SD_OF_HALF, max(0.0, high - value) / SD_OF_HALF


def read_facts(path: Path | None = None, only: Sequence[str] = ()) -> list[Fact]:
    """Return the facts of a table.

    Parameters
    ----------
    path : Path, optional
        CSV file with the columns of the project's own table, which is read if none is given.
    only : sequence of str
        Ids; empty for all.

    Raises
    ------
    SettingsError
        With every mistake in the table, and every id that is not in it.
    """
    facts, mistakes = _read(path or OWN, only)
    if mistakes:
        raise SettingsError(mistakes)
    return facts


def _read(path: Path, only: Sequence[str]) -> tuple[list[Fact], list[Mistake]]:
    """Return the facts that are asked for, none if the table itself is wrong, and every mistake."""
    rows = _rows(path)
    wrong = list(_mistakes(path, rows))
    facts = [] if wrong else [_fact(row) for row in rows if not only or row["id"] in only]
    ids = [row["id"] for row in rows]
    missing = [
        Mistake("study.only", f"there is no fact '{one}'", ", ".join(ids), nearest(one, ids))
        for one in only
        if one not in ids
    ]
    return facts, wrong + missing


def without_target() -> list[tuple[str, str]]:
    """Return the outcomes that no published figure is known for, each with the reason."""
    _, lines, _ = read_csv(NO_TARGET, str(NO_TARGET), "columns outcome, why")
    return [(outcome, why) for outcome, why in lines]


def facts_to_fit(path: Path | None = None, only: Sequence[str] = ()) -> list[Fact]:
    """Return the facts that enter a fit: those whose use is `calibrate`.

    Raises
    ------
    SettingsError
        If one that is asked for is for validation, or has no number to be fitted to.
    """
    facts, mistakes = _read(path or OWN, only)
    chosen = facts if only else [fact for fact in facts if fact.use == CALIBRATE]
    if mistakes := mistakes + _not_to_fit(chosen):
        raise SettingsError(mistakes)
    if not chosen:
        raise SettingsError([Mistake("study.facts", "no fact has the use calibrate")])
    return chosen


def check_use(facts: Sequence[Fact]) -> None:
    """Raise SettingsError if a fact may not enter a fit; every fit begins with this."""
    if mistakes := _not_to_fit(facts):
        raise SettingsError(mistakes)


@cache
def kept_for_validation() -> frozenset[str]:
    """Return the ids of the project's facts that never enter a fit, whatever another table says of them."""
    return frozenset(one.id for one in read_facts() if one.use == VALIDATE)


def _not_to_fit(facts: Sequence[Fact]) -> list[Mistake]:
    mistakes = [
        Mistake(f"fact {one.id}", "is for validation and never enters a fit", "facts whose use is calibrate")
        for one in facts
        if one.use != CALIBRATE or one.id in kept_for_validation()
    ]
    return mistakes + [
        Mistake(f"fact {one.id}", f"'{one.text}' is no number to fit", "a number")
        for one in facts
        if np.isnan(one.value)
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    columns = ", ".join((*COLUMNS, f"[{MEASURE}]"))
    head, lines, mistakes = read_csv(path, "study.facts", f"columns {columns}")
    missing = [name for name in COLUMNS if name not in head]
    if missing or not lines:
        problem = f"has no column {', '.join(missing)}" if missing else "holds no facts"
        mistakes.append(Mistake(str(path), problem, columns))
    if mistakes:
        raise SettingsError(mistakes)
    return [dict(zip(head, line, strict=True)) for line in lines]


def _mistakes(path: Path, rows: Sequence[Mapping[str, str]]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        where = f"{path}, row {number}"
        if not row["id"] or row["id"] in seen:
            yield Mistake(where, f"id '{row['id']}' is missing or stands there twice")
        seen.add(row["id"])
        if row["use"] not in {CALIBRATE, VALIDATE}:
            near = nearest(row["use"], [CALIBRATE, VALIDATE])
            yield Mistake(f"{where}, use", f"'{row['use']}'", f"{CALIBRATE} or {VALIDATE}", near)
        for name in ("low", "high"):
            if row[name] and np.isnan(_number(row[name])):
                yield Mistake(f"{where}, {name}", f"'{row[name]}' is no number", "a number, or nothing")
        yield from _wrong_figure(where, row)
        low, value, high = (_number(row[name]) for name in ("low", "published", "high"))
        if low > value or value > high or low > high:
            yield Mistake(where, f"{value:g} is not between {low:g} and {high:g}", "low <= published <= high")
        if _is_ratio(row["unit"]) and min(low, value, high) <= 0.0:
            yield Mistake(where, "a ratio has to be above 0")


def _wrong_figure(where: str, row: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield what is wrong with a published figure that is no number."""
    text = row["published"]
    if not np.isnan(_number(text)):
        return
    if not _is_worded(text):
        problem = f"'{text}' is no number" if text else "is empty"
        allowed = f"a number, or a text that begins with {' or '.join(WORDS)}"
        yield Mistake(f"{where}, published", problem, allowed, nearest(text, WORDS))
    elif row.get(MEASURE) and text.casefold() not in {*DIRECTIONS, *_texts()}:
        problem = f"'{text}' does not say on which side of nought the measure has to be"
        yield Mistake(f"{where}, published", problem, ", ".join(DIRECTIONS), nearest(text, DIRECTIONS))
    elif row["low"] or row["high"]:
        problem = f"'{text}' is no number, and only a number has an interval"
        yield Mistake(f"{where}, published", problem, "a number, or nothing under low and high")


def _is_worded(text: str) -> bool:
    """Whether a published text says in words what is known: as agreed, or as in the project's own table."""
    return bool(WORDED.fullmatch(text)) or text in _texts()


@cache
def _texts() -> frozenset[str]:
    """Return what stands under `published` in the project's own table, where it is no number."""
    texts = (row["published"] for row in _rows(OWN))
    return frozenset(text for text in texts if text and np.isnan(_number(text)))


def _is_ratio(unit: str) -> bool:
    return "ratio" in unit.split()


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return float("nan")
    return number if np.isfinite(number) else float("nan")


def _fact(row: Mapping[str, str]) -> Fact:
    numbers = (_number(row["published"]), _number(row["low"]), _number(row["high"]))
    return Fact(
        row["id"], row["fact"], row["rows"], row["published"], *numbers, row["unit"], row["design"],
        row["use"], row.get(MEASURE, ""),
    )  # fmt: skip
