"""The page about blocks, made of the files that ship: what they say of themselves, and their variables."""

from collections.abc import Iterator

from recipe.catalog.blocks import SHIPPED, shipped_names

TITLE = "Blocks that ship with recipe"
_LAYERS = "layers:"


def block_page() -> str:
    """Every block that ships, with its variables, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"# {TITLE}"
    yield ""
    yield "A block stands where a layer stands: `- transformer: {width: 64, heads: 4, causal: true}`. What is"
    yield "`required` must be given, everything else has the value that is written here; a lone value is the"
    yield "first variable: `- conv_bn: 32`. `recipe docs language` says how to write a block of your own; one"
    yield "of the same name comes before that which ships."
    for name in shipped_names():
        text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
        yield ""
        yield f"## {name}"
        yield ""
        yield "```"
        yield text.partition(f"\n{_LAYERS}")[0]
        yield "```"
