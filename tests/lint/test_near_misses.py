"""What is close to a mistake and is none: a rule that is often wrong trains its readers to ignore all."""

from dataclasses import replace

import pytest

from recipe.diagnostics.lint_norms import PostNormWithoutWarmup
from recipe.program.facts import InputFact, Target
from tests.lint.programs import DIGITS, codes, examples, found, table

NUMBER = "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
FLAG = "data: {source: {bundled: xor}, target: {output: flag}}\n"
TEXT = (
    "data: {source: {corpus: {path: plays.txt, context: 64}}, target: {tokens: next}, "
    "split: {validation: 10%}}\n"
)
IDS = '{Embedding: {input_dim: "${data.vocabulary}", output_dim: 8}, as: ids}'
CAUSAL = "{filters: 8, kernel_size: 3, padding: causal, activation: relu}"
GRU = "{GRU: {units: 8, return_sequences: true}}"
RELU = "{Dense: {units: 16, activation: relu}}"
DENSE_BN = "{Dense: {units: 16, use_bias: false}}, BatchNormalization, ReLU"
CALLBACK = "training: {epochs: 60, callbacks: [%s]}\n"

QUIET = {
    "loaded weights that wait for the head": (
        "init: {weights: runs/before/1}\n"
        "optimizer: {AdamW: {learning_rate: 1e-3}, groups: [{match: 'dense/*', freeze: 2 epochs}]}"
    ),
    "class weights under SGD that is clipped": (
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}\nregularization: {gradient_clip: 1.0}\n"
        "training: {epochs: 10, batch_size: 32, class_weight: balanced}"
    ),
    "a relu output of a number that nobody called anything": (
        "data: {source: {bundled: penguins}, target: body_mass_g, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, {Dense: {units: 1, activation: relu}}]"
    ),
    "a sigmoid while the target may still be a flag": (
        "architecture: [Flatten, {Dense: {units: 1, activation: sigmoid}}]"
    ),
    "a sigmoid for each class": (
        "architecture: [Flatten, {Dense: {units: 10, activation: sigmoid}}]\nloss: BinaryCrossentropy"
    ),
    "log-softmax as logits": (
        "architecture: [Flatten, {Dense: {units: 10, activation: log_softmax}}]\n"
        "loss: SparseCategoricalCrossentropy"
    ),
    "operations along the axes of an example": (
        "architecture: [{op: {mean: {axis: [1, 2]}}}, {op: {normalize: {axis: -1}}}, {op: softmax}, "
        "{op: {expand_dims: {axis: 1}}}, {op: {squeeze: {axis: 1}}}, " + RELU + ", head]"
    ),
    "axes of an example in another order": (
        "architecture: [{op: {transpose: {axes: [0, 2, 1, 3]}}}, {op: {flip: {axis: 2}}}, Flatten, head]"
    ),
    "softmax over another axis": (
        "architecture: [{Reshape: [8, 8]}, {Dense: 1}, {Softmax: {axis: 1}}, Flatten, head]"
    ),
    "answers compared with rounded outputs": (
        FLAG + "architecture: [{Dense: {units: 1, activation: sigmoid}}, {op: round}]\n"
        "loss: BinaryCrossentropy\nmetrics: [Accuracy]"
    ),
    "the largest of several outputs": (
        "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}]\n"
        "loss: CategoricalCrossentropy\nmetrics: [CategoricalAccuracy]"
    ),
    "the word accuracy while the target may still be a flag": (
        "architecture: [Flatten, {Dense: {units: 1, activation: sigmoid}}]\n"
        "loss: BinaryCrossentropy\nmetrics: [accuracy]"
    ),
    "a sigmoid regression": (
        NUMBER + "architecture: [{Dense: {units: 1, activation: sigmoid}}]\nloss: MeanSquaredError"
    ),
    "a text that is read from left to right": TEXT
    + f"architecture: [{IDS}, {{Conv1D: {CAUSAL}}}, {GRU}, head]",
    "attention under a mask of its own": (
        TEXT + f"architecture: [{IDS}, {{op: {{ones_like: {{dtype: bool}}}}, as: seen}}, "
        "{MultiHeadAttention: {num_heads: 2, key_dim: 4}, "
        "from: {query: ids, value: ids, attention_mask: seen}}, head]"
    ),
    "attention of one's own, which may have its mask inside": (
        "imports: [mine]\n" + TEXT + f"architecture: [{IDS}, mine.CausalSelfAttention, head]"
    ),
    "attention of a classifier": (
        "architecture: [{Reshape: [8, 8]}, {transformer: {width: 8, heads: 2}}, LayerNormalization, "
        "Flatten, head]"
    ),
    "a quantile of a number": NUMBER + f"architecture: [{RELU}, head]\nloss: {{quantile: 0.9}}",
    "a quantile of what is not known yet": "loss: {quantile: 0.9}",
    "a threshold of zero on logits": (
        FLAG + "architecture: [{Dense: 1}]\nloss: BinaryCrossentropy\nmetrics: [{Precision: {thresholds: 0}}]"
    ),
    "a threshold on probabilities": (
        FLAG + "architecture: [{Dense: {units: 1, activation: sigmoid}}]\n"
        "metrics: [{BinaryAccuracy: {threshold: 0.3}}]"
    ),
    "an F score over classes": (
        "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}]\nmetrics: [F1Score]"
    ),
    "a bias before a layer norm": "architecture: [Flatten, {Dense: 8}, LayerNormalization, ReLU, head]",
    "a bias that another branch uses": (
        "architecture: [Flatten, {Dense: 8, as: a}, BatchNormalization, {ReLU: , as: b}, "
        "{Concatenate: , from: [a, b]}, head]"
    ),
    "a bottleneck": f"architecture: [Flatten, {RELU}, {{Dense: 4}}, {RELU}, head]",
    "a factorized convolution": (
        "architecture: [{Conv2D: {filters: 16, kernel_size: [3, 1]}}, "
        "{Conv2D: {filters: 16, kernel_size: [1, 3], activation: relu}}, Flatten, head]"
    ),
    "a maximum between two linear layers": (
        "architecture: [{Conv2D: {filters: 16, kernel_size: 3}}, {MaxPooling2D: 2}, "
        "{Conv2D: {filters: 16, kernel_size: 2, activation: relu}}, Flatten, head]"
    ),
    "a depthwise convolution before a pointwise one": (
        "architecture: [{DepthwiseConv2D: 3}, {Conv2D: {filters: 16, kernel_size: 1, activation: relu}}, "
        "Flatten, head]"
    ),
    "a linear layer whose output is used twice": (
        "architecture: [Flatten, {Dense: 16, as: a}, {Dense: {units: 16, activation: relu}, as: b}, "
        "{Add: , from: [a, b]}, head]"
    ),
    "an attention gate": (
        "architecture: [Flatten, {Dense: {units: 16, activation: relu}, as: a}, "
        "{Dense: {units: 16, activation: sigmoid}, as: b}, {Multiply: , from: [a, b]}, head]"
    ),
    "channels first behind a permutation": (
        "architecture: [{Permute: [3, 1, 2]}, {Conv2D: {filters: 8, kernel_size: 3, activation: relu, "
        "data_format: channels_first}}, Flatten, head]"
    ),
    "norms of one kind everywhere": f"architecture: [Flatten, {DENSE_BN}, {DENSE_BN}, head]",
    "nine ReLU layers with norms": (
        f"architecture: [Flatten, {', '.join([RELU, 'LayerNormalization'] * 9)}, head]\ninit: GlorotUniform"
    ),
    "He's variance in a stack of ReLU": f"architecture: [Flatten, {RELU}, head]\ninit: HeNormal",
    "pre-norm without warm-up": """\
architecture:
  - Flatten
  - {Dense: {units: 16, activation: relu}, as: a}
  - LayerNormalization
  - {Dense: {units: 16, activation: relu}, as: f}
  - {Add: , from: [a, f], as: b}
  - LayerNormalization
  - {Dense: {units: 16, activation: relu}, as: g}
  - {Add: , from: [b, g]}
  - LayerNormalization
  - head""",
    "a high rate for Adam over the whole batch": (
        "optimizer: {Adam: {learning_rate: 0.05}}\ntraining: {epochs: 9, batch_size: full}"
    ),
    "a high rate for Adam whose epsilon is large": "optimizer: {Adam: {learning_rate: 0.05, epsilon: 1.0}}",
    "plain gradient descent": "optimizer: SGD\ntraining: {epochs: 9, batch_size: full}",
    "a high rate for SGD": "optimizer: {SGD: {learning_rate: 0.5, momentum: 0.9}}",
    "an LSTM at a usual rate": "architecture: [{Reshape: [8, 8]}, {LSTM: 16}, head]",
    "a decay that is cut into cycles": (
        "optimizer: Adam\ntraining: {steps: 10000, batch_size: 32}\nschedule: {PolynomialDecay: "
        "{initial_learning_rate: 1e-3, decay_steps: 100, end_learning_rate: 0, cycle: true}}"
    ),
    "a decay to a floor that still trains": (
        "optimizer: Adam\ntraining: {steps: 10000, batch_size: 32}\n"
        "schedule: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 5000, alpha: 0.1}}"
    ),
    "a decay whose warm-up fills the run": (
        "optimizer: Adam\ntraining: {steps: 10000, batch_size: 32}\nschedule: {CosineDecay: "
        "{initial_learning_rate: 0, warmup_target: 1e-3, warmup_steps: 1000, decay_steps: 9000}}"
    ).replace("initial_learning_rate: 0,", "initial_learning_rate: 1e-6,"),
    "a plateau that watches something else": (
        CALLBACK % "{ReduceLROnPlateau: {monitor: loss, patience: 9}}"
        + "regularization: {early_stopping: {patience: 5 epochs}}"
    ),
    "a metric of a kind that is not known yet": CALLBACK % "{ReduceLROnPlateau: {monitor: val_auc}}",
    "restored weights": CALLBACK % "{EarlyStopping: {patience: 5, restore_best_weights: true}}",
    "two logs": CALLBACK % "{CSVLogger: a.csv}, {CSVLogger: b.csv}",
    "training metrics where nothing is validated": FLAG + "monitor: {best: loss}",
    "two arrays of one file": (
        "data:\n  train: {npz: {path: a.npz, features: x_train, target: y_train}}\n"
        "  test: {npz: {path: a.npz, features: x_test, target: y_test}}"
    ),
    "flipped clothes": (
        "data: {source: {npz: {path: fashion_mnist.npz, features: x, target: y}}}\n"
        "regularization: {augmentation: [{RandomFlip: horizontal}]}"
    ),
    "flipped photographs": (
        "data: {source: {npz: {path: /sets/digits/cifar10.npz, features: x, target: y}}}\n"
        "regularization: {augmentation: [{RandomFlip: horizontal}]}"
    ),
    "noise as augmentation": "regularization: {augmentation: [{GaussianNoise: 0.1}]}",
    "odd widths in 32 bits": "architecture: [Flatten, {Dense: {units: 100, activation: relu}}, head]",
    "a head in mixed precision": "runtime: {precision: mixed_bfloat16}",
    "a random crop, which sets the size": (
        "architecture: [{RandomCrop: {height: 6, width: 6}}, Flatten, head]"
    ),
    "Keras's defaults written out": (
        "architecture: [{Reshape: [8, 8]}, {Bidirectional: {GRU: {units: 8, reset_after: true, "
        "activation: tanh, use_bias: true, recurrent_dropout: 0.0}}}, head]"
    ),
}


