"""What the data of a spec look like."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import Spec, loaded
from recipe.api.planning import settled, translated
from recipe.api.presets import read_presets
from recipe.diagnostics.data_cells import MissingCells, MissingLabels
from recipe.diagnostics.problems import Problem, errors
from recipe.program.presets import has_tokenizers

if TYPE_CHECKING:
    from recipe.data.health import Health

_OF_DATA = ("L5", "R5")


@dataclass(frozen=True, slots=True)
class Look:
    """A look at data.

    Args:
        spec: whose data they are.
        health: counts, distributions and examples.
        findings: what may be wrong with the data, warnings and notes; and missing cells that the spec has no
            word for, as errors: then the rows that have none are looked at.
    """

    spec: Spec
    health: "Health"
    findings: tuple[Problem, ...]


def look(spec: str | Path | Spec, *, arrays: Mapping[str, Any] | None = None) -> Look:
    """Look at the data of a spec; loads no framework.

    Args:
        spec: a path, or what `load` returned.
        arrays: what `data: {source: arrays}` reads, by name.

    Raises:
        DataError: R5xx when the data cannot be used.
        RecipeError: with every error of the spec.
    """
    from recipe.data import reading
    from recipe.data.health import health

    spec = _loaded(spec, arrays)
    problems: list[Problem] = []
    found = reading.find(spec.program.data, problems, spec.arrays)
    gaps = errors(problems)
    if gaps and all(isinstance(problem, MissingCells | MissingLabels) for problem in gaps):
        without, told = replace(spec.program.data, missing="drop"), list[Problem]()
        found = reading.find(without, told, spec.arrays)
        problems = problems if found is None else told
    dataset = None if found is None else found.encoded(problems)
    prepared = settled(spec, dataset, problems)
    if found is None or dataset is None:
        raise ValueError("data that were settled were found")
    findings = tuple(
        problem
        for problem in (*gaps, *spec.warnings, *prepared.warnings)
        if problem.code.startswith(_OF_DATA)
    )
    return Look(spec, health(found, dataset.facts), findings)


def _loaded(written: str | Path | Spec, arrays: Mapping[str, Any] | None) -> Spec:
    """A spec; where a preset makes ids of its texts, KerasHub is loaded, and a framework with it."""
    spec = loaded(written, arrays)
    return translated(spec, lambda: read_presets(spec)) if has_tokenizers(spec.root) else spec
