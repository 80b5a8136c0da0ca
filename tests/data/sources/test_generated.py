import numpy as np
import pytest

from recipe.data.sources import generated
from recipe.data.sources.bundled import read
from tests.data.plans import source


def table_of(name):
    problems = []
    table = read(source("bundled", name=name), problems)
    assert problems == []
    return table


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("tokens", "ab0fd64ebae49df59c4ecb4fcddb856d569af7c2bd63405c6e19cadb6c8d7608"),
        ("sentences", "635e92de747862344de9748fa26c40f894eb3eb3ae778b8a4710982d3736da09"),
        ("reversals", "57970bd2993041790ad722f8c1c17188c37bbd1b3dbdf2cec6822d836970fa1c"),
        ("masks", "b41a0ca681d25e956acb326b3372f9f2627e22310aa69919bf8e6879c44810b8"),
        ("series", "ee31da353d8d909ba62ebabcee90dabff5b6f18f0719c261332e5904d385684e"),
        ("forecast", "4953ef144e682a74a5339cfbb90d9822501336e9e31fc67551a18357579ceeef"),
    ],
)
def test_a_set_is_drawn_to_the_same_bytes_every_time(name, digest):
    assert table_of(name).digest == digest


def test_a_decoder_reads_what_it_said_before_and_says_the_source_from_its_end():
    arrays = table_of("reversals").arrays
    source, target, following = (arrays[name].values for name in ("source", "target", "next"))
    assert (target[:, 1:] == following[:, :-1]).all()
    assert (following[:, :-1] == source[:, ::-1]).all()
    assert len(np.unique(source, axis=0)) == len(source)


def test_no_two_sentences_are_equal():
    texts = table_of("sentences").arrays["text"].values
    assert len(np.unique(texts, axis=0)) == len(texts) == 1600


def test_each_token_is_followed_by_the_next_of_the_text():
    arrays = table_of("tokens").arrays
    text, following = arrays["text"].values, arrays["next"].values
    assert text.shape == following.shape == (1500, 64)
    assert np.array_equal(text.reshape(-1)[1:], following.reshape(-1)[:-1])


def test_the_text_is_sentences_whose_verbs_agree_with_their_subjects():
    stored = table_of("tokens").arrays["text"]
    text = "".join(stored.names[number] for number in stored.values.reshape(-1))
    sentences = [line.split() for line in text.split("\n")[:-1]]
    assert len(sentences) > 1500
    for words in sentences:
        verb = next(word for word in words if word.removesuffix("s") in generated._VERBS)
        assert words[2].endswith("s") != verb.endswith("s")


def test_a_mask_lies_over_the_shapes_of_its_image():
    arrays = table_of("masks").arrays
    images, classes = arrays["image"].values, arrays["mask"].values
    assert (images.shape, images.dtype) == ((600, 32, 32, 3), np.uint8)
    assert arrays["mask"].names == ("background", "disc", "square")
    assert images[classes == 0].max() < 96 <= images[classes > 0].max()
    assert all({0, 2} <= set(mask.reshape(-1).tolist()) for mask in classes)


def test_the_form_of_a_wave_is_its_class():
    table = table_of("series")
    windows, labels = table.arrays["window"].values, table.cells["wave"]
    assert (windows.shape, windows.dtype) == ((1200, 48, 3), np.float32)
    # A square wave is never near its middle; the noise is at most a quarter of its height.
    distance = np.abs(windows).min(axis=(1, 2))
    assert set(labels[distance >= 0.75]) == {"square"}
    assert (labels == "square").sum() == (distance >= 0.75).sum()


def test_a_horizon_goes_on_where_its_window_ends():
    arrays = table_of("forecast").arrays
    windows, horizons = arrays["window"].values, arrays["horizon"].values
    assert (windows.shape, horizons.shape) == ((1200, 48, 3), (1200, 12))
    # A triangle wave moves at most 2 * 8 / 32 a step, and the noise of two steps is at most 1/2.
    assert np.abs(horizons[:, 0] - windows[:, -1, 0]).max() <= 1.0
    assert np.abs(windows[:, :, 0].max() - windows[:, :, 0].min()) > 1.5
