"""The parts of a Program that are not Calls of a class: settled plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from recipe.catalog.calls import Call
from recipe.diagnostics.spans import Span


@dataclass(frozen=True, slots=True)
class Split:
    """How one source is divided.

    Args:
        validation: share in [0, 1) (float) or number of examples (int) set aside for validation.
        test: likewise for the test.
        stratified: keep the shares of the classes equal in all parts.
        group: column whose equal values must stay in one part.
        span: where the split was written.
        time: column by which rows are ordered, the newest in the test.
        folds: parts of which each is the test once; 0 for none.
        fold: which of them is the test, from 1; 0 while nobody chose.
    """

    validation: float | int
    test: float | int
    stratified: bool
    group: str | None
    span: Span | None = None
    time: str | None = None
    folds: int = 0
    fold: int = 0

    @property
    def takes_all(self) -> bool:
        """Whether the shares alone leave nothing to train on, however many examples there are."""
        return sum(share for share in (self.test, self.validation) if isinstance(share, float)) >= 1


@dataclass(frozen=True, slots=True)
class DataPlan:
    """What to read, and how.

    Args:
        sources: by part: `{"source": call}`, or `train`, `validation`, `test` each with its own.
        targets: kind Call by column (`None`: infer the kind); empty when the source brings its own target.
        features: kind Call by column; the kinds of other features are inferred.
        ignore: columns that are not features.
        ignores_others: whether no column is a feature that `features` does not name.
        missing: what to do about missing cells: `error`, `drop`, `mean`, `median`, `category`.
        split: how what is not given separately is divided.
        seed: derived for the split.
        span: of the section.
        inputs: names of the network's inputs, each with where it was written; empty for the one that takes
            all features.
        weight: column that says how much each example counts; None where all count alike.
        spans: where the keys of the section, and `group` and `time` of its split, were written; and the
            columns of `target` and `features`, as `features.age`.
    """

    sources: Mapping[str, Call]
    targets: Mapping[str, Call | None]
    features: Mapping[str, Call | None]
    ignore: tuple[str, ...]
    missing: str
    split: Split
    seed: int
    span: Span | None = None
    inputs: Mapping[str, Span | None] = field(default_factory=lambda: MappingProxyType({}))
    ignores_others: bool = False
    weight: str | None = None
    spans: Mapping[str, Span | None] = field(default_factory=lambda: MappingProxyType({}))

    def span_of(self, key: str) -> Span | None:
        """Where a key was written, else the section."""
        return self.spans.get(key) or self.span
