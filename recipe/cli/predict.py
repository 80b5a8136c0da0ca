"""`recipe predict`: CSV in, CSV out."""

from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command
from recipe.cli.output import Output
from recipe.diagnostics.problems import Texts
from recipe.program.writing import write_atomically


@command(
    "predict",
    "recipe predict runs/penguins-mlp/1 new.csv",
    "recipe predict runs/penguins-mlp/1 new.csv -o said.csv",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("rows", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", "file", metavar="FILE", help="Where to write; standard output unless said, or for -."
)
def predict(output: Output, run: Path, rows: Path, file: str | None) -> None:
    """Predict the target of every row of a CSV file.

    FILE has the columns that the run was trained on, in any order; the target may be missing.
    """
    output.say(f"reading {rows} and loading Keras ...")
    frame, warnings = api.predict(run, rows)
    output.report(warnings, Texts())
    text = frame.to_csv(index=False, lineterminator="\n")
    if file is None or file == "-":
        output.result(text)
        return
    write_atomically(Path(file), text.encode())
    output.say(f"wrote {len(frame):,} predictions to {file}")
