"""R4xx: what Keras refuses, at the row of the spec that caused it."""

import math
from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.shape_causes import Refusal, Shape, explained, written

_MOST_ROWS = 30


class LayerRefused(Problem):
    """A layer that Keras cannot build or call on what it is fed.

    Args:
        layer: its class.
        shapes: what it is fed.
        reason: Keras's own words.
        table: rows of name and output shape: the inputs, and the layers before it.
    """

    code: ClassVar[str] = "R401"
    bad: ClassVar[str] = "architecture: [{Conv2D: {filters: 8, kernel_size: 99}}]"
    good: ClassVar[str] = "architecture: [{Conv2D: {filters: 8, kernel_size: 3}}]"

    layer: str
    shapes: tuple[Shape, ...]
    reason: str
    table: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        received = " and ".join(map(written, self.shapes))
        return f"`{self.layer}` cannot take {received}: {self._explained[0]}"

    @property
    def help(self) -> str:
        sentence, helps = self._explained
        lines = [f"what usually helps: {helps}"] if helps else []
        if self.table:
            widest = max(len(name) for name, _ in self.table)
            rows = [f"  {name:<{widest}}  {shape}" for name, shape in self.table]
            left_out = ["  ..."] if len(rows) > _MOST_ROWS else []
            lines += ["the layers before it:", *left_out, *rows[-_MOST_ROWS:]]
        said = self.reason.replace("None", "?")  # a size that is not fixed, as everywhere here
        return "\n".join([*lines, f"Keras says: {said}"] if sentence != self.reason else lines)

    @property
    def _explained(self) -> tuple[str, str]:
        return explained(Refusal(self.layer, self.shapes, self.reason))


class ObjectRefused(Problem):
    """An object that Keras refuses, when it is built or when it meets the network."""

    code: ClassVar[str] = "R402"

    name: str
    reason: str

    @property
    def message(self) -> str:
        return f"Keras refuses `{self.name}`: {self.reason}"


class InitializerRefused(Problem):
    """An initializer that cannot fill a weight of such a shape."""

    code: ClassVar[str] = "R408"

    name: str
    reason: str
    weight: str
    shape: tuple[int, ...]

    @property
    def message(self) -> str:
        return f"`{self.name}` cannot fill `{self.weight}` of shape {self.shape}: {self.reason}"


class CannotBeSaved(Problem):
    """A layer of which Keras keeps no configuration, so that no model that has it can be saved."""

    code: ClassVar[str] = "R409"

    name: str

    @property
    def message(self) -> str:
        return f"Keras cannot save `{self.name}` with these arguments"


class ReceiptDiffers(Problem):
    """An argument that Keras took and has another value now."""

    code: ClassVar[str] = "R403"
    why: ClassVar[str] = "what was asked is not what would be trained"

    name: str
    argument: str
    asked: str
    has: str

    @property
    def message(self) -> str:
        return (
            f"`{self.name}` was asked for `{self.argument}: {self.asked}`, and Keras says it has {self.has}"
        )


class OutputDoesNotFit(Problem):
    """A network whose output does not have the shape of its target.

    Args:
        target: its name.
        shape: of the output.
        wanted: by the target.
        inputs: shapes of what the network reads.
    """

    code: ClassVar[str] = "R404"

    target: str
    shape: Shape
    wanted: tuple[int, ...]
    inputs: tuple[Shape, ...] = ()

    @property
    def message(self) -> str:
        shapes = f"has shape {written(self.shape)}, and the target needs {written(self.wanted)}"
        return f"the output for `{self.target}` {shapes}"

    @property
    def help(self) -> str:
        positions, units = self.wanted[:-1], self.wanted[-1]
        if self.shape and self.shape[:-1] == positions:
            ends = f"{units} unit{'' if units == 1 else 's'}"
            return f"end with `head`, which counts what the target has, or with {ends}"
        if positions and all(shape[: len(positions)] != positions for shape in self.inputs):
            flat = "`Flatten`, " if len(self.shape) > 1 else ""
            ends = f"{flat}`Dense: {math.prod(self.wanted)}` and `Reshape: [{written(self.wanted)[1:-1]}]`"
            return f"the input does not have the positions of the target: end with {ends} in place of `head`"
        if len(self.shape) > len(self.wanted):
            return "put `Flatten` or a global pooling before the last layer, which works on one axis"
        if len(self.wanted) > 1:
            kept = "`return_sequences: true` in recurrent layers, no `Flatten` or global pooling"
            return f"keep the positions: {kept}"
        return f"end with `head`, or with a `Dense` of {units} units"


class NothingTrainable(Problem):
    """A network without a trainable weight."""

    code: ClassVar[str] = "R405"

    @property
    def message(self) -> str:
        return "the network has no trainable weight: there is nothing to train"


class IdsBeyondTable(Problem):
    """An embedding with fewer rows than there are ids.

    Args:
        layer: its name.
        rows: of its table, `input_dim`.
        largest: id that it is fed.
    """

    code: ClassVar[str] = "R406"
    why: ClassVar[str] = "some backends read the last row instead, and say nothing"
    bad: ClassVar[str] = (
        "architecture:\n"
        "  - Reshape: [64, 1]\n"
        "  - positions: {length: 32, width: 1}       # of 64 places\n"
        "  - GlobalAveragePooling1D\n"
        "  - head"
    )
    good: ClassVar[str] = (
        "architecture:\n"
        "  - Reshape: [64, 1]\n"
        "  - positions: {length: 64, width: 1}\n"
        "  - GlobalAveragePooling1D\n"
        "  - head"
    )

    layer: str
    rows: int
    largest: int

    @property
    def message(self) -> str:
        return f"the table of `{self.layer}` has {self.rows:,} rows, and the ids go up to {self.largest:,}"

    @property
    def help(self) -> str:
        return f"the ids begin at 0: {self.largest + 1:,} rows are needed"
