"""Before the first week on this machine: the model is compiled, by two processes on two cores.

`python -m simulator.experiments.compiling` compiles the steps that are kept on disk apart from the week.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.compiled import CACHING, compile_for, is_compiled_on_disk
from simulator.office import build_office
from simulator.parameters import Scenario
from simulator.week import APART, STEPS, play_weeks

FEW = 20
"""People of an office that is only compiled for."""


def prepare(scenario: Scenario) -> None:
    """Compile the model if no earlier run has; with NUMBA_DISABLE_JIT=1 nothing is compiled.

    Parameters
    ----------
    scenario : Scenario
        Any: what is compiled is the same for all.
    """
    if is_compiled_on_disk() or os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return
    print("Compiling the model for this machine (once, about half a minute) ...", file=sys.stderr, flush=True)
    population = scenario.population.model_copy(update={"size": FEW})
    office = build_office(scenario.model_copy(update={"population": population}), 0, 0, 0)
    with unswept(), other_half():
        compile_for([step for step in STEPS if step not in APART], office)
    play_weeks(office, 1)


@contextmanager
def other_half() -> Iterator[None]:
    """Let another process compile the steps in `APART` meanwhile, and wait for it.

    If it fails, what it has not left on disk is compiled here.
    """
    if not CACHING or (os.cpu_count() or 1) == 1:
        yield
        return
    command = [sys.executable, "-m", "simulator.experiments.compiling"]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere) as other:
        try:
            yield
            other.wait()
        finally:
            other.kill()


@contextmanager
def unswept() -> Iterator[None]:
    """Let Python not look for garbage meanwhile.

    Compiling makes millions of objects that nearly all stay; to look through them takes a twelfth of its
    time. Not to look takes a quarter of a gigabyte more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def main() -> None:
    """Compile the steps in `APART`."""
    from simulator.composing import load_scenario  # noqa: PLC0415  (takes a while)

    scenario = load_scenario("default", f"population.size={FEW}", "population.burn_in_weeks=0", "weeks=2")
    with unswept():
        compile_for(APART, build_office(scenario, 0, 0, 0))


if __name__ == "__main__":
    main()
