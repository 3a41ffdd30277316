"""Freeze today's outcomes, after a wanted change: `PYTHONPATH=. python tests/regression/update.py`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.regression.test_digests import FILE, digests
from tests.regression.test_scenarios import SCENARIOS, expected_file, summary


def write(path: Path, text: str, name: str) -> None:
    """Write a file and say whether it has changed."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(text, encoding="utf-8")
    print(f"{name}: {'as before' if before == text else 'new'}")


def main() -> None:
    """Write digests and summaries."""
    write(FILE, json.dumps(digests(), indent=2) + "\n", "digests")
    for name in SCENARIOS:
        write(expected_file(name), summary(name), name)


if __name__ == "__main__":
    main()
