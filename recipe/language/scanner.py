"""The scanner and parser of PyYAML, put right where they read YAML 1.1 and a spec is YAML 1.2.

The one in pure Python: the one in C dies of deep nesting. No resolver, no constructor. Where it still differs
from 1.2 it refuses, or is lenient about layout; `tests/language/yaml_test_suite` lists every such case.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from yaml import (
    AliasToken,
    Event,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    MappingStartEvent,
    ScalarEvent,
    ScalarToken,
    SequenceStartEvent,
    Token,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

from recipe.language.events import Place

COMMENT_TOO_NEAR = "a comment needs a blank before it"
"""What is said of `"a"# comment`."""

_LONGEST_KEY = 1024  # characters; the rule of YAML for a key without `?`
_BLANKS = "\0 \t\r\n\x85\u2028\u2029"
_BRACKETS = ",[]{}"
_NOT_NEXT = "#\r\n\x85\u2028\u2029\ufeff"  # what may stand before a token besides blanks
_SPACES = re.compile(" +")
_IN_QUOTES = MappingProxyType(  # a text in quotes as it reads: no escape, no line break
    {
        '"': re.compile('"([^"\\\\\0\r\n\x85\u2028\u2029]*)"'),
        "'": re.compile("'([^'\0\r\n\x85\u2028\u2029]*)'(?!')"),
    }
)
_BLANKS_AT_THE_END = re.compile(r"\n +\Z")  # in a block of text 1.2 takes them for a line
_PLAIN = re.compile(f"(?:[^:{_BLANKS}]|:(?![{_BLANKS}]))*")
_PLAIN_IN_BRACKETS = re.compile(
    f"(?:[^:{_BLANKS}{re.escape(_BRACKETS)}]|:(?![{_BLANKS}{re.escape(_BRACKETS)}]))*"
)


class Reports(Reader, Scanner, Parser):
    """Events of one text, as the parser of PyYAML calls them."""

    def __init__(self, text: str):
        self._last: Token | None = None
        self._here = Place(0, 0)
        self._is_settled = False  # whether the next token is known, and what it is
        Reader.__init__(self, f"{text}\n" if _BLANKS_AT_THE_END.search(text) else text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def get_mark(self) -> Any:
        """The place of the next character, where PyYAML makes a Mark; asked two to four times a token."""
        here = self._here
        if here.offset != self.index:
            here = self._here = Place(self.line, self.column, self.index)
        return here

    def need_more_tokens(self) -> bool:
        """Whether the next token is not known yet; most often nothing may still become a key."""
        if not self.tokens or self.done or not self.possible_simple_keys:
            return not self.tokens and not self.done
        self.stale_possible_simple_keys()
        return self.next_possible_simple_key() == self.tokens_taken

    def check_token(self, *choices: Any) -> bool:
        """Whether the next token is of one of some kinds, or there is one; asked eight times a token."""
        if not self._is_settled:
            self._settle()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    def peek_token(self) -> Token | None:
        """The next token."""
        if not self._is_settled:
            self._settle()
        return self.tokens[0] if self.tokens else None

    def get_token(self) -> Any:
        """The next token, taken."""
        if not self._is_settled:
            self._settle()
        if not self.tokens:
            return None
        self._is_settled = False
        self.tokens_taken += 1
        return self.tokens.pop(0)

    def _settle(self) -> None:
        while self.need_more_tokens():
            self.fetch_more_tokens()
        self._is_settled = True

    def forward(self, length: int = 1) -> None:
        """Passes some characters, at once where no line ends among them."""
        passed = self.buffer[self.pointer : self.pointer + length]
        if not passed.isprintable():
            super().forward(length)
            return
        self.pointer += length
        self.index += length
        self.column += length

    def parse_node(self, block: bool = False, indentless_sequence: bool = False) -> Event:
        """The event of a node, at once of one without anchor or tag that is no list or mapping in lines."""
        token = self.peek_token()
        if isinstance(token, ScalarToken):
            self.get_token()
            self.state = self.states.pop()
            implicit = (token.plain, not token.plain)
            return ScalarEvent(
                None, None, implicit, token.value, token.start_mark, token.end_mark, token.style
            )
        if isinstance(token, FlowMappingStartToken):
            self.state = self.parse_flow_mapping_first_key
            return MappingStartEvent(None, None, True, token.start_mark, token.end_mark, True)
        if isinstance(token, FlowSequenceStartToken):
            self.state = self.parse_flow_sequence_first_entry
            return SequenceStartEvent(None, None, True, token.start_mark, token.end_mark, True)
        return cast(Event, super().parse_node(block, indentless_sequence))

    def stale_possible_simple_keys(self) -> None:
        """Skips the walk over every open bracket at every token: while the oldest may be a key, all may."""
        oldest = next(iter(self.possible_simple_keys.values()), None)
        if oldest is not None and (oldest.line != self.line or self.index - oldest.index > _LONGEST_KEY):
            super().stale_possible_simple_keys()

    def next_possible_simple_key(self) -> int | None:
        """The token of the oldest possible key; keys are kept in the order they were met."""
        oldest = next(iter(self.possible_simple_keys.values()), None)
        return None if oldest is None else oldest.token_number

    def fetch_more_tokens(self) -> None:
        """Scans a token, of most kinds by its first character alone, and remembers the last one."""
        self.scan_to_next_token()
        first = self.buffer[self.pointer]
        fetch = Scanner.fetch_plain if first.isalnum() else _FETCH.get(first)
        if fetch is None:
            super().fetch_more_tokens()
        else:
            if self.possible_simple_keys:
                self.stale_possible_simple_keys()
            if not self.flow_level:
                self.unwind_indent(self.column)
            fetch(self)
        self._last = self.tokens[-1]

    def scan_to_next_token(self) -> None:
        """Passes blanks; refuses `"a"# comment`: in 1.2 a comment has a blank before it."""
        first = self.buffer[self.pointer]
        if first == "#" and self.column and self.buffer[self.pointer - 1] not in _BLANKS:
            raise ScannerError(None, None, COMMENT_TOO_NEAR, self.get_mark())
        if first == " ":
            self.pointer, passed = self._behind_blanks(), self.pointer
            self.index += self.pointer - passed
            self.column += self.pointer - passed
            first = self.buffer[self.pointer]
        if first in _NOT_NEXT:
            super().scan_to_next_token()

    def _behind_blanks(self) -> int:
        found = _SPACES.match(self.buffer, self.pointer)
        return found.end() if found else self.pointer

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """A text in quotes, at once where it is written as it reads."""
        found = _IN_QUOTES[style].match(self.buffer, self.pointer)
        if found is None:
            return super().scan_flow_scalar(style)
        start = self.get_mark()
        self.forward(len(found[0]))
        return ScalarToken(found[1], False, start, self.get_mark(), style)

    def check_key(self) -> bool:
        """Whether a `?` stands alone; `[?x]` is a text."""
        return self._stands_alone()

    def check_value(self) -> bool:
        """Whether a `:` ends a key: it stands alone, or in brackets behind quotes or a bracket."""
        return self._stands_alone() or (bool(self.flow_level) and self._is_like_json())

    def check_plain(self) -> bool:
        """Whether a text without quotes begins here: `-`, `?` and `:` begin one unless they stand alone."""
        return not self._stands_alone() if self.peek() in "-?:" else bool(super().check_plain())

    def scan_anchor(self, kind: type[Token]) -> Token:
        """Refuses `&a:b`, whose name 1.1 ends at the colon and 1.2 does not."""
        token: Token = super().scan_anchor(kind)  # type: ignore[no-untyped-call]
        if self.peek() not in _BLANKS + _BRACKETS:
            name = "alias" if kind is AliasToken else "anchor"
            found = f"expected alphabetic or numeric character, but found {self.peek()!r}"
            raise ScannerError(f"while scanning an {name}", token.start_mark, found, self.get_mark())
        return token

    def scan_plain(self) -> ScalarToken:
        """A text without quotes; in brackets 1.2 lets it contain `?`."""
        chunks: list[str] = []
        spaces: list[str] | None = []
        start = end = self.get_mark()
        indent = self.indent + 1
        pattern = _PLAIN_IN_BRACKETS if self.flow_level else _PLAIN
        while self.peek() != "#" and (found := pattern.match(self.buffer, self.pointer)) and found[0]:
            self.allow_simple_key = False
            chunks += [*(spaces or ()), found[0]]
            self.forward(len(found[0]))
            end = self.get_mark()
            if self.buffer[self.pointer] not in _BLANKS:
                break
            spaces = self.scan_plain_spaces(indent, start)
            if not spaces or (not self.flow_level and self.column < indent):
                break
        return ScalarToken("".join(chunks), True, start, end)

    def _stands_alone(self) -> bool:
        return self.peek(1) in (_BLANKS + _BRACKETS if self.flow_level else _BLANKS)

    def _is_like_json(self) -> bool:
        """Whether the last token is a key as JSON writes them, or a list or mapping in brackets."""
        is_quoted = isinstance(self._last, ScalarToken) and not self._last.plain
        return is_quoted or isinstance(self._last, FlowSequenceEndToken | FlowMappingEndToken)


# The first characters that say alone what token follows, whatever stands around.
_FETCH: Mapping[str, Callable[[Reports], None]] = MappingProxyType(
    {
        "[": Scanner.fetch_flow_sequence_start,
        "{": Scanner.fetch_flow_mapping_start,
        "]": Scanner.fetch_flow_sequence_end,
        "}": Scanner.fetch_flow_mapping_end,
        ",": Scanner.fetch_flow_entry,
        "'": Scanner.fetch_single,
        '"': Scanner.fetch_double,
    }
)
