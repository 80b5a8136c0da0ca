"""`recipe evaluate`: loss and metrics of a finished run."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command, imports_option, json_option
from recipe.cli.output import Output
from recipe.diagnostics.problems import Texts
from recipe.report.tables import number_text, table_lines


@command(
    "evaluate", "recipe evaluate runs/digits-mlp/1", "recipe evaluate runs/penguins-mlp/1 --data new.csv"
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A CSV or Parquet file with the columns of the run, its target included, or a folder of images by "
    "class, or one with the folders of images and of masks, or a table that names images; the run's own data "
    "unless said.",
)
@json_option
@imports_option
def evaluate(output: Output, run: Path, data: Path | None, as_json: bool, allow_imports: bool) -> None:
    """Measure a finished run on its data, or on other data."""
    output.say(f"reading {data or f'the data of {run}'} and loading Keras ...")
    measured, warnings = api.evaluate(run, data, allow_imports=allow_imports)
    output.report(warnings, Texts())
    output.result(_json(measured) if as_json else _table(measured))


def _table(measured: Mapping[str, Mapping[str, float]]) -> str:
    names = tuple(dict.fromkeys(name for metrics in measured.values() for name in metrics))
    rows = [
        (split, *(number_text(metrics.get(name)) for name in names)) for split, metrics in measured.items()
    ]
    return "\n".join(table_lines([("", *names), *rows]))


def _json(measured: Mapping[str, Mapping[str, float]]) -> str:
    """JSON has no NaN: what is not finite is null."""
    finite = {
        split: {name: value if math.isfinite(value) else None for name, value in metrics.items()}
        for split, metrics in measured.items()
    }
    return json.dumps(finite, indent=2, ensure_ascii=False)
