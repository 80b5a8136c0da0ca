"""Our own words that stand where losses, metrics, components and engines stand. A row each."""

from recipe.catalog.constraints import ListOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, Flag, Fraction, Integer, Number, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row
from recipe.catalog.source_words import ARRAYS

FLAG = Flag()
WEIGHT = Number(at_least=0)
IGNORED = OneOf((Integer(), Words(("nan",))))

LOSSES = (
    Row(
        "quantile",
        "loss_word",
        "recipe.components.quantile.Quantile",
        (Parameter("quantile", Fraction(zero=False), 0.5, "that is learned; 0.5 is the median"),),
        "pinball loss: the network says a quantile of the target",
        "Koenker and Bassett 1978, Econometrica 46",
    ),
)

# Classes of ours that no spec names: they stand behind words of `training`, `loss` and others.
COMPONENTS = (
    Row(
        "ClassWeights",
        "component",
        "recipe.components.class_weights.ClassWeights",
        (Parameter("weights", ListOf(WEIGHT), REQUIRED, "by index of the class"),),
        "the weight of the class of each example",
    ),
    Row(
        "Mixing",
        "component",
        "recipe.components.mixing.Mixing",
        (
            Parameter("mixup", WEIGHT, REQUIRED, "parameter of its Beta distribution"),
            Parameter("cutmix", WEIGHT, REQUIRED, "parameter of its Beta distribution"),
            Parameter("masks", ARRAYS, REQUIRED, "targets that are cut as images are"),
            Parameter("seed", Integer(0), REQUIRED, "of its draws"),
        ),
        "examples of a batch mixed in pairs",
        "arXiv 1710.09412 (mixup), arXiv 1905.04899 (CutMix)",
    ),
    Row(
        "LossOverProbabilities",
        "component",
        "recipe.components.over_probabilities.LossOverProbabilities",
        (
            Parameter("loss", ObjectOf(("loss",)), REQUIRED, "over probabilities"),
            Parameter("activation", Words(("softmax", "sigmoid", "linear")), REQUIRED, "of the logits"),
            Parameter("label_smoothing", Fraction(), 0.0, "of the answers"),
            Parameter("exclusive", FLAG, True, "whether one class excludes the others"),
        ),
        "a loss that is given probabilities",
    ),
    Row(
        "MetricOverProbabilities",
        "component",
        "recipe.components.over_probabilities.MetricOverProbabilities",
        (
            Parameter("metric", ObjectOf(("metric",)), REQUIRED, "over probabilities"),
            Parameter("activation", Words(("softmax", "sigmoid")), REQUIRED, "of the logits"),
        ),
        "a metric that is given probabilities",
    ),
    Row(
        "LossOverPositions",
        "component",
        "recipe.components.over_positions.LossOverPositions",
        (
            Parameter("loss", ObjectOf(("loss",)), REQUIRED, "of a flag or a number for each position"),
            Parameter("ignored", IGNORED, REQUIRED, "what stands where there is no answer"),
        ),
        "a loss over the steps of a sequence, or the pixels of a mask, that have an answer",
    ),
    Row(
        "MetricOverPositions",
        "component",
        "recipe.components.over_positions.MetricOverPositions",
        (
            Parameter(
                "metric", ObjectOf(("metric",)), REQUIRED, "of a class, a flag or a number for each position"
            ),
            Parameter("ignored", OneOf((NULL, IGNORED)), None, "what stands where there is no answer"),
        ),
        "a metric that counts every step of a sequence, or pixel of a mask, that has an answer",
    ),
    Row(
        "WeightedSum",
        "component",
        "recipe.components.weighted_sum.WeightedSum",
        (
            Parameter("losses", ListOf(ObjectOf(("loss",))), REQUIRED, "at least one"),
            Parameter("weights", ListOf(WEIGHT), REQUIRED, "one for each"),
        ),
        "several losses as one",
    ),
)

# Each the class of Keras that `metrics: auto` calls so, for the targets for which it does.
METRICS = tuple(
    Row(name, "metric_word", f"recipe:{name}", (), help_text)
    for name, help_text in (
        ("accuracy", "share of examples whose class is found"),
        ("auc", "area under the ROC curve, of flags and labels"),
        ("mae", "mean absolute error, of numbers"),
        ("mean_iou", "mean overlap of the classes of a mask"),
    )
)

# What stands nowhere else may not stand inside an object: (argument, families, what to write instead).
ELSEWHERE = (
    ("weight_decay", ("optimizer",), "`regularization.weight_decay`"),
    ("clipnorm", ("optimizer",), "`regularization.gradient_clip`"),
    ("clipvalue", ("optimizer",), "`regularization.gradient_clip`"),
    ("global_clipnorm", ("optimizer",), "`regularization.gradient_clip`"),
    ("use_ema", ("optimizer",), "`regularization.ema`"),
    ("ema_momentum", ("optimizer",), "`regularization.ema`"),
    ("ema_overwrite_frequency", ("optimizer",), "`regularization.ema`"),
    ("gradient_accumulation_steps", ("optimizer",), "`training.accumulate`"),
    ("loss_scale_factor", ("optimizer",), "`runtime.precision`"),
    ("label_smoothing", ("loss",), "`regularization.label_smoothing`"),
    ("name", ("layer", "application"), "`as: name` beside the layer"),
    ("name", ("optimizer", "loss", "metric", "schedule", "keras_schedule"), "`as: name` beside it"),
)

LARGEST_BLOCK = 1024

BLOCK = Parameter(
    "block",
    Integer(1, LARGEST_BLOCK),
    UNSET,
    "updates in one call of the compiled function; found by the clock when nobody writes it",
    unit="steps",
    identity=False,
)

ENGINES = tuple(
    Row(name, "engine", f"recipe:{name}", (BLOCK,), help_text)
    for name, help_text in (
        ("graph", "many steps in one graph of TensorFlow"),
        ("graph_fused", "the same, with faster kernels for norms, attention, GELU and recurrent layers"),
        (
            "per_core",
            "the same, a part of the batch for each core: where no layer looks at all examples at once",
        ),
        ("xla", "many steps in one function that XLA compiles"),
        ("fit", "Keras's own `fit`, a call a step: for a Keras that runs no block, and to compare with"),
    )
)
