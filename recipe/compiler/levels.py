"""Levels of a network from its inputs to its outputs, for learning rates that decay from one to the next.

As in BEiT (arXiv 2106.08254, `get_num_layer_for_vit` of its code) and ELECTRA (arXiv 2003.10555): what
comes before the blocks is one level (patches, embeddings, positions), each block is one, so is what lies
between two of them, and what follows them, the head among it, is the last. A block is a turn of `repeat`,
the innermost there is. Where nothing is repeated, it is what has a part of the name of its own: a block of
the spec, a `residual`, a branch. A network without any has a level for each layer with weights; a norm is
with the layer before it. Inside of an application or a backbone, each layer of it counts as one.
"""

from collections.abc import Mapping, Sequence

NORMS = frozenset({"gamma", "beta", "moving_mean", "moving_variance", "scale"})


def levels(paths: Sequence[str], networks: frozenset[str] = frozenset()) -> Mapping[str, int]:
    """The level of each weight, from 0, by its path.

    Args:
        paths: of all weights, in the order of the layers.
        networks: names of layers that are networks, as an application is.

    >>> levels(["conv/kernel", "norm/gamma", "repeat.0.dense/bias", "repeat.1.dense/bias", "head/bias"])
    {'conv/kernel': 0, 'norm/gamma': 0, 'repeat.0.dense/bias': 1, 'repeat.1.dense/bias': 2, 'head/bias': 3}
    """
    owner = {path: _owner(path, networks) for path in paths}
    ends: dict[str, set[str]] = {}
    for path, name in owner.items():
        ends.setdefault(name, set()).add(path.rpartition("/")[2])
    found = _of_layers(list(ends), {name for name, kinds in ends.items() if kinds <= NORMS})
    return {path: found[name] for path, name in owner.items()}


def _owner(path: str, networks: frozenset[str]) -> str:
    """The layer of a weight; of a layer that is a network, the one inside."""
    name, *inside = path.split("/")
    return f"{name}/{inside[0]}" if name in networks else name


def _of_layers(names: Sequence[str], norms: set[str]) -> Mapping[str, int]:
    """The level of each layer, by its name."""
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
