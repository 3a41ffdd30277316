"""Every estimator against R's packages survival, cmprsk and etm: `make_answers.R` wrote their answers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.outcomes import survival

HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
VETERAN, HEART, MGUS = (pd.read_csv(HERE / "data" / f"{name}.csv") for name in ("veteran", "heart", "mgus2"))
MGUS = MGUS.assign(exited=MGUS["event"] > 0, row=np.arange(1, len(MGUS) + 1))
Z = 1.9599639845400545
CLOSE = {"rel": 1e-8, "abs": 1e-10}


def table_of(answer):
    table = pd.DataFrame(answer)
    return table.assign(group=table.get("group", "all"))


def matched(ours, answer, *more):
    """Return both tables at the weeks R has; groups by their text."""
    keys = ["group", "week", *more]
    theirs = table_of(answer)
    return theirs.merge(ours, on=keys, suffixes=("_r", ""), how="left", validate="one_to_one")


def check(both, ours, theirs):
    known = both[theirs].notna()
    assert known.any()
    assert both.loc[known, ours].to_numpy() == pytest.approx(
        both.loc[known, theirs].to_numpy(dtype=float), **CLOSE
    )


CURVES = {
    "plain": ((VETERAN["time"], VETERAN["status"]), {"groups": VETERAN["celltype"], "interval": "plain"}),
    "log": ((VETERAN["time"], VETERAN["status"]), {"groups": VETERAN["celltype"], "interval": "log"}),
    "loglog": ((VETERAN["time"], VETERAN["status"]), {"groups": VETERAN["celltype"]}),
    "late": ((MGUS["etime"], MGUS["exited"]), {"groups": MGUS["band"], "entry": MGUS["entry"]}),
    "repeats": ((survival.count_spells(VETERAN["time"], VETERAN["status"], repeats=VETERAN["trt"]),), {}),
    "whole": ((VETERAN["time"], VETERAN["status"]), {"weights": VETERAN["trt"]}),
    "sampling": ((MGUS["etime"], MGUS["exited"]), {"groups": MGUS["band"], "weights": MGUS["weight"]}),
    "sampling_late": ((MGUS["etime"], MGUS["exited"]), {"entry": MGUS["entry"], "weights": MGUS["weight"]}),
}


@pytest.mark.parametrize("name", CURVES)
def test_kaplan_meier(name):
    columns, more = CURVES[name]
    both = matched(survival.kaplan_meier(*columns, **more), ANSWERS["km"][name])
    for column in ("at_risk", "exits", "survival", "low", "high"):
        inside = both[(both["survival"] > 1e-12) | (column not in {"low", "high"})]
        check(inside, column, f"{column}_r")


@pytest.mark.parametrize("name", [name for name in CURVES if name not in {"plain", "log"}])
def test_nelson_aalen(name):
    columns, more = CURVES[name]
    ours = survival.nelson_aalen(*columns, **{**more, "interval": "plain"})
    both = matched(ours, ANSWERS["km"][name])
    check(both, "hazard", "hazard_r")
    check(both.assign(margin=both["hazard_r"] + Z * both["se_hazard"]), "high", "margin")


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("groups", {"groups": MGUS["band"]}),
        ("sampling", {"groups": MGUS["band"], "weights": MGUS["weight"]}),
        ("sampling_late", {"entry": MGUS["entry"], "weights": MGUS["weight"]}),
        ("late", {"entry": MGUS["entry"]}),
    ],
)
def test_incidence_and_its_error(name, more):
    ours = survival.cumulative_incidence(MGUS["etime"], MGUS["event"], **more)
    both = matched(ours, ANSWERS["aj"][name], "door")
    check(both, "incidence", "incidence_r")
    away = 1 - both["incidence_r"]
    inside = both[(both["incidence_r"] > 1e-12) & (away > 1e-12)]
    away = 1 - inside["incidence_r"]
    width = Z * inside["se"] / (away * -np.log(away))
    bounds = inside.assign(low_r=1 - away ** np.exp(-width), high_r=1 - away ** np.exp(width))
    check(bounds, "low", "low_r")
    check(bounds, "high", "high_r")


@pytest.mark.parametrize("name", ["veterans", "late"])
def test_restricted_mean(name):
    if name == "veterans":
        ours = survival.restricted_mean(VETERAN["time"], VETERAN["status"], 150, VETERAN["celltype"])
    else:
        ours = survival.restricted_mean(MGUS["etime"], MGUS["exited"], 200, entry=MGUS["entry"])
    theirs = pd.DataFrame(ANSWERS["rmst"][name])
    assert ours["mean"].to_numpy() == pytest.approx(theirs["mean"].to_numpy(), **CLOSE)
    assert (ours["high"] - ours["mean"]).to_numpy() == pytest.approx(Z * theirs["se"].to_numpy(), **CLOSE)


@pytest.mark.parametrize("interval", ["plain", "log", "log-log"])
def test_quantiles(interval):
    answer = {key: np.array(values, dtype=float) for key, values in ANSWERS["quantile"][interval].items()}
    for place, q in enumerate((0.1, 0.37, 0.63)):
        ours = survival.quantile(
            VETERAN["time"], VETERAN["status"], q, VETERAN["celltype"], interval=interval
        )
        for column in ("week", "low", "high"):
            theirs = answer[column].reshape(-1, 3)[:, place]
            assert ours[column].to_numpy() == pytest.approx(theirs, nan_ok=True, **CLOSE)


@pytest.mark.parametrize(("rho", "name"), [(0, "rho0"), (1, "rho1"), (0.5, "rho05")])
def test_log_rank(rho, name):
    for answer, columns in {
        "veterans": (VETERAN["time"], VETERAN["status"], VETERAN["celltype"]),
        "bands": (MGUS["etime"], MGUS["exited"], MGUS["band"]),
    }.items():
        ours = survival.log_rank(*columns, weighting="fleming-harrington", rho=rho)
        assert [ours["statistic"].item()] == pytest.approx(ANSWERS["logrank"][name][answer], **CLOSE)


def test_log_rank_with_late_entry():
    ours = survival.log_rank(MGUS["etime"] + MGUS["row"] / 1000, MGUS["exited"], MGUS["band"], MGUS["entry"])
    assert [ours["statistic"].item()] == pytest.approx(ANSWERS["logrank"]["late"], **CLOSE)


@pytest.mark.parametrize(("rho", "name"), [(0, "rho0"), (1, "rho1")])
def test_gray(rho, name):
    ours = survival.gray_test(MGUS["etime"], MGUS["event"], MGUS["band"], rho)
    answer = ANSWERS["gray"][name]
    assert ours["statistic"].tolist() == pytest.approx(answer["stat"], **CLOSE)
    assert ours["degrees"].tolist() == answer["df"]
    assert ours["p_value"].tolist() == pytest.approx(answer["pv"], abs=1e-10)


IN_HEARTS = (HEART, "stop", "event", ["age", "year", "surgery", "transplant"], "start")
YEARS = MGUS.assign(year=np.ceil(MGUS["etime"] / 52).astype(int))
MODELS = {
    "late": (IN_HEARTS, {}),
    "cluster": ((*IN_HEARTS, "id"), {}),
    "words": ((VETERAN, "time", "status", ["karno", "celltype"]), {}),
    "strata": ((VETERAN, "time", "status", ["karno", "trt"]), {"strata": "celltype"}),
    "sampling": ((MGUS, "etime", "exited", ["sex"], "entry"), {"weights": "weight"}),
    "whole": ((VETERAN, "time", "status", ["karno"]), {"weights": "trt"}),
    "ties": ((YEARS, "year", "exited", ["sex", "band"]), {}),
}


@pytest.mark.parametrize("name", MODELS)
def test_cox(name):
    columns, more = MODELS[name]
    ours, answer = survival.cox(*columns, **more), ANSWERS["cox"][name]
    assert ours["coefficient"].tolist() == pytest.approx(answer["coefficient"], **CLOSE)
    assert ours["se"].tolist() == pytest.approx(answer["se"], **CLOSE)
    both = [ours.attrs["log_likelihood_null"], ours.attrs["log_likelihood"]]
    assert both == pytest.approx(answer["log_likelihood"], **CLOSE)


@pytest.mark.parametrize("link", ["cloglog", "logit"])
def test_weekly_hazard(link):
    pytest.importorskip("statsmodels")
    ours = survival.discrete_hazard(YEARS, "year", "exited", ["sex", "band"], link=link)
    answer = ANSWERS["discrete"][link]
    assert ours["coefficient"].tolist() == pytest.approx(answer["coefficient"], rel=1e-7)
    assert ours["se"].tolist() == pytest.approx(answer["se"], rel=1e-7)


@pytest.mark.parametrize("name", ANSWERS["edges"])
def test_edges(name):
    answer = ANSWERS["edges"][name]
    entry = answer["entry"] if any(answer["entry"]) else None
    ours = survival.kaplan_meier(answer["time"], answer["status"], entry)
    both = matched(ours, answer["rows"])
    for column in ("at_risk", "exits", "survival", "low", "high"):
        inside = both[(both["survival"] < 1) & (both["survival"] > 0)] if column in {"low", "high"} else both
        if inside[f"{column}_r"].notna().any():
            check(inside, column, f"{column}_r")


def test_times_that_differ_by_rounding_are_tied():
    weeks = [1.1 + 2.2, 3.3, 5, 6, 0.1 * 3, 0.3, 7 + 3e-8, 7, 7 + 2e-7, 6 + 5e-8]
    exited, x = [1, 1, 1, 0, 1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 0, 1, 1, 0, 0, 1]
    answer, ours = table_of(ANSWERS["near"]["km"]), survival.kaplan_meier(weeks, exited)
    ours = ours[ours["week"] > 0]
    assert ours["week"].to_numpy() == pytest.approx(answer["week"].to_numpy(), abs=1e-12)
    for name in ("at_risk", "exits", "survival", "low", "high"):
        known = answer[name].notna().to_numpy()
        assert ours[name].to_numpy()[known] == pytest.approx(answer[name].to_numpy(float)[known], **CLOSE)
    table = pd.DataFrame({"weeks": weeks, "exited": exited, "x": x})
    found = survival.cox(table, covariates=["x"])["coefficient"].item()
    assert found == pytest.approx(np.ravel(ANSWERS["near"]["cox"])[0], rel=1e-6)
