"""What a visitor looks at: scenario, levers, kept baseline. From a link to checked settings and back.

Nothing that comes from a page or a link is evaluated: each value is one of the options that there are, or a
number within its range, before it reaches the settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from simulator.composing import load_scenario
from simulator.composing.idle import CASELOAD, CASEWORKERS, why_idle
from simulator.config import read_scenario
from simulator.dashboard.limits import Limits
from simulator.describing import find_setting, number_text
from simulator.errors import Mistake, SettingsError, nearest
from simulator.parameters import Scenario
from simulator.paths import put
from simulator.reporting.words import Words, words_in
from simulator.settings_files import list_options
from simulator.study_vocabulary import Language

CHOICES = (
    "caseload",
    "sanctions",
    "collaboration",
    "employment_service",
    "referral",
    "programmes",
    "benefit",
    "vacancies",
)
"""Levers that are one option of a group."""

CASELOAD_NUMBERS = (CASEWORKERS, CASELOAD, "caseload.limit")
"""Levers that are a number of their own."""

PLACES = "places"
"""Lever: places of every programme, in per cent of those of the scenario."""

MOST_PLACES = 300.0
SIZE = "population.size"
BASELINE = "baseline."
"""What the names of the baseline's levers begin with in a link."""

GROUPINGS = ("age_group", "sex", "foreign_born", "education", "hindrance")
MOST_WEEK = 104
"""Weeks through which one caseworker's cases are followed."""

Levers = Mapping[str, str]


class LinkMistake(Mistake):
    """Something wrong in a link, told in the language that the link asks for."""


@dataclass(frozen=True)
class View:
    """All that a link holds.

    Attributes
    ----------
    scenario : str
        Name of the municipality.
    size : int or None
        `population.size` of both runs; the scenario's own if None.
    replications : int
        Of both runs.
    now, baseline : mapping of str to str
        Levers that differ from the scenario, by name: an option, or a number as text.
    by : str
        Trait by which time to exit is shown.
    seat : int
        Number of the caseworker whose cases are followed, from 0.
    language : str
        Of the page.
    """

    scenario: str = "default"
    size: int | None = None
    replications: int = 12
    now: Levers = field(default_factory=dict)
    baseline: Levers = field(default_factory=dict)
    by: str = "age_group"
    seat: int = 0
    language: str = "en"

    @property
    def runs(self) -> tuple[object, ...]:
        """What is simulated, however it is looked at."""
        return self.scenario, self.size, self.replications, self.now, self.baseline

    def with_lever(self, name: str, value: str) -> View:
        """Return the view with a lever moved; an empty value takes it back to the scenario's own."""
        levers = {key: text for key, text in self.now.items() if key != name}
        return replace(self, now={**levers, name: value} if value else levers)

    def keep(self) -> View:
        """Return the view with what is set now as the baseline."""
        return replace(self, baseline=dict(self.now))

    def reset(self) -> View:
        """Return the view with every lever as the scenario has it, in both runs."""
        return replace(self, now={}, baseline={})

    def query(self) -> str:
        """Return what stands behind the question mark of its link."""
        plain = View()
        own = {
            "scenario": self.scenario,
            SIZE: self.size,
            "replications": self.replications,
            "by": self.by,
            "caseworker": self.seat,
            "language": self.language,
        }
        usual = (plain.scenario, None, plain.replications, plain.by, plain.seat, plain.language)
        pairs = [
            (key, value) for (key, value), common in zip(own.items(), usual, strict=True) if value != common
        ]
        pairs += [(key, self.now[key]) for key in lever_names() if key in self.now]
        pairs += [(f"{BASELINE}{key}", self.baseline[key]) for key in lever_names() if key in self.baseline]
        return urlencode(pairs)


def lever_names() -> tuple[str, ...]:
    """Return the names of the levers, in the order of the page."""
    return (*CHOICES, *CASELOAD_NUMBERS, PLACES)


def lever_range(name: str) -> tuple[float, float]:
    """Return the smallest and largest number of a lever: the range in which the truth may well lie."""
    setting = find_setting(name)
    return setting.plausible if setting is not None and setting.plausible else (0.0, MOST_PLACES)


