"""The figures: named axes with units, the right lines, words that can be read, the same bytes each time."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from simulator.outcomes.capacity import WAITS
from simulator.outcomes.intervals import with_intervals
from simulator.outcomes.survival import cumulative_incidence, kaplan_meier
from simulator.outcomes.who import gaps_by
from simulator.reporting.capacity_sections import draw_waits, draw_workload, workload_of
from simulator.reporting.comparison_figures import forest_figure
from simulator.reporting.figures import (
    caseworker_week_figure,
    incidence_figure,
    survival_figure,
    week_figure,
)
from simulator.reporting.programme_figures import mean_places, programmes_figure
from simulator.reporting.share_figures import lorenz_figure, stacked_figure
from simulator.reporting.style import COLOURS, in_years, png, save, spread, year_ticks
from simulator.reporting.who_sections import draw_creaming, draw_who
from simulator.reporting.words import words_in
from simulator.vocabulary import Door, Task

ENGLISH = words_in("en")
STILL, BY_DOOR = (ENGLISH(f"figures.{key}") for key in ("survival", "incidence"))
DOORS = [ENGLISH.label("door", door) for door in Door.labels()]
SUBTITLE = "n = 500 spells, 1 replication; shaded: 95 % interval"


def spells(groups, seed=1):
    rng = np.random.default_rng(seed)
    weeks, door = rng.geometric(0.02, 500), rng.choice(Door.labels(), 500)
    return np.minimum(weeks, 200), np.where(weeks <= 200, door, ""), rng.choice(groups, 500)


def survival(groups):
    weeks, door, group = spells(groups)
    return survival_figure(kaplan_meier(weeks, door != "", groups=group), ENGLISH, STILL, SUBTITLE)


def incidence(groups):
    weeks, door, group = spells(groups)
    return incidence_figure(cumulative_incidence(weeks, door, groups=group), ENGLISH, BY_DOOR, SUBTITLE)


def stacked(language="en"):
    weeks, door, _ = spells(["all"])
    words = words_in(language)
    return stacked_figure(cumulative_incidence(weeks, door), words, words("figures.stacked"))


def lorenz(language="en"):
    share = np.linspace(0, 1, 21)
    curve = pd.DataFrame({"share_of_client_weeks": share, "share_of_minutes": share**2})
    curve["low"], curve["high"] = share**2.1, share**1.9
    both = pd.concat([curve.assign(of="all minutes"), curve.assign(of="minutes of talks")])
    return lorenz_figure(both, words_in(language), "a note")


def differences():
    rows = [
        ("mean time on benefit within the first 104 weeks", -1.2, -1.3, -1.1, "weeks"),
        ("off benefit within 52 weeks", 0.013, 0.012, 0.014, "share of spells"),
        ("weeks between talks", -7.0, -7.1, -6.9, "weeks"),
        ("left by work within 104 weeks", 0.001, -0.002, 0.004, "share of spells"),
        ("all of it, per year", 10.8, 9.7, 11.8, "million SEK"),
    ]
    return pd.DataFrame(rows, columns=["outcome", "difference", "low", "high", "unit"])


def forest(language="en"):
    words = words_in(language)
    return forest_figure(differences(), words, words("figures.forest"), SUBTITLE)


def weekly(replications, weeks=260):
    rng = np.random.default_rng(2)
    size = replications * weeks
    columns = (
        "clients", "waiting", "places", "places_used", "queued", "meetings", "arrivals", "exits", "served",
        "caseworkers", "minutes_available", "minutes_used", "minutes_overdue",
    )  # fmt: skip
    table = pd.DataFrame({name: rng.poisson(200, size) for name in columns})
    return table.assign(
        replication=np.repeat(np.arange(replications), weeks), week=np.tile(np.arange(weeks), replications)
    )


def hours(spread=0.3):
    labels = [*Task.labels(), "not_used"]
    return {label: (1.0 + n, 1.0 + n - spread, 1.0 + n + spread) for n, label in enumerate(labels)}


def waits():
    weeks = np.arange(53)
    parts = [
        pd.DataFrame({"wait": wait, "week": weeks, "share": weeks / (60 + 20 * n)})
        for n, wait in enumerate(WAITS)
    ]
    table = pd.concat(parts)
    return table.assign(low=0.9 * table["share"], high=1.1 * table["share"])


def groups():
    """A table of who, and what the near to work get, of two replications."""
    rng = np.random.default_rng(5)
    outcomes = {
        "mean time on benefit within the first 104 weeks": "weeks",
        "off benefit within 104 weeks": "share of spells",
        "left by work within 104 weeks": "share of spells",
        "talks, a month on benefit": "per month",
        "minutes of a caseworker, a month on benefit": "per month",
        "weeks in programmes, a month on benefit": "per month",
        "reductions": "per 1,000 client-years",
    }
    rows = [
        (by, group, outcome, unit, replication, rng.uniform(0.5, 0.9))
        for by, groups in {**TRAITS, "sex": ("man", "woman")}.items()
        for group in groups
        for outcome, unit in outcomes.items()
        for replication in range(2)
    ]
    return pd.DataFrame(rows, columns=["by", "group", "outcome", "unit", "replication", "value"])


TRAITS = {
    "distance": ("near", "middle", "far"),
    "age_group": ("18-29", "30-49", "50-64"),
    "family": ("no children", "children"),
}


def who_drawing(language):
    table = with_intervals(groups(), ["by", "group", "outcome", "unit"])
    (drawing,) = draw_who(table, gaps_by(groups()), 2, words_in(language))
    return drawing


def creaming_table():
    names = ("talks", "weeks in programmes", "minutes of a caseworker", "left by work within 104 weeks")
    table = pd.DataFrame({"outcome": names, "near": 1.2, "far": 0.8, "everybody": 1.0, "unit": "per month"})
    return table.assign(
        gap=[0.4, -0.1, 0.05, np.nan], low=[0.3, -0.2, -0.1, np.nan], high=[0.5, 0, 0.2, np.nan]
    )


def creaming_drawing(language):
    (drawing,) = draw_creaming(creaming_table(), 2, words_in(language))
    return drawing


def programmes(count, weeks=20, replications=2):
    rng = np.random.default_rng(3)
    size = count * weeks * replications
    table = pd.DataFrame({name: rng.poisson(40, size) for name in ("places_used", "places_empty", "queued")})
    names = np.tile([f"programme_{n}" for n in range(count)], weeks * replications)
    return table.assign(
        replication=np.repeat(np.arange(replications), weeks * count),
        week=np.tile(np.repeat(np.arange(weeks), count), replications),
        programme=names,
        title=["A rather long title of " + name for name in names],
    )


FIGURES = {
    "survival of all": lambda: survival(["all"]),
    "survival by group": lambda: survival(["18-29", "30-49", "50-64"]),
    "survival by many groups": lambda: survival([f"a_group_with_a_long_name_{n}" for n in range(9)]),
    "incidence of all": lambda: incidence(["all"]),
    "incidence by group": lambda: incidence(["man", "woman", "unknown"]),
    "weeks": lambda: week_figure(weekly(5), ENGLISH),
    "weeks of one replication": lambda: week_figure(weekly(1, 30), words_in("da")),
    "workload": lambda: draw_workload(weekly(5), ENGLISH).figure,
    "workload of one replication": lambda: draw_workload(weekly(1, 30), words_in("sv")).figure,
    "waits": lambda: draw_waits(waits(), 260, 5, ENGLISH).figure,
    "waits of a short run in Danish": lambda: draw_waits(waits(), 3, 5, words_in("da")).figure,
    "who": lambda: who_drawing("en").figure,
    "who in Swedish": lambda: who_drawing("sv").figure,
    "who in Danish": lambda: who_drawing("da").figure,
    "creaming": lambda: creaming_drawing("en").figure,
    "creaming in Danish": lambda: creaming_drawing("da").figure,
    "programmes": lambda: programmes_figure(programmes(9), ENGLISH),
    "one programme": lambda: programmes_figure(programmes(1), words_in("sv")),
    "hours": lambda: caseworker_week_figure(hours(), ENGLISH, SUBTITLE),
    "hours without interval": lambda: caseworker_week_figure(hours(np.nan), words_in("sv")),
    "stacked": stacked,
    "stacked in Danish": lambda: stacked("da"),
    "lorenz": lorenz,
    "lorenz in Swedish": lambda: lorenz("sv"),
    "forest": forest,
    "forest in Danish": lambda: forest("da"),
}


@pytest.fixture(params=FIGURES)
def figure(request):
    return FIGURES[request.param]()


def curves(axes):
    return [line for line in axes.get_lines() if line.get_gid() is None]


def boxes(figure):
    """All words of a figure, with the pixels they take."""
    figure.draw_without_rendering()
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent()) for text in words]


def test_no_words_overlap(figure):
    for (first, box), (second, other) in combinations(boxes(figure), 2):
        width = min(box.x1, other.x1) - max(box.x0, other.x0)
        height = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert width <= 1 or height <= 1, (first, second)


def test_no_words_are_cut(figure):
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in boxes(figure):
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text


def test_axes_say_what_and_in_which_unit(figure):
    for axes in figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel() or [label.get_text() for label in axes.get_yticklabels()]


def test_saved_whole_and_alike(figure, tmp_path):
    path = save(figure, tmp_path / "figures" / "one.png")
    assert path.read_bytes() == png(figure)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in path.parent.iterdir()] == ["one.png"]


@pytest.mark.parametrize("name", ["survival by group", "incidence of all", "weeks", "hours"])
def test_same_bytes_each_time(name):
    assert png(FIGURES[name]()) == png(FIGURES[name]())


def test_nothing_is_left_if_saving_fails(tmp_path, monkeypatch):
    target = tmp_path / "one.png"
    target.write_text("what was there before")
    monkeypatch.setattr("simulator.reporting.style.png", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save(FIGURES["hours"](), target)
    assert target.read_text() == "what was there before"
    assert len(list(tmp_path.iterdir())) == 1


def test_settings_of_matplotlib_stay_as_they_were():
    with matplotlib.rc_context({"font.size": 23, "axes.grid": False}):
        before = dict(matplotlib.rcParams)
        png(FIGURES["weeks"]())
        assert dict(matplotlib.rcParams) == before


def test_a_readers_settings_do_not_change_a_figure():
    plain = png(FIGURES["hours"]())
    with matplotlib.rc_context({"font.size": 23, "axes.facecolor": "red", "savefig.bbox": "tight"}):
        assert png(FIGURES["hours"]()) == plain


def test_pyplot_is_not_imported():
    code = "import sys, simulator.reporting.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_survival_has_a_line_a_group_in_per_cent_and_numbers_at_risk():
    figure = survival(["18-29", "30-49", "50-64"])
    (axes,) = figure.axes
    assert [line.get_label() for line in curves(axes)] == ["18-29", "30-49", "50-64"]
    assert len(axes.collections) == 3
    assert axes.get_ylim() == (0, 100)
    assert axes.get_ylabel() == "Still on assistance (%)"
    assert [label.get_text() for label in axes.get_xticklabels()][:3] == ["0\n", "52\n1 year", "104\n2 years"]
    weeks, _, group = spells(["18-29", "30-49", "50-64"])
    written = {text for text, _ in boxes(figure)}
    assert {str(np.count_nonzero((weeks >= 52) & (group == label))) for label in set(group)} <= written


def test_incidence_has_a_line_a_door_in_plain_words():
    figure = incidence(["man", "woman"])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["man", "woman"]
    for axes in figure.axes:
        assert [line.get_label() for line in curves(axes)] == DOORS
        assert set(DOORS) <= {text.get_text() for text in axes.texts}


def test_a_door_has_its_colour_also_without_the_others():
    figure = incidence_figure(cumulative_incidence([3, 4, 9], ["study", "study", ""]), ENGLISH, BY_DOOR)
    (line,) = curves(figure.axes[0])
    assert line.get_color() == COLOURS[Door.STUDY]
    assert line.get_label() == "studies"


def test_incidence_of_nothing_and_of_unknown_doors():
    unknown = cumulative_incidence([3, 4], ["out_of_sight", None])
    assert not curves(incidence_figure(unknown[:0], ENGLISH, BY_DOOR).axes[0])
    (line,) = curves(incidence_figure(unknown, ENGLISH, BY_DOOR).axes[0])
    assert line.get_label() == "out of sight"


def test_weeks_are_means_and_the_middle_of_replications():
    table = weekly(5)
    figure = week_figure(table, ENGLISH)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Clients on benefit", "Coming and leaving", "Programmes", "Talks with clients"
    ]  # fmt: skip
    assert [len(curves(axes)) for axes in figure.axes] == [1, 2, 2, 1]
    drawn = curves(figure.axes[0])[0].get_ydata()
    assert drawn == pytest.approx(table.groupby("week")["clients"].mean().to_numpy())
    assert "5 replications" in " ".join(text for text, _ in boxes(figure))


def test_workload_is_a_caseworkers_own():
    table = weekly(2, 4).assign(served=160, caseworkers=2, minutes_available=4000, minutes_used=3000)
    table["minutes_overdue"] = 30
    drawing = draw_workload(table, ENGLISH)
    titles = {axes.get_title(loc="left"): curves(axes)[0].get_ydata() for axes in drawing.figure.axes}
    assert list(titles["Clients per caseworker"]) == [80.0] * 4
    assert list(titles["Caseworkers' paid time in use (%)"]) == [75.0] * 4
    assert list(titles["Urgent work left at the end of the week, minutes a caseworker"]) == [15.0] * 4
    assert "Clients per caseworker: 80 in the first week, 80 in the last." in drawing.points
    nobody = workload_of(table.assign(caseworkers=0, minutes_available=0))
    assert nobody[["clients_each", "percent_used", "overdue_each"]].isna().all(axis=None)


def test_waits_are_those_of_the_table_and_keep_their_colours():
    drawing = draw_waits(waits(), 260, 5, ENGLISH)
    (axes,) = drawing.figure.axes
    first = curves(axes)[0]
    assert list(first.get_ydata()) == pytest.approx(list(100 * np.arange(53) / 60))
    told = "within 4 weeks 6.7 % (6.0 to 7.3), within 13 weeks 21.7 % (19.5 to 23.8)"
    assert drawing.points[0].startswith(f"A caseworker: {told}")
    rest = waits()[waits()["wait"] != "caseworker"]
    (axes,) = draw_waits(rest, 260, 5, ENGLISH).figure.axes
    assert [line.get_color() for line in curves(axes)] == list(COLOURS[1:5])
    (axes,) = draw_waits(rest, 3, 5, ENGLISH).figure.axes
    assert axes.get_xlim() == (0, 3)


def test_who_has_a_dot_a_group_and_outcome_in_the_order_of_the_section():
    drawing = who_drawing("en")
    assert len(drawing.figure.axes) == 6
    table = with_intervals(groups(), ["by", "group", "outcome", "unit"]).set_index(["outcome", "by", "group"])
    share = drawing.figure.axes[1]
    dots = [line.get_xdata()[0] for line in share.get_lines() if line.get_gid() == "value"]
    rows = [("distance", group) for group in TRAITS["distance"]]
    rows += [(by, group) for by in ("family", "age_group") for group in TRAITS[by]]
    expected = [100 * table.loc[("off benefit within 104 weeks", *row), "value"] for row in rows]
    assert dots == pytest.approx(expected)
    assert [point.partition(":")[0] for point in drawing.points] == [
        "Far from work against near to work",
        "With children against without children",
        "50–64 years against 18–29 years",
    ]


def test_the_gap_of_the_near_is_in_per_cent_of_all_and_an_unknown_one_is_left_out():
    drawing = creaming_drawing("en")
    (axes,) = drawing.figure.axes
    dots = [line.get_xdata()[0] for line in axes.get_lines() if line.get_gid() == "difference"]
    assert dots == pytest.approx([40.0, -10.0, 5.0])
    assert drawing.points[0] == (
        "Talks: 1.20 near to work, 0.80 far from it (a month on benefit); "
        "the gap is +40.0 (+30.0 to +50.0) % of the mean of all."
    )
    assert not list(draw_creaming(creaming_table().iloc[3:], 2, ENGLISH))


def test_a_week_of_a_caseworker_is_in_plain_words_longest_first_and_the_rest_last():
    figure = caseworker_week_figure(hours(), ENGLISH)
    (axes,) = figure.axes
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert set(shown) == {ENGLISH.label("task", task) for task in [*Task.labels(), "not_used"]}
    assert shown[-1] == "not used"
    widths = [bar.get_width() for bar in axes.patches]
    assert widths[:-1] == sorted(widths[:-1], reverse=True)


def test_programmes_show_mean_places_in_use_empty_and_the_queue():
    table = programmes(3)
    (axes,) = programmes_figure(table, ENGLISH).axes
    widths = [bar.get_width() for bar in axes.patches]
    rows = mean_places(table)
    assert list(rows["title"]) == [text.get_text() for text in axes.get_yticklabels()]
    for number, name in enumerate(rows.index):
        own = table[table["programme"] == name]
        means = [own[column].mean() for column in ("places_used", "places_empty", "queued")]
        assert widths[3 * number : 3 * number + 3] == pytest.approx(means)


def test_stacked_shares_are_those_of_the_table_and_fill_the_whole():
    weeks, door, _ = spells(["all"])
    table = cumulative_incidence(weeks, door)
    (axes,) = stacked().axes
    tops = [area.get_paths()[0].get_extents().y1 for area in axes.collections]
    shares = [table[table["door"] == label]["incidence"].iloc[-1] for label in Door.labels()]
    assert tops == pytest.approx([*(100 * np.cumsum(shares)), 100])
    assert {text.get_text() for text in axes.texts} == {*DOORS, "still on assistance"}


def test_a_forest_has_a_panel_a_unit_and_grey_where_the_interval_holds_nought():
    figure = forest()
    assert [axes.get_xlabel() for axes in figure.axes] == ["Weeks", "Percentage points", "Million SEK"]
    drawn = {}
    for axes in figure.axes:
        names = [label.get_text() for label in axes.get_yticklabels()]
        points = [line for line in axes.get_lines() if line.get_gid() == "difference"]
        drawn |= {
            name: (point.get_xdata()[0], point.get_color()) for name, point in zip(names, points, strict=True)
        }
    assert drawn["off benefit within 52 weeks"] == (pytest.approx(1.3), COLOURS[0])
    assert drawn["left within 104 weeks: regular work"] == (pytest.approx(0.1), COLOURS[-1])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
@settings(deadline=None)
def test_spread_keeps_apart_in_order_and_within(wanted):
    placed = np.array(spread(wanted, 5, 0, 100))
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(placed[order]) >= 5 - 1e-9)
    assert placed.min() >= -1e-9
    assert placed.max() <= 100 + 1e-9


def test_spread_moves_no_more_than_needed():
    assert spread([10, 50, 90], 5, 0, 100) == [10, 50, 90]
    assert spread([50, 50], 10, 0, 100) == [45, 55]
    assert spread([0, 0, 80], 10, 0, 100) == [0, 10, 80]
    assert spread([], 5, 0, 100) == []


def test_ticks_and_their_words():
    assert year_ticks(260) == [0, 52, 104, 156, 208, 260]
    assert year_ticks(60) == [0, 13, 26, 39, 52]
    assert year_ticks(5) == [0, 1, 2, 3, 4, 5]
    assert len(year_ticks(52 * 40)) <= 9
    assert [in_years(week, ENGLISH) for week in (0, 13, 52, 65, 104, 7)] == [
        "",
        "3 months",
        "1 year",
        "15 months",
        "2 years",
        "",
    ]


def test_an_axis_of_no_difference_has_marks_that_can_be_told_apart():
    none = differences().assign(difference=0.0, low=0.0, high=0.0)
    figure = forest_figure(none, words_in("en"), "What changes?")
    for axes in figure.axes:
        axes.figure.canvas.draw()
        marks = [text.get_text() for text in axes.get_xticklabels()]
        assert len(set(marks)) == len(marks) > 2
