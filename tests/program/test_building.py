import pytest

from recipe.program.hashing import program_hash
from recipe.program.programs import Decay, EarlyStopping, Goal, Monitor, Phase, Runtime, Side
from recipe.program.seeds import derive
from tests.checking import SPEC, edited, problem, with_section
from tests.program.programs import DIGITS, built, facts, network


def test_the_same_spec_and_facts_give_an_equal_program():
    assert built().program == built().program


def test_building_leaves_the_spec_without_expressions():
    text = SPEC.replace("units: 64", 'units: "${data.classes * 2}"')
    assert built(text).layers["dense"]["units"] == 20


# -- optimizer ------------------------------------------------------------------------------------


def optimizer(name: str, more: str = ""):
    program = built(edited(("AdamW: {learning_rate: 3e-3}", name)) + more).program
    return program.optimizer, program.decay


def test_weight_decay_becomes_the_optimizer_s_with_its_exclusions():
    call, decay = optimizer("SGD", "regularization: {weight_decay: {value: 0.1, exclude: ['head/**']}}\n")
    assert call["weight_decay"] == 0.1
    assert decay == Decay(0.1, ("head/**",))


def test_keras_s_own_decay_has_our_exclusions():
    call, decay = optimizer("AdamW")
    assert ("weight_decay" in call, decay) == (False, Decay(0.004, ()))


def test_an_optimizer_that_decays_nothing_has_no_decay():
    assert optimizer("SGD")[1] is None


def test_decay_that_is_switched_off_is_zero_where_keras_would_decay():
    call, decay = optimizer("AdamW", "regularization: {weight_decay: off}\n")
    assert (call["weight_decay"], decay) == (0.0, None)
    call, decay = optimizer("SGD", "regularization: {weight_decay: off}\n")
    assert ("weight_decay" in call, decay) == (False, None)


def test_a_gradient_clip_is_the_global_norm():
    call, _ = optimizer("SGD", "regularization: {gradient_clip: 1.5}\n")
    assert call["global_clipnorm"] == 1.5
    assert "clipnorm" not in call


# -- batches --------------------------------------------------------------------------------------

AUGMENTED = "regularization: {augmentation: [{RandomFlip: horizontal}, {RandomBrightness: 0.1}]}\n"


def test_bytes_are_scaled_first_and_always_and_augmentation_follows_in_training():
    steps = built(SPEC + AUGMENTED).program.batch
    assert [(step.name, step.phase, step.side) for step in steps] == [
        ("input.rescaling", Phase.ALWAYS, Side.INPUT),
        ("augmentation.0", Phase.TRAINING, Side.INPUT),
        ("augmentation.1", Phase.TRAINING, Side.INPUT),
    ]
    assert steps[0].call["scale"] == 1 / 16


def test_numbers_of_a_table_are_not_scaled_again():
    assert network("- Dense: 3", facts("number")).program.batch == ()


def test_augmentation_knows_the_range_of_images_and_has_its_own_seed():
    _, flip, brightness = built(SPEC + AUGMENTED).program.batch
    assert "value_range" not in flip.call
    assert brightness.call["value_range"] == (0.0, 1.0)
    assert flip.call["seed"] == derive(0, "augmentation", "augmentation.0")
    assert flip.call["seed"] != brightness.call["seed"]


# -- what is watched ------------------------------------------------------------------------------

WITHOUT_VALIDATION = ("validation: 10%, ", "")


def monitor(more: str = "", text: str = SPEC):
    return built(text + more).program.monitor


def test_the_best_epoch_is_the_one_of_least_validation_loss():
    assert monitor() == Monitor("val_loss", "min")


def test_without_validation_data_the_training_loss_decides():
    found = built(edited(WITHOUT_VALIDATION), None)
    assert found.program.monitor == Monitor("loss", "min")


def test_the_direction_of_a_metric_is_keras_s():
    assert monitor("monitor: {best: val_accuracy}\n") == Monitor("val_accuracy", "max")


def test_a_direction_may_be_written():
    assert monitor("monitor: {best: {min: val_accuracy}}\n") == Monitor("val_accuracy", "min")


def test_a_metric_of_unknown_direction_needs_one():
    found = built(SPEC + "metrics: [Mean]\nmonitor: {best: mean}\n")
    assert "R308" in found.codes
    assert built(SPEC + "metrics: [Mean]\nmonitor: {best: {max: mean}}\n").codes == []


