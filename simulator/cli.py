"""The command line: help at once, settings checked before anything runs, and the rest left to Hydra."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import redirect_stdout
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from simulator.errors import Mistake, SettingsError, SimulatorError
from simulator.extras import check_packages
from simulator.helping import help_text, list_text
from simulator.study_vocabulary import OPTIONS_OF_ENGINE

if TYPE_CHECKING:
    from simulator.composing.launching import Command
    from simulator.composing.pairing import Load, Loader
    from simulator.composing.tabled import Points
    from simulator.parameters import Scenario

DONE, FAILED, MISTAKEN, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""

PLAIN = frozenset({"simulate"})
"""The kind of study whose points are a sweep."""

AFTER_INTERRUPTION = (
    "Interrupted. What was finished is kept: give the same command again to go on from there."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Answer one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; those of this process if left out.
    """
    try:
        return _answer(sys.argv[1:] if argv is None else argv)
    except SimulatorError as error:
        return _say(str(error), MISTAKEN if isinstance(error, SettingsError) else FAILED)
    except KeyboardInterrupt:
        return _say(AFTER_INTERRUPTION, INTERRUPTED)
    except BrokenPipeError:  # whoever was reading, as in `simulator --help | head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        traceback.print_exc()
        return _say(f"The run failed: {_in_short(error)}", FAILED)


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _answer(arguments: Sequence[str]) -> int:
    given, rest = _quick_flags().parse_known_args(arguments)
    folders = [Path(given.config_dir)] if given.config_dir else []
    if given.help is not None:
        return _print(help_text(given.help or _first_key(rest), folders))
    if given.list is not None:
        return _print(list_text(given.list, folders))
    if given.version:
        return _print(_version())
    if given.rerun is not None:
        from simulator.reporting.report_again import run_again  # noqa: PLC0415  (seldom needed)

        return DONE if run_again(Path(given.rerun), rest) else FAILED
    return _run(arguments)


def _print(text: str) -> int:
    print(text, end="", flush=True)
    return DONE


