"""The functions of a printed script read a text and divide it as the run does."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from recipe import api
from recipe.data.reading import read
from recipe.data.windows import Windows
from recipe.diagnostics.problems import RecipeError
from tests.eject.comparing import parts_of

SPEC = """
recipe: 1
name: verses
data:
  {data}
  target: {{tokens: next}}
architecture: [{{Embedding: {{input_dim: "${{data.vocabulary}}", output_dim: 4}}}}, head]
optimizer: SGD
training: {{epochs: 1, batch_size: 4}}
"""
CONTEXT = 5


@pytest.fixture(autouse=True)
def verses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts with a mark of the byte order, both kinds of line ends and letters beside the Latin ones."""
    monkeypatch.chdir(tmp_path)
    letters = np.random.default_rng(8).choice(list("abé ñ\n\r🙂"), 300)
    text = "\ufeff" + "".join(letters)
    Path("verses.txt").write_bytes(text.encode())
    Path("verses.txt.gz").write_bytes(gzip.compress(text.encode()))
    Path("last.txt").write_bytes("".join(letters[:40]).replace("🙂", "ab").encode("latin-1"))


def assert_equal_windows(windows: Windows, ids: np.ndarray, shifts: int) -> None:
    """Window after window, cut at every place at which an epoch may cut."""
    rows = np.arange(len(windows) * shifts)
    starts = rows % len(windows) * CONTEXT + rows // len(windows)
    assert windows.length == CONTEXT
    assert ids.dtype == windows.dtype
    assert ids[starts[:, np.newaxis] + np.arange(CONTEXT)].tolist() == windows[rows].tolist()


@pytest.mark.parametrize(
    "data",
    [
        "source: {corpus: {path: verses.txt, context: 5}}\n  split: {validation: 20%, test: 31}",
        "source: {corpus: {path: verses.txt.gz, context: 5}}\n  split: {test: 12.5%}",
        "source: {corpus: {path: verses.txt, tokens: bytes, context: 5}}\n  split: {validation: 30}",
        "train: {corpus: {path: verses.txt, context: 5}}\n"
        "  test: {corpus: {path: last.txt, context: 5, encoding: latin-1}}",
    ],
    ids=["characters", "packed", "bytes", "a text for each part"],
)
def test_a_script_numbers_the_tokens_of_every_part_as_the_run_does(data: str):
    spec = api.load("verses.yaml", text=SPEC.format(data=data))
    printed = parts_of(api.eject(spec))
    dataset = read(spec.program.data, [])
    assert dataset is not None
    assert printed.keys() == dataset.splits.keys()
    for part, (ids, later) in printed.items():
        arrays = dataset.splits[part]
        assert arrays.shifts == (CONTEXT if part == "train" else 1)
        assert len(arrays) == len(later) // CONTEXT - (part == "train")
        for windows, numbers in zip(
            (*arrays.inputs.values(), *arrays.targets.values()), (ids, later), strict=True
        ):
            assert isinstance(windows, Windows)
            assert_equal_windows(windows, numbers, arrays.shifts)


def test_a_text_that_no_script_cuts_is_refused():
    data = "source: {corpus: {path: verses.txt, tokens: {subword: 300}, context: 5}}"
    with pytest.raises(RecipeError) as refused:
        api.eject(api.load("verses.yaml", text=SPEC.format(data=data)))
    assert [getattr(one, "what", "") for one in refused.value.problems] == ["`subword`"]
