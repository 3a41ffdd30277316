"""Mesa's view of the three kinds of agent: thin, made on request, reading and writing the records."""

from __future__ import annotations

from typing import Any

from mesa import Agent, Model

from simulator.records import Record


class RecordAgent(Agent):
    """An agent whose attributes are the fields of a record.

    Attributes that are not fields of the record are looked up in further records (a client's person). Agents
    are not registered with the model, which would cost more than a week of simulation.
    """

    kind = "agent"

    def __init__(self, model: Model, *records: Record) -> None:  # the base class would register the agent
        self.model = model
        self.records = records
        self.unique_id = f"{self.kind} {int(records[0].id)}"
        self.pos = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name != "records":
            for record in self.__dict__.get("records", ()):
                if name in (record.dtype.names or ()):
                    return record[name]
        raise AttributeError(f"a {self.kind} has no '{name}'")

    def __dir__(self) -> list[str]:
        fields = [name for record in self.records for name in record.dtype.names or ()]
        return sorted({*super().__dir__(), *fields})


class ClientAgent(RecordAgent):
    """An adult on assistance; fields of `simulator.agents.client.CLIENT` and, behind them, `PERSON`."""

    kind = "client"


class CaseworkerAgent(RecordAgent):
    """An employed caseworker; fields of `simulator.agents.caseworker.CASEWORKER`."""

    kind = "caseworker"


class ProgrammeAgent(RecordAgent):
    """An activity with places; fields of `simulator.agents.programme.PROGRAMME`."""

    kind = "programme"
