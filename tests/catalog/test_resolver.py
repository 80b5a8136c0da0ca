import re

import pytest

from recipe.catalog.calls import Call, Step
from recipe.diagnostics.problems import Texts
from recipe.diagnostics.rendering import render_text
from recipe.language.durations import Duration, Unit
from tests.checking import LAYER, SPEC, check, edited, marked, problem, told, with_layer, with_section

COMPILED = "write `optimizer`, `loss` and `metrics` at the top of the spec"
NEVER_VERBOSE = "leave it out: `-q` and `-v` say how much is told"
IMPLIED = "leave it out: the data say the shape, and `architecture.inputs` can fix one"
MAX_POOLING = "write `MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`"
TOLD = [
    # misspelt names and keys, at every level
    (edited(("training:", "trainng:")), "R201", "trainng", "did you mean `training`?"),
    (edited(("epochs", "epoch")), "R201", "epoch", "did you mean `epochs`?"),
    (edited(("split:", "splits:")), "R201", "splits", "did you mean `split`?"),
    (edited(("validation", "val")), "R201", "val", "did you mean `validation`?"),
    (edited(("bundled", "bundle")), "R202", "bundle", "did you mean `bundled`?"),
    (edited(("digits", "digit")), "R205", "digit", "did you mean `digits`?"),
    (edited(("Dense", "Dens")), "R202", "Dens", "did you mean `Dense`?"),
    (edited(("Flatten", "flatten")), "R202", "flatten", "did you mean `Flatten`?"),
    (edited(("AdamW", "adamw")), "R202", "adamw", "did you mean `AdamW`?"),
    (edited(("units", "unit")), "R203", "unit", "did you mean `units`?"),
    (edited(("learning_rate", "lr")), "R203", "lr", "did you mean `learning_rate`?"),
    (with_layer("- Linear: 3"), "R202", "Linear", "did you mean `Dense`?"),
    (
        with_layer("- Convolution2D: {filters: 3, kernel_size: 3}"),
        "R202",
        "Convolution2D",
        "did you mean `Conv2D`?",
    ),
    (with_layer("- my-block"), "R174", "my-block", "did you mean `my_block`?"),
    (with_layer("- Dense(3)"), "R174", "Dense(3)", "write `Dense: 3`"),
    (with_section("metrics: [acc]"), "R202", "acc", "did you mean `accuracy`?"),
    (with_section("loss: mse"), "R202", "mse", "did you mean `MeanSquaredError`?"),
    (with_section("schedule: warmup_cosin"), "R202", "warmup_cosin", "did you mean `warmup_cosine`?"),
    (with_section("monitor: {best: val_acc}"), "R307", "val_acc", "did you mean `val_accuracy`?"),
    # lists of another length
    *(
        (edited(("bundled: digits", f"images: {{path: photos, size: {size}}}")), "R205", size, way_out)
        for size, way_out in (
            ("64", "did you mean `[64, 64]`?"),
            ("[64]", "did you mean `[64, 64]`?"),
            ("[9, 9, 3]", ""),
            ("[]", ""),
        )
    ),
    # names of Keras as strings, where classes are wanted
    (edited(("relu", "ReLU")), "R205", "ReLU", "did you mean `relu`?"),
    (
        edited(("relu}", "relu, kernel_initializer: he_normal}")),
        "R202",
        "he_normal",
        "did you mean `HeNormal`?",
    ),
    (edited(("relu}", "relu, kernel_regularizer: l2}")), "R202", "l2", "did you mean `L2`?"),
    (edited(("  AdamW: {learning_rate: 3e-3}", "  adam")), "R202", "adam", "did you mean `Adam`?"),
    # things in the wrong place
    (
        edited(("relu}", "relu, kernel_initializer: Adam}")),
        "R202",
        "Adam",
        "`Adam` is an optimizer, not an initializer",
    ),
    (with_section("Dropout: 0.3"), "R214", "Dropout", "put it into `architecture`"),
    (with_section("dropout: 0.3"), "R201", "dropout", "`dropout` belongs in `regularization`"),
    (with_section("epochs: 3"), "R201", "epochs", "`epochs` belongs in `training`"),
    (
        with_section("learning_rate: 0.1"),
        "R201",
        "learning_rate",
        "`learning_rate` belongs inside the optimizer, `Name: {learning_rate: ...}`",
    ),
    (
        edited(("3e-3}", "3e-3, weight_decay: 0.1}")),
        "R210",
        "weight_decay",
        "write `regularization.weight_decay`",
    ),
    (with_layer("- Dense: {units: 3, name: x}"), "R210", "name", "write `as: name` beside the layer"),
    (
        with_layer("- Dense: {units: 3, from: input}"),
        "R203",
        "from",
        "`from` stands beside the layer, not inside it",
    ),
    (
        edited(("  AdamW: {learning_rate: 3e-3}", "  learning_rate: 1")),
        "R218",
        "learning_rate",
        "write `Name: {learning_rate: ...}`",
    ),
    (with_layer("- Bidirectional: {LSTM: 3, merge_mode: sum}"), "R203", "LSTM", "write `layer: {LSTM: ...}`"),
    (edited(("  AdamW: {learning_rate: 3e-3}", "  [AdamW]")), "R205", "[AdamW]", "did you mean `AdamW`?"),
    (
        with_section("regularization: {augmentation: RandomFlip}"),
        "R205",
        "RandomFlip",
        "did you mean `[RandomFlip]`?",
    ),
    (
        with_section("regularization: {augmentation: [{Dense: 3}]}"),
        "R202",
        "Dense",
        "`Dense` is a layer, not an augmentation",
    ),
    (
        edited(("3e-3", "{CosineDecay: {initial_learning_rate: 1, decay_steps: 9}}")),
        "R210",
        "{CosineDecay: {initial_learning_rate: 1, decay_steps: 9}}",
        "write `schedule: {CosineDecay: ...}`",
    ),
    (with_layer("- keras.layers.Dense: 3"), "R202", "keras.layers.Dense", "did you mean `Dense`?"),
    # wrong types and values out of range
    (edited(("64", "many")), "R205", "many", ""),
    (with_layer("- Input: {shape: [8, 8, 1]}"), "R202", "Input", IMPLIED),
    (with_section("compile: {optimizer: Adam}"), "R201", "compile", COMPILED),
    (edited(("epochs: 3", "epochs: 3, verbose: 1")), "R201", "verbose", NEVER_VERBOSE),
    (
        edited(("  split: {", "  features: [age, fare]\n  split: {")),
        "R205",
        "[age, fare]",
        "did you mean `{age: ..., fare: ...}`?",
    ),
    (with_layer("- MaxPooling2D:\n    pool_size: (2, 2)"), "R205", "(2, 2)", "did you mean `[2, 2]`?"),
    (with_section("metrics: [f1]"), "R202", "f1", "did you mean `F1Score`?"),
    (with_layer("- InputLayer"), "R202", "InputLayer", IMPLIED),
    (with_layer("- Dense: {units: 3, input_shape: [64]}"), "R203", "input_shape", IMPLIED),
    (with_layer("- Conv: {filters: 3}"), "R202", "Conv", "write `Conv1D`, `Conv2D` or `Conv3D`"),
    (with_layer("- max_pooling"), "R202", "max_pooling", MAX_POOLING),
    (edited(("64", "64.0")), "R205", "64.0", "did you mean `64`?"),
    (edited(("64", "-3")), "R205", "-3", ""),
    (edited(("64", "[64]")), "R205", "[64]", ""),
    (edited(("64", "{a: 1}")), "R205", "{a: 1}", ""),
    (edited(("64", "true")), "R205", "true", ""),
    (edited(("64", '"64"')), "R207", '"64"', "remove the quotes: `64`"),
    (edited(("3e-3", '"1e-3"')), "R207", '"1e-3"', "remove the quotes: `1e-3`"),
    (
        with_section('regularization: {weight_decay: "1e-4"}'),
        "R207",
        '"1e-4"',
        "remove the quotes: `1e-4`",
    ),
    (edited(("3e-3", "0")), "R205", "0", ""),
    (edited(("3e-3", ".inf")), "R205", ".inf", ""),
    (edited(("32}", "0}")), "R205", "0", ""),
    (edited(("32}", "1e3}")), "R205", "1e3", "did you mean `1000`?"),
    (edited(("name: small", "name: 5")), "R205", "5", ""),
    (edited(("recipe: 1", "recipe: 2")), "R205", "2", ""),
    (edited(("validation: 10%", "validation: 110%")), "R205", "110%", ""),
    (with_layer("- Dropout: 50"), "R205", "50", "did you mean `50%`?"),
    (with_layer("- Conv2D: {filters: 3, kernel_size: [3, 0]}"), "R205", "0", ""),
    (with_layer("- Dense: {units: 3, dtype: flaot32}"), "R205", "flaot32", "did you mean `float32`?"),
    (with_layer("- 5"), "R205", "5", ""),
    (with_section("runtime: {deterministic: yes}"), "R205", "yes", "did you mean `true`?"),
    (with_section("monitor: {best: {maximum: val_accuracy}}"), "R201", "maximum", ""),
    (
        edited(
            (
                "{bundled: digits}",
                "{images: {path: a, masks: b, colors: {sky: [0, 0, 9], sea: [0, 0, 9], sun: [9, 9, 0]}}}",
            )
        ),
        "R223",
        "[0, 0, 9]",
        "",
    ),
    # durations
    (
        with_section("schedule: {warmup_cosine: {warmup: 5}}"),
        "R206",
        "5",
        "did you mean `5 epochs` or `5 steps`?",
    ),
    (with_section("schedule: {warmup_cosine: 0.05}"), "R206", "0.05", "did you mean `5%`?"),
    (with_section("schedule: {warmup_cosine: 5 parsecs}"), "R205", "5 parsecs", ""),
    (with_section("regularization: {early_stopping: 5}"), "R206", "5", "did you mean `5 epochs`?"),
    (with_section("regularization: {early_stopping: 5 parsecs}"), "R205", "5 parsecs", ""),
    # nothing written
    (edited(("units: 64", "units: ")), "R211", "units", ""),
    (with_section("regularization:"), "R211", "regularization", ""),
    (with_layer("- Dense: 3\n  as:"), "R211", "as", ""),
    (with_layer("-"), "R205", "", ""),
    (edited(("  split", "  target: {digit: }\n  split")), "R211", "digit", ""),
    (with_section("init: {match: {'*': }}"), "R211", "'*'", ""),
    # what is missing
    (with_layer("- Dense"), "R204", "Dense", ""),
    (edited(("  source: {bundled: digits}\n", "")), "R317", "data", ""),
    (edited(("epochs: 3, ", "")), "R302", "training", ""),
    # words of the language that are not there yet
    (with_section("imports: [my-layers]"), "R205", "my-layers", ""),
    (with_section("imports: [own_layers]"), "R251", "own_layers", ""),
    (with_section("schedule: []"), "R205", "[]", ""),
    (with_section("loss: []"), "R205", "[]", ""),
    (
        with_section("schedule: [warmup_cosine]"),
        "R202",
        "warmup_cosine",
        "`warmup_cosine` is a schedule, not a phase",
    ),
    (with_section("runtime: {engine: {fit: , xla: }}"), "R171", "xla", ""),
    (with_section("runtime: {strategy: fsdp}"), "R209", "fsdp", ""),
    (with_section("sweep: {}"), "R209", "sweep", ""),
    # what a spec must not do
    (with_layer("- Lambda: x"), "R215", "Lambda", ""),
    (edited(("batch_size: 32", "callbacks: [{ModelCheckpoint: a.keras}]")), "R219", "a.keras", ""),
    # what stands beside a layer
    (with_layer("- Dense: 3\n  as: A"), "R205", "A", ""),
    (with_layer("- Dense: 3\n  as: 5"), "R205", "5", ""),
    (with_layer("- Dense: 3\n  as: input"), "R306", "input", ""),
    (with_layer("- Dense: 3\n  as: x\n- Dense: 3\n  as: x"), "R306", "x", ""),
    (with_layer("- Dense: 3\n  from: nowhere"), "R305", "nowhere", ""),
    (with_layer("- Dense: 3\n  as: stem\n- Dense: 3\n  from: stm"), "R305", "stm", "did you mean `stem`?"),
    (with_layer("- Dense: 3\n  from: 5"), "R205", "5", ""),
    (with_layer("- Dense: 3\n  from: []"), "R205", "[]", ""),
    (with_layer("- Dense: 3\n  from: {inputs: {a: input}}"), "R205", "{a: input}", ""),
    (with_layer("- Dense: 3\n  from: {query: input}"), "R203", "query", ""),
    (with_layer("- Dense: 3\n  call: 5"), "R205", "5", ""),
    (with_layer("- Dense: 3\n  call: {trainin: true}"), "R203", "trainin", "did you mean `training`?"),
    (with_layer("- Dense: 3\n  when: 5"), "R205", "5", ""),
    (with_layer("- Dense: 3\n  when: '${data.classes > 2}'"), "R212", "'${data.classes > 2}'", ""),
    (with_layer("- Dense: 3\n  units: 4"), "R171", "units", ""),
    (with_layer("- Dense: 3\n  Flatten:"), "R170", "Flatten", ""),
]


