"""R59x: images that cannot be found, read or brought to one form."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem, Severity

_MOST_REASONS = 5

Reasons = tuple[tuple[str, str], ...]
"""Files, each with what is wrong with it."""


def _lines(reasons: Reasons, count: int) -> str:
    """The first files, a line each, and how many more there are."""
    lines = [f"{file}: {reason}" for file, reason in reasons[:_MOST_REASONS]]
    more = count - len(lines)
    return "\n".join(lines + ([f"and {more:,} more"] if more else []))


class NoImages(Problem):
    """A folder in which no images are found where they are expected."""

    code: ClassVar[str] = "R590"
    bad: ClassVar[str] = "data: {source: {images: {path: photos/cats, size: [64, 64]}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, size: [64, 64]}}}"

    folder: str
    expected: str
    found: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.folder}` must hold {self.expected}"

    @property
    def help(self) -> str:
        return f"found in it: {names(self.found)}" if self.found else "it is empty"


class CorruptImages(Problem):
    """Image files that are damaged, empty, too large, or no images."""

    code: ClassVar[str] = "R591"
    why: ClassVar[str] = "one such file ends a training in the middle of an epoch, hours after it began"
    bad: ClassVar[str] = "data: {source: {images: {path: photos, size: [64, 64]}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, size: [64, 64], bad_rows: {skip: 1%}}}}"

    title: str
    reasons: Reasons
    count: int
    total: int

    @property
    def message(self) -> str:
        return f"{self.count:,} of {counted(self.total, 'image')} of `{self.title}` cannot be used"

    @property
    def help(self) -> str:
        way_out = "mend or delete them, or leave them out with `bad_rows: {skip: 1%}` in the source"
        return f"{_lines(self.reasons, self.count)}\n{way_out}"


class SkippedImages(Problem):
    """Image files that are left out because `bad_rows` says so."""

    code: ClassVar[str] = "R592"
    severity: ClassVar[Severity] = Severity.WARNING

    title: str
    reasons: Reasons
    count: int
    total: int

    @property
    def message(self) -> str:
        return f"{self.count:,} of {counted(self.total, 'image')} of `{self.title}` are left out"

    @property
    def help(self) -> str:
        return _lines(self.reasons, self.count)


class TooManyCorrupt(Problem):
    """More image files that cannot be used than `bad_rows` lets go."""

    code: ClassVar[str] = "R593"
    why: ClassVar[str] = (
        "a few damaged files are an accident, many are a disk, a copy or a converter that fails"
    )
    bad: ClassVar[str] = "data: {source: {images: {path: photos, bad_rows: {skip: 1}}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, bad_rows: {skip: 20%}}}}"

    title: str
    reasons: Reasons
    count: int
    total: int
    most: int

    @property
    def message(self) -> str:
        images = f"{self.count:,} of {counted(self.total, 'image')} of `{self.title}`"
        return f"{images} ({self.count / self.total:.1%}) cannot be used; `bad_rows` leaves out {self.most:,}"

    @property
    def help(self) -> str:
        return _lines(self.reasons, self.count)


class DifferentSizes(Problem):
    """Images of several sizes, where nothing says how they become one."""

    code: ClassVar[str] = "R594"
    why: ClassVar[str] = "a batch is one array, so all of its images have one size"
    bad: ClassVar[str] = "data: {source: {images: {path: photos}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, size: [96, 96]}}}"

    title: str
    expected: tuple[int, int]
    file: str
    received: tuple[int, int]
    count: int

    @property
    def message(self) -> str:
        first, other = (" x ".join(map(str, size)) for size in (self.expected, self.received))
        return (
            f"the images of `{self.title}` differ in size: the first has {first} pixels, "
            f"{counted(self.count, 'image')} another size, {self.file} {other}"
        )

    @property
    def help(self) -> str:
        size = ", ".join(map(str, self.expected))
        return f"add `size: [{size}]` to the source; `resize` is `crop`, `pad` or `stretch`"


class LeftOutFiles(Problem):
    """Files below a folder of images that are not read."""

    code: ClassVar[str] = "R595"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "an image that is not learned from should be missed by someone"

    title: str
    reason: str
    files: tuple[str, ...]
    count: int

    @property
    def message(self) -> str:
        return f"{counted(self.count, 'file')} of `{self.title}` left out, {self.reason}: {names(self.files)}"


class MissingImages(Problem):
    """Rows of a table that name image files which are not there."""

    code: ClassVar[str] = "R596"
    bad: ClassVar[str] = "data: {source: {images: {path: photos, table: labels.csv, column: name}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, table: labels.csv, column: file}}}"

    table: str
    column: str
    folder: str
    first: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` names {counted(self.count, 'file')} that `{self.folder}` does not have, "
            f"first `{self.first}`: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        return "names in the table are relative to `path`, with their suffix"


class UnmatchedMasks(Problem):
    """Images without a mask or with several, or masks without an image."""

    code: ClassVar[str] = "R597"
    bad: ClassVar[str] = "data: {source: {images: {path: photos, masks: photos, size: [64, 64]}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, masks: masks, size: [64, 64]}}}"

    images: tuple[str, ...]
    num_images: int
    masks: tuple[str, ...]
    num_masks: int
    several: tuple[str, ...]
    num_several: int
    folder: str

    @property
    def message(self) -> str:
        parts = []
        if self.num_images:
            parts.append(f"{counted(self.num_images, 'image')} without a mask ({names(self.images)})")
        if self.num_masks:
            parts.append(f"{counted(self.num_masks, 'mask')} without an image ({names(self.masks)})")
        if self.num_several:
            parts.append(f"{counted(self.num_several, 'mask')} that share an image ({names(self.several)})")
        return f"every image needs one mask in `{self.folder}`. Received: {' and '.join(parts)}"

    @property
    def help(self) -> str:
        return "a mask has the name of its image, only the suffix may be another; else a `table` names both"


class EmptyClasses(Problem):
    """Folders of classes without a single image."""

    code: ClassVar[str] = "R598"
    severity: ClassVar[Severity] = Severity.WARNING

    title: str
    classes: tuple[str, ...]

    @property
    def message(self) -> str:
        folders = counted(len(self.classes), "folder")
        return f"{folders} of `{self.title}` without images, which are no classes: {names(self.classes)}"


class TwoWays(Problem):
    """Words of the source `images` that go together with another one, or not at all."""

    code: ClassVar[str] = "R599"
    bad: ClassVar[str] = "data: {source: {images: {path: photos, column: file}}}"
    good: ClassVar[str] = "data: {source: {images: {path: photos, column: file, table: labels.csv}}}"

    word: str
    needs: str
    without: bool = False

    @property
    def message(self) -> str:
        way = "without" if self.without else "beside"
        return f"`{self.word}` of the source `images` says something only {way} `{self.needs}`"

    @property
    def help(self) -> str:
        return f"{'leave out' if self.without else 'add'} `{self.needs}`, or take `{self.word}` out"
