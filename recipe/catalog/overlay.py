"""What the generated catalog cannot know: ranges and units of the arguments that people really set.

Rows are `argument` (of every class of a family) or `Class.argument`; the second wins.
"""

from collections.abc import Mapping

from recipe.catalog.constraints import Constraint, ListOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, Anything, Flag, Fraction, Integer, Number, PathText, Text, Words

# No array is longer than this in one direction: larger numbers are slips or attacks.
LARGEST = 2**31 - 1
INTEGER = Integer(at_most=LARGEST)
COUNT = Integer(1, LARGEST)
SIZES = OneOf((COUNT, ListOf(COUNT)))
MARGIN = Integer(0, LARGEST)
MARGINS = OneOf((MARGIN, ListOf(OneOf((MARGIN, ListOf(MARGIN))))))
ITEMS = ListOf(OneOf((Text("a word"), Integer())))
DTYPES = Words(
    (
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "mixed_float16",
        "mixed_bfloat16",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "string",
    ),
    what="a dtype such as `float32`",
)
PADDING = Words(("valid", "same"))

RANGES: Mapping[str, Mapping[str, Constraint]] = {
    "layer": {
        "units": COUNT,
        "filters": COUNT,
        "input_dim": COUNT,
        "output_dim": COUNT,
        "kernel_size": SIZES,
        "strides": SIZES,
        "pool_size": SIZES,
        "dilation_rate": SIZES,
        "padding": PADDING,
        "rate": Fraction(),
        "momentum": Fraction(),
        "epsilon": Number(above=0),
        "seed": OneOf((NULL, Integer(0, 2**32 - 1))),
        "num_heads": COUNT,
        "key_dim": COUNT,
        "dropout": Fraction(),
        "recurrent_dropout": Fraction(),
        "factor": Anything(),
        "target_shape": ListOf(OneOf((COUNT, Words((-1,)))), lone=True),
        "Conv1D.padding": Words(("valid", "same", "causal")),
        "ZeroPadding1D.padding": MARGINS,
        "ZeroPadding2D.padding": MARGINS,
        "ZeroPadding3D.padding": MARGINS,
        "AveragePooling1D.strides": OneOf((NULL, SIZES)),
        "AveragePooling2D.strides": OneOf((NULL, SIZES)),
        "AveragePooling3D.strides": OneOf((NULL, SIZES)),
        "MaxPooling1D.strides": OneOf((NULL, SIZES)),
        "MaxPooling2D.strides": OneOf((NULL, SIZES)),
        "MaxPooling3D.strides": OneOf((NULL, SIZES)),
        "UnitNormalization.axis": Anything(),
        "RandomFlip.mode": Words(("horizontal", "vertical", "horizontal_and_vertical")),
    },
    "optimizer": {
        "learning_rate": Number(above=0),
        "momentum": Fraction(),
        "nesterov": Flag(),
        "beta_1": Fraction(),
        "beta_2": Fraction(),
        "rho": Fraction(one=True),
        "epsilon": Number(above=0),
    },
    "loss": {"delta": Number(above=0), "alpha": Number(at_least=0), "gamma": Number(at_least=0)},
    "metric": {"k": COUNT, "threshold": OneOf((NULL, Number())), "num_thresholds": Integer(2, 10**6)},
    "initializer": {
        "mean": Number(),
        "stddev": Number(at_least=0),
        "scale": Number(above=0),
        "mode": Words(("fan_in", "fan_out", "fan_avg")),
        "distribution": Words(("truncated_normal", "untruncated_normal", "uniform")),
        "seed": OneOf((NULL, Integer(0, 2**32 - 1))),
    },
    # What Keras writes lies beside the spec: no folder, and no file that holds something else than a table.
    "callback": {
        "CSVLogger.filename": PathText("the name of a `.csv` file", r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.csv")
    },
    "keras_schedule": {"initial_learning_rate": Number(above=0), "decay_steps": COUNT},
}

# What the generated file calls the thing that an argument holds, as a constraint.
HOLDS: Mapping[str, Constraint] = {
    "initializer": ObjectOf(("initializer",)),
    "regularizer": ObjectOf(("regularizer",)),
    "constraint": ObjectOf(("constraint",)),
    "layer": ObjectOf(("layer",)),
    "layers": ListOf(ObjectOf(("layer",))),
    "optimizer": ObjectOf(("optimizer",)),
    "loss": ObjectOf(("loss",)),
    "metric": ObjectOf(("metric",)),
    "schedule_or_number": Number(above=0),
    "dtype": DTYPES,
    "integer": INTEGER,
    "number": Number(),
    "flag": Flag(),
    "text": Text(),
    "integers": OneOf((INTEGER, ListOf(INTEGER))),
    "shape": ListOf(OneOf((INTEGER, NULL)), lone=True),
    "numbers": OneOf((Number(), ListOf(Number()))),
    "list": ListOf(Anything(), lone=True),
    "path": PathText(),
    "any": Anything(),
}

# Layers whose rate may be left out: it comes from `regularization.dropout`.
DROPOUT_SLOTS = frozenset({"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"})

# Arguments that would read or write a file from inside a spec, and the few where that is the point.
PATHS_ADMITTED = frozenset({"callback.CSVLogger.filename"})

# Callbacks of Keras that only look on: a change of them is the same training.
OBSERVERS = frozenset(
    f"keras.callbacks.{name}" for name in ("CSVLogger", "History", "ProgbarLogger", "TerminateOnNaN")
)

# Classes of Keras that are left out because they write files without being told where, for the message.
WRITE_FILES = frozenset({"TensorBoard"})

# Classes of Keras that are left out because they carry code, for the message.
CARRY_CODE = frozenset(
    {"Lambda", "LambdaCallback", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}
)
