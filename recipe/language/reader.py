"""The one door for YAML: text to nodes with places, by the 1.2 core schema, within limits.

Only the scanner of PyYAML is used; nothing is ever constructed by it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.syntax import BadEscape
from recipe.diagnostics.text import (
    ControlCharacter,
    EmptyText,
    OnlyComments,
    SecondDocument,
    TooLarge,
    TopLevelList,
    TopLevelScalar,
)
from recipe.diagnostics.yaml_forms import Directive, MissingSpace
from recipe.language.events import LINE_BREAK, Event, Kind, Place
from recipe.language.files import MAX_BYTES, read_text
from recipe.language.nodes import Document, ListNode, MappingNode, Node, ScalarNode
from recipe.language.scanner import Reports
from recipe.language.syntax_errors import Complaint, translate
from recipe.language.trees import SQUEEZED, RefusedText, Tree

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_file(path: Path, shown_as: str, problems: list[Problem]) -> Document | None:
    """The document in a file, or None after a Problem that leaves nothing to go on with.

    Args:
        path: of the file.
        shown_as: its name as the user knows it; spans use it.
        problems: collects R101 to R149.
    """
    text = read_text(path, shown_as, problems)
    return None if text is None else read(text, shown_as, problems)


def read(text: str, source: str, problems: list[Problem]) -> Document | None:
    """The document in a text, or None after a Problem that leaves nothing to go on with.

    Args:
        text: of the whole spec; a byte order mark is dropped.
        source: its name; spans use it.
        problems: collects R105 to R149. A document comes back beside duplicate keys (the first is kept) and
            tags (dropped), so that what follows can be checked too.
    """
    text = text.removeprefix("\ufeff")
    root = read_value(text, source, problems)
    if isinstance(root, MappingNode):
        return Document(source, text, root)
    if root is not None:
        problems.append(_not_a_mapping(root))
    return None


def read_value(text: str, source: str, problems: list[Problem]) -> Node | None:
    """The one node in a text, whatever its kind, or None after a Problem; see `read`."""
    if refusal := _refusal(text, source):
        problems.append(refusal)
        return None
    reports = Reports(text)
    tree = Tree(source, text, _events(reports, text, source), problems)
    try:
        return tree.root()
    except RefusedText as refused:
        problems.append(refused.problem)
    except yaml.MarkedYAMLError as error:
        problems.append(translate(_complaint(error, source, text)))
    except (ValueError, OverflowError):  # an escape such as "\UFFFFFFFF", beyond any character
        place = Place(reports.line, reports.column)
        problems.append(BadEscape(place.to(place, source)))
    return None


def _not_a_mapping(root: ListNode | ScalarNode) -> Problem:
    if isinstance(root, ListNode):
        return TopLevelList(root.span)
    if not root.quoted and SQUEEZED.fullmatch(root.text):
        return MissingSpace(root.span, root.text)
    return TopLevelScalar(root.span, root.text) if root.text or root.quoted else EmptyText(root.span)


def _refusal(text: str, source: str) -> Problem | None:
    """What makes a text not worth scanning."""
    num_bytes = len(text) if len(text) > MAX_BYTES else len(text.encode("utf-8", "surrogatepass"))
    if num_bytes > MAX_BYTES:
        return TooLarge(Span(source, 1, 1, 1, 1), num_bytes, MAX_BYTES)
    if found := _REFUSED.search(text):
        place = Place(0, 0).after(text[: found.start()])
        return ControlCharacter(place.to(place.after(" "), source), ord(found[0]))
    return None


def _events(reports: Reports, text: str, source: str) -> Iterator[Event]:
    """The events of the only document in a text; they come as the scanner goes.

    Raises:
        RefusedText: there is no document, or a second one, or a directive.
    """
    for report in iter(reports.get_event, None):
        start, end = report.start_mark, report.end_mark
        convert = _CONVERSIONS.get(type(report))
        if convert is not None:
            yield convert(report, start, end)
        elif isinstance(report, yaml.DocumentStartEvent):
            _refuse_directive(report, start, text[start.offset : end.offset], source)
        elif isinstance(report, yaml.DocumentEndEvent):
            after = reports.peek_event()  # type: ignore[no-untyped-call]
            if not isinstance(after, yaml.StreamEndEvent):
                raise RefusedText(SecondDocument(after.start_mark.to(after.end_mark, source)))
            return
        elif isinstance(report, yaml.StreamEndEvent):
            span = Span(source, 1, 1, 1, 1)
            raise RefusedText(OnlyComments(span) if text.strip() else EmptyText(span))


def _refuse_directive(report: Any, start: Place, written: str, source: str) -> None:
    first = written.splitlines()[0] if written else ""
    if first.startswith("%") and report.version != (1, 2):
        raise RefusedText(Directive(start.to(start.after(first), source), first))


def _scalar(report: Any, start: Place, end: Place) -> Event:
    has_tag = report.tag is not None
    return Event(Kind.SCALAR, start, end, report.value, report.style or "", report.anchor or "", has_tag)


def _alias(report: Any, start: Place, end: Place) -> Event:
    return Event(Kind.ALIAS, start, end, report.anchor)


def _list(report: Any, start: Place, end: Place) -> Event:
    return _collection(Kind.LIST, report, start, end)


def _mapping(report: Any, start: Place, end: Place) -> Event:
    return _collection(Kind.MAPPING, report, start, end)


def _collection(kind: Kind, report: Any, start: Place, end: Place) -> Event:
    has_tag, in_brackets = report.tag is not None, bool(report.flow_style)
    return Event(kind, start, end, anchor=report.anchor or "", has_tag=has_tag, in_brackets=in_brackets)


def _end(report: Any, start: Place, end: Place) -> Event:
    return Event(Kind.END, start, end)


_CONVERSIONS: Mapping[type, Callable[[Any, Place, Place], Event]] = MappingProxyType(
    {
        yaml.ScalarEvent: _scalar,
        yaml.AliasEvent: _alias,
        yaml.SequenceStartEvent: _list,
        yaml.MappingStartEvent: _mapping,
        yaml.SequenceEndEvent: _end,
        yaml.MappingEndEvent: _end,
    }
)


def _complaint(error: yaml.MarkedYAMLError, source: str, text: str) -> Complaint:
    marks: Any = (error.problem_mark, error.context_mark)  # Places, see `Reports.get_mark`
    place = marks[0] or Place(0, 0)
    since = marks[1] or place
    return Complaint(source, LINE_BREAK.split(text), error.problem or "", error.context or "", place, since)
