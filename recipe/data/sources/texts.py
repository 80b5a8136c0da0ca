"""Bytes to text, with the position of the first byte that is none."""

import codecs

from recipe.diagnostics.data_files import OtherFormat, UnknownEncoding, WrongEncoding
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


def decode(
    content: bytes, name: str, encoding: str, span: Span | None, problems: list[Problem]
) -> str | None:
    """The text of a file, without a byte order mark; None after a Problem.

    Args:
        content: of the file, unpacked.
        name: of the file.
        encoding: its name.
        span: where the file was named.
        problems: R504 to R506 are appended.
    """
    for start, format_name, way_out in _OTHER_FORMATS:
        if content.startswith(start):
            problems.append(OtherFormat(span, name, "a text file", format_name, way_out))
            return None
    try:
        text = content.decode(encoding)
    except LookupError:
        problems.append(UnknownEncoding(span, encoding))
        return None
    except UnicodeDecodeError as error:
        likely = next((other for mark, other in _BYTE_ORDER_MARKS if content.startswith(mark)), "latin-1")
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        problems.append(WrongEncoding(span, name, encoding, error.start, line, byte, likely))
        return None
    if "\0" in text:
        position = text.index("\0")
        line = text.count("\n", 0, position) + 1
        problems.append(WrongEncoding(span, name, encoding, position, line, 0, "utf-16"))
        return None
    return text.removeprefix("\ufeff")
