"""What a run says on the terminal."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from simulator.outcomes.intervals import MEDIANS
from simulator.outcomes.measures import more_for_half
from simulator.vocabulary import MONTHS_PER_YEAR

NO_INTERVAL = "No intervals: an interval needs at least two replications (replications=2 or more)."
NEVER_NEGATIVE = {
    "persons", "clients", "weeks", "months", "minutes", "per 1,000 client-years", "SEK", "million SEK",
}  # fmt: skip
"""Units of counts and amounts."""

WITHIN_FIRST = re.compile(r"mean time on benefit within the first (\d+) weeks")
MONTHS_A_YEAR = "months on benefit in a calendar year"

CUT = (
    "cut: how many times less the difference varies over replications than with independent luck; "
    "empty where it does not vary"
)

HEADLINE = "mean time on benefit within"
"""How the outcome that a run is asked first begins."""

COLUMNS = ("outcome", "value", "95 % interval", "unit")


def summary_text(title: str, question: str, summary: pd.DataFrame) -> str:
    """Return the headline outcomes of a run as an aligned table under its title and question.

    Intervals are shown within what is possible: those of shares between 0 and 1, those of counts and amounts
    not below 0. The table of the run (`summary.csv`) keeps the plain numbers.
    """
    rows: list[tuple[str, ...]] = [COLUMNS, *(_row(row) for row in summary.itertuples())]
    return "\n".join([title, question, "", *aligned(rows), *_note(summary)])


def halving_text(values: pd.DataFrame) -> str:
    """Return what twice as narrow an interval of the main outcome would take; nothing without an interval.

    Parameters
    ----------
    values : DataFrame
        Headline outcomes of each replication: replication, outcome, value.
    """
    names = [name for name in values["outcome"].unique() if name.startswith(HEADLINE)]
    more = more_for_half(values, names[0]) if names else None
    if more is None:
        return ""
    return f"Twice as narrow an interval of the {names[0]} would take {more:,} more replications."


def difference_text(baseline: str, alternative: str, table: pd.DataFrame) -> str:
    """Return what a second scenario changes as a table, with a star where the interval leaves out zero."""
    head = ("outcome", "first", "second", "difference", "95 % interval", "", "cut", "unit")
    rows = [_difference(row) for row in table.itertuples()]
    heads = [f"first:  {baseline}", f"second: {alternative}", ""]
    note = [] if table["low"].isna().all() else ["", CUT]
    return "\n".join([*heads, *aligned([head, *rows]), *_note(table), *note])


def persons_text(persons: pd.DataFrame) -> str:
    """Return who gains and who loses weeks in the second scenario, in all and by each trait."""
    head = ("same spells in both", "spells", "shorter", "longer", "alike", "change", "95 % interval", "unit")
    return "\n".join(aligned([head, *(_person(row) for row in persons.itertuples())]))


def _person(row: Any) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    name = f"{row.by}: {row.group}".replace("_", " ") if row.by else "all"
    shares = (f"{100.0 * getattr(row, column):.1f} %" for column in ("gained", "lost", "alike"))
    low, high = (number_text(value) for value in (row.low, row.high))
    interval = f"{low} to {high}" if low and high else ""
    return (name, f"{row.spells:,}", *shares, number_text(row.change), interval, "weeks a spell")


def _cut(value: float) -> str:
    """Return how many times the variance is cut, roughly."""
    if math.isnan(value):
        return ""
    return f"{value:,.0f}×" if value >= 10 else f"{value:.1f}×"  # noqa: PLR2004


def _note(table: pd.DataFrame) -> list[str]:
    """Return what is said of numbers that are missing: of all intervals, and of medians not reached."""
    notes = [NO_INTERVAL] if table["low"].isna().all() else []
    if "replications" in table:
        most = table["replications"].max()
        late = table[table["outcome"].isin(MEDIANS) & (table["replications"] < most)]
        notes += [
            f"No {name}: reached in {number:,} of {most:,} replications."
            for name, number in zip(late["outcome"], late["replications"], strict=True)
        ]
    return ["", *notes] if notes else []


def _difference(row: Any) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    low, high = (number_text(bound) for bound in possible_difference(row))
    interval = f"{low} to {high}" if low and high else ""
    star = "*" if row.low > 0.0 or row.high < 0.0 else ""
    numbers = (number_text(getattr(row, name)) for name in ("baseline", "alternative", "difference"))
    return (str(row.outcome), *numbers, interval, star, _cut(row.variance_cut), str(row.unit))


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table; the first and the last columns stand to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    last = len(widths) - 1
    return [
        "  ".join(
            cell.rjust(width) if 0 < column < last else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(row: Any) -> tuple[str, str, str, str]:  # noqa: ANN401  (columns are its attributes)
    low, high = (number_text(bound) for bound in possible_interval(row))
    interval = f"{low} to {high}" if low and high else ""
    return str(row.outcome), number_text(row.value), interval, str(row.unit)


def possible_interval(row: Any) -> tuple[float, float]:  # noqa: ANN401  (columns are its attributes)
    """Return the bounds of a row with its `outcome, low, high, unit`, cut at what such a number can be."""
    low, high = possible_bounds(str(row.unit), row.low, row.high)
    most = _longest(str(row.outcome))
    return _within(low, -math.inf, most), _within(high, -math.inf, most)


def possible_difference(row: Any) -> tuple[float, float]:  # noqa: ANN401  (columns are its attributes)
    """Return the bounds of a difference, cut at what two such numbers can differ by."""
    most = min(_possible(str(row.unit))[1], _longest(str(row.outcome)))
    return _within(float(row.low), -most, most), _within(float(row.high), -most, most)


def within_run(table: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Return outcomes or differences with the bounds of medians cut at the weeks of the run."""
    is_median = table["outcome"].isin(MEDIANS)
    low, high = (table[end].mask(is_median, table[end].clip(-weeks, weeks)) for end in ("low", "high"))
    return table.assign(low=low, high=high)


def _longest(outcome: str) -> float:
    """Return the most that a time on benefit can be that is counted within a stretch of time."""
    found = WITHIN_FIRST.fullmatch(outcome)
    if found:
        return float(found[1])
    return float(MONTHS_PER_YEAR) if outcome == MONTHS_A_YEAR else math.inf


def possible_bounds(unit: str, *bounds: float) -> list[float]:
    """Return bounds cut at what a number with this unit can be."""
    least, most = _possible(unit)
    return [_within(float(bound), least, most) for bound in bounds]


def _possible(unit: str) -> tuple[float, float]:
    """Return the least and the most that a number with this unit can be."""
    if unit.split(" ", maxsplit=1)[0] == "share":
        return 0.0, 1.0
    return (0.0 if unit in NEVER_NEGATIVE else -math.inf), math.inf


def _within(value: float, least: float, most: float) -> float:
    return value if math.isnan(value) else min(max(value, least), most)


def number_text(value: float) -> str:
    """Return a number with as many digits as a reader can use: three or four significant ones."""
    if math.isnan(value):
        return ""
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else 3  # noqa: PLR2004
    return f"{value:,.{decimals}f}"
