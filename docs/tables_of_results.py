"""Tables of what long runs gave, from the files kept in `docs/results/`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby

from tables_of_evidence import read
from tables_of_settings import ROOT, table

from simulator.experiments.fitting.facts import without_target
from simulator.reporting.console import number_text

Row = dict[str, str]
PATTERN_HEAD = ("claim", "came out (99 % interval)", "verdict")
FIT_HEAD = ("id", "fact", "published", "prior", "fitted", "misses by")
MOVED_HEAD = ("setting", "prior (95 %)", "fitted (95 %)", "prior's variance gone", "verdict")
VALIDATION_HEAD = (
    "id", "fact", "published", "simulated", "luck alone (95 %)", "draws of settings (95 %)", "z", "verdict",
)  # fmt: skip
SIGN, SMALL, IN_PERCENT = "sign", 0.1, 100.0
ORDER = ("missed", "open", "says little", "not measured", "no measure", "met")
LAYERS = ("monte_carlo", "parameter")
MET, OUT_OF_FIT = "met", "validate"


def kept(name: str) -> list[Row]:
    """Return the rows of a kept table."""
    with (ROOT / "docs" / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> str:
    """Return a number as a reader can use it, small ones with three digits; nothing for a missing one."""
    if not text:
        return ""
    value = float(text)
    shown = f"{value:.3g}" if 0.0 < abs(value) < SMALL else number_text(value)
    return shown.replace("-", "−")


def interval(row: Row, middle: str, low: str, high: str) -> str:
    """Return a number with its interval, where there is one."""
    bounds = reach(row, low, high)
    return number(row[middle]) + (f" ({bounds})" if bounds else "")


def reach(row: Row, low: str, high: str) -> str:
    """Return an interval without its middle; nothing where there is none."""
    return f"{number(row[low])} to {number(row[high])}" if row[low] and row[high] else ""


def patterns_tried() -> str:
    """Return a section for each pattern: its claims, what came out, and the verdict."""
    return "\n".join(_sections())


def _sections() -> Iterator[str]:
    for name, claims in groupby(kept("patterns"), key=lambda row: row["pattern"]):
        text, rows = read("patterns")[name], list(claims)
        yield f"### {name}: {rows[0]['pattern_verdict']}\n\n{text['claim']}. Source: {text['source']}.\n"
        lines = [
            (row["claim"].replace("|", "/"), interval(row, "value", "low", "high"), row["verdict"])
            for row in rows
        ]
        yield table(PATTERN_HEAD, lines)


def patterns_counted() -> str:
    """Return how many patterns got which verdict."""
    verdicts = {row["pattern"]: row["pattern_verdict"] for row in kept("patterns")}
    counts = ", ".join(f"{many} {verdict}" for verdict, many in Counter(verdicts.values()).most_common())
    return f"{counts} of {len(verdicts)}.\n"


def fit_by_fact() -> str:
    """Return what the facts are under the prior and after the fit."""
    rows = [
        (
            row["id"], f"{row['fact']} ({row['unit']})", interval(row, "published", "low", "high"),
            number(row["prior_mean"]), interval(row, "mean", "fit_low", "fit_high"), number(row["misses_by"]),
        )
        for row in kept("fit")
    ]  # fmt: skip
    return table(FIT_HEAD, rows)


def fit_by_setting() -> str:
    """Return prior and posterior of what was fitted, what moved most first."""
    rows = sorted(kept("fit_settings"), key=lambda row: -float(row["contraction"]))
    return table(MOVED_HEAD, [_moved(row) for row in rows])


def _moved(row: Row) -> tuple[str, ...]:
    prior = f"{number(row['prior_low'])} to {number(row['prior_high'])}"
    gone = f"{IN_PERCENT * max(0.0, float(row['contraction'])):.0f} %"
    return f"`{row['setting']}`", prior, interval(row, "mean", "low", "high"), gone, row["verdict"]


def validation() -> str:
    """Return every fact with what was simulated and the verdict: what misses first, fitted facts last."""
    rows = sorted(kept("validation"), key=lambda row: (_is_fitted(row), ORDER.index(row["verdict"])))
    return table(VALIDATION_HEAD, [_validated(row) for row in rows])


def _is_fitted(row: Row) -> bool:
    return row["use"] == "calibrate"


def _validated(row: Row) -> tuple[str, ...]:
    fact = row["says"] or f"{row['fact']} ({row['unit']})"
    published = SIGN if row["says"] else interval(row, "published", "low", "high")
    verdict = row["verdict"] + (", fitted" if _is_fitted(row) else "")
    layers = (reach(row, f"{layer}_low", f"{layer}_high") or "–" for layer in LAYERS)
    return row["id"], fact, published, number(row["simulated"]), *layers, _z(row), verdict


def _z(row: Row) -> str:
    return f"{float(row['z']):.2f}".replace("-", "−") if row["z"] else ""


def validation_counted() -> str:
    """Return how many of the facts that never entered a fit are met, by their id in the table of facts."""
    uses = read("targets")
    verdicts: dict[str, set[str]] = {}
    for row in kept("validation"):
        verdicts.setdefault(row["id"].split()[0], set()).add(row["verdict"])
    never = [one for one in verdicts if uses[one]["use"] == OUT_OF_FIT]
    met = [one for one in never if verdicts[one] == {MET}]
    others = [one for one in never if one not in met]
    return (
        f"Of the {len(never)} facts that never entered a fit ({', '.join(never)}), {len(met)} are met, and "
        f"{len(others)} are not: {', '.join(others)}.\n"
    )


def no_target() -> str:
    """Return the outcomes that no published figure is known for."""
    return "".join(f"- {outcome}: {why}\n" for outcome, why in without_target())


TABLES: dict[str, Callable[[], str]] = {
    "no target": no_target,
    "patterns tried": patterns_tried,
    "patterns counted": patterns_counted,
    "fit by fact": fit_by_fact,
    "fit by setting": fit_by_setting,
    "validation": validation,
    "validation counted": validation_counted,
}
