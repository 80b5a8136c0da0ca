import pytest

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Unknown
from recipe.program.objectives import OBJECTIVES, kinds_of
from recipe.program.probabilities import OVER_PROBABILITIES
from recipe.program.programs import Side
from tests.checking import LAYER, SPEC, edited, problem, told
from tests.program.programs import DIGITS, Built, built, facts

FLAG = facts("flag", classes=("0", "1"))
NUMBER = facts("number")
LABELS = facts("labels", classes=("a", "b", "c"))


def objectives(more: str, of=DIGITS, end: str = "head") -> Built:
    spec = SPEC.replace("  - Flatten\n" + LAYER, "  - Dense: 3\n").replace("  - head", f"  - {end}")
    return built(spec + more, of)


def codes_of_check(more: str) -> list[str]:
    return [one.code for one in told(SPEC + more)]


def metric(found: Built, name: str) -> Call:
    return next(one for one in found.program.metrics if one["name"] == name)


SOFTMAX = "Dense: {units: 10, activation: softmax}"


@pytest.mark.parametrize(
    ("of", "loss", "metrics", "units"),
    [
        (DIGITS, "SparseCategoricalCrossentropy", ["accuracy"], 10),
        (FLAG, "BinaryCrossentropy", ["accuracy", "auc"], 1),
        (LABELS, "BinaryCrossentropy", ["accuracy", "auc"], 3),
        (NUMBER, "MeanSquaredError", ["mae"], 1),
    ],
)
def test_head_loss_and_metrics_follow_from_the_target(of, loss, metrics, units):
    found = objectives("", of)
    assert found.program.loss.name == loss
    assert [one["name"] for one in found.program.metrics] == metrics
    assert found.layers["head"]["units"] == units


def test_a_head_gives_logits_in_float32():
    head = objectives("").layers["head"]
    assert ("activation" in head, head["dtype"]) == (False, "float32")


def test_while_the_data_is_not_read_the_size_of_the_head_is_unknown():
    assert objectives("", None).layers["head"]["units"] == Unknown(("data.classes",))


def test_the_loss_is_told_what_the_network_ends_in():
    assert objectives("").program.loss["from_logits"] is True
    assert objectives("", end=SOFTMAX).program.loss["from_logits"] is False


@pytest.mark.parametrize("end", ["Softmax", "Activation: softmax", "Dense: {units: 1, activation: sigmoid}"])
def test_probabilities_are_known_by_the_last_layer(end):
    assert objectives("", end=end).program.loss["from_logits"] is False


def test_a_loss_that_is_told_the_opposite_is_refused():
    loss = "loss: {SparseCategoricalCrossentropy: {from_logits: false}}\n"
    assert problem(SPEC + loss).code == "R313"
    assert objectives(loss, end=SOFTMAX).codes == []


def test_label_smoothing_makes_targets_one_hot_and_says_so():
    found = objectives("regularization: {label_smoothing: 0.1}\n")
    assert found.program.loss.name == "CategoricalCrossentropy"
    assert found.program.loss["label_smoothing"] == 0.1
    assert [one.name for one in found.program.metrics] == ["CategoricalAccuracy"]
    assert metric(found, "accuracy").origin.reason == "targets are one-hot"
    (one_hot,) = [step for step in found.program.batch if step.side is Side.TARGET]
    assert one_hot.call["num_tokens"] == 10


@pytest.mark.parametrize("more", ["loss: MeanSquaredError\n", "metrics: [CategoricalAccuracy]\n"])
def test_whatever_reads_classes_one_hot_gets_them_one_hot(more):
    """A mean squared error of ten logits and one index would broadcast, and train without a word."""
    found = objectives(more)
    assert any(step.side is Side.TARGET for step in found.program.batch)
    assert all(not one.name.startswith("Sparse") for one in (found.program.loss, *found.program.metrics))


def test_what_reads_indices_gets_indices():
    found = objectives("metrics: [accuracy, {SparseTopKCategoricalAccuracy: 3}]\n")
    assert [step.name for step in found.program.batch] == ["input.rescaling"]


def test_label_smoothing_of_nothing_changes_nothing():
    assert objectives("regularization: {label_smoothing: 0}\n").program.loss.name.startswith("Sparse")


def test_label_smoothing_does_not_fit_a_number():
    found = objectives("regularization: {label_smoothing: 0.1}\n", NUMBER)
    assert found.codes == ["R311"]


def test_a_loss_that_takes_no_label_smoothing_is_blamed_itself():
    found = objectives("loss: MeanSquaredError\nregularization: {label_smoothing: 0.1}\n")
    assert found.codes == ["R320"]
    assert found.problems[0].message == "the loss `MeanSquaredError` takes no label smoothing"


