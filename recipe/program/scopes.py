"""Scopes of an architecture: what a body knows while its layers are wired."""

from dataclasses import dataclass, field

from recipe.catalog.calls import Step
from recipe.diagnostics.spans import Span
from recipe.program.graphs import Wire
from recipe.program.names import Namer


@dataclass(frozen=True, slots=True)
class Named:
    """An output that later layers may name.

    Args:
        wire: it.
        span: where the name was given; None for an input.
        step: what gave it, to be used again; None for an input.
        name: full name of that layer or block.
        scope: in which the step stands, whose names it reads when it is used again.
        size: how many layers it added.
    """

    wire: Wire
    span: Span | None = None
    step: Step | None = None
    name: str = ""
    scope: "Scope | None" = None
    size: int = 0


@dataclass(slots=True)
class Scope:
    """What is known while one list of layers is wired.

    Args:
        namer: names its layers.
        previous: what the next layer is fed unless it says otherwise.
        outputs: by the names of `as`, and the inputs of the body.
        around: the scope of the list around, whose earlier names may be read; a block has none.
    """

    namer: Namer
    previous: Wire
    outputs: dict[str, Named] = field(default_factory=dict)
    around: "Scope | None" = None

    def find(self, name: str) -> Named | None:
        """The output of a name, here or around."""
        found = self.outputs.get(name)
        return found if found or self.around is None else self.around.find(name)

    @property
    def known(self) -> tuple[str, ...]:
        """Every name that can be read, the nearest last."""
        outside = self.around.known if self.around else ()
        return tuple(dict.fromkeys((*outside, *self.outputs)))
