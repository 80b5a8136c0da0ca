"""`recipe evaluate` and `recipe predict`, on one run."""

import csv
import errno
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recipe import api
from recipe.training import predicting
from tests.cli.conftest import Cli

ROWS = """\
island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,species
Torgersen,39.1,18.7,181,3750,male,Adelie
Biscoe,46.1,13.2,211,4500,female,Gentoo
Dream,46.5,17.9,192,3500,female,Chinstrap
"""


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def test_a_run_measures_on_its_test_split_what_fit_measured(cli: Cli, penguins: Path) -> None:
    measured = json.loads(cli("evaluate", penguins, "--json").out)
    written = json.loads((penguins / "status.json").read_text())["test"]
    assert list(measured) == ["train", "validation", "test"]
    assert measured["test"] == pytest.approx(written, rel=1e-5)


def test_the_table_has_a_row_a_split(cli: Cli, penguins: Path) -> None:
    lines = cli("evaluate", penguins).out.splitlines()
    assert lines[0].split()[:2] == ["loss", "accuracy"]
    assert [line.split()[0] for line in lines[1:]] == ["train", "validation", "test"]


def test_other_data_are_measured_instead(cli: Cli, penguins: Path, rows: Path) -> None:
    said = cli("evaluate", penguins, "--data", rows, "--json")
    measured = json.loads(said.out)
    assert list(measured) == ["data"]
    assert measured["data"]["accuracy"] in (0.0, pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0)


def test_other_rows_with_missing_cells_are_left_out_as_in_training(
    cli: Cli, penguins: Path, rows: Path, tmp_path: Path
) -> None:
    gaps = tmp_path / "gaps.csv"
    gaps.write_text(ROWS + "Dream,46.5,17.9,192,3500,,Chinstrap\nDream,46.5,17.9,192,3500,female,\n")
    said, whole = (cli("evaluate", penguins, "--data", path, "--json") for path in (gaps, rows))
    assert json.loads(said.out) == json.loads(whole.out)
    assert "[R532]: 2 of 5 rows of" in said.err
    assert "R532" not in whole.err


def test_other_rows_that_are_all_left_out_are_told(cli: Cli, penguins: Path, tmp_path: Path) -> None:
    gaps = tmp_path / "gaps.csv"
    gaps.write_text(ROWS.splitlines()[0] + "\nDream,46.5,17.9,192,3500,,Chinstrap\n")
    said = cli("evaluate", penguins, "--data", gaps)
    assert said.code == 5
    assert "error[R533]" in said.err


def test_csv_goes_in_and_csv_comes_out(cli: Cli, penguins: Path, rows: Path) -> None:
    said = cli("predict", penguins, rows)
    found = list(csv.DictReader(io.StringIO(said.out)))
    assert said.code == 0
    assert len(found) == 3
    for row in found:
        shares = {name: float(row[f"probability of {name}"]) for name in ("Adelie", "Chinstrap", "Gentoo")}
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
        assert row["prediction"] == max(shares, key=lambda name: shares[name])


def test_predictions_can_be_written_to_a_file(cli: Cli, penguins: Path, rows: Path) -> None:
    said = cli("predict", penguins, rows, "-o", rows.with_name("said.csv"))
    assert said.out == ""
    assert "wrote 3 predictions" in said.err
    assert rows.with_name("said.csv").read_text() == cli("predict", penguins, rows, "-o", "-").out


def test_what_is_written_in_pieces_is_one_table_and_one_list(cli: Cli, penguins: Path, rows: Path) -> None:
    header, *lines = ROWS.splitlines(keepends=True)
    rows.write_text(header + "".join(lines) * 200)
    frame, _ = api.predict(penguins, rows)
    assert len(frame) == 600
    assert frame["prediction"].tolist() == frame["prediction"].tolist()[:3] * 200
    assert cli("predict", penguins, rows).out == frame.to_csv(index=False)
    said = cli("predict", penguins, rows, "--json").out
    assert said == frame.to_json(orient="records", indent=2, force_ascii=False) + "\n"


