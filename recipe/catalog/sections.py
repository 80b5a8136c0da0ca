"""The sections of a spec and their keys, a row each."""

from recipe.catalog.constraints import Fields, Layers, ListOf, MappingOf, ObjectOf, OneOf, Reserved
from recipe.catalog.data_sections import DATA
from recipe.catalog.imported import MODULE
from recipe.catalog.leaves import NULL, Anything, Integer, PathText, Text, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, section_row
from recipe.catalog.run_sections import MONITOR, RUN_NAME, RUNTIME, TRAINING
from recipe.catalog.section_leaves import AUTO, OFF
from recipe.catalog.update_sections import REGULARIZATION

OUTPUT_NAME = Text(
    "a name of at most 64 letters, digits and `_` that begins with a small letter",
    r"[a-z_][A-Za-z0-9_]{0,63}",
)

RESERVED = Reserved()
PHASES = ListOf(ObjectOf(("phase",)), filled=True)
SHAPE = OneOf((ObjectOf(("phase", "schedule")), PHASES))
SCHEDULE = OneOf((ObjectOf(("phase", "schedule", "plateau_schedule", "keras_schedule")), PHASES))

INIT = section_row(
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

INPUT_SHAPE = section_row(
    "input_shape",
    "one input of the network",
    Parameter("shape", ListOf(OneOf((NULL, Integer(1)))), REQUIRED, "of one example; null is any"),
)

ARCHITECTURE = section_row(
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

BLOCK = section_row(
    "block",
    "a reusable piece of architecture, used like a layer",
    Parameter("vars", MappingOf(Anything(), "variable"), UNSET, "what a use may set; `required` must be"),
    Parameter("inputs", ListOf(OUTPUT_NAME, lone=True), UNSET, "names of the inputs, when there are several"),
    Parameter("layers", Layers(), REQUIRED, "the list of layers"),
    Parameter(
        "outputs", ListOf(OUTPUT_NAME, lone=True), UNSET, "names of the outputs, when there are several"
    ),
)

SCHEDULES = section_row(
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

SPEC = section_row(
    "spec",
    "one training run",
    Parameter("recipe", Words((1,)), REQUIRED, "version of the language"),
    Parameter("name", RUN_NAME, UNSET, "name of the run folder; the file's name unless said", identity=False),
    Parameter("imports", ListOf(MODULE, lone=True), UNSET, "Python modules with registered Keras classes"),
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
