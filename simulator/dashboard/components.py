"""The parts of the page that a visitor touches: native sliders, selects and buttons, all with a name."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import Any

import panel as pn
import param
from panel.custom import JSComponent


@cache
def browser_file(name: str) -> str:
    """Return a file of the folder `browser`."""
    return files("simulator.dashboard").joinpath(f"browser/{name}").read_text(encoding="utf-8")


@cache
def report_style(name: str = "report.css") -> str:
    """Return a style that reports and the page share; `dark.css` holds its colours in the dark."""
    return files("simulator.reporting").joinpath(f"templates/{name}").read_text(encoding="utf-8")


class Range(JSComponent):
    """A native slider for a number, with its label and value above it."""

    label = param.String(default="")
    value = param.Number(default=0.0)
    start = param.Number(default=0.0)
    end = param.Number(default=1.0)
    step = param.Number(default=1.0)
    disabled = param.Boolean(default=False)

    _esm = browser_file("range.js")


class Desk(JSComponent):
    """A line that says how far the work is; saves files, keeps the address, leads to other views."""

    status = param.String(default="")
    filename = param.String(default="")
    kind = param.String(default="")
    data = param.String(default="")
    saved = param.Integer(default=0)
    search = param.String(default="")
    leads_to = param.String(default="")

    _esm = browser_file("desk.js")

    def hand_over(self, filename: str, kind: str, content: bytes) -> None:
        """Let the browser save a file."""
        data = base64.b64encode(content).decode()
        self.param.update(filename=filename, kind=kind, data=data)
        self.saved += 1


def slider(label: str, value: float, span: tuple[float, float, float]) -> Range:
    """Return a slider; `span` is its start, end and step, widened to where the value stands."""
    start, end, step = span
    return Range(
        label=label,
        value=value,
        start=min(start, value),
        end=max(end, value),
        step=step,
        sizing_mode="stretch_width",
        stylesheets=[browser_file("widgets.css")],
    )


def select(label: str, value: object, options: dict[str, Any]) -> pn.widgets.Select:
    """Return a native select; `options` maps what is read to what is meant."""
    return pn.widgets.Select(
        label=label,
        value=value,
        options=options,
        sizing_mode="stretch_width",
        margin=(3, 0),
        stylesheets=[browser_file("widgets.css")],
    )


def button(label: str) -> pn.widgets.Button:
    """Return a native button."""
    return pn.widgets.Button(label=label, margin=(4, 8, 4, 0), stylesheets=[browser_file("widgets.css")])


def shown(html: str = "") -> pn.pane.HTML:
    """Return a place for a fragment of HTML in the style of the reports."""
    style = [report_style(), browser_file("pane.css")]
    return pn.pane.HTML(html, sizing_mode="stretch_width", margin=0, stylesheets=style)
