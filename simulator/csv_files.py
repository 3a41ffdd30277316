"""CSV files that users write: what stands in them, and all that is wrong with their form."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.errors import Mistake, SettingsError

Line = list[str]
OTHERS = {";": "semicolons", "\t": "tabs"}
"""What programs that calculate part columns by instead, where commas stand in numbers."""


def read_csv(path: Path, setting: str, columns: str) -> tuple[Line, list[Line], list[Mistake]]:
    """Return head and rows of a file without surrounding blanks and empty lines, and what is wrong with it.

    Parameters
    ----------
    path : Path
        The file, in UTF-8 with or without a mark of byte order, parted by commas.
    setting : str
        Which setting names it.
    columns : str
        What it should hold, in words.

    Raises
    ------
    SettingsError
        If it cannot be read at all, or its columns are not parted by commas.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [[cell.strip() for cell in line] for line in csv.reader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is no CSV file in UTF-8"
        raise SettingsError([Mistake(setting, f"{path} cannot be read: {reason}", columns)]) from error
    head, *rows = [line for line in lines if any(line)] or [[]]
    for sign, name in OTHERS.items():
        if len(head) == 1 and sign in head[0]:
            problem = f"its columns are parted by {name}"
            allowed = "columns parted by commas, and a point in numbers"
            raise SettingsError([Mistake(str(path), problem, allowed)])
    return head, rows, list(_malformed(path, head, rows))


def _malformed(path: Path, head: Line, rows: Sequence[Line]) -> Iterator[Mistake]:
    for number, name in enumerate(head, 1):
        if not name or name in head[: number - 1]:
            yield Mistake(f"{path}, column {number}", "has no name of its own")
    for number, row in enumerate(rows, 1):
        if len(row) != len(head):
            yield Mistake(f"{path}, row {number}", f"has {len(row)} cells, not {len(head)}")
