"""What goes together: the matrix that settings come to, what is refused, and how clashes are named."""

from __future__ import annotations

import math
import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.parameters.association import (
    FIRST_BARRIER,
    Association,
    Facet,
    correlations,
    mistakes_in,
    root,
)

LOADING = 0.6
FREE = [
    (first, second)
    for first, second in combinations(Facet, 2)
    if first != Facet.HARDSHIP
    and (first, second) != (Facet.AGE, Facet.EXPERIENCE)
    and (first, second)
    not in {(Facet.FOREIGN_BORN, Facet.NEWLY_ARRIVED), (Facet.FOREIGN_BORN, Facet.LANGUAGE)}
]


def tie(first: str, second: str, correlation: float) -> Association:
    return Association.model_validate(
        {"first": first, "second": second, "correlation": correlation, "source": "assumed: a test"}
    )


def test_with_nothing_named_the_factor_is_that_of_hardship_to_the_last_bit():
    factor = root([], LOADING)
    assert (factor[FIRST_BARRIER:, Facet.HARDSHIP] == LOADING).all()
    assert (np.diag(factor)[FIRST_BARRIER:] == math.sqrt(1.0 - LOADING * LOADING)).all()
    assert np.count_nonzero(factor) == len(Facet) + len(Facet) - FIRST_BARRIER
    assert factor @ factor.T == pytest.approx(correlations([], LOADING), abs=1e-15)


def test_what_is_named_stands_in_the_matrix_and_the_rest_follows_from_hardship():
    matrix = correlations([tie("language", "education", -0.3), tie("hardship", "trust", -0.5)], LOADING)
    assert matrix[Facet.EDUCATION, Facet.LANGUAGE] == matrix[Facet.LANGUAGE, Facet.EDUCATION] == -0.3
    assert matrix[Facet.HEALTH, Facet.DEBT] == pytest.approx(LOADING**2)
    assert matrix[Facet.TRUST, Facet.HARDSHIP] == -0.5
    assert matrix[Facet.TRUST, FIRST_BARRIER:] == pytest.approx(-0.5 * LOADING)
    assert matrix[Facet.EDUCATION, Facet.HEALTH] == 0.0


def test_the_language_barrier_stays_unrelated_to_origin_whatever_hardship_does():
    named = [tie("foreign_born", "hardship", 0.5)]
    assert correlations(named, LOADING)[Facet.FOREIGN_BORN, Facet.LANGUAGE] == 0.0
    assert correlations(named, LOADING)[Facet.FOREIGN_BORN, Facet.HEALTH] == pytest.approx(0.5 * LOADING)


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("age", "age", "itself"),
        ("health", "hardship", "hardship_loading"),
        ("language", "foreign_born", "among the foreign-born"),
        ("foreign_born", "newly_arrived", "among the foreign-born"),
        ("experience", "age", "grows already"),
    ],
)
def test_what_would_change_a_share_is_refused(first, second, word):
    (mistake,) = mistakes_in({"mine": tie(first, second, 0.2)}, LOADING)
    assert "'mine'" in mistake
    assert word in mistake


def test_a_pair_named_twice_is_refused():
    (mistake,) = mistakes_in({"one": tie("age", "health", 0.2), "two": tie("health", "age", 0.3)}, LOADING)
    assert mistake == "'two' and 'one' are about the same two facets"


def test_only_those_that_clash_are_named_with_what_the_last_could_be():
    named = {
        "innocent": tie("woman", "trust", 0.5),
        "a": tie("age", "children", 0.9),
        "b": tie("children", "education", 0.9),
        "c": tie("age", "education", -0.5),
    }
    (mistake,) = mistakes_in(named, LOADING)
    assert "innocent" not in mistake
    assert mistake.startswith("'a' (age with children 0.9) and 'b' (children with education 0.9) and 'c'")
    assert mistake.endswith("'c' could be from 0.63 to 0.99")  # 0.9² ± (1 − 0.9²): from 0.62 to 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(FREE), st.floats(-0.95, 0.95)), min_size=1, max_size=7))
def test_either_people_can_have_them_or_a_smallest_clash_is_named(drawn):
    pairs = {pair: round(value, 3) for pair, value in drawn}
    named = {f"tie{n}": tie(a.label, b.label, r) for n, ((a, b), r) in enumerate(pairs.items())}
    wrong = mistakes_in(named, LOADING)
    if not wrong:
        factor = root(named.values(), LOADING)
        assert factor @ factor.T == pytest.approx(correlations(named.values(), LOADING), abs=1e-12)
        assert (np.diag(factor) > 0.0).all()
        return
    guilty = {name: one for name, one in named.items() if f"'{name}' (" in wrong[0]}
    assert mistakes_in(guilty, LOADING) == wrong
    low, high = (float(text) for text in re.findall(r"from (\S+) to (\S+)$", wrong[0])[0])
    last = list(guilty)[-1]
    assert not low <= guilty[last].correlation <= high
    middle = guilty[last].model_copy(update={"correlation": (low + high) / 2.0})
    again = mistakes_in({**guilty, last: middle}, LOADING)
    assert again != wrong
