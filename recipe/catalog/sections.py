"""The sections of a spec and their keys, a row each."""

from recipe.catalog.constraints import Fields, Layers, ListOf, MappingOf, NotBuilt, ObjectOf, OneOf
from recipe.catalog.leaves import (
    Anything,
    DurationIn,
    FactorText,
    Flag,
    Fraction,
    Integer,
    Number,
    PathText,
    Text,
    Words,
)
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row
from recipe.language.durations import Duration, Unit

COLUMN = Text("the name of a column")
RUN_NAME = Text(
    "a name of at most 64 letters, digits, `_`, `-` and `.` that begins with a letter",
    r"[A-Za-z][A-Za-z0-9_.-]{0,63}",
)
OUTPUT_NAME = Text(
    "a name of at most 64 letters, digits and `_` that begins with a small letter",
    r"[a-z_][A-Za-z0-9_]{0,63}",
)
METRIC = Text("the name of a logged metric", r"[A-Za-z_]\w*")
SOURCE = ObjectOf(("source",))
PARTS = ("train", "validation", "test")
OTHERS = "others"  # `ignore: others`; a column of this name is ignored as `[others]`
KINDS = OneOf((COLUMN, MappingOf(ObjectOf(("kind",)), "column")))
LATER = NotBuilt()
RESERVED = NotBuilt(reserved=True)
PHASES = ListOf(ObjectOf(("phase",)), filled=True)
SHAPE = OneOf((ObjectOf(("phase", "schedule")), PHASES))
SCHEDULE = OneOf((ObjectOf(("phase", "schedule", "plateau_schedule", "keras_schedule")), PHASES))
AUTO = Words(("auto",))
OFF = Words(("off",))  # the same word elsewhere removes what was inherited
EPOCHS_OR_STEPS = (Unit.EPOCHS, Unit.STEPS)


def _section(name: str, help_text: str, *parameters: Parameter) -> Row:
    return Row(name, "section", f"recipe:{name}", parameters, help_text)


SPLIT = _section(
    "split",
    "how one source is divided into train, validation and test",
    Parameter(
        "validation", OneOf((Fraction(), Integer(0))), 0.0, "share or number of examples for validation"
    ),
    Parameter("test", OneOf((Fraction(), Integer(0))), 0.0, "share or number of examples for the test"),
    Parameter("stratified", Flag(), False, "keep the shares of the classes equal in all parts"),
    Parameter("group", OneOf((COLUMN, Words((None,)))), None, "column whose equal values stay in one part"),
    Parameter(
        "time",
        OneOf((COLUMN, Words((None,)))),
        None,
        "column of dates or numbers; the oldest rows train, the newest are the test",
    ),
    Parameter(
        "folds",
        OneOf((Integer(2), Words((None,)))),
        None,
        "parts of which each is the test once; `recipe fit` trains all of them, or `--fold` one",
    ),
    Parameter(
        "fold",
        OneOf((Integer(1), Words((None,)))),
        None,
        "which of the folds is the test, from 1; what `--fold` sets",
    ),
)

DATA = _section(
    "data",
    "what is read, and how",
    Parameter("source", SOURCE, UNSET, "one source, divided by `split`", instead_of=PARTS),
    Parameter("train", SOURCE, UNSET, "source of the training examples", instead_of=("source",)),
    Parameter("validation", SOURCE, UNSET, "source of the validation examples", instead_of=("source",)),
    Parameter("test", SOURCE, UNSET, "source of the test examples", instead_of=("source",)),
    Parameter("target", KINDS, UNSET, "the column to learn, or kinds by column"),
    Parameter(
        "features",
        MappingOf(ObjectOf(("kind",)), "column"),
        UNSET,
        "kinds by column; the others are inferred, and stay features unless `ignore` says otherwise",
    ),
    Parameter(
        "ignore",
        OneOf((Words((OTHERS,)), ListOf(COLUMN, lone=True))),
        (),
        "columns that are not features; `others` are all that `features` does not name",
    ),
    Parameter(
        "missing",
        Words(("error", "drop", "mean", "median", "category", "indicator")),
        "error",
        "what to do about missing cells; `indicator` fills them and says where they were",
    ),
    Parameter("split", Fields(SPLIT), None, "how one source is divided"),
    Parameter(
        "weight", COLUMN, UNSET, "column of example weights: in the loss, and in metrics, of every split"
    ),
)

