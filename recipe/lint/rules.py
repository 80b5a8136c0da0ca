"""Every lint rule, a row each: one rule, one function."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.lint_columns import (
    IdColumn,
    LeakingColumn,
    RandomOverTime,
    ScaledTwice,
    SharedRows,
    StandIn,
    UnscaledInput,
)
from recipe.diagnostics.lint_data import (
    ConstantColumn,
    FixedAugmentation,
    FreeAccuracy,
    LabelBreaking,
    RareClass,
)
from recipe.diagnostics.lint_layers import (
    AcrossExamples,
    ChannelsFirst,
    RandomOutput,
    SeesTheAnswer,
    SoftmaxBeforeOutput,
    SquashedTwice,
    TwoLinearLayers,
    UnusedLayer,
)
from recipe.diagnostics.lint_metrics import (
    ClassMetricOfNumber,
    ConstantMetric,
    ScoreWithoutThreshold,
    ThresholdOnLogits,
)
from recipe.diagnostics.lint_monitoring import (
    KeepsLastWeights,
    PatienceOutlastsRun,
    SameFile,
    WatchesNothing,
    WatchesTraining,
    WrongDirection,
)
from recipe.diagnostics.lint_norms import (
    BiasBeforeNorm,
    DropoutBeforeNorm,
    LoneLastExample,
    MixedNormOrder,
    NormOverFew,
    PenaltyBeforeNorm,
    PostNormWithoutWarmup,
)
from recipe.diagnostics.lint_outputs import (
    ActivationAgainstLoss,
    BentLogits,
    ErrorOfSoftmax,
    FarTarget,
    OneOutputForClasses,
    QuantileOfClasses,
    SoftmaxOverOne,
    TargetOutOfReach,
)
from recipe.diagnostics.lint_parts import (
    BatchOverData,
    CountLikePercent,
    NothingHeldOut,
    SamePart,
    SmallValidation,
    UnevenSplit,
)
from recipe.diagnostics.lint_performance import (
    AugmentationInNetwork,
    HalfPrecisionOutput,
    OddWidth,
    SlowRecurrence,
)
from recipe.diagnostics.lint_plateaus import PlateauAfterStop, PlateauCannotReduce, PlateauWithSchedule
from recipe.diagnostics.lint_rates import (
    HighRate,
    IdleNesterov,
    NoMomentum,
    SlowAdadelta,
    StrongDecay,
    Unclipped,
)
from recipe.diagnostics.lint_regularization import (
    DropoutAfterSelu,
    GlorotUnderRelu,
    HeUnderOther,
    LargeDropout,
    PenaltyUnderAdam,
    RegularizedTwice,
)
from recipe.diagnostics.lint_schedules import (
    BoundaryAfterEnd,
    DecayCutOff,
    DecayEndsEarly,
    LongWarmup,
    StoppedBeforeDecay,
)
from recipe.diagnostics.lint_updates import BalancedTwice, FineTunedFast, LongAverage, WeightedUnderSgd
from recipe.diagnostics.problems import Problem
from recipe.lint import (
    augmentations,
    averages,
    class_weights,
    classes,
    columns,
    decays,
    dropouts,
    fine_tuning,
    initializers,
    learning_rates,
    linear_layers,
    looking_ahead,
    misplaced_layers,
    norm_neighbours,
    output_losses,
    output_metrics,
    output_ranges,
    parts,
    penalties,
    plateaus,
    post_norm,
    precision,
    recurrences,
    small_batches,
    squashing,
    unused_layers,
    warmup_share,
    watching,
)
from recipe.program.programs import Program


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        problem: what it tells; code, severity, examples and source stand there.
        find: everything that it finds in a Program.
        needs_facts: whether it can say anything only once the data is read.
    """

    problem: type[Lint]
    find: Callable[[Program], Iterable[Problem]]
    needs_facts: bool = False

    @property
    def name(self) -> str:
        """What the rule is called."""
        return self.find.__name__

    @property
    def source(self) -> str:
        """Who says that it is a mistake."""
        return self.problem.source


