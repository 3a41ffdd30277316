"""Two commands that ask for different things have different folders unless somebody names one."""

from __future__ import annotations

import pytest

from simulator.composing import load_scenario
from simulator.experiments.run import results_folder

STUDIES = {
    "plan": "study.goal=society",
    "trial": "study.follow_up_weeks=52",
    "offices": "study.offices=10",
    "event_study": "study.event=meeting",
    "cohort": "study.years=2",
    "rollout": "study.waves=3",
    "calibrate": "study.draws=32",
    "validate": "study.most_draws=8",
    "sensitivity": "study.trajectories=4",
    "patterns": "study.only=[P1]",
    "people": "study.level=0.9",
}


@pytest.mark.parametrize("kind", STUDIES)
def test_a_study_asked_otherwise_has_another_folder(kind):
    asked = load_scenario("default", f"study={kind}")
    otherwise = load_scenario("default", f"study={kind}", STUDIES[kind])
    assert results_folder(asked) != results_folder(otherwise)
    assert results_folder(asked) == results_folder(load_scenario("default", f"study={kind}", "workers=1"))
    assert results_folder(asked).parent.name == kind


def test_a_plain_run_and_a_comparison_are_named_by_their_scenarios():
    one, other = load_scenario("default"), load_scenario("default", "sanctions=strict")
    assert results_folder(one) != results_folder(other)
    changes = ([], ["study.changes='sanctions=strict'"])
    pair = [load_scenario("default", "study=compare", *own) for own in changes]
    assert results_folder(pair[0], other) == results_folder(pair[1], other)
    assert results_folder(pair[0], other) != results_folder(pair[0], one)
