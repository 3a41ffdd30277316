"""Run what the pages show, and keep its tables: `python docs/make_results.py question brief`.

Without names everything is run but the fit, which the others rest on: one to two hours on two cores.
`--list` shows the commands. What is done already is taken from `results/` as it is.
`python docs/make_tables.py` then writes the pages.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Kept(NamedTuple):
    """A command, the files kept of its folder by the names they get, and the page that shows them."""

    command: str
    files: dict[str, str]
    page: str


FIT, README = "fit", "README"
KEPT = {
    FIT: Kept("experiment=calibration", {"fit": "facts.csv", "fit_settings": "settings.csv"}, "calibration"),
    "validation": Kept(
        "experiment=validation",
        {"validation": "validation.csv"},
        "calibration",
    ),
    "patterns": Kept("study=patterns", {"patterns": "patterns.csv"}, "patterns"),
    "question": Kept(
        "study=compare study.changes=caseload.clients_per_caseworker=40",
        {"question": "comparison.csv"},
        README,
    ),
    "default": Kept("scenario=default", {"default": "summary.csv"}, README),
    "fewer_clients": Kept(
        "caseload.clients_per_caseworker=65 replications=4", {"fewer_clients": "summary.csv"}, README
    ),
    "more_clients": Kept(
        "caseload.clients_per_caseworker=100 replications=4", {"more_clients": "summary.csv"}, README
    ),
    "brief": Kept("experiment=todays_question", {"brief": "brief.csv"}, "brief"),
}


def keep(one: Kept) -> None:
    """Run a command and keep its files; its last line names the folder."""
    print(f"simulator {one.command}", flush=True)
    asked = [sys.executable, "-m", "simulator", *shlex.split(one.command)]
    told = subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    folder = ROOT / told.strip().splitlines()[-1]
    for name, file in one.files.items():
        shutil.copyfile(folder / file, ROOT / "docs" / "results" / f"{name}.csv")


def main() -> int:
    """Run what is named, or all but the fit."""
    if "--list" in sys.argv:
        print("\n".join(f"{name}: simulator {one.command}" for name, one in KEPT.items()))
        return 0
    names = sys.argv[1:] or [name for name in KEPT if name != FIT]
    if unknown := [name for name in names if name not in KEPT]:
        print(f"Unknown: {', '.join(unknown)}. There are: {', '.join(KEPT)}.", file=sys.stderr)
        return 2
    for name in names:
        keep(KEPT[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
