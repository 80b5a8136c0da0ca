"""A page of HTML that needs nothing beside it: no script, no network, pictures inside.

A page is a list of sections, and a section a list of parts; `page.html` says how each part looks. What a part
holds is text until here and is escaped here, whatever a data file has in its cells.
"""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from recipe.diagnostics.problems import Problem
from recipe.program.writing import write_result
from recipe.report.colours import themed, variables
from recipe.report.pictures import picture_bytes

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.figure import Figure

_TEMPLATE = Path(__file__).with_name("page.html")


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    form: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    form: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """A few values, each with its name above it."""

    form: ClassVar[str] = "numbers"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Text in a table that leads to another place of the page.

    Args:
        text: as it is read.
        place: an id of the page, such as `line-12` of a `Source`.
    """

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Args:
        head: names of the columns.
        rows: of text, each as long as the head.
        numeric: indices of the columns that are set flush right.
    """

    form: ClassVar[str] = "grid"
    head: tuple[str, ...]
    rows: tuple[tuple[str | Link, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of what was said of what: a row for each class that was right, a column for each that was said.

    Args:
        labels: of the classes.
        counts: `(classes, classes)`.
    """

    form: ClassVar[str] = "matrix"
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def rows(self) -> tuple[tuple[str, tuple[tuple[int, float], ...]], ...]:
        """By label, each count with its share of the row."""
        return tuple(
            (label, tuple((count, count / max(1, sum(row))) for count in row))
            for label, row in zip(self.labels, self.counts, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a spec with numbered lines."""

    form: ClassVar[str] = "source"
    text: str

    @property
    def lines(self) -> tuple[tuple[str, str, str, str], ...]:
        """Each line in four pieces: what stands before its key, the key, its value, and its comment."""
        return tuple(_pieces(line) for line in self.text.splitlines())


@dataclass(frozen=True, slots=True)
class Lines:
    """Text whose lines and spaces are kept."""

    form: ClassVar[str] = "lines"
    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """Problems, each with its severity, its code and the way out."""

    form: ClassVar[str] = "notes"
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that lies inside the page, made by `drawing` or `bitmap`."""

    form: ClassVar[str] = "picture"
    markup: "Markup"
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures side by side, as many as there is room for.

    Args:
        pictures: in order.
        least: pixels that each needs.
    """

    form: ClassVar[str] = "gallery"
    pictures: tuple[Picture, ...]
    least: int = 320


@dataclass(frozen=True, slots=True)
class Folded:
    """Parts that are shown when they are asked for."""

    form: ClassVar[str] = "folded"
    title: str
    parts: tuple["Part", ...]


Part = Words | Heading | Numbers | Grid | Matrix | Lines | Source | Notes | Picture | Gallery | Folded


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page with a title."""

    title: str
    parts: tuple[Part, ...]


def drawing(draw: Callable[[], "Figure"], name: str, caption: str = "") -> Picture:
    """A figure of matplotlib as a picture of a page.

    Args:
        draw: makes the figure.
        name: what it shows, for readers who cannot see it; no other drawing of the page has it.
        caption: below it.
    """
    text = re.sub(r"<style.*?</style>", "", picture_bytes("svg", draw).decode(), flags=re.DOTALL)
    return svg(themed(text), name, caption)  # that style holds for the whole page, and stands in its own


def svg(text: str, name: str, caption: str = "") -> Picture:
    """An SVG of ours as a picture of a page; its ids get a prefix, so that two on a page do not mix."""
    from markupsafe import Markup

    own = re.sub(r"\W+", "-", name)
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(\bid="|url\(#|href="#)', lambda found: f"{found[1]}{own}-", text)
    text = text.replace("<svg", f'<svg role="img" aria-label="{escape(name)}"', 1)
    return Picture(Markup(text), caption)  # drawn by us, its texts escaped by who drew it


def bitmap(png: bytes, name: str, caption: str = "", width: int | None = None) -> Picture:
    """A PNG as a picture of a page.

    Args:
        png: its bytes.
        name: what it shows, for readers who cannot see it.
        caption: below it.
        width: on the page, in pixels; its own unless said.
    """
    from markupsafe import Markup

    size = "" if width is None else f' width="{width}"'
    content = base64.b64encode(png).decode("ascii")
    markup = f'<img alt="{escape(name)}" src="data:image/png;base64,{content}"{size}>'
    return Picture(Markup(markup), caption)  # base64, and a name that is escaped


def page(title: str, lead: str, sections: Sequence[Section], footer: str = "") -> str:
    """The text of a page.

    Args:
        title: of the page.
        lead: a line below the title.
        sections: in order.
        footer: a line at the end.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    colours = {"light": variables(dark=False), "dark": variables(dark=True)}
    return template.render(title=title, lead=lead, sections=tuple(sections), footer=footer, colours=colours)


def write_page(path: Path, text: str) -> None:
    """Write a page in one piece."""
    write_result(path, text.encode("utf-8", "backslashreplace"))


def _pieces(line: str) -> tuple[str, str, str, str]:
    """A line of YAML in pieces; together they are the line.

    >>> _pieces("  - Dense: 3   # short")
    ('  - ', 'Dense:', ' 3', '   # short')
    """
    comment = next((at for at in _comments(line)), len(line))
    key = re.match(r"([\s-]*)([\w.]+:(?=\s|$))?", line[:comment])
    start, end = (key.end(1), key.end()) if key else (0, 0)
    return line[:start], line[start:end], line[end:comment], line[comment:]


def _comments(line: str) -> Iterator[int]:
    """Where a comment may begin: at a `#` after a space that stands in no quotes."""
    for found in re.finditer(r"(?:^|\s+)#", line):
        before = line[: found.start()]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            yield found.start()
