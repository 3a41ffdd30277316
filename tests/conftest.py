"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from simulator.composing import load_scenario
from simulator.parameters import Scenario


@pytest.fixture(scope="session")
def load() -> Callable[..., Scenario]:
    """Return `load_scenario`, composing each scenario once."""
    return lru_cache(load_scenario)
