"""L5xx: parts of the data that overlap, or are too small."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint, counted
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span

PITFALLS = "https://scikit-learn.org/stable/common_pitfalls.html"
KARPATHY = "https://karpathy.github.io/2019/04/25/recipe/"


class SamePart(Lint):
    """One source for two parts of the data."""

    code: ClassVar[str] = "L501"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = (
        "what was trained on, or chosen by, cannot judge the result: the numbers come out too good"
    )
    source: ClassVar[str] = f"{PITFALLS} (test data should never be used to make choices)"
    bad: ClassVar[str] = """\
data:
  train: {npz: {path: digits.npz, features: x_train, target: y_train}}
  validation: {npz: {path: digits.npz, features: x_test, target: y_test}}
  test: {npz: {path: digits.npz, features: x_test, target: y_test}}"""
    good: ClassVar[str] = """\
data:
  train: {npz: {path: digits.npz, features: x_train, target: y_train}}
  test: {npz: {path: digits.npz, features: x_test, target: y_test}}
  split: {validation: 10%}"""

    part: str
    first: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"`data.{self.part}` reads the same examples as `data.{self.first}`"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "the same"),) if self.other else ()

    @property
    def help(self) -> str:
        part = "test" if self.part == "test" else "validation"
        return f"leave one out and write `split: {{{part if self.first == 'train' else 'validation'}: 10%}}`"


class NothingHeldOut(Lint):
    """No example that the network does not train on."""

    code: ClassVar[str] = "L502"
    why: ClassVar[str] = "nothing would show that it learned the examples by heart"
    source: ClassVar[str] = f"{KARPATHY} (step 2: a train and evaluation skeleton)"
    bad: ClassVar[str] = "data: {source: {bundled: digits}}"
    good: ClassVar[str] = "data: {source: {bundled: digits}, split: {validation: 10%, stratified: true}}"

    examples: int

    @property
    def message(self) -> str:
        return f"all {self.examples:,} examples are trained on, and none are left to judge by"

    @property
    def help(self) -> str:
        return "write `split: {validation: 10%, test: 10%}`"


class CountLikePercent(Lint):
    """A number of examples that looks like a percentage."""

    code: ClassVar[str] = "L503"
    why: ClassVar[str] = "a whole number counts examples; a share is written `10%` or `0.1`"
    source: ClassVar[str] = (
        "https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html "
        "(`test_size`: int is a number of samples)"
    )
    bad: ClassVar[str] = (
        "data: {source: {bundled: digits}, split: {validation: 10, test: 20%, stratified: true}}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: digits}, split: {validation: 10%, test: 20%, stratified: true}}"
    )

    part: str
    count: int
    examples: int

    @property
    def message(self) -> str:
        return f"`{self.part}: {self.count}` is {counted(self.count, 'example')} of {self.examples:,}"

    @property
    def label(self) -> str:
        return f"did you mean `{self.count}%`?"


class BatchOverData(Lint):
    """A batch size that no batch has."""

    code: ClassVar[str] = "L507"
    why: ClassVar[str] = "every epoch is a single step, over all examples"
    source: ClassVar[str] = f"{KARPATHY}; Keskar et al., arXiv 1609.04836 (noise of small batches)"
    bad: ClassVar[str] = "training: {epochs: 10, batch_size: 4096}"
    good: ClassVar[str] = "training: {epochs: 10, batch_size: 32}"

    batch_size: int
    examples: int

    @property
    def message(self) -> str:
        return f"`batch_size` is {self.batch_size:,}, and there are {self.examples:,} training examples"

    @property
    def help(self) -> str:
        return "write a smaller one, or `batch_size: full` if that is meant"


class SmallValidation(Lint):
    """Too few validation examples to tell two results apart."""

    code: ClassVar[str] = "L508"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "a share measured on n examples is known to 1.96 sqrt(p (1 - p) / n), 95 times of 100"
    )
    source: ClassVar[str] = "https://www.itl.nist.gov/div898/handbook/prc/section2/prc241.htm"
    bad: ClassVar[str] = "data: {source: {bundled: digits}, split: {validation: 50, stratified: true}}"
    good: ClassVar[str] = "data: {source: {bundled: digits}, split: {validation: 20%, stratified: true}}"

    examples: int

    @property
    def message(self) -> str:
        points = 196 * (0.25 / self.examples) ** 0.5
        return (
            f"on {counted(self.examples, 'validation example')} an accuracy of 50% is known to "
            f"{points:.0f} points up or down"
        )

    @property
    def help(self) -> str:
        return "choose by the loss, which is finer, or repeat the run with `--seeds`"


class UnevenSplit(Lint):
    """A random split that may leave a rare class out of a part."""

    code: ClassVar[str] = "L509"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = "fewer than five are expected there, so chance decides how many there are"
    source: ClassVar[str] = (
        "https://scikit-learn.org/stable/modules/cross_validation.html#stratification (for imbalanced "
        "classes); a plain random split is unbiased for large classes"
    )
    bad: ClassVar[str] = "data: {source: {csv: {path: rare.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = (
        "data: {source: {csv: {path: rare.csv}}, target: kind, split: {validation: 10%, stratified: true}}"
    )

    name: str
    part: str
    expected: float

    @property
    def message(self) -> str:
        return f"the {self.part} is expected to hold {self.expected:.1f} examples of `{self.name}`"

    @property
    def help(self) -> str:
        return "write `stratified: true`"