WEIGHT_DECAY = _section(
    "weight_decay",
    "decoupled weight decay; biases and norm parameters excluded",
    Parameter(
        "value",
        Number(at_least=0, at_most=1),
        REQUIRED,
        "the decay of a weight in one step, per learning rate",
    ),
    Parameter("exclude", ListOf(Text("a pattern over weight paths")), (), "more weights that do not decay"),
    Parameter(
        "coupled",
        Flag(),
        False,
        "add the decay to the gradient, as SGD with L2 regularization does, and not beside the update",
    ),
)

GRADIENT_CLIP = _section(
    "gradient_clip",
    "shortening of long gradients, in one of these ways; a number is the global norm",
    Parameter("global_norm", Number(above=0), UNSET, "largest norm of the gradient of all weights together"),
    Parameter("norm", Number(above=0), UNSET, "largest norm of the gradient of each weight"),
    Parameter("value", Number(above=0), UNSET, "largest absolute value of each number of the gradient"),
    Parameter(
        "adaptive",
        Number(above=0),
        UNSET,
        "largest norm of the gradient of each unit, as a share of the norm of its weights; heads are left out"
        " (arXiv 2102.06171, equation 3)",
    ),
)

EMA = _section(
    "ema",
    "weights averaged over the updates: validated, kept as the best and saved in place of the newest",
    Parameter("decay", Number(above=0, below=1), REQUIRED, "share of the average that stays in an update"),
    Parameter(
        "every",
        DurationIn((Unit.STEPS, Unit.EPOCHS)),
        Duration(1, Unit.STEPS),
        "time between two updates of the average; the first step begins it",
    ),
)

GRADIENT_NOISE = _section(
    "gradient_noise",
    "normal noise on the gradient, after it is clipped (arXiv 1511.06807, equation 1)",
    Parameter("variance", Number(above=0), REQUIRED, "of the noise in the first step"),
    Parameter("decay", Number(at_least=0), 0.55, "the variance falls as variance / (1 + step) ^ decay"),
)

LAYER_PATTERNS = OneOf((ListOf(Text("a pattern over layer names"), lone=True, filled=True), Words((None,))))

DROPOUT = _section(
    "dropout",
    "rate of every dropout layer, spatial ones too, that has none of its own",
    Parameter("value", Fraction(), REQUIRED, "share of the values that are dropped"),
    Parameter("match", LAYER_PATTERNS, None, "names of the layers, as the plan shows them; all unless said"),
)

L1 = _section(
    "l1",
    "penalty value * sum |w| in the loss, on kernels; unlike weight decay, optimizers see it in the gradient",
    Parameter("value", Number(above=0), REQUIRED, "factor of the sum"),
    Parameter("match", LAYER_PATTERNS, None, "names of the layers, as the plan shows them; all unless said"),
)

L2 = _section(
    "l2",
    "penalty value * sum w^2 in the loss, on kernels; unlike weight decay, optimizers see it in the gradient",
    *L1.parameters,
)

MAX_NORM = _section(
    "max_norm",
    "largest norm of the weights into each unit of Dense and convolutions, held after every update"
    " (Srivastava et al., JMLR 15, 2014, section 5.1)",
    Parameter("value", Number(above=0), REQUIRED, "the norm"),
    L1.parameters[1],
)

GROUP = _section(
    "group",
    "weights that are updated in another way; of several groups the first that matches counts",
    Parameter("match", Text("a pattern over weight paths"), REQUIRED, "weights, such as `backbone.*`"),
    Parameter("learning_rate", FactorText(), UNSET, "factor of the learning rate"),
    Parameter("weight_decay", Number(at_least=0, at_most=1), UNSET, "in place of the optimizer's"),
    Parameter(
        "layer_decay",
        Number(above=0, at_most=1),
        UNSET,
        "factor of the learning rate from each level of the network to the one before it, the last has 1"
        " (arXiv 2003.10555, table 7; 2106.08254, table 9)",
    ),
    Parameter(
        "freeze",
        OneOf((Flag(), DurationIn((Unit.EPOCHS, Unit.STEPS, Unit.PERCENT)))),
        UNSET,
        "not trained, for a time from the start or, with `true`, at all; batch norm uses its statistics",
    ),
)
GROUPS = ListOf(Fields(GROUP), filled=True)

