"""From a plain mapping to a validated scenario: every mistake is reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.parameters import Scenario


def read_scenario(settings: Mapping[str, Any]) -> Scenario:
    return Scenario.model_validate(dict(settings))
