"""What ends a command early: one sentence for the user, one exit code for the machine."""

import os
import sys
import tempfile
import traceback
from pathlib import Path

from recipe.cli import terminals
from recipe.cli.output import STDOUT, Output
from recipe.diagnostics.commands import REMEDIES, CannotWrite, OutOfMemory, cannot_write
from recipe.diagnostics.problems import Problem, RecipeError, Texts

USAGE = 2
INTERNAL = 3
MACHINE = 6
INTERRUPTED = 130
READER_LEFT = 141  # what a shell reports for a program that a closed pipe ends

# TensorFlow's class is known by name: looking at an error must not load a framework.
_MEMORY_ERRORS = frozenset({"MemoryError", "ResourceExhaustedError"})


def explain_failure(error: BaseException, output: Output) -> int:
    """Tell the user why a command ended.

    Args:
        error: what ended it.
        output: where to tell it.

    Returns:
        The exit code.
    """
    if isinstance(error, RecipeError):
        output.report(error.problems, error.texts)
        return error.exit_code
    if _is_interrupted(error):
        output.insist("interrupted")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _forget_the_reader()
        return READER_LEFT
    problem = _of_the_machine(error)
    if problem is None:
        _tell_internal(error, output)
        return INTERNAL
    output.report([problem], Texts())
    return MACHINE


def _is_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C began it; an extension that is being loaded makes an error of its own of that."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _of_the_machine(error: BaseException) -> Problem | None:
    """The Problem of an error that disk, permissions or memory caused; None for every other."""
    if type(error).__name__ in _MEMORY_ERRORS:
        return OutOfMemory(None, str(error).partition("\n")[0])
    if not isinstance(error, OSError) or error.errno not in REMEDIES:
        return None
    found = cannot_write(str(error.filename or ""), error)
    if error.filename != STDOUT:
        return found
    return CannotWrite(None, found.path, found.reason, "send the output to another place")


def _forget_the_reader() -> None:
    """Let what is still buffered go with the reader."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            terminals.forget(stream)


def _tell_internal(error: BaseException, output: Output) -> None:
    told = "".join(traceback.format_exception(error))
    output.detail(told)
    place = _innermost(error)
    what = f"{type(error).__name__}{place}"
    output.insist(f"internal error ({what}), a bug of recipe and not of your spec; {_kept(told)}")


def _innermost(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"{os.sep}recipe{os.sep}" in frame.filename]
    return f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""


def _kept(told: str) -> str:
    """Where the traceback was written."""
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="recipe-error-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            file.write(told)
    except OSError:
        return "run it again with -v to see the traceback"
    return f"its traceback is in {file.name}"
