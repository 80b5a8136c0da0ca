"""The records of TFRecord files, each compared with its checksums.

Source: TensorFlow, "TFRecord and tf.train.Example" (the format: length, its checksum, content, its checksum).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recipe.data.sources.crc32c import crc32c, masked, masked_one
from recipe.data.sources.files import Refused, Unpacked
from recipe.diagnostics.data_sources import BrokenRecord

_BATCH_BYTES, _BATCH_RECORDS = 1 << 24, 1 << 14


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Args:
        number: in its file, from 0.
        position: of its first byte.
        content: what it holds.
        is_sound: whether the content is what was written.
    """

    number: int
    position: int
    content: bytes
    is_sound: bool = True


class _Exact:
    """Bytes of a file, as many as are asked for.

    Args:
        file: open.
    """

    def __init__(self, file: Unpacked):
        self.position = 0
        self._file, self._left = file, b""

    def read(self, size: int) -> bytes:
        """The next bytes; fewer at the end."""
        pieces, found = [self._left], len(self._left)
        while found < size and (chunk := self._file.read()):
            pieces.append(chunk)
            found += len(chunk)
        content = b"".join(pieces)
        self._left = content[size:]
        self.position += min(size, len(content))
        return content[:size]


def records_in(file: Unpacked) -> Iterator[Record]:
    """The records of a file.

    Raises:
        Refused: R566 where the file ends in a record, or a length is not the one that was written: what
            follows cannot be found.
    """
    for batch in _batches(file):
        sums = masked(crc32c([content for _, _, content, _ in batch]))
        sound = sums == np.asarray([written for *_, written in batch], dtype=np.uint32)
        for (number, position, content, _), is_sound in zip(batch, sound.tolist(), strict=True):
            yield Record(number, position, content, is_sound)


def _batches(file: Unpacked) -> Iterator[list[tuple[int, int, bytes, int]]]:
    """Records with the checksum that was written of their content, some at a time."""
    content, number, longest = _Exact(file), 0, 0
    batch: list[tuple[int, int, bytes, int]] = []
    while True:
        position = content.position
        head = content.read(12)
        if not head:
            break

        def broken(reason: str, number: int = number, position: int = position) -> Refused:
            return Refused(BrokenRecord(file.span, file.path.name, number, position, reason))

        if len(head) < 12:
            raise broken("the file ends in it")
        if masked_one(head[:8]) != int.from_bytes(head[8:], "little"):
            raise broken("its length has another checksum, so that the end of it cannot be found")
        length = int.from_bytes(head[:8], "little")
        body = content.read(length + 4)
        if len(body) < length + 4:
            raise broken("the file ends in it")
        longest = max(longest, length)
        # Checksums of a batch are computed side by side, each record as long as the longest.
        if longest * (len(batch) + 1) > _BATCH_BYTES or len(batch) == _BATCH_RECORDS:
            yield batch
            batch, longest = [], length
        batch.append((number, position, body[:length], int.from_bytes(body[length:], "little")))
        number += 1
    if batch:
        yield batch