def test_a_goal_without_a_known_direction_is_not_told_to_say_one():
    text = (SPEC + "metrics: [Mean]\n").replace("epochs: ", "stop_at: {mean: 1.0}, epochs: ")
    (problem,) = built(text).problems
    assert problem.code == "R308"
    assert "max:" not in problem.help


@pytest.mark.parametrize(("written", "value"), [("94%", 0.94), ("0.94", 0.94), ("100%", 1.0)])
def test_a_goal_may_be_a_share(written, value):
    text = SPEC.replace("epochs: ", f"stop_at: {{val_accuracy: {written}}}, epochs: ")
    found = built(text).program

    assert found.goals == (Goal("val_accuracy", "max", value),)
    assert program_hash(found) == program_hash(built(text.replace(written, str(value))).program)


@pytest.mark.parametrize(("written", "code"), [("110%", "R205"), ("94", "R365"), ("high", "R205")])
def test_a_goal_that_no_run_can_reach_is_refused(written, code):
    assert problem(SPEC.replace("epochs: ", f"stop_at: {{val_accuracy: {written}}}, epochs: ")).code == code


@pytest.mark.parametrize("metric", ["val_mean_absolute_percentage_error", "val_loss"])
def test_a_goal_of_what_has_no_whole_is_no_share(metric):
    metrics = "metrics: [MeanAbsolutePercentageError]\n"
    text = (SPEC + metrics).replace("epochs: ", f"stop_at: {{{metric}: 5%}}, epochs: ")
    found = problem(text)

    assert found.code == "R367"
    assert found.help == "write `5` or `0.05`"
    assert built(text.replace("5%", "5")).codes == []


def test_both_directions_or_none_are_refused():
    assert problem(with_section("monitor: {best: {max: val_accuracy, min: val_loss}}")).code == "R301"
    assert problem(with_section("monitor: {best: {}}")).code == "R302"


def test_a_metric_that_nobody_logs_without_validation_says_what_is_missing():
    found = problem(edited(WITHOUT_VALIDATION) + "monitor: {best: val_loss}\n")
    assert (found.code, found.help.endswith("write `data.split.validation`")) == ("R307", True)


def test_early_stopping_watches_what_the_monitor_watches():
    more = "regularization: {early_stopping: 5 epochs}\nmonitor: {best: val_accuracy}\n"
    assert built(SPEC + more).program.early_stopping == EarlyStopping("val_accuracy", "max", 5, 0.0, 0)


def test_early_stopping_may_watch_another_metric():
    stopping = "{patience: 5 epochs, metric: loss, minimum_delta: 0.1, after: 2 epochs}"
    more = f"regularization: {{early_stopping: {stopping}}}\n"
    assert built(SPEC + more).program.early_stopping == EarlyStopping("loss", "min", 5, 0.1, 2)


def test_what_is_watched_may_say_which_way_it_gets_better():
    metric = "metric: {max: val_mean}"
    more = f"""metrics: [Mean]
regularization: {{early_stopping: {{patience: 5 epochs, {metric}}}}}
schedule: {{reduce_on_plateau: {{{metric}}}}}
monitor: {{overfitting: {{gap: 15%, {metric}}}}}
"""
    found = built(SPEC + more)
    program = found.program
    watched = (program.early_stopping, program.plateau, program.overfitting)
    assert found.codes == []
    assert [(one.metric, one.direction) for one in watched if one] == [
        ("val_mean", "max"),
        ("val_mean", "max"),
        ("mean", "max"),
    ]
    assert built(SPEC + more.replace("{max: val_mean}", "val_mean")).codes == ["R308"] * 3
    assert built(SPEC + more.replace("max: val_mean", "")).codes == ["R302"] * 3


def test_shares_are_written_as_shares_wherever_they_stand():
    more = "regularization: {ema: 99%, weight_decay: 1%}\nschedule: {step: {at: [1 epoch], factor: x0.5}}\n"
    program = built(SPEC + more).program
    assert program.decay is not None
    assert program.schedule is not None
    assert (program.update.average_decay, program.decay.value) == (0.99, 0.01)
    assert program.schedule["factor"] == 0.5


def test_early_stopping_that_watches_nothing_is_refused():
    more = "regularization: {early_stopping: {patience: 5 epochs, metric: val_acc}}\n"
    found = problem(SPEC + more)
    assert (found.code, found.path) == ("R307", "regularization.early_stopping.metric")