EARLY_STOPPING = _section(
    "early_stopping",
    "stop when the watched metric no longer improves, and restore the best weights",
    Parameter("patience", DurationIn((Unit.EPOCHS,)), REQUIRED, "how long to wait for an improvement"),
    Parameter("metric", OneOf((AUTO, METRIC)), "auto", "what is watched; `monitor.best` unless said"),
    Parameter("minimum_delta", Number(at_least=0), 0.0, "the least change that counts as improvement"),
    Parameter(
        "after", DurationIn((Unit.EPOCHS,), zero=True), Duration(0, Unit.EPOCHS), "when watching begins"
    ),
)

REGULARIZATION = _section(
    "regularization",
    "everything against overfitting",
    Parameter(
        "weight_decay", OneOf((OFF, Fields(WEIGHT_DECAY, shorthand=True))), UNSET, "decoupled weight decay"
    ),
    Parameter("dropout", OneOf((OFF, Fields(DROPOUT, shorthand=True))), UNSET, DROPOUT.help),
    Parameter(
        "label_smoothing", OneOf((OFF, Fraction())), UNSET, "share of the target spread over all classes"
    ),
    Parameter(
        "augmentation",
        OneOf((OFF, ListOf(ObjectOf(("augmentation",))))),
        UNSET,
        "Keras's random layers, applied to training batches only",
    ),
    Parameter(
        "early_stopping",
        OneOf((OFF, Fields(EARLY_STOPPING, shorthand=True))),
        UNSET,
        "stop when validation no longer improves",
    ),
    Parameter(
        "gradient_clip",
        OneOf((OFF, Fields(GRADIENT_CLIP, shorthand=True))),
        UNSET,
        GRADIENT_CLIP.help,
    ),
    Parameter("l1", OneOf((OFF, Fields(L1, shorthand=True))), UNSET, L1.help),
    Parameter("l2", OneOf((OFF, Fields(L2, shorthand=True))), UNSET, L2.help),
    Parameter(
        "drop_path",
        OneOf((OFF, Fraction())),
        UNSET,
        "rate at which an example skips the last residual branch in training (stochastic depth, arXiv "
        "1603.09382); branch l of L has l / L of it, unless its `residual` says another",
    ),
    Parameter(
        "mixup",
        OneOf((OFF, Number(above=0))),
        UNSET,
        "blends pairs of training examples and their targets, arXiv 1710.09412; the shares follow "
        "Beta(value, value), 0.2 to 0.4 are usual; with `cutmix` each batch takes one of the two",
    ),
    Parameter(
        "cutmix",
        OneOf((OFF, Number(above=0))),
        UNSET,
        "pastes a box of one training image into another, and mixes targets by area, arXiv 1905.04899; "
        "areas follow Beta(value, value), 1 is usual",
    ),
    Parameter("ema", OneOf((OFF, Fields(EMA, shorthand=True))), UNSET, EMA.help),
    Parameter(
        "gradient_noise", OneOf((OFF, Fields(GRADIENT_NOISE, shorthand=True))), UNSET, GRADIENT_NOISE.help
    ),
    Parameter(
        "gradient_centralization",
        Flag(),
        False,
        "take the mean over the inputs of each unit from its gradient (arXiv 2004.01461)",
    ),
    Parameter("max_norm", OneOf((OFF, Fields(MAX_NORM, shorthand=True))), UNSET, MAX_NORM.help),
)

CLASS_WEIGHT = Row(
    "class_weight",
    "section",
    "recipe:class_weight",
    (
        Parameter(
            "effective_number",
            Number(above=0, below=1),
            REQUIRED,
            "beta: what a further example of a class still adds; near 0 all classes count alike",
        ),
    ),
    "in inverse proportion to the effective number of examples of a class, in sum as many as classes",
    "arXiv 1901.05555 (Cui et al.), equation 5",
)

