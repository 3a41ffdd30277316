"""Who does the work of all visitors: a few threads, short pieces, those who have got least first.

A visitor has one job at a time; a newer one stops the older. A job is an iterator: each `next` is a piece of
work of about a second, and what it gives, if anything, is told to the visitor.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from simulator.interrupting import Interrupted, heed

Tell = Callable[[Any], None]


class Job:
    """One visitor's work.

    Attributes
    ----------
    stop : threading.Event
        Set when the work is no longer wanted.
    seconds : float
        Processor time spent on it so far; jobs with less go first.
    """

    def __init__(self, work: Iterator[object], tell: Tell, fail: Tell) -> None:
        self.work, self.tell, self.fail = work, tell, fail
        self.stop = threading.Event()
        self.seconds = 0.0

    def do_piece(self) -> bool:
        """Do one piece; return whether there is more to do."""
        heed(self.stop)
        began = time.thread_time()
        try:
            found = next(self.work)
        except (StopIteration, Interrupted):
            return False
        except Exception as error:  # the page tells its visitor; other visitors' work goes on
            if not self.stop.is_set():
                self.fail(error)
            return False
        self.seconds += time.thread_time() - began
        if found is not None and not self.stop.is_set():
            self.tell(found)
        return True


class Crew:
    """Threads that work for all visitors in turn.

    Parameters
    ----------
    workers : int
        Pieces of work done at the same time.
    """

    def __init__(self, workers: int) -> None:
        self._waiting: queue.PriorityQueue[tuple[float, int, Job]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._jobs: dict[object, Job] = {}
        self._lock = threading.Lock()
        for number in range(workers):
            threading.Thread(target=self._work, name=f"dashboard-{number}", daemon=True).start()

    def submit(self, visitor: object, work: Iterator[object], tell: Tell, fail: Tell) -> Job:
        """Begin a visitor's job, and stop the one before.

        Parameters
        ----------
        visitor : object
            Whose job it is.
        work : iterator
            Each `next` does a piece of work.
        tell, fail : callable
            Called in a thread of the crew with what a piece gives, or with what went wrong.
        """
        job = Job(work, tell, fail)
        with self._lock:
            before = self._jobs.pop(visitor, None)
            self._jobs[visitor] = job
        if before is not None:
            before.stop.set()
        self._put(job)
        return job

    def leave(self, visitor: object) -> None:
        """Stop the job of a visitor who has left."""
        with self._lock:
            job = self._jobs.pop(visitor, None)
        if job is not None:
            job.stop.set()

    @property
    def busy(self) -> int:
        """Visitors whose job is not done."""
        return len(self._jobs)

    def _put(self, job: Job) -> None:
        self._waiting.put((job.seconds, next(self._order), job))

    def _work(self) -> None:
        while True:
            job = self._waiting.get()[2]
            if not job.stop.is_set() and job.do_piece() and not job.stop.is_set():
                self._put(job)
            else:
                self._forget(job)

    def _forget(self, job: Job) -> None:
        with self._lock:
            for visitor in [visitor for visitor, own in self._jobs.items() if own is job]:
                del self._jobs[visitor]
