"""R4xx: what Keras refuses, at the row of the spec that caused it."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem


class LayerRefused(Problem):
    """A layer that Keras cannot build or call on what it is fed."""

    code: ClassVar[str] = "R401"
    bad: ClassVar[str] = "architecture: [{Conv2D: {filters: 8, kernel_size: 99}}]"
    good: ClassVar[str] = "architecture: [{Conv2D: {filters: 8, kernel_size: 3}}]"

    layer: str
    received: str
    reason: str
    table: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return f"`{self.layer}` cannot take {self.received}: {self.reason}"

    @property
    def help(self) -> str:
        return "the layers before it:\n" + "\n".join(f"  {row}" for row in self.table) if self.table else ""


class ObjectRefused(Problem):
    """An object whose constructor Keras refuses."""

    code: ClassVar[str] = "R402"

    name: str
    reason: str

    @property
    def message(self) -> str:
        return f"Keras refuses `{self.name}`: {self.reason}"


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
    """A network whose output does not have the shape of its target."""

    code: ClassVar[str] = "R404"

    target: str
    shape: str
    wanted: str

    @property
    def message(self) -> str:
        return f"the output for `{self.target}` has shape {self.shape}, and the target needs {self.wanted}"

    @property
    def help(self) -> str:
        return (
            "`head` gives the right number of outputs; `Flatten` or a global pooling before it the right rank"
        )


class NothingTrainable(Problem):
    """A network without a trainable weight."""

    code: ClassVar[str] = "R405"

    @property
    def message(self) -> str:
        return "the network has no trainable weight: there is nothing to train"
