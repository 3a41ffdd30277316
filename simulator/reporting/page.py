"""What a report consists of, and how it becomes one HTML file that needs nothing else.

A report is a page of sections, a section a list of blocks: prose, points, facts, tables, pictures. Whoever
writes a study's report makes these; the templates alone know HTML. The page has no script and asks no network
for anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from simulator.reporting.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment

FOREIGN = "en"
"""Language of texts that come from settings, whatever the language of the page."""


class Foreign(str):
    """A cell of a table that comes from the settings, and so is in their language."""

    __slots__ = ()
    foreign = True


@dataclass(frozen=True)
class Prose:
    """A paragraph.

    Attributes
    ----------
    text : str
        Plain text.
    foreign : bool
        Whether it comes from the settings, and so is in their language.
    """

    text: str
    foreign: bool = False
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True)
class Points:
    """A list of points; `foreign` as in `Prose`."""

    texts: Sequence[str]
    foreign: bool = False
    kind: str = field(default="points", init=False)


@dataclass(frozen=True)
class Facts:
    """Names and values, one pair a line."""

    pairs: Sequence[tuple[str, str]]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first column names the row.

    Attributes
    ----------
    caption : str
        What it holds.
    heads : sequence of str
        Names of the columns.
    rows : sequence of sequence of str
        Cells in words and written numbers.
    texts : tuple of int
        Columns, besides the first, that hold words and no numbers.
    folded : bool
        Whether a reader opens it first.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: tuple[int, ...] = ()
    folded: bool = False
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes
    ----------
    name : str
        Unique within the page.
    title, note : str
        What is asked of it, and of what it is drawn.
    svg : str
        As `simulator.reporting.svg.inline` makes it.
    points : sequence of str
        What it shows, in sentences: for whoever does not see it, and for whoever does.
    table : Table, optional
        The numbers behind it.
    """

    name: str
    title: str
    note: str
    svg: str
    points: Sequence[str]
    table: Table | None = None
    kind: str = field(default="picture", init=False)


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Links:
    """A list of texts, each with the address where more of it stands, or none; `foreign` as in `Prose`."""

    items: Sequence[tuple[str, str]]
    foreign: bool = False
    kind: str = field(default="links", init=False)


Block = Prose | Points | Facts | Table | Picture | Heading | Links


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading; `name` is unique within the page."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A whole report.

    Attributes
    ----------
    title, question : str
        From the settings; shown in the language of the page where its words have them.
    lead : str
        What else has to be known to read on; may be empty.
    answer : sequence of str
        The answer in a sentence or a few, each with its interval.
    sections : sequence of Section
        In the order of reading; one without blocks is left out.
    answers : sequence of (Prose, str)
        Where several questions are answered: each question, and its answer.
    foreign : bool
        Whether title and question come from the settings.
    is_own_question : bool
        Whether the question is in the language of the page whatever the title is in.
    """

    title: str
    question: str
    lead: str
    answer: Sequence[str]
    sections: Sequence[Section]
    answers: Sequence[tuple[Prose, str]] = ()
    foreign: bool = True
    is_own_question: bool = False


def text_of(text: str, words: Words) -> Prose:
    """Return a text of the settings: in the language of the page if its catalogue has it, else as it is."""
    key = f"labels.text.{text}"
    return Prose(words.texts[key]) if key in words.texts else Prose(text, foreign=True)


def render(page: Page, words: Words) -> bytes:
    """Return a page as one HTML file, the same bytes each time."""
    shown = [section for section in page.sections if section.blocks]
    title = text_of(page.title, words) if page.foreign else Prose(page.title)
    is_own = page.is_own_question or not page.foreign
    question = Prose(page.question) if is_own else text_of(page.question, words)
    environment = _environment()
    template = environment.get_template("report.html.j2")
    foreign = FOREIGN if words.language != FOREIGN else ""
    filled = {"page": page, "title": title, "question": question, "sections": shown, "words": words}
    html = template.render(**filled, foreign=foreign)
    return ("\n".join(_lines(html)) + "\n").encode()


def fragment(blocks: Sequence[Block], words: Words) -> str:
    """Return blocks as HTML to stand within a page that has the report's style."""
    foreign = FOREIGN if words.language != FOREIGN else ""
    template = _environment().get_template("fragment.html.j2")
    return "\n".join(_lines(template.render(blocks=blocks, words=words, foreign=foreign)))


def _lines(html: str) -> Iterator[str]:
    """Yield the lines that hold anything."""
    for line in html.splitlines():
        if line.strip():
            yield line.rstrip()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415  (for reports alone)

    return Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> str:
    return files("simulator.reporting").joinpath(f"templates/{name}").read_text(encoding="utf-8")
