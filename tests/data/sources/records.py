"""TFRecord files written by hand."""

import struct

import numpy as np

from recipe.data.sources.crc32c import masked_one


def framed(*messages):
    """The bytes of a file of records."""
    pieces = []
    for message in messages:
        head = struct.pack("<Q", len(message))
        pieces += [head, struct.pack("<I", masked_one(head)), message, struct.pack("<I", masked_one(message))]
    return b"".join(pieces)


def varint(number):
    """A number as Protocol Buffers write it."""
    number, content = number & (2**64 - 1), b""
    while number > 0x7F:
        content, number = content + bytes([number & 0x7F | 0x80]), number >> 7
    return content + bytes([number])


def field(number, content):
    """A field that holds bytes."""
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def example(**features):
    """A `tf.train.Example` of whole numbers, real numbers (an array of them) or bytes."""

    def feature(value):
        if isinstance(value, bytes):
            return field(1, field(1, value))
        values = np.atleast_1d(value)
        if values.dtype.kind == "f":
            return field(2, field(1, values.astype("<f4").tobytes()))
        return field(3, field(1, b"".join(varint(int(one)) for one in values)))

    entries = (field(1, name.encode()) + field(2, feature(value)) for name, value in features.items())
    return field(1, b"".join(field(1, entry) for entry in entries))
