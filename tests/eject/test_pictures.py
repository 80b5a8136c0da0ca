"""The functions of a printed script decode images as the run does, to the last bit."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recipe import api
from tests.eject.comparing import assert_equal_parts

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
