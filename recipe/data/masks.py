"""Masks: the class of every pixel of an image, from the value that is stored of it, 0 to 255.

| values of the pixels | classes, where nobody writes them |
|---|---|
| 0 and 255 | two, 0 and 1 |
| 0, 1, 2 ... without a gap | each is one |
| the same and 255 | 255 is ignored: it is neither learned nor counted |
| anything else | refused: a guess would be learned |
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call, Value
from recipe.data.datasets import Array
from recipe.data.packing.mapped import Mapped
from recipe.data.tables import Stored, Table
from recipe.data.windows import Windows
from recipe.data.written_kinds import MASK, defaults_of, options_of
from recipe.diagnostics.data import KindDoesNotFit
from recipe.diagnostics.data_arrays import DifferentShape
from recipe.diagnostics.data_cells import OneClass
from recipe.diagnostics.data_kinds import UselessBeside
from recipe.diagnostics.data_masks import ClassesWithoutPixels, NoPixelClass, UnclearPixels
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import IGNORED, Target

MOST_INFERRED = 64  # classes; more are shades
_SIZE = 256  # values that a byte has
_BLACK_AND_WHITE = (0, 255)


@dataclass(frozen=True, slots=True)
class _Classes:
    """What the values of pixels mean."""

    names: tuple[str, ...]
    values: tuple[int, ...]
    ignored: tuple[int, ...] = ()
    above: float | None = None


def looks_like_mask(stored: Stored, images: Sequence[Stored]) -> bool:
    """Whether an array has a whole number for each pixel of an image beside it.

    Args:
        stored: the target.
        images: arrays among the features.
    """
    size = _pixels(stored.values.shape[1:])
    if size is None or stored.later or stored.values.dtype.kind not in "biu":
        return False
    return any(one.values.ndim in (3, 4) and one.values.shape[1:3] == size for one in images)


def settle(
    name: str, written: Call | None, stored: Stored, span: Span | None, problems: list[Problem]
) -> Target | None:
    """A mask with its classes, still without counts; None after a Problem.

    Two classes are learned as a flag, `(height, width, 1)`, others as a category, `(height, width)`.

    Args:
        name: of the array.
        written: its kind, if it was written.
        stored: all examples of the training source, so that the classes do not hang on the split.
        span: where to blame.
        problems: R518, R528, R534 or R584 is appended.
    """
    size = _pixels(stored.values.shape[1:])
    values = stored.values
    if size is None or values.dtype.kind not in "biu" or isinstance(values, Windows):
        found = f"examples of shape {values.shape[1:]} and type {values.dtype}"
        problems.append(KindDoesNotFit(span, name, MASK, found, ("category", "number")))
        return None
    options = defaults_of(MASK) if written is None else options_of(written)
    useless = () if written is None else tuple(_useless(name, written, options))
    problems += useless
    found_values = values_in(stored)
    classes = None if useless else _classes(options, found_values, stored.names)
    if classes is None:
        problems += () if useless else (UnclearPixels(span, name, found_values),)
        return None
    if len(classes.names) < 2:
        problems.append(OneClass(span, name, classes.names[0] if classes.names else str(found_values[0])))
        return None
    kind, shape = ("flag", (*size, 1)) if len(classes.names) == 2 else ("category", size)
    return Target(
        name,
        kind,
        classes.names,
        shape=shape,
        reason=_reason(options, found_values, classes),
        values=classes.values,
        ignored=classes.ignored,
        above=classes.above,
    )


def _pixels(shape: tuple[int, ...]) -> tuple[int, int] | None:
    """Height and width of a mask; None of another array."""
    return (shape[0], shape[1]) if len(shape) == 2 or (len(shape) == 3 and shape[2] == 1) else None


def _useless(name: str, written: Call, options: Mapping[str, Value]) -> Iterator[Problem]:
    """Arguments that contradict each other."""
    usual = defaults_of(MASK)
    if options["above"] is not None:
        classes = options["classes"]
        names_two = isinstance(classes, tuple) and len(classes) == 2
        if classes is not None and not names_two:
            yield UselessBeside(written.span_of("classes"), name, "classes", "above")
        if options["ignore"] != usual["ignore"]:
            yield UselessBeside(written.span_of("ignore"), name, "ignore", "above")
        return
    ignored, classes = options["ignore"], options["classes"]
    values = _written(classes)
    if values is not None and ignored not in ("auto", None):
        both = {*_several(ignored)} & {*values[1]}
        if both:
            yield UselessBeside(written.span_of("ignore"), name, f"ignore: {min(both)}", "classes")
    if values is not None and len({*values[0]}) + len({*values[1]}) < 2 * len(values[0]):
        yield UselessBeside(written.span_of("classes"), name, "one of two equal classes", "the other")


def _several(value: Value) -> tuple[int, ...]:
    """Whole numbers of one or of several."""
    listed = value if isinstance(value, tuple) else (value,)
    return tuple(one for one in listed if isinstance(one, int))


def _written(classes: Value) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """Names and values of classes as they were written: how many, their names, or a value for each."""
    if isinstance(classes, Mapping):
        return tuple(map(str, classes)), tuple(int(str(value)) for value in classes.values())
    if isinstance(classes, tuple):
        return tuple(map(str, classes)), tuple(range(len(classes)))
    return None if classes is None else _numbered(int(str(classes)))


def _numbered(count: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(map(str, range(count))), tuple(range(count))


def _classes(options: Mapping[str, Value], found: tuple[int, ...], known: tuple[str, ...]) -> _Classes | None:
    """The classes as they were written, or as the values show them; None where these do not."""
    written = _written(options["classes"])
    above = options["above"]
    if isinstance(above, int | float):
        return _Classes(written[0] if written else ("0", "1"), _BLACK_AND_WHITE, (), float(above))
    if written is None and known:
        written = known, tuple(range(len(known)))
    ignored = _ignored(options["ignore"], found, () if written is None else written[1])
    if options["classes"] is None and written is not None:  # a source names what is no class too
        kept = [(name, value) for name, value in zip(*written, strict=True) if value not in ignored]
        written = tuple(name for name, _ in kept), tuple(value for _, value in kept)
    rest = tuple(value for value in found if value not in ignored)
    if written is not None:
        return _Classes(*written, ignored)
    if rest == _BLACK_AND_WHITE:
        return _Classes(("0", "1"), rest, ignored)
    is_clear = rest == tuple(range(len(rest))) and len(rest) <= MOST_INFERRED
    return _Classes(*_numbered(len(rest)), ignored) if is_clear else None


def _ignored(written: Value, found: tuple[int, ...], classes: tuple[int, ...]) -> tuple[int, ...]:
    """The values that do not count; 255 where nobody says any and it stands beside others than 0."""
    if written != "auto":
        return _several(written)
    is_mark = IGNORED in found and IGNORED not in classes and (bool(classes) or found != _BLACK_AND_WHITE)
    return (IGNORED,) if is_mark and len(found) > 1 else ()


def _reason(options: Mapping[str, Value], found: tuple[int, ...], classes: _Classes) -> str:
    """How what nobody wrote was found, in words."""
    parts = []
    if options["classes"] is None and classes.above is None:
        parts.append(f"{len(classes.names)} values of pixels, {classes.values[0]} to {classes.values[-1]}")
    if options["ignore"] == "auto" and classes.ignored:
        parts.append(f"{IGNORED} is ignored")
    return "; ".join(parts)


def values_in(stored: Stored) -> tuple[int, ...]:
    """The values that occur in an array, ascending."""
    if stored.found:
        return stored.found
    found: set[int] = set()
    for block in _blocks(stored.values):
        found |= {*np.unique(block).tolist()}
    return tuple(sorted(map(int, found)))


def _blocks(values: Array) -> Iterator[NDArray[np.generic]]:
    return values.blocks() if isinstance(values, Mapped) else iter((np.asarray(values),))


def codes_of(target: Target) -> NDArray[np.uint8]:
    """The index of the class of each stored value, `(256,)`; `IGNORED` of those that are none."""
    if target.above is not None:
        return (np.arange(_SIZE) > target.above).astype(np.uint8)
    codes = np.full(_SIZE, IGNORED, np.uint8)
    codes[list(target.values)] = np.arange(len(target.values))
    return codes


def check(target: Target, table: Table, part: str, span: Span | None, problems: list[Problem]) -> bool:
    """Whether a part holds masks of the right size, and no pixel that is neither a class nor ignored.

    Args:
        target: with its classes.
        table: of the part.
        part: its name.
        span: where to blame.
        problems: R519 or R539 is appended.
    """
    stored = table.arrays[target.name]
    received = stored.values.shape[1:]
    if _pixels(received) != target.shape[:2]:
        problems.append(DifferentShape(span, target.name, part, target.shape[:2], received))
        return False
    known = (*target.values, *target.ignored) if target.above is None else tuple(range(_SIZE))
    foreign = {*values_in(stored)} - {*known}
    if not foreign:
        return True
    has_it = [
        np.isin(block, list(foreign)).reshape(len(block), -1).any(axis=1) for block in _blocks(stored.values)
    ]
    rows = np.flatnonzero(np.concatenate(has_it))
    if len(rows):  # a value may lie in examples of another part
        value = min(foreign & {*np.unique(stored.values[rows[:1]]).tolist()})
        facts = (int(value), target.values, len(rows), table.places(rows))
        problems.append(NoPixelClass(span, target.name, part, *facts))
    return not len(rows)


def fit(target: Target, values: Array, span: Span | None, problems: list[Problem]) -> Target:
    """The target with the pixels of each class in the training split.

    Args:
        target: with its classes.
        values: stored, of the training split.
        span: where to blame.
        problems: R500 is appended, a warning.
    """
    found = counts_of(target, values)
    absent = tuple(name for name, count in zip(target.classes, found, strict=True) if not count)
    if absent:
        problems.append(ClassesWithoutPixels(span, target.name, absent, len(target.classes)))
    return replace(target, counts=found)


def counts_of(target: Target, values: Array) -> tuple[int, ...]:
    """How many pixels of stored masks have each class."""
    counts = np.zeros(_SIZE, dtype=np.int64)
    for block in _blocks(values):
        for mask in block:
            counts += np.bincount(mask.reshape(-1).astype(np.int64), minlength=_SIZE)
    codes = codes_of(target)
    return tuple(int(counts[codes == number].sum()) for number in range(len(target.classes)))


def encode(target: Target, values: Array) -> Array:
    """The index of the class of every pixel, uint8 `(rows, *shape)`, `IGNORED` where it has none."""
    codes = codes_of(target)
    if isinstance(values, Mapped):
        return values.translated(codes).as_shape(target.shape)
    return codes[np.asarray(values).astype(np.uint8)].reshape(len(values), *target.shape)
