"""Features that say nothing."""

from collections.abc import Iterator

from recipe.diagnostics.lint_data import ConstantColumn
from recipe.program.programs import Program


def constant_column(program: Program) -> Iterator[ConstantColumn]:
    """L506: categories with one value."""
    for column in program.facts.columns if program.facts else ():
        categories = column.statistics.get("categories")
        if column.kind == "category" and isinstance(categories, tuple) and len(categories) == 1:
            yield ConstantColumn(program.data.span, column.name, categories[0])
