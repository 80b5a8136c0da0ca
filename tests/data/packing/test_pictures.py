"""What images become, against formulas and against TensorFlow's decoder."""

import io
import itertools
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from recipe.data.packing.pictures import (
    OtherSizeError,
    Picture,
    UndecodableError,
    decode,
    decode_mask,
    laid_back,
    size_of,
)
from tests.data.packing.conftest import encoded, noise

AS_IT_IS = Picture(8, 8, 3)


def test_a_png_keeps_every_byte():
    assert np.array_equal(decode(encoded(noise(0)), AS_IT_IS), noise(0))


def test_a_jpeg_is_what_tensorflow_decodes_exactly(shared_data, tmp_path):
    import tarfile

    import tensorflow as tf

    with tarfile.open(shared_data("cifar10_jpg.tar.gz")) as archive:
        members = (member for member in archive if member.name.endswith(".jpg"))
        contents = [archive.extractfile(next(members)).read() for _ in range(50)]
    for content in contents:
        expected = tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE").numpy()
        assert np.array_equal(decode(content, Picture(32, 32, 3)), expected)


# EXIF 2.32, tag 274: what is done to the stored pixels so that they stand upright.
UPRIGHT = {
    1: lambda pixels: pixels,
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: np.transpose(pixels, (1, 0, 2)),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(np.transpose(pixels, (1, 0, 2)), 2),
    8: np.rot90,
}


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_an_image_stands_upright_as_its_orientation_says(orientation):
    content = encoded(noise(1, 4, 8), exif=turned(orientation))
    expected = UPRIGHT[orientation](noise(1, 4, 8))
    assert size_of(content) == expected.shape[:2]
    assert np.array_equal(decode(content, Picture(*expected.shape)), expected)


def by_pillow(content: bytes, channels: int) -> np.ndarray | None:
    """What Pillow alone makes of a file; None where it refuses."""
    try:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        return np.asarray(image.convert({1: "L", 3: "RGB"}[channels])).reshape(24, 24, channels)
    except Exception:  # of any kind: the file is damaged
        return None


WAYS = {"baseline": {}, "progressive": {"progressive": True}, "turned": {"exif": turned(6)}}


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_jpeg_is_decoded_as_pillow_does_whole_or_damaged(mode, way):
    stream = io.BytesIO()
    Image.fromarray(noise(7, 24, 24)).convert(mode).save(stream, "JPEG", **WAYS[way])
    whole, dice = stream.getvalue(), random.Random(0)
    contents = [whole, *(whole[: dice.randrange(len(whole))] for _ in range(20))]
    for _ in range(100):
        flipped = bytearray(whole)
        flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
        contents.append(bytes(flipped))
    decoded = 0
    for content, channels in itertools.product(contents, (3, 1)):
        expected = by_pillow(content, channels)
        try:
            found = decode(content, Picture(24, 24, channels))
        except UndecodableError:
            found = None
        assert (found is None) == (expected is None)
        if found is not None:
            decoded += 1
            assert np.array_equal(found, expected)
    assert decoded > 20


def test_transparency_is_laid_on_white():
    pixels = noise(2, channels=4)
    share = pixels[..., 3:] / 255
    expected = pixels[..., :3] * share + 255 * (1 - share)
    assert np.abs(decode(encoded(pixels), AS_IT_IS) - expected).max() <= 1
    assert np.array_equal(decode(encoded(pixels), Picture(8, 8, 4)), pixels)


def test_sixteen_bits_become_the_nearest_of_256_steps():
    deep = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1040
    expected = np.round(deep / 65535 * 255)
    assert np.array_equal(decode(encoded(deep), Picture(8, 8, 1))[..., 0], expected)


def test_gray_is_the_luma_of_rec_601():
    red, green, blue = np.moveaxis(noise(3).astype(float), -1, 0)
    expected = 0.299 * red + 0.587 * green + 0.114 * blue
    assert np.abs(decode(encoded(noise(3)), Picture(8, 8, 1))[..., 0] - expected).max() <= 1


def test_palettes_cmyk_and_black_and_white_become_colors():
    image = Image.fromarray(np.full((8, 8, 3), (200, 100, 50), np.uint8))
    for mode in ("P", "CMYK", "L", "1"):
        stream = io.BytesIO()
        image.convert(mode).save(stream, "JPEG" if mode == "CMYK" else "PNG")
        expected = np.asarray(image.convert(mode).convert("RGB"), dtype=int)
        assert np.abs(decode(stream.getvalue(), AS_IT_IS) - expected).max() <= 3


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_several_frames_the_first_counts(kind):
    frames = [Image.fromarray(np.full((8, 8, 3), value, np.uint8)) for value in (10, 200)]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:], lossless=True)
    assert np.abs(decode(stream.getvalue(), AS_IT_IS).astype(int) - 10).max() <= 1