TRAINING = _section(
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
        DurationIn((Unit.STEPS,), bare=Unit.STEPS),
        UNSET,
        "updates of the weights",
        ahead=True,
        instead_of=("epochs",),
    ),
    Parameter(
        "batch_size", OneOf((Integer(1, 2**31 - 1), Words(("full",)))), 32, "examples per update", "examples"
    ),
    Parameter("callbacks", ListOf(ObjectOf(("callback",))), (), "further Keras callbacks", identity=False),
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
        MappingOf(Number(), "metric"),
        UNSET,
        "ends the run after an epoch in which every metric named here is at least as good",
        ahead=True,
    ),
)

BEST = _section(
    "best",
    "a metric and its direction",
    Parameter("max", METRIC, UNSET, "metric of which more is better"),
    Parameter("min", METRIC, UNSET, "metric of which less is better"),
)

CHECKPOINT = _section(
    "checkpoint",
    "how often the state of the run is saved, and how many of them stay",
    Parameter(
        "every",
        OneOf((AUTO, DurationIn((Unit.STEPS, Unit.EPOCHS, Unit.MINUTES)))),
        "auto",
        "between two checkpoints; `auto` keeps their cost below a hundredth of the run",
        identity=False,
    ),
    Parameter("keep", Integer(2), 2, "how many stay", identity=False),
)

OVERFITTING = _section(
    "overfitting",
    "how far the validation may fall behind the training",
    Parameter(
        "gap", Number(above=0), REQUIRED, "how much worse the metric may be in validation than in training"
    ),
    Parameter(
        "action", Words(("warn", "stop")), "warn", "say so and which knobs of the spec to turn, or stop too"
    ),
    Parameter(
        "metric",
        OneOf((AUTO, METRIC)),
        "auto",
        "the first of which more is better unless said, else the loss",
    ),
    Parameter(
        "patience", DurationIn((Unit.EPOCHS,)), Duration(3, Unit.EPOCHS), "epochs in a row that are too many"
    ),
)

MLFLOW = _section(
    "mlflow",
    "a run in MLflow: parameters, metrics by step and the spec",
    Parameter(
        "experiment",
        OneOf((Words((None,)), Text("the name of an experiment"))),
        None,
        "the name of the spec unless said",
        identity=False,
    ),
    Parameter(
        "store",
        OneOf((Words((None,)), PathText("the path of a folder"))),
        None,
        "where MLflow keeps its runs; `MLFLOW_TRACKING_URI` unless said, else the folder `mlruns`",
        identity=False,
    ),
)

MONITOR = _section(
    "monitor",
    "what is watched",
    Parameter("best", OneOf((AUTO, METRIC, Fields(BEST))), "auto", "which epoch is best"),
    Parameter("overfitting", OneOf((OFF, Fields(OVERFITTING, shorthand=True))), UNSET, OVERFITTING.help),
    Parameter("checkpoint", Fields(CHECKPOINT, shorthand=True), None, CHECKPOINT.help, identity=False),
    Parameter("tensorboard", Flag(), False, "write the curves for TensorBoard, in `events/`", identity=False),
    Parameter("mlflow", OneOf((Flag(), Fields(MLFLOW))), False, MLFLOW.help, identity=False),
)

