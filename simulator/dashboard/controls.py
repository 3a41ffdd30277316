"""The levers as widgets: what they show comes from a view, and what a visitor moves becomes another view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import panel as pn

from simulator.composing import list_scenarios
from simulator.dashboard.components import Range, button, select, slider
from simulator.dashboard.room import Room
from simulator.dashboard.view import (
    CASELOAD_NUMBERS,
    CHOICES,
    PLACES,
    View,
    lever_range,
    scenario_of,
    why_still,
    without_idle,
)
from simulator.describing import number_text
from simulator.errors import SettingsError
from simulator.parameters import Scenario
from simulator.reporting.page import text_of
from simulator.reporting.words import Words
from simulator.settings_files import list_options

LANGUAGES = {"English": "en", "svenska": "sv", "dansk": "da"}
SMALLEST = 500
"""Fewest persons of the slider."""

Moved = Callable[[View], None]
Refused = Callable[[SettingsError], None]


class Controls:
    """The widgets of the levers.

    Parameters
    ----------
    view : View
        What they show at first.
    room : Room
        Folders of settings, and what the page allows.
    words : Words
        The language.
    moved, refused : callable
        Called with the new view when a visitor moves a lever, or with what is wrong with it.
    """

    def __init__(self, view: View, room: Room, words: Words, moved: Moved, refused: Refused) -> None:
        self.view, self.bench, self.words = view, room.bench, words
        self._moved, self._refused = moved, refused
        bench, limits = room.bench, room.limits
        self._following = False
        scenario = scenario_of(view, view.now, bench.folders)
        self.scenario = select(words("dashboard.scenario"), view.scenario, self._scenarios())
        self.language = select(words("dashboard.language"), view.language, LANGUAGES)
        self.choices = {group: self._choice(group) for group in CHOICES}
        self.numbers = {name: self._number(name, scenario) for name in (*CASELOAD_NUMBERS, PLACES)}
        self.size = self._slider("size", scenario.population.size, (SMALLEST, limits.persons, 100))
        self.replications = self._slider(
            "replications", view.replications, (limits.fewest, limits.replications, 1)
        )
        self.buttons = {name: button(words(f"dashboard.{name}")) for name in ("keep", "reset", "stop")}
        self._disable_idle(scenario)
        self._watch()

    def _disable_idle(self, scenario: Scenario) -> None:
        """Take the numbers out of reach that do nothing with the options in force."""
        for name, number in self.numbers.items():
            number.disabled = bool(why_still(name, scenario)[0])

    def layout(self) -> pn.Column:
        """Return the widgets in the order of the page."""
        widgets = [
            self.language,
            self.scenario,
            self.choices["caseload"],
            *(self.numbers[name] for name in CASELOAD_NUMBERS),
            *(self.choices[group] for group in CHOICES if group != "caseload"),
            self.numbers[PLACES],
            self.size,
            self.replications,
        ]
        return pn.Column(*widgets, sizing_mode="stretch_width", margin=0)

    def actions(self) -> pn.FlexBox:
        """Return the buttons."""
        return pn.FlexBox(*self.buttons.values(), sizing_mode="stretch_width")

    def _scenarios(self) -> dict[str, str]:
        found = list_scenarios(self.bench.folders)
        told = {name: text_of(title, self.words).text for name, title, _ in found}
        return {f"{title} ({name})" if title else name: name for name, title in told.items()}

    def _choice(self, group: str) -> pn.widgets.Select:
        names = list_options(self.bench.folders)[group]
        told = {self.words.label(f"option.{group}", name): name for name in names}
        label = self.words(f"dashboard.choice.{group}")
        return select(label, self.view.now.get(group, ""), {self.words("dashboard.own_option"): "", **told})

    def _number(self, name: str, scenario: Scenario) -> Range:
        low, high = lever_range(name)
        step = 10.0 if name == PLACES else 1.0
        return self._slider(
            name.removeprefix("caseload."), number_now(self.view, name, scenario), (low, high, step)
        )

    def _slider(self, name: str, value: float, span: tuple[float, float, float]) -> Range:
        return slider(self.words(f"dashboard.number.{name}"), value, span)

    def _watch(self) -> None:
        for name, widget in {**self.choices, **self.numbers}.items():
            widget.param.watch(lambda event, name=name: self._lever(name, event.new), "value")
        self.size.param.watch(lambda event: self._take(replace(self.view, size=int(event.new))), "value")
        self.replications.param.watch(
            lambda event: self._take(replace(self.view, replications=int(event.new))), "value"
        )
        self.buttons["keep"].on_click(lambda _: self._take(self.view.keep()))
        self.buttons["reset"].on_click(lambda _: self._take(self.view.reset()))

    def _lever(self, name: str, value: Any) -> None:  # noqa: ANN401  (a word or a number)
        text = value if isinstance(value, str) else number_text(float(value))
        view = self.view.with_lever(name, text)
        if name not in CHOICES and self._changes_nothing(view, name):
            view = self.view.with_lever(name, "")
        self._take(view)

    def _changes_nothing(self, view: View, name: str) -> bool:
        """Whether a number is the one that the scenario and the chosen options have anyway."""
        without = view.with_lever(name, "")
        pair = [scenario_of(one, one.now, self.bench.folders) for one in (view, without)]
        return pair[0] == pair[1]

    def _take(self, view: View) -> None:
        """Take a visitor's move, without what then does nothing; what `follow` sets widgets to is none."""
        if self._following or view == self.view:
            return
        try:
            view = replace(view, now=without_idle(view, view.now, self.bench.folders))
            self.follow(view)
        except SettingsError as error:  # levers that do not go together; the last one goes back
            self.follow(self.view)
            self._refused(error)
            return
        self._moved(view)

    def follow(self, view: View) -> None:
        """Show another view of the same scenario."""
        scenario = scenario_of(view, view.now, self.bench.folders)
        self.view, self._following = view, True
        try:
            for group, widget in self.choices.items():
                widget.value = view.now.get(group, "")
            for name, number in self.numbers.items():
                number.value = number_now(view, name, scenario)
            self._disable_idle(scenario)
            self.size.value = scenario.population.size
        finally:
            self._following = False


def number_now(view: View, name: str, scenario: Scenario) -> float:
    """Return where a lever stands that is a number."""
    if name == PLACES:
        return float(view.now.get(PLACES, 100.0))
    value: float = getattr(scenario.caseload, name.removeprefix("caseload."))
    return value
