"""Names to bins by SipHash-2-4, the keyed hash of `keras.layers.Hashing(salt=...)`.

Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, sections 2 and 3; key zero.
"""

_MASK = (1 << 64) - 1
_INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)

State = tuple[int, int, int, int]

SALT = 0
"""Both halves of the key, as `keras.layers.Hashing` takes them."""


def bin_of(name: str, num_bins: int) -> int:
    """The bin of a name, in [0, num_bins).

    >>> bin_of("JFK", 8), bin_of("", 8)
    (3, 7)
    """
    return siphash(name.encode()) % num_bins


def siphash(message: bytes, key: tuple[int, int] = (SALT, SALT)) -> int:
    """SipHash-2-4 of a message, 64 bits."""
    state = (
        _INITIAL[0] ^ key[0],
        _INITIAL[1] ^ key[1],
        _INITIAL[2] ^ key[0],
        _INITIAL[3] ^ key[1],
    )
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) & 0xFF])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start : start + 8], "little")
        v0, v1, v2, v3 = _round(_round((state[0], state[1], state[2], state[3] ^ word)))
        state = (v0 ^ word, v1, v2, v3)
    state = (state[0], state[1], state[2] ^ 0xFF, state[3])
    for _ in range(4):
        state = _round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _round(state: State) -> State:
    v0, v1, v2, v3 = state
    v0 = (v0 + v1) & _MASK
    v1 = _rotated(v1, 13) ^ v0
    v0 = _rotated(v0, 32)
    v2 = (v2 + v3) & _MASK
    v3 = _rotated(v3, 16) ^ v2
    v0 = (v0 + v3) & _MASK
    v3 = _rotated(v3, 21) ^ v0
    v2 = (v2 + v1) & _MASK
    v1 = _rotated(v1, 17) ^ v2
    v2 = _rotated(v2, 32)
    return v0, v1, v2, v3


def _rotated(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (64 - bits))) & _MASK
