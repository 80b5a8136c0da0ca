import numpy as np
import pytest

from recipe.data.reading import read as read_plan
from recipe.data.sources.images import read, read_more
from recipe.diagnostics.problems import errors
from tests.data.packing.conftest import cache, encoded, noise, photos  # noqa: F401  fixtures
from tests.data.packing.test_building import images, table_of
from tests.data.plans import kind, plan_of, source


def problems_of(path, **words):
    problems = []
    read(images(path, **words), problems)
    return problems


@pytest.fixture
def masked(tmp_path):
    """Four images and masks of two classes, written as black and white."""
    for number in range(4):
        for folder, pixels in (("images", noise(number)), ("masks", noise(number)[..., 0] // 128 * 255)):
            path = tmp_path / folder / f"{number}.png"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encoded(pixels))
    return tmp_path


def test_a_mask_lies_beside_its_image_as_it_is_stored(masked):
    table = table_of(masked / "images", masks=str(masked / "masks"))
    assert table.targets == ("mask",)
    assert table.arrays["mask"].found == (0, 255)
    expected = [noise(number)[..., 0] // 128 * 255 for number in range(4)]
    assert np.array_equal(table.arrays["mask"].values[:], expected)
    assert table.arrays["mask"].values.highs.tolist() == [255] * 4


def test_masks_become_the_target_of_a_network_and_count_its_classes(masked):
    problems = []
    dataset = read_plan(plan_of(images(masked / "images", masks=str(masked / "masks"))), problems)
    assert errors(problems) == ()
    (target,) = dataset.facts.targets
    counted = np.bincount(np.concatenate([noise(n)[..., 0].ravel() // 128 for n in range(4)]))
    assert (target.kind, target.shape, target.counts) == ("flag", (8, 8, 1), tuple(counted))
    assert (target.classes, target.values) == (("0", "1"), (0, 255))
    answers = dataset.splits["train"].targets["mask"][:]
    assert answers.dtype == np.uint8
    assert np.array_equal(answers[2, ..., 0], noise(2)[..., 0] // 128)


def test_a_table_names_the_images_and_brings_further_columns(photos, tmp_path):  # noqa: F811
    folder = photos()
    lines = ["file,age,kind", "dog/0005.png,3,old", "cat/0000.png,1,young", "cat/0000.png,2,young"]
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    table = table_of(folder, table=str(tmp_path / "labels.csv"), column="file")
    assert list(table.cells) == ["age", "kind"]
    assert np.array_equal(table.arrays["image"].values[:], [noise(5), noise(0), noise(0)])


def test_a_table_may_bring_several_labels_for_each_image(photos, tmp_path):  # noqa: F811
    lines = ["file,seen", "dog/0005.png,dog;grass", "cat/0000.png,cat", "cat/0001.png,", "cat/0002.png,grass"]
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    call = images(photos(), table=str(tmp_path / "labels.csv"), column="file")
    problems = []
    dataset = read_plan(plan_of(call, {"seen": kind("labels", "empty", separator=";")}), problems)
    assert problems == []
    assert dataset.facts.targets[0].classes == ("cat", "dog", "grass")
    assert dataset.splits["train"].targets["seen"].tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_what_cannot_be_used_is_named_and_left_out_within_the_limit(photos):  # noqa: F811
    folder = photos()
    (folder / "cat" / "0001.png").write_bytes(encoded(noise(1))[:60])
    (folder / "dog" / "zero.png").write_bytes(b"")
    (refused,) = problems_of(folder)
    assert refused.code == "R591"
    assert "cat/0001.png: " in refused.help
    assert "dog/zero.png: the file is empty" in refused.help
    problems = []
    table = read(images(folder, bad_rows=source("bad_rows", skip=0.25)), problems)
    assert [problem.code for problem in problems] == ["R592"]
    assert len(table) == 7
    assert table.rows.tolist() == [0, 2, 3, 4, 5, 6, 7]
    assert np.array_equal(table.arrays["image"].values[1], noise(2))
    assert [problem.code for problem in problems_of(folder, bad_rows=source("bad_rows", skip=1))] == ["R593"]


def test_images_for_a_finished_run_take_its_size_and_have_classes_only_in_folders(photos, tmp_path):  # noqa: F811
    folder = photos()
    dataset = read_plan(plan_of(images(folder)), [])
    (tmp_path / "large.png").write_bytes(encoded(noise(9, 16, 16)))
    problems = []
    labelled = read_more(images(folder), folder, dataset.facts, problems)
    lone = read_more(images(folder), tmp_path / "large.png", dataset.facts, problems)
    assert problems == []
    assert labelled.cells["class"].tolist() == ["cat"] * 4 + ["dog"] * 4
    assert lone.cells == {}
    assert lone.arrays["image"].values.shape == (1, 8, 8, 3)
    assert lone.files == ("large.png",)


def test_a_split_of_packed_images_copies_none_of_them(photos):  # noqa: F811
    table = table_of(photos())
    part = table.take(np.array([1, 6]))
    assert part.arrays["image"].values.packed is table.arrays["image"].values.packed
    assert np.array_equal(part.arrays["image"].values[:], [noise(1), noise(6)])
