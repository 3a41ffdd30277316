"""Dask as the crew: a scheduler that is running, processes of this machine, or jobs of a batch system."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from typing import Any

from simulator.errors import SimulatorError
from simulator.extras import missing_text
from simulator.parameters.execution import Dask, JobQueue
from simulator.study_vocabulary import QueueSystem

CLUSTERS = {
    QueueSystem.SLURM: "SLURMCluster",
    QueueSystem.PBS: "PBSCluster",
    QueueSystem.SGE: "SGECluster",
    QueueSystem.LSF: "LSFCluster",
    QueueSystem.OAR: "OARCluster",
}
CHARGED = {QueueSystem.LSF: "project", QueueSystem.OAR: "project", QueueSystem.SGE: "project"}
"""What `account` is called where it is not called so."""

ANSWER_SECONDS = 10
"""How long a scheduler may take to answer; within one computing centre it takes far less than a second."""


@contextmanager
def dask_executor(engine: Dask | JobQueue, workers: int) -> Iterator[Executor]:
    """Give an executor whose work is done by Dask's workers, once the first of them is there.

    Parameters
    ----------
    engine : Dask or JobQueue
        Where the workers are.
    workers : int
        Processes, where they are started here.

    Raises
    ------
    SimulatorError
        If Dask is not installed, the scheduler does not answer, or no worker comes.
    """
    distributed = _library("distributed", "engine=dask")
    with ExitStack() as stack:
        address: Any = _address(engine, workers, stack)
        client = stack.enter_context(_client(distributed, address))
        try:
            client.wait_for_workers(1, timeout=engine.wait_seconds)
        except TimeoutError as error:
            raise SimulatorError(
                f"No worker came to {client.scheduler.address} within {engine.wait_seconds} seconds. "
                "Start workers, or wait longer with engine.wait_seconds."
            ) from error
        yield client.get_executor(pure=False)


def _library(name: str, wanted_by: str) -> Any:  # noqa: ANN401  (a module)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SimulatorError(missing_text(wanted_by, [name.replace("_", "-")], "cluster")) from error


def _address(engine: Dask | JobQueue, workers: int, stack: ExitStack) -> Any:  # noqa: ANN401  (text or cluster)
    if isinstance(engine, JobQueue):
        return stack.enter_context(job_cluster(engine, engine.jobs))
    if engine.scheduler is not None:
        return engine.scheduler
    distributed = _library("distributed", "engine=dask")
    return stack.enter_context(
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
    )


def _client(distributed: Any, address: Any) -> Any:  # noqa: ANN401  (of libraries without types)
    try:
        return distributed.Client(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        raise SimulatorError(
            f"No scheduler answers at {address}. Start one with `dask scheduler`, and workers with "
            "`dask worker ADDRESS`."
        ) from error


def job_cluster(engine: JobQueue, jobs: int) -> Any:  # noqa: ANN401  (as above)
    """Return a cluster whose workers are jobs of a batch system; so many are asked for at once.

    Parameters
    ----------
    engine : JobQueue
        What a job is like.
    jobs : int
        How many.
    """
    jobqueue = _library("dask_jobqueue", f"engine={engine.system.label}")
    charged = CHARGED.get(engine.system, "account")
    settings = {
        "cores": engine.cores,
        "processes": engine.cores,
        "memory": engine.memory,
        "walltime": engine.walltime,
        "queue": engine.queue,
        charged: engine.account,
        "interface": engine.interface,
        "job_extra_directives": engine.directives,
        "job_script_prologue": engine.prologue,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    cluster = getattr(jobqueue, CLUSTERS[engine.system])(
        **given, scheduler_options={"dashboard_address": None}, log_directory=None
    )
    cluster.scale(jobs=jobs)
    return cluster