def read_query(query: Mapping[str, Sequence[str]], limits: Limits, folders: tuple[Path, ...] = ()) -> View:
    """Return the view of a link.

    Parameters
    ----------
    query : mapping of str to sequence of str
        Names and values behind the question mark.
    limits : Limits
        What the page allows.
    folders : tuple of Path
        The operator's own folders of settings.

    Raises
    ------
    SettingsError
        With every mistake: unknown names, options that do not exist, numbers out of range, each a
        `LinkMistake`; what only the settings' own checks find is told in English.
    """
    mistakes: list[Mistake] = []
    reader = _Reader(query, limits, folders, mistakes)
    view = reader.view()
    if not mistakes:
        view = within(view, limits, folders)
        reader.refuse_idle(view)
    if mistakes:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    return view


def within(view: View, limits: Limits, folders: tuple[Path, ...] = ()) -> View:
    """Return a view no larger than the page allows, once all its settings are checked.

    A municipality that is larger than that by itself is simulated with as many persons as are allowed.

    Raises
    ------
    SettingsError
        With every mistake.
    """
    mistakes: list[Mistake] = []
    sizes = [0]
    for levers in (view.baseline, view.now):
        try:
            sizes.append(scenario_of(view, levers, folders).population.size)
        except SettingsError as error:
            mistakes += error.mistakes
    if mistakes:
        raise SettingsError(list(dict.fromkeys(mistakes)))
    size = limits.persons if max(sizes) > limits.persons else view.size
    return replace(view, size=size, replications=min(view.replications, limits.replications))


def language_of(query: Mapping[str, Sequence[str]]) -> str:
    """Return the language that a link asks for, English if it asks for none that there is."""
    spoken = query.get("language", ())
    return spoken[0] if len(spoken) == 1 and spoken[0] in Language.labels() else View().language


class _Reader:
    """Reads a link; collects every mistake."""

    def __init__(
        self,
        query: Mapping[str, Sequence[str]],
        limits: Limits,
        folders: tuple[Path, ...],
        mistakes: list[Mistake],
    ) -> None:
        self.query, self.limits, self.folders, self.mistakes = query, limits, folders, mistakes
        self.options = {group: tuple(files) for group, files in list_options(folders).items()}
        self.words: Words = words_in(language_of(query))

    def view(self) -> View:
        plain = View()
        self._check_names()
        size = self._whole(SIZE, 1, self.limits.persons)
        return View(
            scenario=self._word("scenario", self.options["scenario"]) or plain.scenario,
            size=size,
            replications=self._whole("replications", self.limits.fewest, self.limits.replications)
            or plain.replications,
            now=dict(self._levers("")),
            baseline=dict(self._levers(BASELINE)),
            by=self._word("by", GROUPINGS) or plain.by,
            seat=self._whole("caseworker", 0, 10_000) or plain.seat,
            language=self._word("language", Language.labels()) or plain.language,
        )

    def refuse_idle(self, view: View) -> None:
        for prefix, levers in ((BASELINE, view.baseline), ("", view.now)):
            scenario = scenario_of(view, levers, self.folders)
            for name in levers:
                group, option = why_still(name, scenario)
                if group:
                    named = f"{self.words(f'dashboard.choice.{group}')}: "
                    named += self.words.label(f"option.{group}", option)
                    self._mistake(f"{prefix}{name}", "idle", named)

    def _check_names(self) -> None:
        known = ["scenario", SIZE, "replications", "by", "caseworker", "language", *lever_names()]
        known += [f"{BASELINE}{name}" for name in lever_names()]
        for name, values in self.query.items():
            if name not in known:
                self._mistake(_short(name), "no_lever", like=nearest(name, known))
            elif len(values) > 1:
                self._mistake(name, "twice")

    def _levers(self, prefix: str) -> Iterator[tuple[str, str]]:
        for name in lever_names():
            key = f"{prefix}{name}"
            value = self._word(key, self.options[name]) if name in CHOICES else self._number(key, name)
            if value:
                yield name, value

    def _given(self, name: str) -> str:
        return next(iter(self.query.get(name, ())), "")

    def _mistake(self, where: str, key: str, value: str = "", allowed: str = "", like: str = "") -> None:
        problem = self.words(f"dashboard.link_mistake.{key}", value=value)
        self.mistakes.append(LinkMistake(where, problem, allowed, like))

    def _span(self, key: str, low: float, high: float) -> str:
        return self.words(f"dashboard.link_mistake.{key}", low=number_text(low), high=number_text(high))

    def _word(self, name: str, words: Sequence[str]) -> str:
        value = self._given(name)
        if value and value not in words:
            self._mistake(name, "no_option", _short(value), ", ".join(words), nearest(value, words))
            return ""
        return value

    def _number(self, key: str, name: str) -> str:
        value, (low, high) = self._given(key), lever_range(name)
        number = _read_number(value)
        if not value:
            return ""
        if number is None or not low <= number <= high:
            self._mistake(key, "cannot_be", _short(value), self._span("number", low, high))
            return ""
        return number_text(number)

    def _whole(self, name: str, low: int, high: int) -> int | None:
        value = self._given(name)
        if not value:
            return None
        number = _read_number(value)
        if number is None or number != int(number) or not low <= number <= high:
            self._mistake(
                name, "cannot_be", _short(value), self._span("whole" if low < high else "only", low, high)
            )
            return None
        return int(number)


