"""Texts side by side in one run of bytes, parted by NUL."""

from collections.abc import Sequence

_ESCAPE = "\1"
_SPELLED = str.maketrans({"\0": _ESCAPE + "0", _ESCAPE: _ESCAPE + "1"})


def joined(texts: Sequence[str]) -> bytes:
    r"""Texts to bytes. Few texts have a NUL, and those that do spell it otherwise.

    >>> joined(["a", "b"]), joined(["a\0b"])
    (b'a\x00b', b'a\x010b')
    """
    content = "\0".join(texts)
    if _ESCAPE in content or content.count("\0") >= max(1, len(texts)):
        content = "\0".join(text.translate(_SPELLED) for text in texts)
    return content.encode("utf-8", "surrogateescape")


def parted(content: bytes) -> list[str]:
    r"""The texts that `joined` joined, one at least.

    >>> parted(joined(["", "a\0\1", "b"]))
    ['', 'a\x00\x01', 'b']
    """
    texts = content.decode("utf-8", "surrogateescape").split("\0")
    return texts if _ESCAPE.encode() not in content else list(map(_unspelled, texts))


def _unspelled(text: str) -> str:
    first, *rest = text.split(_ESCAPE)
    return first + "".join(("\0" if piece[0] == "0" else _ESCAPE) + piece[1:] for piece in rest)
