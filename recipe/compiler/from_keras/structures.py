"""A graph of layers as lists with residuals and branches, where it is one; named layers where it is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras

from recipe.catalog import lookup
from recipe.compiler.from_keras.graphs import Node, operation_of
from recipe.compiler.from_keras.items import Item, Items

Arguments = Callable[[Any], Mapping[str, Any]]


class _TangledError(Exception):
    """A merge whose branches reach outside of it."""


@dataclass(slots=True)
class Structurer:
    """Finds the structure of a graph.

    Args:
        inputs: names of the inputs.
        nodes: in an order in which they can be called.
        arguments: of a layer, as a spec writes them.
    """

    inputs: tuple[str, ...]
    nodes: Mapping[str, Node]
    arguments: Arguments
    consumers: dict[str, set[str]] = field(default_factory=dict)
    dominators: dict[str, str] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, inputs: tuple[str, ...], nodes: tuple[Node, ...], arguments: Arguments) -> "Structurer":
        """A structurer that knows who feeds whom."""
        found = cls(inputs, {node.name: node for node in nodes}, arguments)
        found.depths |= dict.fromkeys(inputs, 0)
        for node in nodes:
            for feeder in node.feeders:
                found.consumers.setdefault(feeder, set()).add(node.name)
            dominator = found._common(node.feeders)
            found.dominators[node.name] = dominator
            found.depths[node.name] = found.depths.get(dominator, -1) + 1
        return found

    def _common(self, names: tuple[str, ...]) -> str:
        """The last node through which all paths to some nodes lead; empty when there is none."""
        common = names[0]
        for name in names[1:]:
            one, other = common, name
            while one != other and one and other:
                if self.depths.get(one, -1) >= self.depths.get(other, -1):
                    one = self.dominators.get(one, "")
                else:
                    other = self.dominators.get(other, "")
            common = one if one == other else ""
        return common

    def items(self, outputs: tuple[str, ...]) -> Items:
        """The lines of the whole graph."""
        is_plain = len(self.inputs) == 1 == len(outputs) and not any(
            node.first for node in self.nodes.values()
        )
        try:
            if is_plain:
                return self._path(self.inputs[0], outputs[0])
        except _TangledError:
            pass
        return self._named()

    def _path(self, start: str, end: str) -> Items:
        """The lines from a node to another, the first left out."""
        items: list[Item] = []
        name = end
        while name != start:
            if name not in self.nodes:
                raise _TangledError
            node = self.nodes[name]
            if len(set(node.feeders)) == 1 and not self._merges(node):
                items.append(self._layer(node))
                name = node.feeders[0]
            else:
                fork = self.dominators[name]
                items.append(self._merge(node, fork))
                name = fork
        return tuple(reversed(items))

    def _merges(self, node: Node) -> bool:
        return lookup.inputs_of(type(node.layer).__name__)[1]

    def _merge(self, node: Node, fork: str) -> Item:
        """A merge as residual or parallel branches from where they part."""
        if not fork or not self._merges(node) or len(node.feeders) < 2:
            raise _TangledError
        self._check_closed(node, fork)
        branches = tuple(self._path(fork, feeder) for feeder in node.feeders)
        kind, arguments = type(node.layer).__name__, self.arguments(node.layer)
        if kind == "Add" and len(branches) == 2 and not node.call:
            body, shortcut = sorted(branches, key=lambda branch: -sum(item.num_lines for item in branch))
            if body and branches != (body, shortcut):
                return Item("residual", bodies=(body, shortcut), layer=node.name)
            return Item("residual", bodies=(branches[0], branches[1]), layer=node.name)
        merge = {kind: arguments} if arguments else kind
        return Item("parallel", {} if merge == "Concatenate" else {"merge": merge}, {}, branches, node.name)

    def _check_closed(self, merge: Node, fork: str) -> None:
        """Nothing between fork and merge is read outside of it."""
        inside: set[str] = set()
        waiting = [name for name in merge.feeders if name != fork]
        while waiting:
            name = waiting.pop()
            if name not in inside:
                inside.add(name)
                waiting += [feeder for feeder in self.nodes[name].feeders if feeder != fork]
        if any(self.consumers.get(name, set()) - inside - {merge.name} for name in inside):
            raise _TangledError

    def _layer(self, node: Node, beside: Mapping[str, Any] | None = None) -> Item:
        call = {"call": dict(node.call)} if node.call else {}
        operation = None if isinstance(node.layer, keras.Layer) else operation_of(node.layer)
        if operation is not None:
            return Item("op", {"function": operation}, beside or {}, layer=node.name)
        kind = type(node.layer).__name__
        return Item(kind, self.arguments(node.layer), {**(beside or {}), **call}, layer=node.name)

    def _named(self) -> Items:
        """Every layer in order, named and fed by name where the one before does not do."""
        order = (*self.inputs, *self.nodes)
        before = dict(zip(order[1:], order, strict=False))
        needed = {
            feeder
            for node in self.nodes.values()
            for feeder in (node.feeders if node.feeders != (before[node.name],) else ())
        } | {node.first for node in self.nodes.values()}
        words = {name: _word(name, index) for index, name in enumerate(order)}
        items = []
        for node in self.nodes.values():
            beside: dict[str, Any] = {"as": words[node.name]} if node.name in needed else {}
            if node.feeders != (before[node.name],):
                read = [self._spoken(feeder, words) for feeder in node.feeders]
                beside["from"] = read[0] if len(read) == 1 else read
            if node.first:
                call = {"call": dict(node.call)} if node.call else {}
                items.append(Item("reuse", {"name": words[node.first]}, {**beside, **call}, layer=node.name))
            else:
                items.append(self._layer(node, beside))
        return tuple(items)

    def _spoken(self, name: str, words: Mapping[str, str]) -> str:
        return words[name] if name not in self.inputs or len(self.inputs) > 1 else "input"


def _word(name: str, index: int) -> str:
    """A layer's name as a spec can write it."""
    plain = "".join(letter if letter.isalnum() else "_" for letter in name.lower())[:58]
    return plain if plain[:1].isalpha() else f"layer_{index}"
