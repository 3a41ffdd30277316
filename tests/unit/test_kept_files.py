"""Files that Hydra has read once are kept; what is composed from them is what Hydra makes of them itself."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hydra._internal import defaults_list
from hydra._internal.config_repository import ConfigRepository

from simulator.composing import compose_settings, session

WISHES = [
    (),
    ("scenario=danish_reform_2025", "study=compare", "seed=3"),
    ("experiment=todays_question", "programmes=broad", "output.dir='${study.kind}/${hydra:job.num}'"),
    ("collaboration@reform.collaboration=silo", "~programmes.coaching", "reform.week=9"),
]
OWN = "# @package _global_\ndefaults: [{settings}]\nabout: {{title: Mine, question: Why, sources: []}}\n"


@contextmanager
def nothing_kept(_state):
    yield


def anew(wishes, monkeypatch):
    """Return what Hydra composes when it reads all files itself."""
    session._composed.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(session, "read_once", nothing_kept)
        settings = compose_settings(wishes)
    session._composed.cache_clear()
    return settings


@pytest.mark.parametrize("wishes", WISHES, ids=str)
def test_settings_from_kept_files_are_those_from_files_read_anew(wishes, monkeypatch):
    assert compose_settings(wishes) == compose_settings(wishes) == anew(wishes, monkeypatch)


def test_defaults_may_still_refer_to_each_other(tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN.format(settings='{"/costs@other": "${scenario}"}, _self_'))
    (tmp_path / "costs").mkdir()
    (tmp_path / "costs" / "mine.yaml").write_text("seed: 17\n")
    with session.hydra_session([tmp_path]) as compose:
        assert compose(["scenario=mine"]).other.seed == 17


def test_a_file_of_ones_own_is_read_each_time(tmp_path):
    for seed in (5, 6):
        text = OWN.format(settings="_self_") + f"seed: {seed}\n"
        (tmp_path / "mine.yaml").write_text(text)
        assert compose_settings(("scenario=mine",), [tmp_path])["seed"] == seed


def test_each_file_is_read_once(monkeypatch):
    compose_settings(("caseload=limit",))
    session._composed.cache_clear()
    seen = []
    load = ConfigRepository.load_config

    def watched(self, config_path):
        seen.append(config_path)
        return load(self, config_path)

    monkeypatch.setattr(ConfigRepository, "load_config", watched)
    compose_settings(("caseload=limit",))
    assert not [path for path in seen if path.startswith("caseload")]


def test_hydra_is_left_as_it_was():
    before = defaults_list._create_interpolation_map
    compose_settings(("weeks=8",))
    assert defaults_list._create_interpolation_map is before


def test_the_working_folder_is_that_of_the_request(tmp_path, monkeypatch):
    compose_settings()
    monkeypatch.chdir(tmp_path)
    with session.hydra_session([]) as compose:
        assert compose([]).hydra.runtime.cwd == str(tmp_path)
