"""The sections that every report has: outcomes, settings, where the numbers come from, what cannot be said.

A section is a function that takes what it tells of and the words, and returns a `Section`; a report is a list
of them. A new study adds its own beside these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from simulator.composing import load_scenario
from simulator.describing import find_setting
from simulator.provenance import WITHOUT_EFFECT, settings_of
from simulator.reporting.console import possible_difference, possible_interval
from simulator.reporting.page import Block, Facts, Foreign, Points, Prose, Section, Table
from simulator.reporting.words import Words, has_intervals, is_share

Settings = Mapping[str, Any]

LIMITS = ("levels", "market", "insured", "behind", "place")
NAMES = {*WITHOUT_EFFECT, "about", "scenario"}
"""Settings that only name a run or say where it goes."""


def outcomes_section(summary: pd.DataFrame, words: Words) -> Section:
    """Return every headline outcome with its interval."""
    heads = [words(f"report.{head}") for head in ("outcome", "value", "interval", "unit")]
    rows = [outcome_cells(row, words) for row in summary.itertuples()]
    note = words("report.no_interval" if summary["low"].isna().all() else "report.outcome_note")
    caption = words("report.outcome_table" if has_intervals(summary) else "report.outcome_table_one")
    table = Table(caption, heads, rows, (3,))
    said = [Prose(note), table, *explanations(summary["outcome"], words)]
    return Section("outcomes", words("report.outcomes"), said)


def explanations(outcomes: Iterable[str], words: Words) -> list[Block]:
    """Return what outcomes are whose names do not tell, of those that are shown; nothing if all do."""
    texts = [words.texts[f"explained.{name}"] for name in outcomes if f"explained.{name}" in words.texts]
    return [Points(texts)] if texts else []


def outcome_cells(row: Any, words: Words) -> tuple[str, str, str, str]:  # noqa: ANN401  (columns are its attributes)
    """Return outcome, value, interval and unit of a row of a summary."""
    scale = 100.0 if is_share(str(row.unit)) else 1.0
    low, high = (words.number(scale * bound) for bound in possible_interval(row))
    interval = words("to", low=low, high=high) if low and high else ""
    return (
        words.outcome(str(row.outcome)),
        words.number(scale * row.value),
        interval,
        words.unit(str(row.unit)),
    )


def differences_section(table: pd.DataFrame, words: Words) -> Section:
    """Return every headline outcome of both scenarios with the interval of the difference."""
    heads = [
        words(f"report.{head}") for head in ("outcome", "first", "second", "difference", "interval", "unit")
    ]
    rows = [difference_cells(row, words) for row in table.itertuples()]
    note = words("report.no_interval" if table["low"].isna().all() else "report.difference_note")
    shown = Table(words("report.difference_table"), heads, rows, (5,))
    said = [Prose(note), shown, *explanations(table["outcome"], words)]
    return Section("outcomes", words("report.outcomes"), said)


def difference_cells(row: Any, words: Words) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    """Return outcome, both values, difference, interval and unit of a row of a comparison."""
    scale = 100.0 if is_share(str(row.unit)) else 1.0
    both = (words.number(scale * value) for value in (row.baseline, row.alternative))
    low, high = (words.signed(scale * bound) for bound in possible_difference(row))
    star = " *" if row.low > 0.0 or row.high < 0.0 else ""
    interval = words("to", low=low, high=high) + star if low and high else ""
    difference = words.signed(scale * row.difference)
    return words.outcome(str(row.outcome)), *both, difference, interval, words.unit(str(row.unit))


def methods_section(settings: Settings, words: Words, paired: bool = False) -> Section:
    """Return how a run, or a pair of them, was made and reckoned."""
    keys = ("method_survival", "method_survival_band", "method_paired" if paired else "method_interval")
    return made_section(settings, [words(f"report.{key}") for key in keys], words)


def made_section(
    settings: Settings, texts: Sequence[str], words: Words, replications: str | None = None
) -> Section:
    """Return how runs were made, and what texts say of how it was reckoned; `replications` if others."""
    numbers = {
        "weeks": words.number(settings["weeks"], 0),
        "burn_in": words.number(settings["population"]["burn_in_weeks"], 0),
        "replications": replications or words.number(settings["replications"], 0),
    }
    made = words("report.method_run", **numbers)
    return Section("methods", words("report.methods"), [Prose(text) for text in (made, *texts)])


@cache
def default_settings() -> Settings:
    """Return the settings of the default scenario in full."""
    return settings_of(load_scenario("default"))


def settings_section(
    titles: Sequence[str],
    default: Settings,
    runs: Sequence[Settings],
    words: Words,
    before: Sequence[Block] = (),
) -> Section:
    """Return which settings differ from the default scenario's, in one run or several.

    Parameters
    ----------
    titles : sequence of str
        A name for each run.
    default, runs : mapping, sequence of mapping
        Settings in full.
    before : sequence of Block
        What stands above.
    """
    table = settings_table([words("report.default"), *titles], [default, *runs], words)
    blocks: list[Block] = [Prose(words("report.none_differ")) if table is None else table]
    return Section("settings", words("report.settings"), [*before, *blocks])


def settings_table(
    titles: Sequence[str],
    runs: Sequence[Settings],
    words: Words,
    folded: bool = False,
    caption: str = "",
) -> Table | None:
    """Return the settings that differ between runs, with the value in each; None if there are none."""
    heads = [words("report.setting"), words("report.meaning_given"), *titles]
    rows = [
        (path, setting_title(path), *(_written(value, words) for value in values))
        for path, values in changed_settings(runs).items()
    ]
    texts = tuple(range(1, len(heads)))
    said = caption or words("report.setting_table")
    return Table(said, heads, rows, texts, folded) if rows else None


def changed_settings(runs: Sequence[Settings]) -> dict[str, list[object]]:
    """Return the settings that differ between runs, by their paths, with the value in each."""
    flat = [dict(leaves(settings)) for settings in runs]
    paths = sorted({path for leaf in flat for path in leaf if not _is_name(path)})
    differing = [path for path in paths if len({str(leaf.get(path)) for leaf in flat}) > 1]
    return {path: [leaf.get(path) for leaf in flat] for path in _shown(differing)}


def leaves(tree: Settings, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every single setting of a tree by its path, as typed on the command line."""
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _is_name(path: str) -> bool:
    return path.partition(".")[0] in NAMES