@pytest.mark.parametrize(
    ("text", "code", "blamed", "label"), TOLD, ids=[f"{row[1]} {row[2]}" for row in TOLD]
)
def test_a_slip_is_told_once_at_its_place_with_the_way_out(text, code, blamed, label):
    found = problem(text)
    assert (found.code, found.label) == (code, label)
    assert marked(found, text) == blamed


INTERNAL = re.compile(
    r"\b(None|True|False|NoneType)\b|\b(Type|Value|Key|Attribute|Index)Error\b"
    r"|[A-Za-z]+\(\w+=|object at 0x|<class|keras_|_word|recipe:"
)


def test_no_message_speaks_python_or_of_our_classes():
    texts = [text for text, *_ in TOLD]
    rendered = [render_text(check(text).problems, Texts(), colour=False, width=500) for text in texts]
    assert len(rendered) > 80
    assert [found[0] for found in map(INTERNAL.search, rendered) if found] == []


ADMITTED = [
    "- Dense: $width\nvars: {width: 3}",
    "- Dense: '${width * 2}'\nvars: {width: 3}",
    "- Dense: '${width + data.classes}'\nvars: {width: 3}",
    "- Dense: {units: 3, activation: $activation}\nvars: {activation: tanh}",
    "- $layer\nvars: {layer: Flatten}",
    "- Conv2D: {filters: 3, kernel_size: ['${a}', $a]}\nvars: {a: 3}",
    "- Dense: {units: 3, kernel_initializer: {Constant: '${1 / data.classes}'}}",
    "- Bidirectional: {LSTM: 32}",
    "- TimeDistributed: {Dense: 3}",
    "- TimeDistributed: {layer: {Dense: 3}}",
    "- GlobalAveragePooling2D:",
    "- Dense: {units: 3, activation: null}",
    "- MultiHeadAttention: {num_heads: 2, key_dim: 3}\n  from: {query: input, value: input}",
    "- MultiHeadAttention: {num_heads: 2, key_dim: 3}\n  call: {use_causal_mask: true}",
    "- Dense: 3\n  when: '${deep and true}'\nvars: {deep: false}",
]


