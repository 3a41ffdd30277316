"""What `--help` and `--list` say; quick to answer, so nothing heavy is imported to read the options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from simulator.errors import NO_SUCH_SETTING, Mistake, SettingsError, nearest
from simulator.settings_files import (
    KINDS,
    WHOLE,
    check_folders,
    default_options,
    list_options,
    list_scenarios,
)

if TYPE_CHECKING:
    from simulator.describing import Setting

WIDTH = 100

INTRODUCTION = """\
Simulates how long people stay on social assistance in a municipality, and by which door they leave,
when caseloads, sanctions and the collaboration between units are set one way or another.
Prints a summary; the last line is the folder with tables and figures.

  simulator [FLAG ...] [GROUP=OPTION ...] [SETTING=VALUE ...]
"""

LEVERS = {
    "scenario": "the question: a ready choice of options",
    "caseload": "how many clients a caseworker has",
    "sanctions": "what follows when a client stays away",
    "benefit": "what the benefit pays, its cap, and part-time work beside it",
    "collaboration": "how the units work together",
    "employment_service": "the part of the state's employment service",
    "referral": "how a programme is chosen for a client",
    "programmes": "which programmes there are",
    "population": "who applies, and how they come",
    "doors": "the ways out, and the chance of each",
    "client": "how clients search, trust and attend",
    "casework": "what a caseworker's week goes to",
    "vacancies": "how many vacancies there are to find",
    "costs": "what things cost",
    "accounts": "who pays, and what a way out is worth to each payer",
    "reform": "rules that change in the middle of a run",
    "trial": "arms inside the same offices, each with rules of its own",
    "engine": "where the work is done; results do not depend on it",
    "draws": "draws of what nobody knows: every run once with each",
    "study": "what is asked of the runs",
    "experiment": "a whole study by its name: scenario, settings, what is asked",
}

KEYS = """\
  replications=20                      repetitions with fresh luck
  seed=1                               of all luck; the same seed gives the same people
  weeks=260                            weeks reported
  workers=0                            pieces of work at the same time (0: one for each core)
  population.size=5000                 clients to start with
  population.mode=flow                 flow (week by week around a stock) or cohort (all at once)
  caseload.caseworkers=63              staff (fixed_staff and limit)
  caseload.clients_per_caseworker=80   what the staff is hired to hold (ratio)
  caseload.limit=80                    whoever is over it waits (limit)
  caseload.organisation=generalist     generalist, or specialised (a team for the hard-to-place)
  caseload.hours_per_week=40           paid hours of a caseworker
  output.dir=null                      folder for the results (null: results/<study>/<hash>)
"""

FLAGS = """\
  --help [KEY]                 this text; with a key, its settings: unit, range and source
  --list [scenarios | experiments | GROUP]  what there is to choose from
  --cfg job                    print the settings, with units; do not run (-p KEY: only that part)
  --rerun FOLDER               run a finished run again from its manifest; is all the same?
  --info                       how the settings came together
  -m, --multirun               run every combination of values that are separated by commas
  --config-dir FOLDER          add scenarios of your own: FOLDER/*.yaml or FOLDER/scenario/*.yaml
  --shell-completion install=bash  tab completion: eval "$(simulator -sc install=bash)"; also fish, zsh
  --hydra-help, --resolve, --version
"""

EXAMPLES = """\
  simulator
  simulator scenario=neutral population.size=1000
  simulator caseload=ratio caseload.clients_per_caseworker=60 sanctions=warning
  simulator -m caseload.clients_per_caseworker=40,60,80 collaboration=silo,integrated
  simulator study=sweep study.design=sobol study.vary="caseload.clients_per_caseworker sanctions"
  simulator --help caseload.limit
"""

EXIT_CODES = """\
  0 done; 2 a mistake in the settings (all are listed, nothing is written);
  130 interrupted (the same command goes on from there); 1 anything else
"""


def help_text(key: str = "", folders: Sequence[Path] = ()) -> str:
    """Return the help.

    Parameters
    ----------
    key : str
        A setting or a group of settings to explain; everything in brief if empty.
    folders : sequence of Path
        A user's own folders.
    """
    check_folders(folders)
    if key:
        return _explain(key.partition("=")[0].strip("+~").replace("/", "."))
    sections = {
        "Levers (* is chosen if you choose nothing)": _levers(folders),
        "Settings most often changed, with their usual values": KEYS,
        "Flags": FLAGS,
        "Examples": EXAMPLES,
        "Exit codes": EXIT_CODES,
    }
    return INTRODUCTION + "".join(f"\n{title}:\n{body}" for title, body in sections.items())


def _levers(folders: Sequence[Path]) -> str:
    options, defaults = list_options(folders), default_options()
    known = [group for group in LEVERS if group in options]
    others = [group for group in options if group not in {*LEVERS, KINDS}]
    return "".join(_lever(group, list(options[group]), defaults.get(group)) for group in known + others)


def _lever(group: str, names: Sequence[str], default: str | None) -> str:
    choices = ", ".join(f"{name}*" if name == default else name for name in names)
    head = f"  {group + '=':<15} {LEVERS.get(group, '')}".rstrip()
    return f"{head}\n{fill(choices, WIDTH, initial_indent=' ' * 18, subsequent_indent=' ' * 18)}\n"


def list_text(what: str = "", folders: Sequence[Path] = ()) -> str:
    """Return what there is to choose from: the scenarios with their questions, or the options of a group."""
    check_folders(folders)
    options = list_options(folders)
    if what.removesuffix("s") in WHOLE:
        found = list_scenarios(folders, what.removesuffix("s"))
        width = max(len(name) for name, _, _ in found)
        return "".join(f"{name:<{width}}  {question or title}\n" for name, title, question in found)
    if what in options:
        width = max(len(name) for name in options[what])
        return "".join(
            f"{name:<{width}}  {_remark(path)}".rstrip() + "\n" for name, path in options[what].items()
        )
    if not what:
        return _levers(folders)
    groups = ["scenarios", "experiments", *options]
    raise SettingsError(
        [Mistake("--list", f"there is no '{what}'", ", ".join(groups), nearest(what, groups))]
    )


def _remark(path: Path) -> str:
    """Return the remark at the head of a file of settings, if there is one."""
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    return first.lstrip("# ") if first.startswith("#") else ""


def _explain(key: str) -> str:
    from simulator.config import nearest_setting  # noqa: PLC0415  (takes longer than all the rest)
    from simulator.describing import find_setting, settings_under  # noqa: PLC0415

    if key == "scenario":
        return list_text("scenarios")
    setting = find_setting(key)
    if setting is None:
        raise SettingsError([Mistake(f"--help {key}", NO_SUCH_SETTING, nearest=nearest_setting(key))])
    if setting.kind != "group":
        return _entry(setting)
    leaves = [inner for inner in settings_under(key, deep=True) if inner.kind != "group"]
    return f"{setting.path}: {setting.title}\n\n" + "\n".join(_entry(leaf) for leaf in leaves)


def _entry(setting: Setting) -> str:
    lines = [setting.title, f"allowed: {setting.allowed}"]
    if setting.plausible:
        lines.append(f"plausible: {setting.plausible_range}")
    if setting.source:
        lines.append(f"source: {setting.source}")
    margin = " " * 4
    body = [fill(line, WIDTH, initial_indent=margin, subsequent_indent=margin * 2) for line in lines]
    return "\n".join([setting.path, *body, ""])
