"""The planner's page without a browser: links, caps, turns, and what a visitor takes along."""

from __future__ import annotations

import base64
import logging
import re
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import replace
from unittest import mock
from urllib.parse import parse_qs
from urllib.request import urlopen

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.composing import check_overrides, load_scenario
from simulator.composing.pairing import alternative_of, loader
from simulator.dashboard.__main__ import main
from simulator.dashboard.caseworker import Cases
from simulator.dashboard.crew import Crew
from simulator.dashboard.digest import simulate_digest
from simulator.dashboard.exporting import commands_of, overrides_of, scenario_file, staff_note, told_of
from simulator.dashboard.limits import Limits
from simulator.dashboard.memory import Memory
from simulator.dashboard.pictures import Pair, Section, draw_again, section_of, sections_of, week_table
from simulator.dashboard.room import Room
from simulator.dashboard.view import (
    CASELOAD_NUMBERS,
    CHOICES,
    GROUPINGS,
    PLACES,
    View,
    lever_range,
    read_query,
    scenario_of,
    without_idle,
)
from simulator.dashboard.working import Bench, Ready, stages_of
from simulator.errors import SettingsError
from simulator.interrupting import stop_if_interrupted
from simulator.provenance import settings_hash
from simulator.reporting.run_figures import hours_of_a_week
from simulator.reporting.style import size_inches
from simulator.reporting.words import words_in
from simulator.settings_files import list_options
from simulator.vocabulary import Task

LIMITS = Limits(persons=20_000, replications=50, visitors=3, workers=1)
OPTIONS = {group: sorted(list_options()[group]) for group in CHOICES}
BY_ITSELF = {"sanctions", "caseload", "collaboration", "benefit", "vacancies"}
"""Groups whose options go with any other."""


def numbers(name):
    low, high = lever_range(name)
    return st.integers(int(low), int(high)).map(str)


LEVERS = st.fixed_dictionaries(
    {},
    optional={
        **{group: st.sampled_from(OPTIONS[group]) for group in sorted(BY_ITSELF)},
        **{name: numbers(name) for name in (*CASELOAD_NUMBERS, PLACES)},
    },
)
VIEWS = st.builds(
    View,
    size=st.none() | st.integers(1, 20_000),
    replications=st.integers(2, 50),
    now=LEVERS,
    baseline=LEVERS,
    by=st.sampled_from(GROUPINGS),
    seat=st.integers(0, 60),
    language=st.sampled_from(["en", "sv", "da"]),
)


def read(query, limits=LIMITS):
    return read_query(parse_qs(query, keep_blank_values=True), limits)


@given(VIEWS)
@settings(max_examples=8, deadline=None)
def test_a_link_gives_back_the_view(view):
    levers = {name: without_idle(view, getattr(view, name)) for name in ("now", "baseline")}
    view = replace(view, **levers)
    assert read(view.query()) == view


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("caseload=ratio&caseload.limit=60", "caseload.limit: does nothing with 'Caseload rule: "),
        ("programmes=none&places=150", "places: does nothing with 'Programmes: none'"),
        ("baseline.caseload.limit=60", "baseline.caseload.limit: does nothing with "),
        ("language=sv&caseload=limit&caseload.clients_per_caseworker=40", "gör ingenting med ”"),
    ],
)
def test_a_link_that_moves_what_does_nothing_is_refused(query, told):
    with pytest.raises(SettingsError, match=re.escape(told)):
        read(query)


def test_an_untouched_view_has_an_empty_link():
    assert View().query() == ""
    assert read("") == View()


def test_a_lever_is_the_override_of_its_name():
    view = View(
        size=2_000, now={"sanctions": "strict", "caseload": "limit", "caseload.limit": "60", PLACES: "50"}
    )
    overrides = overrides_of(view, view.now)
    assert {"sanctions=strict", "caseload=limit", "caseload.limit=60", "population.size=2000"} < set(
        overrides
    )
    assert "programmes.coaching.places_per_1000=20.0" in overrides
    assert scenario_of(view, view.now) == load_scenario("default", *overrides)


