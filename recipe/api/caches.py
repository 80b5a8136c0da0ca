"""Packed data on this machine: what lies there, and what goes."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from recipe.diagnostics.packs import NoSuchPack, PackError

if TYPE_CHECKING:
    from recipe.data.packing.evicting import Kept


def packs() -> "Sequence[Kept]":
    """All packed data, those that were used last first."""
    from recipe.data.packing import evicting

    return evicting.kept()


def remove_packs(names: Iterable[str]) -> "Sequence[Kept]":
    """Delete packed data; runs that read them go on.

    Args:
        names: of packs, or how they begin, or titles of sources; each stands for all packs that fit.

    Returns:
        What was deleted.

    Raises:
        PackError: R626 for a name that no pack has; then nothing is deleted.
    """
    from recipe.data.packing import evicting

    known = evicting.kept()
    chosen: dict[str, Kept] = {}
    for name in names:
        found = [one for one in known if name and (one.name.startswith(name) or one.title == name)]
        if not found:
            raise PackError([NoSuchPack(None, name, tuple(one.name for one in known))])
        chosen |= {one.name: one for one in found}
    for name in chosen:
        evicting.remove(name)
    return tuple(chosen.values())


def packs_limit() -> int | None:
    """Bytes that packed data may take together; None where nobody set a limit."""
    from recipe.data.packing import evicting

    return evicting.limit()


def limit_packs(most: int | None) -> "Sequence[Kept]":
    """Set how many bytes packed data may take together; those used longest ago go beyond that.

    Args:
        most: bytes; None takes the limit away.

    Returns:
        What was deleted.
    """
    from recipe.data.packing import evicting

    before = evicting.kept()
    evicting.set_limit(most)
    left = {one.name for one in evicting.kept()}
    return tuple(one for one in before if one.name not in left)


def packs_folder() -> str:
    """Where packed data lie."""
    from recipe.data.packing import packs as folders

    return str(folders.packs_folder())


def packing_told_to(listener: Callable[[str, int, int], None]) -> AbstractContextManager[None]:
    """Tell a listener how far everything is that is packed inside.

    Args:
        listener: is told what is packed, how many files are done, and how many there are; 0 of 0 while
            another process packs the same.
    """
    from recipe.data.packing.telling import told_to

    return told_to(listener)
