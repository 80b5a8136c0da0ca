import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

import recipe
from recipe.catalog import lookup, sections
from recipe.catalog.constraints import Constraint, ObjectOf
from recipe.catalog.places import Place
from recipe.catalog.resolver import Resolver
from recipe.catalog.rows import Parameter, Required, Row
from recipe.catalog.schema_objects import CAMEL_CASE
from recipe.catalog.schema_structures import SchemaWriter
from recipe.catalog.values import Evaluator
from recipe.diagnostics.problems import errors
from recipe.diagnostics.spans import Span
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import is_camel_case
from tests.catalog.schema_corpus import SPECS, VALUES, Case, cases, read_back, specs, title, written
from tests.catalog.schema_parts import part, parts, whole

DIFFERENCES = Path(__file__).parent / "schema_differences.txt"
SPAN = Span("<test>", 1, 1, 1, 2)
FAMILIES = (
    *((family,) for family in lookup.KERAS_FAMILIES),
    (lookup.AUGMENTATION,),
    ("source",),
    ("kind",),
    ("phase", "schedule", "plateau_schedule", "keras_schedule"),
    ("layer_word", "application", "layer"),
    ("metric_word", "metric"),
)


def is_refused(case: Case) -> bool:
    """Whether the checker finds errors in the text, its words or its values."""
    found = recipe.check(SPECS / "spec.yaml", text=written(case.data))
    return any(problem.code.startswith(("R1", "R2")) for problem in errors(found.problems))


def differences() -> dict[str, str]:
    """The cases in which the two differ, each with the reason."""
    found, reason = {}, ""
    for line in DIFFERENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            found[line.strip()] = reason
        elif line and not line.startswith("#"):
            reason = line
    return found


# -- the schema as a whole -----------------------------------------------------------------------------


def test_the_schema_is_a_valid_schema_of_draft_07():
    assert whole()["$schema"] == Draft7Validator.META_SCHEMA["$id"]
    Draft7Validator.check_schema(whole())


def test_the_schema_stays_below_two_megabytes_as_it_is_printed():
    assert len(json.dumps(whole(), indent=1)) < 2_000_000


def test_every_reference_leads_to_a_definition_and_every_definition_is_used():
    used = {part["$ref"].removeprefix("#/definitions/") for part in parts(whole()) if "$ref" in part}
    assert used == set(whole()["definitions"])


def test_every_shipped_spec_is_valid():
    found, validate = specs(), Draft7Validator(whole())
    assert len(found) >= 8
    assert [(title(spec), error.message) for spec in found for error in validate.iter_errors(spec)] == []


def test_schema_and_checker_agree_on_every_changed_spec_but_the_listed_ones():
    corpus, validate = cases(), Draft7Validator(whole())
    assert len(corpus) > 500
    differing = {case.name for case in corpus if is_refused(case) == validate.is_valid(read_back(case.data))}
    assert differing - set(differences()) == set(), "differences that are not listed"
    assert set(differences()) - differing == set(), "no longer differ: take them off the list"


def test_every_listed_difference_has_a_reason():
    assert differences()
    assert all(differences().values())


# -- agreement of the parts ----------------------------------------------------------------------------


def node(value: Any) -> Node:
    if isinstance(value, dict):
        return MappingNode(tuple(Pair(key, SPAN, node(item)) for key, item in value.items()), SPAN)
    if isinstance(value, list):
        return ListNode(tuple(node(item) for item in value), SPAN)
    return ScalarNode(value, SPAN, json.dumps(value))


def parameters() -> Iterator[tuple[Parameter, Row]]:
    """Every argument and key, one for each thing that it may be."""
    seen = set()
    families = [family for families in FAMILIES for family in families]
    rows = [lookup.find(family, name) for family in families for name in lookup.names(family)]
    for row in (*lookup.SECTION_PATHS.values(), *rows):
        for parameter in row.parameters:
            kind = (parameter.holds, isinstance(parameter.default, Required))
            if kind not in seen:
                seen.add(kind)
                yield parameter, row


def is_told(value: Any, holds: Constraint) -> bool:
    """Whether the checker has something to say of a value."""
    resolver = Resolver(Evaluator())
    resolver.resolve(node(value), holds, Place("here", SPAN))
    return bool(resolver.problems)


def is_argument_told(value: Any, parameter: Parameter) -> bool:
    """Whether the checker has something to say of the value of an argument."""
    resolver = Resolver(Evaluator())
    resolver.argument(Pair(parameter.name, SPAN, node(value)), parameter, Place("here", SPAN))
    return bool(resolver.problems)


