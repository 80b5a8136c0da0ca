import pytest

from recipe.program.hashing import program_hash
from tests.checking import SPEC, edited
from tests.program.programs import DIGITS, built


def hashed(text: str) -> str:
    return program_hash(built(text, DIGITS).program)


def test_the_hash_is_64_hexadecimal_digits():
    assert len(hashed(SPEC)) == 64
    assert int(hashed(SPEC), 16) >= 0


EQUAL = [
    edited(("name: small", "name: other")),
    edited(("{epochs: 3, batch_size: 32}", "\n  batch_size: 32   # the same\n  epochs: 3 epochs")),
    edited(("3e-3", "0.003")),
    edited(("{learning_rate: 3e-3}", "3e-3")),
    edited(("64", "$width")) + "vars: {width: 64}\n",
    SPEC + "metrics: [accuracy]\n",
    SPEC + "runtime: {engine: graph, strategy: single, deterministic: false}\n",
    SPEC + "monitor: {best: auto}\n",
    edited(("batch_size: 32}", "batch_size: 32, callbacks: [TerminateOnNaN]}")),
]


@pytest.mark.parametrize("text", EQUAL)
def test_what_trains_the_same_has_the_same_hash(text):
    assert hashed(text) == hashed(SPEC)


DIFFERENT = [
    edited(("3e-3", "2e-3")),
    edited(("relu", "tanh")),
    edited(("64", "65")),
    edited(("epochs: 3", "epochs: 4")),
    edited(("batch_size: 32", "batch_size: 16")),
    edited(("test: 20%", "test: 10%")),
    edited(("- head", "- head:\n    as: end")),
    edited(("relu}", "relu}\n    from: input")),
    edited(("relu}", "relu}\n    when: false")),
    edited(("relu}", "relu}\n    call: {training: true}")),
    SPEC + "schedule: warmup_cosine\n",
    SPEC + "schedule: {warmup_cosine: 10%}\n",
    SPEC + "init: HeNormal\n",
    SPEC + "loss: CategoricalCrossentropy\n",
    SPEC + "regularization: {weight_decay: off}\n",
    SPEC + "runtime: {seed: 1}\n",
    SPEC + "runtime: {precision: mixed_bfloat16}\n",
]


def test_what_trains_something_else_has_another_hash():
    hashes = [hashed(text) for text in (SPEC, *DIFFERENT)]
    assert len(set(hashes)) == len(hashes)


def test_inputs_by_call_argument_count_with_their_names():
    attention = (
        "  - Reshape: [8, 8]\n    as: rows\n  - Dense: 8\n    as: keys\n"
        "  - MultiHeadAttention: {num_heads: 1, key_dim: 2}\n    from: {query: rows, value: keys}\n"
    )
    text = edited(("  - Flatten\n", attention + "  - Flatten\n"))
    swapped = text.replace("query: rows, value: keys", "query: keys, value: rows")
    assert hashed(text) != hashed(swapped)


def test_a_path_is_no_identity_since_the_content_has_a_fingerprint():
    csv = edited(("{bundled: digits}", "{csv: {path: a.csv}}"))
    assert hashed(csv) == hashed(csv.replace("a.csv", "elsewhere/b.csv"))
    assert hashed(csv) != hashed(csv.replace("a.csv}", "a.csv, separator: ';'}"))
    assert hashed(csv) != hashed(
        csv.replace("csv: {path: a.csv}", "npz: {path: a.csv, features: x, target: y}")
    )


BLOCK = edited(("  - Dense: {units: 64, activation: relu}\n", "  - wide: 64\n"))
LAYERS = "[{Dense: {units: $units, activation: $act}}]"
DEFINED = f"blocks:\n  wide: {{vars: {{units: required, act: relu}}, layers: {LAYERS}}}\n"


def test_an_argument_of_a_block_counts_by_what_it_makes_of_the_layers():
    spelled_out = BLOCK.replace("wide: 64", "wide: {units: 64, act: relu}")
    changed = BLOCK.replace("wide: 64", "wide: {units: 64, act: tanh}")
    assert hashed(spelled_out + DEFINED) == hashed(BLOCK + DEFINED)
    assert hashed(changed + DEFINED) != hashed(BLOCK + DEFINED)


def test_a_block_written_out_has_other_weights_and_another_hash():
    assert hashed(BLOCK + DEFINED) != hashed(SPEC)
