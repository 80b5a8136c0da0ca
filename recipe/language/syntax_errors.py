"""From the YAML scanner's complaint to a Problem in the words of this notation."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.syntax import (
    AfterTheValue,
    BadEscape,
    BelowAValue,
    CommentTooNear,
    Indentation,
    InvalidYaml,
    ItemBehindKey,
    MissingColon,
    MissingComma,
    MixedBlock,
    NoValue,
    ReservedCharacter,
    SecondColon,
    SiblingsWithoutColon,
    TabCharacter,
    UnclosedBracket,
    UnclosedQuote,
    UnquotedExpression,
    UnquotedPattern,
    WrongBracket,
)
from recipe.diagnostics.text import EmptyText, SecondDocument
from recipe.diagnostics.yaml_forms import ComplexKey, Directive, MissingSpace, NonStringKey, TagWritten
from recipe.language.events import Place
from recipe.language.scanner import COMMENT_TOO_NEAR

_MOST_LINES = 1_000  # from the end that are searched for an open bracket
_LONGEST_LINE = 2_000  # characters that are looked at; a word of the user is nearer than that
_RECEIVED = re.compile(r"(?:got|found) '(?P<token>[^']+)'")
_WORD = re.compile(r"[^\s,\[\]{}]+")
_MISSING_SPACE = re.compile(r"\s*(?:- )*(?P<text>[A-Za-z_][\w.]*:(?!//)[^\s:][^\s,{}\[\]]*)")
_BARE_ITEM = re.compile(r"\s*(?:- +)+(?P<name>[A-Za-z_][\w.]*)\s*")
_KEY_AND_VALUE = re.compile(r"\s*(?:- +)*(?P<key>[^\s:#-][^:]*):\s+(?P<value>\S.*)")
_COMMENT = re.compile(r"\s+(?:#.*)?$")
_BRACKET = re.compile(r"[\[\]{}]")
_FILLED = re.compile(r"\s*[^\s#]")
_EXPRESSION = re.compile(r"\$\{[^}]*\}?|\$\w+(?:\[[^\]]*\]?)?")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the scanner said, and where.

    Args:
        source: name of the text.
        lines: of the whole text, without their breaks.
        reason: what it found wrong.
        doing: what it was scanning meanwhile; may be empty.
        place: where it noticed.
        since: where that began; equal to `place` when it does not say.
    """

    source: str
    lines: Sequence[str]
    reason: str
    doing: str
    place: Place
    since: Place

    def line(self, number: int) -> str:
        """The start of a line, without its break; empty past the end."""
        return self.lines[number][:_LONGEST_LINE] if number < len(self.lines) else ""

    def span(self, place: Place, length: int = 1) -> Span:
        """A stretch of one line."""
        line, column = place.line + 1, place.column + 1
        return Span(self.source, line, column, line, column + length)

    def word(self, place: Place) -> str:
        """What stands at a place, to the next blank, comma or bracket."""
        line = self.line(place.line)
        found = _WORD.match(line, place.column)
        return found[0] if found else line[place.column : place.column + 1]

    @property
    def token(self) -> str:
        """The token that the reason names, such as `-` or `<stream end>`."""
        found = _RECEIVED.search(self.reason)
        return found["token"] if found else ""

    @property
    def place_span(self) -> Span:
        """The word at the place where it noticed."""
        return self.span(self.place, len(self.word(self.place)) or 1)

    def above(self) -> Place | None:
        """The start of the nearest line above the place that is neither empty nor a comment."""
        numbers = range(self.place.line - 1, -1, -1)
        number = next((number for number in numbers if _FILLED.match(self.lines[number])), None)
        return None if number is None else Place(number, 0)

    def open_bracket(self) -> Place | None:
        """The nearest bracket that is still open at the end, as far as counting without quotes can tell."""
        depth = 0
        for number in range(len(self.lines) - 1, max(-1, len(self.lines) - _MOST_LINES), -1):
            for found in reversed(list(_BRACKET.finditer(self.line(number)))):
                depth += 1 if found[0] in "]}" else -1
                if depth < 0:
                    return Place(number, found.start())
        return None


def translate(complaint: Complaint) -> Problem:
    """The Problem that a complaint of the scanner stands for."""
    for doing, reason, worded in _ROWS:
        if complaint.doing.endswith(doing) and reason in complaint.reason:
            return worded(complaint)
    return InvalidYaml(complaint.place_span, complaint.reason)


