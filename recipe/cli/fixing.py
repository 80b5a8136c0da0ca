"""`recipe check --fix`: what is surely meant is written into the file, and nothing else changes."""

import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from recipe import api
from recipe.cli.output import Output
from recipe.cli.specs import STDIN
from recipe.diagnostics.commands import CannotWrite
from recipe.diagnostics.fixes import with_fixes
from recipe.diagnostics.problems import Problem, RecipeError, errors
from recipe.program.writing import write_atomically

_MARK = "\ufeff"  # the byte order mark, which is no part of the text
_ROUNDS = 5  # a key that is now known has a value that is now checked, and so on


def fix_spec(output: Output, checked: api.Checked, overrides: Sequence[str]) -> api.Checked:
    """Write the fixes of the problems of a spec into its file; of standard input, to standard output.

    Args:
        output: told how many there were.
        checked: what was found.
        overrides: that it was checked with.

    Returns:
        What is found now. A text whose fixes bring an error that it had not is left as it was.
    """
    text = checked.texts.by_source.get(checked.source)
    if text is None:
        return checked
    fixed, number, again = _fixed(text, checked, overrides)
    brought = _brought(checked.problems, again.problems)
    if brought:
        output.insist(
            f"nothing was fixed in {checked.source}: with {_count(number)} fixed it would have this instead"
        )
        output.report(brought, again.texts)
        fixed, number, again = text, 0, checked
    if checked.source == STDIN:
        output.result(fixed)
    elif number:
        _rewrite(Path(checked.source), text, fixed)
    if number:
        output.say(f"fixed {_count(number)} in {checked.source}")
    return again


def _fixed(text: str, checked: api.Checked, overrides: Sequence[str]) -> tuple[str, int, api.Checked]:
    """The text with its fixes and with those of what they brought to light, their number, what is left."""
    total = 0
    for _ in range(_ROUNDS):
        text, number = with_fixes(text, checked.source, checked.problems)
        if not number:
            break
        total += number
        checked = api.check(checked.source, overrides, text=text)
    return text, total, checked


def _count(number: int) -> str:
    return f"{number} problem{'' if number == 1 else 's'}"


def _brought(before: Sequence[Problem], after: Sequence[Problem]) -> tuple[Problem, ...]:
    """The errors that were not there before; advice is given only to specs without errors."""
    known = Counter((problem.code, problem.message) for problem in errors(before))
    new = Counter((problem.code, problem.message) for problem in errors(after)) - known
    return tuple(problem for problem in errors(after) if (problem.code, problem.message) in new)


def _rewrite(path: Path, text: str, fixed: str) -> None:
    """Put a text in the place of the one that was checked."""
    path = path.resolve()
    content = path.read_bytes()
    mark = _MARK.encode() if content.startswith(_MARK.encode()) else b""
    if content != mark + text.encode():
        changed = CannotWrite(None, str(path), "it was changed while it was checked", "run it again")
        raise RecipeError([changed])
    mode = stat.S_IMODE(path.stat().st_mode)
    write_atomically(path, mark + fixed.encode())
    path.chmod(mode)