LONGEST_VALUE = 40
"""Characters of a wrong value that a message repeats."""


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


def _read_number(text: str) -> float | None:
    """Return a plain decimal number, or None; forms that only programmers write are none."""
    digits = text.removeprefix("-").replace(".", "", 1)
    return float(text) if digits.isascii() and digits.isdigit() and len(digits) < LONGEST_VALUE else None


@lru_cache(maxsize=256)
def composed(scenario: str, choices: tuple[tuple[str, str], ...], folders: tuple[Path, ...]) -> Scenario:
    """Return a scenario with options chosen; composing one takes a third of a second."""
    return load_scenario(scenario, *(f"{group}={option}" for group, option in choices), folders=folders)


def scenario_of(view: View, levers: Levers, folders: tuple[Path, ...] = ()) -> Scenario:
    """Return the complete settings of a view with these levers.

    Raises
    ------
    SettingsError
        With every mistake.
    """
    tree = _composed_of(view, levers, folders).model_dump()
    for key, value in number_overrides(view, levers, folders).items():
        put(tree, key, value)
    return read_scenario(tree)


def _composed_of(view: View, levers: Levers, folders: tuple[Path, ...]) -> Scenario:
    choices = tuple((name, levers[name]) for name in CHOICES if name in levers)
    return composed(view.scenario, choices, folders)


def why_still(name: str, scenario: Scenario) -> tuple[str, str]:
    """Return the group and the option with which a lever does nothing, or two empty texts."""
    if name == PLACES:
        return ("", "") if scenario.programmes else ("programmes", "none")
    is_idle = why_idle(name, scenario.caseload)
    return ("caseload", scenario.caseload.regime.label) if is_idle else ("", "")


def without_idle(view: View, levers: Levers, folders: tuple[Path, ...] = ()) -> Levers:
    """Return the levers without the numbers that do nothing."""
    scenario = scenario_of(view, levers, folders)
    return {name: value for name, value in levers.items() if not why_still(name, scenario)[0]}


def number_overrides(view: View, levers: Levers, folders: tuple[Path, ...] = ()) -> dict[str, float | int]:
    """Return the numbers that levers set, by the paths of the settings."""
    found: dict[str, float | int] = {} if view.size is None else {SIZE: view.size}
    for name in CASELOAD_NUMBERS:
        if name in levers:
            found[name] = _as_kind(name, levers[name])
    if PLACES in levers:
        factor = float(levers[PLACES]) / 100.0
        for name, programme in _composed_of(view, levers, folders).programmes.items():
            found[f"programmes.{name}.places_per_1000"] = round(programme.places_per_1000 * factor, 6)
    return found


def _as_kind(name: str, value: str) -> float | int:
    """Return a number as the setting wants it: whole, if it is one of persons or clients."""
    setting, number = find_setting(name), float(value)
    is_whole = setting is not None and setting.kind == "whole number" and number == int(number)
    return int(number) if is_whole else number
