"""The picture of a network: layers from top to bottom, every scope a box, turns that are alike drawn once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from recipe.program.graphs import Graph, Layer

_ROW, _GAP, _PAD, _TITLE = 24, 14, 10, 18
_CHARACTER = 6.6  # pixels of a character at the size of the labels
_FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
_INK, _MUTED, _EDGE, _FILLS = "#1f2933", "#66727f", "#c3ccd5", ("#ffffff", "#f5f8fb", "#e9f0f7", "#dde8f3")
_COLORS = {  # by the beginning of the class
    "Conv": "#d6e6fb",
    "DepthwiseConv": "#d6e6fb",
    "SeparableConv": "#d6e6fb",
    "Dense": "#d9f0e1",
    "EinsumDense": "#d9f0e1",
    "Embedding": "#d9f0e1",
    "MultiHeadAttention": "#fbe3d2",
    "GroupedQueryAttention": "#fbe3d2",
    "LSTM": "#fbe3d2",
    "GRU": "#fbe3d2",
}
_PLAIN = "#eef1f4"
_SIDES = frozenset({"branch", "body", "shortcut"})  # scopes that stand beside each other


@dataclass(slots=True)
class _Box:
    """A layer, or a scope with what stands in it.

    Args:
        name: the last part of its name.
        label: what is written in it.
        fill: its color.
        children: of a scope, in order.
        across: whether the children stand side by side.
        times: how many turns it stands for.
        width: in pixels, settled by `measure`.
        height: likewise.
        left: settled by `place`.
        top: likewise.
    """

    name: str
    label: str = ""
    fill: str = _PLAIN
    children: list["_Box"] = field(default_factory=list)
    across: bool = False
    times: int = 1
    width: float = 0
    height: float = 0
    left: float = 0
    top: float = 0

    @property
    def shape(self) -> tuple[object, ...]:
        """Equal for boxes that look alike."""
        inside = tuple((child.name if child.children else "", child.shape) for child in self.children)
        return self.label, inside, self.times

    def measure(self) -> None:
        """Settle the size of this box and of all in it."""
        if not self.children:
            self.width, self.height = len(self.label) * _CHARACTER + 2 * _PAD, _ROW
            return
        for child in self.children:
            child.measure()
        widths, heights = [one.width for one in self.children], [one.height for one in self.children]
        gaps = _GAP * (len(self.children) - 1)
        self.width = (sum(widths) + gaps if self.across else max(widths)) + 2 * _PAD
        self.height = (max(heights) if self.across else sum(heights) + gaps) + 2 * _PAD
        if self.name:
            self.width = max(self.width, len(self.title) * _CHARACTER + 2 * _PAD)
            self.height += _TITLE

    @property
    def title(self) -> str:
        """The name of a scope, and for how many turns it stands."""
        return f"{self.name}  x {self.times}" if self.times > 1 else self.name

    def place(self, left: float, top: float) -> None:
        """Settle where this box and all in it stand."""
        self.left, self.top = left, top
        x, y = left + _PAD, top + _PAD + (_TITLE if self.name else 0)
        inner = self.width - 2 * _PAD
        spread = sum(child.width for child in self.children) + _GAP * (len(self.children) - 1)
        x += (inner - spread) / 2 if self.across else 0
        for child in self.children:
            child.place(x if self.across else x + (inner - child.width) / 2, y)
            x += child.width + _GAP if self.across else 0
            y += 0 if self.across else child.height + _GAP

    def leaves(self) -> Iterator["_Box"]:
        """The layers in it."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def draw_network(graph: Graph, shapes: Mapping[str, str]) -> str:
    """The picture of a network as SVG.

    Args:
        graph: settled.
        shapes: of each layer's output and of the inputs, by name, as text.
    """
    found: dict[str, _Box] = {}
    root = _Box("")
    for name in graph.inputs:
        found[name] = _Box(name, f"{name}  {shapes.get(name, '')}".rstrip(), "#fff4cc")
        root.children.append(found[name])
    for layer in graph.layers:
        scope = _scope(root, layer.name.split(".")[:-1])
        found[layer.name] = _Box(layer.name.rpartition(".")[2], _label(layer, shapes), _color(layer))
        scope.children.append(found[layer.name])
    drawn = {id(box): box for box in found.values()}
    _settle(root, drawn)
    root.measure()
    root.place(0, 0)
    wires = [
        (drawn[id(found[wire.layer])], drawn[id(found[layer.name])])
        for layer in graph.layers
        for wire in layer.wires
    ]
    return _svg(root, wires)