def test_schema_and_checker_agree_on_the_values_of_every_argument():
    writer, differing, found = SchemaWriter(), [], tuple(parameters())
    for parameter, row in found:
        validate = part(writer.parameter(parameter, row), writer.definitions)
        values = (*VALUES.values(), *TEXTS)
        differing += [
            (parameter.name, value)
            for value in values
            if validate.is_valid(value) == is_argument_told(value, parameter)
        ]
    assert len(found) > 80
    assert differing == []


TEXTS = (
    *("5%", "100%", "101%", " 7.5 % ", "0%", "0 epochs", "0.0 steps", "1 epoch", "3 steps", "2K steps"),
    *("4 hours", "1.5 epochs", "5epochs", "5 Epochs", "-1 epochs", "1e2 steps", "x0.1", "a://b", ""),
    *("digits", "relu", "float32", "val_loss", "a name", "9a"),
)


@pytest.mark.parametrize("families", FAMILIES)
def test_schema_and_checker_agree_on_every_object(families):
    writer, holds = SchemaWriter(), ObjectOf(families)
    validate = part(writer.value(holds), writer.definitions)
    assert lookup.names(families[0])
    values = list(objects(families[0]))
    assert [value for value in values if validate.is_valid(value) == is_told(value, holds)] == []


def objects(family: str) -> Iterator[Any]:
    """Objects of every name of a family, right and wrong ones."""
    # To an editor any word may be a block of the spec.
    unknown = ("Nonesuch",) if family == "layer_word" else ("Nonesuch", "nonesuch")
    for name in (*lookup.names(family), *unknown):
        yield name
        for argument in ARGUMENTS:
            yield {name: argument}
        row = lookup.find(family, name)
        for parameter in row.parameters if row and row.family == family else ():
            yield {name: {parameter.name: 2}}
            if isinstance(parameter.default, Required):
                yield {name: {other.name: 2 for other in row.parameters if other is not parameter}}
    first, second, *_ = (*lookup.names(family), "Nonesuch")
    yield from ({first: {}, second: {}}, {}, {first: {}, "weight": 1}, [first], None, 1)


ARGUMENTS = (
    *(3, 0.5, "relu", "off", {}, {"unexpected": 1}, {"Dense": 3}, {"Nonesuch": 3}, [2, 2]),
    *({"value": {"Dense": 3}}, {"value": {"nested": {"Nonesuch": 1}}}, {"nested": {"Nonesuch": 1}}),
)


BESIDE = (
    {"as": "a"},
    {"as": ["a", "b"]},
    {"as": []},
    {"as": "Not a name"},
    {"as": None},
    {"from": "a"},
    {"from": ["a", "b"]},
    {"from": {"inputs": "a"}},
    {"from": {"query": "a", "value": "b"}},
    {"from": {"query": ["a"]}},
    {"from": {}},
    {"from": 1},
    {"call": {}},
    {"call": {"training": True}},
    {"call": {"training": 3}},
    {"call": {"use_causal_mask": True}},
    {"call": ["training"]},
    {"when": True},
    {"when": "yes"},
    {"when": "off"},
    {"weight": 1},
    {"Dropout": 0.5},
    {"as": "a", "from": "b", "when": False, "call": {}},
)


LAYERS = (
    *({"Flatten": {}}, {"Dense": 3}, {"LSTM": 3}, {"Add": {}}, {"head": {}}, {}),
    {"MultiHeadAttention": {"num_heads": 1, "key_dim": 1}},
)


def test_schema_and_checker_agree_on_what_stands_beside_a_layer():
    architecture = sections.SPEC.parameter("architecture")
    writer = SchemaWriter()
    validate = part(writer.parameter(architecture, sections.SPEC), writer.definitions)
    values = [[layer | beside] for layer in LAYERS for beside in BESIDE]
    values += [{"layers": value} for value in (["Flatten"], [], "Flatten", "off", {"layers": ["Flatten"]})]
    values += [
        {},
        {"inputs": {}},
        {"Flatten": {}},
        {"layers": ["Flatten"], "edit": {}},
        [["Flatten"]],
        [None],
    ]
    told = [value for value in values if is_argument_told(value, architecture)]
    assert 0 < len(told) < len(values)
    assert [value for value in values if not validate.is_valid(value)] == told


@pytest.mark.parametrize("name", ["Dense", "L2", "my_layers.Swish", "dense", "a.b", "A-B", "2D", "", "_A"])
def test_camel_case_is_the_same_in_the_schema_and_in_the_language(name):
    assert bool(re.search(CAMEL_CASE, name)) == is_camel_case(name)
