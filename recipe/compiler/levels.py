"""Levels of a network from its inputs to its outputs, for learning rates that decay from one to the next.

As in BEiT (arXiv 2106.08254, `get_num_layer_for_vit` of its code) and ELECTRA (arXiv 2003.10555): what
comes before the blocks is one level (patches, embeddings, positions), each block is one, so is what lies
between two of them, and what follows them, the head among it, is the last. A block is a turn of `repeat`,
the innermost there is. Where nothing is repeated, it is what has a part of the name of its own: a block of
the spec, a `residual`, a branch. A network without any has a level for each layer with weights; a norm is
with the layer before it.
"""

from collections.abc import Mapping, Sequence

NORMS = frozenset({"gamma", "beta", "moving_mean", "moving_variance", "scale"})


def levels(paths: Sequence[str]) -> Mapping[str, int]:
    """The level of each layer, from 0, by its name.

    Args:
        paths: of all weights, in the order of the layers.

    >>> levels(["conv/kernel", "norm/gamma", "repeat.0.dense/kernel", "repeat.1.dense/kernel", "head/bias"])
    {'conv': 0, 'norm': 0, 'repeat.0.dense': 1, 'repeat.1.dense': 2, 'head': 3}
    """
    names = list(dict.fromkeys(path.split("/")[0] for path in paths))
    norms = {
        name
        for name in names
        if {path.rpartition("/")[2] for path in paths if path.split("/")[0] == name} <= NORMS
    }
    blocks = {name: _turn(name) for name in names}
    if not any(blocks.values()):
        blocks = {name: name.split(".")[0] if "." in name else "" for name in names}
    if not any(blocks.values()):
        return _layer_by_layer(names, norms)
    found: dict[str, int] = {}
    of_block: dict[str, int] = {}
    count, before = 0, None
    for name in names:
        block = blocks[name]
        if block not in of_block and block != before:
            count += 1
            if block:
                of_block[block] = count
        found[name] = of_block.get(block, count) - 1
        before = block
    return found


def _layer_by_layer(names: Sequence[str], norms: set[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    level = -1
    for name in names:
        level += name not in norms or level < 0
        found[name] = level
    return found


def _turn(name: str) -> str:
    """The part of a layer's name that says its turn of the innermost `repeat`; empty outside of one."""
    scope = name.split(".")[:-1]
    turns = [index for index, part in enumerate(scope) if part.isdecimal()]
    return ".".join(scope[: turns[-1] + 1]) if turns else ""