@pytest.mark.parametrize(
    ("word", "of", "expected"),
    [
        ("accuracy", DIGITS, "SparseCategoricalAccuracy"),
        ("accuracy", FLAG, "BinaryAccuracy"),
        ("auc", LABELS, "AUC"),
        ("mae", NUMBER, "MeanAbsoluteError"),
    ],
)
def test_a_word_is_the_metric_that_auto_calls_so(word, of, expected):
    found = metric(objectives(f"metrics: {word}\n", of), word)
    assert (found.name, found.target) == (expected, f"keras.metrics.{expected}")


def test_the_words_are_the_names_that_auto_gives():
    named = {word for defaults in OBJECTIVES.values() for _, word in defaults.metrics}
    assert set(lookup.names("metric_word")) == named


def test_accuracy_does_not_fit_a_number_and_its_error_no_class():
    for word, of, instead in (("accuracy", NUMBER, "write `mae`"), ("mae", DIGITS, "write `accuracy`")):
        found = objectives(f"metrics: {word}\n", of)
        assert (found.codes, found.problems[0].help) == (["R311"], instead)


def test_a_metric_has_a_name_that_hangs_on_no_counter():
    found = objectives("metrics: [MeanSquaredError, {MeanAbsoluteError: , as: mae}]\n", NUMBER)
    assert [one["name"] for one in found.program.metrics] == ["mean_squared_error", "mae"]


@pytest.mark.parametrize("metrics", ["[accuracy, accuracy]", "[AUC, {BinaryAccuracy: , as: auc}]"])
def test_two_metrics_of_one_name_are_refused(metrics):
    assert codes_of_check(f"metrics: {metrics}\n") == ["R306"]


def test_no_metric_may_be_called_loss():
    assert codes_of_check("metrics: [{AUC: , as: loss}]\n") == ["R306"]


def test_over_logits_a_threshold_is_zero():
    found = objectives("metrics: [accuracy, Precision, AUC]\n", FLAG)
    assert metric(found, "accuracy")["threshold"] == 0.0
    assert metric(found, "precision")["thresholds"] == 0.0
    assert metric(found, "auc")["from_logits"] is True
    assert "thresholds" not in metric(found, "auc")


def test_a_threshold_that_was_written_stays():
    found = objectives("metrics: [{Precision: {thresholds: 0.7}}]\n", FLAG)
    assert metric(found, "precision")["thresholds"] == 0.7


def test_over_probabilities_a_threshold_is_keras_s():
    found = objectives("metrics: [Precision]\n", FLAG, "Dense: {units: 1, activation: sigmoid}")
    assert "thresholds" not in metric(found, "precision")


@pytest.mark.parametrize("loss", ["KLDivergence", "Dice", "Poisson"])
def test_a_loss_over_probabilities_is_given_them_after_logits(loss):
    found = objectives(f"loss: {loss}\n")
    assert (found.codes, found.program.loss["activation"]) == ([], "softmax")
    assert found.program.loss["loss"].name == loss
    assert found.program.objectives[0].one_hot
    assert objectives(f"loss: {loss}\n", end=SOFTMAX).program.loss.target == f"keras.losses.{loss}"
    smoothed = objectives(f"loss: {loss}\nregularization: {{label_smoothing: 0.1}}\n", end=SOFTMAX)
    assert (smoothed.program.loss["activation"], smoothed.program.loss["label_smoothing"]) == ("linear", 0.1)


def test_a_list_of_losses_is_their_weighted_sum_each_fitted_to_the_head():
    found = objectives("loss: [{Dice: }, {CategoricalCrossentropy: , weight: 0.5}]\n")
    assert found.codes == []
    dice, entropy = found.program.loss["losses"]
    assert found.program.loss["weights"] == (1.0, 0.5)
    assert (dice["activation"], entropy["from_logits"]) == ("softmax", True)
    assert "weight" not in entropy
    assert found.program.objectives[0].weight == 1.0


def test_a_sum_over_indices_and_one_hot_classes_has_twins_of_what_reads_indices():
    found = objectives("loss: [SparseCategoricalCrossentropy, CategoricalFocalCrossentropy]\n")
    assert [one.name for one in found.program.loss["losses"]] == [
        "CategoricalCrossentropy",
        "CategoricalFocalCrossentropy",
    ]


def test_intersection_over_union_reads_numbers_of_the_network_and_classes_as_they_are():
    found = metric(objectives("metrics: [{MeanIoU: {num_classes: 10}}]\n"), "mean_io_u")
    assert (found["sparse_y_true"], found["sparse_y_pred"]) == (True, False)
    found = metric(objectives("loss: Dice\nmetrics: [{MeanIoU: {num_classes: 10}}]\n"), "mean_io_u")
    assert (found["sparse_y_true"], found["sparse_y_pred"]) == (False, False)


