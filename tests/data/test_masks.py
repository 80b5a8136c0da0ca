"""Which classes the pixels of masks have, and what becomes of them."""

import zlib

import numpy as np
import pytest
from PIL import Image

from recipe.data import masks
from recipe.data.predicting import encode_labelled_rows, encode_rows, rows_at
from recipe.data.reading import read as read_plan
from recipe.data.said_masks import origins_of
from recipe.program.plans import Split
from tests.data.packing.conftest import cache  # noqa: F401  a fixture
from tests.data.plans import kind, npz_source, plan_of, source
from tests.mask_files import with_palette, write, write_masks

IMAGES = np.random.default_rng(1).integers(0, 256, (12, 6, 8, 3), np.uint8)


@pytest.fixture
def save(tmp_path):
    def save_masks(held, name="data.npz", images=IMAGES):
        np.savez(tmp_path / name, x=images, y=held)
        return npz_source(tmp_path / name)

    return save_masks


def drawn(*values, size=(6, 8)):
    """Masks of some values, each of which occurs in every one."""
    found = np.random.default_rng(0).choice(values, (12, *size)).astype(np.uint8)
    found[:, 0, : len(values)] = values
    return found


def mask(**words):
    """The kind as a spec would write it."""
    written = kind("mask", **words)
    return written.without("missing")


@pytest.mark.parametrize(
    ("values", "names", "held", "ignored"),
    [
        ((0, 1), ("0", "1"), (0, 1), ()),
        ((0, 255), ("0", "1"), (0, 255), ()),
        ((0, 1, 2), ("0", "1", "2"), (0, 1, 2), ()),
        ((0, 1, 255), ("0", "1"), (0, 1), (255,)),
        ((0, 1, 2, 3, 255), ("0", "1", "2", "3"), (0, 1, 2, 3), (255,)),
    ],
)
def test_classes_are_inferred_from_the_values_that_occur(save, dataset_of, values, names, held, ignored):
    pixels = drawn(*values)
    dataset = dataset_of(plan_of(save(pixels)))
    (target,) = dataset.facts.targets
    assert (target.classes, target.values, target.ignored) == (names, held, ignored)
    assert target.is_mask
    assert f"{len(names)} values of pixels, {held[0]} to {held[-1]}" in target.reason
    assert ("255 is ignored" in target.reason) == bool(ignored)
    assert target.counts == tuple((pixels == value).sum() for value in held)
    answers = np.asarray(dataset.splits["train"].targets["y"])
    expected = np.full(pixels.shape, 255)
    for number, value in enumerate(held):
        expected[pixels == value] = number
    assert answers.dtype == np.uint8
    assert np.array_equal(answers.reshape(pixels.shape), expected)
    assert target.shape == ((6, 8, 1) if len(names) == 2 else (6, 8))


@pytest.mark.parametrize(
    ("values", "words", "names", "held", "ignored"),
    [
        ((0, 1, 2), {"classes": ("sky", "dog", "cat")}, ("sky", "dog", "cat"), (0, 1, 2), ()),
        ((1, 2, 3), {"classes": {"pet": 1, "ground": 2}, "ignore": 3}, ("pet", "ground"), (1, 2), (3,)),
        ((0, 3), {"classes": 4}, ("0", "1", "2", "3"), (0, 1, 2, 3), ()),
        ((0, 5, 255), {"classes": {"a": 0, "b": 5}}, ("a", "b"), (0, 5), (255,)),
        ((0, 1, 2, 3), {"ignore": (3, 2)}, ("0", "1"), (0, 1), (3, 2)),
        ((0, 255), {"ignore": None, "classes": {"out": 0, "in": 255}}, ("out", "in"), (0, 255), ()),
    ],
)
def test_what_is_written_of_classes_holds(save, read, values, words, names, held, ignored):
    (target,) = read(plan_of(save(drawn(*values)), {"y": mask(**words)})).facts.targets
    assert (target.classes, target.values, target.ignored) == (names, held, ignored)


@pytest.fixture
def read(dataset_of):
    """Read a plan, whatever is warned of."""

    def read_it(plan):
        dataset = read_plan(plan, problems := [])
        assert dataset is not None, problems
        return dataset

    return read_it


def test_shades_of_gray_become_two_classes_at_a_threshold(save, dataset_of):
    shades = np.random.default_rng(2).integers(0, 256, (12, 6, 8)).astype(np.uint8)
    dataset = dataset_of(plan_of(save(shades), {"y": mask(above=127, classes=("out", "in"))}))
    (target,) = dataset.facts.targets
    assert (target.classes, target.kind) == (("out", "in"), "flag")
    assert np.array_equal(dataset.splits["train"].targets["y"][..., 0], shades > 127)


