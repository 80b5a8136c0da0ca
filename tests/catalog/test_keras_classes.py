import importlib.util
import subprocess
import sys

import pytest

from recipe.catalog.keras_classes import KerasClass, KerasParameter, load

CARRY_CODE = {
    "layer": ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
    "callback": ("LambdaCallback", "LearningRateScheduler"),
    "metric": ("MeanMetricWrapper",),
    "op": ("map", "scan", "while_loop", "cond", "vectorize"),
}

ABSTRACT = {
    "layer": ("Layer", "Wrapper", "InputSpec"),
    "loss": ("Loss",),
    "metric": ("Metric",),
    "optimizer": ("Optimizer", "OptimizerMap"),
    "schedule": ("LearningRateSchedule",),
    "initializer": ("Initializer",),
    "regularizer": ("Regularizer",),
    "constraint": ("Constraint",),
    "callback": ("Callback", "CallbackList"),
}


def find(family: str, name: str) -> KerasClass:
    found = load().find(family, name)
    assert found is not None
    return found


def parameter(family: str, owner: str, name: str) -> KerasParameter:
    found = find(family, owner).parameter(name)
    assert found is not None
    return found


def test_reading_loads_no_framework():
    script = (
        "import sys; from recipe.catalog.keras_classes import load; load().find('layer', 'Conv2D').slots;"
        "frameworks = ('keras', 'tensorflow', 'numpy', 'pandas', 'jax');"
        "print([name for name in frameworks if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("family", CARRY_CODE)
def test_no_class_that_carries_code_can_be_named(family):
    assert [name for name in CARRY_CODE[family] if load().find(family, name)] == []


@pytest.mark.parametrize("family", ABSTRACT)
def test_no_base_class_can_be_named(family):
    assert [name for name in ABSTRACT[family] if load().find(family, name)] == []


def test_a_convolution_says_what_its_arguments_hold():
    conv = find("layer", "Conv2D")
    assert conv.target == "keras.layers.Conv2D"
    assert [item.name for item in conv.parameters][:4] == ["filters", "kernel_size", "strides", "padding"]
    assert [item.name for item in conv.parameters if item.required] == ["filters", "kernel_size"]
    assert parameter("layer", "Conv2D", "filters").holds == "integer"
    assert parameter("layer", "Conv2D", "strides").default == (1, 1)
    assert parameter("layer", "Conv2D", "strides").holds == "integers"
    assert parameter("layer", "Conv2D", "padding").choices == ("valid", "same")
    assert parameter("layer", "Conv1D", "padding").choices == ("valid", "same", "causal")
    assert parameter("layer", "Conv2D", "activation").holds == "activation"
    assert parameter("layer", "Conv2D", "data_format").nullable
    assert conv.slots == ("kernel", "bias")
    assert conv.inputs == ("inputs",)
    assert conv.call_parameters == ()


def test_base_class_arguments_are_merged_in():
    names = [item.name for item in find("layer", "Dense").parameters]
    assert names[0] == "units"
    assert names[-4:] == ["trainable", "dtype", "autocast", "name"]
    assert "activity_regularizer" in names
    assert parameter("layer", "Dense", "trainable").default is True
    assert parameter("layer", "LSTM", "zero_output_for_mask").holds == "flag"
    assert find("layer", "SpatialDropout2D").parameter("trainable") is None  # it takes no **kwargs
    assert find("layer", "AutoContrast").parameter("factor") is None  # taken and then never read


def test_a_recurrent_layer_has_three_slots_and_calls_with_sequences():
    lstm = find("layer", "LSTM")
    assert lstm.slots == ("kernel", "recurrent", "bias")
    assert lstm.inputs == ("sequences",)
    assert [item.name for item in lstm.call_parameters] == ["initial_state", "mask", "training"]
    assert parameter("layer", "LSTM", "recurrent_dropout").holds == "number"
    assert parameter("layer", "LSTM", "activation").nullable
    assert lstm.has_seed


def test_attention_takes_query_and_value():
    attention = find("layer", "MultiHeadAttention")
    assert attention.inputs == ("query", "value")
    assert not attention.takes_list
    causal = attention.call_parameter("use_causal_mask")
    assert causal == KerasParameter("use_causal_mask", "flag", default=False)
    assert attention.call_parameter("key").holds == "tensor"
    assert not attention.call_parameter("key").required
    assert attention.call_parameter("value").required


def test_layers_that_take_a_list_say_so():
    catalog = load()
    listed = [name for name in catalog.names("layer") if catalog.find("layer", name).takes_list]
    merges = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"]
    assert listed == sorted([*merges, "AdditiveAttention", "Attention", "HashedCrossing"])


def test_layers_that_switch_compilation_off_say_so():
    assert not find("layer", "RandomRotation").supports_jit
    assert not find("layer", "TextVectorization").supports_jit
    assert find("layer", "RandomFlip").supports_jit
    assert find("layer", "LSTM").supports_jit


def test_normalization_dropout_and_embedding():
    assert parameter("layer", "BatchNormalization", "momentum").default == 0.99
    assert parameter("layer", "BatchNormalization", "axis").holds == "integer"
    assert parameter("layer", "LayerNormalization", "axis").holds == "integers"
    assert find("layer", "BatchNormalization").slots == ("beta", "gamma", "moving_mean", "moving_variance")
    assert parameter("layer", "Dropout", "rate") == KerasParameter(
        "rate", "number", required=True, help="Float between 0 and 1. Fraction of the input units to drop"
    )
    assert parameter("layer", "Dropout", "noise_shape").holds == "shape"
    assert find("layer", "Embedding").slots == ("embeddings",)
    assert [item.name for item in find("layer", "Embedding").parameters if item.required] == [
        "input_dim",
        "output_dim",
    ]
    assert parameter("layer", "ReLU", "max_value") == KerasParameter(
        "max_value", "number", nullable=True, help="Float >= 0. Maximum activation value"
    )


def test_wrappers_hold_layers():
    assert parameter("layer", "Bidirectional", "layer").holds == "layer"
    assert parameter("layer", "Bidirectional", "backward_layer").holds == "layer"
    assert parameter("layer", "Bidirectional", "merge_mode").choices == ("sum", "mul", "concat", "ave")
    assert parameter("layer", "Bidirectional", "merge_mode").nullable
    assert parameter("layer", "StackedRNNCells", "cells").holds == "layers"


def test_arguments_that_read_files_are_marked():
    assert parameter("layer", "TextVectorization", "vocabulary").path
    assert parameter("layer", "StringLookup", "vocabulary").holds == "list"
    assert parameter("callback", "ModelCheckpoint", "filepath").holds == "path"
    assert parameter("callback", "BackupAndRestore", "backup_dir").path
    assert parameter("application", "ResNet50", "weights").path


def test_optimizers_and_schedules():
    adam = find("optimizer", "Adam")
    assert parameter("optimizer", "Adam", "learning_rate").holds == "schedule_or_number"
    assert parameter("optimizer", "AdamW", "weight_decay").default == 0.004
    assert parameter("optimizer", "SGD", "momentum").holds == "number"
    assert parameter("optimizer", "SGD", "nesterov").holds == "flag"
    assert {"clipnorm", "use_ema", "loss_scale_factor", "gradient_accumulation_steps"} <= {
        item.name for item in adam.parameters
    }
    assert [item.name for item in find("schedule", "CosineDecay").parameters if item.required] == [
        "initial_learning_rate",
        "decay_steps",
    ]
    assert parameter("schedule", "CosineDecay", "warmup_steps").holds == "integer"
    assert parameter("schedule", "PiecewiseConstantDecay", "values").holds == "numbers"


def test_losses_metrics_and_initializers():
    loss = find("loss", "SparseCategoricalCrossentropy")
    assert loss.direction == "min"
    assert parameter("loss", "SparseCategoricalCrossentropy", "ignore_class").holds == "integer"
    assert parameter("loss", "SparseCategoricalCrossentropy", "reduction").nullable
    assert find("metric", "SparseCategoricalAccuracy").direction == "max"
    assert find("metric", "MeanSquaredError").direction == "min"
    assert find("metric", "Mean").direction is None
    assert find("initializer", "HeNormal").has_seed
    assert parameter("initializer", "VarianceScaling", "mode").choices == ("fan_in", "fan_out", "fan_avg")


def test_operations_work_on_their_first_argument():
    take = find("op", "take")
    assert take.inputs == ("x",)
    assert [item.name for item in take.parameters] == ["indices", "axis"]
    assert take.parameters[0].required
    assert find("op", "concatenate").takes_list
    assert find("op", "add").inputs == ("x1", "x2")


def test_names_are_found_across_families():
    catalog = load()
    assert catalog.families_of("Adam") == ("optimizer",)
    assert catalog.families_of("Poisson") == ("loss", "metric")
    assert catalog.families_of("Adamm") == ()
    assert catalog.names("no_such_family") == ()
    assert catalog.find("no_such_family", "Adam") is None


def test_other_names_lead_to_the_one_that_is_used():
    catalog = load()
    assert catalog.aliases["Convolution2D"] == "Conv2D"
    assert catalog.aliases["AvgPool2D"] == "AveragePooling2D"
    assert catalog.aliases["mse"] == "MeanSquaredError"
    assert catalog.aliases["sparse_categorical_crossentropy"] == "SparseCategoricalCrossentropy"
    assert catalog.aliases["he_normal"] == "HeNormal"
    assert catalog.find("layer", "Convolution2D") is None
    assert all(catalog.families_of(name) for name in catalog.aliases.values())


def test_every_target_is_there_and_is_what_its_family_says():
    import keras

    catalog = load()
    bases = {"layer": keras.layers.Layer, "loss": keras.losses.Loss, "optimizer": keras.optimizers.Optimizer}
    counted = 0
    for family in catalog.families:
        for name in catalog.names(family):
            target: object = keras
            for part in catalog.find(family, name).target.split(".")[1:]:
                target = getattr(target, part)
            assert callable(target)
            assert family not in bases or issubclass(target, bases[family])
            counted += 1
    assert counted > 500


# Values of the right kind; of the wrong kind for almost every constructor that checks.
SAMPLES = {"integer": 2, "integers": 2, "number": 0.5, "numbers": 0.5, "shape": (2,), "text": "ab,bc->ac"}

NEED_MORE = {
    "CategoryEncoding": "wants num_tokens",
    "Discretization": "wants bins or boundaries",
    "RandomPosterization": "takes factors from 1 to 8",
    "STFTSpectrogram": "asks for scipy",
}


def test_every_layer_can_be_built_from_its_required_arguments():
    import keras

    catalog = load()
    samples = SAMPLES | {"activation": "relu", "layers": [keras.layers.LSTMCell(2)]}
    refused = []
    for name in catalog.names("layer"):
        found = catalog.find("layer", name)
        cell = {"Bidirectional": keras.layers.LSTM, "RNN": keras.layers.LSTMCell}.get(
            name, keras.layers.Dense
        )
        arguments = {
            item.name: cell(2)
            if item.holds == "layer"
            else samples[item.holds]
            if name != "Permute"
            else (1,)
            for item in found.parameters
            if item.required
        }
        try:
            getattr(keras.layers, name)(**arguments)
        except (TypeError, ValueError, ImportError):
            refused.append(name)
    at_hand = {"STFTSpectrogram"} if importlib.util.find_spec("scipy") else set()
    assert refused == sorted(NEED_MORE.keys() - at_hand)


def test_every_choice_of_a_layer_is_admitted_by_keras():
    import keras

    catalog = load()
    checked = 0
    for name in ("Conv1D", "Bidirectional", "RandomFlip", "RandomZoom", "UpSampling2D", "TextVectorization"):
        found = catalog.find("layer", name)
        required = {"filters": 2, "kernel_size": 2, "layer": keras.layers.LSTM(2), "height_factor": 0.5}
        required = {item.name: required[item.name] for item in found.parameters if item.required}
        for item in found.parameters:
            for choice in item.choices:
                getattr(keras.layers, name)(**required, **{item.name: choice})
                checked += 1
    assert checked > 25
