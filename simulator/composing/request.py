"""One request: Hydra started, overrides read, and what is wrong with them so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from simulator.composing.overrides import Terms, Wish, read_overrides
from simulator.composing.points import followable
from simulator.composing.salvaging import salvaged
from simulator.composing.session import Compose, hydra_session
from simulator.errors import Mistake
from simulator.settings_files import check_folders, list_options

Request = tuple[Compose, list[Wish], list[Mistake]]


@contextmanager
def request(overrides: Sequence[str], folders: Sequence[Path], **allowed: bool) -> Iterator[Request]:
    """Start Hydra, read overrides; give what composes, what is wished, and what is wrong so far."""
    check_folders(folders)
    terms = Terms(list_options(folders), **allowed)
    with hydra_session(folders) as compose:
        wishes, mistakes = read_overrides(overrides, terms)
        if mistakes:
            wishes = salvaged(compose, overrides, wishes, terms.options)
        yield (compose, *followable(compose, wishes, terms.options, mistakes))
