"""Source `parquet`: the cells that pandas writes, lists as arrays, and no claim of a file is believed."""

import datetime
import io
import sys

import numpy as np
import pandas as pd
import pytest

from recipe.data.packing import building
from recipe.data.sources import parquet
from recipe.data.sources.parquet import read
from recipe.diagnostics.packs import PackError
from tests.data.plans import source

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def save(tmp_path):
    def save_table(table, name="data.parquet", **options):
        path = tmp_path / name
        pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path, **options)
        return path

    return save_table


def table_of(path, **arguments):
    problems = []
    table = read(source("parquet", path=str(path), **arguments), problems)
    assert problems == []
    return table


def only_problem_of(path, **arguments):
    problems = []
    assert read(source("parquet", path=str(path), **arguments), problems) is None
    (problem,) = problems
    return problem


def test_a_real_table_has_the_cells_of_its_csv_file(shared_data, save):
    frame = pd.read_csv(shared_data("titanic_1309.csv"))
    table = table_of(save(pa.Table.from_pandas(frame, preserve_index=False)))
    assert list(table.cells) == list(frame.columns)
    for name in frame.columns:
        for text, value in zip(table.cells[name], frame[name], strict=True):
            if pd.isna(value):
                assert text == ""
            elif isinstance(value, str):
                assert text == value.strip()
            else:
                assert float(text) == value


def test_every_type_of_a_cell_is_spelled(save):
    day = datetime.datetime(2024, 2, 29, 12, 30)
    table = table_of(
        save(
            {
                "flag": pa.array([True, None, False]),
                "whole": pa.array([2**60 + 1, None, -3]),
                "real": pa.array([0.1, float("nan"), 1e300]),
                "single": pa.array([0.1, None, 2], pa.float32()),
                "text": pa.array([" a ", "", None]),
                "name": pa.array(["x", None, "y"]).dictionary_encode(),
                "day": pa.array([day.date(), None, day.date()]),
                "time": pa.array([day, None, day], pa.timestamp("us")),
                "money": pa.array([1, None, 2], pa.decimal128(9, 2)),
                "none": pa.nulls(3),
            }
        )
    )
    cells = {name: column.tolist() for name, column in table.cells.items()}
    assert cells["flag"] == ["true", "", "false"]
    assert cells["whole"] == [str(2**60 + 1), "", "-3"]
    assert cells["real"] == ["0.1", "", "1e+300"]
    assert np.float32(cells["single"][0]) == np.float32(0.1)
    assert cells["text"] == ["a", "", ""]
    assert cells["name"] == ["x", "", "y"]
    assert cells["day"] == ["2024-02-29", "", "2024-02-29"]
    assert cells["time"][0] == "2024-02-29T12:30:00"
    assert cells["money"] == ["1.00", "", "2.00"]
    assert cells["none"] == ["", "", ""]


def test_the_word_na_is_text_here_since_missing_cells_say_so_themselves(save):
    assert table_of(save({"country": ["NA", None, "null"]})).cells["country"].tolist() == ["NA", "", "null"]


def test_lists_become_arrays_of_their_shape(save):
    values = np.random.default_rng(0).normal(size=(5, 3, 2)).astype(np.float32)
    rows = pa.array(values.tolist(), pa.list_(pa.list_(pa.float32(), 2)))
    table = table_of(save({"x": rows, "y": [0, 1, 0, 1, 0]}, row_group_size=2))
    assert np.array_equal(table.arrays["x"].values, values)
    assert table.arrays["x"].values.dtype == np.float32


@pytest.mark.parametrize(
    ("lists", "rows"),
    [
        ([[1, 2], [3, 4], [5], [6]], [2, 3]),
        ([[1, 2], None, [3, 4], [5, 6]], [1]),
        ([[1], [2], [3], [None]], [3]),
    ],
)
def test_lists_of_different_lengths_are_told_with_their_rows(save, lists, rows):
    problem = only_problem_of(save({"x": pa.array(lists, pa.list_(pa.int64()))}))
    assert (problem.code, problem.column, [place.number for place in problem.places]) == ("R563", "x", rows)


def png(size, mode="RGB"):
    from PIL import Image

    stream = io.BytesIO()
    Image.new(mode, size, 7).save(stream, "PNG")
    return {"bytes": stream.getvalue(), "path": None}


