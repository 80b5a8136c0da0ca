"""Bytes to lines of text, with the position of the first byte that is none."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from recipe.data.sources.files import Refused, Unpacked
from recipe.data.sources.limits import memory_left
from recipe.diagnostics.data_files import OtherFormat, UnknownEncoding, WrongEncoding
from recipe.diagnostics.data_rows import BrokenRow
from recipe.diagnostics.data_sources import DoesNotFit
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

# (first bytes of a file, what it is, what to do)
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive", "save the sheet as CSV, or unpack the archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"\x1f\x8b", "a gzip file", "let its name end in `.gz`"),
    (b"PAR1", "a Parquet file", "save it as CSV"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"\x89PNG", "an image", ""),
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


WHOLE_COST = 20
"""Bytes of memory for each byte of a text that becomes ids: its characters, twice, and their numbers."""

LONGEST_LINE = 1 << 26
"""Characters from which a line is no line: a file without line ends is no table."""


def whole_text(path: Path, encoding: str | None, span: Span | None) -> bytes:
    """All of a text file in UTF-8, unpacked, without a byte order mark.

    Args:
        path: of the file.
        encoding: its name; None leaves the bytes as they are.
        span: where the file was named.

    Raises:
        Refused: R502 to R506 and R510, or R557 where memory is too small.
    """
    left = memory_left()
    with Unpacked(
        path,
        span,
        left // WHOLE_COST,
        lambda found: DoesNotFit(span, path.name, "", found * WHOLE_COST, left),
    ) as content:
        if encoding is None:
            return b"".join(iter(content.read, b""))
        return "".join(text_lines(content, encoding)).encode()


def text_lines(file: Unpacked, encoding: str) -> Iterator[str]:
    """The lines of a file with their ends, without a byte order mark.

    Args:
        file: open.
        encoding: its name.

    Raises:
        Refused: R502 to R506 and R510.
    """
    name, span = file.path.name, file.span
    decoder = _decoder(encoding, span)
    pending, number, before = "", 0, 0  # the beginning of a line; lines so far; line ends as bytes so far
    while True:
        chunk = file.read()
        if number == 0 and not pending:
            _refuse_other_formats(chunk, name, span)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise Refused(_wrong_encoding(file, encoding, error, before + chunk.count(b"\n"))) from error
        before += chunk.count(b"\n")
        if number == 0 and not pending:
            text = text.removeprefix("\ufeff")
        lines = list(io.StringIO(pending + text, newline=""))
        # The last line may go on, and a lone carriage return may be half a line end.
        pending = lines.pop() if chunk and lines and not lines[-1].endswith("\n") else ""
        if len(pending) > LONGEST_LINE:
            raise Refused(BrokenRow(span, name, number + len(lines) + 1, "the line does not end"))
        if "\0" in text:
            raise Refused(_null(file, encoding, lines, pending, number))
        number += len(lines)
        yield from lines
        if not chunk:
            return


def _decoder(encoding: str, span: Span | None) -> codecs.IncrementalDecoder:
    try:
        b"".decode(encoding)  # refuses codecs that are no encodings of text
        return codecs.getincrementaldecoder(encoding)()
    except (LookupError, UnicodeError):
        raise Refused(UnknownEncoding(span, encoding)) from None


def _refuse_other_formats(content: bytes, name: str, span: Span | None) -> None:
    for start, format_name, way_out in _OTHER_FORMATS:
        if content.startswith(start):
            raise Refused(OtherFormat(span, name, "a text file", format_name, way_out))


def _wrong_encoding(file: Unpacked, encoding: str, error: UnicodeDecodeError, line_ends: int) -> Problem:
    """What a byte says that is no text; the bytes of the error are the last that were read."""
    content = bytes(error.object)
    starts = (
        other for mark, other in _BYTE_ORDER_MARKS if file.count == len(content) and content.startswith(mark)
    )
    position = file.count - len(content) + error.start
    line = line_ends - content.count(b"\n", error.start) + 1
    likely = next(starts, "latin-1")
    return WrongEncoding(file.span, file.path.name, encoding, position, line, content[error.start], likely)


def _null(file: Unpacked, encoding: str, lines: list[str], pending: str, number: int) -> Problem:
    """Text with a NUL in it is text of another encoding, or none."""
    texts = [*lines, pending]
    index = next(index for index, line in enumerate(texts) if "\0" in line)
    before = sum(len(line.encode(encoding, "replace")) for line in texts[:index])
    read = sum(len(line.encode(encoding, "replace")) for line in texts)
    position = file.count - read + before + len(texts[index].partition("\0")[0].encode(encoding, "replace"))
    return WrongEncoding(file.span, file.path.name, encoding, position, number + index + 1, 0, "utf-16")