@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_levers_are_told_in_the_words_of_the_page(language):
    words = words_in(language)
    view = View(size=2_000, now={"sanctions": "strict", "caseload.limit": "60", PLACES: "50"})
    told = told_of(view, view.now, words)
    assert "=" not in told and "_" not in told
    for text in (words.label("option.sanctions", "strict"), "60", "50", "dashboard.choice.sanctions"):
        assert (words(text) if text.startswith("dashboard") else text) in told
    assert told_of(View(), {}, words) == words("dashboard.as_it_is")


def test_a_lever_set_back_leaves_the_scenario():
    view = View().with_lever("sanctions", "strict")
    assert scenario_of(view, view.now) != scenario_of(view, {})
    assert scenario_of(view.with_lever("sanctions", ""), {}) == load_scenario("default")
    assert view.keep().baseline == {"sanctions": "strict"}
    assert view.keep().reset() == View()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sanctions=stirct", "did you mean 'strict'?"),
        ("sanktions=none", "did you mean 'sanctions'?"),
        ("scenario=../../etc/passwd", "there is no '../../etc/passwd'"),
        ("caseload.limit=1e3", "a number from 20 to 250"),
        ("caseload.limit=__import__('os')", "cannot be"),
        ("caseload.limit=nan", "cannot be"),
        ("caseload.limit=-5", "cannot be"),
        ("caseload.limit=²", "cannot be"),
        ("places=301", "0 to 300"),
        ("population.size=20001", "a whole number from 1 to 20000"),
        ("population.size=10.5", "a whole number"),
        ("replications=51", "a whole number from 2 to 50"),
        ("output.dir=/tmp/x", "there is no such lever"),
        ("rules=/tmp/x.py", "there is no such lever"),
        ("baseline.sanctions=none,hydra.run.dir=x", "there is no 'none,hydra.run.dir=x'"),
        ("sanctions=none&sanctions=strict", "more than once"),
        ("language=de", "allowed: en, sv, da"),
        ("scenario=kallan_osby&programmes=none", "is missing"),
    ],
)
def test_a_link_that_asks_for_what_is_not_allowed(query, told):
    with pytest.raises(SettingsError) as caught:
        read(query)
    assert told in str(caught.value)


def test_all_mistakes_of_a_link_are_told_at_once():
    with pytest.raises(SettingsError) as caught:
        read("sanctions=x&caseload.limit=1&replications=1000&foo=1")
    assert {mistake.where for mistake in caught.value.mistakes} == {
        "sanctions", "caseload.limit", "replications", "foo",
    }  # fmt: skip


def test_a_long_wrong_value_is_cut():
    with pytest.raises(SettingsError) as caught:
        read(f"sanctions={'x' * 5000}")
    assert len(str(caught.value)) < 600


def test_where_one_replication_is_allowed_a_link_can_ask_for_that_alone():
    limits = Limits(replications=1)
    assert read("replications=1", limits).replications == 1
    with pytest.raises(SettingsError, match="'5' cannot be; allowed: 1 only"):
        read("replications=5", limits)


def test_a_municipality_too_large_for_the_page_is_simulated_in_small():
    assert read("", Limits(persons=100, replications=5)) == View(size=100, replications=5)


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View(now={"sanctions": "strict"}),
        View(size=700, baseline={"caseload": "limit"}, now={"caseload": "limit", "caseload.limit": "40"}),
        View(
            now={"sanctions": "none", "collaboration": "silo", PLACES: "150"}, replications=3, language="sv"
        ),
        View(baseline={"sanctions": "none"}, now={"caseload.clients_per_caseworker": "40"}),
        View(baseline={PLACES: "50"}, now={"programmes": "narrow"}),
    ],
    ids=lambda view: view.query() or "plain",
)
def test_the_command_does_what_the_page_shows(view):
    runs = []
    for command in commands_of(view):
        assert shlex.split(command)[:3] == ["python", "-m", "simulator"]
        overrides = shlex.split(command)[3:]
        _, (scenario,) = check_overrides(overrides, command_line=True)
        other = alternative_of(scenario, loader(overrides))
        runs += [scenario] if other is None else [scenario, other]
    wanted = [scenario_of(replace(view), levers) for levers in (view.baseline, view.now)]
    assert {alike(run) for run in runs} == {alike(one) for one in wanted}
    assert {run.replications for run in runs} == {view.replications}


def alike(scenario):
    return settings_hash(scenario.model_copy(update={"replications": 1}))


