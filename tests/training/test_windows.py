"""A text trains as a hand-written Keras script that cuts its windows, and goes on with the same bits."""

from pathlib import Path

import keras
import numpy as np
import pytest

import recipe
from recipe.data.order import epoch_order
from recipe.program.seeds import derive
from recipe.training.engines.engine import engine_for
from recipe.training.loop import Loop
from recipe.training.states import State
from tests.training.specs import BACKEND
from tests.training.test_states import KilledError, Killer

CONTEXT, BATCH, EPOCHS, SEED = 5, 4, 3, 7
TEXT = "the owl sees the cat and the cat sees the owl again, and again the owl hoots.\n" * 2
SPEC = f"""
recipe: 1
name: text
data:
  source: {{corpus: {{path: text.txt, context: {CONTEXT}}}}}
  target: {{tokens: next}}
  split: {{validation: 20%}}
architecture:
  - Embedding: {{input_dim: "${{data.vocabulary}}", output_dim: 6}}
  - Conv1D: {{filters: 8, kernel_size: 2, padding: causal, activation: tanh}}
  - head
optimizer: {{SGD: {{learning_rate: 0.5, momentum: 0.9}}}}
training: {{epochs: {EPOCHS}, batch_size: {BATCH}}}
runtime: {{seed: {SEED}, backend: {BACKEND}}}
"""


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "text.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return lambda: recipe.compile(recipe.load("text.yaml", text=SPEC))


def loop_of(compilation: recipe.api.Compilation, **arguments: object) -> Loop:
    return Loop(engine_for(compilation.compiled), compilation.dataset, (), **arguments)


def test_weights_and_validation_are_those_of_a_script_that_cuts_the_text_by_hand(compiled):
    compilation = compiled()
    script = keras.models.clone_model(compilation.model)
    script.set_weights(compilation.model.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    script.compile(keras.optimizers.SGD(0.5, 0.9), loss)
    loop = loop_of(compilation)
    loop.run()

    ids = np.array([sorted(set(TEXT)).index(character) for character in TEXT], dtype=np.int32)
    border = len(ids) - round(len(ids) * 0.2)
    train, held_out = ids[:border], ids[border:]
    count = (border - 1) // CONTEXT - 1
    shifts = set()
    for epoch in range(EPOCHS):
        seed = (derive(SEED, "order"), epoch, CONTEXT)
        shift = int(np.random.Generator(np.random.PCG64(seed)).integers(CONTEXT))
        shifts.add(shift)
        order = epoch_order(derive(SEED, "order"), epoch, count)
        for start in range(0, count, BATCH):
            starts = order[start : start + BATCH] * CONTEXT + shift
            cut = np.stack([train[first : first + CONTEXT + 1] for first in starts])
            script.train_on_batch(cut[:, :-1], cut[:, 1:])
    assert len(shifts) > 1
    for one, other in zip(compilation.model.get_weights(), script.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)
    windows = (len(held_out) - 1) // CONTEXT
    cut = np.stack([held_out[first * CONTEXT : first * CONTEXT + CONTEXT + 1] for first in range(windows)])
    expected = script.evaluate(cut[:, :-1], cut[:, 1:], verbose=0, return_dict=True)["loss"]
    assert loop.rows[-1].logs["val_loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("blocks", [2, 5])
def test_a_run_on_a_text_that_was_killed_ends_with_the_same_bits(compiled, blocks: int):
    whole = loop_of(compiled())
    whole.run()
    killer = Killer(blocks)
    with pytest.raises(KilledError):
        loop_of(compiled(), border=killer).run()
    assert killer.state is not None
    resumed = loop_of(compiled())
    resumed.run(State.from_files(killer.state.to_files()))
    for one, other in zip(
        resumed.engine.compiled.model.get_weights(), whole.engine.compiled.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)
