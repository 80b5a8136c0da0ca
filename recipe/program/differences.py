"""What differs between two Programs in what they train."""

from collections.abc import Iterable
from dataclasses import dataclass

from recipe.program.identity import IdentityValue, identity
from recipe.program.programs import Program


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that decides what is trained, and is not the same in two Programs.

    Args:
        path: dotted.
        before: in the first; None where the first has no such value.
        after: in the second; None where the second has no such value.
    """

    path: str
    before: IdentityValue | None
    after: IdentityValue | None

    @property
    def ahead(self) -> bool:
        """Whether only steps ahead hang on it: how long the run is, and its learning rates."""
        return all(value.ahead for value in (self.before, self.after) if value is not None)


def differences(before: Program, after: Program) -> tuple[Difference, ...]:
    """Every difference, in the order of the second Program; of another object only its name."""
    old, new = identity(before), identity(after)
    paths = dict.fromkeys((*new, *old))
    found = [path for path in paths if _content(old.get(path)) != _content(new.get(path))]
    return tuple(Difference(path, old.get(path), new.get(path)) for path in _outermost(found))


def _content(value: IdentityValue | None) -> str | None:
    return None if value is None else value.content


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that lie below no other one."""
    known = frozenset(paths)
    return tuple(path for path in paths if not any(above in known for above in _above(path)))


def _above(path: str) -> tuple[str, ...]:
    parts = path.split(".")
    return tuple(".".join(parts[:length]) for length in range(1, len(parts)))