def test_the_settings_file_is_a_scenario(tmp_path):
    view = View(
        size=900, now={"sanctions": "none", "caseload": "limit", "caseload.limit": "44", PLACES: "10"}
    )
    path = tmp_path / "mine.yaml"
    path.write_text(scenario_file(view, "A municipality"), encoding="utf-8")
    loaded = load_scenario("mine", folders=tmp_path)
    told = scenario_of(view, view.now)
    same = {"about": told.about, "scenario": told.scenario, "replications": told.replications}
    assert loaded.model_copy(update=same) == told
    assert loaded.replications == view.replications


def wait_until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


def ignore(_):
    pass


def test_a_newer_job_stops_the_older_in_the_middle_of_its_piece():
    crew, told, began = Crew(1), [], threading.Event()

    def endless():
        while True:
            began.set()
            stop_if_interrupted()
            time.sleep(0.001)
            if False:
                yield

    crew.submit("visitor", endless(), told.append, told.append)
    assert began.wait(20)
    crew.submit("visitor", iter(["new"]), told.append, told.append)
    wait_until(lambda: told == ["new"])
    wait_until(lambda: crew.busy == 0)


def test_who_has_got_least_is_served_first():
    crew, told, gate = Crew(1), [], threading.Event()

    def pieces(name, count):
        gate.wait(20)
        for number in range(count):
            yield f"{name}{number}"

    crew.submit(1, pieces("a", 4), told.append, ignore)
    crew.submit(2, pieces("b", 2), told.append, ignore)
    gate.set()
    wait_until(lambda: len(told) == 6)
    assert told.index("b0") < told.index("a2")
    assert told.index("b1") < told.index("a3")


def test_a_failing_job_is_told_and_the_others_go_on():
    crew, failed, told = Crew(1), [], []

    def broken():
        yield "first"
        raise ValueError("no")

    crew.submit(1, broken(), told.append, failed.append)
    crew.submit(2, iter(["second"]), told.append, failed.append)
    wait_until(lambda: len(told) == 2 and failed)
    assert isinstance(failed[0], ValueError)


def test_who_leaves_is_worked_for_no_more():
    crew, told = Crew(1), []
    crew.submit(1, iter(lambda: time.sleep(0.001) or 1, 0), told.append, ignore)
    wait_until(lambda: len(told) > 3)
    crew.leave(1)
    time.sleep(0.1)
    count = len(told)
    time.sleep(0.1)
    assert len(told) == count
    assert crew.busy == 0


def test_a_room_takes_so_many_visitors():
    room = Room(LIMITS)
    assert [room.enter(number) for number in range(4)] == [True, True, True, False]
    room.leave(0)
    assert room.enter(4)
    assert room.visitors == 3


@pytest.mark.parametrize(
    ("wanted", "known", "stages"),
    [
        (12, 0, (1, 2, 5, 12)), (6, 0, (1, 2, 6)), (50, 0, (1, 2, 5, 10, 20, 50)), (2, 0, (1, 2)),
        (12, 3, (3, 5, 12)), (12, 12, (12,)), (12, 11, (11, 12)),
    ],
)  # fmt: skip
def test_the_page_is_drawn_at_once_and_no_more_often_than_it_tells_something(wanted, known, stages):
    assert stages_of(wanted, known) == stages


def test_what_was_simulated_and_drawn_before_is_shown_at_once():
    bench = Bench()
    view = View(size=120, replications=3, now={"sanctions": "none"})
    first, second = (list(bench.work(view)) for _ in range(2))
    sections, again = (
        [one.section for one in done if getattr(one, "section", None)] for done in (first, second)
    )
    assert again[:7] == sections[-8:-1]
    assert {section.name for section in again} == {section.name for section in sections}
    assert len(again) < len(sections)
    assert [one.pair.size for one in second if getattr(one, "pair", None)] == [3]
    assert len(bench.drawn) == 2


def test_memory_forgets_the_oldest():
    memory = Memory(2, len)
    for key in "ab":
        memory.keep(key, key)
    memory.find("a")
    memory.keep("c", "c")
    assert [memory.find(key) for key in "abc"] == ["a", None, "c"]
    assert len(memory) == 2


