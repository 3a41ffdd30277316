"""Who pays: the result of each payer year by year, the prices behind it, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from simulator.describing import find_setting
from simulator.outcomes.budget import NET, PRESENT_VALUE
from simulator.reporting.page import Block, Foreign, Prose, Table
from simulator.reporting.sections import default_settings, leaves, setting_title
from simulator.reporting.words import Words, has_intervals

Settings = Mapping[str, Any]

SUM = "sum"
"""The item of a part of the budget in all."""

PRICES_OF = 2024
"""The year of the prices of the default settings, as the group `costs` of the settings says."""

PRICES = ("costs.", "accounts.")
OF_PLACES = ".sek_per_place_week"
"""Settings that are prices, or rates by which payers share."""


def price_blocks(settings: Settings, words: Words) -> list[Block]:
    """Return the year of the prices, the discount rate, and every price with its source."""
    rate = float(settings["accounts"]["discount_yearly"])
    heads = [words(f"report.{head}") for head in ("setting", "meaning_given", "value", "source_given")]
    rows = list(_price_rows(settings, words))
    said = words("report.prices", year=PRICES_OF, rate=words.percent(rate))
    return [Prose(said), Table(words("report.price_table"), heads, rows, (1, 3), folded=True)]


def _price_rows(settings: Settings, words: Words) -> Iterator[tuple[str, ...]]:
    usual = dict(leaves(default_settings()))
    for path, value in leaves(settings):
        setting = find_setting(path)
        is_price = path.startswith(PRICES) or path.endswith(OF_PLACES)
        if setting is None or not is_price or path.startswith("trial."):
            continue
        source: str = Foreign(setting.source)
        if path in usual and usual[path] != value:
            source = words("report.own_price", value=words.plain_number(_float(usual[path])), source=source)
        yield path, setting_title(path), words.plain_number(_float(value)), source


def _float(value: Any) -> float:  # noqa: ANN401  (a setting)
    return float(value)


def budget_tables(budget: pd.DataFrame, words: Words) -> list[Block]:
    """Return the result of each payer by year and in all, and behind it each item in present value.

    Parameters
    ----------
    budget : DataFrame
        From `budget()` of a run or of a comparison.
    words : Words
        The language.
    """
    return [_years_table(budget, words), _items_table(budget, words)]


def _years_table(budget: pd.DataFrame, words: Words) -> Table:
    sums = budget[(budget["item"] == SUM) | (budget["part"] == NET)]
    told = [
        words.interval(*(words.signed(float(getattr(row, end))) for end in ("value", "low", "high")))
        for row in sums.itertuples()
    ]
    cells = sums.assign(told=told).set_index(["payer", "part", "year"])["told"]
    years = list(dict.fromkeys(map(str, sums["year"])))
    rows = [
        (words.label("payer", payer), words.label("part", part), *(str(own.get(year, "")) for year in years))
        for payer in dict.fromkeys(sums["payer"])
        for part, own in cells[payer].groupby(level="part", sort=False)
        for own in (own.droplevel("part").rename(index=str),)
    ]
    heads = [words("report.payer"), words("report.part")]
    caption = f"report.budget_years_table{'' if has_intervals(sums) else '_one'}"
    heads += [
        words("report.present_value") if year == PRESENT_VALUE else words("report.budget_year", number=year)
        for year in years
    ]
    return Table(words(caption), heads, rows, (1,))


def _items_table(budget: pd.DataFrame, words: Words) -> Table:
    heads = [words(f"report.{head}") for head in ("payer", "part", "item", "value", "interval")]
    whole = budget[budget["year"] == PRESENT_VALUE]
    rows = []
    for payer in dict.fromkeys(whole["payer"]):
        for row in whole[whole["payer"] == payer].itertuples():
            names = (words.label(kind, getattr(row, kind)) for kind in ("payer", "part", "item"))
            value, low, high = (words.signed(float(getattr(row, end))) for end in ("value", "low", "high"))
            rows.append((*names, value, words("to", low=low, high=high) if low else ""))
    return Table(words("report.budget_table"), heads, rows, (1, 2), folded=True)
