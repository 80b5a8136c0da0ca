"""The only source of randomness: every seed is derived from the root seed, a role and a name."""

import hashlib


def derive(root: int, role: str, name: str = "") -> int:
    """A seed of 32 bits for one purpose.

    Args:
        root: `runtime.seed`.
        role: what it is for: `weights`, `layer`, `split`, `order`, `augmentation`.
        name: which one of them: a weight path, a layer name.

    Returns:
        The first 32 bits of sha256 over the three, so that seeds of different roles or names never meet.

    >>> derive(1, "weights", "dense/kernel") == derive(1, "weights", "dense/kernel")
    True
    >>> derive(1, "weights", "dense/kernel") == derive(1, "weights", "dense_1/kernel")
    False
    """
    text = "\0".join((str(root), role, name))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