@pytest.mark.parametrize("schedule", ["[{linear: {from: 0%, for: 5%}}, cosine]", "one_cycle", "inverse_sqrt"])
def test_a_schedule_that_begins_below_its_peak_is_a_warm_up(schedule):
    post_norm = PostNormWithoutWarmup.bad
    assert codes(post_norm) == {"L212"}
    assert codes(f"{post_norm}\nschedule: {schedule}") == set()
    assert codes(f"{post_norm}\nschedule: [{{constant: 5%}}, cosine]") == {"L212"}


@pytest.mark.parametrize("steps", [1, 5, 19])
def test_a_run_too_short_to_average_is_told_so(steps):
    example = f"training: {{steps: {steps}, batch_size: 32}}\nregularization: {{ema: {{decay: 0.99}}}}"
    (problem,) = found(example, "L314", DIGITS)

    assert problem.help.startswith("the run is too short to average")


def test_batch_norm_sees_the_parts_of_a_batch_that_is_computed_in_parts():
    norm = f"architecture: [Flatten, {DENSE_BN}, head]\n"

    assert codes(f"{norm}training: {{epochs: 10, batch_size: 32, accumulate: 4}}") == set()
    assert codes(f"{norm}training: {{epochs: 10, batch_size: 32, accumulate: 8}}") == {"L210"}