RULES: tuple[Rule, ...] = (
    Rule(SoftmaxOverOne, output_losses.softmax_over_one),
    Rule(BentLogits, output_losses.bent_logits),
    Rule(ActivationAgainstLoss, output_losses.activation_against_loss),
    Rule(OneOutputForClasses, output_losses.one_output_for_classes),
    Rule(ErrorOfSoftmax, output_losses.error_of_softmax),
    Rule(ThresholdOnLogits, output_metrics.threshold_on_logits),
    Rule(ScoreWithoutThreshold, output_metrics.score_without_threshold),
    Rule(ClassMetricOfNumber, output_metrics.class_metric_of_number),
    Rule(TargetOutOfReach, output_ranges.target_out_of_reach, needs_facts=True),
    Rule(FarTarget, output_ranges.far_target, needs_facts=True),
    Rule(QuantileOfClasses, output_losses.quantile_of_classes),
    Rule(ConstantMetric, output_metrics.constant_metric),
    Rule(BiasBeforeNorm, norm_neighbours.bias_before_norm),
    Rule(PenaltyUnderAdam, penalties.penalty_under_adam),
    Rule(RegularizedTwice, penalties.regularized_twice),
    Rule(PenaltyBeforeNorm, norm_neighbours.penalty_before_norm),
    Rule(DropoutBeforeNorm, norm_neighbours.dropout_before_norm),
    Rule(MixedNormOrder, norm_neighbours.mixed_norm_order),
    Rule(GlorotUnderRelu, initializers.glorot_under_relu),
    Rule(HeUnderOther, initializers.he_under_other),
    Rule(TwoLinearLayers, linear_layers.two_linear_layers),
    Rule(NormOverFew, small_batches.norm_over_few),
    Rule(LoneLastExample, small_batches.lone_last_example, needs_facts=True),
    Rule(PostNormWithoutWarmup, post_norm.post_norm_without_warmup),
    Rule(LargeDropout, dropouts.large_dropout),
    Rule(UnusedLayer, unused_layers.unused_layers),
    Rule(SquashedTwice, squashing.squashed_twice),
    Rule(SoftmaxBeforeOutput, squashing.softmax_before_output),
    Rule(RandomOutput, misplaced_layers.random_output),
    Rule(ChannelsFirst, misplaced_layers.channels_first),
    Rule(DropoutAfterSelu, dropouts.dropout_after_selu),
    Rule(SeesTheAnswer, looking_ahead.sees_the_answer),
    Rule(AcrossExamples, misplaced_layers.works_across_examples),
    Rule(HighRate, learning_rates.high_rate),
    Rule(NoMomentum, learning_rates.no_momentum),
    Rule(LongWarmup, warmup_share.warmup_share),
    Rule(DecayEndsEarly, decays.decay_ends_early),
    Rule(DecayCutOff, decays.decay_cut_off),
    Rule(PlateauWithSchedule, plateaus.plateau_with_schedule),
    Rule(PlateauAfterStop, plateaus.plateau_after_stop),
    Rule(PlateauCannotReduce, plateaus.plateau_cannot_reduce),
    Rule(Unclipped, learning_rates.unclipped),
    Rule(StoppedBeforeDecay, decays.stopped_before_decay),
    Rule(SlowAdadelta, learning_rates.slow_adadelta),
    Rule(StrongDecay, learning_rates.strong_decay),
    Rule(BoundaryAfterEnd, decays.boundary_after_end),
    Rule(LongAverage, averages.long_average, needs_facts=True),
    Rule(FineTunedFast, fine_tuning.fine_tuned_fast),
    Rule(BalancedTwice, class_weights.balanced_twice),
    Rule(WeightedUnderSgd, class_weights.weighted_under_sgd),
    Rule(IdleNesterov, learning_rates.idle_nesterov),
    Rule(WatchesNothing, watching.watches_nothing),
    Rule(WrongDirection, watching.wrong_direction),
    Rule(PatienceOutlastsRun, watching.patience_outlasts_run),
    Rule(KeepsLastWeights, watching.keeps_last_weights),
    Rule(WatchesTraining, watching.watches_training),
    Rule(SameFile, watching.same_file),
    Rule(SamePart, parts.same_part),
    Rule(NothingHeldOut, parts.nothing_held_out, needs_facts=True),
    Rule(CountLikePercent, parts.count_like_percent, needs_facts=True),
    Rule(FreeAccuracy, classes.free_accuracy, needs_facts=True),
    Rule(RareClass, classes.rare_class, needs_facts=True),
    Rule(ConstantColumn, columns.constant_column, needs_facts=True),
    Rule(BatchOverData, parts.batch_over_data, needs_facts=True),
    Rule(SmallValidation, parts.small_validation, needs_facts=True),
    Rule(UnevenSplit, classes.uneven_split, needs_facts=True),
    Rule(FixedAugmentation, augmentations.fixed_augmentation),
    Rule(LabelBreaking, augmentations.label_breaking),
    Rule(SharedRows, parts.shared_rows, needs_facts=True),
    Rule(IdColumn, columns.id_column, needs_facts=True),
    Rule(LeakingColumn, columns.leaking_column, needs_facts=True),
    Rule(UnscaledInput, columns.unscaled_input, needs_facts=True),
    Rule(StandIn, columns.stand_in, needs_facts=True),
    Rule(RandomOverTime, parts.random_over_time, needs_facts=True),
    Rule(ScaledTwice, columns.scaled_twice, needs_facts=True),
    Rule(HalfPrecisionOutput, precision.half_precision_output),
    Rule(OddWidth, precision.odd_width),
    Rule(SlowRecurrence, recurrences.slow_recurrence),
    Rule(AugmentationInNetwork, misplaced_layers.augmentation_in_network),
)


def lint(program: Program) -> list[Problem]:
    """Everything that the rules find in a Program; without facts, what the rules that need none find.

    A line that stands for many layers, in a block or below `repeat`, is told of once.
    """
    rules = (rule for rule in RULES if program.facts is not None or not rule.needs_facts)
    found: dict[object, Problem] = {}
    for problem in (problem for rule in rules for problem in rule.find(program)):
        found.setdefault((problem.code, problem.span or len(found)), problem)
    return list(found.values())


def waits_for_data(code: str) -> bool:
    """Whether a problem of this code may show only once the data is read: what the target is, how many."""
    return code in _NEED_FACTS or code.startswith(_DATA_DECIDE)


_NEED_FACTS = frozenset(rule.problem.code for rule in RULES if rule.needs_facts)
_DATA_DECIDE = ("L1", "L4", "L5", "L7", "R3", "R4", "R5", "R6")
