"""L6xx: precision and speed."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Severity


class HalfPrecisionOutput(Lint):
    """An output in 16 bits."""

    code: ClassVar[str] = "L601"
    why: ClassVar[str] = "probabilities and losses need the small differences that 16 bits round away"
    source: ClassVar[str] = "https://www.tensorflow.org/guide/mixed_precision (the output should be float32)"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}]\n"
        "runtime: {precision: mixed_float16}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, activation: softmax, dtype: float32}}]\n"
        "runtime: {precision: mixed_float16}"
    )

    layer: str
    precision: str

    @property
    def message(self) -> str:
        return f"the output `{self.layer}` is computed in 16 bits under `{self.precision}`"

    @property
    def help(self) -> str:
        return "write `dtype: float32` in it, or `head`, which is always float32"


class OddWidth(Lint):
    """A width that tensor cores cannot use whole."""

    code: ClassVar[str] = "L602"
    severity: ClassVar[Severity] = Severity.PERF
    why: ClassVar[str] = "16-bit matrix units work in tiles of 8; other widths are padded or fall back"
    source: ClassVar[str] = (
        "https://docs.nvidia.com/deeplearning/performance/dl-performance-matrix-multiplication/"
    )
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 100, activation: relu}}, head]\n"
        "runtime: {precision: mixed_bfloat16}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 104, activation: relu}}, head]\n"
        "runtime: {precision: mixed_bfloat16}"
    )

    layer: str
    argument: str
    width: int

    @property
    def message(self) -> str:
        return f"`{self.argument}` of `{self.layer}` is {self.width}, no multiple of 8"

    @property
    def help(self) -> str:
        return f"write {-(-self.width // 8) * 8}"


class SlowRecurrence(Lint):
    """A recurrent layer that gives up its fast kernel."""

    code: ClassVar[str] = "L603"
    severity: ClassVar[Severity] = Severity.PERF
    why: ClassVar[str] = "on a GPU cuDNN computes all time steps in one kernel, for Keras's defaults only"
    source: ClassVar[str] = (
        "https://keras.io/api/layers/recurrent_layers/lstm/ (requirements of the cuDNN implementation)"
    )
    bad: ClassVar[str] = "architecture: [{Reshape: [8, 8]}, {LSTM: {units: 16, activation: relu}}, head]"
    good: ClassVar[str] = "architecture: [{Reshape: [8, 8]}, {LSTM: {units: 16}}, head]"

    layer: str
    argument: str
    value: str
    wanted: str

    @property
    def message(self) -> str:
        return f"`{self.argument}: {self.value}` keeps `{self.layer}` from its fast kernel on a GPU"

    @property
    def help(self) -> str:
        return f"the fast kernel needs `{self.argument}: {self.wanted}`"


class AugmentationInNetwork(Lint):
    """An augmentation layer inside the network."""

    code: ClassVar[str] = "L604"
    severity: ClassVar[Severity] = Severity.PERF
    why: ClassVar[str] = (
        "one layer that XLA cannot compile keeps it from the whole network; between data and network it "
        "costs nothing there, and stays out of the saved model"
    )
    source: ClassVar[str] = (
        "https://www.tensorflow.org/guide/keras/preprocessing_layers (before the model or inside it)"
    )
    bad: ClassVar[str] = "architecture: [{RandomRotation: 0.02}, Flatten, head]"
    good: ClassVar[str] = (
        "architecture: [Flatten, head]\nregularization: {augmentation: [{RandomRotation: 0.02}]}"
    )

    layer: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` augments inside the network"

    @property
    def help(self) -> str:
        return "move it to `regularization.augmentation`"
