"""The tables of a sensitivity study's report: what was varied, all settings, other outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from simulator.describing import find_setting
from simulator.experiments.sensitivity_places import NOISE, PLACE, RANKING
from simulator.experiments.sensitivity_run import Answer
from simulator.parameters.study import Sensitivity
from simulator.reporting.page import Block, Foreign, Prose, Section, Table
from simulator.reporting.setting_words import LONGEST, setting_name, translated_name
from simulator.reporting.sure_section import headlines
from simulator.reporting.words import Words, is_share
from simulator.study_vocabulary import Role

ENDS = ("value", "low", "high")
SIGNED = ("direction",)
"""Measures that have a sign."""


def spoken(table: pd.DataFrame, words: Words, *numbers: str) -> pd.DataFrame:
    """Return a table with units in words, and the numbers of shares in per cent.

    Parameters
    ----------
    table : DataFrame
        Has the column `unit`; what is measured in a share of anything but the variance is a difference.
    words : Words
        The language.
    *numbers : str
        The columns of numbers.
    """
    scale = [100.0 if is_share(unit) else 1.0 for unit in table["unit"]]
    units = [unit_text(unit, words) for unit in table["unit"]]
    return table.assign(**{name: table[name] * scale for name in numbers}, unit=units)


def unit_text(unit: str, words: Words) -> str:
    """Return the unit of a measure in words: of a difference of shares, percentage points."""
    is_difference = is_share(unit) and "variance" not in unit
    return words("figures.forest_share") if is_difference else words.unit(unit)


def named(path: str, words: Words) -> str:
    """Return what a setting is called and how it is typed."""
    setting = find_setting(path)
    title = translated_name(path, words) or ("" if setting is None else setting.title)
    return words("sensitivity.named", title=title, path=path) if title else path


def briefly_named(path: str, words: Words) -> str:
    """Return the same where the name is short, else only how it is typed."""
    return named(path, words) if len(setting_name(path, words)) <= LONGEST else path


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the measures of one outcome, the settings in the order of their places."""
    order = table[table["measure"] == PLACE].set_index("setting")["value"]
    return table.assign(place=table["setting"].map(order)).sort_values("place", kind="stable")


def design_section(answer: Answer, study: Sensitivity, words: Words) -> Section:
    """Return what was varied, over which ranges, why, and where each number comes from."""
    roles = [role for role in Role.labels() if (answer.varied["role"] == role).any()]
    told = [words(f"sensitivity.told_{role}") for role in roles]
    told += [words("sensitivity.both")] if len(roles) > 1 else []
    chosen = "named" if study.factors.split() else "whole"
    heads = [words("report.setting"), words("report.meaning"), words("sensitivity.role")]
    heads += [words(f"sensitivity.{head}") for head in ("at_rest", "low", "high", "why")]
    rows = [_varied_row(row, words) for row in answer.varied.to_dict("records")]
    table = answer.varied
    beyond = table[(table["at_rest"] < table["low"]) | (table["at_rest"] > table["high"])]
    outside = [words("sensitivity.outside", settings="; ".join(beyond["setting"]))] if len(beyond) else []
    return Section("design", words("sensitivity.design"), [
        Prose(words(f"sensitivity.chosen_{chosen}")), *map(Prose, told),
        Table(words("sensitivity.varied_table"), heads, rows, (1, 2, 6)), *map(Prose, outside),
        Prose(words("sensitivity.sources")), Prose(words("sensitivity.luck_common")),
    ])  # fmt: skip


def _varied_row(row: dict[Any, Any], words: Words) -> tuple[str, ...]:
    at_rest, low, high = (float(row[name]) for name in ("at_rest", "low", "high"))
    setting = find_setting(row["setting"])
    plausible = setting.plausible if setting is not None else ()
    why: str = Foreign(row["source"])
    if row["is_own"]:
        ends = {"low": words.plain_number(plausible[0]), "high": words.plain_number(plausible[1])} \
            if plausible else {}  # fmt: skip
        usual = words("to", **ends) if ends else words("report.unknown")
        why = words("sensitivity.own_range", usual=usual, source=why)
    numbers = ("–" if math.isnan(one) else words.plain_number(one) for one in (at_rest, low, high))
    named_so = setting_name(row["setting"], words)
    return row["setting"], named_so, words.label("role", row["role"]), *numbers, why


