"""Image files to arrays of bytes: one way for every mode of color, orientation and size.

| in the file | in the array |
|---|---|
| EXIF orientation | turned and mirrored as it says |
| several frames | the first |
| transparency | laid on white; kept with 4 channels |
| palette, CMYK, YCbCr | red, green, blue |
| gray | one channel, or thrice the same |
| 16 bits a channel | the nearest of 256 steps |

Pillow decodes: it reads orientation and modes of color, which `tf.io.decode_image` does not, needs no
framework to be loaded, and gives the same bytes as TensorFlow's exact method does. Of a small JPEG it spends
most of its time in Python; one that needs nothing of the table is decoded by `simplejpeg`, the same
libjpeg-turbo without that.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError, WebPImagePlugin

Image.preinit()  # JPEG, PNG, BMP and GIF; WebP registers itself where it is imported
FORMATS = ("JPEG", "PNG", "BMP", WebPImagePlugin.WebPImageFile.format, "GIF")
_JPEG = b"\xff\xd8\xff"
_ORIENTED = (b"Exif\0", b"http://ns.adobe.com/xap/")
_PLAIN: Mapping[tuple[int, str], str] = MappingProxyType(
    {(3, "YCbCr"): "RGB", (3, "Gray"): "RGB", (1, "Gray"): "GRAY"}
)
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif")
MOST_PIXELS = 2**26
"""A file of some kilobytes may say that it unpacks to gigabytes; no photograph has 67 million pixels."""

MOST_BYTES = 2**28

Bytes = NDArray[np.uint8]
Found = TypeVar("Found")
_MODES: Mapping[int, str] = MappingProxyType({1: "L", 3: "RGB", 4: "RGBA"})
_WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_METHODS: Mapping[str, Image.Resampling] = MappingProxyType(
    {
        "nearest": Image.Resampling.NEAREST,
        "bilinear": Image.Resampling.BILINEAR,
        "bicubic": Image.Resampling.BICUBIC,
        "lanczos": Image.Resampling.LANCZOS,
    }
)


class UndecodableError(ValueError):
    """A file that is no image we take; the words say why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What an image becomes.

    Args:
        height: in pixels.
        width: in pixels.
        channels: 1, 3 or 4.
        resize: `crop`, `pad` or `stretch`: what gives way where the proportions differ; empty where every
            image must have the size already.
        interpolation: between pixels, with antialiasing when it shrinks.
        colors: of masks that have them in place of numbers, red, green and blue of each class.
    """

    height: int
    width: int
    channels: int
    resize: str = ""
    interpolation: str = "bilinear"
    colors: tuple[tuple[int, int, int], ...] = ()


def decode(content: bytes, picture: Picture) -> Bytes:
    """An image, `(height, width, channels)`.

    Raises:
        UndecodableError: when the file is damaged, too large, or none of the formats.
        OtherSizeError: when it has another size, and nothing says how it is resized.
    """
    plain = _plain_jpeg(content, picture)
    return _translated(lambda: _decoded(content, picture)) if plain is None else plain


def decode_mask(content: bytes, picture: Picture) -> Bytes:
    """The class of every pixel, `(height, width)`, resized as the image is, by the nearest pixel.

    Raises:
        UndecodableError: when it is damaged, or has more than one channel.
        OtherSizeError: see `decode`.
    """
    return _translated(lambda: _decoded_mask(content, picture))


def size_of(content: bytes) -> tuple[int, int]:
    """Height and width of an image, as its head says and its orientation turns it.

    Raises:
        UndecodableError: when the file is none of the formats.
    """

    def found() -> tuple[int, int]:
        image = _turned(_opened(content))
        return image.height, image.width

    return _translated(found)


class OtherSizeError(UndecodableError):
    """An image of another size than the first, where nothing says how it is resized."""

    def __init__(self, height: int, width: int):
        super().__init__(f"it has {height} x {width} pixels")
        self.size = (height, width)


def _translated(action: Callable[[], Found]) -> Found:
    """Run an action; whatever Pillow says of a damaged file becomes one kind of error, in its words."""
    try:
        return action()
    except UndecodableError:
        raise
    except Exception as error:  # its decoders raise OSError, SyntaxError, struct.error, IndexError ...
        words = str(error).strip() or type(error).__name__
        raise UndecodableError(words[:1].lower() + words[1:]) from error


def _plain_jpeg(content: bytes, picture: Picture) -> Bytes | None:
    """A JPEG that has the size already and may lie in no other way; None for all else, and for damage."""
    if not content.startswith(_JPEG) or any(mark in content for mark in _ORIENTED):
        return None
    try:
        height, width, colors, _ = simplejpeg.decode_jpeg_header(content)
        wanted = _PLAIN.get((picture.channels, colors))
        if wanted is None or (height, width) != (picture.height, picture.width):
            return None
        found: Bytes = simplejpeg.decode_jpeg(content, wanted)
    except ValueError:
        return None  # Pillow says in words what is wrong
    return found


def _opened(content: bytes) -> Image.Image:
    if not content:
        raise UndecodableError("the file is empty")
    try:
        image = _read_head(content)
    except UnidentifiedImageError as error:
        raise UndecodableError("it is no JPEG, PNG, BMP, WebP or GIF image") from error
    except Image.DecompressionBombError as error:
        raise UndecodableError(f"it unpacks to more than {MOST_PIXELS:,} pixels") from error
    if image.width * image.height > MOST_PIXELS:
        size = f"{image.height:,} x {image.width:,} pixels"
        raise UndecodableError(f"it unpacks to {size}; at most {MOST_PIXELS:,} pixels are unpacked")
    return image


def _read_head(content: bytes) -> Image.Image:
    """An image that is not decoded yet; to ask every format takes half as long as decoding a small JPEG."""
    if content.startswith(_JPEG):
        return JpegImagePlugin.JpegImageFile(io.BytesIO(content))
    return Image.open(io.BytesIO(content), formats=FORMATS)


def _turned(image: Image.Image) -> Image.Image:
    """As its orientation says; only few files say any."""
    if not {"exif", "xmp", "XML:com.adobe.xmp"} & image.info.keys():
        return image
    return ImageOps.exif_transpose(image)


def _decoded(content: bytes, picture: Picture) -> Bytes:
    image = _opened(content)
    if picture.resize and image.format in ("JPEG", "MPO"):
        # A JPEG can be decoded at a half, a fourth or an eighth; twice the size is left to be resized.
        image.draft(None, (2 * picture.width, 2 * picture.height))
    image = _turned(image)
    mode = _MODES[picture.channels]
    image = _resized(_converted(image, mode), picture, _METHODS[picture.interpolation])
    return np.asarray(image, dtype=np.uint8).reshape(picture.height, picture.width, picture.channels)


def _converted(image: Image.Image, mode: str) -> Image.Image:
    if image.mode in _DEEP:
        image = _shallow(image)
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in _WITH_ALPHA and mode != "RGBA":
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image).convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def _shallow(image: Image.Image) -> Image.Image:
    """16 bits to 8: each step of 257 becomes one."""
    deep = np.asarray(image).astype(np.float64)
    return Image.fromarray(np.floor(np.clip(deep, 0, 65535) / 257 + 0.5).astype(np.uint8))


def _resized(image: Image.Image, picture: Picture, method: Image.Resampling) -> Image.Image:
    size = (picture.width, picture.height)
    if image.size == size:
        return image
    if not picture.resize:
        raise OtherSizeError(image.height, image.width)
    return _RESIZE[picture.resize](image, size, method)


_RESIZE: Mapping[str, Callable[[Image.Image, tuple[int, int], Image.Resampling], Image.Image]] = (
    MappingProxyType(
        {
            "crop": lambda image, size, method: ImageOps.fit(image, size, method),
            "pad": lambda image, size, method: ImageOps.pad(image, size, method),
            "stretch": lambda image, size, method: image.resize(size, method),
        }
    )
)


def laid_back(mask: Bytes, resize: str, size: tuple[int, int], outside: int) -> Bytes:
    """A mask as it lies on its image before that was resized, by the nearest pixel, `(height, width)`.

    Args:
        mask: of the image that was resized, `(height, width)`.
        resize: what gave way, as in `Picture`; empty where nothing did.
        size: height and width of the image.
        outside: the value of what the network has not seen, because it was cropped.
    """
    (height, width), (rows, columns) = size, mask.shape
    scale = _SCALE[resize](height / rows, width / columns) if resize else (1.0, 1.0)
    found = np.full(size, outside, np.uint8)
    # The centre of a pixel of the image, in pixels of the mask.
    down = (np.arange(height) + 0.5 - height / 2) / scale[0] + rows / 2
    right = (np.arange(width) + 0.5 - width / 2) / scale[1] + columns / 2
    own_rows, own_columns = (
        np.flatnonzero((at >= 0) & (at < end)) for at, end in ((down, rows), (right, columns))
    )
    there = np.ix_(down[own_rows].astype(np.int64), right[own_columns].astype(np.int64))
    found[np.ix_(own_rows, own_columns)] = mask[there]
    return found


_SCALE: Mapping[str, Callable[[float, float], tuple[float, float]]] = MappingProxyType(
    {
        "crop": lambda high, wide: (min(high, wide),) * 2,
        "pad": lambda high, wide: (max(high, wide),) * 2,
        "stretch": lambda high, wide: (high, wide),
    }
)
"""Pixels of an image for each of the resized one, down and across, from the two proportions."""


def _decoded_mask(content: bytes, picture: Picture) -> Bytes:
    image = _turned(_opened(content))
    if picture.colors:
        return _by_color(_resized(image.convert("RGB"), picture, Image.Resampling.NEAREST), picture.colors)
    image = _one_channel(image)
    resized = _resized(image, picture, Image.Resampling.NEAREST)
    ids = np.asarray(resized)
    if ids.min() < 0 or ids.max() > 255:
        raise UndecodableError(f"the classes of a mask lie from 0 to 255; this one has {ids.max()}")
    return ids.astype(np.uint8)


def _by_color(image: Image.Image, colors: tuple[tuple[int, int, int], ...]) -> Bytes:
    """The index of the color of each pixel."""
    pixels = np.asarray(image)
    found = np.full(pixels.shape[:2], len(colors), np.int64)
    for number, color in enumerate(colors):
        found[(pixels == np.asarray(color, np.uint8)).all(axis=-1)] = number
    if found.max() == len(colors):
        foreign = pixels[found == len(colors)][0].tolist()
        raise UndecodableError(f"the color {foreign} is none of `colors`")
    return found.astype(np.uint8)


def _one_channel(image: Image.Image) -> Image.Image:
    """The values of a mask: the numbers of a palette, or of gray pixels, which may be written as colors."""
    if image.mode in ("L", "P", *_DEEP):
        return image
    if image.mode in _WITH_ALPHA and np.asarray(image.getchannel("A")).min() < 255:
        raise UndecodableError("a part of this mask is transparent, which is no class")
    colors = np.asarray(image.convert("RGB"))
    if np.any(colors != colors[..., :1]):
        raise UndecodableError("its pixels are colors: say with `colors` which class each is")
    return Image.fromarray(colors[..., 0])
