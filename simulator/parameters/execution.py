"""Where the work is done: on threads or processes of this machine, or by Dask on one or many."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.base import Group, choice, quantity
from simulator.parameters.words import QueueSystemName

KIND = "Kind of engine"


class Threads(Group):
    """Threads of this process; the compiled week lets them use all cores."""

    kind: Literal["threads"] = choice(KIND, "assumed: text")


class Processes(Group):
    """Processes of this machine."""

    kind: Literal["processes"] = choice(KIND, "assumed: text")


class Waiting(Group):
    """What all engines share that have to wait for workers."""

    wait_seconds: int = quantity(
        "How long to wait for the first worker",
        "seconds",
        "assumed: time to start by hand; a queue can take hours",
        ge=1,
        le=30 * 24 * 3600,
        plausible=(30, 86_400),
    )


class Dask(Waiting):
    """Dask: workers of a scheduler that is running already, or processes of this machine."""

    kind: Literal["dask"] = choice(KIND, "assumed: text")
    scheduler: str | None = choice(
        "Address of a running scheduler, tcp://HOST:8786 (null: processes of this machine)", "assumed: text"
    )


class JobQueue(Waiting):
    """Dask on workers that a batch system starts as jobs."""

    kind: Literal["jobqueue"] = choice(KIND, "assumed: text")
    system: QueueSystemName = choice("The batch system", "assumed: text")
    jobs: int = quantity("Jobs to ask for", "jobs", "assumed: small", ge=1, le=10_000, plausible=(1, 100))
    cores: int = quantity(
        "Cores, and so worker processes, of a job",
        "cores",
        "assumed: small",
        ge=1,
        le=1_024,
        plausible=(4, 64),
    )
    memory: str = choice("Memory of a job, such as 8GB", "assumed: 2 GB a core are plenty")
    walltime: str = choice("Longest time of a job, HH:MM:SS", "assumed: text")
    queue: str | None = choice("Queue or partition (null: the system's default)", "assumed: text")
    account: str | None = choice("Account or project that is charged (null: none)", "assumed: text")
    interface: str | None = choice("Network between the nodes, such as ib0 (null: found)", "assumed: text")
    directives: list[str] = choice("Further lines for the head of the job, without #SBATCH", "assumed: text")
    prologue: list[str] = choice("Commands before the worker starts, such as module load", "assumed: text")

    @model_validator(mode="after")
    def _memory_and_time_can_be_read(self) -> JobQueue:
        wrong = []
        if not re.fullmatch(r"\d+(\.\d+)? ?[kKMGT]i?B", self.memory):
            wrong.append(f"engine.memory is '{self.memory}', not a size such as 8GB")
        if not re.fullmatch(r"(\d+-)?\d+(:\d\d){1,2}", self.walltime):
            wrong.append(f"engine.walltime is '{self.walltime}', not a time such as 02:00:00")
        if wrong:
            raise PydanticCustomError("engine", "{wrong}", {"wrong": "; ".join(wrong)})
        return self


Execution = Annotated[Threads | Processes | Dask | JobQueue, Field(discriminator="kind")]