def test_mixing_wants_shares_of_classes():
    found = objectives("regularization: {mixup: 0.2}\n")
    assert found.program.loss.name == "CategoricalCrossentropy"
    assert metric(found, "accuracy").name == "CategoricalAccuracy"


def test_a_loss_over_rates_fits_a_number():
    assert objectives("loss: Poisson\n", NUMBER).codes == []


@pytest.mark.parametrize("name", ["F1Score: {average: macro}", "Precision:", "AUC:"])
def test_a_metric_over_probabilities_is_given_them_after_logits_of_classes(name):
    found = objectives(f"metrics: [{{{name} , as: it}}]\n")
    assert (found.codes, metric(found, "it")["activation"]) == ([], "softmax")
    assert "activation" not in metric(objectives(f"metrics: [{{{name} , as: it}}]\n", end=SOFTMAX), "it")


@pytest.mark.parametrize("of", [DIGITS, LABELS])
def test_a_score_of_several_classes_says_how_it_becomes_one_number(of):
    found = objectives("metrics: [{FBetaScore: {beta: 2.0}}]\n", of)
    assert found.codes == ["R371"]
    assert "`FBetaScore: {average: macro}`" in found.problems[0].help
    assert objectives("metrics: [F1Score]\n", FLAG).codes == []


def test_labels_are_measured_each_for_itself():
    found = objectives("metrics: [Precision, {F1Score: {average: macro}}]\n", LABELS)
    assert metric(found, "precision")["thresholds"] == 0.0
    assert metric(found, "f1_score")["activation"] == "sigmoid"
    assert metric(found, "f1_score")["metric"]["threshold"] == 0.5


@pytest.mark.parametrize(
    ("more", "instead"),
    [
        ("loss: SparseCategoricalCrossentropy\n", "BinaryCrossentropy"),
        ("metrics: [SparseTopKCategoricalAccuracy]\n", "BinaryAccuracy"),
    ],
)
def test_what_reads_one_class_by_its_index_does_not_fit_labels(more, instead):
    found = objectives(more, LABELS)
    assert (found.codes, found.problems[0].help) == (["R311"], f"write `{instead}`")
    assert found.problems[0].message.endswith("does not fit a target that is labels")


def test_smoothed_labels_lie_between_yes_and_no():
    found = objectives("loss: Dice\nregularization: {label_smoothing: 0.1}\n", LABELS)
    assert (found.program.loss["label_smoothing"], found.program.loss["exclusive"]) == (0.1, False)


def test_the_f1_score_of_a_flag_has_a_threshold():
    found = metric(objectives("metrics: [{F1Score: , as: f1}]\n", FLAG), "f1")
    assert (found["metric"]["threshold"], found["activation"]) == (0.5, "sigmoid")


def test_of_the_best_classes_logits_are_as_good_as_probabilities():
    assert objectives("metrics: [{Precision: {top_k: 1}}]\n").codes == []


def test_what_takes_probabilities_has_no_argument_that_says_otherwise():
    for name in OVER_PROBABILITIES:
        rows = [row for family in ("loss", "metric") if (row := lookup.find(family, name))]
        assert rows, name
        assert all(row.parameter("from_logits") is None for row in rows), name


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_every_objective_names_classes_of_keras(kind):
    objective = OBJECTIVES[kind]
    assert lookup.find("loss", objective.loss)
    assert all(lookup.find("metric", name) for name, _ in objective.metrics)


def test_the_kind_that_the_spec_names_is_assumed_before_the_data_is_read():
    assert kinds_of(None, {"y": Call("number", "recipe:number")}) == ("number",)
    assert kinds_of(None, "y") == tuple(OBJECTIVES)
    assert kinds_of(NUMBER.targets[0], "y") == ("number",)


@pytest.mark.parametrize("name", ["accuracy", "val_auc", "val_mae"])
def test_a_metric_that_the_kind_of_the_target_may_bring_is_not_refused_before_it_is_known(name):
    assert codes_of_check(f"monitor: {{best: {name}}}\n") == []


def test_a_metric_that_the_kind_of_the_target_does_not_bring_is_refused_once_it_is_known():
    assert objectives("monitor: {best: val_mae}\n").codes == ["R307"]
    text = edited(("bundled: digits}\n", "bundled: digits}\n  target: {digit: category}\n"))
    assert problem(text + "monitor: {best: val_mae}\n").code == "R307"
