"""The architectures for sequences: sizes as published, what each place sees, and that they train."""

import subprocess
import sys

import keras
import numpy
import pytest
import tensorflow

from recipe.compiler.compiling import compile_program
from recipe.compiler.networks import Network
from recipe.program.facts import Facts, InputFact
from tests.specs.sequences import abstract, as_array, facts, next_token, program, scattered, tokens, valued

TINY = "depth: 2, width: 8, heads: 2, dropout: 0.1"
TOKENS = facts(shape=(6,), vocabulary=11)
LANGUAGE = facts(shape=(6,), vocabulary=11, target=next_token(6, 11))
TRANSLATION = facts("source", "target", shape=(6,), vocabulary=11, target=next_token(6, 11))
SERIES = facts(shape=(28, 3))


def extending(name: str, variables: str = "", recipe: str = "") -> str:
    names = f"[{name}, {recipe}]" if recipe else name
    return f"extends: {names}\n" + (f"vars: {{{variables}}}\n" if variables else "")


def parameters(network: Network, *, below_head: bool = False) -> int:
    return sum(row.parameters for row in network.table if not (below_head and row.name == "head"))


# -- sizes ---------------------------------------------------------------------------------------

# `num_parameters()` of BertModel and GPT2LMHeadModel in Hugging Face's transformers, as published there.
BERT = [
    ("", 109_482_240),
    ("depth: 24, width: 1024, heads: 16", 335_141_888),
]
GPT_2 = [
    ("", 124_439_808),
    pytest.param("depth: 24, width: 1024, heads: 16", 354_823_168, marks=pytest.mark.slow),
    pytest.param("depth: 36, width: 1280, heads: 20", 774_030_080, marks=pytest.mark.slow),
    pytest.param("depth: 48, width: 1600, heads: 25", 1_557_611_200, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("variables", "published"), BERT)
def test_bert_with_its_pooler_has_the_published_number_of_parameters(variables, published):
    network = abstract(extending("bert", variables), facts(shape=(128,), vocabulary=30_522))
    assert parameters(network, below_head=True) == published


@pytest.mark.parametrize(("variables", "published"), GPT_2)
def test_gpt_2_has_the_published_number_of_parameters(variables, published):
    of = facts(shape=(64,), vocabulary=50_257, target=next_token(64, 50_257))
    assert parameters(abstract(extending("gpt", variables), of)) == published


GPT_3 = """
import resource

from tests.specs.sequences import abstract, facts, next_token

of = facts(shape=(2048,), vocabulary=50_257, target=next_token(2048, 50_257))
sizes = "depth: 96, width: 12288, heads: 96, context: 2048, dropout: 0"
network = abstract(f"extends: gpt\\nvars: {{{sizes}}}\\n", of)
print(network.model.count_params(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.slow
def test_gpt_3_is_built_under_two_gibibytes_and_a_minute():
    """Brown et al., arXiv 2005.14165, table 2.1 and table D.1: 174,600 M parameters."""
    run = subprocess.run(
        [sys.executable, "-c", GPT_3], capture_output=True, text=True, timeout=60, check=True
    )
    num_parameters, peak_bytes = map(int, run.stdout.split())
    assert round(num_parameters, -8) == 174_600_000_000
    assert peak_bytes < 2 * 2**30


def test_the_transformer_has_as_many_parameters_as_pytorchs():
    """`torch.nn.Transformer()` has 44,140,544, of which 2,048 in two norms that the paper has not."""
    of = facts("source", "target", shape=(64,), vocabulary=37_000, target=next_token(64, 37_000))
    network = abstract(extending("encoder-decoder"), of)
    stacks = sum(row.parameters for row in network.table if row.name.startswith(("encoder.", "decoder.")))
    assert stacks == 44_140_544 - 2_048
    assert abs(parameters(network) / 65e6 - 1) < 0.03  # arXiv 1706.03762, table 3


def test_the_temporal_convolution_has_the_size_of_the_papers():
    """Bai et al., arXiv 1803.01271, table 1: 70 K for sequential MNIST."""
    digits = facts(shape=(784, 1), target=next_token(0, 10))
    assert round(parameters(abstract(extending("temporal-convolution"), digits)), -4) == 70_000


@pytest.mark.parametrize(("name", "of_a_layer"), [("lstm", 4 * (8 * 11 + 8)), ("gru", 3 * (8 * 11 + 2 * 8))])
def test_a_recurrent_layer_has_the_parameters_of_its_gates(name, of_a_layer):
    """Four gates: arXiv 1503.04069, section II, without peepholes; three with two biases: cuDNN's GRU."""
    network = abstract(extending(name, "units: 8, depth: 1"), SERIES)
    assert [row.parameters for row in network.table if row.parameters] == [of_a_layer, 2 * 8 + 2]


# -- what a place sees ---------------------------------------------------------------------------


def other_at(ids: numpy.ndarray, place: int) -> numpy.ndarray:
    """Token ids of which those at one place are others."""
    changed = ids.copy()
    changed[:, place] = (ids[:, place] + 1) % 11
    return changed


def differing(one: object, other: object) -> set[int]:
    """The places at which two outputs differ."""
    return set(numpy.flatnonzero(numpy.abs(as_array(one) - as_array(other)).max(axis=(0, 2)) > 1e-5))


def test_no_place_of_gpt_sees_what_comes_later():
    model = scattered(valued(extending("gpt", TINY), LANGUAGE))
    ids = tokens(6, 11)
    for place in range(6):
        assert differing(model(ids), model(other_at(ids, place))) == set(range(place, 6))


def test_a_decoder_sees_all_of_the_source_and_of_the_target_what_came_before():
    model = scattered(valued(extending("encoder-decoder", TINY + ", hidden: 16"), TRANSLATION))
    source, target = tokens(6, 11), tokens(6, 11, seed=1)
    said = model({"source": source, "target": target})
    other_source = model({"source": other_at(source, 5), "target": target})
    other_target = model({"source": source, "target": other_at(target, 3)})
    assert differing(said, other_source) == set(range(6))
    assert differing(said, other_target) == {3, 4, 5}


def test_the_one_vector_of_bert_sees_every_token():
    model = scattered(valued(extending("bert", TINY), TOKENS))
    ids = tokens(6, 11)
    for place in range(6):
        difference = as_array(model(ids)) - as_array(model(other_at(ids, place)))
        assert numpy.abs(difference).max() > 1e-4


def test_the_temporal_convolution_sees_exactly_as_far_as_it_says():
    model = scattered(valued(extending("temporal-convolution", "depth: 2, kernel_size: 3"), SERIES))
    reach = 1 + 2 * (3 - 1) * (2**2 - 1)
    series = tensorflow.Variable(numpy.random.default_rng(0).normal(size=(64, 28, 3)).astype("float32"))
    with tensorflow.GradientTape() as tape:
        output = model(series)
    seen = numpy.abs(tape.gradient(output, series)).max(axis=(0, 2)) > 0
    assert list(numpy.flatnonzero(seen)) == list(range(28 - reach, 28))


# -- weights -------------------------------------------------------------------------------------


def test_the_logits_of_gpt_come_from_the_matrix_of_its_embedding():
    model = scattered(valued(extending("gpt", TINY), LANGUAGE))
    (matrix,) = model.get_layer("tokens").get_weights()
    normed = keras.Model(model.input, model.get_layer("layer_normalization").output)(tokens(6, 11))
    logits = as_array(model(tokens(6, 11)))
    assert [weight.path for weight in model.weights if 11 in weight.shape] == ["tokens/embeddings"]
    numpy.testing.assert_allclose(logits, as_array(normed) @ matrix.T, atol=1e-4)


def test_encoder_decoder_and_logits_share_one_matrix():
    model = valued(extending("encoder-decoder", TINY + ", hidden: 16"), TRANSLATION)
    assert [weight.path for weight in model.weights if 11 in weight.shape] == ["tokens/embeddings"]


@pytest.mark.parametrize(("name", "of", "spread"), [("gpt", LANGUAGE, 0.02), ("bert", TOKENS, 0.0176)])
def test_kernels_and_embeddings_begin_as_published(name, of, spread):
    """Radford et al. 2018, section 4.1: normal 0.02; released BERT: truncated normal 0.02, spread 0.0176."""
    model = valued(extending(name, "depth: 1, width: 128, heads: 2"), of)
    matrices = [weight for weight in model.weights if weight.path.endswith(("kernel", "embeddings"))]
    large = [weight for weight in matrices if numpy.prod(weight.shape) > 10_000]
    assert len(matrices) >= 8
    assert len(large) >= 7
    for weight in large:
        assert numpy.std(as_array(weight)) == pytest.approx(spread, rel=0.04), weight.path


# -- training ------------------------------------------------------------------------------------

TEMPLATES = [
    ("gpt", TINY, "gpt-pretraining", LANGUAGE),
    ("bert", TINY, "bert-pretraining", TOKENS),
    ("encoder-decoder", TINY + ", hidden: 16", "bert-pretraining", TRANSLATION),
    ("lstm", "units: 4", "adamw-cosine", SERIES),
    ("gru", "units: 4, embedding: 5", "adamw-cosine", TOKENS),
    ("temporal-convolution", "depth: 2", "adamw-cosine", SERIES),
    ("temporal-convolution", "depth: 2, embedding: 5", "adamw-cosine", TOKENS),
]
IDS = [f"{name}-{'tokens' if of is not SERIES else 'series'}" for name, _, _, of in TEMPLATES]
each_template = pytest.mark.parametrize(("name", "variables", "recipe", "of"), TEMPLATES, ids=IDS)


def batch(of: Facts) -> numpy.ndarray | dict[str, numpy.ndarray]:
    """Four examples: an array, or several by name."""
    arrays = {name: _array(fact) for name, fact in of.inputs.items()}
    return arrays if len(arrays) > 1 else arrays["input"]


def _array(fact: InputFact) -> numpy.ndarray:
    if fact.dtype == "int32":
        return tokens(*fact.shape, 11)
    return numpy.random.default_rng(0).normal(size=(4, *fact.shape)).astype("float32")


@each_template
def test_each_template_takes_two_steps_of_a_training_recipe_that_reach_every_weight(
    name, variables, recipe, of
):
    built, _ = program(extending(name, variables, recipe), of)
    model = compile_program(built, tensorflow.distribute.get_strategy()).model
    model.run_eagerly = True  # twice is not worth a graph
    target = tokens(6, 11) if of.targets[0].shape else numpy.array([0, 1, 0, 1])
    history = model.fit(batch(of), target, epochs=2, verbose=0).history
    with tensorflow.GradientTape() as tape:
        loss = model.compute_loss(y=target, y_pred=model(batch(of)))
    assert numpy.isfinite(history["loss"]).all()
    gradients = tape.gradient(loss, [weight.value for weight in model.trainable_variables])
    assert all(gradient is not None for gradient in gradients)


@each_template
def test_no_template_is_warned_of(name, variables, recipe, of):
    _, problems = program(extending(name, variables, recipe), of)
    assert [problem.message for problem in problems] == []


@each_template
def test_each_template_is_made_of_stock_keras_and_loads_as_it_was(name, variables, recipe, of, tmp_path):
    model = valued(extending(name, variables), of)
    model.save(tmp_path / "model.keras")
    assert {type(layer).__module__.split(".")[0] for layer in model.operations} == {"keras"}
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    numpy.testing.assert_array_equal(as_array(loaded(batch(of))), as_array(model(batch(of))))