@pytest.mark.parametrize(
    ("layer", "way_out"),
    [
        ("{Conv1D: {filters: 8, kernel_size: 3, padding: same}}", "write `padding: causal`"),
        (f"{{Bidirectional: {GRU}}}", "leave it out"),
        ("{GRU: {units: 8, return_sequences: true, go_backwards: true}}", "leave it out"),
        ("{MultiHeadAttention: {num_heads: 2, key_dim: 4}}", "`call: {use_causal_mask: true}`"),
    ],
)
def test_what_looks_ahead_is_told_with_its_way_out(layer, way_out):
    (problem,) = found(TEXT + f"architecture: [{IDS}, {layer}, ReLU, head]", "L220")

    assert way_out in problem.help


@pytest.mark.parametrize("example", QUIET.values(), ids=QUIET)
def test_nothing_is_told_of(example):
    assert codes(example) == set()


@pytest.mark.parametrize(
    ("example", "facts"),
    [
        (f"architecture: [Flatten, {DENSE_BN}, head]", examples(DIGITS, train=1408, validation=180)),
        (
            "architecture: [{Conv2D: {filters: 8, kernel_size: 3, use_bias: false}}, BatchNormalization, "
            "ReLU, Flatten, head]",
            examples(DIGITS, train=1409, validation=180),
        ),
        (FLAG + "training: {epochs: 9, batch_size: full}", examples(DIGITS, train=4)),
        ("training: {epochs: 10, batch_size: full}", DIGITS),
        (
            f"architecture: [{{Rescaling: {{scale: 2.0, offset: -1.0}}}}, Flatten, {RELU}, head]",
            DIGITS,
        ),
        (
            f"architecture: [{{Rescaling: 0.004}}, Flatten, {RELU}, head]",
            replace(DIGITS, inputs={"input": InputFact((8, 8, 1), "float32")}),
        ),
        ("training: {steps: 2000, batch_size: 32}\nregularization: {ema: {decay: 0.998}}", DIGITS),
        (
            "data: {source: {bundled: digits}, split: {validation: 20, stratified: true}}",
            examples(DIGITS, train=80, validation=100),
        ),
    ],
    ids=[
        "no rest",
        "images in the rest",
        "a toy",
        "a full batch",
        "images brought to [-1, 1]",
        "numbers that nothing else scales",
        "an average of the last quarter",
        "a count of a small set",
    ],
)
def test_once_the_data_is_read_nothing_is_told_of(example, facts):
    assert codes(example, facts) == set()


