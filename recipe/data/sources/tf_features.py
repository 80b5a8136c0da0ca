"""Features of `tf.train.Example` to columns of cells and to arrays, as they are described or as they look."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from recipe.data.sources.arrow import decoded
from recipe.data.sources.tf_examples import Feature

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # first bytes of PNG and JPEG


class Differs(ValueError):  # noqa: N818
    """A feature is not what it should be; carries expected and received."""

    def __init__(self, expected: str, received: str):
        self.expected, self.received = expected, received
        super().__init__(received)


@dataclass(frozen=True, slots=True)
class Description:
    """What a feature holds.

    Args:
        type: `int64` or `float` of lists of numbers, `text`, `image` of an encoded picture, or the type of
            raw bytes.
        shape: of one example; empty of one value, which becomes a cell. None: that of an encoded picture.
    """

    type: str
    shape: tuple[int, ...] | None = ()

    @property
    def is_cell(self) -> bool:
        """Whether it becomes a column of cells."""
        return self.shape == () and self.type != "image"

    def read(self, feature: Feature) -> Any:
        """The cell of one record, or its array.

        Raises:
            Differs: the feature is something else.
        """
        return _READERS.get(self.type, _read_raw)(self, feature)

    def expected(self) -> str:
        """What it should be, in words."""
        if self.type in ("int64", "float"):
            count = int(np.prod(self.shape or (1,)))
            noun = "whole number" if self.type == "int64" else "real number"
            return f"{count} {noun}{'' if count == 1 else 's'}"
        if self.type not in _READERS:
            size = int(np.prod(self.shape or (1,))) * np.dtype(self.type).itemsize
            return f"one text of {size} bytes ({self.type} of shape {self.shape})"
        return "one encoded PNG or JPEG image" if self.type == "image" else "one text of UTF-8"


def look_at(feature: Feature) -> Description | None:
    """What a feature of the first record looks like; None of one that must be described."""
    if isinstance(feature, np.ndarray):
        kind = "int64" if feature.dtype == np.int64 else "float"
        return Description(kind, () if len(feature) == 1 else (len(feature),)) if len(feature) else None
    if len(feature) != 1:
        return None
    if feature[0].startswith(_PICTURES):
        return Description("image", None)
    try:
        text = feature[0].decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Description("text") if text.isprintable() or text.isspace() or "\n" in text else None


def received(feature: Feature) -> str:
    """What a feature is, in words."""
    if isinstance(feature, np.ndarray):
        noun = "whole number" if feature.dtype == np.int64 else "real number"
        return f"{len(feature)} {noun}{'' if len(feature) == 1 else 's'}"
    if len(feature) == 1:
        return f"one text of {len(feature[0])} bytes"
    return f"{len(feature)} texts" if feature else "nothing"


def _read_numbers(description: Description, feature: Feature) -> Any:
    wanted = np.int64 if description.type == "int64" else np.float32
    count = int(np.prod(description.shape or (1,)))
    if not isinstance(feature, np.ndarray) or feature.dtype != wanted or len(feature) != count:
        raise Differs(description.expected(), received(feature))
    if not description.is_cell:
        return feature.reshape(description.shape or ())
    return _spelled(feature[0].item())


def _spelled(value: float) -> str:
    """A number as a cell; NaN is a missing one."""
    return "" if math.isnan(value) else repr(value)


def _read_text(description: Description, feature: Feature) -> str:
    try:
        if not isinstance(feature, np.ndarray) and len(feature) == 1:
            return feature[0].decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Differs(description.expected(), f"the byte 0x{feature[0][error.start]:02x}") from None
    raise Differs(description.expected(), received(feature))


def _read_image(description: Description, feature: Feature) -> Any:
    pixels = None if isinstance(feature, np.ndarray) or len(feature) != 1 else decoded(feature[0])
    if pixels is None:
        raise Differs(description.expected(), received(feature))
    return pixels


def _read_raw(description: Description, feature: Feature) -> Any:
    kind = np.dtype(description.type).newbyteorder("<")
    size = int(np.prod(description.shape or (1,))) * kind.itemsize
    if isinstance(feature, np.ndarray) or len(feature) != 1 or len(feature[0]) != size:
        raise Differs(description.expected(), received(feature))
    values = np.frombuffer(feature[0], dtype=kind)
    return _spelled(values[0].item()) if description.is_cell else values.reshape(description.shape or ())


_READERS: Mapping[str, Callable[[Description, Feature], Any]] = {
    "int64": _read_numbers,
    "float": _read_numbers,
    "text": _read_text,
    "image": _read_image,
}
