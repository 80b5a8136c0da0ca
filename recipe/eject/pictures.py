"""A folder of images for each class as lines of Pillow."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import facts_of, source_call
from recipe.program.programs import Program

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_RESIZE = {"crop": "ImageOps.fit(image, {})", "pad": "ImageOps.pad(image, {})", "stretch": "image.resize({})"}


def picture_lines(program: Program) -> Iterator[str]:
    """The functions `decoded` and `read_examples`."""
    call = source_call(program)
    (fact,) = facts_of(program).inputs.values()
    height, width, channels = fact.shape
    yield "def decoded(path: Path) -> Array:"
    yield f'{INDENT}"""One image, {fact.shape}: the right way up, red, green and blue from 0 to 255."""'
    yield from (f"{INDENT}{line}" for line in _decoding(call, height, width, channels))
    yield f"{INDENT}return np.asarray(image).reshape({height}, {width}, {channels})"
    yield from ("", "")
    yield "def read_examples(folder: Path) -> Examples:"
    yield f'{INDENT}"""The images of a folder for each class, in the order of their names."""'
    suffixes = '(".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif")'
    yield f'{INDENT}paths = [path for path in folder.glob("[!.]*/**/*") if path.suffix.lower() in {suffixes}]'
    yield f"{INDENT}names = sorted(path.relative_to(folder).as_posix() for path in paths)"
    yield f'{INDENT}targets = [CLASSES.index(name.partition("/")[0]) for name in names]'
    inputs = "np.stack([decoded(folder / name) for name in names])"
    yield from wrapped(f"return {inputs}, np.array(targets, dtype=np.int32)", INDENT)


def _decoding(call: Call, height: int, width: int, channels: int) -> Iterator[str]:
    resizes = call.get("size") is not None
    yield "image = Image.open(path)"
    if resizes:
        yield 'if image.format in ("JPEG", "MPO"):'
        yield f"{INDENT}image.draft(None, ({2 * width}, {2 * height}))  # decodes no finer than is needed"
    yield "image = ImageOps.exif_transpose(image)"
    yield 'if image.mode.startswith(("I", "F")):'
    yield f'{INDENT}raise ValueError(f"{{path}} has more than 8 bits for a color")'
    yield 'if image.mode == "P" and "transparency" in image.info:'
    yield f'{INDENT}image = image.convert("RGBA")'
    if channels != 4:
        yield 'if image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):  # on white'
        yield f'{INDENT}white = Image.new("RGBA", image.size, "white")'
        yield f'{INDENT}image = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")'
    yield f'image = image.convert("{_MODES[channels]}")'
    if resizes:
        method = f"({width}, {height}), Image.Resampling.{str(call['interpolation']).upper()}"
        yield f"image = {_RESIZE[str(call['resize'])].format(method)}"
