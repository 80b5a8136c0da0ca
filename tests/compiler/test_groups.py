"""Groups of weights: who matches, at which rates, and what is frozen."""

import keras
import numpy as np
import pytest

import recipe
from recipe.compiler.levels import levels
from recipe.diagnostics.problems import RecipeError

SPEC = """
recipe: 1
name: groups
data: {source: {bundled: digits}, split: {validation: 100, test: 1000}}
architecture:
  - Conv2D: {filters: 4, kernel_size: 3, use_bias: false}
  - BatchNormalization
  - ReLU
  - Flatten
  - repeat: {times: 2, layers: [{Dense: {units: 8, activation: relu}}]}
  - head
optimizer:
  SGD: {learning_rate: 0.1, momentum: 0.9}
  groups: GROUPS
training: {epochs: 3, batch_size: 128}
"""


def spec_of(groups: str, *overrides: str) -> recipe.api.Spec:
    return recipe.load("groups.yaml", overrides, text=SPEC.replace("GROUPS", groups))


def compiled(groups: str, *overrides: str) -> recipe.api.Compilation:
    return recipe.compile(spec_of(groups, *overrides))


def test_the_first_group_that_matches_counts():
    written = "[{match: 'head/*', learning_rate: x10}, {match: '**', learning_rate: x0.5}]"
    groups = compiled(written).compiled.groups
    assert groups.rates["head/kernel"] == groups.rates["head/bias"] == 10
    assert groups.rates["repeat.0.dense/kernel"] == 0.5
    assert [len(paths) for _, paths in groups.members] == [2, 9]  # statistics of the batch norm too


def test_layer_decay_is_the_rule_of_beit():
    # github.com/microsoft/unilm/blob/master/beit/optim_factory.py: decay ** (num_layers + 1 - id), where
    # patches and positions are layer 0, block i is layer i + 1, and the norm behind them is with the head.
    depth, decay = 12, 0.65
    blocks = [
        f"repeat.{index}.{part}" for index in range(depth) for part in ("attention.q/kernel", "dense/bias")
    ]
    paths = ["conv2d/kernel", "positions.embedding/embeddings", *blocks, "norm/gamma", "head/kernel"]
    found = levels(paths)

    def layer_id(name: str) -> int:
        if name in ("conv2d/kernel", "positions.embedding/embeddings"):
            return 0
        return int(name.split(".")[1]) + 1 if name.startswith("repeat") else depth + 1

    last = max(found.values())
    assert len(found) > depth
    for name, level in found.items():
        assert decay ** (last - level) == pytest.approx(decay ** (depth + 1 - layer_id(name))), name


def test_without_blocks_each_layer_is_a_level_and_a_norm_is_with_the_layer_before():
    paths = ["dense/kernel", "dense/bias", "norm/gamma", "norm/beta", "dense_1/kernel", "head/kernel"]
    assert list(levels(paths).values()) == [0, 0, 0, 0, 1, 2]


def test_each_layer_inside_of_a_network_is_a_level():
    paths = ["bert/embedding/embeddings", "bert/norm/gamma", "bert/layer_0/query/kernel", "head/kernel"]
    assert list(levels(paths, frozenset({"bert"})).values()) == [0, 0, 1, 2]
    assert list(levels(paths).values()) == [0, 0, 0, 1]


def test_what_is_not_repeated_has_blocks_by_name_and_what_lies_between_turns_is_a_level():
    named = [
        "stem/kernel",
        "basic.residual.body.conv2d/kernel",
        "basic.conv2d/kernel",
        "basic_1.conv2d/kernel",
    ]
    assert list(levels([*named, "head/bias"]).values()) == [0, 1, 1, 2, 3]
    repeated = ["repeat.0.conv2d/kernel", "down.conv2d/kernel", "repeat_1.0.conv2d/kernel", "head/bias"]
    assert list(levels(repeated).values()) == [0, 1, 2, 3]


def test_rates_of_a_network_decay_from_the_head_back():
    groups = compiled("[{match: '**', layer_decay: 0.5}]").compiled.groups
    assert groups.rates == {
        "conv2d/kernel": 0.125,
        "batch_normalization/gamma": 0.125,
        "batch_normalization/beta": 0.125,
        "repeat.0.dense/kernel": 0.25,
        "repeat.0.dense/bias": 0.25,
        "repeat.1.dense/kernel": 0.5,
        "repeat.1.dense/bias": 0.5,
    }


def test_what_is_frozen_for_good_has_no_slot_and_rests():
    one = compiled("[{match: 'conv2d/*', freeze: true}, {match: 'batch_norm*', freeze: true}]")
    trained = {weight.path.split("/")[0] for weight in one.model.trainable_weights}
    assert trained == {"repeat.0.dense", "repeat.1.dense", "head"}
    assert not one.model.get_layer("batch_normalization").trainable
    assert not any("conv2d" in variable.path for variable in one.optimizer.variables)
    rows = {row.name: row.trainable for row in one.compiled.layers}
    assert (rows["conv2d"], rows["batch_normalization"]) == (0, 0)


def test_a_layer_of_which_a_part_is_frozen_does_not_rest():
    one = compiled("[{match: 'batch_normalization/gamma', freeze: true}]")
    assert one.model.get_layer("batch_normalization").trainable


def test_weights_thaw_at_their_step_and_statistics_move_from_then_on():
    paths = ("conv2d/kernel", "batch_normalization/moving_mean", "head/kernel")
    seen: dict[str, list[np.ndarray]] = {path: [] for path in paths}

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            for weight in self.model.weights:
                if weight.path in seen:
                    seen[weight.path].append(np.array(weight))

    groups = "[{match: 'conv2d/*', freeze: 8 steps}, {match: 'batch_norm*', freeze: 8 steps}]"
    recipe.fit(spec_of(groups), callbacks=[Watch()], keep=False)
    for path in paths[:2]:
        moved = [not np.array_equal(one, seen[path][0]) for one in seen[path]]
        assert moved == [False] * 8 + [True] * (len(moved) - 8), path
    assert not np.array_equal(seen[paths[2]][0], seen[paths[2]][1])


def test_a_block_of_steps_stops_where_weights_thaw():
    groups = "[{match: 'conv2d/*', freeze: 8 steps}]"
    single = recipe.fit(spec_of(groups), callbacks=[_EveryStep()], keep=False).model.get_weights()
    blocks = recipe.fit(spec_of(groups), keep=False).model.get_weights()
    for one, other in zip(single, blocks, strict=True):
        np.testing.assert_array_equal(one, other)


class _EveryStep(keras.callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        pass


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ("[{match: 'haed/*', learning_rate: x10}]", "matches no weight"),
        (
            "[{match: '**', learning_rate: x2}, {match: 'head/*', learning_rate: x10}]",
            "belongs to a group above",
        ),
        ("[{match: '*', freeze: true}]", "freezes every weight, so"),
        ("[{match: 'head/*', freeze: true}, {match: '**', freeze: 5 steps}]", "freezes every weight, so"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_line(groups: str, message: str):
    with pytest.raises(RecipeError, match=message) as raised:
        compiled(groups)
    assert raised.value.problems[0].span is not None


def test_plan_and_fit_tell_what_matches():
    groups = (
        "[{match: 'head/*', learning_rate: x10, weight_decay: 0.1}, {match: 'conv2d/*', freeze: 1 epoch}]"
    )
    told = (
        "`head/*` 2 weights, learning rate x10, weight decay 0.1",
        "`conv2d/*` 1 weight, frozen for 6 steps",
    )
    assert recipe.api.plan(spec_of(groups)).groups == told
    assert compiled(groups).compiled.notes[0].lines == told
