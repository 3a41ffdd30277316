"""The municipality on Mesa's own page: what stands there, without a browser and without a network."""

from __future__ import annotations

import importlib.util
import socket
import time
from pathlib import Path
from types import ModuleType

import pytest

solara = pytest.importorskip("solara", reason="Mesa's page comes with the extra 'solara'")
vuetify = pytest.importorskip("ipyvuetify")
widgets = pytest.importorskip("ipywidgets")

PAGE = Path(__file__).parents[2] / "examples" / "mesa_page.py"
CONF = PAGE.parents[1] / "conf"
FEW = 100
PATIENCE = 60.0
"""Seconds in which a step, made in a thread of its own, has to show on a machine that is busy."""


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mesa_page", PAGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.LEVERS["people"].value = FEW
    module.Classroom.__init__.__defaults__ = (80, 0.5, "ladder", "order_and_report", FEW, 1)
    return module


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the page asks the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_the_page_has_levers_pictures_and_steps(page):
    _, found = solara.render(solara.AppLayout(children=[page.Page()]), handle_error=False)
    sliders = {slider.label: slider.v_model for slider in found.find(vuetify.Slider).widgets}
    assert sliders["Clients for each caseworker"] == 80
    assert sliders["Share of absences followed up"] == 0.5
    selects = {select.label: select.items for select in found.find(vuetify.Select).widgets}
    assert set(selects) == {"Sanctions", "Collaboration"}
    pictures = [bytes(image.value) for image in found.find(widgets.Image).widgets]
    assert len(pictures) == 3
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    step = next(button for button in found.find(vuetify.Btn).widgets if button.children == ["Step"])
    step.click()
    told, end = ("Step: 1", "Time: 1.0"), time.monotonic() + PATIENCE  # as the version of Mesa has it
    while not any(len(found.find(vuetify.Html, children=[text])) for text in told):
        assert time.monotonic() < end, "no step"
        time.sleep(0.05)
    after = [bytes(image.value) for image in found.find(widgets.Image).widgets]
    assert all(first != second for first, second in zip(pictures, after, strict=True))


def test_every_lever_on_the_page_is_one_of_the_model_and_moves_it(page):
    usual = page.Classroom()
    for name in page.LEVERS:
        assert hasattr(usual.settings, name) or name in {"caseload", "follow_up", "people"}
    other = page.Classroom(caseload=30, follow_up=0.9, sanctions="strict", collaboration="silo", seed=3)
    assert other.settings.caseload.clients_per_caseworker == 30
    assert other.settings.sanctions.p_follow_up == 0.9
    assert other.settings.sanctions.warnings == 0
    assert other.settings.collaboration.p_seen < usual.settings.collaboration.p_seen
    assert (other.settings.population.size, other.settings.seed) == (FEW, 3)


def test_the_options_on_the_page_are_there(page):
    for group in ("sanctions", "collaboration"):
        for option in page.LEVERS[group]["values"]:
            assert (CONF / group / f"{option}.yaml").exists()


def test_a_desk_holds_the_clients_of_its_caseworker(page):
    model = page.Classroom()
    model.step()
    desks = [page.cases_of(model, seat) for seat in range(int(model.weekly()["caseworkers"].iloc[-1]))]
    together = {client for desk in desks for client in desk["client"]}
    weekly = model.weekly().iloc[-1]
    assert len(together) == sum(len(desk) for desk in desks)
    assert len(together) == weekly["clients"] - weekly["waiting"]
    states = [state for desk in desks for state in desk["state"]]
    assert set(states) <= set(page.STATES)
    assert states.count("in a programme") > 0
