"""Where the resolver stands."""

from dataclasses import dataclass

from recipe.diagnostics.spans import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where the resolver stands.

    Args:
        path: dotted, as messages show it.
        key_span: of the key or name that leads here, for values that are not written at all.
        facts: whether facts of the data may be used.
    """

    path: str
    key_span: Span
    facts: bool = False

    def below(self, name: str, key_span: Span) -> "Place":
        """The place of a key or argument below this one."""
        return Place(f"{self.path}.{name}".lstrip("."), key_span, self.facts)
