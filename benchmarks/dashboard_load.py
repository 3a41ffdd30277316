"""Visitors who move levers on the planner's page at the same time: how long they wait, what memory it takes.

    python benchmarks/dashboard_load.py --visitors 20 --minutes 5

Each visitor moves a lever, waits for the first picture and the sharpest, pauses, and moves the next, whatever
the others do. Needs the extras `dashboard` and `browser`, and a Chromium on the path or in CHROMIUM. Pages
share one browser, which takes cores from the server and is asked in turn: read the waits as upper bounds.
Fails if a page or the server reports an error, or a picture does not come.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from simulator.reporting.words import words_in

ROOT = Path(__file__).parents[1]
WORDS = words_in("en")
LEVERS = {
    "sanctions": ("none", "strict", ""),
    "collaboration": ("silo", "integrated", ""),
    "referral": ("matched", "blanket", ""),
}
"""Options that each lever is moved through; the empty one is that of the scenario."""

ROUND = [(group, place) for place in range(3) for group in LEVERS]
PATIENCE = 600.0
"""Seconds after which a picture is missed."""

CAPTION = "figure[aria-labelledby='survival-title'] figcaption"


class Visitor:
    """A page, and when its lever was moved.

    A lever is moved only when the page is done, so that another caption is that of a picture of the new run.
    No move leaves a lever where it is: it would then wait for a picture that never comes.
    """

    def __init__(self, context, address, size, number, errors):
        self.page, self.errors, self.moves = context.new_page(), errors, number
        self.began = self.rested = None
        self.before = ""
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.on("pageerror", lambda error: errors.append(str(error)))
        self.page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        self.at = dict.fromkeys(LEVERS, "")
        self.page.goto(f"{address}?population.size={size}&replications=6")

    def caption(self):
        found = self.page.locator(CAPTION)
        return found.first.inner_text() if found.count() else ""

    def is_done(self):
        told = self.page.get_by_role("status").inner_text()
        if told.startswith(WORDS("dashboard.failed", problem="")):
            self.errors.append(told)
        return told == WORDS("dashboard.done", wanted=6, done=6)

    def move(self):
        group, place = ROUND[self.moves % len(ROUND)]
        while LEVERS[group][place] == self.at[group]:
            self.moves += 1
            group, place = ROUND[self.moves % len(ROUND)]
        option = LEVERS[group][place]
        told = WORDS.label(f"option.{group}", option) if option else WORDS("dashboard.own_option")
        self.before, self.began = self.caption(), time.monotonic()
        label = WORDS(f"dashboard.choice.{group}")
        self.page.get_by_role("combobox", name=label, exact=True).select_option(label=told)
        self.at[group], self.moves = option, self.moves + 1

    def step(self, pause):
        """Do what is next, and return the seconds from a move to its first picture when it has come."""
        now = time.monotonic()
        if self.began is not None:
            missed = now - self.began > PATIENCE
            if missed:
                self.errors.append("a picture did not come")
            elif self.caption() == self.before:
                return None
            waited, self.began = time.monotonic() - self.began, None
            return None if missed else waited
        if not self.is_done():
            self.rested = None
        elif self.rested is None:
            self.rested = now
        elif now - self.rested >= pause:
            self.rested = None
            self.move()
        return None


def memory_mb(pid):
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


def start(said):
    command = [sys.executable, "-m", "simulator.dashboard", "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, cwd=ROOT)
    return server, re.match(r"http://\S+?/", server.stdout.readline())[0]


def visit(server, address, given, errors):
    """Return the waits, and the memory of the server through the visit."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    waits, memory = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context()
        visitors = [Visitor(context, address, given.size, number, errors) for number in range(given.visitors)]
        for one in visitors:
            one.page.locator(CAPTION).first.wait_for()
        end = time.monotonic() + 60 * given.minutes
        while time.monotonic() < end and server.poll() is None:
            waits += [waited for one in visitors if (waited := one.step(given.pause)) is not None]
            memory.append(memory_mb(server.pid))
            visitors[0].page.wait_for_timeout(50)
        browser.close()
    return waits, memory


def main():
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--visitors", type=int, default=20)
    flags.add_argument("--minutes", type=float, default=5.0)
    flags.add_argument("--size", type=int, default=2000, help="population.size")
    flags.add_argument("--pause", type=float, default=5.0, help="seconds before a visitor moves again")
    given = flags.parse_args()
    errors = []
    with tempfile.TemporaryFile("w+") as said:
        server, address = start(said)
        try:
            waits, memory = visit(server, address, given, errors)
            if server.poll() is not None:
                errors.append(f"the server ended with {server.returncode}")
        finally:
            server.terminate()
            server.wait(20)
        said.seek(0)
        errors += [f"server: {line.strip()}" for line in said if re.search(r"Traceback|Error|ERROR", line)]
    print(f"visitors {given.visitors}, moves answered {len(waits)}, errors {len(errors)}")
    if waits:
        print(f"seconds to a new picture: median {statistics.median(waits):.1f}, longest {max(waits):.1f}")
    fifths = [memory[len(memory) * part // 5 : len(memory) * (part + 1) // 5] for part in range(5)]
    means = ", ".join(f"{statistics.mean(part):.0f}" for part in fifths if part)
    print(f"memory of the server, MB, fifth by fifth: {means}")
    for error in errors[:5]:
        print("error:", error)
    return 1 if errors or not waits else 0


if __name__ == "__main__":
    sys.exit(main())