def ranking_section(own: pd.DataFrame, words: Words) -> Section:
    """Return every measure of every setting for the main outcome; `own` as `ranked` gives it."""
    return Section("ranking", words("sensitivity.ranking"), [
        Prose(words("sensitivity.ranking_note")), ranking_table(own, words, folded=False),
    ])  # fmt: skip


def ranking_table(own: pd.DataFrame, words: Words, folded: bool) -> Table:
    """Return every measure of every setting with its interval, and the places that it may have."""
    measures = [one for one in dict.fromkeys(own["measure"]) if one != PLACE]
    cells = own.set_index(["setting", "measure"])[list(ENDS)]
    bounded = [one for one in measures if own.loc[own["measure"] == one, "low"].notna().any()]
    heads = [words("report.setting"), words("sensitivity.place"), words("sensitivity.may_be")]
    for measure in measures:
        heads += [
            words.label("measure", measure),
            *([words("report.interval")] if measure in bounded else []),
        ]
    rows = []
    for path in dict.fromkeys(own["setting"]):
        place, low, high = (words.number(float(cells.loc[(path, PLACE), end]), 0) for end in ENDS)
        row = [path, place, words("to", low=low, high=high) if low != high else low]
        for measure in measures:
            row += _cells(cells.loc[(path, measure)], measure, words)[: 1 + (measure in bounded)]
        rows.append(tuple(row))
    unit = own.loc[own["measure"] != PLACE, "unit"].iloc[0]
    caption = (
        f"{words('report.numbers')} ({unit})" if folded else words("sensitivity.ranking_table", unit=unit)
    )
    return Table(caption, heads, rows, (), folded)


def _cells(row: pd.Series, measure: str, words: Words) -> tuple[str, str]:
    number = words.signed if measure in SIGNED else words.number
    value, low, high = (number(float(row[end])) for end in ENDS)
    return value, words("to", low=low, high=high) if low and high else ""


def others_section(answer: Answer, study: Sensitivity, words: Words) -> Section:
    """Return of each headline outcome the setting that matters most, and how much of the variance is luck."""
    heads = [words("report.outcome"), words("sensitivity.first"), words("report.value")]
    heads += [words("report.unit"), words("sensitivity.luck_share"), words("sensitivity.luck_apart")]
    rows = list(_other_rows(answer, study, words))
    blocks: list[Block] = [Prose(words("sensitivity.others_note"))]
    blocks.append(Table(words("sensitivity.others_table"), heads, rows, (1, 3)))
    return Section("outcomes", words("sensitivity.others"), [*blocks, Prose(words("sensitivity.rest"))])


def _other_rows(answer: Answer, study: Sensitivity, words: Words) -> Iterator[tuple[str, ...]]:
    known = list(dict.fromkeys(answer.indices["outcome"]))
    noise = answer.noise.set_index("outcome").to_dict("index")
    measure = RANKING[study.method]
    for name in dict.fromkeys([study.outcome, *headlines(known)]):
        own = ranked(answer.indices[answer.indices["outcome"] == name])
        first = spoken(own[own["measure"] == measure].head(1), words, *ENDS).to_dict("records")[0]
        value = words.interval(*(words.number(float(first[end])) for end in ENDS))
        paired = words.interval(*noise_texts(noise[name], NOISE[0], words))
        alone, *_ = noise_texts(noise[name], NOISE[1], words)
        yield words.outcome(name), first["setting"], value, first["unit"], paired, alone


def noise_texts(row: dict[Any, Any], name: str, words: Words) -> tuple[str, ...]:
    """Return a share of the variance that is luck with the ends of its interval, in per cent; or nothing."""
    shares = [float(row[f"{name}{end}"]) for end in ("", "_low", "_high")]
    return tuple("" if math.isnan(one) else words.significant(100.0 * one, 2) for one in shares)
