"""Lines of source text with marks under them, as wide as the terminal and in step with it."""

import textwrap
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from recipe.diagnostics.problems import Texts
from recipe.diagnostics.spans import Span

Paint = Callable[[str, str], str]
"""Gives a text the colour of a role; see `rendering`."""

_TAB = 4
_NARROWEST = 20
_LONGEST_LINE = 4_000  # characters; of a longer line only the stretches around its marks are drawn


@dataclass(frozen=True, slots=True)
class Screen:
    """What the text will be read on.

    Args:
        width: in terminal cells.
        ascii_only: whether every other character must be written as an escape.
        paint: gives a text the colour of a role, or leaves it.
    """

    width: int
    ascii_only: bool
    paint: Paint

    @property
    def ellipsis(self) -> str:
        """What stands where a line was cut."""
        return "..." if self.ascii_only else "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of one source to underline.

    Args:
        span: of several lines, the first is underlined.
        sign: the character to underline with.
        role: its colour.
        text: what to say beside it; may be empty.
    """

    span: Span
    sign: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of source text as it is shown, and the rows of marks under it."""

    code: str
    under: tuple[str, ...]


def shown(character: str, screen: Screen) -> str:
    """A character as the terminal may have it: nothing that moves the cursor or hides other text."""
    if character.isascii() and character.isprintable():
        return character
    category = unicodedata.category(character)
    hidden = category in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\u200d"
    if hidden or (screen.ascii_only and not character.isascii()):
        return character.encode("unicode_escape", "surrogatepass").decode()
    return character


