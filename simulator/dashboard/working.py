"""A visitor's job: replications of baseline and levers in turn, and pictures that get sharper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.dashboard.caseworker import Cases, follow
from simulator.dashboard.digest import Digest, simulate_digest, table_size
from simulator.dashboard.memory import Memory, give_back
from simulator.dashboard.pictures import Pair, Section, cases_section, section_of, sections_of
from simulator.dashboard.view import MOST_WEEK, View, scenario_of
from simulator.parameters import Scenario
from simulator.provenance import settings_hash
from simulator.reporting.words import words_in

STAGES = (1, 2, 5, 10, 20, 35)
"""Replications after which the page is drawn anew, besides the last: those that are at most half of all.

To draw everything takes as long as four replications, and a picture of nearly all tells what that of all
does.
"""

MEGABYTE = 2**20
MOST_BYTES = (32 * MEGABYTE, 8 * MEGABYTE, 8 * MEGABYTE)
"""What is remembered of replications, caseworkers' cases and drawn pages: full after a minute of many
visitors, so that memory does not grow for hours (assumed)."""


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes
    ----------
    done, wanted : int
        Replications.
    compiling : bool
        Whether the model has to be loaded, or even compiled, first.
    """

    done: int
    wanted: int
    compiling: bool = False


@dataclass(frozen=True)
class Ready:
    """What is ready: a section, the pair behind all sections, or a caseworker's cases.

    Attributes
    ----------
    section : Section or None
        A part of the page.
    pair : Pair or None
        The runs behind all sections, once all are drawn.
    cases : Cases or None
        Those of one caseworker.
    of : Pair or None
        The runs behind this section, while others are still to be drawn.
    """

    section: Section | None = None
    pair: Pair | None = None
    cases: Cases | None = None
    of: Pair | None = None


class Bench:
    """What all visitors' jobs share: the replications and cases that were worked out before.

    Parameters
    ----------
    folders : tuple of Path
        The operator's own folders of settings.
    most_bytes : (int, int, int)
        How much of replications, caseworkers' cases and drawn pages is remembered.

    Attributes
    ----------
    is_warm : bool
        Whether the model has been loaded, or compiled.
    """

    def __init__(self, folders: tuple[Path, ...] = (), most_bytes: tuple[int, int, int] = MOST_BYTES) -> None:
        self.folders = folders
        digests, followed, drawn = most_bytes
        self.digests: Memory[Digest] = Memory(digests, lambda one: one.size)
        self.followed: Memory[Cases] = Memory(followed, lambda cases: table_size(cases.table))
        self.drawn: Memory[tuple[Section, ...]] = Memory(
            drawn, lambda page: sum(len(section.packed) for section in page)
        )
        self.is_warm = False

    def work(self, view: View) -> Iterator[Progress | Ready | None]:
        """Yield what a view shows, piece by piece."""
        try:
            yield from self._work(view)
        finally:  # also for who moved a lever meanwhile
            give_back()

    def _work(self, view: View) -> Iterator[Progress | Ready | None]:
        yield Progress(0, view.replications, compiling=not self.is_warm)
        pair = [scenario_of(view, levers, self.folders) for levers in (view.baseline, view.now)]
        keys = (settings_hash(pair[0]), settings_hash(pair[1]))
        alike = keys[0] == keys[1]
        runs: tuple[list[Digest], list[Digest]] = ([], [])
        stages = stages_of(view.replications, self._known(keys, view.replications))
        for number in range(view.replications):
            for run, key, scenario in zip(runs, keys, pair, strict=True):
                if run is runs[1] and alike:
                    run.append(runs[0][-1])
                    continue
                run.append(self._digest(key, scenario, number))
                yield None
            if number + 1 < stages[0]:
                continue
            yield Progress(number + 1, view.replications)
            if number + 1 in stages:
                yield from self._drawn(Pair(tuple(runs[0]), tuple(runs[1]), alike), keys, view)
            if number + 1 == stages[0]:
                yield from self.cases(view, pair[1])

    def _known(self, keys: tuple[str, str], wanted: int) -> int:
        """Return how many replications of both runs need not be simulated."""
        unknown = (n for n in range(wanted) if any((key, n) not in self.digests for key in keys))
        return next(unknown, wanted)

    def _drawn(self, pair: Pair, keys: tuple[str, str], view: View) -> Iterator[Ready]:
        key = (keys, pair.size, view.by, view.language)
        known, drawn = self.drawn.find(key), []
        for section in known or sections_of(pair, view.by, words_in(view.language)):
            drawn.append(section)
            yield Ready(section, of=pair)
        self.drawn.keep(key, tuple(drawn))
        yield Ready(pair=pair)

    def groups(self, view: View, pair: Pair) -> Iterator[Ready]:
        """Yield the section by groups anew, for another trait."""
        yield Ready(section_of("groups", pair, view.by, words_in(view.language)))

    def cases(self, view: View, scenario: Scenario | None = None) -> Iterator[Ready | None]:
        """Yield a caseworker's cases, and their picture."""
        scenario = scenario or scenario_of(view, view.now, self.folders)
        key = (settings_hash(scenario), view.seat)
        cases = self.followed.find(key)
        for found in () if cases else follow(scenario, view.seat, MOST_WEEK):
            cases = found and self.followed.keep(key, found)
            yield None
        if cases:
            yield Ready(cases=cases)
            yield Ready(cases_section(cases, view.seat, words_in(view.language)))

    def _digest(self, key: str, scenario: Scenario, number: int) -> Digest:
        known = self.digests.find((key, number))
        made = known or self.digests.keep((key, number), simulate_digest(scenario, number))
        self.is_warm = True
        return made


def stages_of(wanted: int, known: int) -> tuple[int, ...]:
    """Return after how many replications the page is drawn, in order: first as soon as there is anything.

    Parameters
    ----------
    wanted : int
        Replications in all.
    known : int
        Those that need not be simulated; fewer are not drawn.
    """
    first = max(1, known)
    return (*dict.fromkeys([first, *(stage for stage in STAGES if first < stage <= wanted / 2), wanted]),)
