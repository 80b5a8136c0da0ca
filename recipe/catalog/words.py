"""Our own words that stand where objects stand: sources, kinds, schedules, layers, metrics. A row each."""

from recipe.catalog.constraints import OneOf
from recipe.catalog.leaves import DurationIn, Flag, Fraction, PathText, Text, Words
from recipe.catalog.rows import REQUIRED, Parameter, Row
from recipe.language.durations import Duration, Unit

NULL = Words((None,))
ARRAY = Text("the name of an array in the file")
OUTPUT = Text(
    "a name of at most 64 letters, digits and `_` that begins with a small letter",
    r"[a-z_][A-Za-z0-9_]{0,63}",
)
FLAG = Flag()
STRETCH = DurationIn((Unit.PERCENT, Unit.EPOCHS, Unit.STEPS), zero=True)
MISSING = Words(("error", "drop", "mean", "median", "category"), later=("indicator",))

# A path is no identity: what was read counts, and its fingerprint is compared.
SOURCES = (
    Row(
        "bundled",
        "source",
        "recipe.data.sources.bundled",
        (Parameter("name", Words(("digits", "penguins", "xor")), REQUIRED, "which set"),),
        "a small set that ships with recipe",
    ),
    Row(
        "csv",
        "source",
        "recipe.data.sources.csv",
        (
            Parameter(
                "path", PathText(), REQUIRED, "file or glob pattern; `.gz` is unpacked", identity=False
            ),
            Parameter("separator", OneOf((NULL, Text("a character"))), None, "between cells; found if null"),
            Parameter("encoding", Text("an encoding"), "utf-8", "of the text"),
            Parameter("header", OneOf((NULL, FLAG)), None, "whether the first line names the columns"),
        ),
        "a table of comma separated values",
    ),
    Row(
        "npz",
        "source",
        "recipe.data.sources.npz",
        (
            Parameter("path", PathText(), REQUIRED, "the file", identity=False),
            Parameter("features", ARRAY, REQUIRED, "array of the inputs"),
            Parameter("target", ARRAY, REQUIRED, "array of the targets"),
        ),
        "NumPy arrays in one file",
    ),
)

KINDS = (
    Row(
        "number",
        "kind",
        "recipe:number",
        (Parameter("missing", OneOf((NULL, MISSING)), None, "policy of this column"),),
        "a number, standardized by the training split",
    ),
    Row(
        "category",
        "kind",
        "recipe:category",
        (Parameter("missing", OneOf((NULL, MISSING)), None, "policy of this column"),),
        "one of several names; one-hot as a feature",
    ),
    Row("flag", "kind", "recipe:flag", (), "yes or no"),
    Row("image", "kind", "recipe:image", (), "height x width x channels, in [0, 1]"),
)

SCHEDULES = (
    Row("constant", "schedule", "recipe:constant", (), "the peak all the way"),
    Row(
        "warmup_cosine",
        "schedule",
        "recipe.components.warmup_cosine.WarmupCosine",
        (
            Parameter("warmup", STRETCH, Duration(5, Unit.PERCENT), "linear rise from zero to the peak"),
            Parameter("floor", Fraction(one=True), 0.0, "where the cosine ends, as a share of the peak"),
        ),
        "linear warm-up, then half a cosine down to the floor",
        "arXiv 1608.03983 (SGDR), equation 5",
    ),
    Row(
        "warmup_linear",
        "schedule",
        "recipe.components.warmup_linear.WarmupLinear",
        (
            Parameter("warmup", STRETCH, Duration(5, Unit.PERCENT), "linear rise from zero to the peak"),
            Parameter("floor", Fraction(one=True), 0.0, "where the descent ends, as a share of the peak"),
        ),
        "linear warm-up, then a straight line down to the floor",
        "arXiv 1810.04805 (BERT), appendix A.2",
    ),
    Row(
        "warmup_constant",
        "schedule",
        "recipe.components.warmup_constant.WarmupConstant",
        (Parameter("warmup", STRETCH, Duration(5, Unit.PERCENT), "linear rise from zero to the peak"),),
        "linear warm-up, then the peak",
        "arXiv 1706.02677 (Goyal et al.), section 2.2",
    ),
)

LATER_SCHEDULES = """
    step exponential polynomial inverse_sqrt one_cycle cosine_restarts warmup_stable_decay
    reduce_on_plateau linear cosine
""".split()

LAYERS = (
    Row(
        "head",
        "layer_word",
        "recipe:head",
        (
            Parameter(
                "target",
                OneOf((NULL, Text("the name of a target"))),
                None,
                "which target, when there are several",
            ),
        ),
        "the output layer that the target asks for",
    ),
)

LATER_LAYERS = """
    residual repeat parallel reuse op positions attention feed_forward transformer conv_bn
    squeeze_excite class_token layer_scale
""".split()

METRICS = (Row("accuracy", "metric_word", "recipe:accuracy", (), "share of examples whose class is found"),)

LATER_SOURCES = """
    parquet images corpus series keras tfds huggingface tfrecord arrays
""".split()
LATER_KINDS = """
    text mask sequence date
""".split()

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
    ("name", ("layer",), "`as: name` beside the layer"),
    ("name", ("optimizer", "loss", "metric", "schedule", "keras_schedule"), "`as: name` beside it"),
)
