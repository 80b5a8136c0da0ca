"""Images in a folder for each class, or with masks, as lines of Pillow."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import facts_of, source_call
from recipe.program.programs import Program

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_SUFFIXES = '(".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif")'
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
    yield from _masked_reading(program) if facts_of(program).targets[0].is_mask else _class_reading()


def _class_reading() -> Iterator[str]:
    yield "def read_examples(folder: Path) -> Examples:"
    yield f'{INDENT}"""The images of a folder for each class, in the order of their names."""'
    yield f"{INDENT}suffixes = {_SUFFIXES}"
    yield f'{INDENT}paths = [path for path in folder.glob("[!.]*/**/*") if path.suffix.lower() in suffixes]'
    yield f"{INDENT}names = sorted(path.relative_to(folder).as_posix() for path in paths)"
    yield f'{INDENT}targets = [CLASSES.index(name.partition("/")[0]) for name in names]'
    inputs = "np.stack([decoded(folder / name) for name in names])"
    yield from wrapped(f"return {inputs}, np.array(targets, dtype=np.int32)", INDENT)


def _masked_reading(program: Program) -> Iterator[str]:
    target = facts_of(program).targets[0]
    call = source_call(program)
    height, width = target.shape[:2]
    yield "def decoded_mask(path: Path) -> Array:"
    yield f'{INDENT}"""The class of each pixel of a mask: by its number in a palette, or its gray value."""'
    yield f"{INDENT}image = ImageOps.exif_transpose(Image.open(path))"
    yield f'{INDENT}if image.mode not in ("L", "P") and not image.mode.startswith(("I", "F")):'
    yield f'{2 * INDENT}image = image.convert("RGB").getchannel(0)  # gray that is written as color'
    if call.get("size") is not None:
        yield f"{INDENT}{_resizing(call, height, width, 'nearest')}"
    yield f"{INDENT}return CLASS_OF[np.asarray(image).astype(np.uint8)].reshape({target.shape})"
    yield from ("", "")
    yield "def images_below(folder: Path) -> list[Path]:"
    yield f'{INDENT}"""The images of a folder in the order of their names."""'
    yield f"{INDENT}suffixes = {_SUFFIXES}"
    yield f'{INDENT}paths = [path for path in folder.rglob("[!.]*") if path.suffix.lower() in suffixes]'
    yield f"{INDENT}return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())"
    yield from ("", "")
    yield "def read_examples(folder: Path, masks: Path) -> Examples:"
    yield f'{INDENT}"""Images, and the mask that is called like each."""'
    yield f"{INDENT}paths = [path for path in images_below(folder) if masks not in path.parents]"
    by_stem = '{path.relative_to(masks).with_suffix(""): path for path in images_below(masks)}'
    yield f"{INDENT}by_stem = {by_stem}"
    yield f'{INDENT}called = [by_stem[path.relative_to(folder).with_suffix("")] for path in paths]'
    stacked = "np.stack([decoded(path) for path in paths]), np.stack([decoded_mask(path) for path in called])"
    yield from wrapped(f"return {stacked}", INDENT)


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
        yield _resizing(call, height, width, str(call["interpolation"]))


def _resizing(call: Call, height: int, width: int, interpolation: str) -> str:
    method = f"({width}, {height}), Image.Resampling.{interpolation.upper()}"
    return f"image = {_RESIZE[str(call['resize'])].format(method)}"
