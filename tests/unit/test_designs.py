"""What a sweep varies and how its points are laid out: a table of settings, whatever the design."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.composing.levers import Lever, read_levers, rows_of_command
from simulator.composing.tabled import compose_rows
from simulator.errors import Mistake, SettingsError
from simulator.experiments import designs
from simulator.parameters.sweep import Sweep
from simulator.settings_files import list_options, read_yaml, settings_folder
from simulator.study_vocabulary import Design

USUAL = read_yaml(settings_folder() / "study" / "sweep.yaml")
SHORT = ("population.size=60", "weeks=20")


def sweep(**changed):
    return Sweep.model_validate({**USUAL, **changed})


def levers_of(vary):
    levers, mistakes = read_levers("study.vary", vary, list_options())
    if mistakes:
        raise SettingsError(mistakes)
    return levers


def rows(vary, **changed):
    return designs.rows_of(sweep(**changed), levers_of(vary))


def said(vary, **changed):
    with pytest.raises(SettingsError) as caught:
        rows(vary, **changed)
    return str(caught.value)


def test_a_grid_is_every_combination_the_last_changing_fastest():
    found = rows("caseload.limit=40,60 sanctions=none,strict")
    assert found == [
        {"caseload.limit": limit, "sanctions": rule} for limit in (40, 60) for rule in ("none", "strict")
    ]


def test_a_grid_is_what_hydra_runs():
    lines = ["++caseload.limit=40,60", "sanctions=none,strict", "++weeks=9"]
    assert rows_of_command(lines) == rows("caseload.limit=40,60 sanctions=none,strict")


def test_pairs():
    found = rows("caseload.limit=40,60,80 seed=range(1,4)", design="paired")
    assert found == [{"caseload.limit": n, "seed": s} for n, s in ((40, 1), (60, 2), (80, 3))]


def test_one_at_a_time_begins_with_the_baseline_and_takes_the_ends_of_ranges():
    found = rows("caseload.limit=interval(30,90) sanctions=none,strict", design="one_at_a_time")
    assert found == [
        {}, {"caseload.limit": 30}, {"caseload.limit": 90}, {"sanctions": "none"}, {"sanctions": "strict"},
    ]  # fmt: skip


def test_a_setting_alone_is_varied_over_all_that_is_plausible():
    limit, word, switch, group = levers_of("caseload.limit caseload.organisation casework.template sanctions")
    assert (limit.low, limit.high, limit.is_whole) == (20.0, 250.0, True)
    assert word.values == ("generalist", "specialised")
    assert switch.values == (False, True)
    assert group.values == tuple(list_options()["sanctions"])


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_points_are_drawn_the_same_for_the_same_seed(design):
    vary = "caseload.limit doors.work.h_weekly=tag(log,interval(0.001,0.1)) sanctions=none,strict,warning"
    first, again, other = (rows(vary, design=design, points=64, draw=n) for n in (1, 1, 2))
    assert first == again
    assert first != other
    assert all(isinstance(row["caseload.limit"], int) and 20 <= row["caseload.limit"] <= 250 for row in first)
    hazards = np.array([row["doors.work.h_weekly"] for row in first])
    assert 0.001 <= hazards.min() < hazards.max() <= 0.1
    assert abs(np.median(np.log10(hazards)) + 2.0) < 0.1, "half below the middle of the ratios"
    counts = [[row["sanctions"] for row in first].count(rule) for rule in ("none", "strict", "warning")]
    assert max(counts) - min(counts) <= 2, "evenly shared out"


@given(st.integers(1, 6), st.integers(2, 40), st.integers(0, 99))
def test_a_latin_hypercube_has_one_point_in_each_layer(settings, points, seed):
    unit = designs.latin_hypercube(settings, points, seed)
    layers = np.sort(np.floor(unit * points), axis=0)
    np.testing.assert_array_equal(layers, np.tile(np.arange(points)[:, None], settings))


@given(st.floats(0, 0.999999), st.integers(-5, 5), st.integers(1, 9), st.booleans(), st.booleans())
def test_points_lie_in_the_range(u, low, width, is_whole, is_log):
    low = abs(low) + 1 if is_log else low
    lever = Lever("x", (), float(low), float(low + width), is_whole, is_log)
    [row] = designs.scaled([lever], np.array([[u]]))
    assert low <= row["x"] <= low + width
    assert isinstance(row["x"], int) is is_whole


def test_a_table_of_ones_own(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(
        'caseload.limit, sanctions,casework.template\n40,strict,true\n\n60,,\n"1e2",none,false\n',
        encoding="utf-8",
    )
    found = rows("", design="table", table=str(file))
    assert found == [
        {"caseload.limit": 40, "sanctions": "strict", "casework.template": True},
        {"caseload.limit": 60},
        {"caseload.limit": 100.0, "sanctions": "none", "casework.template": False},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read: No such file"),
        ("seed,seed\n1,2\n", "column 2: has no name of its own"),
        ("seed,weeks\n1\n2,3,4\n", "row 1: has 1 cells, not 2"),
        ("seed;weeks\n1;2\n", "parted by semicolons; allowed: columns parted by commas"),
        ("seed\n", "holds no points"),
        ("", "holds no points"),
    ],
)
def test_a_table_that_is_none(tmp_path, text, message):
    file = tmp_path / "points.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert message in said("", design="table", table=str(file))


@pytest.mark.parametrize(
    ("vary", "design", "message"),
    [
        ("", "grid", "names nothing to vary"),
        ("caseload.limit", "grid", "a range has no end of points"),
        ("seed=1,2 weeks=3,4,5", "paired", "lists of different length cannot be paired (seed: 2, weeks: 3)"),
        ("caseload.limit", "sobol", "such as 32 or 64"),
        ("caseload.limit=interval(9,2)", "sobol", "the range from 9 to 2 is empty"),
        ("caseload.limit=interval(0,2)", "sobol", "0 is not allowed"),
        ("sanctions=interval(0,2)", "sobol", "has no range, for it is no number"),
        ("caseload.organisation=interval(0,2)", "sobol", "has no range"),
        ("client.search.skill=tag(log,interval(0,1))", "sobol", "there is no such setting"),
        ("caseload.p_quit_weekly=tag(log,interval(0,0.1))", "sobol", "has to begin above 0"),
        ("about.title", "grid", "has no plausible range"),
        ("caselod", "grid", "did you mean 'caseload'?"),
        ("sanctions=none,strct", "grid", "did you mean 'strict'?"),
        ("seed=1,2 seed=3", "grid", "seed stands there twice"),
        ("seed=1", "table", "needs a file"),
    ],
)
def test_what_does_not_fit_together_is_told(vary, design, message):
    assert message in said(vary, design=design, points=33)


def test_every_mistake_of_a_line_is_told():
    text = said("caselod seed=1,, sanctions=foo weeks=interval(3,1)")
    assert "4 mistakes" in text


def test_rows_become_scenarios_and_what_they_leave_open_stays_as_it_is():
    table = [{"sanctions": "strict", "caseload.limit": 41}, {}, {"caseload.limit": 43}, {"sanctions": "none"}]
    points = compose_rows([*SHORT, "caseload=limit"], table)
    assert [one.caseload.limit for one in points.scenarios] == [41, 80, 43, 80]
    assert [row["sanctions"] for row in points.table] == ["strict", "ladder", "ladder", "none"]
    assert [row["caseload.limit"] for row in points.table] == [41, 80, 43, 80]
    assert points.scenarios[3].sanctions == compose_rows(["sanctions=none"], [{}]).scenarios[0].sanctions
    assert {one.weeks for one in points.scenarios} == {20}


def test_all_mistakes_at_all_points_are_told_before_anything_runs():
    table = [{"seed": -1, "sanctions": "strct"}, {"seed": 2, "workers": 3}]
    with pytest.raises(SettingsError) as caught:
        compose_rows([*SHORT, "benefit=foo"], table, before=[Mistake("study.vary", "cannot be read")])
    told = [mistake.where for mistake in caught.value.mistakes]
    assert told == ["study.vary", "benefit", "sanctions", "workers", "seed"]
    with pytest.raises(SettingsError, match="2 mistakes"):
        compose_rows(SHORT, [{"seed": -1}, {"seed": 2}, {"seed": 1.5}])


def test_every_design_has_its_place():
    assert {*designs.LAID_OUT, *designs.DRAWN, Design.TABLE} == set(Design)