LARGE = """
import resource
from pathlib import Path
import keras, tensorflow
from recipe.cli.main import main
pages = Path("/proc/self/statm").read_text().split()[5]
limit = int(pages) * resource.getpagesize() + 256 * 2**20
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
main()
"""
NAMES = """
recipe: 1
data: {source: {csv: {path: rows.csv}}, target: {name: category}, split: {validation: 200}}
architecture: [head]
optimizer: Adam
training: {epochs: 1, batch_size: 200}
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits the memory of a process")
def test_predictions_take_less_memory_than_their_file(cli: Cli, tmp_path: Path) -> None:
    names = [f"{number},the name of {number}\n" for number in range(200)]
    (tmp_path / "rows.csv").write_text("size,name\n" + "".join(names) * 2)
    (tmp_path / "names.yaml").write_text(NAMES)
    assert cli("fit", tmp_path / "names.yaml", "--run", tmp_path / "run").code == 0
    (tmp_path / "new.csv").write_text("size\n" + "".join(f"{number % 200}\n" for number in range(150_000)))
    said = tmp_path / "said.csv"
    words = ["predict", tmp_path / "run", tmp_path / "new.csv", "-o", said]
    line = [sys.executable, "-c", LARGE, *map(str, words)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    with said.open() as file:
        assert sum(1 for _ in file) == 150_001
    assert said.stat().st_size > 256 * 2**20


@pytest.mark.parametrize("place", [(), ("-o", "said.csv")], ids=["printed", "written"])
def test_rows_that_a_disk_no_longer_gives_are_told_as_such_and_nothing_is_written(
    cli: Cli, penguins: Path, rows: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...]
) -> None:
    monkeypatch.chdir(rows.parent)

    def broken(*_: object) -> Iterator[object]:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
        yield

    monkeypatch.setattr(predicting, "predicted", broken)
    said = cli("predict", penguins, rows, *place)
    told = "rows.csv` cannot be opened: input/output error"
    assert (said.code, told in " ".join(said.err.split())) == (5, True)
    assert not Path("said.csv").exists()


@pytest.mark.parametrize("words", [["evaluate", "--data"], ["predict"]], ids=["evaluate", "predict"])
def test_cells_that_the_training_never_saw_are_told(
    cli: Cli, penguins: Path, rows: Path, words: list[str]
) -> None:
    rows.write_text(ROWS.replace("Biscoe", "Atlantis"))
    said = cli(words[0], penguins, *words[1:], rows)
    assert said.code == 0
    assert "warning[R536]" in said.err


def test_rows_without_a_column_of_the_network_end_with_5(cli: Cli, penguins: Path, rows: Path) -> None:
    rows.write_text(ROWS.replace("island", "isle"))
    said = cli("predict", penguins, rows)
    assert said.code == 5
    assert said.out == ""
    assert "island" in said.err


@pytest.mark.parametrize("words", [["evaluate"], ["predict", "rows.csv"]])
def test_a_folder_that_is_no_run_ends_with_7(cli: Cli, tmp_path: Path, words: list[str]) -> None:
    said = cli(words[0], tmp_path, *words[1:])
    assert said.code == 7
    assert "is not a run folder" in said.err


@pytest.mark.parametrize("words", [["evaluate"], ["predict", "rows.csv"]])
@pytest.mark.parametrize("size", [0, 4, 100])
def test_weights_that_were_cut_off_are_told(
    cli: Cli, penguins: Path, rows: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], size: int
) -> None:
    monkeypatch.chdir(rows.parent)
    shutil.copytree(penguins, "run")
    weights = Path("run", "weights.safetensors")
    weights.write_bytes(weights.read_bytes()[:size])
    said = cli(words[0], "run", *words[1:])
    assert (said.code, "error[R602]: `run/weights.safetensors` cannot be read" in said.err) == (7, True)
    weights.unlink()
    said = cli(words[0], "run", *words[1:])
    assert (said.code, "`run/weights.safetensors` is missing" in said.err) == (7, True)


@pytest.mark.parametrize("words", [["evaluate"], ["predict", "rows.csv"]])
@pytest.mark.parametrize(
    ("name", "before"), [("weights.safetensors", b"}}"), ("program.json", b'"batch_size": ')]
)
def test_a_flipped_bit_in_what_was_trained_is_told(
    cli: Cli,
    penguins: Path,
    rows: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    name: str,
    before: bytes,
) -> None:
    monkeypatch.chdir(rows.parent)
    shutil.copytree(penguins, "run")
    file = Path("run", name)
    content = bytearray(file.read_bytes())
    content[content.rindex(before) + len(before)] ^= 1
    file.write_bytes(content)
    said = cli(words[0], "run", *words[1:])
    assert (said.code, said.out) == (7, "")
    assert f"error[R602]: `run/{name}` cannot be read" in said.err
    assert "put back a copy of it" in said.err
