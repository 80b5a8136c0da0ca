"""R337 to R339, R341 and R342: how weights begin."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.records import Record
from recipe.diagnostics.wording import clipped, listing


class NoLastWeights(Problem):
    """Residual branches whose last scale or projection is not known, so that it cannot begin otherwise."""

    code: ClassVar[str] = "R337"
    why: ClassVar[str] = "a branch that begins otherwise than the others is a setting silently lost"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {residual: [{Dense: 64}, {BatchNormalization: {scale: false}}]}, head]\n"
        "init: {residual: zero}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {residual: [{Dense: 64}, BatchNormalization]}, head]\ninit: {residual: zero}"
    )

    branches: tuple[str, ...]
    count: int
    example: str

    @property
    def message(self) -> str:
        if not self.count:
            return "`init.residual` changes nothing: the architecture has no `residual`"
        ends = "ends" if len(self.branches) == 1 else "end"
        return f"`init.residual` finds no last weights where {listing(self.branches)} {ends}"

    @property
    def help(self) -> str:
        if not self.count:
            return "put the branch into `residual`, or remove the key"
        return "end each body in a norm with a scale, a Dense, a convolution or an attention"


class NoPrior(Problem):
    """A bias that is asked to begin at the prior, where there is no bias or no prior."""

    code: ClassVar[str] = "R338"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, use_bias: false}}]\ninit: {head_bias: prior}"
    )
    good: ClassVar[str] = "architecture: [Flatten, head]\ninit: {head_bias: prior}"

    found: str

    @property
    def message(self) -> str:
        return f"`init.head_bias` changes nothing: {self.found}"

    @property
    def help(self) -> str:
        return "end the architecture in `- head`, or remove the key"


class OtherShape(Record):
    """A weight that has another shape in an earlier network.

    Args:
        path: of the weight.
        there: its shape in the earlier network.
        here: its shape in this one.
    """

    path: str
    there: tuple[int, ...]
    here: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.path} ({_shape(self.there)} there, {_shape(self.here)} here)"


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a number"


class BeganAsEarlier(Problem):
    """Weights that began as those of an earlier run, and those that did not."""

    code: ClassVar[str] = "R339"
    severity: ClassVar[Severity] = Severity.INFO

    source: str
    count: int
    total: int
    new: tuple[str, ...]
    others: tuple[OtherShape, ...]
    unused: tuple[str, ...]

    @property
    def message(self) -> str:
        parts = [f"{self.count} of {self.total} weights begin as those of `{clipped(self.source)}`"]
        if anew := (*self.new, *map(str, self.others)):
            parts.append(f"anew begin {listing(anew, 4)}")
        if self.unused:
            parts.append(f"no place have {listing(self.unused, 4)}")
        return "; ".join(parts)


class NoEarlierWeights(Problem):
    """An `init.weights` that names nothing that weights can be read from."""

    code: ClassVar[str] = "R341"

    source: str
    reason: str

    @property
    def message(self) -> str:
        return f"`init.weights` reads no weights from `{clipped(self.source)}`: {self.reason}"

    @property
    def help(self) -> str:
        return "write the folder of a finished run (`recipe runs` lists them), or a `.keras` file"


class NothingBeganAsEarlier(Problem):
    """An earlier network of which not one weight has the path and shape of a weight here."""

    code: ClassVar[str] = "R342"
    why: ClassVar[str] = "weights are found by their path, which comes from the names in the architecture"

    source: str
    there: tuple[str, ...]
    here: tuple[str, ...]
    others: tuple[OtherShape, ...]

    @property
    def message(self) -> str:
        return f"no weight of `{clipped(self.source)}` has the path and shape of a weight here"

    @property
    def help(self) -> str:
        if self.others:
            return f"of another shape are {listing(tuple(map(str, self.others)), 3)}"
        return f"there: {listing(self.there, 3)}; here: {listing(self.here, 3)}"
