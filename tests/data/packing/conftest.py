"""Folders of images and a cache of their own."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of the test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("RECIPE_CACHE", str(folder))
    return folder


def noise(seed: int, height: int = 8, width: int = 8, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def encoded(pixels: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels.squeeze()).save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture
def photos(tmp_path: Path) -> Callable[..., Path]:
    """Write `count` PNG images of noise for each of two classes; image `n` of all is `noise(n)`."""

    def write(count: int = 4, folder: str = "photos") -> Path:
        for number in range(2 * count):
            path = tmp_path / folder / ("cat", "dog")[number // count] / f"{number:04d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encoded(noise(number)))
        return tmp_path / folder

    return write