def test_images_of_the_hub_are_decoded_and_odd_ones_are_told(save):
    table = table_of(save({"image": [png((4, 3)), png((4, 3))], "gray": [png((2, 2), "L")] * 2}))
    assert table.arrays["image"].values.shape == (2, 3, 4, 3)
    assert table.arrays["gray"].values.tolist() == np.full((2, 2, 2, 1), 7).tolist()
    broken = [png((4, 3)), png((5, 3)), {"bytes": b"no image", "path": None}]
    problem = only_problem_of(save({"image": broken}))
    assert (problem.code, problem.count, problem.received) == ("R563", 2, "3 x 5 x 3 pixels")


def test_a_column_of_another_type_is_refused_and_can_be_left_out(save):
    path = save({"a": [1, 2], "box": [{"x": 1}, {"x": 2}]})
    problem = only_problem_of(path)
    assert (problem.code, problem.column, problem.type) == ("R562", "box", "struct<x: int64>")
    assert list(table_of(path, columns=("a",)).cells) == ["a"]
    assert only_problem_of(path, columns=("b",)).code == "R520"


def test_files_of_a_pattern_follow_one_another_and_must_agree(save, tmp_path):
    save({"a": [1, 2], "b": ["x", "y"]}, "1.parquet")
    save({"b": ["z"], "a": [2.5]}, "2.parquet")
    table = table_of(tmp_path / "*.parquet")
    assert [float(text) for text in table.cells["a"]] == [1, 2, 2.5]
    assert [(place.file, place.number) for place in table.places(np.array([1, 2]))] == [
        ("1.parquet", 1),
        ("2.parquet", 0),
    ]
    save({"a": [1]}, "3.parquet")
    assert only_problem_of(tmp_path / "*.parquet").code == "R512"


def test_the_digest_is_of_the_content_however_it_is_packed(save):
    columns = {"a": list(range(1000)), "b": ["x", "y"] * 500}
    plain = table_of(save(columns, compression="none")).digest
    packed = table_of(save(columns, compression="zstd", row_group_size=100)).digest
    other = table_of(save({**columns, "a": [*range(999), 0]})).digest
    assert plain == packed != other


@pytest.mark.parametrize("cut", [0, 3, 0.5, -1])
def test_a_damaged_file_is_told(save, cut):
    path = save({"a": list(range(1000))})
    content = path.read_bytes()
    path.write_bytes(content[: int(cut * len(content)) if isinstance(cut, float) else cut])
    assert only_problem_of(path).code == "R503"


def test_no_changed_byte_of_a_footer_ends_the_process(save):
    path = save({"a": list(range(9)), "b": ["x", "y", None] * 3})
    whole = path.read_bytes()
    size = int.from_bytes(whole[-8:-4], "little")
    codes = set()
    for position in range(len(whole) - 8 - size, len(whole) - 8):
        for bit in (1, 4, 16):
            content = bytearray(whole)
            content[position] ^= bit
            path.write_bytes(content)
            problems = []
            read(source("parquet", path=str(path)), problems)
            codes |= {problem.code for problem in problems}
    assert "R503" in codes


def test_a_page_that_changed_on_the_disk_is_told(save):
    path = save({"a": [f"text {i}" for i in range(2000)]}, compression="gzip", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[200:260] = b"x" * 60
    path.write_bytes(content)
    assert only_problem_of(path).code == "R503"


def test_a_bomb_is_refused_before_its_memory_or_the_disk_is_taken(save, tmp_path, monkeypatch):
    path = save({"a": np.zeros(2_000_000, dtype=np.int64)})
    assert path.stat().st_size < 50_000
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(parquet, "memory_left", lambda: 4_000_000)
    monkeypatch.setattr(building, "free_bytes", lambda _: 4_000_000)
    with pytest.raises(PackError) as told:
        read(source("parquet", path=str(path)), [])
    assert [problem.code for problem in told.value.problems] == ["R623"]


def test_a_file_without_rows_says_so(save):
    assert only_problem_of(save({"a": pa.array([], pa.int64())})).code == "R507"


def test_without_the_package_the_extra_is_named(save, monkeypatch):
    path = save({"a": [1]})
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    problem = only_problem_of(path)
    assert problem.code == "R560"
    assert problem.help == "pip install 'keras-recipe[parquet]'"
