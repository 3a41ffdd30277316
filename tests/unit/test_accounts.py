"""Costs, budget by payer and cost-effectiveness, on tables small enough to be worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.outcomes.budget import (
    ALL_PAYERS,
    MUNICIPALITY,
    NET,
    PAYERS,
    PRESENT_VALUE,
    STATE,
    budget_sheet,
    budget_table,
    budget_values,
    net_results,
    refunded,
    weeks_off,
    year_edges,
)
from simulator.outcomes.costs import ALL, EMPTY, ITEMS, USED, cost_values, costs, weekly_costs
from simulator.outcomes.effectiveness import acceptability, balance, cost_effectiveness, pay_back_month
from simulator.outcomes.survival import SpellsError
from simulator.parameters.costs import Accounts

NOTHING = dict.fromkeys(Accounts.model_fields, 0.0)


def accounts(**changed):
    return Accounts(**{**NOTHING, "work_kept_yearly": 1.0, **changed})


def a_run(weeks=104, replications=2):
    """Return spells, panel and programmes: one leaves by work in week 26, another stays on."""
    spells = pd.DataFrame(
        {
            "replication": np.repeat(range(replications), 2),
            "client": [1, 2] * replications,
            "entry_week": 0,
            "weeks": [26, weeks] * replications,
            "exited": [True, False] * replications,
            "exit_week": [26, None] * replications,
            "door": ["work", None] * replications,
            "benefit_sek": [26_000.0, 1_000.0 * weeks] * replications,
        }
    )
    week = np.tile(np.arange(weeks), replications)
    replication = np.repeat(range(replications), weeks)
    clients = np.where(week < 26, 2, 1)
    weekly = pd.DataFrame(
        {
            "replication": replication,
            "week": week,
            "clients": clients,
            "exits": (week == 25).astype(int),
            "exits_work": (week == 25).astype(int),
            "benefit_sek": 1_000.0 * clients,
            "staff_sek": 500.0,
            "provider_sek": 10.0,
            "employment_service_sek": 20.0,
        }
    )
    owners = ["labour_market_unit", "employment_service", "joint"]
    programmes = pd.DataFrame(
        [
            {
                "replication": r,
                "week": w,
                "programme": owner,
                "owner": owner,
                "places": 4,
                "places_used": 3,
                "programme_sek": 400.0,
            }
            for r in range(replications)
            for w in range(weeks)
            for owner in owners
        ]
    )
    return spells, weekly, programmes


def test_items_add_up_and_places_are_parted_by_use():
    _, weekly, programmes = a_run()
    items = weekly_costs(weekly, programmes)
    assert (items[USED] == 900.0).all() and (items[EMPTY] == 300.0).all()
    table = costs(weekly, programmes, 0.0).set_index(["basis", "item"])["value"]
    assert table["a year", ALL] == pytest.approx(table["a year"][list(ITEMS)].sum())
    assert table["an exit", "caseworkers"] == pytest.approx(104 * 500.0)
    with_benefit = weekly["clients"].sum() + weekly["exits"].sum()
    per_week = weekly["benefit_sek"].sum() / with_benefit
    assert table["a client-year", "benefit"] == pytest.approx(52.0 * per_week)
    assert table["an exit to work", ALL] == table["an exit", ALL]


def test_a_cost_an_exit_is_undefined_without_exits():
    _, weekly, programmes = a_run()
    values = cost_values(weekly.assign(exits=0, exits_work=0), programmes, 0.0)
    assert values[values["basis"].str.startswith("an exit")]["value"].isna().all()


def test_the_second_year_is_discounted_by_a_year():
    _, weekly, programmes = a_run()
    present = cost_values(weekly, programmes, 0.25)
    staff = present[(present["item"] == "caseworkers") & (present["unit"] == "million SEK")]
    value = staff[staff["basis"].str.contains("present")]["value"].iloc[0]
    assert value == pytest.approx(52 * 500.0 * (1 + 1 / 1.25) / 1e6)


def test_weeks_off_last_until_the_end_or_the_next_spell():
    spells, _, _ = a_run(replications=1)
    assert weeks_off(spells, year_edges(104), 1.0)["work"].tolist() == [26.0, 52.0]
    back = pd.concat([spells, spells.iloc[:1].assign(entry_week=60, exit_week=70, weeks=10)])
    assert weeks_off(back, year_edges(104), 1.0)["work"].tolist() == [26.0, 8.0 + 34.0]


def test_those_who_stop_working_are_counted_out():
    """Half still work after a year: the integral over a year from the exit is a geometric sum."""
    spells, _, _ = a_run(weeks=78, replications=1)
    weekly_kept = 0.5 ** (1 / 52)
    expected = sum(weekly_kept**week for week in range(52))
    assert weeks_off(spells, [26.0, 78.0], 0.5)["work"].iloc[0] == pytest.approx(expected)


def test_the_refund_falls_with_the_length_of_the_spell():
    spells, _, _ = a_run(replications=1)
    danish = accounts(
        refund_weeks_1_4=0.8, refund_weeks_5_26=0.4, refund_weeks_27_52=0.3, refund_weeks_53=0.2
    )
    share = refunded(spells, year_edges(104), danish)["share"]
    early = 4 * 0.8 + 22 * 0.4
    assert share.tolist() == pytest.approx([(2 * early + 26 * 0.3) / 78, 0.2])


def test_taxes_are_those_of_the_months_in_work():
    told = accounts(
        earnings_sek_monthly=20_000.0, allowance_sek_monthly=5_000.0, tax_municipal=0.2, tax_regional=0.1,
        tax_credit_sek_monthly=1_000.0, payroll_state=0.1, payroll_insurance=0.2,
    )  # fmt: skip
    values = net_results(a_run(replications=1), [0.0, 104.0], told).set_index(["payer", "item"])["value"]
    months = 78 / (52 / 12)
    assert values[MUNICIPALITY, "income tax"] == pytest.approx(months * 15_000 * 0.2)
    assert values["region", "income tax"] == pytest.approx(months * 15_000 * 0.1)
    assert values[STATE, "income tax"] == pytest.approx(-months * 1_000)
    assert values[STATE, "payroll tax"] == pytest.approx(months * 2_000)
    assert values["insurance", "payroll contributions"] == pytest.approx(months * 4_000)


SHARES, PAY = st.floats(0.0, 1.0), st.floats(0.0, 50_000.0)
ALL_ACCOUNTS = st.builds(
    accounts,
    refund_weeks_1_4=SHARES, refund_weeks_53=SHARES, joint_state_share=SHARES, tax_municipal=SHARES,
    tax_equalised=SHARES, earnings_sek_monthly=PAY, allowance_sek_monthly=PAY,
    payroll_insurance=SHARES, work_kept_yearly=SHARES,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(ALL_ACCOUNTS)
def test_payers_add_up_to_the_whole_whoever_pays(told):
    """Refunds, equalisation and ownership move money between payers and make none."""
    tables = a_run(replications=1)
    values = budget_values(tables, told)
    net = values[values["part"] == NET].pivot(index="year", columns="payer", values="value")
    assert net[ALL_PAYERS].to_numpy() == pytest.approx(net[list(PAYERS)].sum(axis=1).to_numpy(), abs=1e-6)
    effort = values[
        (values["payer"] == ALL_PAYERS) & (values["item"] == "sum") & (values["part"] == "effort")
    ]
    spent = weekly_costs(*tables[1:]).drop(columns="benefit").to_numpy().sum()
    assert effort[effort["year"] != PRESENT_VALUE]["value"].sum() == pytest.approx(-spent)
    benefit = values[(values["payer"] == ALL_PAYERS) & (values["item"] == "benefit")]
    assert benefit[benefit["year"] != PRESENT_VALUE]["value"].sum() == pytest.approx(-130_000.0)


def test_the_sheet_has_a_column_a_year_and_leaves_out_what_nobody_pays():
    sheet = budget_sheet(budget_table(budget_values(a_run(), accounts(joint_state_share=0.5))))
    assert sheet.columns.tolist() == ["1", "2", PRESENT_VALUE]
    assert "wage subsidy" not in sheet.index.get_level_values("item")
    assert sheet.loc[(MUNICIPALITY, "effort", "sum"), "1"] == pytest.approx(
        -52 * (500 + 10 + 400 + 200) / 1e6
    )
    assert sheet.loc[(STATE, "effort", "sum"), "1"] == pytest.approx(-52 * (20 + 400 + 200) / 1e6)


def test_a_ratio_is_the_extra_cost_of_a_unit_gained():
    costs_, gains = pd.DataFrame({"all": [99.0, 101.0]}), pd.DataFrame({"exit": [2.0, 2.0]})
    row = cost_effectiveness(costs_, gains).iloc[0]
    assert row["ratio"] == 50.0
    assert row["quadrant"] == "costs more, gains more"
    assert row["low"] == pytest.approx(row["cost_low"] / 2) and row["high"] == pytest.approx(
        row["cost_high"] / 2
    )


def test_a_quadrant_is_told_only_where_both_signs_are_known():
    costs_ = pd.DataFrame({"sure": [-90.0, -110.0, -100.0], "open": [-90.0, 110.0, -100.0]})
    gains = pd.DataFrame({"more": [2.0, 2.1, 2.2], "open": [9.0, -8.0, 3.0]})
    table = cost_effectiveness(costs_, gains).set_index(["perspective", "gain"])["quadrant"]
    assert table["sure", "more"] == "costs less, gains more"
    assert set(table.drop(("sure", "more"))) == {"cannot be told"}
    assert set(cost_effectiveness(costs_[:1], gains[:1])["quadrant"]) == {"cannot be told"}
    nothing = costs_ * 0.0
    assert set(cost_effectiveness(nothing, gains)["quadrant"]) == {"cannot be told"}


def test_acceptability_crosses_a_half_at_the_ratio():
    cost, gain = np.array([90.0, 100.0, 110.0]), np.array([1.0, 2.0, 3.0])
    table = acceptability(cost, gain, np.array([0.0, 50.0, 1e6]))
    assert table["probability"].tolist() == pytest.approx([0.0017, 0.5, 0.963], abs=0.001)
    points = acceptability(cost, gain, np.array([0.0, 45.0, 80.0]), of="points")
    assert points["probability"].tolist() == pytest.approx([0.0, 1 / 3, 2 / 3])


def test_acceptability_without_luck_is_certain():
    table = acceptability(np.full(3, 10.0), np.full(3, 1.0), np.array([5.0, 10.0, 15.0]))
    assert table["probability"].tolist() == [0.0, 0.5, 1.0]


def test_it_has_paid_back_when_the_balance_stays_below_nought():
    flows = pd.DataFrame([[2.0, -1.0, 0.5, -2.0, 0.1], [2.0, -1.0, 0.5, -2.0, 0.1]]) * 1e6
    table = balance(flows)
    assert table["value"].tolist() == pytest.approx([2.0, 1.0, 1.5, -0.5, -0.4])
    assert pay_back_month(table) == (4.0, 4.0, 4.0)
    assert pay_back_month(balance(flows.abs()))[0] == float("inf")
    assert pay_back_month(balance(-flows.abs()))[0] == 0.0


@pytest.mark.parametrize(
    ("sheet_of", "said"),
    [
        (lambda table: None, "table: the table of budget.* not NoneType"),
        (lambda table: table.drop(columns=["payer", "year"]), "2 mistakes"),
        (
            lambda table: table.replace({"payer": {"state": "stat"}, "part": {"effort": "efort"}}),
            "2 mistakes",
        ),
        (lambda table: pd.concat([table, table]), "lines there twice"),
    ],
)
def test_a_sheet_is_of_one_budget(sheet_of, said):
    payers = [(payer, part) for payer in ("state", "region") for part in ("effort", "consequences")]
    table = pd.DataFrame(payers, columns=["payer", "part"]).assign(year="1", item="sum", value=1.0)
    assert len(budget_sheet(table)) == 4
    with pytest.raises(SpellsError, match=said):
        budget_sheet(sheet_of(table))
