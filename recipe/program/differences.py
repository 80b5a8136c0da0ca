"""What differs between two Programs in what they train."""

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from recipe.program.history import Entry, entries
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
    """Every difference, in the order of the second Program; of another object only its name.

    A file that only one of them has looked at is none.
    """
    known = before.contents.keys() & after.contents.keys()
    old, new = (identity(replace(one, contents=_only(one.contents, known))) for one in (before, after))
    paths = dict.fromkeys((*new, *old))
    found = [path for path in paths if _content(old.get(path)) != _content(new.get(path))]
    return tuple(Difference(path, value_at(old, path), value_at(new, path)) for path in outermost(found))


def _only(contents: Mapping[str, str], known: Set[str]) -> Mapping[str, str]:
    return {path: digest for path, digest in contents.items() if path in known}


def value_at(values: Mapping[str, IdentityValue], path: str) -> IdentityValue | None:
    """The value at a path; of a mapping, where another spec has one value, all that is below it in one.

    Args:
        values: from `identity`.
        path: dotted.
    """
    if path in values:
        return values[path]
    below = {name: value for name, value in values.items() if name.startswith(f"{path}.")}
    if not below:
        return None
    parts = [f"{name.removeprefix(f'{path}.')}: {value.text}" for name, value in below.items()]
    content = json.dumps({name: value.content for name, value in below.items()})
    first, ahead = next(iter(below.values())), all(value.ahead for value in below.values())
    return IdentityValue(path, f"{{{', '.join(parts)}}}", content, first.span, ahead)


@dataclass(frozen=True, slots=True)
class Neutral:
    """A value that is not the same in two Programs and decides nothing of what is trained.

    Args:
        path: dotted.
        before: in the first; None where the first has no such value.
        after: in the second.
    """

    path: str
    before: Entry | None
    after: Entry | None


def neutral_differences(before: Program, after: Program) -> tuple[Neutral, ...]:
    """Every difference beside `differences`: names, paths of files, what is watched and told."""
    old, new = _neutral(before), _neutral(after)
    trained = [one.path for one in differences(before, after)]
    shown = {*trained, *(above for path in trained for above in _above(path))}
    paths = [path for path in dict.fromkeys((*new, *old)) if path not in shown]
    found = [Neutral(path, old.get(path), new.get(path)) for path in paths]
    return tuple(one for one in found if _spelled(one.before) != _spelled(one.after))


def _neutral(program: Program) -> Mapping[str, Entry]:
    decided = identity(program)
    layers = {layer.name for layer in program.graph.layers}
    return {
        entry.path: entry
        for entry in entries(program)
        if entry.path not in decided
        and not entry.path.startswith("settled.")
        and entry.path.rpartition(".")[0] not in layers
    }


def _spelled(entry: Entry | None) -> str | None:
    return None if entry is None else entry.value


def _content(value: IdentityValue | None) -> str | None:
    return None if value is None else value.content


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that lie below no other one."""
    known = frozenset(paths)
    return tuple(path for path in paths if not any(above in known for above in _above(path)))


def _above(path: str) -> tuple[str, ...]:
    parts = path.split(".")
    return tuple(".".join(parts[:length]) for length in range(1, len(parts)))
