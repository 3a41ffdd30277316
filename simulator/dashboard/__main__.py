"""`python -m simulator.dashboard`: the planner's page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from simulator.dashboard.limits import Limits
from simulator.errors import Mistake, SettingsError
from simulator.settings_files import check_folders

PORT = 5006
MOST_PORT = 65535
MISSING = "The page needs Panel, which is not installed: pip install 'assistance-exit-simulator[dashboard]'"
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
    given = _flags().parse_args(argv)
    numbers = {name: getattr(given, name) for name in NUMBERS}
    limits = Limits(**numbers, hosts=tuple(given.host))
    folders = tuple(Path(folder) for folder in given.config_dir)
    try:
        _check(limits, given.port)
        check_folders(folders)
        from simulator.dashboard.room import Room  # noqa: PLC0415  (the model takes seconds)
        from simulator.dashboard.serving import serve  # noqa: PLC0415  (as does Panel)

        serve(Room(limits, folders), given.address, given.port, not given.no_browser)
    except SettingsError as error:
        return _say(str(error), MISTAKEN)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"panel", "bokeh", "param"}:
            raise
        return _say(MISSING, FAILED)
    except OSError as error:
        return _say(f"The page cannot be served at {given.address}:{given.port} ({error.strerror}).", FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _flags() -> argparse.ArgumentParser:
    usual = Limits()
    flags = argparse.ArgumentParser(
        prog="python -m simulator.dashboard",
        description="The planner's page: move a lever, see what changes. It listens on this machine alone.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    flags.add_argument("--port", type=int, default=PORT, help="port; 0 takes a free one")
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
        flags.add_argument(f"--{name}", type=int, default=getattr(usual, name), help=told)
    return flags


def _check(limits: Limits, port: int) -> None:
    mistakes = [
        Mistake(f"--{name}", f"{getattr(limits, name)} is too small", "a whole number from 1")
        for name in NUMBERS
        if getattr(limits, name) < 1
    ]
    if not 0 <= port <= MOST_PORT:
        mistakes.append(Mistake("--port", f"there is no port {port}", f"0 to {MOST_PORT}"))
    if mistakes:
        raise SettingsError(mistakes)


if __name__ == "__main__":
    sys.exit(main())
