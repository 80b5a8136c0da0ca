"""`recipe fit`: train a spec."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, imports_option, set_option, spec_argument, stall_option
from recipe.cli.output import Output
from recipe.cli.plan import show_plan
from recipe.cli.specs import load_text, spec_text
from recipe.cli.trainings import train, train_several


@command(
    "fit",
    "recipe fit mine.yaml",
    "recipe fit mine.yaml --set optimizer.learning_rate=3e-4 --seeds 5",
)
@spec_argument
@set_option
@click.option(
    "--run",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the run here, or go on with the run that is here; the next folder of runs/NAME unless said.",
)
@click.option("--fresh", is_flag=True, help="Begin anew, even when an equal run was stopped or finished.")
@click.option(
    "--fork",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="RUN",
    help="Start a new run from the newest weights and optimizer of another, at its step.",
)
@imports_option
@click.option("--allow-data-change", is_flag=True, help="Go on with `--run` although its data have changed.")
@click.option("--engine-changed", is_flag=True, help="Go on although machine, versions or engine changed.")
@stall_option
@click.option(
    "--seeds", type=click.IntRange(1), metavar="N", help="Train with the seeds 1 to N; show mean and spread."
)
@click.option(
    "--fold",
    type=click.IntRange(1),
    metavar="K",
    help="Train with this one of `data.split.folds` as the test; all of them in turn unless said.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Show the plan; train nothing.")
def fit(
    output: Output,
    spec: str,
    overrides: Sequence[str],
    seeds: int | None,
    fold: int | None,
    dry_run: bool,
    allow_imports: bool,
    **asked: Any,
) -> None:
    """Train a spec.

    SPEC is a file, or - for standard input. A run of the same spec and data that was stopped is continued,
    and a finished one is not trained again. The last line of standard output is the run folder.
    """
    options = api.FitOptions(**asked, resume=not asked["fresh"])
    if seeds is not None and (options.folder or options.fork):
        raise click.UsageError("`--run` and `--fork` make one run, `--seeds` several; leave one of them out")
    if options.allow_data_change and options.folder is None:
        raise click.UsageError("`--allow-data-change` needs `--run DIR`; else other data are another run")
    output.say(f"reading {spec} ...")
    given = spec_text(spec)
    overrides = [*overrides, *([] if fold is None else [f"data.split.fold={fold}"])]
    if dry_run:
        show_plan(output, load_text(given, overrides, allow_imports=allow_imports))
        output.say("nothing was trained: --dry-run")
        return
    loaded = load_text(given, overrides, allow_imports=allow_imports)
    split = loaded.program.data.split
    folds = 0 if split.fold else split.folds
    if folds and (seeds or options.folder or options.fork):
        raise click.UsageError(f"the spec has {folds} folds; choose one of them with `--fold`")
    if folds or seeds:
        what, path = ("fold", "data.split.fold") if folds else ("seed", "runtime.seed")
        numbers = range(1, (folds or seeds or 0) + 1)
        specs = {
            number: load_text(given, [*overrides, f"{path}={number}"], allow_imports=allow_imports)
            for number in numbers
        }
        train_several(output, what, specs, options)
    else:
        train(output, loaded, options)
