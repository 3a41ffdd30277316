"""What a comparison is of: the settings that the second scenario changes, in a question and in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.reporting.page import Block, text_of
from simulator.reporting.sections import changed_settings, settings_table
from simulator.reporting.setting_words import short_name, translated_name, value_text
from simulator.reporting.words import Words

Settings = Mapping[str, Any]

NAMED = 3
"""Settings that a question names; the table has all."""


def titles_of(baseline: Settings, alternative: Settings, words: Words) -> list[str]:
    """Return two different names for two scenarios."""
    first, second = (text_of(settings["about"]["title"], words).text for settings in (baseline, alternative))
    changes = baseline["study"].get("changes", "")
    if second == first and not changes:
        names = [baseline["scenario"], alternative["scenario"]]
        return names if names[0] != names[1] else [first, words("report.changed_title", title=first)]
    return [first, second if second != first else f"{first}, {changes}"]


def question_of(baseline: Settings, alternative: Settings, words: Words) -> tuple[str, bool]:
    """Return what a comparison asks, and whether that is in the language of the words.

    A scenario with a question of its own keeps it; it is in the language of the settings.
    """
    asked, first = (settings["about"]["question"] for settings in (alternative, baseline))
    changed = changed_settings([baseline, alternative])
    if asked != first or not changed:
        return asked, False
    told = [
        words("report.changed", setting=translated_name(path, words) or short_name(path, words),
              first=_told(path, pair[0], words), second=_told(path, pair[1], words))
        for path, pair in list(changed.items())[:NAMED]
    ]  # fmt: skip
    if len(changed) > NAMED:
        told.append(words("report.changed_more", count=len(changed) - NAMED))
    return words("report.asked", changes="; ".join(told)), True


def _told(path: str, value: object, words: Words) -> str:
    return "–" if value is None else value_text(path, value, words)


def changes_blocks(baseline: Settings, alternative: Settings, words: Words) -> list[Block]:
    """Return the settings that differ between two scenarios, with both values; nothing if none do."""
    titles = [words("report.first"), words("report.second")]
    table = settings_table(titles, [baseline, alternative], words, caption=words("report.changed_table"))
    return [] if table is None else [table]


def is_steady(settings: Sequence[Settings]) -> bool:
    """Whether each of these scenarios has settled under its rules before week 0."""
    return all(
        one["reform"]["week"] is None
        and one["population"]["mode"] == "flow"
        and one["population"]["burn_in_weeks"] > 0
        for one in settings
    )
