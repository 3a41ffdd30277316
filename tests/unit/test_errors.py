"""What is taken for a name that is not there: only what is near it."""

from __future__ import annotations

import pytest

from simulator.errors import nearest


@pytest.mark.parametrize(
    ("name", "there", "near"),
    [
        ("strct", ["strict", "none"], "strict"),
        ("uppsala", ["uppsala_one_week", "default"], "uppsala_one_week"),
        ("log-log", ["log", "plain"], "log"),
        ("kattunge", ["language", "benefit"], ""),
        ("ed", ["education"], ""),
        ("3", ["13", "30", "ratio"], ""),
        ("4 weeks", ["14 weeks", "4 week", "weeks"], "4 week"),
        ("danish_reform_2024", ["danish_reform_2025"], "danish_reform_2025"),
        ("v2", ["V1", "V2"], "V2"),
    ],
)
def test_only_what_is_near_is_offered(name, there, near):
    assert nearest(name, there) == near
