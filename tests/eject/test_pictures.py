"""The functions of a printed script decode images as the run does, to the last bit."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recipe import api
from tests.eject.comparing import assert_equal_parts
from tests.eject.running import differing
from tests.mask_files import with_palette, write, write_masks

SPEC = """
recipe: 1
name: signs
data:
  source: {{images: {{path: signs, {more}}}}}
  split: {{validation: 4, test: 25%, stratified: true}}
architecture: [Flatten, head]
optimizer: SGD
training: {{epochs: 1, batch_size: 4}}
"""


@pytest.mark.parametrize(
    "more",
    [
        "size: [8, 6]",
        "size: [5, 9], channels: 1, resize: pad, interpolation: bicubic",
        "size: [7, 7], channels: 4, resize: stretch, interpolation: nearest",
    ],
)
def test_a_script_decodes_every_kind_of_image_as_the_run_does(
    more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    generator = np.random.default_rng(5)
    for number in range(24):
        mode, kind = (("RGB", "jpg"), ("RGBA", "png"), ("L", "jpeg"), ("P", "gif"))[number % 4]
        pixels = generator.integers(0, 256, (30 + number, 40, 4), dtype=np.uint8)
        image = Image.fromarray(pixels).convert(mode)
        turned = Image.Exif()
        turned[0x0112] = 1 + number % 8
        folder = Path("signs", ("10", "9", "stop")[number % 3], "more" if number % 5 else "")
        folder.mkdir(parents=True, exist_ok=True)
        image.save(folder / f"{number}.{kind}", **({"exif": turned} if mode != "P" else {}))
    assert_equal_parts(api.load("signs.yaml", text=SPEC.format(more=more)))


MASKED = """
recipe: 1
name: masked
data:
  source: {{images: {{path: ., masks: masks, {more}}}}}
  target: {{mask: {{mask: {{{kind}}}}}}}
  split: {{validation: 4, test: 25%}}
architecture: [{{Conv2D: {{filters: 2, kernel_size: 3, padding: same}}}}, head]
optimizer: SGD
training: {{epochs: 1, batch_size: 4}}
"""


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("size: [8, 6]", "ignore: 255"),
        ("size: [5, 9], resize: pad", "classes: {ground: 0, first: 1, second: 2, edge: 255}, ignore: null"),
        ("size: [7, 7], resize: stretch", "above: 1.5"),
        ("size: null", "ignore: [2, 255]"),
    ],
)
def test_a_script_decodes_masks_as_the_run_does(
    more: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    held = write_masks(tmp_path)
    (tmp_path / "images" / ".hidden").mkdir()
    for number, mask in enumerate(held):  # masks of `.`: images/000.jpg has masks/images/000.png
        image = Image.fromarray(mask)
        path = tmp_path / "masks" / "images" / f"{number:03}.png"
        write(path, (with_palette(mask), image, image.convert("RGB"), image.convert("RGBA"))[number % 4])
        (tmp_path / "masks" / f"{number:03}.png").unlink()
    assert_equal_parts(api.load("masked.yaml", text=MASKED.format(more=more, kind=kind)))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param((0, 1), id="two classes"),
        pytest.param((0, 1, 2), id="three classes", marks=pytest.mark.slow),
    ],
)
def test_a_script_that_segments_trains_the_weights_of_the_run_bit_for_bit(
    values: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    write_masks(tmp_path, values)
    text = MASKED.format(more="size: null", kind="ignore: 255").replace("path: .", "path: images")
    text += "regularization: {augmentation: [{RandomFlip: horizontal}, {RandomZoom: 0.2}]}\n"
    assert differing(tmp_path, api.load("masked.yaml", ["runtime.engine=graph"], text=text)) == []
