"""The picture of a sweep follows from how its points lie."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from simulator.reporting.style import png
from simulator.reporting.sweep_figures import headline
from simulator.reporting.sweep_figures import sweep_figure as figure_in
from simulator.reporting.words import words_in

LEVELS = {
    "caseload.limit": (40, 60, 80), "sanctions": ("none", "strict"), "casework.template": (False, True),
    "doors.work.h_weekly": (0.01, 0.02),
}  # fmt: skip
NAME = "mean time on benefit within the first 104 weeks"


def table(keys, drop=0):
    rows = [dict(zip(keys, values, strict=True)) for values in product(*(LEVELS[key] for key in keys))]
    frame = pd.DataFrame(rows[drop:])
    value = np.arange(30.0, 30.0 + len(frame))
    return frame.assign(outcome=NAME, value=value, low=value - 0.5, high=value + 0.5, unit="weeks")


def sweep_figure(rows, keys):
    return figure_in(rows, keys, words_in("en"))


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_one_number_is_a_line_with_its_band():
    axes = sweep_figure(table(["caseload.limit"]), ["caseload.limit"]).axes[0]
    assert list(axes.lines[0].get_xdata()) == [40, 60, 80]
    assert len(axes.collections) == 1


def test_one_word_is_a_point_with_its_bar():
    axes = sweep_figure(table(["sanctions"]), ["sanctions"]).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["none", "strict"]


def test_two_are_a_map_with_value_and_interval_in_each_cell():
    keys = ["caseload.limit", "sanctions"]
    figure = sweep_figure(table(keys), keys)
    assert sorted(texts(figure)) == [f"{value}.0\n±0.50" for value in range(30, 36)]


def test_three_are_a_map_for_each_value_of_one():
    keys = ["caseload.limit", "sanctions", "casework.template"]
    figure = sweep_figure(table(keys), keys)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert len(titles) == 2
    assert all(": yes; Sanctions" in one or ": no; Sanctions" in one for one in titles)


@pytest.mark.parametrize(("keys", "drop"), [(list(LEVELS), 0), (["caseload.limit", "sanctions"], 1)])
def test_more_or_no_grid_are_parallel_lines(keys, drop):
    rows = table(keys, drop)
    axes = sweep_figure(rows, keys).axes[0]
    assert sum(len(line.get_xdata()) == len(keys) + 1 for line in axes.lines) >= len(rows)


def test_a_setting_that_does_not_vary_is_left_out():
    rows = table(["caseload.limit"]).assign(sanctions="none")
    assert len(sweep_figure(rows, ["caseload.limit", "sanctions"]).axes[0].lines) == 1


def test_no_interval_and_the_same_picture_each_time():
    keys = ["caseload.limit", "sanctions"]
    rows = table(keys).assign(low=np.nan, high=np.nan)
    assert "±" not in "".join(texts(sweep_figure(rows, keys)))
    assert png(sweep_figure(rows, keys)) == png(sweep_figure(rows, keys))


def test_another_outcome_can_be_drawn():
    rows = pd.concat([table(["sanctions"]).assign(outcome="other"), table(["sanctions"])])
    assert headline(rows) == NAME
    assert headline(rows[rows["outcome"] == "other"]) == "other"