RUNTIME = _section(
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

INIT = _section(
    "init",
    "how weights begin",
    Parameter("default", OneOf((AUTO, ObjectOf(("initializer",)))), "auto", "initializer of kernels"),
    Parameter("match", MappingOf(ObjectOf(("initializer",)), "slot pattern"), UNSET, "initializers by slot"),
    Parameter(
        "residual",
        OneOf((OFF, Words(("zero", "scaled")))),
        UNSET,
        "the last weights of residual branches: none, or divided by the root of the number of branches",
    ),
    Parameter(
        "head_bias", OneOf((OFF, Words(("prior",)))), UNSET, "begin at the classes' shares, or the mean"
    ),
    Parameter("weights", OneOf((OFF, PathText())), UNSET, "a run, or a model file, that weights begin as"),
)

INPUT_SHAPE = _section(
    "input_shape",
    "one input of the network",
    Parameter("shape", ListOf(OneOf((Words((None,)), Integer(1)))), REQUIRED, "of one example; null is any"),
)

ARCHITECTURE = _section(
    "architecture",
    "the layers, each fed by the one before",
    Parameter("layers", Layers(), UNSET, "the list of layers"),
    Parameter(
        "inputs",
        MappingOf(OneOf((AUTO, Fields(INPUT_SHAPE))), "input"),
        UNSET,
        "names of the inputs, when there are several, and their shapes",
    ),
    Parameter(
        "outputs",
        OneOf((ListOf(OUTPUT_NAME, lone=True), MappingOf(OUTPUT_NAME, "target"))),
        UNSET,
        "the named layers that are the outputs, where there is no head",
    ),
    Parameter("edit", MappingOf(Anything(), "layer"), UNSET, "changes of an inherited architecture, by name"),
)

BLOCK = _section(
    "block",
    "a reusable piece of architecture, used like a layer",
    Parameter("vars", MappingOf(Anything(), "variable"), UNSET, "what a use may set; `required` must be"),
    Parameter("inputs", ListOf(OUTPUT_NAME, lone=True), UNSET, "names of the inputs, when there are several"),
    Parameter("layers", Layers(), REQUIRED, "the list of layers"),
    Parameter(
        "outputs", ListOf(OUTPUT_NAME, lone=True), UNSET, "names of the outputs, when there are several"
    ),
)

SCHEDULES = _section(
    "schedules",
    "schedules by quantity",
    Parameter("learning_rate", SCHEDULE, UNSET, "of the optimizer's learning rate"),
    Parameter("momentum", SHAPE, UNSET, "of the optimizer's `momentum`, else its `beta_1`"),
    Parameter("regularization.weight_decay", SHAPE, UNSET, "of the weight decay"),
)

LOSS_ITEM = ObjectOf(("loss_word", "loss"), frozenset({"weight", "as"}))
LOSSES = ListOf(LOSS_ITEM, filled=True)
METRIC_ITEM = ObjectOf(("metric_word", "metric"), frozenset({"as"}))
METRIC_ITEMS = ListOf(METRIC_ITEM, lone=True)

SPEC = _section(
    "spec",
    "one training run",
    Parameter("recipe", Words((1,)), REQUIRED, "version of the language"),
    Parameter("name", RUN_NAME, UNSET, "name of the run folder; the file's name unless said", identity=False),
    Parameter("imports", LATER, UNSET, "modules with registered Keras classes"),
    Parameter("data", Fields(DATA), REQUIRED, DATA.help),
    Parameter("blocks", MappingOf(Fields(BLOCK), "block"), UNSET, "reusable pieces of architecture"),
    Parameter("architecture", Layers(whole=True), REQUIRED, ARCHITECTURE.help),
    Parameter(
        "loss",
        OneOf((AUTO, LOSS_ITEM, MappingOf(OneOf((AUTO, LOSS_ITEM, LOSSES)), "target"), LOSSES)),
        "auto",
        "what is minimized, at each target where there are several; a list is a weighted sum",
    ),
    Parameter(
        "metrics",
        OneOf((AUTO, METRIC_ITEMS, MappingOf(OneOf((AUTO, METRIC_ITEMS)), "target"))),
        "auto",
        "what is measured",
        identity=False,
    ),
    Parameter("init", OneOf((AUTO, ObjectOf(("initializer",)), Fields(INIT))), "auto", INIT.help),
    Parameter("optimizer", ObjectOf(("optimizer",), frozenset({"groups"})), REQUIRED, "the update rule"),
    Parameter(
        "schedule",
        OneOf((*SCHEDULE.options, Fields(SCHEDULES, named=True))),
        None,
        "shape of the learning rate over the run, or of several quantities by name",
        ahead=True,
    ),
    Parameter("regularization", Fields(REGULARIZATION), None, REGULARIZATION.help),
    Parameter("training", Fields(TRAINING), REQUIRED, TRAINING.help),
    Parameter("monitor", Fields(MONITOR), None, MONITOR.help),
    Parameter("runtime", Fields(RUNTIME), None, RUNTIME.help),
    Parameter("sweep", RESERVED, UNSET),
    Parameter("phases", RESERVED, UNSET),
)

# Keys of a file that are used up before sections are resolved.
BEFORE_RESOLVING = ("extends", "vars", "blocks")

SIBLING_WORDS = frozenset({"as", "from", "when", "call"})
