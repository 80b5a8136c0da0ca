"""Problems as SARIF 2.1.0, the format of code scanning services."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from recipe.diagnostics.problems import Label, Problem, Severity, Texts, in_order
from recipe.diagnostics.spans import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def render_sarif(problems: Sequence[Problem], _texts: Texts) -> str:
    """One SARIF run with a rule for each code that occurs."""
    ordered = in_order(problems)
    kinds = {problem.code: type(problem) for problem in ordered}
    driver = {"name": "recipe", "rules": [_rule(kind) for kind in kinds.values()]}
    numbers = {code: number for number, code in enumerate(kinds)}
    results = [_result(problem, numbers[problem.code]) for problem in ordered]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return (
        json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


def way_out(problem: Problem) -> str:
    """The suggestion beside the caret and the help, a line each; may be empty."""
    return "\n".join(filter(None, (problem.label, problem.help)))


def _rule(kind: type[Problem]) -> dict[str, Any]:
    summary = (kind.__doc__ or kind.code).partition("\n")[0]
    rule: dict[str, Any] = {
        "id": kind.code,
        "name": kind.__name__,
        "shortDescription": {"text": summary},
        "defaultConfiguration": {"level": _LEVEL.get(kind.severity, "note")},
    }
    if kind.why:
        rule["help"] = {"text": kind.why}
    return rule


def _result(problem: Problem, rule_number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule_number,
        "level": _LEVEL.get(problem.severity, "note"),
        "message": {"text": "\n".join(filter(None, (problem.message, way_out(problem))))},
    }
    if problem.span:
        result["locations"] = [_location(problem.span)]
    if problem.other_places:
        result["relatedLocations"] = [_labelled(label) for label in problem.other_places]
    return result


def _labelled(label: Label) -> dict[str, Any]:
    return {**_location(label.span), "message": {"text": label.text}}


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.source)}, "region": region}}


def _uri(source: str) -> str:
    return quote(source.replace("\\", "/"))