class _Flags(argparse.ArgumentParser):
    """Flags whose misuse is a mistake in the settings like any other."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError([Mistake("", message)])


def _quick_flags() -> _Flags:
    """Return the flags that are answered without Hydra."""
    flags = _Flags(add_help=False, allow_abbrev=False)
    flags.add_argument("--help", "-h", nargs="?", const="")
    flags.add_argument("--list", nargs="?", const="")
    flags.add_argument("--rerun")
    flags.add_argument("--version", action="store_true")
    flags.add_argument("--config-dir", "-cd")
    flags.add_argument("--cfg", "-c")  # not answered here, but it must not be taken for a short -cd
    return flags


def _first_key(rest: Sequence[str]) -> str:
    """Return what help is wanted on if the key stands before the flag."""
    return next((word for word in rest if not word.startswith("-")), "")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  (seldom needed)

    try:
        own = version("assistance-exit-simulator")
    except PackageNotFoundError:  # run from a copy that was never installed
        own = "(not installed)"
    return f"assistance-exit-simulator {own} (Hydra {version('hydra-core')})\n"


def _run(arguments: Sequence[str]) -> int:
    """Check all settings, then run them: once, or at every point of a sweep."""
    from simulator.composing import compose_all  # noqa: PLC0415  (Hydra takes a while)
    from simulator.composing.annotating import with_units, without_shared  # noqa: PLC0415
    from simulator.composing.idle import LAID_OUT, staff_apart, tell, without_effect  # noqa: PLC0415
    from simulator.composing.launching import hand_over, read_command  # noqa: PLC0415
    from simulator.composing.pairing import alternative_of, loader  # noqa: PLC0415
    from simulator.composing.session import key_of  # noqa: PLC0415

    command = read_command(arguments)
    failures: list[Exception] = []
    task = _task(failures, lambda settings: _run_one(settings, command))
    if command.is_about_hydra:
        return _rewritten(without_shared, command, command.overrides, task)
    lines, scenarios, mistakes = compose_all(
        command.overrides, command.folders, sweep=command.is_sweep, command_line=True
    )
    load = loader(command.overrides, command.folders)
    _check(mistakes, scenarios, load, command.prints)
    alternative = None if command.is_sweep else alternative_of(scenarios[0], load)
    tell(without_effect(lines, scenarios, alternative))
    if command.is_sweep or scenarios[0].study.kind not in LAID_OUT:  # else it follows the study's mistakes
        tell(staff_apart(map(key_of, lines), scenarios if alternative is None else [*scenarios, alternative]))
    if command.is_sweep:
        return _run_sweep(command, lines, scenarios)
    if command.is_plain:
        return _run_here(scenarios[0], load)
    if command.prints:
        code = _rewritten(partial(with_units, package=command.part), command, lines, task)
    else:
        code = hand_over(command, lines, task)
    if failures:
        raise failures[0]
    return MISTAKEN if code and command.part else code


def _check(mistakes: Sequence[Mistake], rest: Sequence[Scenario], load: Loader, prints: bool) -> None:
    """Raise what is wrong in the settings, and with it what is wrong with the plan that is left of them.

    If nothing is, packages may be missing, unless settings are only printed.
    """
    if mistakes and rest and rest[0].study.kind == "plan" and not prints:
        from simulator.experiments.planning.carry_out import read_plan  # noqa: PLC0415  (takes seconds)

        read_plan(rest[0], load, mistakes)
    if mistakes:
        raise SettingsError(mistakes)
    if not prints:
        engines = (OPTIONS_OF_ENGINE.get(one.engine.kind, one.engine.kind) for one in rest)
        studies = (one.study.kind for one in rest)
        check_packages([*(f"study={one}" for one in studies), *(f"engine={one}" for one in engines)])


def _run_here(scenario: Scenario, load: Load) -> int:
    """Run what has been composed already; Hydra would compose it two more times, which takes longer."""
    from simulator.reporting.report_run import run_and_report  # noqa: PLC0415  (the model takes seconds)

    return _print(f"{run_and_report(scenario, load)}\n")


def _rewritten(
    rewrite: Callable[[str], str],
    command: Command,
    lines: Sequence[str],
    task: Callable[[Mapping[str, Any]], None],
) -> int:
    """Let Hydra carry out a command, and print what it prints rewritten."""
    from simulator.composing.launching import hand_over  # noqa: PLC0415  (loaded by now)

    printed = io.StringIO()
    with redirect_stdout(printed):
        code = hand_over(command, lines, task)
    print(rewrite(printed.getvalue()), end="", flush=True)
    return code


def _run_sweep(command: Command, lines: Sequence[str], scenarios: Sequence[Scenario]) -> int:
    """Run every point, also after one has failed; plain runs together, all else one by one through Hydra."""
    points = _points(command, lines, scenarios)
    if points is not None:
        from simulator.reporting.report_sweep import report_multirun  # noqa: PLC0415  (the model takes seconds)

        return _print(f"{report_multirun(points)}\n")
    kinds = {one.study.kind for one in scenarios}
    if "sweep" in kinds:
        problem = "lays out points of its own, and cannot be one of the studies of -m"
        raise SettingsError([Mistake("study=sweep", problem, 'study.vary="KEY=VALUE,VALUE"')])
    together = _together(command, lines, scenarios)
    if together is not None:
        return _run_studies(command, lines, together)
    if kinds != {"simulate"}:
        print(f"Note: no table of all points; {_why_apart(kinds)}.", file=sys.stderr)
    folders = [scenario.output.dir for scenario in scenarios]
    is_shared = len(set(folders)) < len(folders)

    def folder_of(_: int, name: str, given: str | None) -> str | None:
        from simulator.files import safe_name  # noqa: PLC0415  (seldom needed)

        return given if given is None or not is_shared else str(Path(given) / safe_name(name))

    code, failures = _run_each(command, lines, folder_of)
    if failures:
        first = failures[min(failures)]
        return MISTAKEN if isinstance(first, SettingsError) else FAILED
    return code


def _why_apart(kinds: Set[str]) -> str:
    from simulator.experiments.together import ESTIMATES  # noqa: PLC0415  (seldom needed)

    if len(kinds) > 1:
        return f"the studies are of different kinds ({', '.join(sorted(kinds))})"
    if not kinds <= set(ESTIMATES):
        return f"study={min(kinds)} leaves no estimates that could be joined"
    return "each point has a folder of its own, or something that only Hydra knows is varied"


def _run_each(
    command: Command, lines: Sequence[str], folder_of: Callable[[int, str, str | None], str | None]
) -> tuple[int, dict[int, Exception]]:
    """Run every point through Hydra, also after one has failed; return Hydra's exit code and the failures.

    `folder_of` gets a point's number, its name and the folder that its settings ask for.
    """
    from simulator.composing.launching import hand_over, point  # noqa: PLC0415  (loaded by now)

    failures: dict[int, Exception] = {}
    others: list[Exception] = []
    numbers = count()

    def run_point(settings: Mapping[str, Any]) -> None:
        name, number = point(lines), next(numbers)
        print(f"=== {name}", flush=True)
        output = {**settings["output"], "dir": folder_of(number, name, settings["output"]["dir"])}
        try:
            _run_one({**settings, "output": output}, command)
        except Exception as error:
            _tell(name, error)
            failures[number] = error
            raise

    code = hand_over(command, lines, _task(others, run_point))
    return code, failures


def _together(command: Command, lines: Sequence[str], scenarios: Sequence[Scenario]) -> Points | None:
    """Return the points if they are studies of one kind, whose estimates can be put into one table."""
    from simulator.experiments.together import ESTIMATES  # noqa: PLC0415  (the model takes seconds)

    kinds = {one.study.kind for one in scenarios}
    return _points(command, lines, scenarios, kinds) if len(kinds) == 1 and kinds <= set(ESTIMATES) else None


def _run_studies(command: Command, lines: Sequence[str], points: Points) -> int:
    """Run the study of every point into a folder that they share."""
    from simulator.reporting.report_together import report_together  # noqa: PLC0415  (the model takes seconds)

    def run_all(folder_of: Callable[[int], Path]) -> dict[int, str]:
        _, failures = _run_each(command, lines, lambda number, *_: str(folder_of(number)))
        mistaken.extend(error for error in failures.values() if isinstance(error, SettingsError))
        return {number: _in_short(error) for number, error in failures.items()}

    mistaken: list[Exception] = []
    try:
        return _print(f"{report_together(points, run_all)}\n")
    except SimulatorError as error:
        if not mistaken:
            raise
        return _say(str(error), MISTAKEN)


def _points(
    command: Command, lines: Sequence[str], scenarios: Sequence[Scenario], kinds: Set[str] = PLAIN
) -> Points | None:
    """Return the points if they are of these kinds, into one folder, with nothing for Hydra to do."""
    from simulator.composing.levers import rows_of_command, split_command  # noqa: PLC0415  (loaded by now)
    from simulator.composing.tabled import Points, is_of_all  # noqa: PLC0415  (as above)

    rows = rows_of_command(lines)
    of_study = kinds != PLAIN
    special = command.sets_hydra or any(
        is_of_all(key) and not (of_study and key.startswith("study.")) for key in rows[0]
    )
    are_such = {one.study.kind for one in scenarios} == kinds
    share_a_folder = len({one.output.dir for one in scenarios}) == 1
    together = are_such and share_a_folder and not special
    if not together:
        return None
    varied, common = split_command(command.overrides)
    base = None if of_study else _base(common, command)
    return Points(tuple(rows), tuple(scenarios), base, tuple(common), command.folders, " ".join(varied))


def _base(common: Sequence[str], command: Command) -> Scenario | None:
    """Return the scenario of a sweep with nothing varied, if it can be without."""
    from simulator.composing import check_overrides  # noqa: PLC0415  (loaded by now)

    try:
        return check_overrides(common, command.folders, command_line=True)[1][0]
    except SettingsError:
        return None


def _task(
    failures: list[Exception], run: Callable[[Mapping[str, Any]], None]
) -> Callable[[Mapping[str, Any]], None]:
    """Return what is done with the settings of each run.

    Hydra would report a failure in its own way and end the process, so failures are kept from it; but a
    launcher that runs elsewhere cannot add to `failures`, and there Hydra has to see them.
    """
    home = os.getpid()

    def task(settings: Mapping[str, Any]) -> None:
        try:
            run(settings)
        except Exception as error:
            if os.getpid() != home:
                raise
            failures.append(error)

    return task


def _run_one(settings: Mapping[str, Any], command: Command) -> None:
    from simulator.composing.launching import point_overrides  # noqa: PLC0415  (loaded by now)
    from simulator.composing.pairing import loader  # noqa: PLC0415  (as above)
    from simulator.config import read_scenario  # noqa: PLC0415  (as above)

    scenario = read_scenario(settings)
    from simulator.reporting.report_run import run_and_report  # noqa: PLC0415  (the model takes seconds)

    print(run_and_report(scenario, loader(point_overrides(), command.folders)), flush=True)


def _tell(name: str, error: Exception) -> None:
    """Report one run of a sweep; the others go on."""
    if isinstance(error, SimulatorError):
        _say(f"{name} failed: {error}", FAILED)
        return
    traceback.print_exception(error)
    _say(f"{name} failed: {_in_short(error)}", FAILED)