@pytest.mark.parametrize("written", ADMITTED)
def test_what_the_language_admits_is_admitted(written):
    layer, _, variables = written.partition("\nvars:")
    text = with_layer(layer) + (f"vars:{variables}\n" if variables else "")
    assert told(text) == ()


@pytest.mark.parametrize("spelling", ["1e-3", "1.0e-3", "0.001", ".001"])
def test_a_learning_rate_may_be_spelled_four_ways(spelling):
    spec = check(edited(("3e-3", spelling))).spec
    assert spec["optimizer"]["learning_rate"] == 0.001


def test_a_lone_value_is_given_to_the_first_argument():
    assert (
        check(edited(("AdamW: {learning_rate: 3e-3}", "AdamW: 0.5"))).spec["optimizer"]["learning_rate"]
        == 0.5
    )


def test_a_lone_object_may_stand_for_a_list_of_metrics():
    lone, listed = (check(with_section(f"metrics: {text}")).spec for text in ("accuracy", "[accuracy]"))
    assert [metric.name for metric in lone["metrics"]] == ["accuracy"]
    assert len(listed["metrics"]) == 1


def test_a_wrapper_takes_the_one_object_as_its_first_argument():
    steps = check(with_layer("- Bidirectional: {LSTM: 32}")).spec["architecture"]["layers"]
    inner = steps[1].call["layer"]
    assert (inner.name, inner["units"]) == ("LSTM", 32)


