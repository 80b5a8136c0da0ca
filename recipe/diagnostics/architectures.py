"""R230 to R249: blocks, repetitions and edits of an architecture that cannot be what they say."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.shape_causes import written
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped, listing


class BlockInItself(Problem):
    """A block that is used inside itself."""

    code: ClassVar[str] = "R230"
    why: ClassVar[str] = "a block inside itself would never end"
    bad: ClassVar[str] = "blocks:\n  basic: {layers: [ReLU, basic]}\narchitecture: [basic, head]"
    good: ClassVar[str] = "blocks:\n  basic: {layers: [ReLU]}\narchitecture: [basic, head]"

    chain: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"a block is used inside itself: {' > '.join(f'`{clipped(name)}`' for name in self.chain)}"

    @property
    def help(self) -> str:
        return "several turns of the same layers are `repeat: {times: 3, layers: [...]}`"


class UnusedBlock(Problem):
    """A block that nothing uses."""

    code: ClassVar[str] = "R231"
    why: ClassVar[str] = "a misspelled block would leave its layers out"
    bad: ClassVar[str] = "blocks:\n  basic: {layers: [ReLU]}\narchitecture: [Flatten, head]"
    good: ClassVar[str] = "blocks:\n  basic: {layers: [ReLU]}\narchitecture: [Flatten, basic, head]"

    name: str

    @property
    def message(self) -> str:
        return f"nothing uses the block `{clipped(self.name)}`"

    @property
    def help(self) -> str:
        return f"write `- {clipped(self.name)}` among the layers, or remove it"


class TooManyLayers(Problem):
    """An architecture that unfolds into more layers than a network can have."""

    code: ClassVar[str] = "R232"
    bad: ClassVar[str] = (
        "architecture:\n"
        "  - repeat: {times: 1000, layers: [{repeat: {times: 1000, layers: [ReLU]}}]}\n"
        "  - head"
    )
    good: ClassVar[str] = "architecture:\n  - repeat: {times: 3, layers: [ReLU]}\n  - head"

    limit: int

    @property
    def message(self) -> str:
        return f"the architecture unfolds into more than {self.limit:,} layers"


class NoBlockValue(Problem):
    """An argument of a block that is neither a single value nor a list of these."""

    code: ClassVar[str] = "R233"
    bad: ClassVar[str] = (
        "blocks:\n  wide: {vars: {units: required}, layers: [{Dense: $units}]}\n"
        "architecture: [Flatten, {wide: {units: {a: 1}}}, head]"
    )
    good: ClassVar[str] = (
        "blocks:\n  wide: {vars: {units: required}, layers: [{Dense: $units}]}\n"
        "architecture: [Flatten, {wide: {units: 8}}, head]"
    )

    path: str

    @property
    def message(self) -> str:
        return f"`{self.path}` must be a single value or a list of these. Received: a mapping"


class EachDiffers(Problem):
    """Lists that are bound in lock-step and have different lengths."""

    code: ClassVar[str] = "R234"
    bad: ClassVar[str] = (
        "architecture:\n"
        "  - Flatten\n"
        "  - repeat: {each: {units: [64, 32], rate: [0.1]}, layers: [{Dense: $units}, {Dropout: $rate}]}\n"
        "  - head"
    )
    good: ClassVar[str] = (
        "architecture:\n"
        "  - Flatten\n"
        "  - repeat: {each: {units: [64, 32], rate: [0.1, 0]}, layers: [{Dense: $units}, {Dropout: $rate}]}\n"
        "  - head"
    )

    lengths: tuple[tuple[str, int], ...]

    @property
    def message(self) -> str:
        counted = ", ".join(f"`{clipped(name)}` has {length}" for name, length in self.lengths)
        return f"the lists of `repeat` are bound in lock-step and differ in length: {counted}"


class BlockNameTaken(Problem):
    """A block with the name of a word of the language."""

    code: ClassVar[str] = "R235"
    bad: ClassVar[str] = "blocks:\n  head: {layers: [{Dense: 10}]}\narchitecture: [Flatten, head]"
    good: ClassVar[str] = "blocks:\n  my_head: {layers: [{Dense: 10}]}\narchitecture: [Flatten, my_head]"

    name: str
    is_word: bool = True

    @property
    def message(self) -> str:
        if self.is_word:
            return f"`{clipped(self.name)}` is a word of the language; a block needs another name"
        return f"a block's name must be of small letters, digits and `_`. Received: `{clipped(self.name)}`"


class NotReusable(Problem):
    """A `reuse` of something that has no layers."""

    code: ClassVar[str] = "R236"
    bad: ClassVar[str] = "architecture: [Flatten, {reuse: input}, head]"
    good: ClassVar[str] = "architecture:\n  - Flatten\n  - Dense: 64\n    as: wide\n  - reuse: wide\n  - head"

    name: str
    what: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.name)}` is {self.what}, and has no weights to use again"

    @property
    def help(self) -> str:
        return f"`from: {clipped(self.name)}` reads its value; `when` beside `reuse` skips it too"


class NothingToEdit(Problem):
    """An edit of a layer that the inherited architecture does not have."""

    code: ClassVar[str] = "R237"
    why: ClassVar[str] = "an edit that changes nothing would be a setting silently lost"
    bad: ClassVar[str] = "architecture: {edit: {middle: [ReLU]}, layers: [Flatten, head]}"
    good: ClassVar[str] = "architecture: [Flatten, ReLU, head]"

    name: str
    known: tuple[str, ...]
    replaced: bool = False

    @property
    def message(self) -> str:
        if self.replaced:
            return (
                f"`edit` changes `{clipped(self.name)}` of an inherited architecture, "
                "and `layers` beside it takes the place of that"
            )
        return f"no layer of the inherited architecture is called `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        suggestion = "" if self.replaced else meant(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        if self.replaced:
            return "leave `layers` out, or write them as they shall be"
        if not self.known:
            return "what can be edited was named with `as` in a file that `extends` names"
        return f"named there: {listing(self.known[:8])}"


class NotTied(Problem):
    """A head that is tied to a layer that cannot be turned around."""

    code: ClassVar[str] = "R238"
    bad: ClassVar[str] = "architecture:\n  - Flatten\n  - Dense: 64\n    as: wide\n  - head: {tied_to: wide}"
    good: ClassVar[str] = (
        "architecture:\n"
        "  - Flatten\n"
        "  - ReversibleEmbedding: {input_dim: 17, output_dim: 8}\n"
        "    as: tokens\n"
        "  - head: {tied_to: tokens}"
    )

    name: str
    kind: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.name)}` is {self.kind}; a head is tied to a `ReversibleEmbedding`"


class TakesOneInput(Problem):
    """A layer or word that is fed more tensors than it takes, or fewer.

    Args:
        name: of it.
        inputs: what it takes, when that is more than one.
        received: how many it was fed.
        is_operation: whether it takes constants in their place.
    """

    code: ClassVar[str] = "R239"
    bad: ClassVar[str] = (
        "architecture:\n"
        "  - Flatten:\n"
        "    as: flat\n"
        "  - residual: [{Dense: 64}]\n"
        "    from: [flat, flat]\n"
        "  - head"
    )
    good: ClassVar[str] = "architecture:\n  - Flatten\n  - residual: [{Dense: 64}]\n  - head"

    name: str
    inputs: tuple[str, ...]
    received: int
    is_operation: bool = False

    @property
    def message(self) -> str:
        several = f"{len(self.inputs)} inputs ({', '.join(self.inputs)})"
        known = several if len(self.inputs) > 1 else "one input"
        received = f"{self.received} input{'' if self.received == 1 else 's'}"
        return f"`{clipped(self.name)}` takes {known}. Received: {received}"

    @property
    def help(self) -> str:
        if len(self.inputs) < 2:
            return "join several with a layer such as `Concatenate` or `Add`"
        if self.received > len(self.inputs):
            return "masks and lists of states are fed by name, as in `from: {initial_state: [h, c]}`"
        constant = f", or write a constant inside: `{self.inputs[-1]}: ...`" if self.is_operation else ""
        return f"name them all with `from`{constant}"


class NoSuchOutput(Problem):
    """An output of a block or an architecture that no layer in it has."""

    code: ClassVar[str] = "R240"
    bad: ClassVar[str] = (
        "blocks:\n  twins: {layers: [{Dense: 8}], outputs: [left]}\narchitecture: [Flatten, twins, head]"
    )
    good: ClassVar[str] = (
        "blocks:\n"
        "  twins:\n"
        "    layers:\n"
        "      - Dense: 8\n"
        "        as: left\n"
        "    outputs: [left]\n"
        "architecture: [Flatten, twins, head]"
    )

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the output `{clipped(self.name)}` is given by no layer"

    @property
    def label(self) -> str:
        suggestion = meant(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else "name a layer with `as`"


class TooManyNames(Problem):
    """More names in `as` than there are outputs."""

    code: ClassVar[str] = "R244"
    why: ClassVar[str] = "a name that stands for nothing could be read by no layer"
    bad: ClassVar[str] = (
        "architecture:\n  - Flatten\n  - residual: [{Dense: 64}]\n    as: [sum, body]\n  - head"
    )
    good: ClassVar[str] = "architecture:\n  - Flatten\n  - residual: [{Dense: 64}]\n    as: total\n  - head"

    name: str
    outputs: int
    received: int

    @property
    def message(self) -> str:
        plural = "" if self.outputs == 1 else "s"
        return f"`{clipped(self.name)}` gives {self.outputs} output{plural}. Received: {self.received} names"


class EmptyBody(Problem):
    """A residual or parallel without layers."""

    code: ClassVar[str] = "R245"
    why: ClassVar[str] = "x + F(x) without F would double its input"
    bad: ClassVar[str] = "architecture: [Flatten, {residual: []}, head]"
    good: ClassVar[str] = "architecture: [Flatten, {residual: [{Dense: 64}]}, head]"

    name: str
    part: str

    @property
    def message(self) -> str:
        return f"`{self.name}` has no layer in `{self.part}`"

    @property
    def help(self) -> str:
        return f"`when` beside `{self.name}` skips all of it"


class UnusedInput(Problem):
    """An input of a block that no layer in it reads."""

    code: ClassVar[str] = "R246"
    why: ClassVar[str] = "what is fed to it would be silently lost"
    bad: ClassVar[str] = (
        "blocks:\n  both: {inputs: [left, right], layers: [{Dense: 8}]}\n"
        "architecture:\n  - Flatten:\n    as: flat\n  - both:\n    from: [flat, flat]\n  - head"
    )
    good: ClassVar[str] = (
        "blocks:\n  both: {inputs: [left, right], layers: [{Concatenate: , from: [left, right]}]}\n"
        "architecture:\n  - Flatten:\n    as: flat\n  - both:\n    from: [flat, flat]\n  - head"
    )

    name: str

    @property
    def message(self) -> str:
        return f"no layer of the block reads its input `{clipped(self.name)}`"

    @property
    def help(self) -> str:
        return f"write `from: {clipped(self.name)}` beside a layer of the block, or remove the input"


class TooDeep(Problem):
    """Blocks and bodies that lie too deep in each other."""

    code: ClassVar[str] = "R247"

    limit: int

    @property
    def message(self) -> str:
        return f"lists of layers must lie at most {self.limit} deep in each other, those of blocks counted"

    @property
    def help(self) -> str:
        return "layers that follow each other need no body: write the block's layers one below the other"


class InputsDiffer(Problem):
    """An input of an architecture for which the data has no feature."""

    code: ClassVar[str] = "R241"
    bad: ClassVar[str] = "architecture:\n  inputs: {image: auto, age: auto}\n  layers: [Flatten, head]"
    good: ClassVar[str] = "architecture:\n  inputs: {image: auto}\n  layers: [Flatten, head]"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"there is no feature for the input `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        suggestion = meant(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        return (
            "an input takes the feature of its name, and one other input takes all that are left; "
            f"features: {listing(self.known[:8])}"
        )


class FeaturesLeft(Problem):
    """Features that no input takes."""

    code: ClassVar[str] = "R243"
    why: ClassVar[str] = "data that nothing reads would be silently lost"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, missing: drop}\n"
        "architecture:\n  inputs: {island: auto}\n  layers: [{Dense: 8}, head]"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, missing: drop}\n"
        "architecture:\n  inputs: {everything: auto}\n  layers: [{Dense: 8}, head]"
    )

    names: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"no input takes {', '.join(f'`{clipped(name)}`' for name in self.names[:8])}"

    @property
    def help(self) -> str:
        return "name one input more, which takes all of them, or list them in `data.ignore`"


class ShapeDiffers(Problem):
    """A written shape of an input that is not that of the data."""

    code: ClassVar[str] = "R242"
    bad: ClassVar[str] = "architecture:\n  inputs: {image: {shape: [28, 28, 1]}}\n  layers: [Flatten, head]"
    good: ClassVar[str] = "architecture:\n  inputs: {image: {shape: [8, 8, 1]}}\n  layers: [Flatten, head]"

    name: str
    written: tuple[int | None, ...]
    found: tuple[int, ...]

    @property
    def message(self) -> str:
        shape = written(self.written)
        return f"the input `{clipped(self.name)}` must have shape {shape}. Received: {self.found}"

    @property
    def help(self) -> str:
        return f"`{self.name}: auto` takes the shape of the data"
