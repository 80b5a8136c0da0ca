"""L5xx: data that cannot teach what is wanted."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint

KARPATHY = "https://karpathy.github.io/2019/04/25/recipe/"


class FreeAccuracy(Lint):
    """Accuracy alone where one class is nearly everything."""

    code: ClassVar[str] = "L504"
    why: ClassVar[str] = "whoever always says the largest class is right that often, and has learned nothing"
    source: ClassVar[str] = "https://www.tensorflow.org/tutorials/structured_data/imbalanced_data"
    bad: ClassVar[str] = "metrics: [accuracy]"
    good: ClassVar[str] = "metrics: [accuracy, {Recall: {class_id: 1, top_k: 1}}]"

    target: str
    largest: str
    share: float
    rarest: str
    index: int
    is_flag: bool

    @property
    def message(self) -> str:
        free = f"an accuracy of {self.share:.2f} is free"
        return f"{self.share:.0%} of `{self.target}` is `{self.largest}`: {free}"

    @property
    def help(self) -> str:
        if self.is_flag:
            return "measure something else too, such as `metrics: [accuracy, AUC, Recall]`"
        recall = f"{{Recall: {{class_id: {self.index}, top_k: 1}}}}"
        return f"measure `{self.rarest}` by itself too: `metrics: [accuracy, {recall}]`"


class RareClass(Lint):
    """Classes with too few examples to learn."""

    code: ClassVar[str] = "L505"
    why: ClassVar[str] = "what is so rare is learned by heart or not at all"
    source: ClassVar[str] = "https://spacy.io/api/cli#debug-data (warns below 50 and 20 examples)"
    bad: ClassVar[str] = "data: {source: {csv: {path: rare.csv}}, target: kind, split: {validation: 10%}}"
    good: ClassVar[str] = "data: {source: {csv: {path: even.csv}}, target: kind, split: {validation: 10%}}"

    target: str
    classes: tuple[tuple[str, int], ...]
    limit: int

    @property
    def message(self) -> str:
        listed = ", ".join(f"`{name}` ({count})" for name, count in self.classes[:5])
        more = f" and {len(self.classes) - 5} more" if len(self.classes) > 5 else ""
        return f"classes of `{self.target}` with fewer than {self.limit} training examples: {listed}{more}"

    @property
    def help(self) -> str:
        return "gather more of them, join them to another class, or leave their rows out"


class ConstantColumn(Lint):
    """A feature that is the same in every row."""

    code: ClassVar[str] = "L506"
    why: ClassVar[str] = "it says nothing about any example, and hides that a column was read wrongly"
    source: ClassVar[str] = "https://scikit-learn.org/stable/modules/feature_selection.html (zero variance)"
    bad: ClassVar[str] = "data: {source: {csv: {path: constant.csv}}, target: kind}"
    good: ClassVar[str] = "data: {source: {csv: {path: constant.csv}}, target: kind, ignore: [country]}"

    column: str
    value: str

    @property
    def message(self) -> str:
        return f"the column `{self.column}` is `{self.value}` in every training row"

    @property
    def help(self) -> str:
        return f"write `ignore: [{self.column}]`"


class FixedAugmentation(Lint):
    """A layer in the augmentation that is not random."""

    code: ClassVar[str] = "L510"
    why: ClassVar[str] = (
        "augmentation runs in training only: what always happens must happen in validation and use as well"
    )
    source: ClassVar[str] = (
        "https://www.tensorflow.org/guide/keras/preprocessing_layers (random layers are off outside training)"
    )
    bad: ClassVar[str] = "regularization: {augmentation: [{Rescaling: 2.0}]}"
    good: ClassVar[str] = "regularization: {augmentation: [{RandomRotation: 0.02}]}"

    layer: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` is not random, and would change training batches only"

    @property
    def help(self) -> str:
        return "put it at the start of the architecture"


class LabelBreaking(Lint):
    """An augmentation that turns one class into another."""

    code: ClassVar[str] = "L511"
    why: ClassVar[str] = "a digit flipped, or turned upside down, is no digit or another one; its label stays"
    source: ClassVar[str] = f"{KARPATHY} (forgot to flip your labels)"
    bad: ClassVar[str] = "regularization: {augmentation: [{RandomFlip: horizontal}]}"
    good: ClassVar[str] = "regularization: {augmentation: [{RandomRotation: 0.02}]}"

    layer: str
    data: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` changes what the digits of `{self.data}` say"

    @property
    def help(self) -> str:
        return "shift and turn them a little instead: `RandomTranslation`, `RandomRotation: 0.03`"