def test_memory_is_bounded_in_bytes():
    memory = Memory(100, len)
    for number in range(50):
        memory.keep(number, "x" * (number + 1))
        memory.keep(number, "x" * (number + 1))
    assert sum(len(memory.find(number) or "") for number in range(50)) == 50 + 49
    memory.keep("huge", "x" * 101)
    assert "huge" not in memory
    assert len(memory) == 2


def test_what_is_remembered_takes_as_much_as_is_allowed():
    bench = Bench(most_bytes=(0, 0, 0))
    list(bench.work(View(size=60, replications=2)))
    assert [len(bench.digests), len(bench.followed), len(bench.drawn)] == [0, 0, 0]
    digest = simulate_digest(load_scenario("default", "population.size=60"), 0)
    assert 20_000 < digest.size < 400_000


def test_flags_that_cannot_be_are_told_at_once(capsys):
    assert main(["--visitors", "0", "--port", "70000"]) == 2
    told = capsys.readouterr().err
    assert "--visitors" in told
    assert "--port" in told
    wrong = "--prot 80 --persons -5 --replications 0 --visitors x --port abc --config-dir /nowhere/at/all"
    assert main(wrong.split()) == 2
    told = capsys.readouterr().err
    assert told.startswith("6 mistakes in the settings")
    assert "--prot: there is no such flag" in told and "did you mean '--port'?" in told
    for line in (
        "--persons: -5 is too small; allowed: a whole number from 1",
        "--replications: 0 is too small; allowed: a whole number from 1",
        "--visitors: 'x' is not a whole number; allowed: a whole number from 1",
        "--port: 'abc' is not a whole number; allowed: a whole number from 0 to 65535",
        "/nowhere/at/all: there is no such folder",
    ):
        assert line in told
    assert main(["--port"]) == 2
    assert "--port: expected one argument" in capsys.readouterr().err


def test_without_panel_one_line_says_what_to_install():
    code = (
        "import sys; sys.modules['panel'] = None; "
        "from simulator.dashboard.__main__ import main; sys.exit(main(['--no-browser', '--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "The page needs Panel, which is not installed: "
        "python -m pip install 'assistance-exit-simulator[dashboard]', "
        "or in a clone python -m pip install -e '.[dashboard]'"
    ]


@pytest.mark.parametrize("changes", [(), ("caseload.clients_per_caseworker=40",)])
def test_every_section_is_drawn_from_what_is_kept_of_the_runs(changes):
    small = ("population.size=120", "population.burn_in_weeks=20", "weeks=60")
    before, now = (load_scenario("default", *small, *more) for more in ((), changes))
    first, second = ([simulate_digest(one, number) for number in range(2)] for one in (before, now))
    pair = Pair(first, second if changes else first, not changes)
    drawn = {section.name: section for section in sections_of(pair, "age_group", words_in("da"))}
    assert {"how_long", "doors", "casework", "weeks"} <= drawn.keys()
    assert all(section.html for section in drawn.values())
    assert [name for name, _ in drawn["weeks"].pictures] == ["weeks"]
    assert ("differences" in dict(drawn["differences"].pictures)) == bool(changes)
    for section in drawn.values():
        for name, title in section.pictures:
            again = draw_again(section.name, name, pair, "age_group", words_in("da"))
            assert (again.name, again.title) == (name, title)
            assert f'id="{name}-title"' in section.html
    assert draw_again("weeks", "survival", pair, "age_group", words_in("da")) is None


def test_a_link_with_mistakes_keeps_its_language_and_tells_no_end_of_them():
    serving = pytest.importorskip("simulator.dashboard.serving")
    query = {"language": ["sv"], **{f"a{number}": ["1"] for number in range(300)}}
    view, mistakes = serving.usual_or_asked(query, Room(LIMITS))
    assert view == View(language="sv", size=view.size, replications=view.replications)
    assert len(mistakes) == serving.MOST_TOLD + 1
    more = words_in("sv")("dashboard.more_mistakes", number=300 - serving.MOST_TOLD)
    assert mistakes[-1].text == more
    assert not any(mistake.foreign for mistake in mistakes)
    assert serving.usual_or_asked({"language": ["xx"]}, Room(LIMITS))[0].language == "en"


ENGLISH = re.compile(r"\b(cannot|allowed|there is|did you mean|whole number|more than once)\b")


