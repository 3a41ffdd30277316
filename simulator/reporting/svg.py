"""Figures as SVG within a page: real text, the page's colours for light and dark, names of their own."""

from __future__ import annotations

import io
import re
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from simulator.reporting.style import COLOURS, FAINT, INK, POINTS_PER_INCH, SOFT, darker, styled

FONT = "'DejaVu Sans',Verdana,Geneva,sans-serif"
"""Fonts no wider than the one the figures are measured with."""

VARIABLES = {
    INK: "ink", SOFT: "soft", FAINT: "faint", darker(SOFT): "soft", "#ffffff": "paper",
    **{shade: f"c{number}" for number, shade in enumerate(COLOURS)},
    **{darker(shade): f"d{number}" for number, shade in enumerate(COLOURS)},
}  # fmt: skip
"""Names of the page's style for the colours of the figures; the page says what each is in light and dark."""


def inline(figure: Figure, name: str) -> str:
    """Return a figure without its title as SVG to stand within a page, the same text each time.

    Parameters
    ----------
    figure : Figure
        Its texts outside of axes are taken for title and subtitle, which the page writes itself.
    name : str
        Put before every name in the SVG, so that two of them can stand in one page.
    """
    head = _head(figure)
    for text in figure.texts:
        text.set_visible(False)
    svg = _svg(figure, name)
    for text in figure.texts:
        text.set_visible(True)
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<style type="text/css">.*?</style>\s*', "", svg, flags=re.DOTALL)  # the page has it
    svg = _named(svg, name)
    svg = re.sub(r' d="([^"]*)"', _shorter, svg)
    svg = re.sub(r"#[0-9a-fA-F]{6}\b", _variable, svg)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", FONT, svg)
    return re.sub(r"<svg[^>]*>", _opening(figure, head), svg, count=1).strip()


def _named(svg: str, name: str) -> str:
    """Keep of all names those that something points to, and put the figure's before them."""
    wanted = {*re.findall(r"url\(#([^)]+)\)", svg), *re.findall(r'href="#([^"]+)"', svg)}

    def keep(match: re.Match[str]) -> str:
        return f' id="{name}-{match[1]}"' if match[1] in wanted else ""

    svg = re.sub(r' id="([^"]*)"', keep, svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    return re.sub(r'xlink:href="#', f'href="#{name}-', svg)


def _shorter(match: re.Match[str]) -> str:
    """Return a path to a tenth of a point, each stretch of lines with its letter once."""
    path = re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), match[1])
    path = re.sub(r"\s+", " ", path.strip())
    return f' d="{re.sub(r"(?<=[0-9]) L (?=[-0-9])", " ", path)}"'


def _svg(figure: Figure, name: str) -> str:
    buffer = io.StringIO()
    with styled(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        saving: Any = {"transparent": True, "metadata": {"Date": None, "Creator": None}}
        figure.savefig(buffer, format="svg", **saving)
    return buffer.getvalue()


def _head(figure: Figure) -> float:
    """Return how many points of the figure's height its title and subtitle take."""
    height = figure.get_size_inches()[1]
    top = max((axes.get_position().y1 for axes in figure.axes), default=1.0)
    above = 0.5 if len(figure.axes) and figure.texts else 0.0
    return float(max(0.0, height * (1.0 - top) - above) * POINTS_PER_INCH)


def _opening(figure: Figure, head: float) -> str:
    width, height = (POINTS_PER_INCH * float(size) for size in figure.get_size_inches())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {head:.1f} {width:.1f} {height - head:.1f}" '
        f'width="{width:.0f}" height="{height - head:.0f}" aria-hidden="true" focusable="false">'
    )


def _variable(match: re.Match[str]) -> str:
    name = VARIABLES.get(match.group().upper()) or VARIABLES.get(match.group().lower())
    return f"var(--{name})" if name else match.group()


def standalone(figure: Figure, name: str) -> str:
    """Return a figure with its title as an SVG file of its own, in its own colours."""
    buffer = io.StringIO()
    with styled(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        saving: Any = {"facecolor": "white", "metadata": {"Date": None, "Creator": None}}
        figure.savefig(buffer, format="svg", **saving)
    return buffer.getvalue()
