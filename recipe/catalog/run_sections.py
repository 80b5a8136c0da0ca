"""What stands under `training`, `monitor` and `runtime`, a row each."""

from recipe.catalog.constraints import Fields, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, DurationIn, Flag, Fraction, Integer, Number, PathText, Text, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row, section_row
from recipe.catalog.section_leaves import AUTO, OFF, PART, UNITS, WHOLE_EPOCHS
from recipe.catalog.watched_sections import WATCHED
from recipe.language.durations import Duration, Unit

RUN_NAME = Text(
    "a name of at most 64 letters, digits, `_`, `-` and `.` that begins with a letter",
    r"[A-Za-z][A-Za-z0-9_.-]{0,63}",
)

EPOCHS_OR_STEPS = (Unit.EPOCHS, Unit.STEPS)

CLASS_WEIGHT = Row(
    "class_weight",
    "section",
    "recipe:class_weight",
    (
        Parameter(
            "effective_number",
            PART,
            REQUIRED,
            "beta: what a further example of a class still adds; near 0 all classes count alike",
        ),
    ),
    "in inverse proportion to the effective number of examples of a class, in sum as many as classes",
    "arXiv 1901.05555 (Cui et al.), equation 5",
)

TRAINING = section_row(
    "training",
    "how long, and in what portions",
    Parameter(
        "epochs",
        DurationIn((Unit.EPOCHS,), bare=Unit.EPOCHS),
        UNSET,
        "passes over the training examples",
        ahead=True,
        instead_of=("steps",),
    ),
    Parameter(
        "steps",
        DurationIn((Unit.STEPS, Unit.EXAMPLES, Unit.TOKENS), bare=Unit.STEPS),
        UNSET,
        "updates of the weights, or so many as take the examples or tokens that are said",
        ahead=True,
        instead_of=("epochs",),
    ),
    Parameter(
        "batch_size", OneOf((Integer(1, 2**31 - 1), Words(("full",)))), 32, "examples per update", "examples"
    ),
    Parameter("callbacks", ListOf(ObjectOf(("callback",))), (), "further Keras callbacks"),
    Parameter(
        "time",
        DurationIn((Unit.MINUTES,)),
        UNSET,
        "ends the run after so much training, validation included, if it has not ended before",
        ahead=True,
    ),
    Parameter(
        "accumulate",
        Integer(1, 2**16),
        1,
        "parts in which a batch is computed, one after the other; their gradients are summed by examples",
        "parts",
    ),
    Parameter(
        "class_weight",
        OneOf(
            (
                OFF,
                Words(("balanced",)),
                Fields(CLASS_WEIGHT, named=True),
                MappingOf(Number(at_least=0), "class"),
            )
        ),
        UNSET,
        "how much each class counts in the loss of training: `balanced` in inverse proportion to its "
        "examples, 1 for an example on average; in a mapping, a class that is not named counts 1",
    ),
    Parameter(
        "sampling",
        Words(("shuffled", "ordered", "balanced")),
        "shuffled",
        "in which order and shares examples come; `balanced` draws every class equally often",
    ),
    Parameter(
        "validate_every",
        DurationIn((Unit.EPOCHS,)),
        Duration(1, Unit.EPOCHS),
        "epochs from one validation to the next; the last epoch is always validated",
    ),
    Parameter(
        "stop_at",
        MappingOf(OneOf((Number(), Fraction(one=True))), "metric"),
        UNSET,
        "ends the run after an epoch in which every metric named here is at least as good",
        ahead=True,
    ),
)

CHECKPOINT = section_row(
    "checkpoint",
    "how often the state of the run is saved, and how many of them stay",
    Parameter(
        "every",
        OneOf((AUTO, DurationIn((*UNITS, Unit.MINUTES)))),
        "auto",
        "between two checkpoints; `auto` keeps their cost below a hundredth of the run",
        identity=False,
    ),
    Parameter("keep", Integer(2), 2, "how many stay", identity=False),
)

OVERFITTING = section_row(
    "overfitting",
    "how far the validation may fall behind the training",
    Parameter(
        "gap",
        OneOf((Number(above=0), PART)),
        REQUIRED,
        "how much worse the metric may be in validation than in training",
    ),
    Parameter(
        "action", Words(("warn", "stop")), "warn", "say so and which knobs of the spec to turn, or stop too"
    ),
    Parameter(
        "metric",
        WATCHED,
        "auto",
        "the first of which more is better unless said, else the loss",
    ),
    Parameter("patience", WHOLE_EPOCHS, Duration(3, Unit.EPOCHS), "epochs in a row that are too many"),
)

MLFLOW = section_row(
    "mlflow",
    "a run in MLflow: parameters, metrics by step and the spec",
    Parameter(
        "experiment",
        OneOf((NULL, Text("the name of an experiment"))),
        None,
        "the name of the spec unless said",
        identity=False,
    ),
    Parameter(
        "store",
        OneOf((NULL, PathText("the path of a folder"))),
        None,
        "where MLflow keeps its runs; `MLFLOW_TRACKING_URI` unless said, else the folder `mlruns`",
        identity=False,
    ),
)

MONITOR = section_row(
    "monitor",
    "what is watched",
    Parameter("best", WATCHED, "auto", "which epoch is best"),
    Parameter("overfitting", OneOf((OFF, Fields(OVERFITTING, shorthand=True))), UNSET, OVERFITTING.help),
    Parameter("checkpoint", Fields(CHECKPOINT, shorthand=True), None, CHECKPOINT.help, identity=False),
    Parameter("tensorboard", Flag(), False, "write the curves for TensorBoard, in `events/`", identity=False),
    Parameter("mlflow", OneOf((Flag(), Fields(MLFLOW))), False, MLFLOW.help, identity=False),
)

RUNTIME = section_row(
    "runtime",
    "machine, precision and seed",
    Parameter("backend", Words(("tensorflow", "jax")), "tensorflow", "Keras's backend"),
    Parameter(
        "precision",
        Words(("float32", "mixed_bfloat16", "mixed_float16", "bfloat16_products", "auto")),
        "float32",
        "numbers in which layers compute; `auto` is mixed_bfloat16 where the machine gains by it",
    ),
    Parameter(
        "strategy",
        Words(
            ("auto", "single", "mirrored", "data_parallel"),
            reserved=("multi_worker", "model_parallel", "fsdp", "pipeline"),
        ),
        "auto",
        "devices that share a batch",
        identity=False,
    ),
    Parameter("seed", Integer(0, 2**32 - 1), 0, "root of all randomness"),
    Parameter(
        "deterministic", OneOf((AUTO, Flag())), "auto", "refuse operations that do not repeat", identity=False
    ),
    Parameter(
        "engine",
        OneOf((AUTO, ObjectOf(("engine",)))),
        "auto",
        "how steps are executed",
        identity=False,
    ),
    Parameter(
        "examples",
        Words(("auto", "device", "stream")),
        "auto",
        "where examples lie while it trains: on the device, or streamed to it a block ahead",
        identity=False,
    ),
)
