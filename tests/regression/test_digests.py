"""Outcomes stay what they were: exact bytes of three small runs against digests kept in a file.

A wanted change of the model changes them: `python tests/regression/update.py` writes them anew, and the
commit says why. They hold for machines whose mathematics library rounds as the one that wrote them.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.composing import load_scenario
from simulator.experiments.runner import simulate
from simulator.population import IDS_PER_WEEK

FILE = Path(__file__).with_name("digests.json")
SCENARIOS = {
    "default": ("default", "population.size=200", "population.burn_in_weeks=40", "weeks=60"),
    "neutral": ("neutral", "population.size=300", "weeks=150"),
    "strict_limit_cohort": (
        "default", "population.mode=cohort", "population.size=200", "population.offices=2", "weeks=90",
        "sanctions=strict", "referral=matched", "caseload=limit", "caseload.caseworkers=4",
        "caseload.limit=30",
    ),
}  # fmt: skip
SEED, REPLICATIONS = 2024, 2


def bytes_of(column: pd.Series) -> bytes:
    """Return the exact values of a column as bytes, nulls as -1 and categories by number."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(np.int64).tobytes()
    if pd.api.types.is_float_dtype(column.dtype):
        return column.to_numpy(np.float64).tobytes()
    return column.fillna(-1).to_numpy(np.int64).tobytes()


def digest(name: str) -> str:
    """Return a hash of names and exact values of all columns of a scenario's spells."""
    spells = simulate(load_scenario(*SCENARIOS[name]), REPLICATIONS, SEED).spells
    parts = (part for column in spells for part in (column.encode(), bytes_of(spells[column])))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def rounding() -> str:
    """Return a hash of what the machine's mathematics library gives for some thousand numbers."""
    numbers = [(n + 0.5) / 5_000 for n in range(5_000)]
    values = [
        f(x) for f in (math.exp, math.log, math.sin, math.cos) for x in (*numbers, *(9 * x for x in numbers))
    ]
    values += [x**y for x in numbers[::50] for y in numbers[::50]]
    return hashlib.sha256(np.array(values).tobytes()).hexdigest()


def digests() -> dict[str, str]:
    return {"rounding": rounding(), **{name: digest(name) for name in SCENARIOS}}


@pytest.mark.parametrize("name", SCENARIOS)
def test_spells_are_what_they_were(name):
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    if kept["rounding"] != rounding():
        pytest.skip(
            "the mathematics library of this machine rounds otherwise than the one that wrote the digests"
        )
    assert digest(name) == kept[name], (
        "the model's outcomes have changed; if they should, run update.py beside this"
    )


def test_every_scenario_has_a_digest():
    assert json.loads(FILE.read_text(encoding="utf-8")).keys() == {"rounding", *SCENARIOS}


def test_exact_bytes_see_the_last_bit():
    one = pd.Series([1.0, 2.0])
    assert bytes_of(one) == bytes_of(one.copy())
    assert bytes_of(one) != bytes_of(pd.Series([1.0, np.nextafter(2.0, 3.0)]))
    assert bytes_of(pd.Series([3, None], dtype="Int32")) == np.array([3, -1]).tobytes()
    assert bytes_of(pd.Series([IDS_PER_WEEK, 2**40])) == np.array([IDS_PER_WEEK, 2**40]).tobytes()
