"""Embeddings with fewer rows than there are ids are told before anything is trained."""

import pytest

from recipe.compiler import weights
from recipe.compiler.networks import build_network
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.shapes import IdsBeyondTable
from tests.checking import marked
from tests.program.programs import built
from tests.specs.sequences import SKELETON, TRAINING, facts

TOKENS = facts(shape=(6,), vocabulary=11)
SERIES = facts(shape=(6, 4))


def text_of(*layers: str) -> str:
    lines = "".join(f"  {line}\n" for line in layers)
    return f"{SKELETON}architecture:\n{lines}  - Flatten\n  - head\n{TRAINING}"


def refused(text: str, of) -> list:
    """The problems of building a network; none when it can be built."""
    program = built(text, of).program
    try:
        weights.without_values(lambda: build_network(program, of.inputs))
    except RecipeError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("table", ["Embedding", "ReversibleEmbedding"])
def test_a_table_needs_a_row_for_every_token(table):
    assert refused(text_of(f"- {table}: {{input_dim: 11, output_dim: 4}}"), TOKENS) == []
    text = text_of(f"- {table}: {{input_dim: 10, output_dim: 4}}")
    (problem,) = refused(text, TOKENS)
    assert isinstance(problem, IdsBeyondTable)
    assert (problem.rows, problem.largest) == (10, 10)
    assert marked(problem, text) == "10"


def test_positions_need_a_row_for_every_place():
    assert refused(text_of("- positions: {length: 6, width: 4}"), SERIES) == []
    text = text_of("- positions: {length: 5, width: 4}")
    (problem,) = refused(text, SERIES)
    assert problem.message == "the table of `positions.table` has 5 rows, and the ids go up to 5"


def test_places_are_counted_behind_layers_that_change_their_number():
    layers = ("- class_token: 4", "- positions: {length: 6, width: 4}")
    (problem,) = refused(text_of(*layers), SERIES)
    assert problem.largest == 6


def test_ids_are_followed_through_what_only_moves_them():
    layers = (
        "- op: {flip: {axis: 1}}",
        "- op: {add: {x2: 5}}",
        "- Embedding: {input_dim: 15, output_dim: 4}",
    )
    (problem,) = refused(text_of(*layers), TOKENS)
    assert problem.largest == 15


def test_what_is_not_known_is_not_told():
    layers = ("- op: {floor_divide: {x2: 3}}", "- Embedding: {input_dim: 2, output_dim: 4}")
    assert refused(text_of(*layers), TOKENS) == []
    assert refused(text_of("- Embedding: {input_dim: 2, output_dim: 4}"), SERIES) == []


def test_logits_from_the_table_read_no_row_of_it():
    layers = (
        "- ReversibleEmbedding: {input_dim: 11, output_dim: 4}",
        "  as: tokens",
        "- reuse: tokens",
        "  call: {reverse: true}",
    )
    assert refused(text_of(*layers), TOKENS) == []
