"""Scenarios for benchmarks and for the comparison with the reference: read as the simulator reads them."""

from __future__ import annotations

from pathlib import Path

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from simulator.parameters import Scenario

CONF = Path(__file__).parents[1] / "conf"


def load(*overrides: str) -> Scenario:
    """Return the default scenario with some settings changed, as on the command line."""
    with initialize_config_dir(str(CONF), version_base="1.3"):
        settings = compose("config", overrides=list(overrides), return_hydra_config=True)
    name = settings.hydra.runtime.choices.scenario
    plain = OmegaConf.to_container(settings, resolve=False)
    plain.pop("hydra")
    return Scenario.model_validate({**plain, "scenario": name})