@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_mistakes_of_a_link_are_told_in_its_language(language):
    serving = pytest.importorskip("simulator.dashboard.serving")
    asked = "population.size=999999&caseload.limit=x&sanctions=stirct&foo=1&by=sex&by=age_group"
    query = parse_qs(f"{asked}&language={language}")
    _, mistakes = serving.usual_or_asked(query, Room(LIMITS))
    told = " ".join(mistake.text for mistake in mistakes)
    assert len(mistakes) == 5
    assert not any(mistake.foreign for mistake in mistakes)
    for value in ("population.size", "999999", "20000", "strict", "foo"):
        assert value in told
    assert bool(ENGLISH.search(told)) == (language == "en")


def test_what_only_the_settings_find_is_marked_as_english():
    serving = pytest.importorskip("simulator.dashboard.serving")
    query = parse_qs("scenario=kallan_osby&programmes=none&language=da")
    view, mistakes = serving.usual_or_asked(query, Room(LIMITS))
    assert view.language == "da"
    together, *found, more = mistakes
    assert (together.text, together.foreign) == (words_in("da")("dashboard.not_together"), False)
    assert found and all(mistake.foreign for mistake in found)
    assert not more.foreign


@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_municipalities_are_named_in_the_language_of_the_page(language):
    page = pytest.importorskip("simulator.dashboard.page")
    own = page.Page(Room(LIMITS), View(language=language, size=100))
    try:
        names = {name: told for told, name in own.controls.scenario.options.items()}
        words = words_in(language)
        assert words.texts["labels.text.Smaller caseloads"] not in names.values()
        assert names["default"].startswith(words.texts["labels.text.A Swedish municipality"])
        assert names["danish_reform_2025"].startswith(words.texts["labels.text.Denmark's reform of 2025"])
    finally:
        own.leave()


@pytest.fixture
def visitor():
    """A page whose jobs are counted and not done."""
    page = pytest.importorskip("simulator.dashboard.page")
    room = Room(LIMITS)
    room.crew = mock.Mock()
    own = page.Page(room, View(size=100, replications=6))
    yield own
    own.leave()


def test_a_number_that_does_nothing_any_more_leaves_the_view_and_rests(visitor):
    move, numbers = visitor.controls._lever, visitor.controls.numbers
    move("caseload", "limit")
    move("caseload.limit", 60.0)
    move(PLACES, 150.0)
    assert visitor.view.now == {"caseload": "limit", "caseload.limit": "60", PLACES: "150"}
    assert not numbers["caseload.limit"].disabled and not numbers[PLACES].disabled
    move("caseload", "ratio")
    move("programmes", "none")
    assert visitor.view.now == {"caseload": "ratio", "programmes": "none"}
    assert numbers["caseload.limit"].disabled and numbers[PLACES].disabled


def shown(size):
    return mock.Mock(size=size, baseline=(), now=(), table=pd.DataFrame({"outcome": [size]}))


def test_who_stops_takes_what_there_is_or_is_told_that_there_is_nothing(visitor):
    visitor.start()
    visitor._stop()
    visitor.taking._save("csv")
    assert visitor.desk.status == visitor.words("dashboard.nothing_yet")
    visitor._show(Ready(Section.of("doors", [], visitor.words), of=shown(2)))
    visitor._stop()
    visitor.taking._save("csv")
    assert (visitor.desk.filename, visitor.desk.saved) == ("comparison.csv", 1)
    assert base64.b64decode(visitor.desk.data) == b"outcome\n2\n"
    visitor.controls.view = visitor.view.with_lever("sanctions", "none")
    visitor._moved(visitor.view)
    visitor.taking._save("csv")
    assert visitor.desk.saved == 1, "that of other levers is no longer what is asked for"
    assert visitor.desk.status == visitor.words("dashboard.nothing_yet")


def test_what_was_stopped_stays_stopped_whatever_is_looked_at(visitor):
    visitor.start()
    assert visitor.room.crew.submit.call_count == 1
    visitor._stop()
    assert visitor.desk.status == visitor.words("dashboard.stopped_early")
    visitor._look(replace(visitor.view, by="sex"))
    assert visitor.room.crew.submit.call_count == 1
    visitor._moved(visitor.view.with_lever("sanctions", "none"))
    assert visitor.room.crew.submit.call_count == 2


