"""Tables of what runs, a comparison and a brief gave, from the files kept in `docs/results/`."""

from __future__ import annotations

import math
from collections.abc import Callable

from make_results import KEPT, README
from tables_of_results import IN_PERCENT, Row, kept, number
from tables_of_settings import table

MEAN_TIME = "mean time on benefit within the first 104 weeks"
QUESTION_HEAD = ("outcome", "80 clients", "40 clients", "difference (95 % interval)")
QUESTION = {
    MEAN_TIME: f"{MEAN_TIME}, weeks",
    "off benefit within 52 weeks": "off benefit within 52 weeks, share of spells",
    "left by work within 104 weeks": "left by work within 104 weeks, share of spells",
    "clients on benefit": "clients on benefit, persons",
    "caseworkers": "caseworkers, persons",
    "weeks between talks": "weeks between talks",
    "length of a talk": "length of a talk, minutes",
    "all of it, per year": "benefit, staff and places, million SEK a year",
}
"""Outcomes of the README's question, and what it calls them."""

FACTS_HEAD = ("what", "published", "simulated (95 % Monte Carlo interval)")
HINDRANCE = "on benefit in the last year with hindrance"
FACTS = (
    ("months on benefit in a calendar year, households with any", "6.6 (evidence D01)",
     "months on benefit in a calendar year"),
    ("ten months or more in the year, adult recipients", "0.37 to 0.40 (D02)",
     "ten months or more in a calendar year"),
    ("main hindrance unemployment", "0.48 to 0.51 (D05, D07)", f"{HINDRANCE} unemployment"),
    ("main hindrance social reasons", "0.10 to 0.12 (D07)", f"{HINDRANCE} social reasons"),
    ("main hindrance sick-listed", "0.09 to 0.10 (D07)", f"{HINDRANCE} sick-listed"),
)  # fmt: skip
"""What is published of the people, and the outcome that is held against it."""

CASELOADS = {"fewer_clients": 65, "default": 80, "more_clients": 100}
"""Kept runs with other caseloads."""

TALKS = (
    ("weeks between talks", "every third month (W02)", "weeks between talks"),
    ("length of a talk, minutes", "10 to 20 (W02)", "length of a talk"),
    ("share of paid time spent in talks", "0.036 to 0.056 (W03)", "caseworker time in talks"),
)

BRIEF_HEAD = (
    "change", "mean weeks on benefit within 104", "left to work, percentage points",
    "net cost of the municipality, million SEK a year",
)  # fmt: skip
KEPT_HEAD = ("name", "kept as: file in its folder", "command", "page")
CHANGES = {
    "requirement": "requirement, staff as it is",
    "added_staff": "requirement and half as many caseworkers more",
    "staff_alone": "those caseworkers alone, under the requirement",
    "danish_reform": "Denmark's reform, a sixth fewer caseworkers",
}
"""Questions of `todays_question`, and what the page calls them."""


def summed(name: str) -> dict[str, Row]:
    """Return the rows of a kept table by their outcome."""
    return {row["outcome"]: row for row in kept(name)}


def question() -> str:
    """Return the README's question: both scenarios, and the difference with its interval."""
    rows = summed("question")
    return table(QUESTION_HEAD, [
        (label, number(rows[name]["baseline"]), number(rows[name]["alternative"]), difference(rows[name]))
        for name, label in QUESTION.items()
    ])  # fmt: skip


def difference(row: Row, unit: float = 1.0) -> str:
    """Return a difference with its sign and interval, as exact as the interval is narrow."""
    value, low, high = (unit * float(row[name]) for name in ("difference", "low", "high"))
    decimals = decimals_of((high - low) / 2.0)
    text = f"{value:+,.{decimals}f} ({low:,.{decimals}f} to {high:,.{decimals}f})"
    return text.replace("-", "−")


def decimals_of(half: float) -> int:
    """Return how many decimals show the first digit of half an interval, and the second after a 1."""
    if half <= 0.0:
        return 2
    place = -math.floor(math.log10(half))
    return max(0, place + (half * 10.0**place < 2.0))  # noqa: PLR2004


def municipality() -> str:
    """Return what the default gives beside what is published, and how talks follow from the caseload."""
    default, runs = summed("default"), [summed(name) for name in CASELOADS]
    people = [(what, published, told(default[name])) for what, published, name in FACTS]
    at = f" at {' / '.join(map(str, CASELOADS.values()))} clients a caseworker"
    talks = [
        (what + at, published, " / ".join(number(run[name]["value"]) for run in runs))
        for what, published, name in TALKS
    ]
    return table(FACTS_HEAD, [*people, *talks])


def told(row: Row) -> str:
    """Return an outcome of a run with its interval, to three decimals of a share and two of the rest."""
    decimals = 3 if row["unit"].startswith("share") else 2
    value, low, high = (f"{float(row[name]):.{decimals}f}" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def brief() -> str:
    """Return the answers of `todays_question`."""
    rows = {(row["question"], row["outcome"], row["group"]): row for row in kept("brief")}
    return table(BRIEF_HEAD, [
        (
            label,
            difference(rows[name, MEAN_TIME, ""]),
            difference(rows[name, "left within 104 weeks", "work"], IN_PERCENT),
            difference(rows[name, "net cost, a year", "municipality"]),
        )
        for name, label in CHANGES.items()
    ])  # fmt: skip


def page_link(page: str) -> str:
    """Return a link to a page of the documents; the README is none of them."""
    return "README" if page == README else f"[{page}](../{page}.md)"


def what_is_kept() -> str:
    """Return which table is kept of which command."""
    return table(KEPT_HEAD, [
        (f"`{name}`", ", ".join(f"`{kept}.csv`: `{file}`" for kept, file in one.files.items()),
         f"`simulator {one.command}`", page_link(one.page))
        for name, one in KEPT.items()
    ])  # fmt: skip


TABLES: dict[str, Callable[[], str]] = {
    "question": question,
    "municipality": municipality,
    "brief": brief,
    "kept": what_is_kept,
}
