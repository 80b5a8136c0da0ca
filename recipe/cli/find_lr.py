"""`recipe find-lr`: a learning-rate range test, its curve and a suggestion."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recipe import api
from recipe.api.rates import HIGHEST, LOWEST, STEPS, find_rate
from recipe.cli.commands import command, imports_option, json_option, set_option, spec_argument
from recipe.cli.output import Output
from recipe.cli.plan import PICTURES
from recipe.cli.specs import load_spec
from recipe.report.rate_tests import draw_rate_test

if TYPE_CHECKING:
    from recipe.training.rate_tests import RateTest


@command(
    "find-lr",
    "recipe find-lr digits-mlp.yaml",
    "recipe find-lr digits-mlp.yaml --from 1e-5 --to 1 --picture rates.svg",
)
@spec_argument
@click.option("--from", "lowest", type=float, default=LOWEST, show_default=True, help="First learning rate.")
@click.option("--to", "highest", type=float, default=HIGHEST, show_default=True, help="Last learning rate.")
@click.option("--steps", type=click.IntRange(20), default=STEPS, show_default=True, help="Updates in all.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to draw the curve, as .svg, .png or .pdf; find-lr.svg unless said.",
)
@json_option
@set_option
@imports_option
def find_lr(
    output: Output,
    spec: str,
    as_json: bool,
    overrides: Sequence[str],
    allow_imports: bool,
    picture: Path | None,
    **test: Any,
) -> None:
    """Train a few steps at growing learning rates, and suggest one.

    SPEC is a file, or - for standard input. Its schedule is left out: what is suggested is the peak, the
    learning rate of the optimizer. No run folder is written, and what is learned is thrown away.
    """
    _check(picture, test)
    loaded = load_spec(spec, overrides, allow_imports=allow_imports)
    output.say(f"trying learning rates from {test['lowest']:g} to {test['highest']:g} ...")
    output.report(loaded.warnings, loaded.texts)
    found = find_rate(loaded, **test)
    path = picture or (None if as_json else Path("find-lr.svg"))
    if path is not None:
        title = loaded.program.name
        draw_rate_test(found.rates, found.losses, found.smoothed, found.suggestion, path, title=title)
        output.say(f"drawn: {path}")
    output.result(json.dumps(_data(found), indent=2) if as_json else _text(found, loaded))


def _check(picture: Path | None, test: Mapping[str, Any]) -> None:
    if not 0 < test["lowest"] < test["highest"] < math.inf:
        received = f"{test['lowest']:g} and {test['highest']:g}"
        raise click.UsageError(f"`--from` must be above 0 and below `--to`. Received: {received}")
    if picture is not None and picture.suffix.lower() not in PICTURES:
        raise click.UsageError(f"`--picture` draws {', '.join(PICTURES)}. Received: {picture}")


def reason(found: "RateTest") -> str:
    """Why a learning rate is suggested, or none."""
    if found.suggestion is None or found.lowest is None:
        return (
            "the loss does not fall at any of these learning rates: look at the data and the network first, "
            "or try other rates with `--from` and `--to`"
        )
    end = f"and at {found.rates[-1]:.2g} it " + ("has exploded" if found.exploded else "has not exploded yet")
    return f"the loss falls fastest there; it is lowest at {found.lowest:.2g}, {end}"


def _text(found: "RateTest", spec: api.Spec) -> str:
    if found.suggestion is None:
        return f"no suggestion: {reason(found)}\n"
    optimizer = spec.program.optimizer.name
    return (
        f"suggestion    {found.suggestion:.2g}\n"
        f"reason        {reason(found)}\n"
        f"write         optimizer: {{{optimizer}: {{learning_rate: {found.suggestion:.2g}}}}}\n"
    )


def _data(found: "RateTest") -> Mapping[str, Any]:
    """JSON has no NaN: what is not finite is null."""
    return {
        "suggestion": found.suggestion,
        "reason": reason(found),
        "lowest_loss_at": found.lowest,
        "exploded": found.exploded,
        "learning_rates": list(found.rates),
        "losses": [loss if math.isfinite(loss) else None for loss in found.losses],
        "smoothed": list(found.smoothed),
    }