def _colon(complaint: Complaint) -> Problem:
    """A colon where no key can be: on the line of another, or below a finished value."""
    line = complaint.line(complaint.place.line).rstrip()
    behind = _KEY_AND_VALUE.fullmatch(line)
    if behind and behind.start("value") <= complaint.place.column:
        return SecondColon(complaint.span(complaint.place), behind["key"], behind["value"])
    above = complaint.above()
    if above is None:
        return InvalidYaml(complaint.place_span, complaint.reason)
    return _continued(complaint, above)


def _continued(complaint: Complaint, above: Place) -> Problem:
    """A key that YAML takes for the rest of the line above, or finds where none can be."""
    line = complaint.line(complaint.place.line)
    upper = _COMMENT.sub("", complaint.line(above.line))
    start = Place(complaint.place.line, len(line) - len(line.lstrip()))
    key = line[start.column :].partition(":")[0].rstrip()
    key_span = complaint.span(start, len(key) or 1)
    item = _BARE_ITEM.fullmatch(upper)
    if item and item.start("name") <= start.column:
        name_span = complaint.span(Place(above.line, item.start("name")), len(item["name"]))
        return SiblingsWithoutColon(name_span, item["name"], key, key_span)
    if squeezed := _MISSING_SPACE.match(upper):
        return _missing_space(complaint, above.line, squeezed)
    pair = _KEY_AND_VALUE.fullmatch(upper)
    if pair and pair.start("key") < start.column:
        value_span = complaint.span(Place(above.line, pair.start("value")), len(pair["value"]))
        return BelowAValue(key_span, key, pair["key"], pair["value"], value_span)
    return Indentation(key_span, complaint.span(complaint.since))


def _missing_space(complaint: Complaint, line: int, found: re.Match[str]) -> Problem:
    return MissingSpace(complaint.span(Place(line, found.start("text")), len(found["text"])), found["text"])


def _character(complaint: Complaint) -> Problem:
    """A character that starts nothing."""
    word = complaint.word(complaint.place).removesuffix(":")
    if word.startswith("\t"):
        return TabCharacter(complaint.span(complaint.place))
    return ReservedCharacter(complaint.span(complaint.place, len(word) or 1), word)


def _reserved(complaint: Complaint) -> Problem:
    """A value whose first character began something that did not follow."""
    word = complaint.word(complaint.since)
    return ReservedCharacter(complaint.span(complaint.since, len(word) or 1), word)


def _pattern(complaint: Complaint) -> Problem:
    word = complaint.word(complaint.since)
    return UnquotedPattern(complaint.span(complaint.since, len(word) or 1), word)


def _tag(complaint: Complaint) -> Problem:
    word = complaint.word(complaint.since)
    return TagWritten(complaint.span(complaint.since, len(word) or 1), word)


def _quote(complaint: Complaint) -> Problem:
    since = complaint.since
    return UnclosedQuote(complaint.span(since), complaint.line(since.line)[since.column : since.column + 1])


def _escape(complaint: Complaint) -> Problem:
    return BadEscape(complaint.span(Place(complaint.place.line, max(0, complaint.place.column - 1)), 2))


def _flow(complaint: Complaint) -> Problem:
    """Something between the entries of brackets or braces."""
    line = complaint.line(complaint.place.line)
    bracket = complaint.line(complaint.since.line)[complaint.since.column : complaint.since.column + 1]
    opened = complaint.span(complaint.since)
    for found in _EXPRESSION.finditer(line):
        if found.start() < complaint.place.column < found.end():
            place = Place(complaint.place.line, found.start())
            return UnquotedExpression(complaint.span(place, len(found[0])), found[0])
    if complaint.token == "<stream end>" or _left_open(complaint):
        return UnclosedBracket(opened, bracket, complaint.place_span)
    if complaint.token in {"]", "}"}:
        return WrongBracket(complaint.span(complaint.place), complaint.token, bracket, opened)
    if complaint.token == ":" and (double := _two_colons(complaint)):
        return double
    return MissingComma(complaint.place_span, bracket, opened)


