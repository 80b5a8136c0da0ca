"""The words for schedules, a row each: shapes between 0 and 1 that are multiplied by a peak."""

from recipe.catalog.constraints import ListOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, DurationIn, Fraction, Number
from recipe.catalog.rows import REQUIRED, Parameter, Row
from recipe.catalog.section_leaves import AUTO, FACTOR, LENGTH, UNITS, WHOLE_EPOCHS, WHOLE_EPOCHS_OR_NONE
from recipe.catalog.watched_sections import WATCHED
from recipe.language.durations import Duration, Unit

STRETCH = DurationIn(UNITS, zero=True)
SHARE = Fraction(one=True)
SHARE_OR_AUTO = OneOf((AUTO, SHARE))

NO_WARMUP = Parameter("warmup", STRETCH, Duration(0, Unit.STEPS), "linear rise from zero to the peak")
WARMUP = Parameter("warmup", STRETCH, Duration(5, Unit.PERCENT), "linear rise from zero to the peak")
FLOOR = Parameter("floor", SHARE, 0.0, "where the descent ends, as a share of the peak")

FOR = Parameter(
    "for", OneOf((NULL, LENGTH)), None, "how long; one phase without it takes the rest of the run"
)
FROM = Parameter(
    "from", SHARE_OR_AUTO, "auto", "share of the peak; `auto`: where the phase before ended, first the peak"
)
TO = Parameter("to", SHARE_OR_AUTO, "auto", "share of the peak; `auto`: the peak from below it, else zero")

# They may also stand in a list, one after the other.
PHASES = (
    Row(
        "constant",
        "phase",
        "recipe.components.constant.Constant",
        (FOR, Parameter("at", SHARE_OR_AUTO, "auto", FROM.help)),
        "the peak, or a share of it, all the way",
    ),
    Row(
        "linear",
        "phase",
        "recipe.components.linear.Linear",
        (FOR, FROM, TO),
        "a straight line from one share of the peak to another",
        "arXiv 1810.04805 (BERT), appendix A.2",
    ),
    Row(
        "cosine",
        "phase",
        "recipe.components.cosine.Cosine",
        (FOR, FROM, TO),
        "half a cosine from one share of the peak to another",
        "arXiv 1608.03983 (SGDR), equation 5",
    ),
    Row(
        "polynomial",
        "phase",
        "recipe.components.polynomial.Polynomial",
        (Parameter("power", Number(above=0), 0.9, "of what is left of the way"), FOR, FROM, TO),
        "a power of what is left of the way from one share of the peak to another",
        "arXiv 1606.00915 (DeepLab), section 4.3",
    ),
)

