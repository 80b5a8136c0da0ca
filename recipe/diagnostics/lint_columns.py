"""L5xx: columns and rows that cannot teach what is wanted."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Severity

PITFALLS = "https://scikit-learn.org/stable/common_pitfalls.html"


class SharedRows(Lint):
    """Examples that stand in two parts of the data."""

    code: ClassVar[str] = "L512"
    why: ClassVar[str] = "the network has seen their answers: the numbers come out too good"
    source: ClassVar[str] = (
        "https://spacy.io/api/cli#debug-data (warns of overlap between training and evaluation)"
    )
    bad: ClassVar[str] = "data: {source: {csv: {path: doubled.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = "data: {source: {csv: {path: clean.csv}}, target: kind, split: {validation: 10%}}"

    part: str
    count: int
    examples: int

    @property
    def message(self) -> str:
        share = f"{self.count:,} of {self.examples:,} {self.part} examples"
        return f"{share} ({self.count / self.examples:.1%}) stand in the training split too"

    @property
    def help(self) -> str:
        return "leave repeated rows out of the file, or keep them together with `split: {group: COLUMN}`"


class IdColumn(Lint):
    """A feature that numbers the examples."""

    code: ClassVar[str] = "L513"
    why: ClassVar[str] = "a number that no two examples share can only be learned by heart"
    source: ClassVar[str] = (
        "Kaufman et al., Leakage in data mining, ACM TKDD 6(4), 2012 (identifiers as a source of leakage)"
    )
    bad: ClassVar[str] = "data: {source: {csv: {path: tickets.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = (
        "data: {source: {csv: {path: tickets.csv}}, target: kind, ignore: [ticket], split: {validation: 10%}}"
    )

    column: str
    examples: int

    @property
    def message(self) -> str:
        return (
            f"the column `{self.column}` numbers the examples: {self.examples:,} rows, as many whole numbers"
        )

    @property
    def help(self) -> str:
        return f"write `ignore: [{self.column}]`"


class LeakingColumn(Lint):
    """A feature that says the target alone."""

    code: ClassVar[str] = "L514"
    why: ClassVar[str] = (
        "a column that knows the answer was often written down after it, and is not there when it is needed"
    )
    source: ClassVar[str] = f"{PITFALLS}#data-leakage"
    bad: ClassVar[str] = "data: {source: {csv: {path: tickets.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = (
        "data: {source: {csv: {path: tickets.csv}}, target: kind, ignore: [ticket], split: {validation: 10%}}"
    )

    column: str
    target: str
    share: float

    @property
    def message(self) -> str:
        return f"the column `{self.column}` alone says {self.share:.1%} of `{self.target}`"

    @property
    def help(self) -> str:
        return f"is `{self.column}` known before `{self.target}` is? If not, write `ignore: [{self.column}]`"


class UnscaledInput(Lint):
    """An input of large numbers that nothing scales."""

    code: ClassVar[str] = "L515"
    why: ClassVar[str] = (
        "weights begin for inputs of about unit size; larger ones saturate units and make gradients as large"
    )
    source: ClassVar[str] = (
        "https://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf (Efficient BackProp, section 4.3)"
    )
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 16, activation: relu}}, head]"
    good: ClassVar[str] = (
        "architecture: [Flatten, BatchNormalization, {Dense: {units: 16, activation: relu}}, head]"
    )

    column: str
    minimum: float
    maximum: float

    @property
    def message(self) -> str:
        return f"`{self.column}` reaches from {self.minimum:g} to {self.maximum:g}, and nothing scales it"

    @property
    def help(self) -> str:
        largest = max(abs(self.minimum), abs(self.maximum))
        return f"begin with `BatchNormalization`, or with `Rescaling: {1 / largest:.3g}`"


class ScaledTwice(Lint):
    """A layer that scales what is scaled already."""

    code: ClassVar[str] = "L518"
    why: ClassVar[str] = (
        "images reach the network in [0, 1]: scaled once more, all of them are nearly the same number, and "
        "little is learned at a usual learning rate"
    )
    source: ClassVar[str] = UnscaledInput.source
    bad: ClassVar[str] = (
        'architecture: [{Rescaling: "${1 / 255}"}, Flatten, {Dense: {units: 16, activation: relu}}, head]'
    )
    good: ClassVar[str] = UnscaledInput.bad

    layer: str
    scale: float

    @property
    def message(self) -> str:
        return f"`{self.layer}` multiplies by {self.scale:.3g} what lies in [0, 1] already"

    @property
    def help(self) -> str:
        return f"remove `{self.layer}`"


class RandomOverTime(Lint):
    """Rows with a date that are divided at random."""

    code: ClassVar[str] = "L517"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "the network is judged on days between those that it has seen; where it will be used on later ones, "
        "rows of later days say more"
    )
    source: ClassVar[str] = (
        "https://scikit-learn.org/stable/modules/cross_validation.html#cross-validation-of-time-series-data; "
        "not for autoregressive models whose errors are uncorrelated: Bergmeir, Hyndman and Koo, "
        "Computational Statistics and Data Analysis 120, 2018"
    )
    bad: ClassVar[str] = "data: {source: {csv: {path: flights.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = (
        "data: {source: {csv: {path: flights.csv}}, target: kind, split: {validation: 10%, time: day}}"
    )

    column: str

    @property
    def message(self) -> str:
        return f"rows are divided at random, and `{self.column}` says when each was"

    @property
    def help(self) -> str:
        return f"write `split: {{time: {self.column}}}` to be judged on the newest rows"


class StandIn(Lint):
    """A number that stands for a missing cell."""

    code: ClassVar[str] = "L516"
    why: ClassVar[str] = "it counts as a real measurement, and moves mean and spread of the column"
    source: ClassVar[str] = (
        "https://scikit-learn.org/stable/modules/impute.html (missing values encoded as other placeholders)"
    )
    bad: ClassVar[str] = "data: {source: {csv: {path: tickets.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = (
        "data: {source: {csv: {path: mended.csv}}, target: kind, missing: mean, split: {validation: 10%}}"
    )

    column: str
    value: float
    deviations: float

    @property
    def message(self) -> str:
        away = f"{self.deviations:.1f} standard deviations from its mean"
        return f"the column `{self.column}` has {self.value:g}, {away}: a stand-in for a missing value"

    @property
    def help(self) -> str:
        return "leave such cells empty in the file, and say with `missing` what to do about them"