def test_of_our_own_words_every_argument_is_there_and_of_keras_s_only_the_written():
    spec = check(SPEC).spec
    assert spec["training"]["callbacks"] == ()
    assert set(spec["optimizer"].arguments) == {"learning_rate"}


def test_a_section_that_nobody_wrote_has_the_defaults_of_its_keys():
    monitor = check(SPEC).spec["monitor"]
    assert isinstance(monitor, Call)
    assert (monitor["best"], monitor.arguments["best"].origin.reason) == ("auto", "default")


def test_durations_and_fractions_are_settled_values():
    spec = check(with_section("schedule: {warmup_cosine: {warmup: 2 epochs}}")).spec
    assert spec["schedule"]["warmup"] == Duration(2, Unit.EPOCHS)
    assert spec["data"]["split"]["validation"] == pytest.approx(0.1)


def test_a_path_is_relative_to_the_file_that_wrote_it(tmp_path):
    base = tmp_path / "data" / "base.yaml"
    base.parent.mkdir()
    base.write_text(edited(("{bundled: digits}", "{csv: {path: a.csv}}")), encoding="utf-8")
    found = check("extends: data/base.yaml\n", source=str(tmp_path / "top.yaml"))
    assert found.spec["data"]["source"]["path"] == str(tmp_path / "data" / "a.csv")
    outside = check("extends: data/base.yaml\n", ["data.source.path=b.csv"], str(tmp_path / "top.yaml"))
    assert outside.spec["data"]["source"]["path"] == "b.csv"


