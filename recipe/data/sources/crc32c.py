"""CRC-32C (Castagnoli), the checksum of TFRecord files, of many texts at once.

A CRC that begins with zero is linear: zeros before a text do not change it, and that of two texts in a row is
that of the first, moved over the length of the second, xor that of the second. So texts are cut into blocks,
filled up with zeros in front; all blocks are computed side by side, byte by byte, and joined at the end.

Source: RFC 3720, appendix B.4 (the polynomial), and zlib's `crc32_combine` (joining).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78  # of Castagnoli, reflected
_LONGEST_BLOCK = 1024
_ONES = 0xFFFFFFFF

Sums = NDArray[np.uint32]


@cache
def _table() -> Sums:
    """What a byte does to the sum, `(256,)`."""
    sums = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        sums = np.where(sums & 1, (sums >> 1) ^ np.uint32(_POLYNOMIAL), sums >> 1).astype(np.uint32)
    return sums


@cache
def _mover(zeros: int) -> NDArray[np.uint32]:
    """What so many zero bytes do to each byte of a sum, `(4, 256)`: the four are xor'ed."""
    moved = np.arange(4 * 256, dtype=np.uint32).reshape(4, 256) % 256
    moved = (moved << (8 * np.arange(4, dtype=np.uint32)[:, np.newaxis])).astype(np.uint32)
    for _ in range(zeros):
        moved = _table()[moved & 0xFF] ^ (moved >> 8)
    return moved


def _moved(sums: Sums, zeros: int) -> Sums:
    mover = _mover(zeros)
    found: Sums = (
        mover[0, sums & 0xFF]
        ^ mover[1, (sums >> 8) & 0xFF]
        ^ mover[2, (sums >> 16) & 0xFF]
        ^ mover[3, sums >> 24]
    )
    return found


def crc32c(texts: Sequence[bytes]) -> Sums:
    """The CRC-32C of every text, `(texts,)`.

    >>> [hex(one) for one in crc32c([b"123456789", b""]).tolist()]
    ['0xe3069283', '0x0']
    """
    longest = max(map(len, texts), default=0)
    block = max(4, min(_LONGEST_BLOCK, longest))
    num_blocks = max(1, -(-longest // block))
    size = num_blocks * block
    filled = np.frombuffer(b"".join(text.rjust(size, b"\0") for text in texts), dtype=np.uint8)
    blocks = filled.reshape(len(texts), num_blocks, block).copy()
    # A sum that begins with ones is one that begins with zeros and has its first four bytes inverted.
    lengths = np.asarray([len(text) for text in texts])
    flat = blocks.reshape(len(texts), size)
    for offset in range(4):
        rows = np.flatnonzero(lengths > offset)
        flat[rows, size - lengths[rows] + offset] ^= 0xFF
    sums = _side_by_side(blocks.reshape(-1, block)).reshape(len(texts), num_blocks)
    joined = np.zeros(len(texts), dtype=np.uint32)
    for number in range(num_blocks):
        joined = _moved(joined, block) ^ sums[:, number]
    found = joined ^ np.uint32(_ONES)
    for row in np.flatnonzero(lengths < 4):  # too short to hold what the ones do
        found[row] = _one(texts[int(row)])
    return found


def _side_by_side(blocks: NDArray[np.uint8]) -> Sums:
    """The sum of every block, begun with zero, `(blocks,)`."""
    table, sums = _table(), np.zeros(len(blocks), dtype=np.uint32)
    for column in np.ascontiguousarray(blocks.T):
        sums = table[(sums ^ column) & 0xFF] ^ (sums >> 8)
    return sums


def _one(text: bytes) -> int:
    """The sum of one short text."""
    table, found = _small_table(), _ONES
    for byte in text:
        found = table[(found ^ byte) & 0xFF] ^ (found >> 8)
    return found ^ _ONES


@cache
def _small_table() -> tuple[int, ...]:
    return tuple(_table().tolist())


def masked(sums: Sums) -> Sums:
    """Sums as TFRecord files hold them, so that a sum over a text with its sum in it is no zero.

    Source: TensorFlow, `core/lib/hash/crc32c.h`.
    """
    turned = (sums >> np.uint32(15)) | (sums << np.uint32(17))
    return (turned + np.uint32(0xA282EAD8)).astype(np.uint32)


def masked_one(text: bytes) -> int:
    """The masked sum of one short text, quickly."""
    found = _one(text)
    return (((found >> 15) | (found << 17)) + 0xA282EAD8) & _ONES
