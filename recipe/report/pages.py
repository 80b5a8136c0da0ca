"""A page of HTML that needs nothing beside it: no script, no network, pictures inside.

A page is a list of sections, and a section a list of parts; `page.html` says how each part looks. What a part
holds is text until here and is escaped here, whatever a data file has in its cells.
"""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from recipe.diagnostics.problems import Problem
from recipe.program.writing import write_atomically
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
class Grid:
    """A table.

    Args:
        head: names of the columns.
        rows: of text, each as long as the head.
        numeric: indices of the columns that are set flush right.
    """

    form: ClassVar[str] = "grid"
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


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


Part = Words | Heading | Numbers | Grid | Lines | Notes | Picture


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
    return svg(picture_bytes("svg", draw).decode(), name, caption)


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
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(title=title, lead=lead, sections=tuple(sections), footer=footer)


def write_page(path: Path, text: str) -> None:
    """Write a page in one piece."""
    write_atomically(path, text.encode("utf-8", "backslashreplace"))
