"""What a finished network takes for what, and the examples that it is most wrong about."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from recipe.compiler.compiling import Compiled
from recipe.data import scales
from recipe.data.datasets import Arrays, Dataset
from recipe.data.mask_pictures import beside
from recipe.program.facts import InputFact, Target
from recipe.program.objectives import ends_in_logits
from recipe.program.writing import write_atomically
from recipe.training.engines.engine import predict
from recipe.training.folders import RunFolder
from recipe.training.predicting import said_classes

CONFUSION = "confusion.csv"
EXAMPLES = "examples.npz"
MOST_EXAMPLES = 64
MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What a network says of a split, beside what is right.

    Args:
        target: with one answer for each example, or a mask.
        split: that was looked at.
        right: index of the class, or the number in its own unit, `(examples,)`; of a mask the classes of the
            pixels, `(examples, height, width)`.
        said: likewise.
        badness: minus the logarithm of the probability of what is right, the squared error, or the share of
            the pixels of a mask that are wrong, `(examples,)`.
    """

    target: Target
    split: str
    right: np.ndarray
    said: np.ndarray
    badness: np.ndarray

    @property
    def confusion(self) -> str:
        """The content of `confusion.csv`: a row for each class that was right, a column for each said."""
        size = len(self.target.classes)
        pairs = zip(self.right, self.said, strict=True) if self.target.is_mask else ((self.right, self.said),)
        counts = np.sum([_confused(right, said, size) for right, said in pairs], axis=0)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([f"{self.target.name} ({self.split})", *self.target.classes])
        writer.writerows([name, *row] for name, row in zip(self.target.classes, counts.tolist(), strict=True))
        return text.getvalue()

    def examples(self, arrays: Arrays, inputs: Mapping[str, InputFact]) -> Mapping[str, np.ndarray]:
        """The content of `examples.npz`: the worst examples, the worst first.

        Args:
            arrays: of the split.
            inputs: what is known of each; its scale makes stored bytes shares of the brightest pixel.
        """
        worst = np.argsort(-self.badness, kind="stable")[:MOST_EXAMPLES]
        found = {f"input/{name}": np.asarray(values[worst]) for name, values in arrays.inputs.items()}
        found |= {f"scale/{name}": np.asarray(inputs[name].scale) for name in arrays.inputs}
        return found | {
            "row": np.asarray(arrays.rows)[worst],
            "right": self.right[worst],
            "said": self.said[worst],
            "badness": self.badness[worst],
            "classes": np.asarray(self.target.classes, dtype=np.str_),
            "split": np.asarray(self.split),
            **self._pictures(arrays, inputs, worst),
        }

    def _pictures(
        self, arrays: Arrays, inputs: Mapping[str, InputFact], worst: np.ndarray
    ) -> Mapping[str, np.ndarray]:
        """Of masks each image, and to its right the mask that is right and the one that is said."""
        images = next(iter(arrays.inputs.items())) if len(arrays.inputs) == 1 else None
        if not self.target.is_mask or images is None or images[1].ndim != 4:
            return {}
        scale = 255 * inputs[images[0]].scale
        pixels = np.clip(np.rint(np.asarray(images[1][worst]) * scale), 0, 255).astype(np.uint8)
        pixels = pixels if pixels.shape[-1] in (3, 4) else pixels[..., :1]
        masks = zip(pixels, self.right[worst], self.said[worst], strict=True)
        drawn = [beside(beside(image, right), said) for image, right, said in masks]
        return {"pictures": np.stack(drawn)}


def _confused(right: np.ndarray, said: np.ndarray, size: int) -> np.ndarray:
    """How often each of `size` classes was taken for each; what has no class is not counted."""
    codes = right.astype(np.int64) * size + said
    return np.bincount(codes[right < size], minlength=size * size).reshape(size, size)


def write_mistakes(
    folder: RunFolder, compiled: Compiled, dataset: Dataset, between: Callable[[], None] = lambda: None
) -> None:
    """Write both files, of the test split where there is one, else of the validation.

    Nothing is written where no target has a single answer for an example, and none is a mask.

    Args:
        folder: of the run.
        compiled: with the final weights.
        dataset: the splits.
        between: see `predict`.
    """
    split = next((name for name in ("test", "validation") if name in dataset.splits), None)
    target = next((one for one in dataset.facts.targets if one.has_one_answer or one.is_mask), None)
    if split is None or target is None:
        return
    arrays = dataset.splits[split]
    logits, answers = ends_in_logits(compiled.program.graph, target.name), arrays.targets[target.name]

    def kept(name: str, output: np.ndarray) -> np.ndarray:
        is_mask = target.is_mask and name == target.name
        return said_classes(output, target, logits=logits) if is_mask else output

    outputs = predict(compiled, arrays.inputs, kept, between)[target.name]
    found = (
        mask_mistakes(target, split, np.asarray(answers), outputs)
        if target.is_mask
        else mistakes_of(target, split, np.asarray(answers), outputs, logits=logits)
    )
    if target.classes and len(target.classes) <= MOST_CLASSES:
        folder.write_text(CONFUSION, found.confusion)
    content = io.BytesIO()
    np.savez_compressed(content, **found.examples(arrays, dataset.facts.inputs))  # type: ignore[arg-type]
    write_atomically(folder.path / EXAMPLES, content.getvalue())


def mask_mistakes(target: Target, split: str, answers: np.ndarray, said: np.ndarray) -> Mistakes:
    """Masks that are right beside those that were said.

    Args:
        target: a mask.
        split: that was looked at.
        answers: classes of the pixels, `(examples, *target.shape)`.
        said: likewise, `(examples, height, width)`.
    """
    right = answers.reshape(said.shape)
    kept = right < len(target.classes)
    wrong = ((right != said) & kept).sum(axis=(1, 2)) / np.maximum(kept.sum(axis=(1, 2)), 1)
    return Mistakes(target, split, right, said, wrong)


def mistakes_of(
    target: Target, split: str, answers: np.ndarray, outputs: np.ndarray, *, logits: bool
) -> Mistakes:
    """What is right beside what was said.

    Args:
        target: with one answer for each example.
        split: that was looked at.
        answers: of every example, `(examples,)` or `(examples, 1)`.
        outputs: of the network, `(examples, units)`.
        logits: whether these are logits.
    """
    outputs = outputs.astype(np.float64)
    if target.kind == "number":
        scaled = (answers.reshape(-1).astype(np.float64), outputs[:, 0])
        right, said = (scales.undo(target.statistics, values) for values in scaled)
        return Mistakes(target, split, right, said, np.square(right - said))
    right = answers.reshape(-1).astype(np.int64)
    logs = _log_probabilities(target.kind, outputs[:, : max(2, len(target.classes))], logits=logits)
    return Mistakes(target, split, right, logs.argmax(axis=1), -logs[np.arange(len(right)), right])


def _log_probabilities(kind: str, outputs: np.ndarray, *, logits: bool) -> np.ndarray:
    """The logarithm of the probability of each class, `(examples, classes)`."""
    if logits:
        scores = np.concatenate([np.zeros_like(outputs[:, :1]), outputs[:, :1]], axis=1)
        scores = scores if kind == "flag" else outputs
        shifted = scores - scores.max(axis=1, keepdims=True)
        return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
    shares = np.concatenate([1.0 - outputs[:, :1], outputs[:, :1]], axis=1) if kind == "flag" else outputs
    return np.asarray(np.log(np.clip(shares, np.finfo(np.float64).tiny, None)))