def test_what_stands_beside_a_layer_is_in_its_step():
    text = with_layer("- Dense: 3\n  as: stem\n- Dense: 4\n  from: stem\n  when: false")
    steps = check(text).spec["architecture"]["layers"]
    assert all(isinstance(step, Step) for step in steps)
    assert [name.name for name in steps[1].outputs] == ["stem"]
    assert [name.name for name in steps[2].inputs] == ["stem"]
    assert (steps[1].active, steps[2].active) == (True, False)


def test_a_value_of_an_expression_says_which():
    spec = check(with_layer("- Dense: $width") + "vars: {width: 3}\n").spec
    units = spec["architecture"]["layers"][1].call.arguments["units"]
    assert (units.value, units.origin.reason) == (3, "$width")


# -- off ------------------------------------------------------------------------------------------


def test_off_removes_a_section_that_was_inherited():
    text = with_section("schedule: {warmup_cosine: 5%}")
    assert check(text).spec["schedule"].name == "warmup_cosine"
    assert check(text, ["schedule=off"]).spec["schedule"] is None


def test_off_removes_a_key_so_that_another_may_take_its_place():
    spec = check(SPEC, ["training.epochs=off", "training.steps=50"]).spec
    assert "epochs" not in spec["training"]
    assert spec["training"]["steps"] == Duration(50, Unit.STEPS)


def test_off_removes_an_argument_of_keras():
    spec = check(SPEC, ["optimizer.learning_rate=off"]).spec
    assert "learning_rate" not in spec["optimizer"]


def test_off_gives_a_key_its_default_back():
    assert check(SPEC, ["training.batch_size=off"]).spec["training"]["batch_size"] == 32


def test_off_where_it_has_a_meaning_of_its_own_is_remembered_as_written():
    spec = check(with_section("regularization: {weight_decay: off}")).spec
    assert spec["regularization"].arguments["weight_decay"].origin.reason == "off"
    assert "dropout" not in spec["regularization"]


def test_off_is_no_way_to_leave_out_what_is_required():
    assert problem(SPEC, ["optimizer=off"]).code == "R202"
    assert problem(with_layer("- Dense: {units: off}")).code == "R205"


def test_off_at_a_flag_is_the_false_of_yaml_1_1_and_refused():
    found = problem(with_layer("- Dense: {units: 3, use_bias: off}"))
    assert (found.code, found.label) == ("R205", "did you mean `false`?")


def test_a_name_that_is_off_is_a_name():
    assert check(edited(("name: small", "name: off"))).spec["name"] == "off"


# -- all at once, one per cause -------------------------------------------------------------------


def test_ten_independent_slips_are_ten_messages_in_line_order():
    text = edited(
        ("name: small", "name: 5"),
        ("validation", "val"),
        ("relu}", "rellu}\n    from: nowhere"),
        ("- head", "- haed"),
        ("learning_rate: 3e-3", 'learning_rate: "3e-3"'),
        ("epochs: 3, batch_size: 32}", "epochs: 0, batchsize: 32}"),
    ) + ("schedule: {warmup_cosine: 5}\nmonitor: {bets: val_loss}\nruntime: {seed: -1}\n")
    found = told(text)
    assert [(one.span.line, one.code) for one in found] == [
        (2, "R205"),
        (5, "R201"),
        (8, "R205"),
        (10, "R202"),
        (12, "R207"),
        (13, "R205"),
        (13, "R201"),
        (14, "R206"),
        (15, "R201"),
        (16, "R205"),
    ], "`from: nowhere` is not told: the layer that could not be read may have had that name"


def test_conflicts_are_told_beside_slips_in_other_sections():
    text = edited(("relu}", "relu}\n    from: nowhere"), ("AdamW", "Adamw"), ("epochs: 3, ", ""))
    assert [one.code for one in told(text)] == ["R305", "R202", "R302"]


