"""The page about sources, made of their rows: what is not in the catalog is not in the page."""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.catalog.constraints import Constraint, ListOf, Reserved
from recipe.catalog.rows import Parameter, Required, Row, Unset

TITLE = "Sources of data"


def source_page() -> str:
    """Every source with its arguments, as Markdown."""
    rows = [row for name in lookup.names("source") if (row := lookup.find("source", name)) is not None]
    return "\n".join(_lines(rows)) + "\n"


def _lines(rows: list[Row]) -> Iterator[str]:
    yield f"# {TITLE}"
    yield ""
    yield "A source stands in `data`: as `source`, that `split` divides, or as `train`, `validation`, `test`."
    yield "An argument without a default must be written; a lone value is the first argument:"
    yield "`{csv: iris.csv}` is `{csv: {path: iris.csv}}`. Paths are relative to the file that wrote them."
    for row in rows:
        yield ""
        yield f"## {row.name}"
        yield ""
        yield f"{row.help[0].upper()}{row.help[1:]}."
        if row.parameters:
            yield ""
            yield "| argument | may be | default | what it is |"
            yield "|---|---|---|---|"
            yield from (_line(one) for one in row.parameters if not isinstance(one.holds, Reserved))


def _line(parameter: Parameter) -> str:
    cells = (f"`{parameter.name}`", _may_be(parameter.holds), _default(parameter), parameter.help)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _may_be(holds: Constraint) -> str:
    if isinstance(holds, ListOf) and holds.lone:
        return f"{holds.item.describe()}, or a list of these"
    return holds.describe()


def _default(parameter: Parameter) -> str:
    """The default as a spec would write it; nothing of what must be written."""
    default = parameter.default
    if isinstance(default, Required | Unset | Call):
        return ""
    if default is None:
        return "`null`"
    if isinstance(default, tuple):
        return f"`[{', '.join(map(str, default))}]`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
