"""The documented examples of a programme kind and of rules of one's own, used as a student uses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.composing import load_scenario
from simulator.errors import SettingsError, SimulatorError
from simulator.experiments.runner import simulate
from simulator.own_rules import HOOKS, functions_of, use_rules
from simulator.vocabulary import SanctionStep

ROOT = Path(__file__).parents[2]
OWN = ROOT / "examples" / "own"
SMALL = (
    "population.size=50", "population.burn_in_weeks=6", "weeks=34", "client.attendance.p_no_reason=0.3",
)  # fmt: skip
CODE = """
import json, sys
import simulator as sim
from pathlib import Path
small = json.loads(sys.argv[1])
own = sim.load_scenario("own_rules", *small, "rules=examples/own/rules.py", folders=[Path("examples/own")])
usual = sim.load_scenario("default", *small)
runs = {name: sim.simulate(one, 1, 3) for name, one in {"own": own, "usual": usual}.items()}
json.dump({
    name: {
        "spells": int(len(run.spells)),
        "benefit": float(run.spells["benefit_sek"].sum()),
        "warnings": int(run.weekly["warnings"].sum()),
        "cuts": int(run.weekly[["reductions", "denials"]].sum().sum()),
        "fitting": int(run.spells["fitting_referrals"].sum()),
    }
    for name, run in runs.items()
}, sys.stdout)
"""


COMPILED = """
import json, sys
from pathlib import Path
import numpy as np
import simulator as sim
own = sim.load_scenario(
    "own_rules", "referral.wish_weight=0", "rules=examples/own/rules.py", folders=[Path("examples/own")]
)
from simulator.agents.client import CLIENT
from simulator.agents.programme import PROGRAMME
from simulator.parameters.record import to_record
from simulator.randomness import luck_of
from simulator.records import table
from simulator.rules.own import own_next_step
from simulator.rules.priority import weeks_waited
from simulator.rules.referral import appeal
from simulator.vocabulary import NOT_YET
p, client, programme = to_record(own)[0], table(1, CLIENT)[0], table(1, PROGRAMME)[0]
client.entry_week, client.assessed_week, client.believed[0], programme.weeks = 3, NOT_YET, 0.5, 4
belief = np.zeros(len(client.believed))
belief[0] = 0.8
steps = []
for absences in (1, 2):
    client.absences = absences
    steps.append(int(own_next_step(client, 10, p)))
merit = appeal(programme, client, belief, p, luck_of(1, 0))
json.dump({"merit": merit, "waited": weeks_waited(client, 10, p), "steps": steps}, sys.stdout)
"""
"""Compiles what consults the example's rules: a second or two, where the whole week takes a minute."""


def run_with_rules(code: str = CODE, **environment: str) -> dict[str, Any]:
    """Return what comes out with and without the example's rules in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(SMALL)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_rules_of_ones_own_take_the_place_of_the_usual_ones():
    """With rules that stay plain Python; test_rules_of_ones_own_are_the_same_interpreted is of the others."""
    found = run_with_rules(NUMBA_DISABLE_JIT="1")
    usual = simulate(load_scenario("default", *SMALL), 1, 3)
    assert found["usual"]["benefit"] == usual.spells["benefit_sek"].sum()
    assert found["usual"]["cuts"] > 0
    assert found["own"]["cuts"] == 0
    assert found["own"]["warnings"] > 0
    assert found["own"]["fitting"] != found["usual"]["fitting"]


def test_rules_of_ones_own_are_compiled_into_those_that_consult_them(tmp_path):
    """And the next run takes the compiled form from disk."""
    for _ in range(2):
        found = run_with_rules(COMPILED, NUMBA_DISABLE_JIT="0", SIMULATOR_CACHE_DIR=str(tmp_path))
        assert found == {
            "merit": 0.8 * 0.5 / 4,
            "waited": 993.0,
            "steps": [SanctionStep.NONE, SanctionStep.WARNING],
        }


@pytest.mark.slow
def test_rules_of_ones_own_are_the_same_interpreted():
    assert run_with_rules(NUMBA_DISABLE_JIT="1") == run_with_rules()


def test_a_programme_kind_of_ones_own():
    scenario = load_scenario("pottery", *SMALL, folders=[OWN])
    assert scenario.programmes["pottery"].title == "Pottery"
    programmes = simulate(scenario, 1, 3).programmes
    assert programmes.loc[programmes["programme"] == "pottery", "places_used"].sum() > 0


def test_rules_come_too_late_for_a_compiled_model():
    with pytest.raises(SimulatorError, match="have to be known before the first run"):
        use_rules(OWN / "rules.py")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def appeal(:", "line 1: is not Python"),
        ("x = 1", "defines no rule; allowed: appeal, next_step, weeks_waited"),
        (None, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_of_rules(tmp_path, text, says):
    file = tmp_path / "rules.py"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        functions_of(file)


@pytest.mark.parametrize("setting", HOOKS.values())
def test_a_rule_of_ones_own_needs_its_function(setting, tmp_path):
    with pytest.raises(SettingsError, match=f"{setting} is own, but no function"):
        load_scenario("default", f"{setting}=own")
