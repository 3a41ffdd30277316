"""Freeze today's outcomes, after a wanted change: `PYTHONPATH=. python tests/regression/update.py`.

`update.py pictures` freezes the pictures of the planner's page alone; look at each before you keep it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.regression.test_digests import FILE, digests
from tests.regression.test_pictures import FOLDER, PICTURES, apart, draw
from tests.regression.test_scenarios import SCENARIOS, expected_file, summary


def write(path: Path, text: str, name: str) -> None:
    """Write a file and say whether it has changed."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(text, encoding="utf-8")
    print(f"{name}: {'as before' if before == text else 'new'}")


def write_pictures() -> None:
    """Write the pictures that are others than before, or all that are missing."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            path, known = Path(folder) / f"{name}.png", FOLDER / f"{name}.png"
            draw(name, path)
            is_as_before = known.exists() and apart(name, path) is None
            if not is_as_before:
                known.write_bytes(path.read_bytes())
        print(f"{known}: {'as before' if is_as_before else 'new'}")


def main() -> None:
    """Write digests, summaries and pictures, or pictures alone."""
    write_pictures()
    if sys.argv[1:] == ["pictures"]:
        return
    write(FILE, json.dumps(digests(), indent=2) + "\n", "digests")
    for name in SCENARIOS:
        write(expected_file(name), summary(name), name)


if __name__ == "__main__":
    main()