@pytest.mark.parametrize(
    ("mean", "std", "activation"),
    [
        (0.4, 0.48, "sigmoid"),
        (0.0, 1.0, "tanh"),
        (3.0, 40.0, "relu"),
        (3.0, 3.0, "relu6"),
        (-5.0, 9.0, "linear"),
    ],
)
def test_targets_that_may_lie_within_reach_are_let_pass(mean, std, activation):
    facts = table(Target("y", "number", shape=(1,), mean=mean, std=std), train=100, validation=100)
    example = f"{NUMBER}architecture: [{{Dense: {{units: 1, activation: {activation}}}}}]"

    assert "L109" not in codes(example, facts)


@pytest.mark.parametrize(
    ("mean", "std", "activation"),
    [
        (0.5, 0.6, "sigmoid"),
        (0.0, 1.1, "tanh"),
        (-0.1, 1.0, "relu"),
        (7.0, 0.1, "relu6"),
        (1.2, 0.1, "sigmoid"),
    ],
)
def test_targets_of_which_some_must_lie_out_of_reach_are_told(mean, std, activation):
    facts = table(Target("y", "number", shape=(1,), mean=mean, std=std), train=100, validation=100)
    example = f"{NUMBER}architecture: [{{Dense: {{units: 1, activation: {activation}}}}}]"

    assert "L109" in codes(example, facts)


def test_the_bound_of_the_variance_holds_for_random_numbers_in_the_range():
    import numpy as np

    generator = np.random.default_rng(0)
    for shape in (0.05, 0.5, 1.0, 5.0):
        values = generator.beta(shape, 1.0, 1000).round()
        facts = table(
            Target("y", "number", shape=(1,), mean=float(values.mean()), std=float(values.std())),
            train=1000,
            validation=100,
        )
        example = f"{NUMBER}architecture: [{{Dense: {{units: 1, activation: sigmoid}}}}]"

        assert "L109" not in codes(example, facts)
