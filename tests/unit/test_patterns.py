"""Claims are judged as stated; every published pattern has an experiment whose scenarios are valid."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import simulator
from simulator.composing import load_scenario
from simulator.errors import SettingsError
from simulator.experiments.claims import (
    CONTRADICTED,
    HOLDS,
    REPORTED,
    UNDECIDED,
    Less,
    Reported,
    Within,
    interval,
    judge_all,
    verdict_of,
)
from simulator.experiments.pattern_study import chosen
from simulator.experiments.patterns import PATTERNS

DATA = Path(simulator.__file__).parent / "data" / "patterns.csv"
LUCK = np.random.default_rng(5)
NOISE = LUCK.normal(size=40)
VALUES = {
    ("m", "low"): 10.0 + NOISE,
    ("m", "high"): 11.0 + NOISE + 0.1 * LUCK.normal(size=40),
    ("m", "same"): 10.0 + NOISE + LUCK.normal(size=40),
    ("n", "low"): np.full(40, 3.0),
}


def test_every_published_pattern_has_an_experiment():
    with DATA.open(encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == list(PATTERNS)


@pytest.mark.parametrize("number", PATTERNS)
def test_scenarios_of_a_pattern_are_valid_and_claims_speak_of_them(number):
    pattern = PATTERNS[number]
    for arm in pattern.arms.values():
        load_scenario(arm.scenario, *arm.changes)
    cells = []
    for claim in pattern.claims:
        cells += [claim.first, claim.second] if isinstance(claim, Less) else [(claim.measure, claim.arm)]
    assert {measure for measure, _ in cells} <= pattern.measures.keys()
    assert {arm for _, arm in cells} <= pattern.arms.keys()


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (Less(("m", "low"), ("m", "high")), HOLDS),
        (Less(("m", "high"), ("m", "low")), CONTRADICTED),
        (Less(("m", "high"), ("m", "low"), strict=False), CONTRADICTED),
        (Less(("m", "low"), ("m", "same")), UNDECIDED),
        (Less(("m", "low"), ("m", "same"), strict=False), HOLDS),
        (Less(("n", "low"), ("m", "low")), HOLDS),
        (Within("m", "low", 9.0, 11.0), HOLDS),
        (Within("m", "low", 10.0 + NOISE.mean(), 12.0), UNDECIDED),
        (Within("m", "low", 12.0, 13.0), CONTRADICTED),
        (Within("n", "low", 3.0, 3.0), HOLDS),
        (Reported("n", "low"), REPORTED),
    ],
)
def test_verdicts(claim, verdict):
    assert claim.judge(VALUES, 0.98).verdict == verdict


def test_claims_share_the_error_between_them():
    one = judge_all([Less(("m", "low"), ("m", "high"))], VALUES, 0.99)
    three = judge_all([Less(("m", "low"), ("m", "high"))] * 3, VALUES, 0.99)
    assert (three["low"] < one["low"][0]).all()
    assert three["low"][0] == Less(("m", "low"), ("m", "high")).judge(VALUES, 1.0 - 0.02 / 3).low


def test_false_claims_seldom_hold():
    """Of 2,000 claims between equal arms about 1 % hold at 99 %; four standard errors are allowed."""
    luck = np.random.default_rng(11)
    held = 0
    for _ in range(2_000):
        values = {("m", arm): luck.normal(size=12) for arm in ("a", "b")}
        held += judge_all([Less(("m", "a"), ("m", "b"))], values, 0.99)["verdict"][0] == HOLDS
    assert abs(held - 20) < 4 * np.sqrt(2_000 * 0.01 * 0.99)


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([HOLDS, HOLDS], HOLDS),
        ([HOLDS, REPORTED], HOLDS),
        ([HOLDS, UNDECIDED], UNDECIDED),
        ([CONTRADICTED, UNDECIDED], CONTRADICTED),
        ([REPORTED], REPORTED),
    ],
)
def test_verdict_of_a_pattern(verdicts, whole):
    table = judge_all([Reported("n", "low")] * len(verdicts), VALUES, 0.99)
    assert verdict_of(table.assign(verdict=verdicts)) == whole


def test_what_cannot_be_measured_decides_nothing():
    assert interval(np.array([np.nan, np.nan]), 0.9)[1:] == (-np.inf, np.inf)
    assert interval(np.array([2.0, np.nan]), 0.9) == (2.0, -np.inf, np.inf)


def test_a_pattern_that_is_not_there_is_a_mistake():
    with pytest.raises(SettingsError, match="there is no pattern 'P99'"):
        chosen(["P1", "P99"])
