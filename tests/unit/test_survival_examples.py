"""The examples in the documentation of every estimator are run."""

import doctest
import importlib
import pkgutil

import pytest

from simulator.outcomes import outcome, survival
from simulator.outcomes.outcome import Outcome

MODULES = [module.name for module in pkgutil.iter_modules(survival.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"{survival.__name__}.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", [name for name in survival.__all__ if name.islower()])
def test_every_estimator_has_an_example(name):
    assert ">>>" in getattr(survival, name).__doc__


def test_examples_of_an_outcome():
    """Those of the methods go on with the run of the class."""
    spells = doctest.DocTestFinder(recurse=False).find(Outcome, globs=vars(outcome).copy())[0]
    runner = doctest.DocTestRunner()
    runner.run(spells, clear_globs=False)
    for name in (
        "counts",
        "survival",
        "incidence",
        "hazard",
        "restricted_mean",
        "quantile",
        "log_rank",
        "gray_test",
        "cox",
        "discrete_hazard",
    ):
        for test in doctest.DocTestFinder().find(getattr(Outcome, name), name, globs=spells.globs):
            assert test.examples
            runner.run(test, clear_globs=False)
    assert runner.summarize(verbose=False).failed == 0