@pytest.mark.parametrize(("change", "does"), [({"by": "sex"}, "groups"), ({"seat": 3}, "cases")])
def test_who_stopped_looks_at_what_there_is(visitor, change, does):
    visitor.start()
    visitor._show(Ready(Section.of("doors", [], visitor.words), of=shown(2)))
    visitor._stop()
    assert visitor.desk.status == visitor.words("dashboard.stopped", done=2, wanted=6)
    visitor._look(replace(visitor.view, **change))
    job = visitor.room.crew.submit.call_args.args[1]
    assert job.__name__ == does
    assert visitor.desk.status == visitor.words("dashboard.stopped", done=2, wanted=6)


def test_who_has_not_stopped_goes_on_in_another_way(visitor):
    visitor.start()
    visitor._show(Ready(Section.of("doors", [], visitor.words), of=shown(2)))
    visitor._look(replace(visitor.view, by="sex"))
    assert visitor.room.crew.submit.call_args.args[1].__name__ == "work"


def test_a_visitor_who_leaves_while_something_is_sent_makes_no_noise():
    serving = pytest.importorskip("simulator.dashboard.serving")
    loop = mock.Mock()
    serving.heed_leaving(loop, {"exception": serving.WebSocketClosedError()})
    loop.default_exception_handler.assert_not_called()
    serving.heed_leaving(loop, {"exception": ValueError()})
    loop.default_exception_handler.assert_called_once()


def test_a_visitor_who_leaves_before_the_connection_stands_makes_no_noise():
    serving = pytest.importorskip("simulator.dashboard.serving")
    from bokeh.server.connection import ServerConnection  # noqa: PLC0415  (an extra)

    def told(fail):
        try:
            fail()
        except AssertionError as error:
            known = (type(error), error, error.__traceback__)
            return serving.is_no_early_leaving(logging.LogRecord("", logging.ERROR, "", 1, "", (), known))

    def own():
        raise AssertionError

    never_connected = mock.Mock(_session=None)
    assert not told(lambda: ServerConnection.session.fget(never_connected))
    assert told(own)
    assert serving.is_no_early_leaving(logging.LogRecord("", logging.ERROR, "", 1, "", (), None))


SHORT = """
from simulator.dashboard import serving
from simulator.dashboard.limits import Limits
from simulator.dashboard.room import Room
serving.GONE_AFTER, serving.LOOK_EVERY = 8000, 100
serving.warm_up = lambda room: None
serving.serve(Room(Limits(visitors=1, workers=1)), "127.0.0.1", 0, False)
"""
"""A server that soon lets go of who has left."""


def test_who_leaves_makes_room_for_others():
    pytest.importorskip("panel")
    let_in = []
    with subprocess.Popen([sys.executable, "-c", SHORT], stdout=subprocess.PIPE, text=True) as server:
        address = server.stdout.readline().split()[0]

        def visit():
            let_in.append('id="results"' in urlopen(address).read().decode())
            return let_in

        try:
            assert [*visit(), *visit()[1:]] == [True, False]
            wait_until(lambda: any(visit()[2:]))
        finally:
            server.terminate()


def test_the_table_of_a_week_names_cases_by_their_rows_in_the_picture():
    known = {"age_group": "18-29", "hindrance": "unemployment", "weeks": 3, "talks": 1, "talked": False}
    known |= {"planned": True, "programme": "", "queued": "", "step": "none", "new": False}
    rows = [
        {"week": 0, "case": 900, **known},
        {"week": 1, "case": 7, **known},
        {"week": 1, "case": 900, **known},
    ]
    table = week_table(Cases(pd.DataFrame(rows), 1), 1, words_in("en"))
    assert re.findall(r'<th scope="row"><span>(\d+)</span></th>', table) == ["2", "1"]
    assert "900" not in table
    assert "age at entry" in table
    assert 'class="more"' not in table


def test_a_long_list_of_cases_says_how_long_it_is():
    known = {"age_group": "18-29", "hindrance": "unemployment", "weeks": 3, "talks": 1, "talked": False}
    known |= {"planned": True, "programme": "", "queued": "", "step": "none", "new": False, "week": 0}
    for number, is_long in ((8, False), (9, True)):
        table = pd.DataFrame([{"case": case, **known} for case in range(number)])
        html = week_table(Cases(table, 1), 0, words_in("en"))
        assert ("wide rows cases long" in html) == ("9 cases in all" in html) == is_long


