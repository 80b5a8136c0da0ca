"""What packing does with image files: an array of images, and one of masks that move with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import simplejpeg
from PIL import __version__ as pillow
from PIL import features

from recipe.data.packing.building import Filled
from recipe.data.packing.listings import Listing
from recipe.data.packing.packs import Form, bytes_of
from recipe.data.packing.pictures import Picture, UndecodableError, size_of
from recipe.data.packing.pools import answered
from recipe.data.packing.telling import tell
from recipe.data.packing.worker import IMAGE, MASK, Task
from recipe.diagnostics.data_images import CorruptImages, DifferentSizes
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

TASK_FILES = 256
TASK_BYTES = 2**24
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class ImageWork:
    """Image files to be packed.

    Args:
        title: how messages call them.
        listing: the images, then as many masks where there are any.
        rows: how many images.
        picture: what they become; height and width are 0 where the first image decides.
        accepts_corrupt: whether files that cannot be used are left out, and not refused.
        span: of the source.
    """

    title: str
    listing: Listing
    rows: int
    picture: Picture
    accepts_corrupt: bool
    span: Span | None

    @property
    def has_masks(self) -> bool:
        """Whether there is a mask for each image."""
        return len(self.listing) > self.rows

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of the files.

        Not zlib: it loses nothing, and which one is found depends on what else the process has loaded.
        """
        picture = self.picture
        size = (picture.height, picture.width, picture.channels)
        decoders = (pillow, simplejpeg.__version__, *(features.version(name) for name in ("jpg", "webp")))
        return {
            "images": [*size, picture.resize, picture.interpolation, self.has_masks, picture.colors],
            "decoders": list(decoders),
        }

    def forms(self, problems: list[Problem]) -> tuple[Form, ...] | None:
        """Arrays of bytes; of the size of the first image that has one, where none was written."""
        height, width = self._size()
        if not height:
            reasons = tuple((name, "it says no size") for name in self.listing.names[:_MOST_NAMED])
            problems.append(CorruptImages(self.span, self.title, reasons, self.rows, self.rows))
            return None
        image = Form(IMAGE, "|u1", (height, width, self.picture.channels))
        mask = Form(MASK, "|u1", (height, width))
        return (image, mask) if self.has_masks else (image,)

    def needed(self, forms: tuple[Form, ...]) -> int:
        """Bytes on the disk."""
        return bytes_of(forms, self.rows)

    def _size(self) -> tuple[int, int]:
        if self.picture.height:
            return self.picture.height, self.picture.width
        for name in self.listing.names[: self.rows]:
            try:
                with (self.listing.root / name).open("rb") as file:
                    return size_of(file.read())
            except (UndecodableError, OSError):
                continue
        return 0, 0

    def fill(self, folder: Path, forms: tuple[Form, ...], problems: list[Problem]) -> Filled | None:
        """Decode all files."""
        height, width, _ = forms[0].example
        picture = replace(self.picture, height=height, width=width)
        digests = bytearray(32 * len(self.listing))
        bad: list[tuple[int, str]] = []
        odd: list[tuple[int, tuple[int, int]]] = []
        values: set[int] = set()
        sizes: dict[int, tuple[int, int]] = {}
        done = 0
        for task, answer in answered(list(self._tasks(folder, picture))):
            start = task.start + (self.rows if task.array == MASK else 0)
            digests[32 * start : 32 * (start + len(task.paths))] = bytes.fromhex("".join(answer.digests))
            bad += [(start + position, reason) for position, reason in answer.bad]
            odd += [(start + position, size) for position, size in answer.odd]
            values |= {*answer.values}
            sizes |= {start + position: size for position, size in enumerate(answer.sizes)}
            done += len(task.paths)
            tell(self.title, done, len(self.listing))
        bad += self._misfits(sizes)
        if odd:
            first, size = min(odd)
            problems.append(
                DifferentSizes(
                    self.span, self.title, (height, width), self.listing.names[first], size, len(odd)
                )
            )
        if bad and not self.accepts_corrupt:
            reasons = self.reasons(sorted(bad))
            problems.append(CorruptImages(self.span, self.title, reasons, len(bad), self.rows))
        if odd or (bad and not self.accepts_corrupt):
            return None
        return Filled(bytes(digests), {"bad": sorted(bad), "mask_values": sorted(values)})

    def reasons(self, bad: list[tuple[int, str]]) -> tuple[tuple[str, str], ...]:
        """The first files that cannot be used, by name."""
        return tuple((self.listing.names[row], reason) for row, reason in bad[:_MOST_NAMED])

    def _misfits(self, sizes: Mapping[int, tuple[int, int]]) -> Iterator[tuple[int, str]]:
        """Masks of another size than their image: resized each by itself, they would not lie on it."""
        for row in range(self.rows, len(sizes)):
            image, mask = sizes[row - self.rows], sizes[row]
            if all(image) and all(mask) and image != mask:
                own, other = (" x ".join(map(str, size)) for size in (mask, image))
                yield row, f"it has {own} pixels, and its image {other}"

    def _tasks(self, folder: Path, picture: Picture) -> Iterator[Task]:
        size = max(1, min(TASK_FILES, TASK_BYTES // (picture.height * picture.width * picture.channels)))
        for array, first in ((IMAGE, 0), (MASK, self.rows)):
            for start in range(first, min(first + self.rows, len(self.listing)), size):
                names = self.listing.names[start : min(start + size, first + self.rows)]
                paths = tuple(f"{self.listing.root}/{name}" for name in names)
                yield Task(str(folder), start - first, array, paths, picture, self.has_masks)