SHAPES = (
    Row(
        "warmup_cosine",
        "schedule",
        "recipe.components.warmup_cosine.WarmupCosine",
        (WARMUP, FLOOR),
        "linear warm-up, then half a cosine down to the floor",
        "arXiv 1608.03983 (SGDR), equation 5",
    ),
    Row(
        "warmup_linear",
        "schedule",
        "recipe.components.warmup_linear.WarmupLinear",
        (WARMUP, FLOOR),
        "linear warm-up, then a straight line down to the floor",
        "arXiv 1810.04805 (BERT), appendix A.2",
    ),
    Row(
        "warmup_constant",
        "schedule",
        "recipe.components.warmup_constant.WarmupConstant",
        (WARMUP,),
        "linear warm-up, then the peak",
        "arXiv 1706.02677 (Goyal et al.), section 2.2",
    ),
    Row(
        "warmup_stable_decay",
        "schedule",
        "recipe.components.warmup_stable_decay.WarmupStableDecay",
        (
            WARMUP,
            Parameter("decay", LENGTH, Duration(10, Unit.PERCENT), "straight descent at the end of the run"),
            FLOOR,
        ),
        "linear warm-up, the peak for most of the run, then a short descent",
        "arXiv 2404.06395 (MiniCPM), equation 1",
    ),
    Row(
        "step",
        "schedule",
        "recipe.components.step.Step",
        (
            Parameter("every", OneOf((NULL, LENGTH)), None, "from fall to fall, from the start of the run"),
            Parameter("at", ListOf(LENGTH), (), "when it falls, from the start of the run"),
            Parameter("factor", FACTOR, 0.1, "what it is multiplied by at each fall"),
            NO_WARMUP,
        ),
        "multiplied by a factor in equal times, or at the times of a list",
        "arXiv 1512.03385 (He et al.), section 4.2",
    ),
    Row(
        "exponential",
        "schedule",
        "recipe.components.exponential.Exponential",
        (
            Parameter("factor", FACTOR, REQUIRED, "what it is multiplied by in the time `every`"),
            Parameter("every", OneOf((NULL, LENGTH)), None, "the run after the warm-up unless said"),
            NO_WARMUP,
        ),
        "falls by the same factor in equal times, without steps",
        "arXiv 1512.00567 (Szegedy et al.), section 8",
    ),
    Row(
        "inverse_sqrt",
        "schedule",
        "recipe.components.inverse_sqrt.InverseSqrt",
        (Parameter("warmup", LENGTH, WARMUP.default, WARMUP.help),),
        "linear warm-up, then the inverse square root of the step",
        "arXiv 1706.03762 (Vaswani et al.), equation 3",
    ),
    Row(
        "one_cycle",
        "schedule",
        "recipe.components.one_cycle.OneCycle",
        (
            Parameter("rise", LENGTH, Duration(45, Unit.PERCENT), "straight rise to the peak"),
            Parameter("tail", STRETCH, Duration(10, Unit.PERCENT), "straight descent at the end of the run"),
            Parameter("from", SHARE, 0.1, "where the cycle begins and ends, as a share of the peak"),
            Parameter("to", SHARE, 0.001, "where the tail ends, as a share of the peak"),
        ),
        "a straight rise to the peak and down again, then a tail far below",
        "arXiv 1708.07120 (Smith and Topin), section 3",
    ),
    Row(
        "cosine_restarts",
        "schedule",
        "recipe.components.cosine_restarts.CosineRestarts",
        (
            Parameter("cycle", LENGTH, REQUIRED, "the first cycle"),
            Parameter("growth", Number(at_least=1), 1.0, "what each cycle is longer by than the one before"),
            Parameter("floor", SHARE, 0.0, "where each cycle ends, as a share of the peak"),
            NO_WARMUP,
        ),
        "half a cosine again and again, each from the peak",
        "arXiv 1608.03983 (SGDR), equation 5",
    ),
)

# A family of its own: it multiplies a shape, and cannot stand in its own `after`.
PLATEAU = Row(
    "reduce_on_plateau",
    "plateau_schedule",
    "recipe.components.reduced_rate.ReducedRate",
    (
        Parameter("factor", FACTOR, 0.1, "what the learning rate is multiplied by"),
        Parameter(
            "patience",
            WHOLE_EPOCHS,
            Duration(10, Unit.EPOCHS),
            "how long to wait for an improvement",
        ),
        Parameter("metric", WATCHED, "auto", "what is watched; `monitor.best` unless said"),
        Parameter("minimum_delta", Number(at_least=0), 0.0, "the least change that counts as improvement"),
        Parameter(
            "cooldown",
            WHOLE_EPOCHS_OR_NONE,
            Duration(0, Unit.EPOCHS),
            "after a reduction, epochs that are not counted",
        ),
        Parameter("floor", SHARE, 0.0, "the least factor, as a share of the peak"),
        Parameter(
            "after",
            OneOf((NULL, ObjectOf(("phase", "schedule")))),
            None,
            "a shape that is multiplied, such as a warm-up; watching begins when its warm-up is over",
        ),
    ),
    "multiplied by a factor each time the watched metric no longer improves",
    "Keras's ReduceLROnPlateau",
)

# What a list of phases becomes; a family that no place of a spec names.
SEQUENCE = Row("phases", "phases", "recipe.components.phases.Phases", (), "phases, one after the other")

SCHEDULES = (*PHASES, *SHAPES, PLATEAU, SEQUENCE)
