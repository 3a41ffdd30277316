"""Ctrl-C stops threads between two pieces of their work; playing in pieces changes nothing."""

from __future__ import annotations

import signal
import threading
import time

import numpy as np
import pytest

from simulator import engine as engine_module
from simulator.composing import load_scenario
from simulator.engine import Engine
from simulator.experiments.runner import replicate, run_replication
from simulator.interrupting import Interrupted, heed, stop_if_interrupted
from simulator.ledger import SPELL
from simulator.office import Office
from simulator.parameters import Scenario

SCENARIO = load_scenario(
    "default", "population.size=80", "population.burn_in_weeks=10", "weeks=40", "population.offices=2"
)
play_weeks = engine_module.play_weeks


@pytest.mark.parametrize("piece", [1, 1_000])
def test_pieces_change_nothing(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Engine(SCENARIO, 3)
    whole.play(50)
    monkeypatch.setattr(engine_module, "PERSON_WEEKS_PER_PIECE", piece)
    pieces = Engine(SCENARIO, 3)
    pieces.run()
    assert (pieces.week, pieces.weeks_left) == (40, 0)
    for name in SPELL.names:
        np.testing.assert_array_equal(pieces.spells()[name], whole.spells()[name])
    np.testing.assert_array_equal(pieces.panel(), whole.panel())


def test_pieces_are_short_for_many_people() -> None:
    people = 2_000_000
    assert 1 <= engine_module.PERSON_WEEKS_PER_PIECE // people < 5


def test_a_replication_stops_between_two_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, calls, ends = threading.Event(), [], []

    def play(office: Office, weeks: int) -> int:
        calls.append(weeks)
        if len(calls) == 3:
            stop.set()
        return play_weeks(office, weeks)

    def work() -> None:
        heed(stop)
        try:
            run_replication(SCENARIO, 0)
        except Interrupted:
            ends.append("interrupted")

    monkeypatch.setattr(engine_module, "PERSON_WEEKS_PER_PIECE", 1)
    monkeypatch.setattr(engine_module, "play_weeks", play)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ends == ["interrupted"]
    assert len(calls) <= 4, "a third call may be followed by one that goes on with a longer ledger"


def test_ctrl_c_reaches_the_threads() -> None:
    def endless(scenario: Scenario, replication: int) -> None:
        for _ in range(3_000):  # half a minute
            stop_if_interrupted()
            time.sleep(0.01)

    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
    start = time.perf_counter()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            list(replicate(SCENARIO, range(4), endless))
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.perf_counter() - start < 5.0


def test_a_thread_that_heeds_nothing_goes_on() -> None:
    stop_if_interrupted()
