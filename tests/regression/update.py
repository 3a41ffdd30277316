"""Write the digests of today's outcomes, after a wanted change: `python tests/regression/update.py`."""

from __future__ import annotations

import json

from test_digests import FILE, digests


def main() -> None:
    """Write the file of digests and say what changed."""
    before = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    now = digests()
    FILE.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    for name, value in now.items():
        print(f"{name}: {'as before' if before.get(name) == value else 'new'}")


if __name__ == "__main__":
    main()
