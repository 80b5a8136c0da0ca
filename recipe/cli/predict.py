"""`recipe predict`: a table or images in, CSV or JSON out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, imports_option, json_option
from recipe.cli.output import Output
from recipe.diagnostics.problems import Texts
from recipe.program.writing import is_stream, write_pieces, write_result


@command(
    "predict",
    "recipe predict runs/penguins-mlp/1 new.csv -o said.csv",
    "recipe predict runs/shakespeare-gpt/1 prompt.txt --tokens 200 --temperature 0.8",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("rows", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Where to write; standard output unless said, or for -.",
)
@click.option("--tokens", type=click.IntRange(1), help="How many are written behind a text; 500 unless said.")
@click.option(
    "--temperature",
    type=click.FloatRange(0),
    help="How freely tokens are drawn: 0 takes the likeliest; 1 unless said.",
)
@click.option("--seed", type=click.IntRange(0), help="Of the draws; 0 unless said.")
@json_option
@imports_option
def predict(
    output: Output,
    run: Path,
    rows: Path,
    file: str | None,
    as_json: bool,
    allow_imports: bool,
    **sampling: float | None,
) -> None:
    """Predict the rows of a table or images, or continue a text.

    FILE, CSV or Parquet, has the columns that the run was trained on, in any order; the target may be
    missing. A run on image files takes an image or a folder of images too, or a table that names them if it
    was trained on one; where it says masks, -o said.csv also writes a PNG of the size of each image into the
    folder said_masks. For a run that learned to say the next token FILE is a text, and what comes out is what
    the network writes behind it.
    """
    output.say(f"reading {rows} and loading Keras ...")
    given = {name: value for name, value in sampling.items() if value is not None}
    if api.writes_text(run):
        written = api.continue_text(run, rows, **given, allow_imports=allow_imports)  # type: ignore[arg-type]
        text = json.dumps({"text": written}, ensure_ascii=False) + "\n" if as_json else written
        if file is None or file == "-":
            output.result(text)
        else:
            write_result(Path(file), text.encode())
            output.say(f"wrote the text to {file}")
        return
    if given:
        option = next(iter(given))
        raise click.UsageError(f"`--{option}` is for a run that continues a text; {run} predicts a target")
    place = None if file is None or file == "-" else Path(file)
    masks = None if place is None or is_stream(place) else place.parent / f"{place.stem}_masks"
    frames, warnings = api.predictions(run, rows, masks=masks, allow_imports=allow_imports)
    if masks is None and api.says_masks(run):
        output.say("the masks themselves are written with -o FILE")
    output.report(warnings, Texts())
    counted = _Counted(frames)
    pieces = (_json if as_json else _csv)(counted)
    if place is None:
        for piece in pieces:
            output.piece(piece)
        return
    write_pieces(place, (piece.encode() for piece in pieces))
    output.say(f"wrote {counted.rows:,} predictions to {file}")


@dataclass(slots=True)
class _Counted:
    """Tables that pass by.

    Args:
        frames: that are to come, of pandas.
        rows: of those that came.
    """

    frames: Iterator[Any]
    rows: int = 0

    def __iter__(self) -> Iterator[Any]:
        for frame in self.frames:
            self.rows += len(frame)
            yield frame


def _csv(frames: Iterable[Any]) -> Iterator[str]:
    """One table of several, piece by piece."""
    for number, frame in enumerate(frames):
        yield frame.to_csv(index=False, header=number == 0, lineterminator="\n")


def _json(frames: Iterable[Any]) -> Iterator[str]:
    """One list of several, piece by piece."""
    before = "["
    for frame in frames:
        listed = frame.to_json(orient="records", indent=2, force_ascii=False)
        yield before + listed.removeprefix("[").removesuffix("\n]")
        before = ","
    yield "\n]\n"
