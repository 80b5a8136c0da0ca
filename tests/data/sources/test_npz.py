import io
import zipfile

import numpy as np
import pytest

from recipe.data.sources import limits
from recipe.data.sources.npz import digest_of, read
from tests.data.plans import npz_source, source


@pytest.fixture
def save(tmp_path):
    def save_arrays(**arrays):
        path = tmp_path / "data.npz"
        np.savez(path, **arrays)
        return path

    return save_arrays


def table_of(call):
    problems = []
    table = read(call, problems)
    assert problems == []
    return table


def only_problem_of(call):
    problems = []
    assert read(call, problems) is None
    (problem,) = problems
    return problem


def test_mnist_is_read_as_it_is_stored(shared_data):
    path = shared_data("mnist.npz")
    table = table_of(source("npz", path=str(path), features="x_test", target="y_test"))
    with np.load(path) as expected:
        assert np.array_equal(table.arrays["x_test"].values, expected["x_test"])
        assert table.cells["y_test"].tolist() == [str(label) for label in expected["y_test"]]
    assert table.arrays["x_test"].values.dtype == np.uint8


@pytest.mark.parametrize(
    ("labels", "cells"),
    [
        (np.array([3, 10, 3]), ["3", "10", "3"]),
        (np.array([[1.0], [2.5], [np.nan]]), ["1", "2.5", ""]),
        (np.array([True, False, True]), ["1", "0", "1"]),
        (np.array(["cat", "dog", "cat"]), ["cat", "dog", "cat"]),
        (np.array([b"cat", b"dog", b"cat"]), ["cat", "dog", "cat"]),
    ],
)
def test_labels_of_every_type_become_cells(save, labels, cells):
    table = table_of(npz_source(save(x=np.zeros((3, 2)), y=labels)))
    assert table.cells["y"].tolist() == cells
    assert table.targets == ("y",)


def test_float32_targets_keep_their_exact_value(save):
    values = np.random.default_rng(0).normal(size=50).astype(np.float32)
    table = table_of(npz_source(save(x=np.zeros((50, 2)), y=values)))
    assert np.array_equal(np.array([float(text) for text in table.cells["y"]], dtype=np.float32), values)


def test_the_digest_is_that_of_the_arrays_in_any_byte_order():
    array = np.arange(6, dtype="<i4").reshape(2, 3)
    assert digest_of(array) == digest_of(array.astype(">i4"))
    assert digest_of(array) == digest_of(np.asfortranarray(array))
    assert (
        len(
            {
                digest_of(array),
                digest_of(array.reshape(3, 2)),
                digest_of(array.astype("<i8")),
                digest_of(array + 1),
            }
        )
        == 4
    )


def test_an_unknown_array_suggests_the_nearest(save):
    problem = only_problem_of(npz_source(save(x_train=np.zeros((3, 2)), y=np.zeros(3)), features="x_trian"))
    assert (problem.code, problem.label) == ("R513", "did you mean `x_train`?")


def test_both_unknown_arrays_are_told(save):
    problems = []
    assert read(npz_source(save(a=np.zeros(3))), problems) is None
    assert [problem.name for problem in problems] == ["x", "y"]


def test_pickled_objects_are_never_loaded(save):
    problem = only_problem_of(npz_source(save(x=np.array([{}, []], dtype=object), y=np.zeros(2))))
    assert problem.code == "R514"


def test_a_pickle_that_calls_itself_npz_is_never_loaded(tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    assert only_problem_of(npz_source(path)).code == "R504"


def test_a_single_npy_array_is_another_format(tmp_path):
    path = tmp_path / "data.npy"
    np.save(path, np.zeros(3))
    assert only_problem_of(npz_source(path)).received == "one npy array"


def test_a_file_that_was_cut_off_is_corrupt(save):
    path = save(x=np.zeros((100, 100)), y=np.zeros(100))
    path.write_bytes(path.read_bytes()[:5000])
    assert only_problem_of(npz_source(path)).code == "R503"


def test_an_array_that_changed_on_the_disk_is_corrupt(save):
    path = save(x=np.zeros((100, 100)), y=np.zeros(100))
    content = bytearray(path.read_bytes())
    content[1000:1100] = b"x" * 100
    path.write_bytes(content)
    assert only_problem_of(npz_source(path)).code == "R503"


def test_an_empty_file_is_corrupt(tmp_path):
    path = tmp_path / "data.npz"
    path.touch()
    assert only_problem_of(npz_source(path)).code == "R503"


@pytest.mark.parametrize(
    ("features", "labels", "code"),
    [
        (np.array(["a", "b", "c"]), np.zeros(3), "R515"),
        (np.float32(1), np.zeros(3), "R515"),
        (np.zeros((3, 2)), np.array([["a", "b"]] * 3), "R515"),
        (np.zeros((3, 2), dtype=complex), np.zeros(3), "R515"),
        (np.zeros((4, 2)), np.zeros(3), "R516"),
        (np.zeros((0, 2)), np.zeros(0), "R507"),
        (np.zeros((3, 0)), np.zeros(3), "R507"),
    ],
)
def test_arrays_that_cannot_be_examples_are_refused(save, features, labels, code):
    assert only_problem_of(npz_source(save(x=features, y=labels))).code == code


def test_a_missing_file_suggests_its_neighbour(save):
    path = save(x=np.zeros(1), y=np.zeros(1))
    assert only_problem_of(npz_source(path.with_name("dta.npz"))).label == "did you mean `data.npz`?"


def test_several_files_follow_one_another(tmp_path):
    for number, count in (1, 3), (2, 2):
        np.savez(tmp_path / f"part-{number}.npz", x=np.full((count, 2), number), y=np.full(count, number))
    table = table_of(npz_source(tmp_path / "part-*.npz"))
    assert table.arrays["x"].values[:, 0].tolist() == [1, 1, 1, 2, 2]
    assert table.cells["y"].tolist() == [*"11122"]
    assert [(place.file, place.number) for place in table.places(np.array([2, 4]))] == [
        ("part-1.npz", 2),
        ("part-2.npz", 1),
    ]


def test_files_whose_examples_differ_in_shape_are_refused(tmp_path):
    np.savez(tmp_path / "1.npz", x=np.zeros((2, 3)), y=np.zeros(2))
    np.savez(tmp_path / "2.npz", x=np.zeros((2, 4)), y=np.zeros(2))
    problem = only_problem_of(npz_source(tmp_path / "*.npz"))
    assert (problem.code, problem.part, problem.received) == ("R539", "2.npz", (4,))


def lying(tmp_path, shape, content):
    """An archive whose array `x` says that it is of a shape, and has some bytes."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", stream.getvalue() + content)
        archive.writestr("y.npy", stream.getvalue() + content)
    return path


def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path):
    problems = []
    assert read(npz_source(lying(tmp_path, (10**15,), b"some")), problems) is None
    assert [problem.code for problem in problems] == ["R503", "R503"]
    assert "1,000,000,000,000,000 bytes" in problems[0].reason


def test_a_bomb_is_refused_before_its_memory_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "memory_left", lambda: 1_000_000)
    path = lying(tmp_path, (2_000_000,), bytes(2_000_000))
    assert path.stat().st_size < 10_000
    problems = []
    assert read(npz_source(path), problems) is None
    assert [(problem.code, problem.part, problem.needed) for problem in problems] == [
        ("R557", "x", 2_000_000),
        ("R557", "y", 2_000_000),
    ]
