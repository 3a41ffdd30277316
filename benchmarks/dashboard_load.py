"""Visitors who move levers on the planner's page at the same time: how long they wait, what memory it takes.

    python benchmarks/dashboard_load.py --visitors 20 --minutes 5

Needs the extras `dashboard` and `browser`, and a Chromium on the path or in CHROMIUM. The pages share one
browser, which takes cores from the server: read the waits as upper bounds. Fails if a page reports an error.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
AS_IT_IS = "as in the scenario"
MOVES = (
    ("Sanctions", "none"),
    ("Collaboration", "each unit by itself"),
    ("Sanctions", "strict"),
    ("Referral", "matched to barriers"),
    ("Collaboration", "one roof, one team"),
    ("Sanctions", AS_IT_IS),
    ("Referral", AS_IT_IS),
    ("Collaboration", AS_IT_IS),
)
PATIENCE = 600.0


def memory_mb(pid):
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


def start():
    command = [sys.executable, "-m", "simulator.dashboard", "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return server, re.match(r"http://\S+?/", server.stdout.readline())[0]


def svg_of(page):
    """What is drawn of time to exit; another text means a new picture."""
    found = page.locator("figure[aria-labelledby='survival-title'] figcaption")
    return found.first.inner_text() if found.count() else ""


def move(page, label, option):
    """Move a lever and return the seconds until the picture is another one."""
    before, began = svg_of(page), time.monotonic()
    page.get_by_role("combobox", name=label, exact=True).select_option(label=option)
    while svg_of(page) == before and time.monotonic() - began < PATIENCE:
        page.wait_for_timeout(50)
    return time.monotonic() - began


def visit(context, address, size, errors):
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}?population.size={size}&replications=6")
    page.locator("figure[aria-labelledby='survival-title'] figcaption").first.wait_for()
    return page


def main():
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--visitors", type=int, default=20)
    flags.add_argument("--minutes", type=float, default=5.0)
    flags.add_argument("--size", type=int, default=2000, help="population.size")
    given = flags.parse_args()
    server, address = start()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    errors, waits, memory = [], [], []
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = browser.new_context()
            pages = [visit(context, address, given.size, errors) for _ in range(given.visitors)]
            end = time.monotonic() + 60 * given.minutes
            for number, page in enumerate(itertools.cycle(pages)):
                if time.monotonic() > end:
                    break
                waits.append(move(page, *MOVES[(number // len(pages) + number) % len(MOVES)]))
                memory.append(memory_mb(server.pid))
            browser.close()
    finally:
        server.terminate()
    third = max(1, len(memory) // 3)
    print(f"visitors {given.visitors}, moves {len(waits)}, errors {len(errors)}")
    print(f"seconds to a new picture: median {statistics.median(waits):.1f}, longest {max(waits):.1f}")
    early, late = (statistics.mean(part) for part in (memory[:third], memory[-third:]))
    print(f"memory of the server, MB: first third {early:.0f}, last third {late:.0f}, most {max(memory):.0f}")
    for error in errors[:5]:
        print("error:", error)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