def _left_open(complaint: Complaint) -> bool:
    """Whether a new key of the block around begins on a later line, so the bracket was forgotten."""
    opening = complaint.line(complaint.since.line)
    here = complaint.line(complaint.place.line)
    indent, outer = (len(line) - len(line.lstrip()) for line in (here, opening))
    is_value = bool(opening[: complaint.since.column].strip())
    is_later_key = complaint.since.line < complaint.place.line and complaint.token == ":"
    return is_later_key and is_value and indent <= outer


def _two_colons(complaint: Complaint) -> Problem | None:
    """`{a: b: c}`: the second colon follows one word, where a missing comma would follow two."""
    entry = re.split(r"[,{\[]", complaint.line(complaint.place.line)[: complaint.place.column])[-1]
    key, colon, value = entry.partition(": ")
    if not colon or len(value.split()) != 1:
        return None
    return SecondColon(complaint.span(complaint.place), key.strip(), f"{value.strip()}: ...")


def _comment(complaint: Complaint) -> Problem:
    return CommentTooNear(complaint.span(complaint.place))


def _no_key(complaint: Complaint) -> Problem:
    """A colon with nothing before it."""
    return NonStringKey(complaint.span(complaint.place), "", "nothing")


def _no_value(complaint: Complaint) -> Problem:
    if complaint.token == ":":
        return _no_key(complaint)
    if complaint.token == "<document end>":
        return EmptyText(complaint.place_span)
    if complaint.token in {"]", "}"}:
        return WrongBracket(complaint.span(complaint.place), complaint.token)
    opened = complaint.open_bracket() if complaint.token == "<stream end>" else None
    if opened:
        bracket = complaint.line(opened.line)[opened.column]
        return UnclosedBracket(complaint.span(opened), bracket, complaint.place_span)
    return NoValue(complaint.span(complaint.place), complaint.token)


def _block(complaint: Complaint) -> Problem:
    """A token that ends a block of lines too early."""
    block = complaint.span(complaint.since)
    if complaint.token in {"-", "?"}:
        text = complaint.line(complaint.place.line)[complaint.place.column :].rstrip()
        return MixedBlock(complaint.place_span, complaint.token, block, text)
    if complaint.token == ":":
        return _no_key(complaint)
    if complaint.token.startswith("<block"):
        above = complaint.above()
        return _continued(complaint, above) if above else Indentation(complaint.place_span, block)
    return AfterTheValue(complaint.place_span)


def _no_colon(complaint: Complaint) -> Problem:
    line = complaint.line(complaint.since.line)
    if squeezed := _MISSING_SPACE.match(line):
        return _missing_space(complaint, complaint.since.line, squeezed)
    text = line[complaint.since.column :].rstrip()
    return MissingColon(complaint.span(complaint.since, len(text) or 1), text)


def _directive(complaint: Complaint) -> Problem:
    """A line that starts with `%`; the scanner may notice it only lines later."""
    for number in range(complaint.place.line, -1, -1):
        line = complaint.line(number)
        if line.startswith("%"):
            return Directive(complaint.span(Place(number, 0), len(line)), line)
    return SecondDocument(complaint.place_span)


def _item(complaint: Complaint) -> Problem:
    return ItemBehindKey(complaint.span(complaint.place))


def _question_mark(complaint: Complaint) -> Problem:
    return ComplexKey(complaint.span(complaint.place))


_Worded = Callable[[Complaint], Problem]

_ROWS: tuple[tuple[str, str, _Worded], ...] = (
    # what was being scanned (its last words), what was found wrong (a part), the Problem
    ("", "mapping values are not allowed here", _colon),
    ("", "that cannot start any token", _character),
    ("", COMMENT_TOO_NEAR, _comment),
    ("scanning an alias", "", _pattern),
    ("scanning an anchor", "", _reserved),
    ("a block scalar", "", _reserved),
    ("a tag", "", _tag),
    ("a node", "undefined tag handle", _tag),
    ("a quoted scalar", "unexpected", _quote),
    ("a double-quoted scalar", "", _escape),
    ("a flow mapping", "expected ','", _flow),
    ("a flow sequence", "expected ','", _flow),
    ("", "expected the node content", _no_value),
    ("", "expected <block end>", _block),
    ("a simple key", "", _no_colon),
    ("", "sequence entries are not allowed", _item),
    ("", "mapping keys are not allowed", _question_mark),
    ("a directive", "", _directive),
    ("", "directive", _directive),
    ("", "incompatible YAML document", _directive),
    ("", "expected '<document start>'", _directive),
)
