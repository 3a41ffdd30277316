"""`python -m simulator.dashboard`: the planner's page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from simulator.dashboard.limits import Limits
from simulator.errors import Mistake, SettingsError, checked, nearest
from simulator.extras import missing_text
from simulator.settings_files import check_folders

PORT = 5006
MOST_PORT = 65535
NUMBERS = {
    "persons": "largest population.size",
    "replications": "most replications of each run",
    "visitors": "most pages open at the same time",
    "workers": "pieces of work at the same time, for all visitors together",
}
"""Flags that are limits."""

DONE, FAILED, MISTAKEN, INTERRUPTED = 0, 1, 2, 130
"""Exit codes, as those of the simulator itself."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the page until Ctrl-C, and return an exit code."""
    flags = _flags()
    address = ""
    try:
        given, unknown = flags.parse_known_args(argv)
        address = f"{given.address}:{given.port}"
        folders = tuple(Path(folder) for folder in given.config_dir)
        checked([partial(_check, flags, given, unknown), partial(check_folders, folders)])
        numbers = {name: int(getattr(given, name)) for name in NUMBERS}
        limits = Limits(**numbers, hosts=tuple(given.host))
        from simulator.dashboard.room import Room  # noqa: PLC0415  (the model takes seconds)
        from simulator.dashboard.serving import serve  # noqa: PLC0415  (as does Panel)

        serve(Room(limits, folders), given.address, int(given.port), not given.no_browser)
    except SettingsError as error:
        return _say(str(error), MISTAKEN)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"panel", "bokeh", "param"}:
            raise
        return _say(missing_text("The page", ["Panel"], "dashboard"), FAILED)
    except OSError as error:
        return _say(f"The page cannot be served at {address} ({error.strerror}).", FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


class _Flags(argparse.ArgumentParser):
    """Flags whose misuse is a mistake in the settings like any other."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError([Mistake("", message)])


def _flags() -> _Flags:
    """Return the flags; numbers are left as text, so that all that is wrong can be told at once."""
    usual = Limits()
    flags = _Flags(
        prog="python -m simulator.dashboard",
        description="The planner's page: move a lever, see what changes. It listens on this machine alone.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    flags.add_argument("--port", default=PORT, help="port; 0 takes a free one")
    flags.add_argument("--address", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets others in")
    flags.add_argument("--no-browser", action="store_true", help="do not open a browser")
    flags.add_argument(
        "--config-dir", action="append", default=[], metavar="FOLDER", help="folder of scenarios of your own"
    )
    flags.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="name under which other machines reach the page",
    )
    for name, told in NUMBERS.items():
        flags.add_argument(f"--{name}", default=getattr(usual, name), help=told)
    return flags


def _check(flags: argparse.ArgumentParser, given: argparse.Namespace, unknown: Sequence[str]) -> None:
    mistakes = [*_not_known(flags, unknown), *_no_number("port", given.port, 0, MOST_PORT)]
    mistakes += [m for name in NUMBERS for m in _no_number(name, getattr(given, name), 1)]
    if mistakes:
        raise SettingsError(mistakes)


def _not_known(flags: argparse.ArgumentParser, unknown: Sequence[str]) -> Iterator[Mistake]:
    """Tell flags that there are not; a word behind one is its value."""
    names = [name for action in flags._actions for name in action.option_strings if name.startswith("--")]
    for before, word in zip(("", *unknown), unknown, strict=False):
        flag = word.partition("=")[0]
        if flag.startswith("-"):
            yield Mistake(flag, "there is no such flag", ", ".join(names), nearest(flag, names))
        elif not before.startswith("-"):
            yield Mistake(word, "is no flag", ", ".join(names))


def _no_number(name: str, value: str | int, low: int, high: int | None = None) -> Iterator[Mistake]:
    """Tell what is wrong with a flag that is a whole number."""
    allowed = f"a whole number from {low}" + (f" to {high}" if high else "")
    try:
        number = int(value)
    except ValueError:
        yield Mistake(f"--{name}", f"'{value}' is not a whole number", allowed)
        return
    if number < low:
        yield Mistake(f"--{name}", f"{number} is too small", allowed)
    elif high is not None and number > high:
        yield Mistake(f"--{name}", f"{number} is too large", allowed)


if __name__ == "__main__":
    sys.exit(main())
