"""What a visitor takes along: table, pictures, settings, command and link."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import panel as pn

from simulator.dashboard.caseworker import Cases
from simulator.dashboard.components import Desk, button, select, shown
from simulator.dashboard.exporting import foot_of, scenario_file
from simulator.dashboard.pictures import DRAWING, Pair, Section, draw_again, draw_cases
from simulator.dashboard.view import View, scenario_of
from simulator.reporting.page import Facts, fragment
from simulator.reporting.run_figures import Drawing
from simulator.reporting.style import png, write_foot
from simulator.reporting.svg import standalone
from simulator.reporting.words import Words

FORMATS = ("csv", "png", "svg", "yaml")
OF_NOW = ("survival_by_group", "caseworker_week_now", "weeks", "cases")
"""Pictures of what is set now alone."""


class Taking:
    """The last part of the page.

    Attributes
    ----------
    pair : Pair or None
        The runs behind the table and the pictures.
    cases : Cases or None
        Those behind the picture of cases.
    drawn : View
        What the pictures were drawn for: after a lever has moved, they are the old ones for a while.
    """

    def __init__(self, desk: Desk, words: Words) -> None:
        self.desk, self.words = desk, words
        self.pair: Pair | None = None
        self.cases: Cases | None = None
        self.pictures: dict[str, tuple[str, str]] = {}
        self.view = self.drawn = View()
        self.folders: tuple[Path, ...] = ()
        self.picture = select(words("dashboard.picture"), None, {})
        self.buttons = {name: button(words(f"dashboard.save_{name}")) for name in FORMATS}
        for name, widget in self.buttons.items():
            widget.on_click(partial(self._save, name))
        self.told = shown()

    def layout(self) -> pn.Column:
        """Return its widgets."""
        buttons = pn.FlexBox(*self.buttons.values(), sizing_mode="stretch_width")
        return pn.Column(self.picture, buttons, self.told, sizing_mode="stretch_width", margin=0)

    def offer(self, section: Section) -> None:
        """Offer the pictures of a section."""
        new = {name: (section.name, title) for name, title in section.pictures}
        stay = {name: own for name, own in self.pictures.items() if own[0] != section.name or name in new}
        self.pictures = stay | new
        options = {title: name for name, (_, title) in self.pictures.items()}
        if options != self.picture.options:
            chosen = self.picture.value
            self.picture.options = options
            self.picture.value = chosen if chosen in self.pictures else next(iter(options.values()), None)

    def take(self, pair: Pair, view: View) -> None:
        """Take over runs of which something is shown by now."""
        self.pair, self.drawn = pair, view

    def tell(self, view: View, commands: Sequence[str], folders: tuple[Path, ...]) -> None:
        """Show the link and the command of a view."""
        self.view, self.folders = view, folders
        pairs = [(self.words("dashboard.link"), f"{_here()}{search_of(view)}")]
        pairs += [(self.words("dashboard.command"), command) for command in commands]
        self.told.object = fragment([Facts(pairs)], self.words)

    def _save(self, kind: str, *_: object) -> None:
        found: Any = getattr(self, f"_{kind}")()
        if found is None:
            self.desk.status = self.words("dashboard.nothing_yet")
        else:
            self.desk.hand_over(*found)

    def _csv(self) -> tuple[str, str, bytes] | None:
        if self.pair is None or self.drawn.runs != self.view.runs:
            return None
        return "comparison.csv", "text/csv", self.pair.table.to_csv(index=False).encode()

    def _png(self) -> tuple[str, str, bytes] | None:
        drawing = self._drawing()
        if drawing is None:
            return None
        with DRAWING:
            return f"{drawing.name}.png", "image/png", png(drawing.figure)

    def _svg(self) -> tuple[str, str, bytes] | None:
        drawing = self._drawing()
        if drawing is None:
            return None
        with DRAWING:
            return f"{drawing.name}.svg", "image/svg+xml", standalone(drawing.figure, drawing.name).encode()

    def _drawing(self) -> Drawing | None:
        """Return the chosen picture as it leaves the page: with what it is of at its foot."""
        drawing = self._drawn_again()
        if drawing is not None:
            both = self.pair is not None and not self.pair.alike and drawing.name not in OF_NOW
            with DRAWING:
                write_foot(drawing.figure, foot_of(self.drawn, self.words, self.folders, both))
        return drawing

    def _drawn_again(self) -> Drawing | None:
        """Draw the chosen picture once more: kept figures of all visitors would take a gigabyte."""
        name = self.picture.value
        section, _ = self.pictures.get(name, ("", ""))
        if section == "cases" and self.cases is not None:
            return draw_cases(self.cases, self.view.seat, self.words)
        if not section or self.pair is None:
            return None
        return draw_again(section, name, self.pair, self.view.by, self.words)

    def _yaml(self) -> tuple[str, str, bytes]:
        title = scenario_of(self.view, {}, self.folders).about.title
        text = scenario_file(self.view, title, self.folders)
        return f"{self.view.scenario}_changed.yaml", "application/yaml", text.encode()


def search_of(view: View) -> str:
    """Return what a view adds to the address of the page."""
    return f"?{view.query()}" if view.query() else ""


def _here() -> str:
    """Return the address of the page, as far as the browser has told it."""
    place: Any = pn.state.location
    is_told = place is not None and place.hostname
    return f"{place.protocol}//{place.hostname}:{place.port}{place.pathname}" if is_told else ""