@pytest.mark.parametrize(
    "held", [drawn(0, 1, 2), drawn(0, 1, 2)[..., np.newaxis], drawn(0, 1, 2).astype(int)]
)
def test_an_array_with_a_number_for_each_pixel_of_an_image_is_a_mask(save, dataset_of, held):
    assert dataset_of(plan_of(save(held))).facts.targets[0].is_mask


def test_an_array_of_another_size_is_a_mask_only_when_it_is_said_to_be_one(save, dataset_of):
    held = drawn(0, 1, 2, size=(3, 4))
    assert not dataset_of(plan_of(save(held))).facts.targets[0].is_mask
    assert dataset_of(plan_of(save(held), {"y": mask()})).facts.targets[0].is_mask


@pytest.mark.parametrize("values", [(0, 128, 255), (1, 2, 3), (0, 3), tuple(range(0, 250, 2))])
def test_values_that_do_not_say_their_classes_are_refused_with_ways_to_say_them(save, problems_of, values):
    (problem,) = problems_of(
        plan_of(save(drawn(*values, size=(16, 128)), images=IMAGES.repeat(16, axis=2)), {"y": mask()})
    )
    assert (problem.code, problem.values) == ("R518", values)
    assert "classes: {background:" in problem.help


def test_masks_of_one_value_are_offered_no_two_classes_of_it(save, problems_of):
    (problem,) = problems_of(plan_of(save(np.full((12, 6, 8), 255, np.uint8)), {"y": mask()}))
    assert problem.code == "R518"
    assert "object" not in problem.help


def test_a_stray_value_is_found_with_the_number_of_classes(save, problems_of):
    (problem,) = problems_of(plan_of(save(drawn(0, 1, 2, 77))))
    assert problem.code == "R518"
    assert "`classes: 3` to be told which files have other values" in problem.help


def test_a_value_that_is_no_class_is_named_with_its_places(save, problems_of):
    held = drawn(0, 1, 2)
    held[[3, 7], 2, 2] = 9
    (problem,) = problems_of(plan_of(save(held), {"y": mask(classes=3)}))
    assert (problem.code, problem.value, problem.count) == ("R519", 9, 2)
    assert [place.number for place in problem.places] == [3, 7]


def test_a_value_that_only_the_test_has_is_refused(save, problems_of):
    sources = {"train": save(drawn(0, 1, 2)), "test": save(drawn(0, 1, 3), "test.npz")}
    (problem,) = problems_of(plan_of(sources))
    assert (problem.code, problem.part, problem.value) == ("R519", "test", 3)


def test_masks_of_another_size_than_those_of_training_are_refused(save, problems_of):
    other = save(drawn(0, 1, size=(6, 4)), "test.npz", IMAGES)
    (problem,) = problems_of(plan_of({"train": save(drawn(0, 1)), "test": other}))
    assert (problem.code, problem.expected, problem.received) == ("R539", (6, 8), (6, 4))


def test_masks_that_are_all_ground_are_refused_and_a_split_without_a_class_is_told(save, problems_of, read):
    (problem,) = problems_of(plan_of(save(np.zeros((12, 6, 8), np.uint8))))
    assert problem.code == "R534"
    read_plan(plan_of(save(np.zeros((12, 6, 8), np.uint8)), {"y": mask(classes=2)}), problems := [])
    assert [(one.code, one.classes) for one in problems] == [("R500", ("1",))]


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        ({"above": 127, "ignore": 255}, "ignore"),
        ({"above": 127, "classes": 3}, "classes"),
        ({"classes": {"a": 0, "b": 1}, "ignore": 1}, "ignore: 1"),
        ({"classes": {"a": 1, "b": 1}}, "one of two equal classes"),
    ],
)
def test_words_that_contradict_each_other_are_refused(save, problems_of, words, argument):
    (problem,) = problems_of(plan_of(save(drawn(0, 1)), {"y": mask(**words)}))
    assert (problem.code, problem.argument) == ("R584", argument)


def test_a_mask_is_no_feature_and_no_column_of_cells(save, problems_of, write):
    (problem,) = problems_of(plan_of(save(drawn(0, 1)), features={"x": mask()}))
    assert (problem.code, problem.kind, problem.accepted) == ("R528", "mask", ("number", "image", "category"))
    table = source(
        "csv", path=str(write("a,b", "1,2", "2,1", "1,1")), separator=None, encoding="utf-8", header=None
    )
    (problem,) = problems_of(plan_of(table, {"b": mask()}))
    assert (problem.code, problem.kind) == ("R528", "mask")


# -- files -----------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path):
    write_masks(tmp_path)
    return tmp_path


