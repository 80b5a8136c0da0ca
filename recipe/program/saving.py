"""A Program as JSON and back: what resume, evaluate and predict read."""

import json
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Factor, Origin, Reference, Step, Unknown
from recipe.catalog.imported import module_of
from recipe.diagnostics.runs import NotARunFolder, OtherFormat, RunFolderError, UnreadableRunFile
from recipe.diagnostics.spans import Span
from recipe.language.durations import Duration
from recipe.program.facts import Column, Facts, InputFact, Scaling, Target, WeightFact
from recipe.program.graphs import Graph, Layer, Residual, Wire
from recipe.program.manifests import OtherFormatError, check_format, is_whole, summed
from recipe.program.plans import DataPlan, Split
from recipe.program.programs import (
    BatchStep,
    Checkpointing,
    Decay,
    EarlyStopping,
    Goal,
    Group,
    Monitor,
    Objective,
    Overfitting,
    Plateau,
    Program,
    Runtime,
    Tracking,
    Training,
    Update,
)

FORMAT = 1
PROGRAM = "program.json"
RUN_FILES = ("status.json", PROGRAM, "checkpoints")  # where one of them is, a run was begun
LONG = 1_000  # characters: such a text, as a vocabulary, is written once
WEIGHTS = "weights.safetensors"  # of a finished run, by path, beside its `program.json`
CALL_TYPES = (Argument, Call, Duration, Factor, Origin, Reference, Span, Step, Unknown)
DATA_TYPES = (Column, DataPlan, Facts, InputFact, Scaling, Split, Target, WeightFact)
NETWORK_TYPES = (BatchStep, Graph, Layer, Residual, Wire)
SETTLED_TYPES = (
    Checkpointing,
    Decay,
    EarlyStopping,
    Goal,
    Group,
    Monitor,
    Overfitting,
    Plateau,
    Runtime,
    Tracking,
    Training,
    Update,
)
PROGRAM_TYPES = (Objective, Program, *SETTLED_TYPES)

# Every type that a Program is made of; others are refused when a file names them.
TYPES: Mapping[str, type] = {
    kind.__name__: kind for kind in chain(CALL_TYPES, DATA_TYPES, NETWORK_TYPES, PROGRAM_TYPES)
}


def to_json(program: Program) -> Mapping[str, Any]:
    """The content of `program.json`."""
    texts: dict[str, int] = {}
    return summed({"format": FORMAT, "program": _encode(program, texts), "texts": list(texts)})


def from_json(content: Any) -> Program:
    """The Program of a `program.json`.

    Raises:
        OtherFormatError: when the content is of another format.
        ValueError: when it is not a Program; KeyError or TypeError when a part of it is missing.
    """
    check_format(content, FORMAT)
    targets: set[str] = set()
    program = _decode(content["program"], content.get("texts", ()), targets)
    if not isinstance(program, Program):
        raise ValueError("a Program is expected")
    for target in targets:
        _refuse_target(target, program.imports)
    return program


def read_program(path: Path) -> Program:
    """The Program of a run folder.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when `program.json` is damaged, R604 when
            another version of recipe wrote it.
    """
    if not any((path / name).exists() for name in RUN_FILES):
        raise RunFolderError([NotARunFolder(None, str(path), path.is_dir())])
    file = path / PROGRAM
    try:
        return from_json(_content(path))
    except OtherFormatError as other:
        raise RunFolderError([OtherFormat(None, str(file), other.found, other.known)]) from other
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        remedy = (
            "use the version of recipe that `environment.json` names, if it is another one; else train the "
            "spec again: `recipe fit spec.yaml --fresh`"
        )
        reason = "" if isinstance(error, FileNotFoundError) else str(error)
        raise RunFolderError([UnreadableRunFile(None, str(file), reason, remedy)]) from error


def read_untouched(path: Path) -> Program:
    """The Program of a run folder as it was written, for who goes by it alone.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when `program.json` is damaged or was changed.
    """
    program, content = read_program(path), _content(path)
    if not is_whole(content):
        reason = "it is not what was written, its sha256 differs"
        remedy = (
            f"put back a copy of it; `recipe fit SPEC --run {path}` compares it with the spec, and goes on "
            "with a run that did not finish"
        )
        raise RunFolderError([UnreadableRunFile(None, str(path / PROGRAM), reason, remedy)])
    return program


def _content(path: Path) -> Any:
    return json.loads((path / PROGRAM).read_text(encoding="utf-8"))


def _encode(value: Any, texts: dict[str, int]) -> Any:
    """A value as JSON has it; a long text is numbered, and stands there by its number."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        written = {field.name: _encode(getattr(value, field.name), texts) for field in fields(value)}
        return {"type": type(value).__name__} | written
    if isinstance(value, Mapping):
        return {"type": "mapping", "items": [[key, _encode(item, texts)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return [_encode(item, texts) for item in value]
    if isinstance(value, str) and len(value) >= LONG:
        return {"type": "text", "number": texts.setdefault(value, len(texts))}
    return value


def _decode(value: Any, texts: Sequence[str], targets: set[str]) -> Any:
    """A value that `_encode` wrote; what its Calls stand for is added to the targets."""
    if isinstance(value, list):
        return tuple(_decode(item, texts, targets) for item in value)
    if not isinstance(value, Mapping):
        return value
    if value["type"] == "mapping":
        return {key: _decode(item, texts, targets) for key, item in value["items"]}
    if value["type"] == "text":
        return str(texts[value["number"]])
    kind = TYPES[value["type"]]
    if kind is Call:
        targets.add(str(value["target"]))
    enums = _enums(kind)
    arguments = {name: _decode(item, texts, targets) for name, item in value.items() if name != "type"}
    return kind(**{name: enums[name](item) if name in enums else item for name, item in arguments.items()})


def _refuse_target(target: str, imports: tuple[str, ...]) -> None:
    """A run folder is data: a Call that it holds stands for nothing but what a spec can name.

    Args:
        target: of the Call.
        imports: modules that the Program names; whoever builds it asks whether they may be imported.

    Raises:
        ValueError: when the target is neither in the catalog nor in one of these modules.
    """
    if target.startswith("recipe:") or target in lookup.targets():
        return
    if module_of(target) not in imports:
        raise ValueError(f"a target of the catalog is expected. Received: {target}")


@cache
def _enums(kind: type) -> Mapping[str, type[Enum]]:
    hints = typing.get_type_hints(kind)
    return {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Enum)}
