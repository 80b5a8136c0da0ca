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
        is_item: whether it is an item of the list at this path.
    """

    path: str
    key_span: Span
    facts: bool = False
    is_item: bool = False

    @property
    def section(self) -> str:
        """The name of the section that it is in."""
        return self.path.partition(".")[0]

    def below(self, name: str, key_span: Span) -> "Place":
        """The place of a key or argument below this one."""
        return Place(f"{self.path}.{name}".lstrip("."), key_span, self.facts)

    def of_item(self, span: Span) -> "Place":
        """The place of an item of the list that stands here."""
        return Place(self.path, span, self.facts, is_item=True)
