"""Problems of Keras models that are read, not written."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem


class CannotBeWritten(Problem):
    """A part of a Keras model that no spec can say."""

    code: ClassVar[str] = "R620"
    why: ClassVar[str] = "a spec that left it out would be another model"

    layer: str
    kind: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` is a `{self.kind}`, which a spec cannot say"


class NoModel(Problem):
    """Neither a file of a Keras model nor the name of one."""

    code: ClassVar[str] = "R621"

    source: str
    reason: str

    @property
    def message(self) -> str:
        return f"`{self.source}` cannot be read as a Keras model: {self.reason}"

    @property
    def help(self) -> str:
        return "give a `.keras` file, or the name of an application such as `ResNet50`"