def _shown(paths: Sequence[str]) -> list[str]:
    """Return the paths that a reader can take in, without the texts that only name something."""
    return [path for path in paths if not path.endswith(".title")]


def setting_title(path: str) -> Foreign:
    """Return what a setting is, with its unit, in its own words; nothing if there is none."""
    setting = find_setting(path)
    if setting is None:
        return Foreign()
    unit = "" if setting.unit in {"", "1"} else f" ({setting.unit})"
    return Foreign(f"{setting.title}{unit}")


def _written(value: object, words: Words) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return words("report.is_so" if value else "report.is_not")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def provenance_section(manifest: Settings, tables: Sequence[str], words: Words) -> Section:
    """Return seed, versions, commit, hashes and machine of a run; times stay in its manifest."""
    unknown = words("report.unknown")
    dirty = {True: "report.is_so", False: "report.is_not"}.get(manifest["dirty"], "report.unknown")
    libraries = ", ".join(f"{name} {version or unknown}" for name, version in manifest["libraries"].items())
    facts = {
        "scenario": manifest["settings"]["scenario"],
        "seed": manifest["seed"],
        "replications": manifest["replications"],
        "version": manifest["version"] or unknown,
        "commit": manifest["commit"] or unknown,
        "dirty": words(dirty),
        "settings_hash": manifest["settings_hash"],
        "code_hash": manifest["code_hash"],
        "python": manifest["python"],
        "libraries": libraries,
        "machine": f"{manifest['machine']['system']}, {manifest['machine']['processor']}",
        "tables": ", ".join(tables),
    }
    pairs = [(words(f"report.{name}"), str(value)) for name, value in facts.items()]
    return Section("provenance", words("report.provenance"), [Facts(pairs), Prose(words("report.times"))])


def limits_section(words: Words) -> Section:
    """Return what the model cannot say."""
    return Section(
        "limits", words("report.limits"), [Points([words(f"report.limit_{key}") for key in LIMITS])]
    )
