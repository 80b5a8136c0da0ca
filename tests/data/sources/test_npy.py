"""Source `npy`: one array a file, on the disk until it is needed, and never more than its file holds."""

import numpy as np
import pytest

from recipe.data.sources.npy import read
from tests.data.plans import source


@pytest.fixture
def save(tmp_path):
    def save_array(name, values):
        path = tmp_path / f"{name}.npy"
        np.save(path, values)
        return str(path)

    return save_array


def only_problem_of(call):
    problems = []
    assert read(call, problems) is None
    (problem,) = problems
    return problem


def test_arrays_are_those_that_numpy_reads_and_stay_on_the_disk(save):
    images = np.random.default_rng(0).integers(0, 255, (7, 4, 4), dtype=np.uint8)
    numbers = np.asfortranarray(np.arange(14, dtype=">f4").reshape(7, 2))
    call = source(
        "npy",
        features=(save("images", images), save("numbers", numbers)),
        target=(save("labels", np.arange(7) % 3),),
    )
    problems = []
    table = read(call, problems)
    assert problems == []
    assert isinstance(table.arrays["images"].values, np.memmap)
    assert np.array_equal(table.arrays["images"].values, images)
    assert np.array_equal(table.arrays["numbers"].values, numbers)
    assert table.cells["labels"].tolist() == [*"0120120"]
    assert table.targets == ("labels",)


def test_the_digest_is_that_of_the_same_arrays_in_an_npz_file(save, tmp_path):
    from recipe.data.sources import npz

    x, y = np.arange(12.0).reshape(4, 3), np.arange(4)
    np.savez(tmp_path / "both.npz", x=x, y=y)
    packed = npz.read(source("npz", path=str(tmp_path / "both.npz"), features="x", target="y"), [])
    apart = read(source("npy", features=save("x", x), target=save("y", y)), [])
    assert packed.digest == apart.digest


def test_files_of_one_name_keep_their_paths(save, tmp_path):
    (tmp_path / "b").mkdir()
    np.save(tmp_path / "b" / "x.npy", np.zeros((2, 2)))
    files = (save("x", np.ones((2, 2))), str(tmp_path / "b" / "x.npy"))
    table = read(source("npy", features=files, target=save("y", np.arange(2))), [])
    assert len(table.arrays) == 2


def lying(tmp_path, shape):
    """A file of some bytes whose header says that it is of a shape."""
    path = tmp_path / "lying.npy"
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
        file.write(b"\0" * 800)
    return str(path)


@pytest.mark.parametrize("shape", [(10**15, 1000), (101,), (99,), (-100,)])
def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path, save, shape):
    problem = only_problem_of(source("npy", features=lying(tmp_path, shape), target=save("y", np.arange(3))))
    assert (problem.code, problem.file) == ("R503", "lying.npy")


@pytest.mark.parametrize(
    "content", [b"", b"\x93NUMPY", b"no array at all", b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 900]
)
def test_what_is_no_array_is_refused(tmp_path, save, content):
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    assert only_problem_of(source("npy", features=str(path), target=save("y", np.arange(3)))).code == "R503"


def test_pickled_objects_are_never_loaded(save):
    objects = save("x", np.array([{}, []], dtype=object))
    assert only_problem_of(source("npy", features=objects, target=save("y", np.arange(2)))).code == "R514"


def test_every_missing_file_is_told(save):
    problems = []
    assert (
        read(source("npy", features=save("x", np.ones((2, 2))) + "x", target="absent.npy"), problems) is None
    )
    assert [problem.code for problem in problems] == ["R501", "R501"]
