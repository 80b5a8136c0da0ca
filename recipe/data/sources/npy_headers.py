"""What a NumPy file says of its array, read before any memory is taken for it."""

import math
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

_LONGEST_HEADER = 10_000  # characters, as in NumPy
_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class BadHeader(Exception):  # noqa: N818
    """The header is none, or promises what does not follow."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one array.

    Args:
        shape: of the array, examples first.
        is_fortran: whether the first index runs fastest.
        dtype: of a value.
        offset: bytes before the first value.
    """

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]
    offset: int

    @property
    def num_bytes(self) -> int:
        """Of the values, as far as the header is right; Python's integers do not overflow."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes], size: int) -> Header:
    """The header of an array.

    Args:
        file: at its beginning; afterwards at the first value.
        size: bytes of header and values together.

    Raises:
        BadHeader: there is none, or another number of bytes follows than it says.
    """
    try:
        version = np.lib.format.read_magic(file)
        if version not in _READERS:
            raise BadHeader("its values have named fields")
        shape, is_fortran, dtype = _READERS[version](file, max_header_size=_LONGEST_HEADER)
    except (ValueError, SyntaxError, TypeError, EOFError) as error:
        raise BadHeader(str(error).partition("\n")[0].lower()) from error
    header = Header(shape, is_fortran, dtype, file.tell())
    follow = size - header.offset
    if not dtype.hasobject and header.num_bytes != follow:
        raise BadHeader(
            f"its header says {header.num_bytes:,} bytes ({dtype} of shape {shape}), and {follow:,} follow"
        )
    return header