@pytest.mark.parametrize(
    ("language", "one"),
    [
        ("en", "Week 0: 1 case, 1 talk"),
        ("sv", "Vecka 0: 1 ärende, 1 samtal"),
        ("da", "Uge 0: 1 sag, 1 samtale"),
    ],
)
def test_one_case_is_one(language, one):
    assert words_in(language)("dashboard.week_caption", week=0, cases=1, talks=1) == one


@pytest.mark.parametrize("name", ["differences", "survival", "caseworker_week_now"])
def test_a_picture_that_leaves_the_page_says_what_it_is_of(name, visitor):
    small = ("population.size=120", "population.burn_in_weeks=20", "weeks=60")
    runs = [
        tuple(simulate_digest(load_scenario("default", *small, *more), number) for number in range(2))
        for more in ((), ("sanctions=none",))
    ]
    view = visitor.view.with_lever("sanctions", "none")
    visitor.controls.view = view
    for section in sections_of(Pair(*runs, alike=False), "age_group", visitor.words):
        visitor._show(Ready(section))
    visitor._show(Ready(pair=Pair(*runs, alike=False)))
    visitor.taking.picture.value = name
    drawing = visitor.taking._drawing()
    drawn = draw_again(
        visitor.taking.pictures[name][0], name, visitor.taking.pair, "age_group", visitor.words
    )
    *_, foot = [" ".join(text.get_text().split()) for text in drawing.figure.texts]
    assert "Municipality: A Swedish municipality" in foot
    assert "As set now: Sanctions: none; Clients to start with (both): 100" in foot
    assert ("Baseline: Clients to start with" in foot) == (name != "caseworker_week_now")
    (width, height), (_, before) = (one.figure.get_size_inches() for one in (drawing, drawn))
    assert width < 12
    assert height > before
    axes = zip(drawing.figure.axes, drawn.figure.axes, strict=True)
    assert all(size_inches(now) == pytest.approx(size_inches(then)) for now, then in axes)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (View(scenario="danish_reform_2025", size=30), ("67", "30", "5,000")),
        (View(scenario="danish_reform_2025"), ()),
        (View(size=30), ()),
        (View(size=30, now={"caseload": "fixed_staff"}), ("63", "30", "5,000")),
        (View(scenario="danish_reform_2025", size=30, now={"caseload.caseworkers": "1"},
              baseline={"caseload.caseworkers": "1"}), ()),
    ],
)  # fmt: skip
def test_staff_that_does_not_follow_the_clients_is_told(view, said):
    note = staff_note(view, words_in("en"))
    assert bool(note) == bool(said)
    assert all(f" {number} " in note.replace(".", " ") for number in said)


def test_intervals_of_tiny_runs_are_possible():
    weekly = pd.DataFrame({
        "replication": range(3), "week": 0, "caseworkers": 1.0, "minutes_available": 2400.0,
        "minutes_used": 600.0, **{f"minutes_{task.label}": 0.0 for task in Task},
    }).assign(minutes_meeting=[0.0, 0.0, 60.0], minutes_overhead=[1200.0, 2400.0, 2400.0])  # fmt: skip
    hours = hours_of_a_week(weekly)
    assert all(0.0 <= low <= value <= high <= 40.0 for value, low, high in hours.values())
    assert hours["meeting"][1] == 0.0
    assert hours["overhead"][2] == 40.0


def test_a_table_of_differences_says_what_its_star_is():
    small = ("population.size=120", "population.burn_in_weeks=20", "weeks=60")
    first, second = (
        tuple(simulate_digest(load_scenario("default", *small, *more), number) for number in range(2))
        for more in ((), ("sanctions=none",))
    )
    words = words_in("en")
    for pair, is_told in ((Pair(first, second, alike=False), True), (Pair(first, first, alike=True), False)):
        html = section_of("numbers", pair, "age_group", words).html
        assert (words("report.difference_note") in html) == is_told
        assert words("explained.wrong sanctions") in html
        assert words("explained.emergency tests") in html
