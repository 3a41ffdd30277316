"""The pictures of the planner's page are those that somebody has looked at.

After a wanted change look at what the test leaves beside the expected ones, and then freeze it:
`PYTHONPATH=. python tests/regression/update.py pictures`.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path

import pytest
from matplotlib import ft2font
from matplotlib.testing.compare import compare_images
from matplotlib.testing.exceptions import ImageComparisonFailure

from simulator.composing import load_scenario
from simulator.dashboard.caseworker import follow
from simulator.dashboard.digest import simulate_digest
from simulator.dashboard.pictures import DRAWN, Pair, draw_cases
from simulator.reporting.style import styled
from simulator.reporting.words import words_in

FOLDER = Path(__file__).parent / "pictures"
DPI = 56
"""Small pictures, which are kept for ever; a curve that has moved shows in them, too."""

TOLERANCE = 4.0
"""Root mean square over all pixels, of 255 (matplotlib's measure): nought where the same is drawn, 12 to 25
where one lever is moved. The fonts come with matplotlib, and most often what draws their letters, too."""

LETTERS = "2.14.3"
"""Version of FreeType that the expected pictures were drawn with; another may draw every letter otherwise (3
to 30 of that measure with other hinting), and place labels by other widths."""

pytestmark = pytest.mark.skipif(
    ft2font.__freetype_version__ != LETTERS,
    reason=f"the letters of the expected pictures are those of FreeType {LETTERS}",
)
SMALL = ("population.size=400", "population.burn_in_weeks=104", "weeks=130", "replications=3", "seed=11")
NOW = ("caseload.clients_per_caseworker=30", "sanctions=strict")
PICTURES = {
    "survival": ("how_long", "en"),
    "doors": ("doors", "sv"),
    "differences": ("differences", "da"),
    "survival_by_group": ("groups", "en"),
    "differences_by_group": ("groups", "en"),
    "caseworker_week_now": ("casework", "sv"),
    "caseworker_week_baseline": ("casework", "en"),
    "weeks": ("weeks", "da"),
    "cases": ("cases", "en"),
}
"""Section and language of each picture of the page."""


@cache
def runs(*changes: str) -> tuple[object, ...]:
    scenario = load_scenario("default", *SMALL, *changes)
    return tuple(simulate_digest(scenario, number) for number in range(scenario.replications))


@cache
def cases():
    *_, found = follow(load_scenario("default", *SMALL, *NOW), 0, 104)
    return found


def draw(name: str, path: Path, changes: tuple[str, ...] = NOW) -> None:
    """Draw a picture of the page into a file."""
    section, language = PICTURES[name]
    words = words_in(language)
    if section == "cases":
        drawings = [draw_cases(cases(), 0, words)]
    else:
        drawings = DRAWN[section](Pair(runs(), runs(*changes), alike=False), "age_group", words)
    drawing = next(one for one in drawings if one.name == name)
    with styled(), warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that is not in the font
        drawing.figure.savefig(path, dpi=DPI, facecolor="white", metadata={"Software": None})


def apart(name: str, path: Path) -> str | None:
    """Return in which way a picture is another than the expected one, or None."""
    try:
        return compare_images(str(FOLDER / f"{name}.png"), str(path), TOLERANCE)
    except ImageComparisonFailure as error:  # of another size
        return str(error)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_that_was_looked_at(name, tmp_path):
    path = tmp_path / f"{name}.png"
    draw(name, path)
    assert apart(name, path) is None


def test_every_picture_of_the_page_is_kept_and_no_other():
    pair = Pair(runs(), runs(*NOW), alike=False)
    drawn = {one.name for make in DRAWN.values() for one in make(pair, "age_group", words_in("en"))}
    assert {*drawn, "cases"} == set(PICTURES) == {path.stem for path in FOLDER.glob("*.png")}


@pytest.mark.parametrize("name", ["survival", "doors", "caseworker_week_now", "weeks", "differences"])
def test_levers_that_were_moved_give_another_picture(name, tmp_path):
    path = tmp_path / f"{name}.png"
    draw(name, path, ("caseload.clients_per_caseworker=50",))
    assert apart(name, path) is not None
