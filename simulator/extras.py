"""Packages that only some questions need, and how one gets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec

from simulator.errors import Mistake, SettingsError

NEEDED: dict[str, tuple[str, Sequence[str]]] = {
    "study=offices": ("survival", ("statsmodels",)),
    "study=rollout": ("survival", ("statsmodels",)),
    "study=calibrate": ("calibrate", ("scikit-learn", "emcee")),
    "study=sensitivity": ("sweep", ("SALib",)),
    "engine=dask": ("cluster", ("distributed",)),
    "engine=slurm": ("cluster", ("distributed", "dask-jobqueue")),
}
"""What cannot be done without packages of an extra: the extra, and the packages."""

MODULES = {"scikit-learn": "sklearn", "dask-jobqueue": "dask_jobqueue"}
"""Packages whose module has another name."""


def how_to_get(extra: str) -> str:
    """Return what to type for an extra, with the Python that runs the simulator."""
    return (
        f"python -m pip install 'assistance-exit-simulator[{extra}]', "
        f"or in a clone python -m pip install -e '.[{extra}]'"
    )


def missing_text(what: str, packages: Sequence[str], extra: str) -> str:
    """Return that something needs packages which are not there, and how one gets them."""
    are = "are" if len(packages) > 1 else "is"
    return f"{what} needs {' and '.join(packages)}, which {are} not installed: {how_to_get(extra)}"


def check_packages(asked: Iterable[str]) -> None:
    """Raise SettingsError if a package is missing for what is asked: `study=KIND` or `engine=KIND`."""
    mistakes = []
    for what in dict.fromkeys(asked):
        extra, packages = NEEDED.get(what, ("", ()))
        missing = [name for name in packages if find_spec(MODULES.get(name, name)) is None]
        if missing:
            mistakes.append(Mistake("", missing_text(what, missing, extra)))
    if mistakes:
        raise SettingsError(mistakes)
