"""Bring the tables of `levers.md` up to date: `python docs/make_levers.py`.

Names, meanings and sources are read from the parameter tree. The neutral value and what a setting acts on
are written by hand in the tables, and kept. A setting that is new gets a question mark there; one that is
gone loses its row. With `--check` nothing is written. The exit code is 1 if anything is missing or old.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from simulator.describing import ANY_NAME, Setting, settings_under  # noqa: E402  (needs the path above)

FILE = ROOT / "docs" / "levers.md"
TABLE = re.compile(r"(<!-- table of (\w+) -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
HEAD = "| setting | meaning | neutral value | acts on | source |\n| --- | --- | --- | --- | --- |\n"
UNKNOWN = ("?", "?")


def settings_of(group: str) -> list[Setting]:
    """Return the settings of a group; a mapping counts as one, and so does a group within a reform."""
    return settings_under(f"{group}.{ANY_NAME}" if group == "programmes" else group)


def kept(table: str) -> dict[str, tuple[str, str]]:
    """Return what is written by hand in a table: neutral value and what is acted on, by setting."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
    return {row[0].strip("`"): (row[2], row[3]) for row in rows if row[0].startswith("`")}


def row(setting: Setting, by_hand: Mapping[str, tuple[str, str]]) -> str:
    """Return one line of a table."""
    source = setting.source or "see its own group"
    cells = (f"`{setting.path}`", setting.title, *by_hand.get(setting.path, UNKNOWN), source)
    return f"| {' | '.join(cells)} |\n"


def renew(found: re.Match[str]) -> str:
    """Return a table as it should be."""
    by_hand = kept(found[3])
    return found[1] + HEAD + "".join(row(setting, by_hand) for setting in settings_of(found[2]))


def main() -> int:
    """Write the tables, or check them."""
    before = FILE.read_text(encoding="utf-8")
    after = TABLE.sub(renew, before)
    if "--check" not in sys.argv:
        FILE.write_text(after, encoding="utf-8")
    return int(" | ? | ? | " in after or ("--check" in sys.argv and before != after))


if __name__ == "__main__":
    sys.exit(main())
