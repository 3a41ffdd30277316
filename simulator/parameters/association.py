"""Settings of what goes together in a person: correlations of a Gaussian copula, checked as a whole.

Behind each facet of a person stands a standard normal, and what is seen is where it falls among the shares.
So a correlation moves who is what at once, and never how many: every margin stays what the settings say.

References
----------
Nelsen (2006), An introduction to copulas. Springer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import numpy as np

from simulator.parameters.base import WRITTEN, Group, choice, quantity
from simulator.vocabulary import Word

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Facet(Word):
    """What can go together in a person, each from less to more; barriers stand last, in their order."""

    AGE = 0
    WOMAN = 1
    CHILDREN = 2
    FOREIGN_BORN = 3
    NEWLY_ARRIVED = 4
    EDUCATION = 5
    EXPERIENCE = 6
    DISABILITY = 7
    MOTIVATION = 8
    TRUST = 9
    ABILITY = 10
    HARDSHIP = 11
    HEALTH = 12
    SUBSTANCE = 13
    DEBT = 14
    LANGUAGE = 15
    FAMILY = 16
    SKILLS = 17


FacetName = Annotated[Facet, WRITTEN]
FACETS = len(Facet)
FIRST_BARRIER = Facet.HEALTH
AMONG_THE_FOREIGN_BORN = (Facet.NEWLY_ARRIVED, Facet.LANGUAGE)
"""Only the foreign-born have these, and their shares are among them: tied to origin, they would change."""

LEAST_EIGENVALUE = 1e-8
"""Below this a matrix counts as one that no people can have."""

MOST = 0.99
STEPS = 199
DIGITS = 2


class Association(Group):
    """Two facets of a person that go together."""

    first: FacetName = choice("What goes together with `second`", "assumed: design")
    second: FacetName = choice("What goes together with `first`", "assumed: design")
    correlation: float = quantity(
        "Correlation of the two standard normals behind what is seen (tetrachoric, if both are yes or no)",
        "1",
        "assumed: most that is measured of people is weak or moderate",
        ge=-MOST,
        le=MOST,
        plausible=(-0.6, 0.6),
    )
    source: str = choice("Where it is from: a source, or 'assumed: reason'", "assumed: text")

    @property
    def pair(self) -> tuple[Facet, Facet]:
        """The two facets, in the order of the enumeration."""
        low, high = sorted((self.first, self.second))
        return Facet(low), Facet(high)

    @property
    def words(self) -> str:
        """The association in words."""
        return f"{self.first.label} with {self.second.label} {self.correlation:g}"


def correlations(associations: Iterable[Association], loading: float) -> Matrix:
    """Return the correlations of all facets.

    What is not named follows from hardship, which loads on every barrier: two barriers go together by its
    square, and whatever goes together with hardship does so with each barrier. All else is unrelated.

    Parameters
    ----------
    associations : iterable of Association
        What is named.
    loading : float
        Loading of each barrier on hardship.

    Returns
    -------
    array of float, shape (facets, facets)
        Symmetric, with ones along the diagonal; whether people can have it is another question.
    """
    named = {one.pair: one.correlation for one in associations}
    of_hardship = np.zeros(FACETS)
    for (low, high), value in named.items():
        if Facet.HARDSHIP in (low, high):
            of_hardship[low if high == Facet.HARDSHIP else high] = value
    of_hardship[Facet.HARDSHIP], of_hardship[FIRST_BARRIER:] = 1.0, loading
    matrix = np.eye(FACETS)
    matrix[FIRST_BARRIER:, :] = loading * of_hardship
    matrix[FIRST_BARRIER:, Facet.HARDSHIP] = loading
    matrix[Facet.HARDSHIP, :] = of_hardship
    matrix[Facet.LANGUAGE, Facet.FOREIGN_BORN] = 0.0
    below = np.tril(matrix, -1)
    for (low, high), value in named.items():
        below[high, low] = value
    return below + below.T + np.eye(FACETS)


def root(associations: Iterable[Association], loading: float) -> Matrix:
    """Return what makes correlated standard normals of unrelated ones: the Cholesky factor, a lower triangle.

    With nothing named it is written down, so that people are the same to the last bit with any library.

    Raises
    ------
    numpy.linalg.LinAlgError
        If no people can have these correlations; settings that say so are refused before.
    """
    named = list(associations)
    if named:
        return np.asarray(np.linalg.cholesky(correlations(named, loading)), np.float64)
    factor = np.eye(FACETS)
    factor[FIRST_BARRIER:, Facet.HARDSHIP] = loading
    own = range(FIRST_BARRIER, FACETS)
    factor[own, own] = np.sqrt(1.0 - loading * loading)
    return factor


def mistakes_in(associations: Mapping[str, Association], loading: float) -> list[str]:
    """Return what is wrong with associations, each in a sentence; those that clash are named.

    Parameters
    ----------
    associations : mapping of str to Association
        By the names that the settings give them.
    loading : float
        Loading of each barrier on hardship.
    """
    wrong = [f"'{name}' ties {reason}" for name, one in associations.items() if (reason := _refused(one))]
    first: dict[tuple[Facet, Facet], str] = {}
    for name, one in associations.items():
        if first.setdefault(one.pair, name) != name:
            wrong.append(f"'{name}' and '{first[one.pair]}' are about the same two facets")
    matrix = correlations(associations.values(), loading)
    if wrong or _can_be(matrix):
        return wrong
    return [_clash(associations, loading, _fewest(matrix))]


def _refused(one: Association) -> str:
    """Return why two facets cannot be tied, or nothing."""
    low, high = one.pair
    if low == high:
        return f"{low.label} to itself"
    if low == Facet.HARDSHIP:
        return f"hardship to {high.label}, which population.hardship_loading does already"
    if low == Facet.FOREIGN_BORN and high in AMONG_THE_FOREIGN_BORN:
        return f"{high.label} to foreign_born, but its share is already one among the foreign-born"
    if (low, high) == (Facet.AGE, Facet.EXPERIENCE):
        return "experience to age, with which it grows already"
    return ""


def _can_be(matrix: Matrix) -> bool:
    """Tell whether people can have these correlations: whether their matrix is positive definite."""
    return bool(np.linalg.eigvalsh(matrix)[0] > LEAST_EIGENVALUE)


def _fewest(matrix: Matrix) -> list[int]:
    """Return the fewest facets that clash: each is left out in turn, and stays out if the others clash."""
    facets = list(range(FACETS))
    for facet in range(FACETS):
        others = [other for other in facets if other != facet]
        if not _can_be(matrix[np.ix_(others, others)]):
            facets = others
    return facets


def _clash(associations: Mapping[str, Association], loading: float, facets: Sequence[int]) -> str:
    """Say which associations cannot hold together, and between what the last of them could lie."""
    barriers = any(facet >= FIRST_BARRIER for facet in facets)
    inside = {*facets, Facet.HARDSHIP} if barriers else set(facets)
    guilty = {name: one for name, one in associations.items() if inside.issuperset(one.pair)}
    name, last = list(guilty.items())[-1]
    tied = " and ".join(f"'{one}' ({guilty[one].words})" for one in guilty)
    cannot = "cannot hold together" if len(guilty) > 1 else "cannot hold"
    beside = f" beside hardship_loading {loading:g}" if Facet.HARDSHIP in inside else ""
    values = np.linspace(-MOST, MOST, STEPS)
    tried = ({**guilty, name: last.model_copy(update={"correlation": float(value)})} for value in values)
    matrices = (correlations(each.values(), loading)[np.ix_(facets, facets)] for each in tried)
    fits = [value for value, matrix in zip(values, matrices, strict=True) if _can_be(matrix)]
    room = f"from {round(fits[0], DIGITS):g} to {round(fits[-1], DIGITS):g}" if fits else "nothing"
    return f"{tied} {cannot}{beside}; '{name}' could be {room}"
