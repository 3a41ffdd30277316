"""The words of figures, tables and reports in one of the languages, and how numbers are written in it.

A language is one file of `languages/`, which somebody who speaks it can read and mend; all have the same
keys. Names that come from settings and result tables are looked up under `labels`, `units` and `outcomes` by
just those names, so that tables on disk stay the same in every language. Gettext would ask for compiled files
and for a tool to make them, and knows nothing of labels that come out of a table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from simulator.outcomes.intervals import FEWEST

SHARE = "share"
"""First word of the units of shares, which a reader gets in per cent."""

THOUSAND, TEN = 1000, 10
MINUS = "−"
DIGITS = "123456789"
"""What makes a number more than nought."""


class Words:
    """Words and numbers in one language.

    Attributes
    ----------
    language : str
        Its code, as in `lang` of HTML.
    """

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.language = str(catalogue["language"])
        self.texts = dict(_flat(catalogue))

    def __call__(self, key: str, **filled: object) -> str:
        """Return the text with that key (`figures.survival`), with what stands in braces filled in."""
        text = self.texts[key]
        return self.agreed(text.format(**filled)) if filled else text

    def agreed(self, text: str) -> str:
        """Return a text in which what is counted agrees with the number 1: 1 week, not 1 weeks."""
        return self._many.sub(lambda found: self._one[found[0]], text) if "1 " in text else text

    @cached_property
    def _one(self) -> dict[str, str]:
        pairs = (pair.partition(" = ") for pair in self.texts["singular"].split("; "))
        return {many: one for many, _, one in pairs}

    @cached_property
    def _many(self) -> re.Pattern[str]:
        """Find a plural after the number 1 itself, which is no digit, decimal or thousand of another."""
        several = sorted(self._one, key=len, reverse=True)
        return re.compile(rf"(?<![\w.,{MINUS}\u00a0-])(?:{'|'.join(map(re.escape, several))})(?!\w)")

    def over(self, key: str, size: int, /, **filled: object) -> str:
        """Return a text that promises intervals over so many replications, or one that does not."""
        if size < FEWEST:
            return self(f"{key}_one", **filled)
        return self(key, **filled)

    def label(self, kind: str, name: object) -> str:
        """Return what a reader calls a label of the tables, such as `subsidised_work` of the kind `door`."""
        return self.texts.get(f"labels.{kind}.{name}", plain(name))

    def programme(self, title: str) -> str:
        """Return the title of a programme in words; one of somebody's own keeps it."""
        return self.texts.get(f"labels.programme.{title}", title)

    def labelled(self, column: pd.Series, kind: str) -> pd.Series:
        """Return a column of labels in words, in the order that the labels have."""
        labels = column.astype("category").cat
        return labels.rename_categories({name: self.label(kind, name) for name in labels.categories})

    def unit(self, name: str) -> str:
        """Return a unit of the tables in words; that of a share is per cent of something."""
        return self.texts.get(f"units.{name}", name)

    def outcome(self, name: str) -> str:
        """Return a headline outcome in words; one that is not in the catalogue keeps its name."""
        for pattern, key in self._patterns:
            found = pattern.fullmatch(name)
            if found:
                filled = {kind: self.label(kind, label) for kind, label in found.groupdict().items()}
                return self(key, **filled)
        return name

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """What names of outcomes look like; those without anything to fill in come first."""
        keys = [key for key in self.texts if key.startswith("outcomes.")]
        return [(_pattern(key.partition(".")[2]), key) for key in sorted(keys, key=lambda key: "{" in key)]

    def number(self, value: float, decimals: int | None = None) -> str:
        """Return a number with as many digits as a reader can use; nothing for NaN."""
        if math.isnan(value):
            return ""
        digits = decimals_of(abs(value)) if decimals is None else decimals
        written = f"{value:,.{digits}f}"
        return self._written(written if float(f"{value:.{digits}f}") else written.removeprefix("-"))

    def significant(self, value: float, digits: int = 3) -> str:
        """Return a number with at least so many significant digits, however small it is."""
        size = abs(value)
        if not size or not math.isfinite(size):
            return self.number(value)
        return self.number(value, max(decimals_of(size), digits - 1 - math.floor(math.log10(size))))

    def tick(self, value: float) -> str:
        """Return a number as it stands at an axis, signed, without needless zeros."""
        return f"+{self.plain_number(value)}" if value > 0 else self.plain_number(value)

    def plain_number(self, value: float) -> str:
        """Return a number without needless zeros."""
        return self._written(f"{value:,.6f}".rstrip("0").rstrip(".") if value else "0")

    def _written(self, number: str) -> str:
        """Return a number with the marks of the language for decimals, thousands and minus."""
        thousands, decimal = self.texts["number.thousands"], self.texts["number.decimal"]
        return number.translate({ord(","): thousands, ord("."): decimal, ord("-"): MINUS})

    def signed(self, value: float, decimals: int | None = None) -> str:
        """Return a number with its sign."""
        written = self.number(value, decimals)
        return f"+{written}" if value > 0 and any(digit in written for digit in DIGITS) else written

    def percent(self, share: float) -> str:
        """Return a share in per cent, with the sign for it."""
        return f"{self.number(100 * share, 1)} %"

    def percents(self, value: float, low: float, high: float) -> str:
        """Return a share with its interval in per cent, cut at what a share can be."""
        bounds = ("" if math.isnan(end) else self.number(100 * min(max(end, 0), 1), 1) for end in (low, high))
        return self.interval(self.percent(value), *bounds)

    def ratio(self, numbers: Sequence[float], decimals: int) -> str:
        """Return a ratio with its interval; words where the figure below it cannot be told from nought."""
        value, low, high = numbers
        if not math.isfinite(value) or math.isinf(low) or math.isinf(high):
            return self("report.no_ratio")
        written = (self.number(number, decimals) for number in numbers)
        return self.interval(*written)

    def interval(self, value: str, low: str, high: str) -> str:
        """Return a number with its interval in brackets, or alone if it has none."""
        return self("interval", value=value, low=low, high=high) if low and high else value


@cache
def words_in(language: str) -> Words:
    """Return the words of a language, a label of `vocabulary.Language`."""
    text = files("simulator.reporting").joinpath(f"languages/{language}.yaml").read_text(encoding="utf-8")
    return Words(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def plain(label: object) -> str:
    """Return a name from the tables as a reader would write it."""
    return str(label).replace("_", " ")


def has_intervals(table: pd.DataFrame) -> bool:
    """Whether any row of a table of results has an interval."""
    return bool(table["low"].notna().any())


def is_share(unit: str) -> bool:
    """Whether a number with that unit of the tables is a share."""
    return unit.split(" ", maxsplit=1)[0] == SHARE


def in_order(found: Iterable[object], order: Iterable[str]) -> list[object]:
    """Return labels in a given order, and after them those it does not know."""
    place = {label: number for number, label in enumerate(order)}
    return sorted(found, key=lambda label: place.get(str(label), len(place)))


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", str(value)


def _pattern(template: str) -> re.Pattern[str]:
    """Return what fits a template: `{weeks}` stands for a whole number, others for a label."""
    pieces = re.split(r"\{(\w+)\}", template)
    kinds = {"weeks": r"\d+"}
    fitting = [
        f"(?P<{piece}>{kinds.get(piece, '.+')})" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    ]
    return re.compile("".join(fitting))


def decimals_of(size: float) -> int:
    """Return how many decimals a reader can use of a number of that size."""
    return 0 if size >= THOUSAND else 1 if size >= TEN else 2
