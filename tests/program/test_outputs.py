import pytest

from recipe.program.facts import Facts, InputFact, Target
from recipe.program.outputs import prefix_of
from recipe.program.programs import Side
from tests.checking import problem, told
from tests.program.programs import built

SPEC = """\
recipe: 1
name: several
data:
  source: {csv: {path: animals.csv}}
  target: {kind: category, tame: flag, weight: number}
architecture:
  - Dense: 8
    as: all
  - head: weight
  - head: kind
    from: all
  - head: tame
    from: all
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 2}
"""
FACTS = Facts(
    {"train": 100, "validation": 20},
    {"input": InputFact((4,), "float32")},
    (),
    (
        Target("kind", "category", ("cat", "dog", "owl"), (50, 30, 20)),
        Target("tame", "flag", ("no", "yes"), (50, 50), (1,)),
        Target("weight", "number", shape=(1,)),
    ),
    "0" * 64,
)


def objectives(more="", of=FACTS):
    return {one.target: one for one in built(SPEC + more, of).program.objectives}


@pytest.mark.parametrize("of", [FACTS, None])
def test_each_target_has_a_loss_of_its_kind_in_the_order_of_the_targets(of):
    found = objectives(of=of)
    assert {name: one.loss.name for name, one in found.items()} == {
        "kind": "SparseCategoricalCrossentropy",
        "tame": "BinaryCrossentropy",
        "weight": "MeanSquaredError",
    }
    assert list(found) == ["kind", "tame", "weight"]


@pytest.mark.parametrize("of", [FACTS, None])
def test_metrics_are_named_after_their_target(of):
    names = [str(metric["name"]) for metric in built(SPEC, of).program.metrics]
    assert names == ["kind_accuracy", "tame_accuracy", "tame_auc", "weight_mae"]


def test_heads_have_the_size_of_their_targets():
    layers = built(SPEC, FACTS).layers
    assert [layers[name]["units"] for name in ("head", "head_1", "head_2")] == [1, 3, 1]


def test_a_loss_and_its_weight_are_written_by_target():
    found = objectives("loss: {weight: {Huber: {delta: 2}, weight: 0.25}, kind: auto}\n")
    assert (found["weight"].loss.name, found["weight"].weight) == ("Huber", 0.25)
    assert list(found["weight"].loss.arguments) == ["delta"]
    assert (found["kind"].loss.name, found["kind"].weight) == ("SparseCategoricalCrossentropy", 1.0)


def test_metrics_are_written_by_target():
    found = objectives("metrics: {weight: [MeanSquaredError, {RootMeanSquaredError: , as: off_by}]}\n")
    assert [metric["name"] for metric in found["weight"].metrics] == [
        "weight_mean_squared_error",
        "weight_off_by",
    ]
    assert [metric["name"] for metric in found["kind"].metrics] == ["kind_accuracy"]


def test_a_metric_is_monitored_by_the_name_of_its_target():
    program = built(f"{SPEC}monitor: {{best: val_kind_accuracy}}\n", FACTS).program
    assert (program.monitor.metric, program.monitor.direction) == ("val_kind_accuracy", "max")
    assert problem(f"{SPEC}monitor: {{best: kind_acuracy}}\n").code == "R307"


def test_labels_are_smoothed_where_there_are_labels():
    found = objectives("regularization: {label_smoothing: 0.1}\n")
    assert found["kind"].loss["label_smoothing"] == found["tame"].loss["label_smoothing"] == 0.1
    assert [name for name, one in found.items() if one.one_hot] == ["kind"]
    steps = [step for step in built(SPEC + "regularization: {label_smoothing: 0.1}\n", FACTS).program.batch]
    assert [(step.name, step.of, step.side) for step in steps] == [("kind.one_hot", "kind", Side.TARGET)]


@pytest.mark.parametrize("section", ["loss: MeanSquaredError\n", "metrics: [MeanAbsoluteError]\n"])
def test_one_loss_for_several_targets_is_refused(section):
    found = problem(SPEC + section)
    assert (found.code, found.targets) == ("R325", ("kind", "tame", "weight"))


@pytest.mark.parametrize("section", ["loss: {wieght: Huber}\n", "metrics: {wieght: [MeanAbsoluteError]}\n"])
def test_a_target_that_is_misspelled_beside_a_loss_is_told_before_the_data_is_read(section):
    found = problem(SPEC + section)
    assert (found.code, found.label) == ("R321", "did you mean `weight`?")


def test_a_target_without_a_head_is_told_before_the_data_is_read():
    (found,) = told(SPEC.replace("  - head: kind\n    from: all\n", ""))
    assert (found.code, found.heads) == ("R312", 2)


def test_the_weight_of_a_lone_loss_stays_with_it():
    spec = SPEC.replace("{kind: category, tame: flag, weight: number}", "kind")
    spec = spec.replace("  - head: weight\n", "").replace("  - head: tame\n    from: all\n", "")
    facts = Facts(FACTS.examples, FACTS.inputs, (), FACTS.targets[:1], FACTS.fingerprint)
    (objective,) = built(
        f"{spec}loss: {{SparseCategoricalCrossentropy: , weight: 3}}\n", facts
    ).program.objectives
    assert (objective.target, objective.weight, [metric["name"] for metric in objective.metrics]) == (
        "kind",
        3.0,
        ["accuracy"],
    )


def test_outputs_are_named_by_target_or_listed_in_their_order():
    layers = """\
architecture:
  layers:
    - Dense: {units: 3, dtype: float32}
      as: one
    - Dense: {units: 1, activation: sigmoid}
      as: two
    - Dense: 1
      as: three
"""
    start, end = SPEC.index("architecture:"), SPEC.index("optimizer:")
    for outputs in ("[one, two, three]", "{weight: three, kind: one, tame: two}"):
        text = f"{SPEC[:start]}{layers}  outputs: {outputs}\n{SPEC[end:]}"
        found = built(text, FACTS)
        assert {name: wire.layer for name, wire in found.graph.outputs.items()} == {
            "kind": "one",
            "tame": "two",
            "weight": "three",
        }
        assert list(found.graph.outputs) == ["kind", "tame", "weight"]
        logits = [one.loss.get("from_logits") for one in found.program.objectives]
        assert logits == [True, False, None]


@pytest.mark.parametrize(
    ("target", "prefix"), [("kind", "kind_"), ("size (mm)", "size_mm__"), ("a.b", "a_b_")]
)
def test_the_name_of_a_metric_can_be_monitored_whatever_the_target_is_called(target, prefix):
    assert prefix_of(target) == prefix
