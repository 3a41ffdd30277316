"""What a run says on the terminal."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

NO_INTERVAL = "No intervals: an interval needs at least two replications (replications=2 or more)."
NEVER_NEGATIVE = {
    "persons", "clients", "weeks", "months", "minutes", "per 1,000 client-years", "SEK", "million SEK",
}  # fmt: skip
"""Units of counts and amounts."""

COLUMNS = ("outcome", "value", "95 % interval", "unit")


def summary_text(title: str, question: str, summary: pd.DataFrame) -> str:
    """Return the headline outcomes of a run as an aligned table under its title and question.

    Intervals are shown within what is possible: those of shares between 0 and 1, those of counts and amounts
    not below 0. The table of the run (`summary.csv`) keeps the plain numbers.
    """
    rows: list[tuple[str, ...]] = [COLUMNS, *(_row(row) for row in summary.itertuples())]
    return "\n".join([title, question, "", *aligned(rows), *_note(summary)])


def difference_text(baseline: str, alternative: str, table: pd.DataFrame) -> str:
    """Return what a second scenario changes as a table, with a star where the interval leaves out zero."""
    head = ("outcome", "first", "second", "difference", "95 % interval", "", "unit")
    rows = [_difference(row) for row in table.itertuples()]
    heads = [f"first:  {baseline}", f"second: {alternative}", ""]
    return "\n".join([*heads, *aligned([head, *rows]), *_note(table)])


def _note(table: pd.DataFrame) -> list[str]:
    """Return what is said if there is no interval at all."""
    return ["", NO_INTERVAL] if table["low"].isna().all() else []


def _difference(row: Any) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    low, high = (number_text(getattr(row, name)) for name in ("low", "high"))
    interval = f"{low} to {high}" if low and high else ""
    star = "*" if row.low > 0.0 or row.high < 0.0 else ""
    numbers = (number_text(getattr(row, name)) for name in ("baseline", "alternative", "difference"))
    return (str(row.outcome), *numbers, interval, star, str(row.unit))


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
    least, most = _possible(str(row.unit))
    low, high = (number_text(_within(getattr(row, name), least, most)) for name in ("low", "high"))
    interval = f"{low} to {high}" if low and high else ""
    return str(row.outcome), number_text(row.value), interval, str(row.unit)


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
