"""What a sweep varies, as its user writes it: `KEY=VALUE,VALUE`, `KEY=interval(LOW,HIGH)`, or `KEY` alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep
from hydra.errors import HydraException

from simulator.composing.overrides import MOST_VALUES, Terms, read_overrides
from simulator.config import nearest_setting
from simulator.describing import find_setting, number_text
from simulator.errors import NO_SUCH_SETTING, Mistake, SettingsError
from simulator.settings_files import KINDS, Options

WORDS = re.compile(r"""(?:[^\s"'(\[{]|"[^"]*"|'[^']*'|\([^)]*\)|\[[^\]]*\]|\{[^}]*\})+""")
"""What stands between spaces, save those within quotes or brackets."""

LOG = "log"
"""Tag of a range that is walked through in equal ratios: `tag(log,interval(LOW,HIGH))`."""

Row = Mapping[str, Any]
"""One point: the values of the settings that it sets, by their keys."""


@dataclass(frozen=True)
class Lever:
    """One setting that is varied.

    Attributes
    ----------
    key : str
        The setting or group, as on the command line.
    values : tuple
        What it is set to, one after the other; empty for a range.
    low, high : float
        Ends of a range.
    is_whole, is_log : bool
        Whether a range holds whole numbers only, and whether it is walked through in equal ratios.
    """

    key: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False
    is_log: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it is a range rather than a list of values."""
        return not self.values

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values, or both ends of the range."""
        if not self.is_range:
            return self.values
        return (round(self.low), round(self.high)) if self.is_whole else (self.low, self.high)


def read_levers(
    where: str, text: str, options: Options, most: int = MOST_VALUES
) -> tuple[list[Lever], list[Mistake]]:
    """Return what is varied, and everything that cannot be understood.

    Parameters
    ----------
    where : str
        The setting that says what is varied.
    text : str
        Its value: settings with spaces between.
    options : mapping
        The options of each group.
    most : int
        Most values of a range.
    """
    levers: list[Lever] = []
    mistakes: list[Mistake] = []
    for word in WORDS.findall(text):
        try:
            levers.append(_read(word, options, most))
        except SettingsError as error:
            mistakes += error.mistakes
    keys = [lever.key for lever in levers]
    twice = dict.fromkeys(key for key in keys if keys.count(key) > 1)
    mistakes += [Mistake(where, f"{key} stands there twice") for key in twice]
    return levers, mistakes


def _read(word: str, options: Options, most: int) -> Lever:
    if "=" not in word:
        return _whole_range(word, options)
    interval = _interval(word)
    if interval is not None:
        return interval
    wishes, mistakes = read_overrides([word], Terms(options, sweep=True, most=most))
    if mistakes:
        raise SettingsError(mistakes)
    head = wishes[0].texts[0].partition("=")[0].lstrip("+")
    return Lever(head, wishes[0].values)


def _whole_range(key: str, options: Options) -> Lever:
    """Return all there is of a setting: its plausible range, or each of its words."""
    setting = find_setting(key)
    if key in options and key != KINDS:
        return Lever(key, tuple(options[key]))
    if setting is None:
        raise SettingsError([Mistake(key, NO_SUCH_SETTING, nearest=nearest_setting(key))])
    if setting.kind == "word":
        return Lever(key, setting.words)
    if setting.kind == "true or false":
        return Lever(key, (False, True))
    if not setting.plausible:
        raise SettingsError([Mistake(key, "has no plausible range", f"{key}=VALUE,VALUE,...")])
    return Lever(key, (), *setting.plausible, is_whole=setting.kind == "whole number")


def _interval(word: str) -> Lever | None:
    """Return a range with ends of its own, or None if it is none."""
    try:
        override = OverridesParser.create().parse_override(word)
    except HydraException:
        return None
    sweep = override.value()
    if not isinstance(sweep, IntervalSweep):
        return None
    key, low, high = str(override.key_or_group), float(sweep.start or 0.0), float(sweep.end or 0.0)
    is_log = LOG in sweep.tags
    mistakes = list(check_range(key, low, high, is_log))
    if mistakes:
        raise SettingsError(mistakes)
    setting = find_setting(key)
    return Lever(key, (), low, high, setting is not None and setting.kind == "whole number", is_log)


def check_range(key: str, low: float, high: float, is_log: bool = False) -> Iterator[Mistake]:
    """Yield everything that is wrong with letting a setting go from one number to another."""
    setting = find_setting(key)
    if setting is None:
        yield Mistake(key, NO_SUCH_SETTING, nearest=nearest_setting(key))
    elif setting.kind not in {"number", "whole number"}:
        yield Mistake(key, "has no range, for it is no number", setting.allowed)
    elif not low < high:
        yield Mistake(key, f"the range from {number_text(low)} to {number_text(high)} is empty")
    elif is_log and low <= 0.0:
        yield Mistake(key, "a range in equal ratios has to begin above 0")
    elif setting.low is not None and setting.high is not None:
        for end in (low, high):
            if not setting.low <= end <= setting.high:
                yield Mistake(key, f"{number_text(end)} is not allowed", setting.allowed)


def rows_of_command(lines: Sequence[str]) -> list[Row]:
    """Return the points of a command whose overrides have several values, in Hydra's order.

    Parameters
    ----------
    lines : sequence of str
        The overrides, as `check_overrides` returned them.
    """
    swept = {}
    for override in OverridesParser.create().parse_overrides(list(lines)):
        if override.is_sweep_override() and not override.is_hydra_override():
            key = str(override.get_key_element()).lstrip("+")
            texts = [str(text) for text in override.sweep_string_iterator()]
            parsed = [OverridesParser.create().parse_override(f"{key}={text}") for text in texts]
            swept[key] = [one.value() for one in parsed]
    return [dict(zip(swept, values, strict=True)) for values in product(*swept.values())]


def split_command(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which overrides of a command have several values, and which hold for all points."""
    parsed = OverridesParser.create().parse_overrides(list(lines))
    several = [one.is_sweep_override() and not one.is_hydra_override() for one in parsed]
    swept, common = (
        [line for line, is_swept in zip(lines, several, strict=True) if is_swept is wanted]
        for wanted in (True, False)
    )
    return swept, common