def safe(text: str, screen: Screen) -> str:
    """A text in one line, every character as `shown`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown(character, screen) for character in text)


def cells(text: str) -> int:
    """How many terminal cells a text takes: East Asian and emoji two, combining marks none."""
    return len(text) if text.isascii() else sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def frame(marks: Sequence[Mark], arrow: str, gutter: int, texts: Texts, screen: Screen) -> Iterator[str]:
    """The place of the first mark, then the lines that the marks stand in, with line numbers.

    Args:
        marks: all in one source, the most important first.
        arrow: what stands before the place.
        gutter: cells for the line numbers.
        texts: where the source is looked up; where it is missing only the words of the marks remain.
        screen: what to draw on.
    """
    paint = screen.paint
    first = marks[0].span
    place = safe(f"{first.source}:{first.line}:{first.column}", screen)
    yield f"{' ' * gutter}{paint('frame', arrow)} {place}"
    bar = paint("frame", "|")
    beside = Screen(screen.width - gutter - 3, screen.ascii_only, paint)
    previous = 0
    for number, group in groupby(sorted(marks, key=_line_of), _line_of):
        in_line = tuple(group)
        line = texts.line(first.source, number)
        if line is None:
            yield from (note("", mark.text, gutter, screen) for mark in in_line if mark.text)
            continue
        for strip in strips(line, in_line, beside):
            if previous == 0:
                yield f"{' ' * gutter} {bar}"
            elif number != previous + 1:
                yield paint("frame", "...")
            yield f"{paint('frame', f'{number:>{gutter}}')} {bar} {strip.code}".rstrip()
            yield from (f"{' ' * gutter} {bar} {row}" for row in strip.under)
            previous = number


def note(title: str, text: str, gutter: int, screen: Screen) -> str:
    """A remark below the lines, `= title: text`, wrapped to the width with its lines in step."""
    lead = f"{title}: " if title else ""
    indent = gutter + 3 + len(lead)
    width = max(screen.width - indent, _NARROWEST)
    rows = [row for line in text.splitlines() for row in _wrapped(safe(line, screen), width)]
    first = f"{' ' * gutter} {screen.paint('frame', '=')} {screen.paint('strong', lead.rstrip())}"
    return "\n".join([first + " " * bool(lead) + rows[0], *(" " * indent + row for row in rows[1:])])


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False) or [""]


def _line_of(mark: Mark) -> int:
    return mark.span.line


def strips(line: str, marks: Sequence[Mark], screen: Screen) -> Iterator[Strip]:
    """A line with its marks; a line too long for all marks is shown once for each stretch of it.

    Args:
        line: as it stands in the source.
        marks: whose spans begin in this line, the most important first.
        screen: its width is what is left beside the line number.
    """
    if len(line) > _LONGEST_LINE:
        yield from _strips_of_pieces(line, marks, screen)
        return
    written, offsets = _drawn(line, screen)
    left_over = list(marks)
    while left_over:
        first, last = _window(offsets, _stretch(left_over[0], line), 1 + cells(left_over[0].text), screen)
        inside = [mark for mark in left_over if first <= _stretch(mark, line)[0] <= last]
        left_over = [mark for mark in left_over if mark not in inside]
        before = screen.ellipsis if first > 0 else ""
        after = screen.ellipsis if last < len(line) else ""
        under: list[str] = []
        for mark in inside:
            start, end = _stretch(mark, line)
            column = offsets[start] - offsets[first] + len(before)
            length = offsets[min(end, last)] - offsets[start]
            under += _mark_rows(mark, column, max(1, length), screen)
        code = before + "".join(written[first:last]) + after
        yield Strip(code.rstrip(), tuple(under))


def _strips_of_pieces(line: str, marks: Sequence[Mark], screen: Screen) -> Iterator[Strip]:
    """Strips of a line of any length: only what stands around its marks is looked at."""
    left_over = list(marks)
    while left_over:
        start = max(0, _stretch(left_over[0], line)[0] - _LONGEST_LINE // 2)
        piece = line[start : start + _LONGEST_LINE]
        inside = [mark for mark in left_over if start <= _stretch(mark, line)[0] <= start + len(piece)]
        left_over = [mark for mark in left_over if mark not in inside]
        yield from strips(piece, [_moved(mark, start) for mark in inside], screen)


def _moved(mark: Mark, start: int) -> Mark:
    """A mark in a line without its first characters."""
    span = mark.span
    end_column = max(1, span.end_column - start) if span.end_line == span.line else span.end_column
    return replace(mark, span=replace(span, column=max(1, span.column - start), end_column=end_column))


def _drawn(line: str, screen: Screen) -> tuple[Sequence[str], Sequence[int]]:
    """What each character of a line becomes on the screen, and the cells before each, and before the end."""
    if line.isascii() and line.isprintable():
        return line, range(len(line) + 1)
    written = list(_written(line, screen))
    return written, [0, *accumulate(cells(text) for text in written)]


def _written(line: str, screen: Screen) -> Iterator[str]:
    """What each character of a line becomes on the screen, tabs filled up to the next stop."""
    column = 0
    for character in line:
        text = " " * (_TAB - column % _TAB) if character == "\t" else shown(character, screen)
        column += cells(text)
        yield text


def _stretch(mark: Mark, line: str) -> tuple[int, int]:
    """First character of a mark and the one after its last, from 0."""
    start = min(mark.span.column - 1, len(line))
    in_one_line = mark.span.end_line == mark.span.line
    end = mark.span.end_column - 1 if in_one_line else len(line.rstrip())
    return start, min(max(start, end), len(line))


def _window(offsets: Sequence[int], stretch: tuple[int, int], beside: int, screen: Screen) -> tuple[int, int]:
    """The characters to show of a line: all, or as many as fit around a stretch and the words beside it."""
    num_characters = len(offsets) - 1
    width = max(screen.width, _NARROWEST)
    behind = 1 if stretch[0] == num_characters else 0  # a mark behind the last character takes a cell
    if offsets[-1] + behind <= width:
        return 0, num_characters
    room = width - 2 * len(screen.ellipsis)
    start, end = stretch
    spare = room - (offsets[end] - offsets[start])
    margin = max(0, spare - beside if spare > beside else spare) // 2
    left = max(0, min(offsets[start] - margin, offsets[-1] - room))
    first = bisect_left(offsets, left)
    return first, bisect_right(offsets, offsets[first] + room) - 1


def _mark_rows(mark: Mark, column: int, length: int, screen: Screen) -> Iterator[str]:
    """The underline with its text beside it, or below it where there is no room."""
    width = max(screen.width, _NARROWEST)
    text = safe(mark.text, screen)
    underline = mark.sign * length
    if column + length + 1 + cells(text) <= width:
        yield " " * column + screen.paint(mark.role, f"{underline} {text}".rstrip())
        return
    yield " " * column + screen.paint(mark.role, underline)
    rows = textwrap.wrap(text, width)
    indent = max(0, min(column, width - max(map(cells, rows), default=0)))
    for row in rows:
        yield " " * indent + screen.paint(mark.role, row)
