"""How far packing is: a live line on a terminal, a line at its beginning elsewhere."""

import time
from dataclasses import dataclass, field
from typing import TextIO

from recipe.cli import terminals
from recipe.cli.output import Output, Verbosity

_REDRAW_SECONDS = 0.1
_BAR = 24
_ERASE = "\r\x1b[K"


@dataclass(slots=True)
class PackingLine:
    """Told by `api.packing_told_to`.

    Args:
        output: of the command.
        stream: where it is drawn.
    """

    output: Output
    stream: TextIO
    _began: dict[str, float] = field(default_factory=dict)
    _drawn: float = 0.0

    def __call__(self, title: str, done: int, total: int) -> None:
        """Show how far it is."""
        if self.output.verbosity is Verbosity.QUIET:
            return
        if total == 0:
            self.output.say(f"another process packs {title}; waiting for it ...")
        elif not terminals.is_live(self.stream):
            self._say_once(title, total)
        else:
            self._draw(title, done, total)

    def _say_once(self, title: str, total: int) -> None:
        if title not in self._began:
            self._began[title] = time.monotonic()
            self.output.say(f"packing {title}: {total:,} files ...")

    def _draw(self, title: str, done: int, total: int) -> None:
        now = time.monotonic()
        started = self._began.setdefault(title, now)
        if done < total and now - self._drawn < _REDRAW_SECONDS:
            return
        self._drawn = now
        if done == total:
            terminals.tell(self.stream, f"{_ERASE}packed {title}: {total:,} files in {now - started:.1f} s\n")
            del self._began[title]
        else:
            filled = _BAR * done // total
            bar = f"[{'=' * filled}{' ' * (_BAR - filled)}]"
            line = f"packing {title} {bar} {done:,} of {total:,} files"
            terminals.tell(self.stream, _ERASE + line[: terminals.width_of(self.stream) - 1])