def files(folder, **words):
    usual = {"size": None, "channels": 3, "resize": "crop", "interpolation": "bilinear", "bad_rows": "error"}
    paths = {"path": str(folder / "images"), "masks": str(folder / "masks")}
    return source("images", **{**usual, "table": None, "column": None, "mask_column": None, **paths, **words})


def test_a_mask_beside_another_target_is_a_feature_of_ids(folders, read):
    lines = "\n".join(["file,kind", *(f"{number:03}.jpg,{'ab'[number % 2]}" for number in range(24))])
    (folders / "kinds.csv").write_text(lines + "\n")
    source = files(folders, table=str(folders / "kinds.csv"))
    facts = read(plan_of(source, "kind", inputs=("image", "mask"))).facts
    (column,) = facts.columns_of("mask")
    assert (column.kind, column.statistics["vocabulary"]) == ("category", 256)
    assert facts.inputs["mask"].shape == (16, 16)


def test_masks_stay_in_their_file_as_bytes_and_are_told_apart_when_they_are_read(folders, dataset_of):
    dataset = dataset_of(plan_of(files(folders), split=Split(4, 4, False, None)))
    (target,) = dataset.facts.targets
    assert (target.classes, target.ignored) == (("0", "1", "2"), (255,))
    for part in ("train", "validation", "test"):
        answers = dataset.splits[part].targets["mask"]
        assert answers.nbytes == len(answers) * 16 * 16
        assert np.array_equal(answers[:], write_masks(folders)[dataset.splits[part].rows])


def test_a_mask_is_resized_as_its_image_without_a_value_of_its_own(tmp_path, dataset_of):
    held = np.zeros((4, 20, 40), np.uint8)
    held[:, 4:12, 10:30] = 2
    for number in range(4):
        pixels = np.repeat(held[number, ..., np.newaxis] * 100, 3, axis=-1)
        write(tmp_path / "images" / f"{number}.png", Image.fromarray(pixels))
        write(tmp_path / "masks" / f"{number}.png", with_palette(held[number]))
    for resize in ("crop", "pad", "stretch"):
        plan = plan_of(
            files(tmp_path, size=(10, 10), resize=resize, interpolation="nearest"),
            {"mask": mask(classes={"ground": 0, "square": 2})},
        )
        train = dataset_of(plan).splits["train"]
        assert np.array_equal(train.inputs["input"][:][..., 0] == 200, train.targets["mask"][:][..., 0])
        assert 0 < train.targets["mask"][:].mean() < 1


def test_a_mask_of_another_size_than_its_image_is_named(folders, problems_of):
    write(folders / "masks" / "005.png", Image.new("L", (16, 12)))
    (problem,) = problems_of(plan_of(files(folders, size=(8, 8))))
    assert problem.code == "R591"
    assert "005.png: it has 12 x 16 pixels, and its image 16 x 16" in problem.help


def test_masks_that_cannot_be_read_or_are_colored_are_named_or_left_out(folders, problems_of, read):
    write(folders / "masks" / "002.png", Image.fromarray(IMAGES[0]).resize((16, 16)))
    (folders / "masks" / "003.png").write_bytes(b"\x89PNG no more")
    (problem,) = problems_of(plan_of(files(folders)))
    assert problem.code == "R591"
    assert "002.png: its pixels are colors" in problem.help
    assert "003.png: " in problem.help
    dataset = read(plan_of(files(folders, bad_rows=source("bad_rows", skip=2))))
    assert len(dataset.splits["train"]) == 22


@pytest.mark.parametrize(
    "lines", [("file,by", "003.jpg,me", "008.jpg,you", "011.jpg,me"), ("003", "008", "011")]
)
def test_a_table_or_a_list_of_names_chooses_among_images_and_their_masks(folders, read, lines):
    (folders / "chosen.txt").write_text("\n".join(lines) + "\n")
    ignored = ("by",) if len(lines) == 4 else ()
    answers = read(plan_of(files(folders, table=str(folders / "chosen.txt")), ignore=ignored)).splits["train"]
    assert np.array_equal(answers.targets["mask"][:], write_masks(folders)[[3, 8, 11]])


