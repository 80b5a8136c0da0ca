"""`tf.train.Example` messages to values, without TensorFlow: four kinds of message, two levels deep.

Source: TensorFlow, `core/example/feature.proto`; Protocol Buffers, "Encoding".
"""

import struct
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

Feature = list[bytes] | NDArray[np.float32] | NDArray[np.int64]
"""The values of one feature: texts, real numbers or whole numbers."""

_VARINT, _EIGHT_BYTES, _TEXT, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_VARINT = 10


class NoExample(ValueError):  # noqa: N818
    """Bytes that are no `tf.train.Example`."""


def parse_example(message: bytes) -> Mapping[str, Feature]:
    """The features of an example by name.

    Raises:
        NoExample: the bytes are none.
    """
    try:
        features = [part for number, part in _parts(message) if number == 1]
        entries = [dict(_parts(entry)) for one in features for _, entry in _parts(_text(one))]
        return {_text(entry.get(1, b"")).decode(): _feature(_text(entry.get(2, b""))) for entry in entries}
    except (struct.error, UnicodeDecodeError, IndexError, OverflowError) as error:
        raise NoExample(str(error)) from error


def _text(part: bytes | int) -> bytes:
    if isinstance(part, int):
        raise NoExample("a number stands where a message belongs")
    return part


def _parts(message: bytes | int) -> Iterator[tuple[int, bytes | int]]:
    """The fields of a message: number and value."""
    content, position = _text(message), 0
    while position < len(content):
        key, position = _varint(content, position)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, position = _varint(content, position)
            yield number, value
            continue
        size = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(wire)
        if wire == _TEXT:
            size, position = _varint(content, position)
        if size is None or position + size > len(content):
            raise NoExample("a field is longer than its message, or of no known kind")
        yield number, content[position : position + size]
        position += size


def _varint(content: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift >= 7 * _LONGEST_VARINT:
            raise NoExample("a number has too many bytes")


def _feature(message: bytes) -> Feature:
    """The one list that a feature holds; an empty one of texts when it holds none."""
    found: Feature = []
    for number, part in _parts(message):
        values = [value for one, value in _parts(part) if one == 1]
        if number == 1:
            found = [_text(value) for value in values]
        elif number == 2:
            found = np.frombuffer(b"".join(map(_text, values)), dtype="<f4").astype(np.float32)
        elif number == 3:
            found = np.concatenate([_whole(value) for value in values] or [np.empty(0, dtype=np.int64)])
    return found


def _whole(value: bytes | int) -> NDArray[np.int64]:
    """Whole numbers: one by itself, or many packed."""
    if isinstance(value, int):
        return np.asarray([value & (2**64 - 1)], dtype=np.uint64).astype(np.int64)
    content = np.frombuffer(value, dtype=np.uint8)
    ends = np.flatnonzero(content < 0x80)
    if not len(content) or not len(ends) or ends[-1] != len(content) - 1:
        if len(content):
            raise NoExample("a number is cut off")
        return np.empty(0, dtype=np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST_VARINT:
        raise NoExample("a number has too many bytes")
    found = np.zeros(len(ends), dtype=np.uint64)
    for offset in range(int(lengths.max())):
        rows = np.flatnonzero(lengths > offset)
        bits = (content[starts[rows] + offset] & 0x7F).astype(np.uint64)
        found[rows] |= bits << np.uint64(7 * offset)
    return found.astype(np.int64)
