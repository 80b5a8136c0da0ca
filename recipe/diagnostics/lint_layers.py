"""L2xx: layers that undo, repeat or starve each other."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span


class TwoLinearLayers(Lint):
    """Two layers with weights and nothing nonlinear between them."""

    code: ClassVar[str] = "L209"
    why: ClassVar[str] = (
        "a linear map of a linear map is one linear map: the first layer adds parameters and no power, "
        "unless it is a bottleneck"
    )
    source: ClassVar[str] = "Goodfellow, Bengio and Courville, Deep Learning, 2016, section 6.1"
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: 64}, {Dense: {units: 32, activation: relu}}, head]"
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 64, activation: relu}}, "
        "{Dense: {units: 32, activation: relu}}, head]"
    )

    first: str
    second: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"`{self.first}` and `{self.second}` have no nonlinearity between them: they act as one layer"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "the second"),) if self.other else ()

    @property
    def help(self) -> str:
        return "give the first an activation, such as `activation: relu`"


class UnusedLayer(Lint):
    """A layer whose output nothing uses."""

    code: ClassVar[str] = "L214"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "it would be left out of the network without a word, with all that only it uses"
    source: ClassVar[str] = (
        "https://keras.io/guides/functional_api/ (a model is what lies between its inputs and outputs)"
    )
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 8, activation: relu}}, {head: , from: input}]"
    )
    good: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 8, activation: relu}}, head]"

    layer: str
    outputs: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"nothing uses the output of `{self.layer}`"

    @property
    def help(self) -> str:
        ends = " and ".join(f"`{name}`" for name in self.outputs)
        return f"the network ends in {ends}; lead there with `from`, or remove the layer"


class SquashedTwice(Lint):
    """A softmax or sigmoid of a softmax or sigmoid."""

    code: ClassVar[str] = "L215"
    why: ClassVar[str] = "the second gets numbers in [0, 1] and gives almost equal ones: gradients vanish"
    source: ClassVar[str] = (
        "https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits (not with the "
        "output of softmax)"
    )
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}, Softmax]"
    good: ClassVar[str] = "architecture: [Flatten, {Dense: 10}, Softmax]"

    layer: str
    before: str
    activation: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` squashes what the `{self.activation}` of `{self.before}` has squashed"

    @property
    def help(self) -> str:
        return "remove one of them"


class SoftmaxBeforeOutput(Lint):
    """A softmax that feeds the output layer."""

    code: ClassVar[str] = "L216"
    why: ClassVar[str] = (
        "`head` is the output layer: it has weights of its own and gives logits, and behind a softmax it "
        "sees only probabilities"
    )
    source: ClassVar[str] = "https://keras.io/api/losses/probabilistic_losses/ (`from_logits`)"
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}, head]"
    good: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 10, activation: relu}}, head]"

    layer: str
    before: str

    @property
    def message(self) -> str:
        return f"`{self.before}` gives probabilities, and `{self.layer}` behind it is the output layer"

    @property
    def help(self) -> str:
        return f"remove `{self.before}`, or end with it"


class RandomOutput(Lint):
    """A network that ends in dropout or noise."""

    code: ClassVar[str] = "L217"
    why: ClassVar[str] = "the answers themselves are dropped at random, and the loss is told nonsense"
    source: ClassVar[str] = "Srivastava et al., JMLR 15, 2014 (dropout is for input and hidden units)"
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: 10}, {Dropout: 0.2}]"
    good: ClassVar[str] = "architecture: [Flatten, {Dropout: 0.2}, {Dense: 10}]"

    layer: str

    @property
    def message(self) -> str:
        return f"the network ends in `{self.layer}`, which changes its answers at random"

    @property
    def help(self) -> str:
        return "put it before the last layer with weights"


class ChannelsFirst(Lint):
    """A layer that expects channels first, where images have them last."""

    code: ClassVar[str] = "L218"
    why: ClassVar[str] = (
        "images reach the network as height x width x channels: the layer would take rows for channels; "
        "nor do all kernels exist on a CPU for channels first"
    )
    source: ClassVar[str] = "https://keras.io/api/layers/convolution_layers/convolution2d/ (`data_format`)"
    bad: ClassVar[str] = (
        "architecture:\n"
        "  - Conv2D: {filters: 8, kernel_size: 1, activation: relu, data_format: channels_first}\n"
        "  - Flatten\n  - head"
    )
    good: ClassVar[str] = (
        "architecture:\n  - Conv2D: {filters: 8, kernel_size: 1, activation: relu}\n  - Flatten\n  - head"
    )

    layer: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` expects channels first, and images come with channels last"

    @property
    def help(self) -> str:
        return "leave `data_format` out, or put a `Permute` before it"


# What keeps a layer from looking ahead.
MASKED = "write `causal: true` in the block, or `call: {use_causal_mask: true}` beside the layer"
CONVOLVED = "write `padding: causal`"
FORWARD = "leave it out: only a layer that reads from left to right can say what comes next"


class SeesTheAnswer(Lint):
    """A layer that looks ahead in a network that says the next token."""

    code: ClassVar[str] = "L220"
    why: ClassVar[str] = (
        "at each place the answer is the next token, which stands in the input: the loss falls to almost "
        "nothing, in the validation too, and the network can write no text"
    )
    source: ClassVar[str] = "Vaswani et al., arXiv 1706.03762, section 3.2.3 (the mask of the decoder)"
    bad: ClassVar[str] = (
        "data: {source: {corpus: {path: plays.txt, context: 64}}, target: {tokens: next}, "
        "split: {validation: 10%}}\n"
        'architecture: [{Embedding: {input_dim: "${data.vocabulary}", output_dim: 32}}, '
        "{transformer: {width: 32, heads: 2}}, LayerNormalization, head]"
    )
    good: ClassVar[str] = (
        "data: {source: {corpus: {path: plays.txt, context: 64}}, target: {tokens: next}, "
        "split: {validation: 10%}}\n"
        'architecture: [{Embedding: {input_dim: "${data.vocabulary}", output_dim: 32}}, '
        "{transformer: {width: 32, heads: 2, causal: true}}, LayerNormalization, head]"
    )

    layer: str
    way_out: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` sees the tokens behind each place, and the target is the next one"

    @property
    def help(self) -> str:
        return self.way_out


class AcrossExamples(Lint):
    """A layer or an operation along the axis of the examples of a batch."""

    code: ClassVar[str] = "L221"
    why: ClassVar[str] = (
        "the first axis counts the examples of a batch: what is said of one then hangs on the others, "
        "on the size of the batch and on its order"
    )
    source: ClassVar[str] = "https://karpathy.github.io/2019/04/25/recipe/ (mixed batch dimension)"
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: 16}, {op: {normalize: {axis: 0}}}, head]"
    good: ClassVar[str] = "architecture: [Flatten, {Dense: 16}, {op: {normalize: {axis: -1}}}, head]"

    layer: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` works along the axis that counts the examples of a batch"

    @property
    def help(self) -> str:
        return "write an axis of an example: they count from 1, and back from -1"
