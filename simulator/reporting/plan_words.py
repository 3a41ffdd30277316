"""What a plan answers, in sentences: on the terminal, and at the top of its page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.composing.levers import Row
from simulator.experiments.planning.carry_out import Answer
from simulator.experiments.planning.selection import ALIKE, NOT_ALLOWED, WORSE
from simulator.outcomes.criteria import MONEY
from simulator.reporting.words import Words


def option_name(row: Row, words: Words) -> str:
    """Return what makes an option, in words."""
    return ", ".join(_lever(key, value, words) for key, value in row.items())


def _lever(key: str, value: object, words: Words) -> str:
    written = words.plain_number(value) if isinstance(value, int | float) else str(value).replace("_", " ")
    if f"plan.lever.{key}" in words.texts:
        return words(f"plan.lever.{key}", value=written)
    return words("plan.lever.other", setting=key, value=value)


def confidence_of(answer: Answer, words: Words) -> str:
    """Return the confidence of a plan in per cent."""
    return f"{words.plain_number(100 * answer.asked.plan.confidence)} %"


def unit_of(answer: Answer, words: Words) -> str:
    """Return the unit of the goal: of money, a year."""
    return change_unit(answer.asked.units[answer.asked.goal], words)


def change_unit(unit: str, words: Words) -> str:
    """Return a unit in words: of money, a year."""
    return words("plan.a_year", unit=words.unit(unit)) if unit == MONEY else words.unit(unit)


def indifference_text(answer: Answer, words: Words) -> str:
    """Return the smallest difference that matters, of money also as the caseworkers that cost as much."""
    asked = answer.asked
    text = f"{words.number(asked.indifference)} {unit_of(answer, words)}"
    if asked.units[asked.goal] != MONEY:
        return text
    number = asked.indifference * 1e6 / asked.options.scenario.costs.caseworker_sek_yearly
    return words("plan.in_caseworkers", money=text, number=words.number(number, 1))


def sentences(answer: Answer, words: Words) -> list[str]:
    """Return what a plan answers: which option, how surely, and what else may be as good."""
    return list(_sentences(answer, words))


def _sentences(answer: Answer, words: Words) -> Iterator[str]:
    choice, unit = answer.decision.chosen, unit_of(answer, words)
    names = [option_name(row, words) for row in answer.asked.options.acting]
    goal = answer.table[answer.table["option"] == choice.nearest].to_dict("records")[0]
    value = words.interval(*(words.number(goal[name]) for name in ("goal", "goal_low", "goal_high")))
    key = "plan.nobody" if choice.best is None else "plan.best"
    told = {"option": names[choice.nearest], "value": value, "unit": unit}
    yield words(key, goal=words.outcome(answer.asked.goal), **told)
    if choice.best is not None:
        yield _others(answer, names, words)
        if ALIKE in choice.standing or not choice.reached:  # that all others are worse says more
            yield _promise(answer, words)
        yield from _at_ends(answer, words)
        out = _named(names, choice.standing, NOT_ALLOWED)
        if out:
            yield words("plan.out", options=out)
    yield from _one_more(answer, words)
    yield from _of_draws(answer, words, unit)
    if answer.tried > len(names):
        every = words.number(answer.tried, 0)
        yield words("plan.searched", all=every, tried=answer.simulated, number=len(names))


def _at_ends(answer: Answer, words: Words) -> Iterator[str]:
    """Yield a remark if the best option has the least or the largest number of a list."""
    options = answer.asked.options
    row = options.acting[answer.decision.chosen.nearest]
    numbers = [one for one in options.levers if {type(value) for value in one.values} <= {int, float}]
    ends = [
        one.key
        for one in numbers
        if one.key in row and len(set(one.values)) > 1 and row[one.key] in {min(one.values), max(one.values)}
    ]
    if ends:
        yield words("plan.at_end", setting=", ".join(ends))


def _others(answer: Answer, names: Sequence[str], words: Words) -> str:
    """Return whether other options may be as good."""
    standing, confidence = answer.decision.chosen.standing, confidence_of(answer, words)
    alike = _named(names, standing, ALIKE)
    if alike:
        return words("plan.alike", confidence=confidence, options=alike)
    return words("plan.alone", confidence=confidence) if WORSE in standing else words("plan.only")


def _named(names: Sequence[str], standing: Sequence[str], wanted: str) -> str:
    return "; ".join(name for name, own in zip(names, standing, strict=True) if own == wanted)


def _promise(answer: Answer, words: Words) -> str:
    look, indifference = answer.decision.look, indifference_text(answer, words)
    if answer.decision.chosen.reached:
        confidence = confidence_of(answer, words)
        return words("plan.promised", indifference=indifference, confidence=confidence)
    made = answer.decision.values.shape[2]
    wanted = words.number(look.wanted, 0)
    return words("plan.not_reached", indifference=indifference, wanted=wanted, made=made)


def _one_more(answer: Answer, words: Words) -> Iterator[str]:
    """Yield what one more caseworker changes: from the best option on, or up to it where it has most."""
    table, name = answer.marginal, answer.asked.options.named(answer.decision.chosen.nearest)
    own = table[table["from"] == name]
    own = own if len(own) else table[table["to"] == name]
    rows = own[own["to"] == own["to"].iloc[0]].to_dict("records") if len(own) else []
    told = [_change(row, words) for row in rows if math.isfinite(row["low"])]
    if told:
        low, high = (words.number(rows[0][f"caseworkers_{side}"], 1) for side in ("from", "to"))
        yield words("plan.one_more", low=low, high=high, changes="; ".join(told))


def _change(row: Mapping[Any, Any], words: Words) -> str:
    value = words.interval(*(words.signed(row[name], 3) for name in ("value", "low", "high")))
    return f"{words.outcome(row['measure'])} {value} {change_unit(row['unit'], words)}"


def _of_draws(answer: Answer, words: Words, unit: str) -> Iterator[str]:
    decision = answer.decision
    if decision.of_draws is not None and not math.isnan(decision.value_of_knowing):
        share = words.percent(float(decision.of_draws.best[decision.chosen.nearest]))
        value = words.number(decision.value_of_knowing)
        yield words("plan.draws", draws=len(answer.asked.draws), share=share, value=value, unit=unit)
