"""Why Keras refuses what a layer is fed, and what usually helps: a row a cause."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

Shape = tuple[int | None, ...]
"""Sizes of one example, without the batch; None where a size is not fixed."""

# What the axes of an example mean, by how many there are.
_AXES = {
    1: "`(features,)`",
    2: "`(steps, features)`",
    3: "`(height, width, channels)`",
    4: "`(depth, height, width, channels)`",
}
_LONGEST = 4  # axes that have a meaning
_TOO_LARGE = (
    r"output size would be zero or negative.*`(?P<kind>kernel|pool)[_ ](?:shape|size)="
    r"[\[(](?P<window>.*?)[\])]`"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is known of one refused call.

    Args:
        layer: class of the layer.
        shapes: what it was fed.
        reason: Keras's own words.
    """

    layer: str
    shapes: tuple[Shape, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    Args:
        said: what Keras writes of it.
        words: it in our words, which complete "the layer cannot take these shapes:".
        helps: what usually helps.
    """

    said: re.Pattern[str]
    words: Callable[[Refusal, re.Match[str]], str]
    helps: Callable[[Refusal, re.Match[str]], str]


def explained(refusal: Refusal) -> tuple[str, str]:
    """What is wrong and what usually helps; Keras's own words, and nothing, of a cause without a row."""
    for cause in CAUSES:
        if found := cause.said.search(refusal.reason):
            return cause.words(refusal, found), cause.helps(refusal, found)
    return refusal.reason, ""


def written(shape: Shape) -> str:
    """A shape as Python writes it, `?` for a size that is not fixed."""
    sizes = ["?" if size is None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _axes(number: int) -> str:
    return "1 axis" if number == 1 else f"{number} axes"


def _axes_in_words(number: int) -> str:
    return _AXES.get(number, _axes(number))


def _wanted_axes(refusal: Refusal, found: re.Match[str]) -> int:
    """Axes of one example that a layer takes; Keras counts the batch as one more."""
    said = found.groupdict().get("wanted")
    if said:
        return int(said) - 1
    dimensions = re.search(r"([123])D", refusal.layer)
    return int(dimensions[1]) + 1 if dimensions else 2


def _rank(refusal: Refusal, found: re.Match[str]) -> str:
    wanted = _wanted_axes(refusal, found)
    return f"it takes {_axes_in_words(wanted)}, and is fed {_axes(len(refusal.shapes[0]))}"


def _rank_helps(refusal: Refusal, found: re.Match[str]) -> str:
    wanted, shape = _wanted_axes(refusal, found), refusal.shapes[0]
    if wanted > _LONGEST:
        return ""
    way = f"`Reshape: {list(_of_rank(shape, wanted))}` before it"
    if wanted > len(shape):
        return f"move it before the layer that took the axes away, or give them back with {way}"
    if wanted == 1:
        return "put `Flatten` or a global pooling before it"
    return f"join axes with {way}, or use the kind of the layer that takes {_axes_in_words(len(shape))}"


def _of_rank(shape: Shape, wanted: int) -> tuple[int, ...]:
    """The shape with axes of size 1 added, or its last ones joined; -1 is worked out by Keras."""
    sizes = tuple(-1 if size is None else size for size in shape)
    if len(sizes) <= wanted:
        return (*sizes, *(1,) * (wanted - len(sizes)))
    last = sizes[wanted - 1 :]
    return (*sizes[: wanted - 1], -1 if -1 in last else math.prod(last))


def _window(refusal: Refusal, found: re.Match[str]) -> str:
    of_map = [str(size or "?") for size in refusal.shapes[0][:-1]]
    sizes = re.findall(r"\d+", found["window"])[: len(of_map)]
    return f"its window of {' x '.join(sizes)} is larger than the map of {' x '.join(of_map)}"


def _window_helps(refusal: Refusal, found: re.Match[str]) -> str:
    argument = "pool_size" if "pool" in found["kind"] else "kernel_size"
    return f"a smaller `{argument}`, `padding: same`, or fewer strides and poolings before it"


def _unequal(refusal: Refusal, found: re.Match[str]) -> str:
    first, *others = refusal.shapes
    other = next((shape for shape in others if shape != first), first)
    if len(first) != len(other):
        return f"one has {_axes(len(first))} and another {len(other)}"
    places = [axis for axis, pair in enumerate(zip(first, other, strict=True)) if pair[0] != pair[1]]
    if not places:
        return refusal.reason
    axis = places[0]
    return f"they differ in axis {axis + 1}, {first[axis] or '?'} and {other[axis] or '?'}"


def _unequal_helps(refusal: Refusal, found: re.Match[str]) -> str:
    if len({len(shape) for shape in refusal.shapes}) > 1:
        return "bring both to as many axes, with `Flatten`, a global pooling or `Reshape`"
    if len({shape[:-1] for shape in refusal.shapes}) > 1:
        return "the same strides and `padding: same` in both branches, or a pooling in the larger one"
    joined = "" if refusal.layer == "Concatenate" else ", or join them with `Concatenate`"
    return f"as many units or filters in both branches{joined}"


def _reshape(refusal: Refusal, found: re.Match[str]) -> str:
    numbers = re.findall(r"\d+", found["target"])
    has = math.prod(size or 1 for size in refusal.shapes[0])
    return f"it has {has} numbers, and {found['target']} holds {math.prod(map(int, numbers))}"


def _other_size(refusal: Refusal, found: re.Match[str]) -> str:
    return f"it takes ({found['height']}, {found['width']}, {found['channels']})"


def _other_size_helps(refusal: Refusal, found: re.Match[str]) -> str:
    wanted, shape = (found["height"], found["width"]), refusal.shapes[0]
    if wanted == tuple(map(str, shape[:2])):
        return f"an input of {found['channels']} channels; `Concatenate` of one with itself gives several"
    return f"`Resizing: {{height: {wanted[0]}, width: {wanted[1]}}}` before it"


CAUSES: tuple[Cause, ...] = (
    Cause(
        re.compile(
            r"expected shape=\(None, (?P<height>\d+), (?P<width>\d+), (?P<channels>\d+)\), "
            r"found shape=\(\w+, \d+, "
        ),
        _other_size,
        _other_size_helps,
    ),
    Cause(re.compile(r"expected (?:min_)?ndim=(?P<wanted>\d+), found ndim="), _rank, _rank_helps),
    Cause(re.compile(r"with at least (?P<wanted>3) dimensions"), _rank, _rank_helps),
    Cause(re.compile(r"Kernel shape must have the same length as input"), _rank, _rank_helps),
    Cause(re.compile(_TOO_LARGE), _window, _window_helps),
    Cause(
        re.compile(r"incompatible shapes|inputs with matching shapes|Incompatible input shapes"),
        _unequal,
        _unequal_helps,
    ),
    Cause(
        re.compile(r"total size of the tensor must be unchanged.*target_shape=(?P<target>\(.*?\))"),
        _reshape,
        lambda _, found: "one size may be -1, which Keras works out",
    ),
    Cause(
        re.compile(r"`cropping`.*smaller than the corresponding spatial dimension"),
        lambda refusal, _: f"it would cut away all of {written(refusal.shapes[0])}",
        lambda _, found: "a smaller `cropping`, or fewer strides and poolings before it",
    ),
    Cause(
        re.compile(r"called on a list of inputs"),
        lambda _, found: "it joins several outputs, and is fed one",
        lambda _, found: "name what it joins: `from: [a, b]`, with `as: a` and `as: b` beside those layers",
    ),
    Cause(
        re.compile(r"expects (?P<wanted>\d+) input\(s\), but it received (?P<received>\d+)"),
        lambda _, found: f"it takes {found['wanted']}, and is fed {found['received']}",
        lambda _, found: "join them first, with `Concatenate` or `Add`",
    ),
    Cause(
        re.compile(r"fully-defined \(no `None` dimensions\)"),
        lambda _, found: "the size of an axis is not fixed, so that its weights have no size",
        lambda _, found: "a global pooling or a recurrent layer before it in place of `Flatten`",
    ),
    Cause(
        re.compile(r"tuple index out of range"),
        lambda _, found: "it works on an axis that its input does not have",
        lambda _, found: "another `axis`; the last one is -1, and 0 is the batch",
    ),
)
