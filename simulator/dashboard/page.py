"""One visitor's page: levers on one side, what comes out on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import panel as pn

from simulator.dashboard.caseworker import Cases
from simulator.dashboard.components import (
    Desk,
    browser_file,
    button,
    report_style,
    select,
    shown,
    slider,
)
from simulator.dashboard.controls import Controls
from simulator.dashboard.exporting import commands_of, staff_note, told_of
from simulator.dashboard.pictures import Pair, week_table
from simulator.dashboard.room import Room
from simulator.dashboard.taking import Taking, search_of
from simulator.dashboard.view import GROUPINGS, MOST_WEEK, View, scenario_of
from simulator.dashboard.working import Progress, Ready
from simulator.errors import SettingsError, SimulatorError
from simulator.reporting.page import Facts, Prose, fragment, text_of
from simulator.reporting.words import Words, words_in

SECTIONS = ("how_long", "doors", "differences", "groups", "casework", "cases", "numbers", "weeks")
"""Sections after the answer, in the order of reading."""

THEMES = ("system", "light", "dark")
"""What a visitor can have the page's colours follow."""

TOLD = 3
"""Mistakes that are told of a lever that does not go with the others."""

FRAME = 600
"""Milliseconds that a week of the cases is shown."""


class Page:
    """One visitor's page.

    Parameters
    ----------
    room : Room
        What it shares with the others.
    view : View
        What it shows at first.
    mistakes : sequence of Prose
        What was wrong with the link, if anything.
    """

    def __init__(self, room: Room, view: View, mistakes: Sequence[Prose] = ()) -> None:
        self.room, self.mistakes = room, mistakes
        self.words: Words = words_in(view.language)
        self.controls = Controls(view, room, self.words, self._moved, self._refused)
        self.desk = Desk(stylesheets=[report_style(), browser_file("widgets.css")])
        self.panes = {name: shown() for name in ("about", "answer", *SECTIONS)}
        self.taking = Taking(self.desk, self.words)
        by = {self.words(f"by.{name}"): name for name in GROUPINGS}
        self.by = select(self.words("dashboard.by"), view.by, by)
        self.seat = slider(self.words("dashboard.seat"), view.seat + 1, (1, 2, 1))
        self.week = slider(self.words("dashboard.week"), 0, (0, MOST_WEEK - 1, 1))
        self.play = button(self.words("dashboard.play"))
        self.week_shown = shown()
        self.pair: Pair | None = None
        self.cases: Cases | None = None
        self.shown: Pair | None = None
        self.is_stopped = False
        self.progress = Progress(0, view.replications)
        self._following = False
        self.doc: Any = pn.state.curdoc
        self.jobs = 0
        self.player = pn.state.add_periodic_callback(self._next_week, period=FRAME, start=False)
        self._watch()

    @property
    def view(self) -> View:
        """What is shown."""
        return self.controls.view

    def template(self) -> pn.Template:
        """Return the whole page."""
        page = pn.Template(browser_file("page.html.j2"))
        self.doc.title = self.words("dashboard.title")
        for name, pane in self._roots().items():
            page.add_panel(name, pane)
        names = (
            "title",
            "lead",
            "levers",
            "results",
            "skip_levers",
            "link_mistakes",
            "limits_note",
            "take",
            "theme",
        )
        reported = ("answer", "doors", "groups", "casework", "weeks", "differences")
        own = ("how_long", "cases", "numbers")
        headings = {name: self.words(f"report.{name}") for name in reported}
        headings |= {name: self.words(f"dashboard.{name}") for name in own}
        about = scenario_of(self.view, {}, self.room.bench.folders).about
        variables = {
            "texts": {name: self.words(f"dashboard.{name}") for name in names},
            "headings": headings,
            "sections": SECTIONS,
            "mistakes": list(self.mistakes),
            "language": self.view.language,
            "question": text_of(about.question, self.words),
            "style": report_style() + browser_file("page.css"),
            "dark": report_style("dark.css"),
            "themes": {name: self.words(f"dashboard.theme_{name}") for name in THEMES},
            "theme_script": browser_file("theme.js"),
        }
        for name, value in variables.items():
            page.add_variable(name, value)
        return page

    def _roots(self) -> dict[str, Any]:
        column = partial(pn.Column, sizing_mode="stretch_width", margin=0)
        roots: dict[str, Any] = {**self.panes, "levers": self.controls.layout()}
        roots["desk"] = column(self.desk, self.controls.actions())
        roots["groups"] = column(self.by, self.panes["groups"])
        live = (self.seat, self.panes["cases"], self.week, self.play, self.week_shown)
        roots["cases"] = column(*live)
        roots["take"] = self.taking.layout()
        return roots

    def _watch(self) -> None:
        self.controls.buttons["stop"].on_click(lambda _: self._stop())
        for name in ("scenario", "language"):
            widget = getattr(self.controls, name)
            widget.param.watch(partial(self._go, name), "value")
        self.by.param.watch(lambda event: self._look(replace(self.view, by=event.new)), "value")
        self.seat.param.watch(lambda event: self._look(replace(self.view, seat=int(event.new) - 1)), "value")
        self.week.param.watch(lambda _: self._show_week(), "value")
        self.play.on_click(lambda _: self._play_or_pause())

    def _go(self, name: str, event: Any) -> None:  # noqa: ANN401  (Panel's own type)
        """Lead to the view in another language, or to another municipality with its own levers."""
        view = replace(self.view, **{name: event.new})
        self.desk.leads_to = f"?{(view.reset() if name == 'scenario' else view).query()}"

    def start(self) -> None:
        """Begin to simulate what the link asks for."""
        self._moved(self.view)

    def leave(self, *_: object) -> None:
        """Stop everything, and let go of the runs; the visitor has gone."""
        self.player.stop()
        self.jobs += 1
        self.pair = self.shown = self.cases = self.taking.pair = self.taking.cases = None
        self.room.leave(self)

    def _moved(self, view: View) -> None:
        self.pair = self.shown = None
        self.is_stopped = False
        self._tell_view(view)
        self._submit(self.room.bench.work(view))

    def _refused(self, error: SettingsError) -> None:
        problem = "; ".join(str(mistake) for mistake in error.mistakes[:TOLD])
        self.desk.status = f"{self.words('dashboard.not_together')} {problem}"

    def _look(self, view: View) -> None:
        """Look at the same runs in another way: only what changes is drawn, once they are done or stopped."""
        if self._following or view == self.view:
            return
        before, self.controls.view = self.view, view
        self._tell_view(view)
        bench = self.room.bench
        pair = self.shown if self.is_stopped else self.pair
        if pair is None and not self.is_stopped:
            self._submit(bench.work(view))
        elif view.by == before.by:
            self._submit(bench.cases(view))
        elif pair is not None:
            self._submit(bench.groups(view, pair))

    def _submit(self, work: Iterator[object]) -> None:
        self.jobs += 1
        tell, fail = self._later(self._show), self._later(self._fail)
        self.room.crew.submit(self, work, tell, fail)

    def _later(self, do: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return what lets the page's own thread do something, as long as no newer job has begun."""
        number = self.jobs

        def do_if_wanted(found: object) -> None:
            if number == self.jobs:
                do(found)

        return lambda found: self.doc.add_next_tick_callback(partial(do_if_wanted, found))

    def _stop(self) -> None:
        self.room.crew.leave(self)
        self.jobs += 1
        if self.pair is not None:
            return
        self.is_stopped = True
        done = 0 if self.shown is None else self.shown.size
        key = "dashboard.stopped" if done else "dashboard.stopped_early"
        self.desk.status = self.words(key, done=done, wanted=self.view.replications)

    def _fail(self, error: Exception) -> None:
        problem = str(error) if isinstance(error, SimulatorError) else type(error).__name__
        self.desk.status = self.words("dashboard.failed", problem=problem)

    def _show(self, found: Progress | Ready) -> None:
        if isinstance(found, Progress):
            self._tell_progress(found)
            return
        if found.section is not None:
            self.panes[found.section.name].object = found.section.html
            self.taking.offer(found.section)
            self.shown = found.of or self.shown
        if found.cases is not None:
            self._show_cases(found.cases)
        pair = found.pair or found.of
        if pair is not None:
            self.taking.take(pair, self.view)
        if found.pair is not None:
            self.pair = found.pair if found.pair.size == self.view.replications else None
            self._tell_done(found.pair.size)

    def _tell_progress(self, progress: Progress) -> None:
        if progress.compiling:
            self.desk.status = self.words("dashboard.compiling")
        elif progress.done < progress.wanted:
            self._tell_done(progress.done)

    def _tell_done(self, done: int) -> None:
        wanted = self.view.replications
        key = "dashboard.done" if done == wanted else "dashboard.working"
        self.desk.status = self.words(key, done=done, wanted=wanted)

    def _tell_view(self, view: View) -> None:
        """Show what is compared, and the link and the command that do the same."""
        folders = self.room.bench.folders
        self.desk.search = search_of(view)
        told = [told_of(view, levers, self.words) for levers in (view.baseline, view.now)]
        names = (self.words("dashboard.baseline"), self.words("dashboard.now"))
        pairs = list(zip(names, told, strict=True))
        note = staff_note(view, self.words, folders)
        self.panes["about"].object = fragment([Facts(pairs), *([Prose(note)] if note else [])], self.words)
        self.taking.tell(view, commands_of(view, folders), folders)

    def _show_cases(self, cases: Cases) -> None:
        self.cases = self.taking.cases = cases
        self._following = True
        self.seat.end = max(cases.seats, 2)
        self.week.end = int(cases.table["week"].max()) if len(cases.table) else 1
        self._following = False
        self._show_week()

    def _show_week(self) -> None:
        if self.cases is not None:
            self.week_shown.object = week_table(self.cases, int(self.week.value), self.words)

    def _next_week(self) -> None:
        if self.cases is None or self.week.value >= self.week.end:
            self._play_or_pause()
        else:
            self.week.value += 1

    def _play_or_pause(self) -> None:
        if self.player.running:
            self.player.stop()
        else:
            if self.week.value >= self.week.end:
                self.week.value = 0
            self.player.start()
        self.play.name = self.words("dashboard.pause" if self.player.running else "dashboard.play")


def full_page(words: Words) -> pn.pane.HTML:
    """Return what a visitor sees for whom there is no room."""
    return shown(f"<p role='alert'>{words('dashboard.full')}</p>")
