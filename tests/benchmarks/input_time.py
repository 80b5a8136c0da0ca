"""Time of the input side alone: a folder of images, packed and streamed, against Keras's own loader.

    python -m tests.benchmarks.input_time FOLDER [--epochs N] [--batch N] [--json FILE]

FOLDER has a folder of images for each class, such as `cifar10/train`. Both sides list the files, decode them
and hand out every example once an epoch, shuffled, in batches on the device; nothing is trained. Ours begins
with an empty cache, so its first epoch contains the packing, and its batches are streamed from there, which
is slower than examples that lie on the device. Keras decodes in every epoch; that its batches are kept in
memory by `.cache()` is a second line, which holds four bytes a pixel. Every file is read once before, so that
nobody waits for the disk. Run it on a quiet machine.

The gains are those of the totals, and of the epochs after the first, over `image_dataset_from_directory`.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from recipe.report.tables import table_lines

SPEC = """
recipe: 1
data: {train: {images: {path: FOLDER}}}
architecture: [Flatten, head]
optimizer: SGD
training: {epochs: 1}
"""

Epochs = Iterator[int]
"""Examples that were handed out in each epoch."""


def ours(folder: Path, epochs: int, batch: int) -> Epochs:
    """Packed, and streamed a block ahead."""
    import keras
    import tensorflow as tf

    import recipe
    from recipe.data.order import epoch_order
    from recipe.training.engines.engine import largest_block
    from recipe.training.engines.feeds import Feed

    spec = recipe.load("input.yaml", text=SPEC.replace("FOLDER", json.dumps(str(folder))))
    train = recipe.api.prepare(spec).dataset.splits["train"]
    feed = Feed(lambda batch: keras.tree.map_structure(tf.constant, batch), largest_block, "stream")
    most = feed.most_steps(train, batch)
    for epoch in range(epochs):
        order = epoch_order(1, epoch, len(train)).astype(np.int32)
        steps = order[: len(order) // batch * batch].reshape(-1, batch)
        blocks = [steps[start : start + most].copy() for start in range(0, len(steps), most)]
        seen = 0
        for block in feed.ahead(train, iter([*blocks, order[steps.size :].reshape(1, -1)])):
            examples, rows = feed.examples(train, block)
            for step in rows:
                seen += len(tf.gather(examples.inputs, step))
        yield seen


def of_keras(folder: Path, epochs: int, batch: int, *, kept: bool = False) -> Epochs:
    """`image_dataset_from_directory` as its documentation shows it."""
    import keras
    import tensorflow as tf
    from PIL import Image

    with Image.open(next(folder.rglob("*.*"))) as first:
        size = (first.height, first.width)
    data = keras.utils.image_dataset_from_directory(
        folder, image_size=size, batch_size=batch, seed=1, verbose=False
    )
    data = (data.cache() if kept else data).prefetch(tf.data.AUTOTUNE)
    for _ in range(epochs):
        yield sum(len(images) for images, _ in data)


def seconds_of(run: Callable[[], Epochs], expected: int) -> list[float]:
    """Seconds of each epoch; the first begins with the first look at the folder.

    Raises:
        ValueError: when an epoch did not hand out every example.
    """
    found, started = [], time.perf_counter()
    for seen in run():
        if seen != expected:
            raise ValueError(f"{expected} examples are expected. Received: {seen}")
        found.append(time.perf_counter() - started)
        started = time.perf_counter()
    return found


def main() -> None:
    """Run all contestants and show the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    import tensorflow  # noqa: F401  both sides need it; loading it is not what is measured

    expected = sum(len(path.read_bytes()) > 0 for path in given.folder.rglob("*.*") if path.is_file())
    cache = tempfile.mkdtemp()
    os.environ["RECIPE_CACHE"] = cache
    wanted = (given.folder, given.epochs, given.batch)
    try:
        measured = {
            "keras": seconds_of(lambda: of_keras(*wanted), expected),
            "keras, cache()": seconds_of(lambda: of_keras(*wanted, kept=True), expected),
            "* packed": seconds_of(lambda: ours(*wanted), expected),
            "* packed before": seconds_of(lambda: ours(*wanted), expected),
        }
    finally:
        shutil.rmtree(cache)
    base = measured["keras"]
    rows = [("", *(f"epoch {number + 1}" for number in range(given.epochs)), "total", "gain", "gain later")]
    for name, seconds in measured.items():
        later = f"{sum(base[1:]) / sum(seconds[1:]):.1f}" if given.epochs > 1 else "-"
        gain = f"{sum(base) / sum(seconds):.1f}"
        rows.append((name, *(f"{one:.2f} s" for one in seconds), f"{sum(seconds):.2f} s", gain, later))
    print("\n".join(table_lines(rows)))
    if given.json:
        given.json.write_text(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
