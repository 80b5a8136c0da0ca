"""A spec meets the runs that are there: one goes on, one is done already, or it is another run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recipe.api.options import FitOptions
from recipe.api.planning import Prepared
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.runs import FolderHasARun, RunFolderError
from recipe.diagnostics.runs_resuming import Change, ChangedData, NoCheckpoint, OtherRun
from recipe.diagnostics.spans import Span
from recipe.program.differences import Difference, differences, neutral_differences
from recipe.program.hashing import program_hash
from recipe.program.identity import IdentityValue
from recipe.program.programs import Program
from recipe.program.saving import RUN_FILES, read_program
from recipe.report.runs import find_equal, is_finished, is_fork_of, kept_to_cores, numbered
from recipe.report.status import read_status
from recipe.training.manifests import newest_step

ABSENT = "absent"
# What may end a run before its last epoch, and may be another thing when it goes on.
ENDS = ("training.stop_at", "training.time")


@dataclass(frozen=True, slots=True)
class Met:
    """A run that a spec belongs to.

    Args:
        folder: of the run.
        finished: whether nothing is left to train.
    """

    folder: Path
    finished: bool


def meet(prepared: Prepared, options: FitOptions) -> Met | None:
    """The run that training this spec goes on with, or that has trained it; None where a new one begins.

    A folder in use is told here: before a framework is loaded, which takes seconds.

    Raises:
        RunFolderError: R603, R611, R612 or R618 when the folder that was named holds another run; R607 when
            another process trains in the folder.
        MachineError: R657 when the folder cannot be written to.
    """
    from recipe.training.locks import check_free

    folder = options.folder
    if folder is not None:
        check_free(folder)
        return _in_folder(prepared, folder, options) if _was_begun(folder) else None
    if not options.resume:
        return None
    program = prepared.program
    found = find_equal(options.runs, program.name, program_hash(program), _fingerprint(program), options.fork)
    if found is None:
        return None
    finished = is_finished(found)
    if not finished:
        check_free(found)
    return Met(found, finished)


def _was_begun(folder: Path) -> bool:
    """Whether a folder holds a run, whatever it has lost since."""
    known = any((folder / name).is_file() for name in RUN_FILES)
    return known or newest_step(folder / "checkpoints") is not None


def _fingerprint(program: Program) -> str:
    return program.facts.fingerprint if program.facts else ""


def _in_folder(prepared: Prepared, folder: Path, options: FitOptions) -> Met:
    """The run of a folder that was named, whose spec may have changed in what lies ahead."""
    if options.fresh:
        raise RunFolderError([FolderHasARun(None, str(folder))])
    if options.fork is not None and not is_fork_of(folder, options.fork):
        raise RunFolderError([FolderHasARun(None, str(folder), "--fork")])
    began, program = read_program(folder), prepared.program
    step = _done_steps(folder)
    problems = [*_of_spec(began, program, folder, step), *_of_data(began, program, folder, options)]
    if problems:
        raise RunFolderError(problems, prepared.spec.texts)
    finished = _is_done(folder, began, program)
    if is_finished(folder) and not finished and newest_step(folder / "checkpoints") is None:
        raise RunFolderError([NoCheckpoint(None, str(folder))])
    return Met(folder, finished)


def _is_done(folder: Path, began: Program, program: Program) -> bool:
    """Whether a run has trained all of a Program; one that stopped early would stop there again.

    Unless it ended at a goal or by the clock, and these are other ones now.
    """
    if not is_finished(folder):
        return False
    status = read_status(folder)
    stays = not any(one.path.startswith(ENDS) for one in differences(began, program))
    return (status.stopped is not None and stays) or int(str(program.training.total_steps)) <= status.step


def _done_steps(folder: Path) -> int:
    """How many steps of a run are saved."""
    written = read_status(folder).step if is_finished(folder) else 0
    return max(written, newest_step(folder / "checkpoints") or 0)


def _of_spec(began: Program, program: Program, folder: Path, step: int) -> Sequence[Problem]:
    """What keeps a changed spec from going on; what lies ahead of the saved step may change."""
    found = differences(began, program)
    refused = tuple(one for one in found if not one.ahead)
    if not refused and found and not _same_until(began, program, folder, step):
        refused = found
    if not refused:
        return ()
    last = refused[0].after
    changes = tuple(_change(one) for one in refused)
    return (OtherRun(last.span if last else None, str(folder), step, changes),)


def _same_until(began: Program, program: Program, folder: Path, step: int) -> bool:
    """Whether both Programs do the same steps up to one."""
    if int(str(program.training.total_steps)) < step:
        return False
    from recipe.compiler import startup

    startup.start_training(program, by_cores=kept_to_cores(folder))
    from recipe.compiler.rates import same_rates

    return same_rates(began, program, step)


def _of_data(began: Program, program: Program, folder: Path, options: FitOptions) -> Sequence[Problem]:
    """What keeps changed data from going on; a spec that reads other data is told by itself."""
    read_alike = not any(one.path.startswith("data.") for one in differences(began, program))
    if _fingerprint(began) == _fingerprint(program) or not read_alike:
        return ()
    before, after = (int(str(one.training.steps_per_epoch)) for one in (began, program))
    if options.allow_data_change and before == after:
        return ()
    return (ChangedData(None, str(folder), before, after),)


def _change(difference: Difference) -> Change:
    before, after = difference.before, difference.after
    return Change(difference.path, _text(before), _place(before), _text(after), _place(after))


def _text(value: IdentityValue | None) -> str:
    return ABSENT if value is None else value.text


def _place(value: IdentityValue | None) -> str:
    span: Span | None = value.span if value else None
    return f"{span.source}:{span.line}" if span else ""


def differing(prepared: Prepared, runs: Path) -> str:
    """What a spec trains in another way than the newest run of its name, in one line; empty without one."""
    program = prepared.program
    folders = (folder for folder in numbered(runs, program.name) if (folder / "program.json").exists())
    newest = next(folders, None)
    if newest is None:
        return ""
    try:
        began = read_program(newest)
    except RunFolderError:
        return f"{newest} cannot be compared: `recipe status` says what is damaged"
    found = differences(began, program)
    if not found:
        other_data = _fingerprint(began) != _fingerprint(program)
        return f"{newest} was trained on other data" if other_data else ""
    first, more = _change(found[0]), f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"differs from {newest} in {first.path}: {first.before} -> {first.after}{more}"


def unlike(prepared: Prepared, folder: Path) -> tuple[str, ...]:
    """Keys that a finished run has other values of, though it trains the same; without the places of data.

    Args:
        prepared: the spec.
        folder: of the run that has trained it.
    """
    found = neutral_differences(read_program(folder), prepared.program)
    return tuple(dict.fromkeys(one.path for one in found if not one.path.startswith("data.")))
