"""Programs for the rules: an example inside a small skeleton, with facts of data that are read by nobody."""

import re
from dataclasses import replace

from recipe import api
from recipe.api import checking
from recipe.catalog.calls import Call
from recipe.diagnostics.problems import Problem, Texts, errors
from recipe.lint.rules import lint
from recipe.program.building import build
from recipe.program.facts import Column, Facts, InputFact, Target

SKELETON = """\
recipe: 1
data: {source: {bundled: digits}, split: {validation: 10%, test: 10%, stratified: true}}
architecture: [Flatten, {Dense: {units: 16, activation: relu}}, head]
optimizer: {AdamW: {learning_rate: 1e-3}}
training: {epochs: 10, batch_size: 32}
"""

DIGITS = Facts(
    examples={"train": 1437, "validation": 180, "test": 180},
    inputs={"input": InputFact((8, 8, 1), "uint8", 1 / 255)},
    columns=(Column("image", "image", 64),),
    targets=(Target("digit", "category", tuple("0123456789"), (144,) * 9 + (141,)),),
    fingerprint="",
)


def table(target: Target, *columns: Column, **examples: int) -> Facts:
    """Facts of a table."""
    columns = columns or (Column("a", "number", 1, {"mean": 0.0, "std": 1.0}),)
    width = sum(column.width for column in columns)
    return Facts(examples, {"input": InputFact((width,), "float32")}, columns, (target,), "")


def sections(text: str) -> dict[str, str]:
    """The top-level sections of a spec, each as it is written."""
    found = re.split(r"^(?=[a-z_]+:)", text, flags=re.MULTILINE)
    return {part.split(":", 1)[0]: part.rstrip("\n") for part in found if part.strip()}


def spec(example: str) -> str:
    """The skeleton with the sections of an example in place of its own."""
    return "\n".join((sections(SKELETON) | sections(example)).values()) + "\n"


def root(example: str) -> tuple[Call, tuple[Problem, ...]]:
    """The checked spec of an example, and everything that was told of it before any data is read."""
    text = spec(example)
    checked = api.check("example.yaml", text=text)
    if checked.spec is not None:
        return checked.spec, checked.problems
    messages = [problem.message for problem in errors(checked.problems) if not problem.code.startswith("L")]
    assert not messages, f"{messages}\n{text}"
    resolved, _ = _resolved(text)
    return resolved, checked.problems


def _resolved(text: str) -> tuple[Call, list[Problem]]:
    """What `api.check` hides behind the errors of a rule."""
    problems: list[Problem] = []
    document = checking.read(text, "example.yaml", problems)
    assert document is not None
    layers = checking.LayerReader(checking.TEMPLATES, problems).read(document, ())
    found = checking._resolve(layers, document, Texts(), problems)
    assert found is not None
    return found, problems


def codes(example: str, facts: Facts | None = None) -> set[str]:
    """The codes of all rules that speak of an example."""
    problems: list[Problem] = []
    program = build(root(example)[0], facts, problems)
    assert not errors(problems), f"{[problem.message for problem in problems]}\n{spec(example)}"
    return {problem.code for problem in lint(program)}


def found(example: str, code: str, facts: Facts | None = None) -> list[Problem]:
    """What the rule of a code tells of an example."""
    program = build(root(example)[0], facts, [])
    return [problem for problem in lint(program) if problem.code == code]


def examples(facts: Facts, **counts: int) -> Facts:
    """Facts with other numbers of examples."""
    return replace(facts, examples=counts)
