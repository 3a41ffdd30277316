"""Municipality is a Mesa model: step, agents, data collector and batch_run work on it as on any other."""

from __future__ import annotations

import gc
import warnings

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agent import AgentSet

from simulator.agents.views import CaseworkerAgent, ClientAgent, ProgrammeAgent
from simulator.composing import load_scenario
from simulator.experiments.runner import simulate
from simulator.model import REPORTED, Municipality

SMALL = ("population.size=200", "population.burn_in_weeks=30", "weeks=25", "replications=2")
KEYWORDS = dict(setting.split("=") for setting in SMALL)


@pytest.fixture(scope="module")
def model() -> Municipality:
    model = Municipality(load_scenario("default", *SMALL), seed=3)
    for _ in range(20):
        model.step()
    return model


def test_it_is_a_mesa_model(model: Municipality) -> None:
    assert isinstance(model, mesa.Model)
    assert model.steps == 20
    assert model.running


@pytest.mark.parametrize(
    "settings", [(), ("population.mode=cohort", "population.offices=2", "sanctions=strict")]
)
def test_a_stepped_model_and_simulate_give_identical_spells(settings: tuple[str, ...]) -> None:
    scenario = load_scenario("default", *SMALL, *settings)
    outcome = simulate(scenario, seed=5)
    for replication in range(2):
        stepped = Municipality(scenario, seed=5, replication=replication)
        spells = stepped.finish()
        own = outcome.spells[outcome.spells["replication"] == replication].reset_index(drop=True)
        pd.testing.assert_frame_equal(spells, own)
        weekly = outcome.weekly[outcome.weekly["replication"] == replication].reset_index(drop=True)
        pd.testing.assert_frame_equal(stepped.weekly(), weekly)


def test_agents_are_an_agent_set_of_three_kinds(model: Municipality) -> None:
    agents = model.agents
    assert isinstance(agents, AgentSet)
    gc.collect()
    counts = agents.groupby("kind").count()
    assert counts["client"] == model.weekly()["clients"].iloc[-1]
    assert counts["caseworker"] == model.weekly()["caseworkers"].iloc[-1]
    assert counts["programme"] == len(model.settings.programmes)
    assert (
        set(model.agents_by_type) == {ClientAgent, CaseworkerAgent, ProgrammeAgent} == set(model.agent_types)
    )


def test_select_get_and_agg_read_the_records(model: Municipality) -> None:
    clients = model.agents.select(agent_type=ClientAgent)
    keen = clients.select(lambda client: client.motivation > 1.0)
    assert 0 < len(keen) < len(clients)
    assert min(keen.get("motivation")) > 1.0
    mean = clients.agg("motivation", np.mean)
    assert mean == pytest.approx(np.mean(clients.get("motivation")))
    used = model.agents.select(agent_type=ProgrammeAgent).agg("used", sum)
    assert used == model.weekly()["places_used"].iloc[-1]


def test_a_view_reads_and_writes_the_record_itself(model: Municipality) -> None:
    client = next(iter(model.agents.select(agent_type=ClientAgent)))
    before = float(client.trust)
    client.records[0].trust = 0.123
    assert client.trust == 0.123
    client.records[0].trust = before
    assert client.age >= 18.0
    assert client.education in (0, 1, 2), "a trait of the person behind the client"
    with pytest.raises(AttributeError, match="a client has no 'shoe_size'"):
        _ = client.shoe_size


def test_the_data_collector_holds_one_row_a_step(model: Municipality) -> None:
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 20
    weekly = model.weekly()
    for name in REPORTED:
        np.testing.assert_allclose(table[name].to_numpy(), weekly[name].to_numpy(dtype=float))


def test_batch_run_varies_settings_by_their_dotted_names() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = mesa.batch_run(
            Municipality,
            parameters={
                **KEYWORDS,
                "scenario": "default",
                "caseload.clients_per_caseworker": [40, 80],
                "replication": [0, 1],
            },
            number_processes=1,
            display_progress=False,
        )
    table = pd.DataFrame(rows)
    assert len(table) == 4
    staff = table.groupby("caseload.clients_per_caseworker")["caseworkers"].mean()
    assert staff[40] > 1.4 * staff[80]


def test_a_complete_scenario_and_single_settings_do_not_go_together() -> None:
    with pytest.raises(TypeError, match="only with a scenario's name"):
        Municipality(load_scenario("default", *SMALL), **{"weeks": 3})


def test_steps_after_the_last_week_do_nothing() -> None:
    model = Municipality("default", **KEYWORDS)
    spells = model.finish()
    collected = model.datacollector.get_model_vars_dataframe()
    for _ in range(3):
        model.step()
        assert not model.running
    model.engine.play(10)
    assert (model.engine.week, model.engine.weeks_left) == (25, 0)
    pd.testing.assert_frame_equal(model.spells(), spells)
    pd.testing.assert_frame_equal(model.datacollector.get_model_vars_dataframe(), collected)


def test_the_burn_in_is_played_when_the_model_is_built() -> None:
    model = Municipality("default", **KEYWORDS)
    assert model.engine.week == 0
    assert len(model.weekly()) == 0
    model.step()
    assert len(model.weekly()) == 1
