"""What stands under `regularization` and `optimizer.groups`, a row each."""

from recipe.catalog.constraints import Fields, ListOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, FactorText, Flag, Fraction, Number, Text
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, section_row
from recipe.catalog.section_leaves import LENGTH, OFF, PART, WHOLE_EPOCHS, WHOLE_EPOCHS_OR_NONE
from recipe.catalog.watched_sections import WATCHED
from recipe.language.durations import Duration, Unit

WEIGHT_DECAY = section_row(
    "weight_decay",
    "decoupled weight decay; biases and norm parameters excluded",
    Parameter(
        "value",
        Fraction(one=True),
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

GRADIENT_CLIP = section_row(
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

EMA = section_row(
    "ema",
    "weights averaged over the updates: validated, kept as the best and saved in place of the newest",
    Parameter("decay", PART, REQUIRED, "share of the average that stays in an update"),
    Parameter(
        "every",
        LENGTH,
        Duration(1, Unit.STEPS),
        "time between two updates of the average; the first step begins it",
    ),
)

GRADIENT_NOISE = section_row(
    "gradient_noise",
    "normal noise on the gradient, after it is clipped (arXiv 1511.06807, equation 1)",
    Parameter("variance", Number(above=0), REQUIRED, "of the noise in the first step"),
    Parameter("decay", Number(at_least=0), 0.55, "the variance falls as variance / (1 + step) ^ decay"),
)

LAYER_PATTERNS = OneOf((ListOf(Text("a pattern over layer names"), lone=True, filled=True), NULL))

DROPOUT = section_row(
    "dropout",
    "rate of every dropout layer, spatial ones too, that has none of its own",
    Parameter("value", Fraction(), REQUIRED, "share of the values that are dropped"),
    Parameter("match", LAYER_PATTERNS, None, "names of the layers, as the plan shows them; all unless said"),
)

DROP_PATH = section_row(
    "drop_path",
    "rate at which an example skips the last residual branch in training (stochastic depth, arXiv"
    " 1603.09382); branch l of L has l / L of it, unless its `residual` says another",
    Parameter("value", Fraction(), REQUIRED, "share of the examples that skip the last branch"),
    Parameter("match", LAYER_PATTERNS, None, "names of residuals, such as `stage*`; all unless said"),
)

L1 = section_row(
    "l1",
    "penalty value * sum |w| in the loss, on kernels; unlike weight decay, optimizers see it in the gradient",
    Parameter("value", Number(above=0), REQUIRED, "factor of the sum"),
    Parameter("match", LAYER_PATTERNS, None, "names of the layers, as the plan shows them; all unless said"),
)

L2 = section_row(
    "l2",
    "penalty value * sum w^2 in the loss, on kernels; unlike weight decay, optimizers see it in the gradient",
    *L1.parameters,
)

MAX_NORM = section_row(
    "max_norm",
    "largest norm of the weights into each unit of Dense and convolutions, held after every update"
    " (Srivastava et al., JMLR 15, 2014, section 5.1)",
    Parameter("value", Number(above=0), REQUIRED, "the norm"),
    L1.parameters[1],
)

GROUP = section_row(
    "group",
    "weights that are updated in another way; of several groups the first that matches counts",
    Parameter("match", Text("a pattern over weight paths"), REQUIRED, "weights, such as `backbone.*`"),
    Parameter("learning_rate", FactorText(), UNSET, "factor of the learning rate"),
    Parameter("weight_decay", Fraction(one=True), UNSET, "in place of the optimizer's"),
    Parameter(
        "layer_decay",
        Fraction(one=True, zero=False),
        UNSET,
        "factor of the learning rate from each level of the network to the one before it, the last has 1"
        " (arXiv 2003.10555, table 7; 2106.08254, table 9)",
    ),
    Parameter(
        "freeze",
        OneOf((Flag(), LENGTH)),
        UNSET,
        "not trained, for a time from the start or, with `true`, at all; batch norm uses its statistics",
    ),
)

GROUPS = ListOf(Fields(GROUP), filled=True)

EARLY_STOPPING = section_row(
    "early_stopping",
    "stop when the watched metric no longer improves, and restore the best weights",
    Parameter("patience", WHOLE_EPOCHS, REQUIRED, "how long to wait for an improvement"),
    Parameter("metric", WATCHED, "auto", "what is watched; `monitor.best` unless said"),
    Parameter("minimum_delta", Number(at_least=0), 0.0, "the least change that counts as improvement"),
    Parameter("after", WHOLE_EPOCHS_OR_NONE, Duration(0, Unit.EPOCHS), "when watching begins"),
)

REGULARIZATION = section_row(
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
    Parameter("drop_path", OneOf((OFF, Fields(DROP_PATH, shorthand=True))), UNSET, DROP_PATH.help),
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
