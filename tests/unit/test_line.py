"""Whoever is most urgent is first, whatever the urgencies, and of equals the earlier applicant."""

import math

import numpy as np
import pytest

from simulator.office import build_office
from simulator.steps.line import form_line, most_urgent, step_out

WITHIN_A_STEP = [5.0, np.nextafter(5.0, 6.0), 5.0 + 1e-9, 5.0 + 1e-7]
BEYOND = [-math.inf, -1e300, -20_000.0, -16_385.0, 16_384.0, 16_384.5, 1e300, math.inf]
URGENCIES = {
    "all different": lambda rng, length: rng.exponential(20.0, length),
    "whole weeks": lambda rng, length: rng.integers(0, 4, length).astype(float),
    "all alike": lambda _, length: np.full(length, 7.25),
    "hardly different": lambda rng, length: rng.choice(WITHIN_A_STEP, length),
    "beyond all measure": lambda rng, length: rng.choice([0.0, -0.0, -3.5, *BEYOND], length),
}


@pytest.fixture(scope="module")
def office(load):
    return build_office(load("default", "population.size=200"), 1, 0, 0)


@pytest.mark.parametrize("length", [1, 2, 31, 32, 33, 100])
@pytest.mark.parametrize("kind", URGENCIES)
def test_the_line_is_served_by_urgency_and_then_by_application(office, kind, length):
    rng = np.random.default_rng(length)
    ids = rng.choice(2**32 - 1, len(office.clients), replace=False)
    office.clients.id[:] = ids
    slots, urgencies = rng.permutation(len(office.clients))[:length], URGENCIES[kind](rng, length)
    office.line[:length], office.line_urgency[:length] = slots, urgencies
    form_line(office, length)
    served = []
    for last in range(length - 1, -1, -1):
        place = most_urgent(office, last + 1)
        served.append(office.line[place])
        step_out(office, place, last)
    wanted = sorted(zip(slots, urgencies, strict=True), key=lambda one: (-one[1], ids[one[0]]))
    assert served == [slot for slot, _ in wanted]
