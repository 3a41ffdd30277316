"""One decorator for every behaviour that the week runs: compiled by Numba, or plain Python if that is off.

The compiled form is kept on disk in a folder named by a hash of the sources it can come from and of the
versions that shape machine code. Numba alone would look only at the file of the *calling* function, and an
edited rule in another file would not take effect.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import FunctionType
from typing import TypeVar, cast

import llvmlite
import numba
import numpy as np
import platformdirs
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, CompileResult
from numba.core.registry import CPUDispatcher
from numba.core.types import NamedTuple, Record

from simulator.own_rules import rules_file

Function = TypeVar("Function", bound=Callable[..., object])

PACKAGE = Path(__file__).parent

NEVER_COMPILED = (
    "composing", "outcomes", "experiments", "reporting", "dashboard", "cli.py", "helping.py", "model.py",
    "extras.py",
)  # fmt: skip
"""Rooms that hold no behaviour, and that no behaviour may import: editing them compiles nothing anew."""


def source_hash(*, compiled_only: bool = False) -> str:
    """Return a short hash of the sources, a file of own rules included, and of what shapes compiled code.

    Parameters
    ----------
    compiled_only : bool
        Leave out the rooms in which nothing is compiled.
    """
    digest = hashlib.sha256()
    versions = (sys.version_info[:3], numba.__version__, llvmlite.__version__, np.__version__)
    digest.update(repr(versions).encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        if not (compiled_only and name.parts[0] in NEVER_COMPILED):
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes())
    own = rules_file()
    if own is not None:
        digest.update(own.read_bytes())
    return digest.hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def cache_folder() -> Path:
    """Return the folder that holds the compiled form of exactly these sources."""
    root = os.environ.get("SIMULATOR_CACHE_DIR") or platformdirs.user_cache_dir("assistance-exit-simulator")
    return Path(root) / "compiled" / source_hash(compiled_only=True)


CACHE_FOLDER = cache_folder()
CACHING = _writable(CACHE_FOLDER)
if CACHING:
    numba.config.CACHE_DIR = str(CACHE_FOLDER)


def _short_name(office: NamedTuple) -> tuple[str, tuple[str]]:
    return type(office).__name__, (hashlib.sha256(office.name.encode()).hexdigest(),)


NamedTuple.mangling_args = property(_short_name)
"""Numba names a compiled function by the types of its arguments; with all fields of all records of an office
that were 29,000 letters for each call of a step."""


def _name_of(record: Record) -> str:
    return str(record.name)


Record.__repr__ = _name_of
"""Numba writes out the types of all arguments at each of a hundred thousand stages of compiling."""


class InnerLibrary(JITCodeLibrary):
    """What is compiled of a function that only compiled functions call: each of them takes it in.

    Machine code is made of those alone that Python calls; of all of them it would take a tenth of the time.
    """

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return that there is no machine code."""
        return 0

    @property
    def codegen(self) -> InnerLibrary:
        """Who keeps what belongs to the machine code: nobody else."""
        return self

    def set_env(self, name: str, environment: object) -> None:
        """Keep nothing: there is no machine code to which it could belong."""


class InnerCompiler(Compiler):
    """Compiles a function for other compiled functions."""

    def compile_extra(self, func: Callable[..., object]) -> CompileResult:
        """Compile the function into a library that others take in."""
        self.state.library = InnerLibrary(self.state.targetctx.codegen(), func.__qualname__)
        return super().compile_extra(func)


OPTIONS = {"nopython": True, "nogil": True, "error_model": "numpy", "_nrt": False}
"""Compiled code releases the interpreter lock. It only reads and writes memory that its caller owns, so that
no call needs to count references to the twenty arrays of an office, which took a third of the time."""

WITHOUT_ENTRY = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Most compiled functions are called by other compiled functions alone; a way in from Python for each of them
would take a quarter of the time of compiling."""


def _kept(function: Callable[..., object]) -> CPUDispatcher:
    """Return a function that is compiled with a way in from Python, and kept on disk."""
    kept = CPUDispatcher(function, targetoptions=OPTIONS)
    if CACHING:
        kept.enable_caching()
    return kept


class Behaviour(CPUDispatcher):
    """A function compiled for other compiled functions; called from Python, it gets a way in of its own."""

    def __call__(self, *arguments: object) -> object:
        """Call the compiled function from Python."""
        return self._entry(*arguments)

    @cached_property
    def _entry(self) -> Callable[..., object]:
        own = self.py_func
        copy = FunctionType(own.__code__, own.__globals__, own.__name__, own.__defaults__, own.__closure__)
        copy.__qualname__ = f"{own.__qualname__}.entry"  # Numba's cache goes by this name
        return _kept(copy)


def behaviour(function: Function) -> Function:
    """Compile `function`, keeping on disk what Python calls.

    With the environment variable NUMBA_DISABLE_JIT=1 the function stays plain Python, which a debugger can
    step through; both forms give the same results bit for bit.
    """
    return _compiled(function, WITHOUT_ENTRY)


def part(function: Function) -> Function:
    """Compile `function` into each of its callers: for steps, and parts of a step, that get the whole office.

    An office is some thirty arrays; passing all of them takes longer than most parts do.
    """
    return _compiled(function, {**WITHOUT_ENTRY, "forceinline": True})


def apart(function: Function) -> Function:
    """Compile `function`, a whole step, so that another process can: it is kept on disk by itself."""
    if numba.config.DISABLE_JIT:
        return function
    return cast(Function, _kept(function))


def _compiled(function: Function, options: dict[str, bool]) -> Function:
    if numba.config.DISABLE_JIT:
        return function
    wanted = {**OPTIONS, **options}
    return cast(Function, Behaviour(function, targetoptions=wanted, pipeline_class=InnerCompiler))


def compile_for(functions: Sequence[Callable[..., object]], *arguments: object) -> None:
    """Compile some functions for arguments like these, without calling them."""
    types = tuple(numba.typeof(argument) for argument in arguments)
    for function in functions:
        cast(CPUDispatcher, function).compile(types)


def is_compiled_on_disk() -> bool:
    """Whether an earlier run has left the compiled week for exactly these sources."""
    return CACHING and any(CACHE_FOLDER.rglob("week.play_weeks*.nbc"))