# -- machine --------------------------------------------------------------------------------------


def test_every_auto_of_the_machine_is_settled():
    settled = built(SPEC + "runtime: {precision: auto, strategy: auto}\n").program.runtime
    assert settled == Runtime(
        "tensorflow", "float32", "single", 0, True, "auto", "decided where it is trained"
    )


MIRRORED = "runtime: {strategy: mirrored}\n"


def test_under_mirrored_batch_norm_sees_the_whole_batch():
    layers = network(
        "- BatchNormalization\n- BatchNormalization: {synchronized: false}", more=MIRRORED
    ).layers
    assert layers["batch_normalization"]["synchronized"] is True
    assert layers["batch_normalization_1"]["synchronized"] is False


@pytest.mark.parametrize(
    ("layers", "named"),
    [
        ("- Dropout: 0.1\n- Dropout: 0.1", ["Dropout"]),
        ("- GaussianNoise: 0.1", ["GaussianNoise"]),
        ("- Reshape: [8, 8]\n- Bidirectional: {LSTM: {units: 3, dropout: 0.1}}", ["LSTM"]),
        ("- Reshape: [8, 8]\n- LSTM: 3", []),
    ],
)
def test_under_mirrored_the_first_layer_that_draws_is_named_in_a_warning(layers: str, named: list[str]):
    found = network(layers, more=MIRRORED)
    assert [(one.code, one.path) for one in found.problems] == [("R316", name) for name in named]


# -- nested layers --------------------------------------------------------------------------------


def test_inner_layers_have_names_that_hang_on_no_counter():
    call = network("- Reshape: [8, 8]\n- Bidirectional: {LSTM: 3}").layers["bidirectional"]
    assert call["layer"]["name"] == "lstm"


def test_mixed_precision_reaches_inner_layers_and_spares_the_head():
    more = "runtime: {precision: mixed_bfloat16}\n"
    layers = network("- Reshape: [8, 8]\n- Bidirectional: {LSTM: 3}", more=more).layers
    assert layers["bidirectional"]["layer"]["dtype"] == "mixed_bfloat16"
    assert layers["head"]["dtype"] == "float32"


# -- data -----------------------------------------------------------------------------------------


def plan(data: str):
    text = edited(("  source: {bundled: digits}\n  split: {validation: 10%, test: 20%}\n", data))
    found = built(text, None)
    return found.program.data, found.codes


def test_the_plan_of_the_data_needs_no_data():
    data, codes = plan(
        "  source: {bundled: digits}\n  target: y\n  ignore: [a, b]\n  features: {c: number}\n"
    )
    assert codes == []
    assert (list(data.sources), dict(data.targets), data.ignore) == (["source"], {"y": None}, ("a", "b"))
    assert list(data.features) == ["c"]
    assert data.seed == derive(0, "split")


def test_others_is_a_word_alone_and_a_column_in_a_list():
    alone = plan("  source: {bundled: digits}\n  ignore: others\n")[0]
    listed = plan("  source: {bundled: digits}\n  ignore: [others]\n")[0]
    assert (alone.ignore, alone.ignores_others) == ((), True)
    assert (listed.ignore, listed.ignores_others) == (("others",), False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("  split: {test: 10%}\n", "R317"),
        ("  source: {bundled: digits}\n  train: {bundled: digits}\n", "R317"),
        ("  test: {bundled: digits}\n", "R317"),
        ("  train: {bundled: xor}\n  test: {bundled: xor}\n  split: {test: 10%}\n", "R301"),
    ],
)
def test_sources_that_contradict_each_other_are_refused(data, code):
    text = edited(("  source: {bundled: digits}\n  split: {validation: 10%, test: 20%}\n", data))
    assert problem(text).code == code


def test_what_is_missing_beside_a_train_source_may_be_split_from_it():
    data, codes = plan("  train: {bundled: xor}\n  test: {bundled: xor}\n  split: {validation: 10%}\n")
    assert (codes, data.split.validation) == ([], pytest.approx(0.1))


def test_facts_settle_what_the_first_pass_left_open():
    before, after = built(SPEC, None).program, built(SPEC, DIGITS).program
    assert (before.facts, after.facts) == (None, DIGITS)
    assert before.name == after.name == "small"
