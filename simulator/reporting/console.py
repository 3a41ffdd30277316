"""What a run says on the terminal."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

COLUMNS = ("outcome", "value", "95 % interval", "unit")


def summary_text(title: str, question: str, summary: pd.DataFrame) -> str:
    """Return the headline outcomes of a run as an aligned table under its title and question."""
    rows = [COLUMNS, *(_row(row) for row in summary.itertuples())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(_aligned(cell, widths, i) for i, cell in enumerate(row)).rstrip() for row in rows]
    return "\n".join([title, question, "", *lines])


def _row(row: Any) -> tuple[str, str, str, str]:  # noqa: ANN401  (columns are its attributes)
    low, high = (number_text(getattr(row, name)) for name in ("low", "high"))
    interval = f"{low} to {high}" if low and high else ""
    return str(row.outcome), number_text(row.value), interval, str(row.unit)


def _aligned(cell: str, widths: list[int], column: int) -> str:
    return cell.rjust(widths[column]) if column in (1, 2) else cell.ljust(widths[column])


def number_text(value: float) -> str:
    """Return a number with as many digits as a reader can use: three or four significant ones."""
    if math.isnan(value):
        return ""
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else 3  # noqa: PLR2004
    return f"{value:,.{decimals}f}"
