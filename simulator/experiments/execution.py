"""Who does the work: threads, processes, or Dask's workers, all behind the executor of `concurrent.futures`.

Nothing here schedules, tries again or moves data between machines; Dask does. What is lost when workers or
this process die is done again by the next run, since finished pieces are in the results folder.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from simulator.errors import SimulatorError
from simulator.experiments.worker import end_with_parent
from simulator.interrupting import heed
from simulator.parameters.execution import Execution, Processes, Threads

FAR_AHEAD = 2_000
"""Pieces of work that a scheduler elsewhere is given ahead, more than it may have workers."""

Task = TypeVar("Task", bound=tuple[Any, ...])
T = TypeVar("T")


class Crew(NamedTuple):
    """An executor, and how many pieces of work it is given ahead so that nobody idles."""

    executor: Executor
    ahead: int


@contextmanager
def engaged(engine: Execution, workers: int, pieces: int) -> Iterator[Crew]:
    """Give a crew for so many pieces of work; afterwards it is gone.

    Parameters
    ----------
    engine : Execution
        Who does the work.
    workers : int
        How many at a time on this machine; 0 for one for each core.
    pieces : int
        How many pieces there are at most.
    """
    count = min(workers or os.cpu_count() or 1, max(1, pieces))
    if isinstance(engine, Threads):
        with _threads(count) as executor:
            yield Crew(executor, 2 * count)
    elif isinstance(engine, Processes):
        with _processes(count) as executor:
            yield Crew(executor, 2 * count)
    else:
        from simulator.experiments.on_dask import dask_executor  # noqa: PLC0415  (an extra, and slow to import)

        with dask_executor(engine, count) as executor:
            yield Crew(executor, FAR_AHEAD)


@contextmanager
def _threads(count: int) -> Iterator[Executor]:
    stop = threading.Event()
    with ThreadPoolExecutor(count, initializer=heed, initargs=(stop,)) as executor:
        try:
            yield executor
        finally:  # also after Ctrl-C: the pool waits for its threads, so they must not go on to the end
            stop.set()


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_begin_process) as executor:
        try:
            yield executor
        except BrokenProcessPool as error:
            raise SimulatorError(
                "A worker process was killed, perhaps for lack of memory. What was finished is kept: give "
                "the same command again to go on, with fewer workers if memory is short."
            ) from error
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


def _begin_process() -> None:
    import signal  # noqa: PLC0415  (of no use elsewhere)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides when to stop
    end_with_parent()


def work_off(crew: Crew, work: Callable[..., T], tasks: Iterable[Task]) -> Iterator[tuple[Task, Future[T]]]:
    """Have tasks done, and yield each with its future as it is finished.

    Parameters
    ----------
    crew : Crew
        Who does it.
    work : callable
        Called with a task's members.
    tasks : iterable of tuple
        Taken only as far ahead as the crew needs.
    """
    waiting = iter(tasks)
    running: dict[Future[T], Task] = {}
    finished: SimpleQueue[Future[T]] = SimpleQueue()
    try:
        while True:
            for task in islice(waiting, crew.ahead - len(running)):
                future = crew.executor.submit(work, *task)
                running[future] = task
                future.add_done_callback(finished.put)
            if not running:
                return
            done = finished.get()
            yield running.pop(done), done
    finally:
        for future in running:
            future.cancel()