def test_crop_pad_and_stretch_do_what_they_say():
    wide = np.zeros((4, 8, 3), np.uint8)
    wide[:, 2:6] = 255  # the middle square is white
    content = encoded(wide)
    assert (decode(content, Picture(4, 4, 3, "crop")) == 255).all()
    padded = decode(content, Picture(8, 8, 3, "pad"))
    assert np.array_equal(padded[2:6], wide)
    assert not padded[:2].any()
    assert not padded[6:].any()
    narrow = decode(content, Picture(4, 4, 3, "stretch", "nearest"))
    assert narrow[0, :, 0].tolist() == [0, 255, 255, 0]


def test_a_mask_moves_as_its_image_does():
    image = np.zeros((6, 12, 3), np.uint8)
    image[1:3, 5:8] = 255
    mask = image[..., 0] // 255 * 3
    for resize in ("crop", "pad", "stretch"):
        picture = Picture(6, 6, 3, resize, "nearest")
        moved = decode(encoded(image), picture)[..., 0] // 255 * 3
        assert np.array_equal(decode_mask(encoded(mask), picture), moved)


def test_another_size_is_told_where_nothing_resizes():
    with pytest.raises(OtherSizeError) as told:
        decode(encoded(noise(4, 5, 8)), AS_IT_IS)
    assert told.value.size == (5, 8)


def png_of(height: int, width: int) -> bytes:
    """A PNG of few bytes that says how many pixels it has, all of them zero."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000, 9))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("side", "words"), [(9000, "9,000 x 9,000 pixels"), (60_000, "more than 67,108,864")]
)
def test_a_bomb_is_refused_before_it_is_unpacked(side, words):
    with pytest.raises(UndecodableError, match=words):
        decode(png_of(side, side), Picture(32, 32, 3, "crop"))


def test_damaged_files_of_every_format_are_named_and_never_end_in_another_way():
    dice = random.Random(0)
    reasons = []
    for kind in ("PNG", "JPEG", "BMP", "GIF", "WEBP"):
        whole = encoded(noise(5, 24, 24), kind)
        broken = [whole[: dice.randrange(len(whole))] for _ in range(20)]
        for _ in range(20):
            flipped = bytearray(whole)
            flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
            broken.append(bytes(flipped))
        for content in (*broken, b"", b"\0" * 100, b"<html>"):
            try:
                decode(content, Picture(24, 24, 3))
            except UndecodableError as error:
                reasons.append(str(error))
    assert len(reasons) > 100
    assert all(reasons)


def saved(image, kind="PNG", **settings):
    content = io.BytesIO()
    image.save(content, kind, **settings)
    return content.getvalue()


def test_a_mask_is_the_numbers_of_a_palette_or_of_gray_pixels_however_they_are_written():
    classes = noise(6)[..., 0] % 4
    of_palette = Image.fromarray(classes, "P")
    of_palette.putpalette(noise(7, 16, 16).tobytes())
    gray = Image.fromarray(classes)
    ways = (of_palette, gray, gray.convert("RGB"), gray.convert("RGBA"), gray.convert("I;16"))
    for image in ways:
        assert np.array_equal(decode_mask(saved(image), AS_IT_IS), classes)
    black_and_white = gray.point(lambda value: 255 * (value > 1)).convert("1")
    assert np.array_equal(decode_mask(saved(black_and_white), AS_IT_IS), 255 * (classes > 1))


@pytest.mark.parametrize("size", [(8, 8), (12, 12), (31, 17), (16, 40)])
@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
def test_a_mask_of_the_network_is_laid_back_onto_its_image(size, resize):
    """Of large areas, what is resized and laid back is the mask again, but for the edges."""
    height, width = size
    rows, columns = np.indices(size)
    whole = (2 * (rows * 2 // height) + (columns * 2 // width)).astype(np.uint8)
    network = decode_mask(encoded(whole), Picture(24, 24, 3, resize))
    back = laid_back(network, resize, size, outside=9)
    assert back.shape == size
    cut = back == 9
    expected = max(size) - min(size) if resize == "crop" else 0
    assert abs(cut.sum() / min(size) - expected) <= 1
    assert (back == whole)[~cut].mean() > 0.85


def test_colors_and_transparent_pixels_are_no_classes():
    with pytest.raises(UndecodableError, match="its pixels are colors"):
        decode_mask(encoded(noise(6)), AS_IT_IS)
    gray = Image.fromarray(noise(6)[..., 0]).convert("RGBA")
    gray.putpixel((1, 2), (7, 7, 7, 0))
    with pytest.raises(UndecodableError, match="transparent"):
        decode_mask(saved(gray), AS_IT_IS)
