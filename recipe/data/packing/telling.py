"""Who is told how far packing is.

A source is read deep below the commands, by functions that all have one form; so who listens is kept in the
context of the call and not handed through.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]
"""Called with what is packed, how many examples are done, and how many there are."""

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Tell a listener of everything that is packed inside."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(title: str, done: int, total: int) -> None:
    """Say how far it is.

    Args:
        title: of what is packed.
        done: examples.
        total: examples.
    """
    listener = _LISTENER.get()
    if listener is not None:
        listener(title, done, total)