def _scope(root: _Box, parts: list[str]) -> _Box:
    """The box of a scope, made where it is not there yet."""
    box = root
    for part in parts:
        last = next((child for child in box.children if child.name == part and not child.label), None)
        if last is None:
            last = _Box(part)
            box.children.append(last)
        box = last
    return box


def _label(layer: Layer, shapes: Mapping[str, str]) -> str:
    again = f"  = {layer.shares}" if layer.shares else ""
    return f"{layer.call.name}  {shapes.get(layer.name, '')}".rstrip() + again


def _color(layer: Layer) -> str:
    return next((color for start, color in _COLORS.items() if layer.call.name.startswith(start)), _PLAIN)


def _settle(box: _Box, drawn: dict[int, _Box]) -> None:
    """Put branches side by side, and draw turns that look alike once."""
    for child in box.children:
        _settle(child, drawn)
    merged: list[_Box] = []
    for child in box.children:
        before = merged[-1] if merged else None
        if before is not None and child.name.isdigit() and before.name.isdigit() and _alike(before, child):
            before.times += 1
            for ours, theirs in zip(before.leaves(), child.leaves(), strict=True):
                for key in [key for key, value in drawn.items() if value is theirs]:
                    drawn[key] = ours
        else:
            merged.append(child)
    box.children = merged
    if len(merged) == 1 and merged[0].name.isdigit():  # `repeat` with one box: its turns are its own
        box.times, box.children, box.across = merged[0].times, merged[0].children, merged[0].across
    sides = [child for child in box.children if child.name.partition("_")[0] in _SIDES]
    if len(sides) > 1 and any(child.children for child in sides):
        first = box.children.index(sides[0])
        others = [child for child in box.children if child not in sides]
        box.children = [*others[:first], _Box("", children=sides, across=True), *others[first:]]


def _alike(one: _Box, other: _Box) -> bool:
    return (one.label, one.shape[1]) == (other.label, other.shape[1])


def _svg(root: _Box, wires: list[tuple[_Box, _Box]]) -> str:
    leaves = list(root.leaves())
    paths: list[str] = []
    seen: set[tuple[int, int]] = set()
    right = root.width
    for start, end in wires:
        if (id(start), id(end)) not in seen and start.top < end.top:
            seen.add((id(start), id(end)))
            path, reach = _path(start, end, leaves)
            paths.append(path)
            right = max(right, reach)
    size = f"{right + _GAP:.0f} {root.height:.0f}"
    width, height = size.split()
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {size}" '
            f'font-family="{_FONT}" font-size="11">',
            '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{_MUTED}"/></marker></defs>',
            f'<rect width="{width}" height="{height}" rx="10" fill="#ffffff"/>',
            *(line for child in root.children for line in _boxes(child, 1)),
            *paths,
            "</svg>\n",
        ]
    )


def _boxes(box: _Box, depth: int) -> Iterator[str]:
    if not box.children or box.name:
        fill = _FILLS[min(depth, len(_FILLS) - 1)] if box.children else box.fill
        yield (
            f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
            f'rx="5" fill="{fill}" stroke="{_EDGE}"/>'
        )
    if box.children and box.name:
        yield _text(box.left + _PAD, box.top + 15, box.title, _MUTED, "start")
    elif not box.children:
        yield _text(box.left + box.width / 2, box.top + 16, box.label, _INK, "middle")
    for child in box.children:
        yield from _boxes(child, depth + bool(box.name))


def _text(x: float, y: float, words: str, color: str, anchor: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" fill="{color}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(words)}</text>"


def _path(start: _Box, end: _Box, leaves: list[_Box]) -> tuple[str, float]:
    """A line from a box down to another, past what stands between; and how far it reaches."""
    x, y = start.left + start.width / 2, start.top + start.height
    to_x, to_y = end.left + end.width / 2, end.top
    between = [
        box.left + box.width
        for box in leaves
        if y < box.top + box.height / 2 < to_y
        if box.left < max(x, to_x) and box.left + box.width > min(x, to_x)
    ]
    if not between:
        middle = (y + to_y) / 2
        line = f"M{x:.1f} {y:.1f}C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"
        reach = max(x, to_x)
    else:
        side, to_side = start.left + start.width, end.left + end.width
        reach = max(*between, side, to_side) + _GAP
        y, to_y = y - start.height / 2, to_y + end.height / 2
        line = f"M{side:.1f} {y:.1f}Q{reach:.1f} {y:.1f} {reach:.1f} {y + 12:.1f}"
        line += f"L{reach:.1f} {to_y - 12:.1f}Q{reach:.1f} {to_y:.1f} {to_side:.1f} {to_y:.1f}"
    return f'<path d="{line}" fill="none" stroke="{_MUTED}" marker-end="url(#to)"/>', reach