@pytest.mark.parametrize(
    ("path", "words", "head", "row"),
    [
        (".", {"masks": None, "mask_column": "drawn"}, "photo,drawn", "images/{0:03}.jpg,masks/{0:03}.png"),
        ("images", {}, "photo", "{:03}.jpg"),
    ],
    ids=["mask_column", "masks"],
)
def test_another_table_brings_images_and_masks_that_lie_to_it_as_those_of_the_training(
    tmp_path, dataset_of, path, words, head, row
):
    held = {}
    for number, name in enumerate(("ours", "theirs")):
        held[name] = write_masks(tmp_path / name, (0, 1 + number, 2 - number))
        rows = [row.format(number) for number in range(24)][:: 1 + 5 * number]
        (tmp_path / name / f"{name}.csv").write_text("\n".join((head, *rows)) + "\n")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    trained = files(ours, path=str(ours / path), table=str(ours / "ours.csv"), column="photo", **words)
    facts = dataset_of(plan_of(trained)).facts
    problems = []
    table = rows_at(theirs / "theirs.csv", facts, problems, trained)
    measured = encode_labelled_rows(table, facts, problems, trained)
    assert problems == []
    assert np.array_equal(measured.targets["mask"][:], held["theirs"][::6])
    origins = origins_of(table, len(measured), theirs / "theirs.csv", trained)
    assert (origins.root / origins.names[1]) == theirs / "images" / "006.jpg"


def test_a_table_without_masks_is_predicted_and_not_measured(folders, dataset_of):
    trained = files(
        folders, path=str(folders), table=str(folders / "both.csv"), masks=None, mask_column="drawn"
    )
    rows = [f"images/{number:03}.jpg,masks/{number:03}.png" for number in range(3)]
    (folders / "both.csv").write_text("\n".join(("photo,drawn", *rows)) + "\n")
    (folders / "lone.csv").write_text("photo\nimages/004.jpg\n")
    facts, problems = dataset_of(plan_of(trained)).facts, []
    table = rows_at(folders / "lone.csv", facts, problems, trained)
    assert encode_rows(table, facts, problems, trained).inputs["input"].shape == (1, 16, 16, 3)
    assert problems == []
    assert encode_labelled_rows(table, facts, problems, trained) is None
    assert [(problem.code, problem.column) for problem in problems] == [("R520", "drawn")]


def test_two_masks_of_one_image_are_named(folders, problems_of):
    write(folders / "masks" / "003.bmp", Image.new("L", (16, 16)))
    (problem,) = problems_of(plan_of(files(folders)))
    assert problem.code == "R597"
    assert "2 masks that share an image (`003.bmp`, `003.png`)" in problem.message


def test_a_name_without_suffix_that_fits_two_images_is_told(folders, problems_of):
    write(folders / "images" / "003.bmp", Image.new("RGB", (16, 16)))
    (folders / "chosen.txt").write_text("file\n003\n008\n")
    (problem,) = problems_of(plan_of(files(folders, table=str(folders / "chosen.txt"))))
    assert problem.code == "R596"
    assert "first `003`" in problem.message


def test_a_mask_that_says_it_is_huge_is_named_before_it_is_unpacked(folders, problems_of):
    content = bytearray((folders / "masks" / "002.png").read_bytes())
    content[16:24] = (100_000).to_bytes(4) * 2  # width and height in its head
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    (folders / "masks" / "002.png").write_bytes(content)
    (problem,) = problems_of(plan_of(files(folders)))
    assert "002.png: it unpacks to more than 67,108,864 pixels" in problem.help


def test_masks_of_colors_have_the_classes_that_the_source_says(folders, read):
    held = write_masks(folders, edge=None)
    colors = np.array([[0, 0, 0], [128, 0, 0], [64, 64, 128]], np.uint8)
    for number, pixels in enumerate(held):
        write(folders / "masks" / f"{number:03}.png", Image.fromarray(colors[pixels]))
    named = {"ground": (0, 0, 0), "dog": (128, 0, 0), "edge": (64, 64, 128)}
    dataset = read(plan_of(files(folders, colors=named), {"mask": mask(ignore=2)}))
    (target,) = dataset.facts.targets
    assert (target.classes, target.ignored) == (("ground", "dog"), (2,))
    answers = dataset.splits["train"].targets["mask"]
    assert np.array_equal(answers[:][..., 0], np.where(held == 2, 255, held))


def test_a_color_that_is_no_class_is_named_at_its_file(folders, problems_of):
    write_masks(folders, (0, 1), edge=None)  # the first color of the palette is [128, 0, 0]
    (problem,) = problems_of(plan_of(files(folders, colors={"ground": (0, 0, 0), "dog": (128, 0, 1)})))
    assert (problem.code, problem.count) == ("R591", 24)
    assert "000.png: the color [128, 0, 0] is none of `colors`" in problem.help


def test_colors_without_masks_are_refused(folders, problems_of):
    (problem,) = problems_of(plan_of(files(folders, masks=None, colors={"a": (0, 0, 0), "b": (1, 0, 0)})))
    assert (problem.code, problem.word, problem.needs) == ("R599", "colors", "masks")


def test_what_a_mask_holds_is_counted_by_its_classes():
    target = masks.Target("y", "category", ("a", "b"), values=(0, 7), ignored=(9,))
    assert masks.counts_of(target, np.array([[[0, 7], [9, 7]]])) == (1, 2)
