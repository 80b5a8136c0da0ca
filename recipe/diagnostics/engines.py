"""R340, R380, R381, R671 to R673 and R678: how steps are executed, and in which numbers."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity

_AUTO = "`precision: auto` takes other numbers than float32 where the machine gains by them"


class OnlyOnTensorFlow(Problem):
    """A way to compute that only one backend has.

    Args:
        path: of the value.
        value: that was written.
        backend: of the spec.
        instead: what that backend takes.
    """

    needs: ClassVar[str] = "tensorflow"
    code: ClassVar[str] = "R340"
    bad: ClassVar[str] = "runtime: {backend: jax, precision: bfloat16_products}"
    good: ClassVar[str] = "runtime: {backend: tensorflow, precision: bfloat16_products}"

    path: str
    value: str
    backend: str
    instead: str

    @property
    def message(self) -> str:
        """The two that do not go together."""
        return (
            f"`{self.path}: {self.value}` needs `backend: {self.needs}`. Received: `backend: {self.backend}`"
        )

    @property
    def help(self) -> str:
        """The ways out."""
        backend = "leave `backend` out" if self.needs == "tensorflow" else f"`backend: {self.needs}`"
        return f"write `{self.path}: {self.instead}`, or {backend}"


class OnlyOnJax(OnlyOnTensorFlow):
    """A way to compute that JAX alone has."""

    needs: ClassVar[str] = "jax"
    code: ClassVar[str] = "R380"
    bad: ClassVar[str] = "runtime: {strategy: data_parallel}"
    good: ClassVar[str] = "runtime: {strategy: data_parallel, backend: jax}"


class PartsDiffer(Problem):
    """A layer or a loss that is not the same on parts of a batch, under an engine that computes in parts.

    Args:
        name: of the class.
        reason: what it does.
    """

    code: ClassVar[str] = "R381"
    why: ClassVar[str] = (
        "each core would see its own part of the batch alone, and the run would be another one"
    )
    bad: ClassVar[str] = (
        "architecture: [{Conv2D: {filters: 8, kernel_size: 3}}, BatchNormalization, Flatten, head]\n"
        "runtime: {engine: per_core}"
    )
    good: ClassVar[str] = (
        "architecture: [{Conv2D: {filters: 8, kernel_size: 3}}, LayerNormalization, Flatten, head]\n"
        "runtime: {engine: per_core}"
    )

    name: str
    reason: str

    @property
    def message(self) -> str:
        """What does not go together."""
        return f"`{self.name}` cannot be computed in parts of a batch: {self.reason}"

    @property
    def help(self) -> str:
        """The way out."""
        return "leave `runtime.engine` out: `auto` takes `per_core` where the network allows it"


class ProductsSettled(Problem):
    """A process whose TensorFlow computes products in other numbers than the spec wants.

    Args:
        wanted: the precision of the spec.
    """

    code: ClassVar[str] = "R671"
    why: ClassVar[str] = "TensorFlow reads once, when it is loaded, in which numbers products are computed"

    wanted: str

    @property
    def message(self) -> str:
        """What cannot be changed any more."""
        loaded = "without" if self.wanted == "bfloat16_products" else "with"
        here = f"this process loaded TensorFlow {loaded} bfloat16 products"
        return f"`precision: {self.wanted}` comes too late: {here}"

    @property
    def help(self) -> str:
        """The way out."""
        return "train it in a process of its own, as `recipe fit` does"


class ProductsUnchanged(Problem):
    """Products in bfloat16 on a processor that oneDNN computes them in float32 on."""

    code: ClassVar[str] = "R673"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "oneDNN rounds the factors of float32 products to bfloat16 only where matrix units multiply them"
    )

    @property
    def message(self) -> str:
        """What is missing."""
        return "`precision: bfloat16_products` changes nothing here: this processor has no `amx_bf16`"

    @property
    def help(self) -> str:
        """What may gain here."""
        return _AUTO


class HalfConverted(Problem):
    """A mixed precision on a processor without instructions for its numbers.

    Args:
        precision: of the spec.
    """

    code: ClassVar[str] = "R678"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "without instructions for them each number is converted to float32 and back: convolutions took ten "
        "times as long (`python -m tests.benchmarks.step_time` has rows for both precisions)"
    )

    precision: str

    @property
    def message(self) -> str:
        """What is missing."""
        numbers = self.precision.removeprefix("mixed_")
        return f"`precision: {self.precision}` is slow here: this processor has no instructions for {numbers}"

    @property
    def help(self) -> str:
        """What gains."""
        return _AUTO


class EngineChosen(Problem):
    """The engine that `engine: auto` took, and what it took it from.

    Args:
        engine: its word.
        reason: why it was taken, in words.
        milliseconds: of a step, by engine; empty when nothing was measured.
    """

    code: ClassVar[str] = "R672"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "no engine is the fastest for every network: XLA wins on small dense ones, and loses many times over "
        "on convolutions; all give the same numbers within rounding, and a run that goes on keeps its engine"
    )

    engine: str
    reason: str
    milliseconds: tuple[tuple[str, float], ...] = ()

    @property
    def message(self) -> str:
        """The engine, the reason and the numbers."""
        ordered = sorted(self.milliseconds, key=lambda row: row[1])
        listed = ", ".join(f"{name} {taken:.3g}" for name, taken in ordered)
        numbers = f" (milliseconds a step: {listed})" if listed else ""
        return f"`engine: {self.engine}`: {self.reason}{numbers}"

    @property
    def help(self) -> str:
        """How to fix it."""
        return f"`runtime: {{engine: {self.engine}}}` takes it without asking"