def test_a_layer_that_cannot_be_read_is_the_only_one_told_about_its_name():
    text = with_layer("- Dens: 3\n  as: stem\n- Dense: 3\n  from: stem")
    assert problem(text).code == "R202"


def test_a_dropout_that_cannot_be_read_leaves_no_rate_without_a_layer():
    text = with_layer("- Dropuot") + "regularization: {dropout: 0.2}\n"
    assert problem(text).code == "R202"


def test_a_misspelt_section_is_not_missing_too():
    assert problem(edited(("training:", "trainng:"))).code == "R201"
    assert problem(with_layer("- Dense: {unit: 3}")).code == "R203"


def test_all_that_is_missing_at_one_place_is_one_message():
    found = problem("recipe: 1\nname: empty\n")
    assert found.message == "a spec needs `data`, `architecture`, `optimizer` and `training`"
    assert problem(with_layer("- Conv2D: {}")).message.endswith("needs `filters` and `kernel_size`")


def test_two_problems_on_one_line_are_told_from_left_to_right():
    found = told(with_layer("- Dense: {units: x, activation: y, kernel: z}"))
    assert [one.span.column for one in found] == sorted(one.span.column for one in found)
    assert len(found) == 3


def test_a_file_that_is_missing_below_is_not_told_as_missing_sections():
    assert problem("extends: no-such-template\n").code == "R216"


# -- variables ------------------------------------------------------------------------------------


def test_a_variable_that_nothing_uses_is_refused_with_the_one_that_was_meant():
    text = with_layer("- Dense: $width") + "vars: {width: 3}\n"
    found = problem(text, ["vars.widht=5"])
    assert (found.code, found.label, found.span.source) == ("R220", "did you mean `width`?", "--set 1")


def test_a_variable_or_block_whose_use_an_override_replaces_is_used():
    text = with_layer("- wide\n- Dense: {units: $width, activation: relu}\n  as: middle")
    text = edited(("3e-3", "$rate"), spec=text)
    text += "vars: {width: 3, rate: 1e-3}\nblocks: {wide: {layers: [{Dense: 9}, ReLU]}}\n"
    assert told(text, ["optimizer.learning_rate=0.01"]) == ()
    assert told(text, ["architecture.edit.middle={Dense: {units: 7, activation: relu}}"]) == ()
    assert told(text, ["architecture=[Flatten, head]"]) == ()
    assert problem(text, ["architecture=[Flatten, head]", "vars.widht=3"]).code == "R220"


def test_a_name_of_a_variable_ends_where_its_word_does():
    text = with_layer('- Dense: "$größe"') + "vars: {größe: 3}\n"
    assert problem(text).code == "R165"
    assert problem(with_layer('- Dense: "$gré"')).message == "there is no variable `gré`"


def test_a_layer_that_is_reused_takes_no_arguments():
    text = edited((LAYER, "  - Dense: 64\n    as: wide\n  - reuse: {wide: {units: 3}}\n"))
    found = problem(text)
    assert (found.code, found.label.endswith("write `reuse: wide`")) == ("R203", True)


def test_callbacks_that_must_be_given_a_file_are_not_offered():
    found = problem(edited(("batch_size: 32", "callbacks: [Nonesuch]")))
    assert "TerminateOnNaN" in found.help
    assert "ModelCheckpoint" not in found.help


def test_a_misspelt_use_is_told_and_not_the_variable_that_it_leaves_unused():
    text = with_layer("- Dense: $widht") + "vars: {width: 3}\n"
    found = problem(text)
    assert (found.code, found.label) == ("R158", "did you mean `width`?")


def test_a_template_may_offer_variables_that_a_spec_does_not_use(tmp_path):
    (tmp_path / "base.yaml").write_text(SPEC + "vars: {width: 3}\n", encoding="utf-8")
    assert check("extends: base.yaml\n", source=str(tmp_path / "top.yaml")).problems == ()


@pytest.mark.parametrize("value", ["required", "{a: 1}", "", "'${1 / 0}'", "'${nothing}'"])
def test_a_variable_without_a_value_is_told_once_and_not_where_it_is_used(value):
    text = with_layer("- Dense: $width\n- Dense: $width") + f"vars: {{width: {value}}}\n"
    assert problem(text).span.line == len(text.splitlines())


@pytest.mark.parametrize("section", ["vars: 5", "vars: [1]", "vars:"])
def test_a_section_of_variables_that_cannot_be_read_is_told_once(section):
    assert problem(with_layer("- Dense: $width") + f"{section}\n").span.line == 13
