"""`recipe resume`: go on with a run that did not finish."""

from pathlib import Path

import click

from recipe.cli.commands import command
from recipe.cli.output import Output
from recipe.cli.trainings import go_on


@command("resume", "recipe resume runs/digits-cnn/1", "recipe resume runs/digits-cnn/1 --quiet")
@click.argument("run", type=click.Path(path_type=Path))
def resume(output: Output, run: Path) -> None:
    """Go on with a run where its newest checkpoint stands.

    It ends with the same weights as a run that never stopped. The `recipe fit` that began it does the same.
    """
    go_on(output, run)
