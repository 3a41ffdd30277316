"""Bring the tables made from code, settings and data up to date: `python docs/make_tables.py`.

A page asks for a table with `<!-- made: NAME -->` and `<!-- end -->`; NAME is a key of `TABLES`. With
`--check` nothing is written. The exit code is 1 if a table is old, or asked for under an unknown name.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import tables_of_evidence as evidence  # noqa: E402  (needs the path above)
import tables_of_results as results  # noqa: E402
import tables_of_runs as runs  # noqa: E402
import tables_of_settings as settings  # noqa: E402

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "results" / "README.md", *sorted(DOCS.glob("*.md"))]
ASKED = re.compile(r"(<!-- made: ([\w ]+) -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
TABLES = {**settings.TABLES, **evidence.TABLES, **results.TABLES, **runs.TABLES}


def renew(page: Path, *, write: bool) -> list[str]:
    """Bring one page up to date; return what was wrong with it."""
    before = page.read_text(encoding="utf-8")
    wrong = [f"{page.name}: no table is called '{name}'" for name in asked(before) if name not in TABLES]
    after = ASKED.sub(made, before)
    if after != before and write:
        page.write_text(after, encoding="utf-8")
    elif after != before:
        wrong.append(f"{page.name}: a table is old; run 'python docs/make_tables.py'")
    return wrong


def asked(text: str) -> list[str]:
    """Return the names of the tables that a page asks for."""
    return [name for _, name, _ in ASKED.findall(text)]


def made(found: re.Match[str]) -> str:
    """Return a table as it should be; one that nobody makes stays."""
    return found[1] + (TABLES[found[2]]() if found[2] in TABLES else found[3])


def main() -> int:
    """Write the tables, or check them."""
    wrong = [problem for page in PAGES for problem in renew(page, write="--check" not in sys.argv)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
