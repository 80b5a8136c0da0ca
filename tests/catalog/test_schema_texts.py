import keyword
import re
from collections.abc import Iterator
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.constraints import Reserved
from tests.catalog.schema_parts import part, parts, whole


def documented() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key, argument and name that may be written, with its schema."""
    definitions = whole()["definitions"]
    for name, definition in {"spec": whole(), **definitions}.items():
        for key, schema in definition.get("properties", {}).items():
            reference = schema.get("$ref", "").removeprefix("#/definitions/")
            yield f"{name}.{key}", definitions.get(reference, schema)


def test_every_key_and_argument_says_what_it_is():
    found = dict(documented())
    assert len(found) > 1_000
    silent = [name for name, schema in found.items() if not schema.get("description")]
    assert [name for name in silent if not name.startswith("from")] == []


def test_every_default_is_a_value_that_may_be_written():
    wrong = [
        (name, schema["default"])
        for name, schema in documented()
        if "default" in schema and not part(schema, whole()["definitions"]).is_valid(schema["default"])
    ]
    assert wrong == []


def test_words_that_are_not_built_are_flagged_with_the_reason_and_never_suggested():
    spec = whole()["properties"]
    assert spec["sweep"]["doNotSuggest"]
    assert spec["sweep"]["errorMessage"] == "`sweep` is reserved for a later version of the language."
    reserved = {
        parameter.name
        for row in lookup.SECTION_PATHS.values()
        for parameter in row.parameters
        if isinstance(parameter.holds, Reserved)
    }
    flagged = {name.rpartition(".")[2] for name, schema in documented() if schema.get("doNotSuggest")}
    assert reserved <= flagged


def test_words_of_other_places_are_no_choice():
    definitions = whole()["definitions"]
    schedules = definitions["phase_or_schedule_or_plateau_schedule_or_keras_schedule.named"]["properties"]
    assert "warmup_cosine" in schedules
    assert "phases" not in schedules
    assert "fsdp" not in str(definitions["section.runtime"])


def test_arguments_that_have_a_word_of_ours_are_absent():
    assert "weight_decay" not in arguments("optimizer.AdamW")
    assert "name" not in arguments("layer.Dense")
    assert "label_smoothing" not in arguments("loss.CategoricalCrossentropy")


def test_files_are_written_and_read_by_no_class_of_keras_but_the_admitted():
    assert "filename" in arguments("callback.CSVLogger")
    assert "callback.ModelCheckpoint" not in whole()["definitions"]


def arguments(definition: str) -> set[str]:
    return set(whole()["definitions"][f"{definition}.arguments"]["properties"])


def test_the_paper_of_a_schedule_is_a_link():
    shown = whole()["definitions"]["schedule.warmup_cosine"]["markdownDescription"]
    assert "[arXiv 1608.03983](https://arxiv.org/abs/1608.03983)" in shown


def test_patterns_mean_the_same_to_every_editor():
    patterns = {part["pattern"] for part in parts(whole()) if isinstance(part.get("pattern"), str)}
    assert len(patterns) > 10
    escapes = {escape for pattern in patterns for escape in re.findall(r"\\(.)", pattern)}
    assert escapes <= {"s", "S", "w", "$", ".", "u", "/"}
    assert not [pattern for pattern in patterns if re.search(r"\(\?[^:!=]", pattern)]


def test_no_variable_may_be_called_like_a_word_of_expressions():
    names = part(whole()["properties"]["vars"], whole()["definitions"])
    assert not any(
        names.is_valid({word: 1}) for word in (*keyword.kwlist, "true", "null", "data", "2a", "a-b", "")
    )
    assert names.is_valid({"width": 1, "_sizes2": [1, [2]], "rate": "${1 / 2}"})
