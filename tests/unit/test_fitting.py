"""Facts, priors and verdicts: what may enter a fit, and what is said of what came out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import load_scenario
from simulator.composing.pairing import loader
from simulator.describing import find_setting
from simulator.errors import SettingsError
from simulator.experiments.fitting.calibrate import plan_fit, targets_of, widening_of
from simulator.experiments.fitting.draws import differences, find_file, read_draws, scenarios_of, thinned
from simulator.experiments.fitting.emulator import fit_emulator, normal_scores
from simulator.experiments.fitting.estimates import CUMULATED
from simulator.experiments.fitting.facts import OWN, Fact, check_use, facts_to_fit, read_facts
from simulator.experiments.fitting.priors import declared, free_settings, points_at, read_free
from simulator.experiments.fitting.published import MEASURES, measures_of, worlds_of
from simulator.experiments.fitting.published_worlds import WORLDS
from simulator.experiments.fitting.sampling import Intervals, Targets, sample_posterior, sobol_shares
from simulator.experiments.fitting.validate import LITTLE, MET, MISSED, OPEN, judged, verdict_of
from simulator.experiments.fitting.worlds import compose_worlds, points_of, world_at
from simulator.experiments.studies.estimates import DUE_WEEKS, LOG_WAGE, MISSED_WEEKS, SEARCH
from simulator.parameters.prior import Prior
from simulator.paths import value_at
from simulator.provenance import settings_of
from simulator.study_vocabulary import PriorShape

NAN = float("nan")


@cache
def default():
    return load_scenario("default")


def fact(value=10.0, low=8.0, high=12.0, unit="weeks", use="calibrate"):
    return Fact("F1", "a fact", "X01", str(value), value, low, high, unit, "a design", use)


class TestFacts:
    def test_only_facts_for_calibration_enter_a_fit(self):
        assert {one.use for one in facts_to_fit()} == {"calibrate"}
        assert {one.id for one in facts_to_fit()} == {
            one.id for one in read_facts() if one.use == "calibrate"
        }

    @pytest.mark.parametrize("name", [one.id for one in read_facts() if one.use == "validate"])
    def test_no_fact_for_validation_can_be_asked_for(self, name):
        with pytest.raises(SettingsError, match="never enters a fit"):
            facts_to_fit(only=["V1", name])

    def test_a_fact_for_validation_is_refused_however_it_got_there(self):
        with pytest.raises(SettingsError, match="never enters a fit"):
            check_use([fact(), fact(use="validate")])

    @pytest.mark.parametrize("name", [one.id for one in read_facts() if one.use == "validate"])
    def test_no_fact_for_validation_is_fitted_for_another_table_says_so(self, name, tmp_path):
        path = tmp_path / "facts.csv"
        path.write_text(OWN.read_text(encoding="utf-8").replace(",validate", ",calibrate"), encoding="utf-8")
        with pytest.raises(SettingsError, match=f"fact {name}: is for validation and never enters a fit"):
            facts_to_fit(path, only=[name])

    @pytest.mark.parametrize(
        ("name", "measure"),
        [
            ("V6d", "caseload | effect: all: exit by week 52"),
            ("V7b", "contact | effect: all: log hazard ratio of exit to work"),
            ("V15 work", "strict, turned | effect: all: exit to work by week 52"),
        ],
    )
    def test_nor_under_a_name_of_its_own(self, own_facts, name, measure):
        path = own_facts(f'MINE,x,own,1,0,2,share,d,calibrate,"{measure}"')
        scenario = load_scenario("default", "study=calibrate", f"study.facts={path}")
        with pytest.raises(SettingsError, match=f"is that of {name}, which is for validation"):
            plan_fit(scenario, scenario.study)

    def test_every_mistake_of_a_fit_is_told(self, own_facts):
        path = own_facts(
            "A,x,own,1,0,2,share,d,calibrate,nowhere | median", "B,x,own,1,0,2,share,d,calibrate,",
            "V12,x,own,1,0,2,share,d,calibrate,flow of spells: median",
        )  # fmt: skip
        free = "study.free=['doors.work.h_wekly','sanctions.bite: uniform 3..2, assumed: mine']"
        asked = (f"study.facts={path}", "study.first_points=10", "study.only=[A,B,V12,V99]", free)
        scenario = load_scenario("default", "study=calibrate", *asked)
        with pytest.raises(SettingsError) as told:
            plan_fit(scenario, scenario.study)
        text = str(told.value)
        assert all(
            one in text
            for one in (
                "study.first_points: 10 is no power of two", "there is no fact 'V99'",
                "fact V12: is for validation and never enters a fit", "sanctions.bite",
            )
        ), text  # fmt: skip
        only = ("study.only=[A,B]", "study.free=['doors.work.h_wekly']", f"study.facts={path}")
        scenario = load_scenario("default", "study=calibrate", *only)
        with pytest.raises(SettingsError, match="3 mistakes") as told:
            plan_fit(scenario, scenario.study)
        assert "there is no world 'nowhere'" in str(told.value)
        assert "did you mean 'doors.work.h_weekly'?" in str(told.value)

    def test_every_fact_of_the_project_has_a_measure(self):
        for one in read_facts():
            assert measures_of(one), one.id
        assert {name.split()[0] for name in MEASURES} <= {one.id for one in read_facts()}
        assert set(worlds_of(read_facts())) == set(WORLDS)

    def test_all_mistakes_of_a_table_are_told_at_once(self, own_facts):
        path = own_facts("A,x,,1,2,3,weeks,d,calibrate,", "A,x,,1,,q,weeks,d,calibate,")
        with pytest.raises(SettingsError) as told:
            read_facts(path, ["B"])
        text = str(told.value)
        assert all(
            part in text
            for part in ("not between 2 and 3", "stands there twice", "'calibrate'", "'B'", "'q'")
        )

    @pytest.mark.parametrize(
        ("figures", "says"),
        [
            ("abc,,", "published: 'abc' is no number; allowed: a number, or a text that begins with sign"),
            ("nan,1,3", "published: 'nan' is no number; allowed"),
            ("inf,,", "published: 'inf' is no number; allowed"),
            ("6.6 months,,", "published: '6.6 months' is no number; allowed"),
            ("signal,,", "published: 'signal' is no number; allowed"),
            (",,", "published: is empty; allowed"),
            ("sign,1,3", "published: 'sign' is no number, and only a number has an interval"),
            ("shape,,3", "published: 'shape' is no number, and only a number has an interval"),
        ],
    )
    def test_a_figure_is_a_number_or_said_to_be_a_sign_or_shape(self, own_facts, figures, says):
        path = own_facts("A,x,,1,,,weeks,d,validate,", f"B,x,,{figures},weeks,d,validate,stock | m")
        with pytest.raises(SettingsError) as told:
            read_facts(path)
        assert len(told.value.mistakes) == 1
        assert f"{path}, row 2, {says}" in str(told.value)

    @pytest.mark.parametrize(
        "text", ["sign", "shape", "Sign", "0 lower half; over 0.10 upper half", '"sign, about 24 months"']
    )
    def test_a_figure_may_be_words_where_only_a_direction_is_known(self, own_facts, text):
        (one,) = read_facts(own_facts(f"A,x,,{text},,,weeks,d,validate,stock | m"))
        assert np.isnan(one.value)
        assert one.text == text.strip('"')

    def test_a_table_without_its_columns_is_refused(self, tmp_path):
        path = tmp_path / "facts.csv"
        path.write_text("id,fact\nA,x\n", encoding="utf-8")
        with pytest.raises(SettingsError, match="has no column rows"):
            read_facts(path)

    def test_a_fact_of_ones_own_names_its_measure(self, own_facts):
        path = own_facts(
            "A,x,,1,0,3,weeks,d,calibrate,stock: median", "B,x,,1,0,3,weeks,d,validate,nowhere | m"
        )
        first, second = read_facts(path)
        assert measures_of(first)["A"].worlds == ("stock",)
        with pytest.raises(SettingsError, match="no world 'nowhere'"):
            measures_of(second)

    def test_a_ratio_is_compared_on_the_log_scale(self):
        ratio = fact(2.0, 1.0, 4.0, "hazard ratio")
        assert ratio.on_scale(2.0) == pytest.approx(np.log(2.0))
        assert ratio.sds() == pytest.approx((np.log(2.0) / 1.96, np.log(2.0) / 1.96), rel=1e-3)
        assert ratio.off_scale(ratio.on_scale(1.7)) == pytest.approx(1.7)

    def test_a_duration_is_no_ratio(self):
        ratios = {one.id for one in read_facts() if one.is_ratio}
        assert ratios == {"V7b", "V9a"}

    def test_the_project_s_table_is_the_default(self):
        assert len(read_facts()) == len(pd.read_csv(OWN))


class TestPriors:
    @settings(max_examples=40, deadline=None)
    @given(
        shape=st.sampled_from(list(PriorShape)),
        low=st.floats(0.001, 1.0),
        ratio=st.floats(1.1, 50.0),
        shares=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=20),
    )
    def test_shares_become_allowed_values_in_their_order(self, shape, low, ratio, shares):
        scenario = default()
        prior = Prior(shape=shape, low=low, high=min(low * ratio, 5.0), source="assumed: test")
        (free,) = free_settings(scenario, {"doors.work.h_weekly": prior})
        values = free.at(np.sort(np.array(shares)))
        assert (np.diff(values) >= 0.0).all()
        assert (values >= 0.0).all() and (values <= 5.0).all()

    @pytest.mark.parametrize("shape", list(PriorShape))
    def test_most_of_a_prior_lies_between_its_ends(self, shape):
        prior = Prior(shape=shape, low=0.5, high=1.0, source="assumed: test")
        (free,) = free_settings(default(), {"doors.work.h_weekly": prior})
        values = free.at((np.arange(20_000) + 0.5) / 20_000)
        inside = ((values >= 0.5) & (values <= 1.0)).mean()
        assert inside == pytest.approx(1.0 if shape == PriorShape.UNIFORM else 0.95, abs=0.002)

    def test_a_prior_is_declared_with_its_setting(self):
        gain = find_setting("client.search.contact_gain")
        assert declared(gain).shape == PriorShape.LOG_NORMAL
        assert declared(find_setting("sanctions.bite_half_life_weeks")).shape == PriorShape.NORMAL
        assert (declared(gain).low, declared(gain).high) == gain.plausible

    def test_everything_that_cannot_be_fitted_is_told(self):
        wrong = {
            "doors.work.h_wekly": None,
            "sanctions.rule": None,
            "population.prevalence.health": None,
            "sanctions.bite": Prior(shape=PriorShape.NORMAL, low=-3.0, high=2.0, source="assumed: test"),
        }
        with pytest.raises(SettingsError) as told:
            free_settings(default(), wrong)
        assert len(told.value.mistakes) == 4
        assert "doors.work.h_weekly" in str(told.value)

    @pytest.mark.parametrize(
        "own", [None, Prior(shape=PriorShape.UNIFORM, low=1, high=5, source="assumed: test")]
    )
    @pytest.mark.parametrize("name", ["seed", "replications"])
    def test_what_is_chosen_for_a_study_cannot_be_fitted(self, name, own):
        with pytest.raises(SettingsError, match=f"study.free.{name}: says how a study is carried out"):
            free_settings(default(), {name: own})

    def test_priors_are_read_as_they_are_written(self):
        found = read_free(
            ["sanctions.bite", "doors.work.barriers.health: normal -5..-1.5, D14: split assumed"]
        )
        assert found["sanctions.bite"] is None
        prior = found["doors.work.barriers.health"]
        assert (prior.shape, prior.low, prior.high) == (PriorShape.NORMAL, -5.0, -1.5)
        assert prior.source == "D14: split assumed"

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("a: normal 1..2", "is no prior"),
            ("a: normal 2..1, D14", "is empty"),
            ("a: log_normal -1..1, D14", "above 0"),
            ("a: even 1..2, D14", "is no prior"),
        ],
    )
    def test_what_is_no_prior_is_told(self, text, says):
        with pytest.raises(SettingsError, match=says):
            read_free([text])

    def test_the_study_s_own_settings_can_be_fitted(self):
        scenario = load_scenario("default", "study=calibrate")
        free = free_settings(scenario, read_free(scenario.study.free))
        assert len(free) == len(scenario.study.free)
        for row in points_at(free, sobol_shares(len(free), 4, 1)):
            assert world_at(scenario, row).doors.work.h_weekly == row["doors.work.h_weekly"]


class TestWorlds:
    def test_a_draw_reaches_the_arms_but_not_what_they_differ_in(self):
        scenario = load_scenario("default", "study=validate")
        world = compose_worlds(scenario, ["caseload", "lost meeting"], loader([]))
        moved = world_at(
            world["caseload"], {"caseload.clients_per_caseworker": 60.0, "caseload.p_quit_weekly": 0.01}
        )
        assert world["caseload"].caseload.clients_per_caseworker == 250.0
        (kept,) = points_of(
            {"caseload": world["caseload"]}, [{"caseload.clients_per_caseworker": 60.0}]
        ).scenarios
        assert kept.caseload.clients_per_caseworker == 250.0  # the design sets it, not a draw
        control, treated = moved.trial.arms.values()
        assert control.caseload is None
        assert treated.caseload.clients_per_caseworker == 100.0
        assert [one.caseload.p_quit_weekly for one in (moved, treated)] == [0.01, 0.01]
        again = world_at(world["lost meeting"], {"casework.talk_minutes": 33.0})
        assert [arm.casework.talk_minutes for arm in again.trial.arms.values()] == [33.0, 33.0]
        assert [arm.casework.p_cancelled for arm in again.trial.arms.values()] == [0.0, 1.0]


def a_line(shares):
    scores = normal_scores(shares)
    return np.column_stack([10.0 + 2.0 * scores[:, 0], 3.0 * np.exp(0.3 * scores[:, 1])])


class TestPosterior:
    """On a known function, with an exact answer: the first setting is known, the third never."""

    @pytest.fixture(scope="class")
    @classmethod
    def emulator(cls):
        shares = sobol_shares(3, 64, 1)
        return fit_emulator(shares, a_line(shares), 1)

    def test_the_emulator_foresees_a_smooth_function(self, emulator):
        shares = 0.01 + 0.98 * sobol_shares(3, 128, 2)
        mean, sd = emulator.predict(shares)
        assert np.abs(mean - a_line(shares)).max() < 0.05
        assert (sd < 0.1).all()

    def test_the_posterior_is_the_exact_one(self, emulator):
        targets = Targets(np.array([10.0, 3.0]), np.full(2, 0.25), np.full(2, 0.25), np.zeros(2))
        draws = sample_posterior(emulator, targets, 600, 1)
        assert draws.shape == (600, 3)
        assert draws.mean(axis=0) == pytest.approx([0.5, 0.5, 0.5], abs=0.05)
        # 10 +- 0.25 on a slope of 2 a score, 5 a share: 0.05; nothing is said of the third, which stays even
        assert draws.std(axis=0)[0] == pytest.approx(0.05, rel=0.2)
        assert draws.std(axis=0)[2] == pytest.approx(1.0 / np.sqrt(12.0), rel=0.15)

    def test_the_same_seed_gives_the_same_draws_and_another_others(self, emulator):
        targets = Targets(np.array([10.0, 3.0]), np.full(2, 0.5), np.full(2, 0.5), np.zeros(2))
        first, second = (sample_posterior(emulator, targets, 50, 7) for _ in range(2))
        assert np.array_equal(first, second)
        assert not np.array_equal(first, sample_posterior(emulator, targets, 50, 8))

    def test_published_intervals_hold_the_posterior(self, emulator):
        around = Targets(np.array([10.0, 3.0]), np.full(2, 0.5), np.full(2, 0.5), np.zeros(2))
        limits = np.array([10.3, -np.inf]), np.array([11.0, np.inf]), np.array([0.02, np.inf])
        held = replace(around, intervals=Intervals(*limits))
        free, inside = (
            emulator.predict(sample_posterior(emulator, one, 400, 5))[0] for one in (around, held)
        )
        assert (free[:, 0] < 10.3).mean() > 0.5
        assert (inside[:, 0] > 10.3 - 0.05).all() and 10.3 < inside[:, 0].mean() < 10.8
        assert inside[:, 1].std() == pytest.approx(free[:, 1].std(), rel=0.25)

    def test_facts_say_what_intervals_hold(self):
        study = load_scenario("default", "study=calibrate", "study.share_outside=0.1").study
        facts = [fact(), fact(low=NAN, high=NAN)]
        held = targets_of(facts, study, np.zeros(2)).intervals
        assert held.low.tolist() == [facts[0].low, -np.inf] and held.high.tolist() == [facts[0].high, np.inf]
        assert held.softness.tolist() == pytest.approx([0.1 * (facts[0].high - facts[0].low) / 2.0, np.inf])
        assert held.outside(np.array([[facts[0].low, 1e9], [facts[0].high + held.softness[0], 0.0]])) == (
            pytest.approx(np.array([[0.0, 0.0], [1.0, 0.0]]))
        )
        loose = study.model_copy(update={"share_outside": None})
        assert targets_of(facts, loose, np.zeros(2)).intervals is None

    def test_a_first_wave_is_a_power_of_two(self):
        scenario = load_scenario("default", "study=calibrate", "study.first_points=10")
        with pytest.raises(SettingsError, match=r"study\.first_points: 10 is no power of two"):
            plan_fit(scenario, scenario.study)

    def test_a_wave_is_wider_than_the_posterior(self, emulator):
        targets = Targets(np.array([10.0, 3.0]), np.full(2, 0.1), np.full(2, 0.1), np.zeros(2))
        narrow, wide = (sample_posterior(emulator, targets, 300, 3, widening) for widening in (1.0, 3.0))
        assert wide.std(axis=0)[0] > 2.0 * narrow.std(axis=0)[0]

    def test_waves_close_in_on_the_posterior_by_one_factor(self):
        study = load_scenario("default", "study=calibrate", "study.widening=3", "study.waves=4").study
        widths = [widening_of(wave, study) for wave in (1, 2, 3, 4, 5)]
        assert widths[0] == 3.0 and widths[-1] == pytest.approx(1.0)
        assert [a / b for a, b in pairwise(widths)] == pytest.approx([3.0**0.25] * 4)

    def test_either_side_of_a_figure_has_its_own_width(self):
        targets = Targets(np.zeros(1), np.array([1.0]), np.array([3.0]), np.zeros(1))
        nothing = np.zeros((2, 1))
        assert targets.implausibility(np.array([[-3.0], [3.0]]), nothing)[:, 0] == pytest.approx([3.0, 1.0])


class TestVerdicts:
    @pytest.mark.parametrize(
        ("published", "value", "below", "above", "verdict"),
        [
            (fact(), 10.5, 0.2, 0.2, MET),
            (fact(), 13.0, 0.2, 0.2, MISSED),
            (fact(), 13.0, 4.0, 4.0, MET),
            (fact(), 13.0, 0.2, 4.0, MISSED),
            (fact(), 7.0, 0.2, 4.0, MET),
            (fact(), 13.0, 16.0, 16.0, LITTLE),
            (fact(low=NAN, high=NAN), 10.5, 0.2, 0.2, MISSED),
            (fact(low=NAN, high=NAN), 10.1, 0.2, 0.2, MET),
            (fact(low=NAN, high=NAN), 10.1, 0.05, 4.0, MISSED),
            (fact(low=NAN, high=NAN), 5.0, 10.0, 10.0, LITTLE),
            (fact(low=NAN, high=NAN), 12.0, 8.0, 20.0, MET),
            (fact(low=NAN, high=NAN), 39.5, 38.0, 38.0, LITTLE),
            (fact(3.0, NAN, NAN, "hazard ratio"), 2.0, 1.5, 1.0, MET),
            (fact(3.0, NAN, NAN, "hazard ratio"), 2.0, 1.5, 2.5, LITTLE),
            (fact(NAN, NAN, NAN), 1.0, 0.9, 9.0, MET),
            (fact(NAN, NAN, NAN), 1.0, 1.1, 0.2, OPEN),
            (fact(NAN, NAN, NAN), -1.0, 0.2, 0.2, MISSED),
            (fact(NAN, NAN, NAN), -0.1, 0.2, 0.2, OPEN),
            (replace(fact(NAN, NAN, NAN), text="sign: below"), -1.0, 9.0, 0.9, MET),
            (replace(fact(NAN, NAN, NAN), text="sign: below"), -1.0, 0.2, 1.1, OPEN),
            (replace(fact(NAN, NAN, NAN), text="sign: below"), 1.0, 0.9, 9.0, MISSED),
        ],
    )
    def test_the_rule(self, published, value, below, above, verdict):
        assert verdict_of(published, value, below, above)[1] == verdict

    def test_both_layers_count(self):
        draws = [pd.Series([10.0 + shift - 0.1, 10.0 + shift + 0.1]) for shift in (-3.0, 0.0, 3.0)]
        row = judged(fact(), draws)
        assert row["simulated"] == pytest.approx(10.0)
        assert (
            row["parameter_high"] - row["parameter_low"]
            > 5.0
            > row["monte_carlo_high"] - row["monte_carlo_low"]
        )

    def test_a_verdict_rests_on_the_interval_that_is_shown(self):
        """Draws far to one side make a mean uncertain upwards alone: its sign stays sure."""
        shifts = np.random.default_rng(1).lognormal(0.0, 1.2, 60)
        draws = [pd.Series([2.0 + 5.0 * shift - 0.1, 2.0 + 5.0 * shift + 0.1]) for shift in shifts]
        row = judged(fact(NAN, NAN, NAN), draws)
        assert row["parameter_low"] > 0.0 and row["verdict"] == MET
        assert np.std(5.0 * shifts) * 1.96 > row["simulated"]  # by its standard deviation it would be open

    def test_a_single_value_is_no_verdict(self):
        assert judged(fact(NAN, NAN, NAN), [pd.Series([1.0, NAN])])["verdict"] == "not measured"

    def test_nothing_to_measure_is_said(self):
        assert judged(fact(), [pd.Series([NAN, NAN])])["verdict"] == "not measured"


class TestDraws:
    def test_without_a_file_there_is_one_draw_that_changes_nothing(self):
        assert read_draws(load_scenario("default")) == [{}]

    def test_each_draw_has_luck_of_its_own(self, tmp_path):
        path = tmp_path / "draws.csv"
        path.write_text("doors.work.h_weekly,sanctions.bite\n0.1,0.5\n0.2,0.6\n0.15,0.4\n", encoding="utf-8")
        scenario = load_scenario("default", f"draws.file={path}", "draws.most=2")
        draws = read_draws(scenario)
        assert [one["doors.work.h_weekly"] for one in draws] == [0.1, 0.15]
        made = scenarios_of(scenario, draws)
        assert [one.doors.work.h_weekly for one in made] == [0.1, 0.15]
        assert len({one.seed for one in made}) == 2

    def test_what_is_wrong_with_a_file_is_told(self, tmp_path):
        path = tmp_path / "draws.csv"
        path.write_text("doors.work.h_wekly,sanctions.bite\n0.1,much\n", encoding="utf-8")
        with pytest.raises(SettingsError) as told:
            read_draws(load_scenario("default", f"draws.file={path}"))
        assert "doors.work.h_weekly" in str(told.value) and "'much' is no number" in str(told.value)
        with pytest.raises(SettingsError, match="there is no file"):
            find_file("nowhere.csv")

    def test_differences_are_paired_draw_by_draw(self):
        rows = {"draw": [0, 0, 1], "replication": [0, 1, 0], "outcome": "o", "unit": "u"}
        first, second = (
            pd.DataFrame({**rows, "value": values}) for values in ([1.0, 2.0, 3.0], [2.0, 4.0, 7.0])
        )
        assert differences(first, second)["value"].tolist() == [1.0, 2.0, 4.0]

    def test_thinning_keeps_both_ends(self):
        assert thinned([{"a": n} for n in range(10)], 3) == [{"a": 0}, {"a": 4}, {"a": 9}]


@pytest.mark.slow
def test_every_world_can_be_made_of_the_default_scenario():
    scenario = load_scenario("default", "study=validate")
    worlds = compose_worlds(scenario, list(WORLDS), loader([]))
    assert list(worlds) == list(WORLDS)
    gain = {"client.search.contact_gain": 0.3}
    assert {world_at(one, gain).client.search.contact_gain for one in worlds.values()} == {0.3}


def test_a_draw_leaves_alone_what_a_published_design_sets():
    names = ["stock", "caseload 80"]
    worlds = compose_worlds(load_scenario("default", "study=validate"), names, loader([]))
    draw = {"population.prevalence.language": 0.3, "population.prevalence.skills": 0.2}
    stock, insured = (
        settings_of(one)["population"]["prevalence"] for one in points_of(worlds, [draw]).scenarios
    )
    assert (stock["language"], insured["language"]) == (0.3, 0.0)
    assert stock["skills"] == insured["skills"] == 0.2


def test_the_default_runs_at_the_mean_of_the_draws_that_are_shipped():
    draws = pd.read_csv(find_file("posterior.csv"))
    now = default().model_dump()
    assert len(draws) == 64
    for path, mean in draws.mean().items():
        assert value_at(now, str(path)) == pytest.approx(float(f"{mean:.3g}")), path


class TestPressure:
    """V15's wages and V16 on tables whose answers are known by hand."""

    @staticmethod
    def arms(**means: tuple[float, float, float]) -> pd.DataFrame:
        names = (SEARCH, DUE_WEEKS, MISSED_WEEKS)
        return pd.DataFrame(
            {
                f"{arm}: all: {name}": [one]
                for arm, row in means.items()
                for name, one in zip(names, row, strict=True)
            }
        )

    def test_search_is_that_of_warnings_against_nothing(self):
        table = self.arms(none=(1.0, 10.0, 2.0), warned=(1.1, 10.0, 1.0), cut=(3.0, 10.0, 0.1))
        assert MEASURES["V16 search"].of({"warned and cut": table}).tolist() == pytest.approx([0.1])

    @pytest.mark.parametrize(("missed", "says"), [(0.5, 0.3), (0.9, -0.1), (1.2, -0.4)])
    def test_compliance_is_what_cuts_add_beyond_search(self, missed, says):
        table = self.arms(none=(1.0, 9.0, 9.0), warned=(1.0, 20.0, 2.0), cut=(1.2, 10.0, missed))
        assert MEASURES["V16 compliance"].of({"warned and cut": table}).tolist() == pytest.approx([says])

    def test_nobody_misses_anything_says_nothing(self):
        table = self.arms(none=(1.0, 9.0, 0.0), warned=(1.0, 20.0, 0.0), cut=(1.2, 10.0, 0.0))
        assert MEASURES["V16 compliance"].of({"warned and cut": table}).isna().all()

    def test_wages_of_both_turns(self):
        name = f"effect: all: {LOG_WAGE}"
        turns = {"strict": pd.DataFrame({name: [-0.03]}), "strict, turned": pd.DataFrame({name: [0.01]})}
        assert MEASURES["V15 wages"].of(turns).tolist() == pytest.approx([0.02])


def test_the_pay_back_is_counted_in_months_in_their_order():
    """Dearer in months 1 to 14, cheaper after; as columns the months stand in the order of the alphabet."""
    months = sorted(range(1, 25), key=str)
    before = pd.DataFrame({f"{CUMULATED} {month}": [100.0] for month in months})
    after = pd.DataFrame({f"{CUMULATED} {month}": [110.0 if month < 15 else 90.0] for month in months})
    assert MEASURES["V12"].of({"caseload 80": before, "caseload 40": after}).tolist() == [15.0]
