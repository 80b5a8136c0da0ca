"""Examples that are streamed give the bits of examples that lie on the device."""

import threading
import time

import numpy as np
import pytest

import recipe
from recipe.data.datasets import Arrays
from recipe.diagnostics.packs import Streamed
from recipe.training.engines import feeds
from recipe.training.engines.feeds import Feed, lies_on_device
from tests.training.specs import BACKEND, DIGITS, IMAGES

AUGMENTED = IMAGES + "regularization: {augmentation: [{RandomFlip: horizontal}]}\n"


def trained(text: str, *overrides: str) -> tuple[list[np.ndarray], list[dict[str, float]]]:
    run = recipe.fit(recipe.load("small.yaml", overrides, text=text), keep=False)
    return run.model.get_weights(), [dict(row.logs) for row in run.outcome.rows]


@pytest.fixture
def small_blocks(monkeypatch):
    """Three batches of the digits at a time."""
    monkeypatch.setattr(feeds, "STREAMED_BYTES", 3 * 64 * (64 + 4 + 4))


MODES = ["graph", "graph_fused", "fit"] if BACKEND == "tensorflow" else ["auto"]
MODES += [pytest.param("xla", marks=pytest.mark.slow)] if BACKEND == "tensorflow" else []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DIGITS, id="mlp", marks=pytest.mark.slow),
        pytest.param(AUGMENTED, id="images"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_every_bit_is_that_of_examples_on_the_device(text: str, mode: str, small_blocks):
    if (text, mode) == (AUGMENTED, "xla"):
        pytest.skip("minutes to compile convolutions")
    weights, logs = trained(text, f"runtime.engine={mode}", "runtime.examples=device")
    others, other_logs = trained(text, f"runtime.engine={mode}", "runtime.examples=stream")
    assert logs == other_logs
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_array_equal(one, other)


TABLE = """
recipe: 1
data: {source: {csv: {path: PATH}}, target: kind, missing: indicator, split: {validation: 20%, test: 10%}}
architecture: [{Dense: {units: 8, activation: relu}}, head]
optimizer: Adam
training: {epochs: 2, batch_size: 32}
"""


def test_every_bit_is_the_same_whether_a_table_is_packed_or_read_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    path, random = tmp_path / "table.csv", np.random.default_rng(0)
    rows = zip(random.normal(size=500), random.integers(0, 5, 500), random.integers(0, 3, 500), strict=True)
    cells = (f"{'' if row % 7 == 3 else size},s{shop},k{kind}" for row, (size, shop, kind) in enumerate(rows))
    path.write_text("\n".join(("size,shop,kind", *cells)))
    text = TABLE.replace("PATH", str(path))
    weights, logs = trained(text)
    monkeypatch.setattr("recipe.data.sources.csv.memory_left", lambda: 1000)
    monkeypatch.setattr("recipe.data.packing.column_writers.MOST_TEXTS", 100)
    for examples in ("device", "stream"):
        others, other_logs = trained(text, f"runtime.examples={examples}")
        assert logs == other_logs
        for one, other in zip(weights, others, strict=True):
            np.testing.assert_array_equal(one, other)


def arrays_of(count: int) -> Arrays:
    rows = np.arange(count)
    return Arrays({"input": rows.astype(np.float32)[:, None]}, {"target": rows.astype(np.int32)}, rows)


def feed_of(place=lambda batch: batch, **options) -> Feed:
    return Feed(place, lambda batch: 4, "stream", **options)


def blocks(count: int, batch: int, steps: int) -> list[np.ndarray]:
    order = np.random.default_rng(0).permutation(count).astype(np.int32).reshape(-1, batch)
    return [order[start : start + steps].copy() for start in range(0, len(order), steps)]


def test_a_block_and_its_parts_find_the_examples_that_were_gathered_for_it():
    arrays, feed = arrays_of(24), feed_of()
    for block in feed.ahead(arrays, iter(blocks(24, 3, 4))):
        for order in (block, block[:-1], block[-1:], block[1:3]):
            examples, rows = feed.examples(arrays, order)
            assert np.array_equal(examples.targets[rows], order)
        assert len(examples.targets) == block.size


def test_another_block_than_the_one_that_is_ready_is_gathered_at_once():
    arrays, feed = arrays_of(24), feed_of()
    other = np.array([[5, 6]], np.int32)
    for _ in feed.ahead(arrays, iter(blocks(24, 3, 4))):
        examples, rows = feed.examples(arrays, other)
        assert examples.targets[rows].tolist() == [[5, 6]]


def test_where_a_compiler_wants_one_shape_every_block_has_it():
    arrays, feed = arrays_of(27), feed_of(pads=lambda: True)
    shapes = {
        feed.examples(arrays, block)[0].targets.shape for block in feed.ahead(arrays, iter(blocks(27, 3, 4)))
    }
    assert shapes == {(12,)}


def test_the_next_block_is_gathered_while_one_is_computed():
    gathering, seen = threading.Event(), []

    def place(batch):
        seen.append(threading.current_thread().name)
        if len(seen) == 2:
            gathering.set()
        return batch

    feed = feed_of(place)
    for number, _ in enumerate(feed.ahead(arrays_of(24), iter(blocks(24, 3, 4)))):
        if number == 0:
            assert gathering.wait(10), "the second block comes while the first one is in use"
    assert all(name.startswith("feed") for name in seen)


def test_what_is_waited_for_counts_as_waiting():
    from recipe.training.timing import Timing

    def slowly(batch):
        time.sleep(0.02)
        return batch

    timing = Timing()
    taken = list(timing.waiting(feed_of(slowly).ahead(arrays_of(24), iter(blocks(24, 3, 4)))))
    assert len(taken) == 2
    assert timing.waited >= 0.04


def test_a_quarter_of_the_free_memory_is_for_examples():
    assert lies_on_device("auto", 25, 100)
    assert not lies_on_device("auto", 26, 100)
    assert lies_on_device("device", 1000, 100)
    assert not lies_on_device("stream", 1, 100)


def test_splits_share_what_is_free(monkeypatch):
    small, large = arrays_of(8), arrays_of(80)
    monkeypatch.setattr(feeds, "free_bytes", lambda: 4 * feeds.bytes_of(large))
    feed = Feed(lambda batch: batch, lambda batch: 4)
    assert not feed.streams(large)
    assert not feed.streams(small)
    assert feed.streams(arrays_of(80))


def test_a_run_says_which_splits_are_streamed_and_why(monkeypatch):
    from recipe.training.running import streamed_splits

    monkeypatch.setattr(feeds, "free_bytes", lambda: 1000)
    feed = Feed(lambda batch: batch, lambda batch: 4)
    (told,) = streamed_splits(feed, {"train": arrays_of(200), "test": arrays_of(8)})
    assert isinstance(told, Streamed)
    assert told.part == "train"
    assert "1.0 kB are free" in told.message
